"""A layer with some of its fields changed -> the number of one who overlooks or misreads a hyperparameter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cnncalc.diagnose.catalogue import MISTAKES, OF_OUTPUT, OF_WEIGHTS
from cnncalc.diagnose.recompute import Attempt
from cnncalc.layers import CATALOGUE, Shape

SLIDING = ("output", *OF_OUTPUT)


def padding_of(attempt: Attempt) -> tuple[tuple[int, int], ...]:
    """(before, after) on every axis, words like "same" worked out for the input."""
    windows = attempt.layer.windows(attempt.input.rank)  # type: ignore[attr-defined]
    return tuple(window.margins(length) for window, length in zip(windows, attempt.input.size, strict=True))


@MISTAKES.enter("padding-forgotten", "the padding was forgotten", SLIDING, "padding")
def padding_forgotten(right: Attempt) -> Iterator[Attempt]:
    """P = 0."""
    if right.has("padding"):
        yield right.remade(padding=0)


@MISTAKES.enter("padding-once", "the padding was counted once instead of twice", SLIDING, "padding")
def padding_once(right: Attempt) -> Iterator[Attempt]:
    """P in place of 2P."""
    if right.has("padding"):
        yield right.remade(padding=[[before, 0] for before, _ in padding_of(right)])


@MISTAKES.enter("padding-added", "padding was added where there is none", SLIDING, "padding")
def padding_added(right: Attempt) -> Iterator[Attempt]:
    """`valid` taken for one of the paddings that keep the size."""
    if right.has("padding") and not any(sum(pair) for pair in padding_of(right)):
        yield right.remade(padding="half")
        yield right.remade(padding="same", note="'same' padding was assumed where there is none")


@MISTAKES.enter("stride-ignored", "the stride was ignored", (*SLIDING, "jump"), "stride")
def stride_ignored(right: Attempt) -> Iterator[Attempt]:
    """S = 1."""
    if right.has("stride"):
        yield right.remade(stride=1)


@MISTAKES.enter("kernel-for-stride", "the size of the window was taken for the stride", (*SLIDING, "jump"), "stride")
def kernel_for_stride(right: Attempt) -> Iterator[Attempt]:
    """S = F."""
    if right.has("stride", "kernel"):
        yield right.remade(stride=right.shown("kernel"))


@MISTAKES.enter("ceil-for-floor", "the division was rounded up instead of down", SLIDING, "rounding")
def ceil_for_floor(right: Attempt) -> Iterator[Attempt]:
    """Windows that do not fit counted."""
    if right.shown("rounding") in ("floor", "strict"):
        yield right.remade(rounding="ceil")


@MISTAKES.enter("floor-for-ceil", "the division was rounded down instead of up", SLIDING, "rounding")
def floor_for_ceil(right: Attempt) -> Iterator[Attempt]:
    """The last window left out."""
    if right.shown("rounding") in ("ceil", "caffe"):
        yield right.remade(rounding="floor")
    elif right.shown("padding") == "same":
        yield right.bent(lambda layer: {"output": lambda shape: _rounded_down(right, shape)})


def _rounded_down(right: Attempt, shape: Shape) -> Shape:
    """The output under "same" padding with W/S rounded down: windows as wide as the step, no padding."""
    stride = right.shown("stride")
    return right.remade(kernel=stride, padding=0, dilation=1).layer.output(shape)


@MISTAKES.enter("dilation-ignored", "the dilation was ignored", touches="dilation")
def dilation_ignored(right: Attempt) -> Iterator[Attempt]:
    """D = 1, at this layer, then at all before it too."""
    if not right.has("dilation"):
        return
    yield right.remade(dilation=1)
    if right.quantity == "receptive_field":
        yield right.everywhere(lambda each: each.remade(dilation=1) if each.has("dilation") else each)


@MISTAKES.enter("groups-ignored", "the groups were ignored", OF_WEIGHTS, "depth")
def groups_ignored(right: Attempt) -> Iterator[Attempt]:
    """G = 1: every filter sees all maps of the input."""
    if right.has("groups", "filters"):
        yield right.remade(groups=1)


@MISTAKES.enter(
    "table-ignored", "the table of connections was ignored: every filter was given all maps", OF_WEIGHTS, "depth"
)
def table_ignored(right: Attempt) -> Iterator[Attempt]:
    """A full convolution in place of LeNet-5's C3."""
    table = right.shown("table")
    if table:
        yield right.remade(table=None, filters=len(table))


@MISTAKES.enter(
    "depthwise-as-dense",
    "the depthwise convolution was taken for a full one: every filter was given all maps of the input",
    OF_WEIGHTS,
    "depth",
)
def depthwise_as_dense(right: Attempt) -> Iterator[Attempt]:
    """As many filters, but each as deep as the input."""
    if right.has("multiplier", "kernel"):
        full = CATALOGUE["conv"]
        shared = {name: right.shown(name) for name in right.layer.fields if name in full.fields}
        yield replace(right, layer=full(filters=right.layer.output(right.input).channels, **shared), note="")


@MISTAKES.enter(
    "channels-exchanged",
    "the channels of the input and of the output were exchanged",
    ("output", "weights", "biases", "params"),
    "depth",
)
def channels_exchanged(right: Attempt) -> Iterator[Attempt]:
    """K filters on C maps taken for C filters on K maps."""
    if right.shown("filters"):
        exchanged = right.remade(filters=right.input.channels)
        yield exchanged.on(Shape(right.shown("filters"), *right.input.size))
    elif right.has("units"):
        yield right.remade(units=right.input.values).on(Shape(right.shown("units")))


@MISTAKES.enter("filters-forgotten", "only one filter was counted", (*OF_WEIGHTS, "biases"), "filters")
def filters_forgotten(right: Attempt) -> Iterator[Attempt]:
    """K = 1."""
    if right.shown("filters"):
        yield right.remade(filters=1)
    elif right.shown("units"):
        yield right.remade(units=1)
