"""Rows and layers of one kind, as many of each -> the layer of every row: in order, and between branches by numbers.

Programs list the branches of a network in the order of their definition, or in that in which they run.
"""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.check.prints.steps import Step
from cnncalc.tables.print_out import NOTHING, Row

LARGEST_SEGMENT = 60
"""Layers side by side that are tried in more than one order."""
Agree = Callable[[Row, list[Step]], int]
"""How many of a row's numbers are those of some steps."""


def ordered(steps: list[Step], rows: list[Row], layers: list[Step], agree: Agree) -> list[Step]:
    """The layer of each row: in order, but between two layers that all data goes through as most numbers agree.

    `steps` are those of the whole network, `layers` some of them in their order.
    """
    segment, found = _segments(steps), []
    start = 0
    while start < len(layers):
        end = start + 1
        while end < len(layers) and segment[layers[end].number] == segment[layers[start].number]:
            end += 1
        found += _in_segment(steps, rows[start:end], layers[start:end], agree)
        start = end
    return found


def is_full(row: Row, score: int) -> bool:
    """Whether a score is that of all numbers of a row."""
    return score == sum(number.text not in NOTHING for number in row.numbers)


def _segments(steps: list[Step]) -> list[int]:
    """For every step the number of its segment: a step that no connection leads around is one by itself."""
    furthest, number, found = max((step.number for step in steps if min(step.sources) < 0), default=0), 0, []
    for step in steps:
        alone = furthest <= step.number
        number += alone
        found.append(number)
        number += alone
        furthest = max(furthest, *step.readers, 0)
    return found


def _in_segment(steps: list[Step], rows: list[Row], layers: list[Step], agree: Agree) -> list[Step]:
    """The layers of a segment in the order of its rows: unchanged unless more numbers agree in another."""
    right = [agree(row, [step]) for row, step in zip(rows, layers, strict=True)]
    if all(map(is_full, rows, right)) or not 1 < len(rows) <= LARGEST_SEGMENT:
        return layers
    before = _before(steps, layers)
    if all(before[later] >> earlier & 1 for later in range(len(layers)) for earlier in range(later)):
        return layers
    table = [[agree(row, [step]) for step in layers] for row in rows]
    order = _in_branches(_likeliest(rows, table), table, before)
    score = sum(table[number][place] for number, place in enumerate(order))
    return [layers[place] for place in order] if not _violations(order, before) and score > sum(right) else layers


def _likeliest(rows: list[Row], table: list[list[int]]) -> list[int]:
    """The layer of each row with which most of its numbers agree: first where all do, then of those left over."""
    chosen: dict[int, int] = {}
    for least in (True, False):
        for number, row in enumerate(rows):
            free = [place for place in range(len(rows)) if place not in chosen.values()]
            if number in chosen or not free:
                continue
            best = max(free, key=lambda place: table[number][place])
            if not least or is_full(row, table[number][best]):
                chosen[number] = best
    return [chosen[number] for number in range(len(rows))]


def _before(steps: list[Step], layers: list[Step]) -> list[int]:
    """For each of some layers of a segment, as bits, those of them that its input comes from."""
    bits = {step.number: 1 << place for place, step in enumerate(layers)}
    behind: dict[int, int] = {}
    for step in steps[layers[0].number : layers[-1].number + 1]:
        found = 0
        for source in step.sources:
            found |= behind.get(source, 0) | bits.get(source, 0)
        behind[step.number] = found
    return [behind[step.number] for step in layers]


def _violations(order: list[int], before: list[int]) -> list[tuple[int, int]]:
    """The pairs of rows that stand in another order than their layers run."""
    count = len(order)
    pairs = ((earlier, later) for later in range(count) for earlier in range(later))
    return [(earlier, later) for earlier, later in pairs if before[order[earlier]] >> order[later] & 1]


def _in_branches(order: list[int], scores: list[list[int]], before: list[int]) -> list[int]:
    """The order with layers of equal numbers exchanged until those of one branch stand as they run, if that can be."""
    wrong = _violations(order, before)
    while wrong:
        best = order
        for one in {place for pair in wrong for place in pair}:
            for other in range(len(order)):
                mine, its = order[one], order[other]
                more = scores[one][its] + scores[other][mine] - scores[one][mine] - scores[other][its]
                if one == other or more < 0:
                    continue
                tried = list(order)
                tried[one], tried[other] = its, mine
                if len(_violations(tried, before)) < len(_violations(best, before)):
                    best = tried
        if best is order:
            return order
        order, wrong = best, _violations(best, before)
    return order
