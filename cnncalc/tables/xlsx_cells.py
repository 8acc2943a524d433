"""The parts of an Excel file -> the rows of its sheets as texts; formulas by the values that Excel saved.

Only what a table needs is read: the texts that cells share, the cells, and which formats are dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zipfile import ZipFile

from cnncalc.limits import MOST_COLUMNS

RELATIONS = "xl/_rels/workbook.xml.rels"
DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""Numbers of the formats of dates and times that every Excel knows."""
LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
"""What in the code of a format stands for itself, and colours."""
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
EPOCHS = {"": datetime(1899, 12, 30), "1": datetime(1904, 1, 1)}
"""The day 0, by whether the book counts from 1904."""
LAST_DAY = 2_958_466
"""After the year 9999."""
MOST_TAGS = 4_000_000
"""Tags of a part, whose tree takes room."""
TRUTHS = {"0": "FALSE", "1": "TRUE"}


class TooLargeError(Exception):
    """A sheet with more rows or columns than a table may have: which of them."""


class Book:
    """An Excel file that is open; raises KeyError, ValueError or ParseError for one that is broken."""

    def __init__(self, packed: ZipFile, most_rows: int) -> None:
        self.packed = packed
        self.most_rows = most_rows
        book = self._part("xl/workbook.xml")
        found = book.find("{*}workbookPr")
        self.epoch = EPOCHS["1" if found is not None and found.get("date1904") in ("1", "true") else ""]
        paths = {each.get("Id"): each.get("Target", "") for each in self._part(RELATIONS).iterfind("{*}Relationship")}
        self.sheets = [
            (
                sheet.get("name", ""),
                self._path(paths[next(value for key, value in sheet.items() if key.endswith("}id"))]),
            )
            for sheet in book.iterfind("{*}sheets/{*}sheet")
        ]
        self.texts = list(self._texts())
        self.dates = set(self._dates())

    def rows(self, path: str) -> Iterator[list[str]]:
        """The rows of a sheet, empty ones before others among them."""
        number = 0
        for row in self._part(path).iterfind("{*}sheetData/{*}row"):
            place = int(row.get("r", number + 1))
            if place > self.most_rows:
                raise TooLargeError("rows")
            while number < place - 1:
                number += 1
                yield []
            number += 1
            cells: list[str] = []
            for cell in row.iterfind("{*}c"):
                reference = REFERENCE.match(cell.get("r", ""))
                column = _column(reference[1]) if reference else len(cells) + 1
                if column > MOST_COLUMNS.value:
                    raise TooLargeError("columns")
                cells.extend([""] * (column - 1 - len(cells)))
                cells.append(self._text(cell))
            yield cells

    def _part(self, path: str) -> Any:
        """A part of the file as a tree; one that declares entities is not Excel's."""
        from xml.etree.ElementTree import fromstring

        data = self.packed.read(path)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data.count(b"<") > MOST_TAGS:
            raise ValueError(path)
        return fromstring(data)

    def _path(self, target: str) -> str:
        return target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def _texts(self) -> Iterator[str]:
        """The texts that cells share."""
        if "xl/sharedStrings.xml" in self.packed.namelist():
            yield from map(_joined, self._part("xl/sharedStrings.xml").iterfind("{*}si"))

    def _dates(self) -> Iterator[int]:
        """The numbers of the styles of cells that show a date or a time."""
        if "xl/styles.xml" not in self.packed.namelist():
            return
        styles = self._part("xl/styles.xml")
        own = {
            int(each.get("numFmtId", 0)): LITERAL.sub("", each.get("formatCode", "")).lower()
            for each in styles.iterfind("{*}numFmts/{*}numFmt")
        }
        for number, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf")):
            form = int(style.get("numFmtId", 0))
            if any(letter in own[form] for letter in "dmyhs") if form in own else form in DATES:
                yield number

    def _text(self, cell: Any) -> str:
        """A cell as text, in one line; a cell that Excel turned into a date says so."""
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if kind == "inlineStr":
            inside = cell.find("{*}is")
            value = _joined(inside) if inside is not None else ""
        elif kind == "s" and value:
            value = self.texts[int(value)]
        elif kind == "b":
            value = TRUTHS.get(value, value)
        elif kind == "d" and value:
            value = _dated(value)
        elif kind == "n" and value:
            number = float(value)
            if int(cell.get("s", 0)) in self.dates and 0 <= number < LAST_DAY:
                value = _dated((self.epoch + timedelta(days=number)).isoformat().removesuffix("T00:00:00"))
            else:
                value = value if value.lstrip("-").isdecimal() else _plain(number)
        return " ".join(value.split())


def _joined(item: Any) -> str:
    """A text, whole or in pieces of several fonts, without how it is spoken."""
    parts = [item.findtext("{*}t") or "", *(piece.findtext("{*}t") or "" for piece in item.iterfind("{*}r"))]
    return "".join(parts)


def _dated(text: str) -> str:
    return f"{text} (Excel turned this cell into a date)"


def _plain(number: float) -> str:
    """A number without a point where it is whole: 2416, and 0.156 for 0.15600000000000001."""
    return str(int(number)) if number.is_integer() and abs(number) < 10**15 else str(number)


def _column(letters: str) -> int:
    """The number of a column by its letters, from 1 on."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
