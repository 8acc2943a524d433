"""A volume -> the same volume, with one function applied to every value: the activations."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from cnncalc.layers.base import CATALOGUE, Layer, layer
from cnncalc.layers.fields import Field, Number, NumberReader, Switch, Word
from cnncalc.layers.operations import NO_OPERATIONS, Operations
from cnncalc.layers.shape import Shape
from cnncalc.symbolic import Size


class Activation(Layer):
    """A function of one value, applied to every value in place.

    `work` is what it does to one value, by class of operation.
    """

    title = "activations"
    in_place = True
    channelwise = True
    work: ClassVar[dict[str, int]] = {}

    def operations(self, shape: Shape) -> Operations:
        return Operations(**{name: count * shape.values for name, count in self.work.items()})


@layer("relu")
class ReLU(Activation):
    """Rectified linear unit, max(0, x): one comparison per value."""

    work: ClassVar[dict[str, int]] = {"compares": 1}


@layer("relu6")
class ReLU6(Activation):
    """ReLU clipped at 6, min(max(0, x), 6): two comparisons per value (MobileNet)."""

    work: ClassVar[dict[str, int]] = {"compares": 2}


@layer("leaky_relu", "lrelu", "leakyrelu")
class LeakyReLU(Activation):
    """Leaky ReLU, max(x, slope*x): a comparison and a product per value."""

    work: ClassVar[dict[str, int]] = {"compares": 1, "other_multiplies": 1}
    slope = Number("0.01", doc="factor of negative values; no count depends on it")


@layer("prelu")
class PReLU(LeakyReLU):
    """Parametric ReLU: leaky, with one slope learnt for every channel, or one for all.

    Source: He et al. 2015, "Delving Deep into Rectifiers".
    """

    slope = Number("0.25", doc="the slope before training; no count depends on it")
    shared = Switch(False, doc="one slope for all channels")

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        return ((1 if self.shared else shape.channels,),)


@layer("ramp")
class Ramp(Activation):
    """max(0, x) + x/10 (Darknet): a comparison, two products and an addition per value."""

    work: ClassVar[dict[str, int]] = {"compares": 1, "other_multiplies": 2, "other_adds": 1}


@layer("hard_tanh", "hardtanh")
class HardTanh(Activation):
    """x clipped at -1 and 1: two comparisons per value."""

    work: ClassVar[dict[str, int]] = {"compares": 2}


@layer("elu")
class ELU(Activation):
    """Exponential linear unit, x or exp(x) - 1: a comparison, an exponential and a difference."""

    work: ClassVar[dict[str, int]] = {"compares": 1, "exps": 1, "other_adds": 1}


@layer("selu")
class SELU(Activation):
    """Scaled exponential linear unit: an ELU and a product (Klambauer et al. 2017)."""

    work: ClassVar[dict[str, int]] = {"compares": 1, "exps": 1, "other_adds": 1, "other_multiplies": 1}


@layer("celu")
class CELU(Activation):
    """Continuously differentiable ELU, x or a*(exp(x/a) - 1): an ELU, a division and a product."""

    work: ClassVar[dict[str, int]] = {"compares": 1, "exps": 1, "other_adds": 1, "divides": 1, "other_multiplies": 1}


@layer("gelu")
class GELU(Activation):
    """Gaussian error linear unit, x * Phi(x): one error function, an addition and two products."""

    kept_for_training = True
    work: ClassVar[dict[str, int]] = {"exps": 1, "other_adds": 1, "other_multiplies": 2}


@layer("sigmoid", "logistic")
class Sigmoid(Activation):
    """1 / (1 + exp(-x)): an exponential, an addition and a division per value."""

    work: ClassVar[dict[str, int]] = {"exps": 1, "other_adds": 1, "divides": 1}


@layer("loggy")
class Loggy(Activation):
    """2 / (1 + exp(-x)) - 1, a sigmoid from -1 to 1 (Darknet): an exponential, two additions and a division."""

    work: ClassVar[dict[str, int]] = {"exps": 1, "other_adds": 2, "divides": 1}


@layer("silu", "swish")
class SiLU(Activation):
    """x * sigmoid(x): a sigmoid and a product per value."""

    kept_for_training = True
    work: ClassVar[dict[str, int]] = {"exps": 1, "other_adds": 1, "divides": 1, "other_multiplies": 1}


@layer("tanh")
class Tanh(Activation):
    """Hyperbolic tangent by one exponential: 1 - 2 / (exp(2x) + 1)."""

    work: ClassVar[dict[str, int]] = {"exps": 1, "other_adds": 2, "other_multiplies": 1, "divides": 1}


@layer("softplus")
class Softplus(Activation):
    """log(1 + exp(x)): an exponential, an addition and a logarithm per value."""

    kept_for_training = True
    work: ClassVar[dict[str, int]] = {"exps": 2, "other_adds": 1}


@layer("mish")
class Mish(Activation):
    """x * tanh(softplus(x)): a softplus, a tanh and a product (Misra 2019)."""

    kept_for_training = True
    work: ClassVar[dict[str, int]] = {"exps": 3, "other_adds": 3, "other_multiplies": 2, "divides": 1}


@layer("hard_sigmoid", "hardsigmoid")
class HardSigmoid(Activation):
    """clip((x + 3) / 6, 0, 1): an addition, a product and two comparisons per value."""

    kept_for_training = True
    work: ClassVar[dict[str, int]] = {"other_adds": 1, "other_multiplies": 1, "compares": 2}


@layer("hard_swish", "hardswish")
class HardSwish(Activation):
    """x * hard_sigmoid(x) (MobileNetV3)."""

    kept_for_training = True
    work: ClassVar[dict[str, int]] = {"other_adds": 1, "other_multiplies": 2, "compares": 2}


@layer("softmax")
class Softmax(Activation):
    """exp(x) / sum of exp: a comparison (for the maximum), an exponential, an addition, a division."""

    channelwise = False
    work: ClassVar[dict[str, int]] = {"compares": 1, "exps": 1, "other_adds": 1, "divides": 1}


@cache
def _simple_activations() -> dict[str, Activation]:
    """The activations that need no weights of their own, and so no row of their own, by name."""
    return {
        name: cls()
        for name, cls in CATALOGUE.items()
        if issubclass(cls, Activation) and cls.weight_factors is Layer.weight_factors
    }


class ActivationName(Field["Activation | None"]):
    """An activation by name, applied in place to the output of the layer that has the field."""

    accepts = "the name of an activation"
    pattern = Word.pattern

    @property
    def words(self) -> tuple[str, ...]:  # type: ignore[override]
        return (*_simple_activations(), "none")

    def read(self, value: Any) -> Activation | None:
        if value is None or value == "none":
            return None
        if value not in _simple_activations():
            raise self.refuse(value, "one of " + ", ".join(self.words))
        return _simple_activations()[value]

    def show(self, value: Activation | None) -> Any:
        return "none" if value is None else value.kind

    def in_notation(self, value: Activation | None) -> str:
        return str(self.show(value))

    def from_notation(self, text: str, read: NumberReader) -> Any:
        return text.lower()


class Activated(Layer):
    """A layer that may have an activation of its own, as `conv: {activation: relu}`."""

    activation = ActivationName(None, doc="a function applied to the output, in place", mark="+")

    @property
    def mixes_channels(self) -> bool:
        """Whether its activation makes every channel depend on all, as softmax does."""
        return self.activation is not None and not self.activation.channelwise

    def own_operations(self, shape: Shape) -> Operations:
        """What the layer does before its activation."""
        return NO_OPERATIONS

    def operations(self, shape: Shape) -> Operations:
        own = self.own_operations(shape)
        if self.activation is None:
            return own
        return own.plus(self.activation.operations(self.output(shape)))
