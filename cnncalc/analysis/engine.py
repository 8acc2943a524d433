"""Graph -> Analysis: one loop over the nodes, with no layer's name in it."""

from __future__ import annotations

from cnncalc.analysis.conventions import Convention
from cnncalc.analysis.memory import peak_values
from cnncalc.analysis.receptive_field import JumpConflictError, at_input, merged
from cnncalc.analysis.results import Analysis, InputResult, LayerResult
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import INPUT, Graph, Node
from cnncalc.layers import Reach
from cnncalc.symbolic import Size, normalise


def analyze_graph(graph: Graph, convention: Convention | None = None, batch: Size = 1) -> Analysis:
    """What every layer of `graph` makes and costs for a batch of images.

    Raises SpecError where paths of different jumps meet: their receptive field is none.
    """
    convention = convention or Convention()
    reaches: dict[int, Reach] = {INPUT: at_input(graph.input.rank)}
    depths: dict[int, int] = {INPUT: 0}
    layers: list[LayerResult] = []
    notes: list[str] = []
    problems: list[Problem] = []
    for index, node in enumerate(graph.nodes):
        try:
            reach, aligned = merged([reaches[source] for source in node.sources], node.input.rank)
        except JumpConflictError as conflict:
            problems.append(_conflict(graph, node, conflict, reaches))
            reach, aligned = reaches[node.sources[0]], True
        if not aligned:
            notes.append(f"{node.name}: the paths that meet are misaligned: their windows have different centres")
        reaches[index] = node.layer.reach(reach, node.input)
        depths[index] = max(depths[source] for source in node.sources) + node.layer.weighted
        layers.append(_result(node, convention, batch, reaches[index], depths[index]))
    if problems:
        raise SpecError(problems)
    values = normalise(graph.input.values * batch)
    unit = convention.bytes_per_value
    peak = peak_values(graph)
    return Analysis(
        graph=graph,
        convention=convention,
        batch=batch,
        input=InputResult(graph.input, values, normalise(values * unit)),
        layers=layers,
        peak_memory_bytes=None if peak is None else normalise(peak * unit * batch),
        notes=notes,
    )


def _result(node: Node, convention: Convention, batch: Size, reach: Reach, depth: int) -> LayerResult:
    layer, shape = node.layer, node.input
    own = not node.shared
    operations = layer.operations(shape)
    if batch != 1:
        operations = operations.times(batch)
    activations = 0 if layer.in_place or layer.view else normalise(node.output.values * batch)
    return LayerResult(
        node=node,
        weights=normalise(layer.weights(shape)) if own else 0,
        biases=normalise(layer.biases(shape)) if own and convention.bias else 0,
        buffers=normalise(layer.buffers(shape)) if own else 0,
        operations=operations,
        macs=normalise(operations.macs),
        flops=convention.flop_count(operations),
        activations=activations,
        memory_bytes=normalise(activations * convention.bytes_per_value),
        neurons=normalise(node.output.values * batch) if layer.weighted else 0,
        reach=reach,
        depth=depth,
        batch=batch,
        bias=convention.bias,
    )


def _conflict(graph: Graph, node: Node, conflict: JumpConflictError, reaches: dict[int, Reach]) -> Problem:
    related = []
    for source in node.sources:
        name, span = ("the input", None) if source == INPUT else (graph.nodes[source].name, graph.nodes[source].span)
        jumps = " x ".join(str(axis.jump) for axis in reaches[source].axes)
        related.append((f"{name} has jump {jumps}", span))
    return Problem(f"{node.name}: {conflict}", node.span, "give all paths the same stride in all", tuple(related))
