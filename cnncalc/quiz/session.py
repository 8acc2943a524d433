"""Answers at the prompt, one after the other -> a score: who was right at once, later, or had it shown."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.quiz.marking import Mark, mark
from cnncalc.quiz.sheet import Question


class Session:
    """Keeps count; an answer that cannot be read is no try."""

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
        """The answer was asked for."""
        self._shown += 1
        self._tries = 0

    def skipped(self) -> None:
        """The question was passed over."""
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
