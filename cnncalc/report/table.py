"""Analysis -> a rich table: wide or narrow, in colour or in a log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from cnncalc.analysis import Analysis
from cnncalc.report import numbers
from cnncalc.report.columns import TABLE, Column, total
from cnncalc.report.remarks import convention_line, notes, remarks, summary
from cnncalc.report.rows import ALL, Row, input_row, rows
from cnncalc.symbolic import is_known

BAR = 6
UNBOUNDED = 100_000
EIGHTHS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"
FULL = "\u2588"
STYLES = {"layer": "bold", "type": "cyan", "output": "green", "receptive_field": "magenta"}
GIVEN_UP = ("type", "receptive_field", "memory_bytes")
"""The columns that a narrow terminal does without, the first of them first."""


class Layout(NamedTuple):
    """How much room a table takes: bars or not, shares or not, exact counts or brief ones."""

    bars: bool = True
    shares: bool = True
    brief: bool = False
    dropped: tuple[str, ...] = ()
    fits: bool = True
    """Whether every cell has its room; where not, long ones are folded."""


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
    width = console.width if console.is_terminal else None
    if width is None:
        console.width = UNBOUNDED  # a log or a file takes lines of any length: nothing is cut or folded
    builder = _TableBuilder(analysis, lines, columns, ascii_only=_ascii_only(console), channels_first=channels_first)
    table, layout = builder.fitting(console, width)
    console.print(Group(_title(analysis), table, *_below(analysis, layout)))


def _ascii_only(console: Console) -> bool:
    return not console.encoding.lower().startswith("utf")


def _title(analysis: Analysis) -> Text:
    graph = analysis.graph
    title = Text(graph.title or graph.name, style="bold")
    details = [part for part in (graph.about, f"input {graph.input}", graph.reference) if part]
    return title.append("  " + "; ".join(details), style="dim not bold")


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


class _TableBuilder:
    """Makes the table in one layout after the other, until one fits.

    A count, its share and its bar are one cell, and the space between columns is part of the
    cells: rich takes its time over every cell and every padding.
    """

    def __init__(
        self, analysis: Analysis, lines: list[Row], columns: list[Column], *, ascii_only: bool, channels_first: bool
    ) -> None:
        self.lines = lines
        self.columns = columns
        self.ascii_only = ascii_only
        self.channels_first = channels_first
        self.values = {column.key: [column.value(line) for line in lines] for column in columns}
        self.totals = {column.key: total(analysis, column) for column in columns}
        # A column of shares tells nothing where all is symbolic.
        self.shared = {column.key for column in columns if column.shares and is_known(self.totals[column.key])}

    def fitting(self, console: Console, width: int | None) -> tuple[Table, Layout]:
        """The roomiest table that fits `width`; the roomiest of all for None."""
        usual = tuple(column.key for column in self.columns) == TABLE
        # Columns that were asked for by name are never dropped.
        layouts = [layout for layout in LAYOUTS if usual or not layout.dropped]
        for layout in layouts:
            table = self.table(layout)
            if width is None:
                return table, layout
            if Measurement.get(console, console.options.update(width=UNBOUNDED), table).maximum <= width:
                return table, layout
        return self.table(layouts[-1]._replace(fits=False)), layouts[-1]

    def table(self, layout: Layout) -> Table:
        """The table in one layout."""
        table = Table(box=box.ASCII if self.ascii_only else box.SIMPLE_HEAD, padding=0, show_footer=True)
        shown = [column for column in self.columns if column.key not in layout.dropped]
        cells = []
        for column in shown:
            foot = "total" if column is shown[0] else self._text(column, self.totals[column.key], layout)
            texts = [self._text(column, value, layout) for value in self.values[column.key]]
            share = layout.shares and column.key in self.shared
            header = Text(column.title.rjust(max(map(len, (*texts, foot)))) if share else column.title)
            if share:
                header.append(f"{'%':>7}")
            table.add_column(
                Text(" ").append_text(header) if column.numeric else header.append(" "),
                Text(f" {foot}" if column.numeric else f"{foot} ", style="bold"),
                justify="right" if column.numeric and not share else "left",
                style=STYLES.get(column.key, ""),
                overflow="fold",
                no_wrap=layout.fits,
            )
            cells.append(self._shares(column, texts, foot, layout) if share else self._plain(column, texts))
        for line, row in zip(self.lines, zip(*cells, strict=True), strict=True):
            table.add_row(*row, style="dim" if line.source else "")
        return table

    def _plain(self, column: Column, texts: list[str]) -> list[Text]:
        """Cells of a column without shares; nothing stands out less than 0."""
        return [
            Text(f" {text}" if column.numeric else f"{text} ", style="dim" if value == 0 else "")
            for text, value in zip(texts, self.values[column.key], strict=True)
        ]

    def _shares(self, column: Column, texts: list[str], foot: str, layout: Layout) -> list[Text]:
        """Cells of a column with shares: the count, its percentage, and a bar."""
        width = max(map(len, (*texts, foot, column.title)))
        whole = self.totals[column.key]
        cells = []
        for text, value in zip(texts, self.values[column.key], strict=True):
            cell = Text(f" {text:>{width}}", style="dim" if value == 0 else "")
            cell.append(f"{numbers.percent(value, whole):>7}", style="dim")
            if layout.bars:
                cell.append(f"  {self._bar(value, whole):<{BAR}}", style=_bar_style(column.key))
            cells.append(cell)
        return cells

    def _text(self, column: Column, value: Any, layout: Layout) -> str:
        if value is None:
            return ""
        if column.key in ("input", "output"):
            return str(value.text(channels_first=self.channels_first))
        return column.brief(value) if layout.brief and column.brief else column.write(value)

    def _bar(self, part: Any, whole: Any) -> str:
        if not is_known(part, whole) or not whole:
            return ""
        eighths = (2 * 8 * BAR * part + whole) // (2 * whole)
        if self.ascii_only:
            return "#" * int((eighths + 4) // 8)
        full, rest = divmod(int(eighths), 8)
        return FULL * full + (EIGHTHS[rest] if rest else "")


def _bar_style(key: str) -> str:
    return {"params": "blue", "macs": "red", "flops": "red"}.get(key, "yellow")


def print_table(analysis: Analysis, console: Console | None = None, depth: int = ALL) -> None:
    """Print the default table of an analysis: what the command line prints."""
    from cnncalc.report.columns import choose

    render(analysis, console or Console(), choose(None, TABLE), depth)
