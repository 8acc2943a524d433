"""Analysis with symbols, and what is assumed of them -> Formulas: closed forms, and where they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cnncalc.analysis.quantities import COUNTS
from cnncalc.analysis.results import Analysis
from cnncalc.errors import closest, one_of
from cnncalc.formula.assumptions import Assumption
from cnncalc.formula.constraint_set import refused
from cnncalc.formula.supposing import Supposed
from cnncalc.formula.validity import provisos_under
from cnncalc.layers import Condition, Shape

FIELDS = {"receptive_field": "size", "jump": "jump", "padding": "padding", "centre": "centre"}
"""Quantities of the receptive field, by the attribute of AxisReceptiveField that holds them."""
QUANTITIES = ("output", *COUNTS, "depth", *FIELDS)
ALIASES = {"memory": "memory_bytes", "rf": "receptive_field", "field": "receptive_field"}
USUAL = ("output", "params", "macs", "flops", "activations", "memory_bytes", "receptive_field", "jump")


@dataclass(frozen=True, slots=True, repr=False)
class Formulas:
    """The closed forms of a network, a block or a layer.

    `values` holds an integer or a sympy expression for every count, a Shape for `output`, one
    size for every axis for the receptive field; a word (`all`) where it has no size.
    """

    name: str
    part: str
    values: dict[str, Any]
    provisos: tuple[Condition, ...] = ()
    """What must hold of the symbols beside what is assumed."""
    assumed: tuple[Assumption, ...] = ()

    def __repr__(self) -> str:
        whole = f"{self.name}, {self.part}" if self.part else self.name
        return f"Formulas({whole}: {self.values}, assumptions={self.assumptions}, conditions={self.conditions})"

    def __getitem__(self, quantity: str) -> Any:
        """The closed form of a quantity: an integer, a sympy expression, a Shape, or one size for every axis."""
        return self.values[quantity]

    @property
    def conditions(self) -> tuple[str, ...]:
        """The provisos as text: `H >= 32`."""
        return tuple(map(str, self.provisos))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is assumed, as it was said."""
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


def formulas_of(supposed: Supposed, part: str = "", only: str | Iterable[str] = USUAL) -> Formulas:
    """The closed forms of the whole network, or of the layer or block called `part`.

    `only` names the quantities, as a list or joined by commas. Raises SpecError for a part or a
    quantity that there is not, and for assumptions that the network contradicts.
    """
    analysis, premises = supposed.analysis, supposed.premises
    layers = analysis.part(part) if part else analysis.layers
    wanted = quantities(only)
    found = provisos_under(analysis.graph, premises)
    repeats = {str(repeat.times) for repeat in analysis.graph.repeats if str(repeat.times).isidentifier()}

    def simplest(value: Any) -> Any:
        from cnncalc.symbolic.bounds import without_idle
        from cnncalc.symbolic.rewriting import shortest

        return shortest(without_idle(premises.apply(value), found.ranges), tuple(sorted(repeats)))

    values: dict[str, Any] = {}
    for quantity in wanted:
        if quantity != "receptive_field" and quantity in FIELDS and layers[-1].receptive_field.everything:
            continue  # what sees everything lies on no grid
        values[quantity] = _mapped(simplest, value_of(analysis, part, quantity))
    return Formulas(analysis.name, part, values, tuple(found.conditions), supposed.assumptions)


def quantities(only: str | Iterable[str]) -> tuple[str, ...]:
    """The keys of the quantities named, `macs,rf` with short names among them; raises SpecError for any other."""
    parts = only.split(",") if isinstance(only, str) else only
    keys = [part.strip().lower().replace(" ", "_") for part in parts]
    chosen = tuple(dict.fromkeys(ALIASES.get(key, key) for key in keys if key))
    for quantity in chosen:
        if quantity not in QUANTITIES:
            hint = closest(quantity, (*QUANTITIES, *ALIASES)) or one_of(QUANTITIES)
            raise refused(f"there is no formula for '{quantity}'", hint)
    if not chosen:
        raise refused(f"{only!r} names no quantity", one_of(QUANTITIES))
    return chosen


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
        if last.receptive_field.everything or last.receptive_field.unknown:
            return "all" if last.receptive_field.everything else f"unknown: {last.receptive_field.unknown}"
        lengths = tuple(getattr(axis, FIELDS[quantity]) for axis in last.receptive_field.axes)
        return "none: behind an upsampling the windows are not alike" if None in lengths else lengths
    if whole:
        return analysis.total(quantity)
    return analysis.sum_over(layers, quantity)


def _mapped(change: Callable[[Any], Any], value: Any) -> Any:
    """A value of any kind, every symbolic size in it changed."""
    if isinstance(value, Shape):
        return Shape(_mapped(change, value.channels), *_mapped(change, value.size))
    if isinstance(value, tuple):
        return tuple(_mapped(change, part) for part in value)
    return change(value) if hasattr(value, "free_symbols") else value


def _sizes(values: Iterable[Any]) -> Iterator[Any]:
    """The sizes in values of any kind."""
    for value in values:
        if isinstance(value, Shape | tuple):
            yield from _sizes((value.channels, *value.size) if isinstance(value, Shape) else value)
        else:
            yield value
