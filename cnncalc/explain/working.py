"""Analysis -> the working of a layer's numbers: the rule's own formula, with what was put in.

The rules of the layer, and the accounting of the engine, are run once more on integers that
record what is done with them. Nothing here knows a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cnncalc.analysis.engine import layer_result
from cnncalc.analysis.merged_fields import merged
from cnncalc.analysis.quantities import FIELDS, OPERATIONS, QUANTITIES
from cnncalc.analysis.results import Analysis, LayerResult
from cnncalc.explain.steps import LayerWorking, Working, apart, checked, sharing
from cnncalc.graph import Node
from cnncalc.layers import Operations, Shape
from cnncalc.layers.receptive_field import AxisReceptiveField, ReceptiveField
from cnncalc.symbolic.formula_tree import Tree, Variable, nodes, renamed
from cnncalc.symbolic.traced import TracedInt, tree_of, variable

USUAL = ("output", "params", "macs", "flops", "activations", "memory_bytes", "receptive_field", "jump")
"""What is explained of a layer where no quantity is asked for."""
TOTALS = ("adds", "multiplies")
"""Counts of operations that are also counted as others."""
COMPLETE = (*USUAL, "weights", "biases", "buffers", *OPERATIONS, "neurons", "connections")
"""What programs are given then."""
ALWAYS = ("params", "macs", "activations")
"""The counts among them that are shown even if they are 0."""
SIZES = {0: (), 1: ("W",), 2: ("H", "W"), 3: ("Z", "H", "W")}
"""The letters of the sizes of a volume: Z for depth, as D is the dilation."""
SYMBOLS = {key: each.title for key, each in QUANTITIES.items() if " " not in each.title and each.kind != "length"}
"""What quantities are called in a working, where that is not their key."""
FIELD_SYMBOLS = {"receptive_field": "R'", "jump": "J'"}
LETTERS = {"T": "for every tap of the window along an axis, how often it lies on a pixel, not on padding"}
"""What letters mean that rules give to a number too long to be shown in full."""


def explain_layer(
    analysis: Analysis, layer: LayerResult, quantities: Sequence[str] = USUAL, asked: bool = False
) -> LayerWorking:
    """How some quantities of a layer are computed, and the numbers that they need; the analysis has no symbols.

    With `asked`, they are explained even if they are 0.
    """
    worked = _worked_result(analysis, layer)
    shown = quantities if asked else ALWAYS
    found = [
        *_output_steps(layer, worked),
        *_count_steps(analysis, layer, worked, quantities, shown),
        *_receptive_field_steps(analysis, layer, worked, quantities, shown),
    ]
    steps = list(_with_definitions(_needed(found, quantities)))
    used = [tree for step in steps if step.tree for tree in nodes(step.tree)]
    lengths, channels = [tree_of(size) for size in worked.input.size], [tree_of(worked.input.channels)]
    sizes = [tree for group in (lengths, channels) for tree in group if not asked or set(group) & set(used)]
    made = {name for step in steps for name in (step.symbol, *step.also)}
    letters = [tree for tree in dict.fromkeys([*sizes, *used]) if isinstance(tree, Variable)]
    given = [tree for tree in letters if tree.name not in made and tree.definition is None]
    return LayerWorking(layer, tuple(given), tuple(steps))


def _needed(steps: Sequence[Working], quantities: Sequence[str]) -> list[Working]:
    """The steps to some quantities, and those whose results they use: MACs for FLOPs, H' and W' for MACs."""
    makes = {name: number for number, step in enumerate(steps) for name in (step.symbol, *step.also)}
    waiting = [number for number, step in enumerate(steps) if step.quantity in quantities]
    kept = set(waiting)
    while waiting:
        tree = steps[waiting.pop()].tree
        names = {node.name for node in nodes(tree) if isinstance(node, Variable)} if tree else set()
        new = {makes[name] for name in names if name in makes} - kept
        kept |= new
        waiting += new
    return [step for number, step in enumerate(steps) if number in kept]


def _worked_result(analysis: Analysis, layer: LayerResult) -> LayerResult:
    """The layer's result, computed by its rules on integers that record their working."""
    node = layer.node
    worked = node.layer.worked(node.input.axes)
    joined = worked.join(_sources(analysis, node))
    plain = _plain(joined)
    batch = analysis.batch if analysis.batch == 1 else variable("N", analysis.batch)
    made = replace(node, layer=worked, input=plain, output=worked.output(plain))
    return layer_result(made, analysis.convention, batch, layer.receptive_field, layer.depth)


def _sources(analysis: Analysis, node: Node) -> tuple[Shape, ...]:
    """The shapes that come in, with letters: those of several inputs numbered where they differ."""
    shapes = [analysis.graph.shape(source) for source in node.sources]
    alike = len({shape.size for shape in shapes}) == 1
    return tuple(
        _lettered(shape, f"_{number}" if len(shapes) > 1 else "", "" if alike else f"_{number}")
        for number, shape in enumerate(shapes, start=1)
    )


def _lettered(shape: Shape, map_suffix: str = "", size_suffix: str = "") -> Shape:
    names = SIZES.get(shape.rank) or tuple(f"W{number}" for number in range(1, shape.rank + 1))
    size = (variable(f"{name}{size_suffix}", length) for name, length in zip(names, shape.size, strict=True))
    return Shape(variable(f"C{map_suffix}", shape.channels), *size)


def _plain(shape: Shape) -> Shape:
    """A joined shape whose parts are simply those of one input: these need no number, C_1 is C."""

    def unnumbered(size: int) -> int:
        tree = tree_of(size)
        return variable(tree.name.partition("_")[0], tree.value) if isinstance(tree, Variable) else size

    return Shape(unnumbered(shape.channels), *map(unnumbered, shape.size))


# Output and counts ------------------------------------------------------------------------------


def _output_steps(layer: LayerResult, worked: LayerResult) -> Iterator[Working]:
    """The sizes of the input and the output; axes with one working share it."""
    yield Working("input", "input", None, remark=str(layer.input))
    if worked.output == worked.input and all(map(_is_variable, _lengths(worked.output))):
        yield Working("output", "output", None, remark=f"as the input, {layer.output}")
        return
    names = _primed(worked.output)
    trees = apart([tree_of(length) for length in worked.output.size], layer.output.axes)
    letters = [tree_of(length) for length in worked.input.size]
    yield from sharing("output", names[1:], trees, layer.output.size, letters)
    yield Working("output", names[0], layer.output.channels, tree_of(worked.output.channels))


def _lengths(shape: Shape) -> tuple[int, ...]:
    return (shape.channels, *shape.size)


def _primed(shape: Shape) -> list[str]:
    """What the sizes of an output are called: C', H', W'."""
    return [f"{tree.name}'" for tree in map(tree_of, _lengths(_lettered(shape))) if isinstance(tree, Variable)]


def _is_variable(size: int) -> bool:
    return isinstance(tree_of(size), Variable)


def _count_steps(
    analysis: Analysis, layer: LayerResult, worked: LayerResult, quantities: Sequence[str], shown: Sequence[str]
) -> Iterator[Working]:
    """The counts, those that are `shown` even if they are 0, in which the sizes of the output go by their names."""
    names: dict[Tree, Tree] = {}
    for name, size in zip(_primed(worked.output), _lengths(worked.output), strict=True):
        if isinstance(size, TracedInt) and not _is_variable(size):
            names[size.tree] = Variable(name, int(size))

    def counted(*keys: str) -> Iterator[Working]:
        return _steps([key for key in keys if key in (*USUAL, *quantities)], layer, worked, names, shown)

    yield from counted("weights", "biases", "params", "trainable", "non_trainable", "buffers", "macs")
    for name in OPERATIONS:
        count = getattr(worked.operations, name)
        if (count and name not in TOTALS) or name in (*quantities, *shown):
            yield Working(name, name, int(count), checked(renamed(tree_of(count), names), int(count)))
    if layer.flops or "flops" in shown:
        yield _flops(analysis, layer)
    yield from counted("output_values", "activations")
    if layer.activations or "memory_bytes" in shown:
        held: dict[Tree, Tree] = {tree_of(worked.activations): Variable("activations", layer.activations)}
        yield from _steps(["memory_bytes"], layer, worked, held if layer.activations else {}, shown)
    yield from counted("neurons", "connections")
    yield Working("depth", "depth", int(layer.depth), remark=QUANTITIES["depth"].about)


def _steps(
    quantities: Iterable[str],
    layer: LayerResult,
    worked: LayerResult,
    names: dict[Tree, Tree],
    shown: Sequence[str],
) -> Iterator[Working]:
    for quantity in quantities:
        result, count = getattr(layer, quantity), getattr(worked, quantity)
        if result or quantity in shown:
            (tree,) = apart([renamed(tree_of(count), names)], layer.input.axes)
            symbol, remark = SYMBOLS.get(quantity, quantity), _remark(layer, quantity)
            yield Working(quantity, symbol, result, checked(tree, result), remark=remark)


def _remark(layer: LayerResult, quantity: str) -> str:
    """Why a count is 0 although the layer has weights or an output."""
    kept = layer.node.layer
    if quantity in ("weights", "biases", "params") and layer.node.shared:
        return f"the weights are those of {layer.node.shared}"
    if quantity == "activations" and (kept.in_place or kept.view):
        return "written over its input" if kept.in_place else "its input under another shape"
    return ""


def _flops(analysis: Analysis, layer: LayerResult) -> Working:
    """FLOPs, from the other operations by their names."""
    counts = layer.operations._replace(macs=layer.macs).counts()
    operations = (variable(SYMBOLS.get(name, name), count) if count else 0 for name, count in counts)
    sums = variable("sums", layer.operations.sums) if layer.operations.sums else 0
    count = analysis.convention.flop_count(Operations(*operations)._replace(sums=sums))
    return Working("flops", "FLOPs", layer.flops, checked(tree_of(count), layer.flops))


def _with_definitions(steps: Iterable[Working]) -> Iterator[Working]:
    """The steps, and before the first that uses it, how a letter that the rules introduce was found."""
    defined: set[str] = set()
    for step in steps:
        for node in nodes(step.tree) if step.tree else ():
            if isinstance(node, Variable) and node.definition and node.name not in defined:
                defined.add(node.name)
                tree, remark = checked(node.definition, node.value), LETTERS.get(node.name, "")
                yield Working("letter", node.name, node.value, tree, remark=remark)
        yield step


# Receptive fields -------------------------------------------------------------------------------
# The receptive field of the inputs is written with letters, and the layer's own rule is run on it.
# Along an axis every window of a chain looks alike, so what comes in is taken as one that begins at
# pixel 0: R pixels, J from one unit to the next. Where branches meet, each has its first and last pixel.


def _receptive_field_steps(
    analysis: Analysis, layer: LayerResult, worked: LayerResult, quantities: Sequence[str], shown: Sequence[str]
) -> Iterator[Working]:
    """Receptive field, jump, centre, padding: a remark where it has no number, no working without axes."""
    seen = layer.receptive_field
    wanted = [quantity for quantity in FIELDS if quantity in (*USUAL, *quantities)]
    if seen.everything or seen.unknown:
        for quantity in wanted:
            if quantity == "receptive_field" or quantity in shown:
                word = "everything" if quantity == "receptive_field" else "undefined"
                remark = f"unknown: {seen.unknown}" if seen.unknown else f"{word}: each unit sees the whole input"
                yield Working(quantity, FIELD_SYMBOLS.get(quantity, quantity), None, remark=remark)
    if not seen.axes:
        return
    found = _worked_field(analysis, layer, worked)
    for quantity in wanted:
        results = [getattr(axis, FIELDS[quantity]) for axis in seen.axes]
        symbol = FIELD_SYMBOLS.get(quantity, quantity)
        symbols = [symbol] * len(results)
        if len(set(results)) > 1:
            symbols = [f"{symbol}_{axis[0]}" for axis in _axes(analysis, len(results))]
        trees = _field_trees(found, FIELDS[quantity], len(results)) if quantity in FIELD_SYMBOLS else []
        if trees and all(checked(tree, result) for tree, result in zip(trees, results, strict=True)):
            yield from sharing(quantity, symbols, trees, results)
            continue
        for number, name in enumerate(dict.fromkeys(symbols)):
            yield Working(quantity, name, results[number], remark=_field_remark(quantity, seen.axes[number]))


def _field_trees(found: ReceptiveField | None, attribute: str, rank: int) -> list[Tree]:
    if not found or len(found.axes) != rank:
        return []
    return [tree_of(getattr(axis, attribute)) for axis in found.axes]


def _field_remark(quantity: str, axis: AxisReceptiveField) -> str:
    """Where a number that has no working comes from."""
    if quantity == "centre":
        return f"the middle of pixels {axis.lows[0]} to {axis.highs[0]}, which the first unit sees"
    if quantity == "padding":
        if axis.padding is None:
            return "undefined: after upsampling, the windows differ from unit to unit"
        return QUANTITIES[quantity].about
    return "found by following the units of one period one by one"


def _axes(analysis: Analysis, rank: int) -> tuple[str, ...]:
    named = (each.shape.axes for each in analysis.inputs if each.shape.rank == rank)
    return next(named, tuple(map(str, range(1, rank + 1))))


def _worked_field(analysis: Analysis, layer: LayerResult, worked: LayerResult) -> ReceptiveField | None:
    """The layer's rule on the receptive field of its inputs, written with letters; None where it has phases."""
    coming = analysis.seen_by(layer)
    if any(len(axis.lows) > 1 for seen in (*coming, layer.receptive_field) for axis in seen.axes):
        return None
    if any(not seen.axes for seen in coming):
        return None
    axes = _axes(analysis, len(coming[0].axes))
    same = len({tuple((axis.lows, axis.highs) for axis in seen.axes) for seen in coming}) == 1
    lettered = [_chain(coming[0], axes)] if same else _paths(coming, axes)
    together, _ = merged(lettered, worked.input.rank)
    return worked.node.layer.receptive_field(together, worked.input)


def _suffixes(values: list[int], axes: tuple[str, ...]) -> list[str]:
    return [""] * len(values) if len(set(values)) == 1 else [f"_{axis[0]}" for axis in axes]


def _chain(seen: ReceptiveField, axes: tuple[str, ...]) -> ReceptiveField:
    """What comes in by one branch: R pixels, the next unit J further on."""
    sizes, steps = [axis.size for axis in seen.axes], [axis.step for axis in seen.axes]
    letters = zip(
        (variable(f"R{suffix}", size) for suffix, size in zip(_suffixes(sizes, axes), sizes, strict=True)),
        (variable(f"J{suffix}", step) for suffix, step in zip(_suffixes(steps, axes), steps, strict=True)),
        strict=True,
    )
    return ReceptiveField(tuple(AxisReceptiveField((0,), (size - 1,), step) for size, step in letters))


def _paths(coming: list[ReceptiveField], axes: tuple[str, ...]) -> list[ReceptiveField]:
    """What comes in by several branches: each from pixel a to pixel b."""
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
