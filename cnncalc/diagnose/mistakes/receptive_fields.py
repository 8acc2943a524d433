"""Receptive fields that grow by a wrong step -> that of one who forgets the jump, or counts the padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from cnncalc.analysis import Analysis
from cnncalc.diagnose.catalogue import in_layer
from cnncalc.diagnose.mistakes.hyperparameters import padding_of
from cnncalc.diagnose.recompute import LayerRecomputation
from cnncalc.layers import Layer, ReceptiveField, Shape
from cnncalc.layers.receptive_field import AxisReceptiveField

SIZE = ("receptive_field",)
AFFECTS = "receptive field"
Rule: TypeAlias = "Callable[[Layer, ReceptiveField, Shape], ReceptiveField]"


def _slides(at: LayerRecomputation) -> bool:
    """Whether the units of the layer see a window of their own."""
    return at.has("kernel", "rounding")


@lru_cache(maxsize=8)
def _traits(analysis: Analysis) -> frozenset[str]:
    """Of "strides" and "pools" those that the network has: without them a mistake with them changes nothing."""
    found = set()
    for layer in analysis.layers:
        windows = layer.node.layer.windows_on(layer.input)
        if any(window.stride != 1 for window in windows):
            found.add("strides")
        if windows and not layer.node.layer.weighted:
            found.add("pools")
    return frozenset(found)


def _with_rule(at: LayerRecomputation, rule: Rule) -> LayerRecomputation:
    return at.with_rule("receptive_field", rule) if _slides(at) else at


def _here_or_everywhere(correct: LayerRecomputation, rule: Rule) -> Iterator[LayerRecomputation]:
    """The rule at this layer, then at all before it too."""
    if _slides(correct):
        yield _with_rule(correct, rule)
    yield correct.at_every_layer(lambda each: _with_rule(each, rule))


def _on_step(seen: ReceptiveField, steps: tuple[Any, ...]) -> ReceptiveField:
    """The same windows, taken to lie `steps` apart."""
    return seen.along(lambda axis, number: AxisReceptiveField(axis.lows, axis.highs, steps[number], axis.after))


def _longer(seen: ReceptiveField, by: tuple[Any, ...]) -> ReceptiveField:
    """Windows that see more pixels behind."""

    def longer(axis: AxisReceptiveField, number: int) -> AxisReceptiveField:
        return AxisReceptiveField(axis.lows, tuple(high + by[number] for high in axis.highs), axis.step, axis.after)

    return seen.along(longer)


@in_layer("jump-forgotten", "the jump was forgotten: F - 1 was added instead of (F - 1)*J", SIZE, AFFECTS)
def jump_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """J = 1."""
    return _here_or_everywhere(
        correct, lambda layer, seen, shape: layer.receptive_field(_on_step(seen, (1,) * shape.rank), shape)
    )


@in_layer("jump-after-stride", "the jump after the layer was used instead of the jump before it", SIZE, AFFECTS)
def jump_after_stride(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """(F - 1)*J' instead of (F - 1)*J."""

    def rule(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        steps = tuple(axis.step for axis in layer.receptive_field(seen, shape).axes)
        return _on_step(layer.receptive_field(_on_step(seen, steps), shape), steps)

    return _here_or_everywhere(correct, rule)


@in_layer("kernel-not-less-one", "F*J was added instead of (F - 1)*J", SIZE, AFFECTS)
def kernel_not_less_one(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """One jump too many; but not at the first layer, whose window is plain to see."""

    def rule(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return _longer(
            layer.receptive_field(seen, shape), tuple(axis.step if axis.size > 1 else 0 for axis in seen.axes)
        )

    return _here_or_everywhere(correct, rule)


@in_layer("field-times-jump", "(R + F - 1)*J was computed instead of R + (F - 1)*J", SIZE, AFFECTS)
def field_times_jump(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """The field of the inputs multiplied, too."""

    def rule(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        side_by_side = layer.receptive_field(_on_step(seen, (1,) * shape.rank), shape)
        more = tuple(axis.size * (at.step - 1) for axis, at in zip(side_by_side.axes, seen.axes, strict=True))
        steps = tuple(axis.step for axis in layer.receptive_field(seen, shape).axes)
        return _on_step(_longer(side_by_side, more), steps)

    return _here_or_everywhere(correct, rule)


@in_layer("own-window-only", "only the window of this layer was counted", SIZE, AFFECTS)
def own_window_only(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """F, as if its input were the image."""
    if _slides(correct):
        yield _with_rule(
            correct,
            lambda layer, seen, shape: layer.receptive_field(
                seen.along(lambda axis, number: AxisReceptiveField()), shape
            ),
        )


@in_layer("padding-in-receptive-field", "the padding was added to the receptive field", SIZE, AFFECTS)
def padding_in_receptive_field(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """2P more: at this layer, at all of them, or of all of them in pixels."""

    def padded(at: LayerRecomputation) -> LayerRecomputation:
        if not _slides(at):
            return at
        return _with_rule(
            at, lambda layer, seen, shape: _longer(layer.receptive_field(seen, shape), tuple(map(sum, padding_of(at))))
        )

    if _slides(correct):
        yield padded(correct)
    yield correct.at_every_layer(padded)
    paddings = [axis.padding for axis in correct.result.receptive_field.axes]
    if None not in paddings:
        yield correct.transformed(
            lambda sizes: tuple(size + 2 * padding for size, padding in zip(sizes, paddings, strict=True))
        )


@in_layer("pools-forgotten", "the pools before this layer were left out", (*SIZE, "jump"), AFFECTS)
def pools_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """Windows without weights skipped."""

    def skipped(at: LayerRecomputation) -> LayerRecomputation:
        return at if at.layer.weighted else _with_rule(at, lambda layer, seen, shape: seen)

    if correct.layer.weighted:
        yield correct.at_every_layer(skipped)


# Jumps ---------------------------------------------------------------------------------------------------


def _strides(layer: Layer, shape: Shape) -> tuple[int, ...]:
    return tuple(window.stride for window in layer.windows_on(shape))


def _steps(seen: ReceptiveField) -> tuple[Any, ...]:
    return tuple(axis.step for axis in seen.axes)


def _grown_in_steps(steps: Callable[[Layer, Shape], tuple[int, ...]]) -> Rule:
    """R + (F - 1)*s, where s is not the jump; the jump goes on as it should."""

    def rule(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        grown = layer.receptive_field(_on_step(seen, steps(layer, shape)), shape)
        return _on_step(grown, _steps(layer.receptive_field(seen, shape)))

    return rule


@in_layer("stride-for-jump", "the stride of this layer was used instead of the jump", SIZE, AFFECTS)
def stride_for_jump(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """(F - 1)*S instead of (F - 1)*J."""
    return _here_or_everywhere(correct, _grown_in_steps(_strides))


@in_layer(
    "strides-not-multiplied",
    "the jump was taken to be the stride of one layer alone, not the product of all strides",
    (*SIZE, "jump"),
    AFFECTS,
)
def strides_not_multiplied(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """J' = S: the stride of the window before for J at this layer, where the rows before are right; then at all."""
    before = next((each for each in correct.layers_before() if each.node.layer.windows_on(each.input)), None)
    if before is not None and _slides(correct) and correct.quantity in SIZE and correct.seen is None:
        strides = _strides(before.node.layer, before.input)
        yield _with_rule(correct, _grown_in_steps(lambda layer, shape: strides))
    if "strides" in _traits(correct.analysis):
        yield correct.at_every_layer(
            lambda each: _with_rule(
                each,
                lambda layer, seen, shape: _on_step(layer.receptive_field(seen, shape), _strides(layer, shape)),
            )
        )


@in_layer("strides-added", "the strides were added instead of multiplied", (*SIZE, "jump"), AFFECTS)
def strides_added(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """J' = J + S; the first stride stands as it is."""

    def rule(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        strides = _strides(layer, shape)
        steps = (
            stride if axis.size == 1 else axis.step + stride for axis, stride in zip(seen.axes, strides, strict=True)
        )
        return _on_step(layer.receptive_field(seen, shape), tuple(steps))

    if "strides" in _traits(correct.analysis):
        yield correct.at_every_layer(lambda each: _with_rule(each, rule))


@in_layer("pool-strides-forgotten", "the strides of the pools were left out of the jump", (*SIZE, "jump"), AFFECTS)
def pool_strides_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """J' = J at a pool."""

    def unmoved(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return _on_step(layer.receptive_field(seen, shape), _steps(seen))

    if "pools" in _traits(correct.analysis):
        yield correct.at_every_layer(lambda each: each if each.layer.weighted else _with_rule(each, unmoved))


# Fields that do not grow by (F - 1)*J ----------------------------------------------------------------------


def _side_by_side(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
    """R + F - 1, the jump as it should be."""
    grown = layer.receptive_field(_on_step(seen, (1,) * shape.rank), shape)
    return _on_step(grown, _steps(layer.receptive_field(seen, shape)))


@in_layer("windows-added", "F was added instead of (F - 1)*J", SIZE, AFFECTS)
def windows_added(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """R + F."""

    def rule(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return _longer(_side_by_side(layer, seen, shape), tuple(int(axis.size > 1) for axis in seen.axes))

    return _here_or_everywhere(correct, rule)


@in_layer(
    "steps-backwards",
    "(R - 1)*S + F was computed: that step leads from the last layer to the input, not from the input on",
    SIZE,
    AFFECTS,
)
def steps_backwards(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """The field multiplied by the stride of each layer."""

    def rule(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        strides = _strides(layer, shape)
        more = ((axis.size - 1) * (stride - 1) for axis, stride in zip(seen.axes, strides, strict=True))
        return _longer(_side_by_side(layer, seen, shape), tuple(more))

    return _here_or_everywhere(correct, rule)


@in_layer(
    "pool-multiplies",
    "the receptive field was multiplied by the stride of the pool: a pool adds (F - 1)*J",
    SIZE,
    AFFECTS,
)
def pool_multiplies(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """R*S at this pool; at all of them, beside (F - 1)*J at the others, or beside F - 1."""

    def multiplied(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        strides = _strides(layer, shape)
        more = tuple(axis.size * (stride - 1) for axis, stride in zip(seen.axes, strides, strict=True))
        return _on_step(_longer(seen, more), _steps(layer.receptive_field(seen, shape)))

    def at_pools(each: LayerRecomputation) -> LayerRecomputation:
        return each if each.layer.weighted else _with_rule(each, multiplied)

    def beside_windows(each: LayerRecomputation) -> LayerRecomputation:
        return _with_rule(each, _side_by_side if each.layer.weighted else multiplied)

    if _slides(correct) and not correct.layer.weighted:
        yield at_pools(correct)
    if "pools" in _traits(correct.analysis):
        yield correct.at_every_layer(at_pools)
        yield correct.at_every_layer(beside_windows)


@in_layer("blocks-added", "the receptive fields of the parts between the pools were added", SIZE, AFFECTS)
def blocks_added(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """Each part, up to its pool, as if its input were the image: its jump begins with 1, its field with one pixel."""

    def begun_anew(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return _on_step(_longer(layer.receptive_field(seen, shape), (1,) * shape.rank), (1,) * shape.rank)

    added = correct.at_every_layer(lambda each: each if each.layer.weighted else _with_rule(each, begun_anew))
    if _slides(correct) and not correct.layer.weighted:
        added = added.transformed(lambda sizes: tuple(size - 1 for size in sizes))
    if "pools" in _traits(correct.analysis):
        yield added


@in_layer("start-forgotten", "the first pixel was forgotten: the input sees 1 pixel, not 0", SIZE, AFFECTS)
def start_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """R = 0 at the start."""
    yield correct.transformed(lambda sizes: tuple(size - 1 for size in sizes))


@in_layer("field-cut", "the receptive field was cut at the size of the input", SIZE, AFFECTS)
def field_cut(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """No field larger than the image."""
    pixels = correct.input_before().shape.size
    yield correct.transformed(lambda sizes: tuple(map(min, sizes, pixels)))
