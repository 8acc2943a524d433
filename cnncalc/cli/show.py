"""`cnncalc show SPEC`: the table of a network, or the same as data."""

from __future__ import annotations

from typing import Any

import click

from cnncalc.analysis import Analysis, Convention
from cnncalc.cli.options import ParamType, analysis_of, convention_from, counting_options, network_options, wrong_usage

FORMATS = ("table", "slide", "json", "csv", "markdown")
USED = {
    "table": ("columns", "depth", "layout"),
    "markdown": ("columns", "depth"),
    "csv": ("columns",),
    "json": (),
    "slide": (),
    "expanded": (),
}
"""The options that each form of the report makes use of."""


class Depth(ParamType):
    """How deep blocks are opened: a number, or `all`."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The depth as a number."""
        from cnncalc.report.rows import ALL

        text = str(value)
        if text == "all":
            return ALL
        if text.isdecimal() and text.isascii() and int(text[:9]) > 0:
            return int(text[:9])
        return self.fail(f"'{text}' is neither a number from 1 up nor 'all'", param, ctx)


EPILOG = """
\b
Examples:
  cnncalc vgg16 --input 224
  cnncalc resnet50 --input HxWx3 --columns layer,output,macs
  cnncalc googlenet --depth 2 --no-bias
  cnncalc vgg16 --columns +flops,jump --batch 32
  cnncalc resnet50 --set classes=10 --format csv > resnet50.csv
  cnncalc show vgg16 --expanded > mine.yaml
"""


@click.command("show", short_help="The table of a network, or the same as data.", epilog=EPILOG)
@network_options
@counting_options
@click.option(
    "-f", "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="Form of the report."
)
@click.option(
    "-c", "--columns", metavar="KEYS", help="Columns by key, as in layer,output,flops; +flops adds to the usual ones."
)
@click.option("-d", "--depth", type=Depth(), help="Open blocks N deep (default 1); 'all' opens every block.")
@click.option("--layout", type=click.Choice(["hwc", "chw"]), help="Order of sizes in the table (default hwc).")
@click.option("--expanded", is_flag=True, help="Print the spec with every block, repeat and expression written out.")
def command(
    spec: str,
    size: str | None,
    settings: tuple[str, ...],
    max_layers: int,
    batch: Any,
    form: str,
    columns: str | None,
    depth: int | None,
    layout: str | None,
    expanded: bool,
    **counting: Any,
) -> None:
    """Print what every layer of SPEC makes and costs.

    SPEC is a bundled network (see `cnncalc list`), a YAML file (see docs/spec-format.md), `-` for
    standard input, or slide notation such as 'conv3-64 x2, pool2, fc-10'.

    Columns: layer, type, kind, input, output, weights, biases, params, buffers, macs, flops,
    activations, memory, rf (receptive field), jump, centre, padding, depth, neurons, connections;
    and operations by class: bias_adds, adds, multiplies, compares, divides, exps.
    """
    if expanded:
        form = "expanded"
    _refuse_unused(form, columns=columns, depth=depth, layout=layout)
    convention = convention_from(counting, bias=form != "slide")  # the slides count weights alone
    analysis = analysis_of(spec, size, settings, max_layers, batch, convention)
    if form == "expanded":
        from cnncalc.export.spec_yaml import render

        click.echo(render(analysis.graph), nl=False)
    elif form == "table":
        _table(analysis, columns, depth or 1, layout)
    else:
        click.echo(_text(analysis, form, columns, depth or 1), nl=False)


def _refuse_unused(form: str, **options: Any) -> None:
    """An option that the form of the report has no use for is an error, not ignored."""
    for name, value in options.items():
        if value is not None and name not in USED[form]:
            forms = ", ".join(other for other, used in USED.items() if name in used)
            raise click.UsageError(f"--{name} is for the forms {forms}, not for {form}")


def _table(analysis: Analysis, columns: str | None, depth: int, layout: str | None) -> None:
    from rich.console import Console

    from cnncalc.report.columns import TABLE, choose
    from cnncalc.report.table import render

    with wrong_usage():
        chosen = choose(columns, _usual(TABLE, analysis.convention))
    render(analysis, Console(), chosen, depth, channels_first=layout == "chw")


def _usual(columns: tuple[str, ...], convention: Convention) -> tuple[str, ...]:
    """The usual columns, FLOPs in the place of MACs where those are what the convention's tool prints."""
    shown = {"macs": convention.headline} if convention.headline == "flops" else {}
    return tuple(shown.get(key, key) for key in columns)


def _text(analysis: Analysis, form: str, columns: str | None, depth: int) -> str:
    from cnncalc.report import data, slide
    from cnncalc.report.columns import DATA, TABLE, choose

    if form == "slide":
        return slide.render(analysis)
    if form == "json":
        return data.to_json(analysis)
    with wrong_usage():
        chosen = choose(columns, DATA if form == "csv" else _usual(TABLE, analysis.convention))
    return data.to_csv(analysis, chosen) if form == "csv" else data.to_markdown(analysis, chosen, depth)
