"""A Program and columns of integers -> columns of results, exact: in arrays of 64 bits where these are wide enough.

Whether they are is known before anything is computed, from the ranges of the columns. Where they
are not, or where numpy is not installed, the same steps run on Python's own integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.symbolic.program import Program

WIDTH = 2**63
FEWEST = 16
"""Points below which arrays cost more than they save."""


def evaluate(program: Program, columns: Mapping[str, Sequence[int]], points: int) -> list[list[int]]:
    """A column for every expression of the program; `columns` holds one for every symbol."""
    numpy = _numpy() if points >= FEWEST else None
    if numpy is None:
        rows = [program.run(values) for values in _rows(columns, points)]
        return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in program.outputs]
    ranges = {name: (min(columns[name]), max(columns[name])) for name in program.inputs}
    kind = numpy.int64 if program.widest(ranges) < WIDTH else object
    arrays = {name: numpy.array(columns[name], dtype=kind) for name in program.inputs}
    results = program.run(arrays, numpy.minimum, numpy.maximum)
    return [found.tolist() if isinstance(found, numpy.ndarray) else [found] * points for found in results]


def _rows(columns: Mapping[str, Sequence[int]], points: int) -> list[dict[str, int]]:
    names = list(columns)
    if not names:
        return [{} for _ in range(points)]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _numpy() -> Any:
    """The library of arrays, or None where it is not installed."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def divides_safely(program: Program) -> bool:
    """Whether every divisor is put together from numbers and symbols from 1 up, so that none can be zero."""
    positive: list[bool] = []
    for value, step in zip(program.values, program.steps, strict=True):
        if step is None:
            positive.append(isinstance(value, str) or value > 0)
        elif step.operation == "//":
            if not positive[step.right]:
                return False
            positive.append(False)
        else:
            either = any if step.operation == "max" else all
            positive.append(either((positive[step.left], positive[step.right])))
    return True
