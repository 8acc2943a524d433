"""Maps -> the same values cropped, padded or in another order: pad, crop, slice, shuffle, permute, identity."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from cnncalc.layers.base import Layer, Refused, layer
from cnncalc.layers.channels import Channels, ChannelsRead, clipped
from cnncalc.layers.condition import Condition, never
from cnncalc.layers.fields import Count, Number, PerAxis, quote
from cnncalc.layers.notation import SIDES
from cnncalc.layers.receptive_field import AxisReceptiveField, ReceptiveField, UncountableError, unknown
from cnncalc.layers.shape import Shape
from cnncalc.layers.windowed import Padding
from cnncalc.symbolic import Size, exact_div, is_known, normalise


class Margins(Padding):
    """A number of pixels on every side: one, one per axis, or `[before, after]` pairs."""

    accepts = "a whole number, one per axis, or [before, after] pairs"
    words = ()
    pattern = SIDES


class Framed(Layer):
    """What pad and crop share: a number of pixels before and after every axis."""

    main: ClassVar[tuple[str, ...]] = ("size",)
    size = Margins(doc="pixels on each side")

    def margins(self, rank: int) -> tuple[tuple[Size, Size], ...]:
        """(before, after) for each of `rank` axes."""
        pairs: Any = self.size
        return tuple(pairs) * rank if len(pairs) == 1 else tuple(pairs)

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from self.needs_map(shape, "size")


@layer("pad", "zeropad", "zero_padding")
class Pad(Framed):
    """Zeros around a map, W' = W + before + after; or as further channels, as in a ResNet's identity shortcuts."""

    main = ("size", "channels")
    title = "paddings"
    size = Margins(0, doc="pixels on each side; a vector has none")
    channels = Count(0, least=0, doc="channels of zeros after the others")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        if shape.rank or self.size != ((0, 0),):
            yield from super().conditions(shape)

    def output(self, shape: Shape) -> Shape:
        margins = self.margins(shape.rank)
        sizes = (length + sum(pair) for length, pair in zip(shape.size, margins, strict=True))
        return Shape(shape.channels + self.channels, *sizes)

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        return clipped(0, start, start + count, 0, shapes[0].channels)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        if not shape.rank:
            return seen
        margins = self.margins(shape.rank)
        return seen.along(lambda axis, number: axis.window(1, 1, margins[number], 1))


@layer("crop", "cropping", "center_crop")
class Crop(Framed):
    """Cropping: W' = W - before - after, as on the skips of a U-Net with unpadded convolutions."""

    title = "crops"
    channelwise = True

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from super().conditions(shape)
        for length, pair, axis in zip(shape.size, self.margins(shape.rank), shape.axes, strict=False):
            message = f"crop removes {sum(pair)} of the {length} pixels in {axis}"
            yield Condition(length, ">=", sum(pair) + 1, partial(str, message), "crop less, or use a larger input")

    def output(self, shape: Shape) -> Shape:
        margins = self.margins(shape.rank)
        return Shape(shape.channels, *(length - sum(pair) for length, pair in zip(shape.size, margins, strict=True)))

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        margins = self.margins(shape.rank)

        def cut(axis: AxisReceptiveField, number: int) -> AxisReceptiveField:
            before, after = margins[number]
            return axis.window(1, 1, (-before, -after), 1)

        return seen.along(cut)


@layer("slice", "channel_slice")
class Slice(Layer):
    """Some of the channels: `channels` of them from channel `start` on, counted from 0."""

    main = ("channels", "start")
    title = "slices"
    view = True
    channels = Count(doc="how many channels to keep")
    start = Count(0, least=0, doc="the first channel to keep, counted from 0")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        end = self.start + self.channels
        yield Condition(
            shape.channels,
            ">=",
            end,
            lambda: f"the slice ends at channel {end}, but the input has {shape.channels}",
            severity="invalid",
        )

    def output(self, shape: Shape) -> Shape:
        return Shape(self.channels, *shape.size)

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        return (Channels(0, self.start + start, count),)


@layer("split", "chunk")
class Split(Layer):
    """One of `parts` equal parts of the channels, the first being part 1 (ShuffleNet V2)."""

    main = ("parts", "part")
    title = "slices"
    view = True
    parts = Count(doc="how many equal parts")
    part = Count(1, doc="which part to keep, counted from 1")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield Condition(
            shape.channels,
            "multiple of",
            self.parts,
            lambda: f"{shape.channels} channels do not split into {self.parts} equal parts",
        )
        yield Condition(
            self.parts, ">=", self.part, lambda: f"there is no part {self.part} of {self.parts}", severity="invalid"
        )

    def output(self, shape: Shape) -> Shape:
        return Shape(exact_div(shape.channels, self.parts), *shape.size)

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        before = (self.part - 1) * exact_div(shapes[0].channels, self.parts)
        return (Channels(0, normalise(before + start), count),)


@layer("channel_shuffle", "shuffle")
class ChannelShuffle(Layer):
    """Channel shuffle: the channels of `groups` groups dealt out in turn (ShuffleNet)."""

    main = ("groups",)
    title = "shuffles"
    groups = Count(doc="number of groups to deal from")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield Condition(
            shape.channels,
            "multiple of",
            self.groups,
            lambda: f"{shape.channels} channels do not split into {self.groups} groups",
            severity="invalid",
        )

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        channels = shapes[0].channels
        if count == channels:
            return (Channels(0, 0, channels),)
        if not is_known(start, count, channels, self.groups):
            raise UncountableError("which channels are shuffled to where depends on a symbol")
        return self._dealt(start, start + count, channels // self.groups)

    def _dealt(self, start: int, end: int, of_a_group: int) -> Iterator[Channels]:
        """Channel j of group g is dealt to place j*groups + g."""
        for place in range(start, min(end, start + self.groups)):
            turn, group = divmod(place, self.groups)
            yield Channels(0, group * of_a_group + turn, -((place - end) // self.groups))


@layer("permute", "transpose")
class Permute(Layer):
    """Permutation of the axes: part i of the new shape is part `order[i]` of the old one, channels last.

    Parts count from 1: `permute: [2, 3, 1]` makes WxCxH of HxWxC. In memory the values move.
    """

    main = ("order",)
    title = "reshapes"
    order = PerAxis(doc="the parts of the old shape, sizes and channels, in their new order, counted from 1")

    def check(self) -> None:
        if sorted(map(str, self.order)) != sorted(str(number) for number in range(1, len(self.order) + 1)):
            raise Refused(f"order must name every part of a shape once, as in [2, 3, 1], not {quote(self.order)}")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        if len(self.order) != shape.rank + 1:
            yield never(f"order names {len(self.order)} parts, but the input {shape} has {shape.rank + 1}")

    def output(self, shape: Shape) -> Shape:
        parts = (*shape.size, shape.channels)
        *size, channels = (parts[number - 1] for number in self.order)
        return Shape(channels, *size)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        if seen.everything or seen.unknown or not seen.axes:
            return seen
        if self.order[-1] != len(self.order):
            return unknown("permute: the channels become positions")
        return ReceptiveField(tuple(seen.axes[number - 1] for number in self.order[:-1]))


@layer("identity", "input", "noop")
class Identity(Layer):
    """Identity: its input, unchanged; useful to give a place a name."""

    title = "identities"
    view = True
    channelwise = True


@layer("dropout", "spatial_dropout", "drop_path")
class Dropout(Layer):
    """Dropout: in training some values are zeroed; in inference it changes and costs nothing."""

    main = ("rate",)
    title = "dropouts"
    in_place = True
    channelwise = True
    rate = Number("0.5", doc="share of the values zeroed in training; no count depends on it")
