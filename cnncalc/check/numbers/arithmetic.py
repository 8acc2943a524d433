"""A sum as a person writes it, `(3*3*64)*64` or `2^20` -> its exact value; nothing in it is run as code."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from cnncalc.check.numbers.amounts import SumError, read_amount

NUMBER = r"(?!0[0-9]*,)[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?(?![0-9,]*[0-9])"
UNIT = (
    r"[kKMGTP]i?(?:B|FLOPs?|MACs?)?|thousand|million|billion|trillion|B|bytes?"
    r"|(?i:flops?|macs?|param(?:eter)?s?|values|pixels|px)"
)
TOKEN = re.compile(rf"\s*(?:(?P<number>{NUMBER}(?:\s?(?:{UNIT})(?![A-Za-z]))?)|(?P<mark>\*\*|[-+*/^()xX\u00d7\u00b7]))")
SAME = {"\u00d7": "*", "\u00b7": "*", "x": "*", "X": "*", "^": "**"}
DEEPEST = 30
LARGEST_POWER = 200
MOST_DIGITS = 60


class Working(NamedTuple):
    """The value of a sum; `slack` is the relative error that the rounded numbers in it (15.2M) allow."""

    value: Fraction
    slack: Fraction = Fraction(0)

    def gives(self, exact: object) -> bool:
        """Whether `exact` is its value, within the rounding of the numbers in it."""
        if not isinstance(exact, int | Fraction):
            return False
        return abs(self.value - exact) <= self.slack * abs(self.value)

    def __str__(self) -> str:
        return f"{self.value.numerator:,}" if self.value.denominator == 1 else f"{float(self.value):.6g}"


def evaluate(text: str, thousand: int = 1000) -> Working:
    """The value of a sum of whole and decimal numbers with + - * / ^ and parentheses, exact; x is a times sign.

    >>> evaluate("(11*11*3 + 1)*96").value, evaluate("(7 - 3)/3 + 1").value, evaluate("2^20").value
    (Fraction(34944, 1), Fraction(7, 3), Fraction(1048576, 1))

    Numbers may have units, `15.2M * 4 bytes`. Raises SumError for anything else, and for numbers beyond 10^60.
    """
    sum_ = _Sum(text, thousand)
    value = sum_.terms()
    if sum_.tokens[sum_.at][0] != "end":
        raise sum_.unexpected()
    return Working(value, sum_.slack)


class _Sum:
    """Recursive descent over the tokens of one sum."""

    def __init__(self, text: str, thousand: int) -> None:
        self.text = text
        self.thousand = thousand
        self.slack = Fraction(0)
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    def unexpected(self) -> SumError:
        """What stands where it should not."""
        _, text, position = self.tokens[self.at]
        what = f"unexpected '{text}'" if text else "the sum ends too early"
        return SumError(what, min(position, max(len(self.text) - 1, 0)), max(len(text), 1))

    def _take(self, *marks: str) -> str:
        kind, text, _ = self.tokens[self.at]
        mark = SAME.get(text, text)
        if kind != "mark" or mark not in marks:
            return ""
        self.at += 1
        return mark

    def terms(self) -> Fraction:
        """Products joined by + and -."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise SumError(f"nested more than {DEEPEST} deep", self.tokens[self.at][2])
        value = self._factors()
        while mark := self._take("+", "-"):
            right = self._factors()
            value = _bounded(value + right if mark == "+" else value - right)
        self.depth -= 1
        return value

    def _factors(self) -> Fraction:
        value = self._signed()
        while mark := self._take("*", "/"):
            position = self.tokens[self.at][2]
            right = self._signed()
            if mark == "/" and right == 0:
                raise SumError("division by zero", position)
            value = _bounded(value * right if mark == "*" else value / right)
        return value

    def _signed(self) -> Fraction:
        sign = 1
        while mark := self._take("-", "+"):
            sign = -sign if mark == "-" else sign
        return sign * self._power()

    def _power(self) -> Fraction:
        base = self._atom()
        if not self._take("**"):
            return base
        position = self.tokens[self.at][2]
        exponent = self._atom()
        if exponent.denominator != 1 or not 0 <= exponent <= LARGEST_POWER:
            raise SumError(f"an exponent is a whole number from 0 to {LARGEST_POWER}", position)
        if base.numerator.bit_length() * exponent > 4 * MOST_DIGITS:
            raise SumError(f"larger than 10^{MOST_DIGITS}", position)
        return _bounded(base ** int(exponent))

    def _atom(self) -> Fraction:
        kind, text, _ = self.tokens[self.at]
        if self._take("("):
            value = self.terms()
            if not self._take(")"):
                raise self.unexpected()
            return value
        if kind != "number":
            raise self.unexpected()
        self.at += 1
        if text[-1].isdigit():
            return _bounded(Fraction(text.replace(",", "")))
        amount = read_amount(text, thousand=self.thousand)
        if amount is None:
            raise self.unexpected()
        self.slack += amount.slack
        return _bounded(Fraction(amount.value))


def _tokens(text: str) -> list[tuple[str, str, int]]:
    """(kind, text, position) for every number and mark, and an end."""
    found, position = [], 0
    while text[position:].strip():
        match = TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            raise SumError(f"unexpected '{rest[0]}'", len(text) - len(rest))
        kind = match.lastgroup or ""
        found.append((kind, match[kind], match.start(kind)))
        position = match.end()
    return [*found, ("end", "", len(text))]


def _bounded(value: Fraction) -> Fraction:
    if max(abs(value.numerator), value.denominator) >= 10**MOST_DIGITS:
        raise SumError(f"larger than 10^{MOST_DIGITS}")
    return value
