"""The heading of a column or the key of a number -> its quantity and unit; what a person calls a layer -> its name."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnncalc.errors import Problem, SpecError, closest, one_of
from cnncalc.formula.formulas import QUANTITIES
from cnncalc.layers import CATALOGUE

LAYERS_OF = "_layers"
ALIASES = {
    "shape": "output",
    "size": "output",
    "output_shape": "output",
    "output_size": "output",
    "output_volume": "output",
    "volume": "output",
    "param": "params",
    "parameter": "params",
    "parameters": "params",
    "weight": "weights",
    "bias": "biases",
    "mem": "memory_bytes",
    "memory": "memory_bytes",
    "bytes": "memory_bytes",
    "values": "activations",
    "rf": "receptive_field",
    "field": "receptive_field",
    "center": "centre",
    "mac": "macs",
    "multiply_adds": "macs",
    "mult_adds": "macs",
    "flop": "flops",
}
AMBIGUOUS = {"ops": "macs, or flops", "operations": "macs, or flops", "weights_and_biases": "params"}
TOTAL = ("total", "totals", "sum")
NOUNS = {"bytes": ("memory_bytes",), "macs": ("macs",), "flops": ("flops",), "params": ("params", "weights", "biases")}
"""What a unit behind a number counts."""
BRACKETED = re.compile(r"\s*[(\[]\s*([^()\[\]]*?)\s*[)\]]\s*\Z")
UNIT = re.compile(r"(?:[kKMGTP]i?)?(?:B|[bB]ytes)?\Z|thousand\Z|million\Z|billion\Z")
COUNTING = re.compile(r"^(?:(?:number|no\.?|#)_of_|#_?)|_?#$")
IN_MULTIPLES = re.compile(r"([kmgt])(flops?|macs?)\Z")


class Heading(NamedTuple):
    """A quantity, and the unit of its numbers where the heading names one."""

    quantity: str
    unit: str = ""


def heading(text: str) -> Heading:
    """One of QUANTITIES, or `conv_layers` and its like, by its name or a usual other one, and its unit.

    >>> heading("Output Size"), heading("#Params (K)"), heading("gflops")
    (Heading(quantity='output', unit=''), Heading(quantity='params', unit='K'), Heading(quantity='flops', unit='G'))

    Raises SpecError for what names no quantity.
    """
    bracket = BRACKETED.search(text)
    unit = bracket[1] if bracket and UNIT.match(bracket[1]) else ""
    key = (text[: bracket.start()] if bracket else text).strip().lower().replace(" ", "_").replace("-", "_")
    key = COUNTING.sub("", key)
    if multiple := IN_MULTIPLES.match(key):
        unit, key = multiple[1].upper(), multiple[2]
    key = ALIASES.get(key, key)
    if key in QUANTITIES or (key.endswith(LAYERS_OF) and key.removesuffix(LAYERS_OF) in CATALOGUE):
        return Heading(key, unit)
    hint = f"say {AMBIGUOUS[key]}" if key in AMBIGUOUS else closest(key, (*QUANTITIES, *ALIASES)) or one_of(QUANTITIES)
    raise SpecError([Problem(f"there is no quantity '{text}'", None, hint)])


def layer_named(text: str) -> str:
    """The layer of a claim as Claim has it: nothing for `total`."""
    return "" if text.strip().lower() in TOTAL else text.strip()


def folded(name: str) -> str:
    """A layer's name without what people write now so, now so: case, blanks, - and _."""
    return re.sub(r"[\s_-]", "", name).lower()
