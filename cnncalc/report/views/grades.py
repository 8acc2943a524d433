"""A checked class -> what became of every question, the page that each student gets back, and the table of grades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.check.claim import Status
from cnncalc.check.grading import Checked, Outcome
from cnncalc.check.questions import QuestionResult
from cnncalc.errors import printable
from cnncalc.report.csv import harmless
from cnncalc.report.document import Block, Column, Heading, Note, Row, Table, Text, line
from cnncalc.report.report import Options
from cnncalc.report.views.verdict_tables import COLUMNS, cut, exact_text, in_one_line, mended, plain, refusal, table

OF_ANSWERS: dict[Status, str] = {"match": "right", "consistent": "consistent", "mismatch": "wrong"}
"""What answers are called on a page that is handed back."""
GRADES = ("file", "network", "claims", "right", "consistent", "wrong", "score", "problem")


def by_question_table(found: Sequence[QuestionResult]) -> Table:
    """A row for every question, the reason of its commonest wrong number below it."""
    several = len({each.claim.network for each in found}) > 1
    titles = ("exact", "answers", "right", "consistent", "commonest slip", "times")
    columns = (*COLUMNS[:2], *(Column(title, right=True) for title in titles))
    rows = []
    for each in found:
        claim, share = each.claim, f"{each.share:.0f} %"
        where = claim.full_title.removesuffix(f" {claim.quantity}") if several else claim.layer or "total"
        exact = exact_text(each.example.exact, claim)
        counts = (str(each.answers), share, str(each.consistent), each.commonest, str(each.times or ""))
        below = (line((each.reason, "wrong")),) if each.reason else ()
        rows.append(Row(tuple(map(line, map(cut, (where, claim.quantity, exact, *counts)))), "", below))
    return Table(columns, tuple(rows))


def question_data(found: QuestionResult) -> dict[str, Any]:
    """A question in JSON."""
    claim = found.claim
    return {
        "network": claim.network.title if claim.network else "",
        "layer": claim.layer,
        "quantity": claim.quantity,
        "exact": plain(found.example.exact),
        "answers": found.answers,
        "answers_right": found.right,
        "answers_consistent": found.consistent,
        "commonest_slip": found.commonest,
        "times": found.times,
        "reason": found.reason,
    }


def handed_back(checked: Checked, options: Options) -> Iterator[Block]:
    """A page for the one who wrote a file: the score, every answer, the wrong first, and what is not answered."""
    out_of, weight = options.extra.get("out_of"), options.extra.get("follow_through", 1)
    for outcome in checked.outcomes:
        counts = [(outcome.answers.count(status), word) for status, word in OF_ANSWERS.items()]
        told = ", ".join(f"{count} {word}" for count, word in counts if count or word == "right")
        yield Heading(outcome.path, f"{told}; score {outcome.score(out_of, weight):.1f} %")
        if outcome.error is not None:
            yield Text((line((refusal(outcome.path, outcome.error), "bad")),))
        notes = [*((each, "wrong") for each in outcome.unread), *((each, "warning") for each in outcome.notes)]
        yield from (Text((line((in_one_line(note), role)),)) for note, role in notes)
        verdicts = [*outcome.wrong, *(verdict for verdict in outcome.verdicts if verdict.passed)]
        if verdicts:
            yield table(verdicts, several=len({each.claim.network for each in verdicts}) > 1, by_line=True)
        if outcome.missing:
            yield Text((line(("not answered: " + ", ".join(outcome.missing), "wrong")),))
        if outcome.count("consistent"):
            counts_as = "as a right one" if weight == 1 else f"{weight:g} of a right one"
            yield Note("aside", f"consistent: wrong, but right from your own numbers; it counts {counts_as}")


def grades(checked: Checked, out_of: int | None, follow_through: float) -> Iterator[Sequence[Any]]:
    """A row a file: its answers, how many are right, right from wrong ones, or wrong, and the score in percent.

    All numbers for one quantity of a layer are one answer, which is right if all of them are. A consistent answer
    counts `follow_through` of a right one. With `out_of`, the score is of so many questions, answered or not; a note
    says if more are answered.
    """
    yield GRADES
    for outcome in checked.outcomes:
        cells = _grade(outcome, out_of, follow_through)
        yield [harmless(printable(cell)) if isinstance(cell, str) else cell for cell in cells]


def _grade(outcome: Outcome, out_of: int | None, follow_through: float) -> tuple[str | float, ...]:
    answers = outcome.answers
    claims, counts = len(answers), [answers.count(each) for each in ("match", "consistent", "mismatch")]
    score = round(outcome.score(out_of, follow_through), 1)
    network = outcome.table.networks[0].title if outcome.table and outcome.table.networks else ""
    error = [in_one_line(each) + mended(each) for each in outcome.error.problems[:1]] if outcome.error else []
    more = [f"{claims} questions are answered instead of {out_of}"] if out_of and claims > out_of else []
    problem = "; ".join([*error, *map(in_one_line, (*outcome.unread, *outcome.notes)), *more])
    return (outcome.path, network, claims, *counts, score, problem)
