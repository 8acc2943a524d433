"""`cnncalc compare`: networks as several tools count them, or several networks side by side."""

from __future__ import annotations

from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import complete_networks, report_options, setup_options
from cnncalc.cli.output import Page, emit

EPILOG = """
\b
Examples:
  cnncalc compare vgg16 --conventions
  cnncalc compare resnet50 --conventions fvcore,thop,torchinfo
  cnncalc compare vgg16 resnet50 mobilenet_v2 --input 224
  cnncalc compare vgg16 resnet50 --columns params,macs,training
  cnncalc compare vgg16 resnet50 --conventions fvcore,thop
  cnncalc compare --list
"""
ALL = "all"


@click.command("compare", short_help="Several networks, or several conventions, side by side.", epilog=EPILOG)
@click.argument("specs", metavar="SPEC...", nargs=-1, shell_complete=complete_networks)
@click.option(
    "--conventions",
    "names",
    metavar="[NAMES]",
    is_flag=False,
    flag_value=ALL,
    help="Count every SPEC by these conventions (default: all). Two or more are compared with the first of them.",
)
@click.option("--list", "listed", is_flag=True, help="List the conventions, with versions, sources and known faults.")
@setup_options("input", "settings", "batch", "counting", "max_layers", "head")
@report_options("columns", "layout", "units", "notes", csv=True)
def command(asked: dict[str, Any], page: Page, specs: tuple[str, ...], names: str | None, listed: bool) -> None:
    """Print SPEC as several tools count it, or two or more networks side by side.

    Every difference is taken apart into items that add up to it: biases, activations, pools, norms,
    and the change from MACs to FLOPs. The columns of networks side by side are totals, as in
    `cnncalc sweep`.
    """
    spec = specs[0] if len(specs) == 1 else specs
    if listed:
        if specs or names or asked:
            raise click.UsageError("--list takes no SPEC, and no options about one")
        emit(api.conventions(), page)
    elif names and specs:
        first, *others = (name.strip() for name in names.split(","))
        if others and "convention" in asked:
            raise click.UsageError(
                "the first of --conventions is what the others are compared with: leave out --convention"
            )
        keys = {"conventions": others, "reference": first} if others else {"conventions": first}
        emit(api.compare(spec, **asked, **keys), page)
    elif len(specs) > 1:
        emit(api.compare(spec, **asked), page)
    else:
        raise click.UsageError("give two networks or more, or one and --conventions, or --list")
