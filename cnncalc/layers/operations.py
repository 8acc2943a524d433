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
    * `other_adds`, `other_multiplies`: additions (and subtractions) and products outside of MACs and biases.
    * `compares`: comparisons, as in ReLU and max pooling.
    * `divides`: divisions, as in average pooling and softmax.
    * `exps`: exponentials, powers, roots and other transcendental functions.

    `sums` is no class: how many sums the MACs make, the first product of each of which is not added to anything.
    """

    macs: Size = 0
    bias_adds: Size = 0
    other_adds: Size = 0
    other_multiplies: Size = 0
    compares: Size = 0
    divides: Size = 0
    exps: Size = 0
    sums: Size = 0

    @property
    def adds(self) -> Size:
        """All additions: those of MACs, of biases, and all others."""
        return normalise(self.macs - self.sums + self.bias_adds + self.other_adds)

    @property
    def multiplies(self) -> Size:
        """All multiplications: those of MACs, and all others."""
        return normalise(self.macs + self.other_multiplies)

    def plus(self, other: Operations) -> Operations:
        """Both together, class by class."""
        return Operations(*(normalise(mine + its) for mine, its in zip(self, other, strict=True)))

    def times(self, factor: Size) -> Operations:
        """As many as for `factor` images."""
        return Operations(*(normalise(count * factor) for count in self))

    def counts(self) -> Iterator[tuple[str, Size]]:
        """(class, count) for every class, zeros included, in a fixed order."""
        return zip(OPERATION_CLASSES, self, strict=False)


OPERATION_CLASSES = Operations._fields[:-1]
"""The classes, of which every operation is in one."""
OPERATION_COUNTS = ("macs", "bias_adds", "adds", "multiplies", "compares", "divides", "exps")
"""What reports count: a MAC is a multiplication and an addition too."""
NO_OPERATIONS = Operations()
