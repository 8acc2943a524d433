"""Functions that recompute a number wrongly -> the catalogue of mistakes, each with its key and its sentence.

A mistake is one function: it takes the right way to find a number and gives the wrong ways. No
formula stands in any: they change fields, inputs, conventions or single rules of a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from cnncalc.diagnose.ranking import LAYER
from cnncalc.diagnose.recompute import Attempt
from cnncalc.formula.formulas import FIELDS, QUANTITIES
from cnncalc.layers import Refused


class Way(Protocol):
    """A way to find a number, with a note on what was done."""

    @property
    def quantity(self) -> str:
        """What is found."""

    @property
    def note(self) -> str:
        """What was done, where a mistake has several ways."""


W = TypeVar("W", bound=Way)
Recompute: TypeAlias = "Callable[[W], Iterator[W]]"

STORED = ("activations", "memory_bytes")
OF_OUTPUT = (*STORED, "macs", "flops", "neurons", "connections")
"""Counts that grow with the output."""
OF_WEIGHTS = ("weights", "params", "macs", "flops", "connections")
"""Counts that grow with the weights."""
COUNTED = tuple(name for name in QUANTITIES if name not in ("output", "depth", *FIELDS))
ALONE = "all"
CARRIED = "sizes before"
"""What the mistakes touch that are made in other layers, and carried on."""
WITHIN = "sizes within"
"""What the mistakes touch that are made in the layers of a block whose number it is."""
UNPAIRED = (ALONE, CARRIED, WITHIN)


@dataclass(frozen=True, slots=True)
class Mistake(Generic[W]):
    """One mistake: what a student is told of it, where it can happen, and what it makes of the right way.

    Two mistakes that touch the same thing are never made together; one that touches
    one of UNPAIRED is only made by itself.
    """

    key: str
    says: str
    quantities: frozenset[str]
    touches: str
    recompute: Recompute[W]

    def ways(self, right: W) -> Iterator[tuple[str, W]]:
        """(what was done, how the number is then found), for every way to make the mistake."""
        if right.quantity not in self.quantities:
            return
        with suppress(Refused):  # a layer cannot be made with the mistake in it
            for way in self.recompute(right):
                yield way.note or self.says, way


class Catalogue(Generic[W]):
    """Mistakes by key; entered by a decorator, listed the likeliest first."""

    def __init__(self, order: tuple[str, ...]) -> None:
        """`order` has the keys of all mistakes, the likeliest first."""
        self.order = order
        self.found: dict[str, Mistake[W]] = {}

    def enter(
        self, key: str, says: str, of: Collection[str] = QUANTITIES, touches: str = ""
    ) -> Callable[[Recompute[W]], Recompute[W]]:
        """Function decorator: enter a mistake that is made in the quantities `of`."""
        if key in self.found or key not in self.order:
            raise ValueError(f"the mistake {key!r} is entered twice, or has no likelihood")

        def register(recompute: Recompute[W]) -> Recompute[W]:
            self.found[key] = Mistake(key, says, frozenset(of), touches or key, recompute)
            return recompute

        return register

    def __iter__(self) -> Iterator[Mistake[W]]:
        return (self.found[key] for key in self.order if key in self.found)


MISTAKES: Catalogue[Attempt] = Catalogue(LAYER)
"""The mistakes of a single layer."""
