"""Applied -> text: the input, the window on it and the sum of every cell, the output; or the same as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.apply.applied import Applied, Cell, Term
from cnncalc.apply.matrix import Matrix, Number
from cnncalc.explain.working import explain_layer
from cnncalc.report.formula_text import stages
from cnncalc.report.remarks import misfits_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SCHEMA_VERSION = 1
INDENT = "  "
AXES = {1: ("places",), 2: ("rows", "columns")}
ROW = re.compile(r"\[\n[-0-9/\",\s]*\]")
MOST_PLACES = 40
"""A decimal with more places than this is written as a fraction."""


def render(applied: Applied, console: Console) -> None:
    """Print the blackboard; lines are as long as they are."""
    for line in texts(applied):
        console.print(line, soft_wrap=True)


def texts(applied: Applied) -> Iterator[Text]:
    """The blackboard line by line."""
    from rich.text import Text

    source, result = applied.input, applied.matrix
    yield Text.assemble((applied.name, "bold"), f"  {_size(source)} -> {_size(result)}  ", (_about(applied), "dim"))
    yield from _titled("input", grid(source))
    if applied.kernel and applied.weights:
        yield from _titled("kernel", grid(applied.kernel))
        if applied.operation.turned:
            yield from _titled("kernel, turned by 180 degrees", grid(applied.weights))
    yield Text()
    yield from (Text(f"{INDENT}{line}", "cyan") for line in size_lines(applied))
    yield from (Text(f"{INDENT}! {note}", "red") for note in misfits_of(applied.analysis, applied.name))
    yield from _titled("working", ())
    for cell in applied.cells:
        symbol, *equals = working(applied, cell)
        yield Text.assemble(f"{INDENT}{symbol} = ", " = ".join(equals), (f"  ({window(cell)})", "dim"))
    yield from (Text(f"{INDENT}* {note}", "yellow") for note in remarks(applied))
    yield from _titled("output", grid(result), "bold green")


def _titled(title: str, lines: Sequence[str], style: str = "") -> Iterator[Text]:
    from rich.text import Text

    yield Text()
    yield Text(title, "bold")
    yield from (Text(f"{INDENT}{line}", style) for line in lines)


def _size(matrix: Matrix) -> str:
    return "x".join(map(str, matrix.size))


def _about(applied: Applied) -> str:
    about = applied.operation.about
    given = applied.layer.given()
    skipped = ("kernel", "filters", "bias") if applied.kernel else ()
    keys = [f"{key} {_written(value)}" for key, value in given.items() if key not in skipped]
    return f"{about}; {', '.join(keys)}" if keys else about


def _written(value: Any) -> str:
    if isinstance(value, list):
        return "x".join(_written(part) if not isinstance(part, list) else "+".join(map(str, part)) for part in value)
    return str(value)


def grid(matrix: Matrix) -> list[str]:
    """The rows of a matrix, its columns flush right; one that reads it again reads the same."""
    rows = [[number(value) for value in row] for row in matrix.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{text:>{width}}" for text, width in zip(row, widths, strict=True)) for row in rows]
    return [f"[[{lines[0]}]]"] if len(matrix.size) == 2 and len(lines) == 1 else lines


def size_lines(applied: Applied) -> Iterator[str]:
    """`H' = W' = (W - F)/S + 1 = (4 - 2)/2 + 1 = 2`: the layer's own rule, with the numbers put in."""
    (layer,) = applied.analysis.layers
    for step in explain_layer(applied.analysis, layer).steps:
        if step.quantity == "output" and step.result is not None and not step.symbol.startswith("C"):
            found = dict.fromkeys([*stages(step.tree), str(step.result)])
            yield " = ".join((*step.also, step.symbol, *found))


def remarks(applied: Applied) -> Iterator[str]:
    """What became of the numbers that are not the input's."""
    if applied.operation.summary == "max" and any(map(any, applied.margins)):
        yield "the padding takes no part in the maximum"
    if applied.operation.summary == "mean" and any(map(any, applied.margins)):
        yield (
            "the zeros of the padding count in the mean"
            if applied.counts_padding
            else ("the padding does not count in the mean")
        )


# Numbers ----------------------------------------------------------------------------------------


def number(value: Number) -> str:
    """An exact number: `3`, `24.75`, and `1/3` where no decimal is exact."""
    if isinstance(value, int):
        return str(value)
    places = next((places for places in range(1, MOST_PLACES + 1) if 10**places % value.denominator == 0), 0)
    if not places:
        return str(value)
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def roughly(value: Number) -> str:
    """A fraction with no exact decimal, to three places: `0.333`."""
    thousandths = (2000 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return f"{'-' if value < 0 and thousandths else ''}{thousandths // 1000}.{thousandths % 1000:03d}"


def working(applied: Applied, cell: Cell) -> list[str]:
    """`out[0,0]`, `max(99, 81, 93, 25)`, `99`: a cell, its sum, and what that comes to."""
    symbol = f"out[{','.join(map(str, cell.place))}]"
    if applied.operation.summary == "max":
        found = [f"max({', '.join(number(term.value) for term in cell.terms)})"]
    elif applied.operation.summary == "mean":
        found = _mean(cell)
    else:
        found = [" + ".join(_term(term, alone=len(cell.terms) == 1) for term in cell.terms)]
    *others, last = dict.fromkeys([symbol, *found, str(cell.value), number(cell.value)])
    return [*others, f"{last} ~= {roughly(cell.value)}" if "/" in number(cell.value) else last]


def _mean(cell: Cell) -> list[str]:
    count = len(cell.terms)
    total = number(sum(term.value for term in cell.terms))
    terms = " + ".join(_term(term, alone=count == 1) for term in cell.terms)
    if count == 1:
        return [terms]
    return [f"({terms})/{count}", f"({total})/{count}" if "/" in total or "-" in total else f"{total}/{count}"]


def _term(term: Term, *, alone: bool) -> str:
    if term.weight is None:
        return number(term.value) if alone else _factor(term.value)
    return f"{_factor(term.value)}*{_factor(term.weight)}"


def _factor(value: Number) -> str:
    text = number(value)
    return f"({text})" if "/" in text or text.startswith("-") else text


def window(cell: Cell) -> str:
    """`rows 0 to 1, columns 0 to 1`: where a window lies; in steps of 2 for a dilation of 2."""
    names = AXES[len(cell.window)]
    return ", ".join(_stretch(name, places) for name, places in zip(names, cell.window, strict=True))


def _stretch(name: str, places: range) -> str:
    if len(places) == 1:
        return f"{name.removesuffix('s')} {places[0]}"
    return f"{name} {places[0]} to {places[-1]}" + (f" by {places.step}" if places.step > 1 else "")


# Data -------------------------------------------------------------------------------------------


def to_json(applied: Applied) -> str:
    """The working as JSON: integers as they are, fractions as the strings `"149/2"`."""
    kernel, weights = applied.kernel, applied.weights
    data = {
        "schema_version": SCHEMA_VERSION,
        "operation": applied.name,
        "keys": {key: value for key, value in applied.layer.given().items() if key not in ("filters", "bias")},
        "padding": [list(pair) for pair in applied.margins],
        "input": _matrix(applied.input),
        "kernel": _matrix(kernel) if kernel else None,
        "kernel_as_applied": _matrix(weights) if weights else None,
        "output": _matrix(applied.matrix),
        "cells": [_cell(applied, cell) for cell in applied.cells],
        "notes": [*misfits_of(applied.analysis, applied.name), *remarks(applied)],
    }
    dumped = json.dumps(data, indent=1)
    rows_in_a_line = ROW.sub(lambda row: " ".join(row[0].split()).replace("[ ", "[").replace(" ]", "]"), dumped)
    return f"{rows_in_a_line}\n"


def _matrix(matrix: Matrix) -> dict[str, Any]:
    rows = [[_exact(value) for value in row] for row in matrix.rows]
    return {"size": list(matrix.size), "values": rows if len(matrix.size) > 1 else rows[0]}


def _exact(value: Number) -> int | str:
    return value if isinstance(value, int) else str(value)


def _cell(applied: Applied, cell: Cell) -> dict[str, Any]:
    return {
        "place": list(cell.place),
        "window": [list(places) for places in cell.window],
        "working": " = ".join(working(applied, cell)[1:]),
        "value": _exact(cell.value),
    }
