"""A Program of one symbol n -> the QuasiLinear of each value: how it grows with n, and after how many n it repeats.

A floor makes steps, and the steps come round again: with L = 2*d for `3*n//(2*d)` and the like,

    E(n + L) = E(n) + slope*L        exactly, for every n

so that what a value leaves when divided, and whether two values meet, is known for all n once it
is known for one period of them.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, gcd, lcm
from typing import NamedTuple

from cnncalc.symbolic.program import Program

ZERO = Fraction(0)


class UnsolvableError(ValueError):
    """A value that is not quasi-linear; the message says why."""


class QuasiLinear(NamedTuple):
    """How a value E(n) runs, for every whole n from `since` on (and from 1 on).

    E(n + period) = E(n) + slope*period, and slope*n + low <= E(n) <= slope*n + high. A product of
    growing values has no slope: of it only `rises` is known, and that it is nowhere below 0.
    """

    slope: Fraction | None
    low: Fraction
    high: Fraction
    period: int = 1
    since: int = 1
    rises: bool = True
    """Whether E(n + 1) is nowhere below E(n)."""

    @property
    def constant(self) -> bool:
        """Whether the value is the same for every n."""
        return self.slope == 0 and self.low == self.high


def quasilinear_forms(program: Program) -> list[QuasiLinear]:
    """The quasi-linear form of every output of a program, all of whose symbols stand for one and the same n.

    Raises UnsolvableError for a division by something that is not a number.
    """
    found: list[QuasiLinear] = []
    for value, step in zip(program.values, program.steps, strict=True):
        if step is not None:
            found.append(RULES[step.operation](found[step.left], found[step.right]))
        elif isinstance(value, str):
            found.append(QuasiLinear(Fraction(1), ZERO, ZERO))
        else:
            found.append(QuasiLinear(ZERO, Fraction(value), Fraction(value)))
    return [found[place] for place in program.outputs]


def _sum(left: QuasiLinear, right: QuasiLinear) -> QuasiLinear:
    since, rises = max(left.since, right.since), left.rises and right.rises
    low, high = left.low + right.low, left.high + right.high
    if left.slope is None or right.slope is None:
        return QuasiLinear(None, ZERO, ZERO, 1, since, rises)
    return QuasiLinear(left.slope + right.slope, low, high, lcm(left.period, right.period), since, rises)


def _product(left: QuasiLinear, right: QuasiLinear) -> QuasiLinear:
    if not left.constant:
        left, right = right, left
    if left.constant:
        return _multiple(int(left.low), right)
    if not (left.rises and right.rises):
        return QuasiLinear(None, ZERO, ZERO, rises=False)
    return QuasiLinear(None, ZERO, ZERO, 1, max(_never_negative(left), _never_negative(right)))


def _multiple(factor: int, form: QuasiLinear) -> QuasiLinear:
    low, high = sorted((factor * form.low, factor * form.high))
    rises = factor == 0 or form.constant or (factor > 0 and form.rises)
    slope = None if form.slope is None else factor * form.slope
    return QuasiLinear(slope, low, high, form.period, form.since, rises)


def _never_negative(form: QuasiLinear) -> int:
    """The n from which on a rising value is surely at least 0."""
    if form.slope is None:
        return form.since
    if form.slope == 0 and form.low < 0:
        raise UnsolvableError("a product has a factor below 0")
    return max(form.since, ceil(-form.low / form.slope) if form.slope else 1)


def _quotient(left: QuasiLinear, right: QuasiLinear) -> QuasiLinear:
    if not right.constant or right.low < 1:
        raise UnsolvableError("a divisor depends on the size of the input")
    divisor = int(right.low)
    if left.slope is None:
        return left
    growth = int(left.slope * left.period)
    period = left.period * (divisor // gcd(growth, divisor))
    low, high = (left.low - (divisor - 1)) / divisor, left.high / divisor
    if left.constant:
        low = high = Fraction(left.low // divisor)
    return QuasiLinear(left.slope / divisor, low, high, period, left.since, left.rises)


def _smaller(left: QuasiLinear, right: QuasiLinear) -> QuasiLinear:
    return _chosen(left, right, 1)


def _larger(left: QuasiLinear, right: QuasiLinear) -> QuasiLinear:
    return _chosen(left, right, -1)


def _chosen(left: QuasiLinear, right: QuasiLinear, sign: int) -> QuasiLinear:
    """The minimum (sign 1) or maximum (sign -1): in the end that of the smaller or larger slope."""
    if left.slope is None or right.slope is None:
        raise UnsolvableError("the smaller or larger of two products")
    since, rises = max(left.since, right.since), left.rises and right.rises
    if left.slope == right.slope:
        choose = min if sign == 1 else max
        low, high = choose(left.low, right.low), choose(left.high, right.high)
        return QuasiLinear(left.slope, low, high, lcm(left.period, right.period), since, rises)
    wins, loses = (left, right) if sign * left.slope < sign * right.slope else (right, left)
    gap = wins.high - loses.low if sign == 1 else loses.high - wins.low
    crossing = ceil(gap / abs(left.slope - right.slope))
    return wins._replace(since=max(since, crossing), rises=rises)


RULES = {"+": _sum, "*": _product, "//": _quotient, "min": _smaller, "max": _larger}


def remainder_period(program: Program, output: int, divisor: int) -> int:
    """A number of n after which the remainder of an output by `divisor` comes round again, from n = 1 on.

    Products may stand in it: `x // d` leaves by s what x decides by d*s. Raises UnsolvableError
    where a minimum or maximum does.
    """

    def period(place: int, modulus: int) -> int:
        step = program.steps[place]
        if step is None:
            return modulus if isinstance(program.values[place], str) else 1
        if step.operation in ("min", "max"):
            raise UnsolvableError("the remainder of the smaller or larger of two sizes")
        if step.operation == "//":
            return period(step.left, modulus * _number(program, step.right))
        if step.operation == "*":
            for factor, other in ((step.left, step.right), (step.right, step.left)):
                if program.steps[factor] is None and not isinstance(program.values[factor], str):
                    return period(other, modulus // gcd(modulus, _number(program, factor)))
        return lcm(period(step.left, modulus), period(step.right, modulus))

    return period(program.outputs[output], divisor)


def _number(program: Program, place: int) -> int:
    value = program.values[place]
    if program.steps[place] is not None or isinstance(value, str):
        raise UnsolvableError("a divisor depends on the size of the input")
    return value
