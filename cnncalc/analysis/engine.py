"""Graph -> Analysis: every rule applied to every node, with no layer's name in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

from cnncalc.analysis.convention import Convention
from cnncalc.analysis.memory import peak_values
from cnncalc.analysis.receptive_fields import receptive_fields
from cnncalc.analysis.results import Analysis, InputResult, LayerResult
from cnncalc.graph import Graph, Input, Node
from cnncalc.layers import ReceptiveField
from cnncalc.symbolic import Size, maximum, normalise


def analyze_graph(graph: Graph, convention: Convention | None = None, batch: Size = 1) -> Analysis:
    """What every layer of `graph` makes and costs for a batch of images.

    Raises SpecError if branches with different jumps are merged: the receptive field is undefined there.
    """
    convention = convention or Convention()
    fields = receptive_fields(graph)
    unit = convention.bytes_per_value
    peak = peak_values(graph)
    return Analysis(
        graph=graph,
        convention=convention,
        batch=batch,
        inputs=[_input(each, convention, batch) for each in graph.inputs],
        layers=list(_layers(graph, convention, batch, fields.of_nodes)),
        peak_memory_bytes=None if peak is None else normalise(peak * unit * batch),
        notes=fields.notes,
        fields_read=fields.read,
        uncompared=fields.uncompared,
    )


def _input(given: Input, convention: Convention, batch: Size) -> InputResult:
    """What one input holds."""
    values = normalise(given.shape.values * batch) if convention.input_held else 0
    return InputResult(given.name, given.shape, values, normalise(values * convention.bytes_per_value))


def _layers(graph: Graph, convention: Convention, batch: Size, fields: list[ReceptiveField]) -> Iterator[LayerResult]:
    """What every node makes and costs; the rules are run once for all that are alike."""
    known: dict[Any, LayerResult] = {}
    for node, seen, depth in zip(graph.nodes, fields, _depths(graph), strict=True):
        key = (id(node.layer), node.input, node.shared == "", node.times)
        like = known.get(key)
        if like is None:
            known[key] = like = layer_result(node, convention, batch, seen, depth)
            yield like
        else:
            yield like.elsewhere(node, seen, depth)


def _depths(graph: Graph) -> list[Size]:
    """For every node, the weight layers on the longest path to it."""
    depths: dict[int, Size] = {~number: 0 for number in range(len(graph.inputs))}
    ends = {repeat.last: repeat for repeat in graph.repeats}
    for index, node in enumerate(graph.nodes):
        depths[index] = reduce(maximum, (depths[source] for source in node.sources)) + int(node.layer.weighted)
        if index in ends:
            for repeat in (repeat for repeat in graph.repeats if repeat.last == index):
                more = (repeat.times - 1) * (depths[index] - depths[repeat.source])
                depths.update({inner: depths[inner] + more for inner in range(repeat.first, index + 1)})
    return [depths[index] for index in range(len(graph.nodes))]


def layer_result(node: Node, convention: Convention, batch: Size, seen: ReceptiveField, depth: Size) -> LayerResult:
    """What one node makes and costs, its sizes being integers, symbols, or integers that record their working."""
    layer, shape = node.layer, node.input
    own = 0 if node.shared else node.times
    rounds = batch * node.times
    once = layer.operations(shape)
    macs = normalise(convention.mac_count(layer, shape, once) * rounds)
    once = once if convention.bias else once._replace(bias_adds=0)
    operations = once if rounds == 1 else once.times(rounds)
    held = 0 if layer.in_place or layer.view else node.output.values
    activations = normalise(convention.activation_count(layer, shape, held) * rounds)
    weights = normalise(layer.weights(shape) * own)
    biases = normalise(layer.biases(shape) * own) if convention.bias else 0
    buffers = normalise(layer.buffers(shape) * own)
    return LayerResult(
        node=node,
        weights=weights,
        biases=biases,
        buffers=buffers,
        non_trainable=buffers if convention.statistics else 0,
        operations=operations,
        macs=macs,
        flops=convention.flop_count(operations._replace(macs=macs)),
        activations=activations,
        memory_bytes=normalise(activations * convention.bytes_per_value),
        neurons=normalise(node.output.values * rounds) if layer.weighted else 0,
        receptive_field=seen,
        depth=depth,
        batch=batch,
        bias=convention.bias,
        params=_params(node, convention, weights, biases),
    )


def _params(node: Node, convention: Convention, weights: Size, biases: Size) -> Size:
    """Weights and biases, or what the convention counts as parameters."""
    if not convention.param_rules or node.shared:
        return normalise(weights + biases)
    return normalise(convention.param_count(node.layer, node.input, 0) * node.times)
