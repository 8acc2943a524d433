"""A mistake made at some layers -> Propagation: the sizes that follow from it in the layers behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.diagnose.catalogue import Mistake
from cnncalc.diagnose.recompute import LayerRecomputation, correct_at
from cnncalc.layers import Shape
from cnncalc.limits import MOST_PROPAGATED

LayerMistake: TypeAlias = "Mistake[LayerRecomputation]"
Places: TypeAlias = "tuple[int, ...]"
"""The layers whose number it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Propagation:
    """What a mistake makes of the sizes of a network.

    `note` is what was done, where the mistake has several ways, `where` at which layers. `wrong` has
    how each of these is then computed, `inputs` the inputs that differ; from the layer `end` on nothing
    fits together. `is_local`: the mistake was made in one layer or block.
    """

    note: str
    where: str
    is_local: bool
    wrong: dict[int, LayerRecomputation]
    inputs: dict[int, Shape]
    end: int

    @property
    def changed(self) -> frozenset[int]:
        """The layers that are computed another way, or on another input."""
        return frozenset((*self.wrong, *self.inputs))


UNCHANGED = Propagation("", "", False, {}, {}, 0)
"""No mistake at all."""


class Propagations:
    """The propagations of mistakes in one network, each followed once."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.index = {id(layer): index for index, layer in enumerate(analysis.layers)}
        self.blocks = _blocks(analysis)
        self.names = {layers: name for name, layers in reversed(self.blocks.items())}
        self.starts: dict[int, list[str]] = {}
        for name, layers in self.blocks.items():
            self.starts.setdefault(layers[0], []).insert(0, name)
        self.skipped: dict[tuple[str, int], int] = {}
        self.budget = MOST_PROPAGATED.value
        self.steps: dict[Any, tuple[LayerRecomputation | None, Shape | None]] = {}
        self.recomputations: dict[Any, LayerRecomputation] = {}
        self.known: dict[tuple[str, str, int, int], list[Propagation]] = {}

    def places(self, layers: Iterable[LayerResult]) -> Places:
        """Where some layers stand in the network."""
        return tuple(self.index[id(layer)] for layer in layers)

    def everywhere(self, mistake: LayerMistake, places: Places) -> Iterator[Propagation]:
        """With the mistake in every layer, then in all of one kind where several can have it; in two at least."""
        titles = [layer.node.layer.title for layer in self.analysis.layers]
        found = self._follow_all(mistake, range(len(titles)), "every layer")
        kinds = sorted({titles[index] for each in found for index in each.wrong})
        for kind in kinds if len(kinds) > 1 else ():
            alike = [index for index, title in enumerate(titles) if title == kind]
            found = [*found, *self._follow_all(mistake, alike, f"the {kind}")]
        last = max(places)
        return (each for each in found if sum(index <= last for index in each.wrong) > 1)

    def anywhere(self, mistake: LayerMistake, places: Places) -> Iterator[Propagation]:
        """With the mistake in one layer or block: in front of a block, or up to the last of the places."""
        return self._nearest(mistake, 0, places[0] if places in self.names else max(places) + 1)

    def inside(self, mistake: LayerMistake, places: Places) -> Iterator[Propagation]:
        """With the mistake in the whole of a block, then in a part of it."""
        if places in self.names:
            yield from self._block(mistake, self.names[places])
            nearest = self._nearest(mistake, places[0], places[-1] + 1)
            yield from (each for each in nearest if max(each.wrong) <= places[-1])

    def _nearest(self, mistake: LayerMistake, start: int, stop: int) -> Iterator[Propagation]:
        """With the mistake in one layer, or in one block that begins there: from the last before `stop` to `start`."""
        index = self._fruitful(mistake, stop - 1)
        while index >= start:
            alone = self._follow_all(mistake, (index,), self.analysis.layers[index].name, is_local=True)
            blocks = [each for name in self.starts.get(index, ()) for each in self._block(mistake, name)]
            yield from (*alone, *blocks)
            if not alone and not blocks:
                self.skipped[mistake.key, index] = index - 1
            index = self._fruitful(mistake, index - 1)

    def _fruitful(self, mistake: LayerMistake, index: int) -> int:
        """The last layer up to `index` at which the mistake may change something; every step over others is kept."""
        passed = []
        while (mistake.key, index) in self.skipped:
            passed.append(index)
            index = self.skipped[mistake.key, index]
        for each in passed:
            self.skipped[mistake.key, each] = index
        return index

    def _block(self, mistake: LayerMistake, name: str) -> Iterator[Propagation]:
        """With the mistake in every layer of a block; none where it changes fewer than two of them."""
        found = self._follow_all(mistake, self.blocks[name], name, is_local=True)
        return (each for each in found if len(each.wrong) > 1)

    def recomputation(self, propagation: Propagation, index: int, quantity: str) -> LayerRecomputation:
        """How a number of a layer is then found; the same for layers that are alike."""
        layer = self.analysis.layers[index]
        node, wrong, shape = layer.node, propagation.wrong.get(index), propagation.inputs.get(index, layer.input)
        key = (quantity, node.layer, layer.input, bool(node.shared), node.times, id(wrong), shape)
        if key not in self.recomputations:
            correct = correct_at(self.analysis, layer, quantity).with_input(shape)
            self.recomputations[key] = replace(wrong, result=layer, quantity=quantity) if wrong else correct
        return self.recomputations[key]

    def changes(
        self, propagation: Propagation, changed: Iterable[int], quantity: str
    ) -> Iterator[tuple[LayerRecomputation, int]]:
        """What some changed layers add to a sum: each as it is then found, instead of the correct one."""
        for index in changed:
            yield self.recomputation(propagation, index, quantity), 1
            yield self.recomputation(UNCHANGED, index, quantity), -1

    def _follow_all(
        self, mistake: LayerMistake, layers: Sequence[int], where: str, *, is_local: bool = False
    ) -> list[Propagation]:
        """What follows from every way to make a mistake at some layers, up to the first that changes nothing."""
        key = (mistake.key, where, layers[0], len(layers))
        if key not in self.known:
            found: list[Propagation] = []
            while True:
                empty = Propagation("", where, is_local, {}, {}, len(self.analysis.layers))
                each = self._follow(empty, mistake, len(found), layers)
                if not each.wrong:
                    break
                found.append(replace(each, note=next(iter(each.wrong.values())).note))
            self.known[key] = found
        return self.known[key]

    def _follow(self, each: Propagation, mistake: LayerMistake, number: int, wanted: Sequence[int]) -> Propagation:
        """One way filled in: from the first layer with the mistake to the last whose sizes it changes."""
        outputs: dict[int, Shape] = {}
        chosen = set(wanted)
        for index in range(wanted[0], each.end if self.budget > 0 else wanted[0]):
            if index > wanted[-1] and not outputs:
                break
            layer, shape = self.analysis.layers[index], self._input(index, outputs)
            if shape is layer.input and index not in chosen:
                continue
            self.budget -= 1
            wrong, output = (
                self._step(layer, mistake, number if index in chosen else -1, shape) if shape else (None,) * 2
            )
            if shape is None or output is None:
                return replace(each, end=index)
            if wrong is not None:
                each.wrong[index] = wrong
            if shape != layer.input:
                each.inputs[index] = shape
            if output != layer.output:
                outputs[index] = output
        return each

    def _input(self, index: int, outputs: Mapping[int, Shape]) -> Shape | None:
        """The input of a layer where some outputs are others; None where they do not meet."""
        layer = self.analysis.layers[index]
        sources, own = layer.node.sources, layer.node.layer
        if not any(source in outputs for source in sources):
            return layer.input
        shapes = tuple(outputs.get(source) or self.analysis.graph.shape(source) for source in sources)
        return own.join(shapes) if all(condition.holds() for condition in own.join_conditions(shapes)) else None

    def _step(
        self, layer: LayerResult, mistake: LayerMistake, number: int, shape: Shape
    ) -> tuple[LayerRecomputation | None, Shape | None]:
        """(how a layer is computed with the mistake, if it changes anything, its output) on an input."""
        key = (layer.node.layer, mistake.key if number >= 0 else "", number, shape)
        if key not in self.steps:
            correct = correct_at(self.analysis, layer, "output").with_input(shape)
            ways = [way for _, way in mistake.ways(correct)] if number >= 0 else []
            wrong = ways[number] if 0 <= number < len(ways) else None
            output, other = correct.value(), wrong.value() if wrong else None
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
def propagations_of(analysis: Analysis) -> Propagations:
    """The propagations of a network, kept from one wrong number to the next."""
    return Propagations(analysis)
