"""Functions that recompute a number wrongly -> the catalogue of mistakes, each with its key and its sentence.

A mistake is one function: it takes the correct recomputation of a number and gives the wrong ones. It
contains no formula: it changes fields, inputs, conventions or single rules of a layer. A decorator
enters it by where it is made: `in_layer`, `in_each_layer`, `in_total` or `in_number`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from cnncalc.analysis.quantities import COUNTS, FIELDS
from cnncalc.diagnose.ranking import RANKING
from cnncalc.diagnose.recompute import STORED, LayerRecomputation, Recomputation
from cnncalc.diagnose.recompute_total import TotalRecomputation
from cnncalc.layers import Refused

QUANTITIES = ("output", *COUNTS, "depth", *FIELDS)
"""The quantities that mistakes are looked for in."""

R = TypeVar("R", bound=Recomputation)
Recompute: TypeAlias = "Callable[[R], Iterator[R]]"
"""What a mistake makes of the correct recomputation."""

OF_OUTPUT = (*STORED, "macs", "flops", "neurons", "connections")
"""Counts that grow with the output."""
SLIDING = ("output", *OF_OUTPUT)
OF_WEIGHTS = ("weights", "params", "trainable", "macs", "flops", "connections")
"""Counts that grow with the weights."""
OF_LAST = ("output", *FIELDS)
"""What a network or a block has from its last layer; all else is a sum."""
ALONE = "all"
SIZES_BEFORE = "sizes before"
"""What is affected by mistakes that are made in other layers, and lead to wrong sizes here."""
SIZES_WITHIN = "sizes within"
"""What is affected by mistakes that are made in the layers of a block whose number it is."""
UNPAIRED = (ALONE, SIZES_BEFORE, SIZES_WITHIN)


@dataclass(frozen=True, slots=True)
class Mistake(Generic[R]):
    """One mistake: its sentence for the student, the quantities it can be made in, and the recomputation.

    Two mistakes that affect the same thing are never made together; one that affects
    one of UNPAIRED is only made by itself.
    """

    key: str
    sentence: str
    quantities: frozenset[str]
    affects: str
    recompute: Recompute[R]

    def ways(self, correct: R) -> Iterator[tuple[str, R]]:
        """(what was done, how the number is then found), for every way to make the mistake."""
        if correct.quantity not in self.quantities:
            return
        with suppress(Refused):  # a layer cannot be made with the mistake in it
            for way in self.recompute(correct):
                yield way.note or self.sentence, way


class Catalogue(Generic[R]):
    """Mistakes by key, listed the likeliest first."""

    def __init__(self) -> None:
        self.found: dict[str, Mistake[R]] = {}

    def register(
        self, key: str, sentence: str, of: Collection[str] = QUANTITIES, affects: str = ""
    ) -> Callable[[Recompute[R]], Recompute[R]]:
        """Function decorator: enter a mistake that is made in the quantities `of`."""
        if key in self.found or key not in RANKING:
            raise ValueError(f"the mistake {key!r} is entered twice, or has no place in RANKING")

        def enter(recompute: Recompute[R]) -> Recompute[R]:
            self.found[key] = Mistake(key, sentence, frozenset(of), affects or key, recompute)
            return recompute

        return enter

    def __iter__(self) -> Iterator[Mistake[R]]:
        return (self.found[key] for key in RANKING if key in self.found)


LAYER_MISTAKES: Catalogue[LayerRecomputation] = Catalogue()
"""The mistakes in a number of one layer."""
TOTAL_MISTAKES: Catalogue[TotalRecomputation] = Catalogue()
"""The mistakes in a sum over layers."""
in_layer = LAYER_MISTAKES.register
"""Function decorator: enter a mistake that is made in a number of one layer."""
in_total = TOTAL_MISTAKES.register
"""Function decorator: enter a mistake that is made in adding up."""


def in_number(
    key: str, sentence: str, of: Collection[str] = COUNTS, affects: str = ""
) -> Callable[[Callable[[R], Iterator[R]]], Callable[[R], Iterator[R]]]:
    """Function decorator: enter a mistake that does the same to a layer's number and to a total."""

    def enter(recompute: Callable[[R], Iterator[R]]) -> Callable[[R], Iterator[R]]:
        in_layer(key, sentence, of, affects)(recompute)  # type: ignore[arg-type]
        in_total(key, sentence, of, affects)(recompute)  # type: ignore[arg-type]
        return recompute

    return enter


def in_each_layer(
    key: str, sentence: str, of: Collection[str] = QUANTITIES, affects: str = "", *, by_kind: bool = False
) -> Callable[[Recompute[LayerRecomputation]], Recompute[LayerRecomputation]]:
    """Function decorator: enter a mistake in one layer that is made in a total at every layer that can make it.

    With `by_kind` it is also made at the layers of one kind alone. The sizes of the maps stay correct.
    """

    def enter(recompute: Recompute[LayerRecomputation]) -> Recompute[LayerRecomputation]:
        in_layer(key, sentence, of, affects)(recompute)
        mistake = LAYER_MISTAKES.found[key]
        in_total(key, sentence, of, affects)(lambda correct: _at_each(mistake, correct, by_kind))
        return recompute

    return enter


def _at_each(
    mistake: Mistake[LayerRecomputation], correct: TotalRecomputation, by_kind: bool
) -> Iterator[TotalRecomputation]:
    """Each way of a mistake at every layer; then the first way at the layers of each kind, if there are several."""
    ways = [[way for _, way in mistake.ways(part)] for part, _ in correct.parts]
    for number in range(max(map(len, ways), default=0)):
        yield correct.with_parts([own[min(number, len(own) - 1)] if own else None for own in ways])
    titles = [part.layer.title if own else "" for own, (part, _) in zip(ways, correct.parts, strict=True)]
    kinds = dict.fromkeys(filter(None, titles if by_kind else ()))
    for kind in kinds if len(kinds) > 1 else ():
        alike = [own[0] if title == kind else None for own, title in zip(ways, titles, strict=True)]
        yield replace(correct.with_parts(alike), note=f"{mistake.sentence} in the {kind}")
