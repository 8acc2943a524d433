"""Integers and symbols -> exact arithmetic: the only folder that imports sympy, and only when a symbol comes."""

from cnncalc.symbolic.arithmetic import (
    add_up,
    bound,
    ceil_div,
    exact_div,
    floor_div,
    is_larger_than,
    length,
    let,
    maximum,
    minimum,
    multiplied_out,
    product,
    ratio,
    substitute,
    written,
)
from cnncalc.symbolic.size import Size, is_known, normalise, symbol

__all__ = [
    "Size",
    "add_up",
    "bound",
    "ceil_div",
    "exact_div",
    "floor_div",
    "is_known",
    "is_larger_than",
    "length",
    "let",
    "maximum",
    "minimum",
    "multiplied_out",
    "normalise",
    "product",
    "ratio",
    "substitute",
    "symbol",
    "written",
]
