"""Assumptions -> Premises: what each symbol equals, leaves when divided, and lies between, all taken together.

H == W, W % 4 == 0, W >= 30      W is H; H leaves 0 by 4; H is at least 32
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from cnncalc.errors import Problem, SpecError
from cnncalc.formula.assumptions import Assumption, names_in
from cnncalc.layers import Condition
from cnncalc.symbolic import Size, bound, floor_div, is_known, multiplied_out, normalise, symbol, written


@dataclass(slots=True, eq=False, repr=False)
class Premises:
    """What is assumed, in a form to be put into sizes.

    `equal` holds no symbol on its right sides that it replaces; `remainders` are {name: (divisor,
    remainder)}. What cannot be put in stays in `conditions`, and in `facts`, which are at least 0.
    """

    equal: dict[str, Size] = field(default_factory=dict)
    remainders: dict[str, tuple[int, int]] = field(default_factory=dict)
    ranges: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
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
        """Take a bound on a symbol up, moved to the next number that it may be; whether any number is left."""
        divisor, remainder = self.remainders.get(name, (1, 0))
        least, most = self.range_of(name)
        if relation == ">=":
            least = max(least, limit + (remainder - limit) % divisor)
        else:
            limit -= (limit - remainder) % divisor
            most = limit if most is None else min(most, limit)
        self.ranges[name] = least, most
        return most is None or least <= most

    def settle(self, condition: Condition) -> None:
        """Keep a condition that is open, drop one that holds; raises SpecError for one that does not."""
        holds = condition.holds()
        if holds is False:
            raise refused("what is assumed contradicts itself", f"it comes to {condition}")
        if holds is None:
            self.conditions.append(condition)


def refused(message: str, hint: str = "") -> SpecError:
    """A problem of what is assumed or asked for, which is one of usage."""
    error = SpecError([Problem(message, None, hint)])
    error.exit_status = 2
    return error


def premises_of(assumptions: Sequence[Assumption]) -> Premises:
    """All assumptions taken together; raises SpecError where they contradict one another."""
    found, remainders = Premises(), [each for each in assumptions if each.divisor]
    waiting = [each for each in assumptions if each.relation == "==" and not each.divisor]
    while waiting:
        left_over = [each for each in waiting if not _equate(found, each, remainders)]
        if len(left_over) == len(waiting):
            break
        waiting = left_over  # one that could not be put in may be now, after the others
    for each in waiting:
        found.settle(Condition(found.put(each.over * each.left), "==", found.put(each.right), lambda: ""))
    _divide(found, remainders)
    for each in assumptions:
        if each.relation != "==":
            _limit(found, each)
    _check_facts(found)
    return found


# Equalities --------------------------------------------------------------------------------------


def _equate(found: Premises, each: Assumption, remainders: list[Assumption]) -> bool:
    """Take an equality up; whether it could be: of two symbols the first stays."""
    left, right = found.put(each.left), found.put(each.right)
    difference = multiplied_out(each.over * left - right)
    if is_known(difference):
        if difference != 0:
            raise _contradiction([each])
        return True
    if each.over != 1 and _is_symbol(left):
        return _bind_whole(found, left, right, each, remainders) or _bind_any(found, difference, left, right)
    for side, other in ((right, left), (left, right)) if _is_symbol(right) else ((left, right),):
        if _is_symbol(side) and str(side) not in names_in(other):
            return _bind(found, str(side), other)
    return _bind_any(found, difference, left, right)


def _bind_whole(found: Premises, left: Size, above: Any, each: Assumption, remainders: list[Assumption]) -> bool:
    """`P == (F - 1)/2`, where F stands alone: P is the floor, and F leaves what makes it whole."""
    if is_known(above):
        return False
    number, rest = above.as_coeff_Add()
    if not _is_symbol(rest) or str(left) == str(rest):
        return False
    remainders.append(Assumption(each.text, rest, "==", -int(number) % each.over, each.over))
    return _bind(found, str(left), floor_div(above, each.over))


def _bind_any(found: Premises, difference: Size, left: Size, right: Size) -> bool:
    """Bind the first symbol that an equality gives without a division: of `2*P == F - 1`, F."""
    from cnncalc.symbolic.linear import denominator, solved_for

    for name in dict.fromkeys((*names_in(right), *names_in(left))):
        value = solved_for(difference, 0, name)
        if value is not None and denominator(value) == 1:
            return _bind(found, name, multiplied_out(value))
    return False


def _bind(found: Premises, name: str, value: Size) -> bool:
    from cnncalc.symbolic.rewriting import put_equal

    found.equal = {each: put_equal(other, name, value) for each, other in found.equal.items()}
    found.equal[name] = value
    return True


def _is_symbol(value: Size) -> bool:
    return bool(getattr(value, "is_Symbol", False))


# Remainders and bounds ---------------------------------------------------------------------------


def _divide(found: Premises, assumptions: Iterable[Assumption]) -> None:
    """Take the remainders up, those of one symbol as one."""
    from cnncalc.symbolic.rewriting import joint_remainder

    said: dict[str, list[Assumption]] = {}
    for each in assumptions:
        value = found.put(each.left)
        if _is_symbol(value):
            said.setdefault(str(value), []).append(each)
        elif not is_known(value):
            found.settle(Condition(multiplied_out(value - each.right), "multiple of", each.divisor, lambda: ""))
        elif value % each.divisor != each.right:
            raise _contradiction([each])
    for name, congruences in said.items():
        joint = joint_remainder([(each.divisor, int(each.right)) for each in congruences])
        if joint is None:
            raise _contradiction(congruences)
        found.remainders[name] = joint


def _limit(found: Premises, each: Assumption) -> None:
    """Take an inequality up: as a bound on its one symbol, else as it is."""
    larger, smaller = (each.left, each.right) if each.relation == ">=" else (each.right, each.left)
    difference = multiplied_out(found.put(larger) - found.put(smaller))
    if is_known(difference):
        if difference < 0:
            raise _contradiction([each])
        return
    limit = bound(difference)
    if limit is None:
        found.facts.append(difference)
    elif not found.narrow(*limit):
        raise _contradiction([each])


def _check_facts(found: Premises) -> None:
    """Refuse what is at least 0 beside what cannot be then: of `H >= W` and `W >= H + 1`, the sum is -1."""
    from cnncalc.symbolic.bounds import bounds

    sums = [*found.facts, *(joint for pair in combinations(found.facts, 2) for joint in _without_one_symbol(*pair))]
    for each in sums:
        most = bounds(each, found.ranges)[1]
        if most is not None and most < 0:
            raise refused("what is assumed contradicts itself", f"together they say that {written(each)} is at least 0")


def _without_one_symbol(first: Any, second: Any) -> Iterator[Size]:
    """Two sizes multiplied and added so that a symbol which one of them takes away cancels."""
    for name in sorted(set(names_in(first)) & set(names_in(second))):
        mine, its = (normalise(each.coeff(symbol(name))) for each in (first, second))
        if is_known(mine, its) and mine * its < 0:
            yield multiplied_out(abs(its) * first + abs(mine) * second)


def _contradiction(assumptions: Sequence[Assumption]) -> SpecError:
    texts = " and ".join(f"'{each.text}'" for each in assumptions)
    verb = "cannot hold beside the rest" if len(assumptions) == 1 else "leave no number"
    return refused("what is assumed contradicts itself", f"{texts} {verb}")
