"""A network with symbols, and assumptions on them -> Formulas: closed forms, and where they hold.

A symbol is a positive number. A parameter that may be 0 by the assumptions (P == 0, P == (F - 1)//2) is put
in before the rules are run, as by --set: so they are run on a number that may be 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from cnncalc.analysis.quantities import FIELDS, QUANTITIES, key_of, several_named, value_of
from cnncalc.analysis.results import Analysis
from cnncalc.errors import Source, closest, printable
from cnncalc.formula.assumptions import Assumption
from cnncalc.formula.constraint_set import ConstraintSet, constraint_set, refused
from cnncalc.formula.validity import Validity, equal_jumps, leaves, validity
from cnncalc.layers import Shape, Sides
from cnncalc.result import Result
from cnncalc.setup import Setup
from cnncalc.spec.model import Argument
from cnncalc.symbolic import Size
from cnncalc.symbolic.constraint import Constraint, names_in

USUAL = ("output", "params", "macs", "flops", "activations", "memory_bytes", "receptive_field", "jump")


@dataclass(frozen=True, slots=True, repr=False)
class Formulas(Result):
    """The closed forms of a network, a block or a layer.

    `values` holds an integer or a sympy expression for every count, a Shape for `output`, one
    size for every axis for the receptive field; a word (`all`) where it has no size.
    """

    view: ClassVar[str] = "formula"

    analysis: Analysis
    part: str
    values: dict[str, Any]
    validity: tuple[Constraint, ...] = ()
    """What must hold of the symbols beside the assumptions."""
    assumed: tuple[Assumption, ...] = ()

    def __repr__(self) -> str:
        whole = f"{self.name}, {self.part}" if self.part else self.name
        return (
            f"Formulas({printable(whole)}: {self.values}, assumptions={self.assumptions}, conditions={self.conditions})"
        )

    def __getitem__(self, quantity: str) -> Any:
        """The closed form of a quantity, by any of its names: an integer, an expression, a Shape, a size per axis."""
        return self.values[key_of(quantity) or quantity]

    @property
    def name(self) -> str:
        """The name of the network."""
        return self.analysis.name

    @property
    def parts(self) -> tuple[Formulas, ...]:
        """These formulas alone; those of several parts are SeveralFormulas."""
        return (self,)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Where the formulas hold, as text: `H >= 32`."""
        return (*map(str, self.validity), *equal_jumps(self.analysis))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The assumptions, as the user wrote them."""
        return tuple(dict.fromkeys(each.text for each in self.assumed))

    @property
    def symbols(self) -> dict[str, Any]:
        """The symbols that the closed forms depend on, by name: sympy symbols for positive integers."""
        found = {free for size in _sizes(self.values.values()) for free in getattr(size, "free_symbols", ())}
        return {str(free): free for free in sorted(found, key=str)}

    def plain(self) -> Formulas:
        """The same with plain sympy symbols, which `subs("H", 224)` finds by their names alone."""
        from cnncalc.symbolic.rewriting import with_plain_symbols

        return replace(self, values={name: _mapped(with_plain_symbols, value) for name, value in self.values.items()})


@dataclass(frozen=True, slots=True)
class SeveralFormulas(Result):
    """The closed forms of several parts of a network."""

    view: ClassVar[str] = "formula"

    parts: tuple[Formulas, ...]


# Closed forms -----------------------------------------------------------------------------------


class Supposed(NamedTuple):
    """An analysis under assumptions, and what these say of its symbols."""

    analysis: Analysis
    constraints: ConstraintSet
    assumptions: tuple[Assumption, ...] = ()


def formulas_of(supposed: Supposed, part: str = "", only: str | Iterable[str] | None = None) -> Formulas:
    """The closed forms of the whole network, or of the layer or block called `part`.

    `only` names the quantities, as a list or joined by commas; without it, the usual ones. Raises SpecError
    for an unknown part or quantity, and for assumptions that the network contradicts.
    """
    analysis = supposed.analysis
    layers = analysis.part(part) if part else analysis.layers
    wanted = USUAL if only is None else several_named(only, tuple(QUANTITIES))
    holds = validity(analysis.graph, supposed.constraints)
    simplest = _simplest(supposed, holds)
    values: dict[str, Any] = {}
    for quantity in wanted:
        if quantity != "receptive_field" and quantity in FIELDS and layers[-1].receptive_field.everything:
            if only is not None:
                values[quantity] = "undefined: each unit sees the whole input"
            continue
        value = value_of(analysis, quantity, part)
        values[quantity] = "unknown: the network has a symbolic repeat" if value is None else _mapped(simplest, value)
    return Formulas(analysis, part, values, holds.constraints, supposed.assumptions)


def _simplest(supposed: Supposed, holds: Validity) -> Callable[[Any], Any]:
    """What brings a size into its shortest form under the assumptions."""
    from cnncalc.symbolic.bounds import without_idle
    from cnncalc.symbolic.rewriting import shortest

    times = {str(repeat.times) for repeat in supposed.analysis.graph.repeats}
    repeats = tuple(sorted(name for name in times if name.isidentifier()))
    return lambda size: shortest(without_idle(supposed.constraints.apply(size), holds.ranges), repeats)


def _mapped(change: Callable[[Any], Any], value: Any) -> Any:
    """A value of any kind, every symbolic size in it changed."""
    if isinstance(value, Shape):
        return Shape(_mapped(change, value.channels), *_mapped(change, value.size))
    if isinstance(value, tuple):
        return tuple(_mapped(change, part) for part in value)
    if isinstance(value, Sides):
        return value.mapped(change)
    return change(value) if hasattr(value, "free_symbols") else value


def _sizes(values: Iterable[Any]) -> Iterator[Any]:
    """The sizes in values of any kind."""
    for value in values:
        if isinstance(value, Shape | tuple):
            yield from _sizes((value.channels, *value.size) if isinstance(value, Shape) else value)
        elif isinstance(value, Sides):
            yield from (value.before, value.after)
        else:
            yield value


# Assumptions ------------------------------------------------------------------------------------


def suppose(asked: Setup, assumptions: Sequence[Assumption] = ()) -> Supposed:
    """The analysis under the assumptions.

    Raises UsageError if they contradict one another, or contain a symbol that the network does not have.
    """
    analysis = asked.analysis()
    if not assumptions:
        return Supposed(analysis, ConstraintSet())
    _check_symbols(analysis, assumptions)
    constraints = constraint_set(assumptions)
    settings = _settings(analysis, constraints)
    analysis = asked.analysis(more=settings) if settings else analysis
    left = _symbols(analysis)
    for name, value in constraints.equal.items():
        if name in left:
            constraints.settle(Constraint(value, ">=", 1), f"{name} = {value}; every symbol is at least 1")
    return Supposed(analysis, constraints, tuple(assumptions))


def _settings(analysis: Analysis, constraints: ConstraintSet) -> dict[str, Argument]:
    """The parameters that depend on a symbol that may be 0, with its value put in."""
    if not constraints.equal:
        return {}
    from cnncalc.symbolic.bounds import bounds

    ranges = {name: constraints.range_of(name) for name in (*constraints.ranges, *constraints.remainders)}
    lows = {name: bounds(value, ranges)[0] for name, value in constraints.equal.items()}
    small = {name for name, low in lows.items() if low is None or low < 1}
    return {
        name: _argument(name, constraints.put(value))
        for name, value in analysis.graph.parameters.items()
        if not isinstance(value, tuple) and small & names_in(value)
    }


def _argument(name: str, value: Size) -> Argument:
    text = str(value)
    return Argument.of(value, Source(f"--assume {name}", text).span(0, 0, len(text)))


def _check_symbols(analysis: Analysis, assumptions: Iterable[Assumption]) -> None:
    """Raise UsageError for a symbol that the network does not have, and no assumption introduces."""
    names = _symbols(analysis)
    known = names | {name for each in assumptions for name in _introduced(each, names)}
    for each in assumptions:
        for name in each.names:
            if name not in known:
                hint = f"its symbols are {', '.join(sorted(names))}"
                hint = hint if names else "all its sizes are numbers; --input HxW makes them symbols"
                raise refused(f"'{each.text}': {analysis.name} has no symbol '{name}'", hint)


def _introduced(each: Assumption, names: set[str]) -> list[str]:
    """The new names in an equality that express a known symbol: k in `H == 32*k`."""
    new = [name for name in each.names if name not in names]
    sides = (each.constraint.left, each.constraint.right)
    bare = {str(side) for side in sides if getattr(side, "is_Symbol", False)}
    states = each.constraint.relation == "==" and names.intersection(each.names)
    mistaken = [name for name in new if name in bare or (len(name) > 1 and closest(name, names))]
    return new if states and not mistaken else []


def _symbols(analysis: Analysis) -> set[str]:
    """The names of all symbols of a network: of its input, its batch and its parameters."""
    graph = analysis.graph
    given = (size for each in graph.inputs for size in (*each.shape.size, each.shape.channels))
    sizes = (*given, analysis.batch, *graph.parameters.values())
    return names_in(*leaves(sizes))
