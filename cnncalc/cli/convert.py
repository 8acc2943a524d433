"""`cnncalc convert SPEC`: the spec in YAML of a network in any format."""

from __future__ import annotations

from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import LIMIT, OUTPUT, setup_options
from cnncalc.cli.output import send

EPILOG = """
\b
Examples:
  cnncalc convert yolov3.cfg -o yolov3.yaml      a network of Darknet as a spec
  cnncalc convert model.txt --input 32x32x1      the print of a PyTorch model
  cnncalc convert 'conv3-64 x2, pool2, fc-10' --input 32x32x3
  cnncalc convert resnet50 --flat                every layer by itself
"""


@click.command("convert", short_help="A network of another format as a spec in YAML.", epilog=EPILOG)
@setup_options("spec", "input", "settings", "max_layers", "head")
@click.option("--flat", is_flag=True, help="Write every layer by itself: no blocks, defaults or repeats.")
@OUTPUT
@LIMIT
def command(asked: dict[str, Any], flat: bool, output: str | None) -> None:
    """Write SPEC, a network in any format that cnncalc reads, as a spec in YAML.

    The spec has the same layers with the same names and numbers. Groups of layers that differ in numbers alone become
    calls of a block, layers that are alike and called by numbers (conv_1, conv_2) are repeats, and what most layers of
    a type have in common is a default. Expressions and symbols of the input are put in as they are.
    """
    send([api.convert(flat=flat, **asked)], None if output == "-" else output)
