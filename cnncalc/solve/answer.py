"""What was asked and what was found -> Answer: solutions, a general form, or the reason why there is none; as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from cnncalc.analysis import Analysis
from cnncalc.analysis.quantities import QUANTITIES, key_of
from cnncalc.result import Result
from cnncalc.solve.search import Found
from cnncalc.solve.system import amount_text, in_steps
from cnncalc.symbolic import is_known, written
from cnncalc.symbolic.constraint import Range

NONE = "no solution"
MOST_SHOWN = 20
LIMIT = 200
"""Where a search ends at this number or later, it ends because it must; what holds there holds beyond."""
ENDLESS = 1_000_000
"""The end of a search for several unknowns that stands for no end."""


@dataclass(frozen=True, slots=True, repr=False)
class Answer(Result):
    """The answer to a question.

    `exact` are the solutions at which every division is whole (no pixel is dropped), `rounded`
    all that hold with rounding as the layers do it. `general` are equations between symbols,
    `notes` sentences: what is closest, what lies just beyond. `known` are numbers that followed
    without a search: one, or one for every axis (and the channels). `workings` are layers with a
    solution put in, of whose steps those in `focus` are worth showing; `searched` says which values were tried.
    """

    view: ClassVar[str] = "solve"

    question: str
    read_as: str = ""
    """How the question was read, in one line."""
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
    """Unknowns that the question bounds, so that the end of the search is the question's own."""
    endless: frozenset[str] = frozenset()
    """Unknowns whose search ends early, though what holds at its end holds beyond."""
    steps: Mapping[str, Fraction] = field(default_factory=dict)
    """Unknowns that are counted in multiples of a number, in `exact`, `rounded` and `searched` too."""
    contradicted: bool = False
    """Whether what is stated does not agree with what follows."""

    @property
    def found(self) -> Found | None:
        """The exact solutions if there are any, else those with rounding."""
        return self.exact or self.rounded

    @property
    def solutions(self) -> list[dict[str, int | Fraction]]:
        """The solutions one by one: the exact ones if there are any, else those with rounding."""
        points = self.found.points(10_000) if self.found else []
        return [{name: in_steps(value, self.steps.get(name, 1)) for name, value in point.items()} for point in points]

    def text(self, name: str, value: int) -> str:
        """A value of an unknown, in steps where it goes in steps, as text."""
        return amount_text(value, self.steps.get(name, 1))

    def __bool__(self) -> bool:
        return not self.contradicted and bool(self.found if self.exact is not None else self.general or self.known)

    def __str__(self) -> str:
        """What was found, without the workings: a solution, a form or a note on every line."""
        return "\n".join(self._summary())

    def __repr__(self) -> str:
        return f"<Answer to {self.question!r}: {'; '.join(self._summary())}>"

    def _summary(self) -> Iterator[str]:
        yield from (f"{name} = {known_text(name, value)}" for name, value in self.known.items())
        if self.found:
            yield from self.listed(self.found)
        elif headline := self.headline:
            yield headline
        yield from self.general
        yield from (f"* {note}" for note in self.notes if note != self.headline)

    @property
    def headline(self) -> str:
        """`no solution; the closest is ...`, where nothing was found."""
        if self or self.known:
            return ""
        return next((note for note in self.notes if note.startswith(NONE)), NONE)

    # Solutions as text ----------------------------------------------------------------------

    def listed(self, found: Found) -> list[str]:
        """One line for each solution; of one unknown, for each range."""
        endless = len(self.unknowns) > 1 and self._is_endless(found)
        if len(self.unknowns) == 1:
            texts = self.ranges(found)
        else:
            points = found.smallest(MOST_SHOWN) if endless else found.points(MOST_SHOWN + 1)
            texts = [", ".join(f"{name} = {self.text(name, value)}" for name, value in each.items()) for each in points]
        if endless:
            return [*texts, "... and infinitely many more: these are the smallest"]
        hidden = (found.number if len(self.unknowns) > 1 else len(texts)) - MOST_SHOWN
        return texts if hidden <= 0 else [*texts[:MOST_SHOWN], f"... and {hidden:,} more"]

    def _is_endless(self, found: Found) -> bool:
        """Whether solutions go on to the end of a search that has no end of its own."""
        tops = {name: max(box[place][1] for box in found.boxes) for place, name in enumerate(found.unknowns)}
        searched = {name: most for name, (_, most) in self.searched.items() if name not in self.bounded}
        return any(tops[name] == most >= ENDLESS for name, most in searched.items())

    def ranges(self, found: Found) -> list[str]:
        """`W = 227`, `W = 224 to 255`, `L >= 112`: the solutions of one unknown."""
        name = self.unknowns[0]
        texts = []
        for ((low, high),) in found.boxes:
            first, last = self.text(name, low), self.text(name, high)
            least, most = self.searched.get(name, (low, high))
            beyond = high == most and (most >= LIMIT or name in self.endless) and name not in self.bounded
            if low == high and not (beyond and name in self.endless):
                texts.append(f"{name} = {first}")
            elif beyond:
                texts.append(f"{name} >= {first}" if low > least else f"any {name}")
            elif low == least and name not in self.bounded:
                texts.append(f"{name} <= {last}")
            else:
                texts.append(f"{name} = {first} to {last}")
        return texts


def known_text(name: str, value: Any) -> str:
    """A quantity as text: `1,792`, `29x29x32`, `(W - 2)x(W - 2)`, `12,845,056 bytes`."""
    if isinstance(value, str):
        return value
    values = value if isinstance(value, tuple) else (value,)
    texts = (f"{each:,}" if is_known(each) else written(each) for each in values)
    text = "x".join(each if re.fullmatch(r"[\w,]+|[0-9]+/[0-9]+", each) else f"({each})" for each in texts)
    key = key_of(name.rpartition(".")[2])
    return f"{text} bytes" if key and QUANTITIES[key].kind == "bytes" else text
