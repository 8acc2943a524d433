"""A layer -> its name in slide notation, which the spec parser reads back; and how numbers are written there.

A field stands behind its mark, as in conv3-64/2p1d2g4; in brackets if it has none, as in slice8[start=4].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cnncalc.symbolic import Size, floor_div, is_known

MARKS = ("-", "-x", "/", "p", "d", "g", "op", "", "+")
"""What stands before a field, in the order in which they are written; fields without a mark stand in brackets."""
JOINTS = "|".join((*filter(str.isalpha, MARKS), "x"))
SYMBOL = rf"[A-Z]\d*(?:(?![A-Za-z_])|(?=(?:{JOINTS})[\d\[{{A-Z]))"
NUMBER = rf"(?:\d+|{SYMBOL}|\{{[^{{}}]+\}})"
"""A number, a symbol of one capital letter (no layer's name begins there), or an expression in braces."""
SIZES = rf"{NUMBER}(?:x{NUMBER})*"
SIDE = rf"(?:{NUMBER}|\[\s*{NUMBER}\s*,\s*{NUMBER}\s*\])"
SIDES = rf"{SIDE}(?:x{SIDE})*"
CAPITAL = re.compile(r"[A-Z][0-9]*\Z")
LONGEST_VALUE = 40


def pieces(layer: Any, *, short: bool = False) -> Iterator[tuple[str, str]]:
    """(mark, text) of every field that does not go without saying: ("-", "-64"), ("", "[ceil]"), ("+", " + relu").

    The name of a field is the mark of one that stands directly behind the layer's name: ("kernel", "3"). `short` puts
    `...` for a value in brackets of more than LONGEST_VALUE characters.
    """
    leading = layer.leading()
    for name in sorted(_told(layer), key=lambda name: (name != leading, MARKS.index(layer.fields[name].mark))):
        field, value = layer.fields[name], getattr(layer, name)
        text = field.in_notation(value)
        if field.mark == "+":
            yield field.mark, f" + {text}"
        elif field.mark or (name == leading and re.fullmatch(field.pattern, text)):
            yield field.mark or name, field.mark + text
        else:
            words = [word for word, meant in field.bracket_words().items() if meant == value]
            text = "..." if short and len(text) > LONGEST_VALUE else text
            yield field.mark, f"[{words[0] if words else f'{name}={text}'}]"


def _told(layer: Any) -> list[str]:
    """The fields that do not go without saying in slide notation."""
    told = {name: value for name, value in layer.given().items() if name not in layer.counted}
    for name, value in layer.implied(told).items():
        told[name] = layer.fields[name].show(getattr(layer, name))
        if type(layer)(**{**told, name: value}) == layer:
            del told[name]
    return list(told)


def number(value: Size) -> str:
    """A number, or a symbol as slide notation takes it: a capital letter, else in braces."""
    text = str(value)
    return text if is_known(value) or CAPITAL.match(text) else "{" + text + "}"


def size_keeping(kernel: Any, dilation: Any = 1) -> Any:
    """The padding of a convolution where slide notation gives none, for one kernel or one for each axis.

    D*(F - 1)/2 for an odd kernel; else, and for an unknown kernel, 0.
    """
    if not is_known(*_axes(dilation)):  # half of what the kernel spans, which is whole for odd kernels
        return "half" if all(map(_is_odd, _axes(kernel))) else 0
    if not isinstance(kernel, tuple | list) and not isinstance(dilation, tuple | list):
        return floor_div(dilation * (kernel - 1), 2) if _is_odd(kernel) else 0
    axes = max(len(_axes(kernel)), len(_axes(dilation)))
    sides = (_axes(value) * (axes if len(_axes(value)) == 1 else 1) for value in (kernel, dilation))
    return tuple(size_keeping(*pair) for pair in zip(*sides, strict=False))


def _axes(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _is_odd(kernel: Size) -> bool:
    """Whether a kernel is known to have a middle."""
    return is_known(kernel) and kernel % 2 == 1
