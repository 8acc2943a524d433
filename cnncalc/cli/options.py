"""The options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from cnncalc.analysis import DTYPES, FLOPS, OPTIMIZERS, Analysis, Convention, analyze_graph
from cnncalc.errors import SpecError
from cnncalc.graph import MOST_LAYERS, build
from cnncalc.spec.inputs import parse_input, symbolic_input
from cnncalc.spec.library import bundled, find
from cnncalc.spec.model import Argument, Spec
from cnncalc.symbolic import symbol

# Generic to the type checker, but not at run time before click 8.4.
if TYPE_CHECKING:
    ParamType: TypeAlias = click.ParamType[Any]
else:
    ParamType = click.ParamType
F = TypeVar("F", bound=Callable[..., Any])


def complete_networks(ctx: click.Context, param: click.Parameter | None, incomplete: str) -> list[Any]:
    """The bundled networks that begin as typed."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in bundled() if name.startswith(incomplete)]


class BatchSize(ParamType):
    """A number of images, or the name of a symbol for it."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number as an int, the name as a symbol."""
        text = str(value)
        if text.isdecimal() and text.isascii() and 1 <= int(text[:12]) <= 10**9:
            return int(text)
        if text.isidentifier():
            return symbol(text)
        return self.fail(f"'{text}' is not a number of images; give one from 1 up, or a name", param, ctx)


spec_argument = click.argument("spec", shell_complete=complete_networks)
max_layers_option = click.option(
    "--max-layers",
    default=MOST_LAYERS,
    show_default=True,
    metavar="N",
    type=click.IntRange(1),
    help="Refuse networks that expand to more layers than this.",
)


def network_options(function: F) -> F:
    """SPEC and what it is computed for: input, parameters, limit."""
    for option in reversed(
        (
            spec_argument,
            click.option(
                "-i",
                "--input",
                "size",
                metavar="SIZE",
                help="Size of the input: 224, 227x227x3 (height x width x channels), or HxWx3 with symbols.",
            ),
            click.option(
                "--set",
                "settings",
                metavar="NAME=VALUE",
                multiple=True,
                help="Set a parameter of the spec; may be given again.",
            ),
            max_layers_option,
        )
    ):
        function = option(function)
    return function


def counting_options(function: F) -> F:
    """How things are counted: the convention, the batch."""
    batch = click.option("-b", "--batch", type=BatchSize(), help="Count for a batch of N images (default 1).")
    return batch(convention_options(function))


def convention_options(function: F) -> F:
    """How things are counted, for one image or many."""
    for option in reversed(
        (
            click.option(
                "--bias/--no-bias", default=None, help="Count biases as parameters, or weights alone (default: count)."
            ),
            click.option(
                "--flops",
                type=click.Choice(list(FLOPS)),
                default="2mac",
                show_default=True,
                help="FLOPs as 2 x MACs, as MACs, or with all other operations added.",
            ),
            click.option(
                "--dtype",
                type=click.Choice(list(DTYPES)),
                default="float32",
                show_default=True,
                help="Type of a value.",
            ),
            click.option(
                "--optimizer",
                type=click.Choice(list(OPTIMIZERS)),
                default="sgd",
                show_default=True,
                help="Optimizer whose state the memory of training includes.",
            ),
        )
    ):
        function = option(function)
    return function


@contextmanager
def wrong_usage() -> Iterator[None]:
    """Problems inside are those of the command line: exit status 2."""
    try:
        yield
    except SpecError as error:
        error.exit_status = 2
        raise


def _settings(spec: Spec, texts: tuple[str, ...]) -> dict[str, Argument]:
    if not texts or spec.problems:
        return {}
    from cnncalc.spec.settings import parse_settings

    return parse_settings(spec, texts)


def analysis_of(
    spec: str,
    size: str | None,
    settings: tuple[str, ...],
    max_layers: int,
    batch: Any,
    convention: Convention,
    *,
    symbolic: bool = False,
) -> Analysis:
    """The analysis that the options ask for; with `symbolic`, sizes not given are symbols. Raises SpecError."""
    found = find(spec)
    with wrong_usage():
        given = symbolic_input(found) if symbolic else found.input
        wanted = parse_input(size, given) if size else given
        values = _settings(found, settings)
    graph = build(found, wanted, values, most_layers=max_layers)
    return analyze_graph(graph, convention, batch or graph.batch or 1)
