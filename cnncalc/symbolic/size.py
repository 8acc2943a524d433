"""A number or an expression of symbols -> Size: the one type of counts and lengths, and what can be asked of one.

Everything else in this folder stands on this module. It loads sympy only when a symbol is made.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

# A count or a length. To the type checker it is an int, so that a rule with a float in it
# does not type-check; at run time it may also be a sympy expression, which adds and
# multiplies like one.
Size: TypeAlias = int


def is_known(*sizes: object) -> bool:
    """Whether every one of `sizes` is an integer and none depends on a symbol."""
    return all(type(size) is int or is_traced(size) for size in sizes)


def is_traced(*sizes: object) -> bool:
    """Whether all are integers that are not all plain: one of them at least records its working."""
    return all(isinstance(size, int) and type(size) is not bool for size in sizes)


def normalise(value: Any) -> Size:
    """A size as an `int` wherever it is one: a symbol that cancelled leaves `sympy.Integer`."""
    if type(value) is int:
        return value
    if getattr(value, "is_Integer", False):
        return int(value)
    return value  # type: ignore[no-any-return]


@cache
def symbol(name: str) -> Size:
    """The one symbol called `name`: a positive integer that is not known yet. Every symbol is made here."""
    import sympy

    return sympy.Symbol(name, integer=True, positive=True)  # type: ignore[no-any-return]
