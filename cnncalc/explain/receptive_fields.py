"""A layer's place in the graph -> the working of its receptive field, from what its inputs see.

The reach of the inputs is written with letters, and the layer's own rule is run on it. Along an
axis every window of a chain looks alike, so what comes in is told as one that begins at pixel 0:
R pixels, J from one unit to the next. Where paths meet, each is told from its first pixel to its
last.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.analysis.receptive_fields import merged
from cnncalc.analysis.results import Analysis, LayerResult
from cnncalc.explain.steps import Working, checked, sharing
from cnncalc.graph import INPUT
from cnncalc.layers.reach import AxisReach, Reach
from cnncalc.symbolic.formula_tree import Number, Tree
from cnncalc.symbolic.traced import letter, tree_of

QUANTITIES = (("receptive_field", "R'", "size"), ("jump", "J'", "jump"))


def reach_steps(analysis: Analysis, layer: LayerResult, worked: LayerResult) -> Iterator[Working]:
    """Receptive field and jump; everything and unknown as they are; nothing where there are no axes."""
    reach = layer.reach
    if reach.everything or reach.unknown:
        remark = "everything: each unit sees the whole input" if reach.everything else f"unknown: {reach.unknown}"
        yield Working("receptive_field", "R'", None, remark=remark)
    if not reach.axes:
        return
    found = _worked(analysis, layer, worked)
    for quantity, symbol, attribute in QUANTITIES:
        results = [getattr(axis, attribute) for axis in reach.axes]
        trees: list[Tree] = [Number(0)] * len(results)
        if found and len(found.axes) == len(results):
            trees = [tree_of(getattr(axis, attribute)) for axis in found.axes]
        symbols = [symbol] * len(results)
        if len(set(results)) > 1:
            symbols = [f"{symbol}_{axis[0]}" for axis in _axes(analysis, len(results))]
        if not all(checked(tree, result) for tree, result in zip(trees, results, strict=True)):
            yield from _plain(quantity, symbols, results)
            continue
        yield from sharing(quantity, symbols, trees, results)


def _plain(quantity: str, symbols: list[str], results: list[Any]) -> Iterator[Working]:
    """The numbers alone: behind an upsampling the windows are followed one by one."""
    for symbol, result in dict(zip(symbols, results, strict=True)).items():
        yield Working(quantity, symbol, result, remark="found by following the units of one period one by one")


def _axes(analysis: Analysis, rank: int) -> tuple[str, ...]:
    axes = analysis.graph.input.axes
    return axes if len(axes) == rank else tuple(map(str, range(1, rank + 1)))


def _worked(analysis: Analysis, layer: LayerResult, worked: LayerResult) -> Reach | None:
    """The layer's rule on the reach of its inputs, written with letters; None where it has phases."""
    rank = analysis.graph.input.rank
    whole = Reach(tuple(AxisReach() for _ in range(rank)))
    coming = [whole if source == INPUT else analysis.layers[source].reach for source in layer.node.sources]
    if any(len(axis.lows) > 1 for reach in (*coming, layer.reach) for axis in reach.axes):
        return None
    if any(not reach.axes for reach in coming):
        return None
    axes = _axes(analysis, rank)
    same = len({tuple((axis.lows, axis.highs) for axis in reach.axes) for reach in coming}) == 1
    lettered = [_chain(coming[0], axes)] if same else _paths(coming, axes)
    together, _ = merged(lettered, worked.input.rank)
    return worked.node.layer.reach(together, worked.input)


def _suffixes(values: list[int], axes: tuple[str, ...]) -> list[str]:
    return [""] * len(values) if len(set(values)) == 1 else [f"_{axis[0]}" for axis in axes]


def _chain(reach: Reach, axes: tuple[str, ...]) -> Reach:
    """What comes in by one way: R pixels, the next unit's J further on."""
    sizes, steps = [axis.size for axis in reach.axes], [axis.step for axis in reach.axes]
    letters = zip(
        (letter(f"R{suffix}", size) for suffix, size in zip(_suffixes(sizes, axes), sizes, strict=True)),
        (letter(f"J{suffix}", step) for suffix, step in zip(_suffixes(steps, axes), steps, strict=True)),
        strict=True,
    )
    return Reach(tuple(AxisReach((0,), (size - 1,), step) for size, step in letters))


def _paths(reaches: list[Reach], axes: tuple[str, ...]) -> list[Reach]:
    """What comes in by several ways: from pixel a to pixel b each."""
    steps = [axis.step for axis in reaches[0].axes]
    spans = {reach.axes[0].lows + reach.axes[0].highs for reach in reaches}
    alike = all(axis.lows + axis.highs in spans for reach in reaches for axis in reach.axes)
    alike = alike and all(len({axis.lows + axis.highs for axis in reach.axes}) == 1 for reach in reaches)
    made = []
    for number, reach in enumerate(reaches, start=1):
        parts = []
        for axis, name, suffix in zip(reach.axes, axes, _suffixes(steps, axes), strict=True):
            own = "" if alike else f"_{name[0]}"
            low, high = letter(f"a{number}{own}", axis.lows[0]), letter(f"b{number}{own}", axis.highs[0])
            parts.append(AxisReach((low,), (high,), letter(f"J{suffix}", axis.step)))
        made.append(Reach(tuple(parts)))
    return made
