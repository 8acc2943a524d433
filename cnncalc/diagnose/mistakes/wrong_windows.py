"""A size found by a formula that is nearly right -> the number of one who counts the window's steps wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.diagnose.catalogue import SLIDING, in_layer
from cnncalc.diagnose.recompute import LayerRecomputation
from cnncalc.layers import CATALOGUE, Layer, ReceptiveField, Shape
from cnncalc.layers.window import Window

OUTPUT = "output"


def windows_of(at: LayerRecomputation) -> tuple[Window, ...]:
    """The window on every axis of the input."""
    return at.layer.windows_on(at.input)


def _on_longer(correct: LayerRecomputation, by: Sequence[int], less: int = 0) -> LayerRecomputation:
    """With the output of an input that is so many pixels longer on each axis, made shorter again."""

    def measured(layer: Layer, shape: Shape) -> Shape:
        lengths = (length + more for length, more in zip(shape.size, by, strict=True))
        output = layer.output(Shape(shape.channels, *lengths))
        return Shape(output.channels, *(length - less for length in output.size))

    return correct.with_rule("output", measured)


def _divides(at: LayerRecomputation) -> bool:
    """Whether the sides come from (W - F + 2P)/S + 1."""
    return at.has("kernel", "rounding") and at.in_spec("padding") != "same"


@in_layer(
    "plus-one-divided",
    "the + 1 was divided, too: (W - F + 2P + 1)/S was computed instead of (W - F + 2P)/S + 1",
    SLIDING,
    OUTPUT,
)
def plus_one_divided(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """The + 1 inside the brackets."""
    if _divides(correct):
        yield _on_longer(correct, (1,) * correct.input.rank, less=1)


@in_layer("window-off-by-one", "W - F was counted one too long", SLIDING, OUTPUT)
def window_off_by_one(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """F - 1 subtracted."""
    if _divides(correct):
        yield _on_longer(correct, (1,) * correct.input.rank)


@in_layer(
    "kernel-not-subtracted",
    "the kernel size was not subtracted: (W + 2P)/S + 1 was computed instead of (W - F + 2P)/S + 1",
    SLIDING,
    OUTPUT,
)
def kernel_not_subtracted(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """F = 0; with a stride of 1 the map would be larger than before, as everybody sees."""
    if _divides(correct) and all(window.stride > 1 for window in windows_of(correct)):
        yield _on_longer(correct, [window.dilation * (window.kernel - 1) + 1 for window in windows_of(correct)])


@in_layer(
    "transposed-as-convolution",
    "the formula of a convolution was used, but this layer is a transposed convolution",
    SLIDING,
    OUTPUT,
)
def transposed_as_convolution(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """The map made smaller instead of larger."""
    if correct.has("output_padding", "filters", "kernel"):
        own = {name: correct.in_spec(name) for name in ("kernel", "stride", "padding", "dilation", "filters")}
        yield correct.with_rule("output", lambda layer, shape: CATALOGUE["conv"](**own).output(shape))


def _with_window(correct: LayerRecomputation, kernel: list[int], note: str = "") -> LayerRecomputation:
    """With another window to slide, no taps of it left out; the weights stay those of the layer."""
    other = correct.with_fields(kernel=kernel, dilation=1).layer

    def seen_by(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return other.receptive_field(seen, shape)

    slid = correct.with_rule("output", lambda layer, shape: other.output(shape), note)
    return slid.with_rule("receptive_field", seen_by, note)


@in_layer(
    "dilated-window",
    "the dilated window was taken to be F*D pixels long instead of (F - 1)*D + 1",
    (*SLIDING, "receptive_field"),
    "dilation",
)
def dilated_window(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """F*D, or (F - 1)*D."""
    windows = windows_of(correct) if correct.has("kernel", "rounding", "dilation") else ()
    if any(window.dilation > 1 for window in windows):
        yield _with_window(correct, [window.kernel * window.dilation for window in windows])
        note = "the dilated window was taken to be (F - 1)*D pixels long instead of (F - 1)*D + 1"
        yield _with_window(correct, [max((window.kernel - 1) * window.dilation, 1) for window in windows], note)


@in_layer("stride-for-dilation", "the stride was used as a dilation", (*SLIDING, "receptive_field", "jump"), "dilation")
def stride_for_dilation(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """D = S, S = 1."""
    if correct.has("stride", "dilation", "rounding"):
        windows = windows_of(correct)
        if any(window.stride > 1 for window in windows) and all(window.dilation == 1 for window in windows):
            yield correct.with_fields(dilation=[window.stride for window in windows], stride=1)
