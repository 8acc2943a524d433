"""A Graph -> the text of a prototxt, written from Caffe's documentation: the other way than the reader goes.

A batch norm becomes a BatchNorm and a Scale, a depthwise convolution a Convolution with as many groups as channels, an
activation a layer of its own, and layers that Caffe computes in place write their bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnncalc.graph import Graph, Node

IN_PLACE = {"relu": "ReLU", "dropout": "Dropout"}
PLAIN = {"relu": "ReLU", "dropout": "Dropout", "softmax": "Softmax", "flatten": "Flatten", "concat": "Concat"}


def prototxt(graph: Graph) -> str:
    """The network as Caffe reads it."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield f'name: "{graph.title}"'
    shape = graph.inputs[0].shape
    dims = " ".join(f"dim: {size}" for size in (1, shape.channels, *shape.size))
    yield f'layer {{ name: "data" type: "Input" top: "data" input_param {{ shape {{ {dims} }} }} }}'
    blobs = {-1: "data"}
    readers = [source for node in graph.nodes for source in node.sources]
    for index, node in enumerate(graph.nodes):
        bottoms = [blobs[source] for source in node.sources]
        top = node.name
        if node.layer.kind in IN_PLACE and node.sources[0] >= 0 and readers.count(node.sources[0]) == 1:
            top = bottoms[0]
        kind, fields = WRITERS[node.layer.kind](node)
        yield _layer(node.name, kind, bottoms, top, fields)
        if node.layer.kind == "batchnorm":
            yield _layer(f"{node.name}.scale", "Scale", [top], top, "scale_param { bias_term: true }")
        activation = getattr(node.layer, "activation", None)
        if activation is not None:
            yield _layer(f"{node.name}.{activation.kind}", PLAIN[activation.kind], [top], top, "")
        blobs[index] = top


def _layer(name: str, kind: str, bottoms: list[str], top: str, fields: str) -> str:
    joined = " ".join(f'bottom: "{bottom}"' for bottom in bottoms)
    return f'layer {{\n  name: "{name}"\n  type: "{kind}"\n  {joined}\n  top: "{top}"\n  {fields}\n}}'


def _window(node: Node) -> str:
    """Kernel, stride and padding as Caffe writes them: one for both axes, or one for each."""
    windows = node.layer.windows_on(node.input)
    texts = []
    for name, values in (
        ("kernel", [window.kernel for window in windows]),
        ("stride", [window.stride for window in windows]),
        ("pad", [window.margins(8)[0] for window in windows]),
    ):
        if len(set(values)) == 1:
            texts.append(f"{'kernel_size' if name == 'kernel' else name}: {values[0]}")
        else:
            texts.append(f"{name}_h: {values[0]} {name}_w: {values[1]}")
        assert all(window.margins(8)[0] == window.margins(8)[1] for window in windows)
    return " ".join(texts)


def _convolution(node: Node) -> tuple[str, str]:
    layer: Any = node.layer
    groups = node.input.channels if layer.kind == "depthwise" else layer.groups
    bias = "" if layer.bias else " bias_term: false"
    dilation = "" if set(layer.dilation) == {1} else f" dilation: {layer.dilation[0]}"
    fields = f"num_output: {node.output.channels} group: {groups} {_window(node)}{bias}{dilation}"
    return "Convolution", f"convolution_param {{ {fields} }}"


def _pool(method: str) -> Callable[[Node], tuple[str, str]]:
    def write(node: Node) -> tuple[str, str]:
        layer: Any = node.layer
        rounding = " round_mode: FLOOR" if layer.rounding == "floor" else ""
        return "Pooling", f"pooling_param {{ pool: {method} {_window(node)}{rounding} }}"

    return write


def _dense(node: Node) -> tuple[str, str]:
    layer: Any = node.layer
    bias = "" if layer.bias else " bias_term: false"
    return "InnerProduct", f"inner_product_param {{ num_output: {layer.units}{bias} }}"


def _response_norm(node: Node) -> tuple[str, str]:
    layer: Any = node.layer
    return "LRN", f"lrn_param {{ local_size: {layer.channels} }}"


WRITERS: dict[str, Callable[[Node], tuple[str, str]]] = {
    **{kind: lambda node, name=name: (name, "") for kind, name in PLAIN.items()},  # type: ignore[misc]
    "conv": _convolution,
    "depthwise": _convolution,
    "maxpool": _pool("MAX"),
    "avgpool": _pool("AVE"),
    "globalavgpool": lambda node: ("Pooling", "pooling_param { pool: AVE global_pooling: true }"),
    "fc": _dense,
    "lrn": _response_norm,
    "batchnorm": lambda node: ("BatchNorm", "batch_norm_param { use_global_stats: true }"),
    "add": lambda node: ("Eltwise", "eltwise_param { operation: SUM }"),
}
