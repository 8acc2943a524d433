"""Report -> CSV: a header and rows, raw numbers, nothing rounded."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from cnncalc.report.report import Options, Report

MOST_AT_ONCE = 10_000
QUICK = 0.25
"""Seconds that some rows may take before fewer are written at a time."""
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would take a cell for that begins so; the wide forms count in some languages."""


def render(report: Report, options: Options) -> Iterator[str]:
    """The rows of a report as CSV, as many at a time as come quickly."""
    assert report.rows is not None
    rows = iter(report.rows())
    count, begun = 1, time.perf_counter()
    while text := written(islice(rows, count)):
        yield text
        now = time.perf_counter()
        count, begun = min(2 * count, MOST_AT_ONCE) if now - begun < QUICK else max(count // 2, 1), now


def written(rows: Iterable[Sequence[Any]]) -> str:
    """Some rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def harmless(text: str) -> str:
    """The text of a user as a cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
