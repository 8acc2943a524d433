"""A layer with something changed -> the number that somebody finds who makes that mistake.

A Recomputation is data: `correct_at` makes the correct one, and each of its methods gives a copy in which one thing is
changed. Only `value` computes. Sums over layers are in recompute_total.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any, TypeAlias, TypeVar

from cnncalc.analysis import Analysis, Convention, InputResult, LayerResult
from cnncalc.analysis.engine import layer_result
from cnncalc.analysis.merged_fields import merged
from cnncalc.analysis.quantities import FIELDS
from cnncalc.analysis.receptive_fields import receptive_fields
from cnncalc.errors import SpecError
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer, ReceptiveField, Refused, Shape
from cnncalc.symbolic import Size, is_known
from cnncalc.symbolic.formula_tree import Tree

STORED = ("activations", "memory_bytes")
IMPOSSIBLE = (ArithmeticError, Refused, SpecError, ValueError)
"""What the rules raise where a layer cannot be made, or does not fit."""
R = TypeVar("R", bound="Recomputation")
Override: TypeAlias = "Callable[[Layer], Mapping[str, Any]]"
"""A layer -> the rules and properties that replace its own, by name."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Recomputation:
    """How somebody finds one number.

    `afterwards` is what is done to the number at the end; `note` says what was done, where a
    mistake has several ways.
    """

    analysis: Analysis
    quantity: str
    convention: Convention
    batch: Size
    afterwards: tuple[Callable[[Any], Any], ...] = ()
    note: str = ""

    def value(self) -> Any:
        """The number found: an int, a Shape, or one number an axis; None where the rules give none."""
        try:
            found = self._found()
            for step in self.afterwards:
                found = step(found)
        except IMPOSSIBLE:
            return None
        return found if _sensible(found) else None

    def _found(self) -> Any:
        """The number before `afterwards`; raises one of IMPOSSIBLE."""
        raise NotImplementedError

    def formula(self) -> Tree | None:
        """How the number is computed, if that can be shown."""
        return None

    @property
    def is_latent(self) -> bool:
        """Whether what is wrong may show only together with something else: a remainder, a padding that is lost."""
        return False

    @property
    def wrong_part(self) -> Shape | str:
        """What came out wrong: an output, only the number, or neither.

        Two mistakes that give the same number by the same wrong part cannot be told apart.
        """
        return "number" if self.afterwards else ""

    def transformed(self: R, step: Callable[[Any], Any], note: str = "") -> R:
        """With something done to the number."""
        return replace(self, afterwards=(*self.afterwards, step), note=note)

    def with_value(self: R, value: Any, note: str = "") -> R:
        """With another number in its place."""
        return self.transformed(lambda _: value, note)

    def scaled(self: R, factor: Fraction | Size, note: str = "") -> R:
        """With the number multiplied, and rounded to a whole one."""
        return self.transformed(lambda value: round(value * factor), note)

    def plus(self: R, more: Size, note: str = "") -> R:
        """With something added to the number."""
        return self.transformed(lambda value: value + more, note)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LayerRecomputation(Recomputation):
    """How somebody finds a number of one layer.

    `layer`, `input` and `seen` are what the rules are run on (`seen`, the receptive field of the inputs, if it is not
    the correct one), `overridden` what replaces some of the rules, `every_layer` what is done at every layer up to this
    one (for receptive fields alone). `result` has
    the correct numbers. `block` is set where the number is that of a block, whose last layer this is.
    """

    result: LayerResult
    layer: Layer
    input: Shape
    overridden: tuple[Override, ...] = ()
    every_layer: tuple[Callable[[LayerRecomputation], LayerRecomputation], ...] = ()
    block: tuple[LayerResult, ...] = ()
    seen: ReceptiveField | None = None

    def has(self, *names: str) -> bool:
        """Whether the layer has all these fields."""
        return all(name in self.layer.fields for name in names)

    def in_spec(self, name: str) -> Any:
        """A field of the layer as a spec would give it; None where it has no such field."""
        return self.layer.fields[name].show(getattr(self.layer, name)) if self.has(name) else None

    def with_fields(self, note: str = "", **fields: Any) -> LayerRecomputation:
        """With other values in some fields of the layer; raises Refused."""
        own = {name: self.in_spec(name) for name in self.layer.fields}
        return replace(self, layer=type(self.layer)(**{**own, **fields}), note=note)

    def with_input(self, shape: Shape, note: str = "") -> LayerRecomputation:
        """With another input."""
        return replace(self, input=shape, note=note)

    def with_rule(self, name: str, rule: Callable[..., Any], note: str = "") -> LayerRecomputation:
        """With another rule of this name: `rule` is called with the layer, then as the layer's own rule is."""
        return self.overriding(lambda layer: {name: partial(rule, layer)}, note)

    def overriding(self, override: Override, note: str = "") -> LayerRecomputation:
        """With other rules or properties."""
        return replace(self, overridden=(*self.overridden, override), note=note)

    def at_every_layer(self, step: Callable[[LayerRecomputation], LayerRecomputation]) -> LayerRecomputation:
        """With the same done at every layer from the input on, as far as receptive fields go."""
        return replace(self, every_layer=(*self.every_layer, step), note="")

    @property
    def effective_layer(self) -> Layer:
        """The layer with the rules that replace its own; all rules that use these follow."""
        layer = self.layer
        for override in self.overridden:
            copy = object.__new__(type(layer))
            copy.__dict__.update(layer.__dict__, **override(layer))
            layer = copy
        return layer

    def formula(self) -> Tree | None:
        """How a count is computed, the numbers put in; None if it is not a count, or has no formula."""
        from cnncalc.symbolic.traced import TracedInt

        if self.every_layer or self.quantity in ("output", *FIELDS):
            return None
        found = self._traced().value()
        return found.tree if isinstance(found, TracedInt) and found == self.value() else None

    def formulas_of_sides(self) -> list[Tree]:
        """How the sides of an output are computed, the numbers put in."""
        from cnncalc.symbolic.traced import TracedInt

        found, exact = self._traced().value(), self.value()
        if not isinstance(found, Shape) or found != exact:
            return []
        return [side.tree for side in found.size if isinstance(side, TracedInt)]

    def _traced(self) -> LayerRecomputation:
        """The same on integers that record what is done with them."""
        from cnncalc.symbolic.traced import variable

        lengths = (variable("HW"[number % 2], length) for number, length in enumerate(self.input.size))
        shape = Shape(variable("C", self.input.channels), *lengths)
        return replace(self, layer=self.layer.worked(shape.axes), input=shape)

    def _found(self) -> Any:
        layer, node = self.effective_layer, self.result.node
        if self.quantity in FIELDS:
            seen = (
                self._seen_through_all() if self.every_layer else layer.receptive_field(self._seen_before(), self.input)
            )
            return _along_axes(seen, self.quantity)
        output = layer.output(self.input)
        if self.quantity == "output":
            return output
        if not all(length >= 1 for length in output.size):
            raise ValueError("a map has no pixels")
        made = Node(node.name, layer, node.sources, self.input, output, shared=node.shared, times=node.times)
        result = layer_result(made, self.convention, self.batch, self.result.receptive_field, self.result.depth)
        return getattr(result, self.quantity)

    @property
    def is_latent(self) -> bool:
        """Whether a field of the layer is wrong, which may not show in this number."""
        return self.layer is not self.result.node.layer

    @property
    def wrong_part(self) -> Shape | str:
        """The wrong output, "number" where only the number is wrong, or neither."""
        changed = self.is_latent or self.input != self.result.input or self.overridden or self.every_layer
        if not changed:
            return "number" if self.afterwards else ""
        try:
            output = self.effective_layer.output(self.input)
        except IMPOSSIBLE:
            return ""
        return "" if output == self.result.output else output

    def layers_before(self) -> Iterator[LayerResult]:
        """The layers before, from the nearest on, along the first input of each."""
        source = self.result.node.sources[0]
        while source >= 0:
            layer = self.analysis.layers[source]
            yield layer
            source = layer.node.sources[0]

    def input_before(self) -> InputResult:
        """The input of the network that these layers begin with."""
        *_, first = (self.result, *self.layers_before())
        return self.analysis.inputs[~first.node.sources[0]]

    def _seen_before(self) -> ReceptiveField:
        """The receptive field of the layer's inputs."""
        return self.seen or merged(self.analysis.seen_by(self.result), self.result.input.rank)[0]

    def field_before(self) -> tuple[Any, ...] | None:
        """The receptive field of the layer's inputs as it is then found, one length an axis; None where it has none."""
        if not self.every_layer:
            return _along_axes(self._seen_before(), "receptive_field")
        before = next(self.layers_before(), None)
        if before is None:
            return (1,) * self.input.rank
        same: tuple[Any, ...] | None = replace(
            correct_at(self.analysis, before, "receptive_field"), every_layer=self.every_layer
        ).value()
        return same

    def _seen_through_all(self) -> ReceptiveField:
        """The receptive field where the same is done at every layer up to this one."""
        place = next(place for place, layer in enumerate(self.analysis.layers) if layer is self.result)
        every = EveryLayer(tuple(map(_what_it_does, self.every_layer)), self.every_layer)
        try:
            return _seen_at_all(self.analysis, every, len(self.analysis.layers))[place]
        except IMPOSSIBLE:  # perhaps at a later layer
            return _seen_at_all(self.analysis, every, place + 1)[place]


@dataclass(frozen=True, slots=True)
class EveryLayer:
    """What is done at every layer; equal to what does the same, though its functions are made anew for each layer."""

    key: tuple[Any, ...]
    steps: tuple[Callable[[LayerRecomputation], LayerRecomputation], ...] = field(compare=False)


def _what_it_does(step: Any) -> Any:
    """The code of a function and what it is bound to."""
    if isinstance(step, partial):
        return (_what_it_does(step.func), *sorted(step.keywords.items()))
    if not hasattr(step, "__code__"):
        return step
    return (step.__code__, *(_what_it_does(cell.cell_contents) for cell in step.__closure__ or ()))


@lru_cache(maxsize=32)
def _seen_at_all(analysis: Analysis, every: EveryLayer, count: int) -> list[ReceptiveField]:
    """The receptive fields of the first `count` layers where the same is done at every one of them."""
    nodes = []
    known: dict[tuple[int, Shape], Layer] = {}
    for layer in analysis.layers[:count]:
        key = (id(layer.node.layer), layer.input)
        if key not in known:
            here = correct_at(analysis, layer, "receptive_field")
            for step in every.steps:
                here = step(here)
            known[key] = here.effective_layer
        nodes.append(replace(layer.node, layer=known[key]))
    return receptive_fields(Graph("", analysis.graph.inputs, nodes=nodes)).of_nodes


def correct_value(result: LayerResult, quantity: str) -> Any:
    """The value of `correct_at` as it has been counted before, for the many layers that are looked at only; or None."""
    found = _along_axes(result.receptive_field, quantity) if quantity in FIELDS else getattr(result, quantity)
    return found if _sensible(found) else None


def _along_axes(seen: ReceptiveField, quantity: str) -> tuple[Any, ...]:
    return tuple(getattr(axis, FIELDS[quantity]) for axis in seen.axes)


def correct_at(analysis: Analysis, result: LayerResult, quantity: str) -> LayerRecomputation:
    """The correct way to find a number of a layer."""
    return LayerRecomputation(
        analysis=analysis,
        quantity=quantity,
        convention=analysis.convention,
        batch=analysis.batch,
        result=result,
        layer=result.node.layer,
        input=result.input,
    )


def _sensible(value: Any) -> bool:
    """Whether a value can stand for a size or a count: numbers, those of a map from 1 up."""
    if isinstance(value, Shape):
        return all(is_known(size) and size >= 1 for size in (value.channels, *value.size))
    if isinstance(value, tuple):
        return bool(value) and all(is_known(part) or isinstance(part, Fraction) for part in value)
    return is_known(value)
