"""Sweep -> one table of all points, or rows and JSON lines a chunk at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from fractions import Fraction
from functools import partial
from itertools import chain
from typing import Any, TypeAlias

from cnncalc.errors import Problem, UsageError
from cnncalc.layers import Shape, Sides
from cnncalc.limits import MOST_ROWS
from cnncalc.report import numbers
from cnncalc.report.columns import cell_text
from cnncalc.report.document import Block, Column, Heading, Note, Row, Table, document, line
from cnncalc.report.remarks import counted
from cnncalc.report.report import Options, Report
from cnncalc.spec.parameters import written
from cnncalc.sweep.measures import Measure
from cnncalc.sweep.sweep import Chunk, Sweep

SCHEMA_VERSION = 1
Kind: TypeAlias = "str | None"
"""That of the quantity in a column; None for an axis, and for the problem."""

TAKES = ("layout", "units", "notes")
"""The options of a report that it takes."""


def report(sweep: Sweep, options: Options) -> Report:
    """A row for every point."""
    return Report(
        lambda: document(sweep.setup.spec.name, _blocks(sweep, options)),
        lambda: to_dict(sweep),
        lambda: _rows(sweep),
        {"jsonl": lambda: _json_lines(sweep)},
    )


# The table ---------------------------------------------------------------------------------------


def _blocks(sweep: Sweep, options: Options) -> Iterator[Block]:
    if len(sweep) > MOST_ROWS.value:
        hint = f"take fewer points, or --format csv or jsonl, which have no limit; {MOST_ROWS.hint}"
        raise UsageError([Problem(f"a table of {len(sweep):,} rows is too long ({MOST_ROWS} at most)", None, hint)])
    rows = [row for chunk in sweep.chunks() for row in chunk.rows()]
    yield _heading(sweep)
    yield _table(sweep, rows, options)
    missing = len(rows) - sweep.solved
    if missing and options.notes != "none":
        have = "has" if missing == 1 else "have"
        yield Note("warning", f"{missing:,} of {counted(len(rows), 'point')} {have} no numbers")
    yield Note("aside", _convention_line(sweep, options.units))


def _heading(sweep: Sweep) -> Heading:
    spec = sweep.setup.spec
    spans = " x ".join(_span(axis.key, len(axis.values)) for axis in sweep.grid.axes)
    details = "; ".join(part for part in (f"{counted(len(sweep), 'point')}: {spans}", spec.reference) if part)
    return Heading(spec.name, details)


def _span(key: str, number: int) -> str:
    """`4 inputs`, `1 batch`, `3 values of width`."""
    if key in ("input", "batch"):
        plural = "" if number == 1 else "es" if key == "batch" else "s"
        return f"{number:,} {key}{plural}"
    return f"{counted(number, 'value')} of {key}"


def _table(
    sweep: Sweep, rows: Sequence[tuple[Any, ...]], options: Options, *, below: bool = False, brief: bool = False
) -> Table:
    """The table; in less room, each problem stands below its row, and then numbers are brief."""
    heads = [Column(key, right=True, folds=False) for key in sweep.axes]
    heads += [Column(measure.title, right=True, folds=False) for measure in sweep.measures]
    if not below and any(row[-1] for row in rows):
        heads.append(Column("problem"))
    axes = len(sweep.axes)

    def drawn(row: tuple[Any, ...]) -> Row:
        cells = [line((written(cell), "name")) for cell in row[:axes]]
        for measure, cell in zip(sweep.measures, row[axes:-1], strict=True):
            cells.append(line(_text(measure, cell, options, brief=brief)))
        problem = line((row[-1] or "", "wrong"))
        if below:
            return Row(tuple(cells), below=(problem,) if row[-1] else ())
        return Row((*cells, problem)[: len(heads)])

    narrower = [partial(_table, sweep, rows, options, below=True, brief=brief) for brief in (False, True)]
    return Table(tuple(heads), tuple(map(drawn, rows)), narrower=() if below else tuple(narrower))


def _text(measure: Measure, cell: Any, options: Options, *, brief: bool) -> str:
    shown = Shape(cell[-1], *cell[:-1]) if measure.kind == "shape" and cell else cell
    return cell_text(measure.kind, shown, brief=brief, units=options.units, layout=options.layout)


def _convention_line(sweep: Sweep, units: str = "auto") -> str:
    batch = sweep.grid.batch
    images = "1 image" if batch == 1 else "the batch of each point" if batch == "batch" else f"a batch of {batch}"
    memory = f"; {numbers.bytes_unit(units)}" if any(measure.kind == "bytes" for measure in sweep.measures) else ""
    return f"counted for {images}: {sweep.setup.convention.text()}{memory}"


# Rows and JSON -----------------------------------------------------------------------------------


def _columns(sweep: Sweep, chunk: Chunk) -> Iterator[tuple[Kind, Sequence[Any]]]:
    """Every column of a chunk, and what its cells are."""
    kinds: list[Kind] = [*(None for _ in sweep.axes), *(measure.kind for measure in sweep.measures), None]
    return zip(kinds, (*chunk.places, *chunk.values, chunk.problems), strict=True)


def _rows(sweep: Sweep) -> Iterator[Sequence[Any]]:
    """The header, then a row for every point: raw integers, empty cells if there is a problem."""
    return chain([sweep.columns], chain.from_iterable(_raw_rows(sweep, chunk) for chunk in sweep.chunks()))


def _raw_rows(sweep: Sweep, chunk: Chunk) -> Iterator[Sequence[Any]]:
    columns = (
        column if _plain(column) else [_raw_cell(kind, cell) for cell in column]
        for kind, column in _columns(sweep, chunk)
    )
    return zip(*columns, strict=True)


def _plain(column: Sequence[Any]) -> bool:
    return all(type(cell) is int for cell in column)


def _raw_cell(kind: Kind, cell: Any) -> Any:
    if kind is None:
        return written(cell) if isinstance(cell, tuple | bool | Fraction) else cell
    if not isinstance(cell, tuple):
        return cell
    between = " x " if any(isinstance(part, Sides) for part in cell) else "x"
    return between.join(map(str, cell if kind == "shape" or len(set(cell)) > 1 else cell[:1]))


def to_dict(sweep: Sweep) -> dict[str, Any]:
    """The sweep as plain data, version 1: the cells of a point are those of its line of `--format jsonl`."""
    chunks = sweep.chunks()
    first = next(chunks)  # what is wrong with the question is known before anything is written
    return {
        "schema_version": SCHEMA_VERSION,
        "name": sweep.setup.spec.key,
        "points": _points(sweep, chain([first], chunks)),
        "convention": _convention_line(sweep),
    }


def _points(sweep: Sweep, chunks: Iterable[Chunk]) -> Iterator[dict[str, Any]]:
    for chunk in chunks:
        columns = ([_data(kind, cell) for cell in column] for kind, column in _columns(sweep, chunk))
        for row in zip(*columns, strict=True):
            yield dict(zip(sweep.columns, row, strict=True))


def _json_lines(sweep: Sweep) -> Iterator[str]:
    """A JSON object for every point, a line each; volumes and receptive fields as in `--format json`."""
    keys = [json.dumps(key) for key in sweep.columns]
    for chunk in sweep.chunks():
        columns = (
            column if _plain(column) else [json.dumps(_data(kind, cell)) for cell in column]
            for kind, column in _columns(sweep, chunk)
        )
        lines = (
            ", ".join(f"{key}: {cell}" for key, cell in zip(keys, row, strict=True))
            for row in zip(*columns, strict=True)
        )
        yield "".join(f"{{{text}}}\n" for text in lines)


def _data(kind: Kind, cell: Any) -> Any:
    if isinstance(cell, Fraction):
        return float(cell)  # a setting as it was written, not a count
    if kind is None or not isinstance(cell, tuple):
        return cell
    if kind == "shape":
        return {"channels": cell[-1], "size": cell[:-1]}
    parts = (astuple(part) if isinstance(part, Sides) else part for part in cell)
    return [part if type(part) in (int, tuple) else str(part) for part in parts]
