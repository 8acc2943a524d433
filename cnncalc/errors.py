"""What is wrong, and where -> Problems, and the one text that shows them.

A problem is a value first: a message, a span of the user's text, a hint. `SpecError` carries
all problems of a spec at once; `str()` of either gives the text with the line and the caret.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from cnncalc.limits import LONGEST_COMPARED, MOST_COMPARED, MOST_LISTED, MOST_PROBLEMS

WIDEST_EXCERPT = 100
LONGEST = 160
MOST_SHOWN = 25


class Source:
    """A text to point into: its name, as messages give it, and its lines."""

    __slots__ = ("lines", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines = text.splitlines() or [""]

    def span(self, line: int = 0, column: int = 0, length: int = 1) -> Span:
        """The span of `length` characters from `line` and `column`, both counted from 0."""
        return Span(self, line, column, length)


class Span(NamedTuple):
    """A stretch of one line of a source; line and column count from 0."""

    source: Source
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line + 1}:{self.column + 1}"

    def part(self, start: int, length: int) -> Span:
        """The span of `length` characters that begins `start` characters into this one."""
        return Span(self.source, self.line, self.column + start, max(length, 1))

    def excerpt(self) -> list[str]:
        """The quoted line with carets under the span; long lines are cut around it."""
        if self.line >= len(self.source.lines):
            return []
        line = self.source.lines[self.line]
        first = max(0, self.column - WIDEST_EXCERPT // 2)
        end = min(self.column + self.length, first + WIDEST_EXCERPT)
        cuts = (line[first : self.column], line[self.column : end], line[end : first + WIDEST_EXCERPT])
        before, marked, behind = map(printable, cuts)
        number = str(self.line + 1)
        blank = " " * len(number)
        return [
            f"  {number} | {(before + marked + behind).rstrip()}",
            f"  {blank} | {' ' * len(before)}{'^' * max(1, len(marked))}",
        ]


class Problem(NamedTuple):
    """One thing that is wrong: what, where, how to mend it, and what else it touches."""

    message: str
    span: Span | None = None
    hint: str = ""
    related: tuple[tuple[str, Span | None], ...] = ()

    def __str__(self) -> str:
        where = printable(f"{self.span}: ") if self.span else ""
        message = printable(self.message[: LONGEST + 1])
        message = message if len(message) <= LONGEST else f"{message[: LONGEST - 3]}..."
        lines = [f"{where}{message}"]
        if self.span:
            lines += self.span.excerpt()
        for label, span in self.related:
            lines.append(printable(f"  {label}" + (f" ({span})" if span else "")))
            if span:
                lines += span.excerpt()
        if self.hint:
            lines.append(printable(f"  hint: {self.hint}"))
        return "\n".join(lines)


class SpecError(ValueError):
    """A spec that cannot be used, with every problem found in it."""

    exit_status = 1
    """Of the command line where this error ends it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = unique(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        shown = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            shown.append(f"... and {len(self.problems) - MOST_SHOWN} more problems")
        return "\n\n".join(shown)


class UsageError(SpecError):
    """What was asked for, rather than a spec, cannot be used: an option, an argument, a question."""

    exit_status = 2


class ProblemList(list[Problem]):
    """The problems met so far; raises SpecError, with all of them, where one more would pass the limit."""

    def append(self, problem: Problem) -> None:
        """Take note of one more problem."""
        if len(self) >= MOST_PROBLEMS.value:
            message = f"more than {MOST_PROBLEMS} mistakes: reading stops here"
            raise SpecError([Problem(message, None, MOST_PROBLEMS.hint), *self])
        super().append(problem)


def unique(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of their places, each once, however often it was met."""

    def place(problem: Problem) -> tuple[int, int]:
        return (problem.span.line, problem.span.column) if problem.span else (-1, 0)

    return tuple(sorted(dict.fromkeys(problems), key=place))


def printable(text: str) -> str:
    r"""The text in one line, in which nothing steers a terminal or hides.

    Ends of lines and tabs are spaces; control characters, invisible ones and those that turn the direction of
    writing are escapes: \u202e.
    """
    return text if text.isprintable() else "".join(map(_printable_character, text))


def printable_lines(text: str) -> str:
    """The text with every line of it printable."""
    return text if text.replace("\n", "").isprintable() else "\n".join(map(printable, text.split("\n")))


def _printable_character(character: str) -> str:
    if character.isprintable():
        return character
    if character in "\t\n\r":
        return " "
    from unicodedata import category  # only for texts that need it

    code = ord(character)
    return character if category(character) == "Zs" else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def closest(word: str, candidates: Iterable[str]) -> str:
    """`did you mean 'x'?` for the candidate nearest to a misspelt word, or nothing."""
    from difflib import get_close_matches

    if len(word) > LONGEST_COMPARED:
        return ""
    by_case = {candidate.lower(): candidate for candidate in islice(candidates, MOST_COMPARED)}
    matches = get_close_matches(word.lower(), by_case, n=5, cutoff=0.65)
    # Two letters exchanged (vgg61) are the likeliest slip of all.
    matches.sort(key=lambda match: sorted(match) != sorted(word.lower()))
    return f"did you mean '{by_case[matches[0]]}'?" if matches else ""


def one_of(candidates: Sequence[str]) -> str:
    """The candidates as a hint: `one of a, b, c`."""
    more = len(candidates) - MOST_LISTED
    return "one of " + ", ".join(candidates[:MOST_LISTED]) + (f", and {more:,} more" if more > 0 else "")
