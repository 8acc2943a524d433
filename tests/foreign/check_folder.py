"""Checks the files of other programs in a folder against the facts of darknet_facts.csv and caffe_facts.csv.

    python tests/foreign/check_folder.py FOLDER [--all] [--input SIZE]

Nothing is fetched: FOLDER is a copy of a repository of the tables that you have, or any folder with such files in it.
A file is known by the hash that git gives its contents, whatever it is called. Every known file must have the
parameters, the MACs and the last shape of its table, which says where they come from, and where cnncalc refuses a
file, why. Prints a line for every file that differs, with `--all` for every file that a reader recognises, and ends
with status 1 if one differs.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cnncalc
from cnncalc.spec.readers.register import reader_of

HERE = Path(__file__).parent
SUFFIXES = (".cfg", ".prototxt")


def facts() -> dict[str, dict[str, str]]:
    """The rows of the tables by the hash of the file."""
    found = {}
    for table in ("caffe_facts.csv", "darknet_facts.csv"):
        with open(HERE / table, encoding="utf-8") as file:
            found |= {row["blob"]: row for row in csv.DictReader(file)}
    return found


def blob(path: Path) -> str:
    """The hash that git gives the contents of a file."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def found(path: Path, size: str | None = None) -> dict[str, str]:
    """What cnncalc finds in a file, in the words of the tables; a section of Darknet may be several layers."""
    try:
        network = cnncalc.analyze(path, size)
    except cnncalc.SpecError as error:
        return {"refused": error.problems[0].message}
    names = [layer.name for layer in network.layers]
    layers = len({name.split("/")[0] for name in names} if path.suffix == ".cfg" else names)
    numbers = {name: str(network.total(name)) for name in ("params", "macs")}
    return {"refused": "", "layers": str(layers), **numbers, "last": str(network.layers[-1].output)}


def differences(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Every known file, and what differs in it."""
    known = facts()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES):
        fact = known.get(blob(path))
        if fact is not None:
            mine = found(path, fact.get("input") or None)
            yield path, [f"{key} {fact[key]}, found {mine[key]}" for key in mine if mine[key] != fact[key]]


def everything(folder: Path, size: str | None) -> Iterator[tuple[Path, dict[str, str]]]:
    """Every file that a reader recognises, and what is found in it; `size` is for those that do not have their own."""
    for path in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES):
        reader = reader_of(path.read_text(encoding="utf-8", errors="replace"))
        if reader is not None and path.suffix in reader.suffixes:
            mine = found(path)
            yield path, found(path, size) if "size of the input is not known" in mine["refused"] and size else mine


def main() -> int:
    """Check a folder; 1 if a file differs, 2 if none is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="print what is found in every file, known or not")
    parser.add_argument("--input", help="with --all: for networks whose file does not have the size of its input")
    arguments = parser.parse_args()
    if arguments.all:
        reasons: Counter[str] = Counter()
        for path, mine in everything(arguments.folder, arguments.input):
            reasons[mine["refused"].rpartition(": ")[2]] += 1
            print(f"{path}: {mine['refused'] or ' '.join(mine.values())}")
        print(*(f"{count:5} {reason or 'read'}" for reason, count in reasons.most_common()), sep="\n")
    checked = dict(differences(arguments.folder))
    wrong = {path: each for path, each in checked.items() if each}
    for path, each in wrong.items():
        print(f"{path}: {'; '.join(each)}")
    print(f"{len(checked)} files known, {len(wrong)} differ")
    return 2 if not checked else 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
