"""Nodes put in place once under a symbolic `repeat` -> a Repeat, or the reason why they cannot stand for all."""

from __future__ import annotations

from cnncalc.graph.model import INPUT, Graph, Repeat
from cnncalc.layers import Shape
from cnncalc.symbolic import Size, normalise


def repeated(graph: Graph, source: int, first: int, times: Size) -> str:
    """Let the nodes from `first` on, which read `source`, stand for `times` rounds of themselves.

    They can where every round does the same: where they keep the shape and read nothing but one
    another and what comes before the round. The reason why not; nothing where they do.
    """
    nodes = graph.nodes[first:]
    before, after = _shape(graph, source), nodes[-1].output
    if before != after:
        return f"what is repeated must keep its shape, but makes {after} of {before}"
    outside = {read for node in nodes for read in node.sources if read < first} - {source}
    if outside:
        names = ", ".join("the input" if read == INPUT else graph.nodes[read].name for read in sorted(outside))
        return f"what is repeated may read only what comes before it, but it reads {names} too"
    for node in nodes:
        node.times = normalise(node.times * times)
    graph.repeats.append(Repeat(source, first, len(graph.nodes) - 1, times))
    return ""


def _shape(graph: Graph, source: int) -> Shape:
    return graph.input if source == INPUT else graph.nodes[source].output
