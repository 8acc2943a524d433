"""The parts of a spec, validated and not yet expanded: what both YAML and slide notation become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeAlias

from cnncalc.errors import Problem, ProblemList, Source, Span
from cnncalc.layers import Layer
from cnncalc.spec.expressions import Expression
from cnncalc.spec.operators import Environment, ExpressionError

Value: TypeAlias = Any  # int, bool, None, a word, a symbolic size, or a tuple of values

INPUT = "input"
"""What an input is called if it has no name of its own."""


@dataclass(slots=True, eq=False, repr=False)
class Argument:
    """A value of the spec: a constant, an expression, or a list of arguments."""

    value: Value | Expression | tuple[Argument, ...]
    span: Span

    @classmethod
    def of(cls, value: Value, span: Span) -> Argument:
        """A constant; the entries of a tuple become arguments of their own, unless they are already."""
        if isinstance(value, tuple):
            value = tuple(part if isinstance(part, cls) else cls.of(part, span) for part in value)
        return cls(value, span)

    @property
    def constant(self) -> bool:
        """Whether the value is the same wherever it is read."""
        if isinstance(self.value, tuple):
            return all(part.constant for part in self.value)
        return not isinstance(self.value, Expression)

    def evaluate(self, environment: Environment) -> Value:
        """The value, with the names of `environment` put in; raises ArgumentError."""
        if isinstance(self.value, tuple):
            return tuple(part.evaluate(environment) for part in self.value)
        if not isinstance(self.value, Expression):
            return self.value
        try:
            value = self.value.evaluate(environment)
            if isinstance(value, dict):
                raise ExpressionError("'in' is a whole volume; name a part of it, as in in.channels")
            return value
        except ExpressionError as error:
            raise ArgumentError(expression_problem(error, self.span)) from None

    def names(self) -> Mapping[str, Span]:
        """Every name that the value uses, with its place."""
        if isinstance(self.value, tuple):
            return {name: span for part in self.value for name, span in part.names().items()}
        if isinstance(self.value, Expression):
            return {name: self.span.part(at, len(name)) for name, at in self.value.names.items()}
        return {}


class ArgumentError(ValueError):
    """An argument without a value, and the problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def expression_problem(error: ExpressionError, span: Span) -> Problem:
    """The problem of an expression that begins at `span`."""
    return Problem(str(error), span.part(error.position, error.length), error.hint)


class NameReference(NamedTuple):
    """The name of a layer that something reads from."""

    name: str
    span: Span


class Expected(NamedTuple):
    """What a text says of the input of a layer besides: `number` channels (`values`: in the whole volume), some `axes`.

    `module` is what the text calls the layer, `hint` what may be meant where the input is another. With `values` a map
    is flattened first, though the text does not show it, as `flattened` says. `unshown` is a setting that the text
    leaves out even where it is set: what the text would call it, its field, and its other value.
    """

    module: str
    number: Argument | None = None
    values: bool = False
    axes: int | None = None
    hint: str = ""
    flattened: str = ""
    unshown: tuple[str, str, Value] | None = None


class Item:
    """What all entries of a list of layers have: the sibling keys, and a place."""

    # Plain classes, not dataclasses: making those takes longer than all else in this file.
    __slots__ = ("first", "name", "repeat", "share", "sources", "span", "when")

    def __init__(
        self,
        *,
        span: Span,
        name: str = "",
        repeat: Argument | None = None,
        when: Argument | None = None,
        sources: tuple[NameReference, ...] = (),
        share: NameReference | None = None,
        first: dict[str, Argument] | None = None,
    ) -> None:
        self.span = span
        self.name = name
        self.repeat = repeat
        self.when = when
        self.sources = sources
        self.share = share
        self.first = first or {}


class LayerItem(Item):
    """A layer, with the keys given for it."""

    __slots__ = ("arguments", "expected", "layer")

    def __init__(
        self,
        *,
        layer: type[Layer],
        arguments: dict[str, Argument] | None = None,
        expected: Expected | None = None,
        **siblings: Any,
    ) -> None:
        super().__init__(**siblings)
        self.layer = layer
        self.arguments = arguments or {}
        self.expected = expected


class MergeItem(LayerItem):
    """A merging layer over branches; an empty branch is the identity."""

    __slots__ = ("branches",)

    def __init__(self, *, branches: tuple[tuple[Item, ...], ...] = (), **others: Any) -> None:
        super().__init__(**others)
        self.branches = branches


class CallItem(Item):
    """A block put in place, with its arguments."""

    __slots__ = ("arguments", "block")

    def __init__(self, *, block: str, arguments: dict[str, Argument], **siblings: Any) -> None:
        super().__init__(**siblings)
        self.block = block
        self.arguments = arguments


class GroupItem(Item):
    """Several layers taken as one; without a name they stand as if written out.

    `title` is what a table shows for its type, where it is one line.
    """

    __slots__ = ("items", "title")

    def __init__(self, *, items: tuple[Item, ...], title: str = "", **siblings: Any) -> None:
        super().__init__(**siblings)
        self.items = items
        self.title = title


class BrokenItem(Item):
    """An entry that could not be read; its problem is reported, and what follows it is unknown."""

    __slots__ = ()


@dataclass(slots=True, eq=False, repr=False)
class Block:
    """A named piece of network with parameters."""

    name: str
    parameters: dict[str, Argument | None]
    items: tuple[Item, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class InputSize:
    """An input: numbers or names for its sizes, then one for its channels; `others` are further inputs of a network."""

    sizes: tuple[int | str, ...]
    channels: int | str
    batch: int | str | None = None
    span: Span | None = None
    name: str = INPUT
    others: tuple[InputSize, ...] = ()

    def __str__(self) -> str:
        """The input as the command line takes it: 224x224x3, NxHxWx3; several as left=64x64x3,right=64x64x1."""
        if self.others:
            return ",".join(f"{each.name}={each.alone()}" for each in self.all)
        parts = (*self.sizes, self.channels)
        return "x".join(map(str, parts if self.batch is None else (self.batch, *parts)))

    @property
    def all(self) -> tuple[InputSize, ...]:
        """Every input of the network, this one first."""
        return (self, *self.others)

    @property
    def parts(self) -> tuple[int | str, ...]:
        """Every size, then the channels, of every input."""
        return tuple(part for each in self.all for part in (*each.sizes, each.channels))

    @property
    def sides(self) -> tuple[int | str, ...]:
        """The sides of the first input that has some."""
        return next((each.sizes for each in self.all if each.sizes), ())

    @property
    def alike(self) -> bool:
        """Whether all inputs that have sides have the same."""
        return len({each.sizes for each in self.all if each.sizes}) <= 1

    def alone(self) -> InputSize:
        """The same input without the others."""
        return replace(self, others=())

    def each(self, change: Callable[[InputSize], InputSize]) -> InputSize:
        """The same inputs, each of them changed."""
        first, *others = (change(each.alone()) for each in self.all)
        return replace(first, others=tuple(others))

    def resized(self, sizes: tuple[int | str, ...]) -> InputSize:
        """The same with other sides, those of every input that has sides."""
        return self.each(lambda one: replace(one, sizes=sizes) if one.sizes else one)

    def filled(self, values: Mapping[str, Any]) -> InputSize:
        """The same with values for some of the names in it."""

        def value(part: int | str) -> Any:
            return values.get(part, part) if isinstance(part, str) else part

        return self.each(lambda one: replace(one, sizes=tuple(map(value, one.sizes)), channels=value(one.channels)))


@dataclass(slots=True, eq=False, repr=False)
class Variant:
    """A named setting of the parameters of a family; or a spec of its own, where it has other layers."""

    name: str
    title: str
    about: str
    settings: dict[str, Argument]
    input: InputSize | None = None
    spec: Callable[[], Spec] | None = None


@dataclass(slots=True, eq=False, repr=False)
class Spec:
    """A network, or a family of networks, as written.

    `key` is its short name (vgg16), `name` how it calls itself (VGG-16), `asked` the text that it was
    asked for by: its name, a path, slide notation; `settings` are those of the variant chosen. `notes` say what its
    reader has assumed where the text does not say it.
    """

    source: Source
    key: str = ""
    asked: str = ""
    name: str = ""
    about: str = ""
    reference: str = ""
    input: InputSize | None = None
    partial_input: InputSize | None = None
    """An input that is not its own but shows what the text says of one: HxWx3, where only the channels are known."""
    rounding: str = ""
    parameters: dict[str, Argument] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    defaults: dict[type[Layer], dict[str, Argument]] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    settings: dict[str, Argument] = field(default_factory=dict)
    completion: Callable[[InputSize | None, Mapping[str, Argument]], Spec] | None = None
    """Of a text whose layers follow only once its input is known: the whole spec for an input and settings."""
    problems: list[Problem] = field(default_factory=ProblemList)
    notes: list[str] = field(default_factory=list)
    input_key: str = "'input: 224x224x3'"
    """How its language says the size of an input, for a message."""

    def completed(self, size: InputSize | None, settings: Mapping[str, Argument]) -> Spec:
        """The whole spec for an input and settings: itself, unless its layers follow only from these."""
        if self.completion is None:
            return self
        found = self.completion(size, settings)
        found.key, found.name, found.asked = self.key, self.name, self.asked
        return found
