"""CSV as a spreadsheet exports it -> a table: where the header is, what separates its cells, what comments say."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice

from cnncalc.errors import Problem, Source, SpecError
from cnncalc.limits import MOST_CLAIMS, MOST_COLUMNS
from cnncalc.tables.cells import HEADER_WITHIN, Cell, CellTable, Known

NAMES = (".csv", ".tsv", ".txt")
HEADER = re.compile(r"^[^\w\n]*(?:layer|name|question|exercise|task)\W*[,;\t]", re.IGNORECASE | re.MULTILINE)
YAML_NAMES = (".yaml", ".yml")
YAML_KEY = re.compile(r"^(?:claims|networks)\s*:", re.MULTILINE)
DELIMITERS = ";,\t"
HEADER_HINT = "the header begins with 'layer', and names a quantity a column: layer,output,params"


def recognises(source: Source) -> bool:
    """Whether a text is CSV: by its name, or by its header if the name does not say."""
    name = source.name.lower()
    if name.endswith(YAML_NAMES):
        return False
    return HEADER.search(source.text) is not None or (is_csv(name) and not YAML_KEY.search(source.text))


def is_csv(name: str) -> bool:
    """Whether a file is a spreadsheet's by its name."""
    return name.lower().endswith(NAMES)


def tables(source: Source, known: Known) -> Iterator[CellTable]:
    """The table of a CSV text, separated by commas, semicolons or tabs.

    Lines `# network: vgg16` before the header say what a YAML table says at its top. Where
    semicolons separate the cells, a comma is a decimal mark.
    """
    if "\x00" in source.text:
        raise SpecError([Problem(f"'{source.name}' is not a text file", None, "save it as CSV UTF-8")])
    lines = [number for number, line in enumerate(source.lines) if line.strip(' \t,;"')]
    delimiter = ""
    if lines and source.lines[lines[0]].strip(' \t"').lower().startswith("sep="):
        delimiter = source.lines[lines.pop(0)].strip(' \t"')[4:5]
    comments, header, delimiter = _head(source, lines, delimiter, known)
    rows = list(islice(_rows(source, header, delimiter), MOST_CLAIMS.value + 2))
    yield CellTable(rows, comments, decimal_commas=delimiter == ";")


def _head(source: Source, lines: list[int], given: str, known: Known) -> tuple[dict[str, Cell], int, str]:
    """What comments say, the line of the header, and the delimiter; the name of a student before it is ignored.

    Of several lines that may be the header, it is the one with the most known columns. Raises SpecError without one.
    """
    comments: dict[str, Cell] = {}
    found: list[tuple[int, int, str]] = []
    for number in lines[:HEADER_WITHIN]:
        delimiter = given or max(DELIMITERS, key=source.lines[number].count)
        if source.lines[number].count(delimiter) >= MOST_COLUMNS.value:
            message = f"the line has more columns than {MOST_COLUMNS}, the limit"
            raise SpecError([Problem(message, source.span(number), MOST_COLUMNS.hint)])
        count = known(_cells(source.lines[number], delimiter))
        if count is None and _is_comment(source.lines[number]):
            comments.update(_comment(source, number))
        elif count is not None:
            found.append((count, number, delimiter))
        elif found:
            break
    if not found:
        first = next((number for number in lines if not _is_comment(source.lines[number])), None)
        if first is None:
            raise SpecError([Problem("the file is empty", source.span(), "begin with 'layer,output,params'")])
        raise SpecError([Problem("the first column must be 'layer'", source.span(first), HEADER_HINT)])
    _, number, delimiter = max(found, key=lambda each: each[0])
    return comments, number, delimiter


def _is_comment(line: str) -> bool:
    return line.lstrip(' "\t').startswith("#")


def _comment(source: Source, number: int) -> Iterator[tuple[str, Cell]]:
    """`# network: vgg16`; other comments say nothing."""
    text = source.lines[number].strip(' \t#,;"')
    key, colon, value = (part.strip() for part in text.partition(":"))
    if colon:
        yield key, (value, source.span(number, max(source.lines[number].find(value), 0), len(value)))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _rows(source: Source, start: int, delimiter: str) -> Iterator[list[Cell]]:
    """The cells of every row that is not empty, each with its place; the header is the first."""
    lines, first = source.lines, start
    reader = csv.reader((f"{line}\n" for line in lines[start:]), delimiter=delimiter, skipinitialspace=True)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            hint = "close every quote, and have no more than a number in a cell"
            raise SpecError([Problem(f"not a CSV file: {error}", source.span(first), hint)]) from None
        if row is None:
            return
        cells, column = [], 0
        for text in row:
            at = lines[first].find(text, column) if text else column
            column = at if at >= 0 else column
            cells.append((text.strip(), source.span(first, column, max(len(text), 1))))
            column += len(text) + (at >= 0)
        first = start + reader.line_num
        if any(text for text, _ in cells):
            yield cells
