"""Analysis -> Rows: the layers, with those of a block taken together down to a depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cnncalc.analysis import Analysis, InputResult, LayerResult
from cnncalc.errors import Problem, UsageError
from cnncalc.layers import ReceptiveField, Shape
from cnncalc.layers.notation import number
from cnncalc.symbolic import Size, add_up

ALL = 1_000_000


def depth_of(value: Any) -> int:
    """How deep blocks are opened, a number from 1 up or `all`; raises UsageError for anything else."""
    text = str(value)
    if text == "all":
        return ALL
    if text.isdecimal() and text.isascii() and int(text[:9]) > 0:
        return int(text[:9])
    raise UsageError([Problem(f"'{text}' is neither a number from 1 up nor 'all'")])


@dataclass(slots=True, eq=False, repr=False)
class Row:
    """A line of a report: the input, one layer, or the layers of a block together."""

    name: str
    label: str
    layers: list[LayerResult]
    source: InputResult | None = None

    @property
    def kind(self) -> str:
        """The layer type, `input`, or `block`."""
        if self.source is not None:
            return "input"
        return self.layers[0].kind if len(self.layers) == 1 else "block"

    @property
    def input(self) -> Shape:
        """The shape that comes in."""
        return self.source.shape if self.source else self.layers[0].input

    @property
    def output(self) -> Shape:
        """The shape that goes out."""
        return self.source.shape if self.source else self.layers[-1].output

    @property
    def receptive_field(self) -> ReceptiveField | None:
        """The receptive field of what goes out; None for the input."""
        return self.layers[-1].receptive_field if self.layers else None

    def length(self, attribute: str) -> tuple[Any, ...] | str:
        """The size of the receptive field, or another length of it; nothing for the input."""
        return self.receptive_field.read(attribute) if self.receptive_field else ""

    @property
    def depth(self) -> Size:
        """Weight layers on the longest path up to here."""
        return self.layers[-1].depth if self.layers else 0

    def quantity(self, name: str) -> Size:
        """A quantity that adds up, for the whole row."""
        if self.source is not None:
            return getattr(self.source, name, 0)
        if len(self.layers) == 1:
            return getattr(self.layers[0], name)  # type: ignore[no-any-return]
        return add_up(getattr(layer, name) for layer in self.layers)

    def operation(self, name: str) -> Size:
        """Operations of one class, for the whole row."""
        return add_up(getattr(layer.operations, name) for layer in self.layers)


def input_rows(analysis: Analysis) -> Iterator[Row]:
    """The first lines of a report: what comes in."""
    return (Row(each.name, "", [], each) for each in analysis.inputs)


def rows(analysis: Analysis, depth: int = ALL) -> Iterator[Row]:
    """The lines below the input, blocks opened `depth` deep: at 1 every block is one line.

    A path is that of a block if its layers stand one behind the other, and none of them has its name.
    """
    groups = analysis.graph.groups
    pending: list[LayerResult] = []
    path = ""
    scattered = _scattered(analysis.layers, depth)
    for layer in analysis.layers:
        parts = layer.name.split("/")
        here = "/".join(parts[:depth])
        if here in scattered:
            here = layer.name
        if pending and (here != path or here == layer.name):
            yield _row(path, pending, groups)
            pending = []
        path = here
        pending.append(layer)
    if pending:
        yield _row(path, pending, groups)


def _scattered(layers: list[LayerResult], depth: int) -> set[str]:
    """Paths of so many parts that layers have in front of their names in several places, or that are a name too."""
    found: set[str] = set()
    begun: set[str] = set()
    path = ""
    for layer in layers:
        parts = layer.name.split("/")
        here = "/".join(parts[:depth])
        if here in begun and (here != path or len(parts) <= depth):
            found.add(here)
        begun.add(here)
        path = here if len(parts) > depth else ""
    return found


def _row(path: str, layers: list[LayerResult], groups: dict[str, str]) -> Row:
    if len(layers) == 1 and path not in groups:
        return Row(layers[0].name, layer_label(layers[0]), layers)
    return Row(path, groups.get(path) or f"{len(layers)} layers", layers)


def layer_label(layer: LayerResult) -> str:
    """The layer in slide notation, and how often it stands in a row."""
    text = layer.node.layer.notation(short=True)
    return text if layer.node.times == 1 else f"{text} x{number(layer.node.times)}"
