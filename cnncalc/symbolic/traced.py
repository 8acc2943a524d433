"""The arithmetic of a rule -> its working: integers that remember how they came about.

A `TracedInt` is an int that also knows the variable it stands for, or the operation and the operands
that made it. A rule that is run on such integers computes the very number that it computes on
plain ones, and on the way records its own formula, as a tree. No formula is ever typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Literal

from cnncalc.symbolic.formula_tree import Extreme, Number, Quotient, Sum, Tree, Variable, nodes, product_of, sum_of

LONGEST = 12
"""A definition is printed if it has no more variables, numbers and operations than this."""


class TracedInt(int):
    """An integer with its working; it adds, multiplies and compares as the integer it is."""

    tree: Tree

    def __new__(cls, tree: Tree) -> TracedInt:
        """The integer that a tree comes to."""
        made = super().__new__(cls, tree.value)
        made.tree = tree
        return made

    def __add__(self, other: int) -> int:
        return _worked(sum_of(((self.tree, 1), (tree_of(other), 1)))) if isinstance(other, int) else NotImplemented

    def __radd__(self, other: int) -> int:
        return _worked(sum_of(((tree_of(other), 1), (self.tree, 1)))) if isinstance(other, int) else NotImplemented

    def __sub__(self, other: int) -> int:
        return _worked(sum_of(((self.tree, 1), (tree_of(other), -1)))) if isinstance(other, int) else NotImplemented

    def __rsub__(self, other: int) -> int:
        return _worked(sum_of(((tree_of(other), 1), (self.tree, -1)))) if isinstance(other, int) else NotImplemented

    def __mul__(self, other: int) -> int:
        return _worked(product_of((self.tree, tree_of(other)))) if isinstance(other, int) else NotImplemented

    def __rmul__(self, other: int) -> int:
        return _worked(product_of((tree_of(other), self.tree))) if isinstance(other, int) else NotImplemented

    def __neg__(self) -> int:
        return _worked(sum_of(((self.tree, -1),)))

    def __floordiv__(self, other: int) -> int:
        return floor_quotient(self, other) if isinstance(other, int) else NotImplemented

    def __rfloordiv__(self, other: int) -> int:
        return floor_quotient(other, self) if isinstance(other, int) else NotImplemented


def variable(name: str, value: int) -> int:
    """The integer `value`, known by the name of a variable from here on.

    The working that it already has becomes the definition of the variable; of one that is too long
    to read, only the numbers that it adds up.
    """
    definition: Tree | None = None
    if isinstance(value, TracedInt):
        short = len(list(islice(nodes(value.tree), LONGEST + 1))) <= LONGEST
        definition = value.tree if short else _added_up(value.tree)
    return TracedInt(Variable(name, int(value), definition))


def _added_up(tree: Tree) -> Tree:
    """The numbers that a sum adds up, like ones taken together: `2*223 + 224`; of no sum, its number."""
    if not isinstance(tree, Sum):
        return Number(tree.value)
    numbers: dict[Tree, int] = {}
    for term, coefficient in tree.terms:
        numbers[Number(term.value)] = numbers.get(Number(term.value), 0) + coefficient
    return Sum(tuple(numbers.items()), tree.constant, tree.value)


def tree_of(value: int) -> Tree:
    """The working of an integer; of a plain one, the number itself."""
    return value.tree if isinstance(value, TracedInt) else Number(value)


def floor_quotient(numerator: int, divisor: int) -> int:
    """`numerator // divisor`, recorded."""
    value = int(numerator) // int(divisor)
    return _worked(_quotient(numerator, divisor, "floor", value))


def ceil_quotient(numerator: int, divisor: int) -> int:
    """The quotient rounded up, recorded."""
    value = -(-int(numerator) // int(divisor))
    return _worked(_quotient(numerator, divisor, "ceil", value))


def exact_quotient(numerator: int, divisor: int) -> int:
    """The quotient of a division known to leave nothing, recorded."""
    return _worked(_quotient(numerator, divisor, "exact", int(numerator) // int(divisor)))


def smallest(first: int, second: int) -> int:
    """The minimum, recorded."""
    return _extreme("min", first, second, min(int(first), int(second)))


def largest(first: int, second: int) -> int:
    """The maximum, recorded."""
    return _extreme("max", first, second, max(int(first), int(second)))


def grouped_product(factors: Iterable[int]) -> int:
    """The product of factors that a rule has put together, recorded as one group."""
    return _worked(product_of(tuple(map(tree_of, factors)), grouped=True))


def total(sizes: Iterable[int]) -> int:
    """The sum of many, recorded in one go."""
    return _worked(sum_of((tree_of(size), 1) for size in sizes))


def _worked(tree: Tree) -> int:
    return tree.value if isinstance(tree, Number) else TracedInt(tree)


def _quotient(numerator: int, divisor: int, rounding: Literal["floor", "ceil", "exact"], value: int) -> Tree:
    if divisor == 1 and type(divisor) is int:
        return tree_of(numerator)
    return Quotient(tree_of(numerator), tree_of(divisor), rounding, value)


def _extreme(word: Literal["min", "max"], first: int, second: int, value: int) -> int:
    parts: list[Tree] = []
    for tree in (tree_of(first), tree_of(second)):
        parts += tree.parts if isinstance(tree, Extreme) and tree.word == word else (tree,)
    different = tuple(dict.fromkeys(parts))
    return _worked(different[0] if len(different) == 1 else Extreme(word, different, value))


def labelled(value: Any, name: str, suffixes: tuple[str, ...] = ()) -> Any:
    """Integers in tuples as variables: one for all where they agree, else one for each, as F_h and F_w."""
    if type(value) is int:
        return variable(name, value)
    if not isinstance(value, tuple):
        return value
    if len(set(value)) <= 1 or len(value) != len(suffixes):
        return tuple(labelled(part, name) for part in value)
    return tuple(labelled(part, f"{name}_{suffix}") for part, suffix in zip(value, suffixes, strict=True))
