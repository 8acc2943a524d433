"""The rows of a table that has names of its own -> the layers of the network: by name, else by order and type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from cnncalc.graph import Graph
from cnncalc.layers import CATALOGUE
from cnncalc.tables.languages import ROWS, row_in_english
from cnncalc.tables.layer_types import BRACKETED, INPUT, NUMBERED, TOTAL, folded, stem, type_of, types_in

NUMBER_ALONE = re.compile(r"(?:layer|no\.?|#)?[\s#]*[0-9]+\.?\Z", re.IGNORECASE)
"""The name of a row that is only numbered."""
OUTPUT = "output"
ADAPTIVE = (("adaptiveavgpool", "globalavgpool"), ("globalavgpool", "avgpool"))
"""What an adaptive pool is called, and what it is where a network has none: one over the map, or over windows of it."""
SOFTMAX = "softmax"
OUTPUTS = ("output", "outputlayer", "out")
UNCHANGING = ("relu", "dropout")
"""Types of layer that leave the numbers of a row of several as they are."""
LONGEST_ABBREVIATION = 3
"""Letters of a name such as C1 or FC6, which a table may give its layers beside known names."""
SHOWN = 3
"""Pairs that the note on the matching shows."""


class Matching(NamedTuple):
    """The layer for every row, and how the rows were matched if their names are not those of the network."""

    layers: list[str]
    note: str = ""


def matched(rows: Sequence[str], graph: Graph, types: Sequence[str] = (), *, named: bool = True) -> Matching:
    """The layers that rows are about, which may have any name: `conv2d_4 (Conv2D)` is the first convolution.

    `types` are what the rows say of themselves in a column of types. The rows are those of layers in their order if
    their types are: all of the network, or all of the types that occur. A row of a type that the network does not have
    keeps its name, and a row whose name is a layer's stays that layer's. A row of several types, `Conv + ReLU + Pool`,
    is of as many layers. If no such order exists, the names stay as they are; so does conv9 among conv1 and conv2,
    which is a mistake and no name of another kind. If the rows are not `named`, they say what the layers are: CONV3-64.
    """
    known = {key: name for key, name in known_names(graph).items() if named or name in (INPUT, *TOTAL)}
    if types:
        rows = [told if told and NUMBER_ALONE.match(row) else row for row, told in zip(rows, types, strict=True)]
    rows = [row.rstrip(": ") for row in rows]
    bare = [_bare(row) for row in rows]
    names = _names(rows, bare, known, graph)
    for place in _counted_through(bare, names):
        bare[place], names[place] = NUMBERED.sub("", bare[place]), None
    found = [name or row for row, name in zip(rows, names, strict=True)]
    open_rows = [
        place for place, name in enumerate(names) if not name and rows[place] and not _is_sum(rows[place], known)
    ]
    if not open_rows:
        return Matching(found)
    said = _said(rows, types, bare, names, graph)
    apart = (INPUT, *(each.name for each in graph.inputs), *TOTAL)
    if _is_mistaken(bare, [None if name in apart else name for name in names], said, open_rows, known):
        return Matching(found)
    kinds = {node.layer.kind for node in graph.nodes}
    ordered = [
        place
        for place, row in enumerate(rows)
        if row
        and names[place] not in apart
        and (not said[place] or kinds.intersection(said[place]))  # a network may do without a flatten
    ]
    layers = _in_some_order([(rows[place], names[place], said[place]) for place in ordered], graph)
    if not layers:
        return Matching(found, _difference([(rows[place], said[place]) for place in ordered], graph))
    for place, layer in zip(ordered, layers, strict=True):
        found[place] = layer
    renamed = [f"{rows[place]} is {found[place]}" for place in open_rows if found[place] != rows[place]]
    pairs, more = ", ".join(renamed[:SHOWN]), ", ..." if len(renamed) > SHOWN else ""
    return Matching(found, f"the rows are matched with the layers by order and type: {pairs}{more}")


def _names(rows: Sequence[str], bare: list[str], known: dict[str, str], graph: Graph) -> list[str | None]:
    """The layers that rows name as the network does; a program's dropout_1 beside its dropout is not dropout1."""
    names = [
        known.get(folded(row)) or known.get(folded(plain)) or known.get(folded(row.rpartition("/")[2]))
        for row, plain in zip(rows, bare, strict=True)
    ]
    for place in _counted_from_zero(bare, names):
        names[place] = None
    inputs = [place for place, name in enumerate(names) if name == INPUT]
    if len(inputs) == len(graph.inputs):
        for place, each in zip(inputs, graph.inputs, strict=True):
            names[place] = each.name
    return names


def _said(
    rows: Sequence[str], types: Sequence[str], bare: list[str], names: list[str | None], graph: Graph
) -> list[list[str]]:
    """The types of layer that each row names, or its column of types does."""
    said = [_types_said(row, types[place] if types else "") for place, row in enumerate(rows)]
    kinds = {node.layer.kind for node in graph.nodes}
    for called, meant in ADAPTIVE:
        if called not in kinds:
            said = [[meant if kind == called else kind for kind in each] for each in said]
    _name_the_last(bare, names, said, graph)
    return said


def _in_some_order(rows: list[tuple[str, str | None, list[str]]], graph: Graph) -> list[str]:
    """The layers of rows, each with its name if that is known and its types; nothing if they come in another order."""
    said = [types for _, _, types in rows]
    for layers in (
        _in_groups(said, graph),
        _in_order([types[0] if types else "" for types in said], graph),
        _by_number([row for row, _, _ in rows], graph),
    ):
        if layers and all(name in (None, layer) for (_, name, _), layer in zip(rows, layers, strict=True)):
            return layers
    return []


def all_known(layers: Sequence[str], graph: Graph) -> bool:
    """Whether all rows are about layers of a network, as far as they have a name."""
    known = set(known_names(graph).values())
    return all(layer in known or "+" in layer for layer in layers if layer)


def _counted_through(bare: list[str], names: list[str | None]) -> list[int]:
    """The rows of other types behind the first, where one count runs through all weight layers: CONV1, CONV2, FC3, FC4.

    None if the network counts so, too.
    """
    kinds = [CATALOGUE[type_of(name)].weighted if type_of(name) else False for name in bare]
    places = [place for place, name in enumerate(bare) if kinds[place] and NUMBERED.search(name)]
    behind = [place for place in places if stem(bare[place]) != stem(bare[places[0]])]
    counted = [bare[place].lower().removeprefix(stem(bare[place])).strip(" _-") for place in places]
    running = counted == [str(number) for number in range(1, len(places) + 1)]
    return behind if running and not all(names[place] for place in behind) else []


def _counted_from_zero(bare: list[str], names: list[str | None]) -> list[int]:
    """The rows of a program that counts dropout, dropout_1, dropout_2: the second of them is not dropout1."""
    firsts = {folded(name) for name, known in zip(bare, names, strict=True) if not known and not NUMBERED.search(name)}
    return [place for place, name in enumerate(bare) if names[place] and NUMBERED.search(name) and stem(name) in firsts]


def _is_sum(row: str, known: dict[str, str]) -> bool:
    """Whether a row is the sum of layers that are named: `conv1 + conv2`, and not `Conv + ReLU`."""
    return "+" in row and any(known.get(folded(part)) for part in row.split("+"))


def _types_said(row: str, beside: str) -> list[str]:
    """The types of layer that a row names, or else its column of types does: `Conv2D + ReLU`, `Conv/Pool`."""
    own, told = types_in(row), types_in(beside)
    return told if not own or (told[:1] == own[:1] and len(told) > len(own)) else own


def _name_the_last(bare: list[str], names: list[str | None], said: list[list[str]], graph: Graph) -> None:
    """Give the type of the last layer with weights to a last row that is called only `Output`, or by its softmax."""
    last = next((place for place in reversed(range(len(bare))) if bare[place] and names[place] not in TOTAL), None)
    there = {node.layer.kind for node in graph.nodes}
    if last is None or names[last] or there.intersection(said[last]):
        return
    kind = next(([node.layer.kind] for node in reversed(graph.nodes) if node.layer.weighted), [])
    one_short = said.count(kind) + 1 == sum([node.layer.kind] == kind for node in graph.nodes)
    if _row(bare[last]) == OUTPUT or (said[last] == [SOFTMAX] and one_short):
        said[last] = kind


def _row(name: str) -> str:
    """`input`, `output` or `total` for a row of that name in any language; else the name without blanks."""
    plain = folded(name)
    return OUTPUT if plain in OUTPUTS else row_in_english(plain) or plain


def _is_mistaken(
    bare: list[str], names: list[str | None], said: list[list[str]], open_rows: list[int], known: dict[str, str]
) -> bool:
    """Whether an unknown name looks like a mistake among names that are those of layers."""
    own = any(names)
    if own and any(not said[place] and len(stem(bare[place])) > LONGEST_ABBREVIATION for place in open_rows):
        return True
    stems = {stem(name) for name in known.values()} if own else set()
    return any(stem(bare[place]) in stems and NUMBERED.search(bare[place]) for place in open_rows)


@lru_cache(maxsize=8)
def known_names(graph: Graph) -> dict[str, str]:
    """The network's own name for every folded name of a layer or a block; ambiguous ones are left out."""
    spelt: dict[str, set[str]] = {INPUT: {INPUT}, "inputlayer": {INPUT}}
    for each in graph.inputs:
        spelt[folded(each.name)] = {each.name}
    for word in TOTAL:
        spelt[folded(word)] = {TOTAL[0]}
    for word in ("totalparams", "totalparameters"):
        spelt[word] = {TOTAL[0]}
    for meaning in (INPUT, TOTAL[0]):
        for word in ROWS[meaning].split():
            spelt.setdefault(word, {meaning})
    for node in graph.nodes:
        path = node.path
        for count in range(1, len(path) + 1):
            name = "/".join(path[:count])
            spelt.setdefault(folded(name), set()).add(name)
    return {key: next(iter(names)) for key, names in spelt.items() if len(names) == 1}


def _bare(row: str) -> str:
    """A name without its type: `conv1 (Conv2D)`."""
    bracket = BRACKETED.search(row)
    bare = row[: bracket.start()].strip() if bracket else row
    return INPUT if type_of(row) == INPUT else bare


def _difference(rows: list[tuple[str, list[str]]], graph: Graph) -> str:
    """Where the types of rows are not those of the network in its order; nothing for rows that do not tell them."""
    if not all(types for _, types in rows):
        return ""
    mentioned = {types[0] for _, types in rows}
    nodes = [node for node in graph.nodes if node.layer.kind in mentioned]
    for number, (row, types) in enumerate(rows):
        if number >= len(nodes):
            return f"the rows do not match the layers: the network has no layer for row {number + 1}, '{row}'"
        if nodes[number].layer.kind != types[0]:
            there = f"row {number + 1}, '{row}', is a {types[0]}, but the network has {nodes[number].name} there"
            return f"the rows are not matched with the layers: {there}"
    missing = nodes[len(rows) :]
    return f"the rows are not matched with the layers: no row is about {missing[0].name}" if missing else ""


def _in_groups(types: list[list[str]], graph: Graph) -> list[str]:
    """The layers of rows that are of several in a row, as `conv1 + maxpool1`; nothing if they are not in this order."""
    if not any(len(kinds) > 1 for kinds in types) or not all(types):
        return []
    mentioned = {kind for kinds in types for kind in kinds}
    left = iter([node for node in graph.nodes if node.layer.kind in mentioned])
    there = {node.layer.kind for node in graph.nodes}
    found = []
    for kinds in types:
        wanted = [kind for kind in kinds if kind in there]
        nodes = list(islice(left, len(wanted)))
        if not nodes or [node.layer.kind for node in nodes] != wanted:
            return []
        nodes = [node for node in nodes if node is nodes[0] or node.layer.kind not in UNCHANGING]
        found.append(" + ".join(node.name for node in nodes))
    return found if next(left, None) is None else []


def _by_number(rows: list[str], graph: Graph) -> list[str]:
    """The layers of rows that are only numbered: as many as layers with weights, or as convolutions."""
    if not all(NUMBER_ALONE.match(row) for row in rows):
        return []
    for nodes in (
        [node for node in graph.nodes if node.layer.weighted],
        [node for node in graph.nodes if node.layer.kind == "conv"],
    ):
        if len(nodes) == len(rows):
            return [node.name for node in nodes]
    return []


def _in_order(types: list[str], graph: Graph) -> list[str]:
    """The layers whose types come in this order: all, or all of these types; nothing if they are others."""
    for nodes in (
        [node for node in graph.nodes if node.layer.kind in types],
        graph.nodes,
        [node for node in graph.nodes if not node.layer.in_place],
    ):
        alike = len(nodes) == len(types) and all(
            kind in ("", node.layer.kind) for kind, node in zip(types, nodes, strict=True)
        )
        if alike:
            return [node.name for node in nodes]
    return []
