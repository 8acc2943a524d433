"""Conditions, and what is assumed of the symbols -> what must still hold for the closed forms to be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from cnncalc.errors import SpecError
from cnncalc.formula.constraint_set import Premises, refused
from cnncalc.graph import Graph
from cnncalc.layers import Condition, Refused
from cnncalc.layers.fields import Field
from cnncalc.symbolic import Size, bound, floor_div, is_known, multiplied_out, symbol


class Provisos(NamedTuple):
    """What must hold of the symbols beside the assumptions, and the range of each where all of it does."""

    conditions: list[Condition]
    ranges: dict[str, tuple[int, int | None]]


def provisos(graph: Graph) -> list[str]:
    """What must hold of the symbols of a graph: bounds on one symbol taken together, `H >= 32`."""
    try:
        return [str(condition) for condition in provisos_under(graph, Premises()).conditions]
    except SpecError:  # no number suits the network: it is enough to list what it asks for
        return list(dict.fromkeys(str(condition) for _, condition in graph.conditions))


def provisos_under(graph: Graph, premises: Premises) -> Provisos:
    """What must hold beside the assumptions, without what always does.

    Raises SpecError where the assumptions make the network impossible.
    """
    found = [*graph.conditions, *field_conditions(graph), *(("", condition) for condition in premises.conditions)]
    narrowed = replace(premises, ranges=dict(premises.ranges))
    others: list[tuple[str, Condition, Condition]] = []
    for name, condition in found:
        put = condition._replace(left=premises.put(condition.left), right=premises.put(condition.right))
        difference = multiplied_out(put.left - put.right)
        limit = bound(difference) if put.relation == ">=" and not is_known(difference) else None
        if limit is None:
            others.append((name, condition, put))
        elif not narrowed.narrow(*limit):
            raise _impossible(name, condition)
    ranges = {name: narrowed.range_of(name) for name in (*narrowed.ranges, *premises.remainders)}
    kept = list(_limits(premises, ranges))
    for name, condition, put in others:
        left = put._replace(left=premises.apply(put.left), right=premises.apply(put.right))
        holds = _holds(left, premises, ranges)
        if holds is False:
            raise _impossible(name, condition)
        if holds is None and str(left) not in map(str, kept):
            kept.append(left)
    return Provisos(kept, ranges)


def field_conditions(graph: Graph) -> Iterator[tuple[str, Condition]]:
    """That every key of a layer that depends on a symbol is at least what its field takes."""
    for node in graph.nodes:
        for key, field in node.layer.fields.items():
            for part in _parts(getattr(node.layer, key)):
                if hasattr(part, "free_symbols"):
                    yield node.name, Condition(part, ">=", _least(field), lambda key=key: f"{key} would be too small")  # type: ignore[misc]


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for part in value:
            yield from _parts(part)
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


def _limits(premises: Premises, ranges: dict[str, tuple[int, int | None]]) -> Iterator[Condition]:
    """The bounds that are closer than what is assumed."""
    for name, (least, most) in ranges.items():
        before = premises.range_of(name)
        if least > before[0]:
            yield Condition(symbol(name), ">=", least, lambda: "")
        if most is not None and (before[1] is None or most < before[1]):
            yield Condition(most, ">=", symbol(name), lambda: "")


def _impossible(name: str, condition: Condition) -> SpecError:
    where = f"{name}: " if name else ""
    return refused(f"{where}what is assumed contradicts {condition}", condition.message())


def _holds(condition: Condition, premises: Premises, ranges: dict[str, tuple[int, int | None]]) -> bool | None:
    """As Condition.holds, but also seen from the assumptions and the ranges of the symbols."""
    from cnncalc.symbolic.bounds import bounds, never_negative

    holds = condition.holds()
    if holds is None and condition.relation == "multiple of":
        quotient: Size = premises.apply(floor_div(condition.left, condition.right))
        remainder = multiplied_out(condition.left - condition.right * quotient)
        return remainder == 0 if is_known(remainder) else None
    if holds is not None:
        return holds
    difference: Any = multiplied_out(condition.left - condition.right)
    low, high = bounds(difference, ranges)
    if (high is not None and high < 0) or (condition.relation == "==" and low is not None and low > 0):
        return False
    if condition.relation == "==":
        return True if is_known(difference) and difference == 0 else None
    known = (difference, *(difference - fact for fact in premises.facts))
    return True if any(never_negative(multiplied_out(each), ranges) for each in known) else None
