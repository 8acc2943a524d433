"""Checks the configuration files of a folder against the facts of darknet_facts.csv.

    python tests/foreign/check_folder.py FOLDER

Nothing is fetched: FOLDER is a copy of pjreddie/darknet or AlexeyAB/darknet that you have, or any folder with such
files in it. A file is known by the hash that git gives its contents, whatever it is called. Every known file must
have the parameters, the MACs and the last shape of the table; what Darknet itself holds is in the table, and where
cnncalc refuses a file, why. Prints a line for every file that differs, and ends with status 1 if there is one.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import cnncalc

FACTS = Path(__file__).parent / "darknet_facts.csv"


def facts() -> dict[str, dict[str, str]]:
    """The rows of the table by the hash of the file."""
    with open(FACTS, encoding="utf-8") as file:
        return {row["blob"]: row for row in csv.DictReader(file)}


def blob(path: Path) -> str:
    """The hash that git gives the contents of a file."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def found(path: Path) -> dict[str, str]:
    """What cnncalc finds in a file, in the words of the table."""
    try:
        network = cnncalc.analyze(path)
    except cnncalc.SpecError as error:
        return {"refused": error.problems[0].message}
    sections = {layer.name.split("/")[0] for layer in network.layers}
    numbers = {name: str(network.total(name)) for name in ("params", "macs")}
    return {"refused": "", "layers": str(len(sections)), **numbers, "last": str(network.layers[-1].output)}


def differences(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Every known file, and what differs in it."""
    known = facts()
    for path in sorted(folder.rglob("*.cfg")):
        fact = known.get(blob(path))
        if fact is not None:
            mine = found(path)
            yield path, [f"{key} {fact[key]}, found {mine[key]}" for key in mine if mine[key] != fact[key]]


def main() -> int:
    """Check a folder; 1 if a file differs, 2 if none is known."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    checked = dict(differences(Path(sys.argv[1])))
    wrong = {path: each for path, each in checked.items() if each}
    for path, each in wrong.items():
        print(f"{path}: {'; '.join(each)}")
    print(f"{len(checked)} files known, {len(wrong)} differ")
    return 2 if not checked else 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
