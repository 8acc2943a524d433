"""`1 2; 3 4`, `[[1, 2], [3, 4]]`, LaTeX, CSV or lines of numbers -> Matrix: exact numbers on a small grid.

The grammar is this file's own, and nothing is run as code. Decimals and `1/3` are read as exact
fractions. Numbers may stand in quotes; if semicolons separate the numbers of a line, as spreadsheets
export them, a comma is the decimal mark. One row without brackets is a vector; `[[1, 2]]` is a matrix of one row.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, TypeAlias

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import LONGEST_DENOMINATOR, LONGEST_MATRIX, LONGEST_SIDE
from cnncalc.tables.matrix_text import bracketed

Number: TypeAlias = "int | Fraction"
Rows: TypeAlias = "list[list[Span]]"

NUMBER = re.compile(r"[-+]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20}|[0-9]{1,20}/0*[1-9][0-9]{0,19})\Z")
MARK = re.compile(r"[][,;]|[^][,;\s]+")
WORD = re.compile(r"\S+")
CELL = re.compile(r"[^;\s]+")
SEMICOLONS = re.compile(r"\s*[^;\s]+(?:\s*;\s*[^;\s]+)+\s*\Z")
FILE = re.compile(r"(?=[^\s,;]*[A-Za-z])[^\s,;]+\Z")
MINUS = "\u2212"
HINT = "numbers are written 3, -3, 0.5 or 1/3 (at most 20 digits)"
FORMS = "write '1 2; 3 4', '[[1, 2], [3, 4]]', or name a file with a row on every line"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Numbers on a grid: a vector (one axis) or a matrix (rows, columns), the last axis running fastest."""

    size: tuple[int, ...]
    values: tuple[Number, ...]

    @property
    def rows(self) -> list[list[Number]]:
        """The numbers row by row; those of a vector as one row."""
        width = self.size[-1]
        return [list(self.values[start : start + width]) for start in range(0, len(self.values), width)]

    def at(self, place: tuple[int, ...]) -> Number | None:
        """The number at a place, counted from 0; None outside."""
        index = 0
        for position, length in zip(place, self.size, strict=True):
            if not 0 <= position < length:
                return None
            index = index * length + position
        return self.values[index]

    def __str__(self) -> str:
        """The numbers in one line, as they can be read again: `1 2; 3 4`."""
        return "; ".join(" ".join(map(str, row)) for row in self.rows)

    def transposed(self) -> Matrix:
        """Rows and columns exchanged."""
        return Matrix(self.size[::-1], tuple(number for column in zip(*self.rows, strict=True) for number in column))

    def turned(self) -> Matrix:
        """The same turned by 180 degrees: every axis the other way round."""
        return Matrix(self.size, self.values[::-1])


def find_matrix(text: str, what: str = "matrix") -> Matrix:
    """The matrix that a path, `-` or the text itself stands for; messages call it `what`."""
    if text == "-" or os.path.isfile(text):
        from cnncalc.spec.files import read_source

        return parse_matrix(read_source(text, hint=FORMS))
    if len(text) > LONGEST_MATRIX.value:
        raise SpecError([Problem(f"the {what} has more than {LONGEST_MATRIX} characters", None, LONGEST_MATRIX.hint)])
    if FILE.match(bracketed(text)):
        raise SpecError([Problem(f"there is no file '{text[:100]}'", None, FORMS)])
    return parse_matrix(Source(what, text))


def parse_matrix(source: Source) -> Matrix:
    """The matrix that a text writes out; raises SpecError with every problem found in it."""
    if len(source.text) > LONGEST_MATRIX.value:
        message = f"{source.name} is too large: over {LONGEST_MATRIX} characters"
        raise SpecError([Problem(message, None, LONGEST_MATRIX.hint)])
    source = Source(source.name, bracketed(source.text))
    if source.text.lstrip().startswith("["):
        flat, rows = _bracketed(source)
    else:
        rows = _lines(source)
        flat = len(rows) == 1
    if not rows:
        raise SpecError([Problem(f"{source.name} contains no numbers", None, FORMS)])
    return _checked(flat, rows, [[_number(token) for token in row] for row in rows])


def matrix_of(value: Any, what: str = "matrix") -> Matrix:
    """The matrix of a Python value: a text, or lists (an array, too) of integers, decimals and fractions."""
    if isinstance(value, Matrix):
        return value
    if isinstance(value, str):
        return find_matrix(value, what)
    value = value.tolist() if hasattr(value, "tolist") else value
    return parse_matrix(Source(what, _written(value)))


def _written(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    return str(value)


def _word(token: Span) -> str:
    return token.source.lines[token.line][token.column : token.column + token.length]


# Rows -------------------------------------------------------------------------------------------


def _lines(source: Source) -> Rows:
    """Rows by lines or by semicolons, the numbers of a row separated by blanks or commas."""
    texts = [(line, text) for line, text in enumerate(source.lines) if text.strip()]
    if len(texts) > 1 and all(SEMICOLONS.match(text) for _, text in texts):
        return [
            [Span(source, line, cell.start(), len(cell[0])) for cell in CELL.finditer(text)] for line, text in texts
        ]
    rows: Rows = []
    problems: list[Problem] = []
    for line, text in texts:
        start = 0
        pieces = text.split(";")
        for number, piece in enumerate(pieces, start=1):
            if piece.strip():
                rows.append(list(_cells(Span(source, line, start, len(piece)), problems)))
            elif number < len(pieces):
                problems.append(
                    Problem("there is no row before this semicolon", Span(source, line, start + len(piece)))
                )
            start += len(piece) + 1
        if len(texts) > 1 and text.rstrip().rstrip(";").count(";"):
            message = "a row ends with its line or with a semicolon, not with both"
            problems.append(Problem(message, Span(source, line, text.index(";")), "choose one of them"))
    if problems:
        raise SpecError(problems)
    return rows


def _cells(piece: Span, problems: list[Problem]) -> Iterator[Span]:
    """The numbers of one row."""
    start = piece.column
    cells = _word(piece).split(",")
    for cell in cells:
        words = [piece._replace(column=start + word.start(), length=len(word[0])) for word in WORD.finditer(cell)]
        where = Span(piece.source, piece.line, start, max(len(cell), 1))
        if not words:
            problems.append(Problem("a number is missing between these commas", where, "write 0 if it is 0"))
        elif len(cells) > 1 and len(words) > 1:
            message = "numbers are separated by commas or by spaces, not by both"
            problems.append(
                Problem(message, where, "choose one of them; a row ends with ';' or at the end of the line")
            )
        yield from words
        start += len(cell) + 1


def _bracketed(source: Source) -> tuple[bool, Rows]:
    """Rows in brackets; whether it is a vector, in one pair of them."""
    tokens = [
        Span(source, line, match.start(), len(match[0]))
        for line, text in enumerate(source.lines)
        for match in MARK.finditer(text)
    ]
    flat = len(tokens) < 2 or _word(tokens[1]) != "["
    rows: Rows = [[]] if flat else []
    depth, before = 0, ""
    for number, token in enumerate(tokens):
        word = _word(token)
        if (word in ",;" and before in "[,;") or (word in "];" and before == ","):
            raise SpecError([Problem("a number is missing on one side of a comma", token, "write 0 if it is 0")])
        depth += (word == "[") - (word == "]")
        last = number == len(tokens) - 1
        if depth > (1 if flat else 2):
            raise SpecError(
                [Problem("the brackets are nested too deep", token, "give one map at a time: rows of numbers")]
            )
        if depth < 1 and not last:
            raise SpecError([Problem("the brackets close here, but the text goes on", tokens[number + 1], FORMS)])
        if (word == "[" and depth == 2) or (word == ";" and flat and not last and _word(tokens[number + 1]) != "]"):
            rows.append([])
        elif (word == ";" and not flat) or (word not in "[]," and not flat and depth == 1):
            raise SpecError([Problem(f"'{word}' stands outside the brackets of a row", token, FORMS)])
        elif word not in "[],;":
            rows[-1].append(token)
        before = word
    if depth:
        raise SpecError([Problem("this bracket is never closed", tokens[0], FORMS)])
    return flat and len(rows) == 1, rows


# Numbers ----------------------------------------------------------------------------------------


def _number(token: Span) -> Number | Problem:
    """The exact number that a word writes, or what is wrong with it."""
    word = _word(token)
    quoted = len(word) > 2 and word[0] == word[-1] == '"'
    text = (word[1:-1] if quoted else word).replace(MINUS, "-").replace(",", ".")
    if not NUMBER.match(text):
        shown = word if len(word) <= 40 else f"{word[:37]}..."
        return Problem(f"'{shown}' is not a number", token, HINT)
    exact = Fraction(text)
    return exact.numerator if exact.denominator == 1 else exact


def _checked(flat: bool, rows: Rows, values: list[list[Number | Problem]]) -> Matrix:
    """The matrix, if all are numbers, all rows alike, and none too long."""
    problems = [value for row in values for value in row if isinstance(value, Problem)]
    problems += _misshapen(rows)
    if problems:
        raise SpecError(problems)
    numbers = tuple(value for row in values for value in row if not isinstance(value, Problem))
    if lcm(*(value.denominator for value in numbers)) > 10**LONGEST_DENOMINATOR.value:
        message = f"the common denominator of these fractions has more than {LONGEST_DENOMINATOR} digits"
        raise SpecError([Problem(message, rows[0][0], f"round them to decimals; {LONGEST_DENOMINATOR.hint}")])
    return Matrix((len(rows[0]),) if flat else (len(rows), len(rows[0])), numbers)


def _misshapen(rows: Rows) -> Iterator[Problem]:
    if not rows or not all(rows):
        yield Problem("a row contains no numbers", None, FORMS)
        return
    first = rows[0]
    for number, row in enumerate(rows):
        if len(row) != len(first):
            message = f"row {number} has {_count(len(row))}, but row 0 has {_count(len(first))}"
            yield Problem(
                message, row[-1], "all rows need the same number of entries", (("row 0 ends here", first[-1]),)
            )
    most = LONGEST_SIDE.value
    if len(rows) > most or len(first) > most:
        where = rows[most][0] if len(rows) > most else first[most]
        yield Problem(f"at most {most}x{most} numbers are supported", where, LONGEST_SIDE.hint)


def _count(number: int) -> str:
    return f"{number} number{'' if number == 1 else 's'}"
