"""A print-out -> claims: every number in it, of the layer that its row is about or with the value that follows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import Any

from cnncalc.analysis import Convention
from cnncalc.analysis.known_conventions import find_convention
from cnncalc.check.context import Context
from cnncalc.check.matching import SHOWN
from cnncalc.check.network import Network
from cnncalc.check.prints.counts import Counts, StepCounts
from cnncalc.check.prints.match import Match
from cnncalc.check.prints.printed import listed, printed
from cnncalc.check.prints.steps import Step, steps_of
from cnncalc.check.prints.volumes import Volumes
from cnncalc.check.readers.reading import Reading
from cnncalc.check.settings import value_of_setting
from cnncalc.errors import Problem, Span, SpecError
from cnncalc.layers import Shape
from cnncalc.spec.readers.summaries import NOT_SHOWN, SummarySpec, input_of, open_spec
from cnncalc.symbolic import add_up, is_known
from cnncalc.tables.print_out import NOTHING, Number, PrintOut, Row

NETWORK_HINT = "set it with --network vgg16, or put the code that builds the network beside its numbers"
SHAPES = ("output", "input")
ALL = 1000
"""What a shape scores that is the printed one."""
FROZEN = "if layers are frozen, let the program print which: show_trainable=True"


def enter(reading: Reading, out: PrintOut, place: Span) -> None:
    """Enter the claims of a print-out whose header stands at `place`."""
    context = reading.overrides.context
    if context.convention == Convention():
        context = replace(context, convention=find_convention(out.tool))
    network, used, read = reading.named("", "", ()), frozenset[Span](), list[str]()
    if network is None:
        network = reading.beside(str(input_of(out) or ""), (), needed=not out.complete)
    if network is None and out.complete and not reading.grading:
        network, used, read = _own(reading, out)
    network = reading.network(network, place, NETWORK_HINT)
    if network is None:
        raise SpecError(reading.problems)
    graph = network.graph()
    if not is_known(*(shape.values for shape in graph.shapes)):
        message = "a print-out is of a network with known sizes, and this one has symbols"
        raise SpecError([Problem(message, place, "give the sizes with --input and --set")])
    reading.table.source = context.source
    _Entry(reading, out, replace(context, network=network), place, used).enter()
    for line in read:
        reading.note(line)


def _own(reading: Reading, out: PrintOut) -> tuple[Network | None, frozenset[Span], list[str]]:
    """The network that a print-out describes, the places of the numbers that it is read from, and what is read."""
    spec = open_spec(reading.source, out, strict=False)
    spec.key = spec.name = "the network of the summary"
    network = reading.named("", "", (), (reading.source.text, spec))
    found = network.setup().spec if network is not None else spec
    assert isinstance(found, SummarySpec)
    if found.problems:
        raise SpecError(found.problems)
    reading.note(f"the network is read from the summary, with the input {found.input}")
    reading.note(NOT_SHOWN)
    used = frozenset(number.span for number in found.used)
    names = [row.name for row in out.rows if any(number.span in used for number in row.numbers)]
    if names:
        shown = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
        what = "outputs, and the parameters of convolutions, that it is read from"
        reading.note(f"{len(used)} {what} are not judged: those of {shown}")
    return network, used, found.read


class _Entry:
    """One print-out with its network."""

    def __init__(self, reading: Reading, out: PrintOut, context: Context, place: Span, used: frozenset[Span]) -> None:
        self.reading, self.out, self.context, self.place, self.used = reading, out, context, place, used
        firsts = Counter(sizes[0] for sizes in map(self._listed, self._shapes()) if sizes)
        self.first = firsts.most_common(1)[0][0] if firsts else "None"
        images = int(self.first) if self.first.isdigit() and len(self.first) < 10 else 1
        self.batch = max(images, 1)
        self.layout = "chw" if out.channels_first else "hwc"
        assert context.network is not None
        self.graph = context.network.graph()
        self.analysis = context.network.analysis()
        self.layers = {layer.name: layer for layer in self.analysis.layers}
        self.steps = steps_of(self.graph)

    def _shapes(self) -> list[Number]:
        return [number for row in self.out.rows for number in row.numbers if number.quantity in SHAPES]

    @staticmethod
    def _listed(number: Number) -> list[str] | None:
        return listed(number.text)

    def enter(self) -> None:
        """Match the rows, and enter the claims of rows and foot."""
        self._build()
        if self.out.channels_first is None:
            self._turn()
        self._notes()
        places = iter(range(len(self.match.rows)))
        above: dict[str, int] = {}
        inside = self._parameters_inside()
        for number_of_row, row in enumerate(self.out.rows):
            if row.parameter:
                owner = above.get(row.sources[0] if row.sources else row.name.rpartition(".")[0]) or above.get("", 0)
                for number in row.numbers:
                    self._add(row.name, number, self.counts.parameter(owner, number, *inside[number_of_row]))
                continue
            place = next(places)
            above[row.name if place else ""] = place
            for number in row.numbers:
                if number.span not in self.used:
                    self._row_number(place, row, number)
            self._arguments(place, row)
        foot = {number.quantity: number for number in self.out.foot}
        for number in self.out.foot:
            exact = self.counts.of_foot(number, foot)
            of, _, unit = number.quantity.partition(" ")
            if exact is not None and (of, unit) == ("params", "") and "optimizer" not in foot:
                exact = None if self.context.convention.param_rules == self.convention.param_rules else exact
                self._add("", number, exact, plain=exact is None)
                continue
            hint = (
                FROZEN if of in ("trainable", "non_trainable") and not any(row.frozen for row in self.out.rows) else ""
            )
            self._add("", number, exact, hint=hint)

    def _parameters_inside(self) -> dict[int, tuple[int, int]]:
        """For every row of a parameter, of which layer of its module it is, and of how many: 0.weight, 1.weight, ..."""
        found: dict[int, tuple[int, int]] = {}
        for _, group in groupby(enumerate(self.out.rows), lambda pair: pair[1].parameter and pair[1].sources):
            rows = [(place, row.name.rpartition(".")[0]) for place, row in group if row.parameter]
            layers = list(dict.fromkeys(layer for _, layer in rows))
            found |= {place: (layers.index(layer), len(layers)) for place, layer in rows}
        return found

    def _build(self) -> None:
        self.convention = self.context.convention
        of_step = StepCounts(self.out, self.convention, self.batch)
        self.match = Match(self.out, self.graph, self.steps, self._agree, of_step.macs)
        self.volumes = Volumes(self.match, self._fits)
        self.counts = Counts(self.match, self.volumes, self.convention, self.batch)

    def _turn(self) -> None:
        """Read the shapes as channels x height x width if more are right that way, unless the order is set."""
        scores = {}
        for layout in (self.context.layout,) if self.context.layout else ("hwc", "chw"):
            self.layout = layout
            self._build()
            scores[layout] = sum(
                self._fits(row, "output", shape) == ALL
                for place, row in enumerate(self.match.rows)
                if (shape := self.volumes.output(place)) is not None
            )
        self.layout = max(scores, key=lambda layout: scores[layout])
        self._build()
        if self.layout == "chw" and len(scores) > 1:
            self.reading.note("the shapes are read as channels x height x width: they are right that way", self.place)

    def _fits(self, row: Row, quantity: str, shape: Shape) -> int:
        number = row.number(quantity)
        found = printed(number, self.first, self.layout) if number else None
        if found is None:
            return 0
        if found.matches(shape):
            return ALL
        whole = (*shape.size, shape.channels) if self.layout == "hwc" else (shape.channels, *shape.size)
        claimed = found.claimed if isinstance(found.claimed, tuple) else (found.claimed,)
        return sum(_likeness(str(one), str(other)) for one, other in zip(claimed[::-1], whole[::-1], strict=False))

    def _agree(self, row: Row, steps: list[Step]) -> int:
        """How many numbers of a row are those of some steps."""
        found = 0
        of_step = StepCounts(self.out, self.convention, self.batch)
        for number in row.numbers:
            shown = printed(number, self.first, self.layout) if number.text not in NOTHING else None
            if shown is None or number.share:
                continue
            if number.quantity == "output":
                found += shown.matches(steps[-1].output)
            elif number.quantity == "params":
                found += shown.matches(add_up(map(of_step.params, steps)))
            elif number.quantity in ("macs", "flops"):
                found += shown.matches(add_up(map(of_step.macs, steps)))
            elif number.quantity.startswith("macs "):
                found += shown.matches(add_up(of_step.by_operator(step, number.quantity) for step in steps))
        return found

    # Claims -----------------------------------------------------------------------------------------

    def _row_number(self, place: int, row: Row, number: Number) -> None:
        found = self.match.found.get(place, [])
        step = found[0] if len(found) == 1 else None
        fused = step is not None and step.number + 1 < len(self.steps) and not self.steps[step.number + 1].name
        plain = step is not None and bool(step.name) and not number.share
        same = step is not None and self.volumes.output(place) == step.output
        plain = plain and ((number.quantity == "output" and same) or (number.quantity == "params" and not fused))
        label = step.name if step is not None and step.name else row.name
        if number.text in NOTHING:
            if number.text == "multiple":
                self.reading.note("'multiple' is not a shape: it is not read", number.span)
            return
        why = self.match.unequal.get(place, "")
        self._add(label, number, self.counts.of_row(place, number), plain=plain, why=why)

    def _arguments(self, place: int, row: Row) -> None:
        """Enter what the module of a layer was made with; a module that is no single layer has none to compare with."""
        found = self.match.found.get(place, [])
        layer = self.layers.get(found[0].name) if len(found) == 1 else None
        for number in row.arguments if layer else ():
            assert layer is not None
            dense = number.quantity.endswith("channels") and row.type == "Linear"
            shape = layer.input if number.quantity == "in_channels" else layer.output
            exact = shape.values if dense else value_of_setting(self.analysis, layer, number.quantity)
            if exact is not None:
                self._add(layer.name, number, exact, given=True)

    def _add(
        self, label: str, number: Number, exact: object, *, plain: bool = False, why: str = "", **more: Any
    ) -> None:
        """Enter one number, with `more` of its claim; one that is not read, or has no value, is an error alone."""
        shown = printed(number, self.first, self.layout)
        quantity = number.quantity.replace(" bytes", "_bytes")
        if shown is None:
            problem = Problem(f"'{number.text[:40]}' is not read: it is no single number or shape", number.span)
            self.reading.table.unread.append(problem)
        elif plain:
            self.reading.add(self._unruled(label).claim(label, quantity, shown, number.span))
        elif exact is None:
            text = why or f"what {label or 'this'} should have does not follow from the network: it has no such layer"
            self.reading.add(self.context.unread(label, quantity, number.text, number.span, Problem(text)))
        else:
            self.reading.add(self.context.claim(label, quantity, shown, number.span, exact=exact, **more))

    def _unruled(self, label: str) -> Context:
        """The context without rules for parameters where these change nothing: mistakes are then explained as usual."""
        if any(step.buffers for step in self.steps if step.name == label or not label):
            return self.context
        return replace(self.context, convention=self.convention._replace(param_rules=()))

    def _notes(self) -> None:
        """How the rows were matched, and which of them the network lacks."""
        convention = self.convention
        self.reading.note(
            f"read as {self.out.tool} prints it, counted in the convention {convention.title}", self.place
        )
        pairs = [
            f"{self.match.rows[place].name} is {found[0].name}"
            for place, found in sorted(self.match.found.items())
            if len(found) == 1 and found[0].name and found[0].name != self.match.rows[place].name
        ]
        if pairs and not self.match.by_name:
            text = f"{', '.join(pairs[:SHOWN])}{', ...' if len(pairs) > SHOWN else ''}"
            self.reading.note(f"the rows are matched with the layers by order and type: {text}", self.place)
        lone = [
            row.name
            for place, row in enumerate(self.match.rows)
            if place not in self.match.found and place not in self.match.unequal and not self.match.inside[place]
        ]
        if lone:
            text = f"{', '.join(lone[:SHOWN])}{', ...' if len(lone) > SHOWN else ''}"
            self.reading.note(
                f"not layers of the network, their numbers follow from the rows before: {text}", self.place
            )


def _likeness(one: str, other: str) -> int:
    """How alike two sizes are: 20 if equal, else the digits that agree."""
    alike = sum(mine == its for mine, its in zip(one, other, strict=False)) if len(one) == len(other) else 0
    return 20 if one == other else min(alike, 9)
