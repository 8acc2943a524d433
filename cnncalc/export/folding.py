"""Graph -> the entries of a spec as a person writes it: blocks, defaults, repeats, and only names that are needed.

Every layer keeps its name. Groups of layers that differ in numbers alone become calls of one block, with the numbers
as its parameters; entries that are alike and follow each other become one with `repeat`; what most layers of a type
have in common becomes a default.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeAlias

from cnncalc.graph import INPUT, Graph, Node
from cnncalc.layers import CATALOGUE

Values: TypeAlias = dict[str, Any]
NUMBERED = re.compile(r"(.+)_(\d+)\Z")
NUMBERS = (int, bool)
FEW = 4
"""Entries of a block whose names make its name."""
FEWEST = 2
"""Layers that must have a value in common before it becomes a default, and groups before they become a block."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list of layers: a type or a block with its values, or a group of entries."""

    kind: str
    values: Values = field(default_factory=dict, hash=False)
    name: str = ""
    sources: tuple[str, ...] = ()
    """What `from` names, where it is not the entry before."""
    share: str = ""
    items: tuple[Entry, ...] = ()
    repeat: int = 1
    main: str = ""
    """The value that may stand by itself."""
    call: bool = False
    """Whether it is the call of a block."""
    reads: str = ""
    """What the first entry of a group reads, as it is called inside."""
    title: str = ""
    """What a group was made by: the name of a block, and its arguments."""

    @property
    def head(self) -> tuple[Any, ...]:
        """Everything but the name and what it reads."""
        return (self.kind, self.values, self.share, tuple((each.head, each.name, each.sources) for each in self.items))


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its parameters with their defaults (None for one that is always given), and its entries."""

    name: str
    parameters: Mapping[str, Any]
    items: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """The parts of a spec."""

    defaults: Mapping[str, Values]
    blocks: tuple[Block, ...]
    layers: tuple[Entry, ...]


class Parameter(str):
    """The name of a parameter of a block, in the place of a value."""

    __slots__ = ()


def folded(graph: Graph) -> Folded:
    """The parts of the spec of a graph."""
    fields = [
        {name: value for name, value in node.layer.given().items() if name not in node.layer.counted}
        for node in graph.nodes
    ]
    _say_half(graph.nodes, fields)
    defaults = _defaults(graph.nodes, fields)
    blocks, entries = _with_blocks(_level(graph, fields, range(len(graph.nodes)), 0))
    short = tuple(replace(block, items=_shortened(_unnamed(block.items), defaults)) for block in blocks)
    return Folded(defaults, short, _shortened(tuple(_repeated(_unnamed(entries))), defaults))


# Values -----------------------------------------------------------------------------------------


def _say_half(nodes: Sequence[Node], fields: Sequence[Values]) -> None:
    """Give a padding of half the window by its word; for a window of 1 if another layer of the type has it, too."""
    halves: dict[str, dict[int, bool]] = {}
    for at, (node, values) in enumerate(zip(nodes, fields, strict=True)):
        plain = "kernel" in values and type(values.get("padding", 0)) is int
        if plain and type(node.layer)(**(values | {"padding": "half"})) == node.layer:
            halves.setdefault(node.layer.kind, {})[at] = "padding" in values
    for found in halves.values():
        for at in found if any(found.values()) else ():
            fields[at]["padding"] = "half"


def _plain(kind: str, name: str) -> Any:
    """The value of a field that is left out; None where it has none, or depends on others."""
    found = CATALOGUE[kind].fields[name]
    return None if found.required or found.default is None else found.show(found.read(found.default))


def _defaults(nodes: Sequence[Node], fields: Sequence[Values]) -> dict[str, Values]:
    """For every type, the values that most of its layers have, where what the others have can be written."""
    by_kind: dict[str, list[Values]] = {}
    for node, values in zip(nodes, fields, strict=True):
        by_kind.setdefault(node.layer.kind, []).append(values)
    found: dict[str, Values] = {}
    for kind, several in by_kind.items():
        layer = CATALOGUE[kind]
        for name in (name for name in layer.fields if name not in layer.main[:1]):
            given = [values[name] for values in several if name in values]
            common, times = Counter(map(repr, given)).most_common(1)[0] if given else ("", 0)
            clear = len(given) == len(several) or _plain(kind, name) is not None
            if clear and times >= FEWEST and 2 * times > len(several):
                value = next(value for value in given if repr(value) == common)
                found.setdefault(kind, {})[name] = value
    return found


def _shortened(entries: tuple[Entry, ...], defaults: Mapping[str, Values]) -> tuple[Entry, ...]:
    """Without the values that are the defaults, and with those that are not."""
    return tuple(
        replace(
            entry,
            values=_against(entry.kind, entry.values, defaults.get(entry.kind, {})),
            items=_shortened(entry.items, defaults),
        )
        for entry in entries
    )


def _against(kind: str, values: Values, defaults: Values) -> Values:
    missing = {name: _plain(kind, name) for name in defaults if name not in values}
    own = {name: value for name, value in values.items() if name not in defaults or repr(value) != repr(defaults[name])}
    return own | missing


# Entries ----------------------------------------------------------------------------------------


def _level(graph: Graph, fields: Sequence[Values], indices: Iterable[int], depth: int) -> list[Entry]:
    """The entries of some nodes in a row, whose paths are alike in their first `depth` parts."""

    def part(index: int) -> tuple[str, bool]:
        path = graph.nodes[index].path
        return path[depth], len(path) == depth + 1

    found = []
    for (name, alone), group in groupby(indices, part):
        inside = list(group)
        if alone:
            found.append(_entry(graph, fields[inside[0]], inside[0], name))
            continue
        items = _level(graph, fields, inside, depth + 1)
        outside = {source for at in inside for source in graph.nodes[at].sources if source < inside[0]}
        sources: tuple[str, ...] = ()
        if len(outside) == 1 and outside != {_before(inside[0])} and graph.nodes[inside[0]].sources == (*outside,):
            sources, items[0] = items[0].sources, replace(items[0], sources=())
        reads = _called(graph, graph.nodes[inside[0]].sources[0], inside[0])
        title = graph.groups.get("/".join(graph.nodes[inside[0]].path[: depth + 1]), "")
        found.append(Entry("group", name=name, sources=sources, items=tuple(items), reads=reads, title=title))
    return found


def _before(index: int) -> int:
    return index - 1 if index else INPUT


def _entry(graph: Graph, values: Values, index: int, name: str) -> Entry:
    node = graph.nodes[index]
    sources = () if node.sources == (_before(index),) else tuple(_called(graph, at, index) for at in node.sources)
    main = next(iter(node.layer.main), "")
    return Entry(node.layer.kind, values, name, sources, node.shared, main=main)


def _called(graph: Graph, source: int, reader: int) -> str:
    """What a layer calls an earlier one: by the name of the group whose output it is, if it is not in it itself."""
    name = graph.source_name(source)
    if source < 0:
        return name
    for at in (index for index, character in enumerate(name) if character == "/"):
        prefix = name[: at + 1]
        following = graph.nodes[source + 1].name if source + 1 < len(graph.nodes) else ""
        if not following.startswith(prefix) and not graph.nodes[reader].name.startswith(prefix):
            return name[:at]
    return name


def _unnamed(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Without the names that the entries of a body get by themselves: conv1, conv2, if all of a type are called so."""
    odd = {kind for level in _levels(entries) for kind in _odd(level)}
    return _stripped(entries, odd)


def _levels(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    yield entries
    for entry in entries:
        yield from _levels(entry.items)


def _odd(entries: Sequence[Entry]) -> Iterator[str]:
    """The types whose layers have other names, or whose automatic names something else has."""
    called: dict[str, list[str]] = {}
    for entry in entries:
        if not entry.items and not entry.call:
            called.setdefault(entry.kind, []).append(entry.name)
        yield from re.findall(r"^(\D+)\d+$", entry.name) if entry.items or entry.call else ()
    for kind, names in called.items():
        if names != [f"{kind}{number}" for number in range(1, len(names) + 1)]:
            yield kind
        yield from (other for name in names for other in re.findall(r"^(\D+)\d+$", name) if other != kind)


def _stripped(entries: Sequence[Entry], odd: set[str]) -> tuple[Entry, ...]:
    return tuple(
        replace(entry, items=_stripped(entry.items, odd))
        if entry.items
        else entry
        if entry.call or entry.kind in odd
        else replace(entry, name="")
        for entry in entries
    )


def _repeated(entries: Sequence[Entry]) -> Iterator[Entry]:
    """With one entry for several that are alike, follow each other, and are called so: conv_1, conv_2."""
    at = 0
    while at < len(entries):
        first, times = entries[at], 1
        found = NUMBERED.match(first.name)
        base = found[1] if found and found[2] == "1" else ""
        if base or not first.name:
            while at + times < len(entries) and _follows(entries[at + times], first, base, times + 1):
                times += 1
        yield first if times == 1 else replace(first, name=base, repeat=times)
        at += times


def _follows(entry: Entry, first: Entry, base: str, number: int) -> bool:
    """Whether an entry is the repeat with a number of another, which is called `base`, or has no name."""
    return entry.name == (f"{base}_{number}" if base else "") and not entry.sources and entry.head == first.head


# Blocks -----------------------------------------------------------------------------------------


def _with_blocks(entries: Sequence[Entry]) -> tuple[list[Block], list[Entry]]:
    """Groups that differ in numbers and truth values alone as calls of a block."""
    alike: dict[str, list[Entry]] = {}
    for entry in entries:
        items = _inside(entry) if entry.kind == "group" else None
        if items is not None:
            alike.setdefault(_form(items), []).append(replace(entry, items=items))
    taken = set(CATALOGUE)
    blocks, calls = [], {}
    for several in alike.values():
        if len(several) < FEWEST:
            continue
        name = _block_name(several[0], taken)
        taken.add(name)
        places = _places(several)
        blocks.append(_block(name, several, places))
        for entry in several:
            values = {parameter: _all(entry.items[at])[key] for parameter, ((at, key), *_) in places.items()}
            shown = blocks[-1].parameters
            own = {parameter: value for parameter, value in values.items() if value != shown[parameter]}
            first = next(iter(places), "")
            calls[entry.name] = Entry(name, own, entry.name, entry.sources, main=first, call=True)
    return blocks, [calls.get(entry.name, entry) for entry in entries]


def _inside(entry: Entry) -> tuple[Entry, ...] | None:
    """The entries of a group as those of a block; None where they read anything but one another and their input."""
    if any(each.items or each.share for each in entry.items):
        return None
    own = {f"{entry.name}/{each.name}": each.name for each in entry.items} | {entry.reads: "input"}
    if any(source not in own for each in entry.items for source in each.sources):
        return None
    return tuple(replace(each, sources=tuple(own[source] for source in each.sources)) for each in entry.items)


def _form(items: Sequence[Entry]) -> str:
    """What groups must have in common to be calls of one block: all but numbers and truth values."""
    words = ({name: value for name, value in each.values.items() if type(value) not in NUMBERS} for each in items)
    return repr([
        (each.kind, each.name, each.sources, sorted(map(repr, rest.items())))
        for each, rest in zip(items, words, strict=True)
    ])  # fmt: skip


def _all(entry: Entry) -> Values:
    """The numbers and truth values of an entry, with those that it leaves out."""
    plain = {name: _plain(entry.kind, name) for name in CATALOGUE[entry.kind].fields}
    return {name: value for name, value in (plain | entry.values).items() if type(value) in NUMBERS}


def _block_name(entry: Entry, taken: set[str]) -> str:
    """The name that the block had, or one made of the few names inside: conv_bn_leaky."""
    word = entry.title.split(" ")[0]
    inside = "_".join(each.name for each in entry.items)
    base = word if word.isidentifier() else inside if len(entry.items) <= FEW and inside.isidentifier() else "block"
    names = (base if number == 1 else f"{base}_{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _places(several: Sequence[Entry]) -> dict[str, list[tuple[int, str]]]:
    """The parameters of a block, and where each stands: in which entries, in which fields."""
    found: dict[str, list[tuple[int, str]]] = {}
    called: dict[str, str] = {}
    for at, one in enumerate(several[0].items):
        given = [_all(entry.items[at]) for entry in several]
        for name in dict.fromkeys(name for values in given for name in values):
            column = repr([values.get(name) for values in given])
            if len({repr(values.get(name)) for values in given}) == 1:
                continue
            if column not in called:
                other = re.sub(r"\W", "_", f"{one.name}_{name}")
                other = other if other.isidentifier() else f"{one.kind}_{other}"
                called[column] = other if name in found else name
            found.setdefault(called[column], []).append((at, name))
    return found


def _block(name: str, several: Sequence[Entry], places: Mapping[str, Sequence[tuple[int, str]]]) -> Block:
    """The block that some groups are calls of: a default is what most of them give; the first is always given."""
    parameters: Values = {}
    items = list(several[0].items)
    for parameter, where in places.items():
        first, field_ = where[0]
        common = Counter(_all(entry.items[first])[field_] for entry in several).most_common(1)[0][0]
        parameters[parameter] = common if parameters else None
        for at, key in where:
            items[at] = replace(items[at], values=items[at].values | {key: Parameter(parameter)})
    return Block(name, parameters, tuple(items))
