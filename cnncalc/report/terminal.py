"""Document -> a rich console: wide or narrow, in colour or in a log; or plain text as wide as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import TypeAlias, TypeVar

from rich.console import Console, Group, RenderableType
from rich.segment import Segment, Segments
from rich.style import Style
from rich.text import Text as Rich

from cnncalc.report.document import (
    Blank,
    Block,
    Column,
    Document,
    Equation,
    Equations,
    Heading,
    Line,
    Note,
    Preformatted,
    Rows,
    Span,
    Table,
    Text,
    plain,
)
from cnncalc.report.report import LINES_AT_ONCE, Options, Report

ASCII_BARS = {0x2588: "#"} | {code: "#" if code < 0x258D else "" for code in range(0x2589, 0x2590)}
"""Bars of eighths in plain signs: a half and more is drawn."""
UNBOUNDED = 100_000
"""The width of a log or a file, which takes lines of any length: nothing in it is cut or folded."""
GAP = "  "
LEAST = 8
"""Characters that a column is left with when its cells fold."""
MOST_FOLDED = 1_000
"""Rows of the longest table whose cells are folded, for which it must be in memory as a whole."""
FIRST = itemgetter(0)
T = TypeVar("T")
Pieces: TypeAlias = "list[tuple[str, str]]"
"""A line as (style, text), side by side."""
STYLES = {
    "title": "bold",
    "name": "bold",
    "answer": "bold",
    "total": "bold",
    "symbol": "bold",
    "good": "bold green",
    "bad": "bold red",
    "right": "green",
    "wrong": "red",
    "warning": "yellow",
    "dim": "dim",
    "type": "cyan",
    "stage": "cyan",
    "size": "green",
    "field": "magenta",
    "bar-params": "blue",
    "bar-macs": "red",
    "bar": "yellow",
}
"""What a role looks like."""
MARKS = {"fact": "* ", "remark": "* ", "warning": "! ", "aside": ""}
SEVERITIES = {"fact": "", "remark": "yellow", "warning": "red", "aside": "dim"}


def render(report: Report, options: Options) -> Iterator[str]:
    """The document of a report as plain text, its lines as long as they are."""
    file = StringIO()
    console = Console(file=file, width=UNBOUNDED, color_system=None, force_terminal=False)
    for _ in _printed(report.document(), console):
        yield file.getvalue()
        file.seek(0)
        file.truncate()


def write(document: Document, console: Console) -> None:
    """Print a document, as wide as the console allows."""
    for _ in _printed(document, console):
        pass


def _printed(document: Document, console: Console) -> Iterator[None]:
    """Print a document piece by piece: a block, or some rows of a long table."""
    if not console.is_terminal:
        console.width = UNBOUNDED
    for block in document.blocks:
        if isinstance(block, Table):
            yield from _table(block, console)
        else:
            WRITERS[type(block)](block, console)
            yield


def _heading(block: Heading, console: Console) -> None:
    text = Rich(block.title, style=STYLES.get(block.role, ""))
    if block.details:
        text.append(GAP + block.details, style="not bold dim")
    console.print(text)


def _text(block: Text, console: Console) -> None:
    margin = GAP * block.indent
    for spans in block.lines:
        text = _styled(spans)
        folded = text.wrap(console, max(console.width - len(margin), 20)) if margin and console.is_terminal else [text]
        for part in folded:
            console.print(Rich(margin).append_text(part))


def _preformatted(block: Preformatted, console: Console) -> None:
    for each in block.lines:
        console.print(Rich(each, style=STYLES.get(block.role, "")), soft_wrap=True)


def _note(block: Note, console: Console) -> None:
    mark = MARKS[block.severity]
    room = console.width - len(mark)
    lines = [block.text]
    if console.is_terminal and 20 < room < len(block.text):
        from textwrap import wrap

        lines = wrap(block.text, room, break_on_hyphens=False)
    for number, text in enumerate(lines):
        console.print(Rich((" " * len(mark) if number else mark) + text, style=SEVERITIES[block.severity]))


def _blank(block: Blank, console: Console) -> None:
    console.print()


def _styled(spans: Line) -> Rich:
    return Rich.assemble(*((span.text, STYLES.get(span.role, "")) for span in spans))


# Equations --------------------------------------------------------------------------------------


def _equations(block: Equations, console: Console) -> None:
    margin = max((len(row.symbol) for row in block.rows), default=0)
    for row in block.rows:
        for text in _equation(row, margin, console.width):
            console.print(text, soft_wrap=True)


def _equation(row: Equation, margin: int, width: int) -> Iterator[Rich]:
    """An equation, folded in front of an equals sign where it is too long, and a long stage between its terms."""
    from textwrap import wrap

    text = Rich(f"{GAP}{row.symbol:<{margin}}")
    text.stylize("bold", len(GAP))
    blank = " " * len(text)
    for number, stage in enumerate(row.stages, start=1):
        style = "bold green" if 1 < number == len(row.stages) else "cyan" if number > 1 else ""
        for place, part in enumerate(_terms(stage) if len(blank) + len(stage) + 3 > width else [stage]):
            if number + place > 1 and len(text) + len(part) + 3 * (not place) > width:
                yield text
                text = Rich(blank if not place else f"{blank}   ")
                part = part.lstrip()
            text.append("" if place else " = ").append(part, style)
    remark = f"({row.remark})" if row.stages and row.remark else row.remark
    if row.stages and remark and len(text) + len(remark) + 2 > width:
        yield text
        text = Rich(blank)
    for part in wrap(remark, max(width - len(text) - 2, 20)) or [""]:
        yield text.append(f"{GAP}{part}" if part else "", "dim")
        text = Rich(blank)


def _terms(stage: str) -> Iterator[str]:
    """A stage cut in front of ` + ` and ` - ` and behind commas, but never inside brackets."""
    term = ""
    for part in re.split(r"(?= [+-] )|(?<=, )", stage):
        if term and term.count("(") == term.count(")"):
            yield term
            term = ""
        term += part
    yield term


# Tables -----------------------------------------------------------------------------------------


def _table(block: Table, console: Console) -> Iterator[None]:
    """The roomiest form of a table that fits; where none does, long cells are folded, or every cell has a line.

    Control returns now and then, for what has been printed to be taken away.
    """
    shown, (widths, count) = block, _measured(block)
    for narrower in block.narrower:
        if _total(widths) <= console.width:
            break
        shown = narrower()
        widths, count = _measured(shown)
    ascii_only = not console.encoding.lower().startswith("utf")
    needed = sum(
        len(GAP) + 1 + (LEAST if column.folds else width) for column, width in zip(shown.columns, widths, strict=True)
    )
    if _total(widths) <= console.width:
        shown = _in_ascii(shown) if ascii_only else shown
        yield from _print_lines(_lines(shown, widths, "-" if ascii_only else "\u2500"), console)
    elif needed <= console.width and count <= MOST_FOLDED:
        console.print(_folded(shown, ascii_only))
    else:
        for some in _some(_records(shown)):
            console.print(Group(*some))
            yield
    if shown.exact:
        console.print(Rich(shown.exact, style="bold"))
    if shown.hidden:
        console.print(
            Rich(f"hidden on this narrow terminal: {', '.join(shown.hidden)} (--columns chooses)", style="dim")
        )
    yield


def _some(lines: Iterable[T]) -> Iterator[list[T]]:
    """Lines, many at a time."""
    rest = iter(lines)
    while some := list(islice(rest, LINES_AT_ONCE)):
        yield some


def _print_lines(lines: Iterable[Pieces], console: Console) -> Iterator[None]:
    """Print lines as segments, many at a time: rich takes its time over every text."""
    styles: dict[str, Style | None] = {"": None}
    for some in _some(lines):
        if console.color_system is None:
            segments = [Segment("".join("".join([text for _, text in pieces]) + "\n" for pieces in some))]
        else:
            segments = []
            for style, same in groupby(chain.from_iterable((*pieces, ("", "\n")) for pieces in some), FIRST):
                if style not in styles:
                    styles[style] = console.get_style(style)
                segments.append(Segment("".join([text for _, text in same]), styles[style]))
        console.print(Segments(segments), end="", crop=False)
        yield


def _in_ascii(table: Table) -> Table:
    """The table with its bars drawn in plain signs."""

    def drawn(cell: Line) -> Line:
        return tuple(Span(span.text.translate(ASCII_BARS), span.role) for span in cell)

    return table._replace(rows=Rows(lambda: (row._replace(cells=tuple(map(drawn, row.cells))) for row in table.rows)))


def _measured(table: Table) -> tuple[list[int], int]:
    """The width of every column, that of its longest cell; and how many rows there are."""
    widths = [max(column.width, len(column.title)) for column in table.columns]
    before: list[Line | None] = [None] * len(widths)
    count = 0
    for count, row in enumerate(chain(table.rows, [table.foot] if table.foot else []), start=1):  # noqa: B007
        for number, cell in enumerate(row.cells):
            if cell is not before[number]:
                before[number] = cell
                widths[number] = max(widths[number], sum(len(span.text) for span in cell))
    return widths, count


def _total(widths: list[int]) -> int:
    """Characters in a line of the table, with a margin on either side."""
    return sum(widths) + len(GAP) * (len(widths) - 1) + 2


def _lines(table: Table, widths: list[int], rule: str) -> Iterator[Pieces]:
    """The table, line by line."""
    ruled = [("dim", f" {rule * (_total(widths) - 2)}")]
    yield []
    yield _bold([column.title for column in table.columns], table, widths)
    yield ruled
    before: list[Line | None] = [None] * len(widths)
    padded: list[Pieces] = [[] for _ in widths]
    for row in table.rows:
        for number, cell in enumerate(row.cells):
            if cell is not before[number]:
                before[number] = cell
                padded[number] = _padded(cell, table.columns[number], widths[number], GAP if number else " ")
        yield _stripped(padded, STYLES.get(row.role, ""))
        for spans in row.below:
            yield [("", "     "), *_pieces(spans)]
    if table.foot:
        yield ruled
        yield _bold(list(map(plain, table.foot.cells)), table, widths)
    yield []


def _bold(texts: list[str], table: Table, widths: list[int]) -> Pieces:
    """The line of the titles, or of the totals."""
    cells = zip(texts, table.columns, widths, strict=True)
    padded = [
        _padded((Span(text, "total"),), column, width, GAP if number else " ")
        for number, (text, column, width) in enumerate(cells)
    ]
    return _stripped(padded)


def _pieces(spans: Line) -> Pieces:
    return [(STYLES.get(span.role, ""), span.text) for span in spans]


def _padded(cell: Line, column: Column, width: int, gap: str) -> Pieces:
    """A cell as wide as its column, with the gap in front of it."""
    room = " " * (width - sum(len(span.text) for span in cell))
    if column.right:
        return [("", gap + room), *_pieces(cell)]
    return [("", gap), *_pieces(cell), ("", room)]


def _stripped(cells: Iterable[Pieces], style: str = "") -> Pieces:
    """Cells side by side, without the blanks behind the last sign; `style` is that of the whole line."""
    line = [piece for cell in cells for piece in cell]
    while line and not (text := line[-1][1].rstrip()):
        line.pop()
    if line:
        line[-1] = (line[-1][0], text)
    return [(f"{style} {own}".strip(), text) for own, text in line if text] if style else line


def _records(table: Table) -> Iterator[Rich]:
    """A line a cell, for a terminal on which not even the columns that may not be folded have room."""
    columns = [(number, column) for number, column in enumerate(table.columns) if not column.decoration]
    margin = max(len(column.title) for _, column in columns)
    for row in chain(table.rows, [table.foot] if table.foot else []):
        yield Rich()
        for number, column in columns:
            if cell := _styled(row.cells[number]):
                yield Rich(f" {column.title:<{margin}}{GAP}", style="dim").append_text(cell)
        yield from (Rich("     ").append_text(_styled(spans)) for spans in row.below)
    yield Rich()


def _folded(table: Table, ascii_only: bool) -> RenderableType:
    """The table where no form of it fits: the cells that may be folded go on in the next line."""
    from rich import box
    from rich.table import Table as RichTable

    drawn = RichTable(
        box=box.ASCII if ascii_only else box.SIMPLE_HEAD, pad_edge=False, show_footer=table.foot is not None
    )
    feet = table.foot.cells if table.foot else [()] * len(table.columns)
    for column, foot in zip(table.columns, feet, strict=True):
        drawn.add_column(
            Rich(column.title),
            _styled(foot),
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=not column.folds,
        )
    for row in table.rows:
        drawn.add_row(*map(_styled, row.cells), style=STYLES.get(row.role, ""))
        for spans in row.below:
            drawn.add_row(*[Rich()] * (len(table.columns) - 1), _styled(spans))
    return drawn


WRITERS: dict[type[Block], Callable[..., None]] = {
    Heading: _heading,
    Text: _text,
    Preformatted: _preformatted,
    Equations: _equations,
    Note: _note,
    Blank: _blank,
}
