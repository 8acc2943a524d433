"""The text of a print-out -> its lines as a program wrote them, without colours, prompts and tabs; and its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.tables.print_out import Number

COLOUR = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]|\x1b\][^\x07\x1b]*\x07|[\x0e\x0f]")
PROMPT = re.compile(r"^\s*(?:(?:>>>|\.\.\.|\$|In \[[0-9]*\]:|Out\[[0-9]*\]:) ?)+(?=\S)")
CUT = re.compile(
    r"\s*(?:\.\.\.|\u2026|\[\.\.\.\]|<.*(?:truncated|skipped|omitted).*>|\.\.\. \(?[0-9]+ (?:more )?lines.*)\s*\Z"
)
"""A line that says that others were left out."""
LONGEST = 2_000
"""Characters of a line of a print-out."""
UNITS = {
    "": 1, "K": 10**3, "k": 10**3, "M": 10**6, "G": 10**9, "B": 10**9, "T": 10**12, "P": 10**15,
    "Mac": 1, "KMac": 10**3, "MMac": 10**6, "GMac": 10**9, "TMac": 10**12,
}  # fmt: skip
MEGABYTE, MEBIBYTE = Fraction(10**6), Fraction(2**20)


class PrintLine(NamedTuple):
    """A line without colours and prompts, and where it stands."""

    text: str
    number: int
    source: Source

    def span(self, text: str = "", start: int = 0) -> Span:
        """The place of a part of it, searched from `start` on; of the line if it is written in another way there."""
        raw = self.source.lines[self.number]
        column = raw.find(text, min(start, len(raw))) if text else 0
        return self.source.span(self.number, max(column, 0), max(len(text), 1))


def without_colours(source: Source) -> str:
    """The text of a source without what steers a terminal; its lines keep their numbers."""
    return COLOUR.sub("", source.text) if "\x1b" in source.text else source.text


def line_with(source: Source, pattern: re.Pattern[str]) -> int | None:
    """The number of the line where a pattern is found first."""
    text = without_colours(source)
    match = pattern.search(text)
    return None if match is None else len(f"{text[: match.start()]}.".splitlines()) - 1


def print_lines(source: Source, start: int = 0) -> Iterator[PrintLine]:
    """The lines from `start` on; raises SpecError for one that is too long, and where lines were left out."""
    for number in range(start, len(source.lines)):
        raw = source.lines[number]
        if len(raw) > LONGEST:
            message = f"a line of a print-out has at most {LONGEST:,} characters"
            raise SpecError([Problem(message, source.span(number))])
        text = (
            PROMPT.sub("", COLOUR.sub("", raw))
            if "\x1b" in raw or raw.lstrip()[:1] in (">", ".", "$", "I", "O")
            else raw
        )
        if CUT.match(text):
            message = "lines of the print-out are left out here"
            raise SpecError([Problem(message, source.span(number), "print all of it: into a file, or with print()")])
        yield PrintLine(text.replace("\t", "    ").rstrip(), number, source)


def number_with_unit(quantity: str, line: PrintLine, text: str, start: int = 0, *, share: bool = False) -> Number:
    """A number such as 1.819G, 118.01 MMac, 4.389%."""
    unit = text.lstrip("0123456789.,").strip()
    scale = Fraction(1, 100) if share else Fraction(UNITS.get(unit, 1))
    return Number(quantity, text, line.span(text, start), scale, share)
