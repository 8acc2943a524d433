"""A volume -> the same volume, with a plain function applied to every value: power, exp, log, abs."""

from __future__ import annotations

from cnncalc.layers.base import Layer, layer
from cnncalc.layers.fields import Number
from cnncalc.layers.operations import Operations
from cnncalc.layers.shape import Shape


class Arithmetic(Layer):
    """A function of one value, applied to every value in place."""

    title = "functions"
    in_place = True
    kept_for_training = True
    channelwise = True


@layer("power")
class Power(Arithmetic):
    """(scale*x + shift)^exponent: a product, an addition and a power per value, those that change nothing left out."""

    main = ("exponent",)
    exponent = Number("1", doc="exponent; 1 costs nothing")
    scale = Number("1", doc="factor of the value; 1 costs nothing")
    shift = Number("0", doc="number added to it; 0 costs nothing")

    def operations(self, shape: Shape) -> Operations:
        return Operations(
            other_multiplies=shape.values if float(self.scale) != 1 else 0,
            other_adds=shape.values if float(self.shift) != 0 else 0,
            exps=shape.values if float(self.exponent) != 1 else 0,
        )


@layer("exp")
class Exp(Arithmetic):
    """exp(x): one exponential per value."""

    def operations(self, shape: Shape) -> Operations:
        return Operations(exps=shape.values)


@layer("log")
class Log(Arithmetic):
    """ln(x): one logarithm per value."""

    def operations(self, shape: Shape) -> Operations:
        return Operations(exps=shape.values)


@layer("abs", "absval")
class Abs(Arithmetic):
    """The absolute value: one comparison per value."""

    def operations(self, shape: Shape) -> Operations:
        return Operations(compares=shape.values)
