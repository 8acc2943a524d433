"""Analysis -> a rich table: wide or narrow, in colour or in a log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Layout:
    """How much room a table takes: bars or not, shares or not, exact counts or brief ones."""

    bars: bool = True
    shares: bool = True
    brief: bool = False
    dropped: tuple[str, ...] = ()


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
    """Makes the table in one layout after the other, until one fits."""

    def __init__(
        self, analysis: Analysis, lines: list[Row], columns: list[Column], *, ascii_only: bool, channels_first: bool
    ) -> None:
        self.lines = lines
        self.columns = columns
        self.ascii_only = ascii_only
        self.channels_first = channels_first
        self.totals = {column.key: total(analysis, column) for column in columns}
        # A column of shares tells nothing where all is symbolic.
        self.shared = {column.key for column in columns if column.shares and is_known(self.totals[column.key])}

    def fitting(self, console: Console, width: int | None) -> tuple[Table, Layout]:
        """The roomiest table that fits `width`; the roomiest of all for None."""
        chosen = tuple(column.key for column in self.columns)
        for layout in LAYOUTS:
            # Columns that were asked for by name are never dropped.
            if layout.dropped and chosen != TABLE:
                break
            table = self.table(layout)
            if (
                width is None
                or Measurement.get(console, console.options.update(width=UNBOUNDED), table).maximum <= width
            ):
                return table, layout
        return table, layout

    def table(self, layout: Layout) -> Table:
        table = Table(box=box.ASCII if self.ascii_only else box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
        shown = [column for column in self.columns if column.key not in layout.dropped]
        for column in shown:
            foot = "total" if column is shown[0] else self._text(column, self.totals[column.key], layout)
            style = STYLES.get(column.key, "")
            justify: Any = "right" if column.numeric else "left"
            table.add_column(column.title, Text(foot, style="bold"), justify=justify, style=style, overflow="fold")
            if self._has_share(column, layout):
                table.add_column("%", "", justify="right", style="dim")
            if self._has_share(column, layout) and layout.bars:
                table.add_column("", "", style=_bar_style(column.key), width=BAR)
        for line in self.lines:
            table.add_row(*self._cells(line, shown, layout), style="dim" if line.source else "")
        return table

    def _has_share(self, column: Column, layout: Layout) -> bool:
        return layout.shares and column.key in self.shared

    def _cells(self, line: Row, shown: list[Column], layout: Layout) -> Iterator[Text]:
        for column in shown:
            value = column.value(line)
            yield Text(self._text(column, value, layout), style="dim" if value == 0 else "")
            if self._has_share(column, layout):
                yield Text(numbers.percent(value, self.totals[column.key]))
            if self._has_share(column, layout) and layout.bars:
                yield Text(self._bar(value, self.totals[column.key]))

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
