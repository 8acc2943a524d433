"""Symbolic sizes, and the range of every symbol -> the least and the most they can be; sizes without idle max and min.

x//d lies from (x - d + 1)/d to x/d. So a sum is taken as a sum of lines first, in which what can cancels:
(H + 1)//2 - H//2 lies from 0 to 1, whatever H is.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor, prod
from typing import Any, TypeAlias

import sympy

from cnncalc.symbolic.floor_division import FloorDiv
from cnncalc.symbolic.size import Size, is_known, normalise

Ranges: TypeAlias = "Mapping[str, tuple[int, int | None]]"
"""From the least to the most that a symbol may be; None for no bound. A symbol that is not named is at least 1."""
Bounds: TypeAlias = "tuple[Fraction | None, Fraction | None]"
ZERO, ONE = Fraction(0), Fraction(1)


def bounds(value: Any, ranges: Ranges) -> Bounds:
    """The least and the greatest that a size can be, None if unknown; they may be wider than need be.

    >>> bounds(floor_div(symbol("H") + 1, 2) - floor_div(symbol("H"), 2), {})
    (Fraction(0, 1), Fraction(1, 1))
    """
    if is_known(value):
        return Fraction(value), Fraction(value)
    slopes, low, high = _lines(value.expand())
    found: Bounds = (low, high)
    for factor, slope in slopes.items():
        found = _sum(found, _times(slope, _factor(factor, ranges)))
    if not value.is_integer:
        return found
    low_end, high_end = found
    return (
        None if low_end is None else Fraction(ceil(low_end)),
        None if high_end is None else Fraction(floor(high_end)),
    )


def never_negative(value: Any, ranges: Ranges) -> bool:
    """Whether a size is surely at least 0."""
    low, _ = bounds(value, ranges)
    return low is not None and low >= 0


def without_idle(value: Any, ranges: Ranges) -> Size:
    """A size without the parts of a minimum or a maximum that never decide: `max(0, H - 3)` is H - 3 from H = 3 on."""

    def decided(part: Any) -> Any:
        sign = 1 if isinstance(part, sympy.Max) else -1
        left = list(part.args)
        for one in part.args:
            others = [other for other in left if other != one]
            if any(never_negative(sign * (other - one), ranges) for other in others):
                left = others
        return part if len(left) == len(part.args) else part.func(*left, evaluate=False) if left[1:] else left[0]

    if is_known(value) or not value.has(sympy.Min, sympy.Max):
        return value  # type: ignore[no-any-return]
    return normalise(value.replace(lambda part: isinstance(part, sympy.Min | sympy.Max), decided))


def smallest(first: Any, second: Any) -> Size:
    """The minimum of sizes of which one at least is symbolic."""
    return _extreme_of(first, second, sympy.Min)


def largest(first: Any, second: Any) -> Size:
    """The maximum of sizes of which one at least is symbolic."""
    return _extreme_of(first, second, sympy.Max)


def _extreme_of(first: Any, second: Any, kind: Any) -> Size:
    """The minimum or maximum of two: the one that surely decides, where the bounds of their difference say it.

    sympy asks the same of every part of both, again and again: for maxima in maxima its time is exponential.
    """
    low, high = bounds(first - second, {})
    if low is not None and low >= 0:
        return normalise(second if kind is sympy.Min else first)
    if high is not None and high <= 0:
        return normalise(first if kind is sympy.Min else second)
    shared = _extremes_in(first) & _extremes_in(second)
    common = sympy.Add(*shared)
    return normalise(common + kind(first - common, second - common, evaluate=False))


def _extremes_in(value: Any) -> set[Any]:
    """The terms of a sum that hold an extreme: max(m + F, m + K) becomes m + max(F, K), which does not double."""
    terms = () if is_known(value) else sympy.Add.make_args(value)
    return {term for term in terms if term.has(sympy.Min, sympy.Max)}


def _lines(value: Any) -> tuple[dict[Any, Fraction], Fraction, Fraction]:
    """A sum as slopes of what varies, and the least and most of the rest; floors by a number are lines."""
    slopes: dict[Any, Fraction] = {}
    low = high = ZERO
    for term in sympy.Add.make_args(value):
        number, factor = term.as_coeff_Mul()
        slope = Fraction(int(number.p), int(number.q))
        if factor == 1:
            low, high = low + slope, high + slope
        elif isinstance(factor, FloorDiv) and factor.args[1].is_Integer:
            divisor = int(factor.args[1])
            inner, least, most = _lines(factor.args[0].expand())
            sides = sorted((slope * (least - divisor + 1) / divisor, slope * most / divisor))
            low, high = low + sides[0], high + sides[1]
            for part, steepness in inner.items():
                slopes[part] = slopes.get(part, ZERO) + slope * steepness / divisor
        else:
            slopes[factor] = slopes.get(factor, ZERO) + slope
    return {factor: slope for factor, slope in slopes.items() if slope}, low, high


def _factor(value: Any, ranges: Ranges) -> Bounds:
    """The bounds of something that is not a sum."""
    if value.is_Symbol:
        least, most = ranges.get(value.name, (1, None))
        return Fraction(least), None if most is None else Fraction(most)
    if isinstance(value, sympy.Min | sympy.Max):
        return _extreme(value, [bounds(part, ranges) for part in value.args])
    if value.is_Mul:
        return _product([_factor(part, ranges) for part in value.args])
    if value.is_Pow and value.exp.is_Integer:
        return _power(bounds(value.base, ranges), int(value.exp))
    if isinstance(value, FloorDiv):
        return _quotient(*(bounds(part, ranges) for part in value.args))
    return bounds(value, ranges) if value.is_Add or value.is_Number else (None, None)


def _sum(one: Bounds, other: Bounds) -> Bounds:
    low = None if one[0] is None or other[0] is None else one[0] + other[0]
    return low, None if one[1] is None or other[1] is None else one[1] + other[1]


def _times(slope: Fraction, found: Bounds) -> Bounds:
    low, high = (None if end is None else slope * end for end in found)
    return (low, high) if slope > 0 else (high, low)


def _extreme(value: Any, parts: list[Bounds]) -> Bounds:
    """The largest of several is at least the least of any, and at most the most of all."""
    lows, highs = [low for low, _ in parts if low is not None], [high for _, high in parts if high is not None]
    if isinstance(value, sympy.Max):
        return max(lows, default=None), max(highs) if len(highs) == len(parts) else None
    return min(lows) if len(lows) == len(parts) else None, min(highs, default=None)


def _product(parts: list[Bounds]) -> Bounds:
    """The product of what is never negative; of others nothing is said."""
    lows, highs = [low for low, _ in parts if low is not None and low >= 0], [high for _, high in parts]
    if len(lows) < len(parts):
        return None, None
    known = [high for high in highs if high is not None]
    return prod(lows, start=ONE), prod(known, start=ONE) if len(known) == len(parts) else None


def _power(base: Bounds, exponent: int) -> Bounds:
    low, high = base
    if low is None or low < 0 or (exponent < 0 and low == 0):
        return None, None
    if exponent < 0:
        return ZERO if high is None else high**exponent, low**exponent
    return low**exponent, None if high is None else high**exponent


def _quotient(numerator: Bounds, divisor: Bounds) -> Bounds:
    """A floor by what is at least 1; by anything else nothing is known."""
    (low, high), (least, most) = numerator, divisor
    if least is None or least < 1:
        return None, None
    if low is not None and low >= 0:
        low = ZERO if most is None else Fraction(floor(low / most))
    elif low is not None:
        low = Fraction(floor(low / least))
    if high is not None:
        high = Fraction(floor(high / least)) if high >= 0 else -ONE
    return low, high


def bound_on(value: Any) -> tuple[str, str, int] | None:
    """What `value >= 0` comes to as a bound on its one symbol: ("H", ">=", 32); None if it is not such a bound.

    >>> bound_on(7 - 2 * floor_div(symbol("H"), 32))
    ('H', '<=', 127)
    """
    relation, limit = ">=", 0
    while True:
        constant, rest = value.as_coeff_Add()
        factor, term = rest.as_coeff_Mul()
        if not (constant.is_Integer and factor.is_Integer and factor != 0):
            return None
        limit = limit - int(constant)
        if factor < 0:
            relation, limit, factor = "<=" if relation == ">=" else ">=", -limit, -factor
        limit = -(-limit // int(factor)) if relation == ">=" else limit // int(factor)
        if term.is_Symbol:
            return term.name, relation, limit
        if not isinstance(term, FloorDiv) or not term.args[1].is_Integer:
            return None
        divisor = int(term.args[1])
        value, limit = term.args[0], limit * divisor + (0 if relation == ">=" else divisor - 1)
