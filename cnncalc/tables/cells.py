"""A table as its text has it: a header and rows of cells, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import MOST_CLAIMS

Cell: TypeAlias = "tuple[str, Span]"
Known: TypeAlias = "Callable[[Sequence[str]], int | None]"
"""How many columns of a header are known to whoever asks for the table; None if the line is not a header."""
HEADER_WITHIN = 30
"""Rows of a table in which the header is looked for."""
LAYER = ("layer", "layers", "layer_name", "layer_#", "layer_no", "layer_no.", "layer_number", "name", "block", "module")
"""What the first column of a table of layers is called."""
UNANSWERED = ("", "-", "/", "--", "---", "?", "n/a", "n.a.", "na", "none", "nil", "\u2013", "\u2014")
"""What people write where they give no number."""


@dataclass(slots=True, eq=False)
class CellTable:
    """The header and the rows below it; `head` has what lines before the header say, by key.

    With `decimal_commas`, 61,7K is 61.7K in it. `notes` say which rows were left out, `problems` what is wrong.
    `totals` are lines of the same section, such as `Total params: 61,706`, as a name and a number.
    `others` are the rows of tables in the same text that have no such header.
    """

    rows: list[list[Cell]]
    head: dict[str, Cell] = field(default_factory=dict)
    decimal_commas: bool = False
    notes: list[Problem] = field(default_factory=list)
    totals: list[list[Cell]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    others: list[list[list[Cell]]] = field(default_factory=list)


def header_among(rows: Sequence[Sequence[str]], known: Known) -> int | None:
    """Which of the first rows is the header: the one with the most known columns; None without one."""
    counts = [known(row) or 0 for row in rows[:HEADER_WITHIN]]
    return counts.index(max(counts)) if any(counts) else None


def headed(tables: Iterable[list[list[Cell]]], known: Known, source: Source, hint: str) -> list[CellTable]:
    """The tables that have a header, from it on; the others go with the first. Raises SpecError if none has one."""
    found: list[CellTable] = []
    others: list[list[list[Cell]]] = []
    for rows in filter(None, ([cells for cells in rows if cells] for rows in tables)):
        start = header_among([[text for text, _ in cells] for cells in rows[:HEADER_WITHIN]], known)
        if start is None:
            others.append(rows)
        else:
            found.append(CellTable(rows[start:]))
    if not found:
        raise SpecError([Problem("the text contains no table of layers", source.span(), hint)])
    found[0].others = others
    return found


def too_many_rows(span: Span) -> SpecError:
    """That a table has more rows than a table may have claims."""
    return SpecError([Problem(f"more than {MOST_CLAIMS} rows", span, f"split the table; {MOST_CLAIMS.hint}")])
