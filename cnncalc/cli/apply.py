"""`cnncalc apply OPERATION MATRIX`: convolution, pooling and padding on numbers, every sum written out."""

from __future__ import annotations

import re
from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import ParamType, report_options
from cnncalc.cli.output import Page, emit
from cnncalc.layers.window import ROUNDINGS

OPERATIONS = ("convolution", "correlation", "maxpool", "avgpool", "pad")
POOLS = ("maxpool", "avgpool")
WORDS = ("valid", "same", "half", "full")
PART = re.compile(r"[0-9]{1,9}(,[0-9]{1,9})?\Z")
NEGATIVE = re.compile(r"-\.?[0-9]")
EPILOG = """
\b
Examples:
  cnncalc apply maxpool '99 81 51 54; 93 25 73 29; 33 8 66 68; 39 68 59 31' -k 2
  cnncalc apply correlation '1 2 3; 4 5 6; 7 8 9' -k '1 0; 0 -1'
  cnncalc apply convolution '[[1, 2], [3, 4]]' -k '[[0, 1], [1, 0]]' --padding full
  cnncalc apply avgpool '1 2 3 4; 5 6 7 8' --kernel 1x2 --stride 1
  cnncalc apply correlation '1 2 3 4 5' -k '1 0 -1'   a signal: one row is a vector
  cnncalc apply pad '1 2; 3 4' --padding 0,1          before,after on every axis
  cnncalc apply correlation '1 2 3 4' -k '1 2' --answer '5 8 11'
"""


class Sizes(ParamType):
    """`2` or `2x3`, one number or one per axis; with `pairs`, also `1,2` for before and after."""

    def __init__(self, *words: str, pairs: bool = False) -> None:
        self.words = words
        self.pairs = pairs
        self.name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A word as it is, the numbers as a list, pairs as lists of two."""
        text = str(value).strip()
        if text in self.words:
            return text
        parts = text.split("x")
        if not all(map(PART.match, parts)) or ("," in text and not self.pairs):
            words = f", or {', '.join(self.words)}" if self.words else ""
            self.fail(f"'{text}' is not a size; write 2, or 2x3 for rows x columns{words}", param, ctx)
        numbers = [[int(side) for side in part.split(",")] for part in parts]
        return [pair if len(pair) > 1 else pair[0] for pair in numbers]


class NumbersFirst(click.Command):
    """A command whose arguments may begin with a negative number: `-1 2; 3 4` is not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put a blank before arguments that begin with a minus sign and a digit."""
        return super().parse_args(ctx, [f" {text}" if NEGATIVE.match(text) else text for text in args])


@click.command("apply", short_help="A convolution or pool applied to a small matrix.", cls=NumbersFirst, epilog=EPILOG)
@click.argument("operation", type=click.Choice(OPERATIONS))
@click.argument("matrix")
@click.option("-k", "--kernel", metavar="KERNEL", help="The kernel: a matrix like MATRIX; for a pool, its size.")
@click.option("-s", "--stride", type=Sizes(), help="Step of the window (default 1; for a pool, its size).")
@click.option("-p", "--padding", type=Sizes(*WORDS, pairs=True),
              help="Zeros around MATRIX: a number, or valid, same, half, full.")  # fmt: skip
@click.option("-d", "--dilation", type=Sizes(), help="Distance between the taps of the kernel.")
@click.option(
    "-r",
    "--rounding",
    type=click.Choice(ROUNDINGS),
    help="How to round the output size if the stride leaves a remainder.",
)
@click.option("--count-padding/--no-count-padding", default=None,
              help="Whether a mean counts the zeros of the padding (default: it does).")  # fmt: skip
@click.option("--answer", metavar="MATRIX", help="The output as somebody worked it out: it is judged.")
@click.option("--no-working", is_flag=True, help="Print the output alone; it can be read as a MATRIX again.")
@report_options()
def command(
    operation: str,
    matrix: str,
    kernel: str | None,
    answer: str | None,
    no_working: bool,
    count_padding: bool | None,
    page: Page,
    **keys: Any,
) -> None:
    """Apply OPERATION to the numbers of MATRIX, and show how every number of the output is computed.

    MATRIX is text ('1 2; 3 4' or [[1, 2], [3, 4]]), a file of such text or of CSV, or - for
    standard input. Decimals and fractions are exact. A convolution turns its kernel by 180
    degrees, as its definition says; a correlation does not: libraries call it a convolution.
    Rows and columns are counted from 0. An --answer that is wrong ends with exit status 1.
    """
    if count_padding is not None and operation != "avgpool":
        raise click.UsageError("--count-padding is an option of avgpool: it says which numbers a mean includes")
    if kernel == matrix == "-":
        raise click.UsageError("MATRIX and --kernel cannot both come from standard input")
    if no_working:
        if page.form != "text":
            raise click.UsageError("--no-working prints a matrix: it takes no --format")
        page = page._replace(form="matrix")
    weights: Any = kernel
    if kernel is not None and operation in POOLS:
        weights = Sizes().convert(kernel, None, click.get_current_context())
    found = api.apply(operation, matrix, weights, count_padding=count_padding is not False, answer=answer, **keys)
    emit(found, page, passed=found.judged is None or found.judged.passed)
