"""The lines before the rows of a spreadsheet -> Head: where the header is, what parts its cells, what comments say."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field

from cnncalc.check.context import CONTEXT_KEYS
from cnncalc.check.naming import BRACKETED, heading
from cnncalc.errors import Problem, Source, Span, SpecError

LAYER = ("layer", "layer_name", "name")
QUANTITY = "quantity"
VALUE = ("value", "answer")
"""With `quantity`, the columns of the long form: a number a row."""
PASSED_OVER = ("kind", "type", "input", "comment", "note", "notes", "remark", "remarks", "")
"""Columns that claim nothing; the first three come with `cnncalc show --format csv`."""
DELIMITERS = ";,\t"
HEAD_KEYS = ("network", "input", "set", "name", "source", *CONTEXT_KEYS)
MOST_BEFORE = 30
"""Lines in which the header is looked for."""
HEADER_HINT = "the header begins with 'layer', and names a quantity a column: layer,output,params"


@dataclass(slots=True)
class Head:
    """The line of the header, counted from 0, the delimiter, and the text and place of every comment's key."""

    line: int
    delimiter: str
    comments: dict[str, tuple[str, Span]] = field(default_factory=dict)


def read_head(source: Source) -> Head:
    """What stands before the rows; the name of a student there is passed over.

    Raises SpecError if there is no header.
    """
    if "\x00" in source.text:
        raise SpecError([Problem(f"'{source.name}' is not a text file", None, "save it as CSV UTF-8")])
    given, comments = "", {}
    lines = [number for number, line in enumerate(source.lines) if line.strip(' \t,;"')]
    if lines and source.lines[lines[0]].strip(' \t"').lower().startswith("sep="):
        given = source.lines[lines.pop(0)].strip(' \t"')[4:5]
    found = []
    for number in lines[:MOST_BEFORE]:
        if source.lines[number].lstrip(' "\t').startswith("#"):
            if entry := _comment(source, number):
                comments[entry[0]] = entry[1]
            continue
        if header := _header(source.lines[number], number, given):
            found.append(header)
        elif found:
            break
    if not found:
        first = next((number for number in lines if not source.lines[number].lstrip(' "').startswith("#")), None)
        if first is None:
            raise SpecError([Problem("the file is empty", source.span(), "begin with 'layer,output,params'")])
        raise SpecError([Problem("the first column must be 'layer'", source.span(first), HEADER_HINT)])
    _, number, delimiter = max(found, key=lambda each: each[0])
    return Head(number, delimiter, comments)


def name_of(cell: str) -> str:
    """The heading of a column as it is compared: `Layer (type)` is layer."""
    return BRACKETED.sub("", cell).strip().lower().replace(" ", "_")


def _header(line: str, number: int, given: str) -> tuple[int, int, str] | None:
    """(how many columns are known, line, delimiter) for a line that may be the header."""
    cells, delimiter = _cells(line, given)
    names = [name_of(cell) for cell in cells]
    if not names or names[0] not in LAYER:
        return None
    known = sum(name in (QUANTITY, *VALUE) or _is_quantity(name) for name in names[1:])
    return (known, number, delimiter) if known or names[0] != "name" else None


def _is_quantity(name: str) -> bool:
    try:
        return bool(heading(name))
    except SpecError:
        return False


def _cells(line: str, given: str) -> tuple[list[str], str]:
    delimiter = given or max(DELIMITERS, key=line.count)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), []), delimiter
    except csv.Error:
        return [], delimiter


def _comment(source: Source, number: int) -> tuple[str, tuple[str, Span]] | None:
    """`# network: vgg16`; other comments say nothing."""
    text = source.lines[number].strip(' \t#,;"')
    key, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or key not in HEAD_KEYS:
        return None
    return key, (value, source.span(number, max(source.lines[number].find(value), 0), len(value)))
