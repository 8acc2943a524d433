"""`cnncalc list`: every bundled network, with its size and its source."""

from __future__ import annotations

import click

from cnncalc import api
from cnncalc.cli.options import report_options
from cnncalc.cli.output import Page, emit, send


@click.command("list", short_help="The networks that come with cnncalc.")
@click.option("--names", is_flag=True, help="Print only the names, one per line.")
@report_options("notes", csv=True)
def command(names: bool, page: Page) -> None:
    """List the networks that come with cnncalc, with their size, their source, and what they are checked against.

    `cnncalc check --published` checks them all.
    """
    if names:
        if page != Page(output=page.output):
            raise click.UsageError("--names prints names alone: it takes no --format, and no options of a table")
        send([f"{name}\n" for name in api.networks()], page.output)
    else:
        emit(api.catalogue(), page)
