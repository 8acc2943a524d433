"""A number of a network -> what it is with one mistake of the catalogue in it, or with two: computed once, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.diagnose.catalogue import LAYER_MISTAKES, OF_LAST, TOTAL_MISTAKES, UNPAIRED, Mistake
from cnncalc.diagnose.flows import Row
from cnncalc.diagnose.mistakes import (
    conventions,
    hyperparameters,
    missing_terms,
    propagated,
    receptive_fields,
    totals,
    wrong_factors,
    wrong_place,
    wrong_windows,
)
from cnncalc.diagnose.own_rows import OwnRows
from cnncalc.diagnose.ranking import COMMON
from cnncalc.diagnose.recompute import IMPOSSIBLE, LayerRecomputation, Recomputation, correct_at
from cnncalc.diagnose.recompute_total import correct_total
from cnncalc.diagnose.written import NOTHING, Written
from cnncalc.symbolic import is_known
from cnncalc.symbolic.formula_tree import Tree

FAMILIES = (
    hyperparameters,
    missing_terms,
    wrong_windows,
    wrong_factors,
    conventions,
    receptive_fields,
    wrong_place,
    totals,
    propagated,
)
"""The modules that enter their mistakes into the catalogues."""
MOST_KEPT = 128
"""Numbers whose mistakes are kept: those of a sheet, which a class gets wrong again and again."""


class Hypothesis(NamedTuple):
    """One way to make one mistake: what was done, how the number is then found, and the number."""

    mistake: Mistake[Any]
    sentence: str
    way: Recomputation
    value: Any


class Pair(NamedTuple):
    """Two mistakes made together, what was done secondly, and the number they give."""

    first: Hypothesis
    second: Mistake[Any]
    sentence: str
    value: Any

    @property
    def keys(self) -> tuple[str, str]:
        """The keys of both."""
        return (self.first.mistake.key, self.second.key)

    def formula(self) -> Tree | None:
        """How the number is computed, if it is one layer's count."""
        return next((way.formula() for way in self._ways()), None)

    def is_written(self, written: Written) -> bool:
        """Whether it may have been found by a working."""
        return written is NOTHING or any(written.allows(self.second, way) for way in self._ways())

    def _ways(self) -> Iterator[Recomputation]:
        """How the number is found; these are too many to be kept."""
        ways = (way for sentence, way in self.second.ways(self.first.way) if sentence == self.sentence)
        return (way for way in ways if way.value() == self.value)


class Hypotheses:
    """The wrong numbers that may stand in one place: `value` is the correct one, `wrong` all that differ from it."""

    def __init__(self, catalogue: Iterable[Mistake[Any]], correct: Recomputation) -> None:
        self.value = correct.value()
        self.made = [
            Hypothesis(mistake, sentence, way, value)
            for mistake in (catalogue if self.value is not None else ())
            for sentence, way in mistake.ways(correct)
            if (value := way.value()) is not None
        ]
        self.wrong = [each for each in self.made if each.value != self.value]

    @cached_property
    def pairs(self) -> list[Pair]:
        """Every two mistakes that are made together, likely ones first."""
        usual = [each for each in self.made if each.mistake.affects not in UNPAIRED and each.mistake.key in COMMON]
        usual = [each for each in usual if each.value != self.value or each.way.is_latent]
        order = sorted(combinations(range(len(usual)), 2), key=lambda pair: (sum(pair), pair))
        firsts = dict.fromkeys((usual[one], usual[other].mistake) for one, other in order)
        return [pair for first, second in firsts for pair in _pairs(first, second)]


def _pairs(first: Hypothesis, second: Mistake[Any]) -> Iterator[Pair]:
    """Every way to make a second mistake beside a first; none where both affect the same thing."""
    if first.mistake.affects != second.affects:
        for sentence, way in second.ways(first.way):
            value = way.value()
            if value is not None:
                yield Pair(first, second, sentence, value)


@lru_cache(maxsize=MOST_KEPT)
def hypotheses_at(analysis: Analysis, layers: tuple[LayerResult, ...] | None, quantity: str) -> Hypotheses | None:
    """The wrong numbers for a layer, for several, or for the whole; None where the number depends on a symbol."""
    if not _is_numeric(analysis) or (layers is not None and not layers):
        return None
    if layers is None and quantity not in OF_LAST:
        return Hypotheses(TOTAL_MISTAKES, correct_total(analysis, quantity))
    chosen = layers or tuple(analysis.layers[-1:])
    if len(chosen) > 1 and quantity not in (*OF_LAST, "depth"):
        return Hypotheses(TOTAL_MISTAKES, correct_total(analysis, quantity, chosen))
    block = chosen if len(chosen) > 1 else ()
    return Hypotheses(LAYER_MISTAKES, replace(correct_at(analysis, chosen[-1], quantity), block=block))


def on_own_input(rows: OwnRows, layer: LayerResult, quantity: str) -> Iterator[tuple[Hypothesis, tuple[Row, ...]]]:
    """The wrong numbers for a layer on what comes into it from wrong rows before, and these rows.

    What a mistake gives on the correct input as well has nothing to do with these rows and is left out.
    """
    usual = hypotheses_at(rows.analysis, (layer,), quantity)
    known = {(each.sentence, each.value) for each in usual.made if not _is_everywhere(each)} if usual else set()
    single = [mistake for mistake in LAYER_MISTAKES if mistake.affects not in UNPAIRED] if usual else []
    for correct, before in rows.on_own_input(correct_at(rows.analysis, layer, quantity)) if usual else ():
        with suppress(*IMPOSSIBLE, LookupError, TypeError):  # what somebody wrote down need not fit the layer
            for mistake in single:
                for sentence, way in mistake.ways(correct):
                    each = Hypothesis(mistake, sentence, way, None)
                    if _is_everywhere(each) or rows.budget <= 0:
                        continue  # not on the rows; and never found again at every layer in vain
                    rows.budget -= 1
                    value = way.value()
                    if value not in (None, usual.value if usual else None) and (sentence, value) not in known:
                        yield each._replace(value=value), before


def _is_everywhere(each: Hypothesis) -> bool:
    """Whether a mistake is made at every layer up to this one, from the network's input on."""
    return isinstance(each.way, LayerRecomputation) and bool(each.way.every_layer)


@lru_cache(maxsize=8)
def _is_numeric(analysis: Analysis) -> bool:
    """Whether nothing depends on a symbol."""
    return not analysis.graph.repeats and is_known(
        analysis.batch, *(size for shape in analysis.graph.shapes for size in (shape.channels, *shape.size))
    )
