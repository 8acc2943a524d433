"""Axes and their values -> Grid: the points of a sweep, each made only when it is asked for.

The points are the product of the axes: the sizes of the input, then the parameters in the order
given, then the batch; the last axis varies fastest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from math import prod
from typing import Any, NamedTuple

from cnncalc.errors import Source
from cnncalc.spec.model import Argument, InputSize


class Fractions(Sequence[Any]):
    """A range of fractions over one denominator; those that are whole are integers."""

    def __init__(self, numbers: range, denominator: int) -> None:
        self.numbers = numbers
        self.denominator = denominator

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: Any) -> Any:
        value = Fraction(self.numbers[index], self.denominator)
        return value.numerator if value.denominator == 1 else value


class Choices(Sequence[Any]):
    """The values of an axis in order: ranges, which are never spelled out, and lists."""

    def __init__(self, pieces: Iterable[Sequence[Any]]) -> None:
        self.pieces = tuple(pieces)
        self._length = sum(map(len, self.pieces))

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        for piece in self.pieces:
            if index < len(piece):
                return piece[index]
            index -= len(piece)
        raise IndexError("beyond the last value of the axis")

    def counts(self) -> bool:
        """Whether all are whole numbers from 1 up."""
        if any(isinstance(piece, range) and min(piece) < 1 for piece in self.pieces):
            return False
        lists = (piece for piece in self.pieces if not isinstance(piece, range))
        return all(type(value) is int and value >= 1 for piece in lists for value in piece)

    def bounds(self) -> tuple[int, int]:
        """The least and the greatest of values that are whole numbers."""
        return min(map(min, self.pieces)), max(map(max, self.pieces))


class Axis(NamedTuple):
    """One dimension of a grid: its column in the results, what it sets, and its values.

    `parameter` is the name of a parameter of the spec; the batch and the sizes of the input have none.
    """

    key: str
    values: Choices
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """All points of a sweep; in `input` and `batch`, the key of an axis stands for what it sets."""

    axes: tuple[Axis, ...]
    input: InputSize
    batch: int | str

    @property
    def points(self) -> int:
        """How many points there are."""
        return prod(len(axis.values) for axis in self.axes)

    def columns(self, start: int, stop: int) -> list[list[Any]]:
        """The values of every axis at the points from `start` to before `stop`."""
        columns, stride = [], self.points
        for axis in self.axes:
            stride //= len(axis.values)
            columns.append(list(_stretch(axis.values, stride, start, stop)))
        return columns

    def input_at(self, values: Mapping[str, Any]) -> InputSize:
        """The input at a point; an axis that `values` leaves out stays a symbol."""
        return self.input.filled(values)


def _stretch(values: Choices, stride: int, start: int, stop: int) -> Iterator[Any]:
    """An axis between two points: each value `stride` times, then round again."""
    for turn in range(start // stride, -(-stop // stride)):
        times = min((turn + 1) * stride, stop) - max(turn * stride, start)
        yield from repeat(values[turn % len(values)], times)


def argument(axis: Axis, value: Any) -> Argument:
    """A value of a parameter as the expansion of a spec takes it."""
    text = str(value)
    return Argument.of(value, Source(f"--set {axis.parameter}", text).span(0, 0, len(text)))
