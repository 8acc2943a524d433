"""Checked files -> what became of every question: how many answered it, how many are right, the commonest slip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from cnncalc.check.claim import Claim, Verdict
from cnncalc.check.grading import Outcome, worth


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question, a quantity of a layer, in all files that answer it.

    `example` is one of the verdicts on it. `commonest` is the wrong number that stands in the most files, `times` in
    how many, `reason` the mistake that gives it; a number that is consistent with a wrong one before is no slip.
    """

    example: Verdict
    answers: int
    right: int
    consistent: int
    commonest: str = ""
    times: int = 0
    reason: str = ""

    @property
    def claim(self) -> Claim:
        """What is asked."""
        return self.example.claim

    @property
    def share(self) -> float:
        """Right answers in percent of those given."""
        return 100 * self.right / self.answers


def questions(outcomes: Iterable[Outcome]) -> list[QuestionResult]:
    """Every question that a file answers, in the order in which they come; a file answers each once."""
    asked: dict[Hashable, list[list[Verdict]]] = {}
    for outcome in outcomes:
        for question, verdicts in outcome.questions.items():
            asked.setdefault(question, []).append(verdicts)
    return [_result(answers) for answers in asked.values()]


def _result(answers: list[list[Verdict]]) -> QuestionResult:
    found = Counter(map(worth, answers))
    slips: dict[str, list[Verdict]] = {}
    for answer in answers:
        wrong = {str(each.claim.printed.claimed): each for each in answer if each.status == "mismatch"}
        for value, verdict in wrong.items():
            slips.setdefault(value, []).append(verdict)
    made = max(slips.values(), key=len, default=[])
    text = min((str(each.claim.printed) for each in made), key=len, default="")
    reason = next((each.diagnoses[0] for each in made if each.diagnoses), "")
    return QuestionResult(answers[0][0], len(answers), found["match"], found["consistent"], text, len(made), reason)
