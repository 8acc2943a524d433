"""A network at one size -> Blame: the layers that refuse the size or drop pixels of it, with the working."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnncalc.errors import Problem, SpecError
from cnncalc.graph import Graph


class Blame(NamedTuple):
    """One layer that keeps a size from fitting: what goes wrong there, and the remedy at that layer.

    `lost` counts the pixels at the end of the layer's own input that no window covers: 0 where
    only padding is left over, None where the layer has no output at all.
    """

    layer: str
    axis: str
    message: str
    hint: str
    lost: int | None = None

    @property
    def error(self) -> bool:
        """Whether the layer has no output, rather than one that drops pixels."""
        return self.lost is None


def blame_of(build: Callable[[], Graph], *, strict: bool) -> list[Blame]:
    """What keeps a size from fitting the network that `build` makes of it, in the order of the layers."""
    try:
        graph = build()
    except SpecError as error:
        return [_refusal(problem) for problem in error.problems]
    return [
        Blame(name, note.axis, note.message(), note.hint_text(), max(note.lost(), 0))
        for name, note in graph.notes
        if strict or note.lost() > 0
    ]


def _refusal(problem: Problem) -> Blame:
    """The blame of a problem, whose message begins with the layer's name."""
    layer, colon, message = problem.message.partition(": ")
    return Blame(layer, "", message, problem.hint) if colon else Blame("", "", problem.message, problem.hint)
