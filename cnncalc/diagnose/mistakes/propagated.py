"""A mistake in layers before, or in those of a block -> the number that comes of its wrong sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from cnncalc.analysis.quantities import COUNTS
from cnncalc.diagnose.catalogue import LAYER_MISTAKES, SIZES_BEFORE, SIZES_WITHIN, in_layer, in_total
from cnncalc.diagnose.mistakes import hyperparameters, missing_terms
from cnncalc.diagnose.propagation import LayerMistake, Places, Propagation, Propagations, propagations_of
from cnncalc.diagnose.ranking import BEFORE, INSIDE, PROPAGATING, THROUGHOUT
from cnncalc.diagnose.recompute import LayerRecomputation
from cnncalc.diagnose.recompute_total import TotalRecomputation

SINGLE = (hyperparameters, missing_terms)
"""The modules that enter the mistakes that change a size."""
Finder: TypeAlias = "Callable[[Propagations, LayerMistake, Places], Iterator[Propagation]]"


def _enter(mistake: LayerMistake, ending: str, find: Finder, affects: str) -> None:
    """Enter what a mistake leads to: in a layer, the last of a block perhaps, and in a sum."""

    @in_layer(mistake.key + ending, mistake.sentence, ("output", *COUNTS), affects)
    def wrong_input(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
        propagations = propagations_of(correct.analysis)
        places = propagations.places(correct.block or (correct.result,))
        block = propagations.names.get(places)
        for each in find(propagations, mistake, places):
            if places[-1] in each.inputs:
                way = propagations.recomputation(each, places[-1], correct.quantity)
                yield replace(way, note=_sentence(mistake, each, block))

    @in_total(mistake.key + ending, mistake.sentence, COUNTS, affects)
    def wrong_terms(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
        propagations = propagations_of(correct.analysis)
        places = propagations.places(correct.layers)
        block, last, among = propagations.names.get(places), max(places), frozenset(places)
        for each in find(propagations, mistake, places):
            changed = each.changed & among if each.end > last else ()
            if changed:
                changes = propagations.changes(each, sorted(changed), correct.quantity)
                yield replace(correct, changes=tuple(changes), note=_sentence(mistake, each, block))


def _sentence(mistake: LayerMistake, each: Propagation, block: str | None) -> str:
    """What was done and where; a mistake in all of the block whose number it is has not left it."""
    leaves = each.is_local and each.inputs and each.where != block
    return f"{each.note or mistake.sentence} in {each.where}" + (
        ", and the wrong size was carried forward" if leaves else ""
    )


for _ending, _find, _affects in (
    (INSIDE, Propagations.inside, SIZES_WITHIN),
    (THROUGHOUT, Propagations.everywhere, SIZES_BEFORE),
    (BEFORE, Propagations.anywhere, SIZES_BEFORE),
):
    for _key in PROPAGATING:
        _enter(LAYER_MISTAKES.found[_key], _ending, _find, _affects)
