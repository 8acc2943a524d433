"""Catalogue -> the list of networks: sizes, sources, and the published numbers that they are checked against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.analysis.catalogue import Catalogue
from cnncalc.check.published import checked_against
from cnncalc.report import numbers
from cnncalc.report.document import Block, Column, Note, Row, Table, document, line
from cnncalc.report.json import raw
from cnncalc.report.report import Options, Report

COLUMNS = (
    Column("name", folds=False),
    Column("input", folds=False),
    Column("depth", right=True, folds=False),
    Column("params", right=True, folds=False),
    Column("MACs", right=True, folds=False),
    Column("what it is"),
    Column("source"),
    Column("checked against"),
)

TAKES = ("notes",)
"""The options of a report that it takes."""


def report(catalogue: Catalogue, options: Options) -> Report:
    """A row for every network."""
    return Report(
        lambda: document("networks", _blocks(catalogue, options)),
        lambda: list(map(_entry, catalogue.analyses)),
        lambda: _rows(catalogue),
    )


def _blocks(catalogue: Catalogue, options: Options) -> Iterator[Block]:
    rows = (tuple(line(cell) for cell in _cells(analysis)) for analysis in catalogue.analyses)
    yield Table(COLUMNS, tuple(map(Row, rows)))
    if options.notes != "none":
        yield Note("aside", "cnncalc NAME prints a network's table; specs of your own: docs/spec-format.md")


def _cells(analysis: Analysis) -> Iterator[str]:
    graph = analysis.graph
    yield from (graph.name, graph.input_text(), str(analysis.depth))
    yield from (numbers.short(analysis.total(name)) for name in ("params", "macs"))
    yield from (graph.about, graph.reference)
    yield ", ".join(table.name for table in checked_against(analysis.name))


def _entry(analysis: Analysis) -> dict[str, Any]:
    """A network as data, with raw numbers."""
    return {
        "name": analysis.name,
        "title": analysis.graph.title,
        "about": analysis.graph.about,
        "source": analysis.graph.reference,
        "input": analysis.graph.input_text(),
        "depth": analysis.depth,
        "params": raw(analysis.total("params")),
        "macs": raw(analysis.total("macs")),
        "checked_against": [{"table": table.name, "source": table.source} for table in checked_against(analysis.name)],
    }


def _rows(catalogue: Catalogue) -> Iterator[Sequence[Any]]:
    for number, entry in enumerate(map(_entry, catalogue.analyses)):
        tables = " ".join(table["table"] for table in entry["checked_against"])
        flat = {**entry, "checked_against": tables}
        if not number:
            yield list(flat)
        yield list(flat.values())
