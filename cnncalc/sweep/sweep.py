"""Setup and Grid -> Sweep: the measures of a network at every point, from closed forms made once.

Every axis of the grid becomes a symbol if possible. What cannot be one (a list, a switch, a number that changes
which layers there are) is put in value by value; each of its combinations has its own closed forms, which
are run on all its points at once. If a measure has no closed form, and for a few points, the network is
analysed point by point: the rows are the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from html import escape
from math import prod
from typing import Any, ClassVar, NamedTuple, TypeAlias

from cnncalc.analysis.results import Analysis
from cnncalc.errors import Problem, SpecError, UsageError, closest, printable
from cnncalc.limits import MOST_LAYERS, MOST_ROWS
from cnncalc.result import Result
from cnncalc.setup import Setup
from cnncalc.sweep.closed_forms import ClosedForms
from cnncalc.sweep.grid import Grid
from cnncalc.sweep.measures import Measure, value
from cnncalc.sweep.points import Points, sentence

FEW = 24
"""Points for which one analysis each is faster than closed forms."""
MOST_EXPLAINED = 1000
"""Points without numbers that are analysed one by one for their problem; later ones share a sentence."""
FIRST, LARGEST = 512, 65_536
"""Points in the first chunk, and in the largest."""
QUICK = 0.25
"""Seconds a chunk may take before the next one is made smaller."""
Columns: TypeAlias = "dict[str, Sequence[Any]]"


class Chunk(NamedTuple):
    """Some points in a row: a column for every axis, one for every measure, and the problems."""

    places: list[Sequence[Any]]
    values: list[Sequence[Any]]
    problems: Sequence[str | None]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The points one by one, their values in the order of `Sweep.columns`."""
        return zip(*self.places, *self.values, self.problems, strict=True)


class Sweep(Result):
    """The rows of a sweep, computed as they are asked for: dictionaries by column, or Chunks.

    `advance` is called with the number of points whenever some are done.
    """

    view: ClassVar[str] = "sweep"

    def __init__(self, setup: Setup, grid: Grid, measures: Sequence[Measure]) -> None:
        self.setup = setup
        self.grid = grid
        self.measures = tuple(measures)
        self.advance: Callable[[int], object] = lambda points: None
        self.axes = tuple(axis.key for axis in grid.axes)
        self.columns = (*self.axes, *(measure.key for measure in self.measures), "problem")
        self.done = self.solved = 0
        """Points so far, and those of them that have numbers."""
        unrolled = any(measure.layer for measure in self.measures)
        self._points = Points(setup, grid, unrolled=unrolled)
        self._forms: dict[tuple[str, ...], tuple[ClosedForms, dict[Any, str]] | None] = {}

    def __len__(self) -> int:
        """How many points there are."""
        return self.grid.points

    def __repr__(self) -> str:
        """`Sweep(vgg16: input x batch, 8 points)`."""
        count = f"{len(self):,} point{'' if len(self) == 1 else 's'}"
        return f"Sweep({printable(self.setup.spec.key)}: {' x '.join(self.axes)}, {count})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the table, or in a word what it is where that would be too long."""
        return super()._repr_html_() if len(self) <= MOST_ROWS.value else f"<code>{escape(repr(self))}</code>"

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """A dictionary for every point, in the order of the grid."""
        for chunk in self.chunks():
            for row in chunk.rows():
                yield dict(zip(self.columns, row, strict=True))

    def chunks(self) -> Iterator[Chunk]:
        """The points in order, as many at a time as are quickly done.

        Raises UsageError for an unknown layer.
        """
        self._check_layers()
        start, size = 0, FIRST
        self.done = self.solved = 0
        while start < len(self):
            stop = min(start + size, len(self))
            begun = time.perf_counter()
            chunk = self._chunk(start, stop)
            quick = time.perf_counter() - begun < QUICK
            self.done = stop
            self.solved += chunk.problems.count(None)
            self.advance(stop - start)
            yield chunk
            start, size = stop, min(2 * size, LARGEST) if quick else max(size // 2, FEW)

    @cached_property
    def structural(self) -> tuple[str, ...]:
        """The axes whose values are put in one by one; all of them if nothing else gives closed forms.

        A measure that has no closed form in a parameter may have one in the input and the batch.
        """
        if len(self) <= FEW:
            return self.axes
        found = self._points.structural()
        parameters = {axis.key for axis in self.grid.axes if axis.parameter}
        for fixed in (found, tuple(key for key in self.axes if key in found or key in parameters)):
            if prod(len(axis.values) for axis in self.grid.axes if axis.key not in fixed) <= FEW:
                break
            place = self._points.sound_place()
            closed = self._compiled({key: place[key] for key in fixed})
            if closed is not None:
                self._forms[tuple(repr(place[key]) for key in fixed)] = closed, {}
                return fixed
        return self.axes

    def _check_layers(self) -> None:
        """Refuse a layer that the network has neither at the first point nor at the last."""
        names = dict.fromkeys(measure.layer for measure in self.measures if measure.layer)
        found: list[Analysis] = []
        for end in (0, len(self) - 1) if names else ():
            try:
                found.append(self._points.analysis(self._place(self.grid.columns(end, end + 1), 0)))
            except SpecError:
                continue
        for name in names:
            if found and not any(analysis.layers_in(name) for analysis in found):
                hint = closest(name, [layer.name for layer in found[0].layers])
                raise UsageError([Problem(f"{self.setup.spec.key} has no layer '{name}'", None, hint)])

    # Points ---------------------------------------------------------------------------------

    def _chunk(self, start: int, stop: int) -> Chunk:
        """The points of a chunk, those of one structure taken together."""
        columns: Columns = dict(zip(self.axes, self.grid.columns(start, stop), strict=True))
        places = list(columns.values())
        if self.structural == self.axes:
            *values, problems = self._one_by_one(columns, stop - start)
            return Chunk(places, values, problems)
        if not self.structural:
            *values, problems = self._together((), columns, stop - start)
            return Chunk(places, values, problems)
        groups: dict[tuple[str, ...], list[int]] = {}
        for point, combination in enumerate(zip(*(columns[key] for key in self.structural), strict=True)):
            groups.setdefault(tuple(map(repr, combination)), []).append(point)
        result: list[list[Any]] = [[None] * (stop - start) for _ in (*self.measures, "problem")]
        for combination, points in groups.items():
            found = self._together(combination, _at(columns, points), len(points))
            for mine, theirs in zip(result, found, strict=True):
                for point, entry in zip(points, theirs, strict=True):
                    mine[point] = entry
        return Chunk(places, list(result[:-1]), result[-1])

    def _together(self, combination: tuple[str, ...], columns: Columns, points: int) -> list[Sequence[Any]]:
        """A column for every measure, and the problems, for points of one structure."""
        if combination not in self._forms:
            closed = self._compiled({key: columns[key][0] for key in self.structural})
            self._forms[combination] = None if closed is None else (closed, {})
        found = self._forms[combination]
        if found is None:
            return self._one_by_one(columns, points)
        closed, explained = found
        holds = closed.holds(columns, points)
        if all(holds):
            return [*closed.values(columns, points), [None] * points]
        good = [point for point, held in enumerate(holds) if held]
        sound = zip(*closed.values(_at(columns, good), len(good)), [None] * len(good), strict=True)
        rows = [
            next(sound) if held else self._failing(closed, explained, self._place(list(columns.values()), point))
            for point, held in enumerate(holds)
        ]
        return list(zip(*rows, strict=True))

    def _compiled(self, fixed: Mapping[str, Any]) -> ClosedForms | None:
        """The closed forms of one structure; None if there are none, or not for every measure.

        Checked against an analysis at the first and at the last point before they are used.
        """
        free = [axis for axis in self.grid.axes if axis.key not in fixed]
        try:
            analysis = self._points.analysis(fixed)
            ranges = {axis.key: axis.values.bounds() for axis in free}
            most_layers = self.setup.limits.get(MOST_LAYERS.name, MOST_LAYERS.default)
            closed = ClosedForms(analysis, self.measures, ranges, most_layers)
        except ValueError:  # SpecError too: point by point, each will have its problem
            return None
        for end in (0, -1):
            place = {**fixed, **{axis.key: axis.values[end % len(axis.values)] for axis in free}}
            columns = {key: [number] for key, number in place.items()}
            if closed.holds(columns, 1)[0]:
                found = tuple(column[0] for column in closed.values(columns, 1))
                if (*found, None) != self._row(place):
                    return None
        return closed

    def _failing(self, closed: ClosedForms, explained: dict[Any, str], place: Mapping[str, Any]) -> tuple[Any, ...]:
        """A point at which the closed forms do not hold: its problem, in the words of an analysis of its own."""
        key = tuple(place[name] for name in closed.decisive)
        nothing = (None,) * len(self.measures)
        if key not in explained and len(explained) >= MOST_EXPLAINED:
            return (*nothing, f"the network does not fit: {closed.presumed}")
        if key not in explained:
            row = self._row(place)
            if row[-1] is None:
                return row
            explained[key] = row[-1]
        return (*nothing, explained[key])

    def _one_by_one(self, columns: Columns, points: int) -> list[Sequence[Any]]:
        places = list(columns.values())
        return list(zip(*(self._row(self._place(places, point)) for point in range(points)), strict=True))

    def _place(self, places: Sequence[Sequence[Any]], point: int) -> dict[str, Any]:
        return {key: column[point] for key, column in zip(self.axes, places, strict=True)}

    def _row(self, place: Mapping[str, Any]) -> tuple[Any, ...]:
        """The measures at a point and None; or, where it has none, the first problem that an analysis finds."""
        try:
            analysis = self._points.analysis(place)
            readings = [measure.read(analysis) for measure in self.measures]
        except SpecError as error:
            return (*[None] * len(self.measures), sentence(error.problems[0]))
        missing = [measure.layer for measure, reading in zip(self.measures, readings, strict=True) if reading is None]
        return (
            *map(value, self.measures, readings),
            f"the network has no layer '{missing[0]}' here" if missing else None,
        )


def _at(columns: Columns, points: Sequence[int]) -> Columns:
    """The columns at some of the points."""
    return {key: [column[point] for point in points] for key, column in columns.items()}
