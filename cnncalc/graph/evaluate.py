"""Arguments and a place -> values: what the expressions of a spec come to where an item stands."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from cnncalc.errors import Span
from cnncalc.graph.builder import Assembly
from cnncalc.graph.scope import UNKNOWN, Scope
from cnncalc.layers import Layer, Refused, Shape
from cnncalc.layers.fields import is_number, quote
from cnncalc.spec.model import Argument, ArgumentError, CallItem, LayerItem, Spec
from cnncalc.symbolic import Size, is_known, normalise, symbol


class Evaluation:
    """Evaluates arguments for one expansion; what has no value becomes a problem of its assembly."""

    def __init__(self, spec: Spec, assembly: Assembly, settings: Mapping[str, Argument]) -> None:
        self.spec = spec
        self.assembly = assembly
        self.made: dict[tuple[int, bool], Layer] = {}
        self.alike: dict[Layer, Layer] = {}
        self.parameters = self._parameters(settings)

    def _parameters(self, settings: Mapping[str, Argument]) -> dict[str, Any]:
        """The value of every parameter: as set, else the default; a symbol where neither is."""
        environment: dict[str, Any] = {}
        for name, default in self.spec.parameters.items():
            value = self._evaluate(settings.get(name, default), environment)
            environment[name] = symbol(name) if value is None else value
        return environment

    def wanted(self, item: Any, scope: Scope, source: int) -> bool:
        """Whether the `when` of an item lets it stand here."""
        if item.when is None:
            return True
        value = self._evaluate(item.when, self._with_input(scope, source))
        return value is None or self._truth(value, item.when.span)

    def times(self, repeat: Argument, scope: Scope, source: int) -> Size:
        """How often an item is to be repeated: a number, or a symbol."""
        times = self._evaluate(repeat, self._with_input(scope, source))
        if times is None:
            return 1
        if isinstance(times, tuple | Fraction) or (is_known(times) and times < 0):
            self.assembly.problem(f"repeat cannot be {quote(times)}", repeat.span, "a whole number from 0 up")
            return 1
        if is_known(times):
            self.assembly.check_size(times, repeat.span)
        return normalise(times)

    def call_arguments(self, item: CallItem, scope: Scope, source: int, first: bool) -> dict[str, Any]:
        """The values of a block's parameters in a call."""
        given = item.arguments | item.first if first else item.arguments
        outside = self._with_input(scope, source)
        values: dict[str, Any] = {}
        for name, default in self.spec.blocks[item.block].parameters.items():
            argument = given.get(name)
            if argument is not None:
                values[name] = self._evaluate(argument, outside)
            elif default is not None:
                inside = {**self.parameters, **values, "in": outside.get("in")}
                values[name] = self._evaluate(default, inside)
        return values

    # Layers ---------------------------------------------------------------------------------

    def layer(self, item: LayerItem, scope: Scope, sources: tuple[int, ...], first: bool) -> Layer | None:
        """The layer of an item; made once where nothing in it changes from place to place."""
        special = bool(first and item.first)
        known = self.made.get((id(item), special))
        if known is not None:
            return known
        given = self.spec.defaults.get(item.layer, {}) | item.arguments | (item.first if special else {})
        environment = self._with_input(scope, sources[0])
        values: dict[str, Any] = {"inputs": len(sources)} if item.layer.merges else {}
        for name, argument in given.items():
            value = self._evaluate(argument, environment)
            if value is None and not argument.constant:
                return None
            values[name] = value
        if self.spec.rounding and "rounding" in item.layer.fields:
            values.setdefault("rounding", self.spec.rounding)
        try:
            made = item.layer(**values)
        except Refused as refused:
            blamed = [given[name].span for name in given if str(refused).startswith(f"{name} ")]
            self.assembly.problem(str(refused), blamed[0] if blamed else item.span, refused.hint)
            return None
        made = self.shared(made)
        if all(argument.constant for argument in given.values()):
            self.made[id(item), special] = made
        return made

    def expected_count(self, item: LayerItem, scope: Scope, source: int) -> Size | None:
        """How many channels, or values, the text says that the input of a layer has; None where it does not."""
        count = item.expected.number if item.expected else None
        if count is None:
            return None
        value: Size | None = self._evaluate(count, self._with_input(scope, source))
        if value is None or is_number(value):
            return value
        self.assembly.problem(f"a whole number is expected here, not {quote(value)}", count.span)
        return None

    def shared(self, layer: Layer) -> Layer:
        """The one object that stands for all layers equal to this one, so that their numbers are found once."""
        return self.alike.setdefault(layer, layer)

    def _with_input(self, scope: Scope, source: int) -> dict[str, Any]:
        """The environment of an item, with `in` for the shape that comes in."""
        if source == UNKNOWN:
            return scope.environment | {"in": UNKNOWN}
        shape = self.assembly.graph.shape(source)
        return scope.environment | {"in": _InputParts(shape)}

    def _evaluate(self, argument: Argument, environment: Mapping[str, Any]) -> Any:
        """The value of an argument; None, and a problem, where it has none."""
        if argument.constant:
            return argument.evaluate(environment)
        if environment.get("in") == UNKNOWN and "in" in argument.names():
            return None
        if any(name in environment and environment[name] is None for name in argument.names()):
            return None
        try:
            return argument.evaluate(environment)
        except ArgumentError as error:
            self.assembly.problems.append(error.problem)
            return None

    def _needs_number(self, key: str, value: Any, span: Span) -> None:
        hint = f"give it a value, as in --set {value}=3" if str(value) in self.parameters else "give it a value"
        self.assembly.problem(f"'{key}' needs a number, but {value} is a symbol", span, hint)

    def _truth(self, value: Any, span: Span) -> bool:
        if isinstance(value, bool | Fraction) or is_known(value):
            return bool(value)
        if isinstance(value, tuple):
            self.assembly.problem(f"'when' must be true or false, not {quote(value)}", span)
        else:
            self._needs_number("when", value, span)
        return True


class _InputParts(dict[str, Any]):
    """The parts of `in`: channels, and every axis by its name."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(zip(shape.axes, shape.size, strict=True), channels=shape.channels)
