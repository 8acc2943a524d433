"""Maps -> maps of another size without a kernel of weights: upsampling, resizing, pixel shuffle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cnncalc.layers.base import Layer, layer
from cnncalc.layers.channels import Channels, ChannelsRead
from cnncalc.layers.condition import Condition
from cnncalc.layers.fields import Count, PerAxis, Word, per_axis
from cnncalc.layers.operations import NO_OPERATIONS, Operations
from cnncalc.layers.receptive_field import AxisReceptiveField, ReceptiveField, unknown
from cnncalc.layers.shape import Shape
from cnncalc.symbolic import Size, exact_div, is_known, product

MODES = ("nearest", "bilinear")


def interpolation(mode: str, output: Shape) -> Operations:
    """Bilinear: two products and an addition along each axis for every value; nearest: none."""
    if mode == "nearest":
        return NO_OPERATIONS
    steps = output.values * output.rank
    return Operations(other_multiplies=2 * steps, other_adds=steps)


def _source(factor: int, mode: str, output: int) -> list[int]:
    """The inputs that one output of an upsampling by `factor` reads, its pixels aligned by their corners."""
    if mode == "nearest":
        return [output // factor]
    # The centre of output o lies at (o + 1/2)/factor - 1/2 among the inputs; twice that here.
    twice = 2 * output + 1 - factor
    low, between = divmod(twice, 2 * factor)
    return [low, low + 1] if between else [low]


@layer("upsample", "upsampling", "unpool")
class Upsample(Layer):
    """Upsampling by a whole factor: every pixel repeated (nearest), or blended with its neighbours.

    Bilinear blends as most libraries do by default (half-pixel centres, corners not aligned).
    """

    main = ("factor",)
    title = "upsamplings"
    channelwise = True
    factor = PerAxis(doc="factor by which every axis grows")
    mode = Word("nearest", words=MODES, doc="how the new pixels are computed")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from self.needs_map(shape, "factor")

    def output(self, shape: Shape) -> Shape:
        factors = per_axis(self.factor, shape.rank)
        return Shape(shape.channels, *(length * factor for length, factor in zip(shape.size, factors, strict=True)))

    def operations(self, shape: Shape) -> Operations:
        return interpolation(self.mode, self.output(shape))

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        factors = per_axis(self.factor, shape.rank)
        return seen.stretched(
            factors, lambda axis, number: axis.stretch(factors[number], partial(_source, factors[number], self.mode))
        )


@layer("resize", "interpolate")
class Resize(Layer):
    """Resizing to a given size, by the nearest pixel or bilinear blending."""

    main = ("size",)
    title = "upsamplings"
    channelwise = True
    size = PerAxis(doc="the new size, one number or one per axis")
    mode = Word("bilinear", words=MODES, doc="how the new pixels are computed")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from self.needs_map(shape, "size")

    def output(self, shape: Shape) -> Shape:
        return Shape(shape.channels, *per_axis(self.size, shape.rank))

    def operations(self, shape: Shape) -> Operations:
        return interpolation(self.mode, self.output(shape))

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        wanted = self.output(shape).size
        if not is_known(*wanted, *shape.size):
            return unknown("resize: the factor must be a number")
        if any(new % old for new, old in zip(wanted, shape.size, strict=True)):
            return unknown("resize: the factor is not a whole number")
        factors = tuple(new // old for new, old in zip(wanted, shape.size, strict=True))
        return Upsample(factors, mode=self.mode).receptive_field(seen, shape)


@layer("pixel_shuffle", "depth_to_space", "pixelshuffle")
class PixelShuffle(Layer):
    """Pixel shuffle: every r*r channels become the r x r pixels of one larger map.

    W' = r*W and C' = C/r^2. Source: Shi et al. 2016, "Real-Time Single Image ... Sub-Pixel".
    """

    main = ("factor",)
    title = "reshapes"
    factor = Count(doc="factor by which every axis grows")

    def _share(self, shape: Shape) -> Size:
        return product([self.factor] * shape.rank)

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from self.needs_map(shape)
        yield Condition(
            shape.channels,
            "multiple of",
            self._share(shape),
            lambda: f"{shape.channels} channels do not split into groups of {self._share(shape)}",
        )

    def output(self, shape: Shape) -> Shape:
        channels = exact_div(shape.channels, self._share(shape))
        return Shape(channels, *(length * self.factor for length in shape.size))

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        share = self._share(shapes[0])
        return (Channels(0, start * share, count * share),)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        factor = self.factor
        return seen.stretched(
            (factor,) * shape.rank, lambda axis, _: axis.stretch(factor, partial(_source, factor, "nearest"))
        )


@layer("space_to_depth", "pixel_unshuffle", "reorg")
class SpaceToDepth(Layer):
    """Space to depth: every r x r pixels become r*r channels (YOLO's reorg layer).

    W' = W/r and C' = C*r^2; the reverse of pixel shuffle.
    """

    main = ("factor",)
    title = "reshapes"
    factor = Count(doc="factor by which every axis shrinks")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield from self.needs_map(shape)
        for length, axis in zip(shape.size, shape.axes, strict=True):
            message = f"the {axis} {length} is not a multiple of {self.factor}"
            yield Condition(length, "multiple of", self.factor, partial(str, message))

    def output(self, shape: Shape) -> Shape:
        channels = shape.channels * product([self.factor] * shape.rank)
        return Shape(channels, *(exact_div(length, self.factor) for length in shape.size))

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        def fold(axis: AxisReceptiveField, number: int) -> AxisReceptiveField:
            return axis.window(self.factor, self.factor, (0, 0), 1)

        return seen.along(fold)
