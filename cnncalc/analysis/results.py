"""What the engine finds -> LayerResult, Totals and Analysis: numbers without any formatting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, ClassVar

from cnncalc.analysis.convention import Convention
from cnncalc.analysis.quantities import COUNTS, OF_A_NETWORK, named, value_of
from cnncalc.errors import Problem, SpecError, closest
from cnncalc.graph import Graph, Node
from cnncalc.layers import Operations, ReceptiveField, Shape
from cnncalc.layers.receptive_field import pixels
from cnncalc.limits import LONGEST_FORMULA
from cnncalc.result import Result
from cnncalc.symbolic import Size, add_up, is_known, length, maximum, normalise


@dataclass(slots=True, eq=False, repr=False)
class LayerResult:
    """What one layer makes and costs, for the whole batch, in the convention of its Analysis.

    A layer in a symbolic repeat counts for all its rounds; its receptive field is that of the last.

    Sizes are in values, `memory_bytes` in bytes; `activations` is 0 for a layer that works in
    place or only looks at its input under another shape. `params` are weights and biases, unless
    the convention counts others. Any count may be symbolic.
    """

    node: Node
    weights: Size
    biases: Size
    buffers: Size
    non_trainable: Size
    operations: Operations
    macs: Size
    flops: Size
    activations: Size
    memory_bytes: Size
    neurons: Size
    receptive_field: ReceptiveField
    depth: Size
    params: Size
    batch: Size = 1
    bias: bool = True

    @property
    def name(self) -> str:
        """The full name: blocks and groups, then the layer, joined by /."""
        return self.node.name

    @property
    def kind(self) -> str:
        """The layer type."""
        return self.node.layer.kind

    @property
    def input(self) -> Shape:
        """The shape that comes in, joined for a merging layer."""
        return self.node.input

    @property
    def output(self) -> Shape:
        """The shape that goes out."""
        return self.node.output

    def elsewhere(self, node: Node, seen: ReceptiveField, depth: Size) -> LayerResult:
        """The same counts at a node with an equal layer and an equal input."""
        return LayerResult(  # written out: dataclasses.replace takes many times as long
            node=node,
            weights=self.weights,
            biases=self.biases,
            buffers=self.buffers,
            non_trainable=self.non_trainable,
            operations=self.operations,
            macs=self.macs,
            flops=self.flops,
            activations=self.activations,
            memory_bytes=self.memory_bytes,
            neurons=self.neurons,
            receptive_field=seen,
            depth=depth,
            params=self.params,
            batch=self.batch,
            bias=self.bias,
        )

    @property
    def output_values(self) -> Size:
        """Numbers in the output, whether or not it has memory of its own."""
        return normalise(self.batch * self.node.times * self.output.values)

    @property
    def trainable(self) -> Size:
        """Weights and biases, whatever the convention counts as parameters."""
        return normalise(self.weights + self.biases)

    @property
    def connections(self) -> Size:
        """Arrows from real inputs to the layer's units, and from biases where these count."""
        return normalise(self.batch * self.node.times * self.node.layer.connections(self.node.input, bias=self.bias))


@dataclass(slots=True, eq=False, repr=False)
class InputResult:
    """What an input holds: it takes memory and costs nothing."""

    name: str
    shape: Shape
    activations: Size
    memory_bytes: Size

    @property
    def output_values(self) -> Size:
        """The same, as the input is never written over another volume."""
        return self.activations


@dataclass(slots=True, eq=False, repr=False)
class Analysis(Result):
    """A network's numbers: every layer in order, and what they add up to.

    `peak_memory_bytes` is the most that activations take at once during inference, each freed
    after its last use; None where that depends on a symbol.
    """

    view: ClassVar[str] = "show"

    graph: Graph
    convention: Convention
    batch: Size
    inputs: list[InputResult]
    layers: list[LayerResult]
    peak_memory_bytes: Size | None
    notes: list[str] = field(default_factory=list)
    fields_read: dict[str, list[ReceptiveField]] = field(default_factory=dict)
    """By name, what a layer reads where that is a part of inputs whose channels see different pixels."""
    uncompared: list[str] = field(default_factory=list)
    """Merges of branches with unknown jumps: what is counted holds only where these are equal."""

    @property
    def name(self) -> str:
        """The name the network was asked for by."""
        return self.graph.name

    @property
    def input(self) -> InputResult:
        """The first input, or the only one."""
        return self.inputs[0]

    @property
    def depth(self) -> Size:
        """Weight layers on the longest path."""
        return reduce(maximum, (layer.depth for layer in self.layers), 0)

    def seen_by(self, layer: LayerResult) -> list[ReceptiveField]:
        """The receptive field of every input of a layer, or of the part that it reads."""
        return self.fields_read.get(layer.name) or [
            self.layers[source].receptive_field if source >= 0 else pixels(self.graph.shape(source))
            for source in layer.node.sources
        ]

    def total(self, quantity: str) -> Size:
        """What a quantity, by any of its names, comes to for the whole network: a sum, a peak, a depth.

        A sum includes the activations and the memory of the inputs. Raises UsageError for another name, and for
        a quantity that only layers have.
        """
        quantity = named(quantity, OF_A_NETWORK)
        if quantity not in COUNTS:
            found: Size = value_of(self, quantity)
            return found
        held = (getattr(each, quantity, 0) for each in self.inputs)
        return add_up([*held, self.sum_over(self.layers, quantity)])

    def sum_over(self, layers: Iterable[LayerResult], quantity: str) -> Size:
        """The sum of a quantity over some of the layers."""
        if quantity not in COUNTS:
            raise ValueError(f"{quantity} does not add up; one of {', '.join(COUNTS)}")
        if quantity == "connections":
            return add_up(_connections(layers))
        return add_up(getattr(layer, quantity) for layer in layers)

    def layers_in(self, name: str) -> list[LayerResult]:
        """The layer of that name, or all layers of the block, the group or the repeat (conv5_1, conv5_2); or none."""
        path = name.strip("/")
        found = [layer for layer in self.layers if f"{layer.name}/".startswith(f"{path}/")]
        if found:
            return found
        rounds = re.compile(rf"{re.escape(path)}_[0-9]+/")
        return [layer for layer in self.layers if rounds.match(f"{layer.name}/")]

    def part(self, name: str) -> list[LayerResult]:
        """As `layers_in`; raises SpecError, with the nearest name, if there is none."""
        found = self.layers_in(name)
        if not found:
            message = f"no layer or block of {self.name} is called '{name}'"
            raise SpecError([Problem(message, None, self.nearest(name))])
        return found

    def nearest(self, name: str, also: Iterable[str] = ()) -> str:
        """The closest layer or block, or one of some other words, as a hint."""
        name = name.strip("/")
        paths = [layer.node.path for layer in self.layers]
        known = dict.fromkeys("/".join(path[:count]) for path in paths for count in range(1, len(path) + 1))
        ends = [path for path in known if path.endswith(f"/{name}")]
        if ends and name:
            return f"did you mean '{ends[0]}'?"
        return closest(name, [*known, *also]) or f"{self.graph.command('show', '--depth', 'all')} lists them"

    @property
    def totals(self) -> dict[str, Size]:
        """The sums of all quantities that add up, but for connections, which cost time to count."""
        return {quantity: self.total(quantity) for quantity in COUNTS if quantity != "connections"}

    @property
    def operations(self) -> Operations:
        """Operations of the whole network by class."""
        names = Operations._fields
        return Operations(*(add_up(getattr(layer.operations, name) for layer in self.layers) for name in names))

    @property
    def weight_memory_bytes(self) -> Size:
        """Bytes of all parameters, trainable or not."""
        return normalise((self.total("trainable") + self.total("non_trainable")) * self.convention.bytes_per_value)

    def layer(self, name: str) -> LayerResult:
        """The layer of that name; raises KeyError, with the nearest name, if there is none."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        hint = closest(name, [layer.name for layer in self.layers])
        raise KeyError(f"no layer is called {name!r}" + (f"; {hint}" if hint else ""))


def _connections(layers: Iterable[LayerResult]) -> Iterator[Size]:
    """The connections of layers, counted once for all that are alike.

    Raises SpecError where the sum is far too long to be written: symbols are counted tap by tap, which takes its time.
    """
    known: dict[Any, Size] = {}
    written, most = 0, LONGEST_FORMULA.value
    for layer in layers:
        key = (id(layer.node.layer), layer.input, layer.node.times, layer.batch)
        if key not in known:
            known[key] = layer.connections
            written += 0 if is_known(known[key]) else length(known[key], most)
        if written > most:
            message = (
                f"{layer.name}: up to here the connections have more than {most:,} numbers, symbols and operations"
            )
            raise SpecError(
                [Problem(message, layer.node.span, f"give some of the symbols a value; {LONGEST_FORMULA.hint}")]
            )
        yield known[key]
