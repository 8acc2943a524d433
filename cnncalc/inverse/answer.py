"""What was asked and what was found -> Answer: solutions, a general form, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cnncalc.analysis import Analysis
from cnncalc.inverse.search import Constraint, Found, search
from cnncalc.symbolic import Size, is_known
from cnncalc.symbolic.program import Range


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question.

    `exact` are the solutions at which every division is whole (no pixel is dropped), `rounded`
    all that hold with rounding as the layers do it. `general` are equations between symbols,
    `notes` sentences: what comes nearest, what lies just beyond. `known` are numbers that followed
    without a search; `workings` are layers with a solution put in, of whose steps those in `focus`
    are worth showing; `searched` says where was looked.
    """

    question: str
    unknowns: tuple[str, ...] = ()
    exact: Found | None = None
    rounded: Found | None = None
    general: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    workings: tuple[Analysis, ...] = ()
    focus: tuple[str, ...] = ()
    searched: Mapping[str, Range] = field(default_factory=dict)

    @property
    def solutions(self) -> list[dict[str, int]]:
        """The solutions one by one: the exact ones if there are any, else those with rounding."""
        found = self.exact or self.rounded
        return found.points(10_000) if found else []

    def __bool__(self) -> bool:
        return bool(self.exact or self.rounded or self.general or self.known)


def nearest(constraints: Sequence[Constraint], ranges: Mapping[str, Range]) -> tuple[dict[str, int], int] | None:
    """The values that miss the equations between a symbol and a number by least, and by how much.

    None where even the other constraints cannot hold.
    """
    equations = [each for each in constraints if each.relation == "==" and is_known(each.right)]
    others = [each for each in constraints if each not in equations]

    def within(error: Size) -> Found:
        loose = [
            Constraint(left, ">=", right)
            for each in equations
            for left, right in ((each.left, each.right - error), (each.right + error, each.left))
        ]
        return search([*others, *loose], ranges)

    error = 1
    while not within(error):
        error *= 2
        if error > 2**50:
            return None
    low, high = error // 2, error
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if within(middle) else (middle, high)
    return within(high).points(1)[0], high
