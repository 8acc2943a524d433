"""The heading of a column or the key of a number -> its quantity and unit; what a person calls a layer -> its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cnncalc.analysis.quantities import NAMES, QUANTITIES, key_of, named
from cnncalc.layers import CATALOGUE
from cnncalc.tables.columns import SETTINGS, bare, name_and_unit, setting_of
from cnncalc.tables.layer_types import TOTAL

LAYERS_OF = "_layers"
IN_MULTIPLES = re.compile(r"([kmgt])(flops?|macs?|madds?)\Z")
SHORT = {
    "n": "output", "j": "jump", "r": "receptive_field", "in": "input", "insize": "input", "inshape": "input",
    "weightsandbias": "trainable",
}  # fmt: skip
"""Headings of course tables that are names in no other place, without blanks and signs."""


class Heading(NamedTuple):
    """A quantity, and the unit of its numbers where the heading names one."""

    quantity: str
    unit: str = ""


def heading(text: str, beside: Sequence[str] = ()) -> Heading:
    """The quantity of a heading, or `conv_layers` and its like, by any of its names; and the unit in the heading.

    `beside` are the other headings of the table: beside a kernel, `padding` is that of the layer.

    >>> heading("Output Size"), heading("#Params (K)"), heading("gflops")
    (Heading(quantity='output', unit=''), Heading(quantity='params', unit='K'), Heading(quantity='flops', unit='G'))
    >>> heading("padding").quantity, heading("padding", ["kernel size", "stride"]).quantity, heading("r (out)").quantity
    ('padding', 'layer_padding', 'receptive_field')

    Raises UsageError for an unknown quantity.
    """
    found, name = _read(text, beside)
    return found if found.quantity else Heading(named(name), found.unit)


def is_heading(text: str) -> bool:
    """Whether a text is the heading of a quantity."""
    return bool(_read(text)[0].quantity)


def _read(text: str, beside: Sequence[str] = ()) -> tuple[Heading, str]:
    """The heading, of no quantity if it is unknown; and its name, without a unit and without `number of`."""
    name, unit = name_and_unit(text)
    short = bare(name)
    if multiple := IN_MULTIPLES.match(short):
        unit, short = multiple[1].upper(), multiple[2]
    found = setting_of(text, beside) or SHORT.get(short) or _names().get(short)
    if not found and name.endswith(LAYERS_OF) and name.removesuffix(LAYERS_OF) in CATALOGUE:
        found = name
    return Heading(found or key_of(name), unit), name


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """The names of the register without blanks and signs."""
    return {bare(name): key for name, key in NAMES.items()}


def kind_of(quantity: str) -> str:
    """What the values of a quantity or a setting are; layers of a type are a count, and none is nothing."""
    if quantity in QUANTITIES:
        return QUANTITIES[quantity].kind
    if quantity in SETTINGS:
        return SETTINGS[quantity].kind
    return "count" if quantity else ""


def layer_named(text: str) -> str:
    """The layer of a claim as Claim has it: nothing for `total`."""
    return "" if text.strip().lower() in TOTAL else text.strip()
