"""A mistake made at some layers -> QuasiLinear: the sizes that follow from it in the layers behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.diagnose.catalogue import Mistake
from cnncalc.diagnose.recompute import Attempt, attempt_at
from cnncalc.errors import SpecError
from cnncalc.layers import Refused, Shape

MOST_STEPS = 50_000
"""Layers that are computed anew at most for the courses of one network; no others are walked."""


@dataclass(frozen=True, slots=True, eq=False)
class QuasiLinear:
    """What a mistake makes of the sizes of a network.

    `says` is what was done, where the mistake has several ways, `where` at which layers. `made` has
    the way in which each of these is then computed, `inputs` the inputs that differ; from the layer
    `end` on nothing fits together.
    """

    says: str
    where: str
    made: dict[int, Attempt]
    inputs: dict[int, Shape]
    end: int

    @property
    def touched(self) -> frozenset[int]:
        """The layers that are computed another way, or on another input."""
        return frozenset((*self.made, *self.inputs))


class Courses:
    """The courses of one network, each walked once."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.index = {id(layer): index for index, layer in enumerate(analysis.layers)}
        self.blocks = _blocks(analysis)
        self.names = {layers: name for name, layers in reversed(self.blocks.items())}
        self.starts: dict[int, list[str]] = {}
        for name, layers in self.blocks.items():
            self.starts.setdefault(layers[0], []).insert(0, name)
        self.budget = MOST_STEPS
        self.steps: dict[Any, tuple[Attempt | None, Shape | None]] = {}
        self.attempts: dict[Any, Attempt] = {}
        self.known: dict[Any, list[QuasiLinear]] = {}

    def throughout(self, mistake: Mistake[Attempt]) -> list[QuasiLinear]:
        """With the mistake in every layer; then in all layers of one kind, where several kinds can have it."""
        if mistake.key not in self.known:
            titles = [layer.node.layer.title for layer in self.analysis.layers]
            found = self._walked(mistake, range(len(titles)), "every layer")
            kinds = sorted({titles[index] for course in found for index in course.made})
            for kind in kinds if len(kinds) > 1 else ():
                alike = [index for index, title in enumerate(titles) if title == kind]
                found += self._walked(mistake, alike, f"the {kind}")
            self.known[mistake.key] = found
        return self.known[mistake.key]

    def single(self, mistake: Mistake[Attempt], index: int) -> list[QuasiLinear]:
        """With the mistake in one layer; none where it changes nothing."""
        key = (mistake.key, index)
        if key not in self.known:
            self.known[key] = self._walked(mistake, [index], self.analysis.layers[index].name)
        return self.known[key]

    def block(self, mistake: Mistake[Attempt], name: str) -> list[QuasiLinear]:
        """With the mistake in every layer of a block; none where it changes fewer than two of them."""
        key = (mistake.key, name)
        if key not in self.known:
            found = self._walked(mistake, self.blocks[name], name)
            self.known[key] = [course for course in found if len(course.made) > 1]
        return self.known[key]

    def nearest(self, mistake: Mistake[Attempt], start: int, stop: int) -> Iterator[QuasiLinear]:
        """With the mistake in one layer, or in one block that begins there: from the last before `stop` to `start`."""
        for index in reversed(range(start, stop)):
            yield from self.single(mistake, index)
            for name in self.starts.get(index, ()):
                yield from self.block(mistake, name)

    def attempt(self, course: QuasiLinear, index: int, quantity: str) -> Attempt:
        """How a number of a layer is found in a course; the same for layers that are alike."""
        layer = self.analysis.layers[index]
        node, made, shape = layer.node, course.made.get(index), course.inputs.get(index, layer.input)
        key = (quantity, node.layer, layer.input, bool(node.shared), node.times, id(made), shape)
        if key not in self.attempts:
            right = attempt_at(self.analysis, layer, quantity).on(shape)
            self.attempts[key] = right if made is None else replace(made, place=layer, quantity=quantity)
        return self.attempts[key]

    def _walked(self, mistake: Mistake[Attempt], layers: Sequence[int], where: str) -> list[QuasiLinear]:
        """The course of every way to make a mistake at some layers, up to the first that changes nothing."""
        found: list[QuasiLinear] = []
        while (course := self._walk(mistake, len(found), layers, where)).made:
            found.append(replace(course, says=next(iter(course.made.values())).note))
        return found

    def _walk(self, mistake: Mistake[Attempt], number: int, wanted: Sequence[int], where: str) -> QuasiLinear:
        """One course: from the first layer with the mistake to the last that its sizes reach."""
        course = QuasiLinear("", where, {}, {}, len(self.analysis.layers))
        changed: dict[int, Shape] = {}
        chosen = set(wanted)
        for index in range(wanted[0], course.end if self.budget > 0 else wanted[0]):
            if index > wanted[-1] and not changed:
                break
            layer, shape = self.analysis.layers[index], self._input(index, changed)
            wrongly = index in chosen
            if shape is layer.input and not wrongly:
                continue
            self.budget -= 1
            attempt, output = self._step(layer, mistake, number if wrongly else -1, shape) if shape else (None, None)
            if shape is None or output is None:
                return replace(course, end=index)
            if attempt is not None:
                course.made[index] = attempt
            if shape != layer.input:
                course.inputs[index] = shape
            if output != layer.output:
                changed[index] = output
        return course

    def _input(self, index: int, changed: Mapping[int, Shape]) -> Shape | None:
        """The input of a layer where some outputs are others; None where they do not meet."""
        layer = self.analysis.layers[index]
        sources, own = layer.node.sources, layer.node.layer
        if not any(source in changed for source in sources):
            return layer.input
        shapes = tuple(changed.get(source) or self._output(source) for source in sources)
        return own.join(shapes) if all(condition.holds() for condition in own.join_conditions(shapes)) else None

    def _output(self, source: int) -> Shape:
        return self.analysis.layers[source].output if source >= 0 else self.analysis.graph.input

    def _step(
        self, layer: LayerResult, mistake: Mistake[Attempt], number: int, shape: Shape
    ) -> tuple[Attempt | None, Shape | None]:
        """(the way with the mistake, if it changes anything, its output) for a layer on an input."""
        key = (layer.node.layer, mistake.key if number >= 0 else "", number, shape)
        if key not in self.steps:
            right = attempt_at(self.analysis, layer, "output").on(shape)
            wrong = _wrong(right, mistake, number) if number >= 0 else None
            output, other = _output_of(right), _output_of(wrong) if wrong else None
            self.steps[key] = (wrong, other) if wrong and other != output else (None, output)
        return self.steps[key]


def _blocks(analysis: Analysis) -> dict[str, tuple[int, ...]]:
    """The layers of every block that has more than one, the outer blocks first."""
    found: dict[str, list[int]] = {}
    for index, layer in enumerate(analysis.layers):
        for depth in range(1, len(layer.node.path)):
            found.setdefault("/".join(layer.node.path[:depth]), []).append(index)
    return {name: tuple(layers) for name, layers in found.items() if len(layers) > 1}


@lru_cache(maxsize=8)
def courses_of(analysis: Analysis) -> Courses:
    """The courses of a network, kept from one wrong number to the next."""
    return Courses(analysis)


def _wrong(right: Attempt, mistake: Mistake[Attempt], number: int) -> Attempt | None:
    """One of the ways to make the mistake at a layer."""
    ways = [way for _, way in mistake.ways(right)]
    return ways[number] if number < len(ways) else None


def _output_of(attempt: Attempt) -> Shape | None:
    """What comes out; None where the layer does not fit."""
    try:
        output = attempt.value()
    except (Refused, SpecError):
        return None
    return output if isinstance(output, Shape) else None
