"""`cnncalc explain SPEC [LAYER|QUANTITY...]`: how the numbers of a layer are computed, formula by formula."""

from __future__ import annotations

from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import report_options, setup_options
from cnncalc.cli.output import Page, emit

EPILOG = """
\b
Examples:
  cnncalc explain alexnet conv1                  formula, numbers put in, result
  cnncalc explain vgg16 fc6 params               one number: the answer, then its working
  cnncalc explain alexnet conv1 rf connections   several of them
  cnncalc explain alexnet conv1 --input 224      which pixels a layer drops
  cnncalc explain googlenet inception_3a         every layer of a block
  cnncalc explain vgg16                          which layers make up the totals
  cnncalc explain vgg16 conv1_1 fc6 --batch 32 --flops all
  cnncalc explain 'conv5-6/2p1' --input 32x32x3  the totals of a layer of your own
  cnncalc explain resnet50 conv1 --format latex > conv1.tex
"""


@click.command("explain", short_help="The working of every number of a layer.", epilog=EPILOG)
@setup_options()
@click.argument("words", metavar="[LAYER|QUANTITY]...", nargs=-1)
@report_options()
def command(asked: dict[str, Any], page: Page, words: tuple[str, ...]) -> None:
    """Print how the numbers of a layer are computed: the formula, the numbers put in, the result.

    LAYER is the name of a layer as `cnncalc show SPEC --depth all` prints it, or the path of a
    block, which stands for all its layers. Without one, the totals are broken down into the
    layers that make them up.

    QUANTITY is any name of a quantity: params, macs, receptive_field, memory, connections ...
    Then only its working is printed, after the answer.

    The letters are those of the textbooks: an input of H x W x C, K filters of F x F, stride S,
    padding P, dilation D, groups G; a receptive field of R pixels, and J pixels from one unit to
    the next. A prime marks the output. Sizes must be numbers.
    """
    emit(api.explain(layer=words, **asked), page)
