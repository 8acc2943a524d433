"""Layers and their sources -> the nodes of a Graph, each checked against its inputs.

What is wrong is kept, not raised; a layer whose output is not known becomes UNKNOWN, and
whoever reads it is passed over, so that one mistake is one problem.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from cnncalc.errors import Problem, ProblemList, Span
from cnncalc.graph.head import Kernels
from cnncalc.graph.model import INPUT, Graph, Node
from cnncalc.graph.scope import UNKNOWN, Scope
from cnncalc.layers import Condition, Layer, Refused, Shape
from cnncalc.limits import LONGEST_SIZE, MOST_SYMBOLIC
from cnncalc.spec.model import Item, NameReference
from cnncalc.symbolic import is_known, length

LARGEST = 10**12
PARTS = "numbers, symbols and operations"
FEWER_SYMBOLS = "give some of the symbols a value, as in --input 224 or --set K=3"


class TooLargeError(Exception):
    """The network, or a size in it, has passed its limit; the problem has been noted."""


class Assembly:
    """A graph while it is put together, and the problems met so far."""

    def __init__(self, graph: Graph, problems: Iterable[Problem], max_layers: int, head: Kernels | None = None) -> None:
        self.graph = graph
        self.problems = ProblemList(problems)
        self.max_layers = max_layers
        self.head = head
        self.symbolic = 0
        self.reported: set[tuple[Span, str]] = set()

    def problem(self, message: str, span: Span, hint: str = "") -> None:
        """Take note of a problem."""
        self.problems.append(Problem(message, span, hint))

    def shape(self, source: int) -> Shape:
        """What comes out of a source."""
        return self.graph.input if source == INPUT else self.graph.nodes[source].output

    def append(self, item: Item, layer: Layer | None, scope: Scope, sources: tuple[int, ...], name: str) -> int:
        """Enter a layer under its name, as a node if its inputs suit it; its index or UNKNOWN."""
        path = scope.path(name) if name else scope.automatic(layer.kind if layer else "layer")
        index = UNKNOWN
        if layer is not None and UNKNOWN not in sources:
            shapes = tuple(self.shape(source) for source in sources)
            changed = layer if self.head is None else self._convolutional(layer, shapes[0], path, item.span)
            if changed is None:
                self.enter(path, sources[0], scope, item.span)
                return sources[0]
            layer = changed
            if self._holds(layer.join_conditions(shapes), path, item, sources):
                joined = layer.join(shapes)
                if self._holds(layer.conditions(joined), path, item, sources):
                    output = layer.output(joined)
                    self._check_sizes(output, path, item.span)
                    index = self._node(Node(path, layer, sources, joined, output, item.span))
                    if item.share and not self.problems:
                        self._share(self.graph.nodes[index], item.share, scope)
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
        if total > self.max_layers:
            message = f"the network would have {total:,} layers or more; the limit is {self.max_layers:,}"
            self._too_large(message, span, "repeat less, or raise the limit with --max-layers")

    def _check_sizes(self, shape: Shape, path: str, span: Span) -> None:
        """Stop where a size has grown beyond all use, before its products fill pages."""
        sizes = (shape.channels, *shape.size)
        if all(map(is_known, sizes)):
            if max(sizes) > LARGEST:
                self._too_large(f"{path}: a size of its output is larger than {LARGEST:,}", span)
            return
        lengths = [length(size, LONGEST_SIZE) for size in sizes]
        self.symbolic += sum(lengths)
        if max(lengths) > LONGEST_SIZE:
            self._too_large(f"{path}: a size of its output has more than {LONGEST_SIZE} {PARTS}", span, FEWER_SYMBOLS)
        if self.symbolic > MOST_SYMBOLIC:
            message = f"{path}: up to here the sizes of all outputs have more than {MOST_SYMBOLIC:,} {PARTS}"
            self._too_large(message, span, FEWER_SYMBOLS)

    def _too_large(self, message: str, span: Span, hint: str = "") -> NoReturn:
        self.problem(message, span, hint)
        raise TooLargeError

    def _node(self, node: Node) -> int:
        index = len(self.graph.nodes)
        if index >= self.max_layers and node.span:
            self.check_size(index + 1, node.span)
        self.graph.nodes.append(node)
        return index

    def _holds(self, conditions: Iterable[Condition], path: str, item: Item, sources: tuple[int, ...]) -> bool:
        """Whether the layer has an output; what does not hold becomes a problem or a note."""
        for condition in conditions:
            holds = condition.holds()
            if holds:
                continue
            if holds is None:
                (self.graph.fits if condition.severity == "note" else self.graph.conditions).append((path, condition))
            elif condition.severity == "note":
                self.graph.notes.append((path, condition))
            else:
                self._refuse(condition, path, item, sources)
                if condition.severity == "error":
                    return False
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
        if source == INPUT:
            return f"the input is {self.graph.input}", None
        node = self.graph.nodes[source]
        return f"{node.output} comes from {node.name}", node.span

    def _share(self, node: Node, reference: NameReference, scope: Scope) -> None:
        """Let a layer use the weights of an earlier one of the same type and size."""
        found = scope.find(reference.name)
        if found is None or found == INPUT:
            self.problem(f"no earlier layer is called '{reference.name}'", reference.span)
        if found is None or found < 0:
            return
        owner = self.graph.nodes[found]
        mine, its = ((side.layer.weight_factors(side.input), side.layer.biases(side.input)) for side in (node, owner))
        if type(owner.layer) is not type(node.layer) or mine != its:
            counts = [(side.layer.kind, side.layer.params(side.input), side.input) for side in (node, owner)]
            numbers = ", ".join(f"{params} parameters in a {kind} on {shape}" for kind, params, shape in counts)
            self.problem(f"{node.name} cannot share the weights of {owner.name}: {numbers}", reference.span)
        node.shared = owner.shared or owner.name
