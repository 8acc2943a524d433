"""What `cnncalc NAME` prints as text, in a file or copied from a terminal -> claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from cnncalc.check.readers.reading import Reading
from cnncalc.check.readers.rows import quantities_in, read_rows
from cnncalc.errors import Problem, Source, SpecError
from cnncalc.limits import MOST_COLUMNS
from cnncalc.tables import markdown
from cnncalc.tables.cells import Cell, CellTable

HEADER = re.compile(r"^ {0,3}layer {2,}\S.*\n {0,3}(?:\u2500{8,}|-{8,})[ \t]*$", re.MULTILINE)
RULE = re.compile(r" {0,3}[\u2500-]{8,}\s*\Z")
CELL = re.compile(r"\S+(?: \S+)*")
BELOW = 5
"""Blanks in front of a remark below a row."""
WORDS = ("layer", "type", "kind", "input", "output", "%")
"""The titles of columns that may be folded, and of shares."""
"""The row that may have no number."""
DECORATION = "%"
"""The title of a share in the total, which is no claim."""


def recognises(source: Source) -> bool:
    """Whether a text holds a report: a header that begins with `layer`, above a rule."""
    return not source.name.lower().endswith(markdown.NAMES) and HEADER.search(source.text) is not None


def read(reading: Reading) -> None:
    """Read the table of every report in the text; what stands around them says nothing."""
    lines = reading.source.lines
    starts = [n for n, line in enumerate(lines[:-1]) if HEADER.match(f"{line}\n{lines[n + 1]}")]
    for start, end in pairwise([*starts, len(lines)]):
        rows = list(_rows(reading.source, start, end))
        if quantities_in([text for text, _ in rows[0]]):
            read_rows(reading, CellTable(rows))


def _rows(source: Source, start: int, end: int) -> Iterator[list[Cell]]:
    """The header and the rows below it, up to an empty line or the next table.

    Two blanks separate the cells of a line, and the cells of a column stand below each other. Raises SpecError for a
    table in which a cell goes on in the next line.
    """
    cells: list[tuple[int, dict[tuple[int, int], str]]] = []
    for number, line in enumerate(takewhile(str.strip, source.lines[start:end]), start):
        indent = len(line) - len(line.lstrip())
        if indent > BELOW:
            raise _folded(source, number)
        if indent < BELOW and not RULE.match(line):
            cells.append((number, {found.span(): found[0] for found in CELL.finditer(line)}))
    columns = _columns({span for _, found in cells for span in found})
    if len(columns) > MOST_COLUMNS.value:
        message = f"the line has more columns than {MOST_COLUMNS}, the limit"
        raise SpecError([Problem(message, source.span(start), MOST_COLUMNS.hint)])
    titles = {span: text for span, text in cells[0][1].items() if text not in WORDS}
    numbers = [column for column in columns if any(column[0] <= first < column[1] for first, _ in titles)]
    above = True  # the rows of inputs, which need not have a number
    for number, found in cells:
        row: list[Cell] = [("", source.span(number, first)) for first, _ in columns]
        place = 0
        for (first, last), text in found.items():
            while columns[place][1] < last:
                place += 1
            row[place] = (
                text if number > start or text != DECORATION else "",
                source.span(number, first, last - first),
            )
        without = bool(numbers) and not any(row[columns.index(column)][0] for column in numbers)
        if without and not above:
            raise _folded(source, number)
        above = above and (without or number == start)
        yield row


def _folded(source: Source, number: int) -> SpecError:
    message = "this table is folded to the width of a terminal"
    return SpecError([Problem(message, source.span(number), "print it again with --output FILE")])


def _columns(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first and the last place of every column: those of its cells, which overlap, together."""
    columns: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if columns and first < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], last))
        else:
            columns.append((first, last))
    return columns
