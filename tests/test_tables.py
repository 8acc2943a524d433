"""Tables from READMEs, course pages and papers: every number in them is judged, and judged rightly.

A folder of `tests/tables/` holds one table in a layout of its own and `expected.yaml`: its `address`, which is that of
the file at a commit, or of a search for its words where the file is unknown; the `network` as cnncalc is told it, in
slide notation or a file beside it, the `layers` as `chain.py` is told them, and its numbers once more, plainly, in the
order of the table. A number with `!` is wrong, one with `~` follows from a wrong one, one with `?` is an error, as of a
row without a name. Of a working that does not give the number behind it, the number is what the working gives. What
is right comes from `chain.py` alone.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from chain import row_of, rows_of
from conftest import Cli
from published import printed

TABLES = Path(__file__).resolve().parent / "tables"
FOLDERS = sorted(path.name for path in TABLES.iterdir() if path.is_dir())
STATUS = {"": "match", "!": "mismatch", "~": "consistent", "?": "error"}


def expected_of(folder: str) -> tuple[dict[str, Any], Path]:
    """What is expected of a table, and its file."""
    expected = yaml.safe_load((TABLES / folder / "expected.yaml").read_text(encoding="utf-8"))
    (table,) = (path for path in (TABLES / folder).iterdir() if path.suffix != ".yaml")
    if expected.get("network", "").endswith(".yaml"):
        expected["network"] = str(TABLES / folder / expected["network"])
    return expected, table


def options_of(expected: dict[str, Any]) -> list[str]:
    """The options of `cnncalc check` for a table."""
    network = ["--network", expected["network"]] if "network" in expected else []
    size = ["--input", expected["input"]] if "input" in expected and not expected.get("reads_input") else []
    return [*network, *size, *map(str, expected.get("options", []))]


def numbers_of(expected: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(layer, quantity, number) for every number of a table, typed plainly, row by row."""
    numbers, quantities = [], []
    for line in expected["numbers"].splitlines():
        name, *cells = line.split()
        if name == "layer":
            quantities = cells
            continue
        assert len(cells) == len(quantities), line
        name = "" if name == "total" else name.replace("+", " + ")
        numbers += [(name, of, cell) for of, cell in zip(quantities, cells, strict=True) if cell != "."]
    return numbers


def says(number: str, right: Any) -> bool:
    """Whether a plain number is the right one: a shape size by size, one side for all, any other as it is rounded."""
    if isinstance(right, tuple) and "+" in number:
        return all(number == side for side in right)
    if isinstance(right, tuple):
        sizes = tuple(map(int, number.split("x")))
        on_all_sides = len(sizes) == 1 and all(size == sizes[0] for size in right[: max(len(right) - 1, 1)])
        return sizes in (right, right[:-1]) or long(sizes) == long(right) or on_all_sides
    if number[-1:] in "KMG%" or "." in number:
        return printed(number, right)
    return Fraction(number) == right


def long(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """A vector without the sizes of 1 around it; any other shape as it is."""
    inner = tuple(size for size in sizes if size != 1)
    return sizes if len(inner) > 1 else inner or (1,)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_number_of_a_table_from_the_world_is_judged_rightly(cli: Cli, folder: str) -> None:
    expected, table = expected_of(folder)
    if "refused" in expected:
        assert expected["refused"] in cli("check", str(table), *options_of(expected), status=1).output
        return
    numbers = numbers_of(expected)
    result = cli("check", str(table), *options_of(expected), "--format", "json")
    (file,) = yaml.safe_load(result.stdout)["files"]
    assert [] == file["problems"]
    claims = sorted(file["claims"], key=lambda claim: tuple(map(int, claim["place"].rsplit(":", 2)[1:])))
    assert [(layer, of) for layer, of, _ in numbers] == [(claim["layer"], claim["quantity"]) for claim in claims]
    rows = rows_of(expected["input"], expected["layers"])
    for (layer, of, number), claim in zip(numbers, claims, strict=True):
        bare, mark = number.rstrip("!~?"), number[-1] if number[-1] in STATUS else ""
        if mark == "?":
            assert "error" == claim["status"]
            continue
        row = row_of(rows, layer or "total")
        right = share_of(rows, layer, of) if bare.endswith("%") else row.value(of)
        if of == "kernel" and bare.count("x") == 3:  # as PyTorch holds its weights
            right = (row.output[-1], row.input[-1] // row.words.groups, *right)
        assert says(bare, right) is not bool(mark), (layer, of, number, right)
        assert STATUS[mark] == claim["status"], (layer, of, number, claim)
        if isinstance(right, int):
            assert right == claim["exact"], (layer, of, claim)


def share_of(rows: dict[str, Any], layer: str, of: str) -> Fraction:
    """The part of the whole that a layer has."""
    return Fraction(rows[layer].value(of), rows["total"].value(of))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_digit_that_is_changed_is_noticed(cli: Cli, folder: str, tmp_path: Path) -> None:
    """The last digit of the first, the middle and the last of a table's right numbers, each in turn."""
    expected, table = expected_of(folder)
    if "refused" in expected:
        return
    text = table.read_text(encoding="utf-8")
    right = [(place, claimed) for place, claimed, status in judged(cli, table, expected) if status == "match"]
    right = [each for each in right if any(map(str.isdigit, each[1]))]
    for place, claimed in (right[0], right[len(right) // 2], right[-1]):
        copy = tmp_path / table.name
        copy.write_text(changed(text, place, claimed), encoding="utf-8")
        (status,) = {found for at, _, found in judged(cli, copy, expected) if at == place} - {"match"}
        assert status in ("mismatch", "consistent"), (place, claimed)


def judged(cli: Cli, table: Path, expected: dict[str, Any]) -> list[tuple[tuple[int, int], str, str]]:
    """The place, the text and the verdict of every number of a table."""
    report = yaml.safe_load(cli("check", str(table), *options_of(expected), "--format", "json").stdout)
    places = [tuple(map(int, claim["place"].rsplit(":", 2)[1:])) for claim in report["files"][0]["claims"]]
    return [
        ((line, column), claim["claimed"], claim["status"])
        for (line, column), claim in zip(places, report["files"][0]["claims"], strict=True)
    ]


def changed(text: str, place: tuple[int, int], claimed: str) -> str:
    """The text with the last digit of a number one higher, or 8 for 9; what stands in front may be from elsewhere."""
    lines = text.splitlines(keepends=True)
    line, number = lines[place[0] - 1], claimed.rpartition("= ")[2]
    at = line.index(number, place[1] - 1)
    last = at + max(place for place, sign in enumerate(number) if sign.isdigit())
    lines[place[0] - 1] = line[:last] + ("8" if line[last] == "9" else str(int(line[last]) + 1)) + line[last + 1 :]
    return "".join(lines)
