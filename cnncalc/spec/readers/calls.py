"""A module as a framework writes it -> the items of a spec: arguments bound to names, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from typing import Any, NamedTuple, TypeAlias

from cnncalc.errors import Problem, Span, SpecError, closest, one_of
from cnncalc.layers import CATALOGUE
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, ArgumentError, BrokenItem, Expected, InputSize, Item, LayerItem, Spec

AXES = re.compile(r"[123](?=[dD])")
SYMBOLS = {1: ("W",), 2: ("H", "W"), 3: ("D", "H", "W")}
AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Call(NamedTuple):
    """`Conv2d(1, 6, kernel_size=5)`: a type, and its arguments by position and by name; `name` is its path."""

    kind: str
    span: Span
    positional: tuple[Argument, ...] = ()
    named: Mapping[str, Argument] = {}
    name: str = ""
    joined: bool = True
    """Whether the text shows that nothing stands between it and the module before it: both are in one Sequential."""
    flat: bool | None = None
    """Whether its input is a vector, where the text shows it."""
    printed: bool = False
    """Whether it is what a program prints of a module, which may leave out an argument."""

    def refused(self, message: str, hint: str = "", at: Argument | None = None) -> SpecError:
        """The error that this call cannot be read, at one of its arguments if that is to blame."""
        return SpecError([Problem(message, at.span if at else self.span, hint)])


class Arguments:
    """The arguments of a call by name; `get` is None where one is not given, or is None."""

    def __init__(self, call: Call, values: Mapping[str, Argument]) -> None:
        self.call = call
        self.values = values

    @property
    def axes(self) -> int | None:
        """The axes that its type names: 2 for Conv2d."""
        found = AXES.search(self.call.kind)
        return int(found[0]) if found else None

    def get(self, name: str) -> Argument | None:
        """The value given for an argument, one number where those of all axes are the same."""
        argument = self.values.get(name)
        if argument is None or argument.value is None:
            return None
        parts = argument.value
        if not isinstance(parts, tuple) or len(parts) not in (1, self.axes):
            return argument
        first = parts[0].value
        alike = type(first) is int and all(type(part.value) is int and part.value == first for part in parts)
        return Argument(first, argument.span) if alike else argument

    def needed(self, name: str) -> Argument:
        """The value of an argument without a default; raises SpecError if it is missing."""
        found = self.get(name)
        if found is None:
            raise self.call.refused(f"{self.call.kind} needs {name}")
        return found

    def plain(self, name: str, default: Any = None) -> Any:
        """An argument as a plain value, tuples and all; raises SpecError if it depends on a name."""
        argument = self.values.get(name)
        if argument is None:
            return default
        try:
            return argument.evaluate({})
        except ArgumentError:
            raise self.call.refused(f"{name} must be a number or a word here", at=argument) from None

    def only(self, name: str, *values: Any, hint: str = "") -> None:
        """Refuse an argument that is not one of these values, the first of which is the default."""
        if (found := self.plain(name, values[0])) not in values:
            raise self.call.refused(f"{self.call.kind} with {name}={found} is not supported", hint, self.values[name])

    def layer(self, kind: str, expected: Expected | None = None, **fields: Any) -> LayerItem:
        """A layer with these fields; those that are None are left to their defaults."""
        span = self.call.span
        given = {
            name: value if isinstance(value, Argument) else Argument.of(value, span)
            for name, value in fields.items()
            if value is not None
        }
        item = LayerItem(span=span, layer=CATALOGUE[kind], arguments=given, name=self.call.name)
        item.expected = expected
        return item

    def expect(self, count: Argument | None = None, *, values: bool = False, axes: int | None = None) -> Expected:
        """What its text says of the input: channels (all `values`, for a vector), axes unless its type names them."""
        return Expected(self.call.kind, count, values, self.axes if axes is None else axes)


Make: TypeAlias = "Callable[[Arguments], Item | Iterable[Item]]"


class Module(NamedTuple):
    """A type of module: the names of its arguments in their order, and the layers that it is."""

    signature: str
    make: Make


class Framework(NamedTuple):
    """The modules of a framework by type; arguments that change no number may have any name of `ignored`.

    `counted_as` has the modules, and the words for activations, that are counted as another layer, and what differs.
    """

    name: str
    modules: Mapping[str, Module]
    ignored: re.Pattern[str]
    counted_as: Mapping[str, str]


def bound(call: Call, module: Module, framework: Framework) -> Arguments:
    """The arguments of a call by name; raises SpecError for one that the module does not have."""
    names = module.signature.split()
    positional = [*takewhile(lambda name: name != "*", names)]
    if len(call.positional) > len(positional) and names != ["..."]:
        raise call.refused(f"{call.kind} takes {len(positional)} arguments by position, not {len(call.positional)}")
    values = dict(zip(positional, call.positional, strict=False))
    for name, value in call.named.items():
        if names != ["..."] and name not in names and not framework.ignored.fullmatch(name):
            raise call.refused(f"{call.kind} has no '{name}'", closest(name, names) or one_of(positional), value)
        if name in values:
            raise call.refused(f"{call.kind} is given {name} twice", at=value)
        values[name] = value
    return Arguments(call, values)


def items_of(calls: Iterable[Call], framework: Framework, spec: Spec) -> tuple[Item, ...]:
    """The items that calls of a framework stand for; what is wrong is left in the problems of the spec."""
    found: list[Item] = []
    for call in calls:
        module = framework.modules.get(call.kind)
        try:
            if module is None:
                hint = closest(call.kind, framework.modules) or "write the network as a YAML spec, or leave it out"
                raise call.refused(f"cnncalc has no layer for {call.kind} of {framework.name}", hint)
            made = module.make(bound(call, module, framework))
            _note_stand_in(call, framework, spec)
            found.extend([made] if isinstance(made, Item) else made)
        except SpecError as error:
            for problem in error.problems:
                spec.problems.append(problem)
            found.append(BrokenItem(span=call.span, name=call.name))
    return tuple(found)


def _note_stand_in(call: Call, framework: Framework, spec: Spec) -> None:
    """Say once of a type, or of an activation, that it is counted as another."""
    activation = call.named.get("activation") or (call.positional[0] if call.kind == "Activation" else None)
    word = activation.value if activation is not None and isinstance(activation.value, str) else ""
    for name in (call.kind, word.rpartition(".")[2]):
        if (
            name in framework.counted_as
            and (note := f"{name} is counted as {framework.counted_as[name]}") not in spec.notes
        ):
            spec.notes.append(note)


def partial_input(items: Iterable[Item]) -> InputSize | None:
    """The input as far as the layers tell it: HxWx3 where the first one that reads channels reads 3 of an image."""
    axes = None
    for item in items:
        expected = item.expected if isinstance(item, LayerItem) else None
        axes = (expected.axes if expected else None) or axes
        if expected is not None and expected.number is not None:
            channels = expected.number.value
            known = axes and not expected.values and type(channels) is int
            return InputSize(SYMBOLS[axes], channels) if axes and known else None  # type: ignore[arg-type]
        if not isinstance(item, LayerItem) or not item.layer.channelwise:
            return None
    return None


def constant(argument: Argument | None) -> bool:
    """Whether an argument is a value that stands in the text itself."""
    return argument is None or not isinstance(argument.value, Expression)
