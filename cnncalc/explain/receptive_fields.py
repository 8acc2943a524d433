"""A layer's place in the graph -> the working of its receptive field, from what its inputs see.

The receptive field of the inputs is written with letters, and the layer's own rule is run on it. Along an
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
from cnncalc.layers.receptive_field import AxisReceptiveField, ReceptiveField
from cnncalc.symbolic.formula_tree import Number, Tree
from cnncalc.symbolic.traced import tree_of, variable

QUANTITIES = (("receptive_field", "R'", "size"), ("jump", "J'", "jump"))


def receptive_field_steps(analysis: Analysis, layer: LayerResult, worked: LayerResult) -> Iterator[Working]:
    """Receptive field and jump; everything and unknown as they are; nothing where there are no axes."""
    seen = layer.receptive_field
    if seen.everything or seen.unknown:
        remark = "everything: each unit sees the whole input" if seen.everything else f"unknown: {seen.unknown}"
        yield Working("receptive_field", "R'", None, remark=remark)
    if not seen.axes:
        return
    found = _worked(analysis, layer, worked)
    for quantity, symbol, attribute in QUANTITIES:
        results = [getattr(axis, attribute) for axis in seen.axes]
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


def _worked(analysis: Analysis, layer: LayerResult, worked: LayerResult) -> ReceptiveField | None:
    """The layer's rule on the receptive field of its inputs, written with letters; None where it has phases."""
    rank = analysis.graph.input.rank
    whole = ReceptiveField(tuple(AxisReceptiveField() for _ in range(rank)))
    coming = [whole if source == INPUT else analysis.layers[source].receptive_field for source in layer.node.sources]
    if any(len(axis.lows) > 1 for seen in (*coming, layer.receptive_field) for axis in seen.axes):
        return None
    if any(not seen.axes for seen in coming):
        return None
    axes = _axes(analysis, rank)
    same = len({tuple((axis.lows, axis.highs) for axis in seen.axes) for seen in coming}) == 1
    lettered = [_chain(coming[0], axes)] if same else _paths(coming, axes)
    together, _ = merged(lettered, worked.input.rank)
    return worked.node.layer.receptive_field(together, worked.input)


def _suffixes(values: list[int], axes: tuple[str, ...]) -> list[str]:
    return [""] * len(values) if len(set(values)) == 1 else [f"_{axis[0]}" for axis in axes]


def _chain(seen: ReceptiveField, axes: tuple[str, ...]) -> ReceptiveField:
    """What comes in by one way: R pixels, the next unit's J further on."""
    sizes, steps = [axis.size for axis in seen.axes], [axis.step for axis in seen.axes]
    letters = zip(
        (variable(f"R{suffix}", size) for suffix, size in zip(_suffixes(sizes, axes), sizes, strict=True)),
        (variable(f"J{suffix}", step) for suffix, step in zip(_suffixes(steps, axes), steps, strict=True)),
        strict=True,
    )
    return ReceptiveField(tuple(AxisReceptiveField((0,), (size - 1,), step) for size, step in letters))


def _paths(coming: list[ReceptiveField], axes: tuple[str, ...]) -> list[ReceptiveField]:
    """What comes in by several ways: from pixel a to pixel b each."""
    steps = [axis.step for axis in coming[0].axes]
    spans = {seen.axes[0].lows + seen.axes[0].highs for seen in coming}
    alike = all(axis.lows + axis.highs in spans for seen in coming for axis in seen.axes)
    alike = alike and all(len({axis.lows + axis.highs for axis in seen.axes}) == 1 for seen in coming)
    made = []
    for number, seen in enumerate(coming, start=1):
        parts = []
        for axis, name, suffix in zip(seen.axes, axes, _suffixes(steps, axes), strict=True):
            own = "" if alike else f"_{name[0]}"
            low, high = variable(f"a{number}{own}", axis.lows[0]), variable(f"b{number}{own}", axis.highs[0])
            parts.append(AxisReceptiveField((low,), (high,), variable(f"J{suffix}", axis.step)))
        made.append(ReceptiveField(tuple(parts)))
    return made
