"""Symbolic numerators and divisors -> exact quotients that stay one floor deep.

`sympy.floor` neither merges nested floors nor prints as integer Python, so floor division is
a function of its own, with these rewrite laws (x, y, a integers; c, d positive integers):

    x // 1                    =  x
    (d*x + y) // d            =  x + y // d
    (k*x + a) // (k*d)        =  (x + a // k) // d
    (x // c + a) // d         =  (x + a*c) // (c*d)
    (x / c) // d              =  x // (c*d)              where c divides x, as a rule has stated

The constant left in a numerator is brought to 0 <= a < d, so equal quotients look equal.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import Any

import sympy
from sympy.printing.precedence import PRECEDENCE

from cnncalc.symbolic.size import Size, normalise


class FloorDiv(sympy.Function):  # type: ignore[misc]
    """`numerator // divisor`, printed as integer Python and as LaTeX's floor brackets."""

    nargs = 2
    is_integer = True
    is_real = True
    # Binds like a sum, so that a product around it gets its parentheses: 64*((H + 1)//2).
    precedence = PRECEDENCE["Add"]

    @classmethod
    def eval(cls, numerator: Any, divisor: Any) -> Any:
        """The quotient as sympy holds it: rewritten where a law applies, else left alone."""
        if numerator.is_Integer and divisor.is_Integer:
            return sympy.Integer(int(numerator) // int(divisor))
        whole, rest, smaller = _reduce(numerator, divisor)
        if whole == 0 and rest == numerator and smaller == divisor:
            return None
        return whole + (rest if smaller == 1 else cls(rest, smaller))

    def _sympystr(self, printer: Any) -> str:
        numerator, divisor = self.args
        return "//".join(printer.parenthesize(part, PRECEDENCE["Pow"]) for part in (numerator, divisor))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        numerator, divisor = (printer._print(part) for part in self.args)
        text = rf"\left\lfloor\frac{{{numerator}}}{{{divisor}}}\right\rfloor"
        return text if exp is None else f"{text}^{{{exp}}}"


def _reduce(numerator: Any, divisor: Any) -> tuple[Any, Any, Any]:
    """(whole, rest, divisor) with numerator // divisor = whole + rest // divisor, by the laws."""
    if not all(term.is_integer for term in sympy.Add.make_args(numerator)):
        # (H - F)/S is a whole number where H/S and F/S are none: the terms must stay together.
        numerator, exact = sympy.together(numerator).as_numer_denom()
        divisor *= exact
    whole, rest = _split_multiples(numerator.expand(), divisor)
    if rest == 0 or divisor == 1:
        return whole + rest, sympy.Integer(0), sympy.Integer(1)
    rest, divisor = _divide_common_factor(rest, divisor)
    inner = _nested_floor(rest)
    if inner is not None:
        numerator_inside, divisor_inside = inner.args
        rest = (numerator_inside + (rest - inner) * divisor_inside).expand()
        more, rest, divisor = _reduce(rest, divisor * divisor_inside)
        whole += more
    return whole, rest, divisor


def _split_multiples(numerator: Any, divisor: Any) -> tuple[Any, Any]:
    """`(d*x + y) // d = x + y // d`: the terms that d divides, divided; and the others."""
    whole, rest = sympy.Integer(0), sympy.Integer(0)
    for term in sympy.Add.make_args(numerator):
        quotient, remainder = _term_divmod(term, divisor)
        whole += quotient
        rest += remainder
    return whole, rest


def _term_divmod(term: Any, divisor: Any) -> tuple[Any, Any]:
    coefficient, factors = term.as_coeff_Mul()
    if divisor.is_Integer:
        if not coefficient.is_Integer:
            return sympy.Integer(0), term
        quotient, remainder = divmod(int(coefficient), int(divisor))
        return quotient * factors, remainder * factors
    ratio = term / divisor
    if ratio.is_integer:
        return ratio, sympy.Integer(0)
    return sympy.Integer(0), term


def _divide_common_factor(numerator: Any, divisor: Any) -> tuple[Any, Any]:
    """`(k*x + a) // (k*d) = (x + a // k) // d`, for the largest such k."""
    if not divisor.is_Integer:
        return numerator, divisor
    constant, others = numerator.as_coeff_Add()
    factor = int(divisor)
    for term in sympy.Add.make_args(others):
        coefficient = term.as_coeff_Mul()[0]
        factor = gcd(factor, int(coefficient)) if coefficient.is_Integer else 1
    if factor == 1:
        return numerator, divisor
    return (others / factor).expand() + int(constant) // factor, divisor / factor


def _nested_floor(numerator: Any) -> Any:
    """The one term `x // c` that the last law can merge, or None."""
    floors = [term for term in sympy.Add.make_args(numerator) if isinstance(term, FloorDiv)]
    return floors[0] if floors else None


@lru_cache(maxsize=2**17)
def floor_quotient(numerator: Any, divisor: Any) -> Size:
    """`numerator // divisor` for sizes of which one at least is symbolic.

    Every quotient of a network is asked for several times: its layer has an output, counts and conditions.
    """
    if divisor == 1:
        return normalise(numerator.expand())
    return normalise(FloorDiv(numerator, divisor))


def exact_quotient(numerator: Any, divisor: Any) -> Size:
    """`numerator / divisor` where the division is known to leave nothing: `C//4`, or `C/G`.

    A floor by a number is exact here and prints as integer Python; a symbolic divisor stands
    in the textbook's formulas alone.
    """
    if type(divisor) is int:
        return floor_quotient(numerator, divisor)
    return normalise(sympy.Mul(numerator, sympy.Pow(divisor, -1)))


def greatest_of(sizes: list[Any]) -> Size:
    """The maximum of many sizes, left as it stands: to simplify it would take longer than to run it."""
    return normalise(sympy.Max(*sizes, evaluate=False))
