"""A range of channels of a node -> the receptive field of these alone, where the channels of a node differ.

Behind a concat of a 7x7 and a 1x1 convolution some channels see 7 pixels and some 1. Nothing of that is kept for
every node: where a layer reads a part of its input, the part is followed back until all channels see the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TypeAlias

from cnncalc.analysis.input_fields import InputFields, Part, all_unknown, merged_fields, through
from cnncalc.analysis.merged_fields import JumpConflictError
from cnncalc.graph import Graph
from cnncalc.layers.receptive_field import UncountableError
from cnncalc.limits import MOST_RANGES
from cnncalc.symbolic import Size, is_known

Range: TypeAlias = "tuple[int, Size, Size]"
"""(node, first channel, how many)."""


class FieldsOfChannels:
    """The receptive fields of ranges of channels, given those of whole nodes, `found`, as far as these are known."""

    def __init__(self, graph: Graph, found: dict[int, InputFields]) -> None:
        self._graph = graph
        self._found = found
        self._alike = dict.fromkeys(found, True)
        """Whether all channels of a node see the same."""
        self._known: dict[Range, InputFields] = {}

    def read_by(self, index: int) -> list[InputFields]:
        """What node `index` reads, if that is a part of inputs whose channels differ; else nothing."""
        node = self._graph.nodes[index]
        first = self._found[node.sources[0]]
        if all(
            self._alike[at] and (self._found[at] is first or self._found[at] == first) for at in node.sources
        ) and not self._adds_zeros(index):
            self._alike[index] = True
            return []
        try:
            read = self._read((index, 0, node.output.channels))
            self._alike[index] = read is None
            if read is None or all(self._is_whole(part) for part in read):
                return []
            return self.as_read(index, [(part[0], self._of(part)) for part in read])
        except JumpConflictError:  # reported where the branches are merged
            return []
        except UncountableError as reason:
            self._alike[index] = False
            seen = (part for source in node.sources for part in self._found[source])
            return [all_unknown(tuple(seen), str(reason))]

    def as_read(self, index: int, coming: Iterable[tuple[int, InputFields]]) -> list[InputFields]:
        """The receptive fields of (a source, its fields), as the units of node `index` read them."""
        node = self._graph.nodes[index]
        if not node.layer.rescales:
            return [seen for _, seen in coming]
        shapes = tuple(map(self._graph.shape, node.sources))
        numbers = {source: number for number, source in enumerate(node.sources)}
        return [
            tuple(Part(part.inputs, node.layer.seen_of(numbers[source], part.field, shapes)) for part in seen)
            for source, seen in coming
        ]

    def _adds_zeros(self, index: int) -> bool:
        """Whether the channels of a node behind as many as come in read nothing."""
        node = self._graph.nodes[index]
        come, go = node.input.channels, node.output.channels
        if not is_known(come, go) or go <= come:
            return False
        read = self._read((index, come, go - come))
        return read is not None and not read

    def _read(self, part: Range) -> list[Range] | None:
        """The ranges of other nodes that a range reads; None for all of them."""
        index, start, count = part
        node = self._graph.nodes[index]
        read = node.layer.channels_read(tuple(map(self._graph.shape, node.sources)), start, count)
        return None if read is None else [(node.sources[one.source], one.start, one.count) for one in read]

    def _is_whole(self, part: Range) -> bool:
        index, start, count = part
        return self._alike[index] or (start == 0 and count == self._graph.nodes[index].output.channels)

    def _of(self, part: Range) -> InputFields:
        """The receptive field of a range: all ranges that it depends on, then their fields, from the first node on."""
        if self._is_whole(part):
            return self._found[part[0]]
        needed: dict[Range, list[Range]] = {}
        waiting = [(-part[0], part)]
        while waiting:
            _, here = heappop(waiting)
            if here in needed or here in self._known or self._is_whole(here):
                continue
            if len(needed) + len(self._known) >= MOST_RANGES.value:
                raise UncountableError(
                    f"more than {MOST_RANGES} ranges of channels would be followed; {MOST_RANGES.hint}"
                )
            needed[here] = self._followed(here)
            for source in needed[here]:
                heappush(waiting, (-source[0], source))
        for here in reversed(needed):
            self._known[here] = self._computed(here, needed[here])
        return self._known[part]

    def _followed(self, part: Range) -> list[Range]:
        node = self._graph.nodes[part[0]]
        if node.times != 1:
            raise UncountableError(f"{node.times} must be a number: the channels of the repeated layers differ")
        return self._read(part) or []

    def _computed(self, part: Range, read: Iterable[Range]) -> InputFields:
        node = self._graph.nodes[part[0]]
        fields = [(one[0], self._found[one[0]] if self._is_whole(one) else self._known[one]) for one in read]
        coming = self.as_read(part[0], fields)
        if not coming:
            raise UncountableError(f"{node.name} adds channels of zeros, which see nothing")
        seen, _ = merged_fields(coming, node.input.rank)
        return through(node.layer, node.input, seen)
