"""A network at one size -> Misfits: the layers that refuse the size or drop pixels of it, with the working."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from cnncalc.errors import Problem, SpecError
from cnncalc.graph import Graph
from cnncalc.layers import Condition, Shape
from cnncalc.symbolic.program import Program


class Misfit(NamedTuple):
    """One layer that a size does not fit: what goes wrong there, and which size of its own input would fit.

    `dropped_pixels` counts those at the end of the layer's own input that no window covers: 0 where
    only padding is left over, None where the layer has no output at all.
    """

    layer: str
    axis: str
    message: str
    hint: str
    dropped_pixels: int | None = None

    @property
    def error(self) -> bool:
        """Whether the layer has no output, rather than one that drops pixels."""
        return self.dropped_pixels is None


def misfits_of(build: Callable[[], Graph], symbolic: Graph, sizes: Mapping[str, int], *, strict: bool) -> list[Misfit]:
    """The misfits of the network that `build` makes for a size, in the order of the layers.

    `symbolic` is the network with symbols, whose numbers are `sizes`.
    """
    try:
        graph = build()
    except SpecError as error:
        refusals = [_refusal(problem) for problem in error.problems]
        order = {node.name: place for place, node in enumerate(symbolic.nodes)}
        refused = {refusal.layer for refusal in refusals}
        found = [*_dropped(_before(symbolic, sizes, refused), strict), *refusals]
        return sorted(found, key=lambda misfit: order.get(misfit.layer, len(order)))
    return list(_dropped(graph.notes, strict))


def _dropped(notes: list[tuple[str, Condition]], strict: bool) -> Iterator[Misfit]:
    for name, note in notes:
        if strict or note.dropped_pixels() > 0:
            yield Misfit(name, note.axis, note.message(), note.hint_text(), max(note.dropped_pixels(), 0))


def _before(graph: Graph, sizes: Mapping[str, int], refused: set[str]) -> list[tuple[str, Condition]]:
    """The notes on layers that no refused layer precedes: their inputs are numbers."""
    shapes = [node.input for node in graph.nodes]
    program = Program([size for shape in shapes for size in (shape.channels, *shape.size)])
    numbers = iter(program.run({name: sizes.get(name, 1) for name in program.inputs}))
    found: list[tuple[str, Condition]] = []
    without: set[int] = set()
    for index, (node, shape) in enumerate(zip(graph.nodes, shapes, strict=True)):
        channels, *size = (next(numbers) for _ in range(shape.rank + 1))
        if node.name in refused or not without.isdisjoint(node.sources):
            without.add(index)
            continue
        conditions = node.layer.conditions(Shape(channels, *size))
        found += [(node.name, each) for each in conditions if each.severity == "note" and not each.holds()]
    return found


def _refusal(problem: Problem) -> Misfit:
    """The misfit of a problem, whose message begins with the layer's name."""
    layer, colon, message = problem.message.partition(": ")
    return Misfit(layer, "", message, problem.hint) if colon else Misfit("", "", problem.message, problem.hint)
