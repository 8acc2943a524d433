"""Analysis -> the lines of the lecture slides on VGG: volume, memory and the working of the params."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.layers import Shape
from cnncalc.report import numbers
from cnncalc.symbolic import add_up, is_known, normalise


def render(analysis: Analysis) -> str:
    """A line for the input and every layer that holds memory or parameters; then the totals.

    The figures in `memory` are for one image, in values; the totals are the true sums, where
    the slide's own (24M, 93MB) is wrong.
    """
    return "\n".join(_lines(analysis)) + "\n"


def _lines(analysis: Analysis) -> Iterator[str]:
    shapes = [each.shape for each in analysis.inputs]
    for shape in shapes:
        yield f"INPUT: {_volume(shape)} memory: {_memory(shape)} params: 0"
    for layer in analysis.layers:
        if layer.activations == 0 and layer.params == 0:
            continue
        memory = _memory(layer.output) if layer.activations != 0 else "0"
        yield f"{layer.node.layer.slide_name()}: {_volume(layer.output)} memory: {memory} params: {_params(layer)}"
    held = (layer.output.values for layer in analysis.layers if layer.activations != 0)
    values = add_up([*(shape.values for shape in shapes), *held])
    unit = analysis.convention.bytes_per_value
    size = _bytes(normalise(values * unit))
    yield f"TOTAL memory: {numbers.short(values)} * {unit} bytes ~= {size} / image (only forward! ~x2 for backward)"
    yield f"TOTAL params: {numbers.short(analysis.total('params'))} parameters"


def _volume(shape: Shape) -> str:
    """`[224x224x64]`; a vector is `[1x1x4096]`."""
    return f"[{shape}]" if shape.size else f"[1x1x{shape.channels}]"


def _memory(shape: Shape) -> str:
    """`224*224*64=3.2M`: two digits, and small numbers in full."""
    if not shape.size:
        return str(shape.channels)
    factors = "*".join(_factor(size) for size in (*shape.size, shape.channels))
    values = shape.values
    return f"{factors}={values if is_known(values) and values < 10_000 else numbers.short(values, 2)}"


def _params(layer: LayerResult) -> str:
    """`(3*3*64)*64 = 36,864`, the biases as `+ 64` where they count."""
    if layer.params == 0:
        return "0"
    if normalise(layer.weights + layer.biases - layer.params) != 0:  # a convention counts something else, too
        return numbers.exact(layer.params)
    groups = layer.node.layer.weight_factors(layer.input) if layer.weights != 0 else ()
    products = ["*".join(_factor(factor) for factor in group) for group in groups]
    several = len(products) > 1
    terms = ["*".join(f"({text})" if several and "*" in text else text for text in products)] if products else []
    if layer.biases != 0:
        terms.append(_factor(layer.biases))
    if len(terms) == 1 and terms[0] == str(layer.params):
        return numbers.exact(layer.params)
    return f"{' + '.join(terms)} = {numbers.exact(layer.params)}"


def _factor(value: object) -> str:
    text = str(value)
    return text if is_known(value) or text.isidentifier() else f"({text})"


def _bytes(value: object) -> str:
    """`61MB`, in units of 10^6 bytes."""
    if not is_known(value):
        return f"{value} bytes"
    number, letter = numbers.short(value)[:-1], numbers.short(value)[-1]
    if letter.isdigit():
        return f"{value}B"
    return (number.rstrip("0").rstrip(".") if "." in number else number) + f"{letter}B"
