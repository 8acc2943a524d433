"""Rows and columns -> a grid of styled cells, each column as wide as its widest cell.

The space a table takes is known here before anything is drawn, so that a narrow terminal can
be given less.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from cnncalc.analysis import Analysis
from cnncalc.report import numbers
from cnncalc.report.columns import Column, total
from cnncalc.report.rows import Row
from cnncalc.symbolic import is_known

BAR = 6
EIGHTHS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"
FULL = "\u2588"
STYLES = {"layer": "bold", "type": "cyan", "output": "green", "receptive_field": "magenta"}
BAR_STYLES = {"params": "blue", "macs": "red", "flops": "red"}
GAP = "  "
STORED = ("weights", "biases", "params", "buffers")
"""Columns that a convention may print in thousands of its own."""

Cell: TypeAlias = "list[tuple[str, str]]"
"""Pieces of text, each with its style."""


class Layout(NamedTuple):
    """How much room a table takes: bars or not, shares or not, exact counts or brief ones."""

    bars: bool = True
    shares: bool = True
    brief: bool = False
    dropped: tuple[str, ...] = ()


class GridColumn(NamedTuple):
    """A column laid out: its cells from the header to the total, all of one width."""

    width: int
    numeric: bool
    header: Cell
    cells: list[Cell]
    foot: Cell


class Grid:
    """The values of a table, to be laid out as often as it takes to find what fits."""

    def __init__(
        self, analysis: Analysis, lines: list[Row], columns: list[Column], *, ascii_only: bool, channels_first: bool
    ) -> None:
        self.lines = lines
        self.columns = columns
        self.ascii_only = ascii_only
        self.channels_first = channels_first
        self.thousand = analysis.convention.thousand
        self.values = {column.key: [column.value(line) for line in lines] for column in columns}
        self.totals = {column.key: total(analysis, column) for column in columns}
        # A column of shares tells nothing where all is symbolic.
        self.shared = {column.key for column in columns if column.shares and is_known(self.totals[column.key])}

    def laid_out(self, layout: Layout) -> list[GridColumn]:
        """The columns that a layout shows."""
        return [self._column(column, layout) for column in self.columns if column.key not in layout.dropped]

    def _column(self, column: Column, layout: Layout) -> GridColumn:
        texts = [self._text(column, value, layout) for value in self.values[column.key]]
        labelled = column is self.columns[0] and self.totals[column.key] is None
        foot = "total" if labelled else self._text(column, self.totals[column.key], layout)
        width = max(map(len, (*texts, foot, column.title)))
        style = STYLES.get(column.key, "")
        cells: list[Cell] = [
            [(self._padded(text, width, column), "dim" if value == 0 else style)]
            for text, value in zip(texts, self.values[column.key], strict=True)
        ]
        header: Cell = [(self._padded(column.title, width, column), "bold")]
        footer: Cell = [(self._padded(foot, width, column), "bold")]
        if layout.shares and column.key in self.shared:
            header.append((f"{'%':>7}", "bold"))
            for cell, value in zip(cells, self.values[column.key], strict=True):
                cell += self._share(column, value, layout)
            width += 7 + (2 + BAR if layout.bars else 0)
        return GridColumn(width, column.numeric, header, cells, footer)

    def _share(self, column: Column, value: Any, layout: Layout) -> Iterator[tuple[str, str]]:
        """The percentage of a count, and its bar."""
        whole = self.totals[column.key]
        yield f"{numbers.percent(value, whole):>7}", "dim"
        if layout.bars:
            yield f"{GAP}{self._bar(value, whole)}", BAR_STYLES.get(column.key, "yellow")

    @staticmethod
    def _padded(text: str, width: int, column: Column) -> str:
        return text.rjust(width) if column.numeric else text

    def _text(self, column: Column, value: Any, layout: Layout) -> str:
        if value is None:
            return ""
        if column.key in ("input", "output"):
            return str(value.text(channels_first=self.channels_first))
        if column.key in STORED and self.thousand != 1000:
            return numbers.in_thousands(value, self.thousand)
        return column.brief(value) if layout.brief and column.brief else column.write(value)

    def _bar(self, part: Any, whole: Any) -> str:
        if not is_known(part, whole) or not whole:
            return ""
        eighths = (2 * 8 * BAR * part + whole) // (2 * whole)
        if self.ascii_only:
            return "#" * int((eighths + 4) // 8)
        full, rest = divmod(int(eighths), 8)
        return FULL * full + (EIGHTHS[rest] if rest else "")


def total_width(columns: list[GridColumn]) -> int:
    """Characters in a line of the table."""
    return sum(column.width for column in columns) + len(GAP) * (len(columns) - 1) + 2
