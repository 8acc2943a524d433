"""A place in a grid -> the Analysis there, with symbols for some of the axes; and which axes can be symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cnncalc.analysis.engine import analyze_graph
from cnncalc.analysis.results import Analysis
from cnncalc.errors import Problem, SpecError, printable
from cnncalc.graph import Graph
from cnncalc.setup import Setup
from cnncalc.sweep.grid import Grid, argument
from cnncalc.symbolic import symbol


class Points:
    """Analyses of one network at the points of one grid."""

    def __init__(self, setup: Setup, grid: Grid, *, unrolled: bool) -> None:
        """With `unrolled`, a repeat cannot be a symbol: its layers are asked for by name."""
        self.setup = setup
        self.grid = grid
        self.unrolled = unrolled
        self._last: tuple[Any, Graph | SpecError | None] = (None, None)

    def analysis(self, place: Mapping[str, Any]) -> Analysis:
        """The network at a place: for every axis its value there; an axis left out stays a symbol.

        Raises SpecError if there is none. Points that follow one another and differ in the
        batch alone share a graph.
        """
        key = tuple(repr(place.get(axis.key)) for axis in self.grid.axes if axis.key != "batch")
        if self._last[0] != key:
            try:
                self._last = (key, self._graph(place))
            except SpecError as error:
                self._last = (key, error)
        found = self._last[1]
        if not isinstance(found, Graph):
            assert found is not None
            raise found
        batch = place.get("batch", self.grid.batch)
        return analyze_graph(found, self.setup.convention, symbol(batch) if isinstance(batch, str) else batch)

    def _graph(self, place: Mapping[str, Any]) -> Graph:
        settings = {
            axis.parameter: argument(axis, place[axis.key] if axis.key in place else symbol(axis.key))
            for axis in self.grid.axes
            if axis.parameter
        }
        return self.setup.graph(self.grid.input_at(place), settings)

    def structural(self) -> tuple[str, ...]:
        """The keys of the axes that cannot be symbols: they change which layers there are, or are not counts.

        Tried out: with all as symbols at once; if that fails, one by one beside numbers that suit the network.
        """
        first = self.sound_place()
        countable = {axis.key for axis in self.grid.axes if axis.values.counts()}
        fixed = first.keys() - countable
        if not self._stands(first, countable):
            fixed |= {key for key in countable - {"batch"} if not self._stands(first, {key})}
            if not self._stands(first, first.keys() - fixed):
                fixed = first.keys() - {"batch"}
        return tuple(key for key in first if key in fixed)

    def sound_place(self) -> dict[str, Any]:
        """The first, the last or the middle point of the grid, whichever the network can first be built at."""
        for share in (0, 2, 1):
            place = {axis.key: axis.values[share * (len(axis.values) - 1) // 2] for axis in self.grid.axes}
            if self._stands(place, ()):
                return place
        return {axis.key: axis.values[0] for axis in self.grid.axes}

    def _stands(self, first: Mapping[str, Any], symbols: Iterable[str]) -> bool:
        """Whether the network can be built with symbols for these axes, and its first value for every other."""
        try:
            graph = self._graph({key: value for key, value in first.items() if key not in symbols})
        except SpecError:
            return False
        return not (self.unrolled and graph.repeats)


def sentence(problem: Problem) -> str:
    """A problem in a line: what is wrong with which layer, or at which place of the spec."""
    place = f" ({problem.span})" if problem.span and ": " not in problem.message else ""
    return printable(problem.message + place)
