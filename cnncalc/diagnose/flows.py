"""The rows of a sheet, right or wrong -> the sizes and receptive fields that follow from them, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.analysis.merged_fields import JumpConflictError, merged
from cnncalc.analysis.quantities import FIELDS, value_of, value_over
from cnncalc.diagnose.recompute import IMPOSSIBLE
from cnncalc.layers import ReceptiveField, Shape, Sides
from cnncalc.layers.receptive_field import AxisReceptiveField
from cnncalc.symbolic import is_known

Row: TypeAlias = "tuple[str, str]"
"""A number of a sheet: the layer or block, `input`, or nothing for the total; and the quantity."""
INPUT_ROW = "input"


class Sheet:
    """The numbers of a sheet about one network, by layer and quantity: a Shape, one length an axis, or a count."""

    def __init__(self, analysis: Analysis, rows: Mapping[Row, Any]) -> None:
        self.analysis = analysis
        self.index = {id(layer): index for index, layer in enumerate(analysis.layers)}
        self.inputs = {INPUT_ROW: 0, **{each.name: number for number, each in enumerate(analysis.inputs)}}
        self.known: dict[str, list[int]] = {"": list(range(len(analysis.layers)))}
        for index, layer in enumerate(analysis.layers):
            for count in range(1, len(layer.node.path) + 1):
                self.known.setdefault("/".join(layer.node.path[:count]), []).append(index)
        self.correct_ones: dict[Row, Any] = {}
        self.rows = {row: value for row, value in rows.items() if self.correct(*row) is not None}

    def places(self, name: str) -> list[int]:
        """The layers of a row, in order; none for a name that the network does not have."""
        if name not in self.known:
            layers = (layer for part in name.split("+") for layer in self.analysis.layers_in(part.strip()))
            self.known[name] = sorted({self.index[id(layer)] for layer in layers})
        return self.known[name]

    def correct(self, name: str, quantity: str) -> Any:
        """What the number of a row should be; None where the network has no such row."""
        if (name, quantity) not in self.correct_ones:
            self.correct_ones[name, quantity] = self._value_of(name, quantity)
        return self.correct_ones[name, quantity]

    def _value_of(self, name: str, quantity: str) -> Any:
        layers = [self.analysis.layers[place] for place in self.places(name)]
        try:
            if name in self.inputs:
                held = self.analysis.inputs[self.inputs[name]]
                return held.shape if quantity == "output" else getattr(held, quantity)
            return value_of(self.analysis, quantity) if not name else value_over(layers, quantity)
        except (LookupError, ValueError, AttributeError):
            return None

    def is_wrong(self, row: Row) -> bool:
        """Whether a number differs from the right one."""
        return bool(self.rows[row] != self.correct(*row))

    @cached_property
    def at(self) -> dict[int, dict[str, Row]]:
        """The rows by their last layer and their quantity: that of the layer itself before those of blocks."""
        found: dict[int, dict[str, Row]] = {}
        for name, quantity in sorted(self.rows, key=lambda row: -len(row[0])):
            if name and name not in self.inputs and "+" not in name and self.places(name):
                found.setdefault(self.places(name)[-1], {}).setdefault(quantity, (name, quantity))
        return found


@dataclass(slots=True)
class Flow:
    """What goes through a network: what each layer makes of what comes in, what goes on from it, due to which rows.

    Only what differs from the correct network is held; None stands where nothing fits together.
    """

    made: dict[int, Any] = field(default_factory=dict)
    going: dict[int, Any] = field(default_factory=dict)
    rows: dict[int, tuple[Row, ...]] = field(default_factory=dict)

    def before(self, result: LayerResult) -> bool:
        """Whether something that comes into a layer differs."""
        return any(source in self.going for source in result.node.sources)

    def rows_before(self, result: LayerResult) -> tuple[Row, ...]:
        """The rows that what comes into a layer was computed from."""
        return tuple(dict.fromkeys(row for source in result.node.sources for row in self.rows.get(source, ())))


class Flows:
    """What goes through the network if every layer works on the rows before it, where there are any."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.flows: dict[tuple[str, ...], Flow] = {}

    @cached_property
    def sizes(self) -> Flow:
        """The outputs that follow from those of the rows."""
        flow = Flow()
        for name, number in self.sheet.inputs.items():
            if isinstance(self.sheet.rows.get((name, "output")), Shape):
                flow.going[~number], flow.rows[~number] = self.sheet.rows[name, "output"], ((name, "output"),)
        for index, result in enumerate(self.sheet.analysis.layers):
            if flow.before(result):
                shape = self.input_of(result, flow)
                self._pass_on(flow, index, _output(result, shape) if shape else None, result.output)
            row = self.sheet.at.get(index, {}).get("output")
            if row and self.sheet.rows[row] != flow.going.get(index, result.output):
                flow.going[index] = self.sheet.rows[row]
            if row and index in flow.going:
                flow.rows[index] = (row,)
        return flow

    def _pass_on(self, flow: Flow, index: int, made: Any, correct: Any) -> None:
        """Let go on what a layer makes of what comes in, where it is not the correct thing."""
        if made != correct:
            flow.made[index] = flow.going[index] = made
            flow.rows[index] = flow.rows_before(self.sheet.analysis.layers[index])

    def input_of(self, result: LayerResult, flow: Flow) -> Shape | None:
        """What comes into a layer; None where it does not fit together."""
        shapes = [flow.going.get(source, self.sheet.analysis.graph.shape(source)) for source in result.node.sources]
        if any(shape is None for shape in shapes):
            return None
        own = result.node.layer
        try:
            fits = len(shapes) == 1 or all(condition.holds() for condition in own.join_conditions(tuple(shapes)))
            return own.join(tuple(shapes)) if fits else None
        except (*IMPOSSIBLE, LookupError):
            return None

    def fields_for(self, quantity: str) -> list[Flow]:
        """The receptive fields that follow from all lengths of the rows, from the sizes alone, from the jumps alone."""
        kept = (tuple(FIELDS), ("receptive_field", "centre", "padding"), ("jump",))
        given = {each for _, each in self.sheet.rows if each in FIELDS}
        return [self._fields(each) for each in kept[2 if quantity == "jump" else 0 :] if given & set(each)]

    def _fields(self, quantities: tuple[str, ...]) -> Flow:
        """The receptive fields that follow from some lengths of the rows."""
        if quantities in self.flows:
            return self.flows[quantities]
        flow = self.flows[quantities] = Flow()
        for index, result in enumerate(self.sheet.analysis.layers):
            seen: ReceptiveField | None = result.receptive_field
            if flow.before(result):
                seen = self._seen(result, flow)
                self._pass_on(flow, index, seen, result.receptive_field)
            own = {
                quantity: row
                for quantity, row in self.sheet.at.get(index, {}).items()
                if quantity in quantities and self.sheet.is_wrong(row)
            }
            if own and seen is not None:
                written = _written_over(seen, {quantity: self.sheet.rows[row] for quantity, row in own.items()})
                if written is not None and (written != seen or index in flow.going):
                    flow.going[index], flow.rows[index] = written, tuple(own.values())
        return flow

    def _seen(self, result: LayerResult, flow: Flow) -> ReceptiveField | None:
        """What the units of a layer see; None where that cannot be followed."""
        if result.name in self.sheet.analysis.fields_read:
            return None
        correct = self.sheet.analysis.seen_by(result)
        coming = [flow.going.get(source, seen) for source, seen in zip(result.node.sources, correct, strict=True)]
        if any(seen is None for seen in coming):
            return None
        try:
            seen = merged(coming, result.input.rank)[0]
            return seen if seen.everything else result.node.layer.receptive_field(seen, result.input)
        except (*IMPOSSIBLE, JumpConflictError, LookupError, TypeError):
            return None


def _output(result: LayerResult, shape: Shape) -> Shape | None:
    try:
        found = result.node.layer.output(shape)
    except (*IMPOSSIBLE, LookupError):
        return None
    return found if all(is_known(size) and size >= 1 for size in (found.channels, *found.size)) else None


def _written_over(seen: ReceptiveField, own: Mapping[str, tuple[Any, ...]]) -> ReceptiveField | None:
    """A receptive field with some lengths replaced by those of a row; None where it is no single window."""
    if not seen.axes or any(len(axis.lows) > 1 or axis.blind for axis in seen.axes):
        return None
    if any(len(lengths) != len(seen.axes) for lengths in own.values()):
        return None

    def written(axis: AxisReceptiveField, number: int) -> AxisReceptiveField:
        given = {quantity: lengths[number] for quantity, lengths in own.items()}
        size, low, after = given.get("receptive_field", axis.size), axis.lows[0], axis.after
        if "padding" in given:
            sides = given["padding"]
            before, after = (sides.before, sides.after) if isinstance(sides, Sides) else (sides, sides)
            low = -before
        elif "centre" in given:
            low = whole(given["centre"] - Fraction(size - 1, 2))
        return AxisReceptiveField((low,), (low + size - 1,), given.get("jump", axis.step), after)

    return seen.along(written)


def whole(number: Any) -> Any:
    """A Fraction without a denominator as an int."""
    return number.numerator if isinstance(number, Fraction) and number.denominator == 1 else number
