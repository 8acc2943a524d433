"""A question about a network -> its Answer: an input size or a parameter, searched in closed forms or one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.errors import SpecError
from cnncalc.solve.answer import Answer, amount_text, missed, nearest
from cnncalc.solve.around import boundaries, crossings, forbidden
from cnncalc.solve.network import (
    WHOLE_INPUT,
    Network,
    check_known,
    constraints_of,
    range_of,
    understood,
    unknowns_of,
    value_in,
)
from cnncalc.solve.question import Claim, Question
from cnncalc.solve.search import Found, merged, search
from cnncalc.symbolic import symbol, written
from cnncalc.symbolic.constraint import Constraint, Range, names_in

MOST_VALUES = 2_000
MOST_WORK = 40_000
"""One by one, no further value is tried after as many layers."""
ANY_SIZE = 1_000_000
"""Stands in for the size of an input that does not matter: numbers are quicker than symbols."""


def ask_network(network: Network, question: Question) -> Answer:
    """The answer to a question about a network; raises SpecError for one that cannot be asked of it."""
    forwards = _forwards(network, question)
    if forwards:
        return forwards
    question = understood(network, question)
    network = replace(network, steps=dict(question.steps))
    unknowns = tuple(unknowns_of(network, question))
    claims = [claim for claim in question.claims if claim.name not in unknowns]
    bounded = frozenset(claim.name for claim in question.claims if claim.name in unknowns)
    ranges = {name: range_of(name, question) for name in unknowns}
    try:
        analysis = network.analysis({name: symbol(name) for name in unknowns})
        if network.steps:
            _check_whole(analysis)
        equations = [each for claim in claims for each in constraints_of(claim, analysis)]
        check_known(equations, unknowns)
        conditions = [Constraint(each.left, each.relation, each.right) for _, each in analysis.graph.conditions]
        conditions = [each for each in conditions if names_in(each.left, each.right) <= set(unknowns)]
        found = _searched(network, analysis, unknowns, ranges, equations, conditions)
    except (SpecError, ValueError) as reason:
        if len(unknowns) > 1 or unknowns[0] not in network.spec.parameters:
            raise
        return _one_by_one(network, question, claims, unknowns[0], ranges[unknowns[0]], reason)
    exact, rounded, notes = found
    if network.steps:
        analysis = replace(network, steps={}).analysis({name: symbol(name) for name in unknowns})
    notes = [*crossings(claims, analysis, unknowns), *notes]
    notes += boundaries(network, unknowns, exact or rounded, claims, ranges)
    if WHOLE_INPUT in unknowns and not claims:
        notes.append("cnncalc fit tells which of them drop no pixel")
    general = tuple(dict.fromkeys(map(str, equations))) if len(unknowns) > 1 else ()
    return Answer(
        question.text,
        unknowns,
        exact,
        rounded,
        general,
        tuple(notes),
        searched=ranges,
        bounded=bounded,
        steps=network.steps,
    )


def _check_whole(analysis: Analysis) -> None:
    """Refuse forms in which a filter, a kernel or a group may be a fraction, by raising ValueError."""
    from cnncalc.symbolic.linear import denominator

    for node in analysis.graph.nodes:
        for value in _expressions([getattr(node.layer, name) for name in node.layer.fields]):
            if denominator(value) != 1:
                raise ValueError(f"{written(value)} need not be whole")


def _expressions(value: Any) -> Iterator[Any]:
    """The expressions in a value of a field, however deep."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _expressions(part)
    elif hasattr(value, "free_symbols"):
        yield value


def _searched(
    network: Network,
    analysis: Analysis,
    unknowns: Sequence[str],
    ranges: Mapping[str, Range],
    equations: Sequence[Constraint],
    conditions: Sequence[Constraint],
) -> tuple[Found, Found, list[str]]:
    """Solutions that drop no pixel, all solutions, and what there is to say of them."""
    losses = {each.dropped_pixels(): None for _, each in analysis.graph.fits}
    wanted = [each for each in equations if each.relation == "=="]
    fits = [
        Constraint(0, ">=", lost) for lost in losses if wanted and names_in(lost) and names_in(lost) <= set(unknowns)
    ]
    every = list(dict.fromkeys([*equations, *conditions]))
    rounded = search(every, ranges)
    exact = search([*every, *fits], ranges) if fits else rounded
    notes: list[str] = []
    if not rounded:
        notes += forbidden(network, equations, ranges)
        possible = bool(search(conditions, ranges))
        reason = missed(nearest(every, ranges), equations, network.steps)
        notes.append(reason if possible else "the network has no output for any of them")
    if not (exact.complete and rounded.complete):
        notes.append("there are more than could be looked at: say more of the unknowns")
    return exact, rounded, notes


def _forwards(network: Network, question: Question) -> Answer | None:
    """A question that only needs working out: all that is asked for is a quantity or a layer."""
    names = [name for name, _ in question.unknowns]
    parameters = network.spec.parameters
    if (
        not names
        or question.claims
        or question.shapes
        or any(name in parameters or name.lower() in (WHOLE_INPUT, "in") for name in names)
    ):
        return None
    analysis = network.analysis({})
    known: dict[str, Any] = {}
    for name, span in question.unknowns:
        values = value_in(Claim(name, "==", (), span), analysis)
        known[name] = values[0] if len(set(values)) == 1 else values
    return Answer(question.text, known=known)


def _one_by_one(
    network: Network, question: Question, claims: Sequence[Claim], name: str, bounds: Range, reason: Exception
) -> Answer:
    """Every value of a parameter that changes the structure, tried in turn."""
    low, high = bounds[0], min(bounds[1], bounds[0] + MOST_VALUES - 1)
    network = _with_any_size(network, claims, name, low)
    boxes: list[tuple[Range, ...]] = []
    work, last, failures = 0, low, 0
    for value in range(low, high + 1):
        if work > MOST_WORK:
            break
        last = value
        try:
            analysis = network.analysis({name: value})
        except SpecError:
            failures += 1
            continue
        work += len(analysis.layers)
        constraints = [each for claim in claims for each in constraints_of(claim, analysis)]
        check_known(constraints, ())
        if all(each.holds() for each in constraints):
            boxes.append(((value, value),))
    if failures == last - low + 1:
        raise reason
    joined = merged(boxes)
    found = Found((name,), joined, True)
    first, final, beyond = (amount_text(value, network.steps.get(name, 1)) for value in (low, last, last + 1))
    why = "changes the layers themselves" if isinstance(reason, SpecError) else "has no closed form here"
    notes = [f"{name} {why}: {first} to {final} were tried one by one"]
    ranges = {name: (low, last)}
    notes += boundaries(network, (name,), found, claims, ranges)
    if not found:
        notes.append(f"none of them does; for larger ones say where to begin, as in '{name} >= {beyond}'")
    return Answer(question.text, (name,), found, found, (), tuple(notes), searched=ranges, steps=network.steps)


def _with_any_size(network: Network, claims: Sequence[Claim], name: str, value: int) -> Network:
    """The network with a number for sizes that are symbols, where the claims do not depend on them."""
    sizes = network.size.sizes
    try:
        analysis = network.analysis({name: value})
        constraints = [each for claim in claims for each in constraints_of(claim, analysis)]
    except SpecError:
        return network
    if names_in(*(side for each in constraints for side in (each.left, each.right))) & set(map(str, sizes)):
        return network
    numbers = tuple(ANY_SIZE if isinstance(size, str) else size for size in sizes)
    return replace(network, size=replace(network.size, sizes=numbers))
