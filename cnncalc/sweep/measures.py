"""`params,conv1.output,pool5.rf` -> Measures: quantities to read off an Analysis, of the network or of one layer."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from cnncalc.analysis.quantities import (
    OF_A_LAYER,
    OF_A_NETWORK,
    QUANTITIES,
    USUAL,
    Kind,
    key_of,
    named,
    out_of_scope,
    value_of,
    value_over,
)
from cnncalc.analysis.results import Analysis
from cnncalc.errors import Problem, UsageError, one_of
from cnncalc.layers import Shape, Sides

Reading: TypeAlias = "tuple[Any, ...] | str | None"
"""What a measure comes to: its parts, each a size; a word (`all`, `?`, or nothing); None if it has no value."""
USUAL_OF_A_LAYER = ("output", "params", "macs", "receptive_field")
UNKNOWN = "?"
WORDS = {"all": "all", "unknown": UNKNOWN, "undefined": ""}
"""What stands in a cell for a length that is not a number, by the first word of the reason."""


class Measure(NamedTuple):
    """A quantity of the whole network, or of the layer or block called `layer`."""

    quantity: str
    layer: str = ""

    @property
    def key(self) -> str:
        """What it is called in data: `params`, `conv1.output`."""
        return f"{self.layer}.{self.quantity}" if self.layer else self.quantity

    @property
    def title(self) -> str:
        """What it is called in a table: `params`, `conv1 output`."""
        return f"{self.layer} {QUANTITIES[self.quantity].title}".strip()

    @property
    def kind(self) -> Kind:
        """What its values are."""
        return QUANTITIES[self.quantity].kind

    def read(self, analysis: Analysis) -> Reading:
        """Its value, exact; None if the network has no such layer, or if the value depends on a symbol."""
        layers = analysis.layers_in(self.layer) if self.layer else []
        if self.layer and not layers:
            return None
        found = value_over(layers, self.quantity) if layers else value_of(analysis, self.quantity)
        if isinstance(found, Shape):
            return (*found.size, found.channels)
        if isinstance(found, str):
            return WORDS[found.partition(":")[0]]
        return found if isinstance(found, tuple) else None if found is None else (found,)


def choose(text: str | Iterable[str] | None, layers: Iterable[str] = ()) -> tuple[Measure, ...]:
    """The measures that `--columns` and `--layer` name; `+flops` adds to the usual totals.

    The keys are a list, or joined by commas. A key is a total, or LAYER.KEY. With layers named, all keys without
    a layer are read off every one of `layers`. Raises UsageError for an unknown key.
    """
    layers = tuple(layers)
    usual = [Measure(key) for key in USUAL]
    if "" in layers:
        raise UsageError([Problem("the name of a layer is empty", None, "as in --layer conv1")])
    if text is None:
        return tuple(Measure(key, layer) for layer in layers for key in USUAL_OF_A_LAYER) or tuple(usual)
    text = text if isinstance(text, str) else ",".join(text)
    more = text.startswith("+")
    keys = [part.strip() for part in text.removeprefix("+").split(",") if part.strip()]
    if not keys:
        raise UsageError([Problem(f"'{text}' does not name a column", None, one_of(OF_A_NETWORK))])
    if layers:
        plain = [_measure(layer, key) for layer in layers for key in keys if "." not in key]
        chosen = [*plain, *(_measure(*key.rpartition(".")[::2]) for key in keys if "." in key)]
    else:
        chosen = [_measure(*key.rpartition(".")[::2]) for key in keys]
    return tuple(dict.fromkeys([*usual, *chosen] if more else chosen))


def _measure(layer: str, name: str) -> Measure:
    known, others = (OF_A_LAYER, OF_A_NETWORK) if layer else (OF_A_NETWORK, OF_A_LAYER)
    key = key_of(name)
    if key in others and key not in known:
        raise out_of_scope(
            key, f"ask for {key} alone" if layer else f"name its layer, as in conv1.{key}, or give --layer"
        )
    return Measure(named(name, known, "quantity" if layer else "total"), layer)


def value(measure: Measure, reading: Reading) -> Any:
    """A reading as a row holds it: an int, a tuple of lengths, a word, or None."""
    if not isinstance(reading, tuple):
        return reading
    if measure.kind in ("shape", "length"):
        return tuple(part if isinstance(part, Fraction | Sides) else int(part) for part in reading)
    return int(reading[0])
