"""A layer's rules, with something changed in them -> the number that somebody finds who makes that mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

from cnncalc.analysis import Analysis, Convention, LayerResult
from cnncalc.analysis.engine import layer_result
from cnncalc.analysis.receptive_fields import merged, receptive_fields
from cnncalc.errors import SpecError
from cnncalc.formula.formulas import FIELDS
from cnncalc.graph import INPUT, Graph, Node
from cnncalc.layers import Layer, ReceptiveField, Refused, Shape
from cnncalc.layers.receptive_field import AxisReceptiveField
from cnncalc.symbolic import Size, is_known
from cnncalc.symbolic.formula_tree import Tree

Rules: TypeAlias = "Mapping[str, Any]"
Bend: TypeAlias = "Callable[[Layer], Rules]"
"""A layer -> those of its rules and properties that are to be others, made of its own."""
Chain: TypeAlias = "Callable[[Attempt], Attempt]"
"""What is done at every layer of a network, from the input on."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """How somebody finds one number of one layer; as `attempt_at` makes it, the right way.

    `layer` and `input` are what the rules are run on, `bends` the rules that are others, `chain`
    what is done at every layer before too (for receptive fields alone), `then` what is done to
    the number at the end. `note` says what was done, where a mistake has several ways. `block`
    is set where the number is that of a block, whose last layer this is.
    """

    analysis: Analysis
    place: LayerResult
    quantity: str
    layer: Layer
    input: Shape
    convention: Convention
    batch: Size
    bends: tuple[Bend, ...] = ()
    chain: tuple[Chain, ...] = ()
    then: tuple[Callable[[Any], Any], ...] = ()
    note: str = ""
    block: tuple[LayerResult, ...] = ()

    def has(self, *names: str) -> bool:
        """Whether the layer has all these fields."""
        return all(name in self.layer.fields for name in names)

    def remade(self, note: str = "", **fields: Any) -> Attempt:
        """With other values in some fields of the layer."""
        return replace(self, layer=remade(self.layer, **fields), note=note)

    def shown(self, name: str) -> Any:
        """A field of the layer as a spec would give it; None where it has no such field."""
        return self.layer.fields[name].show(getattr(self.layer, name)) if self.has(name) else None

    def on(self, shape: Shape, note: str = "") -> Attempt:
        """With another input."""
        return replace(self, input=shape, note=note)

    def bent(self, bend: Bend, note: str = "") -> Attempt:
        """With other rules."""
        return replace(self, bends=(*self.bends, bend), note=note)

    def everywhere(self, step: Chain, note: str = "") -> Attempt:
        """With the same done at every layer from the input on, as far as receptive fields go."""
        return replace(self, chain=(*self.chain, step), note=note or "")

    def done(self, step: Callable[[Any], Any], note: str = "") -> Attempt:
        """With something done to the number."""
        return replace(self, then=(*self.then, step), note=note)

    def scaled(self, factor: Fraction | Size, note: str = "") -> Attempt:
        """With the number multiplied, and rounded to a whole one."""
        return self.done(lambda value: round(value * factor), note)

    @property
    def rules(self) -> Layer:
        """The layer with all its bends."""
        made = self.layer
        for bend in self.bends:
            made = _bent(made, bend)
        return made

    def value(self) -> Any:
        """The number found: an int, a Shape, or one number an axis; None where the rules give none."""
        try:
            found = self._found()
            for step in self.then:
                found = step(found)
        except (ArithmeticError, Refused, SpecError, ValueError):
            return None
        return found if _sensible(found) else None

    def formula(self) -> Tree | None:
        """How a count comes about, the numbers put in; None where it is no count, or no formula."""
        from cnncalc.symbolic.traced import TracedInt, variable

        if self.chain or self.quantity in ("output", *FIELDS):
            return None
        lengths = (variable("HW"[number % 2], length) for number, length in enumerate(self.input.size))
        shape = Shape(variable("C", self.input.channels), *lengths)
        found = replace(self, layer=self.layer.worked(shape.axes), input=shape).value()
        return found.tree if isinstance(found, TracedInt) and found == self.value() else None

    def _found(self) -> Any:
        rules = self.rules
        if self.quantity in FIELDS:
            seen = self._chained() if self.chain else rules.receptive_field(self.seen_before, self.input)
            return tuple(getattr(axis, FIELDS[self.quantity]) for axis in seen.axes)
        output = rules.output(self.input)
        if self.quantity == "output":
            return output
        if not all(length >= 1 for length in output.size):
            return None
        node = self.place.node
        made = Node(node.name, rules, node.sources, self.input, output, shared=node.shared, times=node.times)
        return getattr(
            layer_result(made, self.convention, self.batch, self.place.receptive_field, self.place.depth), self.quantity
        )

    @property
    def is_latent(self) -> bool:
        """Whether what is wrong may show only together with something else: a remainder, a padding that is lost."""
        return self.layer is not self.place.node.layer

    @property
    def wrong_part(self) -> Shape | str:
        """What came out wrong: an output, only the number, or neither.

        Two mistakes that give the same number by the same wrong part cannot be told apart.
        """
        if self.layer is self.place.node.layer and self.input == self.place.input and not (self.bends or self.chain):
            return "number" if self.then else ""
        try:
            made = self.rules.output(self.input)
        except (ArithmeticError, Refused, SpecError, ValueError):
            return ""
        return "" if made == self.place.output else made

    @property
    def seen_before(self) -> ReceptiveField:
        """The receptive field of the layer's inputs."""
        layers, rank = self.analysis.layers, self.analysis.graph.input.rank
        start = ReceptiveField(tuple(AxisReceptiveField() for _ in range(rank)))
        coming = [start if source == INPUT else layers[source].receptive_field for source in self.place.node.sources]
        return merged(coming, self.place.input.rank)[0]

    def before(self) -> Iterator[LayerResult]:
        """The layers before, from the nearest on, along the first input of each."""
        source = self.place.node.sources[0]
        while source != INPUT:
            layer = self.analysis.layers[source]
            yield layer
            source = layer.node.sources[0]

    def _chained(self) -> ReceptiveField:
        """The receptive field where the same is done at every layer up to this one."""
        nodes = []
        for layer in self.analysis.layers:
            attempt = attempt_at(self.analysis, layer, self.quantity)
            for step in self.chain:
                attempt = step(attempt)
            nodes.append(replace(layer.node, layer=attempt.rules))
            if layer is self.place:
                break
        return receptive_fields(Graph("", self.analysis.graph.input, nodes=nodes))[0][-1]


def attempt_at(analysis: Analysis, layer: LayerResult, quantity: str) -> Attempt:
    """The right way to find a number of a layer."""
    return Attempt(analysis, layer, quantity, layer.node.layer, layer.input, analysis.convention, analysis.batch)


def remade(layer: Layer, **fields: Any) -> Layer:
    """A layer of the same type with other values in some fields; raises Refused."""
    given = {name: field.show(getattr(layer, name)) for name, field in layer.fields.items()}
    return type(layer)(**{**given, **fields})


def _bent(layer: Layer, bend: Bend) -> Layer:
    """A copy of a layer in which some rules are others; all rules that use these follow."""
    made = object.__new__(type(layer))
    made.__dict__.update(layer.__dict__, **bend(layer))
    return made


def _sensible(value: Any) -> bool:
    """Whether a value can stand for a size or a count: numbers, those of a map from 1 up."""
    if isinstance(value, Shape):
        return all(is_known(size) and size >= 1 for size in (value.channels, *value.size))
    if isinstance(value, tuple):
        return bool(value) and all(is_known(part) or isinstance(part, Fraction) for part in value)
    return is_known(value)
