"""Spec -> how many layers it makes at least, counted without making them: blocks that call blocks multiply fast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cnncalc.errors import Span
from cnncalc.limits import DEEPEST_BLOCKS, MOST_LAYERS
from cnncalc.spec.model import Block, CallItem, GroupItem, Item, LayerItem, MergeItem


class Fewest:
    """The layers that some entries make at least, and in `place` the first entry that makes more than the limit."""

    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self.blocks = blocks
        self.known: dict[str, int] = {}
        self.place: tuple[int, Span] | None = None

    def layers(self, items: Iterable[Item], depth: int = 0) -> int:
        """At least so many: an entry that `when` may leave out makes none, and an unknown repeat none."""
        if depth > DEEPEST_BLOCKS.value:
            return 0
        return sum(self._entry(item, depth) for item in items if item.when is None)

    def _entry(self, item: Item, depth: int) -> int:
        times = 1 if item.repeat is None else item.repeat.value if item.repeat.constant else 0
        count = self._once(item, depth) * (times if isinstance(times, int) and times > 0 else 0)
        if count > MOST_LAYERS.value and self.place is None:
            self.place = (count, item.repeat.span if item.repeat else item.span)
        return count

    def _once(self, item: Item, depth: int) -> int:
        if isinstance(item, GroupItem):
            return self.layers(item.items, depth + 1)
        if isinstance(item, MergeItem):
            return 1 + sum(self.layers(branch, depth + 1) for branch in item.branches)
        if isinstance(item, CallItem):
            if item.block not in self.known:
                self.known[item.block] = 0  # a block that contains itself is refused elsewhere
                self.known[item.block] = self.layers(self.blocks[item.block].items, depth + 1)
            return self.known[item.block]
        return int(isinstance(item, LayerItem))
