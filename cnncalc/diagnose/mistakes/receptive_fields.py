"""Receptive fields that grow by a wrong step -> that of one who forgets the jump, or counts the padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

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


def _with_rule(at: LayerRecomputation, rule: Rule) -> LayerRecomputation:
    return at.with_rule("receptive_field", rule) if _slides(at) else at


def _here_or_everywhere(correct: LayerRecomputation, rule: Rule) -> Iterator[LayerRecomputation]:
    """The rule at this layer, then at all before it too."""
    if _slides(correct):
        yield _with_rule(correct, rule)
    yield correct.at_every_layer(lambda each: _with_rule(each, rule))


def _on_step(seen: ReceptiveField, steps: tuple[int, ...]) -> ReceptiveField:
    """The same windows, taken to lie `steps` apart."""
    return seen.along(lambda axis, number: AxisReceptiveField(axis.lows, axis.highs, steps[number], axis.after))


def _longer(seen: ReceptiveField, by: tuple[int, ...]) -> ReceptiveField:
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
