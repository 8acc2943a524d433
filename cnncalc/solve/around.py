"""What solves a question about a network, and what does not -> notes: numbers at the ends, the layer that forbids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.errors import SpecError
from cnncalc.solve.answer import amount, amount_text
from cnncalc.solve.network import Network, value_in
from cnncalc.solve.question import Claim
from cnncalc.solve.search import Found, search
from cnncalc.symbolic import is_known, written
from cnncalc.symbolic.constraint import Constraint, Range, names_in


def forbidden(network: Network, equations: Sequence[Constraint], ranges: Mapping[str, Range]) -> Iterator[str]:
    """Where values do what is wanted, but a layer cannot be: which layer refuses the first and the last, and why."""
    found = search(equations, ranges)
    points = found.ends() if len(ranges) == 1 else found.points(1)
    told = set()
    for point in (*points[:1], *points[-1:]) if equations else ():
        try:
            network.analysis(point)
        except SpecError as error:
            message = error.problems[0].message
            where = ", ".join(
                f"{name} = {amount_text(value, network.steps.get(name, 1))}" for name, value in point.items()
            )
            yield from (f"{where} would, but {message}",) if message not in told else ()
            told.add(message)


def crossings(claims: Sequence[Claim], analysis: Analysis, unknowns: Sequence[str]) -> Iterator[str]:
    """`2*L + 1 = 224 at L = 111.5`: where the closed form meets the number, when that is no whole number."""
    from cnncalc.symbolic.linear import solved_for

    for claim in claims if len(unknowns) == 1 else ():
        for form, number in dict.fromkeys(zip(value_in(claim, analysis), claim.amount, strict=False)):
            solved = None if isinstance(number, str | None) else solved_for(form, number, unknowns[0])
            if solved is not None and not is_known(solved) and not names_in(solved):
                yield f"{written(form)} = {number:,} at {unknowns[0]} = {float(solved):.6g}"


def boundaries(
    network: Network, unknowns: Sequence[str], found: Found, claims: Sequence[Claim], ranges: Mapping[str, Range]
) -> Iterator[str]:
    """At the ends of what solves, and just beyond: what the quantities in question come to."""
    if len(unknowns) != 1 or len(found.boxes) > 2:
        return
    name = unknowns[0]
    low, high = ranges[name]
    step = network.steps.get(name, 1)
    if not found and low == high:
        yield f"{name} = {amount_text(low, step)}: {_numbers(network, name, low, claims)}"
    parameter = network.spec.parameters.get(name)
    default: Any = parameter.value if parameter else None
    if default == 1 and not network.steps:
        yield f"only whole numbers were looked at; '{name} by 0.25' looks at quarters too"
    for ((first, last),) in found.boxes:
        for value in dict.fromkeys(each for each in (first - 1, first, last, last + 1) if low <= each < high):
            numbers = _numbers(network, name, value, claims)
            if numbers:
                yield f"{name} = {amount_text(value, step)}: {numbers}"
        most = amount(last, step)
        if is_known(default) and default not in (0, 1, most) and last < high:
            yield f"{amount_text(last, step)} is {float(most / default):.3g} times the {default:,} of the spec"


def _numbers(network: Network, name: str, value: int, claims: Sequence[Claim]) -> str:
    try:
        analysis = network.analysis({name: value})
    except SpecError:
        return ""
    return ", ".join(
        f"{claim.name} = {'x'.join(f'{size:,}' for size in value_in(claim, analysis))}" for claim in claims
    )
