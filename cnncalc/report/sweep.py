"""A Sweep -> CSV and JSON lines a chunk at a time, or one table on a rich console."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from rich.console import Console, Group
from rich.text import Text

from cnncalc.errors import printable
from cnncalc.report import numbers
from cnncalc.report.columns import COLUMNS
from cnncalc.spec.parameters import written
from cnncalc.sweep.measures import LENGTHS, SHAPES, Measure
from cnncalc.sweep.sweep import Chunk, Sweep

MOST_ROWS = 10_000
"""Rows of the largest table; csv and jsonl have no such limit."""
UNBOUNDED = 100_000
GAP = "  "


# CSV and JSON lines ------------------------------------------------------------------------------


def csv_lines(sweep: Sweep) -> Iterator[str]:
    """The header, then the rows of every chunk: raw integers, empty cells where there is a problem."""
    yield _csv([sweep.columns])
    for chunk in sweep.chunks():
        columns = [*chunk.places, *chunk.values, chunk.problems]
        yield _csv(zip(*map(_csv_cells, _quantities(sweep), columns), strict=True))


def _quantities(sweep: Sweep) -> list[str | None]:
    """What every column measures; None for the axes and the problem."""
    return [*(None for _ in sweep.axes), *(measure.quantity for measure in sweep.measures), None]


def _csv(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _csv_cells(quantity: str | None, column: Sequence[Any]) -> Sequence[Any]:
    """A column with text for all that is no int, text or None."""
    if all(type(cell) is int for cell in column):
        return column
    return [_csv_cell(quantity, cell) for cell in column]


def _csv_cell(quantity: str | None, cell: Any) -> Any:
    if quantity is None:
        return written(cell) if isinstance(cell, tuple | bool | Fraction) else cell
    if not isinstance(cell, tuple):
        return cell
    return "x".join(map(str, cell if quantity in SHAPES or len(set(cell)) > 1 else cell[:1]))


def json_lines(sweep: Sweep) -> Iterator[str]:
    """A JSON object for every point, a line each; volumes and receptive fields as in `--format json`."""
    keys = [json.dumps(key) for key in sweep.columns]
    for chunk in sweep.chunks():
        columns = [*chunk.places, *chunk.values, chunk.problems]
        cells = [_json_cells(kind, column) for kind, column in zip(_quantities(sweep), columns, strict=True)]
        lines = (
            ", ".join(f"{key}: {cell}" for key, cell in zip(keys, row, strict=True)) for row in zip(*cells, strict=True)
        )
        yield "".join(f"{{{line}}}\n" for line in lines)


def _json_cells(quantity: str | None, column: Sequence[Any]) -> Sequence[Any]:
    if all(type(cell) is int for cell in column):
        return column
    return [json.dumps(_json(quantity, cell)) for cell in column]


def _json(quantity: str | None, cell: Any) -> Any:
    if isinstance(cell, Fraction):
        return float(cell)  # a setting as it was written, not a count
    if quantity is None or not isinstance(cell, tuple):
        return cell
    if quantity in SHAPES:
        return {"channels": cell[-1], "size": cell[:-1]}
    return [part if type(part) is int else str(part) for part in cell]


# The table ---------------------------------------------------------------------------------------


def render(sweep: Sweep, chunks: Sequence[Chunk], console: Console) -> None:
    """Print the table of all points, as wide as the console allows: brief numbers where exact ones do not fit."""
    if not console.is_terminal:
        console.width = UNBOUNDED
    rule = "\u2500" if console.encoding.lower().startswith("utf") else "-"
    rows = [row for chunk in chunks for row in chunk.rows()]
    lines: list[Text] = []
    for brief in (False, True):
        lines = list(_lines(sweep, rows, rule, brief=brief))
        if max(line.cell_len for line in lines) <= console.width:
            break
    console.print(_title(sweep))
    console.print(Group(*lines), no_wrap=True, crop=False, overflow="ignore")
    console.print(Group(*_below(sweep, len(rows))))


def _lines(sweep: Sweep, rows: Sequence[tuple[Any, ...]], rule: str, *, brief: bool) -> Iterator[Text]:
    measures: list[Measure | None] = [*(None for _ in sweep.axes), *sweep.measures]
    columns = list(zip(*rows, strict=True))
    *keys, problem = sweep.columns
    cells = [_cells(measure, column, brief=brief) for measure, column in zip(measures, columns, strict=False)]
    titles = [_heading(measure, key) for measure, key in zip(measures, keys, strict=True)]
    widths = [max(map(len, (title, *column))) for title, column in zip(titles, cells, strict=True)]
    told = any(columns[-1])
    header = GAP.join(title.rjust(width) for title, width in zip(titles, widths, strict=True))
    yield Text()
    yield Text(f" {header}{GAP + problem if told else ''}", style="bold")
    longest = max((len(text) for text in columns[-1] if text), default=0)
    yield Text(f" {rule * (len(header) + (len(GAP) + max(longest, len(problem)) if told else 0))}", style="dim")
    for number, text in enumerate(columns[-1]):
        line = Text(" ")
        for place, (column, width) in enumerate(zip(cells, widths, strict=True)):
            style = "bold" if place < len(sweep.axes) else ""
            line.append((GAP if place else "") + column[number].rjust(width), style or None)
        if text:
            line.append(GAP + printable(text), "red")
        line.rstrip()
        yield line
    yield Text()


def _heading(measure: Measure | None, key: str) -> str:
    """The title of a column, as the table of a network has it where that has the column too."""
    if measure is None:
        return key
    column = COLUMNS.get(measure.quantity)
    title = column.title if column else measure.quantity.removesuffix("_bytes").replace("_", " ")
    return f"{measure.layer} {title}" if measure.layer else title


def _cells(measure: Measure | None, column: Sequence[Any], *, brief: bool) -> list[str]:
    if measure is None:
        return [written(cell) for cell in column]
    return [_cell(measure.quantity, cell, brief=brief) for cell in column]


def _cell(quantity: str, cell: Any, *, brief: bool) -> str:
    if cell is None or isinstance(cell, str):
        return cell or ""
    if quantity in SHAPES:
        return "x".join(map(str, cell))
    if quantity in LENGTHS:
        return numbers.per_axis_text(cell) if cell else ""
    if quantity.endswith("_bytes"):
        return numbers.bytes_text(cell)
    return numbers.short(cell) if brief else numbers.exact(cell)


def _title(sweep: Sweep) -> Text:
    spec = sweep.spec
    spans = " x ".join(f"{len(axis.values):,} of {axis.key}" for axis in sweep.grid.axes)
    details = "; ".join(part for part in (f"{len(sweep):,} points: {spans}", spec.reference) if part)
    return Text(printable(spec.name), style="bold").append("  " + printable(details), style="dim not bold")


def _below(sweep: Sweep, points: int) -> Iterator[Text]:
    if sweep.solved < points:
        yield Text(f"! {points - sweep.solved:,} of {points:,} points have no numbers", style="red")
    batch = sweep.grid.batch
    counted = "1 image" if batch == 1 else "the batch of each point" if batch == "batch" else f"a batch of {batch}"
    yield Text(f"counted for {counted}: {sweep.convention.text()}; MB = 10^6 bytes", style="dim")
