"""Graph -> the receptive field of every node: rules applied in order, unions where branches are merged."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.analysis.channel_fields import FieldsOfChannels
from cnncalc.analysis.input_fields import InputFields, Part, alike, all_unknown, in_one, merged_fields, through
from cnncalc.analysis.merged_fields import JumpConflictError
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import Graph, Node, Repeat
from cnncalc.layers.receptive_field import AxisReceptiveField, ReceptiveField, pixels, unknown
from cnncalc.limits import MOST_INPUT_FIELDS, MOST_SYMBOLIC_FIELDS
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
    found: dict[int, InputFields] = {}
    for number, given in enumerate(graph.inputs):
        found[~number] = (Part(frozenset((~number,)), pixels(given.shape)),)
    of_channels = FieldsOfChannels(graph, found)
    read: dict[str, list[ReceptiveField]] = {}
    notes: list[str] = []
    uncompared: list[str] = []
    problems: list[Problem] = []
    symbolic, different, several = 0, 0, len(graph.inputs) > 1
    ends: dict[int, list[Repeat]] = {}
    for repeat in graph.repeats:
        ends.setdefault(repeat.last, []).append(repeat)
    for index, node in enumerate(graph.nodes):
        coming = of_channels.read_by(index)
        if coming:
            read[node.name] = [in_one(fields, graph.inputs) for fields in coming]
        elif node.layer.rescales:
            coming = of_channels.as_read(index, [(source, found[source]) for source in node.sources])
            read[node.name] = [in_one(fields, graph.inputs) for fields in coming]
        coming = coming or [found[source] for source in node.sources[: node.layer.values_read]]
        try:
            seen, aligned = merged_fields(coming, node.input.rank)
        except JumpConflictError as conflict:
            problems.append(_conflict(graph, node, conflict, found))
            seen, aligned = found[node.sources[0]], True
        if not aligned:
            notes.append(f"{node.name}: the merged branches are misaligned: their windows have different centres")
        if len(coming) > 1:
            if node.input.rank and any(part.field.unknown for part in seen):
                uncompared.append(node.name)
            if several and any(fields[0].inputs != coming[0][0].inputs or len(fields) > 1 for fields in coming):
                read[node.name] = [in_one(seen, graph.inputs)]  # fields on different inputs are not merged again
        different += len(seen) - 1
        if different > MOST_INPUT_FIELDS.value:
            reason = f"more than {MOST_INPUT_FIELDS} differ from input to input; {MOST_INPUT_FIELDS.hint}"
            seen = all_unknown(seen, reason)
        found[index] = through(node.layer, node.input, seen)
        symbolic += any(_has_symbols(part.field) for part in found[index])
        if symbolic > MOST_SYMBOLIC_FIELDS.value:
            too_many = f"more than {MOST_SYMBOLIC_FIELDS} layers have symbolic ones; {MOST_SYMBOLIC_FIELDS.hint}"
            found[index], symbolic = all_unknown(seen, too_many), 0
        for repeat in ends.get(index, ()):
            _repeat(repeat, found)
    if problems:
        raise SpecError(problems)
    of_nodes = [in_one(found[index], graph.inputs) for index in range(len(graph.nodes))]
    return ReceptiveFields(of_nodes, read, notes, uncompared if _symbolic(graph) else [])


def _has_symbols(field: ReceptiveField) -> bool:
    return not is_known(*(bound for axis in field.axes for bound in (axis.lows[0], axis.highs[0], axis.step)))


def _symbolic(graph: Graph) -> bool:
    return not all(is_known(*shape.size) for shape in graph.shapes)


def _repeat(repeat: Repeat, found: dict[int, InputFields]) -> None:
    """Move the receptive fields of a symbolic repeat from its first round to its last."""
    before, after = found[repeat.source], found[repeat.last]
    for index in range(repeat.first, repeat.last + 1):
        mine = frozenset(source for part in found[index] for source in part.inputs)
        found[index] = tuple(
            Part(inputs, _after_rounds(repeat.times, *fields))
            for inputs, fields in alike((found[index], before, after))
            if inputs <= mine
        )


def _after_rounds(times: Size, seen: ReceptiveField, *ends: ReceptiveField) -> ReceptiveField:
    """What a unit of the first round sees in the last; `ends` are what comes into that round and what comes out of it.

    A round sees the same windows over again, moved by the same lengths: what one round adds on
    each side, every further round adds once more.
    """
    if len(ends) < 2:
        return unknown(f"{times} must be a number: the repeated layers read a part of their input")
    before, after = ends
    if not (seen.axes and before.axes and after.axes):
        return seen
    if any(len(axis.lows) > 1 for axis in (*before.axes, *after.axes, *seen.axes)) or any(
        mine.step != its.step for mine, its in zip(before.axes, after.axes, strict=True)
    ):
        return unknown(f"{times} must be a number: the repeated layers change the size")
    moved = zip(seen.axes, before.axes, after.axes, strict=True)
    return ReceptiveField(tuple(_moved(axis, low, high, times - 1) for axis, low, high in moved))


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


def _conflict(graph: Graph, node: Node, conflict: JumpConflictError, found: dict[int, InputFields]) -> Problem:
    related = []
    for source in node.sources:
        span = graph.nodes[source].span if source >= 0 else None
        name = "the input" if source < 0 and len(graph.inputs) == 1 else graph.source_name(source)
        jumps = " x ".join(str(axis.jump) for axis in in_one(found[source], graph.inputs).axes)
        related.append((f"{name} has jump {jumps or 'that differs from input to input'}", span))
    return Problem(f"{node.name}: {conflict}", node.span, "give all branches the same total stride", tuple(related))
