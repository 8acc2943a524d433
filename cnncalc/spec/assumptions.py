"""`H % 32 == 0`, `H == W`, `C2 == 2*C1` -> Assumption: what the user says of a symbol.

The right side is an expression of the spec language, with its own grammar; nothing is run as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.spec.expressions import KEYWORDS, Expression
from cnncalc.spec.model import expression_problem
from cnncalc.spec.operators import ExpressionError
from cnncalc.symbolic import Size, is_known, symbol

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
STATEMENT = re.compile(rf"\s*({NAME})\s*(?:%\s*([0-9]+)\s*)?(==?|>=)(?!=)")
MOST = 10**9
HINT = "as in 'H % 32 == 0', 'H == W', 'C2 == 2*C1' or 'H >= 64'; several are joined by 'and'"


class Assumption(NamedTuple):
    """`name % divisor == value` where there is a divisor; else `name == value`, or `name >= value`."""

    text: str
    name: str
    relation: str
    value: Size
    divisor: int = 0

    @property
    def symbol(self) -> Size:
        """The symbol that it speaks of."""
        return symbol(self.name)


def parse_assumptions(texts: Iterable[str]) -> list[Assumption]:
    """The assumptions that the texts state, in order; raises SpecError for what states none."""
    found = []
    for text in texts:
        source, start = Source("--assume", text), 0
        for part in re.split(r"(\band\b|,)", text):
            if part not in ("and", ","):
                found.append(_parse(source, start, part))
            start += len(part)
    return found


def _parse(source: Source, start: int, text: str) -> Assumption:
    span = source.span(0, start, len(text))
    match = STATEMENT.match(text)
    if match is None or match[1] in KEYWORDS:
        raise SpecError([Problem(f"'{text.strip()}' is no assumption that can be used", span, HINT)])
    name, relation = match[1], match[3].replace("==", "=").replace("=", "==").replace(">==", ">=")
    value = _value(text[match.end() :], source.span(0, start + match.end(), len(text) - match.end()))
    wrong = ""
    if relation == ">=" and (match[2] or not is_known(value)):
        wrong = f"a bound is a number, as in '{name} >= 64'"
    elif match[2] and not (1 <= int(match[2][:12]) <= MOST and is_known(value) and 0 <= value < int(match[2][:12])):
        wrong = f"a remainder is a number from 0 to less than the divisor, which is at most {MOST:,}"
    elif name in map(str, getattr(value, "free_symbols", ())):
        wrong = f"'{name}' stands on both sides"
    if wrong:
        raise SpecError([Problem(f"'{text.strip()}': {wrong}", span, HINT)])
    return Assumption(text.strip(), name, relation, value, int(match[2]) if match[2] else 0)


def _value(text: str, span: Span) -> Size:
    """The right side: a number, or an expression of symbols."""
    try:
        expression = Expression(text)
        value: Size = expression.evaluate({name: symbol(name) for name in expression.names})
    except ExpressionError as error:
        raise SpecError([expression_problem(error, span)]) from None
    if not (is_known(value) or hasattr(value, "free_symbols")):
        raise SpecError([Problem(f"'{text.strip()}' is no number", span, HINT)])
    return value
