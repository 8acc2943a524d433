"""The correct number of something else -> the number of one who reads it in the wrong place, or writes it wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from cnncalc.analysis import LayerResult
from cnncalc.analysis.quantities import COUNTS
from cnncalc.analysis.quantities import QUANTITIES as REGISTER
from cnncalc.diagnose.catalogue import ALONE, QUANTITIES, in_layer, in_number, in_total
from cnncalc.diagnose.recompute import LayerRecomputation, Recomputation, correct_at, correct_value
from cnncalc.diagnose.recompute_total import TotalRecomputation
from cnncalc.layers import Shape
from cnncalc.symbolic import is_known

FEWEST_DIGITS = 3
"""Digits of a number of which one is said to be missing or doubled: in shorter ones that explains much by chance."""
R = TypeVar("R", bound=Recomputation)


@in_layer("layer-before", "this is the number of the layer before", affects=ALONE)
def layer_before(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """The nearest layer before that has another number; before the first, the input's own volume."""
    analysis, quantity = correct.analysis, correct.quantity
    first = correct_at(analysis, correct.block[0], quantity) if correct.block else correct
    way = _nearest_layer(correct, first.layers_before(), "an earlier layer")
    if way:
        yield way
        return
    given = first.input_before()
    held = {"output": given.shape, "activations": given.activations, "memory_bytes": given.memory_bytes}
    value: Any = held.get(quantity)
    if value is not None:
        yield correct.with_value(value, "this is the number of the input")


@in_layer("layer-after", "this is the number of the layer after", affects=ALONE)
def layer_after(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """The nearest layer after that has another number."""
    way = _nearest_layer(correct, _layers_after(correct), "a later layer")
    if way:
        yield way


def _layers_after(correct: LayerRecomputation) -> Iterator[LayerResult]:
    """The layers behind, from the nearest on, along the first reader of each."""
    layers = correct.analysis.layers
    index = layers.index(correct.result)
    for number in range(index + 1, len(layers)):
        if index in layers[number].node.sources:
            index = number
            yield layers[number]


def _nearest_layer(correct: LayerRecomputation, layers: Iterator[LayerResult], what: str) -> LayerRecomputation | None:
    """The first of some layers that has another number."""
    own = correct.value()
    for layer in layers:
        if correct_value(layer, correct.quantity) not in (own, 0, None):
            way = correct_at(correct.analysis, layer, correct.quantity)
            return replace(way, note=f"this is the number of {layer.name}, {what}")
    return None


@in_total("layer-before", "this is the number of the block before", COUNTS, ALONE)
def block_before(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """The nearest layer or block before that has another number."""
    names, index = _in_a_row(correct)
    return _nearest_block(correct, names[:index][::-1], "the one before")


@in_total("layer-after", "this is the number of the block after", COUNTS, ALONE)
def block_after(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """The nearest layer or block after that has another number."""
    names, index = _in_a_row(correct)
    return _nearest_block(correct, names[index + 1 :], "the one after")


def _nearest_block(correct: TotalRecomputation, names: list[str], what: str) -> Iterator[TotalRecomputation]:
    own, analysis = correct.value(), correct.analysis
    for name in names:
        value = analysis.sum_over(analysis.layers_in(name), correct.quantity)
        if value not in (own, 0):
            yield correct.with_value(value, f"this is the number of {name}, {what}")
            return


def _in_a_row(correct: TotalRecomputation) -> tuple[list[str], int]:
    """(what stands in a row with a block, in order, where the block is among them); nothing for other sums."""
    paths = [layer.node.path for layer in correct.layers]
    depth = next((number for number, parts in enumerate(zip(*paths, strict=False)) if len(set(parts)) > 1), 0)
    block, around = "/".join(paths[0][:depth]), paths[0][: depth - 1]
    if not depth or correct.analysis.layers_in(block) != list(correct.layers):
        return [], 0
    every = (layer.node.path for layer in correct.analysis.layers)
    names = list(dict.fromkeys("/".join(path[:depth]) for path in every if path[: depth - 1] == around))
    return names, names.index(block)


@in_layer("other-quantity", "this is another quantity of the same layer", COUNTS, ALONE)
def other_quantity(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """Neurons instead of parameters, and so on."""
    for quantity in COUNTS:
        if quantity != correct.quantity and (quantity != "connections" or correct.layer.weighted):
            note = f"this is another quantity of the layer: {REGISTER[quantity].title}"
            yield replace(correct, quantity=quantity, note=note)


@in_total("other-quantity", "this is the total of another quantity", COUNTS, ALONE)
def total_of_other_quantity(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """Weights instead of parameters, and so on."""
    for quantity in COUNTS:
        if quantity not in (correct.quantity, "connections"):
            note = f"this is the total of another quantity: {REGISTER[quantity].title}"
            yield correct.with_value(correct.correct_value(quantity), note)


@in_layer("channels-first", "the channels were written first", ("output",), ALONE)
def channels_first(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """96x55x55 instead of 55x55x96."""
    yield correct.transformed(
        lambda shape: Shape(shape.size[-1], shape.channels, *shape.size[:-1]) if shape.size else shape
    )


@in_number("digits-transposed", "two neighbouring digits were swapped", QUANTITIES, ALONE)
def digits_transposed(correct: R) -> Iterator[R]:
    """Every way to swap two neighbouring digits of the number, or of one of its sizes."""
    return _respelled(correct, swaps)


@in_number("digit-lost", "a digit is missing", QUANTITIES, ALONE)
def digit_lost(correct: R) -> Iterator[R]:
    """Every way to leave out one digit."""
    return _respelled(correct, losses)


@in_number("digit-doubled", "a digit was written twice", QUANTITIES, ALONE)
def digit_doubled(correct: R) -> Iterator[R]:
    """Every way to write one digit twice."""
    return _respelled(correct, doubles)


def _respelled(correct: R, spellings: Callable[[Any], Iterator[int]]) -> Iterator[R]:
    """The number with one of its sizes written wrongly; then the first two alike, as of a square map."""
    value = correct.value()
    parts = _parts(value)
    for place, part in enumerate(parts):
        for wrong in spellings(part):
            yield correct.with_value(_like(value, (*parts[:place], wrong, *parts[place + 1 :])))
    if len(parts) > 1:
        for sizes in zip(*map(spellings, parts[:2]), strict=False):
            yield correct.with_value(_like(value, (*sizes, *parts[2:])))


def swaps(number: Any) -> Iterator[int]:
    """The number with two neighbouring digits swapped, where that changes it; no zero comes to the front."""
    digits = _digits(number)
    for index in range(len(digits) - 1):
        first, second = digits[index], digits[index + 1]
        if first != second and (index or second != "0"):
            yield int(digits[:index] + second + first + digits[index + 2 :])


def losses(number: Any) -> Iterator[int]:
    """The number, of three digits at least, without one of them; no zero comes to the front."""
    digits = _digits(number)
    shorter = (digits[:index] + digits[index + 1 :] for index in range(len(digits)))
    yield from dict.fromkeys(int(each) for each in shorter if len(digits) >= FEWEST_DIGITS and each[0] != "0")


def doubles(number: Any) -> Iterator[int]:
    """The number, of three digits at least, with one of them written twice."""
    digits = _digits(number)
    longer = (digits[: index + 1] + digits[index:] for index in range(len(digits)))
    yield from dict.fromkeys(int(each) for each in longer if len(digits) >= FEWEST_DIGITS)


def _digits(number: Any) -> str:
    return str(number) if is_known(number) and number > 0 else ""


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
