"""`cnncalc list`: every bundled network, with its size and its source."""

from __future__ import annotations

import click

from cnncalc import api
from cnncalc.cli.options import report_options
from cnncalc.cli.output import Page, emit


@click.command("list", short_help="The networks that come with cnncalc.")
@click.option("--names", is_flag=True, help="Only the names, one a line.")
@report_options("notes", csv=True)
def command(names: bool, page: Page) -> None:
    """List the networks that come with cnncalc, with their size, their source, and what they are checked against.

    `cnncalc check --published` checks them all.
    """
    if names:
        click.echo("\n".join(api.networks()))
    else:
        emit(api.catalogue(), page)
