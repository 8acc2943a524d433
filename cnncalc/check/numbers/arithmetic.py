"""A sum as a person writes it, `(3*3*64)*64` or `2^20` -> its exact value; nothing in it is run as code."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from cnncalc.check.numbers.amounts import GROUPED, NOUNS, Amount, SumError, read_amount
from cnncalc.limits import DEEPEST_SUM, LARGEST_POWER, MOST_DIGITS

NUMBER = rf"(?!0[0-9]*,)(?:{GROUPED}|[0-9]+)(?:\.[0-9]+)?(?![0-9,]*[0-9])"
UNIT = (
    rf"[kKMGTP]i?(?:B|FLOPs?|MACs?)?|thousand|million|billion|trillion|B|(?i:{'|'.join(sorted(NOUNS, reverse=True))})"
)
TOKEN = re.compile(
    rf"\s*(?:(?P<number>{NUMBER}(?:\s?(?:{UNIT})(?![A-Za-z]))?)"
    r"|(?P<mark>\*\*|//|floor(?=\s*\()|ceil(?=\s*\()|int(?=\s*\()|[-+*/:^()\[\]{}xX\u00d7\u00b7\u230a\u230b\u2308\u2309]))"
)
SAME = {
    "\u00d7": "*", "\u00b7": "*", "x": "*", "X": "*", "^": "**", "int": "floor", ":": "/",
    "[": "(", "{": "(", "]": ")", "}": ")",
}  # fmt: skip
ROUNDED = {"\u230a": (floor, "\u230b"), "\u2308": (ceil, "\u2309")}
"""What the brackets of a floor and a ceiling do, and the bracket that ends them."""


class Working(NamedTuple):
    """The value of a sum; `slack` is the error that the rounded numbers in it (15.2M) allow, in the same unit.

    In a product the relative errors of the factors add up. In a sum every term is rounded to the place of the finest,
    7.5K + 80K to hundreds, or one of them, the coarsest, to its own.
    """

    value: Fraction
    slack: Fraction = Fraction(0)

    def gives(self, exact: object) -> bool:
        """Whether `exact` is its value, within the rounding of the numbers in it."""
        if not isinstance(exact, int | Fraction):
            return False
        return abs(self.value - exact) <= self.slack

    def rounds_to(self, size: object) -> bool:
        """Whether `size` is its value, or that rounded down or up: many write (W - F + 2P)/S + 1 = 112 for 112.5."""
        return self.gives(size) or size in (floor(self.value), ceil(self.value))

    @classmethod
    def sum_of(cls, terms: list[Working]) -> Working:
        """The sum of terms, those that are taken away being negative."""
        rounded = [term.slack for term in terms if term.slack]
        slack = max(max(rounded) / 2, len(rounded) * min(rounded)) if rounded else Fraction(0)
        return cls(_bounded(sum((term.value for term in terms), Fraction(0))), slack)

    def times(self, other: Working) -> Working:
        """The product."""
        slack = abs(self.value) * other.slack + abs(other.value) * self.slack
        return Working(_bounded(self.value * other.value), slack)

    def over(self, other: Working) -> Working:
        """The quotient; the divisor is not 0."""
        quotient = _bounded(self.value / other.value)
        return Working(quotient, (self.slack + abs(quotient) * other.slack) / abs(other.value))

    def __str__(self) -> str:
        return f"{self.value.numerator:,}" if self.value.denominator == 1 else f"{float(self.value):.6g}"


def evaluate(text: str, thousand: int = 1000) -> Working:
    """The value of a sum of whole and decimal numbers with + - * / ^ and parentheses, exact; x is a times sign.

    >>> evaluate("(11*11*3 + 1)*96").value, evaluate("(7 - 3)/3 + 1").value, evaluate("floor(7/3) + 7//3").value
    (Fraction(34944, 1), Fraction(7, 3), Fraction(4, 1))

    Numbers may have units, `15.2M * 4 bytes`. Raises SumError for anything else, and for numbers beyond 10^60.
    """
    sum_ = _Sum(text, thousand)
    found = sum_.terms()
    if sum_.tokens[sum_.at][0] != "end":
        raise sum_.unexpected()
    return found


def of_amount(amount: Amount) -> Working:
    """A number by itself, with the error that its rounding allows."""
    value = _bounded(Fraction(amount.value))
    return Working(value, amount.slack * abs(value))


class _Sum:
    """Recursive descent over the tokens of one sum."""

    def __init__(self, text: str, thousand: int) -> None:
        self.text = text
        self.thousand = thousand
        self.tokens = list(tokens(text))
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

    def _follows(self) -> str:
        """A times sign where a bracket opens or closes without one: (3*3 + 1)64, 64(3*3 + 1)."""
        (_, text, position), (_, before, _) = self.tokens[self.at], self.tokens[self.at - 1]
        opens = SAME.get(text, text) == "(" and self.text[position - 1 : position] != " "
        closed = SAME.get(before, before) == ")" and self.tokens[self.at][0] == "number"
        return "*" if opens or closed else ""

    def terms(self) -> Working:
        """Products joined by + and -."""
        self.depth += 1
        if self.depth > DEEPEST_SUM.value:
            raise SumError(f"nested more than {DEEPEST_SUM} deep; {DEEPEST_SUM.hint}", self.tokens[self.at][2])
        terms = [self._factors()]
        while mark := self._take("+", "-"):
            term = self._factors()
            terms.append(term if mark == "+" else term._replace(value=-term.value))
        self.depth -= 1
        return Working.sum_of(terms)

    def _factors(self) -> Working:
        value = self._signed()
        while mark := self._take("*", "/", "//") or self._follows():
            position = self.tokens[self.at][2]
            right = self._signed()
            if mark != "*" and right.value == 0:
                raise SumError("division by zero", position)
            value = value.times(right) if mark == "*" else value.over(right)
            value = Working(Fraction(floor(value.value)), value.slack) if mark == "//" else value
        return value

    def _signed(self) -> Working:
        sign = 1
        while mark := self._take("-", "+"):
            sign = -sign if mark == "-" else sign
        found = self._power()
        return found._replace(value=sign * found.value)

    def _power(self) -> Working:
        base = self._atom()
        if not self._take("**"):
            return base
        position = self.tokens[self.at][2]
        exponent = self._atom().value
        if exponent.denominator != 1 or not 0 <= exponent <= LARGEST_POWER.value:
            raise SumError(f"an exponent is a whole number from 0 to {LARGEST_POWER}; {LARGEST_POWER.hint}", position)
        if base.value.numerator.bit_length() * exponent > 4 * MOST_DIGITS.value:
            raise SumError(f"larger than 10^{MOST_DIGITS}; {MOST_DIGITS.hint}", position)
        slack = exponent * abs(base.value) ** (int(exponent) - 1) * base.slack if exponent else Fraction(0)
        return Working(_bounded(base.value ** int(exponent)), slack)

    def _until(self, end: str) -> Working:
        value = self.terms()
        if not self._take(end):
            raise self.unexpected()
        return value

    def _atom(self) -> Working:
        kind, text, _ = self.tokens[self.at]
        if self._take("("):
            return self._until(")")
        if mark := self._take("floor", "ceil", *ROUNDED):
            if mark in ("floor", "ceil"):
                self._take("(")
            change, end = ROUNDED.get(mark, (floor if mark == "floor" else ceil, ")"))
            value = self._until(end)
            return Working(Fraction(change(value.value)), value.slack)
        if kind != "number":
            raise self.unexpected()
        self.at += 1
        amount = read_amount(text, thousand=self.thousand)
        if amount is None:
            raise self.unexpected()
        return of_amount(amount)


def tokens(text: str) -> list[tuple[str, str, int]]:
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
    if max(abs(value.numerator), value.denominator) >= 10**MOST_DIGITS.value:
        raise SumError(f"larger than 10^{MOST_DIGITS}; {MOST_DIGITS.hint}")
    return value
