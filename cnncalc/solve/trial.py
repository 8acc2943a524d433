"""What is said of a layer, with a solution put in -> its Analysis, whose workings show the solution."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.analysis import Analysis, analyze_graph
from cnncalc.graph import INPUT, Graph, Node
from cnncalc.layers import Layer, Shape
from cnncalc.solve.letters import field_of
from cnncalc.solve.one_layer import OneLayer
from cnncalc.symbolic import Size, is_known, substitute
from cnncalc.symbolic.constraint import names_in

ANY_SIZE = 100_000
"""Stands in for a size that does not matter."""


def is_told(said: OneLayer, layer: Layer, shape: Shape) -> bool:
    """Whether all that the output depends on is given or asked for, but for what may as well be 1."""
    open_ones = names_in(*said.quantities(layer, shape)["out"])
    return is_known(*said.values.values()) and {"W", "C", "K", *said.unknowns} >= open_ones


def put_in(said: OneLayer, values: Mapping[str, int]) -> Analysis:
    """The layer with a solution put in, analysed; what is not known and does not matter is as small as can be."""
    return analysed(said, said.layer(**fields(said, values)), plain_shape(said, values))


def fields(said: OneLayer, values: Mapping[str, int]) -> dict[str, int]:
    """The fields of a layer with a solution put in."""
    found = {field_of(letter, said.kind): value for letter, value in values.items() if field_of(letter, said.kind)}
    filters = field_of("K", said.kind)
    return {filters: _groups(said, values), **found} if filters and "K" not in said.values else found


def _groups(said: OneLayer, values: Mapping[str, int]) -> int:
    """The number of groups, which is the smallest number of channels that there can be."""
    return values.get("G", said.values.get("G", 1))


def plain_shape(said: OneLayer, values: Mapping[str, int]) -> Shape:
    """The shape with a solution put in, and the smallest number of channels where it does not matter."""
    shape = said.shape()

    def number(size: Size) -> Size:
        return substitute(size, {"C": _groups(said, values), "W": ANY_SIZE, **values})

    return Shape(number(shape.channels), *map(number, shape.size))


def analysed(said: OneLayer, layer: Layer, shape: Shape) -> Analysis:
    """A network of one layer, analysed."""
    graph = Graph(layer.notation(), shape)
    graph.nodes.append(Node(layer.kind, layer, (INPUT,), shape, layer.output(shape)))
    graph.notes.extend(
        (layer.kind, each) for each in layer.conditions(shape) if each.severity == "note" and each.holds() is False
    )
    return analyze_graph(graph, said.convention)
