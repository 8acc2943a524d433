"""A layer with some of its fields changed -> the number of one who overlooks or misreads a hyperparameter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations

from cnncalc.analysis.quantities import FIELDS
from cnncalc.diagnose.catalogue import LAYER_MISTAKES, OF_WEIGHTS, SLIDING, in_each_layer, in_layer, in_total
from cnncalc.diagnose.recompute import LayerRecomputation
from cnncalc.diagnose.recompute_total import TotalRecomputation
from cnncalc.layers import CATALOGUE, Layer, Shape

MOST_CHOSEN = 6
"""Layers, those that are alike as one, of which every choice is tried; of more, only all."""


def padding_of(at: LayerRecomputation) -> tuple[tuple[int, int], ...]:
    """(before, after) on every axis, words like "same" worked out for the input."""
    windows = at.layer.windows(at.input.rank)  # type: ignore[attr-defined]
    return tuple(window.margins(length) for window, length in zip(windows, at.input.size, strict=True))


@in_layer("padding-forgotten", "the padding was forgotten", SLIDING, "padding")
def padding_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """P = 0."""
    if correct.has("padding"):
        yield correct.with_fields(padding=0)


@in_layer("padding-once", "the padding was counted once instead of twice", SLIDING, "padding")
def padding_once(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """P instead of 2P."""
    if correct.has("padding"):
        yield correct.with_fields(padding=[[before, 0] for before, _ in padding_of(correct)])


@in_layer("padding-added", "padding was added where there is none", SLIDING, "padding")
def padding_added(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """`valid` taken for one of the paddings that keep the size."""
    if correct.has("padding") and not any(sum(pair) for pair in padding_of(correct)):
        yield correct.with_fields(padding="half")
        yield correct.with_fields(padding="same", note="'same' padding was assumed where there is none")


@in_layer("stride-ignored", "the stride was ignored", (*SLIDING, "jump"), "stride")
def stride_ignored(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """S = 1."""
    if correct.has("stride"):
        yield correct.with_fields(stride=1)


@in_layer("kernel-for-stride", "the kernel size was used as the stride", (*SLIDING, "jump"), "stride")
def kernel_for_stride(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """S = F."""
    if correct.has("stride", "kernel"):
        yield correct.with_fields(stride=correct.in_spec("kernel"))


@in_layer("ceil-for-floor", "the division was rounded up instead of down", SLIDING, "rounding")
def ceil_for_floor(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """Windows that do not fit counted."""
    if correct.in_spec("rounding") in ("floor", "strict"):
        yield correct.with_fields(rounding="ceil")


@in_layer("floor-for-ceil", "the division was rounded down instead of up", SLIDING, "rounding")
def floor_for_ceil(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """The last window left out; under "same" padding W/S rounded down: windows as wide as the step, no padding."""

    def rounded_down(_: Layer, shape: Shape) -> Shape:
        return correct.with_fields(kernel=correct.in_spec("stride"), padding=0, dilation=1).layer.output(shape)

    if correct.in_spec("rounding") in ("ceil", "caffe"):
        yield correct.with_fields(rounding="floor")
    elif correct.in_spec("padding") == "same":
        yield correct.with_rule("output", rounded_down)


@in_layer("dilation-ignored", "the dilation was ignored", affects="dilation")
def dilation_ignored(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """D = 1, at this layer, then at all before it too."""
    if not correct.has("dilation"):
        return
    yield correct.with_fields(dilation=1)
    if correct.quantity == "receptive_field":
        yield correct.at_every_layer(lambda each: each.with_fields(dilation=1) if each.has("dilation") else each)


@in_layer("dilation-for-stride", "the dilation was used as a stride", (*SLIDING, *FIELDS), "dilation")
def dilation_for_stride(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """S*D for S, beside the dilation or instead of it: at this layer; of a receptive field also at all up to it."""

    def strided(at: LayerRecomputation, *, dilated: bool) -> LayerRecomputation:
        if not at.has("dilation", "stride", "rounding"):
            return at
        windows = at.layer.windows(at.input.rank)  # type: ignore[attr-defined]
        steps = [window.stride * window.dilation for window in windows]
        if steps == [window.stride for window in windows]:
            return at
        return at.with_fields(stride=steps, dilation=at.in_spec("dilation") if dilated else 1)

    layers = (each.node.layer for each in correct.analysis.layers if correct.quantity in FIELDS)
    before = any(set(getattr(layer, "dilation", ())) - {1} for layer in layers)
    for dilated in (True, False):
        yield strided(correct, dilated=dilated)
        if before:
            yield correct.at_every_layer(partial(strided, dilated=dilated))


@in_each_layer("groups-ignored", "the groups were ignored", OF_WEIGHTS, "depth")
def groups_ignored(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """G = 1: every filter sees all maps of the input."""
    if correct.has("groups", "filters"):
        yield correct.with_fields(groups=1)


@in_layer("groups-assumed", "the channels were split into 2 groups where there are none", OF_WEIGHTS, "depth")
def groups_assumed(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """G = 2, as on the two GPUs of AlexNet."""
    if correct.has("groups", "filters", "kernel") and correct.in_spec("groups") == 1:
        yield correct.with_fields(groups=2)


@in_total("groups-assumed", "the channels were split into 2 groups where there are none", OF_WEIGHTS, "depth")
def groups_assumed_in_some(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """In every choice of layers, all first, as far as these are few."""
    mistake = LAYER_MISTAKES.found["groups-assumed"]
    wrong = [(way, own, times) for own, times in correct.parts for _, way in mistake.ways(own)]
    fewest = 1 if len(wrong) <= MOST_CHOSEN else len(wrong)
    for number in range(len(wrong), fewest - 1, -1):
        for chosen in combinations(wrong, number):
            changes = [change for way, own, times in chosen for change in ((way, times), (own, -times))]
            layers = sum(times for *_, times in chosen)
            note = f"{mistake.sentence}, in {layers} layer{'s' if layers > 1 else ''}"
            yield replace(correct, changes=tuple(changes), note=note)


@in_each_layer(
    "table-ignored",
    "the connection table was ignored: every filter was connected to all input maps",
    OF_WEIGHTS,
    "depth",
)
def table_ignored(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """A full convolution instead of LeNet-5's C3."""
    table = correct.in_spec("table")
    if table:
        yield correct.with_fields(table=None, filters=len(table))


@in_each_layer(
    "depthwise-as-dense",
    "the depthwise convolution was counted as a standard one: every filter was given all input channels",
    OF_WEIGHTS,
    "depth",
)
def depthwise_as_dense(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """As many filters, but each as deep as the input."""
    if correct.has("multiplier", "kernel"):
        full = CATALOGUE["conv"]
        shared = {name: correct.in_spec(name) for name in correct.layer.fields if name in full.fields}
        filters = correct.layer.output(correct.input).channels
        yield replace(correct, layer=full(filters=filters, **shared), note="")


@in_layer(
    "channels-exchanged",
    "the input channels and the output channels were swapped",
    ("output", "weights", "biases", "params", "trainable"),
    "depth",
)
def channels_exchanged(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """C filters on K maps instead of K filters on C maps."""
    if correct.in_spec("filters"):
        exchanged = correct.with_fields(filters=correct.input.channels)
        yield exchanged.with_input(Shape(correct.in_spec("filters"), *correct.input.size))
    elif correct.has("units"):
        yield correct.with_fields(units=correct.input.values).with_input(Shape(correct.in_spec("units")))


@in_layer("filters-forgotten", "only one filter was counted", (*OF_WEIGHTS, "biases"), "filters")
def filters_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """K = 1."""
    if correct.in_spec("filters"):
        yield correct.with_fields(filters=1)
    elif correct.in_spec("units"):
        yield correct.with_fields(units=1)
    elif correct.has("multiplier"):
        yield correct.with_input(Shape(1, *correct.input.size))
