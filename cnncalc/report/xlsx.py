"""Rows of a report -> an Excel file of one sheet, numbers as numbers and texts as texts, never formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from cnncalc.errors import Problem, UsageError


def workbook(rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """The bytes of the file; raises UsageError without openpyxl."""
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError:
        hint = "name a file that ends in .csv, or pip install 'cnncalc[xlsx]'"
        raise UsageError([Problem("an Excel file needs openpyxl", None, hint)]) from None
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet)
            cell.value = value if isinstance(value, int | float) else str(value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
