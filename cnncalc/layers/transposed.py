"""Maps -> larger maps by filters placed S apart and added up: the transposed convolution."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from cnncalc.layers.activation import Activated
from cnncalc.layers.base import Refused, layer
from cnncalc.layers.channels import ChannelsRead, grouped
from cnncalc.layers.condition import Condition
from cnncalc.layers.convolution import group_conditions
from cnncalc.layers.fields import Count, PerAxis, Switch, per_axis
from cnncalc.layers.operations import Operations
from cnncalc.layers.receptive_field import AxisReceptiveField, ReceptiveField, unknown
from cnncalc.layers.shape import Shape
from cnncalc.layers.window import Window
from cnncalc.layers.windowed import WINDOW_FIELDS, Windowed
from cnncalc.limits import MOST_PHASES
from cnncalc.symbolic import Size, exact_div, floor_div, is_known, let, maximum, minimum, product, symbol


@layer("deconv", "transposed_conv", "conv_transpose", "conv_transpose2d", "upconv")
class TransposedConv(Windowed, Activated):
    """Transposed convolution: every input value adds its multiple of the filter to a larger output, S pixels apart.

    W' = (W - 1)*S - 2P + F + output_padding. Multiply-accumulates are counted at every pixel of the input.
    `padding: same` makes the output S times the input, as in TensorFlow.
    """

    main = ("filters", "kernel", "stride", "padding")
    weighted = True
    title = "transposed convolutions"
    filters = Count(doc="number K of filters, the channels of the output", symbol="K", mark="-")
    output_padding = PerAxis(0, least=0, doc="rows and columns added at the end of the output", mark="op")
    groups = Count(1, doc="number G of groups that the channels are split into", symbol="G", mark="g")
    bias = Switch(True, doc="one number added for every filter")

    def check(self) -> None:
        if self.padding == "same" and any(extra != 0 for extra in self.output_padding):
            raise Refused("output_padding is not allowed with padding: same, which makes the output S times the input")

    def make_windows(self, rank: int) -> tuple[Window, ...]:
        made = super().make_windows(rank)
        for window in made:
            if window.padding == "same":
                total = maximum(window.extent - window.stride, 0)
                window.padding = (floor_div(total, 2), total - floor_div(total, 2))
        return made

    def _lengths(self, shape: Shape) -> Iterator[tuple[Window, Size, Size]]:
        """(window, input length, output length) for every axis."""
        extras = per_axis(self.output_padding, shape.rank)
        for window, length, extra in zip(self.windows(shape.rank), shape.size, extras, strict=True):
            if self.padding == "same":
                yield window, length, length * window.stride
                continue
            before, after = window.margins(length)
            yield window, length, (length - 1) * window.stride - (before + after) + window.extent + extra

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        problems = list(self.needs_map(shape, *WINDOW_FIELDS, "output_padding"))
        yield from problems
        if problems:
            return
        for (_, _, made), axis in zip(self._lengths(shape), shape.axes, strict=True):
            yield Condition(made, ">=", 1, lambda made=made, axis=axis: f"the {axis} would be {made}")  # type: ignore[misc]
        yield from group_conditions(self.groups, shape.channels, self.filters)

    def output(self, shape: Shape) -> Shape:
        return Shape(self.filters, *(made for _, _, made in self._lengths(shape)))

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        sides = per_axis(self.kernel, shape.rank)
        return ((*sides, exact_div(shape.channels, self.groups)), (self.filters,))

    def biases(self, shape: Shape) -> Size:
        return self.filters if self.bias else 0

    def own_operations(self, shape: Shape) -> Operations:
        return Operations(
            macs=self.weights(shape) * shape.area,
            bias_adds=self.output(shape).values if self.bias else 0,
            sums=self.filters * product(map(_reached, self.windows(shape.rank), shape.size)),
        )

    def connections(self, shape: Shape, *, bias: bool = True) -> Size:
        pairs = exact_div(shape.channels * self.filters, self.groups)
        taps = product(
            let("T", window.pairs(length, made, window.margins(length)[0]))
            for window, length, made in self._lengths(shape)
        )
        return pairs * taps + (self.output(shape).values if bias and self.bias else 0)

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        if self.mixes_channels or self.groups == 1:
            return None
        return grouped(self.groups, shapes[0].channels, self.filters, start, count)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        windows = self.windows(shape.rank)
        if not is_known(*self.kernel, *self.dilation) or max(self.kernel) > MOST_PHASES.value:
            return unknown("deconv: the kernel is not a number, or is huge") if seen.axes else seen
        if not is_known(*(window.margins(length)[0] for window, length in zip(windows, shape.size, strict=True))):
            return unknown("deconv: the padding is not a number") if seen.axes else seen
        return seen.stretched(
            tuple(window.stride for window in windows),
            lambda axis, number: _stretch(axis, windows[number]),
        )


def _reached(window: Window, length: Size) -> Size:
    """Outputs along an axis that a tap of some input adds to, before the padding is cut off.

    Input i and tap k add to i*S + k*D; two of them meet where one is D/g inputs and S/g taps from the other, g being
    the common divisor of S and D. Where that is unknown, so is the number.
    """
    if window.dilation == 1:
        return (length - 1) * minimum(window.stride, window.kernel) + window.kernel
    if not is_known(window.stride, window.dilation):
        return symbol("reached")
    shared = gcd(window.stride, window.dilation)
    inputs, taps = floor_div(window.dilation, shared), floor_div(window.stride, shared)
    return length * window.kernel - maximum(length - inputs, 0) * maximum(window.kernel - taps, 0)


def _stretch(axis: AxisReceptiveField, window: Window) -> AxisReceptiveField:
    """Output o reads the inputs i with o = i*S - P + k*D for some tap k.

    An output between two taps reads none.
    """
    before, _ = window.margins(0)
    offsets = [number * window.dilation - before for number in range(window.kernel)]

    def sees(output: int) -> list[int]:
        return [(output - offset) // window.stride for offset in offsets if (output - offset) % window.stride == 0]

    return axis.stretch(window.stride, sees, lambda output: (output + before) // window.stride)
