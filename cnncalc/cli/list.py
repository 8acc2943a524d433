"""`cnncalc list`: every bundled network, with its size and its source."""

from __future__ import annotations

import json
from typing import Any

import click

from cnncalc.analysis import Analysis, analyze_graph
from cnncalc.claims.published import checked_against
from cnncalc.errors import printable
from cnncalc.graph import build
from cnncalc.report import numbers
from cnncalc.report.data import raw
from cnncalc.spec.library import bundled, find


@click.command("list", short_help="The networks that come with cnncalc.")
@click.option("--names", is_flag=True, help="Only the names, one a line.")
@click.option("-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(names: bool, form: str) -> None:
    """List the networks that come with cnncalc, with their size, their source, and what they are checked against.

    `cnncalc check --published` checks them all.
    """
    if names:
        click.echo("\n".join(bundled()))
        return
    analyses = [analyze_graph(build(find(name))) for name in bundled()]
    if form == "json":
        click.echo(json.dumps([_entry(analysis) for analysis in analyses], indent=1))
        return
    _print(analyses)


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


def _print(analyses: list[Analysis]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from cnncalc.report.table import UNBOUNDED

    console = Console()
    utf = console.encoding.lower().startswith("utf")
    table = Table(box=box.SIMPLE_HEAD if utf else box.ASCII, pad_edge=False)
    for title in ("name", "input", "depth", "params", "MACs", "what it is", "source", "checked against"):
        right = title in ("depth", "params", "MACs")
        fixed = title not in ("what it is", "source", "checked against")
        table.add_column(title, justify="right" if right else "left", no_wrap=fixed, overflow="fold")
    for analysis in analyses:
        graph = analysis.graph
        params, macs = (numbers.short(analysis.total(name)) for name in ("params", "macs"))
        tables = ", ".join(table.name for table in checked_against(analysis.name))
        texts = (printable(graph.about), printable(graph.reference), tables)
        cells = (graph.name, str(graph.input), str(analysis.depth), params, macs, *texts)
        table.add_row(*map(Text, cells))
    if not console.is_terminal:
        console.width = UNBOUNDED
    console.print(table)
    click.echo("cnncalc NAME prints a network's table; specs of your own: docs/spec-format.md")
