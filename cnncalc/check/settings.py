"""What a table gives beside a layer's numbers (kernel, stride, groups, what comes in) -> its value in a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.analysis.quantities import FIELDS
from cnncalc.errors import Problem, SpecError
from cnncalc.layers import Shape
from cnncalc.layers.receptive_field import ReceptiveField, on_sides, pixels
from cnncalc.layers.window import Window
from cnncalc.symbolic import Size, exact_div, is_known

HALF = Fraction(1, 2)


OF_A_WINDOW: dict[str, Callable[[Window, Size], Any]] = {
    "kernel": lambda window, length: window.kernel,
    "stride": lambda window, length: window.stride,
    "dilation": lambda window, length: window.dilation,
    "layer_padding": lambda window, length: on_sides(*window.margins(length)),
}
"""Settings of a window along an axis."""
SIDES = {"height": ("output", -2), "width": ("output", -1), "in_height": ("input", -2), "in_width": ("input", -1)}
"""One side of a map: of which volume, and its place among the sides."""
INCOMING = {"r_in": "size", "j_in": "jump", "start_in": "centre"}
"""Settings that are lengths of what comes in, by the attribute of one axis that holds them."""


def value_of_setting(analysis: Analysis, layer: LayerResult, key: str) -> Any:
    """The setting of a layer: a count, or one length for every axis; None for a layer that has none.

    `start` is the centre of the first unit's field where the first pixel is centred on 1/2. Raises SpecError for an
    input that consists of several with different fields.
    """
    if key in OF_A_WINDOW:
        return _along(layer, OF_A_WINDOW[key])
    if key in SIDES:
        volume, place = SIDES[key]
        sides = getattr(layer, volume).size
        return sides[place] if len(sides) >= -place else None
    if key in INCOMING:
        found = _lengths(_incoming(analysis, layer), INCOMING[key])
        return _moved(found) if key == "start_in" else found
    if key == "start":
        return _moved(_lengths(layer.receptive_field, "centre"))
    if key == "groups":
        return _groups(layer)
    if key == "feature_map":
        return layer.output
    return layer.input.channels if key == "in_channels" else layer.output.channels


def setting_of_input(shape: Shape, key: str) -> Any:
    """The setting of an input of the network: the field of a pixel is the pixel; None for one that it has not."""
    if key == "start":
        return (HALF,) * shape.rank
    if key == "feature_map":
        return shape
    if key in ("height", "width") and shape.rank >= -SIDES[key][1]:
        return shape.size[SIDES[key][1]]
    return shape.channels if key == "out_channels" else None


def other_values(analysis: Analysis, layer: LayerResult, key: str) -> Iterator[Any]:
    """What may be said as well: a kernel with its depth and its number, the stride 1 of a pool of the whole map, ..."""
    shape, whole = layer.input, layer.receptive_field.everything
    if key == "kernel" and (sides := value_of_setting(analysis, layer, key)) and layer.node.layer.weighted:
        groups = _groups(layer)
        maps = exact_div(shape.channels, groups) if is_known(shape.channels, groups) else shape.channels
        yield (*sides, maps)
        yield (*sides, maps, layer.output.channels)
        yield (*sides, shape.channels)
    if key == "feature_map":  # a column of maps holds their number, or the volume
        yield layer.output.channels
    if key == "stride" and whole:
        yield (1,) * shape.rank
    if key in ("layer_padding", "kernel", "stride") and not _along(layer, OF_A_WINDOW[key]):
        yield 0
    if key == "layer_padding":
        yield from _words(layer)
    if key in SIDES and not getattr(layer, SIDES[key][0]).rank:  # a vector is a map of one value
        yield 1
    if key == "neurons" and not layer.neurons:
        yield layer.output_values
    if key == "input" and layer.node.layer.dense:
        yield type(shape)(shape.values)
    if key in ("receptive_field", "jump", "start") and whole:
        yield from _of_whole_maps(analysis, layer, key)
    if key in INCOMING and (source := _source(analysis, layer)) and source.receptive_field.everything:
        key = {"r_in": "receptive_field", "j_in": "jump", "start_in": "start"}[key]
        yield from _of_whole_maps(analysis, source, key)


def _along(layer: LayerResult, read: Callable[[Window, Size], Any]) -> tuple[Any, ...] | None:
    """One number for every axis; a layer that changes value by value has the window of one value."""
    shape = layer.input
    windows = layer.node.layer.windows_on(shape)
    if not windows and shape.rank and shape.size == layer.output.size:
        windows = (Window(1),) * shape.rank
    return tuple(map(read, windows, shape.size)) or None


def _groups(layer: LayerResult) -> Any:
    kept = layer.node.layer
    if hasattr(kept, "groups"):
        return kept.groups
    pairs = kept.map_pairs(layer.input) if hasattr(kept, "map_pairs") else None
    return exact_div(layer.input.channels * layer.output.channels, pairs) if pairs else 1


def _words(layer: LayerResult) -> Iterator[str]:
    """The words for a padding that are right: valid for none, same where the output is the input over the stride."""
    margins, strides = _along(layer, OF_A_WINDOW["layer_padding"]), _along(layer, OF_A_WINDOW["stride"])
    if margins is None or strides is None:
        return
    if all(margin == 0 for margin in margins):
        yield "valid"
    sizes = zip(layer.input.size, layer.output.size, strides, strict=True)
    if all(is_known(*each) and -(-each[0] // each[2]) == each[1] for each in sizes):
        yield "same"


# Receptive fields -------------------------------------------------------------------------------


def _source(analysis: Analysis, layer: LayerResult) -> LayerResult | None:
    """The one layer that a layer reads; None for several, and for the input."""
    sources = layer.node.sources
    return analysis.layers[sources[0]] if len(sources) == 1 and sources[0] >= 0 else None


def _incoming(analysis: Analysis, layer: LayerResult) -> ReceptiveField:
    """The receptive field of what a layer reads; raises SpecError for several that differ."""
    first, *others = analysis.seen_by(layer)
    if any(other != first for other in others):
        raise SpecError([Problem(f"the inputs of {layer.name} have different receptive fields", None)])
    return first


def _lengths(field: ReceptiveField, attribute: str) -> Any:
    if field.everything or field.unknown:
        return "all" if field.everything else f"unknown: {field.unknown}"
    return tuple(getattr(axis, attribute) for axis in field.axes)


def _moved(centres: Any) -> Any:
    """Centres counted from the left edge of the first pixel instead of its middle."""
    return tuple(centre + HALF for centre in centres) if isinstance(centres, tuple) else centres


def _of_whole_maps(analysis: Analysis, layer: LayerResult, key: str) -> Iterator[Any]:
    """A length behind a layer that sees a whole map, its window being that map: R' = R + (n - 1)*J, J' = J or n*J."""
    before: LayerResult | None = layer
    while before is not None and before.receptive_field.everything:
        shape, before = before.input, _source(analysis, before)
    sources = layer.node.sources
    field = before.receptive_field if before else pixels(shape)
    if (before is None and not _reads_the_input(analysis, layer)) or len(field.axes) != shape.rank or not sources:
        return
    found = [axis.window(length, 1, (0, 0), 1) for axis, length in zip(field.axes, shape.size, strict=True)]
    if key == "start":
        yield tuple(axis.centre + HALF for axis in found)
        return
    yield tuple(getattr(axis, FIELDS[key]) for axis in found)
    if key == "jump":
        yield tuple(axis.jump * length for axis, length in zip(found, shape.size, strict=True))


def _reads_the_input(analysis: Analysis, layer: LayerResult) -> bool:
    """Whether a chain of layers leads from the input to a layer."""
    before: LayerResult | None = layer
    while before is not None and before.node.sources[0] >= 0:
        before = _source(analysis, before)
    return before is not None and len(before.node.sources) == 1
