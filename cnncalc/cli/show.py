"""`cnncalc show SPEC`: the table of a network, or the same as data."""

from __future__ import annotations

from typing import Any

import click

from cnncalc import api
from cnncalc.cli.options import report_options, setup_options
from cnncalc.cli.output import Page, emit

EPILOG = """
\b
Examples:
  cnncalc vgg16 --input 224
  cnncalc resnet50 --input HxWx3 --columns layer,output,macs
  cnncalc googlenet --depth 2 --no-bias
  cnncalc vgg16 --columns +flops,jump --batch 32
  cnncalc resnet50 --set classes=10 --format csv > resnet50.csv
  cnncalc vgg16 --format html --standalone --output vgg16.html
  cnncalc model.txt --input 32x32x1                  the print of a PyTorch model
  cnncalc deploy.prototxt                            a network of Caffe
  cnncalc yolov3.cfg                                 a network of Darknet
  cnncalc show vgg16 --expanded > mine.yaml
"""


@click.command("show", short_help="The table of a network, also as data.", epilog=EPILOG)
@setup_options()
@report_options("columns", "depth", "layout", "units", "notes", own=("slide",), csv=True)
@click.option("--expanded", is_flag=True, help="Print the spec with every block, repeat and expression written out.")
def command(asked: dict[str, Any], page: Page, expanded: bool) -> None:
    """Print what every layer of SPEC makes and costs.

    SPEC is a bundled network (see `cnncalc list`), a YAML file (see docs/spec-format.md), `-` for
    standard input, slide notation such as 'conv3-64 x2, pool2, fc-10', or a file with the
    network in another form: code of PyTorch or Keras (never run), what PyTorch prints of a model, a
    summary of Keras, a .cfg of Darknet (see docs/formats.md), a table with the settings of every
    layer, a notebook or a README with one.

    Columns: layer, type, kind, input, output, weights, biases, params, trainable, non_trainable,
    buffers, macs, flops, output_values, activations, memory, rf (receptive field), jump, centre, padding, depth,
    neurons, connections; and operations: adds, multiplies, compares, divides, exps, bias_adds,
    other_adds, other_multiplies.
    """
    if expanded:
        if page.form != "text" or page.options != type(page.options)():
            raise click.UsageError("--expanded prints a spec: it takes no --format, and no options of a table")
        if asked.keys() - {"spec", "input", "settings", "head"}:
            raise click.UsageError("--expanded prints a spec: it takes no --batch, and no options of counting")
        page = page._replace(form="expanded")
    if page.form == "slide":
        if "batch" in asked:
            raise click.UsageError("--format slide is for one image: it takes no --batch")
        asked = {"bias": "convention" in asked, **asked}  # the slides count weights alone
    emit(api.analyze(**asked), page)
