"""`cnncalc sweep SPEC`: totals, or numbers of chosen layers, over a grid of inputs, parameters and batches."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from cnncalc.cli.options import convention_from, convention_options, max_layers_option, spec_argument, wrong_usage
from cnncalc.spec.find import find
from cnncalc.sweep.grid_text import MOST_POINTS, parse_grid
from cnncalc.sweep.measures import TOTALS, choose
from cnncalc.sweep.sweep import Chunk, Sweep

LARGE = 5_000
"""Points from which on a bar shows how far it is."""

LAYER = "Give the columns (output, params, macs, rf) of this layer or block; may be given again."
EPILOG = """
\b
Grids:
  32:512:32 is 32, 64 ... 512 (first:last:step), 1:8 counts in ones, 1,8,64 is
  a list, and 32:128:32,224 is both. All combinations are taken: the input
  varies slowest, then the parameters in the order given, then the batch.
\b
  --input 32:512:32               square inputs, with the spec's channels
  --input 224,256x320             heights 224 and 256, width 320
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


@click.command("sweep", short_help="Totals over a grid of sizes, settings, batches.", epilog=EPILOG)
@spec_argument
@click.option("-i", "--input", "size", metavar="GRID", help="Sizes of the input: 32:512:32, or 224,256x320x3.")
@click.option(
    "--set", "settings", metavar="NAME=GRID", multiple=True, help="Values of a parameter; may be given for several."
)
@click.option("-b", "--batch", metavar="GRID", help="Numbers of images: 1,8,64 (default 1).")
@max_layers_option
@convention_options
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["table", "csv", "jsonl"]),
    default="table",
    show_default=True,
    help="A table, or raw integers as CSV or JSON lines, written as they come.",
)
@click.option("-c", "--columns", metavar="KEYS", help="Totals by key, or LAYER.KEY; +depth adds to the usual ones.")
@click.option("--layer", "layers", metavar="NAME", multiple=True, help=LAYER)
@click.option(
    "--max-points",
    default=MOST_POINTS,
    show_default=True,
    metavar="N",
    type=click.IntRange(1),
    help="Refuse grids of more points than this.",
)
def command(
    spec: str,
    size: str | None,
    settings: tuple[str, ...],
    max_layers: int,
    batch: str | None,
    form: str,
    columns: str | None,
    layers: tuple[str, ...],
    max_points: int,
    **counting: Any,
) -> None:
    """Print totals of SPEC, or numbers of chosen layers, for every point of a grid.

    Totals: weights, biases, params, buffers, macs, flops, activations, memory, neurons, connections,
    depth, peak_memory_bytes, weight_memory_bytes, training_memory_bytes, and operations by class:
    bias_adds, adds, multiplies, compares, divides, exps. Of a layer or a block: input, output, rf,
    jump, centre, padding and all of the totals but the last three memories.

    A point on which the network does not fit has empty cells and says why under `problem`; the
    exit status is 1 if no point has numbers.
    """
    found = find(spec)
    with wrong_usage():
        measures = choose(columns, layers)
        taken = [*TOTALS, *(measure.key for measure in measures)]
        grid = parse_grid(found, size, settings, batch, max_points, taken) if not found.problems else None
    if grid is None:
        from cnncalc.graph import build

        build(found)  # raises all problems of the spec
        return
    sweep = Sweep(found, grid, measures, convention_from(counting), max_layers)
    if form == "table":
        _table(sweep)
    else:
        _stream(sweep, form)
    if not sweep.solved:
        click.echo("error: no point of the grid has numbers; the column `problem` says why", err=True)
        click.get_current_context().exit(1)


def _table(sweep: Sweep) -> None:
    from rich.console import Console

    from cnncalc.report.sweep import MOST_ROWS, render

    if len(sweep) > MOST_ROWS:
        message = f"a table of {len(sweep):,} rows is of no use; --format csv and jsonl have no limit"
        raise click.UsageError(f"{message} ({MOST_ROWS:,} at most)")
    with _bar(sweep, shown=True) as advance:
        chunks: list[Chunk] = []
        for chunk in sweep.chunks():
            chunks.append(chunk)
            advance(len(chunk.problems))
    render(sweep, chunks, Console())


def _stream(sweep: Sweep, form: str) -> None:
    """Write chunk after chunk; a line that is begun is written to its end."""
    from cnncalc.report.sweep import csv_lines, json_lines

    before = 0
    with _bar(sweep, shown=sys.stdout is not None and not sys.stdout.isatty()) as advance:
        for text in csv_lines(sweep) if form == "csv" else json_lines(sweep):
            with _uninterrupted():
                click.echo(text, nl=False)
            advance(sweep.done - before)
            before = sweep.done


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put Ctrl-C off until the lines are written; a second one does not wait."""
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


@contextmanager
def _bar(sweep: Sweep, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, if that is a terminal and the grid is large; what is given is how to move it on."""
    if not shown or len(sweep) < LARGE or not (sys.stderr and sys.stderr.isatty()):
        yield lambda points: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*parts, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("points", total=len(sweep))
        yield lambda points: progress.advance(task, points)
