"""What Keras and torchsummary print of a model -> claims: its rows, names broken over two lines put together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnncalc.check.readers.reading import Reading
from cnncalc.check.readers.rows import Cell, read_rows
from cnncalc.errors import Problem, Source, SpecError

HEADER = re.compile(r"^[^\w\n]*Layer \(type\)[^\w,;\t\n]+Output Shape[^\w,;\t\n]+Param #", re.MULTILINE)
CONNECTED = "Connected to"
"""The column that names the inputs of a layer; it is not read."""
LONGEST = 400
"""Characters of a line of a summary."""
ROW = re.compile(r"\s*(\S.*?)\s+([\[(]+(?:None|-?[0-9]+|\?).*?[)\]]+)\s+([0-9][0-9,]*|\?)(?:\s|$)")
"""A row without borders: Keras 2 may leave a single blank between two cells."""
TITLES = ("Layer (type)", "Output Shape", "Param #")
BORDER = "\u2502\u2503|"
TOTAL = re.compile(r"^\W*Total params:\s*([0-9][0-9,]*)")
RULE = re.compile(r"[\s=_\u2500-\u257f+-]*\Z")
SECOND = re.compile(r"[)(\w]{1,40}\)?\Z")
"""The rest of a name that was too long for its column."""


def recognises(source: Source) -> bool:
    """Whether a text holds a summary: by the header that Keras and torchsummary print."""
    return HEADER.search(source.text) is not None


def read(reading: Reading) -> None:
    """Read the rows below the header, and the total number of parameters."""
    read_rows(reading, {}, iter(list(_rows(reading.source))))


def _rows(source: Source) -> Iterator[list[Cell]]:
    start = next(number for number, line in enumerate(source.lines) if HEADER.match(line))
    edges = [source.lines[start].index(title) for title in TITLES]
    yield [(title, source.span(start, edge, len(title))) for title, edge in zip(TITLES, edges, strict=True)]
    connected = source.lines[start].find(CONNECTED)
    end = connected if connected > 0 else LONGEST + 1
    row: list[Cell] = []
    for number in range(start + 1, len(source.lines)):
        line = source.lines[number]
        if total := TOTAL.match(line):
            if row:
                yield row
            yield [("total", source.span(number)), ("", source.span(number)), _cell(source, number, *total.span(1))]
            return
        if RULE.match(line):
            continue
        cells = _cells(source, number, end)[: len(TITLES)]
        if len(cells) > 1:
            if row:
                yield row
            row = cells
        elif row and cells and SECOND.match(cells[0][0]):
            row[0] = (row[0][0] + cells[0][0], row[0][1])
        elif cells:
            raise SpecError([Problem("this line of the summary is not understood", source.span(number))])
    raise SpecError([Problem("the summary has no line 'Total params'", source.span(start), "paste all of it")])


def _cells(source: Source, number: int, end: int) -> list[Cell]:
    """The cells of a line up to column `end`: between the borders of Keras 3, else a row, or the rest of a name."""
    line = source.lines[number][:end]
    if len(line) > LONGEST:
        raise SpecError([Problem(f"a line of a summary has at most {LONGEST} characters", source.span(number))])
    if any(mark in line for mark in BORDER):
        found = [_cell(source, number, *part.span()) for part in re.finditer(rf"[^{BORDER}]+", line)]
        return found if all(text for text, _ in found[1 : len(TITLES)]) else [cell for cell in found if cell[0]][:1]
    if row := ROW.match(line):
        return [_cell(source, number, *row.span(group)) for group in (1, 2, 3)]
    return [_cell(source, number, 0, len(line))] if line.strip() else []


def _cell(source: Source, number: int, start: int, end: int) -> Cell:
    text = source.lines[number][start:end]
    return text.strip(), source.span(number, start + len(text) - len(text.lstrip()), max(len(text.strip()), 1))
