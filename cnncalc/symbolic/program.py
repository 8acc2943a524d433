"""Symbolic sizes -> a Program: integer steps that run on numbers, on whole arrays, or on ranges of them.

The expressions are walked once; what they share is computed once. No text is made and none is
run: a step is an operation and the places of its operands. Steps use `+ * // min max` alone, so
that they mean the same on Python's integers (exact, however large), on arrays of integers, and
on (least, most) ranges, which show beforehand whether an array of 64 bits is wide enough.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cnncalc.symbolic.constraint import Range
from cnncalc.symbolic.size import Size, is_known


class Step(NamedTuple):
    """`operation(left, right)`, both the places of earlier values."""

    operation: str
    left: int
    right: int


class Program:
    """Expressions compiled: `inputs` are the symbols they need, in the order of the first places."""

    def __init__(self, expressions: Iterable[Size], inputs: Iterable[str] = ()) -> None:
        """Compile; symbols that `inputs` does not name are added behind them.

        Raises ValueError for an expression that is not integer arithmetic (a half, an exponent that
        is a symbol).
        """
        self.values: list[int | str] = []
        self.steps: list[Step | None] = []
        self._places: dict[Any, int] = {}
        for name in inputs:
            self._leaf(name)
        self.outputs = [self._compile(expression) for expression in expressions]
        self.inputs = tuple(value for value in self.values if isinstance(value, str))
        del self._places

    def run(self, values: Mapping[str, Any], least: Callable[..., Any] = min, most: Callable[..., Any] = max) -> Any:
        """The value of every expression, given integers or arrays of them for the symbols.

        `least` and `most` are the minimum and maximum of two such values. Arrays must be wide
        enough for every step; `widest` says whether they are.
        """
        return self._run(
            {
                "+": operator.add,
                "*": operator.mul,
                "//": operator.floordiv,
                "min": least,
                "max": most,
            },
            lambda leaf: values[leaf] if isinstance(leaf, str) else leaf,
        )

    def widest(self, ranges: Mapping[str, Range]) -> int:
        """The largest magnitude that any step can have while every symbol stays in its range."""
        largest = 0

        def note(bounds: Range) -> Range:
            nonlocal largest
            largest = max(largest, -bounds[0], bounds[1])
            return bounds

        operations = {name: _noting(function, note) for name, function in RANGES.items()}
        self._run(operations, lambda leaf: note(ranges[leaf] if isinstance(leaf, str) else (leaf, leaf)))
        return largest

    def bounds(self, ranges: Mapping[str, Range]) -> list[Range]:
        """(least, most) that every expression can come to while the symbols stay in their ranges.

        The bounds hold always; where a symbol stands in several places they may be wider than
        need be, and they close in as the ranges do.
        """
        return self._run(RANGES, lambda leaf: ranges[leaf] if isinstance(leaf, str) else (leaf, leaf))

    def _run(self, operations: Mapping[str, Callable[[Any, Any], Any]], leaf: Callable[[int | str], Any]) -> list[Any]:
        found: list[Any] = []
        for value, step in zip(self.values, self.steps, strict=True):
            if step is None:
                found.append(leaf(value))
            else:
                found.append(operations[step.operation](found[step.left], found[step.right]))
        return [found[place] for place in self.outputs]

    # Compilation ----------------------------------------------------------------------------

    def _leaf(self, value: int | str) -> int:
        if value not in self._places:
            self._places[value] = self._append(value, None)
        return self._places[value]

    def _append(self, value: int | str, step: Step | None) -> int:
        self.values.append(value)
        self.steps.append(step)
        return len(self.values) - 1

    def _step(self, operation: str, left: int, right: int) -> int:
        step = Step(operation, left, right)
        if step not in self._places:
            self._places[step] = self._append(0, step)
        return self._places[step]

    def _chain(self, operation: str, places: Sequence[int]) -> int:
        place = places[0]
        for other in places[1:]:
            place = self._step(operation, place, other)
        return place

    def _compile(self, expression: Any) -> int:
        if is_known(expression) or expression.is_Integer:
            return self._leaf(int(expression))
        if expression not in self._places:
            self._places[expression] = self._operation(expression)
        return self._places[expression]

    def _operation(self, expression: Any) -> int:
        if expression.is_Symbol:
            return self._leaf(expression.name)
        if expression.is_Mul or (expression.is_Add and not all(term.is_integer for term in expression.args)):
            return self._exact(expression)
        name = OPERATIONS.get(type(expression).__name__)
        if name is not None:
            return self._chain(name, [self._compile(part) for part in expression.args])
        if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
            return self._chain("*", [self._compile(expression.base)] * int(expression.exp))
        raise ValueError(f"no integer arithmetic: {expression}")

    def _exact(self, expression: Any) -> int:
        """A product or a sum; `C*K/G` and `H/S - F/S`, which a rule has stated to be whole, divide at the end."""
        above, below = expression.as_numer_denom()
        if below.is_Integer:
            if below != 1:
                raise ValueError(f"no integer arithmetic: {expression}")
            return self._chain("*" if expression.is_Mul else "+", [self._compile(part) for part in expression.args])
        return self._step("//", self._compile(above), self._compile(below))


OPERATIONS = {"Add": "+", "FloorDiv": "//", "Min": "min", "Max": "max"}


def _noting(function: Callable[[Range, Range], Range], note: Callable[[Range], Range]) -> Callable[..., Range]:
    return lambda left, right: note(function(left, right))


def _corners(function: Callable[[int, int], int]) -> Callable[[Range, Range], Range]:
    """The range of an operation that is least and most at the ends of its operands' ranges."""

    def bounds(left: Range, right: Range) -> Range:
        ends = [function(one, other) for one in left for other in right]
        return min(ends), max(ends)

    return bounds


def _quotient(left: int, right: int) -> int:
    return left // right if right else left


RANGES: dict[str, Callable[[Range, Range], Range]] = {
    "+": _corners(operator.add),
    "*": _corners(operator.mul),
    "//": _corners(_quotient),
    "min": _corners(min),
    "max": _corners(max),
}
