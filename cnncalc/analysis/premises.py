"""Assumptions -> Premises: what each symbol equals, leaves when divided, and is at least, all taken together.

H == W, W % 4 == 0, W >= 30      W is H; H leaves 0 by 4; H is at least 32
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnncalc.errors import Problem, SpecError
from cnncalc.layers import Condition
from cnncalc.spec.assumptions import Assumption
from cnncalc.symbolic import Size, is_known, lower_bound, multiplied_out


@dataclass(slots=True, eq=False, repr=False)
class Premises:
    """What is assumed, in a form to be put into sizes.

    `equal` holds no symbol on its right sides that it replaces; `remainders` are {name: (divisor,
    remainder)}. What cannot be put in stays in `conditions`, with what makes an equality possible.
    """

    equal: dict[str, Size] = field(default_factory=dict)
    remainders: dict[str, tuple[int, int]] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)

    def put(self, value: Size) -> Size:
        """A size with the equalities put in."""
        if is_known(value) or not self.equal:
            return value
        from cnncalc.symbolic.assuming import put_equal

        for name, other in self.equal.items():
            value = put_equal(value, name, other)
        return value

    def apply(self, value: Size) -> Size:
        """A size under the assumptions: equalities put in, then the floors that remainders resolve."""
        value = self.put(value)
        if is_known(value) or not self.remainders:
            return value
        from cnncalc.symbolic.assuming import put_remainders

        return put_remainders(value, self.remainders)

    def raised(self, name: str, bound: int) -> int:
        """The smallest number from `bound` up that the symbol may be."""
        divisor, remainder = self.remainders.get(name, (1, 0))
        return bound + (remainder - bound) % divisor


def premises_of(assumptions: Sequence[Assumption]) -> Premises:
    """All assumptions taken together; raises SpecError where they contradict one another."""
    found = Premises()
    waiting = [each for each in assumptions if each.relation == "==" and not each.divisor]
    while waiting:
        left_over = [each for each in waiting if not _equate(found, each)]
        if len(left_over) == len(waiting):
            break
        waiting = left_over  # one that could not be put in may be now, after the others
    for each in waiting:
        _settle(found, Condition(found.put(each.symbol), "==", found.put(each.value), lambda: ""))
    for value in found.equal.values():
        _settle(found, Condition(value, ">=", 1, lambda: ""))
    _divide(found, assumptions)
    for each in assumptions:
        if each.relation == ">=":
            _bound(found, each)
    return found


def _symbols(value: Size) -> set[str]:
    return {str(free) for free in getattr(value, "free_symbols", ())}


def _equate(found: Premises, each: Assumption) -> bool:
    """Take an equality up; whether it could be: of two symbols the first stays."""
    left, right = found.put(each.symbol), found.put(each.value)
    difference: Any = multiplied_out(left - right)
    if difference == 0:
        return True
    if is_known(difference) or difference.is_zero is False:
        raise _contradiction([each])
    for side, other in ((right, left), (left, right)) if _is_symbol(right) else ((left, right),):
        if _is_symbol(side) and str(side) not in _symbols(other):
            _bind(found, str(side), other)
            return True
    return False


def _is_symbol(value: Size) -> bool:
    return bool(getattr(value, "is_Symbol", False))


def _bind(found: Premises, name: str, value: Size) -> None:
    from cnncalc.symbolic.assuming import put_equal

    found.equal = {each: put_equal(other, name, value) for each, other in found.equal.items()}
    found.equal[name] = value


def _settle(found: Premises, condition: Condition) -> None:
    """Keep a condition that is open, drop one that holds, refuse one that does not."""
    holds = condition.holds()
    if holds is False:
        raise SpecError([Problem("what is assumed contradicts itself", None, f"it comes to {condition}")])
    if holds is None:
        found.conditions.append(condition)


def _divide(found: Premises, assumptions: Iterable[Assumption]) -> None:
    """Take the remainders up, those of one symbol as one."""
    from cnncalc.symbolic.assuming import joint_remainder

    said: dict[str, list[Assumption]] = {}
    for each in assumptions:
        if each.divisor:
            value = found.put(each.symbol)
            if is_known(value) and value % each.divisor != each.value:
                raise _contradiction([each])
            if _is_symbol(value):
                said.setdefault(str(value), []).append(each)
    for name, congruences in said.items():
        joint = joint_remainder([(each.divisor, int(each.value)) for each in congruences])
        if joint is None:
            raise _contradiction(congruences)
        found.remainders[name] = joint


def _bound(found: Premises, each: Assumption) -> None:
    """Take a bound up, raised to the next number that the remainders let the symbol be."""
    value = found.put(each.symbol)
    bound = None if is_known(value) else lower_bound(value, each.value)
    if bound is None:
        _settle(found, Condition(value, ">=", each.value, lambda: ""))
    else:
        name, least = bound
        found.least[name] = max(found.least.get(name, 1), found.raised(name, max(least, 1)))


def _contradiction(assumptions: Sequence[Assumption]) -> SpecError:
    texts = " and ".join(f"'{each.text}'" for each in assumptions)
    verb = "cannot hold beside the rest" if len(assumptions) == 1 else "leave no number"
    return SpecError([Problem("what is assumed contradicts itself", None, f"{texts} {verb}")])
