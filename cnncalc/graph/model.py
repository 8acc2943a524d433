"""What expansion makes -> Graph: nodes in order, each with its layer, its inputs and its shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnncalc.errors import Span
from cnncalc.layers import Condition, Layer, Shape
from cnncalc.symbolic import Size

INPUT = -1
"""The source that stands for the input of the network."""


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """One layer in its place.

    `sources` are the indices of the nodes it reads, or INPUT; `input` is the shape its rules
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
    input: Shape
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
        return mine == its and self.input == other.input
