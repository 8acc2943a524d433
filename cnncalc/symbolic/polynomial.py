"""A symbolic size -> the same as a sum of products, in time that its terms need and no more.

sympy's own `expand` asks every part of an expression for seven kinds of expansion. Here a sum is a dict
{monomial: coefficient}, a monomial the numbers of its atoms in order: of H*H*W, (0, 0, 1).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import sympy

from cnncalc.limits import LONGEST_FORMULA, MOST_EXPANDED
from cnncalc.symbolic.floor_division import FloorDiv
from cnncalc.symbolic.growth import length, terms
from cnncalc.symbolic.size import Size, normalise

Polynomial: TypeAlias = "dict[tuple[int, ...], Any]"


def expanded(value: Any) -> Any:
    """A sympy expression multiplied out.

    >>> expanded((symbol("H") - 2) * (symbol("H") + 2))
    H**2 - 4
    """
    atoms: dict[Any, int] = {}
    found = _polynomial(value, atoms)
    if found is None:
        return value.expand()
    numbered = list(atoms)
    terms = (
        sympy.Mul(coefficient, *(numbered[number] for number in monomial)) for monomial, coefficient in found.items()
    )
    return sympy.Add(*terms)


def add_terms(sizes: list[Any]) -> Size:
    """The sum of sizes of which one at least is symbolic.

    One that is too long to be written as it is, as that of thousands of layers, is multiplied out.
    """
    value = sympy.Add(*sizes)
    if length(value, LONGEST_FORMULA.value) <= LONGEST_FORMULA.value or terms(value) > MOST_EXPANDED.value:
        return normalise(value)
    return normalise(expanded(value))


def _polynomial(value: Any, atoms: dict[Any, int]) -> Polynomial | None:
    """The size as a polynomial in symbols, floors and quotients by a symbol; None where anything else stands in it."""
    if value.is_Rational:
        return {(): value}
    if value.is_Symbol or isinstance(value, FloorDiv) or (value.is_Pow and value.base.is_Symbol and value.exp == -1):
        return {(atoms.setdefault(value, len(atoms)),): sympy.S.One}
    if value.is_Pow and value.exp.is_Integer and value.exp > 0:
        return _product([_polynomial(value.base, atoms)] * int(value.exp))
    parts = (_polynomial(part, atoms) for part in value.args)
    return _sum(parts) if value.is_Add else _product(parts) if value.is_Mul else None


def _sum(parts: Iterable[Polynomial | None]) -> Polynomial | None:
    found: Polynomial = {}
    for part in parts:
        if part is None:
            return None
        for monomial, coefficient in part.items():
            found[monomial] = found.get(monomial, 0) + coefficient
    return found


def _product(parts: Iterable[Polynomial | None]) -> Polynomial | None:
    found: Polynomial = {(): sympy.S.One}
    for part in parts:
        if part is None:
            return None
        product: Polynomial = {}
        for left, coefficient in found.items():
            for right, other in part.items():
                monomial = tuple(sorted(left + right))
                product[monomial] = product.get(monomial, 0) + coefficient * other
        found = product
    return found
