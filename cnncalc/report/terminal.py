"""Document -> a rich console: wide or narrow, in colour or in a log; or plain text as wide as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from io import StringIO

from rich.console import Console, Group, RenderableType
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
    Span,
    Table,
    Text,
)
from cnncalc.report.report import Options, Report

ASCII_BARS = {0x2588: "#"} | {code: "#" if code < 0x258D else "" for code in range(0x2589, 0x2590)}
"""Bars of eighths in plain signs: a half and more is drawn."""
UNBOUNDED = 100_000
"""The width of a log or a file, which takes lines of any length: nothing in it is cut or folded."""
GAP = "  "
LEAST = 8
"""Characters that a column is left with when its cells fold."""
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
    write(report.document(), Console(file=file, width=UNBOUNDED, color_system=None, force_terminal=False))
    yield file.getvalue()


def write(document: Document, console: Console) -> None:
    """Print a document, as wide as the console allows."""
    if not console.is_terminal:
        console.width = UNBOUNDED
    for block in document.blocks:
        WRITERS[type(block)](block, console)


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


def _table(block: Table, console: Console) -> None:
    """The roomiest form of a table that fits; where none does, long cells are folded, or every cell has a line."""
    shown, widths = block, _widths(block)
    for narrower in block.narrower:
        if _total(widths) <= console.width:
            break
        shown = narrower()
        widths = _widths(shown)
    ascii_only = not console.encoding.lower().startswith("utf")
    if _total(widths) <= console.width:
        # One text a line: rich takes its time over every cell of a table of its own.
        shown = _in_ascii(shown) if ascii_only else shown
        lines = _lines(shown, widths, "-" if ascii_only else "\u2500")
        console.print(Group(*lines), no_wrap=True, crop=False, overflow="ignore")
    else:
        needed = sum(
            len(GAP) + 1 + (LEAST if column.folds else width)
            for column, width in zip(shown.columns, widths, strict=True)
        )
        console.print(_folded(shown, ascii_only) if needed <= console.width else Group(*_records(shown)))
    if shown.exact:
        console.print(Rich(shown.exact, style="bold"))
    if shown.hidden:
        console.print(
            Rich(f"hidden on this narrow terminal: {', '.join(shown.hidden)} (--columns chooses)", style="dim")
        )


def _in_ascii(table: Table) -> Table:
    """The table with its bars drawn in plain signs."""

    def drawn(cell: Line) -> Line:
        return tuple(Span(span.text.translate(ASCII_BARS), span.role) for span in cell)

    return table._replace(rows=tuple(row._replace(cells=tuple(map(drawn, row.cells))) for row in table.rows))


def _widths(table: Table) -> list[int]:
    """The width of every column: that of its longest cell."""
    rows = [*table.rows, *([table.foot] if table.foot else [])]
    return [
        max([column.width, len(column.title), *(_length(row.cells[number]) for row in rows)])
        for number, column in enumerate(table.columns)
    ]


def _length(spans: Line) -> int:
    return sum(len(span.text) for span in spans)


def _total(widths: list[int]) -> int:
    """Characters in a line of the table, with a margin on either side."""
    return sum(widths) + len(GAP) * (len(widths) - 1) + 2


def _lines(table: Table, widths: list[int], rule: str) -> Iterator[Rich]:
    """The table, a text a line."""
    ruled = Rich(f" {rule * (_total(widths) - 2)}", style="dim")
    yield Rich()
    yield _row(table.columns, widths, ((("bold", column.title),) for column in table.columns))
    yield ruled
    for row in table.rows:
        yield _row(table.columns, widths, map(_pairs, row.cells), STYLES.get(row.role, ""))
        for spans in row.below:
            yield Rich("     ").append_text(_styled(spans))
    if table.foot:
        yield ruled
        cells = ((("bold", "".join(span.text for span in cell)),) for cell in table.foot.cells)
        yield _row(table.columns, widths, cells)
    yield Rich()


def _pairs(spans: Line) -> Iterable[tuple[str, str]]:
    return ((STYLES.get(span.role, ""), span.text) for span in spans)


def _row(
    columns: Iterable[Column], widths: list[int], cells: Iterable[Iterable[tuple[str, str]]], style: str = ""
) -> Rich:
    """Cells side by side, each as wide as its column."""
    text = Rich(" ", style=style)
    blank = 0
    for column, width, cell in zip(columns, widths, cells, strict=True):
        pieces = list(cell)
        room = width - sum(len(piece) for _, piece in pieces)
        text.append(" " * (blank + (room if column.right else 0)))
        for piece_style, piece in pieces:
            text.append(piece, piece_style or None)
        blank = len(GAP) + (0 if column.right else room)
    text.rstrip()
    return text


def _records(table: Table) -> Iterator[Rich]:
    """A line a cell, for a terminal on which not even the columns that may not be folded have room."""
    columns = [(number, column) for number, column in enumerate(table.columns) if not column.decoration]
    margin = max(len(column.title) for _, column in columns)
    for row in (*table.rows, *([table.foot] if table.foot else [])):
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
    Table: _table,
    Blank: _blank,
}
