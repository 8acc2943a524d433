"""Two lists of layers -> which layer of one is which layer of the other: by name first, then by order and kind."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from math import isqrt
from typing import NamedTuple, TypeAlias

Pair: TypeAlias = tuple[int, int]
MOST_STEPS = 1_000_000
"""Comparisons for one alignment; lists that differ more are aligned place by place."""


class Outline(NamedTuple):
    """What layers are aligned by, each list in the order of the layers.

    `contents` are equal for layers with the same settings, `kinds` for layers of the same type.
    """

    names: Sequence[str]
    contents: Sequence[Hashable]
    kinds: Sequence[Hashable]


def aligned(old: Outline, new: Outline) -> list[Pair]:
    """The pairs of places of corresponding layers, rising in both.

    Names decide if every layer has its namesake in the same order. If not, layers between namesakes are paired by
    contents, then by kind; but names are disregarded if fewer layers differ without them, as where automatic names
    count on behind a new layer.
    """
    namesakes = _namesakes(old.names, new.names)
    if len(namesakes) == len(old.names) == len(new.names):
        return namesakes
    by_order = _filled([], old, new)
    by_name = _filled(namesakes, old, new) if namesakes else by_order
    return by_name if _differing(by_name, old, new) <= _differing(by_order, old, new) else by_order


def _differing(pairs: Sequence[Pair], old: Outline, new: Outline) -> int:
    """The layers that are paired with none, or with one of other contents."""
    changed = sum(old.contents[at] != new.contents[other] for at, other in pairs)
    return len(old.names) + len(new.names) - 2 * len(pairs) + changed


def _namesakes(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """The most pairs of equal names that rise in both lists."""
    places = {name: place for place, name in enumerate(new)}
    found = [(at, places[name]) for at, name in enumerate(old) if name in places]
    ends: list[int] = []  # the least place at which a rising row of so many pairs ends
    heads: list[int] = []  # the pair that it ends with
    before = [-1] * len(found)
    for number, (_, place) in enumerate(found):
        length = bisect_left(ends, place)
        before[number] = heads[length - 1] if length else -1
        if length == len(ends):
            ends.append(place)
            heads.append(number)
        else:
            ends[length], heads[length] = place, number
    chosen = []
    number = heads[-1] if heads else -1
    while number >= 0:
        chosen.append(found[number])
        number = before[number]
    return chosen[::-1]


def _filled(pairs: Sequence[Pair], old: Outline, new: Outline) -> list[Pair]:
    """These pairs, and between them pairs of equal contents, and between all of those pairs of a kind."""
    some = _between(pairs, old.contents, new.contents)
    return _between(some, old.kinds, new.kinds)


def _between(pairs: Sequence[Pair], old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Pair]:
    """These pairs, and in every gap between two of them the pairs of what both lists have in common."""
    found: list[Pair] = []
    whole = len(old) + len(new)
    for (first, other), (last, its_last) in pairwise([(-1, -1), *pairs, (len(old), len(new))]):
        if first >= 0:
            found.append((first, other))
        mine, its = old[first + 1 : last], new[other + 1 : its_last]
        if mine and its:
            steps = MOST_STEPS * (len(mine) + len(its)) // whole
            found += ((first + 1 + at, other + 1 + place) for at, place in common(mine, its, steps))
    return found


def common(old: Sequence[Hashable], new: Sequence[Hashable], steps: int = MOST_STEPS) -> list[Pair]:
    """The places of a longest common subsequence; of equal entries at equal places if that takes too many steps."""
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - start
    end = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    mine, its = old[start : len(old) - end], new[start : len(new) - end]
    middle = _subsequence(mine, its, steps) if mine and its else []
    tail = zip(range(len(old) - end, len(old)), range(len(new) - end, len(new)), strict=True)
    return [*((at, at) for at in range(start)), *((start + at, start + place) for at, place in middle), *tail]


def _subsequence(old: Sequence[Hashable], new: Sequence[Hashable], steps: int) -> list[Pair]:
    """As `common`, by Myers' algorithm: the fewest removals and additions first (An O(ND) Difference Algorithm, 1986).

    On diagonal k = x - y, `furthest` holds the largest x that is reached so far; the one for k is at `middle` + k.
    """
    most = min(len(old) + len(new), isqrt(2 * steps))
    middle = most + 1
    furthest = [0] * (2 * most + 3)
    trace = []
    for edits in range(most + 1):
        trace.append(array("l", furthest[middle - edits - 1 : middle + edits + 2]))
        for diagonal in range(-edits, edits + 1, 2):
            at = middle + diagonal
            down = diagonal == -edits or (diagonal != edits and furthest[at - 1] < furthest[at + 1])
            start = x = furthest[at + 1] if down else furthest[at - 1] + 1
            y = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x += 1
                y += 1
            furthest[at] = x
            if x >= len(old) and y >= len(new):
                return list(_walked_back(trace, x, y))[::-1]
            steps -= 1 + x - start
        if steps < 0:
            break
    return [(at, at) for at, (mine, its) in enumerate(zip(old, new, strict=False)) if mine == its]


def _walked_back(trace: Sequence[array[int]], x: int, y: int) -> Iterator[Pair]:
    """The matches on the way that ends at x, y, the last of them first."""
    for edits in range(len(trace) - 1, -1, -1):
        furthest, diagonal = trace[edits], x - y
        at = diagonal + edits + 1
        down = diagonal == -edits or (diagonal != edits and furthest[at - 1] < furthest[at + 1])
        before = furthest[at + 1] if down else furthest[at - 1]
        start = before if down else before + 1
        while x > start:
            x, y = x - 1, y - 1
            yield x, y
        x, y = before, before - (diagonal + 1 if down else diagonal - 1)
