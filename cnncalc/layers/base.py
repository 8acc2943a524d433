"""Fields and rules -> Layer: what every layer type is, and the register of them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from cnncalc.layers.channels import Channels, ChannelsRead
from cnncalc.layers.condition import Condition, never
from cnncalc.layers.fields import Field, Refused
from cnncalc.layers.notation import pieces
from cnncalc.layers.operations import NO_OPERATIONS, Operations
from cnncalc.layers.receptive_field import ReceptiveField
from cnncalc.layers.shape import Shape
from cnncalc.symbolic import Size, product

if TYPE_CHECKING:
    from cnncalc.layers.window import Window

L = TypeVar("L", bound="type[Layer]")
CATALOGUE: dict[str, type[Layer]] = {}


class Layer:
    """One layer type: its fields are the keys of a spec, its rules the numbers of the table.

    Every rule takes the shape of the layer's one input (a merging layer: of its joined
    inputs) and gives a count for one image. The defaults here are those of a layer that
    changes nothing, holds nothing and does nothing.
    """

    kind: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    fields: ClassVar[dict[str, Field[Any]]] = {}
    main: ClassVar[tuple[str, ...]] = ()
    """The fields that may be given by position; the first is the X of `type: X` in a spec."""
    leads: ClassVar[str] = ""
    """The field whose value stands directly behind the name in slide notation, if not the first of `main`."""
    title: ClassVar[str] = ""
    """What several of them are called in a sentence: "convolutions"."""
    weighted: ClassVar[bool] = False
    """Whether it counts towards the depth of a network, as convolutions and matrix products do."""
    dense: ClassVar[bool] = False
    """Whether it sees a map as a whole, so that its weights are for one size of map."""
    in_place: ClassVar[bool] = False
    """Whether its output may overwrite its input, so that it needs no memory of its own."""
    kept_for_training: ClassVar[bool] = False
    """Whether, though it may work in place, its backward pass needs its input as it was."""
    view: ClassVar[bool] = False
    """Whether its output is its input's memory under another shape."""
    merges: ClassVar[bool] = False
    """Whether it takes more than one input."""
    counted: ClassVar[tuple[str, ...]] = ()
    """The fields that no spec gives, for they are counted."""
    values_read: ClassVar[int | None] = None
    """How many of its inputs, from the first on, it reads the values of: all, or the others give but their sizes."""
    rescales: ClassVar[bool] = False
    """Whether a merging layer reads pixels of its inputs that lie elsewhere than its own, as `seen_of` says."""
    channelwise: ClassVar[bool] = False
    """Whether every channel of its output depends on that channel of its inputs alone."""
    slide_word: ClassVar[str] = ""
    """What the lecture slides call it, if not by its kind in capitals."""

    def __init_subclass__(cls) -> None:
        names = dict.fromkeys(cls.main)
        for base in cls.__mro__:
            names.update(dict.fromkeys(name for name, value in vars(base).items() if isinstance(value, Field)))
        found = {name: getattr(cls, name, None) for name in names}
        cls.fields = {name: value for name, value in found.items() if isinstance(value, Field)}

    def __init__(self, *values: Any, **keys: Any) -> None:
        """Read the fields: values in the order of `main`, the rest by key.

        Raises Refused for a value that a field cannot take, and TypeError for a key that
        does not exist or a required one that is missing.
        """
        given = dict(zip(self.main, values, strict=False))
        if len(values) > len(self.main) or given.keys() & keys.keys() or keys.keys() - self.fields.keys():
            raise TypeError(f"{self.kind} takes {', '.join(self.fields) or 'no fields'}")
        given.update(keys)
        for name, field in self.fields.items():
            if name not in given and field.required:
                raise TypeError(f"{self.kind} needs {name}: {field.doc}")
            self.__dict__[name] = field.read(given.get(name, field.default))
        self.check()

    def check(self) -> None:
        """Refuse fields that contradict each other, by raising Refused."""

    @classmethod
    def keys(cls) -> dict[str, Field[Any]]:
        """The fields that a spec may give."""
        return {name: field for name, field in cls.fields.items() if name not in cls.counted}

    @classmethod
    def textbook(cls: type[T], **keys: Any) -> T:
        """The layer with the textbook's symbols in its fields: K filters of size F, stride S, ..."""
        symbols = {name: field.textbook() for name, field in cls.fields.items() if field.symbol}
        return cls(**{name: field.show(symbols[name]) for name, field in cls.fields.items() if field.symbol} | keys)

    def worked(self: T, axes: tuple[str, ...]) -> T:
        """The same layer, its numbers known by the textbook's symbols: its rules record what they compute."""
        made = object.__new__(type(self))
        made.__dict__.update((name, field.worked(getattr(self, name), axes)) for name, field in self.fields.items())
        return made

    def given(self) -> dict[str, Any]:
        """The fields that differ from their defaults, as a spec would give them."""
        result = {}
        for name, field in self.fields.items():
            value = getattr(self, name)
            if field.required or value != field.read(field.default):
                result[name] = field.show(value)
        return result

    # Rules ----------------------------------------------------------------------------------

    def join(self, shapes: tuple[Shape, ...]) -> Shape:
        """The one shape that the other rules see; only merging layers have more than one input."""
        return shapes[0]

    def join_conditions(self, shapes: tuple[Shape, ...]) -> Iterator[Condition]:
        """What must hold for the inputs to be joined."""
        yield from ()

    def settled(self: Layer, shapes: tuple[Shape, ...]) -> Layer:
        """The layer that it is on inputs of these shapes, where these decide it; only for merging layers."""
        return self

    def conditions(self, shape: Shape) -> Iterator[Condition]:
        """What must hold of the input."""
        yield from ()

    def needs_map(self, shape: Shape, *per_axis_fields: str) -> Iterator[Condition]:
        """That the input has axes, and each of the fields one entry for all of them or one for each."""
        if not shape.rank:
            yield never(
                f"{self.kind} needs a map, but its input is a vector of {shape.channels}",
                "give the input a size, as in 32x32x3, or put the layer before the flattening",
            )
            return
        for name in per_axis_fields:
            entries = getattr(self, name)
            if not isinstance(entries, str) and len(entries) not in (1, shape.rank):
                yield never(
                    f"{name} has {len(entries)} entries, but the input {shape} has {shape.rank} axes",
                    f"give one number, or {shape.rank}",
                )
                return

    def output(self, shape: Shape) -> Shape:
        """The shape of the output."""
        return shape

    def weight_factors(self, shape: Shape) -> tuple[tuple[Size, ...], ...]:
        """The factors that make the weights, grouped as a textbook would: ((F, F, C), (K,))."""
        return ()

    def weights(self, shape: Shape) -> Size:
        """Trainable numbers that multiply: the product of `weight_factors`, 0 without any."""
        factors = self.weight_factors(shape)
        return product(product(group) for group in factors) if factors else 0

    def biases(self, shape: Shape) -> Size:
        """Trainable numbers that are added."""
        return 0

    def buffers(self, shape: Shape) -> Size:
        """Stored numbers that are not trained, as the running statistics of a batch norm."""
        return 0

    def params(self, shape: Shape) -> Size:
        """Trainable numbers: weights and biases."""
        return self.weights(shape) + self.biases(shape)

    def operations(self, shape: Shape) -> Operations:
        """What it computes for one image, by class of operation, its own activation included."""
        return NO_OPERATIONS

    def macs(self, shape: Shape) -> Size:
        """Multiply-accumulates for one image."""
        return self.operations(shape).macs

    def connections(self, shape: Shape, *, bias: bool = True) -> Size:
        """Arrows from real inputs (not from padding), and from biases, to the units of the output."""
        return 0

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        """The receptive field of its outputs, given that of its inputs."""
        return seen

    def seen_of(self, number: int, seen: ReceptiveField, shapes: tuple[Shape, ...]) -> ReceptiveField:
        """The receptive field of input `number`, as the units of a merging layer read it."""
        return seen

    def windows_on(self, shape: Shape) -> tuple[Window, ...]:
        """The window on every axis of the input; nothing for a layer that has none."""
        return ()

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        """The channels of the inputs that `count` channels of the output from `start` on depend on; None for all.

        Raises UncountableError where that depends on a symbol.
        """
        return [Channels(number, start, count) for number in range(len(shapes))] if self.channelwise else None

    def convolutional(self: Layer, shape: Shape, kernel: tuple[Size, ...] | None) -> Layer | None:
        """The layer in a fully convolutional network, made for a map of size `kernel`; None if it has no place there.

        Raises Refused for a layer that has no such form.
        """
        return self

    # Text -----------------------------------------------------------------------------------

    @classmethod
    def leading(cls) -> str:
        """The field whose value stands directly behind the name in slide notation, if any."""
        return cls.leads or next(iter(cls.main), "")

    @classmethod
    def implied(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """What slide notation means by fields that it leaves out, given the others, where it is not their default."""
        return {}

    def notation(self, *, short: bool = False) -> str:
        """The layer in slide notation, without what goes without saying: conv3-64, maxpool2, fc-1000 + relu.

        `short` writes `...` for a long value in brackets: the rows of a connection table.
        """
        kept: dict[bool, str] = self.__dict__.setdefault("_notations", {})  # rows that are alike share a layer
        if short not in kept:
            kept[short] = self.kind + "".join(text for _, text in pieces(self, short=short))
        return kept[short]

    def slide_name(self) -> str:
        """The layer as the lecture slides call it: CONV3-64, POOL2, FC; they do not say what stands in brackets."""
        sizes = "".join(text for mark, text in pieces(self) if mark not in ("", "+"))
        return (self.slide_word or self.kind.upper()) + sizes

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.given().items())
        return f"{type(self).__name__}({values})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.meaning() == other.meaning()

    def __hash__(self) -> int:
        return hash((type(self), *self.meaning().values()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {self.kind} layer cannot be changed once made")

    def meaning(self) -> dict[str, Any]:
        """The values of all fields, alike where they mean the same in other words: equal layers have equal ones."""
        return {name: getattr(self, name) for name in self.fields}


T = TypeVar("T", bound=Layer)


def layer(kind: str, *aliases: str) -> Any:
    """Class decorator: enter a layer type into the catalogue under its kind and its aliases."""

    def enter(cls: L) -> L:
        cls.kind, cls.aliases = kind, aliases
        for name in (kind, *aliases):
            if name in CATALOGUE:
                raise ValueError(f"two layer types are called {name!r}")
            CATALOGUE[name] = cls
        return cls

    return enter


__all__ = ["CATALOGUE", "Layer", "Refused", "layer"]
