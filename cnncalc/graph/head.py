"""A network with fully connected layers -> its fully convolutional form: which layer is which convolution.

A fully connected layer on a map of 7x7x512 is a convolution of kernel 7x7 with as many filters as it has units,
and the same weights; behind it, one on a vector is a convolution of kernel 1. On a larger input the
convolutions slide, and every unit becomes a map.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from cnncalc.errors import SpecError
from cnncalc.graph.model import Graph
from cnncalc.symbolic import Size

HEADS = ("fc", "conv")
"""What `--head` can be: fully connected layers as they are, or as convolutions."""
Kernels: TypeAlias = Mapping[str, tuple[Size, ...]]


def kernels(graph: Graph) -> Kernels:
    """The map that every fully connected layer of a graph sees, by its name; flattened or not."""
    maps = {~number: each.shape.size for number, each in enumerate(graph.inputs)}
    found = {}
    for index, node in enumerate(graph.nodes):
        before = node.input.size or maps[node.sources[0]]
        if node.layer.dense:
            found[node.name] = before
            before = (1,) * len(before)
        maps[index] = node.output.size or before
    return found


def changed_weights(graph: Graph) -> list[tuple[str, Size, Size]]:
    """(name, weights, weights at the spec's own input) of the fully connected layers that another input changes."""
    if graph.at_own_input is None:
        return []
    dense = [node for node in graph.nodes if node.layer.dense]
    if not dense:
        return []
    try:
        own = {node.name: node.layer.weights(node.input) for node in graph.at_own_input().nodes}
    except SpecError:  # settings that the spec's own input does not suit
        return []
    pairs = [(node.name, node.layer.weights(node.input), own.get(node.name)) for node in dense]
    return [(name, mine, its) for name, mine, its in pairs if its is not None and mine != its]
