"""Graph -> the receptive field behind every node: rules applied in order, unions where paths meet."""

from __future__ import annotations

from math import lcm

from cnncalc.errors import Problem, SpecError
from cnncalc.graph import INPUT, Graph, Node, Repeat
from cnncalc.layers.reach import EVERYTHING, MOST_PHASES, AxisReach, Reach, union, unknown
from cnncalc.symbolic import Size, multiplied_out


class JumpConflictError(ValueError):
    """Two paths whose units lie at different distances: `first` and `second` are their jumps."""

    def __init__(self, first: object, second: object) -> None:
        super().__init__(f"the paths that meet have different jumps: {first} and {second}")


def receptive_fields(graph: Graph) -> tuple[list[Reach], list[str]]:
    """The reach behind every node, in order, and notes on paths that meet misaligned.

    Raises SpecError where paths of different jumps meet: their receptive field is none.
    """
    reaches: dict[int, Reach] = {INPUT: Reach(tuple(AxisReach() for _ in range(graph.input.rank)))}
    notes: list[str] = []
    problems: list[Problem] = []
    ends: dict[int, list[Repeat]] = {}
    for repeat in graph.repeats:
        ends.setdefault(repeat.last, []).append(repeat)
    for index, node in enumerate(graph.nodes):
        try:
            reach, aligned = merged([reaches[source] for source in node.sources], node.input.rank)
        except JumpConflictError as conflict:
            problems.append(_conflict(graph, node, conflict, reaches))
            reach, aligned = reaches[node.sources[0]], True
        if not aligned:
            notes.append(f"{node.name}: the paths that meet are misaligned: their windows have different centres")
        reaches[index] = node.layer.reach(reach, node.input)
        for repeat in ends.get(index, ()):
            _repeat(repeat, reaches)
    if problems:
        raise SpecError(problems)
    del reaches[INPUT]
    return list(reaches.values()), notes


def _repeat(repeat: Repeat, reaches: dict[int, Reach]) -> None:
    """Move the reaches of a symbolic repeat from its first round to its last.

    A round sees the same windows over again, moved by the same lengths: what one round adds on
    each side, every further round adds once more.
    """
    before, after = reaches[repeat.source], reaches[repeat.last]
    for index in range(repeat.first, repeat.last + 1):
        reach = reaches[index]
        if not (reach.axes and before.axes and after.axes):
            continue
        if any(len(axis.lows) > 1 for axis in (*before.axes, *after.axes, *reach.axes)) or any(
            mine.step != its.step for mine, its in zip(before.axes, after.axes, strict=True)
        ):
            reaches[index] = unknown(f"a repeat of {repeat.times} that resizes needs a number")
            continue
        rounds = repeat.times - 1
        moved = zip(reach.axes, before.axes, after.axes, strict=True)
        reaches[index] = Reach(tuple(_moved(axis, low, high, rounds) for axis, low, high in moved))


def _moved(axis: AxisReach, before: AxisReach, after: AxisReach, rounds: Size) -> AxisReach:
    """`axis` after as many more rounds, each of which leads from `before` to `after`."""
    known = axis.after is not None and before.after is not None and after.after is not None
    return AxisReach(
        (multiplied_out(axis.lows[0] + rounds * (after.lows[0] - before.lows[0])),),
        (multiplied_out(axis.highs[0] + rounds * (after.highs[0] - before.highs[0])),),
        axis.step,
        multiplied_out(axis.after + rounds * (after.after - before.after)) if known else None,
    )


def _conflict(graph: Graph, node: Node, conflict: JumpConflictError, reaches: dict[int, Reach]) -> Problem:
    related = []
    for source in node.sources:
        name, span = ("the input", None) if source == INPUT else (graph.nodes[source].name, graph.nodes[source].span)
        jumps = " x ".join(str(axis.jump) for axis in reaches[source].axes)
        related.append((f"{name} has jump {jumps}", span))
    return Problem(f"{node.name}: {conflict}", node.span, "give all paths the same stride in all", tuple(related))


UNCOMPARED = "; nor is it known whether the paths that meet have the same jump"


def merged(reaches: list[Reach], rank: int) -> tuple[Reach, bool]:
    """The reach of a unit that reads all of `reaches`, on `rank` axes, and whether they are aligned.

    Whoever reads something that sees everything sees everything. Raises JumpConflictError.
    """
    first, *others = reaches
    if not others:
        return first, True
    if any(reach.everything for reach in reaches):
        return EVERYTHING, True
    reason = next((reach.unknown for reach in reaches if reach.unknown), "")
    if reason:
        return unknown(reason if not rank or reason.endswith(UNCOMPARED) else reason + UNCOMPARED), True
    if not rank:
        return unknown("a vector put together from several maps lies on no grid"), True
    if lcm(*(len(axis.lows) for reach in reaches for axis in reach.axes)) > MOST_PHASES:
        return unknown("the paths that meet are upsampled by factors without a common one"), True
    axes, aligned = first.axes, True
    for other in others:
        for mine, its in zip(axes, other.axes, strict=False):
            if mine.jump != its.jump:
                raise JumpConflictError(mine.jump, its.jump)
            aligned = aligned and mine.aligned(its)
        axes = tuple(union(mine, its) for mine, its in zip(axes, other.axes, strict=False))
    return Reach(axes), aligned
