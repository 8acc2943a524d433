"""`H % 32 == 0`, `H == W`, `P == (F - 1)/2`, `H <= 64` -> Assumptions: what the user says of the symbols.

Both sides are expressions of the spec language, with its own grammar; nothing is run as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import expression_problem
from cnncalc.spec.operators import ExpressionError
from cnncalc.symbolic import Size, is_known, symbol

RELATION = re.compile(r"(==|>=|<=|!=|<|>|=)")
REMAINDER = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*%\s*([0-9]+)\s*\Z")
QUOTIENT = re.compile(r"(.*[^/])/(?!/)(.*)\Z", re.DOTALL)
FLIPPED = {"==": "==", ">=": "<=", "<=": ">=", ">": "<", "<": ">"}
MOST = 10**9
HINT = "as in 'H % 32 == 0', 'H == W', 'P == (F - 1)/2', 'H == 32*k' or 'H >= 64'; several are joined by 'and'"


class Assumption(NamedTuple):
    """`left relation right`; where there is a divisor, `left % divisor == right`.

    A relation is `==`, `>=` or `<=`. The right side may be a quotient that is to be whole: `right/over`.
    """

    text: str
    left: Size
    relation: Literal["==", ">=", "<="]
    right: Size
    divisor: int = 0
    over: int = 1

    @property
    def names(self) -> list[str]:
        """The symbols that it speaks of."""
        return sorted({name for side in (self.left, self.right) for name in names_in(side)})


class Side(NamedTuple):
    """One side of a relation: a size, over a number; or a symbol of which a remainder is taken."""

    size: Size
    over: int = 1
    divisor: int = 0


def names_in(size: Size) -> list[str]:
    """The names of the symbols in a size."""
    return sorted(map(str, getattr(size, "free_symbols", ())))


def parse_assumptions(texts: Iterable[str]) -> list[Assumption]:
    """The assumptions that the texts state, in order; raises SpecError for what states none."""
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
        yield _stated(text, sides[number], relation.replace("==", "=").replace("=", "==", 1), sides[number + 1], span)


def _stated(text: str, left: Side, relation: str, right: Side, span: Span) -> Assumption:
    """Two sides and what stands between them, in the form in which it is kept."""
    relation = relation.replace(">==", ">=").replace("<==", "<=")
    if right.divisor or (left.over != 1 and right.over == 1) or (is_known(left.size) and not left.divisor):
        left, right, relation = right, left, FLIPPED[relation]
    if is_known(left.size):
        raise _refused(text, "it speaks of no symbol", span)
    if left.divisor or right.divisor:
        valid = not right.divisor and relation == "==" and 1 <= left.divisor <= MOST
        if not (valid and right.over == 1 and is_known(right.size) and 0 <= right.size < left.divisor):
            wrong = f"a remainder is a number from 0 to less than the divisor, which is at most {MOST:,}"
            raise _refused(text, wrong, span)
        return Assumption(text.strip(), left.size, "==", right.size, left.divisor)
    if left.over != 1 or (right.over != 1 and relation != "=="):
        raise _refused(text, "a quotient stands alone on one side of an equality", span)
    if relation in ("<", ">"):
        right = Side(right.size + (1 if relation == ">" else -1))
    kept: Literal["==", ">=", "<="] = "==" if relation == "==" else ">=" if relation[0] == ">" else "<="
    if set(names_in(left.size)) == {str(left.size)} and str(left.size) in names_in(right.size):
        raise _refused(text, f"'{left.size}' stands on both sides", span)
    return Assumption(text.strip(), left.size, kept, right.size, 0, right.over)


def _side(text: str, span: Span) -> Side:
    """An expression; one over a number, as in `(F - 1)/2`; or a remainder, as in `H % 32`."""
    remainder = REMAINDER.match(text)
    if remainder:
        return Side(_value(remainder[1], span), 1, min(int(remainder[2][:12]), MOST + 1) or MOST + 1)
    if "%" in text:
        raise _refused(text, "a remainder is taken of one symbol by a number, as in 'H % 32 == 0'", span)
    quotient = QUOTIENT.match(text)
    if not quotient:
        return Side(_value(text, span))
    above, below = quotient[1], quotient[2].strip()
    if not (below.isdecimal() and 1 <= int(below[:12]) <= MOST) or not _holds_together(above):
        raise _refused(text, "a quotient is one expression over a number, as in '(F - 1)/2'; // rounds down", span)
    return Side(_value(above, span.part(0, len(above))), int(below))


def _holds_together(text: str) -> bool:
    """Whether a text is no sum outside of brackets, so that what follows divides all of it."""
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
        raise SpecError([Problem(f"'{text.strip()}' is no number", span, HINT)])
    return value


def _refused(text: str, why: str, span: Span) -> SpecError:
    what = f"'{text.strip()}': {why}" if why else f"'{text.strip()}' is no assumption that can be used"
    return SpecError([Problem(what, span, HINT)])
