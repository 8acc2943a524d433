"""The conditions of a symbolic Graph -> Requirements, a predicate on one number each; and the sizes that meet them all.

A condition says that an expression is at least 0, is 0, or is a multiple of a number. The quasi-linear form
of the expression says when that repeats, or from which size on it no longer changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd
from typing import Any, NamedTuple

from cnncalc.errors import Problem, SpecError
from cnncalc.fit.residues import PeriodicPredicate, ResidueSet, Sieve, TooManyError, conflict, residue_set
from cnncalc.graph import Graph
from cnncalc.layers import Condition
from cnncalc.symbolic import Size, floor_div, is_known, normalise
from cnncalc.symbolic.constraint import Constraint, Relation
from cnncalc.symbolic.program import Program
from cnncalc.symbolic.quasilinear import QuasiLinear, UnsolvableError, quasilinear_forms, remainder_period

FARTHEST = 2**62


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a layer requires of the sizes: as text, of which symbols, and as a predicate on their number.

    `drops` marks the requirements that no pixel be dropped; without the others there is no output.
    """

    layer: str
    text: str
    names: tuple[str, ...]
    predicate: PeriodicPredicate
    drops: bool = False


def requirements_of(graph: Graph, *, strict: bool) -> list[Requirement]:
    """All that the layers of a graph require of its symbols, in the order of the layers, each thing once.

    Raises SpecError for what cannot be solved, naming the layer.
    """
    order = {node.name: place for place, node in enumerate(graph.nodes)}
    entries = [(name, condition, False) for name, condition in graph.conditions]
    entries += [(name, note, True) for name, note in graph.fits]
    entries.sort(key=lambda entry: order[entry[0]])
    found: dict[Any, Requirement] = {}
    for name, condition, drops in entries:
        constraint, spared = _constraint(condition, drops and not strict)
        if (constraint, spared) in found or _always(constraint, spared):
            continue
        left, relation, right = constraint
        text = f"{str(constraint).removesuffix('== 0')}<= {spared}" if spared else str(constraint)
        try:
            program = Program([left if relation == "multiple of" else normalise(left - right)])
            predicate = predicate_of(program, relation, right, spared)
        except (UnsolvableError, ValueError) as reason:
            message = f"{name}: cannot be solved for the sizes of the input: {text} ({reason})"
            raise SpecError([Problem(message, None, "give numbers for the other symbols")]) from None
        found[constraint, spared] = Requirement(name, text, program.inputs, predicate, drops)
    found.update(_failed(graph, strict))
    return list(found.values())


def _constraint(condition: Condition, losing: bool) -> tuple[Constraint, int]:
    """The constraint of a condition, and what may be left over of a multiple.

    With `losing` the condition is that no pixel of the input be dropped: what is left over may be padding.
    """
    constraint = condition.constraint
    left, relation, right = constraint
    if relation != "multiple of" or not losing:
        return constraint, 0
    lost = condition.dropped_pixels()
    spared = left - right * floor_div(left, right) - lost if is_known(right) else lost
    spared = spared if is_known(spared) else normalise(spared)
    if is_known(spared) and not is_known(lost):
        return constraint, spared
    return Constraint(normalise(-lost), ">=", 0), 0


def _always(constraint: Constraint, spared: int) -> bool:
    """Whether it holds whatever the symbols are; 0 is a multiple of anything."""
    left, relation, right = constraint
    if relation != "multiple of":
        return constraint.holds() is True
    if not is_known(right):
        return is_known(left) and left == 0
    return spared >= right - 1 or (is_known(left) and left % right <= spared)


def _failed(graph: Graph, strict: bool) -> dict[Any, Requirement]:
    """Requirements that an axis with a number has already failed: no size of the others meets them."""
    never = PeriodicPredicate(lambda n: False)
    return {
        (name, note.axis): Requirement(name, note.message(), (), never, drops=True)
        for name, note in graph.notes
        if strict or note.dropped_pixels() > 0
    }


# Narrowing --------------------------------------------------------------------------------------


class Step(NamedTuple):
    """A layer that narrows the sizes: what it requires, and the sizes that are left after it."""

    layer: str
    requirement: str
    left: ResidueSet


class Narrowed(NamedTuple):
    """The sizes that fit along one symbol, those that have an output, what narrows them, and what excludes all."""

    sizes: ResidueSet
    valid: ResidueSet
    steps: list[Step]
    reasons: list[Requirement]


def narrowed(network: str, requirements: list[Requirement]) -> Narrowed:
    """The sizes that meet all requirements on one symbol. Raises SpecError for a pattern too long to list."""
    try:
        return _narrowed(requirements)
    except TooManyError as reason:
        hint = "cnncalc show SPEC --input 224 lists what that size drops"
        raise SpecError([Problem(f"{network}: {reason}", None, hint)]) from None


def _narrowed(requirements: list[Requirement]) -> Narrowed:
    sieve = Sieve()
    steps: list[Step] = []
    for each in requirements:
        if sieve.add(each.predicate):
            steps.append(Step(each.layer, each.text, sieve.members()))
    sizes = sieve.members()
    valid = residue_set(each.predicate for each in requirements if not each.drops)
    if not sizes:
        few = conflict([each.predicate for each in requirements])
        return Narrowed(sizes, valid, steps, [requirements[place] for place in few])
    last = _least_setter(requirements, sizes)
    if last is not None and (not steps or steps[-1].left != sizes):
        steps.append(Step(last.layer, last.text, sizes))
    return Narrowed(sizes, valid, steps, [])


def _least_setter(requirements: list[Requirement], sizes: ResidueSet) -> Requirement | None:
    """The first layer that forbids the next smaller size of the pattern."""
    if not sizes.residues:
        return None
    smaller = ResidueSet(sizes.modulus, sizes.residues).below(sizes.since)
    if smaller is None:
        return None
    return next((each for each in requirements if not each.predicate.holds(smaller)), None)


# Predicates -------------------------------------------------------------------------------------


def predicate_of(program: Program, relation: Relation, divisor: Size = 0, spared: int = 0) -> PeriodicPredicate:
    """That the one output of a program is `>=` 0, or `==` 0, or a `multiple of` a divisor, with at most `spared` over.

    All symbols of the program stand for the same number. Raises UnsolvableError.
    """

    def value(n: int) -> int:
        result: int = program.run(dict.fromkeys(program.inputs, n))[0]
        return result

    (form,) = quasilinear_forms(program)
    if relation == "multiple of":
        if not is_known(divisor):
            raise UnsolvableError("a divisor depends on a symbol")
        period = _remainder_period(program, form, divisor)
        return PeriodicPredicate(lambda n: value(n) % divisor <= spared, period, form.since)
    equal = relation == "=="
    holds: Callable[[int], bool] = (lambda n: value(n) == 0) if equal else (lambda n: value(n) >= 0)
    if form.slope == 0:
        return PeriodicPredicate(holds, form.period, form.since)
    if form.rises:
        least, past = _reaches(value, form, 0), _reaches(value, form, 1 if equal else 0)
    elif form.slope is None:
        raise UnsolvableError("products of sizes on both sides")
    else:
        least, past = _crossing(form.slope, form.low, form.high)
    if form.since > 1 or (form.slope is not None and form.slope < 0 and not equal):
        least = 1
    return PeriodicPredicate(holds, 1, max(past, form.since), least)


def _remainder_period(program: Program, form: QuasiLinear, divisor: int) -> int:
    if form.slope is None:
        return remainder_period(program, 0, divisor)
    growth = int(form.slope * form.period)
    return form.period * (divisor // gcd(growth, divisor))


def _reaches(value: Callable[[int], int], form: QuasiLinear, wanted: int) -> int:
    """The smallest n, from the form's beginning on, at which a rising value is `wanted` or more."""
    below, step = form.since - 1, 1
    while value(below + step) < wanted:
        below += step
        step *= 2
        if below > FARTHEST:
            raise UnsolvableError(f"the value stays below {wanted}")
    least = below + step
    while least - below > 1:
        middle = (least + below) // 2
        below, least = (middle, least) if value(middle) < wanted else (below, middle)
    return least


def _crossing(slope: Fraction, low: Fraction, high: Fraction) -> tuple[int, int]:
    """(first, past): before `first` and from `past` on, the sign of the value is that of its slope's line."""
    ends = sorted((-low / slope, -high / slope))
    return max(1, ceil(ends[0])), max(1, floor(ends[1]) + 1)
