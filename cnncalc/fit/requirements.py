"""The conditions of a symbolic Graph -> Demands on its sizes, each a Rule on one whole number.

A condition says that an expression is at least 0, is 0, or is a multiple of a number. The form
of the expression tells when that repeats, or from which size on it stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd
from typing import Any, NamedTuple

from cnncalc.errors import Problem, SpecError
from cnncalc.fit.residues import Rule
from cnncalc.graph import Graph
from cnncalc.layers import Condition
from cnncalc.symbolic import Size, floor_div, is_known, normalise
from cnncalc.symbolic.program import Program
from cnncalc.symbolic.quasilinear import QuasiLinear, UnsolvableError, quasilinear_forms, remainder_period

FARTHEST = 2**62


@dataclass(frozen=True, slots=True)
class Demand:
    """What a layer asks of the sizes: `text` says what, `names` of which symbols, `rule` for which numbers.

    `drops` tells the demands that no pixel be dropped from those without which there is no output.
    """

    layer: str
    text: str
    names: tuple[str, ...]
    rule: Rule
    drops: bool = False


def demands(graph: Graph, *, strict: bool) -> list[Demand]:
    """All that the layers of a graph ask of its symbols, in the order of the layers, each thing once.

    Raises SpecError for what cannot be solved, naming the layer.
    """
    order = {node.name: place for place, node in enumerate(graph.nodes)}
    entries = [(name, condition, False) for name, condition in graph.conditions]
    entries += [(name, note, True) for name, note in graph.fits]
    entries.sort(key=lambda entry: order[entry[0]])
    found: dict[Any, Demand] = {}
    for name, condition, drops in entries:
        asked = _asked(condition, drops and not strict)
        if asked in found or asked.kept():
            continue
        try:
            program = Program([asked.value])
            rule = rule_of(program, asked.relation, asked.divisor, asked.spared)
        except (UnsolvableError, ValueError) as reason:
            message = f"{name}: cannot be solved for the sizes of the input: {asked.text()} ({reason})"
            raise SpecError([Problem(message, None, "give numbers for the other symbols")]) from None
        found[asked] = Demand(name, asked.text(), program.inputs, rule, drops)
    found.update(_fixed(graph, strict))
    return list(found.values())


class Asked(NamedTuple):
    """A value that is to be `>=` 0 or `==` 0, or whose `remainder` by a divisor may be `spared` at most."""

    value: Size
    relation: str
    divisor: Size = 0
    spared: int = 0
    written: str = ""

    def kept(self) -> bool:
        """Whether it holds whatever the symbols are; 0 is a multiple of anything."""
        if self.relation != "remainder" or not is_known(self.divisor):
            return is_known(self.value) and (self.value >= 0 if self.relation == ">=" else self.value == 0)
        return self.spared >= self.divisor - 1 or (is_known(self.value) and self.value % self.divisor <= self.spared)

    def text(self) -> str:
        """It as integer Python: `(H - 11) % 4 == 0`."""
        if self.written:
            return self.written
        value = str(self.value)
        value = value if value.isidentifier() else f"({value})"
        return f"{value} % {self.divisor} {'<=' if self.spared else '=='} {self.spared}"


def _asked(condition: Condition, losing: bool) -> Asked:
    """What a condition asks; with `losing`, that no pixel be lost: what is left over may be padding."""
    left, right = condition.left, condition.right
    if condition.relation != "multiple of":
        return Asked(normalise(left - right), condition.relation, written=str(condition))
    if not losing:
        return Asked(left, "remainder", right)
    lost = condition.dropped_pixels()
    spared = left - right * floor_div(left, right) - lost if is_known(right) else lost
    spared = spared if is_known(spared) else normalise(spared)
    if is_known(spared) and not is_known(lost):
        return Asked(left, "remainder", right, spared)
    return Asked(normalise(-lost), ">=", written=f"{-lost} >= 0")


def _fixed(graph: Graph, strict: bool) -> dict[Any, Demand]:
    """Demands that an axis with a number has already failed: no size of the others keeps them."""
    never = Rule(lambda n: False)
    return {
        (name, note.axis): Demand(name, note.message(), (), never, drops=True)
        for name, note in graph.notes
        if strict or note.dropped_pixels() > 0
    }


# Rules -------------------------------------------------------------------------------------------


def rule_of(program: Program, relation: str, divisor: Size = 0, spared: int = 0) -> Rule:
    """The rule that the one output of a program be `>=` 0 or `==` 0, or leave a `remainder` of `spared` at most.

    All symbols of the program stand for the same number. Raises UnsolvableError.
    """

    def value(n: int) -> int:
        result: int = program.run(dict.fromkeys(program.inputs, n))[0]
        return result

    (form,) = quasilinear_forms(program)
    if relation == "remainder":
        if not is_known(divisor):
            raise UnsolvableError("a divisor depends on a symbol")
        period = _remainder_period(program, form, divisor)
        return Rule(lambda n: value(n) % divisor <= spared, period, form.since)
    equal = relation == "=="
    holds: Callable[[int], bool] = (lambda n: value(n) == 0) if equal else (lambda n: value(n) >= 0)
    if form.slope == 0:
        return Rule(holds, form.period, form.since)
    if form.rises:
        least, past = _reaches(value, form, 0), _reaches(value, form, 1 if equal else 0)
    elif form.slope is None:
        raise UnsolvableError("products of sizes on both sides")
    else:
        least, past = _crossing(form.slope, form.low, form.high)
    if form.since > 1 or (form.slope is not None and form.slope < 0 and not equal):
        least = 1
    return Rule(holds, 1, max(past, form.since), least)


def _remainder_period(program: Program, form: QuasiLinear, divisor: int) -> int:
    if form.slope is None:
        return remainder_period(program, 0, divisor)
    growth = int(form.slope * form.period)
    return form.period * (divisor // gcd(growth, divisor))


def _reaches(value: Callable[[int], int], form: QuasiLinear, wanted: int) -> int:
    """The smallest n, from the form's beginning on, at which a rising value is `wanted` or more."""
    below, step = form.since - 1, 1
    while value(below + step) < wanted:
        below += step
        step *= 2
        if below > FARTHEST:
            raise UnsolvableError(f"the value stays below {wanted}")
    least = below + step
    while least - below > 1:
        middle = (least + below) // 2
        below, least = (middle, least) if value(middle) < wanted else (below, middle)
    return least


def _crossing(slope: Fraction, low: Fraction, high: Fraction) -> tuple[int, int]:
    """(first, past): before `first` and from `past` on, the sign of the value is that of its slope's line."""
    ends = sorted((-low / slope, -high / slope))
    return max(1, ceil(ends[0])), max(1, floor(ends[1]) + 1)
