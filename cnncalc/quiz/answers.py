"""A file of answers, as a student fills it in -> the answer to each question, by number.

Lines begin with the number of the question (`3. 28x28x6`); YAML has one for each (`3: 28x28x6`), or a list in their
order; CSV has a row (`3,28x28x6`), with a header or without.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.check.readers import read_source
from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.spec.readers.yaml_nodes import Node, read_yaml
from cnncalc.tables.csv import is_csv

LINE = re.compile(r"\s*(?P<number>[0-9]+)\s*[.):]\s*(?P<answer>\S.*|)\Z")
WORKBOOK = ".xlsx"
HINT = "a file of answers has a line for each question, as in '3: 28x28x6'"
HEADER = ("question", "number", "no", "nr", "#")


class Answers(NamedTuple):
    """What was answered, by question; `notes` say what in the file answers no question."""

    found: dict[int, str]
    notes: list[Problem]


def read_answers(path: str, count: int) -> Answers:
    """The answers to `count` questions; questions without an answer are left out.

    Raises SpecError for a file without any answers.
    """
    source = read_source(path)
    read = _of_lines if _in_lines(source) else _of_csv if is_csv(path) or path.lower().endswith(WORKBOOK) else _of_yaml
    notes: list[Problem] = []
    found: dict[int, str] = {}
    for name, answer, span in read(source):
        number = int(name) if name.isdecimal() and name.isascii() and len(name) < 6 else 0
        if not 1 <= number <= count:
            notes.append(Problem(f"there is no question '{name[:40]}'", span, f"they are numbered from 1 to {count}"))
        elif number in found:
            notes.append(Problem(f"question {number} is answered twice", span, "the first answer counts"))
        elif answer.strip():
            found[number] = answer.strip()
    return Answers(found, notes)


def _in_lines(source: Source) -> bool:
    """Whether all lines are numbered, at least one of them as people do it: `1. 16x16x6` or `1) 16x16x6`."""
    lines = [line for line in source.lines if line.strip() and not line.lstrip().startswith("#")]
    return all(map(LINE.match, lines)) and any(re.match(r"\s*[0-9]+\s*[.)]\s", f"{line} ") for line in lines)


def _of_lines(source: Source) -> Iterator[tuple[str, str, Span]]:
    for number, line in enumerate(source.lines):
        if (match := LINE.match(line)) is not None:
            yield match["number"], match["answer"], source.span(number, match.start("number"), len(match["number"]))


def _of_yaml(source: Source) -> Iterator[tuple[str, str, Span]]:
    """(question, answer, place) for every line."""
    node = read_yaml(source)
    for number, item in enumerate(node.items, start=1):
        yield str(number), _answer(item), item.span
    if node.items:
        return
    if node.kind != "map":
        raise SpecError([Problem("this is not a file of answers", node.span, HINT)])
    for key, value in node.pairs:
        yield key.text.strip(), _answer(value), key.span


def _answer(node: Node) -> str:
    """An answer as a table may have it: a number, the sizes of a volume in a list, or `{is: 312}`."""
    if node.kind == "scalar":
        return "" if node.value is None else node.text
    parts = [part.text if part.kind == "scalar" else "?" for part in node.items]
    parts += [value.text if key.text == "is" and value.kind == "scalar" else "?" for key, value in node.pairs]
    return "x".join(parts)


def _of_csv(source: Source) -> Iterator[tuple[str, str, Span]]:
    first = source.lines[0]
    separator = next((mark for mark in "\t;" if mark in first), ",")
    reader = csv.reader(source.lines, delimiter=separator, strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells) or cells[0].lower() in HEADER:
                continue
            # a thousands comma that was not quoted makes several cells of one number
            yield cells[0], ",".join(cell for cell in cells[1:] if cell), source.span(reader.line_num - 1)
    except csv.Error as error:
        raise SpecError([Problem(f"the rows cannot be read: {error}", source.span(reader.line_num - 1))]) from None
