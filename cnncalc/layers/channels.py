"""Channels of an output -> the channels of the inputs that they depend on, where these are not all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from cnncalc.layers.receptive_field import UncountableError
from cnncalc.symbolic import Size, exact_div, floor_div, is_known, maximum, minimum, normalise


class Channels(NamedTuple):
    """`count` channels from channel `start` on, counted from 0, of input number `source`."""

    source: int
    start: Size
    count: Size  # type: ignore[assignment]  # a tuple has a method of this name


ChannelsRead: TypeAlias = "Iterable[Channels] | None"
"""None where every channel of the output depends on all channels of all inputs."""


def grouped(groups: Size, channels: Size, filters: Size, start: Size, count: Size) -> Iterator[Channels]:
    """The input channels of the groups that `count` of the `filters` output channels, from `start` on, lie in."""
    read, made = exact_div(channels, groups), exact_div(filters, groups)
    first, last = floor_div(start, made), floor_div(start + count - 1, made)
    yield Channels(0, normalise(first * read), normalise((last - first + 1) * read))


def clipped(number: int, start: Size, end: Size, low: Size, high: Size) -> Iterator[Channels]:
    """The channels from `start` up to `end` that lie among `low` to `high`, counted from `low`; none, or one range.

    Raises UncountableError if symbols leave open whether there are any.
    """
    first = normalise(maximum(start, low))
    count = normalise(minimum(end, high) - first)
    if not is_known(count) and not count.is_positive and not (-count).is_nonnegative:  # type: ignore[attr-defined]
        raise UncountableError("which channels are read depends on a symbol")
    if (count > 0) if is_known(count) else count.is_positive:  # type: ignore[attr-defined]
        yield Channels(number, normalise(first - low), count)
