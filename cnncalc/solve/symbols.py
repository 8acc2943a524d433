"""A name as people write it -> the textbook's symbol for a hyperparameter of one layer, or a quantity that follows.

The symbols are those of CS231n (W1, H1, D1, F, S, P, K); the names beside them include those of other courses
(n, f, p, s, n_c) and of libraries (in_channels, padding).
"""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.analysis.quantities import OF_A_LAYER, key_of
from cnncalc.layers import Layer
from cnncalc.layers.windowed import Padding
from cnncalc.symbolic.constraint import Range


class Symbol(NamedTuple):
    """What a symbol stands for, its other names in lower case, and where it is searched: alone, or with others."""

    about: str
    names: tuple[str, ...]
    alone: Range = (1, 10_000)
    together: Range = (1, 4096)
    fields: tuple[str, ...] = ()


SYMBOLS = {
    "W": Symbol(
        "size of the input",
        ("in", "input", "size", "width", "image", "w1", "n", "n_w", "n_in", "input_size", "input_shape"),
        (1, 10**6),
        (1, 1024),
    ),
    "H": Symbol("height of the input", ("height", "h1", "n_h")),
    "F": Symbol(
        "kernel", ("kernel", "kernel_size", "filter_size", "window", "pool_size"), together=(1, 15), fields=("kernel",)
    ),
    "S": Symbol("stride", ("stride", "strides"), together=(1, 8), fields=("stride",)),
    "P": Symbol("padding", ("padding", "pad"), (0, 10_000), (0, 7)),
    "D": Symbol("dilation", ("dilation", "dilation_rate"), together=(1, 8), fields=("dilation",)),
    "C": Symbol("input channels", ("channels", "in_channels", "in_features", "c_in", "cin", "d1", "n_c"), (1, 10**9)),
    "K": Symbol(
        "filters",
        ("filters", "units", "out_channels", "out_features", "c_out", "cout", "d2", "n_c'", "output_channels"),
        (1, 10**9),
        fields=("filters", "units"),
    ),
    "G": Symbol("groups", ("groups",), fields=("groups",)),
    "O": Symbol("output padding", ("output_padding", "op"), (0, 100), (0, 7), ("output_padding",)),
}
ORDER = "WFSPDCKGO"
"""The symbols in the order in which solutions are listed."""
OUTPUTS = {"w2": "out", "w'": "out", "h2": "out_height", "h'": "out_height", "r": "rf"}
SHOWN = {
    "output": "out",
    "receptive_field": "rf",
    "memory_bytes": "memory",
    "adds": "additions",
    "multiplies": "multiplications",
}
"""Quantities by another name than their key."""
USUAL = ("out", "params", "weights", "macs", "flops", "rf")
OTHER_MEANING = ("input", "depth", "padding", "jump", "centre")
"""Quantities of a network whose names mean something else of one layer, or nothing new."""


def field_of(letter: str, kind: type[Layer]) -> str:
    """The field of a layer type that a symbol stands for; nothing where it has none."""
    if letter == "P":
        return next((key for key, field in kind.fields.items() if isinstance(field, Padding)), "")
    return next((key for key in SYMBOLS[letter].fields if key in kind.fields), "") if letter in SYMBOLS else ""


def symbols_of(kind: type[Layer]) -> tuple[str, ...]:
    """The symbols that can be given or asked for; all else follows from them."""
    return ("W", "C", *(letter for letter in "FSPDKGO" if field_of(letter, kind)))


def quantity_of(name: str) -> str:
    """The name that answers have for a quantity of a layer, by any of its names; else an empty text."""
    lowered = name.lower()
    key = key_of(name)
    if lowered in OUTPUTS:
        return OUTPUTS[lowered]
    return SHOWN.get(key, key) if key in OF_A_LAYER and key not in OTHER_MEANING else ""


def meaning(name: str, kind: type[Layer]) -> str:
    """The symbol, or the quantity, that a name stands for; nothing where there is none. `K` is the filters, `k` not."""
    if name == "k":
        return "F" if field_of("F", kind) else ""
    lowered = name.lower()
    letter = next((key for key, symbol in SYMBOLS.items() if lowered == key.lower() or lowered in symbol.names), "")
    if letter:
        return letter if letter == "H" or letter in symbols_of(kind) else ""
    return quantity_of(name)


def about(letter: str) -> str:
    """What a symbol stands for, in words."""
    return SYMBOLS[letter].about if letter in SYMBOLS else "a symbol"
