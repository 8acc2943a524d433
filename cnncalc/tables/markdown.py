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

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

NAMES = (".md", ".markdown", ".mkd")
RULE = re.compile(r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$", re.MULTILINE)
"""The line below the header of a table."""
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
    yield from headed([*_tables(source), *html.rows_of(source, _without_code(source))], known, source, HINT)


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


def _tables(source: Source) -> Iterator[list[list[Cell]]]:
    """The rows of every table, each cell with its place and without Markdown's marks."""
    rows: list[list[Cell]] = []
    line, column = 0, 0
    for token in _parser().parse(source.text):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            line, column = (token.map or [line])[0], 0
            rows.append([])
        elif token.type == "inline" and rows and token.map and token.level:
            at = max(source.lines[line].find(token.content, column), column)
            column = at + len(token.content)
            text = "".join(child.content for child in token.children or ())
            rows[-1].append((text.strip(), source.span(line, at, max(len(token.content), 1))))
        elif token.type == "table_close":
            yield rows
            rows = []


@cache
def _parser() -> MarkdownIt:
    """The one parser for all files: to make it takes half as long as a small file."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")
