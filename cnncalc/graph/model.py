"""What expansion makes -> Graph: nodes in order, each with its layer, its inputs and its shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnncalc.errors import Span
from cnncalc.layers import Condition, Layer, Shape
from cnncalc.symbolic import Size

INPUT = -1
"""The source that stands for the first input of the network; the next ones are -2, -3, ..."""
MOST_NAMED = 8
"""Inputs that a line names."""


class Input(NamedTuple):
    """An input of a network."""

    name: str
    shape: Shape


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """One layer in its place.

    `sources` are the indices of the nodes it reads, below 0 inputs of the network; `input` is the shape its rules
    see, the inputs of a merging layer joined.
    """

    name: str
    layer: Layer
    sources: tuple[int, ...]
    input: Shape
    output: Shape
    span: Span | None = None
    shared: str = ""
    times: Size = 1
    """How often it stands in a row with others: more than once under a symbolic `repeat` alone."""

    @property
    def path(self) -> list[str]:
        """The name taken apart: the blocks and groups around the layer, and the layer."""
        return self.name.split("/")


class Repeat(NamedTuple):
    """Nodes `first` to `last`, which read `source` and keep its shape, `times` over: a symbolic repeat."""

    source: int
    first: int
    last: int
    times: Size


@dataclass(slots=True, eq=False, repr=False)
class Graph:
    """A network with every block expanded, every name resolved and every shape known."""

    name: str
    inputs: list[Input]
    batch: Any = None
    nodes: list[Node] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    """Those that are symbolic, an inner one before the one around it; all others are unrolled."""
    groups: dict[str, str] = field(default_factory=dict)
    """What stands at a path that holds several nodes: the block and its arguments."""
    conditions: list[tuple[str, Condition]] = field(default_factory=list)
    """(layer, condition) that depends on a symbol."""
    fits: list[tuple[str, Condition]] = field(default_factory=list)
    """(layer, condition) that depends on a symbol and says that no remainder is left: `notes`, not yet decided."""
    notes: list[tuple[str, Condition]] = field(default_factory=list)
    """(layer, condition) that does not hold and is only reported: pixels dropped."""
    assumed: list[str] = field(default_factory=list)
    """What its text does not say, and is taken to be so."""
    title: str = ""
    about: str = ""
    reference: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    at_own_input: Callable[[], Graph] | None = None
    """The same network at the spec's own input, where this one has another."""
    asked: tuple[str, tuple[str, ...]] = ("", ())
    """The text that the network was asked for by, and the options that give its input and its settings."""

    @property
    def input(self) -> Shape:
        """The shape of the first input, or the only one."""
        return self.inputs[0].shape

    def shape(self, source: int) -> Shape:
        """What comes out of a source: of a node, or of an input."""
        return self.nodes[source].output if source >= 0 else self.inputs[~source].shape

    @property
    def shapes(self) -> list[Shape]:
        """What comes out of every input, then of every node."""
        return [each.shape for each in self.inputs] + [node.output for node in self.nodes]

    def source_name(self, source: int) -> str:
        """What a source is called."""
        return self.nodes[source].name if source >= 0 else self.inputs[~source].name

    def read_by(self, node: Node) -> list[str]:
        """The names of what a layer reads, in its order."""
        return [self.source_name(source) for source in node.sources]

    def input_text(self, *, channels_first: bool = False) -> str:
        """`224x224x3`; of several inputs `left 64x64x3, right 64x64x1`."""
        texts = [each.shape.text(channels_first=channels_first) for each in self.inputs[:MOST_NAMED]]
        if len(self.inputs) == 1:
            return texts[0]
        pairs = [f"{each.name} {text}" for each, text in zip(self.inputs, texts, strict=False)]
        more = len(self.inputs) - len(pairs)
        return ", ".join(pairs) + (f" and {more} more" if more else "")

    def inputs_text(self, *, channels_first: bool = False) -> str:
        """`input 224x224x3`; `inputs left 64x64x3, right 64x64x1`."""
        word = "input" if len(self.inputs) == 1 else "inputs"
        return f"{word} {self.input_text(channels_first=channels_first)}"

    def command(self, name: str, *words: str) -> str:
        """A command line about this network, as a shell takes it: `cnncalc explain 'conv5-6' conv1 --input 32x32x3`."""
        spec, options = self.asked
        from shlex import join

        return join(["cnncalc", name, spec or self.name, *words, *options])

    def same_network(self, other: Graph) -> bool:
        """Whether both have the same layers under the same names, joined the same way."""
        mine, its = (
            [(node.name, node.layer, node.sources, node.output, node.shared) for node in graph.nodes]
            for graph in (self, other)
        )
        return mine == its and self.inputs == other.inputs
