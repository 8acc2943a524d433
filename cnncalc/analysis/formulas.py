"""Analysis with symbols, and what is assumed of them -> Formulas: closed forms, and where they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cnncalc.analysis.premises import Premises, premises_of
from cnncalc.analysis.provisos import provisos
from cnncalc.analysis.results import COUNTS, Analysis
from cnncalc.errors import Problem, SpecError, closest, one_of
from cnncalc.graph import Graph
from cnncalc.layers import Shape
from cnncalc.spec.assumptions import Assumption
from cnncalc.symbolic import is_known

FIELDS = {"receptive_field": "size", "jump": "jump", "padding": "padding", "centre": "centre"}
"""Quantities of the receptive field, by the attribute of AxisReach that holds them."""
QUANTITIES = ("output", *COUNTS, "depth", *FIELDS)
USUAL = ("output", "params", "macs", "flops", "activations", "memory_bytes", "receptive_field", "jump")


@dataclass(frozen=True, slots=True)
class Formulas:
    """The closed forms of a network, a block or a layer.

    `values` holds an integer or a sympy expression for every count, a Shape for `output`, one
    size for every axis for the receptive field; a word (`all`) where it has no size.
    """

    name: str
    part: str
    values: dict[str, Any]
    conditions: tuple[str, ...]
    assumptions: tuple[str, ...] = ()

    def __getitem__(self, quantity: str) -> Any:
        """The closed form of a quantity: an integer, a sympy expression, a Shape, or one size for every axis."""
        return self.values[quantity]


def formulas_of(
    analysis: Analysis, part: str = "", assumptions: Sequence[Assumption] = (), only: Iterable[str] = USUAL
) -> Formulas:
    """The closed forms of the whole network, or of the layer or block called `part`.

    Raises SpecError for a part or a quantity that there is not, and for assumptions that
    contradict the network or name a symbol that it has not.
    """
    layers = analysis.part(part) if part else analysis.layers
    check_symbols(analysis, assumptions)
    premises = premises_of(assumptions)
    values: dict[str, Any] = {}
    for quantity in only:
        if quantity not in QUANTITIES:
            hint = closest(quantity, QUANTITIES) or one_of(QUANTITIES)
            raise SpecError([Problem(f"there is no formula for '{quantity}'", None, hint)])
        if quantity != "receptive_field" and quantity in FIELDS and layers[-1].reach.everything:
            continue  # what sees everything lies on no grid
        values[quantity] = _assumed(value_of(analysis, part, quantity), premises, analysis.graph)
    conditions = provisos(analysis.graph, premises)
    return Formulas(analysis.name, part, values, tuple(conditions), tuple(each.text for each in assumptions))


def value_of(analysis: Analysis, part: str, quantity: str) -> Any:
    """One of QUANTITIES, of the whole network or of a part, as the engine gives it; raises SpecError."""
    whole = not part
    layers = analysis.part(part) if part else analysis.layers
    last = layers[-1]
    if quantity == "output":
        return last.output
    if quantity == "depth":
        return analysis.depth if whole else last.depth
    if quantity in FIELDS:
        if last.reach.everything or last.reach.unknown:
            return "all" if last.reach.everything else f"unknown: {last.reach.unknown}"
        lengths = tuple(getattr(axis, FIELDS[quantity]) for axis in last.reach.axes)
        return "none: behind an upsampling the windows are not alike" if None in lengths else lengths
    if whole:
        return analysis.total(quantity)
    return analysis.sum_over(layers, quantity)


def _assumed(value: Any, premises: Premises, graph: Graph) -> Any:
    """A value of any kind under the assumptions, every size in it in the fewest operations."""
    if isinstance(value, str) or value is None or is_known(value):
        return value
    if isinstance(value, Shape):
        return Shape(_assumed(value.channels, premises, graph), *_assumed(value.size, premises, graph))
    if isinstance(value, tuple):
        return tuple(_assumed(part, premises, graph) for part in value)
    if not hasattr(value, "free_symbols"):
        return value  # a fraction
    from cnncalc.symbolic.assuming import shortest

    repeats = {str(repeat.times) for repeat in graph.repeats if str(repeat.times).isidentifier()}
    return shortest(premises.apply(value), tuple(sorted(repeats)))


def check_symbols(analysis: Analysis, assumptions: Iterable[Assumption]) -> None:
    """Raise SpecError for an assumption about a symbol that the network has not."""
    graph = analysis.graph
    sizes = [*graph.input.size, graph.input.channels, analysis.batch, *_flat(graph.parameters.values())]
    names = sorted({str(free) for size in sizes for free in getattr(size, "free_symbols", ())})
    for each in assumptions:
        for name in (each.name, *map(str, getattr(each.value, "free_symbols", ()))):
            if name not in names:
                hint = f"its symbols are {', '.join(names)}" if names else "all its sizes are numbers: give --input HxW"
                raise SpecError([Problem(f"'{each.text}': there is no symbol '{name}' in {analysis.name}", None, hint)])


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        else:
            yield value
