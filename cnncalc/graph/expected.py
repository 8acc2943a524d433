"""What a text says of the input of a layer -> Conditions, and the notes on what it leaves unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cnncalc.layers import Condition, Layer, Shape
from cnncalc.layers.condition import never
from cnncalc.spec.model import Expected
from cnncalc.symbolic import Size, is_known

MAPS = ("a vector", "length x channels", "height x width x channels", "depth x height x width x channels")
"""What an input of 0 to 3 axes is."""


def conditions(expected: Expected, count: Size | None, shape: Shape) -> Iterator[Condition]:
    """That an input is as a text says; `count` is the number of its channels, or of its values."""
    module, hint = expected.module, expected.hint
    if expected.axes not in (None, shape.rank):
        yield never(f"{module} takes {MAPS[expected.axes or 0]}, but its input is {shape}", hint)
    elif count is not None:
        found, what = (shape.values, "values") if expected.values else (shape.channels, "channels")
        message = partial("{} takes {} {}, but its input {} has {}".format, module, count, what, shape, found)
        yield Condition(found, "==", count, message, hint, "invalid")


def unsaid(expected: Expected, shape: Shape, layer: Layer) -> str:
    """What is done to the input though the text does not say it, or nothing."""
    if expected.flattened and shape.rank:
        return f"its input {shape} is flattened to {shape.values} values; {expected.flattened}"
    if expected.unshown and is_known(*shape.size):
        word, field, value = expected.unshown
        found, other = (each.output(shape) for each in (layer, type(layer)(**{**layer.given(), field: value})))
        return f"the text does not show whether {word} is set: with it the output is {other}" if other != found else ""
    return ""
