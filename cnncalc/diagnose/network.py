"""The layers of a network -> Total: how somebody finds a sum over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from cnncalc.analysis import Analysis, Convention, LayerResult
from cnncalc.diagnose.catalogue import STORED, Catalogue
from cnncalc.diagnose.ranking import NETWORK
from cnncalc.diagnose.recompute import Attempt, attempt_at
from cnncalc.layers import CATALOGUE
from cnncalc.symbolic import Size, is_known

MOST_PARTS = 10_000
"""Numbers of layers that are found at most for one diagnosis; mistakes behind these, unlikely ones, are not tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Total:
    """How somebody finds a total: the layers, each as often as it occurs alike, and what is done to the sum."""

    analysis: Analysis
    quantity: str
    layers: tuple[LayerResult, ...]
    parts: tuple[tuple[Attempt, int], ...]
    then: tuple[Callable[[Any], Any], ...] = ()
    note: str = ""
    known: dict[int, tuple[Attempt, Any]] = field(default_factory=dict)
    """The values of parts found so far, which stay the same whatever else is changed."""

    def value(self) -> Any:
        """The number found; None where a layer has none."""
        found: Any = self.analysis.depth if self.quantity == "depth" else 0
        for part, times in self.parts if self.quantity != "depth" else ():
            value = self._value(part)
            if value is None:
                return None
            found += value * times
        for step in self.then:
            found = step(found)
        return found if is_known(found) else None

    def _value(self, part: Attempt) -> Any:
        """The value of a part, found once; None where no more may be found."""
        if id(part) not in self.known:
            if len(self.known) >= MOST_PARTS:
                return None
            self.known[id(part)] = (part, part.value())
        return self.known[id(part)][1]

    @property
    def is_latent(self) -> bool:
        """In a sum, all shows."""
        return False

    @property
    def wrong_part(self) -> str:
        """What came out wrong: only the sum, or numbers before."""
        return "number" if self.then else ""

    def formula(self) -> None:
        """A total is too long a sum to be told."""
        return

    @property
    def convention(self) -> Convention:
        """What is counted, and in which unit."""
        return self.analysis.convention

    @property
    def batch(self) -> Size:
        """The images that are counted."""
        return self.analysis.batch

    @property
    def is_whole(self) -> bool:
        """Whether all layers are summed up."""
        return len(self.layers) == len(self.analysis.layers)

    def of_all(self, quantity: str) -> Size:
        """The right total of any quantity over the same layers."""
        return self.analysis.total(quantity) if self.is_whole else self.analysis.sum_over(self.layers, quantity)

    def scaled(self, factor: Fraction | Size, note: str = "") -> Total:
        """With the sum multiplied, and rounded to a whole number."""
        return self.done(lambda value: round(value * factor), note)

    def of(self, wanted: Callable[[Attempt], bool], note: str = "") -> Total:
        """With some of the layers only."""
        return replace(self, parts=tuple(part for part in self.parts if wanted(part[0])), note=note)

    def done(self, step: Callable[[Any], Any], note: str = "") -> Total:
        """With something done to the sum."""
        return replace(self, then=(*self.then, step), note=note)

    def plus(self, more: Size, note: str = "") -> Total:
        """With something added to the sum."""
        return self.done(lambda value: value + more, note)


TOTALS: Catalogue[Total] = Catalogue(NETWORK)
"""The mistakes of totals."""
INPUT_PART = "the input"


def total_at(analysis: Analysis, quantity: str, layers: Iterable[LayerResult] | None = None) -> Total:
    """The right way to find a total: of the network with its input, or of some of its layers."""
    chosen = tuple(analysis.layers if layers is None else layers)
    parts = grouped(attempt_at(analysis, layer, quantity) for layer in chosen)
    return Total(analysis, quantity, chosen, (*(_input(analysis, quantity) if layers is None else ()), *parts))


def grouped(attempts: Iterable[Attempt]) -> Iterable[tuple[Attempt, int]]:
    """The attempts at layers as parts of a sum, those that are alike as one."""
    found: dict[Any, tuple[Attempt, int]] = {}
    for attempt in attempts:
        node = attempt.place.node
        key = (attempt.layer, attempt.bends, attempt.input, bool(node.shared), node.times)
        alike, times = found.get(key, (attempt, 0))
        found[key] = (alike, times + 1)
    return found.values()


def _input(analysis: Analysis, quantity: str) -> Iterator[tuple[Attempt, int]]:
    """The input as a part of what is stored: a layer that adds no padding to it."""
    if quantity in STORED and analysis.layers:
        first = analysis.layers[0]
        node = replace(first.node, name=INPUT_PART, shared="", times=1)
        whole = replace(first, node=node)
        yield replace(attempt_at(analysis, whole, quantity), layer=CATALOGUE["pad"](0), input=analysis.input.shape), 1
