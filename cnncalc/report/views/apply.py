"""Applied -> the input, the window on it and the sum of every cell, the output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cnncalc.apply.applied import Applied, Cell, Term
from cnncalc.apply.judged import Judged
from cnncalc.apply.matrix import Matrix, Number
from cnncalc.explain.working import explain_layer
from cnncalc.report.document import Blank, Block, Equation, Equations, Heading, Note, Preformatted, document
from cnncalc.report.remarks import misfits_of
from cnncalc.report.report import Options, Report
from cnncalc.report.working_line import aligned, equation

SCHEMA_VERSION = 1
INDENT = "  "
AXES = {1: ("places",), 2: ("rows", "columns")}
MOST_WRONG = 10
"""Wrong numbers of an answer that are named."""
MOST_PLACES = 40
"""A decimal with more places than this is written as a fraction."""


def report(applied: Applied, options: Options) -> Report:
    """The working of every cell; the format `matrix` is the output alone, which can be read again."""
    return Report(
        lambda: document(applied.name, _blocks(applied)),
        lambda: _data(applied),
        own={"matrix": lambda: (f"{row}\n" for row in grid(applied.matrix))},
    )


def _blocks(applied: Applied) -> Iterator[Block]:
    source, result = applied.input, applied.matrix
    yield Heading(applied.name, f"{_size(source)} -> {_size(result)}  {_about(applied)}")
    yield from _titled("input", source)
    if applied.kernel and applied.weights:
        yield from _titled("kernel", applied.kernel)
        if applied.operation.turned:
            yield from _titled("kernel, turned by 180 degrees", applied.weights)
    yield Blank()
    yield Equations(tuple(_sizes(applied)))
    yield from (Note("warning", note) for note in misfits_of(applied.analysis, applied.name))
    yield Blank()
    yield Heading("working", role="name")
    yield Equations(tuple(_cell_equation(applied, cell) for cell in applied.cells))
    yield from (Note("remark", note) for note in remarks(applied))
    yield from _titled("output", result, "good")
    if applied.judged:
        yield from _titled("answer", applied.judged.answer, "good" if applied.judged.passed else "bad")
        yield Note("remark" if applied.judged.passed else "warning", _verdict(applied, applied.judged))
        yield from (Note("warning", mistake) for mistake in applied.judged.mistakes)


def _verdict(applied: Applied, judged: Judged) -> str:
    """`the answer is right`, or where it is not."""
    if judged.wrong is None:
        return f"the answer is wrong: it has the size {_size(judged.answer)} instead of {_size(applied.matrix)}"
    places = ", ".join(f"out[{','.join(map(str, place))}]" for place in judged.wrong[:MOST_WRONG])
    more = f" and {len(judged.wrong) - MOST_WRONG} more" if len(judged.wrong) > MOST_WRONG else ""
    return f"the answer is wrong at {places}{more}" if judged.wrong else "the answer is right"


def _titled(title: str, matrix: Matrix, role: str = "") -> Iterator[Block]:
    yield Blank()
    yield Heading(title, role="name")
    yield Preformatted(tuple(f"{INDENT}{row}" for row in grid(matrix)), role)


def _sizes(applied: Applied) -> Iterator[Equation]:
    """`H' = W' = (W - F)/S + 1 = (4 - 2)/2 + 1 = 2`: the layer's own rule, with the numbers put in."""
    (layer,) = applied.analysis.layers
    for step in explain_layer(applied.analysis, layer, ("output",)).steps:
        if step.quantity == "output" and step.result is not None and not step.symbol.startswith("C"):
            yield equation(step)


def _cell_equation(applied: Applied, cell: Cell) -> Equation:
    """`out[0,0] = max(99, 81, 93, 25) = 99  (rows 0 to 1, columns 0 to 1)`."""
    place, stages = ",".join(map(str, cell.place)), stages_of(applied, cell)
    return Equation(
        f"out[{place}]",
        tuple(stages),
        window(cell),
        lambda: aligned(rf"\text{{out}}_{{{place}}}", list(map(_latex, stages))),
    )


def _latex(stage: str) -> str:
    r"""A stage in LaTeX: `max(1, 2*3)` as `\max(1, 2 \cdot 3)`, a mean as a fraction."""
    if mean := re.fullmatch(r"\((.*)\)/([0-9]+)", stage):
        return rf"\frac{{{_latex(mean[1])}}}{{{mean[2]}}}"
    text = stage.replace("max(", r"\max(").replace("*", r" \cdot ").replace("~=", r"\approx")
    return re.sub(r"([0-9]+)/([0-9]+)", r"\\frac{\1}{\2}", text)


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
    """The rows of a matrix, its columns flush right, as a MATRIX is written."""
    rows = [[number(value) for value in row] for row in matrix.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{text:>{width}}" for text, width in zip(row, widths, strict=True)) for row in rows]
    return [f"[[{lines[0]}]]"] if len(matrix.size) == 2 and len(lines) == 1 else lines


def remarks(applied: Applied) -> Iterator[str]:
    """How the padding counts."""
    if applied.operation.summary == "max" and any(map(any, applied.margins)):
        yield "the padding takes no part in the maximum"
    if applied.operation.summary == "mean" and any(map(any, applied.margins)):
        counts = "the zeros of the padding count" if applied.counts_padding else "the padding does not count"
        yield f"{counts} in the mean"


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
    """A fraction without an exact decimal, to three places: `0.333`."""
    thousandths = (2000 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return f"{'-' if value < 0 and thousandths else ''}{thousandths // 1000}.{thousandths % 1000:03d}"


def stages_of(applied: Applied, cell: Cell) -> list[str]:
    """`max(99, 81, 93, 25)`, `99`: how a cell is computed, and its value."""
    if applied.operation.summary == "max":
        found = [f"max({', '.join(number(term.value) for term in cell.terms)})"]
    elif applied.operation.summary == "mean":
        found = _mean(cell)
    else:
        found = [" + ".join(_term(term, alone=len(cell.terms) == 1) for term in cell.terms)]
    *others, last = dict.fromkeys([*found, str(cell.value), number(cell.value)])
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


def _judged(judged: Judged) -> dict[str, Any]:
    wrong = None if judged.wrong is None else list(map(list, judged.wrong))
    return {"matrix": _matrix(judged.answer), "right": judged.passed, "wrong": wrong, "mistakes": list(judged.mistakes)}


def _data(applied: Applied) -> dict[str, Any]:
    """Plain data: integers as they are, fractions as the strings `"149/2"`."""
    kernel, weights = applied.kernel, applied.weights
    return {
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
        **({"answer": _judged(applied.judged)} if applied.judged else {}),
    }


def _matrix(matrix: Matrix) -> dict[str, Any]:
    rows = [[_exact(value) for value in row] for row in matrix.rows]
    return {"size": list(matrix.size), "values": rows if len(matrix.size) > 1 else rows[0]}


def _exact(value: Number) -> int | str:
    return value if isinstance(value, int) else str(value)


def _cell(applied: Applied, cell: Cell) -> dict[str, Any]:
    return {
        "place": list(cell.place),
        "window": [list(places) for places in cell.window],
        "working": " = ".join(stages_of(applied, cell)),
        "value": _exact(cell.value),
    }
