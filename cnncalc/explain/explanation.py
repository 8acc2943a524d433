"""Analysis and the names of layers -> Explanation: the working of these layers, or of the totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnncalc.analysis.quantities import COUNTS
from cnncalc.analysis.results import Analysis, LayerResult
from cnncalc.errors import Problem, SpecError
from cnncalc.explain.steps import LayerWorking
from cnncalc.explain.working import SYMBOLS, explain_layer
from cnncalc.symbolic import is_known

LARGEST = 3
"""A total is told by as many of its terms; the others are counted."""


@dataclass(frozen=True, slots=True)
class TotalWorking:
    """A total: its largest terms by layer, how many others there are, and what these come to."""

    quantity: str
    symbol: str
    largest: tuple[tuple[str, int], ...]
    others: int
    rest: int
    result: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The working of some layers, or, where none were asked for, of the totals."""

    analysis: Analysis
    layers: tuple[LayerWorking, ...]
    totals: tuple[TotalWorking, ...]


def explain_analysis(analysis: Analysis, names: Sequence[str] = ()) -> Explanation:
    """How the numbers of the layers named come about; without names, how the totals do.

    A name is a layer's, or the path of a block, which stands for all its layers. Raises SpecError
    for a name that there is not, and where a number depends on a symbol.
    """
    _refuse_symbols(analysis)
    chosen = _chosen(analysis, names)
    layers = tuple(explain_layer(analysis, layer) for layer in chosen)
    return Explanation(analysis, layers, () if names else tuple(_totals(analysis)))


def _refuse_symbols(analysis: Analysis) -> None:
    counts = (getattr(layer, name) for layer in analysis.layers for name in ("params", "macs", "memory_bytes"))
    sizes = (size for layer in analysis.layers for size in (layer.output.channels, *layer.output.size))
    inputs = (analysis.batch, analysis.input.shape.channels, *analysis.input.shape.size)
    unknown = next((size for size in (*inputs, *sizes, *counts) if not is_known(size)), None)
    if unknown is not None:
        hint = "give sizes and parameters as numbers (--input 224, --set width=64); cnncalc formula keeps the symbols"
        raise SpecError([Problem(f"a working needs numbers, but '{unknown}' depends on a symbol", None, hint)])


def _chosen(analysis: Analysis, names: Sequence[str]) -> list[LayerResult]:
    """The layers of all names, in the order of the network, each once."""
    problems: list[Problem] = []
    wanted: set[str] = set()
    for name in names:
        try:
            wanted.update(layer.name for layer in analysis.part(name))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return [layer for layer in analysis.layers if layer.name in wanted]


def _totals(analysis: Analysis) -> Iterator[TotalWorking]:
    """Every quantity that adds up, but for connections, which cost time to count."""
    for quantity in COUNTS:
        if quantity == "connections":
            continue
        terms = [("input", getattr(analysis.input, quantity, 0))]
        terms += [(layer.name, getattr(layer, quantity)) for layer in analysis.layers]
        ordered = sorted((term for term in terms if term[1]), key=lambda term: -term[1])
        result = analysis.total(quantity)
        if ordered:
            count = LARGEST if len(ordered) > LARGEST + 1 else len(ordered)
            rest = result - sum(value for _, value in ordered[:count])
            yield TotalWorking(
                quantity, SYMBOLS.get(quantity, quantity), tuple(ordered[:count]), len(ordered) - count, rest, result
            )
