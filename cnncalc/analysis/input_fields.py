"""What a unit sees of every input of a network -> InputFields: a receptive field for each set of inputs seen alike.

A window of one tower says nothing of another: strides and alignments are compared on one input alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from cnncalc.analysis.merged_fields import merged
from cnncalc.graph import Input
from cnncalc.layers import Layer, ReceptiveField, Shape
from cnncalc.layers.receptive_field import unknown

MOST_NAMED = 4
"""Inputs that a sentence names."""


class Part(NamedTuple):
    """Inputs of a network, as sources, and what a unit sees of each of them."""

    inputs: frozenset[int]
    field: ReceptiveField


InputFields: TypeAlias = "tuple[Part, ...]"
"""The parts of a unit; the inputs in none of them it does not see."""


def through(layer: Layer, shape: Shape, fields: InputFields) -> InputFields:
    """What the units of a layer see whose inputs, of some shape, see `fields`."""
    made = [part.field if part.field.everything else layer.receptive_field(part.field, shape) for part in fields]
    if len(made) == 1 and made[0] is fields[0].field:
        return fields
    return tuple([Part(part.inputs, field) for part, field in zip(fields, made, strict=True)])


def merged_fields(coming: Sequence[InputFields], rank: int) -> tuple[InputFields, bool]:
    """What a unit sees that reads all of `coming`, on `rank` axes, and whether they are aligned on every input.

    Raises JumpConflictError.
    """
    if len(coming) == 1:
        return coming[0], True
    together = [(inputs, *merged(fields, rank)) for inputs, fields in alike(coming)]
    aligned = all(straight for _, _, straight in together)
    if len(together) == 1:
        return (Part(*together[0][:2]),), aligned
    found: dict[ReceptiveField, frozenset[int]] = {}
    for inputs, seen, _ in together:
        found[seen] = found.get(seen, frozenset()) | inputs
    return tuple(Part(inputs, seen) for seen, inputs in found.items()), aligned


def alike(several: Sequence[InputFields]) -> Iterator[tuple[frozenset[int], list[ReceptiveField]]]:
    """The sets of inputs of which each of several units sees the same, and what those units see that see them."""
    whole = several[0][0].inputs
    if all(len(fields) == 1 and fields[0].inputs == whole for fields in several):
        yield whole, [fields[0].field for fields in several]
        return
    parts: dict[int, list[tuple[int, int]]] = {}
    for unit, fields in enumerate(several):
        for number, part in enumerate(fields):
            for source in part.inputs:
                parts.setdefault(source, []).append((unit, number))
    sets: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for source, places in parts.items():
        sets.setdefault(tuple(places), []).append(source)
    for places_of, sources in sets.items():
        yield frozenset(sources), [several[unit][number].field for unit, number in places_of]


def all_unknown(fields: InputFields, reason: str) -> InputFields:
    """What a unit sees whose fields, on all inputs, are not known."""
    return (Part(frozenset().union(*(part.inputs for part in fields)), unknown(reason)),)


def in_one(fields: InputFields, inputs: Sequence[Input]) -> ReceptiveField:
    """The one receptive field that a unit has on all inputs that it sees; else unknown, and why.

    A vector has no pixels: beside maps it does not count.
    """
    if len(fields) == 1:
        return fields[0].field
    maps = [part for part in fields if any(inputs[~source].shape.rank for source in part.inputs)] or fields
    first, *others = maps
    if all(part.field == first.field for part in others):
        return first.field
    by_input = tuple((_names(part, inputs), part.field) for part in maps)
    texts = [f"{_text(field)} on {' and '.join(names[:MOST_NAMED])}" for names, field in by_input]
    return ReceptiveField(unknown=f"it is {', '.join(texts)}", by_input=by_input)


def _names(part: Part, inputs: Sequence[Input]) -> tuple[str, ...]:
    return tuple(inputs[~source].name for source in sorted(part.inputs, reverse=True) if inputs[~source].shape.rank)


def _text(field: ReceptiveField) -> str:
    if field.everything or field.unknown:
        return "all" if field.everything else "unknown"
    return "x".join(str(axis.size) for axis in field.axes)
