"""Kernel, stride, padding, dilation and rounding along one axis -> what a sliding window does.

Convolution, pooling and all their relatives are one window per axis; the formula
W' = (W - F + 2P)/S + 1 of the slides stands here, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from cnncalc.layers.condition import Condition, never
from cnncalc.layers.fields import Field, PerAxis, Refused, Word, is_number, per_axis, quote
from cnncalc.layers.reach import AxisReach, Reach
from cnncalc.layers.shape import Shape
from cnncalc.symbolic import Size, ceil_div, exact_div, floor_div, is_known, maximum, minimum, product

ROUNDINGS = ("floor", "ceil", "caffe", "strict")
Pairs: TypeAlias = "tuple[tuple[Size, Size], ...]"


class Padding(Field["Pairs | str"]):
    """Zeros around the input: a number, one per axis, `[before, after]` pairs, or a word."""

    accepts = "a whole number, one per axis, [before, after] pairs, or valid, same, half or full"
    words: tuple[str, ...] = ("valid", "same", "half", "full")

    def read(self, value: Any) -> Pairs | str:
        if isinstance(value, str):
            if value not in self.words:
                raise self.refuse(value)
            return value if value != "valid" else ((0, 0),)
        parts = tuple(value) if isinstance(value, list | tuple) else (value,)
        pairs = tuple(self._pair(part, value) for part in parts)
        if not pairs:
            raise self.refuse(value)
        return pairs

    def _pair(self, part: Any, value: Any) -> tuple[Size, Size]:
        pair = tuple(part) if isinstance(part, list | tuple) else (part, part)
        if len(pair) != 2 or not all(is_number(side) for side in pair):
            raise self.refuse(value)
        if any(type(side) is int and side < 0 for side in pair):
            raise Refused(
                f"{self.name} must be at least 0, not {quote(value)}",
                "to cut pixels off, use the layer crop",
            )
        return pair

    def show(self, value: Pairs | str) -> Any:
        if isinstance(value, str):
            return value
        if any(before != after for before, after in value):
            return [[before, after] for before, after in value]
        return value[0][0] if len(value) == 1 else [before for before, _ in value]


class Window:
    """One axis of a window: F wide, moved by S over P zeros on each side, its taps D apart.

    `padding` is (before, after), or the word "same", whose padding depends on the input.
    """

    __slots__ = ("dilation", "extent", "kernel", "padding", "rounding", "stride")

    def __init__(
        self,
        kernel: Size,
        stride: Size = 1,
        padding: tuple[Size, Size] | str = (0, 0),
        dilation: Size = 1,
        rounding: str = "floor",
    ) -> None:
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.rounding = rounding
        self.extent = dilation * (kernel - 1) + 1
        if padding == "half":
            padding = (floor_div(self.extent, 2), floor_div(self.extent, 2))
        elif padding == "full":
            padding = (self.extent - 1, self.extent - 1)
        self.padding = padding

    def margins(self, length: Size) -> tuple[Size, Size]:
        """(before, after): the zeros around an input of `length`; TensorFlow's rule for "same"."""
        if not isinstance(self.padding, str):
            return self.padding
        if self.stride == 1:
            total = self.extent - 1
        else:
            total = (ceil_div(length, self.stride) - 1) * self.stride + self.extent - length
            total = maximum(total, 0)
        before = floor_div(total, 2)
        return before, total - before

    def output(self, length: Size) -> Size:
        """W' = (W - F + 2P)/S + 1, rounded as told; W/S rounded up for "same"."""
        if self.padding == "same":
            return ceil_div(length, self.stride)
        before, after = self.margins(length)
        span = length - self.extent + (before + after)
        if self.rounding == "floor":
            return floor_div(span, self.stride) + 1
        if self.rounding == "strict":
            return exact_div(span, self.stride) + 1
        if self.rounding == "ceil":
            return ceil_div(span, self.stride) + 1
        # Caffe rounds up, then drops the last window if it would start beyond input + padding.
        return ceil_div(length + before + minimum(after + self.stride - self.extent, 0), self.stride)

    def taps(self, length: Size) -> Size:
        """Pairs of an output and an input position that a tap connects, padding left out."""
        before, _ = self.margins(length)
        last = self.output(length) - 1
        total: Size = 0
        for number in range(self.kernel):
            offset = number * self.dilation - before
            first_inside = maximum(ceil_div(-offset, self.stride), 0)
            last_inside = minimum(floor_div(length - 1 - offset, self.stride), last)
            total = total + maximum(last_inside - first_inside + 1, 0)
        return total

    def conditions(self, length: Size, axis: str) -> Iterator[Condition]:
        """That the window fits at least once; and, as a note, that no pixel is dropped."""
        if self.padding == "same":
            return
        before, after = self.margins(length)
        padded = length + before + after
        yield Condition(
            padded,
            ">=",
            self.extent,
            lambda: (
                f"the window is larger than its input: {self.extent} on {_padded(length, before + after)} in {axis}"
            ),
            "make the kernel smaller, pad more, or start from a larger input",
        )
        if self.stride == 1 or not is_known(padded, self.extent, self.stride):
            if self.rounding == "strict":
                yield self._exact(padded, axis)
            return
        if (padded - self.extent) % self.stride:
            yield self._exact(padded, axis)

    def _exact(self, padded: Size, axis: str) -> Condition:
        """The condition that the last window ends where the padded input does."""
        span = padded - self.extent
        return Condition(
            span,
            "multiple of",
            self.stride,
            lambda: self._misfit(padded, axis),
            lambda: self._near(padded, axis),
            "error" if self.rounding == "strict" else "note",
        )

    def _misfit(self, padded: Size, axis: str) -> str:
        span = padded - self.extent
        windows = f"{span / self.stride + 1:.2f}".rstrip("0").rstrip(".")
        misfit = f"does not fit in {axis}: ({padded} - {self.extent})/{self.stride} + 1 = {windows}"
        if self.rounding == "strict":
            return misfit
        if self.rounding == "floor":
            _, after = self.margins(padded)
            lost = span % self.stride
            real = maximum(lost - after, 0)
            return f"{misfit}; floor drops {f'{real} of input' if real else f'{lost} of padding'}"
        return f"{misfit}; {self.rounding} rounds up"

    def _near(self, padded: Size, axis: str) -> str:
        """The nearest inputs on which the window ends exactly."""
        before, after = self.margins(padded)
        lost = (padded - self.extent) % self.stride
        length = padded - before - after
        smaller, larger = length - lost, length + self.stride - lost
        return f"{axis} {smaller} or {larger} fits exactly"

    def reach(self, reach: AxisReach, length: Size) -> AxisReach:
        """What an output of the window sees, given what its inputs see."""
        return reach.window(self.kernel, self.stride, self.margins(length), self.dilation)


def _padded(length: Size, padding: Size) -> str:
    return f"{length}" if padding == 0 else f"{length} + {padding} of padding"


class Windowed:
    """The part of a layer that has a kernel: its fields, and one Window for every axis."""

    kind: str
    rounding: Any = "floor"
    kernel = PerAxis(doc="size F of the window", symbol="F")
    stride = PerAxis(1, doc="step S from one window to the next", symbol="S")
    padding = Padding(0, doc="zeros P around the input", symbol="P")
    dilation = PerAxis(1, doc="distance D between neighbouring taps of the kernel", symbol="D")

    def windows(self, rank: int) -> tuple[Window, ...]:
        """One Window for each of `rank` axes; made once, for a layer never changes."""
        made: dict[int, tuple[Window, ...]] = self.__dict__.setdefault("_windows", {})
        if rank not in made:
            made[rank] = self.make_windows(rank)
        return made[rank]

    def make_windows(self, rank: int) -> tuple[Window, ...]:
        """The windows, newly made from the fields."""
        padding = self.padding
        margins: tuple[Any, ...] = (padding,) * rank
        if not isinstance(padding, str):
            margins = padding * rank if len(padding) == 1 else padding
        return tuple(
            Window(kernel, stride, margin, dilation, self.rounding)
            for kernel, stride, margin, dilation in zip(
                per_axis(self.kernel, rank),
                per_axis(self.stride, rank),
                margins,
                per_axis(self.dilation, rank),
                strict=True,
            )
        )

    def window_area(self, rank: int) -> Size:
        """Taps in one map of the kernel: F*F for an image."""
        return product(per_axis(self.kernel, rank))

    def rank_problem(self, shape: Shape) -> Condition | None:
        """What is wrong if the input has no axes to slide over, or the fields not as many."""
        if not shape.rank:
            return never(
                f"{self.kind} slides over a map, but its input is a vector of {shape.channels}",
                "give the input a size, as in 32x32x3, or put the layer before the flattening",
            )
        for name in ("kernel", "stride", "padding", "dilation"):
            value = getattr(self, name)
            if not isinstance(value, str) and len(value) not in (1, shape.rank):
                return never(
                    f"{name} has {len(value)} entries, but the input {shape} has {shape.rank} axes",
                    f"give one number, or {shape.rank}",
                )
        return None


class Sliding(Windowed):
    """The part of a layer that slides its window: convolution and pooling."""

    rounding = Word("floor", words=ROUNDINGS, doc="what to do where the stride leaves a remainder")

    def slide(self, shape: Shape) -> tuple[Size, ...]:
        """The size of the output on every axis."""
        windows = self.windows(shape.rank)
        return tuple(window.output(length) for window, length in zip(windows, shape.size, strict=True))

    def window_taps(self, shape: Shape) -> Size:
        """Connections of one input map to one output map, those to padding left out."""
        windows = self.windows(shape.rank)
        return product(window.taps(length) for window, length in zip(windows, shape.size, strict=True))

    def window_conditions(self, shape: Shape) -> Iterator[Condition]:
        """That the input has axes to slide on, that the fields match them, and that all fits."""
        problem = self.rank_problem(shape)
        if problem is not None:
            yield problem
            return
        for window, length, axis in zip(self.windows(shape.rank), shape.size, shape.axes, strict=True):
            yield from window.conditions(length, axis)

    def window_reach(self, reach: Reach, shape: Shape) -> Reach:
        """The receptive field behind the window, axis by axis."""
        windows = self.windows(shape.rank)
        return reach.along(lambda axis, number: windows[number].reach(axis, shape.size[number]))
