"""Assumptions -> ConstraintSet: what each symbol equals, its remainder and its bounds, all taken together.

H == W, W % 4 == 0, W >= 30      W is H; H leaves the remainder 0 when divided by 4; H is at least 32
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from cnncalc.errors import Problem, UsageError
from cnncalc.formula.assumptions import Assumption
from cnncalc.symbolic import Size, bound, is_known, multiplied_out, normalise, symbol, written
from cnncalc.symbolic.constraint import Constraint, names_in

CONTRADICTION = "the assumptions contradict one another"


@dataclass(slots=True, eq=False, repr=False)
class ConstraintSet:
    """What is assumed, in a form to be put into sizes.

    `equal` holds no symbol on its right sides that it replaces; `remainders` are {name: (divisor,
    remainder)}. What cannot be put in stays in `others`; `facts` are sizes that are at least 0.
    """

    equal: dict[str, Size] = field(default_factory=dict)
    remainders: dict[str, tuple[int, int]] = field(default_factory=dict)
    ranges: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    others: list[Constraint] = field(default_factory=list)
    facts: list[Size] = field(default_factory=list)

    def put(self, value: Size) -> Size:
        """A size with the equalities put in."""
        if is_known(value) or not self.equal:
            return value
        from cnncalc.symbolic.rewriting import put_equal

        for name, other in self.equal.items():
            value = put_equal(value, name, other)
        return value

    def apply(self, value: Size) -> Size:
        """A size under the assumptions: equalities put in, then the floors that remainders resolve."""
        value = self.put(value)
        if is_known(value) or not self.remainders:
            return value
        from cnncalc.symbolic.rewriting import put_remainders

        return put_remainders(value, self.remainders)

    def range_of(self, name: str) -> tuple[int, int | None]:
        """From the least to the most that a symbol may be, None for no end; none is below 1."""
        divisor, remainder = self.remainders.get(name, (1, 0))
        return self.ranges.get(name, (1 + (remainder - 1) % divisor, None))

    def narrow(self, name: str, relation: str, limit: int) -> bool:
        """Put in a bound on a symbol, moved to the next number that it may be; whether any number is left."""
        divisor, remainder = self.remainders.get(name, (1, 0))
        least, most = self.range_of(name)
        if relation == ">=":
            least = max(least, limit + (remainder - limit) % divisor)
        else:
            limit -= (limit - remainder) % divisor
            most = limit if most is None else min(most, limit)
        self.ranges[name] = least, most
        return most is None or least <= most

    def settle(self, constraint: Constraint, meaning: str = "") -> None:
        """Keep a constraint that is open, drop one that holds; raises UsageError for one that does not."""
        holds = constraint.holds()
        if holds is False:
            raise refused(CONTRADICTION, f"together they give {meaning or constraint}")
        if holds is None:
            self.others.append(constraint)


def refused(message: str, hint: str = "") -> UsageError:
    """A problem with the assumptions."""
    return UsageError([Problem(message, None, hint)])


def constraint_set(assumptions: Sequence[Assumption]) -> ConstraintSet:
    """All assumptions taken together; raises UsageError if they contradict one another."""
    found = ConstraintSet()
    waiting = [each for each in assumptions if each.constraint.relation == "=="]
    while waiting:
        left_over = [each for each in waiting if not _equate(found, each)]
        if len(left_over) == len(waiting):
            break
        waiting = left_over  # one that could not be put in may be now, after the others
    for each in waiting:
        left, relation, right = each.constraint
        found.settle(Constraint(found.put(left), relation, found.put(right)))
    _divide(found, [each for each in assumptions if each.constraint.relation == "multiple of"])
    for each in assumptions:
        if each.constraint.relation == ">=":
            _limit(found, each)
    _check_facts(found)
    return found


# Equalities --------------------------------------------------------------------------------------


def _equate(found: ConstraintSet, each: Assumption) -> bool:
    """Put an equality in; whether that was possible. Of two symbols the first stays."""
    left, right = found.put(each.constraint.left), found.put(each.constraint.right)
    difference = multiplied_out(left - right)
    if is_known(difference):
        if difference != 0:
            raise _contradiction([each])
        return True
    for side, other in ((right, left), (left, right)) if _is_symbol(right) else ((left, right),):
        if _is_symbol(side) and str(side) not in names_in(other):
            return _bind(found, str(side), other)
    return _bind_any(found, difference, left, right)


def _bind_any(found: ConstraintSet, difference: Size, left: Size, right: Size) -> bool:
    """Bind the first symbol that an equality gives without a division: of `2*P == F - 1`, F."""
    from cnncalc.symbolic.linear import denominator, solved_for

    for name in dict.fromkeys((*sorted(names_in(right)), *sorted(names_in(left)))):
        value = solved_for(difference, 0, name)
        if value is not None and denominator(value) == 1:
            return _bind(found, name, multiplied_out(value))
    return False


def _bind(found: ConstraintSet, name: str, value: Size) -> bool:
    from cnncalc.symbolic.rewriting import put_equal

    found.equal = {each: put_equal(other, name, value) for each, other in found.equal.items()}
    found.equal[name] = value
    return True


def _is_symbol(value: Any) -> bool:
    return bool(getattr(value, "is_Symbol", False))


# Remainders and bounds ---------------------------------------------------------------------------


def _divide(found: ConstraintSet, assumptions: Iterable[Assumption]) -> None:
    """Put the remainders in, those of one symbol as one."""
    from cnncalc.symbolic.rewriting import joint_remainder

    stated: dict[str, list[tuple[Assumption, tuple[int, int]]]] = {}
    for each in assumptions:
        value: Any = multiplied_out(found.put(each.constraint.left))
        divisor = each.constraint.right
        number, rest = (value, None) if is_known(value) else value.as_coeff_Add()
        if _is_symbol(rest):
            stated.setdefault(str(rest), []).append((each, (divisor, -int(number) % divisor)))
        elif rest is not None:
            found.settle(Constraint(value, "multiple of", divisor))
        elif value % divisor:
            raise _contradiction([each])
    for name, congruences in stated.items():
        joint = joint_remainder([pair for _, pair in congruences])
        if joint is None:
            raise _contradiction([each for each, _ in congruences])
        found.remainders[name] = joint


def _limit(found: ConstraintSet, each: Assumption) -> None:
    """Put an inequality in: as a bound on its one symbol, else as it is."""
    difference = multiplied_out(found.put(each.constraint.left) - found.put(each.constraint.right))
    if is_known(difference):
        if difference < 0:
            raise _contradiction([each])
        return
    limit = bound(difference)
    if limit is None:
        found.facts.append(difference)
    elif not found.narrow(*limit):
        raise _contradiction([each])


def _check_facts(found: ConstraintSet) -> None:
    """Refuse what is at least 0 beside what cannot be then: of `H >= W` and `W >= H + 1`, the sum is -1."""
    from cnncalc.symbolic.bounds import bounds

    sums = [*found.facts, *(joint for pair in combinations(found.facts, 2) for joint in _without_one_symbol(*pair))]
    for each in sums:
        most = bounds(each, found.ranges)[1]
        if most is not None and most < 0:
            raise refused(CONTRADICTION, f"together they say that {written(each)} is at least 0")


def _without_one_symbol(first: Any, second: Any) -> Iterator[Size]:
    """Two sizes multiplied and added so that a symbol which one of them takes away cancels."""
    for name in sorted(set(names_in(first)) & set(names_in(second))):
        mine, its = (normalise(each.coeff(symbol(name))) for each in (first, second))
        if is_known(mine, its) and mine * its < 0:
            yield multiplied_out(abs(its) * first + abs(mine) * second)


def _contradiction(assumptions: Sequence[Assumption]) -> UsageError:
    texts = " and ".join(dict.fromkeys(f"'{each.text}'" for each in assumptions))
    one = f"{texts} contradicts the others; every symbol is at least 1"
    return refused(CONTRADICTION, one if len(assumptions) == 1 else f"no number satisfies {texts}")
