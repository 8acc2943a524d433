"""Two analyses -> Diff: the layers that differ, their settings and numbers before and after, and the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

from cnncalc.analysis import Analysis, InputResult, LayerResult
from cnncalc.analysis.quantities import COUNTS, OF_A_NETWORK, QUANTITIES, several_named, value_of, value_over
from cnncalc.diff.alignment import Outline, aligned
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.layers.fields import PerAxis
from cnncalc.layers.windowed import Padding
from cnncalc.result import Result
from cnncalc.symbolic import is_known, normalise

Change: TypeAlias = Literal["changed", "affected", "added", "removed"]
"""What became of a layer: it differs itself; only its numbers do, because of other layers; it is new; it is gone."""
CHANGES: tuple[Change, ...] = ("changed", "affected", "added", "removed")
USUAL = ("output", "params", "macs", "memory_bytes", "receptive_field", "peak_memory_bytes")
"""The quantities that are compared, unless others are named."""


class Setting(NamedTuple):
    """Something about a layer other than a number: a field, what it reads (`from`), or all of it (`layer`)."""

    name: str
    old: Any
    new: Any


class Amount(NamedTuple):
    """A quantity, by its key, before and after; None where there is no such layer, or no such number."""

    quantity: str
    old: Any
    new: Any

    @property
    def equal(self) -> bool:
        """Whether both values are the same, symbolic ones multiplied out; a missing layer has 0 of what adds up."""
        old, new = self.old, self.new
        if old is new or old == new:
            return True
        if old is None or new is None:
            return QUANTITIES[self.quantity].adds_up and bool((new if old is None else old) == 0)
        if type(old) is type(new) is int:
            return False
        found = self.difference
        return all(part == 0 for part in found) if isinstance(found, tuple) and found else bool(found == 0)

    @property
    def difference(self) -> Any:
        """The new value minus the old: a number, or one for each axis; None for a shape, or if a value is not a number.

        Of what adds up, a missing layer has 0.
        """
        adds_up = QUANTITIES[self.quantity].adds_up
        return _less(*(0 if value is None and adds_up else value for value in (self.new, self.old)))


@dataclass(frozen=True, slots=True)
class LayerDiff:
    """A layer, or an input, that differs: before and after, None where there is no such layer."""

    change: Change
    old: LayerResult | InputResult | None
    new: LayerResult | InputResult | None
    settings: tuple[Setting, ...]
    amounts: tuple[Amount, ...]

    @property
    def is_input(self) -> bool:
        """Whether it is an input of the network."""
        return isinstance(self.new if self.old is None else self.old, InputResult)


@dataclass(frozen=True, slots=True, eq=False)
class Diff(Result):
    """How a network differs from another: the layers that do, and the totals.

    `same` is the number of layers that do not differ, `renamed` are the pairs of names of corresponding layers that
    are called otherwise; names alone are no difference unless they were asked for.
    """

    view: ClassVar[str] = "diff"

    old: Analysis
    new: Analysis
    layers: tuple[LayerDiff, ...]
    same: int
    renamed: tuple[tuple[str, str], ...]
    totals: tuple[Amount, ...]

    @property
    def equal(self) -> bool:
        """Whether there is no difference."""
        return not self.layers and all(total.equal for total in self.totals)

    @property
    def counts(self) -> dict[str, int]:
        """How many layers are the same, changed, affected, added and removed."""
        found = Counter(each.change for each in self.layers if not each.is_input)
        return {"same": self.same} | {change: found[change] for change in CHANGES}


def diff_of(
    old: Analysis,
    new: Analysis,
    columns: str | Sequence[str] | None = None,
    *,
    structure: bool = False,
    names: bool = False,
) -> Diff:
    """How `new` differs from `old` in its layers and in the quantities of `columns`; in no quantity with `structure`.

    With `names`, a layer that is called otherwise is a changed one. Raises UsageError for an unknown quantity.
    """
    keys = () if structure else USUAL if columns is None else several_named(columns, tuple(QUANTITIES))
    comparison = _Comparison(old, new, [key for key in keys if QUANTITIES[key].scope != "network"], names=names)
    layers = list(comparison.layers())
    totals = (Amount(key, value_of(old, key), value_of(new, key)) for key in keys if key in OF_A_NETWORK)
    return Diff(
        old,
        new,
        tuple(each for each in (*comparison.inputs(), *layers) if each is not None),
        layers.count(None),
        tuple(comparison.renamed()),
        tuple(total for total in totals if columns is not None or _fits(total)),
    )


def _fits(total: Amount) -> bool:
    """Whether a total belongs into the usual table: the peak memory with symbols is a page of cases."""
    return total.quantity != "peak_memory_bytes" or is_known(total.old, total.new)


class _Comparison:
    """Both networks, their layers aligned; a layer that does not differ is None."""

    def __init__(self, old: Analysis, new: Analysis, keys: Sequence[str], *, names: bool) -> None:
        self.old, self.new, self.keys, self.names = old, new, keys, names
        known: dict[Hashable, int] = {}
        self.values: dict[int, dict[str, Any]] = {}
        self.pairs = aligned(_outline(old.graph, known), _outline(new.graph, known))
        self.places = dict(self.pairs) | {~at: ~at for at in range(min(len(old.inputs), len(new.inputs)))}
        self.found = set(self.places.values())
        self.named = [{layer.name: at for at, layer in enumerate(each.layers)} for each in (old, new)]

    def renamed(self) -> Iterator[tuple[str, str]]:
        """The names of corresponding layers that are called otherwise."""
        for at, place in self.pairs:
            mine, its = self.old.layers[at].name, self.new.layers[place].name
            if mine != its:
                yield mine, its

    def inputs(self) -> Iterator[LayerDiff | None]:
        """The inputs, in pairs by their order."""
        for at in range(max(len(self.old.inputs), len(self.new.inputs))):
            mine = self.old.inputs[at] if at < len(self.old.inputs) else None
            its = self.new.inputs[at] if at < len(self.new.inputs) else None
            shapes = [None if each is None else str(each.shape) for each in (mine, its)]
            settings = [Setting("input", *shapes)] if None in shapes else []
            if self.names and mine is not None and its is not None and mine.name != its.name:
                settings.append(Setting("name", mine.name, its.name))
            yield self._judged(mine, its, settings)

    def layers(self) -> Iterator[LayerDiff | None]:
        """The layers of both networks, what is removed before what stands there now."""
        at = place = 0
        for pair in [*self.pairs, (len(self.old.layers), len(self.new.layers))]:
            for gone in self.old.layers[at : pair[0]]:
                yield self._judged(gone, None, [Setting("layer", gone.node.layer.notation(), None)])
            for come in self.new.layers[place : pair[1]]:
                yield self._judged(None, come, [Setting("layer", None, come.node.layer.notation())])
            if pair[0] < len(self.old.layers):
                mine, its = self.old.layers[pair[0]], self.new.layers[pair[1]]
                yield self._judged(mine, its, list(self._settings(mine.node, its.node)))
            at, place = pair[0] + 1, pair[1] + 1

    def _judged(
        self, old: LayerResult | InputResult | None, new: LayerResult | InputResult | None, settings: Sequence[Setting]
    ) -> LayerDiff | None:
        pairs = ((key, _value(old, key), _value(new, key)) for key in self.keys)
        amounts = tuple(
            amount for key, mine, its in pairs if mine != its and not (amount := Amount(key, mine, its)).equal
        )
        if old is not None and new is not None and not settings and not amounts:
            return None
        change: Change = "added" if old is None else "removed" if new is None else "changed" if settings else "affected"
        return LayerDiff(change, old, new, tuple(settings), amounts)

    def _settings(self, old: Node, new: Node) -> Iterator[Setting]:
        """What differs between two layers but for their numbers."""
        if self.names and old.name != new.name:
            yield Setting("name", old.name, new.name)
        mine, its = old.layer, new.layer
        if mine.kind != its.kind:
            yield Setting("layer", mine.notation(), its.notation())
        elif mine is not its:
            before, after = self._values_of(mine), self._values_of(its)
            for name, field in mine.keys().items():
                if before[name] != after[name]:
                    yield Setting(name, field.show(before[name]), field.show(after[name]))
        if not (old.times == new.times or _less(new.times, old.times) == 0):
            yield Setting("repeat", old.times, new.times)
        if not self._same_sources(old.sources, new.sources):
            yield Setting("from", self.old.graph.read_by(old), self.new.graph.read_by(new))
        owners = ([at[node.shared]] if node.shared else [] for at, node in zip(self.named, (old, new), strict=True))
        if bool(old.shared) != bool(new.shared) or not self._same_sources(*owners):
            yield Setting("share", old.shared or None, new.shared or None)

    def _values_of(self, layer: Layer) -> dict[str, Any]:
        """The settings of a layer, found once for all places in which it stands."""
        if id(layer) not in self.values:
            self.values[id(layer)] = _settings(layer)
        return self.values[id(layer)]

    def _same_sources(self, old: Sequence[int], new: Sequence[int]) -> bool:
        """Whether both read corresponding layers; one that is added or removed has a row of its own, which says so."""
        if len(old) == len(new):
            pairs = zip(old, new, strict=True)
            return all(self.places.get(mine, its) == its or its not in self.found for mine, its in pairs)
        mine = [self.places[source] for source in old if source in self.places]
        return mine == [source for source in new if source in self.found]


def _outline(graph: Graph, known: dict[Hashable, int]) -> Outline:
    """What the layers of a graph are aligned by, equal contents as equal numbers of `known`."""
    numbers: dict[int, int] = {}
    contents = []
    for node in graph.nodes:
        if id(node.layer) not in numbers:
            numbers[id(node.layer)] = known.setdefault((node.layer.kind, *_settings(node.layer).values()), len(known))
        contents.append(numbers[id(node.layer)])
    return Outline([node.name for node in graph.nodes], contents, [node.layer.kind for node in graph.nodes])


def _settings(layer: Layer) -> dict[str, Any]:
    """The values of the fields, without what is counted from the inputs; one for all axes where these agree."""
    values = layer.meaning()
    return {
        name: values[name][:1] if isinstance(field, PerAxis | Padding) and _agree(values[name]) else values[name]
        for name, field in layer.keys().items()
    }


def _agree(value: Any) -> bool:
    return isinstance(value, tuple) and all(part == value[0] for part in value)


def _value(part: LayerResult | InputResult | None, key: str) -> Any:
    """The value of a quantity of a layer; of an input, its shape and what it holds."""
    if isinstance(part, InputResult):
        return part.shape if key == "output" else getattr(part, key, None)
    if part is None:
        return None
    return getattr(part, key) if key in COUNTS else value_over([part], key)


def _less(new: Any, old: Any) -> Any:
    """`new` minus `old`, axis by axis; None if one of them is not a number."""
    if isinstance(new, tuple) and isinstance(old, tuple):
        return tuple(_less(*pair) for pair in zip(new, old, strict=True)) if len(new) == len(old) else None
    numbers = all(is_known(value) or hasattr(value, "free_symbols") for value in (new, old))
    return normalise(new - old) if numbers else None
