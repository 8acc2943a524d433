"""A sum over layers with something changed -> the total that somebody finds who makes that mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.diagnose.recompute import STORED, LayerRecomputation, Recomputation, correct_at
from cnncalc.layers import CATALOGUE
from cnncalc.limits import MOST_RECOMPUTED
from cnncalc.symbolic import Size

INPUT_PART = "the input"
Parts: TypeAlias = "tuple[tuple[LayerRecomputation, int], ...]"
"""The layers of a sum, each as often as it occurs alike."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TotalRecomputation(Recomputation):
    """How somebody finds a total: the layers, the parts of the sum, and what is done to the sum afterwards.

    `changes` are added to the parts; what is found in another way is taken away once, and added as it is found.
    """

    layers: tuple[LayerResult, ...]
    parts: Parts
    changes: Parts = ()
    known: dict[int, tuple[Any, Any]] = field(default_factory=dict)
    """The values of parts, and the sums of all of them, found so far: they stay the same whatever else is changed."""

    def _found(self) -> Any:
        if self.quantity == "depth":
            return self.analysis.depth
        if id(self.parts) not in self.known:
            self.known[id(self.parts)] = (self.parts, self._sum(self.parts))
        return self.known[id(self.parts)][1] + self._sum(self.changes)

    def _sum(self, parts: Parts) -> Any:
        return sum(self._value(part) * times for part, times in parts)

    def _value(self, part: LayerRecomputation) -> Any:
        """The value of a part, found once; raises ValueError where it has none, or no more may be found."""
        if id(part) not in self.known:
            if len(self.known) >= MOST_RECOMPUTED.value:
                raise ValueError("too many parts")
            self.known[id(part)] = (part, part.value())
        value = self.known[id(part)][1]
        if value is None:
            raise ValueError("a part has no value")
        return value

    @property
    def titles(self) -> tuple[str, ...]:
        """The kinds of layers that are summed up."""
        return tuple(dict.fromkeys(part.layer.title for part, _ in self.parts if part.result.name != INPUT_PART))

    def correct_value(self, quantity: str) -> Size:
        """The correct total of any quantity over the same layers."""
        is_whole = len(self.layers) == len(self.analysis.layers)
        return self.analysis.total(quantity) if is_whole else self.analysis.sum_over(self.layers, quantity)

    def only(self, wanted: Callable[[LayerRecomputation], bool], note: str = "") -> TotalRecomputation:
        """With some of the layers only."""
        return replace(self, parts=tuple(part for part in self.parts if wanted(part[0])), note=note)

    def with_parts(self, parts: Sequence[LayerRecomputation | None]) -> TotalRecomputation:
        """With other parts where one is given, at least once; all parts in the quantity that these count."""
        wrong = [part for part in parts if part]
        made = [(part or own, times) for part, (own, times) in zip(parts, self.parts, strict=True)]
        quantity, notes = wrong[0].quantity, {part.note for part in wrong}
        same = tuple((part if part.quantity == quantity else replace(part, quantity=quantity), n) for part, n in made)
        return replace(self, parts=same, quantity=quantity, note=wrong[0].note if len(notes) == 1 else "")


def correct_total(analysis: Analysis, quantity: str, layers: Sequence[LayerResult] | None = None) -> TotalRecomputation:
    """The correct way to find a total: of the network with its input, or of some of its layers."""
    chosen = tuple(analysis.layers if layers is None else layers)
    parts = grouped(correct_at(analysis, layer, quantity) for layer in chosen)
    return TotalRecomputation(
        analysis=analysis,
        quantity=quantity,
        convention=analysis.convention,
        batch=analysis.batch,
        layers=chosen,
        parts=(*(_input(analysis, quantity) if layers is None else ()), *parts),
    )


def grouped(recomputations: Iterable[LayerRecomputation]) -> Parts:
    """The parts of a sum over layers, those that are alike as one."""
    found: dict[Any, tuple[LayerRecomputation, int]] = {}
    for each in recomputations:
        node = each.result.node
        key = (each.layer, each.overridden, each.input, bool(node.shared), node.times)
        alike, times = found.get(key, (each, 0))
        found[key] = (alike, times + 1)
    return tuple(found.values())


def _input(analysis: Analysis, quantity: str) -> Iterator[tuple[LayerRecomputation, int]]:
    """Every input as a part of what is stored: a layer that adds no padding to it."""
    if quantity in STORED and analysis.layers:
        first = analysis.layers[0]
        whole = replace(first, node=replace(first.node, name=INPUT_PART, shared="", times=1))
        stored = correct_at(analysis, whole, quantity)
        for each in analysis.inputs:
            yield replace(stored, layer=CATALOGUE["pad"](0), input=each.shape), 1
