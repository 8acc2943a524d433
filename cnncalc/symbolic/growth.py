"""A symbolic size -> how long it is, and how large it becomes before it becomes that large."""

from __future__ import annotations

from math import comb, prod
from typing import Any

import sympy


def length(value: Any, most: int) -> int:
    """Numbers, symbols and operations that a size is written with; counting stops beyond `most`.

    >>> length(2 * symbol("a") + 3, 100)
    5
    """
    found, waiting = 0, [value]
    while waiting and found <= most:
        found += 1
        waiting += getattr(waiting.pop(), "args", ())
    return found


def terms(value: Any) -> int:
    """Terms that a size has at most once it is multiplied out, with those inside of floors, minima and maxima.

    >>> terms((symbol("a") + symbol("b")) ** 8)
    9
    """
    if value.is_Add:
        return sum(map(terms, value.args))
    if value.is_Mul:
        return prod(map(terms, value.args))
    if value.is_Pow and value.exp.is_Integer and value.exp > 0:
        return comb(terms(value.base) + int(value.exp) - 1, int(value.exp))
    if isinstance(value, sympy.Function) or value.is_Pow:
        return 1 + sum(terms(part) for part in value.args if not part.is_Number)
    return 1
