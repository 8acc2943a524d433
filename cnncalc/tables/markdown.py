"""Markdown, a README among other text -> its tables: every table with a column of layers, in HTML, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from cnncalc.errors import Source
from cnncalc.limits import MOST_CLAIMS
from cnncalc.tables import html, notebooks
from cnncalc.tables.cells import HEADER_WITHIN, Cell, CellTable, Known, headed, too_many_rows
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
    notebook = source.name.lower().endswith(notebooks.NAME) and html.TABLE.search(source.text) is not None
    return notebook or source.name.lower().endswith(NAMES) or RULE.search(source.text) is not None


def tables(source: Source, known: Known) -> Iterator[CellTable]:
    """Every table that has a layer in each row, in HTML, too; other text says nothing. Raises SpecError for none."""
    ruled = [number for number, line in enumerate(source.lines) if "|" in line]
    most = MOST_CLAIMS.value + HEADER_WITHIN
    if len(ruled) > most:  # to take them apart first would take its time
        raise too_many_rows(source.span(ruled[most]))
    found = list(_tables(source))
    tables_in_html = html.rows_of(source, _without_code(source))
    read = headed([*(rows for rows, _ in found), *tables_in_html], known, source, HINT)
    for table in read:
        table.totals = next((totals for rows, totals in found if rows[-1] is table.rows[-1]), [])
    yield from read


def _without_code(source: Source) -> str:
    """The text with blanks for the blocks of code, if it has tables in HTML."""
    if html.TABLE.search(source.text) is None:
        return ""
    lines = source.text.splitlines(keepends=True)
    for token in _parser().parse(source.text):
        if token.type == "fence" and token.map:
            for number in range(*token.map):
                lines[number] = re.sub(r"[^\r\n]", " ", lines[number])
    return "".join(lines)


def _tables(source: Source) -> Iterator[tuple[list[list[Cell]], list[list[Cell]]]]:
    """The rows of every table, each cell with its place and without Markdown's marks, and the totals of its section."""
    rows: list[list[Cell]] = []
    totals: list[list[Cell]] = []
    line, column, inside = 0, 0, False
    for token in _parser().parse(source.text):
        if token.type in ("table_open", "heading_open") and rows:
            yield rows, totals
            rows, totals = [], []
        if token.type == "heading_open":
            totals = []
        elif token.type in ("table_open", "table_close"):
            inside = token.type == "table_open"
        elif token.type == "tr_open":
            line, column = (token.map or [line])[0], 0
            rows.append([])
        elif token.type == "inline" and inside and rows and token.map:
            at = max(source.lines[line].find(token.content, column), column)
            column = at + len(token.content)
            text = "".join(child.content for child in token.children or ())
            text = undressed(token.content) if PRODUCT.search(token.content) else text
            rows[-1].append((text.strip(), source.span(line, at, max(len(token.content), 1))))
        elif token.type == "inline" and token.map:
            totals.extend(_totals(source, *token.map))
    if rows:
        yield rows, totals


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
