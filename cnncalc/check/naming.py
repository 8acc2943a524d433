"""The heading of a column or the key of a number -> its quantity and unit; what a person calls a layer -> its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cnncalc.analysis.quantities import NAMES, QUANTITIES, key_of, named
from cnncalc.check import settings
from cnncalc.check.settings import SETTINGS
from cnncalc.layers import CATALOGUE

LAYERS_OF = "_layers"
TOTAL = ("total", "totals", "sum")
BRACKETED = re.compile(r"[(\[]([^()\[\]]*)[)\]]\s*\Z")
UNIT = re.compile(r"(?:[kKMGTP]i?)?(?:B|[bB]ytes)?\Z|thousand\Z|million\Z|billion\Z")
COUNTING = re.compile(r"^(?:(?:number|nr|no\.?|count|#)_of_(?:the_)?|num_|no\._|#_?)|_?#$")
IN_MULTIPLES = re.compile(r"([kmgt])(flops?|macs?|madds?)\Z")
SIGNS = re.compile(r"[^a-z0-9]")
SHORT = {
    "n": "output", "j": "jump", "r": "receptive_field", "in": "input", "insize": "input", "inshape": "input",
    "weightsandbias": "trainable",
}  # fmt: skip
"""Headings of course tables that are names in no other place, without blanks and signs."""
CONTEXTUAL = {
    "padding": ({"kernel", "stride"}, "layer_padding"),
    "size": ({"output"}, "kernel"),
    "w": ({"height"}, "width"),
    **dict.fromkeys(("c", "d", "depth"), ({"height"}, "out_channels")),
}
"""A name that has another meaning beside columns of certain quantities: these, and the meaning."""


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
    bracket = BRACKETED.search(text)
    inside = bracket[1].strip() if bracket else ""
    unit = inside if UNIT.match(inside) else ""
    name = text[: bracket.start()] if bracket else text
    name = f"{name} {inside}" if inside.lower() in ("in", "out") else name
    name = COUNTING.sub("", name.strip().lower().replace(" ", "_").replace("-", "_"))
    bare = _bare(name)
    if multiple := IN_MULTIPLES.match(bare):
        unit, bare = multiple[1].upper(), multiple[2]
    near = _known(tuple(other for other in beside if other != text)) if bare in CONTEXTUAL else frozenset()
    if near and near & CONTEXTUAL[bare][0]:
        return Heading(CONTEXTUAL[bare][1], unit), name
    if text.strip() == "K" and any(other.strip() == "F" for other in beside):
        return Heading("out_channels"), name
    found = SHORT.get(bare) or _names().get(bare) or settings.NAMES.get(bare)
    if not found and name.endswith(LAYERS_OF) and name.removesuffix(LAYERS_OF) in CATALOGUE:
        found = name
    return Heading(found or key_of(name), unit), name


def _bare(name: str) -> str:
    """A name without blanks and signs."""
    return SIGNS.sub("", name.replace("&", "and").replace("+", "and"))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """The names of the register without blanks and signs."""
    return {_bare(name): key for name, key in NAMES.items()}


@lru_cache(maxsize=64)
def _known(headings: tuple[str, ...]) -> frozenset[str]:
    """The quantities among some headings, each read by itself."""
    return frozenset(_read(text)[0].quantity for text in headings) - {""}


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


def folded(name: str) -> str:
    """A layer's name without case, blanks, hyphens and underscores, which people write in different ways."""
    return re.sub(r"[\s_-]", "", name).lower()
