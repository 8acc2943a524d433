"""The right number of something else -> the number of one who reads off the wrong place, or writes it down wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cnncalc.analysis import LayerResult
from cnncalc.diagnose.catalogue import ALONE, COUNTED, MISTAKES
from cnncalc.diagnose.recompute import Attempt, attempt_at
from cnncalc.layers import Shape
from cnncalc.symbolic import is_known


@MISTAKES.enter("layer-before", "this is the number of the layer before", touches=ALONE)
def layer_before(right: Attempt) -> Iterator[Attempt]:
    """The nearest layer before that has another number; before the first, the input's own volume."""
    own = right.value()
    first = attempt_at(right.analysis, right.block[0], right.quantity) if right.block else right
    for layer in first.before():
        way = _at(right, layer, "before")
        if way.value() not in (own, 0, None):
            yield way
            return
    volume = {"output": right.analysis.graph.input, "activations": right.analysis.input.activations}
    value = {**volume, "memory_bytes": right.analysis.input.memory_bytes}.get(right.quantity)
    if value is not None:
        yield right.done(lambda _: value, "this is the number of the input")


@MISTAKES.enter("layer-after", "this is the number of the layer after", touches=ALONE)
def layer_after(right: Attempt) -> Iterator[Attempt]:
    """The nearest layer after that has another number."""
    own, index = right.value(), right.analysis.layers.index(right.place)
    for layer in _after(right, index):
        way = _at(right, layer, "after")
        if way.value() not in (own, 0, None):
            yield way
            return


def _after(right: Attempt, index: int) -> Iterator[LayerResult]:
    """The layers behind, from the nearest on, along the first reader of each."""
    layers = right.analysis.layers
    for number in range(index + 1, len(layers)):
        if index in layers[number].node.sources:
            index = number
            yield layers[number]


def _at(right: Attempt, layer: LayerResult, where: str) -> Attempt:
    return replace(
        attempt_at(right.analysis, layer, right.quantity), note=f"this is the number of {layer.name}, a layer {where}"
    )


@MISTAKES.enter("other-quantity", "this is another quantity of the same layer", COUNTED, ALONE)
def other_quantity(right: Attempt) -> Iterator[Attempt]:
    """Neurons for parameters, and so on."""
    for quantity in COUNTED:
        if quantity != right.quantity and not (quantity == "connections" and not right.layer.weighted):
            words = quantity.replace("_", " ")
            yield replace(right, quantity=quantity, note=f"this is the number of another quantity, its {words}")


@MISTAKES.enter("channels-first", "the channels were written first", ("output",), ALONE)
def channels_first(right: Attempt) -> Iterator[Attempt]:
    """96x55x55 in place of 55x55x96."""
    yield right.done(lambda shape: Shape(shape.size[-1], shape.channels, *shape.size[:-1]) if shape.size else shape)


@MISTAKES.enter("digits-transposed", "two neighbouring digits were transposed", touches=ALONE)
def digits_transposed(right: Attempt) -> Iterator[Attempt]:
    """Every way to swap two neighbouring digits of the number, or of one of its sizes."""
    value = right.value()
    parts = _parts(value)
    for place, part in enumerate(parts):
        for swapped in swaps(part):
            yield right.done(lambda _, new=(*parts[:place], swapped, *parts[place + 1 :]): _like(value, new))  # type: ignore[misc]
    if len(parts) > 1:
        for sizes in zip(*map(swaps, parts[:2]), strict=False):
            yield right.done(lambda _, new=(*sizes, *parts[2:]): _like(value, new))  # type: ignore[misc]


def swaps(number: Any) -> Iterator[int]:
    """The number with two neighbouring digits swapped, where that changes it; no zero comes to the front."""
    digits = str(number) if is_known(number) and number > 0 else ""
    for index in range(len(digits) - 1):
        first, second = digits[index], digits[index + 1]
        if first != second and (index or second != "0"):
            yield int(digits[:index] + second + first + digits[index + 2 :])


def _parts(value: Any) -> tuple[Any, ...]:
    """The numbers that a value is written as: height, width and channels of a Shape."""
    if isinstance(value, Shape):
        return (*value.size, value.channels)
    return value if isinstance(value, tuple) else (value,)


def _like(value: Any, parts: tuple[Any, ...]) -> Any:
    """The parts as what they are parts of."""
    if isinstance(value, Shape):
        return Shape(parts[-1], *parts[:-1])
    return parts if isinstance(value, tuple) else parts[0]
