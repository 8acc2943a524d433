"""`cnncalc explain SPEC [LAYER...]`: how every number of a layer comes about, as on a blackboard."""

from __future__ import annotations

from typing import Any

import click

from cnncalc.cli.options import analysis_of, convention_from, counting_options, network_options

FORMATS = ("text", "json", "latex")

EPILOG = """
\b
Examples:
  cnncalc explain alexnet conv1                 formula, numbers put in, result
  cnncalc explain alexnet conv1 --input 224     what a size that does not fit drops
  cnncalc explain googlenet inception_3a        every layer of a block
  cnncalc explain vgg16                         which layers make the totals
  cnncalc explain vgg16 conv1_1 fc6 --batch 32 --flops all
  cnncalc explain 'conv5-6/2p1' --input 32x32x3  the totals of a layer of your own
  cnncalc explain resnet50 conv1 --format latex > conv1.tex
"""


@click.command("explain", short_help="The working of every number of a layer.", epilog=EPILOG)
@network_options
@click.argument("layers", metavar="[LAYER]...", nargs=-1)
@counting_options
@click.option(
    "-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Form of the working."
)
def command(
    spec: str,
    layers: tuple[str, ...],
    size: str | None,
    settings: tuple[str, ...],
    max_layers: int,
    batch: Any,
    form: str,
    **counting: Any,
) -> None:
    """Show the working of every number of a layer: the formula, the numbers put in, the result.

    LAYER is the name of a layer as `cnncalc show SPEC --depth all` prints it, or the path of a
    block, which stands for all its layers. Without one, the totals are broken down into the
    layers that make them.

    Letters are those of the textbooks: an input of H x W x C, K filters of F x F, stride S,
    padding P, dilation D, groups G; a receptive field of R pixels, and J pixels from one unit to
    the next. A prime marks what comes out. Sizes must be numbers.
    """
    from cnncalc.explain.explanation import explain_analysis

    analysis = analysis_of(spec, size, settings, max_layers, batch, convention_from(counting))
    explanation = explain_analysis(analysis, layers)
    if form == "text":
        from rich.console import Console

        from cnncalc.report.explain import render

        render(explanation, Console())
    else:
        from cnncalc.report.explain_data import FORMS

        click.echo(FORMS[form](explanation), nl=False)
