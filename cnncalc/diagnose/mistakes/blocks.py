"""A block in its network -> the number of one who reads off the block before it, or the one behind it."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.diagnose.catalogue import ALONE, COUNTED
from cnncalc.diagnose.network import TOTALS, Total


@TOTALS.enter("layer-before", "this is the number of the block before", COUNTED, ALONE)
def block_before(right: Total) -> Iterator[Total]:
    """The nearest layer or block before that has another number."""
    blocks, at = _in_a_row(right)
    return _nearest(right, list(reversed(blocks[:at])), "before")


@TOTALS.enter("layer-after", "this is the number of the block after", COUNTED, ALONE)
def block_after(right: Total) -> Iterator[Total]:
    """The nearest layer or block after that has another number."""
    blocks, at = _in_a_row(right)
    return _nearest(right, blocks[at + 1 :], "after")


def _nearest(right: Total, names: list[str], where: str) -> Iterator[Total]:
    own = right.value()
    for name in names:
        value = right.analysis.sum_over(right.analysis.layers_in(name), right.quantity)
        if value not in (own, 0):
            yield right.done(lambda _, value=value: value, f"this is the number of {name}, the one {where}")  # type: ignore[misc]
            return


def _in_a_row(right: Total) -> tuple[list[str], int]:
    """(what stands in a row with a block, in order, where the block is among them); nothing for other sums."""
    paths = [layer.node.path for layer in right.layers]
    depth = next((number for number, parts in enumerate(zip(*paths, strict=False)) if len(set(parts)) > 1), 0)
    block, around = "/".join(paths[0][:depth]), paths[0][: depth - 1]
    if not depth or right.analysis.layers_in(block) != list(right.layers):
        return [], 0
    every = (layer.node.path for layer in right.analysis.layers)
    names = list(dict.fromkeys("/".join(path[:depth]) for path in every if path[: depth - 1] == around))
    return names, names.index(block)
