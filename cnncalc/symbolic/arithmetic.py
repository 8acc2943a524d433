"""Two sizes -> their quotient, minimum or product, exact for integers and for symbols alike.

Layer rules are written with `+ - *` and the functions below. On integers these are plain
integer arithmetic and never load sympy; a symbol on either side brings in `floor_division`, and
an integer that records its working `traced`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.symbolic.size import Size, is_known, is_traced, normalise

if TYPE_CHECKING:
    import sympy


def floor_div(numerator: Size, divisor: Size) -> Size:
    """The quotient rounded down: `floor_div(7, 2) == 3`, `floor_div(H + 2, 2) == H//2 + 1`."""
    if type(numerator) is int and type(divisor) is int:
        return numerator // divisor
    if is_traced(numerator, divisor):
        from cnncalc.symbolic import traced

        return traced.floor_quotient(numerator, divisor)
    from cnncalc.symbolic.floor_division import floor_quotient

    return floor_quotient(numerator, divisor)


def ceil_div(numerator: Size, divisor: Size) -> Size:
    """The quotient rounded up, by way of the floor: `ceil_div(7, 2) == 4`."""
    if type(numerator) is int and type(divisor) is int:
        return (numerator + divisor - 1) // divisor
    if is_traced(numerator, divisor):
        from cnncalc.symbolic import traced

        return traced.ceil_quotient(numerator, divisor)
    return floor_div(numerator + divisor - 1, divisor)


def exact_div(numerator: Size, divisor: Size) -> Size:
    """The quotient where the rule has stated, as a condition, that nothing remains.

    Symbols divide without a floor: `exact_div(C_in * C_out, G) == C_in*C_out/G`.
    Integers that leave a remainder raise ArithmeticError: a rule forgot its condition.
    """
    if type(numerator) is int and type(divisor) is int:
        quotient, remainder = divmod(numerator, divisor)
        if remainder:
            raise ArithmeticError(f"{numerator} is not a multiple of {divisor}")
        return quotient
    if is_traced(numerator, divisor):
        from cnncalc.symbolic import traced

        exact_div(int(numerator), int(divisor))
        return traced.exact_quotient(numerator, divisor)
    from cnncalc.symbolic.floor_division import exact_quotient

    return exact_quotient(numerator, divisor)


def minimum(first: Size, second: Size) -> Size:
    """The smaller of two sizes."""
    if type(first) is int and type(second) is int:
        return min(first, second)
    if is_traced(first, second):
        from cnncalc.symbolic import traced

        return traced.smallest(first, second)
    from cnncalc.symbolic.bounds import smallest

    return smallest(first, second)


def maximum(first: Size, second: Size) -> Size:
    """The larger of two sizes."""
    if type(first) is int and type(second) is int:
        return max(first, second)
    if is_traced(first, second):
        from cnncalc.symbolic import traced

        return traced.largest(first, second)
    from cnncalc.symbolic.bounds import largest

    return largest(first, second)


def greatest(sizes: Iterable[Size]) -> Size:
    """The greatest of many sizes; symbolic ones are compared only once their numbers are known."""
    found = list(dict.fromkeys(sizes))
    if is_known(*found):
        return max(found)
    from cnncalc.symbolic.floor_division import greatest_of

    return greatest_of(found)


def product(sizes: Iterable[Size]) -> Size:
    """All of `sizes` multiplied; 1 for none."""
    factors = tuple(sizes)
    result = prod(factors)
    if type(result) is int or not is_traced(result):
        return result
    from cnncalc.symbolic import traced

    return traced.grouped_product(factors)


def add_up(sizes: Iterable[Size]) -> Size:
    """All of `sizes` added; symbolic ones in one go, which keeps long sums quick."""
    numbers: Size = 0
    symbolic: list[Size] = []
    for size in sizes:
        if type(size) is int:
            numbers += size
        else:
            symbolic.append(size)
    if not symbolic:
        return numbers
    if is_traced(*symbolic):
        from cnncalc.symbolic import traced

        return traced.total([*symbolic, numbers])
    from cnncalc.symbolic.polynomial import add_terms

    return add_terms([numbers, *symbolic])


def let(name: str, value: Size) -> Size:
    """`value`, to which a textbook would give a name of its own: the integer or expression as it is.

    Only an integer that records its working takes the name, so that formulas made of it show it.
    """
    if type(value) is int or not is_traced(value):
        return value
    from cnncalc.symbolic import traced

    return traced.variable(name, value)


def multiplied_out(value: Any) -> Size:
    """A size as a sum of products, in which what can cancels: `(L - 1)*k + k` becomes `L*k`."""
    if is_known(value):
        return value  # type: ignore[no-any-return]
    from cnncalc.symbolic.polynomial import expanded

    return normalise(expanded(value))


def ratio(first: Any, second: Any) -> Any:
    """`first` over `second` in lowest terms: a Fraction, or an expression, a sum where that is plain; else None.

    >>> written(ratio(symbol("a") + symbol("b"), symbol("a") * symbol("b")))
    '1/a + 1/b'
    """
    if is_known(first, second):
        return Fraction(first, second) if second else None
    from cnncalc.symbolic.rewriting import quotient

    return quotient(first, second)


def is_larger_than(value: Any, most: int) -> bool:
    """Whether a size has more than `most` terms once it is multiplied out; a number has one."""
    if is_known(value) or not hasattr(value, "free_symbols"):
        return False
    from cnncalc.symbolic.growth import terms

    return terms(value) > most


def length(value: Any, most: int) -> int:
    """Numbers, symbols and operations that a size is written with; counting stops beyond `most`."""
    if is_known(value):
        return 1
    from cnncalc.symbolic import growth

    return growth.length(value, most)


def bound(value: Any) -> tuple[str, str, int] | None:
    """`value >= 0` as a bound on its one symbol: ("H", ">=", 32); None if it is not such a bound.

    >>> bound(floor_div(symbol("H"), 32) * 2 - 2)
    ('H', '>=', 32)
    """
    from cnncalc.symbolic.bounds import bound_on

    return bound_on(value)


def substitute(value: Any, values: Mapping[str, int]) -> Size:
    """`value` with integers put in for the symbols named, evaluated exactly.

    >>> substitute(floor_div(symbol("H") + 1, 2), {"H": 224})
    112
    """
    if type(value) is int:
        return value
    symbols: dict[sympy.Basic, int] = {free: values[free.name] for free in value.free_symbols if free.name in values}
    return normalise(value.subs(symbols))


def written(value: Any) -> str:
    """A size as text: a number as it is, a symbolic one in integer Python.

    >>> written(minimum(symbol("H") - symbol("F"), 7))
    'min(7, H - F)'
    """
    if not hasattr(value, "free_symbols"):
        return str(value)
    from cnncalc.symbolic.printing import plain

    return plain(value)
