"""Layers and their sources -> the nodes of a Graph, each checked against its inputs.

What is wrong is kept, not raised; a layer whose output is not known becomes UNKNOWN, and
whoever reads it is passed over, so that one mistake is one problem.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from cnncalc.errors import Problem, ProblemList, Span
from cnncalc.graph.expected import conditions, unsaid
from cnncalc.graph.head import Kernels
from cnncalc.graph.model import Graph, Node
from cnncalc.graph.scope import UNKNOWN, Scope
from cnncalc.layers import Condition, Layer, Refused, Shape
from cnncalc.limits import LARGEST_OUTPUT, LONGEST_SIZE, MOST_LAYERS, MOST_SYMBOLIC
from cnncalc.spec.model import Item, LayerItem
from cnncalc.symbolic import Size, is_known, length

PARTS = "numbers, symbols and operations"
FEWER = "give some of the symbols a value, as in --input 224 or --set K=3"


class TooLargeError(Exception):
    """The network, or a size in it, has passed its limit; the problem has been noted."""


class Placed(NamedTuple):
    """A layer on inputs of some shapes: what its rules say there, the same wherever it stands on such inputs.

    `open` are the conditions that do not hold, or not yet; without an `output` one of them is an error.
    """

    layer: Layer
    joined: Shape | None
    output: Shape | None
    open: tuple[tuple[Condition, bool | None], ...]
    too_large: str
    """What is wrong with a size of the output that has grown beyond all use, before products fill pages."""
    parts: int
    """Numbers, symbols and operations in the symbolic sizes of the output."""


class Assembly:
    """A graph while it is put together, and the problems met so far."""

    def __init__(self, graph: Graph, problems: Iterable[Problem], head: Kernels | None = None) -> None:
        self.graph = graph
        self.problems = ProblemList(problems)
        self.head = head
        self.spans: dict[str, range] = {}
        """The nodes of every block and every named group, by its path."""
        self.symbolic = 0
        self.reported: set[tuple[Span, str]] = set()
        self.placed: dict[tuple[int, tuple[Shape, ...]], Placed] = {}

    def problem(self, message: str, span: Span, hint: str = "") -> None:
        """Take note of a problem."""
        self.problems.append(Problem(message, span, hint))

    def append(
        self,
        item: Item,
        layer: Layer | None,
        scope: Scope,
        sources: tuple[int, ...],
        name: str,
        count: Size | None = None,
    ) -> int:
        """Enter a layer under its name, as a node if its inputs suit it; its index or UNKNOWN.

        `count` is the number of the item's `expected`.
        """
        path = scope.path(name) if name else scope.automatic(layer.kind if layer else "layer")
        index = UNKNOWN
        if layer is not None and UNKNOWN not in sources:
            shapes = tuple(map(self.graph.shape, sources))
            changed = layer if self.head is None else self._convolutional(layer, shapes[0], path, item.span)
            if changed is None:
                self.enter(path, sources[0], scope, item.span)
                return sources[0]
            if not self._as_expected(item, changed, count, path, sources):
                self.enter(path, UNKNOWN, scope, item.span)
                return UNKNOWN
            placed = self._placed(changed, shapes)
            for condition, holds in placed.open:
                self._note(condition, holds, path, item, sources)
            if placed.joined is not None and placed.output is not None:
                self._check_growth(placed, path, item.span)
                index = self._node(Node(path, placed.layer, sources, placed.joined, placed.output, item.span))
        self.enter(path, index, scope, item.span)
        return index

    def _convolutional(self, layer: Layer, shape: Shape, path: str, span: Span) -> Layer | None:
        """The layer of a fully convolutional network; None for one that has no place in it."""
        try:
            return layer.convolutional(shape, (self.head or {}).get(path))
        except Refused as refused:
            self.problem(f"{path}: {refused}", span, refused.hint)
            return layer

    def enter(self, path: str, index: int, scope: Scope, span: Span) -> None:
        """Let taps find a source under a path."""
        entries = scope.names.entries
        if path in entries:
            self.problem(f"the name '{path}' is used twice", span, "give one of them another name")
        entries[path] = index

    def check_size(self, total: int, span: Span) -> None:
        """Stop, by TooLargeError, a network that is to have more layers than the limit."""
        if total > MOST_LAYERS.value:
            message = f"the network would have {total:,} layers or more; the limit is {MOST_LAYERS}"
            self.problem(message, span, f"repeat less; {MOST_LAYERS.hint}")
            raise TooLargeError

    def _check_growth(self, placed: Placed, path: str, span: Span) -> None:
        """Stop, by TooLargeError, where a size, or all symbolic sizes together, are beyond the limit."""
        self.symbolic += placed.parts
        if placed.too_large:
            self.problem(f"{path}: a size of its output {placed.too_large}", span, FEWER if placed.parts else "")
            raise TooLargeError
        if self.symbolic > MOST_SYMBOLIC.value:
            message = f"{path}: up to here the sizes of all outputs have more than {MOST_SYMBOLIC} {PARTS}"
            self.problem(message, span, f"{FEWER}; {MOST_SYMBOLIC.hint}")
            raise TooLargeError

    def _node(self, node: Node) -> int:
        index = len(self.graph.nodes)
        if index >= MOST_LAYERS.value and node.span:
            self.check_size(index + 1, node.span)
        self.graph.nodes.append(node)
        return index

    def _placed(self, layer: Layer, shapes: tuple[Shape, ...]) -> Placed:
        """What the rules of a layer say on inputs of these shapes; asked once for every such place."""
        key = (id(layer), shapes)
        if key not in self.placed:
            self.placed[key] = _place(layer, shapes)
        return self.placed[key]

    def _note(self, condition: Condition, holds: bool | None, path: str, item: Item, sources: tuple[int, ...]) -> None:
        """Keep a condition that does not hold, or not yet, as a problem or a note."""
        if holds is None:
            (self.graph.fits if condition.severity == "note" else self.graph.conditions).append((path, condition))
        elif condition.severity == "note":
            self.graph.notes.append((path, condition))
        else:
            self._refuse(condition, path, item, sources)

    def _as_expected(self, item: Item, layer: Layer, count: Size | None, path: str, sources: tuple[int, ...]) -> bool:
        """Compare what the text says of an input with the input; what it leaves unsaid is assumed.

        Whether the layer can stand there at all.
        """
        expected = item.expected if isinstance(item, LayerItem) else None
        if expected is None or (expected.values and self.head is not None):
            return True
        shape, before = self.graph.shape(sources[0]), len(self.problems)
        for condition in conditions(expected, count, shape):
            if not (holds := condition.holds()):
                self._note(condition, holds, path, item, sources)
                if holds is False and condition.severity == "error":
                    return False
        if len(self.problems) == before and (text := unsaid(expected, shape, layer)):
            self.graph.assumed.append(f"{path}: {text}")
        return True

    def _refuse(self, condition: Condition, path: str, item: Item, sources: tuple[int, ...]) -> None:
        """Note that a condition fails; once for every line of the spec, however often it is repeated."""
        hint = condition.hint_text()
        if (item.span, hint) in self.reported:
            return
        self.reported.add((item.span, hint))
        related = tuple(self._origin(source) for source in sources)
        self.problems.append(Problem(f"{path}: {condition.message()}", item.span, hint, related))

    def _origin(self, source: int) -> tuple[str, Span | None]:
        """Where an input comes from, as a label under a problem."""
        if source < 0:
            name = "the input" if len(self.graph.inputs) == 1 else f"the input {self.graph.source_name(source)}"
            return f"{name} is {self.graph.shape(source)}", None
        node = self.graph.nodes[source]
        return f"{node.output} comes from {node.name}", node.span

    def shares(self, node: Node, owner: Node, span: Span) -> bool:
        """Let a layer use the weights of an earlier one of the same type and size; whether it can."""
        mine, its = map(_stored, (node, owner))
        alike = type(owner.layer) is type(node.layer) and len(mine) == len(its) and owner.times == node.times
        message = partial(_cannot_share, node, owner)
        equal = [Condition(one, "==", other, message) for one, other in zip(mine, its, strict=False)]
        if not alike or any(condition.holds() is False for condition in equal):
            self.problem(message(), span)
            return False
        open_ = {str(each): (node.name, each) for each in equal if each.holds() is None}
        self.graph.conditions.extend(open_.values())
        if any(count != 0 for count in mine):
            node.shared = owner.shared or owner.name
        return True


def _stored(node: Node) -> list[Size]:
    """The factors of a layer's weights, then its biases and buffers."""
    factors = [factor for group in node.layer.weight_factors(node.input) for factor in group]
    return [*factors, node.layer.biases(node.input), node.layer.buffers(node.input)]


def _cannot_share(node: Node, owner: Node) -> str:
    counts = [(side.layer.kind, side.layer.params(side.input), side.input) for side in (node, owner)]
    why = ", ".join(f"{params} parameters in a {kind} on {shape}" for kind, params, shape in counts)
    if owner.times != node.times:
        why = f"one stands {node.times} times in a row, the other {owner.times} times"
    return f"{node.name} cannot share the weights of {owner.name}: {why}"


def _place(layer: Layer, shapes: tuple[Shape, ...]) -> Placed:
    """The layer on inputs of some shapes, its conditions asked up to the first error."""
    open_: list[tuple[Condition, bool | None]] = []
    joined = None
    if _hold(layer.join_conditions(shapes), open_):
        layer = layer.settled(shapes)
        joined = layer.join(shapes)
    output = layer.output(joined) if joined is not None and _hold(layer.conditions(joined), open_) else None
    sizes = (output.channels, *output.size) if output else ()
    parts = [0 if is_known(size) else length(size, LONGEST_SIZE.value) for size in sizes]
    too_large = ""
    if any(is_known(size) and size > LARGEST_OUTPUT.value for size in sizes):
        too_large = f"is larger than {LARGEST_OUTPUT} ({LARGEST_OUTPUT.hint})"
    elif max(parts, default=0) > LONGEST_SIZE.value:
        too_large = f"has more than {LONGEST_SIZE} {PARTS} ({LONGEST_SIZE.hint})"
    return Placed(layer, joined, output, tuple(open_), too_large, sum(parts))


def _hold(conditions: Iterable[Condition], open_: list[tuple[Condition, bool | None]]) -> bool:
    """Whether a layer can stand on these; those that do not hold, or not yet, are appended to `open_`."""
    for condition in conditions:
        holds = condition.holds()
        if not holds:
            open_.append((condition, holds))
            if holds is not None and condition.severity == "error":
                return False
    return True
