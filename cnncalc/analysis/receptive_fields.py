"""Graph -> the receptive field of every node: rules applied in order, unions where branches are merged."""

from __future__ import annotations

from math import lcm

from cnncalc.errors import Problem, SpecError
from cnncalc.graph import INPUT, Graph, Node, Repeat
from cnncalc.layers.receptive_field import EVERYTHING, AxisReceptiveField, ReceptiveField, union, unknown
from cnncalc.limits import MOST_PHASES
from cnncalc.symbolic import Size, multiplied_out


class JumpConflictError(ValueError):
    """Two paths whose units lie at different distances: `first` and `second` are their jumps."""

    def __init__(self, first: object, second: object) -> None:
        super().__init__(f"the merged branches have different jumps: {first} and {second}")


def receptive_fields(graph: Graph) -> tuple[list[ReceptiveField], list[str]]:
    """The receptive field of every node, in order, and notes on misaligned branches.

    Raises SpecError if branches with different jumps are merged: the receptive field is undefined there.
    """
    found: dict[int, ReceptiveField] = {
        INPUT: ReceptiveField(tuple(AxisReceptiveField() for _ in range(graph.input.rank)))
    }
    notes: list[str] = []
    problems: list[Problem] = []
    ends: dict[int, list[Repeat]] = {}
    for repeat in graph.repeats:
        ends.setdefault(repeat.last, []).append(repeat)
    for index, node in enumerate(graph.nodes):
        try:
            seen, aligned = merged([found[source] for source in node.sources], node.input.rank)
        except JumpConflictError as conflict:
            problems.append(_conflict(graph, node, conflict, found))
            seen, aligned = found[node.sources[0]], True
        if not aligned:
            notes.append(f"{node.name}: the merged branches are misaligned: their windows have different centres")
        found[index] = seen if seen.everything else node.layer.receptive_field(seen, node.input)
        for repeat in ends.get(index, ()):
            _repeat(repeat, found)
    if problems:
        raise SpecError(problems)
    del found[INPUT]
    return list(found.values()), notes


def _repeat(repeat: Repeat, found: dict[int, ReceptiveField]) -> None:
    """Move the receptive fields of a symbolic repeat from its first round to its last.

    A round sees the same windows over again, moved by the same lengths: what one round adds on
    each side, every further round adds once more.
    """
    before, after = found[repeat.source], found[repeat.last]
    for index in range(repeat.first, repeat.last + 1):
        seen = found[index]
        if not (seen.axes and before.axes and after.axes):
            continue
        if any(len(axis.lows) > 1 for axis in (*before.axes, *after.axes, *seen.axes)) or any(
            mine.step != its.step for mine, its in zip(before.axes, after.axes, strict=True)
        ):
            found[index] = unknown(f"{repeat.times} must be a number: the repeated layers change the size")
            continue
        rounds = repeat.times - 1
        moved = zip(seen.axes, before.axes, after.axes, strict=True)
        found[index] = ReceptiveField(tuple(_moved(axis, low, high, rounds) for axis, low, high in moved))


def _moved(
    axis: AxisReceptiveField, before: AxisReceptiveField, after: AxisReceptiveField, rounds: Size
) -> AxisReceptiveField:
    """`axis` after as many more rounds, each of which leads from `before` to `after`."""
    known = axis.after is not None and before.after is not None and after.after is not None
    return AxisReceptiveField(
        (multiplied_out(axis.lows[0] + rounds * (after.lows[0] - before.lows[0])),),
        (multiplied_out(axis.highs[0] + rounds * (after.highs[0] - before.highs[0])),),
        axis.step,
        multiplied_out(axis.after + rounds * (after.after - before.after)) if known else None,
    )


def _conflict(graph: Graph, node: Node, conflict: JumpConflictError, found: dict[int, ReceptiveField]) -> Problem:
    related = []
    for source in node.sources:
        name, span = ("the input", None) if source == INPUT else (graph.nodes[source].name, graph.nodes[source].span)
        jumps = " x ".join(str(axis.jump) for axis in found[source].axes)
        related.append((f"{name} has jump {jumps}", span))
    return Problem(f"{node.name}: {conflict}", node.span, "give all branches the same total stride", tuple(related))


UNCOMPARED = "; whether the merged branches have the same jump is unknown too"


def merged(found: list[ReceptiveField], rank: int) -> tuple[ReceptiveField, bool]:
    """The receptive field of a unit that reads all of `found`, on `rank` axes, and whether they are aligned.

    Whoever reads something that sees everything sees everything. Raises JumpConflictError.
    """
    first, *others = found
    if not others:
        return first, True
    if any(seen.everything for seen in found):
        return EVERYTHING, True
    reason = next((seen.unknown for seen in found if seen.unknown), "")
    if reason:
        return unknown(reason if not rank or reason.endswith(UNCOMPARED) else reason + UNCOMPARED), True
    if not rank:
        return unknown("a vector made of several maps has no position in the image"), True
    if lcm(*(len(axis.lows) for seen in found for axis in seen.axes)) > MOST_PHASES.value:
        return unknown("the merged branches are upsampled by factors whose common multiple is too large"), True
    axes, aligned = first.axes, True
    for other in others:
        for mine, its in zip(axes, other.axes, strict=False):
            if mine.jump != its.jump:
                raise JumpConflictError(mine.jump, its.jump)
            aligned = aligned and mine.aligned(its)
        axes = tuple(union(mine, its) for mine, its in zip(axes, other.axes, strict=False))
    return ReceptiveField(axes), aligned
