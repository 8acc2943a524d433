"""The rows of a print-out -> the steps of the network that each is about: by name, else by order and type.

Numbers decide only where order and type leave a choice: between branches, and how much a module holds whose inside is
not printed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

from cnncalc.check.matching import known_names
from cnncalc.check.prints.branches import Agree, is_full, ordered
from cnncalc.check.prints.printed import amount_of, bounds
from cnncalc.check.prints.runs import ANY, Run, runs
from cnncalc.check.prints.steps import CONVOLUTIONS, DENSE, TRANSPOSED, Step, family, keeps_volume
from cnncalc.graph import Graph
from cnncalc.symbolic import Size
from cnncalc.tables.layer_types import folded, layer_type
from cnncalc.tables.print_out import NOTHING, Number, PrintOut, Row

MAIN = (CONVOLUTIONS, DENSE, TRANSPOSED, "rbf", "batchnorm", "layernorm", "groupnorm", "instancenorm", "prelu")
"""Families of layers with parameters."""
WEIGHTED = (CONVOLUTIONS, DENSE)
"""A convolution that covers its whole input is a matrix product, and written as either."""
Measure = Callable[[Step], Size]


class Match:
    """What became of the rows: `steps` of each by its place, `kinds`, and which rows are inside which."""

    def __init__(self, out: PrintOut, graph: Graph, steps: list[Step], agree: Agree, macs: Measure) -> None:
        self.out, self.graph, self.steps, self.agree, self.macs = out, graph, steps, agree, macs
        self.rows = [row for row in out.rows if not row.parameter]
        self.inside = _children(self.rows)
        self.leaves = [place for place in range(len(self.rows)) if not self.inside[place]]
        self.kinds = [_kind(row) for row in self.rows]
        self.found: dict[int, list[Step]] = {}
        self.by_name = False
        self.unequal: dict[int, str] = {}
        """Rows whose type occurs another number of times in the network, and how often in both."""
        self._match()

    def _match(self) -> None:
        rows, steps = self._rows_by_family(), self._steps_by_family()
        if self.out.named and self._named(rows):
            self.by_name = True
        elif any(self._is_module(place) for place in self.leaves):
            self._in_runs()
        else:
            self._main(rows, steps)
        taken = {step.number for found in self.found.values() for step in found}
        for name, places in rows.items():
            open_places = [place for place in places if place not in self.found]
            left = [step for step in steps.get(name, ()) if step.number not in taken]
            if name not in MAIN and name and open_places:
                self._others(name, open_places, left)
        if not self.out.typed:
            self._by_flops()

    def _rows_by_family(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for place in self.leaves:
            found[family(self.kinds[place])].append(place)
        return found

    def _steps_by_family(self) -> dict[str, list[Step]]:
        found: dict[str, list[Step]] = defaultdict(list)
        for step in self.steps:
            found[family(step.layer.kind)].append(step)
        return found

    def _is_module(self, place: int) -> bool:
        """Whether a row without rows inside it is a module with parameters, or may be one."""
        row = self.rows[place]
        if any(number.quantity.startswith("macs ") for number in row.numbers):
            return True
        hides = self.out.hides and not self.kinds[place]
        return hides and (_counted(row) is not None if not self.out.typed else _counts(_counted(row)))

    # By name, by order ------------------------------------------------------------------------

    def _named(self, rows: dict[str, list[int]]) -> bool:
        """Match by name, if all rows of layers with parameters have the name of a layer of their family."""
        known = known_names(self.graph)
        named = {step.name: step for step in self.steps if step.name}
        places = [place for place in self.leaves if family(self.kinds[place]) in MAIN] or self.leaves
        found = {}
        for place in places:
            step = named.get(known.get(folded(self.rows[place].name), ""))
            if step is None or family(step.layer.kind) != family(self.kinds[place]):
                return False
            found[place] = [step]
        for place in self.leaves:
            step = named.get(known.get(folded(self.rows[place].name), ""))
            if step is not None and family(step.layer.kind) == family(self.kinds[place]):
                found[place] = [step]
        self.found.update(found)
        return True

    def _main(self, rows: dict[str, list[int]], steps: dict[str, list[Step]]) -> None:
        """Match the layers with parameters: all of a type in their order, if the network has as many."""
        groups = [(rows[name], steps[name], name) for name in MAIN if name in rows]
        if any(len(rows[name]) != len(steps[name]) for name in WEIGHTED if name in rows):
            both = [place for place in self.leaves if family(self.kinds[place]) in WEIGHTED]
            layers = [step for step in self.steps if family(step.layer.kind) in WEIGHTED]
            if len(both) == len(layers):
                groups = [group for group in groups if group[2] not in WEIGHTED] + [(both, layers, CONVOLUTIONS)]
        for places, layers, name in groups:
            if len(places) == len(layers):
                found = ordered(self.steps, [self.rows[place] for place in places], layers, self.agree)
                self.found.update((place, [step]) for place, step in zip(places, found, strict=True))
            elif not keeps_volume(self.kinds[places[0]]):
                self._unequal(places, len(layers), name)

    def _unequal(self, places: list[int], layers: int, name: str) -> None:
        text = (
            f"the print-out has {len(places)} rows of {name}, and the network has {layers}: which is which is not clear"
        )
        self.unequal.update(dict.fromkeys(places, text))

    # Modules whose inside is not printed --------------------------------------------------------

    def _in_runs(self) -> None:
        """Match rows with runs of layers: one layer for a type with parameters, a module with as many as add up."""
        operators = self.out.operators
        layers = [step for step in self.steps if self._in_a_run(step)]
        wanted = []
        single = {row.name.rpartition(".")[0] for row in self.out.rows if row.parameter}
        for place in self.leaves:
            kind = family(self.kinds[place])
            if kind in MAIN and _counts(_counted(self.rows[place])):
                wanted.append(Run(place, kind))
            elif operators or self._is_module(place):
                wanted.append(Run(place, ANY if self.rows[place].name in single else ""))
        families = [family(step.layer.kind) for step in layers]
        found = runs(wanted, families, self._disagreements(layers), self._ends(layers))
        for run, (start, end) in found.items():
            self.found[run.place] = self._with_those_between(run, layers[start:end])
        for run in wanted if not found else ():
            self.unequal[run.place] = "the layers of the network do not add up to the modules of the print-out"

    def _with_those_between(self, run: Run, layers: list[Step]) -> list[Step]:
        """The layers of a module with those without parameters between them, and behind them if numbers say so."""
        first, last = layers[0].number, layers[-1].number
        if run.family or self.out.operators:
            return layers
        within = self.steps[first : last + 1]
        row = _counts_only(self.rows[run.place])
        behind = len(within)
        while last + 1 < len(self.steps) and not self._in_a_run(self.steps[last + 1]):
            last += 1
        more = self.steps[first : last + 1]
        found = within[:behind]
        best = found if len(layers) > 1 else layers
        return more if self.out.of_functions and self.agree(row, more) > self.agree(row, best) else best

    def _in_a_run(self, step: Step) -> bool:
        name = family(step.layer.kind)
        if self.out.operators:
            return name in (*WEIGHTED, TRANSPOSED)
        return name in MAIN and bool(step.params or (step.buffers and self.out.statistics))

    def _disagreements(self, layers: list[Step]) -> Callable[[int, int, int], tuple[int, int]]:
        def disagreements(place: int, start: int, end: int) -> tuple[int, int]:
            row = _counts_only(self.rows[place])
            wanted = sum(number.text not in NOTHING for number in row.numbers)
            norm = layers[start].layer.in_place and start > 0 and not layers[start - 1].layer.in_place
            return wanted - min(wanted, self.agree(row, layers[start:end])), int(norm)

        return disagreements

    def _ends(self, layers: list[Step]) -> Callable[[int, int], Sequence[int]]:
        """Where a run from some layer on may end: where its parameters are nearly those of the row."""
        sums: dict[str, list[Size]] = {"params": [0], "weights": [0], "macs": [0]}
        for step in layers:
            sums["params"].append(sums["params"][-1] + step.params)
            sums["weights"].append(sums["weights"][-1] + step.params + step.buffers)
            sums["macs"].append(sums["macs"][-1] + self.macs(step))

        def ends(place: int, start: int) -> Sequence[int]:
            row = self.rows[place]
            found: set[int] = set()
            operators = [bounds(number) for number in row.numbers if number.quantity.startswith("macs ")]
            counted = _counted(row)
            low, high = (sum(each) for each in zip(*operators, strict=True)) if operators else bounds(counted)
            by_macs = operators or (counted is not None and counted.quantity != "params")
            for of in (sums["macs"],) if by_macs else (sums["params"], sums["weights"]):
                first = bisect_left(of, of[start] + low)
                found.update(range(max(first, start + 1), bisect_right(of, of[start] + high)))
            return sorted(found)

        return ends

    # All others ---------------------------------------------------------------------------------

    def _others(self, name: str, places: list[int], layers: list[Step]) -> None:
        """Match rows of layers without parameters, in their order; or each between its neighbours with parameters."""
        keeps = keeps_volume(self.kinds[places[0]])
        if keeps and self.out.in_order and any(len(step.readers) > 1 for step in self.steps):
            return  # which of the branches it is in does not follow from its order; its volume does
        if len(places) == len(layers):
            self.found.update((place, [step]) for place, step in zip(places, layers, strict=True))
            return
        if keeps and self.out.in_order:
            return
        self._between(places, layers)
        if not self.out.in_order:
            self._reused(places, layers)

    def _between(self, places: list[int], layers: list[Step]) -> None:
        """Match each row with a layer between those of its neighbours with parameters."""
        main = [place for place in self.leaves if place in self.found and family(self.kinds[place]) in ("", *MAIN)]
        numbers = [self.found[place] for place in main]
        taken = 0
        for place in places:
            at = bisect_left(main, place)
            before = numbers[at - 1][-1].number if at else -1
            after = numbers[at][0].number if at < len(main) else len(self.steps)
            while taken < len(layers) and layers[taken].number < before:
                taken += 1
            if taken < len(layers) and layers[taken].number < after:
                self.found[place] = [layers[taken]]
                taken += 1

    def _reused(self, places: list[int], layers: list[Step]) -> None:
        """Give a module that runs several times all layers left over in the module around it, if its numbers say so."""
        taken = {step.number for place in places for step in self.found.get(place, ())}
        undecided, reused = [], False
        for place in sorted(places, key=lambda each: -self.rows[each].depth):
            first, end = self._extent(place)
            own = self.found.get(place, [])
            more = [step for step in layers if first <= step.number < end and step.number not in taken]
            row = self.rows[place]
            if not more or (own and is_full(row, self._agreeing(row, own))):
                continue
            if own and not is_full(row, self._agreeing(row, own + more)):
                undecided.append((place, own + more))
                continue
            reused = reused or bool(own)
            self.found[place] = own + more
            taken.update(step.number for step in more)
        for place, found in undecided if reused else ():
            self.found[place] = found

    def _agreeing(self, row: Row, steps: list[Step]) -> int:
        shares = sum(number.share for number in row.numbers)
        return self.agree(row, steps) + shares

    def _extent(self, place: int) -> tuple[int, int]:
        """From the first layer with parameters of the module around a row to the next one behind it."""
        around = max((each for each in range(place) if place in self.inside[each]), default=0)
        within = [step.number for each in self.inside[around] for step in self._with_parameters(each)]
        rest = (
            step.number
            for each in range(max(self.inside[around], default=0) + 1, len(self.rows))
            for step in self._with_parameters(each)
        )
        return min(within, default=0), next(rest, len(self.steps))

    def _with_parameters(self, place: int) -> list[Step]:
        return self.found.get(place, []) if family(self.kinds[place]) in MAIN else []

    def _by_flops(self) -> None:
        """Match rows of a table without types that have no parameters: layers that count FLOPs, in their order."""
        taken = {step.number for found in self.found.values() for step in found}
        places = [place for place in self.leaves if place not in self.found and place not in self.unequal]
        layers = [step for step in self.steps if step.number not in taken and self.macs(step)]
        if len(places) == len(layers):
            self.found.update((place, [step]) for place, step in zip(places, layers, strict=True))
            return
        for place in places:
            found = next((step for step in layers if self.agree(self.rows[place], [step])), None)
            if found is not None:
                self.found[place] = [found]
                layers.remove(found)


def _counts_only(row: Row) -> Row:
    numbers = [number for number in row.numbers if number.quantity.partition(" ")[0] in ("params", "macs", "flops")]
    return Row(row.name, row.type, row.span, numbers, row.depth)


def _counted(row: Row) -> Number | None:
    """The parameters of a row, or its MACs where the program was not asked for parameters."""
    return row.number("params") or row.number("macs")


def _counts(params: Number | None) -> bool:
    """Whether there are parameters."""
    amount = amount_of(params) if params is not None and params.text not in NOTHING else None
    return amount is not None and amount.steps > 0


def _children(rows: list[Row]) -> list[list[int]]:
    """For every row the places of the rows inside it, directly or further in."""
    found: list[list[int]] = [[] for _ in rows]
    above: list[int] = []
    for place, row in enumerate(rows):
        while above and rows[above[-1]].depth >= row.depth:
            above.pop()
        for outer in above:
            found[outer].append(place)
        above.append(place)
    return found


def _kind(row: Row) -> str:
    return layer_type(row.type) if row.type else ""
