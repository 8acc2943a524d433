"""Maps -> smaller maps, one number for every window: the pools."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import gcd
from typing import Any

from cnncalc.layers.activation import Activated
from cnncalc.layers.base import Layer, layer
from cnncalc.layers.channels import ChannelsRead
from cnncalc.layers.condition import Condition
from cnncalc.layers.fields import OptionalPerAxis, PerAxis, Switch, per_axis
from cnncalc.layers.operations import Operations
from cnncalc.layers.receptive_field import EVERYTHING, AxisReceptiveField, ReceptiveField, unknown
from cnncalc.layers.shape import Shape
from cnncalc.layers.window import Window
from cnncalc.layers.windowed import Sliding
from cnncalc.symbolic import Size, floor_div, is_known, product


class Pool(Sliding):
    """What pools share: a window on every map by itself, its stride the kernel unless it is given."""

    main = ("kernel", "stride", "padding")
    title = "pools"
    channelwise = True
    stride = OptionalPerAxis(
        None, doc="step S from one window to the next; by default the kernel", symbol="S", mark="/"
    )

    def check(self) -> None:
        if not self.stride:
            self.__dict__["stride"] = self.kernel

    def given(self) -> dict[str, Any]:
        fields = super().given()
        if self.stride == self.kernel:
            del fields["stride"]
        return fields

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from self.window_conditions(shape)

    def output(self, shape: Shape) -> Shape:
        return Shape(shape.channels, *self.slide(shape))

    def connections(self, shape: Shape, *, bias: bool = True) -> Size:
        return shape.channels * self.window_taps(shape)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return self.window_receptive_field(seen, shape)


@layer("maxpool", "pool", "max_pool", "maxpooling")
class MaxPool(Pool):
    """Max pooling: the largest value of every window, by F*F - 1 comparisons."""

    slide_word = "POOL"

    def operations(self, shape: Shape) -> Operations:
        return Operations(compares=self.output(shape).values * (self.window_area(shape.rank) - 1))


@layer("avgpool", "avg_pool", "average_pool", "averagepool", "meanpool")
class AvgPool(Pool):
    """Average pooling: the mean of every window, by F*F - 1 additions and a division.

    It makes no difference to these numbers whether a mean counts the zeros of the padding.
    """

    def operations(self, shape: Shape) -> Operations:
        values = self.output(shape).values
        return Operations(other_adds=values * (self.window_area(shape.rank) - 1), divides=values)


@layer("blurpool", "blur_pool", "blur")
class BlurPool(Pool):
    """Blur pooling: a sum of every window with fixed weights (1, 2, 1), so that a stride does not alias.

    The weights are not trained: F*F buffers for every map. Source: Zhang 2019, "Making Convolutional Networks
    Shift-Invariant Again".
    """

    def buffers(self, shape: Shape) -> Size:
        return self.window_area(shape.rank) * shape.channels

    def operations(self, shape: Shape) -> Operations:
        output = self.output(shape)
        return Operations(macs=output.values * self.window_area(shape.rank), sums=output.values)


@layer("subsample", "subsampling")
class Subsampling(Pool, Activated):
    """Trainable subsampling (LeNet-5's S2): the sum of a window, times a coefficient, plus a bias.

    Every map has one coefficient and one bias. Source: LeCun et al. 1998, section II.B.
    """

    title = "subsamplings"
    bias = Switch(True, doc="one number added for every map")

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        return ((shape.channels,),)

    def biases(self, shape: Shape) -> Size:
        return shape.channels if self.bias else 0

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        return None if self.mixes_channels else super().channels_read(shapes, start, count)

    def own_operations(self, shape: Shape) -> Operations:
        values = self.output(shape).values
        return Operations(
            other_adds=values * (self.window_area(shape.rank) - 1),
            other_multiplies=values,
            bias_adds=values if self.bias else 0,
        )

    def connections(self, shape: Shape, *, bias: bool = True) -> Size:
        taps = super().connections(shape)
        return taps + (self.output(shape).values if bias and self.bias else 0)


class WholeMapPool(Layer):
    """What the pools share that cut every map into a given grid, whatever its size."""

    title = "pools"
    channelwise = True

    def grid(self, rank: int) -> tuple[Size, ...]:
        """The size of the output."""
        return (1,) * rank

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from self.needs_map(shape)

    def output(self, shape: Shape) -> Shape:
        return Shape(shape.channels, *self.grid(shape.rank))

    def windows_on(self, shape: Shape) -> tuple[Window, ...]:
        sides = list(zip(shape.size, self.grid(shape.rank), strict=True))
        if not is_known(*(size for side in sides for size in side)) or any(length % cells for length, cells in sides):
            return ()  # the cells differ in size
        return tuple(Window(length // cells, length // cells) for length, cells in sides)

    def cells(self, shape: Shape) -> Size:
        """Values in all cells of the grid over one map, shared rows and columns counted twice."""
        return product(map(_spread, shape.size, self.grid(shape.rank)))

    def connections(self, shape: Shape, *, bias: bool = True) -> Size:
        return shape.channels * self.cells(shape)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return EVERYTHING


def _spread(length: Size, cells: Size) -> Size:
    """Pixels in all cells: cell i of n runs from floor(i*W/n) to ceil((i + 1)*W/n)."""
    if cells == 1 or not is_known(cells):
        return length  # with a symbol for the cells, the condition says that they divide the map
    return length + cells - _common_divisor(length, cells)


def _common_divisor(length: Size, cells: int) -> Size:
    """gcd(W, n), for a symbol W as the sum of phi(d) over the divisors d of n that divide W too."""
    if is_known(length):
        return gcd(length, cells)
    total: Size = 0
    for divisor in (number for number in range(1, cells + 1) if cells % number == 0):
        coprime = sum(gcd(number, divisor) == 1 for number in range(1, divisor + 1))
        total = total + coprime * (floor_div(length, divisor) - floor_div(length - 1, divisor))
    return total


@layer("globalavgpool", "global_avgpool", "global_average_pool", "gap")
class GlobalAvgPool(WholeMapPool):
    """Global average pooling: every map becomes its mean. Source: Lin et al. 2013."""

    def operations(self, shape: Shape) -> Operations:
        return Operations(other_adds=shape.values - shape.channels, divides=shape.channels)


@layer("globalmaxpool", "global_maxpool", "global_max_pool", "gmp")
class GlobalMaxPool(WholeMapPool):
    """Global max pooling: every map becomes its largest value."""

    def operations(self, shape: Shape) -> Operations:
        return Operations(compares=shape.values - shape.channels)


class AdaptivePool(WholeMapPool):
    """What adaptive pools share: a grid of `size` cells over the map, of nearly equal size."""

    main = ("size",)
    size = PerAxis(doc="cells of the grid, and so the size of the output")

    def grid(self, rank: int) -> tuple[Size, ...]:
        return per_axis(self.size, rank)

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from self.needs_map(shape, "size")
        for length, cells in zip(shape.size, self.grid(shape.rank), strict=False):
            if not is_known(cells):
                message = partial(str, "the cells differ in size")
                yield Condition(length, "multiple of", cells, message, severity="invalid")

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        grid = self.grid(shape.rank)
        if all(cells == 1 for cells in grid):
            return EVERYTHING
        if not is_known(*grid, *shape.size):
            return unknown("adaptive pooling: the size of a cell must be a number")
        if any(length % cells for length, cells in zip(shape.size, grid, strict=True)):
            return unknown("adaptive pooling: the cells are not all of one size")

        def cell(axis: AxisReceptiveField, number: int) -> AxisReceptiveField:
            side = shape.size[number] // grid[number]
            return axis.window(side, side, (0, 0), 1)

        return seen.along(cell)


@layer("adaptiveavgpool", "adaptive_avgpool", "adaptive_avg_pool")
class AdaptiveAvgPool(AdaptivePool):
    """Adaptive average pooling: the mean of every cell of a grid that fits any input."""

    def operations(self, shape: Shape) -> Operations:
        values = self.output(shape).values
        return Operations(other_adds=self.cells(shape) * shape.channels - values, divides=values)


@layer("adaptivemaxpool", "adaptive_maxpool", "adaptive_max_pool")
class AdaptiveMaxPool(AdaptivePool):
    """Adaptive max pooling: the largest value of every cell of a grid that fits any input."""

    def operations(self, shape: Shape) -> Operations:
        return Operations(compares=self.cells(shape) * shape.channels - self.output(shape).values)
