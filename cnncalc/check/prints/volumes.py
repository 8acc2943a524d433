"""The rows of a print-out and the steps they are about -> the volumes that go into and out of every row.

A row that the network lacks hands on the volume before it, or what follows from that: a ReLU, a Flatten. So does a
module; and where a merge or a pool runs as a function, no row is theirs, and the volume of a module may be that of
what comes behind the last row in it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from itertools import islice

from cnncalc.check.prints.match import Match
from cnncalc.check.prints.steps import Step, family, keeps_volume, lone
from cnncalc.graph import INPUT
from cnncalc.layers import CATALOGUE, Shape
from cnncalc.symbolic import add_up
from cnncalc.tables.print_out import Row

MOST_BEHIND = 60
"""Steps without a row that are followed behind a row."""
MOST_BACK = 400
"""Rows that are searched for one whose name is cut off."""
CHAIN = ("Sequential", "ModuleList")
"""Modules whose volume is that of the last module inside."""
Fits = Callable[[Row, str, Shape], int]
"""How many sizes of a shape are those that a row prints for a quantity; all is more than any number of them."""


class Volumes:
    """What goes in and out: for every row, by its place, the shapes that are possible, the likeliest first."""

    def __init__(self, match: Match, fits: Fits) -> None:
        self.match, self.fits, self.graph, self.steps = match, fits, match.graph, match.steps
        count = len(match.rows)
        self.outputs: list[list[Shape]] = [[] for _ in range(count)]
        self.inputs: list[list[Shape]] = [[] for _ in range(count)]
        self.at: list[int] = [INPUT] * count
        """The step that a row's volume comes from."""
        self.row_of = {step.number: place for place, found in match.found.items() for step in found}
        self.first = [step.number for step in self.steps if min(step.sources) < 0]
        self.done = self._done()
        self.names: dict[str, int] = {}
        self._leaves()
        self._modules()

    def output(self, place: int) -> Shape | None:
        """The volume that a row is taken to make: that which it prints if that is possible."""
        return self._chosen(place, "output", self.outputs[place])

    def input(self, place: int) -> Shape | None:
        """The volume that a row is taken to get."""
        return self._chosen(place, "input", self.inputs[place])

    def _chosen(self, place: int, quantity: str, shapes: list[Shape]) -> Shape | None:
        row = self.match.rows[place]
        return max(shapes, key=lambda shape: self.fits(row, quantity, shape)) if shapes else None

    def _done(self) -> list[int]:
        """For every step, the row with which it has run: its own, or the last of those that it reads."""
        done: list[int] = []
        for step in self.steps:
            before = max((done[source] for source in step.sources if source >= 0), default=-1)
            done.append(self.row_of.get(step.number, before))
        return done

    # Rows that hold no others -------------------------------------------------------------------

    def _leaves(self) -> None:
        before: int | None = None
        for place in self.match.leaves:
            found = self.match.found.get(place)
            if found and len(found) == 1:
                step = found[0]
                self.outputs[place], self.at[place] = [step.output], step.number
                if keeps_volume(step.layer.kind):  # behind a flattening that the network lacks, or before it
                    self.outputs[place].append(Shape(step.output.values))
                self.inputs[place] = [step.part.shape, Shape(step.part.shape.values)]
            elif found:
                self._several(place, found)
            else:
                self._derived(place, before)
            self.names[self.match.rows[place].name] = place
            before = place

    def _several(self, place: int, found: list[Step]) -> None:
        """A module whose inside is not printed."""
        behind = self._behind({step.number for step in found}, found)
        last = behind[-1] if behind else found[-1]
        self.outputs[place] = _unique([last.output, found[-1].output, *(step.output for step in behind)])
        self.inputs[place] = self._entry(found)
        chosen = self.output(place)
        self.at[place] = next((step.number for step in [*behind, found[-1]] if step.output == chosen), last.number)

    def _derived(self, place: int, before: int | None) -> None:
        """A row that the network lacks: from the row before it, or from those that it reads."""
        row, kind = self.match.rows[place], self.match.kinds[place]
        sources = [found for found in map(self._named, row.sources) if found is not None]
        previous = sources[0] if sources else before
        at = INPUT if previous is None else self.at[previous]
        shape = self.graph.input if previous is None else self.output(previous)
        if kind == "input" or shape is None:
            self.outputs[place] = _unique(each.shape for each in self.graph.inputs) if kind == "input" else []
            self.inputs[place] = self.outputs[place]
            return
        choices = {shape: at}
        for step in self._tail(at, place):
            choices.setdefault(step.output, step.number)
        made = {self._made(place, each, sources): step for each, step in choices.items()}
        self.outputs[place] = [each for each in made if each is not None]
        self.inputs[place] = list(choices)
        chosen = self.output(place)
        self.at[place] = made.get(chosen, at)

    def _made(self, place: int, shape: Shape, sources: list[int]) -> Shape | None:
        """What a row makes of a volume; None if that does not follow."""
        kind = self.match.kinds[place]
        if kind not in CATALOGUE:
            return shape
        if kind == "pad":
            return self._padded(place, shape)
        if CATALOGUE[kind].merges:
            shapes = [found for found in map(self.output, sources) if found is not None]
            return (
                Shape(add_up(each.channels for each in shapes), *shape.size) if kind == "concat" and shapes else shape
            )
        if keeps_volume(kind):
            return shape
        if kind == "adaptiveavgpool":  # to the size that the volume has already
            return shape
        part = lone(kind, shape) if family(kind) in ("flatten", "average pools", "max pools") else None
        return part.output if part and place not in self.match.unequal else None

    def _padded(self, place: int, shape: Shape) -> Shape | None:
        """The volume with the zeros that the network has at the layer behind, if rows print these by themselves."""
        row = self.match.rows[place]
        first = bisect_right(self.match.leaves, place)
        for later in self.match.leaves[first : first + MOST_BEHIND]:
            follows = self.match.rows[later].sources
            found = self.match.found.get(later)
            if found and (not follows or row.name in map(_bare, follows)):
                windows = getattr(found[0].layer, "windows", None)
                if windows is None:
                    return None
                pairs = [
                    sum(window.margins(length)) for window, length in zip(windows(shape.rank), shape.size, strict=True)
                ]
                return Shape(shape.channels, *(length + more for length, more in zip(shape.size, pairs, strict=True)))
        return None

    def _named(self, source: str) -> int | None:
        """The row of a name, the end of which may be cut off."""
        name = _bare(source)
        if name in self.names:
            return self.names[name]
        if "\u2026" in source or name.endswith("..."):
            stem = name.rstrip("\u2026.")
            recent = islice(reversed(self.names), MOST_BACK)
            return next((self.names[each] for each in recent if each.startswith(stem)), None)
        return None

    def _tail(self, at: int, place: int) -> list[Step]:
        """The steps without a row that run on a volume before the row at `place`."""
        found: list[Step] = []
        first = self.first if at < 0 else self.steps[at].readers
        waiting, seen = list(first), set()
        while waiting and len(found) < MOST_BEHIND:
            number = waiting.pop(0)
            if number in seen or number in self.row_of or self.done[number] >= place:
                continue
            seen.add(number)
            found.append(self.steps[number])
            waiting.extend(self.steps[number].readers)
        return found

    # Modules --------------------------------------------------------------------------------------

    def _modules(self) -> None:
        """The rows with others inside: their volume is that of the last of these, or of what runs behind it."""
        for place in reversed(range(len(self.match.rows))):
            inside = [each for each in self.match.inside[place] if not self.match.inside[each]]
            if not inside:
                continue
            last = inside[-1]
            matched = [step for each in inside for step in self.match.found.get(each, ())]
            held = {step.number for step in matched} | {self.at[each] for each in inside if self.at[each] >= 0}
            end = self.output(last)
            behind = [step.output for step in self._behind(held, matched)] if matched else []
            ends = [] if end is None else [end]
            chain = self.match.rows[place].type in CHAIN
            self.outputs[place] = _unique([*ends, *behind] if chain or not behind else [behind[-1], *ends, *behind])
            self.inputs[place] = _unique([*self.inputs[inside[0]], *(self._entry(matched) if matched else ())])
            if place == 0 and len(self.match.rows) == 1 + len(self.match.inside[0]):
                self.inputs[place] = _unique([self.graph.input, *self.inputs[place]])

    def _behind(self, held: set[int], matched: list[Step]) -> list[Step]:
        """The steps without a row that read nothing but what a module holds or gets."""
        gets = {source for step in matched for source in step.sources if source not in held}
        within, last = set(held), max(held, default=0)
        found: list[Step] = []
        waiting = sorted({reader for number in held for reader in self.steps[number].readers})
        while waiting and len(found) < MOST_BEHIND:
            step = self.steps[heappop(waiting)]  # in the order in which they run
            if (
                step.number in within
                or step.number in self.row_of
                or not all(each in within or each in gets for each in step.sources)
            ):
                continue
            within.add(step.number)
            if step.number > last:  # behind the module, not in it
                found.append(step)
            for reader in step.readers:
                heappush(waiting, reader)
        return found

    def _entry(self, matched: list[Step]) -> list[Shape]:
        """What a module gets: the volumes that its layers read from outside; of a joined one also its parts."""
        held = {step.number for step in matched}
        found: list[Shape] = []
        waiting = [source for step in matched for source in step.sources if source not in held]
        for source in waiting:
            if len(waiting) > MOST_BEHIND:
                break
            found.append(self.graph.shape(source) if source < 0 else self.steps[source].output)
            if source >= 0 and self.steps[source].layer.merges:
                waiting.extend(self.steps[source].sources)
        return _unique(found)


def _bare(source: str) -> str:
    return source.partition("[")[0].strip()


def _unique(shapes: Iterable[Shape]) -> list[Shape]:
    return list(dict.fromkeys(shapes))
