"""Conditions, and what is assumed of the symbols -> what must still hold for the closed forms to be true."""

from __future__ import annotations

from cnncalc.analysis.premises import Premises
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import Graph
from cnncalc.layers import Condition
from cnncalc.symbolic import Size, floor_div, is_known, lower_bound, multiplied_out


def provisos(graph: Graph, premises: Premises | None = None) -> list[str]:
    """What must hold of the symbols, beside the assumptions: bounds on one symbol taken together, `H >= 32`.

    Raises SpecError where the assumptions make the network impossible.
    """
    premises = premises or Premises()
    bounds: dict[str, int] = {}
    others: list[str] = []
    for name, condition in [*graph.conditions, *(("", condition) for condition in premises.conditions)]:
        equal = condition._replace(left=premises.put(condition.left), right=premises.put(condition.right))
        bound = _bound(equal)
        if bound is not None:
            bounds[bound[0]] = max(bounds.get(bound[0], 1), bound[1])
            continue
        assumed = equal._replace(left=premises.apply(equal.left), right=premises.apply(equal.right))
        holds = _holds(assumed, premises)
        if holds is False:
            raise SpecError([Problem(f"{name}: what is assumed contradicts {condition}", None, condition.message())])
        if not holds:
            others.append(str(assumed))
    raised = {name: premises.raised(name, bound) for name, bound in bounds.items()}
    return [f"{name} >= {bound}" for name, bound in raised.items() if bound > premises.least.get(name, 1)] + list(
        dict.fromkeys(others)
    )


def _bound(condition: Condition) -> tuple[str, int] | None:
    """The bound on one symbol that a condition comes to."""
    known = condition.relation == ">=" and is_known(condition.right) and not is_known(condition.left)
    return lower_bound(condition.left, condition.right) if known else None


def _holds(condition: Condition, premises: Premises) -> bool | None:
    """As Condition.holds, but a multiple is also seen from the assumptions."""
    holds = condition.holds()
    if holds is None and condition.relation == "multiple of":
        quotient: Size = premises.apply(floor_div(condition.left, condition.right))
        remainder = multiplied_out(condition.left - condition.right * quotient)
        return remainder == 0 if is_known(remainder) else None
    return holds
