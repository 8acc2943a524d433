"""The keys kernel, stride, padding, dilation and rounding -> a Window on every axis of a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from cnncalc.layers.base import Layer
from cnncalc.layers.condition import Condition
from cnncalc.layers.fields import Field, NumberReader, PerAxis, Refused, Word, is_number, per_axis, quote
from cnncalc.layers.notation import NUMBER, SIDE, SIDES, number
from cnncalc.layers.receptive_field import AxisReceptiveField, ReceptiveField
from cnncalc.layers.shape import Shape
from cnncalc.layers.window import ROUNDINGS, Window
from cnncalc.symbolic import Size, is_known, product

WINDOW_FIELDS = ("kernel", "stride", "padding", "dilation")
Pairs: TypeAlias = "tuple[tuple[Size, Size], ...]"


class Padding(Field["Pairs | str"]):
    """Zeros around the input: a number, one per axis, `[before, after]` pairs, or a word."""

    accepts = "a whole number, one per axis, [before, after] pairs, or valid, same, half or full"
    words: tuple[str, ...] = ("valid", "same", "half", "full")
    pattern = rf"{SIDES}|\[\s*[A-Za-z]+\s*\]"

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

    def worked(self, value: Pairs | str, axes: tuple[str, ...]) -> Pairs | str:
        if isinstance(value, str) or not self.symbol:
            return value
        from cnncalc.symbolic.traced import labelled

        alike = len(set(value)) == 1
        names = [self.symbol if alike else f"{self.symbol}_{axis[0]}" for axis in axes] or [self.symbol]
        return tuple(labelled(pair, name, ("before", "after")) for pair, name in zip(value, names, strict=False))

    def show(self, value: Pairs | str) -> Any:
        if isinstance(value, str):
            return value
        if any(before != after for before, after in value):
            return [[before, after] for before, after in value]
        return value[0][0] if len(value) == 1 else [before for before, _ in value]

    def in_notation(self, value: Pairs | str) -> str:
        if isinstance(value, str):
            return f"[{value}]"
        return "x".join(
            number(before) if before == after else f"[{number(before)},{number(after)}]" for before, after in value
        )

    def from_notation(self, text: str, read: NumberReader) -> Any:
        if re.fullmatch(SIDES, text) is None:
            return text[1:-1].strip().lower()
        sides = tuple(self._side(part, read) for part in re.finditer(SIDE, text))
        return sides if len(sides) > 1 or isinstance(sides[0], tuple) else sides[0]

    def _side(self, part: re.Match[str], read: NumberReader) -> Any:
        """A number for both sides, or the pair of numbers in brackets."""
        if part[0].startswith("["):
            found = re.finditer(NUMBER, part[0])
            return tuple(read(each[0], part.start() + each.start()) for each in found)
        return read(part[0], part.start())


class Windowed(Layer):
    """The part of a layer that has a kernel: its fields, and one Window for every axis."""

    rounding: Any = "floor"
    leads = "kernel"
    kernel = PerAxis(doc="size F of the window", symbol="F")
    stride = PerAxis(1, doc="step S from one window to the next", symbol="S", mark="/")
    padding = Padding(0, doc="zeros P around the input", symbol="P", mark="p")
    dilation = PerAxis(1, doc="distance D between neighbouring taps of the kernel", symbol="D", mark="d")

    def windows(self, rank: int) -> tuple[Window, ...]:
        """One Window for each of `rank` axes; made once, for a layer never changes."""
        made: dict[int, tuple[Window, ...]] = self.__dict__.setdefault("_windows", {})
        if rank not in made:
            made[rank] = self.make_windows(rank)
        return made[rank]

    def windows_on(self, shape: Shape) -> tuple[Window, ...]:
        return self.windows(shape.rank)

    def make_windows(self, rank: int) -> tuple[Window, ...]:
        """The windows, newly made from the fields."""
        padding = self.padding
        margins: tuple[Any, ...] = (padding,) * rank
        if not isinstance(padding, str):
            margins = padding * rank if len(padding) == 1 else padding
        made: dict[tuple[int, ...], Window] = {}  # one for all axes with the very same fields
        settings = zip(
            per_axis(self.kernel, rank),
            per_axis(self.stride, rank),
            margins,
            per_axis(self.dilation, rank),
            strict=True,
        )
        return tuple(made.setdefault(tuple(map(id, each)), Window(*each, self.rounding)) for each in settings)

    def window_area(self, rank: int) -> Size:
        """Taps in one map of the kernel: F*F for an image."""
        return product(per_axis(self.kernel, rank))

    def meaning(self) -> dict[str, Any]:
        # The same window in other words is the same layer: `half` where it is a number, one number for every axis.
        values = super().meaning()
        rank = max(len(values[name]) for name in WINDOW_FIELDS if not isinstance(values[name], str))
        if self.padding == "half" and is_known(*self.kernel, *self.dilation):
            values["padding"] = tuple(window.padding for window in self.windows(rank))
        return {name: per_axis(value, rank) if isinstance(value, tuple) else value for name, value in values.items()}


class Sliding(Windowed):
    """The part of a layer that slides its window: convolution and pooling."""

    rounding = Word("floor", words=ROUNDINGS, doc="what to do if the stride leaves a remainder")

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
        problems = list(self.needs_map(shape, *WINDOW_FIELDS))
        yield from problems
        if problems:
            return
        for window, length, axis in zip(self.windows(shape.rank), shape.size, shape.axes, strict=True):
            yield from window.conditions(length, axis)

    def window_receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        """The receptive field after the window, axis by axis; one object for axes that are the very same."""
        windows = self.windows(shape.rank)
        made: dict[Any, AxisReceptiveField] = {}

        def moved(axis: AxisReceptiveField, number: int) -> AxisReceptiveField:
            window, length = windows[number], shape.size[number]
            key = (axis, window, id(length) if isinstance(window.padding, str) else 0)
            if key not in made:
                made[key] = window.receptive_field(axis, length)
            return made[key]

        return seen.along(moved)
