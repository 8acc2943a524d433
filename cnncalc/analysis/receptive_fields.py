"""Graph -> the receptive field of every node: rules applied in order, unions where branches are merged."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.analysis.channel_fields import FieldsOfChannels
from cnncalc.analysis.merged_fields import JumpConflictError, merged
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import INPUT, Graph, Node, Repeat
from cnncalc.layers.receptive_field import AxisReceptiveField, ReceptiveField, unknown
from cnncalc.limits import MOST_SYMBOLIC_FIELDS
from cnncalc.symbolic import Size, is_known, multiplied_out


class ReceptiveFields(NamedTuple):
    """What the nodes of a graph see: `of_nodes` in order, notes on misaligned branches.

    `read` holds what a node reads where that is not the whole of its inputs, as behind a slice. `uncompared` names
    the merges of a symbolic graph whose branches must have equal jumps, which symbols leave unknown.
    """

    of_nodes: list[ReceptiveField]
    read: dict[str, list[ReceptiveField]]
    notes: list[str]
    uncompared: list[str]


def receptive_fields(graph: Graph) -> ReceptiveFields:
    """The receptive field of every node.

    Raises SpecError if branches with different jumps are merged: the receptive field is undefined there.
    """
    found: dict[int, ReceptiveField] = {INPUT: ReceptiveField((AxisReceptiveField(),) * graph.input.rank)}
    of_channels = FieldsOfChannels(graph, found)
    read: dict[str, list[ReceptiveField]] = {}
    notes: list[str] = []
    uncompared: list[str] = []
    problems: list[Problem] = []
    symbolic = 0
    ends: dict[int, list[Repeat]] = {}
    for repeat in graph.repeats:
        ends.setdefault(repeat.last, []).append(repeat)
    for index, node in enumerate(graph.nodes):
        coming = of_channels.read_by(index)
        if coming:
            read[node.name] = coming
        try:
            if node.layer.rescales and not coming:
                read[node.name] = coming = of_channels.as_read(index, [(at, found[at]) for at in node.sources])
            seen, aligned = merged(coming or [found[source] for source in node.sources], node.input.rank)
        except JumpConflictError as conflict:
            problems.append(_conflict(graph, node, conflict, found))
            seen, aligned = found[node.sources[0]], True
        if not aligned:
            notes.append(f"{node.name}: the merged branches are misaligned: their windows have different centres")
        if seen.unknown and node.input.rank and len(node.sources) > 1:
            uncompared.append(node.name)
        found[index] = seen if seen.everything else node.layer.receptive_field(seen, node.input)
        symbolic += not all(is_known(axis.lows[0], axis.highs[0], axis.step) for axis in found[index].axes)
        if symbolic > MOST_SYMBOLIC_FIELDS.value:
            too_many = f"more than {MOST_SYMBOLIC_FIELDS} layers have symbolic ones; {MOST_SYMBOLIC_FIELDS.hint}"
            found[index], symbolic = unknown(too_many), 0
        for repeat in ends.get(index, ()):
            _repeat(repeat, found)
    if problems:
        raise SpecError(problems)
    del found[INPUT]
    return ReceptiveFields(list(found.values()), read, notes, uncompared if _symbolic(graph) else [])


def _symbolic(graph: Graph) -> bool:
    return not all(is_known(*shape.size) for shape in (graph.input, *(node.output for node in graph.nodes)))


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
