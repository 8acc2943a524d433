"""`params,conv1.output,pool5.rf` -> Measures: single numbers to read off an Analysis, totals or those of one layer."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from cnncalc.analysis.memory import training_memory, values_held
from cnncalc.analysis.quantities import COUNTS
from cnncalc.analysis.results import Analysis, LayerResult
from cnncalc.errors import Problem, SpecError, closest, one_of
from cnncalc.layers import Shape
from cnncalc.layers.operations import OPERATION_CLASSES
from cnncalc.symbolic import Size, add_up
from cnncalc.symbolic.arithmetic import greatest

Reading: TypeAlias = "tuple[Any, ...] | str | None"
"""What a measure comes to: its parts, each a size; a word that says all (`all`, `?`); None where there is none."""

OPERATIONS = tuple(name for name in OPERATION_CLASSES if name not in COUNTS)
MEMORY = ("peak_memory_bytes", "weight_memory_bytes", "training_memory_bytes")
SHAPES = ("input", "output")
LENGTHS = {"receptive_field": "size", "jump": "jump", "centre": "centre", "padding": "padding"}
TOTALS = (*COUNTS, "depth", *MEMORY, *OPERATIONS)
OF_A_LAYER = (*SHAPES, *COUNTS, "depth", *LENGTHS, *OPERATIONS)
USUAL = ("params", "macs", "flops", "activations", "memory_bytes")
ALIASES = {
    "memory": "memory_bytes",
    "peak": "peak_memory_bytes",
    "training": "training_memory_bytes",
    "rf": "receptive_field",
    "field": "receptive_field",
}


class Measure(NamedTuple):
    """A quantity of the whole network, or of the layer or block called `layer`."""

    quantity: str
    layer: str = ""

    @property
    def key(self) -> str:
        """What it is called in a report: `params`, `conv1.output`."""
        return f"{self.layer}.{self.quantity}" if self.layer else self.quantity

    def read(self, analysis: Analysis) -> Reading:
        """Its value, exact; None where the network has no such layer, or where it depends on a symbol."""
        if not self.layer:
            total = _total(analysis, self.quantity)
            return None if total is None else (total,)
        layers = analysis.layers_in(self.layer)
        if not layers:
            return None
        if self.quantity in SHAPES:
            shape: Shape = layers[0].input if self.quantity == "input" else layers[-1].output
            return (*shape.size, shape.channels)
        if self.quantity in LENGTHS:
            return layers[-1].receptive_field.read(LENGTHS[self.quantity])
        if self.quantity == "depth":
            return (layers[-1].depth,)
        return (add_up(_count(layer, self.quantity) for layer in layers),)


def _total(analysis: Analysis, quantity: str) -> Size | None:
    if quantity in COUNTS:
        return analysis.total(quantity)
    if quantity in OPERATIONS:
        return add_up(getattr(layer.operations, quantity) for layer in analysis.layers)
    if quantity == "training_memory_bytes":
        return add_up(training_memory(analysis).values())
    if quantity == "peak_memory_bytes":
        return _peak(analysis)
    found: Size = getattr(analysis, quantity)
    return found


def _peak(analysis: Analysis) -> Size | None:
    """The most memory in use at once, for symbols too; None for a symbolic repeat, whose rounds are not laid out."""
    if analysis.peak_memory_bytes is not None or analysis.graph.repeats:
        return analysis.peak_memory_bytes
    unit = analysis.batch * analysis.convention.bytes_per_value
    return greatest(values * unit for values in values_held(analysis.graph))


def _count(layer: LayerResult, quantity: str) -> Size:
    found: Size = getattr(layer.operations if quantity in OPERATIONS else layer, quantity)
    return found


def choose(text: str | Iterable[str] | None, layers: Iterable[str] = ()) -> tuple[Measure, ...]:
    """The measures that `--columns` and `--layer` name; `+flops` adds to the usual totals.

    The keys are a list, or joined by commas. A key is a total, or LAYER.KEY; keys of a layer alone (output, rf)
    and, with layers named, all others too, are read off every one of `layers`. Raises SpecError for a key that
    there is not.
    """
    layers = tuple(layers)
    usual = [Measure(key) for key in USUAL]
    if "" in layers:
        raise SpecError([Problem("a layer is named by nothing at all", None, "as in --layer conv1")])
    if text is None:
        usual_of_a_layer = ("output", "params", "macs", "receptive_field")
        return tuple(Measure(key, layer) for layer in layers for key in usual_of_a_layer) or tuple(usual)
    text = text if isinstance(text, str) else ",".join(text)
    more = text.startswith("+")
    keys = [part.strip() for part in text.removeprefix("+").split(",") if part.strip()]
    if not keys:
        raise SpecError([Problem(f"'{text}' names no column", None, one_of(TOTALS))])
    plain = [key for key in keys if "." not in key]
    named = [_measure(*key.rpartition(".")[::2]) for key in keys if "." in key]
    if layers:
        chosen = [_measure(layer, key) for layer in layers for key in plain] + named
        return tuple(dict.fromkeys([*usual, *chosen] if more else chosen))
    chosen = [_measure(*key.rpartition(".")[::2]) for key in keys]
    return tuple(dict.fromkeys([*usual, *chosen] if more else chosen))


def _measure(layer: str, quantity: str) -> Measure:
    key = quantity.strip().lower().replace(" ", "_")
    key = ALIASES.get(key, key)
    known = OF_A_LAYER if layer else TOTALS
    if key not in known:
        if not layer and key in OF_A_LAYER:
            hint = f"name its layer, as in conv1.{key}, or give --layer"
        else:
            hint = closest(key, [*known, *ALIASES]) or one_of(known)
        what = f"column '{quantity}' of a layer" if layer else f"total '{quantity}'"
        raise SpecError([Problem(f"there is no {what}", None, hint)])
    return Measure(key, layer)


def value(measure: Measure, reading: Reading) -> Any:
    """A reading as a row holds it: an int, a tuple of lengths, a word, or None."""
    if not isinstance(reading, tuple):
        return reading
    if measure.quantity in SHAPES or measure.quantity in LENGTHS:
        return tuple(part if isinstance(part, Fraction) else int(part) for part in reading)
    return int(reading[0])
