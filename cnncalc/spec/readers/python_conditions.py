"""A condition of a Python text on numbers and words that stand in it -> whether it holds, where that is known."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

UNKNOWN = object()
"""The value of code that is none of the text's own numbers, words and layers."""
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}  # fmt: skip
LARGEST = 10**15
DEEPEST = 50


class Conditions:
    """Works out conditions; `meaning` is what a name stands for, UNKNOWN without a value of its own."""

    def __init__(self, meaning: Callable[[ast.expr], Any]) -> None:
        self.meaning = meaning

    def holds(self, test: ast.expr) -> bool | None:
        """Whether a condition holds; None where that is not known."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.holds(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            found = [self.holds(part) for part in test.values]
            decisive = isinstance(test.op, ast.Or)
            return decisive if decisive in found else None if None in found else not decisive
        if isinstance(test, ast.Compare):
            return self._compared(test) if len(test.ops) == 1 else None
        value = self.value(test)
        return None if value is UNKNOWN else bool(value)

    def _compared(self, test: ast.Compare) -> bool | None:
        left, right = self.value(test.left), self.value(test.comparators[0])
        compare = COMPARISONS.get(type(test.ops[0]))
        if compare is None or left is UNKNOWN or right is UNKNOWN:
            return None
        try:
            return bool(compare(left, right))
        except TypeError:
            return None

    def value(self, node: ast.expr, depth: int = 0) -> Any:
        """The number, the word or the layer that code stands for, or UNKNOWN."""
        if isinstance(node, ast.Constant):
            return node.value
        if depth > DEEPEST:
            return UNKNOWN
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
            left, right = self.value(node.left, depth + 1), self.value(node.right, depth + 1)
            if not all(type(each) is int and abs(each) <= LARGEST for each in (left, right)):
                return UNKNOWN
            if not right and isinstance(node.op, ast.FloorDiv | ast.Mod):
                return UNKNOWN
            return OPERATIONS[type(node.op)](left, right)
        found = self.meaning(node)
        return self.value(found, depth + 1) if isinstance(found, ast.expr) else found
