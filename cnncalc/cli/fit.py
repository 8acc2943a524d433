"""`cnncalc fit SPEC`: the input sizes that pass with no pixel dropped, and why others do not."""

from __future__ import annotations

from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import report_options, setup_options
from cnncalc.cli.output import Page, emit

EPILOG = """
\b
Examples:
  cnncalc fit alexnet                        H = 67 + 32k: 227 fits, 224 does not
  cnncalc fit alexnet --size 224,227         which layers drop pixels, and what would fit
  cnncalc fit unet --size 572x572            exit status 0 if it fits, 1 if not
  cnncalc fit resnet50 --strict              as on the slides: no remainder, not even padding
  cnncalc fit vgg16 --input 224xW            the widths that fit a height of 224
  cnncalc fit 'conv3-8p0, pool2, conv3-8p0' --input HxWx3

By default a size fits if no layer loses a pixel of its input: only padding may remain after the
last window. With --strict a size fits if nothing at all remains, so that every
(W - F + 2P)/S + 1 is a whole number. In both cases, sizes must be equal where branches are merged.
"""


@click.command("fit", short_help="The input sizes that drop no pixel.", epilog=EPILOG)
@setup_options("spec", "input", "settings", "max_layers", "head")
@click.option("-s", "--size", metavar="SIZES", help="Sizes to judge, as in 224,227 or 320x480 (height x width).")
@click.option(
    "--strict", is_flag=True, help="Drop no padding either: every last window must end where the padded input ends."
)
@report_options("notes")
def command(asked: dict[str, Any], page: Page, size: str | None, strict: bool) -> None:
    """Print which input sizes fit SPEC: those for which no layer drops a pixel.

    The answer is exact, for all sizes at once: H = 67 + 32k means 67, 99, 131 and so on, and no
    other. An --input with names in it keeps its numbers; an --input of numbers is judged, as
    --size is. The exit status is 0 if every size that is judged fits (without any: if some size
    fits), else 1.
    """
    fit = api.fit(**asked, size=size, strict=strict)
    emit(fit, page, passed=fit.passed)
