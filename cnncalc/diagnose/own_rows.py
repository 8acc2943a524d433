"""The rows of a sheet, right or wrong -> what a later number is if it is computed from them: follow-through.

The rules of the layers are run on the numbers that somebody has written down instead of on the correct ones. Only what
stands before a number leads to it: the rows of its inputs, the other numbers of its own row, the terms of its sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.analysis.merged_fields import JumpConflictError, merged
from cnncalc.analysis.quantities import COUNTS, FIELDS, value_of, value_over
from cnncalc.diagnose.recompute import IMPOSSIBLE, LayerRecomputation, correct_at
from cnncalc.layers import ReceptiveField, Shape, Sides
from cnncalc.layers.receptive_field import AxisReceptiveField
from cnncalc.limits import MOST_PROPAGATED
from cnncalc.symbolic import is_known

Row: TypeAlias = "tuple[str, str]"
"""A number of a sheet: the layer or block, `input`, or nothing for the total; and the quantity."""
BY_FACTOR = {"memory_bytes": "activations", "flops": "macs", "weight_memory_bytes": "params"}
"""A quantity that is a whole multiple of another, as far as it is."""
INPUT_ROW = "input"
MOST_NAMED = 3
"""Rows that a reason names."""


class Followed(NamedTuple):
    """What a number is if it is computed from other rows, and which of these differ from the correct numbers."""

    value: Any
    rows: tuple[Row, ...]
    is_sum: bool = False


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


class OwnRows:
    """The numbers of a sheet about one network, by layer and quantity: a Shape, one length an axis, or a count."""

    def __init__(self, analysis: Analysis, rows: Mapping[Row, Any]) -> None:
        self.analysis = analysis
        self.index = {id(layer): index for index, layer in enumerate(analysis.layers)}
        self.inputs = {INPUT_ROW: 0, **{each.name: number for number, each in enumerate(analysis.inputs)}}
        self.places: dict[str, list[int]] = {"": list(range(len(analysis.layers)))}
        for index, layer in enumerate(analysis.layers):
            for count in range(1, len(layer.node.path) + 1):
                self.places.setdefault("/".join(layer.node.path[:count]), []).append(index)
        self.correct: dict[Row, Any] = {}
        self.known: dict[Any, Any] = {}
        self.flows: dict[tuple[str, ...], Flow] = {}
        self.budget = MOST_PROPAGATED.value
        self.rows = {row: value for row, value in rows.items() if self._correct(*row) is not None}

    def leads_to(self, name: str, quantity: str) -> Iterator[Followed]:
        """What the number may be, computed from the other rows; each differs from the correct one."""
        places = self._places(name)
        correct = self._correct(name, quantity)
        if correct is None or not places:
            return
        last = self.analysis.layers[places[-1]]
        if quantity == "output":
            found = self._of_the_last(name, last, quantity, self.sizes)
        elif quantity in FIELDS:
            found = (
                each for flow in self._fields_for(quantity) for each in self._of_the_last(name, last, quantity, flow)
            )
        elif name and len(places) == 1 and quantity in COUNTS:
            found = self._counted(last, quantity)
        else:
            found = self._sums(name, places, quantity) if quantity in COUNTS else iter(())
        for each in (*found, *self._by_factor(name, quantity, correct)):
            if each.value is not None and each.value != correct and each.rows:
                yield each

    # Where rows stand --------------------------------------------------------------------------

    def _places(self, name: str) -> list[int]:
        """The layers of a row, in order; none for a name that the network does not have."""
        if name not in self.places:
            layers = (layer for part in name.split("+") for layer in self.analysis.layers_in(part.strip()))
            self.places[name] = sorted({self.index[id(layer)] for layer in layers})
        return self.places[name]

    def _correct(self, name: str, quantity: str) -> Any:
        if (name, quantity) not in self.correct:
            self.correct[name, quantity] = self._value_of(name, quantity)
        return self.correct[name, quantity]

    def _value_of(self, name: str, quantity: str) -> Any:
        layers = [self.analysis.layers[place] for place in self._places(name)]
        try:
            if name in self.inputs:
                held = self.analysis.inputs[self.inputs[name]]
                return held.shape if quantity == "output" else getattr(held, quantity)
            return value_of(self.analysis, quantity) if not name else value_over(layers, quantity)
        except (LookupError, ValueError, AttributeError):
            return None

    def _is_wrong(self, row: Row) -> bool:
        return bool(self.rows[row] != self._correct(*row))

    @cached_property
    def at(self) -> dict[int, dict[str, Row]]:
        """The rows by their last layer and their quantity: that of the layer itself before those of blocks."""
        found: dict[int, dict[str, Row]] = {}
        for name, quantity in sorted(self.rows, key=lambda row: -len(row[0])):
            if name and name not in self.inputs and "+" not in name and self._places(name):
                found.setdefault(self._places(name)[-1], {}).setdefault(quantity, (name, quantity))
        return found

    def _of_the_last(self, name: str, last: LayerResult, quantity: str, flow: Flow) -> Iterator[Followed]:
        """The output or the field of a row from what comes into its last layer, or from that layer's own row."""
        place = self.index[id(last)]
        made = flow.made.get(place)
        if made is not None:
            yield Followed(_read(made, quantity), flow.rows_before(last))
        own = self.at.get(place, {}).get(quantity)
        if own and own[0] != name and self._is_wrong(own):
            yield Followed(self.rows[own], (own,))

    # What goes through the network --------------------------------------------------------------

    @cached_property
    def sizes(self) -> Flow:
        """The outputs that follow from those of the rows."""
        flow = Flow()
        for name, number in self.inputs.items():
            if isinstance(self.rows.get((name, "output")), Shape):
                flow.going[~number], flow.rows[~number] = self.rows[name, "output"], ((name, "output"),)
        for index, result in enumerate(self.analysis.layers):
            if flow.before(result):
                shape = self.input_of(result, flow)
                self._pass_on(flow, index, _output(result, shape) if shape else None, result.output)
            row = self.at.get(index, {}).get("output")
            if row and self.rows[row] != flow.going.get(index, result.output):
                flow.going[index] = self.rows[row]
            if row and index in flow.going:
                flow.rows[index] = (row,)
        return flow

    def _pass_on(self, flow: Flow, index: int, made: Any, correct: Any) -> None:
        """Let go on what a layer makes of what comes in, where it is not the correct thing."""
        if made != correct:
            flow.made[index] = flow.going[index] = made
            flow.rows[index] = flow.rows_before(self.analysis.layers[index])

    def input_of(self, result: LayerResult, flow: Flow) -> Shape | None:
        """What comes into a layer; None where it does not fit together."""
        shapes = [flow.going.get(source, self.analysis.graph.shape(source)) for source in result.node.sources]
        if any(shape is None for shape in shapes):
            return None
        own = result.node.layer
        try:
            fits = len(shapes) == 1 or all(condition.holds() for condition in own.join_conditions(tuple(shapes)))
            return own.join(tuple(shapes)) if fits else None
        except (*IMPOSSIBLE, LookupError):
            return None

    def _fields_for(self, quantity: str) -> list[Flow]:
        """The receptive fields that follow from all lengths of the rows, from the sizes alone, from the jumps alone."""
        kept = (tuple(FIELDS), ("receptive_field", "centre", "padding"), ("jump",))
        given = {each for _, each in self.rows if each in FIELDS}
        return [self._fields(each) for each in kept[2 if quantity == "jump" else 0 :] if given & set(each)]

    def _fields(self, quantities: tuple[str, ...]) -> Flow:
        """The receptive fields that follow from some lengths of the rows."""
        if quantities in self.flows:
            return self.flows[quantities]
        flow = self.flows[quantities] = Flow()
        for index, result in enumerate(self.analysis.layers):
            seen: ReceptiveField | None = result.receptive_field
            if flow.before(result):
                seen = self._seen(result, flow)
                self._pass_on(flow, index, seen, result.receptive_field)
            own = {
                quantity: row
                for quantity, row in self.at.get(index, {}).items()
                if quantity in quantities and self._is_wrong(row)
            }
            if own and seen is not None:
                written = _written_over(seen, {quantity: self.rows[row] for quantity, row in own.items()})
                if written is not None and (written != seen or index in flow.going):
                    flow.going[index], flow.rows[index] = written, tuple(own.values())
        return flow

    def _seen(self, result: LayerResult, flow: Flow) -> ReceptiveField | None:
        """What the units of a layer see; None where that cannot be followed."""
        if result.name in self.analysis.fields_read:
            return None
        correct = self.analysis.seen_by(result)
        coming = [flow.going.get(source, seen) for source, seen in zip(result.node.sources, correct, strict=True)]
        if any(seen is None for seen in coming):
            return None
        try:
            seen = merged(coming, result.input.rank)[0]
            return seen if seen.everything else result.node.layer.receptive_field(seen, result.input)
        except (*IMPOSSIBLE, JumpConflictError, LookupError, TypeError):
            return None

    # Counts -------------------------------------------------------------------------------------

    def _counted(self, result: LayerResult, quantity: str) -> Iterator[Followed]:
        """A count of a layer from the rows of its inputs, from its own output, from its own weights."""
        correct = correct_at(self.analysis, result, quantity)
        ways: list[tuple[LayerRecomputation, tuple[Row, ...]]] = [(correct, ())]
        if self.sizes.before(result) and (shape := self.input_of(result, self.sizes)):
            ways.append((correct.with_input(shape), self.sizes.rows_before(result)))
        own = self.at.get(self.index[id(result)], {})
        if "output" in own and self._is_wrong(own["output"]):
            ways += [(_made(way, self.rows[own["output"]]), (*rows, own["output"])) for way, rows in tuple(ways)]
        ways += [(other, (*rows, row)) for way, rows in tuple(ways) for other, row in self._weighted(way, own)]
        for way, rows in ways[1:]:
            yield Followed(self._value(way), rows)

    def _weighted(self, way: LayerRecomputation, own: Mapping[str, Row]) -> Iterator[tuple[LayerRecomputation, Row]]:
        """The same with the layer's own wrong number of weights, of biases, or of both together."""
        wrong = {quantity: row for quantity, row in own.items() if quantity in ("weights", "biases", "params")}
        for quantity, row in wrong.items():
            number = self.rows[row]
            if quantity == way.quantity or not is_known(number) or not self._is_wrong(row):
                continue
            if quantity != "params":
                yield way.with_rule(quantity, lambda layer, shape, n=number: n), row
            elif way.quantity in ("macs", "flops"):
                for fewer in dict.fromkeys((0, way.result.biases)):
                    yield way.with_rule("weights", lambda layer, shape, n=number - fewer: n), row

    def _value(self, way: LayerRecomputation) -> Any:
        self.budget -= 1
        try:
            return way.value() if self.budget > 0 else None
        except (LookupError, TypeError):
            return None

    def _by_factor(self, name: str, quantity: str, correct: Any) -> Iterator[Followed]:
        """A quantity that is so many times another one of the same row: bytes from values."""
        row = (name, BY_FACTOR.get(quantity, ""))
        if row in self.rows and is_known(correct):
            other = self._correct(*row)
            if is_known(other) and other and correct % other == 0:
                yield Followed(_whole(self.rows[row] * (correct // other)), (row,))

    def _sums(self, name: str, places: list[int], quantity: str) -> Iterator[Followed]:
        """A sum of the rows, of layers first or of blocks first; what has no row is correct, or follows from rows."""
        correct = self._correct(name, quantity)
        if not is_known(correct):
            return
        among, terms = set(places), [row for row in self.rows if row[1] == quantity and row[0] not in ("", name)]
        terms = [row for row in terms if self._places(row[0]) and set(self._places(row[0])) <= among]
        if not name:
            terms += [(each, quantity) for each in self.inputs if (each, quantity) in self.rows]
        sizes = {row: len(self._places(row[0])) for row in terms}
        for order in (1, -1):
            used: list[Row] = []
            taken: set[int] = set()
            for row in sorted(terms, key=lambda row: order * sizes[row]):
                if not taken & set(self._places(row[0])):
                    taken.update(self._places(row[0]))
                    used.append(row)
            wrong = tuple(row for row in used if self._is_wrong(row))
            own = sum(self.rows[row] - self._correct(*row) for row in wrong)
            yield Followed(_whole(correct + own), wrong, is_sum=True)
            rest = [place for place in places if place not in taken and self.sizes.before(self.analysis.layers[place])]
            yield from self._with_rest(correct + own, wrong, rest, quantity)

    def _with_rest(self, so_far: Any, wrong: tuple[Row, ...], rest: list[int], quantity: str) -> Iterator[Followed]:
        """The sum where layers that have no row of it are computed from the rows before them."""
        rows = dict.fromkeys(wrong)
        for place in rest:
            result = self.analysis.layers[place]
            shape = self.input_of(result, self.sizes)
            value = self._again(result, shape, quantity) if shape else None
            if value is None:
                return
            so_far += value - getattr(result, quantity)
            rows.update(dict.fromkeys(self.sizes.rows_before(result)))
        if rest:
            yield Followed(_whole(so_far), tuple(rows), is_sum=True)

    def _again(self, result: LayerResult, shape: Shape, quantity: str) -> Any:
        node = result.node
        key = (quantity, id(node.layer), bool(node.shared), node.times, shape)
        if key not in self.known:
            self.known[key] = self._value(correct_at(self.analysis, result, quantity).with_input(shape))
        return self.known[key]

    # Wrong numbers of a row -------------------------------------------------------------------------

    def on_own_input(self, correct: LayerRecomputation) -> Iterator[tuple[LayerRecomputation, tuple[Row, ...]]]:
        """How a number is found on what comes into its layer from the rows before, if that differs."""
        result = correct.result
        if correct.quantity in FIELDS:
            for flow in self._fields_for(correct.quantity):
                coming = [flow.going.get(source) for source in result.node.sources]
                if flow.before(result) and len(coming) == 1 and coming[0] is not None:
                    yield replace(correct, seen=coming[0]), flow.rows_before(result)
        elif self.sizes.before(result) and (shape := self.input_of(result, self.sizes)):
            yield correct.with_input(shape), self.sizes.rows_before(result)

    def described(self, rows: Sequence[Row]) -> str:
        """Some rows with their numbers: `output of conv1 (26x26x8) and jump of pool1 (2)`."""
        return listed(
            [f"{quantity} of {name or 'total'} ({_text(self.rows[name, quantity])})" for name, quantity in rows]
        )


def listed(parts: Sequence[str]) -> str:
    """Up to three of some texts, and how many more there are."""
    shown, more = list(parts[:MOST_NAMED]), len(parts) - MOST_NAMED
    if more > 0:
        shown.append(f"{more:,} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _text(value: Any) -> str:
    """A number of a sheet as people read it; a length that is the same on all axes once."""
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _output(result: LayerResult, shape: Shape) -> Shape | None:
    try:
        found = result.node.layer.output(shape)
    except (*IMPOSSIBLE, LookupError):
        return None
    return found if all(is_known(size) and size >= 1 for size in (found.channels, *found.size)) else None


def _made(way: LayerRecomputation, output: Shape) -> LayerRecomputation:
    return way.with_rule("output", lambda layer, shape: output)


def _read(made: Any, quantity: str) -> Any:
    """The output, or one length an axis of a receptive field; None where it has none."""
    if isinstance(made, Shape):
        return made
    lengths = tuple(getattr(axis, FIELDS[quantity]) for axis in made.axes)
    return None if not lengths or None in lengths else lengths


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
            low = _whole(given["centre"] - Fraction(size - 1, 2))
        return AxisReceptiveField((low,), (low + size - 1,), given.get("jump", axis.step), after)

    return seen.along(written)


def _whole(number: Any) -> Any:
    return number.numerator if isinstance(number, Fraction) and number.denominator == 1 else number
