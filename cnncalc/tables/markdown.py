"""Markdown, a README among other text -> its tables: every GFM table whose header begins with a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from cnncalc.errors import Problem, Source, SpecError
from cnncalc.limits import MOST_CLAIMS
from cnncalc.tables.cells import HEADER_WITHIN, Cell, CellTable, Known, header_among, too_many_rows
from cnncalc.tables.dressing import undressed
from cnncalc.tables.layer_types import TOTAL

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

NAMES = (".md", ".markdown", ".mkd")
RULE = re.compile(r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$", re.MULTILINE)
"""The line below the header of a table."""
PRODUCT = re.compile(r"[0-9)] ?\*{1,2} ?[0-9(]")
"""Stars that are times signs, 3*3*64, and no emphasis."""
TOTAL_LINE = re.compile(
    r"(?P<name>[^\W0-9_][\w #-]{1,40}?)\s?[:=\uff1a]\s?"
    r"(?P<number>[~\u2248]?\s?[0-9][0-9.,]*(?:\s?(?:[KMGB]|thousand|million|billion)(?![A-Za-z]))?)"
    r"(?:\s(?P<noun>[A-Za-z]+))?"
)
"""A line beside a table: what is added up, and the sum."""
LONGEST_TOTAL = 200
"""Characters of such a line."""
HINT = "a table begins with a header such as | layer | output | params |"


def recognises(source: Source) -> bool:
    """Whether a text is Markdown: by its name, or by the rule under the header of a table."""
    return source.name.lower().endswith(NAMES) or RULE.search(source.text) is not None


def tables(source: Source, known: Known) -> Iterator[CellTable]:
    """Every table that has a layer in each row; other text and other tables say nothing. Raises SpecError for none."""
    ruled = [number for number, line in enumerate(source.lines) if "|" in line]
    most = MOST_CLAIMS.value + HEADER_WITHIN
    if len(ruled) > most:  # to take them apart first would take its time
        raise too_many_rows(source.span(ruled[most]))
    found = False
    for table in _tables(source):
        start = header_among([[text for text, _ in cells] for cells in table.rows], known)
        if start is not None:
            found, table.rows = True, table.rows[start:]
            yield table
    if not found:
        raise SpecError([Problem("the text contains no table of layers", source.span(), HINT)])


def _tables(source: Source) -> Iterator[CellTable]:
    """Every table, each cell with its place and without Markdown's marks, with the totals of its section."""
    table: CellTable | None = None
    totals: list[list[Cell]] = []  # above a table, in the same section
    line, column, inside = 0, 0, False
    for token in _parser().parse(source.text):
        if token.type in ("table_open", "heading_open") and table:
            yield table
            table = None
        if token.type == "heading_open":
            totals = []
        elif token.type == "table_open":
            table, totals, inside = CellTable([], totals=totals), [], True
        elif token.type == "table_close":
            inside = False
        elif token.type == "tr_open" and table:
            line, column = (token.map or [line])[0], 0
            table.rows.append([])
        elif token.type == "inline" and table and inside and token.map:
            at = max(source.lines[line].find(token.content, column), column)
            column = at + len(token.content)
            text = "".join(child.content for child in token.children or ())
            text = undressed(token.content) if PRODUCT.search(token.content) else text
            table.rows[-1].append((text.strip(), source.span(line, at, max(len(token.content), 1))))
        elif token.type == "inline" and token.map:
            (table.totals if table else totals).extend(_totals(source, *token.map))
    if table:
        yield table


def _totals(source: Source, start: int, end: int) -> Iterator[list[Cell]]:
    """The name and the number of lines such as `**Total params:** 61,706 (241 KB)`, `Total: 61,706 parameters`."""
    for line in range(start, min(end, len(source.lines))):
        text = source.lines[line]
        if len(text) > LONGEST_TOTAL or not (found := TOTAL_LINE.match(undressed(text.strip(" -*+>")))):
            continue
        name, number, noun = found["name"], found["number"], (found["noun"] or "").lower()
        name = f"{name} {noun}" if name.lower() in TOTAL else name
        at = max(text.find(number), 0)
        yield [(name, source.span(line)), (number, source.span(line, at, len(number)))]


@cache
def _parser() -> MarkdownIt:
    """The one parser for all files: to make it takes half as long as a small file."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")
