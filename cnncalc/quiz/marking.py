"""A question and an answer as a person writes it -> Mark: right, wrong and why, or unreadable; marks -> a score."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from cnncalc.analysis.quantities import value_of
from cnncalc.check.claim import Claim
from cnncalc.check.numbers.printed import Printed
from cnncalc.check.verdicts import explained, judge
from cnncalc.errors import Problem, SpecError
from cnncalc.layers import Shape
from cnncalc.limits import LONGEST_ANSWER
from cnncalc.quiz.answers import read_answers
from cnncalc.quiz.net import text_of
from cnncalc.quiz.sheet import Question, Sheet
from cnncalc.result import Result

NAMED = re.compile(r"[A-Za-z_][A-Za-z_' ]*[=:]\s*")
FEWEST_DIGITS = 2
MOST_DIAGNOSES = 3
MADE = {
    "output": "the output",
    "params": "the number of parameters",
    "receptive_field": "the receptive field",
}
"""What the question gives instead of the unknown."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of an answer: whether it is right, whether it counts as an answer at all, and remarks on it."""

    right: bool
    readable: bool = True
    remarks: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The mark in a word or two."""
        return "right" if self.right else "wrong" if self.readable else "not read"


def mark(question: Question, text: str) -> Mark:
    """Whether an answer is right; if it is wrong, which mistake gives exactly that number, if one does.

    A number may be short (35K), but not shorter than two digits; a working may stand before it
    (5*5*3*10 + 10 = 760), and is checked too.
    """
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if len(text) > LONGEST_ANSWER.value:
        return Mark(False, False, (f"an answer has at most {LONGEST_ANSWER} characters", LONGEST_ANSWER.hint))
    try:
        bare = NAMED.sub("", text, count=1) if NAMED.match(text) else text
        printed = Printed.read(bare, quantity="" if question.unknown else question.quantity)
    except SpecError as error:
        problem = error.problems[0]
        return Mark(False, False, tuple(part for part in (problem.message, problem.hint) if part))
    if complaint := _unfit(question, printed):
        return Mark(False, False, (complaint,))
    if printed.matches(question.exact):
        return Mark(True)
    if slip := printed.slip():
        return Mark(False, remarks=(slip,))
    return Mark(False, remarks=_put_in(question, printed) if question.unknown else _diagnosed(question, printed))


def _unfit(question: Question, printed: Printed) -> str:
    """Why a text cannot be an answer to this question, whether its number is right or not."""
    claimed, exact = printed.claimed, question.exact
    parts = claimed if isinstance(claimed, tuple) else (claimed,)
    if printed.share or not all(isinstance(part, int | Fraction) for part in parts):
        return "the answer is a number" + (", or three: 28x28x6" if isinstance(exact, Shape) else "")
    if isinstance(exact, Shape) and len(parts) < exact.rank + 1:
        return "a volume is height x width x channels"
    if not isinstance(exact, Shape) and len(parts) > (len(exact) if isinstance(exact, tuple) else 1):
        return "the answer is one number"
    unit = {"memory_bytes": "bytes", "weights": "params"}.get(question.quantity, question.quantity)
    if printed.noun not in ("", unit):
        return f"the question is not about {printed.noun}"
    short = printed.amount and printed.amount.rounded and abs(printed.amount.steps) < 10 ** (FEWEST_DIGITS - 1)
    if short and claimed != exact and (printed.matches(exact) or not claimed):
        return f"give at least {FEWEST_DIGITS} digits"
    return ""


def _put_in(question: Question, printed: Printed) -> tuple[str, ...]:
    """What the network makes if a wrong number is put in for the letter."""
    letter, number = question.unknown, printed.claimed
    low, high = question.bounds
    if not isinstance(number, int) or not low <= number <= high:
        return (f"{letter} is a whole number from {low} to {high:,}",)
    net = question.net.changed(letter, number)
    try:
        layer = net.analysis.layers[-1].name if letter == "L" else question.layer
        made: Any = value_of(net.analysis, question.quantity, layer)
    except SpecError as error:
        return (f"{letter} = {number:,} is impossible: {error.problems[0].message}",)
    name = MADE[question.quantity]
    if text_of(made) == text_of(question.value):
        return (f"with {letter} = {number:,} {name} is {text_of(made)}, too, but some pixels are left over",)
    return (f"with {letter} = {number:,} {name} is {text_of(made)}, not {text_of(question.value)}",)


def _diagnosed(question: Question, printed: Printed) -> tuple[str, ...]:
    """The mistakes that give exactly this number, the likeliest first."""
    analysis = question.net.analysis
    verdict = judge(Claim(question.layer, question.quantity, printed), analysis)
    return explained(verdict, analysis).diagnoses[:MOST_DIAGNOSES] if verdict.status == "mismatch" else ()


@dataclass(frozen=True, slots=True)
class Marked(Result):
    """A file of answers to a sheet: every question, what was answered, and its mark, None without an answer.

    `notes` say what in the file answers no question.
    """

    sheet: Sheet
    marks: tuple[tuple[Question, str, Mark | None], ...]
    notes: tuple[Problem, ...] = ()
    view: ClassVar[str] = "quiz"

    @property
    def right(self) -> int:
        """How many answers are right."""
        return sum(mark is not None and mark.right for _, _, mark in self.marks)


def marked(sheet: Sheet, path: str) -> Marked:
    """The marks of a file of answers; raises SpecError if it holds no answers at all."""
    answers = read_answers(path, len(sheet))
    marks = []
    for number, question in enumerate(sheet, start=1):
        answer = answers.found.get(number, "")
        marks.append((question, answer, mark(question, answer) if answer else None))
    return Marked(sheet, tuple(marks), tuple(answers.notes))


class Session:
    """Keeps count; an answer that cannot be read does not count as a try."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = questions
        self._right = self._first = self._shown = self._skipped = self._tries = 0

    def answered(self, question: Question, text: str) -> Mark:
        """The mark for an answer, entered in the score."""
        found = mark(question, text)
        self._tries += found.readable
        if found.right:
            self._right += 1
            self._first += self._tries == 1
            self._tries = 0
        return found

    def shown(self) -> None:
        """The person asked for the answer."""
        self._shown += 1
        self._tries = 0

    def skipped(self) -> None:
        """The person skipped the question."""
        self._skipped += 1
        self._tries = 0

    def score(self) -> str:
        """`3 of 5 right, 2 of them at the first try; 1 shown, 1 skipped`."""
        text = f"{self._right} of {len(self.questions)} right"
        if self._right:
            text += (
                ", all at the first try"
                if self._first == self._right
                else f", {self._first or 'none'} at the first try"
            )
        left = len(self.questions) - self._right - self._shown - self._skipped
        others = ((self._shown, "shown"), (self._skipped, "skipped"), (left, "not reached"))
        told = ", ".join(f"{number} {what}" for number, what in others if number)
        return f"{text}; {told}" if told else text
