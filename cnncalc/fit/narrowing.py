"""Demands on one symbol -> the sizes that meet them all, and the layers that narrow them, one after the other."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.errors import Problem, SpecError
from cnncalc.fit.requirements import Demand
from cnncalc.fit.residues import Sieve, Sizes, TooManyError, conflict, solve


class Step(NamedTuple):
    """A layer that narrows the sizes: what it asks, and the sizes that are left after it."""

    layer: str
    demand: str
    left: Sizes


class Narrowed(NamedTuple):
    """The sizes that fit along one symbol, those that have an output, who narrows them, and what rules all out."""

    sizes: Sizes
    valid: Sizes
    steps: list[Step]
    reasons: list[Demand]


def narrowed(network: str, asked: list[Demand]) -> Narrowed:
    """The sizes that meet all demands on one symbol. Raises SpecError for a pattern too long to list."""
    try:
        return _narrowed(asked)
    except TooManyError as reason:
        hint = "cnncalc show, with an --input, tells what one size drops"
        raise SpecError([Problem(f"{network}: {reason}", None, hint)]) from None


def _narrowed(asked: list[Demand]) -> Narrowed:
    """The sizes that meet all demands on one symbol, and the layers that narrow them."""
    sieve = Sieve()
    steps: list[Step] = []
    for demand in asked:
        if sieve.add(demand.rule):
            steps.append(Step(demand.layer, demand.text, sieve.sizes()))
    sizes = sieve.sizes()
    valid = solve([demand.rule for demand in asked if not demand.drops])
    if sizes:
        last = _least_setter(asked, sizes)
        if last is not None and (not steps or steps[-1].left != sizes):
            steps.append(Step(last.layer, last.text, sizes))
        return Narrowed(sizes, valid, steps, [])
    return Narrowed(sizes, valid, steps, [asked[place] for place in conflict([demand.rule for demand in asked])])


def _least_setter(asked: list[Demand], sizes: Sizes) -> Demand | None:
    """The first layer that forbids the next smaller size of the pattern."""
    if not sizes.residues:
        return None
    smaller = Sizes(sizes.modulus, sizes.residues).below(sizes.since)
    if smaller is None:
        return None
    return next((demand for demand in asked if not demand.rule.holds(smaller)), None)
