"""What a class of answers in mixed formats costs to grade, against the same answers as CSV.

    PYTHONPATH=. python benchmarks/check_formats.py [--files 1000] [--rounds 5] [--check]

Three folders hold the answers of as many students on one network, every third with a wrong number in it
(`tests/sheets.py` writes them):

    A  CSV, TSV, YAML, Markdown, LaTeX, notebooks, Excel files, what cnncalc prints, and what Keras, torchsummary,
       torchinfo, fvcore and ptflops print, by turns
    B  as many answers of each student, all as CSV
    C  as A, but every twentieth file is broken or hostile: cut off, bytes, images, zip bombs, brackets without end,
       lines of 10 MB, 100,000 rows, folders, pipes, links to themselves

Each is graded by one process, `cnncalc check FOLDER --network SPEC --grades grades.csv --quiet`, in turn, its output
thrown away. The medians of the ratios A/B and C/B are compared with the target; a broken file in C stands against an
ordinary sheet in B. A line a format says what a folder of it alone costs against the same answers as CSV, and a line a
kind what one broken file costs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import cnncalc
from tests import sheets

TARGET = 2.0
QUANTITIES = ("output", "params", "macs", "activations")


def write_twin(folder: Path, forms: tuple[str, ...], files: int) -> Path:
    """As many answers as `sheets.write_class` gives each student, one wrong for every third, all as CSV."""
    folder.mkdir()
    layers = cnncalc.analyze(sheets.NETWORK).layers
    for student in range(files):
        rows = [["layer", *QUANTITIES], *([layer.name] for layer in layers)]
        for place in range(sheets.ANSWERS[forms[student % len(forms)]]):
            quantity, row = divmod(place, len(layers))
            value = getattr(layers[row], QUANTITIES[quantity])
            slip = quantity == 1 and row == student % len(layers) and student % sheets.WRONG_EVERY == 0
            rows[row + 1].append(str(value + 1 if slip else value))
        (folder / f"student{student:04}.csv").write_text("".join(f"{','.join(row)}\n" for row in rows))
    return folder


def measure(folder: Path) -> float:
    """Wall seconds of one process that grades a folder; ends the benchmark if the program fails."""
    grades = f"{folder}.grades.csv"
    what = (str(folder), "--network", str(sheets.NETWORK), "--grades", grades, "--quiet")
    begin = time.perf_counter()
    done = subprocess.run(
        (sys.executable, "-m", "cnncalc", "check", *what),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    seconds = time.perf_counter() - begin
    if done.returncode not in (0, 1) or not os.path.exists(grades):
        sys.exit(f"failed: cnncalc check {' '.join(what)}")
    os.remove(grades)
    return seconds


def ratio(folder: Path, plain: Path, rounds: int) -> tuple[float, float, float]:
    """The median seconds of both folders, and the median of the ratios."""
    pairs = [(measure(folder), measure(plain)) for _ in range(rounds)]
    ours, theirs = (median(pair[side] for pair in pairs) for side in (0, 1))
    return ours, theirs, median(one / other for one, other in pairs)


def main() -> int:
    """Run the benchmark; exit status 1 where a target is not reached and `--check` is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000, help="students in the class (default 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="pairs to measure (default 5)")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is not reached")
    options = parser.parse_args()
    forms, missed = (*sheets.TABLES, *sheets.PRINT_OUTS), False
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        plain = write_twin(top / "plain", forms, options.files)
        sheets.write_class(top / "mixed", options.files, broken_every=0)
        sheets.write_class(top / "broken", options.files)
        print(f"{options.files} files, {options.rounds} pairs, medians; formats: {', '.join(forms)}")
        for folder in ("mixed", "broken"):
            ours, theirs, found = ratio(top / folder, plain, options.rounds)
            missed = missed or found > TARGET
            mark = "not reached" if found > TARGET else "reached"
            print(f"{folder:6} {ours:6.2f} s  CSV {theirs:6.2f} s  ratio {found:.2f}  target <= {TARGET}: {mark}")
        for form in forms[1:]:
            sheets.write_class(top / form, options.files, (form,), 0)
            alone = write_twin(top / f"{form}.csv", (form,), options.files)
            ours, theirs, found = ratio(top / form, alone, 1)
            print(f"  {form:12} {ours:6.2f} s  CSV {theirs:6.2f} s  ratio {found:.2f}")
        empty = top / "nobody"
        empty.mkdir()
        sheets.write_sheet(empty, 1, "csv")
        base = min(measure(empty) for _ in range(3))
        for kind in (*sheets.BROKEN, *sheets.SPECIAL):
            one = top / f"one.{kind}"
            one.mkdir()
            sheets.write_broken(one, 1, kind)
            print(f"  {kind:13} {max(measure(one) - base, 0):6.2f} s beyond a process that grades one sheet")
    return int(options.check and missed)


if __name__ == "__main__":
    sys.exit(main())
