"""Questions -> the key to their sheet: a table file that cnncalc check accepts, the workings as comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.quiz.net import text_of
from cnncalc.quiz.sheet import Question
from cnncalc.report.quiz import title, working


def to_key(seed: int, questions: Sequence[Question]) -> str:
    """The key as YAML: a network for each question, and what is claimed of it.

    Where a letter is asked for, the network has the answer in it, and the claim is what it makes.
    """
    lines = [f"name: key to {title(seed, questions).lower()}", "networks:"]
    for number, question in enumerate(questions, start=1):
        lines += _entry(number, question)
    return "\n".join([*lines, ""])


def _entry(number: int, question: Question) -> Iterator[str]:
    yield f"  # {number}. {question.text}"
    yield from (f"  #    {line}" for line in working(question))
    yield f"  - network: {question.net.notation}"
    yield f"    input: {question.net.input}"
    yield f"    source: question {number}" + (f", {question.answer}" if question.unknown else "")
    yield "    claims:"
    yield f"      {question.layer or 'total'}:"
    yield f"        {question.quantity}: {text_of(question.value)}"
