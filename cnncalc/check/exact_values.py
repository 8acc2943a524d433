"""A claim -> its layer by the name that the network has for it, and the exact value that the analysis gives."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

from cnncalc.analysis import Analysis, InputResult, LayerResult
from cnncalc.analysis.quantities import COUNTS, FIELDS, QUANTITIES, value_of, value_over
from cnncalc.check.claim import Claim
from cnncalc.check.naming import LAYERS_OF
from cnncalc.check.numbers.printed import NO_FIT
from cnncalc.check.settings import other_values, setting_of_input, value_of_setting
from cnncalc.errors import Problem, SpecError, one_of
from cnncalc.layers import CATALOGUE
from cnncalc.layers.receptive_field import AxisReceptiveField
from cnncalc.limits import MOST_NEAREST
from cnncalc.symbolic import is_known
from cnncalc.tables.columns import SETTINGS
from cnncalc.tables.layer_types import folded

INPUT = "input"


def exact_value(claim: Claim, analysis: Analysis) -> Any:
    """What the claim should say: a count, a Shape, one length for every axis, or a word.

    Raises SpecError for an unknown layer, and for a quantity that it does not have.
    """
    fit_asked = claim.printed.claimed in NO_FIT and claim.quantity == "output"
    value = _values(analysis).value(claim.layer, "fit" if fit_asked else claim.quantity)
    if claim.against is not None:
        other = claim.against.analysis(claim.convention, claim.batch)
        return _ratio(value, _values(other).value(claim.layer, claim.quantity))
    if claim.printed.share:
        return _ratio(value, value_of(analysis, claim.quantity) if _adds_up(claim.quantity) else None)
    if not claim.printed.matches(value):
        others = _values(analysis).other_values(claim.layer, claim.quantity)
        value = next(filter(claim.printed.matches, others), value)
    if value is None:
        problem = Problem(f"{claim.layer or 'a network'} has no {claim.quantity.replace('_', ' ')}", None)
        raise SpecError([problem])
    return value


def layer_of(claim: Claim, analysis: Analysis) -> str:
    """The layer of a claim by the network's own name for it; unchanged if none fits, or more than one."""
    return _values(analysis).name(claim.layer)


def summands(claim: Claim, analysis: Analysis) -> frozenset[str]:
    """The layers that a claim's number comes from: in a sum, those where the quantity is not 0."""
    values = _values(analysis)
    parts = [part.strip() for part in claim.layer.split("+")]
    if claim.layer in values.parts or len(parts) == 1:
        return frozenset([claim.layer])
    return frozenset(part for part in parts if values.value(part, claim.quantity) != 0)


@lru_cache(maxsize=64)
def _values(analysis: Analysis) -> _Values:
    return _Values(analysis)


class _Values:
    """The values of an analysis by layer and quantity: each looked for once, however many ask for it."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.parts: dict[str, list[LayerResult]] = {"": analysis.layers}
        self.found: dict[tuple[str, str], Any] = {}
        self.folded: dict[str, list[str]] = {}
        self.misses = 0
        for layer in analysis.layers:
            path = layer.node.path
            for count in range(1, len(path) + 1):
                self.parts.setdefault("/".join(path[:count]), []).append(layer)
        self.inputs = {each.name: each for each in analysis.inputs}
        for name in dict.fromkeys((*self.parts, INPUT, *self.inputs)):
            self.folded.setdefault(folded(name), []).append(name)

    def name(self, layer: str) -> str:
        """The layer as the network writes it, if just one is meant: conv1_1 for CONV1-1; of a sum each part."""
        if layer in self.parts:
            return layer
        found = [self.folded.get(folded(part), []) for part in layer.split("+")]
        return " + ".join(names[0] for names in found) if all(len(names) == 1 for names in found) else layer

    def value(self, layer: str, quantity: str) -> Any:
        """The value of a layer, a block, the input, the whole, or of several layers together."""
        if (layer, quantity) not in self.found:
            self.found[layer, quantity] = self._value(layer, quantity)
        return self.found[layer, quantity]

    def _value(self, layer: str, quantity: str) -> Any:
        if (given := self._input(layer)) is not None:
            return _of_an_input(self.analysis, given, quantity)
        if quantity in SETTINGS and "+" not in layer:
            found = self._part(layer) if layer else self.analysis.layers
            return value_of_setting(self.analysis, found[-1], quantity) if len(found) == 1 else None
        if "+" in layer and layer not in self.parts:
            if not _adds_up(quantity):
                raise SpecError([Problem(f"{quantity} does not add up over layers", None, one_of(COUNTS))])
            several = (part for name in layer.split("+") for part in self._part(name.strip()))
            return value_over(list(dict.fromkeys(several)), quantity)
        layers = self._part(layer)
        if quantity.endswith(LAYERS_OF):
            kind = CATALOGUE[quantity.removesuffix(LAYERS_OF)].kind
            return sum(result.kind == kind for result in layers)
        if quantity == "fit":
            # A window that leaves a remainder has an output all the same, unless rounding is strict.
            missed = any(layers[-1].name == name for name, _ in self.analysis.graph.notes)
            return NO_FIT[0] if missed else layers[-1].output
        if not layer:
            return value_of(self.analysis, quantity)
        if QUANTITIES[quantity].scope == "network":
            problem = Problem(f"only a whole network has a {QUANTITIES[quantity].title}", None, "claim it for 'total'")
            raise SpecError([problem])
        return value_over(layers, quantity)

    def other_values(self, layer: str, quantity: str) -> Iterator[Any]:
        """Values that may be claimed of a single layer as well."""
        given = self._input(layer)
        if given is not None and quantity == "feature_map":
            yield given.shape.channels
        elif given is not None and quantity in ("activations", "memory_bytes"):
            yield getattr(given, quantity)  # as the convention has it
        found = self.parts.get(layer, ()) if layer else ()
        if found and quantity in FIELDS:
            seen = found[-1].receptive_field
            if seen.by_input:
                yield seen.read(FIELDS[quantity])
            for _, field in seen.by_input:
                yield tuple(getattr(axis, FIELDS[quantity]) for axis in field.axes)
        yield from other_values(self.analysis, found[0], quantity) if len(found) == 1 else ()

    def _input(self, name: str) -> InputResult | None:
        """The input of a name, or the one that is meant by `input`; raises SpecError where that can be several."""
        if name in self.inputs or name.lower() != INPUT or name in self.parts:
            return self.inputs.get(name)
        first, *others = self.inputs.values()
        if any(each.shape != first.shape for each in others):
            raise SpecError([Problem("the network has several inputs", None, one_of(tuple(self.inputs)))])
        return first

    def _part(self, name: str) -> list[LayerResult]:
        if name in self.parts:
            return self.parts[name]
        self.misses += 1
        if self.misses <= MOST_NEAREST:
            return self.analysis.part(name)  # raises, with the nearest name
        raise SpecError([Problem(f"no layer or block of {self.analysis.name} is called '{name}'")])


def _of_an_input(analysis: Analysis, given: InputResult, quantity: str) -> Any:
    if quantity in ("output", "input"):
        return given.shape
    if quantity in FIELDS:
        return (getattr(AxisReceptiveField(), FIELDS[quantity]),) * given.shape.rank
    if quantity in SETTINGS:
        return setting_of_input(given.shape, quantity)
    if quantity == "depth":
        return 0
    if not _adds_up(quantity):
        raise SpecError([Problem(f"the input has no {quantity}", None, one_of(("output", "activations")))])
    values = given.shape.values * analysis.batch  # also where the convention counts them apart
    held = {"activations": values, "output_values": values}
    held["memory_bytes"] = values * analysis.convention.bytes_per_value
    return held[quantity] if quantity in held else getattr(given, quantity, 0)


def _ratio(value: Any, other: Any) -> Any:
    if not is_known(value, other) or not other:
        raise SpecError([Problem("this quantity has no share or ratio", None, one_of(COUNTS))])
    return Fraction(value, other)


def _adds_up(quantity: str) -> bool:
    return quantity in QUANTITIES and QUANTITIES[quantity].adds_up
