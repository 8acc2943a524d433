"""The marks of a class -> a row for each file and for each question; as data, and as a table of grades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.errors import SpecError, printable
from cnncalc.quiz.marked_class import MarkedClass
from cnncalc.report.csv import harmless
from cnncalc.report.document import Block, Column, Row, Table, document, line
from cnncalc.report.report import Report
from cnncalc.report.views.verdict_tables import cut, in_one_line, mended

GRADES = ("file", "answers", "right", "wrong", "score", "problem")
COLUMNS = (Column("file"), *(Column(title, right=True) for title in GRADES[1:5]))
OF_QUESTIONS = (
    Column("question", right=True),
    Column("right answer"),
    *(Column(title, right=True) for title in ("answers", "right", "commonest slip", "times")),
)


def class_report(found: MarkedClass) -> Report:
    """The marks of all files, and what became of every question."""
    return Report(
        lambda: document(f"marks of {found.sheet.title.lower()}", _blocks(found)),
        lambda: _data(found),
        lambda: _rows(found),
    )


def _rows(found: MarkedClass) -> Iterator[Sequence[Any]]:
    """A row a file; the score is a percentage of all questions of the sheet."""
    yield GRADES
    for path, marks in found.files:
        name = harmless(printable(path))
        if isinstance(marks, SpecError):
            yield (name, 0, 0, 0, 0.0, harmless(printable(_problem(marks))))
            continue
        answers = sum(mark is not None for _, _, mark in marks.marks)
        notes = harmless(printable("; ".join(map(in_one_line, marks.notes))))
        score = round(100 * marks.right / len(found.sheet), 1)
        yield (name, answers, marks.right, answers - marks.right, score, notes)


def _problem(error: SpecError) -> str:
    return in_one_line(error.problems[0]) + mended(error.problems[0])


def _blocks(found: MarkedClass) -> Iterator[Block]:
    _, *rows = _rows(found)
    drawn = []
    for name, *counts, problem in rows:
        below = (line((problem, "wrong")),) if problem else ()
        drawn.append(Row((line(name), *(line(str(count)) for count in counts)), below=below))
    yield Table(COLUMNS, tuple(drawn))
    yield Table(OF_QUESTIONS, tuple(_question_rows(found)))


def _question_rows(found: MarkedClass) -> Iterator[Row]:
    for number, asked in enumerate(found.questions, start=1):
        share = f"{100 * asked.right / asked.answers:.0f} %" if asked.answers else ""
        texts = (str(number), asked.question.answer, str(asked.answers), share, asked.commonest, str(asked.times or ""))
        remarks = asked.mark.remarks[:1] if asked.mark else ()
        yield Row(tuple(line(cut(text)) for text in texts), below=tuple(line((text, "wrong")) for text in remarks))


def _data(found: MarkedClass) -> dict[str, Any]:
    head, *rows = _rows(found)
    return {
        "schema_version": 1,
        "seed": found.sheet.seed,
        "files": [dict(zip(head, row, strict=True)) for row in rows],
        "questions": [
            {
                "question": asked.question.text,
                "answer": asked.question.answer,
                "answers": asked.answers,
                "answers_right": asked.right,
                "commonest_slip": asked.commonest,
                "times": asked.times,
                "remarks": list(asked.mark.remarks) if asked.mark else [],
            }
            for asked in found.questions
        ],
    }
