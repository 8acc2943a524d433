"""The graph and the size of every output -> the most memory in use at once, and that of training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.analysis.convention import OPTIMIZERS
from cnncalc.graph import Graph
from cnncalc.symbolic import Size, add_up, is_known
from cnncalc.symbolic.arithmetic import greatest

if TYPE_CHECKING:
    from cnncalc.analysis.results import Analysis


def peak_values(graph: Graph) -> Size | None:
    """The most values held at once in inference, layer after layer in order, for one image.

    A volume is held from the step that makes it, an input from the start, to the last step that reads it; the outputs
    of the network are held to the end. Layers that work in place take their input's memory over
    if nobody else still needs it. None where a size or a repeat is a symbol.
    """
    if graph.repeats or not is_known(*(shape.values for shape in graph.shapes)):
        return None
    return max(values_held(graph))


def values_held(graph: Graph) -> Iterator[Size]:
    """The values held at once whenever a volume is made, for one image; their most is the peak."""
    last_read = _last_reads(graph)
    held = {~number: each.shape.values for number, each in enumerate(graph.inputs)}  # by who first made a buffer
    ends = {source: last_read.get(source, 0) for source in held}  # the last step that needs the buffer
    owner = {source: source for source in held}
    freed_after: dict[int, list[int]] = {}
    live = add_up(held.values())
    yield live
    for step, node in enumerate(graph.nodes):
        source = owner[node.sources[0]]
        end = last_read.get(step, len(graph.nodes))
        reuse = node.layer.view or (node.layer.in_place and ends[source] <= step)
        if reuse:
            owner[step] = source
            ends[source] = max(ends[source], end)
        else:
            owner[step] = step
            held[step] = node.output.values
            ends[step] = end
            live += held[step]
            yield live
        for buffer in {*(owner[read] for read in node.sources), owner[step]}:
            freed_after.setdefault(ends[buffer], []).append(buffer)
        for buffer in set(freed_after.pop(step, [])):
            if ends[buffer] == step:
                live -= held.pop(buffer, 0)


def _last_reads(graph: Graph) -> dict[int, int]:
    """For every source, the last step that reads it."""
    return {source: step for step, node in enumerate(graph.nodes) for source in node.sources}


def peak_memory(analysis: Analysis) -> Size | None:
    """The most bytes of activations in use at once, for symbols too; None under a symbolic repeat."""
    if analysis.peak_memory_bytes is not None or analysis.graph.repeats:
        return analysis.peak_memory_bytes
    unit = analysis.batch * analysis.convention.bytes_per_value
    return greatest(values * unit for values in values_held(analysis.graph))


def training_memory(analysis: Analysis) -> dict[str, Size]:
    """Bytes held in a step of training, by what holds them.

    Weights, their gradients and the optimizer's state; every activation kept for the backward
    pass, those of norms too, which only inference may do in place; and a gradient of the same
    size for each (the slide's "~x2 for backward").
    """
    params = analysis.total("params") * analysis.convention.bytes_per_value
    unit = analysis.convention.bytes_per_value * analysis.batch
    kept = (
        layer.output.values * layer.node.times * unit for layer in analysis.layers if layer.node.layer.kept_for_training
    )
    activations = add_up([analysis.total("memory_bytes"), *kept])
    return {
        "weights": analysis.weight_memory_bytes,
        "weight_gradients": params,
        "optimizer_state": params * OPTIMIZERS[analysis.convention.optimizer],
        "activations": activations,
        "activation_gradients": activations,
    }
