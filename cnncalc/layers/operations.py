"""Counts of elementary operations -> Operations: what a layer does, by class, once per image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from cnncalc.symbolic import Size, normalise


@dataclass(frozen=True, slots=True)
class Operations:
    """Operations of one forward pass over one image, by class.

    A counting convention gives each class a weight; no layer knows of any convention.

    * `macs`: multiply-accumulates of convolutions and matrix products.
    * `bias_adds`: additions of a bias to a finished sum.
    * `adds`, `multiplies`: additions (and subtractions) and products outside of MACs.
    * `compares`: comparisons, as in ReLU and max pooling.
    * `divides`: divisions, as in average pooling and softmax.
    * `exps`: exponentials, powers, roots and other transcendental functions.
    """

    macs: Size = 0
    bias_adds: Size = 0
    adds: Size = 0
    multiplies: Size = 0
    compares: Size = 0
    divides: Size = 0
    exps: Size = 0

    def __add__(self, other: Operations) -> Operations:
        pairs = zip(self.counts(), other.counts(), strict=True)
        return Operations(*(normalise(mine[1] + its[1]) for mine, its in pairs))

    def counts(self) -> Iterator[tuple[str, Size]]:
        """(class, count) for every class, zeros included, in a fixed order."""
        for name in OPERATION_CLASSES:
            yield name, getattr(self, name)


OPERATION_CLASSES = tuple(field.name for field in fields(Operations))
NO_OPERATIONS = Operations()
