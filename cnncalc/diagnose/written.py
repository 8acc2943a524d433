"""A working as somebody has written it -> its terms and factors, and whether a mistake may have led to it.

A mistake needs numbers: a padding that is forgotten is in no working, a jump that is forgotten is 1. A reason that
needs others than those written is none, even if it gives the same result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Any, NamedTuple, TypeAlias

from cnncalc.diagnose.catalogue import ALONE, SIZES_BEFORE, Mistake
from cnncalc.diagnose.ranking import FROM_AFAR, IN_STEPS, MISSPELT
from cnncalc.diagnose.recompute import LayerRecomputation, Recomputation
from cnncalc.symbolic.formula_tree import Product, Quotient, Sum, Tree, nodes

MOST_TERMS = 16
"""Terms that are compared; of a longer sum only the value is."""
MOST_GROUPED = 8
"""Terms, or factors of one, that are put together in all ways."""
Joined: TypeAlias = "Callable[[list[Fraction]], Any]"
"""The sum, or the product."""


class Divided(NamedTuple):
    """A factor that is a quotient: the terms above, and what they are divided by."""

    above: Terms
    below: Fraction

    @property
    def value(self) -> Fraction:
        """The quotient, not rounded."""
        return sum_of(self.above) / self.below


Factor: TypeAlias = "Fraction | Divided"


class Term(NamedTuple):
    """A product, with its sign in the value."""

    value: Fraction
    factors: tuple[Factor, ...]


Terms: TypeAlias = "tuple[Term, ...]"


def number(value: int | Fraction) -> Terms:
    """A number by itself."""
    return (Term(Fraction(value), (abs(Fraction(value)),)),)


def sum_of(terms: Terms) -> Fraction:
    """The value of some terms."""
    return sum((term.value for term in terms), Fraction(0))


def negative(terms: Terms) -> Terms:
    """The terms with the other sign."""
    return tuple(term._replace(value=-term.value) for term in terms)


def multiplied(one: Terms, other: Terms) -> Terms:
    """The product, every term of one with every term of the other; a long one as a number."""
    if len(one) * len(other) > MOST_TERMS:
        return number(sum_of(one) * sum_of(other))
    return tuple(Term(a.value * b.value, (*a.factors, *b.factors)) for a in one for b in other)


def divided(above: Terms, below: Terms) -> Terms:
    """The quotient as one factor, the divisor as one number; raises ZeroDivisionError."""
    divisor = sum_of(below)
    if divisor == 1:
        return above
    quotient = Divided(above, divisor)
    return (Term(quotient.value, (quotient,)),)


def terms_of(tree: Tree) -> Terms:
    """The terms of a formula with its numbers; a side of a map among the factors is one number."""
    if isinstance(tree, Sum):
        found = number(tree.constant) if tree.constant else ()
        for part, times in tree.terms:
            found = (*found, *multiplied(terms_of(part), number(times)))
        return found
    if isinstance(tree, Product):
        found = number(1)
        for factor in tree.factors:
            is_side = isinstance(factor, Sum) and any(isinstance(node, Quotient) for node in nodes(factor))
            found = multiplied(found, number(factor.value) if is_side else terms_of(factor))
        return found
    if isinstance(tree, Quotient):
        return divided(terms_of(tree.numerator), terms_of(tree.divisor))
    return number(tree.value)


def agree(written: Terms, own: Terms, *, in_groups: bool) -> bool:
    """Whether a sum that is written has the terms of a formula.

    `in_groups`, also where terms of the one are added up in the other: those written, if they have the same sign.
    """
    if max(len(written), len(own)) > MOST_TERMS:
        return sum_of(written) == sum_of(own)
    ours, theirs = (sorted((term for term in terms if term.value), key=_value) for terms in (written, own))
    values, wanted = list(map(_value, ours)), list(map(_value, theirs))
    if values == wanted:
        return all(_same_factors(a.factors, b.factors) for a, b in zip(ours, theirs, strict=True))
    divides = any(isinstance(factor, Divided) for term in (*ours, *theirs) for factor in term.factors)
    return in_groups and not divides and (_joined(wanted, values, sum) or _joined(values, wanted, _alike))


def _value(term: Term) -> Fraction:
    return term.value


def _alike(values: list[Fraction]) -> Fraction | None:
    """The sum of numbers of one sign."""
    return sum(values, Fraction(0)) if min(values) * max(values) > 0 else None


def _same_factors(one: tuple[Factor, ...], other: tuple[Factor, ...]) -> bool:
    quotients = [[factor for factor in factors if isinstance(factor, Divided)] for factors in (one, other)]
    if len(quotients[0]) == len(quotients[1]) and not all(
        a.below == b.below and agree(a.above, b.above, in_groups=True) for a, b in zip(*quotients, strict=True)
    ):
        return False
    plain = [[_plain(factor) for factor in factors if _plain(factor) != 1] for factors in (one, other)]
    return _joined(plain[0], plain[1], prod) or _joined(plain[1], plain[0], prod)


def _plain(factor: Factor) -> Fraction:
    return factor.value if isinstance(factor, Divided) else factor


def _joined(fine: list[Fraction], coarse: list[Fraction], joined: Joined) -> bool:
    """Whether each number of `coarse` is some of `fine` put together, and none is left."""
    if not coarse or not fine:
        return not coarse and not fine
    if len(coarse) == 1:
        return bool(joined(fine) == coarse[0])
    if len(fine) > MOST_GROUPED:
        return False
    for size in range(1, len(fine) - len(coarse) + 2):
        for chosen in combinations(range(len(fine)), size):
            if joined([fine[place] for place in chosen]) == coarse[0] and _joined(
                [value for place, value in enumerate(fine) if place not in chosen], coarse[1:], joined
            ):
                return True
    return False


# Mistakes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody has written before a number: its terms, if they can be read.

    Of a receptive field that is written as one step, R + (F - 1)*J, `grown_from` is R, and `in_steps` says that F - 1
    was written. `stated` is what the table says of the input of the layer, right or wrong: its receptive field, one
    length an axis, or its shape. A mistake in the layer is made on that, and one before has led to it.
    """

    terms: Terms = ()
    grown_from: int | None = None
    in_steps: bool = False
    stated: Any = None

    def allows(self, mistake: Mistake[Any], way: Recomputation) -> bool:
        """Whether a number that is found in some way, by a mistake, may be written so."""
        if not isinstance(way, LayerRecomputation):
            return True
        if self.stated is not None and not self._is_on_stated(mistake, way):
            return False
        if self.grown_from is not None:
            return mistake.key in MISSPELT or self._is_step(mistake, way)
        sides = way.quantity == "output"
        trees = [tree for tree in (way.formulas_of_sides() if sides else [way.formula()]) if tree] if self.terms else []
        if not trees:
            return not self.terms or mistake.affects != ALONE
        return any(agree(self.terms, terms_of(tree), in_groups=sides) for tree in trees)

    def _is_on_stated(self, mistake: Mistake[Any], way: LayerRecomputation) -> bool:
        """Whether a mistake starts from what is stated, if it starts from there at all."""
        if way.quantity == "receptive_field":
            return mistake.affects == ALONE or mistake.key in FROM_AFAR or way.field_before() == self.stated
        return mistake.affects != SIZES_BEFORE or way.input == self.stated

    def _is_step(self, mistake: Mistake[Any], way: LayerRecomputation) -> bool:
        """Whether the receptive field grows from the one that is written, and by F - 1 if that is."""
        before = way.field_before() if mistake.affects != ALONE else None
        grows = before is not None and all(length == self.grown_from for length in before)
        return grows and (not self.in_steps or mistake.key in IN_STEPS)


NOTHING = Written()
"""A number without a working."""
