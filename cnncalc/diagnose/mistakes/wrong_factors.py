"""A formula with another size in it -> the number of one who takes the depth or the filters of something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from cnncalc.diagnose.catalogue import OF_WEIGHTS, SLIDING, in_each_layer, in_layer, in_total
from cnncalc.diagnose.mistakes.missing_terms import MOST_VECTORS
from cnncalc.diagnose.recompute import LayerRecomputation
from cnncalc.diagnose.recompute_total import TotalRecomputation
from cnncalc.layers import CATALOGUE, Layer, Shape
from cnncalc.symbolic import Size, exact_div

PARAMETERS = ("params", "trainable", "weights")


def _of_depth(correct: LayerRecomputation, channels: Size, note: str = "") -> LayerRecomputation:
    """On a map of other channels."""
    return correct.with_input(Shape(channels, *correct.input.size), note)


def _filters_all_channels(correct: LayerRecomputation) -> bool:
    """Whether the layer has filters, each as deep as the input."""
    return correct.has("filters", "kernel") and correct.in_spec("groups") in (1, None) and not correct.in_spec("table")


def _takes_image(at: LayerRecomputation, channels: int) -> bool:
    """Whether its filters look at an input of the network, of so many channels."""
    return at.result.node.sources[0] < 0 and _filters_all_channels(at) and at.input.channels == channels


@in_total("grey-for-rgb", "the input was taken to be grey instead of RGB", OF_WEIGHTS, "depth")
def grey_for_rgb(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """One channel instead of three; of the first layer alone, that is its depth forgotten."""
    grey = [_of_depth(part, 1) if _takes_image(part, 3) else None for part, _ in correct.parts]
    if any(grey):
        yield correct.with_parts(grey)


@in_each_layer("rgb-for-grey", "the input was taken to be RGB instead of grey", OF_WEIGHTS, "depth")
def rgb_for_grey(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """Three channels instead of one."""
    if _takes_image(correct, 1):
        yield _of_depth(correct, 3)


@in_layer("wrong-depth", "the number of filters was used as the depth of the input", OF_WEIGHTS, "depth")
def wrong_depth(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """K for C; then the depth of the input of the layer before."""
    if not _filters_all_channels(correct):
        return
    own = correct.input.channels
    yield _of_depth(correct, correct.in_spec("filters"))
    before = islice(correct.layers_before(), MOST_VECTORS)
    other = next((layer for layer in before if layer.input.channels != own), None)
    if other is not None:
        yield _of_depth(correct, other.input.channels, f"the depth of the input of {other.name} was used")


@in_layer(
    "wrong-filters",
    "the depth of the input was used as the number of filters",
    (*OF_WEIGHTS, "biases"),
    "filters",
)
def wrong_filters(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """C for K."""
    if _filters_all_channels(correct):
        yield correct.with_fields(filters=correct.input.channels)


@in_layer(
    "maps-multiplied",
    "every filter was given a map for every channel of the input, but it makes one map",
    SLIDING,
    "maps",
)
def maps_multiplied(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """C*K maps instead of K."""
    if correct.has("filters", "kernel"):
        yield correct.with_rule(
            "output",
            lambda layer, shape: Shape(shape.channels * layer.output(shape).channels, *layer.output(shape).size),
        )


@in_each_layer(
    "bias-in-each-kernel",
    "a bias was counted for every input channel of every filter: a filter has one",
    ("params", "trainable", "biases"),
    "biases",
)
def bias_in_each_kernel(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """(F*F + 1)*C*K instead of (F*F*C + 1)*K."""
    if correct.has("filters", "kernel") and correct.result.biases:
        yield correct.with_rule("biases", lambda layer, shape: exact_div(layer.weights(shape), _taps(layer, shape)))


def _taps(layer: Layer, shape: Shape) -> Size:
    """F*F, or what a kernel has on each axis, multiplied."""
    return layer.window_area(shape.rank)  # type: ignore[attr-defined, no-any-return]


@in_each_layer("kernel-size-forgotten", "the kernel size was left out: C*K was counted", OF_WEIGHTS, "square")
def kernel_size_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """As of a 1x1."""
    if correct.has("kernel") and correct.layer.weighted:
        yield correct.with_rule("weights", lambda layer, shape: exact_div(layer.weights(shape), _taps(layer, shape)))


@in_each_layer("one-group-only", "only one of the groups was counted", OF_WEIGHTS, "depth")
def one_group_only(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """C/G*K/G weights instead of C/G*K."""
    groups = correct.in_spec("groups")
    if groups is not None and groups > 1:
        yield correct.with_rule("weights", lambda layer, shape: exact_div(layer.weights(shape), groups))


@in_each_layer(
    "pool-as-convolution",
    "the pool was counted as a convolution, but it has no weights",
    (*PARAMETERS, "biases", "macs", "flops"),
    "depth",
)
def pool_as_convolution(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """F*F*C*C weights, or F*F*C, with biases and without."""
    if not correct.has("kernel", "stride", "rounding") or correct.layer.weighted:
        return
    own = {name: correct.in_spec(name) for name in ("kernel", "stride", "padding", "dilation", "rounding")}
    for kind in (CATALOGUE["conv"], CATALOGUE["depthwise"]):
        more = {"filters": correct.input.channels} if "filters" in kind.fields else {}
        for bias in (True, False) if correct.quantity in PARAMETERS else (True,):
            yield replace(correct, layer=kind(**own, **more, bias=bias), note="")
