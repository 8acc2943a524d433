"""`cnncalc list`: every bundled network, with its size and its source."""

from __future__ import annotations

import click

from cnncalc.analysis import analyze_graph
from cnncalc.graph import build
from cnncalc.spec.find import bundled, find


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
    from rich.console import Console

    from cnncalc.report.catalogue import render, to_json

    analyses = [analyze_graph(build(find(name))) for name in bundled()]
    if form == "json":
        click.echo(to_json(analyses), nl=False)
        return
    render(analyses, Console())
    click.echo("cnncalc NAME prints a network's table; specs of your own: docs/spec-format.md")
