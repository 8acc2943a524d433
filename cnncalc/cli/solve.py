"""`cnncalc solve QUESTION`: which size, kernel, stride, padding or width gives the number wanted."""

from __future__ import annotations

from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import report_options, setup_options
from cnncalc.cli.output import Page, emit

EPILOG = """
\b
One layer (a conv, unless the first word is another: pool, deconv, fc ...):
  cnncalc solve '227 -> 55, F=11, P=0, S=?'           which stride
  cnncalc solve F=7 keep P                            which padding keeps the size
  cnncalc solve keep P                                the same for every F
  cnncalc solve '32 -> 16, F<=7, S, P'                every F, S, P that work exactly
  cnncalc solve '224 -> 55, F=11, S=4, P'             only asymmetric padding is exact
  cnncalc solve in=227 out=55 F=11 C=3 params=34,944 S K
  cnncalc solve '7x7x512 -> 1x1x4096, F'              an fc layer as a conv
  cnncalc solve deconv '4 -> ?, k3 s2 p1 op1'         forwards, too
  cnncalc solve fc in=7x7x512 params=102,764,544 K
  cnncalc solve 'what stride takes 227 to 55 with an 11x11 kernel'
\b
A network: SPEC, what is wanted, and the unknown (the input, unless another is named):
  cnncalc solve vgg16 pool5=7x7                       which input gives 7x7 at pool5
  cnncalc solve mobilenet_v1 width by 0.25 'params < 5M'   which multiplier stays under 5M
  cnncalc solve 'conv3-C xL' 'rf >= 224'              how many 3x3 layers see 224 pixels
  cnncalc solve 'how many 3x3 layers until the receptive field covers 224'
  cnncalc solve alexnet 'macs <= 1G'                  the largest input for 1G MACs
  cnncalc solve alexnet input                         the smallest possible input
\b
Put a question with ->, < or > in quotes: the shell gives these signs another meaning.
"""


class _Command(click.Command):
    """Adds the grammar to the help, which alone needs it."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, then the grammar."""
        from cnncalc.solve.grammar import overview

        super().format_epilog(ctx, formatter)
        formatter.write(f"\n{overview()}\n")


@click.command("solve", short_help="Inverse questions: which size gives a wanted number?", epilog=EPILOG, cls=_Command)
@click.argument("words", nargs=-1, required=True, metavar="[SPEC|LAYER] QUESTION...")
@setup_options("input", "settings", "batch", "counting", "max_layers", "head")
@report_options("notes")
def command(words: tuple[str, ...], asked: dict[str, Any], page: Page) -> None:
    """Answer an inverse question: which sizes give a wanted number.

    Say what is known (F=11, S=4, 227 -> 55, F<=7), and name what is asked for (S=? or just S).
    The letters are those of the textbook: input W and C, filters K, kernel F, stride S, padding P,
    dilation D, groups G; words do as well (in, out, kernel, stride, padding, params, macs, rf).
    Numbers may be short: 5M, 34,944, 58MiB, 7x7x512. --set is for networks.

    All solutions are listed if there are finitely many, with the range that was searched. If there
    are infinitely many, a general form is printed; if there is none, the closest. The line
    `read as` repeats the question as it was understood. The exit status is 1 if there is no
    solution or if a statement is wrong, 2 if the question cannot be understood.
    """
    answer = api.solve(*words, **asked)
    emit(answer, page, passed=bool(answer))
