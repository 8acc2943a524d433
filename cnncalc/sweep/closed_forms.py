"""A symbolic Analysis -> ClosedForms: its measures, and the conditions they hold on, compiled to integer programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from cnncalc.analysis.results import Analysis
from cnncalc.formula.validity import field_conditions
from cnncalc.layers import Sides
from cnncalc.limits import LARGEST_OUTPUT
from cnncalc.sweep.measures import UNKNOWN, Measure, Reading, value
from cnncalc.symbolic import Size, add_up, bound, is_known
from cnncalc.symbolic.constraint import HOLDS, Constraint, Range
from cnncalc.symbolic.program import Program
from cnncalc.symbolic.vectorised import divides_safely, evaluate

Columns: TypeAlias = "Mapping[str, Sequence[int]]"


class ClosedForms:
    """Measures of a network as functions of its symbols, to be run on columns of their values."""

    def __init__(
        self,
        analysis: Analysis,
        measures: Sequence[Measure],
        ranges: Mapping[str, Range],
        max_layers: int,
    ) -> None:
        """Compile for symbols that stay in `ranges`.

        Raises ValueError for a measure that is not integer arithmetic in them, or a condition that is not.
        """
        if analysis.uncompared:
            raise ValueError("whether the merged branches have the same jump is unknown")
        self.readings = [_readable(measure, analysis) for measure in measures]
        self.measures = list(measures)
        parts = [part for reading in self.readings if isinstance(reading, tuple) for part in reading]
        self.program = _safe(Program([part for part in parts if not isinstance(part, Fraction)]))
        self.bounds: dict[str, int] = {}
        others: dict[Constraint, None] = {}
        for each in _constraints(analysis, ranges, max_layers):
            limit = bound(each.left - each.right) if each.relation == ">=" else None
            if limit is None or limit[1] != ">=":
                others[each] = None
            elif limit[2] > ranges[limit[0]][0]:
                self.bounds[limit[0]] = max(limit[2], self.bounds.get(limit[0], 1))
        self.relations = [HOLDS[relation] for _, relation, _ in others]
        self.conditions = _safe(Program([side for left, _, right in others for side in (left, right)]))
        bounds = [f"{name} >= {least}" for name, least in self.bounds.items()]
        self.presumed = "it needs " + ", ".join((*bounds, *map(str, others)))
        self.decisive = tuple(dict.fromkeys([*self.bounds, *self.conditions.inputs]))
        """The symbols that decide whether the conditions hold."""

    def holds(self, columns: Columns, points: int) -> list[bool]:
        """For every point, whether all conditions hold there."""
        found = [True] * points
        for name, least in self.bounds.items():
            found = [held and number >= least for held, number in zip(found, columns[name], strict=True)]
        if self.relations:
            sides = iter(evaluate(self.conditions, _of(columns, self.conditions), points))
            for relation, left, right in zip(self.relations, sides, sides, strict=True):
                found = [held and relation(*pair) for held, *pair in zip(found, left, right, strict=True)]
        return found

    def values(self, columns: Columns, points: int) -> list[Sequence[Any]]:
        """A column for every measure; the conditions must hold at all points."""
        numbers = iter(evaluate(self.program, _of(columns, self.program), points))
        return [self._column(pair, numbers, points) for pair in zip(self.measures, self.readings, strict=True)]

    def _column(self, pair: tuple[Measure, Reading], numbers: Iterator[list[int]], points: int) -> Sequence[Any]:
        measure, reading = pair
        if not isinstance(reading, tuple):
            return [reading] * points
        parts = [[part] * points if isinstance(part, Fraction) else next(numbers) for part in reading]
        if isinstance(value(measure, (0,)), int):
            return parts[0]
        return list(zip(*parts, strict=True)) if parts else [()] * points


def _of(columns: Columns, program: Program) -> dict[str, Sequence[int]]:
    return {name: columns[name] for name in program.inputs}


def _safe(program: Program) -> Program:
    if not divides_safely(program):
        raise ValueError("a divisor may be zero")
    return program


def _readable(measure: Measure, analysis: Analysis) -> Reading:
    reading = measure.read(analysis)
    if reading in (None, UNKNOWN) or (isinstance(reading, tuple) and any(isinstance(part, Sides) for part in reading)):
        raise ValueError(f"{measure.key} has no closed form")
    return reading


def _constraints(analysis: Analysis, ranges: Mapping[str, Range], max_layers: int) -> Iterator[Constraint]:
    """All that must hold of the symbols, besides that they are whole numbers from 1 up."""
    for _, condition in (*analysis.graph.conditions, *field_conditions(analysis.graph)):
        yield condition.constraint
    sizes: dict[Size, None] = {}
    for node in analysis.graph.nodes:
        sizes |= dict.fromkeys(size for size in (*node.output.size, node.output.channels) if not is_known(size))
    if Program(sizes).widest(ranges) > LARGEST_OUTPUT.value:
        for size in sizes:
            yield Constraint(LARGEST_OUTPUT.value - size, ">=", 0)
    if analysis.graph.repeats:
        yield Constraint(max_layers - add_up(node.times for node in analysis.graph.nodes), ">=", 0)
