"""Conditions, and what is assumed of the symbols -> what must still hold for the closed forms to be true."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.errors import Problem, SpecError
from cnncalc.graph import Graph
from cnncalc.layers import Condition
from cnncalc.spec.assumptions import Assumption
from cnncalc.symbolic import Size, floor_div, is_known, lower_bound, multiplied_out


def assume(value: Size, assumptions: Sequence[Assumption]) -> Size:
    """A size under the assumptions: equalities put in, then the floors that remainders resolve."""
    if is_known(value) or not assumptions:
        return value
    from cnncalc.symbolic.assuming import put_equal, put_remainders

    for each in assumptions:
        if each.relation == "==" and not each.divisor:
            symbolic = str(each.value).isidentifier()  # of two symbols, the first stays
            value = (
                put_equal(value, str(each.value), each.symbol) if symbolic else put_equal(value, each.name, each.value)
            )
    return put_remainders(value, _remainders(assumptions))


def _remainders(assumptions: Sequence[Assumption]) -> dict[str, tuple[int, int]]:
    """{name: (divisor, remainder)}, all that is said of one symbol taken together."""
    from cnncalc.symbolic.assuming import joint_remainder

    said: dict[str, list[tuple[int, int]]] = {}
    for each in assumptions:
        if each.divisor:
            said.setdefault(each.name, []).append((each.divisor, each.value))
    joint = {name: joint_remainder(congruences) for name, congruences in said.items()}
    for name, congruence in joint.items():
        if congruence is None:
            raise SpecError(
                [Problem(f"what is assumed of {name} contradicts itself: no number leaves all the remainders")]
            )
    return {name: congruence for name, congruence in joint.items() if congruence is not None}


def provisos(graph: Graph, assumptions: Sequence[Assumption] = ()) -> list[str]:
    """What must hold of the symbols, beside the assumptions: bounds on one symbol taken together, `H >= 32`.

    Raises SpecError where the assumptions make the network impossible.
    """
    least = {each.name: each.value for each in assumptions if each.relation == ">="}
    equalities = [each for each in assumptions if each.relation == "==" and not each.divisor]
    remainders = _remainders(assumptions) if assumptions else {}
    bounds: dict[str, int] = {}
    others: list[str] = []
    for name, condition in graph.conditions:
        bound = _bound(_under(condition, equalities))
        if bound is not None:
            bounds[bound[0]] = max(bounds.get(bound[0], 1), bound[1])
            continue
        assumed = _under(condition, assumptions)
        holds = _holds(assumed, assumptions)
        if holds is False:
            raise SpecError([Problem(f"{name}: what is assumed contradicts {condition}", None, condition.message())])
        if not holds:
            others.append(str(assumed))
    raised = {name: _raised(bound, remainders.get(name)) for name, bound in bounds.items()}
    return [f"{name} >= {bound}" for name, bound in raised.items() if bound > least.get(name, 1)] + list(
        dict.fromkeys(others)
    )


def _under(condition: Condition, assumptions: Sequence[Assumption]) -> Condition:
    """The condition with what is assumed put into both sides."""
    left, right = (assume(side, assumptions) for side in (condition.left, condition.right))
    return condition._replace(left=left, right=right)


def _bound(condition: Condition) -> tuple[str, int] | None:
    """The bound on one symbol that a condition comes to."""
    known = condition.relation == ">=" and is_known(condition.right) and not is_known(condition.left)
    return lower_bound(condition.left, condition.right) if known else None


def _holds(condition: Condition, assumptions: Sequence[Assumption]) -> bool | None:
    """As Condition.holds, but a multiple is also seen from the assumptions."""
    holds = condition.holds()
    if holds is None and condition.relation == "multiple of":
        quotient = assume(floor_div(condition.left, condition.right), assumptions)
        remainder = multiplied_out(condition.left - condition.right * quotient)
        return remainder == 0 if is_known(remainder) else None
    return holds


def _raised(bound: int, remainder: tuple[int, int] | None) -> int:
    """The smallest number from `bound` up that leaves the remainder."""
    return bound if remainder is None else bound + (remainder[1] - bound) % remainder[0]
