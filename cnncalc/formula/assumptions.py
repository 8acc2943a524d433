"""`H % 32 == 0`, `H == W`, `P == (F - 1)/2`, `H <= 64` -> Assumptions: what the user says of the symbols.

Both sides are expressions of the spec language, with its own grammar; nothing is run as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cnncalc.errors import Problem, Source, Span, SpecError, UsageError
from cnncalc.limits import LARGEST_SIZE, LONGEST_EXPRESSION
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import expression_problem
from cnncalc.spec.operators import ExpressionError
from cnncalc.symbolic import Size, floor_div, is_known, symbol
from cnncalc.symbolic.constraint import Constraint, compared, names_in

RELATION = re.compile(r"(==|>=|<=|!=|<|>|=)")
REMAINDER = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*%\s*([0-9]+)\s*\Z")
QUOTIENT = re.compile(r"(.*[^/])/(?!/)(.*)\Z", re.DOTALL)
FLIPPED = {"==": "==", ">=": "<=", "<=": ">=", ">": "<", "<": ">"}
HINT = "as in 'H % 32 == 0', 'H == W', 'P == (F - 1)/2', 'H == 32*k' or 'H >= 64'; several are joined by 'and'"


class Assumption(NamedTuple):
    """A constraint on the symbols, and the text that states it, perhaps with others."""

    text: str
    constraint: Constraint

    @property
    def names(self) -> list[str]:
        """The symbols in it."""
        return sorted(self.constraint.names)


class Side(NamedTuple):
    """One side of a relation: a size, over a number; or a symbol of which a remainder is taken."""

    size: Size
    over: int = 1
    divisor: int = 0


def parse_assumptions(texts: Iterable[str]) -> list[Assumption]:
    """The assumptions that the texts state, in order; raises UsageError for anything else."""
    found: list[Assumption] = []
    for text in texts:
        source, start = Source("--assume", text), 0
        for part in re.split(r"(\band\b|,)", text):
            if part not in ("and", ","):
                found += _parse(source, start, part)
            start += len(part)
    return found


def _parse(source: Source, start: int, text: str) -> Iterator[Assumption]:
    """What one statement says; `64 <= H <= 128` says two things."""
    span = source.span(0, start, len(text))
    pieces = RELATION.split(text)
    if len(pieces) not in (3, 5) or not all(piece.strip() for piece in pieces) or "!=" in pieces:
        raise _refused(text, "", span)
    sides, place = [], start
    for piece in pieces:
        if not RELATION.fullmatch(piece):
            sides.append(_side(piece, source.span(0, place, len(piece))))
        place += len(piece)
    for number, relation in enumerate(pieces[1::2]):
        stated = _stated(text, sides[number], "==" if relation == "=" else relation, sides[number + 1], span)
        yield from (Assumption(text.strip(), constraint) for constraint in stated)


def _stated(text: str, left: Side, relation: str, right: Side, span: Span) -> Iterator[Constraint]:
    """Two sides and the relation between them, as constraints."""
    if right.divisor or (left.over != 1 and right.over == 1) or (is_known(left.size) and not left.divisor):
        left, right, relation = right, left, FLIPPED[relation]
    if is_known(left.size):
        raise _refused(text, "it contains no symbol", span)
    if left.divisor or right.divisor:
        valid = not right.divisor and relation == "==" and 1 <= left.divisor <= LARGEST_SIZE.value
        if not (valid and right.over == 1 and is_known(right.size) and 0 <= right.size < left.divisor):
            raise _refused(text, f"a remainder is less than its divisor, which is from 1 to {LARGEST_SIZE}", span)
        yield Constraint(left.size - right.size, "multiple of", left.divisor)
        return
    if left.over != 1 or (right.over != 1 and relation != "=="):
        raise _refused(text, "a quotient must be alone on one side of an equality", span)
    if names_in(left.size) == {str(left.size)} and str(left.size) in names_in(right.size):
        raise _refused(text, f"'{left.size}' is on both sides", span)
    if right.over == 1:
        yield compared(left.size, relation, right.size)
    else:
        yield from _whole(left.size, right.size, right.over)


def _whole(left: Any, above: Any, over: int) -> Iterator[Constraint]:
    """`P == (F - 1)/2`: P is the floor, and F - 1 even; other quotients without a division, 2*P == F + G."""
    if not is_known(above) and left.is_Symbol and above.as_coeff_Add()[1].is_Symbol:
        yield Constraint(left, "==", floor_div(above, over))
        yield Constraint(above, "multiple of", over)
    else:
        yield Constraint(over * left, "==", above)


def _side(text: str, span: Span) -> Side:
    """An expression; one over a number, as in `(F - 1)/2`; or a remainder, as in `H % 32`."""
    if len(text) > LONGEST_EXPRESSION.value:
        message = f"an assumption has at most {LONGEST_EXPRESSION} characters on a side"
        raise SpecError([Problem(message, span, LONGEST_EXPRESSION.hint)])
    remainder = REMAINDER.match(text)
    if remainder:
        return Side(_value(remainder[1], span), 1, _divisor(remainder[2]) or LARGEST_SIZE.value + 1)
    if "%" in text:
        raise _refused(text, "write a remainder as one symbol by a number, as in 'H % 32 == 0'", span)
    quotient = QUOTIENT.match(text)
    if not quotient:
        return Side(_value(text, span))
    above, below = quotient[1], quotient[2].strip()
    if not (below.isdecimal() and 1 <= _divisor(below) <= LARGEST_SIZE.value) or not _holds_together(above):
        raise _refused(
            text, "write a quotient as one expression over a number, as in '(F - 1)/2'; // rounds down", span
        )
    return Side(_value(above, span.part(0, len(above))), _divisor(below))


def _divisor(digits: str) -> int:
    """The number that digits spell, read no further than it takes to see that it is too large."""
    return int(digits.lstrip("0")[: len(str(LARGEST_SIZE.value))] or 0)


def _holds_together(text: str) -> bool:
    """Whether a text is not a sum outside of brackets, so that what follows divides all of it."""
    while "(" in text:
        inner = re.sub(r"\([^()]*\)", "x", text)
        if inner == text:
            return False
        text = inner
    return not re.search(r"[-+/]", text)


def _value(text: str, span: Span) -> Size:
    """A side: a number, or an expression of symbols."""
    try:
        expression = Expression(text)
        value: Size = expression.evaluate({name: symbol(name) for name in expression.names})
    except ExpressionError as error:
        raise SpecError([expression_problem(error, span)]) from None
    if not (is_known(value) or hasattr(value, "free_symbols")):
        raise SpecError([Problem(f"'{text.strip()}' is not a number", span, HINT)])
    return value


def _refused(text: str, why: str, span: Span) -> UsageError:
    what = f"'{text.strip()}': {why}" if why else f"'{text.strip()}' is not an assumption"
    return UsageError([Problem(what, span, HINT)])
