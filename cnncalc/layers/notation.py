"""A layer with a window -> its name in slide notation, which the spec parser reads back."""

from __future__ import annotations

import re
from typing import Any

from cnncalc.layers.fields import per_axis
from cnncalc.symbolic import Size, floor_div, is_known

CAPITAL = re.compile(r"[A-Z][0-9]*\Z")


def windowed(name: str, layer: Any, width: str = "", *, stride: Any = (1,), keeps_size: bool = True) -> str:
    """`conv7-64/2p3` and the like: name, kernel, `width`, `/stride`, `p` padding, `d` dilation.

    What goes without saying is left out: `stride`, and the padding that keeps the size
    (`keeps_size`) or none.
    """
    text = name + sides(layer.kernel) + width
    if layer.stride != stride:
        text += "/" + sides(layer.stride)
    if not _goes_without_saying(layer, keeps_size):
        text += "p" + _padding(layer)
    if any(step != 1 for step in layer.dilation):
        text += "d" + sides(layer.dilation)
    if layer.rounding != "floor":
        text += f"[{layer.rounding}]"
    return text


def sides(values: tuple[Size, ...]) -> str:
    """One number where all axes have the same, else one per axis: 3, or 1x7; symbols as in {k}."""
    if len(set(values)) == 1:
        return number(values[0])
    return "x".join(map(number, values))


def number(value: Size) -> str:
    """A number, or a symbol as slide notation takes it: a capital letter, else in braces."""
    text = str(value)
    return text if is_known(value) or CAPITAL.match(text) else "{" + text + "}"


def _goes_without_saying(layer: Any, keeps_size: bool) -> bool:
    if isinstance(layer.padding, str):
        return bool(layer.padding == "half") and keeps_size and all(is_odd(kernel) for kernel in layer.kernel)
    axes = max(len(layer.kernel), len(layer.dilation), len(layer.padding))
    spread = zip(per_axis(layer.kernel, axes), per_axis(layer.dilation, axes), strict=False)
    usual = [size_keeping(kernel, dilation) if keeps_size else 0 for kernel, dilation in spread]
    margins = layer.padding * axes if len(layer.padding) == 1 else layer.padding
    return [(side, side) for side in usual] == list(margins)


def size_keeping(kernel: Size, dilation: Size = 1) -> Size:
    """(F - 1)/2 for an odd kernel: the padding of slide notation where none is written; else 0."""
    return floor_div(dilation * (kernel - 1), 2) if is_odd(kernel) else 0


def is_odd(kernel: Size) -> bool:
    """Whether a kernel is known to have a middle."""
    return is_known(kernel) and kernel % 2 == 1


def _padding(layer: Any) -> str:
    if isinstance(layer.padding, str):
        return f"[{layer.padding}]"
    return "x".join(number(before) if before == after else f"[{before},{after}]" for before, after in layer.padding)
