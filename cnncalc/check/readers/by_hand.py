"""Answers to exercises in rows of cells, or line by line in a text -> claims: a name, and the matrix behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cnncalc.check.exercises import Exercise
from cnncalc.check.readers.reading import Reading
from cnncalc.errors import Span
from cnncalc.tables.cells import UNANSWERED

NAMED = re.compile(
    r"\W{0,9}(?P<name>[^\W_]{1,20}(?: [^\W_]{1,20})?)\s{0,9}(?:\.(?=\s)|[):=]\s{0,9}[:=]?|(?P<cell>[,;|\t]))\s{0,9}"
)
"""`a) `, `Exercise 2: `, or the first cell of a line."""
ROW = re.compile(r"[\s,;|]*[-+.0-9\[({\\|&\u2212]")
"""How a row of a matrix begins."""
Cells = Sequence[tuple[str, Span]]


def without_answers(reading: Reading, rows: Sequence[Cells], ignored: Sequence[int]) -> Iterator[Cells]:
    """The rows that answer no exercise; those that do are entered, with rows below them that have no name.

    A matrix may stand in one cell, or spread over cells and rows; the columns `ignored` say nothing.
    """
    found: tuple[Exercise, Span] | None = None
    lines: list[str] = []
    for cells in rows:
        (name, _), *others = cells
        texts = [(text, span) for place, (text, span) in enumerate(others, 1) if text and place not in ignored]
        exercise = reading.exercises.find(name) if name else None
        if found and (exercise or name):
            _enter(reading, *found, lines)
            found, lines = None, []
        if exercise:
            found = (exercise, texts[0][1] if texts else cells[0][1])
        elif not found:
            yield cells
            continue
        parts = [text.replace(",", ".") if reading.decimal_commas and len(texts) > 1 else text for text, _ in texts]
        lines += [" ".join(parts)] if parts else []
    if found:
        _enter(reading, *found, lines)


def read_lines(reading: Reading) -> bool:
    """Whether a text answers exercises line by line, `a) 5 5 1 2`; a matrix may go on in the next lines."""
    found: tuple[Exercise, Span] | None = None
    rows: list[str] = []
    for number, line in enumerate(reading.source.lines):
        named = NAMED.match(line)
        is_number = named is not None and named["cell"] and named["name"].isdigit()  # the first of a row of numbers
        exercise = reading.exercises.find(named["name"]) if named and not is_number else None
        if named and exercise:
            if found:
                _enter(reading, *found, rows)
            text = line[named.end() :].strip()
            found = (exercise, reading.source.span(number, named.end() if text else 0, max(len(text), 1)))
            rows = [text] if text else []
        elif found and ROW.match(line):
            rows.append(line.strip(" \t,;|"))
    if found:
        _enter(reading, *found, rows)
    return found is not None


def _enter(reading: Reading, exercise: Exercise, span: Span, rows: list[str]) -> None:
    text = "\n".join(rows)
    if text.strip().lower() not in UNANSWERED:
        reading.answered(exercise, text, span)
