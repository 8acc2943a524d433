"""The rows of a table that has names of its own -> the layers of the network: by name, else by order and type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.graph import Graph
from cnncalc.tables.layer_types import BRACKETED, INPUT, TOTAL, folded, stem, type_of

LONGEST_ABBREVIATION = 3
"""Letters of a name such as C1 or FC6, which a table may give its layers beside known names."""
SHOWN = 3
"""Pairs that the note on the matching shows."""


class Matching(NamedTuple):
    """The layer for every row, and how the rows were matched if their names are not those of the network."""

    layers: list[str]
    note: str = ""


def matched(rows: Sequence[str], graph: Graph, *, named: bool = True) -> Matching:
    """The layers that rows are about, which may have any name: `conv2d_4 (Conv2D)` is the first convolution.

    The rows are those of layers in their order if their types are: all of the network, or all of the types that
    occur. A row of a type that the network does not have keeps its name, and a row whose name is a layer's stays that
    layer's. If no such order exists, the names stay as they are; so does conv9 among conv1 and conv2, which is a
    mistake and no name of another kind. If the rows are not `named`, they say what the layers are: CONV3-64.
    """
    known = {key: name for key, name in known_names(graph).items() if named or name in (INPUT, *TOTAL)}
    bare = [_bare(row) for row in rows]
    names = [known.get(folded(row)) or known.get(folded(plain)) for row, plain in zip(rows, bare, strict=True)]
    inputs = [place for place, name in enumerate(names) if name == INPUT]
    if len(inputs) == len(graph.inputs):
        for place, each in zip(inputs, graph.inputs, strict=True):
            names[place] = each.name
    found = [name if name is not None else row for row, name in zip(rows, names, strict=True)]
    open_rows = [place for place, name in enumerate(names) if not name and rows[place] and "+" not in rows[place]]
    if not open_rows:
        return Matching(found)
    if named and any(name in known.values() for name in names) and any(_is_word(bare[place]) for place in open_rows):
        return Matching(found)
    apart = (INPUT, *(each.name for each in graph.inputs), *TOTAL)
    stems = {stem(name) for name in known.values()} if any(name not in (None, *apart) for name in names) else set()
    if any(stem(bare[place]) in stems for place in open_rows):
        return Matching(found)
    kinds = {"", *(node.layer.kind for node in graph.nodes)}
    ordered = [
        place
        for place, row in enumerate(rows)
        if row and names[place] not in apart and type_of(row) in kinds  # a network may do without a flatten
    ]
    layers = _in_order([type_of(rows[place]) for place in ordered], graph)
    if not layers or any(names[place] not in (None, layer) for place, layer in zip(ordered, layers, strict=True)):
        return Matching(found)
    for place, layer in zip(ordered, layers, strict=True):
        found[place] = layer
    renamed = [f"{rows[place]} is {found[place]}" for place in open_rows if found[place] != rows[place]]
    pairs, more = ", ".join(renamed[:SHOWN]), ", ..." if len(renamed) > SHOWN else ""
    return Matching(found, f"the rows are matched with the layers by order and type: {pairs}{more}")


def known_names(graph: Graph) -> dict[str, str]:
    """The network's own name for every folded name of a layer or a block; ambiguous ones are left out."""
    spelt: dict[str, set[str]] = {INPUT: {INPUT}, "inputlayer": {INPUT}}
    for each in graph.inputs:
        spelt[folded(each.name)] = {each.name}
    for word in TOTAL:
        spelt[folded(word)] = {TOTAL[0]}
    for word in ("totalparams", "totalparameters"):
        spelt[word] = {TOTAL[0]}
    for node in graph.nodes:
        path = node.path
        for count in range(1, len(path) + 1):
            name = "/".join(path[:count])
            spelt.setdefault(folded(name), set()).add(name)
    return {key: next(iter(names)) for key, names in spelt.items() if len(names) == 1}


def _is_word(name: str) -> bool:
    """Whether a name says something, and is no type and no abbreviation: `missing`, but not C1 or pool."""
    return not type_of(name) and len(stem(name)) > LONGEST_ABBREVIATION


def _bare(row: str) -> str:
    """A name without its type: `conv1 (Conv2D)`."""
    bracket = BRACKETED.search(row)
    bare = row[: bracket.start()].strip() if bracket else row
    return INPUT if type_of(row) == INPUT else bare


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
