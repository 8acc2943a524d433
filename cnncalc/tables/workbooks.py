"""An Excel file -> the CSV text of its one sheet of answers, the values of formulas being those that Excel saved."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from cnncalc.errors import Problem, SpecError
from cnncalc.limits import LARGEST_WORKBOOK, MOST_CLAIMS, MOST_COLUMNS
from cnncalc.tables.cells import HEADER_WITHIN, Known, header_among
from cnncalc.tables.foreign import refused_zip

MOST_CELLS = 1_000_000
"""Cells of all sheets, empty ones before others among them."""
AS_CSV = "save it as CSV UTF-8"


def text_of(name: str, data: bytes, known: Known) -> str:
    """The sheet with a header of layers as CSV; raises SpecError for a file that is not one, or is too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise _refused(name, "is not a whole Excel file", f"save it again, or {AS_CSV}") from None
    if not any(part.filename.endswith("workbook.xml") for part in parts):
        raise refused_zip(name, (part.filename for part in parts))
    if sum(part.file_size for part in parts) > LARGEST_WORKBOOK.value:
        message = f"holds more than {LARGEST_WORKBOOK} bytes once it is unpacked"
        raise _refused(name, message, f"{AS_CSV}; {LARGEST_WORKBOOK.hint}")
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise _refused(name, "is an Excel file", f"{AS_CSV}, or pip install 'cnncalc[xlsx]'") from None
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets: dict[str, list[list[str]]] = {}
        cells = 0
        for sheet in book.worksheets:
            sheets[sheet.title] = []
            for row in _rows(name, sheet):
                cells += len(row) + 1
                if cells > MOST_CELLS:
                    raise _refused(name, f"has more than {MOST_CELLS:,} cells", "keep the sheet of answers")
                sheets[sheet.title].append(row)
    except SpecError:
        raise
    except Exception:  # openpyxl raises whatever broken XML makes it raise
        raise _refused(name, "is not an Excel file that can be read", AS_CSV) from None
    found = [title for title, rows in sheets.items() if header_among(rows, known) is not None]
    if len(found) > 1:
        raise _refused(name, f"has several sheets of layers: {', '.join(found[:5])}", "keep one of them")
    if not found:
        raise _refused(name, "has no sheet of layers", "a header begins with 'layer': layer, output, params")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(sheets[found[0]])
    return text.getvalue()


def _rows(name: str, sheet: Any) -> Iterator[list[str]]:
    """The rows of a sheet as text."""
    most_rows = MOST_CLAIMS.value + HEADER_WITHIN
    sheet.reset_dimensions()  # a file may claim any
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if len(row) > MOST_COLUMNS.value:
            raise _refused(name, f"has a sheet of more than {MOST_COLUMNS} columns", MOST_COLUMNS.hint)
        if number > most_rows:
            raise _refused(name, f"has a sheet of more than {most_rows:,} rows", MOST_CLAIMS.hint)
        yield [_text(value) for value in row]


def _text(value: Any) -> str:
    """A cell as text, in one line; a cell that Excel turned into a date says so."""
    if value is None:
        return ""
    if isinstance(value, date | time):
        return f"{value.isoformat()} (Excel turned this cell into a date)"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return " ".join(str(value).split())


def _refused(name: str, what: str, hint: str) -> SpecError:
    return SpecError([Problem(f"'{name}' {what}", None, hint)])
