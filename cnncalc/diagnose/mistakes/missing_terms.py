"""A layer with one of its rules bent -> the number of one who forgets a factor or a term of a formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.diagnose.catalogue import MISTAKES, OF_OUTPUT, OF_WEIGHTS, STORED
from cnncalc.diagnose.recompute import Attempt, Rules
from cnncalc.layers import Layer, Shape
from cnncalc.symbolic import Size, exact_div

SLIDING = ("output", *OF_OUTPUT)
OF_VOLUME = (*STORED, "macs", "flops", "neurons")


@MISTAKES.enter("plus-one-forgotten", "the + 1 in (W - F + 2P)/S + 1 was forgotten", SLIDING, "output")
def plus_one_forgotten(right: Attempt) -> Iterator[Attempt]:
    """One window fewer on every axis."""
    if right.has("rounding") and right.shown("padding") != "same":
        yield right.bent(lambda layer: {"output": lambda shape: _one_less(layer.output(shape))})


def _one_less(shape: Shape) -> Shape:
    return Shape(shape.channels, *(length - 1 for length in shape.size))


@MISTAKES.enter("depth-forgotten", "the depth of the input was forgotten", OF_WEIGHTS, "depth")
def depth_forgotten(right: Attempt) -> Iterator[Attempt]:
    """Filters with a single map, as if the input had no depth."""
    deep = right.has("filters") or (right.has("units") and right.input.area > 1)
    if deep and not right.shown("table"):
        whole = right.remade(groups=1) if right.has("groups") else right
        name = "connections" if right.quantity == "connections" else "weights"
        yield whole.bent(lambda layer: _of_input(layer, name, lambda shape: Shape(1, *shape.size)))


def _of_input(layer: Layer, name: str, changed: Any) -> Rules:
    """A rule of the layer that sees a changed input."""
    rule = getattr(layer, name)
    return {name: lambda shape, **keys: rule(changed(shape), **keys)}


@MISTAKES.enter("square-forgotten", "the window was counted as F instead of F*F", OF_WEIGHTS, "square")
def square_forgotten(right: Attempt) -> Iterator[Attempt]:
    """One axis of the kernel."""
    if right.has("kernel") and right.layer.weighted and right.input.rank > 1:
        side = right.layer.windows(right.input.rank)[-1].kernel  # type: ignore[attr-defined]
        yield right.bent(lambda layer: {"weights": lambda shape: exact_div(layer.weights(shape), side)})


@MISTAKES.enter("one-axis-only", "only one axis of the map was taken", ("output", *OF_VOLUME, *OF_WEIGHTS), "area")
def one_axis_only(right: Attempt) -> Iterator[Attempt]:
    """H in place of H*W, of the output or, before a matrix product, of the input."""
    if right.quantity == "output":
        note = "only one axis was computed, the other left as in the input"
        yield right.bent(lambda layer: {"output": lambda shape: _first_axis(layer.output(shape), shape)}, note)
        return
    if right.quantity in OF_VOLUME:
        yield right.bent(lambda layer: {"output": lambda shape: _line(layer.output(shape))})
    if right.has("units"):
        yield right.on(_line(map_before(right)))


def _line(shape: Shape) -> Shape:
    return Shape(shape.channels, *shape.size[:1])


def _first_axis(output: Shape, shape: Shape) -> Shape:
    return Shape(output.channels, *output.size[:1], *shape.size[1:])


def map_before(right: Attempt) -> Shape:
    """The last map before the layer, its own input where that is one."""
    shape = right.input
    for layer in right.before():
        if shape.size or not (layer.node.layer.view or layer.node.layer.in_place):
            break
        shape = layer.input
    return shape


@MISTAKES.enter("spatial-size-forgotten", "the size of the output map was forgotten", OF_VOLUME, "area")
def spatial_size_forgotten(right: Attempt) -> Iterator[Attempt]:
    """As if the output were a single position."""
    if right.has("output_padding"):
        yield right.bent(lambda layer: _of_input(layer, "operations", _point))
    else:
        yield right.bent(lambda layer: {"output": lambda shape: _point(layer.output(shape))})


def _point(shape: Shape) -> Shape:
    return Shape(shape.channels, *(1,) * shape.rank)


@MISTAKES.enter(
    "input-size-for-output-size", "the size of the input was taken for that of the output", OF_OUTPUT, "area"
)
def input_size_for_output_size(right: Attempt) -> Iterator[Attempt]:
    """K x H x W in place of K x H' x W'."""
    if right.has("kernel"):
        yield right.bent(lambda layer: {"output": lambda shape: Shape(layer.output(shape).channels, *shape.size)})


@MISTAKES.enter(
    "output-size-for-input-size",
    "the size of the output was taken where that of the input counts",
    ("macs", "flops"),
    "area",
)
def output_size_for_input_size(right: Attempt) -> Iterator[Attempt]:
    """A transposed convolution counted as a convolution."""
    if right.has("output_padding"):
        yield right.bent(lambda layer: {"operations": lambda shape: _on_output(layer, shape)})


def _on_output(layer: Layer, shape: Shape) -> Any:
    return layer.operations(shape)._replace(macs=layer.weights(shape) * layer.output(shape).area)


@MISTAKES.enter("depth-kept", "the depth of the input was taken for that of the output", SLIDING, "maps")
def depth_kept(right: Attempt) -> Iterator[Attempt]:
    """W' x W' x C in place of W' x W' x K."""
    yield right.bent(lambda layer: {"output": lambda shape: Shape(shape.channels, *layer.output(shape).size)})


@MISTAKES.enter("maps-forgotten", "a single map of the output was counted", (*STORED, "neurons"), "maps")
def maps_forgotten(right: Attempt) -> Iterator[Attempt]:
    """H' x W' in place of H' x W' x K."""
    yield right.bent(lambda layer: {"output": lambda shape: Shape(1, *layer.output(shape).size)})


@MISTAKES.enter(
    "flatten-forgotten",
    "the map was not laid out flat: only its depth was counted as inputs",
    ("output", *OF_OUTPUT, *OF_WEIGHTS),
    "area",
)
def flatten_forgotten(right: Attempt) -> Iterator[Attempt]:
    """C in place of H*W*C."""
    shape = map_before(right)
    if _lays_flat(right) and shape.size:
        yield right.on(Shape(shape.channels))


@MISTAKES.enter("wrong-map-flattened", "the wrong map was laid out flat", ("output", *OF_OUTPUT, *OF_WEIGHTS), "area")
def wrong_map_flattened(right: Attempt) -> Iterator[Attempt]:
    """The map before the pool, or an earlier one still."""
    if not _lays_flat(right):
        return
    told = {right.input, map_before(right)}
    for layer in right.before():
        if layer.input.size and layer.input not in told:
            told.add(layer.input)
            yield right.on(layer.input, f"the wrong map was laid out flat: {layer.input}, the input of {layer.name}")


def _lays_flat(right: Attempt) -> bool:
    """Whether the layer takes a map as one vector: what it makes of the map depends on no axis."""
    return right.has("units") or (right.layer.view and not right.place.output.size)


@MISTAKES.enter("in-place-counted", "ReLU, which works in place, was counted once more", STORED, "in place")
def in_place_counted(right: Attempt) -> Iterator[Attempt]:
    """A second volume for an activation."""
    if right.shown("activation") not in (None, "none"):
        yield right.scaled(2)
    elif right.layer.in_place or right.layer.view:
        note = f"the output of {right.place.name} was counted, which is written over its input"
        yield right.bent(lambda layer: {"in_place": False, "view": False}, note)


@MISTAKES.enter("buffers-counted", "the running statistics were counted as parameters", ("params", "biases", "weights"))
def buffers_counted(right: Attempt) -> Iterator[Attempt]:
    """4C for a batch norm."""
    name = "weights" if right.quantity == "weights" else "biases"
    yield right.bent(lambda layer: {name: lambda shape: getattr(layer, name)(shape) + layer.buffers(shape)})


@MISTAKES.enter(
    "padding-connected", "connections to the zeros of the padding were counted", ("connections",), "connections"
)
def padding_connected(right: Attempt) -> Iterator[Attempt]:
    """3x5 in place of 3x5 - 2."""
    yield right.bent(lambda layer: {"connections": lambda shape, bias: _all_taps(layer, shape, bias)})


def _all_taps(layer: Layer, shape: Shape, bias: bool) -> Size:
    operations = layer.operations(shape)
    return operations.macs + (operations.bias_adds if bias else 0)


@MISTAKES.enter("fully-connected", "every unit was connected to every input", ("connections",), "connections")
def fully_connected(right: Attempt) -> Iterator[Attempt]:
    """25 in place of 13."""
    yield right.bent(lambda layer: {"connections": lambda shape, bias: _all_pairs(layer, shape, bias)})


def _all_pairs(layer: Layer, shape: Shape, bias: bool) -> Size:
    return shape.values * layer.output(shape).values + (layer.operations(shape).bias_adds if bias else 0)
