"""`cnncalc formula SPEC [LAYER...]`: the numbers of a network as closed forms in its symbols."""

from __future__ import annotations

from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import report_options, setup_options
from cnncalc.cli.output import Page, emit

EPILOG = """
\b
Examples:
  cnncalc formula resnet50                       totals in H and W, and where they hold
  cnncalc formula resnet50 --assume 'H % 32 == 0 and W % 32 == 0'
  cnncalc formula resnet50 --assume 'H == W' conv4
  cnncalc formula vgg16 conv1_1 pool5 --input NxHxWx3
  cnncalc formula 'conv5-C2' --input HxWxC1 --no-bias
  cnncalc formula 'convF-K/SpP'                  one layer in the symbols of the textbook
  cnncalc formula 'conv{k}-C p[same] xL'         L layers of k x k: the receptive field is 1 + L*(k - 1)
  cnncalc formula stack_3x3_twice --format latex
"""


@click.command("formula", short_help="The same numbers as closed forms in symbols.", epilog=EPILOG)
@setup_options()
@click.argument("layers", metavar="[LAYER]...", nargs=-1)
@click.option(
    "-a",
    "--assume",
    metavar="TEXT",
    multiple=True,
    help="Assume this about the symbols: 'H % 32 == 0', 'H == W', 'P == (F - 1)/2', 'H <= 64'; may be repeated.",
)
@click.option("--only", metavar="KEYS", help="Print these quantities: output,params,receptive_field.")
@report_options(own=("python",))
def command(
    asked: dict[str, Any], page: Page, layers: tuple[str, ...], assume: tuple[str, ...], only: str | None
) -> None:
    """Print the numbers of SPEC as closed forms, and the conditions under which they hold.

    Without --input the sizes become the symbols H and W (W for signals, D, H and W for volumes)
    and the channels stay as they are in the spec. A parameter becomes a symbol with --set: --set
    growth=k. Every formula is exact: // rounds down, and an assumption removes the rounding if
    nothing remains.

    LAYER is the name of a layer, or the path of a block; without one, the totals are printed.

    Quantities: output, weights, biases, params, trainable, non_trainable, buffers, macs, flops,
    output_values, activations, memory, neurons, connections, depth, receptive_field, jump, padding, centre,
    peak_memory, weight_memory, training_memory, and operations by class.
    """
    emit(api.formulas(parts=layers, assume=assume, only=only, **asked), page)
