"""A table that gives the kernel, stride, padding and filters of every layer -> the network that it describes."""

from __future__ import annotations

import json
import re
from typing import NamedTuple, TypeAlias

from cnncalc.check.matching import INPUT, type_of
from cnncalc.check.naming import TOTAL, heading, is_heading
from cnncalc.check.numbers.amounts import UNANSWERED
from cnncalc.check.numbers.dressing import undressed
from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.layers import CATALOGUE
from cnncalc.spec.model import Spec
from cnncalc.spec.readers.register import read

Cell: TypeAlias = "tuple[str, Span]"
Setting: TypeAlias = "int | str | list[int]"
KEYS = {"kernel": "kernel", "stride": "stride", "padding": "layer_padding", "filters": "out_channels"}
"""What a spec calls the settings of a layer, and the columns that hold them."""
NEEDED = {
    "conv": ("kernel", "stride", "padding", "filters"),
    "maxpool": ("kernel", "stride", "padding"),
    "avgpool": ("kernel", "stride", "padding"),
    "fc": ("filters",),
    **dict.fromkeys(("relu", "softmax", "flatten", "dropout", "batchnorm", "globalavgpool"), ()),
}
"""The layer types that may be read, and what each must say."""
LENGTHS = re.compile(r"([0-9]{1,6})(?:\s?[xX*\u00d7]\s?([0-9]{1,6}))?\Z")
SHAPE = re.compile(r"[0-9]{1,6}(?:\s?[xX*\u00d7]\s?[0-9]{1,6}){2}\Z")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}\Z")
MOST = 1_000
"""Rows of a table that a network is read from."""
HINT = "--network vgg16, or the path of a spec, sets the network"


INPUT_HINT = "--input 32x32x3 sets it, and --network another network"


class Own(NamedTuple):
    """The spec of a table and its text, the rows without what it is read from, and in words what was read."""

    inline: tuple[str, Spec]
    lines: list[list[Cell]]
    said: list[str]


def own_network(header: list[Cell], lines: list[list[Cell]], size: str) -> Own | None:
    """The network of a table whose rows are its layers in order; None for a table without kernels and strides.

    `size` is the input if it is said elsewhere. Raises SpecError for a row that does not say all of its layer.
    """
    titles = tuple(text for text, _ in header)
    columns = {heading(text, titles).quantity: at for at, text in enumerate(titles) if at and is_heading(text)}
    places = {key: columns[name] for key, name in KEYS.items() if name in columns}
    if not {"kernel", "stride"} <= set(places) or len(lines) > MOST:
        return None
    types = next((at for at, text in enumerate(titles) if text.strip().lower() in ("type", "kind")), 0)
    entries: list[str] = []
    said: list[str] = []
    rest: list[list[Cell]] = []
    problems: list[Problem] = []
    for cells in lines:
        name, kind = cells[0][0], _kind(cells, types)
        is_input = INPUT in (name.lower(), kind)
        size = size or _shape(cells, columns.get("output" if is_input else "input"))
        if is_input or name.lower() in TOTAL:
            rest.append(cells)
            continue
        try:
            found = _settings(kind, cells, places)
        except SpecError as error:
            problems.extend(error.problems)
            continue
        entries.append(_entry(name, kind, found))
        said.append(", ".join((f"{name}: {kind}", *(f"{key} {cells[places[key]][0]}" for key in found))))
        used = {places[key] for key in found}
        rest.append([("", place) if at in used else (text, place) for at, (text, place) in enumerate(cells)])
    if not size:
        problems.append(Problem("the table does not say the input of its network", header[0][1], INPUT_HINT))
    if problems:
        raise SpecError(problems)
    text = f"input: {size}\nlayers:\n" + "".join(entries)
    spec = read(Source("the table", text))
    spec.key = spec.name = "the network of the table"
    return Own((text, spec), rest, [f"the network is read from the table, with the input {size}", *said])


def _entry(name: str, kind: str, found: dict[str, Setting]) -> str:
    """A layer as a spec has it; a name that is none in a spec is left out."""
    settings = {"units" if (kind, key) == ("fc", "filters") else key: value for key, value in found.items()}
    named = {"name": name} if NAME.match(name) else {}
    return f"  - {json.dumps({kind: settings or None, **named})}\n"


def _kind(cells: list[Cell], types: int) -> str:
    """The layer type of a row, by its column of types or else by its name."""
    told = cells[types][0] if len(cells) > types else ""
    return type_of(told) or type_of(cells[0][0])


def _shape(cells: list[Cell], place: int | None) -> str:
    text = undressed(cells[place][0]) if place is not None and len(cells) > place else ""
    return re.sub(r"\s?[xX*\u00d7]\s?", "x", text) if SHAPE.match(text) else ""


def _settings(kind: str, cells: list[Cell], places: dict[str, int]) -> dict[str, Setting]:
    """What a row says of its layer; raises SpecError for one that does not say all, or more than it can have."""
    name, span = cells[0]
    if kind not in NEEDED or kind not in CATALOGUE:
        raise SpecError([Problem(f"which type of layer '{name[:60]}' is, is not told by its name", span, HINT)])
    found: dict[str, Setting] = {}
    for key in KEYS:
        text, place = cells[places[key]] if key in places and len(cells) > places[key] else ("", span)
        text = undressed(text)
        if key not in NEEDED[kind]:
            if key != "filters" and text.lower() not in UNANSWERED:
                raise SpecError([Problem(f"'{name[:60]}' has no {key}: {kind} takes none", place, HINT)])
            continue
        numbers = LENGTHS.match(text)
        if key == "padding" and text.lower() in ("same", "valid"):
            found[key] = "same" if text.lower() == "same" else 0
        elif numbers and (key != "filters" or not numbers[2]):
            one, other = int(numbers[1]), int(numbers[2] or numbers[1])
            found[key] = one if one == other else [one, other]
        else:
            raise SpecError([Problem(f"the row '{name[:60]}' does not say the {key} of its layer", place, HINT)])
    return found
