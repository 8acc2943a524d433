"""Report -> CSV: a header and rows, raw numbers, nothing rounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from cnncalc.report.report import Options, Report

ROWS_AT_ONCE = 1_000
FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would take a cell for that begins so."""


def render(report: Report, options: Options) -> Iterator[str]:
    """The rows of a report as CSV, a thousand at a time."""
    assert report.rows is not None
    rows = iter(report.rows())
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield written(some)


def written(rows: Iterable[Sequence[Any]]) -> str:
    """Some rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def harmless(text: str) -> str:
    """The text of a user as a cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
