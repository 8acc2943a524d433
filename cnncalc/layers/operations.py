"""Counts of elementary operations -> Operations: what a layer does, by class, once per image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.symbolic import Size, normalise


class Operations(NamedTuple):
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

    def plus(self, other: Operations) -> Operations:
        """Both together, class by class."""
        return Operations(*(normalise(mine + its) for mine, its in zip(self, other, strict=True)))

    def times(self, factor: Size) -> Operations:
        """As many as for `factor` images."""
        return Operations(*(normalise(count * factor) for count in self))

    def counts(self) -> Iterator[tuple[str, Size]]:
        """(class, count) for every class, zeros included, in a fixed order."""
        return zip(OPERATION_CLASSES, self, strict=True)


OPERATION_CLASSES = Operations._fields
NO_OPERATIONS = Operations()
