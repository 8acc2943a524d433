"""Markdown, a README among other text -> claims: every GFM table whose header begins with a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from cnncalc.check.naming import of_total
from cnncalc.check.numbers.dressing import undressed
from cnncalc.check.readers.header import Cell, header_among
from cnncalc.check.readers.reading import Reading
from cnncalc.check.readers.rows import are_layers, read_rows
from cnncalc.errors import Problem, Source, SpecError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

    from cnncalc.graph import Graph

NAMES = (".md", ".markdown", ".mkd")
RULE = re.compile(r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$", re.MULTILINE)
"""The line below the header of a table."""
TOTAL = re.compile(
    r"(?P<name>[^\W0-9_][\w #-]{1,40}?)\s?[:=\uff1a]\s?"
    r"(?P<number>[~\u2248]?\s?[0-9][0-9.,]*(?:\s?(?:[KMGB]|thousand|million|billion)(?![A-Za-z]))?)(?:\s(?P<noun>[A-Za-z]+))?"
)
"""A line below a table: what is added up, and the sum."""
MOST_PARTS = 6
"""Parts that a table is cut into at most."""
BARE_TOTALS = ("total", "totals", "overall", "sum")
LONGEST_TOTAL = 200
"""Characters of such a line."""
HINT = "a table begins with a header such as | layer | output | params |"


def recognises(source: Source) -> bool:
    """Whether a text is Markdown: by its name, or by the rule under the header of a table."""
    return source.name.lower().endswith(NAMES) or RULE.search(source.text) is not None


def read(reading: Reading) -> None:
    """Read every table that has a layer in each row, and the totals below it; other text and other tables say nothing.

    A table that goes on in the next one, under the same header, is read as one.
    """
    tables = [table for table in map(_from_its_header, _tables(reading.source)) if table]
    if not tables:
        raise SpecError([Problem("the text contains no table of layers", reading.source.span(), HINT)])
    for rows in _joined(reading, tables):
        read_rows(reading, {}, iter(rows))


def _from_its_header(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The table without what stands above its header; nothing for a table of other things."""
    start = header_among([[text for text, _ in cells] for cells in rows])
    return [] if start is None else rows[start:]


def _joined(reading: Reading, tables: list[list[list[Cell]]]) -> Iterator[list[list[Cell]]]:
    """The tables, those as one that describe a network only together: one of them is cut into two on a slide."""
    network = reading.named("", "", ())
    graph = None
    with suppress(SpecError):  # which is reported where the first table is read
        graph = network.graph() if network else None
    at = 0
    while at < len(tables):
        count = _parts(tables[at : at + MOST_PARTS], graph) if graph else 1
        yield _as_one(tables[at : at + count])
        at += count


def _parts(tables: list[list[list[Cell]]], graph: Graph) -> int:
    """How many of the tables it takes to describe the network under the same header; one if no number of them does."""
    for count, rows in enumerate(tables, 1):
        if _heads(rows) != _heads(tables[0]):
            break
        if are_layers(_as_one(tables[:count]), graph):
            return count
    return 1


def _as_one(tables: list[list[list[Cell]]]) -> list[list[Cell]]:
    return [cells for rows in tables for cells in rows]


def _heads(rows: list[list[Cell]]) -> list[str]:
    return [text.lower() for text, _ in rows[0]]


def _tables(source: Source) -> Iterator[list[list[Cell]]]:
    """The rows of every table, each cell with its place and without Markdown's marks, and the totals below it."""
    rows: list[list[Cell]] = []
    before: list[list[Cell]] = []  # totals above a table, in the same section
    line, column, inside = 0, 0, False
    for token in _parser().parse(source.text):
        if token.type in ("table_open", "heading_open") and rows:
            yield rows
            rows = []
        if token.type == "heading_open":
            before = []
        if token.type in ("table_open", "table_close"):
            inside = token.type == "table_open"
            if not inside:
                rows, before = [*rows, *before], []
        elif token.type == "tr_open":
            line, column = (token.map or [line])[0], 0
            rows.append([])
        elif token.type == "inline" and rows and token.map and inside:
            at = max(source.lines[line].find(token.content, column), column)
            column = at + len(token.content)
            text = "".join(child.content for child in token.children or ())
            rows[-1].append((text.strip(), source.span(line, at, max(len(token.content), 1))))
        elif token.type == "inline" and token.map:
            (rows or before).extend(_totals(source, *token.map))
    if rows:
        yield rows


def _totals(source: Source, start: int, end: int) -> Iterator[list[Cell]]:
    """The rows of a total for lines such as `**Total params:** 61,706 (241 KB)`."""
    for line in range(start, min(end, len(source.lines))):
        text = source.lines[line]
        if len(text) > LONGEST_TOTAL or not (found := TOTAL.match(undressed(text.strip(" -*+>")))):
            continue
        name, number, noun = found["name"], found["number"], (found["noun"] or "").lower()
        name = f"{name} {noun}" if name.lower() in BARE_TOTALS else name
        if of_total(name):
            at = max(text.find(number), 0)
            yield [(name, source.span(line)), (number, source.span(line, at, len(number)))]


@cache
def _parser() -> MarkdownIt:
    """The one parser for all files: to make it takes half as long as a small file."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")
