"""What a class of answers in mixed formats costs to grade, against the same answers as CSV.

    PYTHONPATH=. python benchmarks/check_formats.py [--files 1000] [--rounds 5] [--check]

Two folders hold the answers of as many students on one network, every third with a wrong number in it:

    A  CSV, YAML, Markdown, LaTeX, notebooks, Keras print-outs, Excel files where openpyxl is installed;
       every fiftieth file is broken
    B  the same answers, all as CSV

Each is graded by one process, `cnncalc check FOLDER --network lenet --grades grades.csv`, in turn, A B A B ..., its
output thrown away. The median of the ratios A/B is compared with the target, and a line a format says what a folder
of it alone costs against CSV.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

TARGET = 2.0
LAYERS = (
    ("conv1", "28x28x6", 156),
    ("pool2", "14x14x6", 0),
    ("conv3", "10x10x16", 2416),
    ("pool4", "5x5x16", 0),
    ("conv5", "1x1x120", 48120),
    ("fc6", "84", 10164),
    ("fc7", "10", 850),
)
BROKEN_EVERY = 50
WRONG_EVERY = 3
Rows = list[tuple[str, str, int]]


def as_csv(rows: Rows) -> bytes:
    """Rows of `layer,output,params`."""
    return "".join(["layer,output,params\n", *(f"{name},{size},{params}\n" for name, size, params in rows)]).encode()


def as_yaml(rows: Rows) -> bytes:
    """A table of claims."""
    lines = [f"  {name}: {{output: {size}, params: {params}}}\n" for name, size, params in rows]
    return "".join(["claims:\n", *lines]).encode()


def as_markdown(rows: Rows) -> bytes:
    """A short report with a table."""
    lines = [f"| {name} | {size} | {params:,} |\n" for name, size, params in rows]
    return "".join(
        ["# Exercise 3\n\n| layer | output | params |\n|---|---|---:|\n", *lines, "\nDone *alone*.\n"]
    ).encode()


def as_latex(rows: Rows) -> bytes:
    """A tabular."""
    lines = [rf"{name} & ${size}$ & \num{{{params}}} \\" + "\n" for name, size, params in rows]
    head = "\\begin{tabular}{lrr}\n\\toprule layer & output & params \\\\ \\midrule\n"
    return "".join([head, *lines, "\\bottomrule\n\\end{tabular}\n"]).encode()


def as_notebook(rows: Rows) -> bytes:
    """A notebook with the table in a cell."""
    cell = {"cell_type": "markdown", "source": as_markdown(rows).decode(), "metadata": {}}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def as_keras(rows: Rows) -> bytes:
    """A summary as Keras prints it."""
    lines = [
        f" {name:<28}(None, {', '.join(size.split('x'))})".ljust(57) + f"{params:<10}\n\n"
        for name, size, params in rows
    ]
    head = f"{' Layer (type)':<29}{'Output Shape':<28}Param #\n{'=' * 66}\n"
    return "".join([head, *lines, f"{'=' * 66}\nTotal params: 61,706\n"]).encode()


def as_excel(rows: Rows) -> bytes:
    """A workbook with one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    for row in (("layer", "output", "params"), *rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "csv": as_csv,
    "yaml": as_yaml,
    "md": as_markdown,
    "tex": as_latex,
    "ipynb": as_notebook,
    "txt": as_keras,
    "xlsx": as_excel,
}


def formats() -> list[str]:
    """The formats that can be written here."""
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        return [ending for ending in FORMATS if ending != "xlsx"]
    return list(FORMATS)


def answers(student: int) -> Rows:
    """The rows of a student, one number in them wrong for every third."""
    rows = list(LAYERS)
    if student % WRONG_EVERY == 0:
        name, size, params = rows[student % len(rows)]
        rows[student % len(rows)] = (name, size, params + 1)
    return rows


def write(folder: Path, endings: list[str], files: int) -> Path:
    """A folder of answers in these formats by turns; with several formats, some files are cut in the middle."""
    folder.mkdir()
    for student in range(files):
        ending = endings[student % len(endings)]
        data = FORMATS[ending](answers(student))
        broken = len(endings) > 1 and student % BROKEN_EVERY == BROKEN_EVERY - 1
        (folder / f"student{student:04}.{ending}").write_bytes(data[: len(data) // 2] if broken else data)
    return folder


def measure(folder: Path) -> float:
    """Wall seconds of one process that grades a folder; ends the benchmark if the program fails."""
    grades = f"{folder}.grades.csv"
    command = (sys.executable, "-m", "cnncalc", "check", str(folder), "--network", "lenet", "--grades", grades, "-q")
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode not in (0, 1) or not os.path.exists(grades):
        sys.exit(f"failed: {' '.join(command)}")
    return seconds


def ratio(folder: Path, plain: Path, rounds: int) -> tuple[float, float, float]:
    """The median seconds of both folders, and the median of the ratios."""
    pairs = [(measure(folder), measure(plain)) for _ in range(rounds)]
    ours, theirs = (median(pair[side] for pair in pairs) for side in (0, 1))
    return ours, theirs, median(one / other for one, other in pairs)


def main() -> int:
    """Run the benchmark; exit status 1 where the target is not reached and `--check` is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000, help="students in the class (default 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="pairs to measure (default 5)")
    parser.add_argument("--check", action="store_true", help="exit with 1 if the target is not reached")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        top, endings = Path(name), formats()
        plain = write(top / "plain", ["csv"], options.files)
        mixed = write(top / "mixed", endings, options.files)
        ours, theirs, found = ratio(mixed, plain, options.rounds)
        reached = found <= TARGET
        print(f"{options.files} files, {options.rounds} pairs, medians; formats: {', '.join(endings)}")
        mark = "reached" if reached else "not reached"
        print(f"mixed {ours:6.2f} s  CSV {theirs:6.2f} s  ratio {found:.2f}  target <= {TARGET}: {mark}")
        for ending in endings[1:]:
            alone = write(top / ending, [ending], options.files)
            ours, theirs, found = ratio(alone, plain, 1)
            print(f"  {ending:6} {ours:6.2f} s  CSV {theirs:6.2f} s  ratio {found:.2f}")
    return int(options.check and not reached)


if __name__ == "__main__":
    sys.exit(main())
