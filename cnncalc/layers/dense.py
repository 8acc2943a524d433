"""A volume -> a vector: fully connected layers, and the layers that flatten a volume."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.layers.activation import Activated
from cnncalc.layers.base import Layer, Refused, layer
from cnncalc.layers.condition import Condition
from cnncalc.layers.convolution import Conv
from cnncalc.layers.fields import Count, OptionalPerAxis, Switch
from cnncalc.layers.operations import Operations
from cnncalc.layers.receptive_field import EVERYTHING, ReceptiveField, unknown
from cnncalc.layers.shape import Shape
from cnncalc.symbolic import Size, product


@layer("fc", "linear", "dense", "fully_connected", "matmul")
class FullyConnected(Activated):
    """Fully connected: K units, each of which sees every value of the input.

    A volume is flattened first, so that an FC-4096 on 7x7x512 has 7*7*512*4096 weights.
    """

    main = ("units",)
    weighted = True
    dense = True
    title = "fully connected layers"
    units = Count(doc="number K of units, the length of the output", symbol="K", mark="-")
    bias = Switch(True, doc="one number added for every unit")

    def output(self, shape: Shape) -> Shape:
        return Shape(self.units)

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        return ((*shape.size, shape.channels, self.units),)

    def biases(self, shape: Shape) -> Size:
        return self.units if self.bias else 0

    def own_operations(self, shape: Shape) -> Operations:
        return Operations(macs=self.weights(shape), bias_adds=self.biases(shape), sums=self.units)

    def connections(self, shape: Shape, *, bias: bool = True) -> Size:
        return self.weights(shape) + (self.biases(shape) if bias else 0)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return EVERYTHING

    def convolutional(self, shape: Shape, kernel: tuple[Size, ...] | None) -> Layer:
        if not shape.size:
            return self
        fields = self.given()
        sides = list(kernel or shape.size)
        return Conv(filters=fields.pop("units"), kernel=sides[0] if len(set(sides)) == 1 else sides, **fields)

    def slide_name(self) -> str:
        return "FC"


@layer("rbf")
class RBF(Layer):
    """Euclidean radial basis functions (LeNet-5's output): the squared distance to K fixed vectors.

    The vectors are set by hand, not trained, so they count as buffers and not as parameters.
    Source: LeCun et al. 1998, section II.B.
    """

    main = ("units",)
    weighted = True
    title = "radial basis functions"
    units = Count(doc="number K of units, the length of the output", symbol="K", mark="-")

    def output(self, shape: Shape) -> Shape:
        return Shape(self.units)

    def buffers(self, shape: Shape) -> Size:
        return shape.values * self.units

    def operations(self, shape: Shape) -> Operations:
        pairs = shape.values * self.units
        return Operations(other_adds=pairs, macs=pairs, sums=self.units)

    def connections(self, shape: Shape, *, bias: bool = True) -> Size:
        return shape.values * self.units

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return EVERYTHING

    def convolutional(self, shape: Shape, kernel: tuple[Size, ...] | None) -> Layer:
        if any(size != 1 for size in shape.size):
            raise Refused(
                f"rbf has no convolutional form, and its input is {shape}",
                "leave out --head conv, or take the input of the spec",
            )
        return self


@layer("flatten")
class Flatten(Layer):
    """Flatten: the values of a volume as one vector."""

    title = "reshapes"
    view = True

    def output(self, shape: Shape) -> Shape:
        return Shape(shape.values)

    def convolutional(self, shape: Shape, kernel: tuple[Size, ...] | None) -> None:
        return None  # a convolution takes the map as it is


@layer("reshape")
class Reshape(Layer):
    """Reshape: the same values in another shape; only channels for a vector.

    `reshape: {channels: 128, size: 7}` makes a 7x7x128 volume of a vector of 6,272.
    """

    main = ("channels", "size")
    title = "reshapes"
    view = True
    channels = Count(doc="channels of the new shape; the length of a vector")
    size = OptionalPerAxis(None, doc="sizes of the new shape, one per axis; none for a vector")

    def output(self, shape: Shape) -> Shape:
        return Shape(self.channels, *self.size)

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        wanted = self.output(shape)
        yield Condition(
            shape.values,
            "==",
            self.channels * product(self.size),
            lambda: f"cannot reshape {shape} ({shape.values} values) to {wanted} ({wanted.values} values)",
            severity="invalid",
        )

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        if seen.everything or not self.size:
            return seen
        return unknown("reshape: neighbours of the new shape need not be neighbours in the image")
