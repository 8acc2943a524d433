"""HTML, a page or a part of one -> its tables: every one with a layer in each row, as a browser shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from cnncalc.errors import Problem, Source, SpecError
from cnncalc.limits import MOST_CLAIMS, MOST_COLUMNS, Limit
from cnncalc.tables import csv, notebooks
from cnncalc.tables.cells import UNANSWERED, Cell, CellTable, Known, headed
from cnncalc.tables.places import Places

NAMES = (".html", ".htm", ".xhtml")
TABLE = re.compile(r"<table\b", re.IGNORECASE)
TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,15})(?![A-Za-z0-9-])(?P<attributes>[^<>]{0,2000})>|(?P<comment><!--)"
)
HIDDEN = ("script", "style", "title", "template", "caption")
"""What says nothing in a table, with all that is in it."""
CELLS = ("td", "th")
ENDS_A_CELL = (*CELLS, "tr", "thead", "tbody", "tfoot", "table")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LONGEST = 10_000
"""Characters of a cell that are read."""
MOST_CELLS = 200_000
"""Places that cells over several rows may fill."""
PARTS = ("p", "br", "div", "li", "ul", "ol", "hr")
RAISED = re.compile(r"<sup\b[^<>]{0,200}>([^<>]{0,20})</sup>", re.IGNORECASE)
SPANS = re.compile(r"\b(row|col)span\s{0,9}=\s{0,9}[\"']?([0-9]{1,4})", re.IGNORECASE)
HINT = "a table begins with a header such as <tr><th>layer</th><th>output</th><th>params</th></tr>"


def recognises(source: Source) -> bool:
    """Whether a text is HTML: by its name, or by a table in a text whose name does not say what it is."""
    name = source.name.lower()
    if name.endswith(NAMES):
        return True
    others = (".md", ".markdown", ".mkd", notebooks.NAME, *csv.YAML_NAMES, ".csv", ".tsv")
    return not name.endswith(others) and TABLE.search(source.text) is not None


def tables(source: Source, known: Known) -> Iterator[CellTable]:
    """Every table that has a layer in each row; other text says nothing. Raises SpecError for none."""
    yield from headed(rows_of(source, source.text), known, source, HINT)


def rows_of(source: Source, text: str) -> Iterator[list[list[Cell]]]:
    """The rows of every table in a text, which is that of the source or has the same places.

    A cell over several rows counts in each of them. Raises SpecError for a number over several columns, and for very
    large tables.
    """
    places, hidden, table = Places(source), "", None
    for tag in _tags(text):
        name = tag["name"].lower()
        if hidden or name in HIDDEN:
            hidden = "" if tag["end"] and name == hidden else hidden or ("" if tag["end"] else name)
        elif name == "table" and not tag["end"] and table is None:
            table = _Table(places, text)
        elif table is not None and name in ENDS_A_CELL:
            table.take(tag)
            if name == "table" and tag["end"]:
                yield table.rows
                table = None
    if table is not None:
        yield table.rows


def _tags(text: str) -> Iterator[re.Match[str]]:
    """The tags outside of comments."""
    at = 0
    while tag := TAG.search(text, at):
        at = tag.end()
        if tag["comment"]:
            at = text.find("-->", at)
            if at < 0:
                return
            continue
        yield tag


def _between(tag: re.Match[str]) -> str:
    """What a tag inside a cell is in its text: a blank, or nothing where it only sets a font."""
    return " " if (tag["name"] or "").lower() in PARTS else ""


class _Table:
    """A table that is being read."""

    def __init__(self, places: Places, text: str) -> None:
        self.places, self.text = places, text
        self.rows: list[list[Cell]] = []
        self.tall: dict[int, tuple[int, Cell]] = {}
        """By column, a cell over several rows, and how many rows are still to come."""
        self.repeated = 0
        self.opened: re.Match[str] | None = None

    def take(self, tag: re.Match[str]) -> None:
        """Take a tag that begins or ends a row or a cell; a cell also ends where the next begins."""
        if self.opened is not None:
            self._close(tag.start())
        name = tag["name"].lower()
        if not tag["end"] and name == "tr":
            self.rows.append([])
            self._fill()
            if len(self.rows) > MOST_CLAIMS.value:
                raise self._too_many(tag.start(), MOST_CLAIMS)
        elif not tag["end"] and name in CELLS:
            self.rows = self.rows or [[]]
            self.opened = tag

    def _close(self, end: int) -> None:
        assert self.opened is not None
        start, spans = self.opened.end(), dict(SPANS.findall(self.opened["attributes"].lower()))
        self.opened = None
        raw = self.text[start : min(end, start + LONGEST)]
        bare = TAG.sub(_between, RAISED.sub(r"^\1", COMMENT.sub("", raw))) if "<" in raw else raw
        text = " ".join(unescape(bare).split())
        start += len(raw) - len(raw.lstrip())
        at = self.text.find(text, start, end) if text else start
        cell = (text, self.places.span(max(at, start), len(text) if at >= 0 else len(raw.strip())))
        row, wide = self.rows[-1], max(int(spans.get("col", 1)), 1)
        if wide > 1 and row and any(map(str.isdigit, text)) and text.lower() not in UNANSWERED:
            message = f"'{text[:60]}' stands over several columns: which of them it is a number of is not said"
            raise SpecError([Problem(message, cell[1], "write it in each of the columns, without colspan")])
        if len(row) + wide > MOST_COLUMNS.value:
            raise self._too_many(start, MOST_COLUMNS)
        for number in range(wide):
            if int(spans.get("row", 1)) > 1:
                self.tall[len(row)] = (int(spans["row"]) - 1, cell)
            row.append(cell if number == 0 else ("", cell[1]))
        self._fill()

    def _fill(self) -> None:
        """Put the cells over several rows in their places in the row."""
        row = self.rows[-1]
        while len(row) in self.tall:
            self.repeated += 1
            if self.repeated > MOST_CELLS:
                message = f"cells over several rows fill more than {MOST_CELLS:,} places"
                raise SpecError([Problem(message, self.places.span(0), "write each number once")])
            left, cell = self.tall.pop(len(row))
            if left > 1:
                self.tall[len(row)] = (left - 1, cell)
            row.append(cell)

    def _too_many(self, at: int, most: Limit) -> SpecError:
        what = "the line has more columns than" if most is MOST_COLUMNS else "the tables have more rows than"
        return SpecError([Problem(f"{what} {most}, the limit", self.places.span(at), most.hint)])
