"""A way to analyse a network, and assumptions -> Supposed: the Analysis under them, and what they say of its symbols.

A symbol is a positive number. A parameter that may be 0 by what is assumed (P == 0, P == (F - 1)//2) is put
in before the rules are run, as by --set: so they are run on a number that may be 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from cnncalc.analysis.results import Analysis
from cnncalc.errors import Source, closest
from cnncalc.formula.assumptions import Assumption, names_in
from cnncalc.formula.constraint_set import Premises, premises_of, refused
from cnncalc.layers import Condition
from cnncalc.spec.model import Argument
from cnncalc.symbolic import Size, is_known

Analyse: TypeAlias = Callable[[Mapping[str, Argument]], Analysis]
"""The analysis with more settings than are given anyway."""


class Supposed(NamedTuple):
    """An analysis, and what is assumed of its symbols."""

    analysis: Analysis
    premises: Premises
    assumptions: tuple[Assumption, ...] = ()


def suppose(analyse: Analyse, assumptions: Sequence[Assumption] = ()) -> Supposed:
    """The analysis under the assumptions.

    Raises SpecError where they contradict one another, or name a symbol that the network has not.
    """
    analysis = analyse({})
    if not assumptions:
        return Supposed(analysis, Premises())
    _check_symbols(analysis, assumptions)
    premises = premises_of(assumptions)
    settings = _settings(analysis, premises)
    analysis = analyse(settings) if settings else analysis
    left = _symbols(analysis)
    for name, value in premises.equal.items():
        if name in left:
            premises.settle(Condition(value, ">=", 1, lambda: ""))
    return Supposed(analysis, premises, tuple(assumptions))


def _settings(analysis: Analysis, premises: Premises) -> dict[str, Argument]:
    """The parameters that depend on a symbol that may be 0, with what is assumed of it put in."""
    if not premises.equal:
        return {}
    from cnncalc.symbolic.bounds import bounds

    ranges = {name: premises.range_of(name) for name in (*premises.ranges, *premises.remainders)}
    lows = {name: bounds(value, ranges)[0] for name, value in premises.equal.items()}
    small = {name for name, low in lows.items() if low is None or low < 1}
    return {
        name: _argument(name, premises.put(value))
        for name, value in analysis.graph.parameters.items()
        if not isinstance(value, tuple) and small.intersection(names_in(value))
    }


def _argument(name: str, value: Size) -> Argument:
    text = str(value)
    return Argument.of(value, Source(f"--assume {name}", text).span(0, 0, len(text)))


def _check_symbols(analysis: Analysis, assumptions: Iterable[Assumption]) -> None:
    """Raise SpecError for an assumption about a symbol that the network has not, and no other introduces."""
    names = _symbols(analysis)
    known = names | {name for each in assumptions for name in _introduced(each, names)}
    for each in assumptions:
        for name in each.names:
            if name not in known:
                hint = f"its symbols are {', '.join(sorted(names))}"
                hint = hint if names else "all its sizes are numbers: give --input HxW"
                raise refused(f"'{each.text}': there is no symbol '{name}' in {analysis.name}", hint)


def _introduced(each: Assumption, names: set[str]) -> list[str]:
    """The new names in an equality that say of a known symbol what it is made of: k in `H == 32*k`."""
    new = [name for name in each.names if name not in names]
    bare = {str(side) for side in (each.left, each.right) if getattr(side, "is_Symbol", False)}
    states = each.relation == "==" and not each.divisor and names.intersection(each.names)
    slips = [name for name in new if name in bare or (len(name) > 1 and closest(name, names))]
    return new if states and not slips else []


def _symbols(analysis: Analysis) -> set[str]:
    """The names of all symbols of a network: of its input, its batch and its parameters."""
    graph = analysis.graph
    sizes = [*graph.input.size, graph.input.channels, analysis.batch, *_flat(graph.parameters.values())]
    return {name for size in sizes if not is_known(size) for name in names_in(size)}


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        else:
            yield value
