"""Constraints on symbols, and a range for each -> every whole solution, by halving boxes.

A Program runs on ranges as well as on numbers: what a constraint can come to in a box tells
whether none of it, all of it or some of it solves; only then is the box halved. So no solution is
missed, whether the constraints rise, fall or do neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from itertools import product
from operator import le
from typing import NamedTuple

from cnncalc.limits import MOST_BOXES, MOST_SOLUTIONS
from cnncalc.symbolic import is_known
from cnncalc.symbolic.constraint import Constraint, Range, Relation, holds_within
from cnncalc.symbolic.program import Program

SHARES = 10**6
MOST_SHARE = 10**12
"""A miss is measured in millionths of the number wanted, up to a million times that number."""


class Found(NamedTuple):
    """Boxes full of solutions, in order, each a range for every unknown; whether they are all there are."""

    unknowns: tuple[str, ...]
    boxes: list[tuple[Range, ...]]
    complete: bool

    def __bool__(self) -> bool:
        return bool(self.boxes)

    @property
    def number(self) -> int:
        """How many solutions there are."""
        total = 0
        for box in self.boxes:
            volume = 1
            for low, high in box:
                volume *= high - low + 1
            total += volume
        return total

    def ends(self) -> list[dict[str, int]]:
        """Of one unknown: the first and the last value of every range."""
        return [{self.unknowns[0]: value} for ((low, high),) in self.boxes for value in dict.fromkeys((low, high))]

    def smallest(self, most: int) -> list[dict[str, int]]:
        """The corners of the boxes, at most so many, to which no solution found is smaller in every unknown."""
        kept: list[tuple[int, ...]] = []
        for corner in sorted(tuple(low for low, _ in box) for box in self.boxes):
            if len(kept) < most and not any(all(map(le, other, corner)) for other in kept):
                kept.append(corner)
        return [dict(zip(self.unknowns, corner, strict=True)) for corner in kept]

    def points(self, most: int) -> list[dict[str, int]]:
        """The first solutions one by one, at most so many."""
        found: list[dict[str, int]] = []
        for box in self.boxes:
            # a product spells its ranges out, and no box needs more than the first values of each
            for values in product(*(range(low, min(high, low + most - 1) + 1) for low, high in box)):
                if len(found) == most:
                    return found
                found.append(dict(zip(self.unknowns, values, strict=True)))
        return sorted(found, key=lambda point: tuple(point.values()))


def search(constraints: Sequence[Constraint], ranges: Mapping[str, Range]) -> Found:
    """Every solution within the ranges (both ends included); incomplete beyond a limit of work.

    Raises ValueError for a constraint that is not integer arithmetic.
    """
    unknowns = tuple(ranges)
    program = Program([side for each in constraints for side in (each.left, each.right)], unknowns)
    relations = [each.relation for each in constraints]
    boxes: list[tuple[Range, ...]] = []
    waiting = [tuple(ranges.values())] if all(low <= high for low, high in ranges.values()) else []
    looked, most_boxes, most_solutions = 0, MOST_BOXES.value, MOST_SOLUTIONS.value
    while waiting:
        looked += 1
        if looked > most_boxes or len(boxes) > most_solutions:
            return Found(unknowns, merged(boxes), False)
        box = waiting.pop()
        verdict = _verdict(relations, program.bounds(dict(zip(unknowns, box, strict=True))))
        if verdict:
            boxes.append(box)
        elif verdict is None:
            waiting += _halves(box)
    return Found(unknowns, merged(boxes), True)


def nearest(constraints: Sequence[Constraint], ranges: Mapping[str, Range]) -> dict[str, int] | None:
    """The values that miss the equations between a symbol and a number by the least share of that number.

    The box that may miss by least is halved first, of equal ones the one with the smallest values, so that the first
    point to come up is the answer. None where even the other constraints cannot hold, where all miss by far, and
    beyond a limit of work.
    """
    equations = [each for each in constraints if each.relation == "==" and is_known(each.right)]
    others = [each for each in constraints if each not in equations]
    if not equations or any(low > high for low, high in ranges.values()):
        return None
    unknowns = tuple(ranges)
    sides = [side for each in others for side in (each.left, each.right)]
    program = Program([*(each.left for each in equations), *sides], unknowns)
    relations, wanted = [each.relation for each in others], [each.right for each in equations]
    waiting: list[tuple[Fraction, tuple[int, ...], tuple[Range, ...]]] = []

    def wait(box: tuple[Range, ...]) -> None:
        bounds = program.bounds(dict(zip(unknowns, box, strict=True)))
        share = max(map(_miss, bounds, wanted))
        if share <= MOST_SHARE and _verdict(relations, bounds[len(wanted) :]) is not False:
            heappush(waiting, (share, tuple(low for low, _ in box), box))

    wait(tuple(ranges.values()))
    for _ in range(MOST_BOXES.value):
        if not waiting:
            break
        *_, box = heappop(waiting)
        if all(low == high for low, high in box):
            return {name: low for name, (low, _) in zip(unknowns, box, strict=True)}
        for half in _halves(box):
            wait(half)
    return None


def _miss(bounds: Range, wanted: int) -> Fraction:
    """The least share of a number, in millionths, by which anything between the bounds misses it."""
    error = max(0, bounds[0] - wanted, wanted - bounds[1])
    return Fraction(error * SHARES, abs(wanted)) if wanted else Fraction(error)


def _verdict(relations: Sequence[Relation], bounds: Sequence[Range]) -> bool | None:
    """Whether all constraints hold in all of a box (True), one in none of it (False), or neither."""
    everywhere = True
    for relation, left, right in zip(relations, bounds[::2], bounds[1::2], strict=True):
        found = holds_within(left, relation, right)
        if found is False:
            return False
        everywhere = everywhere and found is True
    return True if everywhere else None


def _halves(box: tuple[Range, ...]) -> Iterable[tuple[Range, ...]]:
    """The box cut across its longest side, the higher half first (the last is looked at first)."""
    number = max(range(len(box)), key=lambda at: box[at][1] - box[at][0])
    low, high = box[number]
    if low == high:
        return []
    middle = (low + high) // 2
    return [(*box[:number], half, *box[number + 1 :]) for half in ((middle + 1, high), (low, middle))]


def merged(boxes: list[tuple[Range, ...]]) -> list[tuple[Range, ...]]:
    """The boxes in order; of one unknown, neighbours joined."""
    ordered = sorted(boxes)
    if not ordered or len(ordered[0]) != 1:
        return ordered
    joined = [ordered[0][0]]
    for (box,) in ordered[1:]:
        if box[0] == joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], box[1])
        else:
            joined.append(box)
    return [(box,) for box in joined]
