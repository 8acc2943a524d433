"""A seed and a few words -> numbers that are the same on every machine and in every version of Python.

The number drawn after n others is the SHA-256 of the text `cnncalc quiz WORD WORD ... n`, read as
an integer with its highest byte first, modulo the size of what is drawn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A row of draws: the same words give the same row, and other words one that has nothing to do with it.

    >>> Draw(7, "a").below(100) == Draw(7, "a").below(100)
    True
    """

    def __init__(self, *words: object) -> None:
        self._text = " ".join(["cnncalc quiz", *map(str, words)])
        self._drawn = 0

    def below(self, end: int) -> int:
        """A number from 0 to `end` - 1."""
        digest = sha256(f"{self._text} {self._drawn}".encode()).digest()
        self._drawn += 1
        return int.from_bytes(digest, "big") % end

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.below(len(choices))]
