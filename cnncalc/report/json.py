"""Report -> JSON: plain data, raw integers, nothing rounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.report.report import Options, Report
from cnncalc.symbolic import is_known


def render(report: Report, options: Options) -> Iterator[str]:
    """The data of a report as JSON text."""
    yield dumped(report.data())


def dumped(data: Any) -> str:
    """Plain data as JSON text, as every command prints it."""
    from json import dumps  # not needed by a table

    return dumps(data, indent=1, default=raw) + "\n"


def raw(value: Any) -> Any:
    """A count as JSON holds it: an integer, null, or a string in integer Python."""
    if value is None or is_known(value):
        return value
    from cnncalc.symbolic.printing import integer_python

    return integer_python(value)
