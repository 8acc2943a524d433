"""Conditions of a network, and assumptions -> Validity: what must hold for the closed forms to be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from cnncalc.analysis.results import Analysis
from cnncalc.errors import SpecError, UsageError, printable
from cnncalc.formula.constraint_set import ConstraintSet, refused
from cnncalc.graph import Graph
from cnncalc.layers import Condition, Refused
from cnncalc.layers.fields import Field
from cnncalc.symbolic import Size, bound, floor_div, is_known, multiplied_out, symbol
from cnncalc.symbolic.constraint import Constraint


class Validity(NamedTuple):
    """What must hold of the symbols beside the assumptions, and the range of each where all of it does."""

    constraints: tuple[Constraint, ...]
    ranges: dict[str, tuple[int, int | None]]


def holds_where(analysis: Analysis) -> list[str]:
    """What must hold of the symbols of a network, as text: bounds on one symbol taken together, `H >= 32`."""
    graph = analysis.graph
    try:
        holds = [str(constraint) for constraint in validity(graph, ConstraintSet()).constraints]
    except SpecError:  # no number suits the network: it is enough to list what it asks for
        holds = list(dict.fromkeys(str(condition) for _, condition in graph.conditions))
    return [*holds, *equal_jumps(analysis)]


def equal_jumps(analysis: Analysis) -> list[str]:
    """In words, what must hold of the jumps of merged branches where these are unknown."""
    return [f"the branches of {printable(name)} have the same jump" for name in analysis.uncompared]


def validity(graph: Graph, assumed: ConstraintSet) -> Validity:
    """What must hold beside the assumptions, without what always does.

    Raises UsageError if the assumptions make the network impossible.
    """
    found = [*graph.conditions, *field_conditions(graph)]
    found += (("", Condition(*constraint, lambda: "")) for constraint in assumed.others)
    narrowed = replace(assumed, ranges=dict(assumed.ranges))
    others: list[tuple[str, Condition, Constraint]] = []
    for name, condition in found:
        put = Constraint(assumed.put(condition.left), condition.relation, assumed.put(condition.right))
        difference = multiplied_out(put.left - put.right)
        limit = bound(difference) if put.relation == ">=" and not is_known(difference) else None
        if limit is None:
            others.append((name, condition, put))
        elif not narrowed.narrow(*limit):
            raise _impossible(name, condition)
    ranges = {name: narrowed.range_of(name) for name in (*narrowed.ranges, *assumed.remainders)}
    kept = {str(limit): limit for limit in _limits(assumed, ranges)}
    for name, condition, put in others:
        left = Constraint(assumed.apply(put.left), put.relation, assumed.apply(put.right))
        holds = _holds(left, assumed, ranges)
        if holds is False:
            raise _impossible(name, condition)
        if holds is None:
            kept.setdefault(str(left), left)
    return Validity(tuple(kept.values()), ranges)


def field_conditions(graph: Graph) -> Iterator[tuple[str, Condition]]:
    """That every key of a layer that depends on a symbol is at least the least number that its field takes."""
    for node in graph.nodes:
        for key, field in node.layer.fields.items():
            for part in leaves(getattr(node.layer, key)):
                if hasattr(part, "free_symbols"):
                    yield node.name, Condition(part, ">=", _least(field), lambda key=key: f"{key} would be too small")  # type: ignore[misc]


def leaves(value: Any) -> Iterator[Any]:
    """The values in a tuple of tuples, or the value itself."""
    if isinstance(value, tuple):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def _least(field: Field[Any]) -> int:
    """The least number that a field takes."""
    for number in range(2):
        try:
            field.read(number)
        except Refused:
            continue
        return number
    return 2


def _limits(assumed: ConstraintSet, ranges: dict[str, tuple[int, int | None]]) -> Iterator[Constraint]:
    """The bounds that are closer than those assumed."""
    for name, (least, most) in ranges.items():
        before = assumed.range_of(name)
        if least > before[0]:
            yield Constraint(symbol(name), ">=", least)
        if most is not None and (before[1] is None or most < before[1]):
            yield Constraint(most, ">=", symbol(name))


def _impossible(name: str, condition: Condition) -> UsageError:
    where = f"{name}: " if name else ""
    return refused(f"{where}the assumptions contradict {condition}", condition.message())


def _holds(constraint: Constraint, assumed: ConstraintSet, ranges: dict[str, tuple[int, int | None]]) -> bool | None:
    """As Constraint.holds, but also seen from the assumptions and the ranges of the symbols."""
    from cnncalc.symbolic.bounds import bounds, never_negative

    holds = constraint.holds()
    if holds is None and constraint.relation == "multiple of":
        quotient: Size = assumed.apply(floor_div(constraint.left, constraint.right))
        remainder = multiplied_out(constraint.left - constraint.right * quotient)
        return remainder == 0 if is_known(remainder) else None
    if holds is not None:
        return holds
    difference: Any = multiplied_out(constraint.left - constraint.right)
    low, high = bounds(difference, ranges)
    if (high is not None and high < 0) or (constraint.relation == "==" and low is not None and low > 0):
        return False
    if constraint.relation == "==":
        return True if is_known(difference) and difference == 0 else None
    known = (difference, *(difference - fact for fact in assumed.facts))
    return True if any(never_negative(multiplied_out(each), ranges) for each in known) else None
