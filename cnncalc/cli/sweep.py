"""`cnncalc sweep SPEC`: totals, or numbers of chosen layers, over a grid of inputs, parameters and batches."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import limit_option, report_options, setup_options
from cnncalc.cli.output import Page, emit
from cnncalc.cli.progress import progress
from cnncalc.limits import MOST_POINTS

LARGE = 5_000
"""Points from which on a bar shows how far it is."""

LAYER = "Print the columns (output, params, macs, rf) of this layer or block; may be repeated."
EPILOG = """
\b
Grids:
  32:512:32 is 32, 64 ... 512 (first:last:step), 1:8 counts in ones, 1,8,64 is
  a list, and 32:128:32,224 is both. All combinations are taken: the input
  varies slowest, then the parameters in the order given, then the batch.
\b
  --input 32:512:32               square inputs, with the spec's channels
  --input 224,256x320             heights 224 and 256, width 320
  --input 224x224x3,448x448x3     whole inputs, all of them square
  --set growth=8:32:8,48          a parameter of the spec
  --set width=0.25,0.5,1          decimals are exact fractions
  --set 'blocks=[1,1],[2,2]'      lists, and true or false
\b
Examples:
  cnncalc sweep resnet50 --input 32:512:32 --batch 1,8,64
  cnncalc sweep mobilenet_v1 --set width=0.25,0.5,1 --columns params,macs
  cnncalc sweep alexnet --input 199:259:4 --columns conv1.output,macs
  cnncalc sweep resnet50 --input 64:128:32 --layer conv4 --layer conv5
  cnncalc sweep vgg16 --input 32:1024 --batch 1:64 --format csv > vgg16.csv
"""


GRIDS: dict[str, Any] = {
    "input": click.option("-i", "--input", metavar="GRID", help="Sizes of the input: 32:512:32, or 224,256x320x3."),
    "settings": click.option(
        "--set", "settings", metavar="NAME=GRID", multiple=True, help="Values of a parameter; may be repeated."
    ),
    "batch": click.option("-b", "--batch", metavar="GRID", help="Batch sizes: 1,8,64 (default 1)."),
}


@click.command("sweep", short_help="Totals over a grid of sizes, settings and batches.", epilog=EPILOG)
@setup_options(**GRIDS)
@click.option(
    "-c", "--columns", metavar="KEYS", help="Totals by key, or LAYER.KEY; +depth adds one to the usual columns."
)
@click.option("--layer", "layers", metavar="NAME", multiple=True, help=LAYER)
@report_options("layout", "units", "notes", own=("jsonl",), csv=True)
@limit_option("--max-points", MOST_POINTS, "Refuse grids of more points than this.")
def command(asked: dict[str, Any], page: Page, columns: str | None, layers: tuple[str, ...]) -> None:
    """Print totals of SPEC, or numbers of chosen layers, for every point of a grid.

    Totals: weights, biases, params, trainable, non_trainable, buffers, macs, flops, output_values, activations,
    memory, neurons, connections, depth, peak_memory_bytes, weight_memory_bytes,
    training_memory_bytes, and operations: adds, multiplies, compares, divides, exps, bias_adds,
    other_adds, other_multiplies. Of a layer or a block: input, output, rf, jump, centre, padding, and
    all totals except peak, weight and training memory. A column is named by a total, or as
    LAYER.KEY: conv1.output.

    A point at which the network has no output has empty cells, and `problem` says why; the exit
    status is 1 if no point has numbers. The formats csv and jsonl have raw integers, and are written
    as they come.
    """
    sweep = api.sweep(**asked, columns=columns, layers=layers)
    rows_scroll_by = page.form in ("csv", "jsonl") and not page.output and sys.stdout and sys.stdout.isatty()
    shown = len(sweep) >= LARGE and not rows_scroll_by
    after = "the rows so far are written" if page.form in ("csv", "jsonl") and not page.output else ""
    with progress("points", len(sweep), shown=shown, after=after) as sweep.advance:
        emit(sweep, page, around=_uninterrupted)
    if not sweep.solved:
        click.echo("error: no point of the grid has numbers; the column `problem` says why", err=True)
        raise click.exceptions.Exit(1)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Delay Ctrl-C until the lines are written; a second one does not wait."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = 0

    def note(number: int, frame: Any) -> None:
        nonlocal pressed
        pressed += 1
        if pressed > 1:
            raise KeyboardInterrupt

    usual = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if pressed:
        raise KeyboardInterrupt
