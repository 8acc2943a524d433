"""The names that entries give under `from` and `share` -> the nodes and the inputs they mean, or what is wrong."""

from __future__ import annotations

import re
from functools import cached_property

from cnncalc.errors import closest, one_of
from cnncalc.graph.builder import Assembly
from cnncalc.graph.model import INPUT
from cnncalc.graph.scope import UNKNOWN, Scope, walk
from cnncalc.spec.model import INPUT as INPUT_NAME
from cnncalc.spec.model import CallItem, GroupItem, Item, LayerItem, MergeItem, NameReference, Spec

NUMBERED = re.compile(r"_?\d+(_\d+)*\Z")
"""The numbers behind an automatic name, or a repeated one: conv1, stage_2_1."""


class References:
    """Finds what names mean in one expansion; a name that means nothing becomes a problem of its assembly."""

    def __init__(self, spec: Spec, assembly: Assembly) -> None:
        self.spec = spec
        self.assembly = assembly

    def taps(self, item: Item, scope: Scope) -> tuple[int, ...]:
        """The sources that `from` names."""
        found = tuple(self._tap(reference, scope) for reference in item.sources)
        merges = isinstance(item, MergeItem) and not item.branches
        if len(found) > 1 and isinstance(item, MergeItem) and item.branches:
            self.assembly.problem("'from' takes one name here: all branches begin there", item.sources[1].span)
        elif len(found) > 1 and not merges:
            hint = "several inputs need add, concat or multiply"
            self.assembly.problem("'from' takes one name here", item.sources[1].span, hint)
        return found if merges else found[:1]

    def left_out(self, item: Item, scope: Scope) -> None:
        """Refuse the names that an entry reads, or the entries in it, if nothing in the spec could be called so."""
        references = [reference for each in walk((item,)) for reference in (*each.sources, each.share) if reference]
        for reference in references:
            parts = [part for part in reference.name.split("/") if part not in self._known_names]
            if any(NUMBERED.sub("", part) not in self._known_names for part in parts):
                self._unknown(reference, scope)

    @cached_property
    def _known_names(self) -> frozenset[str]:
        """Everything that a part of a path may be called, but for the numbers behind it."""
        bodies = (self.spec.items, *(block.items for block in self.spec.blocks.values()))
        items = [item for body in bodies for item in walk(body)]
        kinds = (item.layer.kind for item in items if isinstance(item, LayerItem))
        inputs = (each.name for each in self.assembly.graph.inputs)
        return frozenset((INPUT_NAME, *inputs, *self.spec.blocks, *(item.name for item in items), *kinds))

    def _unknown(self, reference: NameReference, scope: Scope) -> None:
        hint = closest(reference.name, [*scope.names.entries, *scope.names.declared])
        self.assembly.problem(f"no layer is called '{reference.name}'", reference.span, hint)

    def _tap(self, reference: NameReference, scope: Scope) -> int:
        found = scope.find(reference.name)
        if found is None:
            self._missing(reference, scope)
        return UNKNOWN if found is None else found

    def _missing(self, reference: NameReference, scope: Scope) -> None:
        """Refuse the name of a layer that is not there, or not yet."""
        name, entries = reference.name, list(scope.names.entries)
        inputs = [each.name for each in self.assembly.graph.inputs]
        numbered = [path for path in entries if re.search(rf"(^|/){re.escape(name)}_\d+$", path)]
        inside = [path for path in entries if path.endswith(f"/{name}")]
        if name == INPUT_NAME:
            message = f"the network has {len(inputs)} inputs, and 'input' does not say which"
            self.assembly.problem(message, reference.span, one_of(inputs))
        elif name in inputs:
            hint = f"write 'from: {name}' beside the block, and 'from: input' in it"
            self.assembly.problem(f"a block reads only its own input and layers, not '{name}'", reference.span, hint)
        elif numbered or inside:
            hint = f"did you mean '{(numbered or inside)[-1]}'?"
            self.assembly.problem(f"no layer is called '{name}'", reference.span, hint)
        elif name in scope.names.declared:
            hint = "a layer can only read what is computed before it; anything else would be a cycle"
            message = f"'{name}' comes later, contains this layer, or is left out by its 'when'"
            self.assembly.problem(message, reference.span, hint)
        else:
            self._unknown(reference, scope)

    def share(self, item: Item, reference: NameReference, scope: Scope, start: int) -> None:
        """Let the nodes from `start` on, those of an item, use the weights of an earlier item, node for node."""
        path = scope.path_of(reference.name)
        source = scope.names.entries.get(path or "", INPUT)
        if path is None or (source < 0 and path not in self.assembly.spans):
            earlier = [each for each, at in scope.names.entries.items() if 0 <= at < start]
            numbered = [each for each in earlier if re.fullmatch(rf"{re.escape(reference.name)}_\d+", each)]
            hint = f"did you mean '{numbered[0]}'?" if numbered else closest(reference.name, earlier)
            message = f"no earlier layer is called '{reference.name}'"
            self.assembly.problem(message, reference.span, hint)
            return
        mine = range(start, len(self.assembly.graph.nodes))
        its = self.assembly.spans.get(path, range(source, source + 1))
        made, owner = _what(item), _what_stands(self.assembly.graph.groups.get(path))
        if made != owner:
            message = f"{made} cannot share the weights of '{path}', which is {owner}"
            self.assembly.problem(message, reference.span, "both must be layers, groups or calls of one block")
        elif len(mine) != len(its):
            message = f"{len(mine)} layers cannot share the weights of '{path}', which has {len(its)}"
            self.assembly.problem(message, reference.span, "both must have the same layers")
        else:
            nodes = self.assembly.graph.nodes
            for one, other in zip(mine, its, strict=True):
                if not self.assembly.shares(nodes[one], nodes[other], reference.span):
                    break


def _what(item: Item) -> str:
    """What an item is, as `_what_stands` calls it."""
    return (
        f"block {item.block}" if isinstance(item, CallItem) else "a group" if isinstance(item, GroupItem) else "a layer"
    )


def _what_stands(group: str | None) -> str:
    """What stands at a path, by its entry in `Graph.groups`."""
    return "a layer" if group is None else f"block {group.split()[0]}" if group else "a group"
