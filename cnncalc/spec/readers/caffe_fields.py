"""The fields of a layer of Caffe by their kind, where the layer stands, and the items that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any, NamedTuple, TypeAlias

from cnncalc.spec.model import Item, LayerItem, MergeItem, NameReference
from cnncalc.spec.readers.calls import Arguments

IMAGES = 0
CHANNELS = 1
"""The axes that Caffe numbers 0 and 1."""
AS_SPEC = "write the network as a YAML spec"


class Place(NamedTuple):
    """Where a layer stands: the names of what it reads, the axes of each where these are known, and its tops."""

    bottoms: tuple[NameReference, ...]
    axes: tuple[int | None, ...]
    tops: int
    batch: int = 1


Make: TypeAlias = "Callable[[Arguments, Place], list[Item]]"


def switch(given: Arguments, name: str, default: bool) -> bool:
    """A field that is true or false."""
    value = given.plain(name, default)
    if value not in (True, False):
        raise given.call.refused(f"{name} must be true or false", at=given.values[name])
    return bool(value)


def number(given: Arguments, name: str, default: float) -> float:
    """A field that is one number."""
    value = given.plain(name, default)
    if type(value) not in (int, float) or not isfinite(value):
        raise given.call.refused(f"{name} must be a number", at=given.values[name])
    return int(value) if value == int(value) else float(value)


def whole(given: Arguments, name: str, default: int) -> int:
    """A field that is one whole number."""
    value = given.plain(name, default)
    if type(value) is not int:
        raise given.call.refused(f"{name} must be a whole number", at=given.values[name])
    return value


def numbers(given: Arguments, name: str, *kinds: type) -> tuple[Any, ...]:
    """The numbers of a field that may stand several times; none where it does not stand."""
    value = given.plain(name, ())
    value = value if isinstance(value, tuple) else (value,)
    if not all(type(part) in kinds for part in value):
        raise given.call.refused(f"{name} must be {'whole ' * (kinds == (int,))}numbers", at=given.values[name])
    return value


def axis_of(given: Arguments, name: str, default: int, place: Place) -> int:
    """An axis counted from the first, where the axes of the bottom are known."""
    axis, axes = whole(given, name, default), place.axes[0]
    return axis + axes + 2 if axis < 0 and axes is not None else axis


def merged(given: Arguments, kind: str, **fields: Any) -> MergeItem:
    """A merging layer with these fields."""
    made = given.layer(kind, **fields)
    return MergeItem(layer=made.layer, arguments=made.arguments, span=made.span, name=made.name)


def named(given: Arguments, suffix: str, kind: str, **fields: Any) -> LayerItem:
    """A further layer that a layer of Caffe stands for, with a name of its own."""
    made = given.layer(kind, **fields)
    made.name = f"{given.call.name}.{suffix}"
    return made
