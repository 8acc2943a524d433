"""What was asked and what was found -> Answer: solutions, a general form, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.solve.search import Found, search
from cnncalc.spec.parameters import written
from cnncalc.symbolic import Size, is_known, substitute
from cnncalc.symbolic.constraint import Constraint, Range

NO_STEPS: Mapping[str, Fraction] = {}
SHARES = 10**6
MOST_SHARE = 10**12
"""A miss is measured in millionths of the number wanted, up to a million times that number."""


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """The answer to a question.

    `exact` are the solutions at which every division is whole (no pixel is dropped), `rounded`
    all that hold with rounding as the layers do it. `general` are equations between symbols,
    `notes` sentences: what comes nearest, what lies just beyond. `known` are numbers that followed
    without a search: one, or one for every axis (and the channels). `workings` are layers with a
    solution put in, of whose steps those in `focus` are worth showing; `searched` says where was
    looked.
    """

    question: str
    unknowns: tuple[str, ...] = ()
    exact: Found | None = None
    rounded: Found | None = None
    general: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    known: Mapping[str, Any] = field(default_factory=dict)
    workings: tuple[Analysis, ...] = ()
    focus: tuple[str, ...] = ()
    searched: Mapping[str, Range] = field(default_factory=dict)
    where: str = ""
    """What else was kept to in the search."""
    bounded: frozenset[str] = frozenset()
    """Unknowns of which the question gives bounds, so that the end of the search is no end of its own."""
    steps: Mapping[str, Fraction] = field(default_factory=dict)
    """Unknowns that are counted in multiples of a number, in `exact`, `rounded` and `searched` too."""
    contradicted: bool = False
    """Whether what is said does not agree with what follows."""

    @property
    def solutions(self) -> list[dict[str, int | Fraction]]:
        """The solutions one by one: the exact ones if there are any, else those with rounding."""
        found = self.exact or self.rounded
        points = found.points(10_000) if found else []
        return [{name: amount(value, self.steps.get(name, 1)) for name, value in point.items()} for point in points]

    def text(self, name: str, value: int) -> str:
        """A value of an unknown, in steps where it goes in steps, as text."""
        return amount_text(value, self.steps.get(name, 1))

    def __bool__(self) -> bool:
        found = self.exact or self.rounded
        return not self.contradicted and bool(found if self.exact is not None else self.general or self.known)

    def __str__(self) -> str:
        """What was found, without the workings: a solution, a form or a note on every line."""
        from cnncalc.solve.listing import summary

        return "\n".join(summary(self))

    def __repr__(self) -> str:
        from cnncalc.solve.listing import summary

        return f"<Answer to {self.question!r}: {'; '.join(summary(self))}>"


def nearest(constraints: Sequence[Constraint], ranges: Mapping[str, Range]) -> dict[str, int] | None:
    """The values that miss the equations between a symbol and a number by the least share of that number.

    None where even the other constraints cannot hold.
    """
    equations = [each for each in constraints if each.relation == "==" and is_known(each.right)]
    others = [each for each in constraints if each not in equations]

    def within(share: int) -> Found:
        loose = []
        for each in equations:
            error = abs(each.right) * share // SHARES + int(each.right == 0) * share
            loose += [
                Constraint(each.left, ">=", each.right - error),
                Constraint(each.right + error, ">=", each.left),
            ]
        return search([*others, *loose], ranges)

    if not equations:
        return None
    low, high = 0, 1
    while not within(high):
        low, high = high, 2 * high
        if high > MOST_SHARE:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if within(middle) else (middle, high)
    return within(high).points(1)[0]


def amount(number: Size, step: int | Fraction) -> Any:
    """What a number of steps comes to: an integer where it is whole, else a fraction; or an expression."""
    found: Any = number * step
    return int(found) if isinstance(found, Fraction) and found.denominator == 1 else found


def amount_text(number: int, step: int | Fraction) -> str:
    """The same as text: `1,792`, `0.25`."""
    found = amount(number, step)
    return written(found) if isinstance(found, Fraction) else f"{found:,}"


def missed(
    values: Mapping[str, int] | None, equations: Sequence[Constraint], steps: Mapping[str, Fraction] = NO_STEPS
) -> str:
    """What comes nearest to an answer, and by how much it fails; `values` are those that `nearest` found."""
    if values is None:
        return "nothing does"
    where = ", ".join(f"{name} = {amount_text(value, steps.get(name, 1))}" for name, value in values.items())
    numbers = dict.fromkeys((substitute(each.left, values), each.right) for each in equations if each.relation == "==")
    found = ", ".join(f"{got:,} in place of {want:,}" for got, want in numbers if is_known(want) and got != want)
    return f"nothing does; {where} comes nearest: {found}" if found else "nothing does"
