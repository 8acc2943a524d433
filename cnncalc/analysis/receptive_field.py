"""The receptive fields of several inputs -> that of their merge: the union, if their jumps agree."""

from __future__ import annotations

from math import lcm

from cnncalc.layers.reach import MOST_PHASES, AxisReach, Reach, union, unknown


class JumpConflictError(ValueError):
    """Two paths whose units lie at different distances: `first` and `second` are their jumps."""

    def __init__(self, first: object, second: object) -> None:
        super().__init__(f"the paths that meet have different jumps: {first} and {second}")


def at_input(rank: int) -> Reach:
    """The reach of the network's input: every pixel sees itself."""
    return Reach(tuple(AxisReach() for _ in range(rank)))


def merged(reaches: list[Reach], rank: int) -> tuple[Reach, bool]:
    """The reach of a unit that reads all of `reaches`, on `rank` axes, and whether they are aligned.

    Whoever reads something that sees everything sees everything. Raises JumpConflictError.
    """
    first, *others = reaches
    if not others:
        return first, True
    for reach in reaches:
        if reach.everything or reach.unknown:
            return next((other for other in reaches if other.everything), reach), True
    if not rank:
        return unknown("a vector put together from several maps lies on no grid"), True
    if lcm(*(len(axis.lows) for reach in reaches for axis in reach.axes)) > MOST_PHASES:
        return unknown("the paths that meet are upsampled by factors without a common one"), True
    axes, aligned = first.axes, True
    for other in others:
        for mine, its in zip(axes, other.axes, strict=False):
            if mine.jump != its.jump:
                raise JumpConflictError(mine.jump, its.jump)
            aligned = aligned and mine.aligned(its)
        axes = tuple(union(mine, its) for mine, its in zip(axes, other.axes, strict=False))
    return Reach(axes), aligned
