"""An Excel file -> the CSV text of its one sheet of answers, the values of formulas being those that Excel saved."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from cnncalc.errors import Problem, SpecError
from cnncalc.limits import LARGEST_WORKBOOK, MOST_CLAIMS, MOST_COLUMNS
from cnncalc.tables.cells import HEADER_WITHIN, Known, header_among
from cnncalc.tables.foreign import refused_zip
from cnncalc.tables.xlsx_cells import Book, TooLargeError

MOST_CELLS = 1_000_000
"""Cells of all sheets, empty ones before others among them."""
BROKEN = (
    KeyError, IndexError, StopIteration, SyntaxError, ValueError, ArithmeticError, RuntimeError, NotImplementedError,
    OSError, EOFError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What a broken zip file, broken XML (a SyntaxError), and numbers that are none end in."""
AS_CSV = "save it as CSV UTF-8"


def text_of(name: str, data: bytes, known: Known) -> str:
    """The sheet with a header of layers as CSV; raises SpecError for a file that is not one, or is too large."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise _refused(name, "is not a whole Excel file", f"save it again, or {AS_CSV}") from None
    parts = packed.infolist()
    if not any(part.filename.endswith("workbook.xml") for part in parts):
        raise refused_zip(name, (part.filename for part in parts))
    if sum(part.file_size for part in parts) > LARGEST_WORKBOOK.value:
        message = f"holds more than {LARGEST_WORKBOOK} bytes once it is unpacked"
        raise _refused(name, message, f"{AS_CSV}; {LARGEST_WORKBOOK.hint}")
    sheets = dict(_sheets(name, packed))
    found = [title for title, rows in sheets.items() if header_among(rows, known) is not None]
    if len(found) > 1:
        raise _refused(name, f"has several sheets of layers: {', '.join(found[:5])}", "keep one of them")
    if not found:
        raise _refused(name, "has no sheet of layers", "a header begins with 'layer': layer, output, params")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(sheets[found[0]])
    return text.getvalue()


def _sheets(name: str, packed: zipfile.ZipFile) -> Iterator[tuple[str, list[list[str]]]]:
    """The sheets by their titles, with all their rows; a file may claim any place for a cell."""
    most_rows, cells = MOST_CLAIMS.value + HEADER_WITHIN, 0
    try:
        book = Book(packed, most_rows)
        for title, path in book.sheets:
            rows: list[list[str]] = []
            for row in book.rows(path):
                cells += len(row) + 1
                if cells > MOST_CELLS:
                    raise _refused(name, f"has more than {MOST_CELLS:,} cells", "keep the sheet of answers")
                rows.append(row)
            yield title, rows
    except TooLargeError as which:
        limit = MOST_COLUMNS if str(which) == "columns" else MOST_CLAIMS
        most = MOST_COLUMNS.value if limit is MOST_COLUMNS else most_rows
        raise _refused(name, f"has a sheet of more than {most:,} {which}", limit.hint) from None
    except SpecError:
        raise
    except BROKEN:
        raise _refused(name, "is not an Excel file that can be read", AS_CSV) from None


def _refused(name: str, what: str, hint: str) -> SpecError:
    return SpecError([Problem(f"'{name}' {what}", None, hint)])
