"""Equations between symbolic sizes -> one symbol in terms of the others, where it stands to the first power."""

from __future__ import annotations

from typing import Any

import sympy

from cnncalc.symbolic.floor_division import FloorDiv
from cnncalc.symbolic.size import Size, is_known, normalise, symbol


def solved_for(left: Any, right: Any, name: str) -> Size | None:
    """What `name` is where `left == right`; None where it is not in it, or not to the first power.

    >>> solved_for(symbol("W") - symbol("F") + 2 * symbol("P"), symbol("W") - 1, "P")
    F/2 - 1/2
    """
    difference = left - right
    unknown = symbol(name)
    if is_known(difference) or unknown not in difference.free_symbols:
        return None
    if any(unknown in part.free_symbols for part in difference.atoms(FloorDiv, sympy.Min, sympy.Max)):
        return None
    above = sympy.fraction(sympy.together(difference))[0]
    polynomial = sympy.Poly(above, unknown)
    if polynomial.degree() != 1:
        return None
    slope, rest = polynomial.all_coeffs()
    return normalise(sympy.together(sympy.cancel(-rest / slope)))


def denominator(value: Any) -> Size:
    """What must divide the rest of a quotient for it to be whole; 1 where nothing need."""
    return 1 if is_known(value) else normalise(sympy.together(value).as_numer_denom()[1])


def numerator(value: Any) -> Size:
    """What is divided by `denominator`."""
    return value if is_known(value) else normalise(sympy.together(value).as_numer_denom()[0])
