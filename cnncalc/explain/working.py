"""Analysis -> the working of every number of a layer: the rule's own formula, with what was put in.

The rules of the layer, and the accounting of the engine, are run once more on integers that
record what is done with them. Nothing here knows a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cnncalc.analysis.engine import layer_result
from cnncalc.analysis.results import Analysis, LayerResult
from cnncalc.explain.receptive_fields import receptive_field_steps
from cnncalc.explain.steps import LayerWorking, Working, apart, checked, sharing
from cnncalc.graph import INPUT, Node
from cnncalc.layers import Operations, Shape
from cnncalc.symbolic.formula_tree import Tree, Variable, nodes, renamed
from cnncalc.symbolic.traced import TracedInt, tree_of, variable

SIZES = {0: (), 1: ("W",), 2: ("H", "W"), 3: ("Z", "H", "W")}
"""The letters of the sizes of a volume: Z for depth, as D is the dilation."""
SYMBOLS = {"macs": "MACs", "flops": "FLOPs", "memory_bytes": "memory"}
"""What quantities are called on a blackboard, where that is not their own name."""
LETTERS = {"T": "for every tap of the window along an axis, how often it lies on a pixel, not on padding"}
"""What letters mean that rules give to a number too long in the working to be told in full."""
ALWAYS = ("params", "macs", "activations")
"""The counts that are told where they are 0, too."""


def explain_layer(analysis: Analysis, layer: LayerResult) -> LayerWorking:
    """How every number of a layer comes about; the analysis must have no symbols."""
    worked = _worked_result(analysis, layer)
    found = [
        *_output_steps(layer, worked),
        *_count_steps(analysis, layer, worked),
        *receptive_field_steps(analysis, layer, worked),
    ]
    steps = list(_with_definitions(found))
    used = [tree for step in steps if step.tree for tree in nodes(step.tree)]
    sizes = [tree_of(size) for size in (*worked.input.size, worked.input.channels)]
    made = {name for step in steps for name in (step.symbol, *step.also)}
    letters = [tree for tree in dict.fromkeys([*sizes, *used]) if isinstance(tree, Variable)]
    given = [tree for tree in letters if tree.name not in made and tree.definition is None]
    return LayerWorking(layer, tuple(given), tuple(steps))


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
    shapes = [_source(analysis, source) for source in node.sources]
    alike = len({shape.size for shape in shapes}) == 1
    return tuple(
        _lettered(shape, f"_{number}" if len(shapes) > 1 else "", "" if alike else f"_{number}")
        for number, shape in enumerate(shapes, start=1)
    )


def _source(analysis: Analysis, source: int) -> Shape:
    return analysis.graph.input if source == INPUT else analysis.graph.nodes[source].output


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
    """The sizes of the output, those with one working as one; nothing where the input goes through."""
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


def _count_steps(analysis: Analysis, layer: LayerResult, worked: LayerResult) -> Iterator[Working]:
    """The counts, in which the sizes of the output go by their names."""
    names: dict[Tree, Tree] = {}
    for name, size in zip(_primed(worked.output), _lengths(worked.output), strict=True):
        if isinstance(size, TracedInt) and not _is_variable(size):
            names[size.tree] = Variable(name, int(size))
    yield from _steps(("params", "buffers", "macs"), layer, worked, names)
    if layer.flops:
        yield _flops(analysis, layer)
    for name, count in worked.operations.counts():
        if name != "macs" and count:
            yield Working(name, name, int(count), renamed(tree_of(count), names))
    yield from _steps(("activations",), layer, worked, names)
    if layer.activations:
        held: dict[Tree, Tree] = {tree_of(worked.activations): Variable("activations", layer.activations)}
        yield from _steps(("memory_bytes",), layer, worked, held)
    yield from _steps(("neurons", "connections"), layer, worked, names)


def _steps(
    quantities: Iterable[str], layer: LayerResult, worked: LayerResult, names: dict[Tree, Tree]
) -> Iterator[Working]:
    for quantity in quantities:
        result, count = getattr(layer, quantity), getattr(worked, quantity)
        if result or quantity in ALWAYS:
            (tree,) = apart([renamed(tree_of(count), names)], layer.input.axes)
            symbol, remark = SYMBOLS.get(quantity, quantity), _remark(layer, quantity)
            yield Working(quantity, symbol, result, checked(tree, result), remark=remark)


def _remark(layer: LayerResult, quantity: str) -> str:
    """Why a count is 0 though the layer has weights or an output."""
    kept = layer.node.layer
    if quantity == "params" and layer.node.shared:
        return f"the weights are those of {layer.node.shared}"
    if quantity == "activations" and (kept.in_place or kept.view):
        return "written over its input" if kept.in_place else "its input under another shape"
    return ""


def _flops(analysis: Analysis, layer: LayerResult) -> Working:
    """FLOPs, from the other operations by their names."""
    counts = layer.operations._replace(macs=layer.macs).counts()
    operations = (variable(SYMBOLS.get(name, name), count) if count else 0 for name, count in counts)
    count = analysis.convention.flop_count(Operations(*operations))
    return Working("flops", "FLOPs", layer.flops, checked(tree_of(count), layer.flops))


def _with_definitions(steps: Iterable[Working]) -> Iterator[Working]:
    """The steps, and before the first that uses it, how a letter was found that the rules gave."""
    told: set[str] = set()
    for step in steps:
        for node in nodes(step.tree) if step.tree else ():
            if isinstance(node, Variable) and node.definition and node.name not in told:
                told.add(node.name)
                tree, remark = checked(node.definition, node.value), LETTERS.get(node.name, "")
                yield Working("letter", node.name, node.value, tree, remark=remark)
        yield step
