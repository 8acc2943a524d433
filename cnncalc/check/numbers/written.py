"""The working before a printed number, `(3*3*64 + 1)*128 = ...` -> its terms and factors, for a diagnosis."""

from __future__ import annotations

import ast
import re

from cnncalc.check.numbers.amounts import SumError, plain
from cnncalc.check.numbers.arithmetic import SAME, tokens
from cnncalc.check.numbers.printed import EQUALS
from cnncalc.diagnose.written import NOTHING, Terms, Written, divided, multiplied, negative, number
from cnncalc.limits import DEEPEST_SUM, LARGEST_POWER

STEP = re.compile(
    r"\s*([0-9]{1,9})\s*\+\s*(\(\s*[0-9]{1,9}\s*-\s*1\s*\)|[0-9]{1,9})\s*[*xX\u00d7\u00b7]\s*[0-9]{1,9}\s*="
)
"""One step of a receptive field: R + (F - 1)*J = ..."""
MARKS = {**SAME, "\u230a": "(", "\u2308": "(", "\u230b": ")", "\u2309": ")", "floor": "", "ceil": "", "int": ""}


def written(text: str, quantity: str) -> Written:
    """The working in the text of a claim: the first sum, or the number itself if that is one."""
    step = STEP.match(text) if quantity == "receptive_field" else None
    if step:
        return Written(grown_from=int(step[1]), in_steps="-" in step[2]) if int(step[1]) > 1 else NOTHING
    try:
        tree = ast.parse(_spelt(EQUALS.split(plain(text))[0]), mode="eval").body
        is_shape = quantity == "output" and isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult)
        terms = () if is_shape else _terms(tree, DEEPEST_SUM.value)
    except (SumError, SyntaxError, ValueError, ZeroDivisionError, RecursionError):
        return NOTHING
    is_number = len(terms) == 1 and terms[0].factors == (abs(terms[0].value),)
    return NOTHING if is_number or not terms else Written(terms)


def _spelt(text: str) -> str:
    """The sum in Python's signs; raises SumError for numbers with units, which are rounded ones."""
    parts = []
    for kind, part, position in tokens(text)[:-1]:
        if kind == "number" and not part[-1].isdigit():
            raise SumError("a unit", position)
        digits = re.sub(r"[^0-9.]", "", part)
        parts.append((digits.lstrip("0") or "0") if kind == "number" else MARKS.get(part, part))
    return "".join(parts).strip()


def _terms(node: ast.AST, depth: int) -> Terms:
    """The terms of a sum; a difference among the factors is a side of a map, and one number."""
    if depth < 0:
        raise ValueError("nested too deeply")
    match node:
        case ast.Constant(value=int() as value):
            return number(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return negative(_terms(operand, depth - 1))
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as power)) if (
            power <= LARGEST_POWER.value
        ):
            found, base = number(1), _factor(left, depth)
            for _ in range(power):
                found = multiplied(found, base)
            return found
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return (*_terms(left, depth - 1), *_terms(right, depth - 1))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return (*_terms(left, depth - 1), *negative(_terms(right, depth - 1)))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return multiplied(_factor(left, depth), _factor(right, depth))
        case ast.BinOp(left=left, op=ast.Div() | ast.FloorDiv(), right=right):
            return divided(_terms(left, depth - 1), _terms(right, depth - 1))
    raise ValueError("not a sum of whole numbers")


def _factor(node: ast.AST, depth: int) -> Terms:
    """The terms of a factor."""
    terms = _terms(node, depth - 1)
    is_side = isinstance(node, ast.BinOp) and any(
        isinstance(part, ast.Sub | ast.Div | ast.FloorDiv) for part in ast.walk(node)
    )
    return number(int(sum(term.value for term in terms))) if is_side else terms
