"""The header of a table of layers -> which rows are headers, and the table with one quantity in each column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from cnncalc.check.naming import heading, is_heading, kind_of
from cnncalc.limits import LONGEST_NUMBER
from cnncalc.tables.cells import LAYER, UNANSWERED, Cell
from cnncalc.tables.columns import folded_heading, settings_in_one
from cnncalc.tables.dressing import undressed
from cnncalc.tables.languages import usual_signs

Cells: TypeAlias = "list[Cell]"

EXERCISE = ("question", "exercise", "task")
"""Headings of the names of exercises."""
PERHAPS_LAYER = (
    *("", "layer_type", "type", "operation", "operations", "op", "operator", "stage", "component", "node", "kind"),
    *("structure", "stages", "step", "after", "end_point", "end-point", "endpoint"),
)
"""Other headings of names, of which a table has at least so many quantities as `LEAST`."""
LEAST = 2
NUMBERING = (
    *("", "#", "no", "no.", "nr", "nr.", "n", "n\u00b0", "n\u00ba", "idx", "index", "id", "s.no", "s.no.", "sr._no"),
    "\u5e8f\u53f7",
)
"""Headings of a column before that of the layers, which only numbers the rows."""
MODEL = ("cnn", "model", "network", "net", "architecture")
"""Headings of a column before that of the layers, which names the one network in every row."""
TYPES = ("type", "kind", "layer_type", "class", "description", "operation", "details", "name", "layer_name", "op")
"""Headings of columns that may say the types of the rows."""
FIRST = frozenset((*LAYER, *EXERCISE, *PERHAPS_LAYER, *NUMBERING, *MODEL))
"""With what a header may begin."""
QUANTITY = "quantity"
VALUE = ("value", "answer")
"""With `quantity`, the columns of the long form: a number a row."""
WORKING = ("working", "workings", "calculation", "computation", "formula", "operation", "how", "equation")
"""Headings of columns with the workings of the numbers beside them."""
SETTING = re.compile(
    r"(s|strides?|p|pad|padding|d|dilation|g|groups)\s?[=:]?\s?([0-9]+(?:\s?[x\u00d7]\s?[0-9]+)?)\Z", re.I
)
SETTING_KEYS = {"s": "stride", "p": "layer_padding", "d": "dilation", "g": "groups"}
"""What stands behind a kernel in its cell, and the quantity that it is."""
OF_WORKING = re.compile(r"(.{1,60}?)[ _-](?:calculation|computation|working|workings|formula)\Z", re.IGNORECASE)
"""The heading of the workings of one quantity, which it names."""
IS_WORKING = re.compile(r"[-+0-9.,()\[\]{}*^/\s\u00d7\u00b7xX\\a-z$]+\Z")


def quantities_in(header: Sequence[str]) -> int | None:
    """How many of a header's columns are quantities; None if the line is not a header."""
    names = [folded_heading(text) for text in header]
    place = _place_of_layer(names)
    if place is None:
        return None
    others = [(name, text) for at, (name, text) in enumerate(zip(names, header, strict=True)) if at != place]
    known = sum(_is_known(name, text) for name, text in others)
    if names[place] not in (*LAYER, *EXERCISE) and known < (1 if names[place] == "" else LEAST):
        return None
    return known if known or (place == 0 and names[0] not in ("", "name")) else None


def layers_first(rows: list[Cells]) -> list[Cells]:
    """The table with the column of layers in front."""
    place = _place_of_layer([folded_heading(text) for text, _ in rows[0]]) or 0
    if not place:
        return list(map(list, rows))
    return [[*(cells[place : place + 1] or [("", cells[0][1])]), *cells[:place], *cells[place + 1 :]] for cells in rows]


def _place_of_layer(names: Sequence[str]) -> int | None:
    """Which column names the layers: the first of these headings, or the first column if it may be one."""
    found = next((place for place, name in enumerate(names) if name in (*LAYER, *EXERCISE)), None)
    if found is not None:
        return found
    behind = 1 if len(names) > LEAST and names[0] in (*NUMBERING, *MODEL) and names[1] in PERHAPS_LAYER[1:] else 0
    place = _behind_model(names) or behind
    return place if names and names[place] in PERHAPS_LAYER else None


def without_numbering(header: Cells, lines: list[Cells]) -> tuple[Cells, list[Cells]]:
    """The table without a first column that only numbers its rows, or names the same network in all of them.

    A row that has its name there, as `Total`, keeps it.
    """
    names = [folded_heading(text) for text, _ in header]
    if _is_numbered(names):
        return header[1:], [
            [cells[1] if cells[1][0] else cells[0], *cells[2:]] if len(cells) > 1 else cells for cells in lines
        ]
    place = _behind_model(names)
    if not place or len({cells[0][0] for cells in lines}) > 1:
        return header, lines
    order = [place, *range(place + 1, len(header)), *range(1, place)]
    return [header[at] for at in order], [
        [cells[at] for at in order if at < len(cells)] if len(cells) > place else cells for cells in lines
    ]


def parts_of(header: Cells, lines: list[Cells]) -> list[tuple[Cells, list[Cells]]]:
    """The table taken apart where another header stands among its rows; each part with its own."""
    parts: list[tuple[Cells, list[Cells]]] = [(header, [])]
    for cells in lines:
        if _is_header_again(cells, len(header)):
            parts.append((cells, []))
        else:
            parts[-1][1].append(cells)
    return [part for part in parts if part[1] or len(parts) == 1]


def with_workings(header: Cells, lines: list[Cells]) -> tuple[Cells, list[Cells]]:
    """The table with the workings of a column in front of the numbers beside it, `(3*3*3 + 1)*8` of 224.

    They are those of the quantity that the heading names, `RF calculation`; else of the one column of counts, or of
    parameters.
    """
    quantities = [heading(text).quantity if at and is_heading(text) else "" for at, (text, _) in enumerate(header)]
    led = [(place, _worked_out(text, quantities)) for place, (text, _) in enumerate(header) if place]
    if not any(of is not None for _, of in led):
        return header, lines
    header, lines = list(header), [list(cells) for cells in lines]
    for place, of in led:
        if of is None:
            continue
        header[place] = ("note", header[place][1])
        for cells in (cells for cells in lines if len(cells) > max(place, of)):
            working, number = undressed(cells[place][0]), undressed(cells[of][0])
            if IS_WORKING.match(working) and any(map(str.isdigit, working)) and number.lower() not in UNANSWERED:
                cells[of] = (f"{working} = {number}", cells[of][1])
    return header, lines


def _worked_out(text: str, quantities: list[str]) -> int | None:
    """The place of the column that a column of workings leads to; None for a column of other things."""
    if folded_heading(text) in WORKING:
        counts = [at for at, quantity in enumerate(quantities) if kind_of(quantity) == "count"]
        found = counts if len(counts) == 1 else [at for at, quantity in enumerate(quantities) if quantity == "params"]
    else:
        title = OF_WORKING.match(text)
        of = heading(title[1]).quantity if title and is_heading(title[1]) else ""
        found = [at for at, quantity in enumerate(quantities) if of and quantity == of]
    return found[0] if len(found) == 1 else None


def settings_in(text: str) -> list[tuple[str, str]]:
    """The settings in one cell of kernels, by their quantities: `11x11, s=4, p=2`; nothing for a kernel alone."""
    if len(text) > LONGEST_NUMBER.value:
        return []
    first, *others = re.split(r"\s*[,;]\s*", undressed(usual_signs(text)))
    found = [SETTING.match(other) for other in others]
    if not found or not all(found):
        return []
    return [("kernel", first), *((SETTING_KEYS[each[1].lower()[0]], each[2]) for each in found if each)]


def types_beside(header: Cells, lines: list[Cells]) -> list[str]:
    """What a column of types says of every row; nothing where there is none."""
    names = [folded_heading(text) for text, _ in header]
    place = next((names.index(name, 1) for name in TYPES if name in names[1:]), None)
    return [cells[place][0] if place is not None and len(cells) > place else "" for cells in lines]


def _is_numbered(names: list[str]) -> bool:
    """Whether a header begins with a column of numbers before that of the layers."""
    return len(names) > LEAST and names[0] in NUMBERING and names[1] in (*LAYER, *PERHAPS_LAYER[1:])


def _behind_model(names: Sequence[str]) -> int:
    """Where the column of layers is, behind one that names the network; 0 for a table that begins with its layers."""
    layers = [at for at, name in enumerate(names) if at and name in (*LAYER, *PERHAPS_LAYER[1:])]
    return layers[0] if names and names[0] in MODEL and layers else 0


def _is_known(name: str, text: str) -> bool:
    return name in (QUANTITY, *VALUE) or is_heading(text) or bool(settings_in_one(text))


def _is_header_again(cells: Cells, columns: int) -> bool:
    """Whether a row below the header is one as well: headings alone, and no name or that of a layer column."""
    name, filled = folded_heading(cells[0][0]), [text for text, _ in cells[1:] if text]
    return len(cells) <= columns and name in ("", *LAYER) and bool(filled) and all(map(is_heading, filled))


def _kind(text: str) -> str:
    return kind_of(heading(text).quantity)
