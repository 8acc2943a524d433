"""Two values of an expression -> one: the operators, exact, bounded, and on symbols where they can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from cnncalc.limits import LARGEST_EXPONENT, LARGEST_VALUE, MOST_TERMS
from cnncalc.symbolic import Size, floor_div, is_known, is_larger_than, normalise, product

Environment: TypeAlias = Mapping[str, Any]
Evaluator: TypeAlias = Callable[[Environment], Any]


class ExpressionError(ValueError):
    """An expression that does not parse or evaluate; `position` counts characters from 0."""

    def __init__(self, message: str, position: int = 0, length: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.length = length
        self.hint = hint


def bounded(value: Any, position: int) -> Any:
    """The value, if no number in a spec should be larger, and an int if it is whole; raises ExpressionError."""
    value = normalise(value)  # 0*K is the number 0
    if isinstance(value, Fraction):
        bounded(value.denominator, position)
        bounded(value.numerator // value.denominator, position)
        return value.numerator if value.denominator == 1 else value
    if type(value) is int and abs(value) > LARGEST_VALUE.value:
        raise ExpressionError(f"the result is larger than {LARGEST_VALUE}", position, hint=LARGEST_VALUE.hint)
    if is_larger_than(value, MOST_TERMS.value):
        message = f"the result has more than {MOST_TERMS} terms once it is multiplied out"
        raise ExpressionError(message, position, hint=MOST_TERMS.hint)
    return value


def known(value: Any, position: int) -> int:
    """The value as a plain integer; raises ExpressionError for a fraction, a symbol or a list."""
    if isinstance(value, bool) or is_known(value):
        return int(value)
    if isinstance(value, Fraction):
        raise ExpressionError(f"this needs a whole number, but it is {value}", position)
    if isinstance(value, dict):
        raise ExpressionError(
            "this needs a number, but it is a whole volume (name a part, as in in.channels)", position
        )
    what = "a list" if isinstance(value, tuple) else f"the symbol {value}"
    raise ExpressionError(f"this needs a number, but it is {what}", position)


def _compared(value: Any, position: int) -> int | Fraction:
    """The value as a number, whole or not; raises ExpressionError for a symbol or a list."""
    return value if isinstance(value, Fraction) else known(value, position)


def _divide(left: Size, right: Size, position: int) -> Size:
    if right == 0:
        raise ExpressionError("division by zero", position)
    if isinstance(left, Fraction) or isinstance(right, Fraction):
        if _compared(right, position) < 0:
            raise ExpressionError(f"division by {right}: a divisor must be positive", position)
        return int(_compared(left, position) // _compared(right, position))
    if is_known(right) and right < 0:
        raise ExpressionError(f"division by {right}: a divisor must be positive", position)
    return floor_div(left, right)


def _modulo(left: Size, right: Size, position: int) -> Size:
    return left - right * _divide(left, right, position)


def _power(base: Size, exponent: Size, position: int) -> Size:
    if not 0 <= known(exponent, position) <= LARGEST_EXPONENT.value:
        message = f"an exponent is a number from 0 to {LARGEST_EXPONENT}"
        raise ExpressionError(message, position, hint=LARGEST_EXPONENT.hint)
    return product([base] * exponent)


ARITHMETIC: dict[str, Callable[[Size, Size, int], Any]] = {
    "+": lambda left, right, position: left + right,
    "-": lambda left, right, position: left - right,
    "*": lambda left, right, position: left * right,
    "//": _divide,
    "**": _power,
    "%": _modulo,
    "<": lambda left, right, position: _compared(left, position) < _compared(right, position),
    "<=": lambda left, right, position: _compared(left, position) <= _compared(right, position),
    ">": lambda left, right, position: _compared(left, position) > _compared(right, position),
    ">=": lambda left, right, position: _compared(left, position) >= _compared(right, position),
    "==": lambda left, right, position: _compared(left, position) == _compared(right, position),
    "!=": lambda left, right, position: _compared(left, position) != _compared(right, position),
}
LEVELS: tuple[tuple[str, ...], ...] = (("==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "//", "%"))


def operate(mark: str, left: Evaluator, right: Evaluator, position: int) -> Evaluator:
    """Two evaluators joined by an operator."""
    function = ARITHMETIC[mark]

    def run(environment: Environment) -> Any:
        values = left(environment), right(environment)
        for value in values:
            if isinstance(value, tuple | dict):
                what = "a list" if isinstance(value, tuple) else "a whole volume (name a part, as in in.channels)"
                raise ExpressionError(f"'{mark}' takes numbers, not {what}", position)
        return bounded(function(int_of(values[0]), int_of(values[1]), position), position)

    return run


def int_of(value: Any) -> Size:
    """True and false as 1 and 0; everything else as it is."""
    return int(value) if isinstance(value, bool) else value
