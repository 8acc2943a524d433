"""The bundled networks' analyses -> the list of `cnncalc list`: sizes, sources, and what they are checked against."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console

from cnncalc.analysis import Analysis
from cnncalc.check.published import checked_against
from cnncalc.errors import printable
from cnncalc.report import numbers
from cnncalc.report.data import raw
from cnncalc.report.folding import Title, print_table

TITLES = (
    Title("name", folds=False),
    Title("input", folds=False),
    Title("depth", right=True, folds=False),
    Title("params", right=True, folds=False),
    Title("MACs", right=True, folds=False),
    Title("what it is"),
    Title("source"),
    Title("checked against"),
)


def render(analyses: Iterable[Analysis], console: Console) -> None:
    """Print a row for every network."""
    print_table(TITLES, map(_cells, analyses), console)


def _cells(analysis: Analysis) -> Iterator[str]:
    graph = analysis.graph
    yield from (graph.name, str(graph.input), str(analysis.depth))
    yield from (numbers.short(analysis.total(name)) for name in ("params", "macs"))
    yield from (printable(graph.about), printable(graph.reference))
    yield ", ".join(table.name for table in checked_against(analysis.name))


def to_json(analyses: Iterable[Analysis]) -> str:
    """The same as data, with raw numbers."""
    return json.dumps([_entry(analysis) for analysis in analyses], indent=1) + "\n"


def _entry(analysis: Analysis) -> dict[str, Any]:
    return {
        "name": analysis.name,
        "title": analysis.graph.title,
        "about": analysis.graph.about,
        "source": analysis.graph.reference,
        "input": str(analysis.graph.input),
        "depth": analysis.depth,
        "params": raw(analysis.total("params")),
        "macs": raw(analysis.total("macs")),
        "checked_against": [{"table": table.name, "source": table.source} for table in checked_against(analysis.name)],
    }
