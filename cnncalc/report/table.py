"""Analysis -> the table on a rich console: wide or narrow, in colour or in a log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.text import Text

from cnncalc.analysis import Analysis
from cnncalc.errors import printable
from cnncalc.report.columns import TABLE, Column
from cnncalc.report.grid import GAP, Cell, Grid, GridColumn, Layout, total_width
from cnncalc.report.remarks import convention_line, notes, remarks, summary
from cnncalc.report.rows import Row, input_row, rows

UNBOUNDED = 100_000
GIVEN_UP = ("type", "receptive_field", "memory_bytes")
"""The columns that a narrow terminal does without, the first of them first."""

LAYOUTS = (
    Layout(),
    Layout(bars=False),
    Layout(bars=False, brief=True),
    Layout(bars=False, shares=False, brief=True),
    *(Layout(bars=False, shares=False, brief=True, dropped=GIVEN_UP[: count + 1]) for count in range(len(GIVEN_UP))),
)


def render(
    analysis: Analysis, console: Console, columns: list[Column], depth: int = 1, *, channels_first: bool = False
) -> None:
    """Print the table, its remarks and its convention, as wide as the console allows."""
    lines = [input_row(analysis), *rows(analysis, depth)]
    width = console.width
    if not console.is_terminal:
        width = console.width = UNBOUNDED  # a log or a file takes lines of any length: nothing is cut or folded
    ascii_only = not console.encoding.lower().startswith("utf")
    grid = Grid(analysis, lines, columns, ascii_only=ascii_only, channels_first=channels_first)
    layout, shown = _fitting(grid, width)
    console.print(_title(analysis))
    if total_width(shown) <= width:
        # One text a line: rich takes its time over every cell of a table of its own.
        console.print(Group(*_lines(lines, shown, "-" if ascii_only else "\u2500")), no_wrap=True, crop=False)
    else:
        console.print(_folded(lines, shown, ascii_only))
    console.print(Group(*_below(analysis, layout)))


def _fitting(grid: Grid, width: int) -> tuple[Layout, list[GridColumn]]:
    """The roomiest layout that fits, else the narrowest; columns asked for by name are never dropped."""
    usual = tuple(column.key for column in grid.columns) == TABLE
    layouts = [layout for layout in LAYOUTS if usual or not layout.dropped]
    for layout in layouts:
        shown = grid.laid_out(layout)
        if total_width(shown) <= width:
            break
    return layout, shown


def _lines(lines: list[Row], columns: list[GridColumn], rule: str) -> Iterator[Text]:
    """The table, a text a line."""
    ruled = Text(f" {rule * (total_width(columns) - 2)}", style="dim")
    yield Text()
    yield _line(columns, (column.header for column in columns))
    yield ruled
    for number, line in enumerate(lines):
        yield _line(columns, (column.cells[number] for column in columns), "dim" if line.source else "")
    yield ruled
    yield _line(columns, (column.foot for column in columns))
    yield Text()


def _line(columns: list[GridColumn], cells: Iterable[Cell], style: str = "") -> Text:
    """Cells side by side, each as wide as its column."""
    text = Text(" ", style=style)
    blank = 0
    for column, cell in zip(columns, cells, strict=True):
        text.append(" " * blank)
        for piece, piece_style in cell:
            text.append(piece, piece_style or None)
        blank = column.width - sum(len(piece) for piece, _ in cell) + len(GAP)
    text.rstrip()
    return text


def _folded(lines: list[Row], columns: list[GridColumn], ascii_only: bool) -> RenderableType:
    """The table where no layout fits: long cells go on in the next line."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.ASCII if ascii_only else box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    for column in columns:
        justify = "right" if column.numeric else "left"
        header, foot = _stripped(column.header), _stripped(column.foot)
        table.add_column(header, foot, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for number, line in enumerate(lines):
        table.add_row(*(_stripped(column.cells[number]) for column in columns), style="dim" if line.source else "")
    return table


def _stripped(cell: Cell) -> Text:
    return Text.assemble(*((piece.strip(), style) for piece, style in cell))


def _title(analysis: Analysis) -> Text:
    graph = analysis.graph
    title = Text(printable(graph.title or graph.name), style="bold")
    details = [part for part in (graph.about, f"input {graph.input}", graph.reference) if part]
    return title.append("  " + printable("; ".join(details)), style="dim not bold")


def _below(analysis: Analysis, layout: Layout) -> Iterator[RenderableType]:
    """The lines under the table."""
    for remark in remarks(analysis):
        yield Text(f"* {remark}", style="yellow")
    for line in summary(analysis):
        yield Text(f"* {line}")
    for note in notes(analysis):
        yield Text(f"! {note}", style="red")
    if layout.dropped:
        yield Text(f"hidden for want of room: {', '.join(layout.dropped)} (--columns chooses)", style="dim")
    yield Text(convention_line(analysis), style="dim")
