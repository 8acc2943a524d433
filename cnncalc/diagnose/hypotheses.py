"""A number of a network -> what it is with one mistake of the catalogue in it, or with two: computed once, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.diagnose.catalogue import MISTAKES, UNPAIRED, Catalogue, Mistake
from cnncalc.diagnose.mistakes import blocks, propagated, receptive_fields, totals
from cnncalc.diagnose.network import TOTALS, Total, total_at
from cnncalc.diagnose.recompute import Attempt, attempt_at
from cnncalc.formula.formulas import FIELDS
from cnncalc.symbolic import is_known
from cnncalc.symbolic.formula_tree import Tree

FAMILIES = (*totals.SINGLE, receptive_fields, totals, propagated, blocks)
"""The modules that enter their mistakes into the catalogues."""
OF_ONE = ("output", *FIELDS)
"""What a network or a block has from its last layer; all else is a sum."""
MOST_KEPT = 128
"""Numbers whose mistakes are kept: those of a sheet, which a class gets wrong again and again."""


class Slip(NamedTuple):
    """One way to make one mistake, and the number it gives."""

    mistake: Mistake[Any]
    done: str
    way: Any
    value: Any


class Pair(NamedTuple):
    """Two mistakes made together, what was done secondly, and the number they give."""

    first: Slip
    second: Mistake[Any]
    done: str
    value: Any

    @property
    def keys(self) -> tuple[str, str]:
        """The keys of both."""
        return (self.first.mistake.key, self.second.key)

    def formula(self) -> Tree | None:
        """How the number comes about, where that is one layer's count; the way there is found anew."""
        ways = (way for done, way in self.second.ways(self.first.way) if done == self.done)
        return next((way.formula() for way in ways if way.value() == self.value), None)


class Tried:
    """The wrong numbers that may stand in one place."""

    def __init__(self, catalogue: Catalogue[Any], right: Attempt | Total) -> None:
        self.catalogue = catalogue
        self.right = right
        self.value = right.value()
        self.made = list(self._made()) if self.value is not None else []
        self.slips = [slip for slip in self.made if slip.value != self.value]

    def _made(self) -> Iterator[Slip]:
        """Every way to make a mistake that gives a number, the likeliest first."""
        for mistake in self.catalogue:
            for done, way in mistake.ways(self.right):
                value = way.value()
                if value is not None:
                    yield Slip(mistake, done, way, value)

    @cached_property
    def pairs(self) -> list[Pair]:
        """Every two mistakes that are made together, likely ones first."""
        usual = [slip for slip in self.made if slip.mistake.touches not in UNPAIRED]
        usual = [slip for slip in usual if slip.value != self.value or slip.way.is_latent]
        order = sorted(combinations(range(len(usual)), 2), key=lambda pair: (sum(pair), pair))
        tried = dict.fromkeys((usual[one], usual[other].mistake) for one, other in order)
        return [pair for first, second in tried for pair in _made_too(first, second)]


def _made_too(first: Slip, second: Mistake[Any]) -> Iterator[Pair]:
    """Every way to make a second mistake beside a first; none where both touch the same thing."""
    if first.mistake.touches != second.touches:
        for done, way in second.ways(first.way):
            value = way.value()
            if value is not None:
                yield Pair(first, second, done, value)


@lru_cache(maxsize=MOST_KEPT)
def tried_at(analysis: Analysis, layers: tuple[LayerResult, ...] | None, quantity: str) -> Tried | None:
    """What may be found wrongly for a layer, for several, or for the whole; None where that depends on a symbol."""
    if not _is_numeric(analysis) or (layers is not None and not layers):
        return None
    if layers is None and quantity not in OF_ONE:
        return Tried(TOTALS, total_at(analysis, quantity))
    chosen = layers or tuple(analysis.layers[-1:])
    if len(chosen) == 1:
        return Tried(MISTAKES, attempt_at(analysis, chosen[0], quantity))
    if quantity in (*OF_ONE, "depth"):
        return Tried(MISTAKES, replace(attempt_at(analysis, chosen[-1], quantity), block=chosen))
    return Tried(TOTALS, total_at(analysis, quantity, chosen))


def _is_numeric(analysis: Analysis) -> bool:
    """Whether nothing depends on a symbol."""
    shapes = [analysis.input.shape, *(layer.output for layer in analysis.layers)]
    return not analysis.graph.repeats and is_known(
        analysis.batch, *(size for shape in shapes for size in (shape.channels, *shape.size))
    )
