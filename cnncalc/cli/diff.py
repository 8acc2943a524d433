"""`cnncalc diff OLD NEW`: the layers in which two networks differ, and by how much."""

from __future__ import annotations

from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import complete_networks, report_options, setup_options
from cnncalc.cli.output import Page, emit
from cnncalc.setup import usage

EPILOG = """
\b
Examples:
  cnncalc diff old.yaml new.yaml
  cnncalc diff vgg16 vgg19 --columns params,macs
  cnncalc diff yolov3.cfg yolov3.yaml --structure --quiet && echo the same
  cnncalc diff 'conv3-64, fc-10' 'conv5-64, fc-10' --input HxWx3
  cnncalc diff main.yaml branch.yaml --format markdown >> "$GITHUB_STEP_SUMMARY"
"""


@click.command("diff", short_help="The layers in which two networks differ.", epilog=EPILOG)
@click.argument("old", shell_complete=complete_networks)
@click.argument("new", shell_complete=complete_networks)
@setup_options("input", "settings", "batch", "counting", "max_layers", "head")
@click.option("-c", "--columns", metavar="KEYS", help="Quantities to compare, as in params,macs (default: see above).")
@click.option("--structure", is_flag=True, help="Compare types, settings and connections of layers, and no numbers.")
@click.option("--names", is_flag=True, help="Count another name of a layer as a difference, too.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit status says whether they differ.")
@report_options("layout", "units", "notes", csv=True)
def command(asked: dict[str, Any], page: Page, old: str, new: str, quiet: bool, **options: Any) -> None:
    """Print in which layers the network NEW differs from OLD, and by how much.

    Each is a name, a file of any format, or slide notation; --input, --set and the other options hold for both. Layers
    are aligned by name, and then by their order and type. A layer is changed if its type, its settings or its
    connections differ, and affected if only its numbers do. A name alone is no difference, except with --names.

    Compared are output, params, MACs, memory and receptive field of each layer, and the totals of params, MACs,
    memory and peak memory; or the quantities of --columns. The exit status is 0 if there is no difference, 1 if there
    is one, and 2 if a network cannot be read.
    """
    with usage():
        found = api.diff(old, new, **asked, **options)
    if not quiet:
        emit(found, page, passed=found.equal)
    elif not found.equal:
        raise click.exceptions.Exit(1)
