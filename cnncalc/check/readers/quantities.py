"""The headings of a table and what stands below them -> the quantity of every column; which columns claim nothing."""

from __future__ import annotations

import re

from cnncalc.check.naming import Heading, heading
from cnncalc.check.numbers.amounts import plain
from cnncalc.check.readers.header import NUMBERING, QUANTITY, VALUE
from cnncalc.check.readers.reading import Reading
from cnncalc.errors import Problem, Span, SpecError
from cnncalc.limits import LONGEST_NUMBER
from cnncalc.tables.cells import UNANSWERED, Cell
from cnncalc.tables.columns import folded_heading, is_source
from cnncalc.tables.dressing import undressed
from cnncalc.tables.languages import usual_signs

IGNORED = (
    *("kind", "type", "comment", "note", "notes", "remark", "remarks"),
    *(name for name in NUMBERING if name != "n"),  # which is a size
)
"""Columns that claim nothing; the first two come with `cnncalc show --format csv`."""
REMARKS = (
    *("name", "class", "description", "details", "detail", "specs", "spec", "specification", "connected_to", "config"),
    *("configuration", "operation", "operations", "purpose", "layer_type", "layer_name", "hyperparameters"),
)
"""Columns about a layer in words, with numbers among them; a note says that they are not read."""
WORDS_TOO = ("activation", "activations", "padding", "size")
"""Names of quantities that also head columns of words: tanh, same."""
ARROW = re.compile(r"->|\u2192|\A[A-Za-z ]{1,20}[=:]")
WINDOW = re.compile(r"[0-9 ]+[x\u00d7][0-9 x\u00d7]+\Z")
"""Settings of a layer in a column of `parameters`: 5x5x1->32, p = 0.5, and 2x2 beside these."""
VOLUMES = ("output", "input")
OF_SIDES = (
    *("", "kernel", "stride", "layer_padding", "dilation", "height", "width", "in_height", "in_width"),
    *("receptive_field", "jump", "centre", "padding", "start", "r_in", "j_in", "start_in"),
)
"""Quantities that no number of channels changes; of a volume, its sides."""
ONE_OR_TWO = re.compile(r"[0-9]+(?: ?[x\u00d7] ?[0-9]+)?\Z")
NUMERIC = re.compile(r"[-~\u2248(\[$]*(?:None, ?)?[0-9][0-9.,xX*\u00d7/+^=()\[\] -]*(?:[A-Za-z%]{1,8})?[)\]$]?\Z")
"""A number with or without a unit, a shape, or a working."""


def quantities_of(reading: Reading, header: list[Cell], lines: list[list[Cell]]) -> list[Heading]:
    """The quantity and the unit of every column; no quantity for one that claims nothing."""
    columns = [Heading("layer")]
    names, titles = [folded_heading(text) for text, _ in header], tuple(text for text, _ in header)
    long = QUANTITY in names and any(name in VALUE for name in names)
    for place, (name, (text, span)) in list(enumerate(zip(names, header, strict=True)))[1:]:
        columns.append(Heading(""))
        if long or name in IGNORED or is_source(text):
            columns[-1] = Heading(QUANTITY if name == QUANTITY else VALUE[0] if long and name in VALUE else "")
            continue
        if name in REMARKS:
            reading.note(f"the column '{text}' is not read", span)
            continue
        try:
            found = heading(text, titles)
        except SpecError as error:
            if looks_like_answers(place, lines) or not (reading.grading or is_text(place, lines)):
                _unreadable(reading, text, span, error)
            else:
                reading.note(f"the column '{text}' is not a quantity and is ignored", span)
            continue
        if found.quantity == "params" and _holds_settings(place, lines):
            reading.note(f"the column '{text}' holds settings and is not read", span)
            continue
        if name in WORDS_TOO and is_text(place, lines):
            continue
        if found.quantity in (column.quantity for column in columns) and not reading.grading:
            reading.problem(f"two columns hold the quantity {found.quantity}", span)  # of answers, both count
        columns[-1] = found
    return columns


def _unreadable(reading: Reading, text: str, span: Span, error: SpecError) -> None:
    """A column of numbers that is not read: a fault of the file, which in an answer stops no other column."""
    if reading.grading:
        message = f"the column '{text}' looks like answers, but is not a quantity: it is not read"
        reading.table.unread.append(Problem(message, span, "rename it, or leave it out"))
    else:
        reading.refused(error, span)


def of_sides_only(columns: list[Heading], lines: list[list[Cell]]) -> bool:
    """Whether a table is about sides of maps and receptive fields alone: one number for an output, or two."""
    if any(of.quantity not in (*OF_SIDES, *VOLUMES) for of in columns[1:]):
        return False
    volumes = [place for place, of in enumerate(columns) if of.quantity in VOLUMES]
    return all(ONE_OR_TWO.match(undressed(text)) for place in volumes for text in written(place, lines))


def looks_like_answers(place: int, lines: list[list[Cell]]) -> bool:
    """Whether a column holds a number or a shape that stands by itself, as none does in a remark."""
    return any(NUMERIC.match(plain(text[: LONGEST_NUMBER.value])) for text in written(place, lines))


def _holds_settings(place: int, lines: list[list[Cell]]) -> bool:
    """Whether a column of `parameters` has settings alone: 5x5x1->32, 2x2, p = 0.5."""
    texts = [undressed(usual_signs(text)) for text in written(place, lines)]
    are_settings = all(ARROW.search(text) or WINDOW.match(text) for text in texts)
    return are_settings and any(map(ARROW.search, texts))


def is_text(place: int, lines: list[list[Cell]]) -> bool:
    """Whether a column holds words alone, as one of notes or of the names of activations."""
    return not any(any(map(str.isdigit, text)) for text in written(place, lines))


def written(place: int, lines: list[list[Cell]]) -> list[str]:
    """The cells of a column that are not empty."""
    texts = [cells[place][0] for cells in lines if len(cells) > place]
    return [text for text in texts if text.lower() not in UNANSWERED]
