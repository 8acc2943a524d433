"""Questions on a small matrix, as a table sets them -> the right output, and the verdict on one worked out by hand."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cnncalc.apply.applied import OPERATIONS, Applied, apply_operation
from cnncalc.apply.judged import differences, gives, mistakes
from cnncalc.apply.matrix import Matrix, parse_matrix
from cnncalc.check.claim import Claim, Verdict
from cnncalc.check.numbers.printed import Printed
from cnncalc.errors import Problem, Source, Span, SpecError, closest, one_of
from cnncalc.limits import MOST_BY_HAND

SETTINGS = ("kernel", "stride", "padding", "dilation", "rounding", "count_padding")
NUMBERING = re.compile(r"\A(?:question|exercise|task|part|problem)?[\W_]*|[\W_]+\Z", re.IGNORECASE)
NAME = re.compile(r"[^\W\d]\w{0,199}\Z")
MOST_NAMED = 6
"""Wrong numbers that are named; an answer with more is wrong from the ground up."""


@dataclass(frozen=True, eq=False)
class Exercise:
    """An operation to be done by hand to a matrix, or to the output of another exercise.

    `keys` are those of the operation's layer type in a spec.
    """

    name: str
    operation: str
    matrix: Matrix | Exercise
    kernel: Matrix | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    counts_padding: bool = True

    @property
    def question(self) -> Hashable:
        """What an answer to it answers, as `Outcome.questions` has it."""
        return (None, frozenset([self.name]), self.operation)

    @property
    def title(self) -> str:
        """What is to be done, as the title of a claim."""
        return f"{self.name} {self.operation}"

    @property
    def right(self) -> Applied:
        """The operation done without a slip; raises SpecError if it cannot be done."""
        return _right(self)

    def after(self, own: Mapping[str, Matrix]) -> Applied | None:
        """The operation done to what somebody has for the exercise before; None if that is right, or missing."""
        if isinstance(self.matrix, Matrix):
            return None
        before = own.get(self.matrix.name)
        if before is None:
            earlier = self.matrix.after(own)
            before = earlier.matrix if earlier else None
        return None if before is None or before == self.matrix.right.matrix else self.done_to(before)

    def done_to(self, matrix: Matrix) -> Applied:
        """The operation done to a matrix; raises SpecError if it cannot be done."""
        return apply_operation(self.operation, matrix, self.kernel, self.keys, counts_padding=self.counts_padding)


@lru_cache(maxsize=256)
def _right(exercise: Exercise) -> Applied:
    before = exercise.matrix
    return exercise.done_to(before if isinstance(before, Matrix) else before.right.matrix)


@lru_cache(maxsize=256)
def _usual(exercise: Exercise) -> tuple[tuple[str, Applied], ...]:
    """What people do instead; the same for all who answer."""
    return tuple(mistakes(exercise.right, exercise.keys))


class Exercises:
    """The exercises of a table by their names, which an answer may write in its own way: `a)` for a."""

    def __init__(self) -> None:
        self.all: list[Exercise] = []
        self.by_name: dict[str, Exercise] = {}
        self.products = 0

    def __bool__(self) -> bool:
        return bool(self.all)

    def find(self, text: str) -> Exercise | None:
        """The exercise that is meant."""
        return self.by_name.get(text) or self.by_name.get(_folded(text))

    def unknown(self, text: str) -> Problem:
        """That there is no exercise of a name, so far."""
        names = tuple(exercise.name for exercise in self.all)
        hint = closest(text, names) or (one_of(names) if names else "")
        return Problem(f"no exercise before this is called '{text[:60]}'", None, hint)

    def add(self, name: str, given: Mapping[str, Any]) -> None:
        """Enter an exercise: its operation with the matrix, as text or by the name of an earlier one, and settings.

        Raises SpecError for one that cannot be done.
        """
        operations = [key for key in given if key in OPERATIONS]
        for key in given:
            if key not in (*OPERATIONS, *SETTINGS):
                raise SpecError([Problem(f"unknown key '{key}'", None, closest(key, SETTINGS) or one_of(SETTINGS))])
        if len(operations) != 1:
            example = "as in {correlation: 1 2 3 4, kernel: 1 -1}"
            raise SpecError([Problem(f"an exercise does one of {', '.join(OPERATIONS)}", None, example)])
        exercise = self._made(name, operations[0], given)
        self.products += sum(len(cell.terms) for cell in exercise.right.cells)
        if self.products > MOST_BY_HAND.value:
            message = f"the exercises have more than {MOST_BY_HAND} products or comparisons together"
            raise SpecError([Problem(message, None, MOST_BY_HAND.hint)])
        self.by_name[_folded(name)] = self.by_name[name] = exercise
        self.all.append(exercise)

    def _made(self, name: str, operation: str, given: Mapping[str, Any]) -> Exercise:
        keys = {
            key: value for key, value in given.items() if key in SETTINGS and key not in ("kernel", "count_padding")
        }
        kernel = None
        if "kernel" in given and OPERATIONS[operation].summary == "sum":
            kernel = read_matrix(str(given["kernel"]), "kernel")
        elif "kernel" in given:
            keys["kernel"] = given["kernel"]
        before = self.find(str(given[operation])) if isinstance(given[operation], str) else None
        if before is None and NAME.match(str(given[operation])):
            raise SpecError([self.unknown(str(given[operation]))])
        matrix = before or read_matrix(str(given[operation]), "matrix")
        counts = given.get("count_padding", True) is not False
        return Exercise(name, operation, matrix, kernel, keys, counts)


def _folded(name: str) -> str:
    return NUMBERING.sub("", name.strip()).casefold()


def read_matrix(text: str, what: str) -> Matrix:
    """The matrix that a text writes; a place in the text means nothing in the file. Raises SpecError."""
    try:
        return parse_matrix(Source(what, text))
    except SpecError as error:
        raise SpecError([Problem(f"{each.message}", None, each.hint) for each in error.problems]) from None


def claim_of(exercise: Exercise, text: str, span: Span, source: str = "") -> Claim:
    """What somebody answers; an answer that cannot be read is an error of its own."""
    answer, problem = None, None
    try:
        answer = read_matrix(text, "answer")
    except SpecError as error:
        problem = error.problems[0]._replace(span=span)
    shown = str(answer) if answer else " ".join(text.split())[:60]
    printed = Printed(shown, answer)
    return Claim(
        exercise.name, exercise.operation, printed, source=source, span=span, problem=problem, exercise=exercise
    )


# Verdicts ----------------------------------------------------------------------------------------


def answers_in(claims: list[Claim]) -> dict[str, Matrix]:
    """The answers to exercises that can be read; of two to one exercise the first."""
    own: dict[str, Matrix] = {}
    for claim in claims:
        if claim.exercise is not None and isinstance(claim.printed.claimed, Matrix):
            own.setdefault(claim.exercise.name, claim.printed.claimed)
    return own


def judge_by_hand(claim: Claim, own: Mapping[str, Matrix], *, diagnosed: bool = True) -> Verdict:
    """The verdict on an answer to an exercise; `own` are the answers of the same table, which it may come from."""
    exercise, answer = claim.exercise, claim.printed.claimed
    assert exercise is not None
    right = exercise.right
    if claim.problem is not None:
        hint = f" ({claim.problem.hint})" if claim.problem.hint else ""
        return Verdict(claim, "error", right.matrix, message=f"{claim.problem.message}{hint}")
    if gives(right, answer):
        return Verdict(claim, "match", right.matrix)
    try:
        after = exercise.after(own)
    except SpecError:
        after = None  # nothing can be done to the size that was found before
    if after is not None and gives(after, answer):
        before = getattr(exercise.matrix, "name", "")
        return Verdict(claim, "consistent", right.matrix, message=f"this is right from your own {before}")
    found = tuple(_reasons(exercise, after, answer)) if diagnosed else ()
    return Verdict(claim, "mismatch", right.matrix, found, _counted(right, answer))


def _reasons(exercise: Exercise, after: Applied | None, answer: Matrix) -> Iterator[str]:
    """The mistakes that give all of an answer, those made on the answer before first."""
    if after is not None:
        before = getattr(exercise.matrix, "name", "")
        tried = mistakes(after, exercise.keys)
        yield from (f"from your own {before}: {text}" for text, made in tried if gives(made, answer))
    usual = (text for text, made in _usual(exercise) if gives(made, answer))
    yield from dict.fromkeys(usual)


def _counted(right: Applied, answer: Matrix) -> str:
    """How many numbers are right, and which are not; or that the size is wrong."""
    wrong = differences(right, answer)
    if wrong is None:
        return f"the size is {_size(right.matrix)}, not {_size(answer)}"
    numbers = len(answer.values)
    places = [
        (cell.place, cell.value, value)
        for cell, value in zip(right.cells, answer.values, strict=True)
        if cell.place in set(wrong)
    ]
    named = [f"out[{','.join(map(str, place))}] is {exact}, not {value}" for place, exact, value in places[:MOST_NAMED]]
    more = [f"and {len(places) - MOST_NAMED} more"] if len(places) > MOST_NAMED else []
    good = numbers - len(wrong)
    return f"{good} of {numbers} numbers {'is' if good == 1 else 'are'} right: {'; '.join([*named, *more])}"


def _size(matrix: Matrix) -> str:
    return "x".join(map(str, matrix.size))
