"""A formula as a textbook writes it, `(3k^2 + 1)f` or `(kxkxC + 1) x F` -> a symbolic size, or the sizes of a shape."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from cnncalc.check.numbers.amounts import SumError
from cnncalc.check.numbers.arithmetic import evaluate
from cnncalc.symbolic import symbol

SIGNS = r"-+0-9.,_'*/:^()\[\]{}\s\u00d7\u00b7\u230a\u230b\u2308\u2309"
SUM = re.compile(rf"(?:floor|ceil|int|[{SIGNS}])+\Z")
IMPLICIT = re.compile(
    r"(?<=[)\u230b\u2309])(?=[A-Za-z0-9_(\u230a\u2308])"
    r"|(?<![A-Za-z0-9_.])(?:([0-9]+)(?=[A-Za-z_(\u230a\u2308])|([A-WYZa-wyz])(?=[(\u230a\u2308]))"
)
"""A product without a sign: 3k, (3k + 1)f, f(3k + 1)."""
BY = re.compile(
    r"(?<=[)0-9])\s*[xX]\s*(?=[A-Za-z0-9(\u230a\u2308])|(?<=[A-Za-z])\s+[xX]\s+(?=[A-Za-z0-9(\u230a\u2308])"
    r"|(?<=[A-Za-z0-9)]) +(?=[A-Za-z](?![A-Za-z]))"
)
"""An x or a space that multiplies: (3x3xC + 1) x F, k^2 C."""
NAME = re.compile(r"[A-Za-z]+[0-9]*")


def formula(text: str, *, may_be_shape: bool) -> Any:
    """A symbolic size, or a tuple of sizes for a shape such as `(d1 - 2)x(d2 - 2)x1` or `HxWxC2`.

    Raises SumError for a text that is neither a number nor a formula.
    """
    from cnncalc.spec.expressions import Expression
    from cnncalc.spec.operators import ExpressionError

    parts = _apart(text) if may_be_shape else [text]
    values = []
    for part in parts:
        if SUM.match(part):
            values.append(plain_number(evaluate(part).value))
            continue
        try:
            found = Expression(_python(part))
            values.append(found.evaluate({name: symbol(name) for name in found.names}))
        except ExpressionError as error:
            raise SumError(f"neither a number nor a formula ({error})") from None
        if isinstance(values[-1], bool | tuple | dict):
            raise SumError("neither a number nor a formula")
    return values[0] if len(values) == 1 else tuple(values)


def _python(text: str) -> str:
    """A formula as a textbook writes it, for the reader of expressions: 3k^2 is 3*k**2, a quotient is rounded down."""
    text = IMPLICIT.sub(lambda found: f"{found[1] or found[2] or ''}*", BY.sub("*", text.strip()))
    for mark, meaning in (
        ("^", "**"),
        ("\u00d7", "*"),
        ("\u00b7", "*"),
        ("\u230a", "("),
        ("\u230b", ")"),
        ("floor", ""),
    ):
        text = text.replace(mark, meaning)
    return re.sub("/+", "//", text)


def _apart(text: str) -> list[str]:
    """The sizes of a shape: the text taken apart at every x that is outside parentheses."""
    parts, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1, "\u230a": 1, "\u230b": -1}.get(character, 0)
        if character in "xX\u00d7" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def letters_apart(text: str, known: set[str]) -> str:
    """The text with `fk` and `fxk` as f*k, if f and k are known letters and fk is none."""

    def apart(name: re.Match[str]) -> str:
        parts = [name[0]] if name[0] in known or "x" in known else name[0].split("x")
        letters = [one for part in parts for one in ((part,) if part in known or part.isdigit() else part)]
        return "*".join(letters) if all(one in known or one.isdigit() for one in letters) else name[0]

    return NAME.sub(apart, text)


def plain_number(value: Fraction) -> int | Fraction:
    """A whole number as an int."""
    return value.numerator if value.denominator == 1 else value
