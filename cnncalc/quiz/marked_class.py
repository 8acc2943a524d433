"""A sheet and the files of a class -> the marks of each, however broken it is, and what became of every question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from cnncalc.errors import SpecError
from cnncalc.quiz.marking import Mark, Marked, marked
from cnncalc.quiz.sheet import Question, Sheet
from cnncalc.result import Result


class AskedQuestion(NamedTuple):
    """A question in all files: how many answered it, how many are right, the commonest wrong answer with its mark."""

    question: Question
    answers: int
    right: int
    commonest: str = ""
    times: int = 0
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class MarkedClass(Result):
    """The marks of some files of answers to a sheet, by their paths; a file that cannot be read has its error."""

    sheet: Sheet
    files: tuple[tuple[str, Marked | SpecError], ...]
    view: ClassVar[str] = "quiz"

    @property
    def right(self) -> bool:
        """Whether every answer to every question is right."""
        return all(isinstance(found, Marked) and found.right == len(self.sheet) for _, found in self.files)

    @property
    def questions(self) -> list[AskedQuestion]:
        """What became of every question."""
        found = []
        for place, question in enumerate(self.sheet):
            marks = [each.marks[place] for _, each in self.files if isinstance(each, Marked)]
            answers = [(answer, mark) for _, answer, mark in marks if mark is not None]
            wrong = {answer: mark for answer, mark in answers if not mark.right}
            times = Counter(answer for answer, mark in answers if not mark.right)
            ((commonest, count),) = times.most_common(1) or [("", 0)]
            right = sum(mark.right for _, mark in answers)
            found.append(AskedQuestion(question, len(answers), right, commonest, count, wrong.get(commonest)))
        return found


def mark_class(sheet: Sheet, paths: Iterable[str]) -> MarkedClass:
    """The marks of every file; none stops the others."""
    return MarkedClass(sheet, tuple((path, _marked(sheet, path)) for path in paths))


def _marked(sheet: Sheet, path: str) -> Marked | SpecError:
    try:
        return marked(sheet, path)
    except SpecError as error:
        return error
