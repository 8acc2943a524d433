"""A volume -> the same volume with its values rescaled: batch, layer and group norm, LRN, a scale for every channel."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.layers.base import Layer, Refused, layer
from cnncalc.layers.channels import Channels, ChannelsRead, clipped, grouped
from cnncalc.layers.condition import Condition
from cnncalc.layers.fields import Count, Number, Switch, Word
from cnncalc.layers.operations import Operations
from cnncalc.layers.receptive_field import EVERYTHING, ReceptiveField
from cnncalc.layers.shape import Shape
from cnncalc.symbolic import Size, floor_div, product


class Norm(Layer):
    """What norms share: a trained scale and offset for every channel, unless `affine` is false; or one of them."""

    title = "norms"
    in_place = True
    kept_for_training = True
    affine = Switch(True, doc="whether a scale and an offset are trained for every channel")
    scale = Switch(True, doc="false: of the two only the offset is trained")
    offset = Switch(True, doc="false: of the two only the scale is trained")

    def trained(self, shape: Shape) -> tuple[Size, ...]:
        """The factors of the number of values that have a scale and an offset of their own."""
        return (shape.channels,)

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        return (self.trained(shape),) if self.affine and self.scale else ()

    def biases(self, shape: Shape) -> Size:
        return product(self.trained(shape)) if self.affine and self.offset else 0


class StatisticsNorm(Norm):
    """Norms that compute mean and variance of the input at inference too."""

    def operations(self, shape: Shape) -> Operations:
        # Mean: an addition. Variance: a difference, a square, an addition. Then (x - mean) is
        # scaled by the deviation and, if affine, by a trained scale and offset.
        adds = 4 if self.affine and self.offset else 3
        multiplies = 3 if self.affine and self.scale else 2
        return Operations(other_adds=adds * shape.values, other_multiplies=multiplies * shape.values)


@layer("batchnorm", "bn", "batch_norm", "batchnorm2d")
class BatchNorm(Norm):
    """Batch norm: 2C parameters (scale and offset) and 2C buffers (running mean and variance).

    At inference it is one product and one addition per value. Source: Ioffe & Szegedy 2015.
    """

    channelwise = True

    def buffers(self, shape: Shape) -> Size:
        return 2 * shape.channels

    def operations(self, shape: Shape) -> Operations:
        return Operations(other_multiplies=shape.values, other_adds=shape.values)


@layer("layernorm", "ln", "layer_norm")
class LayerNorm(StatisticsNorm):
    """Layer norm: mean and variance over the channels of a position, or over all values of an image.

    Source: Ba et al. 2016.
    """

    over = Word(
        "channels",
        words=("channels", "all"),
        doc="values with a common mean: channels of a position, or all",
    )

    def trained(self, shape: Shape) -> tuple[Size, ...]:
        return (*shape.size, shape.channels) if self.over == "all" else super().trained(shape)


@layer("groupnorm", "gn", "group_norm")
class GroupNorm(StatisticsNorm):
    """Group norm: mean and variance over the channels of a group and all positions. Source: Wu & He 2018."""

    main = ("groups",)
    groups = Count(32, doc="number of groups that the channels are split into")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        yield Condition(
            shape.channels,
            "multiple of",
            self.groups,
            lambda: f"groups ({self.groups}) must divide the channels ({shape.channels})",
            severity="invalid",
        )

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        channels = shapes[0].channels
        return grouped(self.groups, channels, channels, start, count)


@layer("instancenorm", "in_norm", "instance_norm")
class InstanceNorm(StatisticsNorm):
    """Instance norm: mean and variance over all positions of each map. Source: Ulyanov et al. 2016."""

    channelwise = True
    affine = Switch(False, doc="whether a scale and an offset are trained for every channel")


@layer("standardize", "standardise")
class Standardize(Layer):
    """Every channel less its mean, divided by its deviation, both known before the training (Keras' Normalization)."""

    title = "norms"
    in_place = True
    channelwise = True
    stored = Switch(True, doc="whether means, variances and their count are stored (2C + 1 buffers), or are constants")

    def buffers(self, shape: Shape) -> Size:
        return 2 * shape.channels + 1 if self.stored else 0

    def operations(self, shape: Shape) -> Operations:
        return Operations(other_adds=shape.values, divides=shape.values)


@layer("affine", "channel_scale", "scale_shift")
class Affine(Layer):
    """A trained scale and a trained offset for every channel, y = scale*x + offset.

    It is the second half of a batch norm: Caffe writes a batch norm as `batchnorm: {affine: false}` and this layer.
    """

    title = "scales"
    in_place = True
    kept_for_training = True
    channelwise = True
    scale = Switch(True, doc="one factor for every channel")
    offset = Switch(True, doc="one number added for every channel")

    def check(self) -> None:
        if not (self.scale or self.offset):
            raise Refused("affine has neither a scale nor an offset", "leave out the layer")

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        return ((shape.channels,),) if self.scale else ()

    def biases(self, shape: Shape) -> Size:
        return shape.channels if self.offset else 0

    def operations(self, shape: Shape) -> Operations:
        return Operations(
            other_multiplies=shape.values if self.scale else 0, other_adds=shape.values if self.offset else 0
        )


@layer("normalize", "vector_norm")
class Normalize(Layer):
    """L2 norm: every value divided by the length of a vector, then scaled by a trained number (ParseNet, SSD).

    The vector is that of the channels of a position, or of all values of an image. Source: Liu et al. 2015.
    """

    title = "norms"
    over = Word("channels", words=("channels", "all"), doc="values of one vector: the channels of a position, or all")
    shared = Switch(False, doc="one scale for all channels")

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        return ((1 if self.shared else shape.channels,),)

    def operations(self, shape: Shape) -> Operations:
        vectors = shape.area if self.over == "channels" else 1
        return Operations(
            other_multiplies=2 * shape.values,  # the square, and the scale
            other_adds=shape.values - vectors,
            exps=vectors,  # the root
            divides=shape.values,
        )

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return seen if self.over == "channels" else EVERYTHING


@layer("lrn", "norm", "local_response_norm")
class LocalResponseNorm(Layer):
    """Local response norm: every value divided by a power of the squares of its neighbours.

    The neighbours are n channels at one position or, with `over: square`, n x n pixels of one channel.
    Nothing is trained. Source: Krizhevsky et al. 2012, section 3.3.
    """

    main = ("channels",)
    title = "norms"
    channels = Count(5, doc="number n of neighbours in the sum; with `over: square`, the side of the square")
    over = Word("channels", words=("channels", "square"), doc="neighbours: channels of a position, or a square")
    alpha = Number("0.0001", doc="factor of the sum; no count depends on it")
    beta = Number("0.75", doc="exponent; no count depends on it")

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        if self.over == "square":
            yield from self.needs_map(shape)
            yield Condition(
                self.channels + 1, "multiple of", 2, lambda: f"the side of the square must be odd, not {self.channels}"
            )

    def operations(self, shape: Shape) -> Operations:
        values = shape.values
        neighbours = product([self.channels] * (shape.rank if self.over == "square" else 1))
        return Operations(
            other_multiplies=(1 + 1) * values,  # the square, and the factor alpha
            other_adds=neighbours * values,
            exps=values,
            divides=values,
        )

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        if self.over == "square":
            return (Channels(0, start, count),)
        reach = floor_div(self.channels, 2)
        return clipped(0, start - reach, start + count + reach, 0, shapes[0].channels)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        if self.over == "channels":
            return seen
        side = floor_div(self.channels, 2)
        return seen.along(lambda axis, _: axis.window(self.channels, 1, (side, side), 1))
