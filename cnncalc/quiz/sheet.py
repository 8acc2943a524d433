"""A seed, levels and a count -> Questions: drawn, worked out by the engine, kept if there is one handy answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cnncalc.errors import Problem, SpecError
from cnncalc.formula.formulas import value_of
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.inverse import solved, the_only
from cnncalc.quiz.net import Net
from cnncalc.quiz.recipes import LEVELS, RECIPES, Candidate
from cnncalc.quiz.wording import sentence, text_of
from cnncalc.solve.answer import Answer

MOST_QUESTIONS = 200
MOST_SEED = 10**9
MOST_DRAWS = 500
ENOUGH_DRAWS = 100
"""For a question that is not yet on the sheet."""
MOST_DIGITS = {"params": 5, "weights": 5}
FEWER_DIGITS = 4
"""An answer has at most so many digits, the zeros at its end not counted: it is worked out by hand."""
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """A question with one answer.

    `text` asks for `quantity` of `layer` (of the whole network where that is empty) of `net`, which
    is `exact`. With an `unknown`, the text gives the quantity and asks for that letter, which is
    `exact` then; `net` has the answer in it, and `value` is what it makes.
    """

    level: int
    text: str
    net: Net
    layer: str
    quantity: str
    value: Any
    unknown: str = ""
    bounds: tuple[int, int] = (0, 0)

    @property
    def exact(self) -> Any:
        """The answer: a count, a Shape, or one length for every axis."""
        if not self.unknown:
            return self.value
        return self.net.number(self.unknown)

    @property
    def answer(self) -> str:
        """The answer as it is written down: `28x28x6`, `34,944`, `S = 4`."""
        return f"{self.unknown} = {self.exact:,}" if self.unknown else text_of(self.value)

    def solved(self) -> Answer:
        """The answer of cnncalc.solve to a question with an unknown."""
        return solved(self.net, self.layer, self.quantity, self.value, self.unknown, self.bounds)


def questions(seed: int, levels: Sequence[int], count: int) -> list[Question]:
    """The questions of a sheet: the same for the same seed, levels and count, on every machine.

    Of several levels, each has its share, the lowest first. Of one level, a longer sheet begins
    with the questions of a shorter one. Raises SpecError for a level, a seed or a count that there is not.
    """
    chosen = sorted(set(levels))
    for each in chosen or [0]:
        if each not in LEVELS:
            raise SpecError([Problem(f"there is no level {each}", None, f"one of {', '.join(map(str, LEVELS))}")])
    if not isinstance(count, int) or not 1 <= count <= MOST_QUESTIONS:
        raise SpecError([Problem(f"a sheet has 1 to {MOST_QUESTIONS} questions, not {count}")])
    if not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
        raise SpecError([Problem(f"a seed is a number from 0 to {MOST_SEED:,}")])
    found: list[Question] = []
    for number, each in enumerate(chosen):
        share = (count + len(chosen) - 1 - number) // len(chosen)
        found += _of_level(seed, each, share)
    return found


def _of_level(seed: int, level: int, count: int) -> Iterator[Question]:
    """Questions of one level, no two of them alike as long as that can be."""
    told: set[str] = set()
    for number in range(count):
        recipe = RECIPES[level][number % len(RECIPES[level])]
        kept: Question | None = None
        for attempt in range(MOST_DRAWS):
            found = _question(level, recipe(Draw(seed, level, number, attempt)))
            kept = found or kept
            if (found and found.text not in told) or (kept and attempt > ENOUGH_DRAWS):
                break
        if kept is None:
            raise RuntimeError(f"no question in {MOST_DRAWS} draws of {recipe.__name__}")
        told.add(kept.text)
        yield kept


def _question(level: int, candidate: Candidate) -> Question | None:
    """The question, or nothing where it has no answer, an unhandy one, or more than one."""
    net = candidate.net
    if not net.fits:
        return None
    layers = net.analysis.layers
    whole, last = candidate.at is None, candidate.at == len(net.pieces) - 1
    layer = "" if whole else layers[-1 if last else candidate.at or 0].name  # the last may stand for several
    value = value_of(net.analysis, layer, candidate.quantity)
    if not _handy(value, candidate.quantity):
        return None
    question = Question(
        level, sentence(candidate, layer, value), net, layer, candidate.quantity, value, candidate.unknown,
        candidate.bounds,
    )  # fmt: skip
    if candidate.unknown and not the_only(question.solved(), question.exact):
        return None
    return question


def _handy(value: Any, quantity: str) -> bool:
    """Whether a person comes to the value without a calculator."""
    if isinstance(value, str):
        return False
    if quantity == "output":
        return bool(value.size) and min(value.size) > 1
    if isinstance(value, tuple):
        return all(length == int(length) and 1 <= length < 1000 for length in value)
    digits = len(str(value).rstrip("0"))
    return value <= LARGEST and digits <= MOST_DIGITS.get(quantity, FEWER_DIGITS)
