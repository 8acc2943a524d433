"""What `cnncalc NAME --format json` prints -> claims: every number of every layer, and the totals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from cnncalc.analysis.quantities import QUANTITIES
from cnncalc.check.readers.reading import Reading
from cnncalc.check.readers.rows import QUANTITY, VALUE, read_rows
from cnncalc.errors import Problem, Source, SpecError
from cnncalc.tables.cells import Cell, CellTable
from cnncalc.tables.places import Places

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s\[\]{}:,"]+')
SHAPES = ("input", "output")
FIELDS = {"size": "receptive_field", "jump": "jump", "centre": "centre", "padding": "padding"}
Leaf: TypeAlias = "tuple[Any, ...]"
Leaves: TypeAlias = "dict[Leaf, Cell]"
"""The text of every number and word, by the keys and places that lead to it, and where it stands."""


class _Pairs(list[tuple[str, Any]]):
    """A mapping with all its keys, also one that comes twice."""


def recognises(source: Source) -> bool:
    """Whether a text is such a report, by the keys that all of them have."""
    return source.text.lstrip()[:1] == "{" and '"schema_version"' in source.text and '"layers"' in source.text


def read(reading: Reading) -> None:
    """Read the layers, and the totals; the name in the file is that of its network."""
    source = reading.source
    try:
        data = json.loads(source.text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
    except ValueError:
        message = f"'{source.name}' is not a whole report in JSON"
        raise SpecError([Problem(message, source.span(), "print it again with --output FILE")]) from None
    places = Places(source)
    tokens = ((token, places.span(token.start(), len(token[0]))) for token in TOKEN.finditer(source.text))
    leaves: Leaves = {}
    _enter(leaves, (), data, (span.part(1, span.length - 2) if token[0][:1] == '"' else span for token, span in tokens))
    place = source.span()
    head = {"network": leaves["name",]} if ("name",) in leaves else {}
    if size := _shape(leaves, ("input",)):
        head["input"] = size
    header: list[Cell] = [("layer", place), (QUANTITY, place), (VALUE[0], place)]
    rows = ([(layer, value[1]), (quantity, value[1]), value] for layer, quantity, value in _numbers(leaves))
    read_rows(reading, CellTable([header, *rows], head))


def _enter(leaves: Leaves, path: Leaf, value: Any, places: Iterator[Any]) -> None:
    """Enter a value and all that is in it; the places of keys and values come in the same order."""
    if isinstance(value, _Pairs):
        for key, inner in value:
            next(places)
            _enter(leaves, (*path, key), inner, places)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _enter(leaves, (*path, number), inner, places)
    else:
        leaves[path] = ("" if value is None else str(value), next(places))


def _numbers(leaves: Leaves) -> Iterator[tuple[str, str, Cell]]:
    """The layer, the quantity and the number of every claim."""
    for path, cell in leaves.items():
        match path:
            case ("layers", _, "input" | "output" as quantity, "channels"):
                if shape := _shape(leaves, path[:-1]):
                    yield _name(leaves, path), quantity, shape
            case ("layers", _, key) | ("layers", _, "operations", key) if key in QUANTITIES:
                if len(path) == 3 or (*path[:2], key) not in leaves:
                    yield _name(leaves, path), key, cell
            case ("layers", _, "receptive_field", key, 0) | ("layers", _, "receptive_field", "size" as key):
                if key in FIELDS:
                    yield _name(leaves, path), FIELDS[key], _along(leaves, path[:4], cell)
            case ("totals", key) if key in QUANTITIES:
                yield "total", key, cell
            case ("input", "activations" | "memory_bytes" as key):
                yield "input", key, cell


def _name(leaves: Leaves, path: Leaf) -> str:
    return leaves.get((*path[:2], "name"), ("",))[0]


def _listed(leaves: Leaves, path: Leaf) -> list[str]:
    """The texts of a list."""
    found: list[str] = []
    while (*path, len(found)) in leaves:
        found.append(leaves[*path, len(found)][0])
    return found


def _shape(leaves: Leaves, path: Leaf) -> Cell | None:
    """A volume as height x width x channels, at the place of its channels."""
    if (channels := leaves.get((*path, "channels"))) is None:
        return None
    return "x".join([*_listed(leaves, (*path, "size")), channels[0]]), channels[1]


def _along(leaves: Leaves, path: Leaf, cell: Cell) -> Cell:
    """A length along every axis: one where all are equal, a padding with both sides where these differ."""
    both = (*path[:3], "padding_sides")
    sides = (
        [_listed(leaves, (*both, axis)) for axis in range(len(_listed(leaves, path)))] if path[3] == "padding" else []
    )
    texts = [f"{each[0]} before, {each[1]} after" for each in sides if len(each) == 2] or _listed(leaves, path)
    return (texts[0] if len(set(texts)) == 1 else " x ".join(texts) or cell[0]), cell[1]
