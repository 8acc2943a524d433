"""Networks and conventions -> comparisons: what each convention counts, and the items that make up the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from cnncalc.analysis import Analysis
from cnncalc.analysis.convention import Convention
from cnncalc.analysis.counting import Part, Rule, parts, rule_for, terms
from cnncalc.analysis.engine import analyze_graph
from cnncalc.analysis.known_conventions import CONVENTIONS, convention_of
from cnncalc.graph import Graph
from cnncalc.result import Result
from cnncalc.setup import Setup
from cnncalc.symbolic import Size, normalise

ALL = "all"
USUAL_MACS = (Rule((), (("macs", 1),)),)
USUAL_PARAMS = (Rule((), (("weights", 1), ("biases", 1))),)
WEIGHTS_ALONE = (Rule((), (("weights", 1),)),)
NAMED = {"bias_adds": "biases", "biases": "biases", "buffers": "running statistics"}
"""Measures that make an item of their own, over all layers."""


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a difference: so much more (or less), and what it is."""

    amount: Size
    what: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What one convention makes of a network, and how it comes from the reference's numbers.

    `count` is in the unit that the tool prints, `unit`: MACs, FLOPs, or nothing where it counts
    only parameters. The items of each difference add up to it.
    """

    convention: Convention
    params: Size
    count: Size | None
    unit: str
    param_items: tuple[Item, ...]
    count_items: tuple[Item, ...]


UNITS = {"macs": "MACs", "flops": "FLOPs", "params": ""}


@dataclass(frozen=True, slots=True, eq=False)
class _Several(Result, Sequence[Any]):
    """A sequence that is drawn as one report."""

    view: ClassVar[str] = "compare"

    parts: tuple[Any, ...]

    def __getitem__(self, index: Any) -> Any:
        return self.parts[index]

    def __len__(self) -> int:
        return len(self.parts)


class NetworkComparison(_Several):
    """The analyses of several networks, side by side."""

    __slots__ = ()
    parts: tuple[Analysis, ...]


class ConventionList(_Several):
    """Conventions, with their versions, sources and known faults."""

    __slots__ = ()
    parts: tuple[Convention, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ConventionComparison(_Several):
    """What several conventions make of one network: a Counted for each, that of the reference first."""

    parts: tuple[Counted, ...]
    graph: Graph


class ConventionComparisons(_Several):
    """What several conventions make of several networks: a ConventionComparison for each."""

    __slots__ = ()
    parts: tuple[ConventionComparison, ...]


def compared_by(setup: Setup, conventions: Sequence[Convention]) -> ConventionComparison:
    """What several conventions make of a network, the first of them being the reference."""
    graph = setup.graph()
    batch = setup.batch or graph.batch or 1
    return ConventionComparison(tuple(compare_conventions(graph, conventions, conventions[0], batch)), graph)


def compare_conventions(
    graph: Graph, conventions: Sequence[Convention], reference: Convention, batch: Size = 1
) -> list[Counted]:
    """The numbers of every convention, and how they differ from those of `reference`."""
    found = []
    for convention in conventions:
        analysis = analyze_graph(graph, convention, batch)
        counts = convention.headline != "params"
        count_items = _count_items(graph, reference, convention, batch, analysis.total("macs")) if counts else ()
        found.append(
            Counted(
                convention,
                analysis.total("params"),
                analysis.total(convention.headline) if counts else None,
                UNITS[convention.headline],
                tuple(_differences(graph, _param_rules(reference), _param_rules(convention), stored=True)),
                count_items,
            )
        )
    return found


def _param_rules(convention: Convention) -> tuple[Rule, ...]:
    return convention.param_rules or (USUAL_PARAMS if convention.bias else WEIGHTS_ALONE)


def headline_unit(convention: Convention) -> int:
    """What one MAC is in the number that the tool prints: 2 where it prints FLOPs at two a MAC."""
    return convention.flops_of_a_mac if convention.headline == "flops" else 1


def _count_items(
    graph: Graph, reference: Convention, convention: Convention, batch: Size, macs: Size
) -> tuple[Item, ...]:
    """The differences in MACs, in the reference's unit, then the change of the unit."""
    if reference.headline == "params":
        whole = normalise(macs * headline_unit(convention))
        return (Item(whole, f"everything: {reference.name} counts no operations"),)
    mine, its = headline_unit(reference), headline_unit(convention)
    rules = (reference.mac_rules or USUAL_MACS, convention.mac_rules or USUAL_MACS)
    items = [Item(normalise(item.amount * batch * mine), item.what) for item in _differences(graph, *rules)]
    change = normalise(macs * (its - mine))
    if change != 0:
        items.append(Item(change, f"x{its} MAC -> FLOP" if its > mine else "1 FLOP a MAC instead of 2"))
    return tuple(items)


def _differences(
    graph: Graph, before: tuple[Rule, ...], after: tuple[Rule, ...], *, stored: bool = False
) -> Iterable[Item]:
    """What `after` counts more than `before`, for one image; what is `stored` counts once if it is shared."""
    totals: dict[str, Size] = defaultdict(int)
    for node in graph.nodes:
        if stored and node.shared:
            continue
        for part in parts(node.layer, node.input):
            for what, amount in _of_part(part, before, after).items():
                totals[what] = totals[what] + amount * node.times
    found = [Item(normalise(amount), what) for what, amount in totals.items()]
    return [item for item in found if item.amount != 0]


def _of_part(part: Part, before: tuple[Rule, ...], after: tuple[Rule, ...]) -> dict[str, Size]:
    """The differences of one step, by what they are."""
    mine, its = terms(before, part), terms(after, part)
    rule = rule_for(after, part.layer)
    label = f"{part.layer.kind} {rule.about}" if rule and rule.about else part.layer.kind
    found: dict[str, Size] = defaultdict(int)
    for name in dict.fromkeys([*mine, *its]):
        amount = its.get(name, 0) - mine.get(name, 0)
        what = NAMED.get(name, label) if part.layer.weighted or name == "buffers" else label
        found[what] = found[what] + amount
    return found


def choose_conventions(conventions: str | Iterable[Convention | str], reference: Convention) -> tuple[Convention, ...]:
    """The reference, then the conventions of a list, each once; of `fvcore,thop` too, and all of them for none.

    Raises SpecError for an unknown name.
    """
    if isinstance(conventions, str):
        conventions = [] if conventions.strip() == ALL else [each for each in conventions.split(",") if each.strip()]
    chosen = list(map(convention_of, conventions)) or list(CONVENTIONS.values())
    found = {reference.title: reference}
    for convention in chosen:
        found.setdefault(convention.title, convention)
    return tuple(found.values())
