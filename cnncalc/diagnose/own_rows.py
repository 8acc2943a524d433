"""The rows of a sheet, right or wrong -> what a later number is if it is computed from them: follow-through.

The rules of the layers are run on the numbers that somebody has written down instead of on the correct ones. Only what
stands before a number leads to it: the rows of its inputs, the other numbers of its own row, the terms of its sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.analysis.quantities import COUNTS, FIELDS, QUANTITIES
from cnncalc.diagnose.flows import Flow, Flows, Row, Sheet, whole
from cnncalc.diagnose.recompute import LayerRecomputation, correct_at
from cnncalc.layers import Shape
from cnncalc.limits import MOST_PROPAGATED
from cnncalc.symbolic import is_known

BY_FACTOR = {"memory_bytes": "activations", "flops": "macs", "weight_memory_bytes": "params"}
"""A quantity that is a whole multiple of another, as far as it is."""
MOST_NAMED = 3
"""Rows that a reason names."""


class Followed(NamedTuple):
    """What a number is if it is computed from other rows, and which of these differ from the correct numbers."""

    value: Any
    rows: tuple[Row, ...]
    is_sum: bool = False


class OwnRows:
    """What follows from the numbers of a sheet about one network."""

    def __init__(self, analysis: Analysis, rows: Mapping[Row, Any]) -> None:
        self.analysis = analysis
        self.sheet = Sheet(analysis, rows)
        self.flows = Flows(self.sheet)
        self.known: dict[Any, Any] = {}
        self.budget = MOST_PROPAGATED.value

    def leads_to(self, name: str, quantity: str) -> Iterator[Followed]:
        """What the number may be, computed from the other rows; each differs from the correct one."""
        places = self.sheet.places(name)
        correct = self.sheet.correct(name, quantity)
        if correct is None or not places:
            return
        last = self.analysis.layers[places[-1]]
        if quantity == "output":
            found = self._of_the_last(name, last, quantity, self.flows.sizes)
        elif quantity in FIELDS:
            found = (
                each
                for flow in self.flows.fields_for(quantity)
                for each in self._of_the_last(name, last, quantity, flow)
            )
        elif name and len(places) == 1 and quantity in COUNTS:
            found = self._counted(last, quantity)
        else:
            found = self._sums(name, places, quantity) if quantity in COUNTS else iter(())
        for each in (*found, *self._by_factor(name, quantity, correct)):
            if each.value is not None and each.value != correct and each.rows:
                yield each

    def stated_before(self, name: str, quantity: str) -> Any:
        """What the rows say of the input of a layer: its receptive field, or its shape; None where they do not."""
        places = self.sheet.places(name)
        sources = self.analysis.layers[places[0]].node.sources if len(places) == 1 else ()
        read = "receptive_field" if quantity == "receptive_field" else "output"
        row = self.sheet.at.get(sources[0], {}).get(read) if len(sources) == 1 else None
        return self.sheet.rows[row] if row else None

    def _of_the_last(self, name: str, last: LayerResult, quantity: str, flow: Flow) -> Iterator[Followed]:
        """The output or the field of a row from what comes into its last layer, or from that layer's own row."""
        place = self.sheet.index[id(last)]
        made = flow.made.get(place)
        if made is not None:
            yield Followed(_read(made, quantity), flow.rows_before(last))
        own = self.sheet.at.get(place, {}).get(quantity)
        if own and own[0] != name and self.sheet.is_wrong(own):
            yield Followed(self.sheet.rows[own], (own,))

    # Counts -------------------------------------------------------------------------------------

    def _counted(self, result: LayerResult, quantity: str) -> Iterator[Followed]:
        """A count of a layer from the rows of its inputs, from its own output, from its own weights."""
        correct = correct_at(self.analysis, result, quantity)
        ways: list[tuple[LayerRecomputation, tuple[Row, ...]]] = [(correct, ())]
        if self.flows.sizes.before(result) and (shape := self.flows.input_of(result, self.flows.sizes)):
            ways.append((correct.with_input(shape), self.flows.sizes.rows_before(result)))
        own = self.sheet.at.get(self.sheet.index[id(result)], {})
        if "output" in own and self.sheet.is_wrong(own["output"]):
            ways += [(_made(way, self.sheet.rows[own["output"]]), (*rows, own["output"])) for way, rows in tuple(ways)]
        ways += [(other, (*rows, row)) for way, rows in tuple(ways) for other, row in self._weighted(way, own)]
        for way, rows in ways[1:]:
            yield Followed(self._value(way), rows)

    def _weighted(self, way: LayerRecomputation, own: Mapping[str, Row]) -> Iterator[tuple[LayerRecomputation, Row]]:
        """The same with the layer's own wrong number of weights, of biases, or of both together."""
        wrong = {quantity: row for quantity, row in own.items() if quantity in ("weights", "biases", "params")}
        for quantity, row in wrong.items():
            number = self.sheet.rows[row]
            if quantity == way.quantity or not is_known(number) or not self.sheet.is_wrong(row):
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
        if row in self.sheet.rows and is_known(correct):
            other = self.sheet.correct(*row)
            if is_known(other) and other and correct % other == 0:
                yield Followed(whole(self.sheet.rows[row] * (correct // other)), (row,))

    def _sums(self, name: str, places: list[int], quantity: str) -> Iterator[Followed]:
        """A sum of the rows, of layers first or of blocks first; what has no row is correct, or follows from rows."""
        correct = self.sheet.correct(name, quantity)
        if not is_known(correct):
            return
        among, terms = set(places), [row for row in self.sheet.rows if row[1] == quantity and row[0] not in ("", name)]
        terms = [row for row in terms if self.sheet.places(row[0]) and set(self.sheet.places(row[0])) <= among]
        if not name:
            terms += [(each, quantity) for each in self.sheet.inputs if (each, quantity) in self.sheet.rows]
        sizes = {row: len(self.sheet.places(row[0])) for row in terms}
        for order in (1, -1):
            used: list[Row] = []
            taken: set[int] = set()
            for row in sorted(terms, key=lambda row: order * sizes[row]):
                if not taken & set(self.sheet.places(row[0])):
                    taken.update(self.sheet.places(row[0]))
                    used.append(row)
            wrong = tuple(row for row in used if self.sheet.is_wrong(row))
            own = sum(self.sheet.rows[row] - self.sheet.correct(*row) for row in wrong)
            yield Followed(whole(correct + own), wrong, is_sum=True)
            rest = [
                place for place in places if place not in taken and self.flows.sizes.before(self.analysis.layers[place])
            ]
            yield from self._with_rest(correct + own, wrong, rest, quantity)

    def _with_rest(self, so_far: Any, wrong: tuple[Row, ...], rest: list[int], quantity: str) -> Iterator[Followed]:
        """The sum where layers that have no row of it are computed from the rows before them."""
        rows = dict.fromkeys(wrong)
        for place in rest:
            result = self.analysis.layers[place]
            shape = self.flows.input_of(result, self.flows.sizes)
            value = self._again(result, shape, quantity) if shape else None
            if value is None:
                return
            so_far += value - getattr(result, quantity)
            rows.update(dict.fromkeys(self.flows.sizes.rows_before(result)))
        if rest:
            yield Followed(whole(so_far), tuple(rows), is_sum=True)

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
            for flow in self.flows.fields_for(correct.quantity):
                coming = [flow.going.get(source) for source in result.node.sources]
                if flow.before(result) and len(coming) == 1 and coming[0] is not None:
                    yield replace(correct, seen=coming[0]), flow.rows_before(result)
        elif self.flows.sizes.before(result) and (shape := self.flows.input_of(result, self.flows.sizes)):
            yield correct.with_input(shape), self.flows.sizes.rows_before(result)

    def described(self, rows: Sequence[Row]) -> str:
        """Some rows with their numbers: `output of conv1 (26x26x8) and jump of pool1 (2)`."""
        return listed(
            [
                f"{QUANTITIES[quantity].words} of {name or 'total'} ({shown(self.sheet.rows[name, quantity])})"
                for name, quantity in rows
            ]
        )


def listed(parts: Sequence[str]) -> str:
    """Up to three of some texts, and how many more there are."""
    shown, more = list(parts[:MOST_NAMED]), len(parts) - MOST_NAMED
    if more > 0:
        shown.append(f"{more:,} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def shown(value: Any) -> str:
    """A number of a sheet as people read it; a length that is the same on all axes once."""
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _made(way: LayerRecomputation, output: Shape) -> LayerRecomputation:
    return way.with_rule("output", lambda layer, shape: output)


def _read(made: Any, quantity: str) -> Any:
    """The output, or one length an axis of a receptive field; None where it has none."""
    if isinstance(made, Shape):
        return made
    lengths = tuple(getattr(axis, FIELDS[quantity]) for axis in made.axes)
    return None if not lengths or None in lengths else lengths
