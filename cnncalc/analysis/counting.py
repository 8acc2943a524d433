"""A layer and the rules of a convention -> its count: measures of the layer, each with a weight, added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, cast

from cnncalc.layers import Layer, Operations, Shape
from cnncalc.layers.operations import OPERATION_COUNTS
from cnncalc.symbolic import Size, exact_div, normalise


class Rule(NamedTuple):
    """How layers of some kinds are counted: measures of the layer (MEASURES), each with its weight.

    `of` names kinds, or titles of families such as "pools"; none means all. `where` asks fields of
    the layer for a value. `about` says what is peculiar about it, in the words of a difference.
    """

    of: tuple[str, ...]
    weights: tuple[tuple[str, int], ...]
    where: tuple[tuple[str, str], ...] = ()
    about: str = ""

    def applies(self, layer: Layer) -> bool:
        """Whether the layer is one of these."""
        named = not self.of or layer.kind in self.of or layer.title in self.of
        return named and all(getattr(layer, field, None) == value for field, value in self.where)


class Part(NamedTuple):
    """One step of a layer: the layer without its activation, or that activation by itself."""

    layer: Layer
    shape: Shape
    output: Shape
    operations: Operations

    @property
    def trained(self) -> bool:
        """Whether it has weights."""
        return bool(self.layer.weight_factors(self.shape))


def _operation(name: str) -> Callable[[Part], Size]:
    return lambda part: cast(Size, getattr(part.operations, name))


MEASURES: dict[str, Callable[[Part], Size]] = {
    **{name: _operation(name) for name in OPERATION_COUNTS},
    "weights": lambda part: part.layer.weights(part.shape),
    "biases": lambda part: part.layer.biases(part.shape),
    "buffers": lambda part: part.layer.buffers(part.shape),
    "inputs": lambda part: part.shape.values,
    "outputs": lambda part: part.output.values,
    "input_positions": lambda part: part.shape.area,
    "trained_outputs": lambda part: part.output.values if part.trained else 0,
    "weights_at_outputs": lambda part: part.layer.weights(part.shape) * part.output.area,
    "mirrored_weights_at_outputs": lambda part: exact_div(
        part.layer.weights(part.shape) * part.output.values, part.shape.channels
    ),
    "adds_of_a_channel": lambda part: exact_div(part.operations.adds, part.shape.channels),
    "one": lambda part: 1,
}
"""What a rule may weigh: operations by class, and

* weights, biases, buffers: numbers stored; inputs, outputs: values that come in and go out;
* input_positions: pixels that come in; trained_outputs: the outputs of layers that have weights;
* weights_at_outputs: every weight used at every pixel that goes out, right for a convolution and not for
  a transposed one; mirrored_weights_at_outputs: the same with the output channels taken for the input's;
* adds_of_a_channel: additions of one channel (n to a pixel in a local response norm); one: the number 1.
"""


def parts(layer: Layer, shape: Shape) -> Iterator[Part]:
    """The steps of a layer: what it does itself, then the activation it has of its own."""
    activation: Any = getattr(layer, "activation", None)
    output = layer.output(shape)
    if activation is None:
        yield Part(layer, shape, output, layer.operations(shape))
        return
    own: Any = layer
    yield Part(layer, shape, output, own.own_operations(shape))
    yield Part(activation, output, output, activation.operations(output))


def rule_for(rules: Iterable[Rule], layer: Layer) -> Rule | None:
    """The first rule that applies."""
    return next((rule for rule in rules if rule.applies(layer)), None)


def terms(rules: Iterable[Rule], part: Part) -> dict[str, Size]:
    """What the rules count of a step, measure by measure."""
    rule = rule_for(rules, part.layer)
    return {name: weight * MEASURES[name](part) for name, weight in rule.weights} if rule else {}


def counted(rules: tuple[Rule, ...], layer: Layer, shape: Shape) -> Size:
    """What the rules count of a layer, its activation included."""
    total: Size = 0
    for part in parts(layer, shape):
        for count in terms(rules, part).values():
            total = total + count
    return normalise(total)
