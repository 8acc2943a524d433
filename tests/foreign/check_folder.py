"""Reads every network of other programs in a folder, and holds its numbers against a table of facts.

    python tests/foreign/check_folder.py FOLDER [--facts tests/foreign/caffe_facts.csv] [--input SIZE]

A fact names a repository of GitHub and a path; the folder holds one or several of these, as OWNER/NAME or OWNER+NAME.
A file that no fact names is read all the same: its numbers, or why it is refused, are printed. The exit status is 1
where a number differs from its fact, or a file with a fact cannot be read.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cnncalc
from cnncalc.spec.readers.register import reader_of

SUFFIXES = (".prototxt", ".cfg")
NUMBERS = ("layers", "params", "macs", "last")


def networks(folder: Path) -> Iterator[Path]:
    """The files below a folder that a reader of another program's format recognises."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file():
            reader = reader_of(path.read_text(encoding="utf-8", errors="replace"))
            if reader is not None and set(reader.suffixes) & set(SUFFIXES):
                yield path


def measured(path: Path, size: str | None) -> dict[str, str]:
    """The numbers of a network, or why it has none."""
    try:
        analysis = cnncalc.analyze(path, size)
    except cnncalc.SpecError as error:
        return {"refused": error.problems[0].message}
    numbers = (len(analysis.layers), analysis.total("params"), analysis.total("macs"), analysis.layers[-1].output)
    return dict(zip(NUMBERS, map(str, numbers), strict=True))


def fact_of(path: Path, facts: list[dict[str, str]]) -> dict[str, str] | None:
    """The fact about a file, if there is one."""
    text = path.as_posix().replace("+", "/")
    return next((fact for fact in facts if text.endswith(f"{fact['repository']}/{fact['path']}")), None)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--facts", type=Path, help="a table of repository,path,commit,input,layers,params,macs,last")
    parser.add_argument("--input", help="for networks whose file does not give the size of its input")
    arguments = parser.parse_args()
    facts = list(csv.DictReader(arguments.facts.open(encoding="utf-8"))) if arguments.facts else []
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for path in networks(arguments.folder):
        fact, begun = fact_of(path, facts), time.perf_counter()
        found = measured(path, (fact or {}).get("input") or None)
        if "size of the input is not known" in found.get("refused", "") and arguments.input:
            found = measured(path, arguments.input)
        wrong = [
            f"{name} {found.get(name)}, not {fact[name]}" for name in NUMBERS if fact and found.get(name) != fact[name]
        ]
        verdict = "refused" if "refused" in found else "differs" if wrong else "as known" if fact else "read"
        counts["differs" if wrong else verdict] += 1
        reasons[found.get("refused", "").partition(": ")[2]] += "refused" in found
        print(
            f"{verdict:8} {time.perf_counter() - begun:5.2f} s  {path}: {', '.join(wrong) or ' '.join(found.values())}"
        )
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    for reason, count in reasons.most_common(20):
        print(f"{count:5} {reason}" if count else "")
    return 1 if counts["differs"] else 0


if __name__ == "__main__":
    sys.exit(main())
