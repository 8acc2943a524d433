"""A layer with one of its rules replaced -> the number of one who forgets a factor or a term of a formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from cnncalc.diagnose.catalogue import OF_OUTPUT, OF_WEIGHTS, SLIDING, in_each_layer, in_layer
from cnncalc.diagnose.recompute import STORED, LayerRecomputation
from cnncalc.layers import Layer, Operations, Shape
from cnncalc.symbolic import Size, exact_div

MOST_VECTORS = 100
"""Layers on vectors behind which the last map is looked for."""
POOLED = ("output", "activations", "neurons")
OF_VOLUME = (*STORED, "macs", "flops", "neurons")


@in_layer("plus-one-forgotten", "the + 1 in (W - F + 2P)/S + 1 was forgotten", SLIDING, "output")
def plus_one_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """One window fewer on every axis."""

    def one_less(layer: Layer, shape: Shape) -> Shape:
        output = layer.output(shape)
        return Shape(output.channels, *(length - 1 for length in output.size))

    if correct.has("rounding") and correct.in_spec("padding") != "same":
        yield correct.with_rule("output", one_less)


@in_each_layer("depth-forgotten", "the depth of the input was forgotten", OF_WEIGHTS, "depth", by_kind=True)
def depth_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """Filters with a single map, as if the input had no depth."""
    name = "connections" if correct.quantity == "connections" else "weights"
    deep = correct.has("filters") or (correct.has("units") and correct.input.area > 1)
    if deep and not correct.in_spec("table"):
        whole = correct.with_fields(groups=1) if correct.has("groups") else correct
        yield whole.with_rule(name, lambda layer, shape, **bias: getattr(layer, name)(Shape(1, *shape.size), **bias))


@in_each_layer("square-forgotten", "the kernel was counted as F instead of F*F", OF_WEIGHTS, "square")
def square_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """One axis of the kernel."""
    if correct.has("kernel") and correct.layer.weighted and correct.input.rank > 1:
        side = correct.layer.windows(correct.input.rank)[-1].kernel  # type: ignore[attr-defined]
        yield correct.with_rule("weights", lambda layer, shape: exact_div(layer.weights(shape), side))


@in_each_layer(
    "one-axis-only",
    "only one axis of the map was counted: H instead of H*W",
    ("output", *OF_VOLUME, *OF_WEIGHTS),
    "area",
)
def one_axis_only(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """H instead of H*W, of the output or, before a matrix product, of the input."""

    def first_axis(layer: Layer, shape: Shape) -> Shape:
        output = layer.output(shape)
        return Shape(output.channels, *output.size[:1], *shape.size[1:])

    if correct.quantity == "output":
        note = "only one axis was computed; the other was copied from the input"
        yield correct.with_rule("output", first_axis, note)
        return
    if correct.quantity in OF_VOLUME:
        yield correct.with_rule("output", lambda layer, shape: _line(layer.output(shape)))
    if correct.has("units"):
        yield correct.with_input(_line(map_before(correct)))


def _line(shape: Shape) -> Shape:
    return Shape(shape.channels, *shape.size[:1])


def map_before(correct: LayerRecomputation, *, behind_units: bool = False) -> Shape:
    """The last map before the layer, its own input where that is one; also behind matrix products if these count."""
    shape = correct.input
    for layer in islice(correct.layers_before(), MOST_VECTORS):
        own = layer.node.layer
        if shape.size or not (own.view or own.in_place or (behind_units and "units" in own.fields)):
            break
        shape = layer.input
    return shape


@in_each_layer(
    "spatial-size-forgotten", "the size of the map was forgotten: a single position was counted", OF_VOLUME, "area"
)
def spatial_size_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """As if the output were a single position; of a transposed convolution, whose filters slide on it, the input."""
    if correct.has("output_padding"):
        yield correct.with_rule("operations", lambda layer, shape: layer.operations(_point(shape)))
    else:
        yield correct.with_rule("output", lambda layer, shape: _point(layer.output(shape)))


def _point(shape: Shape) -> Shape:
    return Shape(shape.channels, *(1,) * shape.rank)


@in_each_layer("input-size-for-output-size", "the input size was used instead of the output size", OF_OUTPUT, "area")
def input_size_for_output_size(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """K x H x W instead of K x H' x W'."""
    if correct.has("kernel"):
        yield correct.with_rule("output", lambda layer, shape: Shape(layer.output(shape).channels, *shape.size))


@in_layer("output-size-for-input-size", "the output size was used instead of the input size", ("macs", "flops"), "area")
def output_size_for_input_size(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """A transposed convolution counted as a convolution."""

    def on_output(layer: Layer, shape: Shape) -> Operations:
        return layer.operations(shape)._replace(macs=layer.weights(shape) * layer.output(shape).area)

    if correct.has("output_padding"):
        yield correct.with_rule("operations", on_output)


@in_layer("depth-kept", "the depth of the input was used instead of the depth of the output", SLIDING, "maps")
def depth_kept(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """W' x W' x C instead of W' x W' x K."""
    yield correct.with_rule("output", lambda layer, shape: Shape(shape.channels, *layer.output(shape).size))


@in_layer("maps-forgotten", "only one channel of the output was counted", ("output", *STORED, "neurons"), "maps")
def maps_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """H' x W' instead of H' x W' x K."""
    yield correct.with_rule("output", lambda layer, shape: Shape(1, *layer.output(shape).size))


@in_layer("channels-pooled", "the channels were pooled, too, but a pool keeps them all", POOLED, "maps")
def channels_pooled(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """W' x W' x C' instead of W' x W' x C; then W x W x C'."""
    if not correct.has("kernel", "stride") or correct.layer.weighted:
        return

    def pooled(layer: Layer, shape: Shape) -> Size:
        return layer.output(Shape(1, *(shape.channels,) * shape.rank)).size[0]

    yield correct.with_rule("output", lambda layer, shape: Shape(pooled(layer, shape), *layer.output(shape).size))
    note = "the channels were pooled instead of the map"
    if correct.quantity == "output":
        yield correct.with_rule("output", lambda layer, shape: Shape(pooled(layer, shape), *shape.size), note)


@in_layer(
    "weights-not-shared",
    "the weights were not shared: every output was given its own",
    ("weights", "params", "trainable", "biases"),
    "sharing",
)
def weights_not_shared(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """F*F*C*K at each of the H'*W' positions, with the biases, then without."""
    if correct.has("kernel") and correct.layer.weighted and correct.result.output.area > 1:

        def at_each(name: str, at: LayerRecomputation) -> LayerRecomputation:
            return at.with_rule(name, lambda layer, shape: getattr(layer, name)(shape) * layer.output(shape).area)

        yield at_each("weights", at_each("biases", correct))
        if correct.quantity != "biases":
            yield at_each("weights", correct)


@in_each_layer(
    "shared-counted",
    "shared weights were counted at every use, but they are there only once",
    ("weights", "params", "trainable", "biases", "buffers", "non_trainable"),
    "sharing",
)
def shared_counted(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """The weights of another layer, counted as the layer's own."""
    owner = correct.result.node.shared
    if owner:
        node = replace(correct.result.node, shared="")
        alone = replace(correct, result=replace(correct.result, node=node)).value()
        yield correct.with_value(alone, f"the weights are those of {owner}, and count once, there")


@in_each_layer(
    "flatten-forgotten",
    "the map was not flattened: only its channels were counted as inputs",
    ("output", *OF_OUTPUT, *OF_WEIGHTS),
    "area",
)
def flatten_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """C instead of H*W*C; the output a map still, as of a convolution of 1x1."""
    shape = map_before(correct)
    if _flattens(correct) and shape.size:
        yield correct.with_input(Shape(shape.channels))
    if correct.has("units") and correct.quantity in ("output", *STORED, "neurons"):
        size = map_before(correct, behind_units=True).size
        note = "the map was not flattened: its height and width were kept"
        yield correct.with_rule("output", lambda layer, shape: Shape(layer.output(shape).channels, *size), note)


@in_layer("wrong-map-flattened", "the wrong map was flattened", ("output", *OF_OUTPUT, *OF_WEIGHTS), "area")
def wrong_map_flattened(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """The map before the pool, or an earlier one still."""
    if not _flattens(correct):
        return
    known = {correct.input, map_before(correct)}
    for layer in correct.layers_before():
        if layer.input.size and layer.input not in known:
            known.add(layer.input)
            note = f"the wrong map was flattened: {layer.input}, the input of {layer.name}"
            yield correct.with_input(layer.input, note)


def _flattens(correct: LayerRecomputation) -> bool:
    """Whether the layer takes a map as one vector: what it makes of the map depends on no axis."""
    return correct.has("units") or (correct.layer.view and not correct.result.output.size)


@in_layer("in-place-counted", "ReLU was counted again, but it works in place", STORED, "in place")
def in_place_counted(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """A second volume for an activation."""
    if correct.in_spec("activation") not in (None, "none"):
        yield correct.scaled(2)
    elif correct.layer.in_place or correct.layer.view:
        note = f"the output of {correct.result.name} was counted, but it shares the memory of its input"
        yield correct.overriding(lambda layer: {"in_place": False, "view": False}, note)


@in_each_layer(
    "buffers-counted", "the running statistics were counted as parameters", ("params", "trainable", "biases", "weights")
)
def buffers_counted(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """4C for a batch norm."""
    name = "weights" if correct.quantity == "weights" else "biases"
    yield correct.with_rule(name, lambda layer, shape: getattr(layer, name)(shape) + layer.buffers(shape))


@in_layer("padding-connected", "connections to the zeros of the padding were counted", ("connections",), "connections")
def padding_connected(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """3x5 instead of 3x5 - 2."""
    yield correct.with_rule(
        "connections", lambda layer, shape, bias: layer.operations(shape).macs + _of_biases(layer, shape, bias)
    )


@in_layer("fully-connected", "every unit was connected to every input", ("connections",), "connections")
def fully_connected(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """25 instead of 13."""
    yield correct.with_rule(
        "connections",
        lambda layer, shape, bias: shape.values * layer.output(shape).values + _of_biases(layer, shape, bias),
    )


def _of_biases(layer: Layer, shape: Shape, bias: bool) -> Size:
    return layer.operations(shape).bias_adds if bias else 0
