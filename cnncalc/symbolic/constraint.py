"""Two sizes and a relation -> Constraint: it holds or does not, for numbers, symbols or whole ranges, and prints."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from cnncalc.symbolic.arithmetic import written
from cnncalc.symbolic.size import Size, is_known, normalise

Relation: TypeAlias = Literal[">=", "==", "multiple of"]
Range: TypeAlias = "tuple[int, int]"
"""The least and the greatest of some whole numbers, both of them included."""
HOLDS: dict[Relation, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "==": operator.eq,
    "multiple of": lambda left, right: right != 0 and left % right == 0,
}
"""Whether a relation holds between two integers."""


class Constraint(NamedTuple):
    """`left relation right` must hold."""

    left: Size
    relation: Relation
    right: Size

    def holds(self) -> bool | None:
        """True or False for numbers, and where the symbols cancel; None where it depends on a symbol."""
        return holds(self.left, self.relation, self.right)

    @property
    def names(self) -> set[str]:
        """The symbols that it speaks of."""
        return names_in(self.left, self.right)

    def __str__(self) -> str:
        """The constraint as integer Python."""
        left, right = written(self.left), written(self.right)
        if self.relation == "multiple of":
            left, right = (text if text.isalnum() else f"({text})" for text in (left, right))
            return f"{left} % {right} == 0"
        return f"{left} {self.relation} {right}"


def compared(left: Size, relation: str, right: Size) -> Constraint:
    """`left relation right` for integers, the relation being any of == < <= > >=."""
    if relation == "==":
        return Constraint(left, "==", right)
    if relation in (">", ">="):
        return Constraint(left, ">=", right + int(relation == ">"))
    return Constraint(right, ">=", left + int(relation == "<"))


def holds(left: Size, relation: Relation, right: Size) -> bool | None:
    """Whether a relation holds between two sizes; None where that depends on a symbol."""
    if not is_known(left, right):
        difference = normalise(left - right)
        if relation == "multiple of" or not is_known(difference):
            return None
        return difference == 0 if relation == "==" else difference >= 0
    return HOLDS[relation](left, right)


def holds_within(left: Range, relation: Relation, right: Range) -> bool | None:
    """Whether a relation holds for all numbers of two ranges (True), for none (False), or for some (None)."""
    if relation == ">=":
        return True if left[0] >= right[1] else False if left[1] < right[0] else None
    if relation == "==":
        if left[1] < right[0] or right[1] < left[0]:
            return False
        return True if left == right and left[0] == left[1] else None
    if right[0] != right[1]:
        return None
    divisor = right[0]
    if divisor == 0 or left[1] // divisor < -(-left[0] // divisor):
        return False
    return True if divisor == 1 or left[0] == left[1] else None


def names_in(*sizes: Size) -> set[str]:
    """The symbols in some sizes."""
    return {str(free) for size in sizes if not is_known(size) for free in getattr(size, "free_symbols", ())}
