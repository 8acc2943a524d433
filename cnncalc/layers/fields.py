"""What a spec gives for a key -> the value a rule reads: the kinds of field a layer can have.

A field checks and normalises its value once, when the layer is made (one number becomes one
per axis); rules never ask what they got. The same declarations are the schema of the spec
language, its documentation and the symbols of the textbook formulas.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar, overload

from cnncalc.layers.notation import NUMBER, SIZES, number
from cnncalc.symbolic import Size, is_known, symbol

T = TypeVar("T")
NumberReader: TypeAlias = "Callable[[str, int], Any]"
"""Reads a number of slide notation: its text, and where it begins in that of its field."""
REQUIRED: Any = object()
LEFT_OUT = ("D", "G")
"""Symbols that a textbook leaves out of its formulas where they are 1: dilation and groups."""


class Refused(ValueError):  # noqa: N818, a refused value is not an error of the program
    """A value that a field cannot take; `hint` says what it can."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Field(Generic[T]):
    """One key of a layer: its default, its meaning, and the textbook's symbol for it.

    Non-data descriptor: a layer keeps the value it read in its own `__dict__`.
    """

    accepts: ClassVar[str] = ""
    words: tuple[str, ...] = ()
    pattern: ClassVar[str] = NUMBER
    """The regular expression of its values in slide notation."""

    def __init__(self, default: Any = REQUIRED, *, doc: str, symbol: str = "", mark: str = "") -> None:
        self.default = default
        self.doc = doc
        self.symbol = symbol
        self.mark = mark
        """What stands before it in slide notation: the / of conv3-64/2; nothing for one that stands in brackets."""
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, layer: None, owner: type) -> Field[T]: ...
    @overload
    def __get__(self, layer: object, owner: type) -> T: ...
    def __get__(self, layer: object | None, owner: type) -> Field[T] | T:
        if layer is None:
            return self
        raise AttributeError(f"{owner.__name__} was made without a value for {self.name!r}")

    @property
    def required(self) -> bool:
        """Whether a spec must give the key."""
        return self.default is REQUIRED

    def read(self, value: Any) -> T:
        """The value as rules want it; raises Refused for one of the wrong kind."""
        raise NotImplementedError

    def textbook(self) -> T:
        """The symbol that formulas use for this field, or its default where it has none."""
        return self.read(symbol(self.symbol) if self.symbol else self.default)

    def show(self, value: T) -> Any:
        """`value` as a spec would give it: what `read` takes back."""
        return value

    def worked(self, value: T, axes: tuple[str, ...]) -> T:
        """`value` with its numbers known by the textbook's symbol, so that rules record their formulas."""
        if not self.symbol or (self.symbol in LEFT_OUT and value in (1, (1,) * len(axes), (1,))):
            return value
        from cnncalc.symbolic.traced import labelled

        return labelled(value, self.symbol, tuple(axis[0] for axis in axes))  # type: ignore[no-any-return]

    def in_notation(self, value: T) -> str:
        """`value` in slide notation, as `pattern` has it: what `from_notation` takes back."""
        return number(value)  # type: ignore[arg-type]

    def from_notation(self, text: str, read: NumberReader) -> Any:
        """What a spec gives for a text that matches `pattern`, its numbers read by `read`."""
        return read(text, 0)

    def bracket_words(self) -> dict[str, Any]:
        """The words that say a value by themselves in the brackets of slide notation: [ceil], [nobias]."""
        return {}

    def refuse(self, value: object, hint: str = "") -> Refused:
        """The error that says what was expected and what came."""
        return Refused(f"{self.name} must be {self.accepts}, not {quote(value)}", hint)


def quote(value: object) -> str:
    """A value from a spec as it is quoted in messages."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(quote(part) for part in value) + "]"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def is_number(value: object) -> bool:
    """Whether a value is an integer or a symbolic expression (and not a truth value)."""
    return is_known(value) or hasattr(value, "free_symbols")


class Count(Field[Size]):
    """A whole number that is at least `least`."""

    accepts = "a whole number"

    def __init__(self, default: Any = REQUIRED, *, least: int = 1, doc: str, symbol: str = "", mark: str = "") -> None:
        super().__init__(default, doc=doc, symbol=symbol, mark=mark)
        self.least = least

    def read(self, value: Any) -> Size:
        if not is_number(value):
            raise self.refuse(value)
        if type(value) is int and value < self.least:
            raise Refused(f"{self.name} must be at least {self.least}, not {value}")
        return value  # type: ignore[no-any-return]


class OptionalCount(Field["Size | None"]):
    """A whole number, or nothing, where the layer then finds it for itself."""

    accepts = "a whole number"

    def read(self, value: Any) -> Size | None:
        if value is None:
            return None
        if not is_number(value):
            raise self.refuse(value)
        if type(value) is int and value < 1:
            raise Refused(f"{self.name} must be at least 1, not {value}")
        return value  # type: ignore[no-any-return]


class Switch(Field[bool]):
    """True or false."""

    accepts = "true or false"
    pattern = r"(?i:true|false)\b"

    def read(self, value: Any) -> bool:
        if value in (0, 1) and isinstance(value, int):
            return bool(value)
        raise self.refuse(value)

    def in_notation(self, value: bool) -> str:
        return "true" if value else "false"

    def from_notation(self, text: str, read: NumberReader) -> Any:
        return text.lower() == "true"

    def bracket_words(self) -> dict[str, Any]:
        return {f"no{self.name}": False, self.name: True}


class Word(Field[str]):
    """One of a few words."""

    pattern = r"[A-Za-z_]+\d*"

    def __init__(self, default: Any = REQUIRED, *, words: tuple[str, ...], doc: str) -> None:
        super().__init__(default, doc=doc)
        self.words = words

    @property
    def accepts(self) -> str:  # type: ignore[override]
        return "one of " + ", ".join(self.words)

    def read(self, value: Any) -> str:
        if value in self.words:
            return str(value)
        raise self.refuse(value)

    def in_notation(self, value: str) -> str:
        return value

    def from_notation(self, text: str, read: NumberReader) -> Any:
        return text.lower()

    def bracket_words(self) -> dict[str, Any]:
        return {word: word for word in self.words}


class Number(Field[str]):
    """A plain number that no count depends on (a dropout rate, an epsilon), kept as text."""

    accepts = "a number"
    pattern = r"(?<==)[^,\[\]]+|\d+(?:\.\d+)?(?:e-?\d+)?"  # behind a key, whatever `read` takes

    def read(self, value: Any) -> str:
        text = str(value)
        try:
            float(text)
        except ValueError:
            raise self.refuse(value) from None
        return text

    def in_notation(self, value: str) -> str:
        return value

    def from_notation(self, text: str, read: NumberReader) -> Any:
        return text.strip()


class PerAxis(Field["tuple[Size, ...]"]):
    """One whole number for every axis, or a list of one per axis."""

    accepts = "a whole number or a list of one per axis"
    pattern = SIZES

    def __init__(self, default: Any = REQUIRED, *, least: int = 1, doc: str, symbol: str = "", mark: str = "") -> None:
        super().__init__(default, doc=doc, symbol=symbol, mark=mark)
        self.least = least

    def read(self, value: Any) -> tuple[Size, ...]:
        parts = tuple(value) if isinstance(value, list | tuple) else (value,)
        if not parts or not all(is_number(part) for part in parts):
            raise self.refuse(value)
        for part in parts:
            if type(part) is int and part < self.least:
                raise Refused(f"{self.name} must be at least {self.least}, not {quote(value)}")
        return parts

    def show(self, value: tuple[Size, ...]) -> Any:
        return value[0] if len(value) == 1 else list(value)

    def in_notation(self, value: tuple[Size, ...]) -> str:
        return "x".join(map(number, value))

    def from_notation(self, text: str, read: NumberReader) -> Any:
        sizes = tuple(read(part[0], part.start()) for part in re.finditer(NUMBER, text))
        return sizes[0] if len(sizes) == 1 else sizes


class OptionalPerAxis(PerAxis):
    """As PerAxis, but the empty tuple where nothing is given."""

    def read(self, value: Any) -> tuple[Size, ...]:
        return () if value is None or value == () else super().read(value)

    def show(self, value: tuple[Size, ...]) -> Any:
        return super().show(value) if value else None


def per_axis(value: tuple[Size, ...], rank: int) -> tuple[Size, ...]:
    """A field's value with one entry for each of `rank` axes."""
    return value * rank if len(value) == 1 else value
