"""Variables, numbers and operations -> Tree: a formula that holds its numbers.

Putting trees together tidies up what a textbook would not write: x*1 and x + 0 are x, (x - 1) + 1
is x, P + P is 2P, and (F - 1 - P)*J + P*J is (F - 1)*J.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number without a name."""

    kind: ClassVar[str] = "number"
    value: int


@dataclass(frozen=True, slots=True)
class Variable:
    """A symbol with its value, and the formula that gives it unless it is an input."""

    kind: ClassVar[str] = "variable"
    name: str
    value: int
    definition: Tree | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with their coefficients, and a constant behind them."""

    kind: ClassVar[str] = "sum"
    terms: tuple[tuple[Tree, int], ...]
    constant: int
    value: int


@dataclass(frozen=True, slots=True)
class Product:
    """Factors; `grouped` where products among them stand together: (F*F*C)*K."""

    kind: ClassVar[str] = "product"
    factors: tuple[Tree, ...]
    grouped: bool
    value: int


@dataclass(frozen=True, slots=True)
class Quotient:
    """A division that is rounded down, rounded up, or known to leave nothing."""

    kind: ClassVar[str] = "quotient"
    numerator: Tree
    divisor: Tree
    rounding: Literal["floor", "ceil", "exact"]
    value: int

    @property
    def remainder(self) -> int:
        """What the division leaves over."""
        return self.numerator.value % self.divisor.value


@dataclass(frozen=True, slots=True)
class Extreme:
    """The smallest or the largest of several."""

    kind: ClassVar[str] = "extreme"
    word: Literal["min", "max"]
    parts: tuple[Tree, ...]
    value: int


Tree: TypeAlias = Number | Variable | Sum | Product | Quotient | Extreme


def product_of(factors: tuple[Tree, ...], *, grouped: bool = False) -> Tree:
    """x*1 is x, and 0*x is 0, where the one or the zero has no name."""
    if Number(0) in factors:
        return Number(0)
    factors = tuple(factor for factor in factors if factor != Number(1)) or (Number(1),)
    if len(factors) == 1:
        return factors[0]
    if Number(-1) in factors and len(factors) == 2:
        return sum_of(((next(factor for factor in factors if factor != Number(-1)), -1),))
    return Product(factors, grouped, prod(factor.value for factor in factors))


def sum_of(parts: Iterable[tuple[Tree, int]]) -> Tree:
    """The terms of all parts, like ones taken together."""
    terms: dict[Tree, int] = {}
    constant = 0
    for tree, sign in parts:
        if isinstance(tree, Number):
            constant += sign * tree.value
            continue
        constant += sign * (tree.constant if isinstance(tree, Sum) else 0)
        for term, coefficient in _terms(tree):
            _take_up(terms, term, sign * coefficient)
    if not terms:
        return Number(constant)
    if constant == 0 and list(terms.values()) == [1]:
        return next(iter(terms))
    value = constant + sum(coefficient * term.value for term, coefficient in terms.items())
    return Sum(tuple(terms.items()), constant, value)


def _terms(tree: Tree) -> Iterator[tuple[Tree, int]]:
    """(term, coefficient): a number before a product is a coefficient."""
    if isinstance(tree, Sum):
        yield from tree.terms
    elif isinstance(tree, Product) and isinstance(tree.factors[0], Number) and len(tree.factors) == 2:
        yield tree.factors[1], tree.factors[0].value
    else:
        yield tree, 1


def _take_up(terms: dict[Tree, int], new: Tree, coefficient: int) -> None:
    """Add one more term: to its like, or to one with a common factor if something cancels."""
    if new in terms:
        terms[new] += coefficient
        if not terms[new]:
            del terms[new]
        return
    for old in [term for term in terms if isinstance(term, Product)] if isinstance(new, Product) else ():
        merged = _common_factor(old, terms[old], new, coefficient)
        if merged is not None:
            pairs = [pair for term in terms.items() for pair in (_terms(merged) if term[0] == old else (term,))]
            terms.clear()
            for term, number in pairs:
                if term != Number(0):
                    terms[term] = terms.get(term, 0) + number
            return
    terms[new] = coefficient


def _common_factor(old: Tree, number: int, new: Tree, coefficient: int) -> Tree | None:
    """a*x + b*x as (a + b)*x where terms of a and b cancel; else None."""
    if not (isinstance(old, Product) and isinstance(new, Product)):
        return None
    if not len(old.factors) == len(new.factors) == 2 or old.factors[1] != new.factors[1]:
        return None
    first, second = old.factors[0], new.factors[0]
    together = sum_of(((first, number), (second, coefficient)))
    if len(list(_terms(together))) >= len(list(_terms(first))) + len(list(_terms(second))):
        return None
    return product_of((together, old.factors[1]))


def renamed(tree: Tree, names: Mapping[Tree, Tree]) -> Tree:
    """The tree with the parts that `names` knows written as it says."""
    if tree in names:
        return names[tree]
    if isinstance(tree, Sum):
        parts = [(renamed(term, names), coefficient) for term, coefficient in tree.terms]
        return Sum(tuple(parts), tree.constant, tree.value)
    if isinstance(tree, Product):
        return Product(tuple(renamed(factor, names) for factor in tree.factors), tree.grouped, tree.value)
    if isinstance(tree, Quotient):
        return Quotient(renamed(tree.numerator, names), renamed(tree.divisor, names), tree.rounding, tree.value)
    if isinstance(tree, Extreme):
        return Extreme(tree.word, tuple(renamed(part, names) for part in tree.parts), tree.value)
    return tree


def parts_of(tree: Tree) -> tuple[Tree, ...]:
    """The trees that a tree is directly made of; a letter is made of nothing."""
    if isinstance(tree, Sum):
        return tuple(term for term, _ in tree.terms)
    if isinstance(tree, Product):
        return tree.factors
    if isinstance(tree, Quotient):
        return (tree.numerator, tree.divisor)
    return tree.parts if isinstance(tree, Extreme) else ()


def nodes(tree: Tree) -> Iterator[Tree]:
    """The tree and all trees in it, from the left."""
    yield tree
    for part in parts_of(tree):
        yield from nodes(part)
