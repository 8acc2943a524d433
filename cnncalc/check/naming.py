"""The heading of a column or the key of a number -> its quantity and unit; what a person calls a layer -> its name."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnncalc.analysis.quantities import QUANTITIES, key_of, named
from cnncalc.layers import CATALOGUE

LAYERS_OF = "_layers"
TOTAL = ("total", "totals", "sum")
BRACKETED = re.compile(r"[(\[]([^()\[\]]*)[)\]]\s*\Z")
UNIT = re.compile(r"(?:[kKMGTP]i?)?(?:B|[bB]ytes)?\Z|thousand\Z|million\Z|billion\Z")
COUNTING = re.compile(r"^(?:(?:number|no\.?|#)_of_|num_|#_?)|_?#$")
IN_MULTIPLES = re.compile(r"([kmgt])(flops?|macs?)\Z")


class Heading(NamedTuple):
    """A quantity, and the unit of its numbers where the heading names one."""

    quantity: str
    unit: str = ""


def heading(text: str) -> Heading:
    """The quantity of a heading, or `conv_layers` and its like, by any of its names; and the unit in the heading.

    >>> heading("Output Size"), heading("#Params (K)"), heading("gflops")
    (Heading(quantity='output', unit=''), Heading(quantity='params', unit='K'), Heading(quantity='flops', unit='G'))

    Raises UsageError for an unknown quantity.
    """
    bracket = BRACKETED.search(text)
    unit = bracket[1].strip() if bracket and UNIT.match(bracket[1].strip()) else ""
    name = (text[: bracket.start()] if bracket else text).strip().lower().replace(" ", "_").replace("-", "_")
    name = COUNTING.sub("", name)
    if multiple := IN_MULTIPLES.match(name):
        unit, name = multiple[1].upper(), multiple[2]
    if not key_of(name) and name.endswith(LAYERS_OF) and name.removesuffix(LAYERS_OF) in CATALOGUE:
        return Heading(name, unit)
    return Heading(named(name), unit)


def kind_of(quantity: str) -> str:
    """What the values of a quantity are, as the register has it; layers of a type are a count, and none is nothing."""
    if quantity in QUANTITIES:
        return QUANTITIES[quantity].kind
    return "count" if quantity else ""


def layer_named(text: str) -> str:
    """The layer of a claim as Claim has it: nothing for `total`."""
    return "" if text.strip().lower() in TOTAL else text.strip()


def folded(name: str) -> str:
    """A layer's name without case, blanks, hyphens and underscores, which people write in different ways."""
    return re.sub(r"[\s_-]", "", name).lower()
