"""`cnncalc formula SPEC [LAYER...]`: the numbers of a network as closed forms in its symbols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from cnncalc.analysis import Analysis, analyze_graph
from cnncalc.cli.options import convention_from, counting_options, network_options, wrong_usage
from cnncalc.graph import build
from cnncalc.spec.find import find
from cnncalc.spec.input_size import symbolic_size
from cnncalc.spec.model import Argument
from cnncalc.spec.parameters import parse_settings

if TYPE_CHECKING:
    from cnncalc.formula.formulas import Formulas

FORMATS = ("text", "latex", "python", "json")
EPILOG = """
\b
Examples:
  cnncalc formula resnet50                       totals in H and W, and where they hold
  cnncalc formula resnet50 --assume 'H % 32 == 0 and W % 32 == 0'
  cnncalc formula resnet50 --assume 'H == W' conv4
  cnncalc formula vgg16 conv1_1 pool5 --input NxHxWx3
  cnncalc formula 'conv5-C2' --input HxWxC1 --no-bias
  cnncalc formula 'convF-K/SpP'                  one layer in the textbook's symbols
  cnncalc formula 'conv{k}-C p[same] xL'         L layers of k x k: the field is 1 + L*(k - 1)
  cnncalc formula stack_3x3_twice --format latex
"""


@click.command("formula", short_help="The same numbers as closed forms in symbols.", epilog=EPILOG)
@network_options
@click.argument("layers", metavar="[LAYER]...", nargs=-1)
@counting_options
@click.option(
    "-a",
    "--assume",
    metavar="TEXT",
    multiple=True,
    help="What holds of the symbols: 'H % 32 == 0', 'H == W', 'P == (F - 1)/2', 'H <= 64'; may be given again.",
)
@click.option("--only", metavar="KEYS", help="The quantities to give, as in output,params,receptive_field.")
@click.option(
    "-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Form of the report."
)
def command(
    spec: str,
    layers: tuple[str, ...],
    size: str | None,
    settings: tuple[str, ...],
    max_layers: int,
    batch: Any,
    assume: tuple[str, ...],
    only: str | None,
    form: str,
    **counting: Any,
) -> None:
    """Give the numbers of SPEC as closed forms, and the conditions under which they hold.

    Without --input the sizes become the symbols H and W (W for signals, D, H and W for volumes)
    and the channels stay as the spec has them; parameters stay symbols where --set names one:
    --set growth=k. Every formula is exact: // rounds down, and an assumption takes it away where
    nothing remains.

    LAYER is the name of a layer, or the path of a block; without one, the totals are given.

    Quantities: output, weights, biases, params, buffers, macs, flops, activations, memory_bytes,
    neurons, connections, depth, receptive_field, jump, padding, centre.
    """
    from cnncalc.formula.assumptions import parse_assumptions
    from cnncalc.formula.formulas import USUAL, formulas_of, quantities
    from cnncalc.formula.supposing import suppose

    found = find(spec)
    with wrong_usage():
        assumptions = parse_assumptions(assume)
        chosen = USUAL if only is None else quantities(only)
        wanted = symbolic_size(found, size)
        values = parse_settings(found, settings) if settings and not found.problems else {}

    def analyse(more: Mapping[str, Argument]) -> Analysis:
        graph = build(found, wanted, {**values, **more}, most_layers=max_layers)
        return analyze_graph(graph, convention_from(counting), batch or graph.batch or 1)

    supposed = suppose(analyse, assumptions)
    if "" in layers:
        supposed.analysis.part("")  # raises: no layer is called so
    _print(supposed.analysis, [formulas_of(supposed, part, chosen) for part in layers or ("",)], form)


def _print(analysis: Analysis, found: list[Formulas], form: str) -> None:
    from cnncalc.report import formula

    if form == "json":
        click.echo(formula.to_json([formula.to_data(analysis, each) for each in found]), nl=False)
    elif form == "latex":
        click.echo("\n".join(formula.to_latex(each) for each in found), nl=False)
    elif form == "python":
        click.echo("\n".join(formula.to_python(analysis, each) for each in found), nl=False)
    else:
        from rich.console import Console

        formula.render(analysis, found, Console())
