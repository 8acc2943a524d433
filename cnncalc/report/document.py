"""The neutral form of every report: headings, tables, lines, equations and notes, which every renderer knows.

A view makes a Document from a result; a renderer makes text of one format from a Document. Neither knows
the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from cnncalc.errors import printable

Severity: TypeAlias = Literal["fact", "remark", "warning", "aside"]
"""A fact, something worth seeing, something that is wrong, or a line for those who ask how it was counted."""


class Span(NamedTuple):
    """A piece of text and its role, by which a renderer styles it: name, good, bad, dim, number, ..."""

    text: str
    role: str = ""


Line: TypeAlias = "tuple[Span, ...]"
"""Spans side by side. A cell of a table is one, too."""


def line(*parts: str | Span | tuple[str, str]) -> Line:
    """A line of texts, and of texts with their roles."""
    return tuple(Span(part) if isinstance(part, str) else Span(*part) for part in parts)


def plain(spans: Line) -> str:
    """The text of a line without roles."""
    return "".join(span.text for span in spans)


class Heading(NamedTuple):
    """What a report, or a part of it, is about: a title, and details in small print."""

    title: str
    details: str = ""
    role: str = "title"


class Text(NamedTuple):
    """Lines one below the other, each `indent` steps in."""

    lines: tuple[Line, ...]
    indent: int = 0


class Preformatted(NamedTuple):
    """Lines whose blanks mean something: a matrix, a file."""

    lines: tuple[str, ...]
    role: str = ""


class Equation(NamedTuple):
    """`symbol = formula = numbers = result`, and a remark; `latex` writes all of it, with one `&` before an =."""

    symbol: str
    stages: tuple[str, ...]
    remark: str = ""
    latex: Callable[[], str] = str


class Equations(NamedTuple):
    """Equations one below the other, their first equals signs aligned."""

    rows: tuple[Equation, ...]
    role: str = ""


class Note(NamedTuple):
    """A sentence about the report."""

    severity: Severity
    text: str


class Column(NamedTuple):
    """The head of a column. Numbers stand to the right; `folds` lets a narrow terminal break long cells.

    A `decoration` (a bar, a share) is drawn on a terminal alone. `width` is the least width there.
    """

    title: str
    right: bool = False
    folds: bool = True
    decoration: bool = False
    width: int = 0


class Row(NamedTuple):
    """The cells of a row, and lines below it that belong to it; `role` is that of the whole row."""

    cells: tuple[Line, ...]
    role: str = ""
    below: tuple[Line, ...] = ()


class Rows:
    """The rows of a long table, made anew whenever they are looked through, so that they never exist all at once."""

    __slots__ = ("made",)

    def __init__(self, made: Callable[[], Iterator[Row]]) -> None:
        self.made = made

    def __iter__(self) -> Iterator[Row]:
        return self.made()


class Table(NamedTuple):
    """A table; `rows` may be looked through more than once, `foot` are its totals.

    `narrower` makes tables that say the same in less room, the roomiest first; `hidden` names the columns
    that such a table leaves out, and `exact` what it rounds.
    """

    columns: tuple[Column, ...]
    rows: Iterable[Row]
    foot: Row | None = None
    narrower: tuple[Callable[[], Table], ...] = ()
    hidden: tuple[str, ...] = ()
    exact: str = ""


class Blank(NamedTuple):
    """An empty line, where the format has such."""


Block: TypeAlias = "Heading | Text | Preformatted | Equations | Note | Table | Blank"


class Document(NamedTuple):
    """A report, block by block; `title` is what a page is called."""

    title: str
    blocks: tuple[Block, ...]


def document(title: str, blocks: Iterable[Block]) -> Document:
    """A document of some blocks, in which no text of a user steers a terminal."""
    return Document(printable(title), tuple(map(_printable, blocks)))


def _printable(part: Any) -> Any:
    """A block, or a part of one, with all its texts printable."""
    if isinstance(part, Span):
        return part if part.text.isprintable() else Span(printable(part.text), part.role)
    if isinstance(part, str):
        return printable(part)
    if isinstance(part, tuple):
        parts = map(_printable, part)
        return tuple(parts) if type(part) is tuple else type(part)(*parts)
    if isinstance(part, Rows):
        return Rows(lambda: map(_printable, part.made()))
    return (lambda: _made(part())) if callable(part) else part


def _made(part: Any) -> Any:
    """What is made when it is asked for: a block, or an equation in LaTeX, which may have several lines."""
    return "\n".join(map(printable, part.split("\n"))) if isinstance(part, str) else _printable(part)
