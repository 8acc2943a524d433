"""Receptive fields that grow by a wrong step -> that of one who forgets the jump, or counts the padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnncalc.diagnose.catalogue import MISTAKES
from cnncalc.diagnose.recompute import Attempt, Bend
from cnncalc.layers import Layer, ReceptiveField, Shape
from cnncalc.layers.receptive_field import AxisReceptiveField

SIZE = ("receptive_field",)


def _grown(rule: Callable[[Layer, ReceptiveField, Shape], ReceptiveField]) -> Bend:
    """A bend of `receptive_field` alone, for layers whose units see a window of their own."""
    return lambda layer: {"receptive_field": lambda seen, shape: rule(layer, seen, shape)} if _slides(layer) else {}


def _slides(layer: Layer) -> bool:
    return "kernel" in layer.fields and "rounding" in layer.fields


def _both(right: Attempt, rule: Callable[[Layer, ReceptiveField, Shape], ReceptiveField]) -> Iterator[Attempt]:
    """The rule at this layer, then at all before it too."""
    bend = _grown(rule)
    if _slides(right.layer):
        yield right.bent(bend)
    yield right.everywhere(lambda each: each.bent(bend))


def _on_step(seen: ReceptiveField, steps: tuple[int, ...]) -> ReceptiveField:
    """The same windows, taken to lie `steps` apart."""
    return seen.along(lambda axis, number: AxisReceptiveField(axis.lows, axis.highs, steps[number], axis.after))


def _longer(seen: ReceptiveField, by: tuple[int, ...]) -> ReceptiveField:
    """Windows that see more pixels behind."""
    return seen.along(
        lambda axis, number: AxisReceptiveField(
            axis.lows, tuple(high + by[number] for high in axis.highs), axis.step, axis.after
        )
    )


@MISTAKES.enter("jump-forgotten", "the jump was forgotten: F - 1 was added, not (F - 1)*J", SIZE, "receptive field")
def jump_forgotten(right: Attempt) -> Iterator[Attempt]:
    """J = 1."""
    return _both(right, lambda layer, seen, shape: layer.receptive_field(_on_step(seen, (1,) * shape.rank), shape))


@MISTAKES.enter("jump-after-stride", "the jump behind the layer was taken for that before it", SIZE, "receptive field")
def jump_after_stride(right: Attempt) -> Iterator[Attempt]:
    """(F - 1)*J' in place of (F - 1)*J."""

    def grown(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        steps = tuple(axis.step for axis in layer.receptive_field(seen, shape).axes)
        return _on_step(layer.receptive_field(_on_step(seen, steps), shape), steps)

    return _both(right, grown)


@MISTAKES.enter("kernel-not-less-one", "F*J was added, not (F - 1)*J", SIZE, "receptive field")
def kernel_not_less_one(right: Attempt) -> Iterator[Attempt]:
    """One jump too many; but not at the first layer, whose window is plain to see."""

    def longer(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        grown = layer.receptive_field(seen, shape)
        return _longer(grown, tuple(axis.step if axis.size > 1 else 0 for axis in seen.axes))

    return _both(right, longer)


@MISTAKES.enter("own-window-only", "only the layer's own window was told", SIZE, "receptive field")
def own_window_only(right: Attempt) -> Iterator[Attempt]:
    """F, as if its input were the image."""

    def fresh(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        return layer.receptive_field(seen.along(lambda axis, number: AxisReceptiveField()), shape)

    if _slides(right.layer):
        yield right.bent(_grown(fresh))


@MISTAKES.enter("padding-in-receptive-field", "the padding was added to the receptive field", SIZE, "receptive field")
def padding_in_receptive_field(right: Attempt) -> Iterator[Attempt]:
    """2P more: at this layer, at all of them, or of all of them in pixels."""

    def grown(layer: Layer, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        windows = layer.windows(shape.rank)  # type: ignore[attr-defined]
        added = tuple(sum(window.margins(length)) for window, length in zip(windows, shape.size, strict=True))
        return _longer(layer.receptive_field(seen, shape), added)

    yield from _both(right, grown)
    yield right.done(lambda sizes: tuple(size + 2 * axis.padding for size, axis in _with_axes(right, sizes)))


def _with_axes(right: Attempt, sizes: tuple[int, ...]) -> Iterator[tuple[int, AxisReceptiveField]]:
    axes = right.place.receptive_field.axes
    return zip(sizes, axes, strict=True) if all(axis.padding is not None for axis in axes) else iter(())


@MISTAKES.enter("pools-forgotten", "the pools before it were left out", ("receptive_field", "jump"), "receptive field")
def pools_forgotten(right: Attempt) -> Iterator[Attempt]:
    """Windows without weights skipped."""

    def skipped(layer: Layer) -> dict[str, Callable[[ReceptiveField, Shape], ReceptiveField]]:
        pools = _slides(layer) and not layer.weighted
        return {"receptive_field": lambda seen, shape: seen} if pools else {}

    if right.layer.weighted:
        yield right.everywhere(lambda each: each.bent(skipped))
