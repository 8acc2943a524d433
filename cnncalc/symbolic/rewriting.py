"""Symbolic sizes, and what is assumed of their symbols -> simpler sizes, equal wherever the assumptions hold.

H % 32 == 0:    (H + 31)//32  =  H/32,  for with 32*q in H's place the floor falls away
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.ntheory.modular import solve_congruence

from cnncalc.limits import LONGEST_FORMULA, MOST_EXPANDED
from cnncalc.symbolic.floor_division import FloorDiv
from cnncalc.symbolic.growth import length, terms
from cnncalc.symbolic.polynomial import expanded
from cnncalc.symbolic.size import Size, is_known, normalise, symbol

MOST_TERMS = 60
"""Of polynomials whose quotient is worth finding, multiplied out."""


def put_equal(value: Any, name: str, other: Size) -> Size:
    """`value` where the symbol `name` equals another size."""
    return value if is_known(value) else normalise(value.subs(symbol(name), other))


def joint_remainder(congruences: list[tuple[int, int]]) -> tuple[int, int] | None:
    """(divisor, remainder) that says all of them at once; None where they contradict one another."""
    joint = solve_congruence(*((remainder, divisor) for divisor, remainder in congruences))
    return None if joint is None else (int(joint[1]), int(joint[0]))


def put_remainders(value: Any, remainders: Mapping[str, tuple[int, int]]) -> Size:
    """`value` where `name % divisor == remainder` for all of {name: (divisor, remainder)}.

    Every floor that the remainders resolve becomes a plain quotient; the others stay as they are.
    """
    if is_known(value):
        return value  # type: ignore[no-any-return]
    inside, back = {}, {}
    for name, (divisor, remainder) in remainders.items():
        quotient = sympy.Symbol(f"quotient of {name}", integer=True, nonnegative=True)
        inside[symbol(name)] = divisor * quotient + remainder
        back[quotient] = (symbol(name) - remainder) / sympy.Integer(divisor)

    def resolved(floor: Any) -> Any:
        put_in = floor.func(*(argument.subs(inside) for argument in floor.args))
        return floor if put_in.has(FloorDiv) else put_in.subs(back)

    return normalise(value.replace(lambda part: isinstance(part, FloorDiv), resolved))


def quotient(first: Any, second: Any) -> Any:
    """Two polynomials' ratio in lowest terms, multiplied out over a single product, else factored; None for others."""
    above, below = first * sympy.Integer(1), second * sympy.Integer(1)
    polynomials = not any(each.has(sympy.Function, sympy.Max, sympy.Min) for each in (above, below))
    if below == 0 or not polynomials or terms(above) + terms(below) > MOST_TERMS:
        return None
    above, below = sympy.fraction(sympy.cancel(above / below))
    if not below.is_Add:
        return sympy.expand(above / below)
    return sympy.factor_terms(above) / sympy.factor_terms(below)


def with_plain_symbols(value: Any) -> Any:
    """A size in symbols of which sympy knows nothing but the name."""
    return value.xreplace({free: sympy.Symbol(free.name) for free in value.free_symbols})


def shortest(value: Any, names: tuple[str, ...] = ()) -> Size:
    """The same size in the fewest operations: as it is, multiplied out, or collected by some of its symbols."""
    if is_known(value):
        return value  # type: ignore[no-any-return]
    if terms(value) > MOST_EXPANDED.value:
        return value  # type: ignore[no-any-return]
    multiplied_out = expanded(value)
    forms = (
        [value, multiplied_out] if length(value, LONGEST_FORMULA.value) <= LONGEST_FORMULA.value else [multiplied_out]
    )
    if any(not number.is_Integer for number in value.atoms(sympy.Rational)):
        forms += [sympy.factor_terms(value), sympy.factor_terms(multiplied_out), sympy.together(multiplied_out)]
    forms += (multiplied_out.collect(symbol(name)) for name in names)
    return normalise(min(reversed(forms), key=lambda form: form.count_ops()))
