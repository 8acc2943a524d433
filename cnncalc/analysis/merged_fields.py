"""The receptive fields of branches -> that of a unit which reads all of them."""

from __future__ import annotations

from math import lcm

from cnncalc.layers.receptive_field import EVERYTHING, ReceptiveField, union, unknown
from cnncalc.limits import MOST_PHASES


class JumpConflictError(ValueError):
    """Two paths whose units lie at different distances: `first` and `second` are their jumps."""

    def __init__(self, first: object, second: object) -> None:
        super().__init__(f"the merged branches have different jumps: {first} and {second}")


def merged(found: list[ReceptiveField], rank: int) -> tuple[ReceptiveField, bool]:
    """The receptive field of a unit that reads all of `found`, on `rank` axes, and whether they are aligned.

    Whoever reads something that sees everything sees everything. Raises JumpConflictError.
    """
    first, *others = found
    if not others:
        return first, True
    if any(seen.everything for seen in found):
        return EVERYTHING, True
    reason = next((seen.unknown for seen in found if seen.unknown), "")
    if reason:
        return unknown(reason), True
    if not rank:
        return unknown("a vector made of several maps has no position in the image"), True
    if lcm(*(len(axis.lows) for seen in found for axis in seen.axes)) > MOST_PHASES.value:
        return unknown("the merged branches are upsampled by factors whose common multiple is too large"), True
    axes, aligned = first.axes, True
    for other in others:
        for mine, its in zip(axes, other.axes, strict=False):
            if mine.jump != its.jump:
                raise JumpConflictError(mine.jump, its.jump)
            aligned = aligned and mine.aligned(its)
        axes = tuple(union(mine, its) for mine, its in zip(axes, other.axes, strict=False))
    return ReceptiveField(axes), aligned
