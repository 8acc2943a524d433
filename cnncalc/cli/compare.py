"""`cnncalc compare`: one network counted by several tools' conventions, or several networks side by side."""

from __future__ import annotations

from typing import Any

import click

from cnncalc.analysis import Analysis
from cnncalc.cli.options import (
    analysis_of,
    complete_networks,
    convention_from,
    convention_options,
    max_layers_option,
    wrong_usage,
)

EPILOG = """
\b
Examples:
  cnncalc compare vgg16 --conventions
  cnncalc compare resnet50 --conventions fvcore,thop,torchinfo
  cnncalc compare vgg16 resnet50 mobilenet_v2 --input 224
  cnncalc compare vgg16 resnet50 --conventions fvcore,thop
  cnncalc compare --list
"""
ALL = "all"


@click.command("compare", short_help="Conventions of tools, or networks, side by side.", epilog=EPILOG)
@click.argument("specs", metavar="SPEC...", nargs=-1, shell_complete=complete_networks)
@click.option(
    "--conventions",
    "names",
    metavar="[NAMES]",
    is_flag=False,
    flag_value=ALL,
    help="Count every SPEC by these conventions (all without names): each against the first, or against cnncalc's own.",
)
@click.option("--list", "listed", is_flag=True, help="List the conventions, with versions, sources and known faults.")
@click.option("-i", "--input", "size", metavar="SIZE", help="Size of the input: 224, or 227x227x3.")
@max_layers_option
@convention_options
@click.option("-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(
    specs: tuple[str, ...],
    names: str | None,
    listed: bool,
    size: str | None,
    max_layers: int,
    form: str,
    **counting: Any,
) -> None:
    """Print SPEC counted by the conventions of several tools, or two and more networks side by side.

    Every difference is taken apart into items that add up to it: biases, activations, pools, norms,
    and the change from MACs to FLOPs.
    """
    convention = convention_from(counting)
    if listed:
        _list(form)
    elif not specs or (len(specs) == 1 and not names):
        raise click.UsageError("give two networks or more, or one and --conventions, or --list")
    else:
        analyses = [analysis_of(spec, size, (), max_layers, None, convention) for spec in specs]
        _conventions(analyses, names, form) if names else _networks(analyses, form)


def _list(form: str) -> None:
    from cnncalc.analysis.known_conventions import CONVENTIONS
    from cnncalc.report.compare import catalogue_json, catalogue_text

    click.echo((catalogue_json if form == "json" else catalogue_text)(list(CONVENTIONS.values())), nl=False)


def _conventions(analyses: list[Analysis], names: str, form: str) -> None:
    from rich.console import Console

    from cnncalc.compare.comparison import choose_conventions, compare_conventions
    from cnncalc.report.compare import conventions_json, render_conventions

    with wrong_usage():
        chosen = choose_conventions(None if names == ALL else names, analyses[0].convention)
    found = [compare_conventions(each.graph, chosen, chosen[0], each.batch) for each in analyses]
    if form == "json":
        click.echo(conventions_json(analyses, found), nl=False)
    else:
        render_conventions(analyses, found, Console())


def _networks(analyses: list[Analysis], form: str) -> None:
    from rich.console import Console

    from cnncalc.report.compare import networks_json, render_networks

    if form == "json":
        click.echo(networks_json(analyses), nl=False)
    else:
        render_networks(analyses, Console())
