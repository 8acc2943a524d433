"""The words of slide notation: what a layer's name, a number, a stride or a padding look like, and stand for."""

from __future__ import annotations

import re
from typing import Any

from cnncalc.layers import CATALOGUE
from cnncalc.layers.notation import is_odd, size_keeping
from cnncalc.spec.expressions import Expression

WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
# A number, a symbol of one capital letter (no layer's name begins there), or an expression in braces.
NUMBER = r"(?:\d+|[A-Z]\d*(?:(?![A-Za-z_])|(?=(?:op|[pdgx])[\d\[{A-Z]))|\{[^{}]+\})"
BEFORE_SYMBOL = re.compile(r"([a-z_]+)[A-Z]\d*(?:(?![A-Za-z_])|(?=(?:op|[pdgx])[\d\[{A-Z]))")
SIZES = re.compile(rf"{NUMBER}(?:x{NUMBER})*")
COUNT = re.compile(rf"-\s*({NUMBER})")
MULTIPLIER = re.compile(rf"-\s*x({NUMBER})")
STRIDE = re.compile(rf"\s*/({NUMBER}(?:x{NUMBER})*)")
PADDING = re.compile(rf"\s*[pP]((?:{NUMBER}|\[[A-Za-z0-9, ]+\])(?:x(?:{NUMBER}|\[[0-9, ]+\]))*)")
OUTPUT_PADDING = re.compile(rf"\s*op({NUMBER}(?:x{NUMBER})*)")
DILATION = re.compile(rf"\s*d({NUMBER}(?:x{NUMBER})*)")
GROUPS = re.compile(rf"\s*g({NUMBER})")
REPEAT = re.compile(rf"\s*(?:\*\s*|\s+[xX\u00d7]\s*|(?<=[\])}}\d])[xX]\s*)({NUMBER}|[A-Za-z]\w*)")
PART = re.compile(rf"{NUMBER}|\[[^\]]*\]")


def layer_name(text: str) -> tuple[str, int]:
    """The layer type that `text` begins with, and the length of its name.

    The longest name wins: `relu6` is a layer, but `conv2` is a conv of kernel 2.
    """
    word = WORD.match(text)
    if word is None:
        return "", 0
    candidates = [text[: word.end() + 2], text[: word.end() + 1], word[0]]
    if symbol_follows := BEFORE_SYMBOL.match(text):
        candidates.append(symbol_follows[1])
    for name in candidates:
        if name.lower() in CATALOGUE:
            return name.lower(), len(name)
    return "", 0


def names_in(value: Any) -> set[str]:
    """The symbols in the value of a field."""
    if isinstance(value, tuple):
        return {name for part in value for name in names_in(part)}
    return set(value.names) if isinstance(value, Expression) else set()


def evaluated(value: Any, environment: dict[str, Any]) -> Any:
    """The value of a field, with its expressions evaluated; raises ExpressionError."""
    if isinstance(value, tuple):
        return tuple(evaluated(part, environment) for part in value)
    return value.evaluate(environment) if isinstance(value, Expression) else value


def keeping(kernel: Any, dilation: Any) -> Any:
    """The padding that keeps the size, for one kernel or one per axis."""
    if names_in(dilation):  # a symbol: half of what the kernel spans, which is whole for odd kernels
        return "half" if all(is_odd(side) for side in (kernel if isinstance(kernel, tuple) else (kernel,))) else 0
    if not isinstance(kernel, tuple) and not isinstance(dilation, tuple):
        return size_keeping(kernel, dilation)
    axes = len(kernel) if isinstance(kernel, tuple) else len(dilation)
    kernels = kernel if isinstance(kernel, tuple) else (kernel,) * axes
    dilations = dilation if isinstance(dilation, tuple) else (dilation,) * axes
    return tuple(size_keeping(*pair) for pair in zip(kernels, dilations, strict=False))
