"""Maps -> maps by filters that slide: convolution and depthwise convolution."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from cnncalc.layers.activation import Activated
from cnncalc.layers.base import Refused, layer
from cnncalc.layers.channels import Channels, ChannelsRead, grouped
from cnncalc.layers.condition import Condition
from cnncalc.layers.fields import Count, Field, NumberReader, OptionalCount, Switch, per_axis, quote
from cnncalc.layers.notation import size_keeping
from cnncalc.layers.operations import Operations
from cnncalc.layers.receptive_field import ReceptiveField, UncountableError
from cnncalc.layers.shape import Shape
from cnncalc.layers.windowed import Sliding
from cnncalc.symbolic import Size, exact_div, is_known


class ConnectionTable(Field["tuple[tuple[int, ...], ...] | None"]):
    """For every filter, the list of the input maps that it sees, counted from 0."""

    accepts = "a list, for every filter, of the input maps it sees"
    pattern = r"\[\s*\[[\d\s,]*\](?:\s*,\s*\[[\d\s,]*\])*\s*\]"

    def read(self, value: Any) -> tuple[tuple[int, ...], ...] | None:
        if value is None:
            return None
        if not isinstance(value, list | tuple) or not value:
            raise self.refuse(value)
        return tuple(self._row(row) for row in value)

    def _row(self, row: Any) -> tuple[int, ...]:
        if not isinstance(row, list | tuple) or not row or not all(type(number) is int for number in row):
            raise self.refuse(row)
        if len(set(row)) < len(row) or min(row) < 0:
            raise Refused(f"{self.name} names a map twice, or one below 0: {quote(row)}")
        return tuple(row)

    def show(self, value: tuple[tuple[int, ...], ...] | None) -> Any:
        return None if value is None else [list(row) for row in value]

    def in_notation(self, value: tuple[tuple[int, ...], ...] | None) -> str:
        return str(self.show(value)).replace(" ", "")

    def from_notation(self, text: str, read: NumberReader) -> Any:
        return tuple(tuple(map(int, re.findall(r"\d+", row))) for row in re.findall(r"\[([^\[\]]*)\]", text))


def group_conditions(groups: Size, channels: Size, filters: Size) -> Iterator[Condition]:
    """That the groups of a convolution split its input and its output evenly."""
    for count, what in ((channels, "input channels"), (filters, "filters")):
        yield Condition(
            count,
            "multiple of",
            groups,
            partial(_uneven_groups, groups, count, what),
            severity="invalid",
        )


def _uneven_groups(groups: Size, number: Size, what: str) -> str:
    return f"groups ({groups}) must divide the {what} ({number})"


class Filters(Sliding, Activated):
    """What all convolutions share: a window, a bias for every filter, an activation."""

    main: ClassVar[tuple[str, ...]] = ("filters", "kernel", "stride", "padding")
    weighted = True
    title = "convolutions"
    bias = Switch(True, doc="one number added for every filter")

    @classmethod
    def implied(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"padding": size_keeping(values["kernel"], values.get("dilation", 1))} if "kernel" in values else {}

    def filter_count(self, shape: Shape) -> Size:
        """K: the maps of the output."""
        raise NotImplementedError

    def map_pairs(self, shape: Shape) -> Size:
        """Pairs of an input map and an output map with a kernel between them."""
        raise NotImplementedError

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from self.window_conditions(shape)

    def output(self, shape: Shape) -> Shape:
        return Shape(self.filter_count(shape), *self.slide(shape))

    def biases(self, shape: Shape) -> Size:
        return self.filter_count(shape) if self.bias else 0

    def own_operations(self, shape: Shape) -> Operations:
        output = self.output(shape)
        return Operations(
            macs=self.weights(shape) * output.area,
            bias_adds=output.values if self.bias else 0,
            sums=output.values,
        )

    def connections(self, shape: Shape, *, bias: bool = True) -> Size:
        taps = self.map_pairs(shape) * self.window_taps(shape)
        return taps + (self.output(shape).values if bias and self.bias else 0)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return self.window_receptive_field(seen, shape)


@layer("conv", "convolution", "conv1d", "conv2d", "conv3d")
class Conv(Filters):
    """Convolution: K filters of F x F x C/G slide over the input, each making one map.

    The rank is the input's: the same layer convolves signals, images and volumes. With a
    `table`, a filter sees only the input maps listed for it (LeNet-5's C3).
    """

    filters = OptionalCount(None, doc="number K of filters, the channels of the output", symbol="K", mark="-")
    groups = Count(1, doc="number G of groups that the channels are split into", symbol="G", mark="g")
    table = ConnectionTable(None, doc="for every filter, the input maps it sees; instead of `filters`")

    def check(self) -> None:
        if self.filters is None and self.table is None:
            raise Refused("conv needs filters: number K of filters, the channels of the output")
        if self.table is None:
            return
        if self.filters is None:
            self.__dict__["filters"] = len(self.table)
        if self.filters != len(self.table):
            raise Refused(f"filters is {self.filters}, but the table has {len(self.table)} rows")
        if self.groups != 1:
            raise Refused("a conv has groups or a table, not both")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from super().conditions(shape)
        if self.table is not None:
            highest = max(max(row) for row in self.table)
            yield Condition(
                shape.channels,
                ">=",
                highest + 1,
                lambda: f"the table names input map {highest}, but the input has {shape.channels}",
                "maps are counted from 0",
                "invalid",
            )
        if self.groups != 1:
            yield from group_conditions(self.groups, shape.channels, self.filters or 0)

    def filter_count(self, shape: Shape) -> Size:
        return len(self.table) if self.table is not None else self.filters or 0

    def map_pairs(self, shape: Shape) -> Size:
        if self.table is not None:
            return sum(len(row) for row in self.table)
        return exact_div(shape.channels * self.filter_count(shape), self.groups)

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        sides = per_axis(self.kernel, shape.rank)
        if self.table is not None:
            return (sides, (self.map_pairs(shape),))
        return ((*sides, exact_div(shape.channels, self.groups)), (self.filter_count(shape),))

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        if self.mixes_channels or (self.groups == 1 and self.table is None):
            return None
        if self.table is None:
            return grouped(self.groups, shapes[0].channels, self.filter_count(shapes[0]), start, count)
        if not is_known(start, count):
            raise UncountableError("which rows of the table are read depends on a symbol")
        maps = {read for row in self.table[start : start + count] for read in row}
        return (Channels(0, read, 1) for read in sorted(maps))


@layer("depthwise", "depthwise_conv", "dwconv")
class DepthwiseConv(Filters):
    """Depthwise convolution: every input map has its own `multiplier` filters of one map each.

    Source: Howard et al. 2017, MobileNet, section 3.1.
    """

    main = ("kernel", "stride", "padding")
    multiplier = Count(1, doc="filters for each input map", mark="-x")

    def filter_count(self, shape: Shape) -> Size:
        return shape.channels * self.multiplier

    def map_pairs(self, shape: Shape) -> Size:
        return shape.channels * self.multiplier

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        return (per_axis(self.kernel, shape.rank), (shape.channels, self.multiplier))

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        channels = shapes[0].channels
        return None if self.mixes_channels else grouped(channels, channels, self.filter_count(shapes[0]), start, count)


@layer("local", "locally_connected", "locally_connected2d")
class LocallyConnected(Filters):
    """Locally connected: a convolution whose filters have weights and biases of their own at every place.

    So it has H'*W' times the parameters, for one size of map, and the MACs of a convolution. Source: Taigman et al.
    2014, DeepFace, section 3.1.
    """

    filters = Count(doc="number K of filters, the channels of the output", symbol="K", mark="-")

    def filter_count(self, shape: Shape) -> Size:
        return self.filters

    def map_pairs(self, shape: Shape) -> Size:
        return shape.channels * self.filters

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        return ((*per_axis(self.kernel, shape.rank), shape.channels), (self.filters,), self.slide(shape))

    def biases(self, shape: Shape) -> Size:
        return self.output(shape).values if self.bias else 0

    def own_operations(self, shape: Shape) -> Operations:
        return Operations(macs=self.weights(shape), bias_adds=self.biases(shape), sums=self.output(shape).values)
