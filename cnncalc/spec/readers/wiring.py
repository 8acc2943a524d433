"""Layers and joins of the values of a Python text -> the items of a spec, each with the layers that it reads."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cnncalc.errors import SpecError
from cnncalc.layers import CATALOGUE, Layer
from cnncalc.spec.model import Argument, Expected, Item, LayerItem, MergeItem, NameReference, Spec
from cnncalc.spec.readers.calls import Call, Framework, items_of
from cnncalc.spec.readers.keras_layers import KERAS, flat_behind, snake_case
from cnncalc.spec.readers.python_text import PythonText

STRAIGHT = "write the layers in straight lines, or paste what print(model) shows"
LAST = "the output must come from the last layer: leave out what is not used, or write the network as a spec"


class Tensor(NamedTuple):
    """What goes from layer to layer: the name of the layer that makes it, and whether it is known to be a vector."""

    source: str
    flat: bool | None = None


@dataclass(frozen=True)
class Sizes:
    """`x.shape`, `x.size(0)`: of sizes only the batch is known."""


class Wiring:
    """The items so far, in the order in which they run; each value is known by the layer that makes it."""

    def __init__(self, code: PythonText, spec: Spec, framework: Framework) -> None:
        self.code, self.spec, self.framework = code, spec, framework
        self.items: list[Item] = []
        self.last = ""
        self.names: dict[str, int] = {}
        """The names that are taken, and how often each was asked for again."""
        self.outputs: dict[str, ast.AST] = {}
        """Layers whose output is a value of the text, and where they are called."""
        self.read: set[str] = set()
        """The layers whose outputs others read."""
        self.calls: dict[int, tuple[Call, list[str]]] = {}
        """Every call that has made layers, and their names."""

    def enter(self, call: Call, tensor: Tensor, path: str, node: ast.AST) -> Tensor:
        """Enter a layer, behind the one that makes its input; a layer that runs again shares its weights."""
        automatic = snake_case(call.kind) if self.framework is KERAS else call.kind.lower()
        name = self.unique(call.name if self.framework is KERAS and call.name else path or call.name or automatic)
        placed = call._replace(name=name, flat=tensor.flat)
        made = items_of([placed], self.framework, self.spec)
        _, before = self.calls.setdefault(id(call), (call, [item.name for item in made]))
        for item, earlier in zip(made, before, strict=True):
            if item.name != earlier and isinstance(item, LayerItem) and _has_weights(item.layer):
                item.share = NameReference(earlier, item.span)
        flat = flat_behind(placed, tensor.flat) if self.framework is KERAS else None
        return self._append(made, tensor, flat, node)

    def _append(self, made: tuple[Item, ...], tensor: Tensor, flat: bool | None, node: ast.AST) -> Tensor:
        if tensor.source != (self.last or "input"):
            made[0].sources = (NameReference(tensor.source, made[0].span),)
        self.items.extend(made)
        self.last = made[-1].name
        self.outputs[self.last] = node
        self.read.add(tensor.source)
        return Tensor(self.last, flat)

    def plain(
        self, kind: str, tensor: Tensor, node: ast.AST, expected: Expected | None = None, **fields: Argument
    ) -> Tensor:
        """Enter a layer that no module stands for: flatten, reshape, a mean over the map."""
        item = LayerItem(span=self.code.span(node), layer=CATALOGUE[kind], name=self.unique(kind), arguments=fields)
        item.expected = expected
        return self._append((item,), tensor, kind == "flatten" or None, node)

    def merge(self, kind: str, inputs: list[Tensor], node: ast.AST) -> Tensor:
        """Enter a join of several values: add, concat, multiply; raises SpecError for fewer than two."""
        span = self.code.span(node)
        if len(inputs) < 2:
            raise self.code.refused(f"{kind} needs at least two values", node, STRAIGHT)
        sources = tuple(NameReference(each.source, span) for each in inputs)
        self.items.append(MergeItem(span=span, layer=CATALOGUE[kind], name=self.unique(kind), sources=sources))
        self.last = self.items[-1].name
        self.outputs[self.last] = node
        self.read.update(each.source for each in inputs)
        return Tensor(self.last, inputs[0].flat)

    def unique(self, name: str) -> str:
        """A name that no other layer has: conv2d, conv2d_1, ..."""
        found = name
        while found in self.names:
            self.names[name] += 1
            found = f"{name}_{self.names[name]}"
        self.names[found] = 0
        return found

    def finish(self, output: Tensor, node: ast.AST) -> None:
        """Enter the items in the spec; raises SpecError if the output is not the last, or a layer leads nowhere."""
        if output.source != self.last:
            raise self.code.refused(f"the network returns the output of {output.source}", node, LAST)
        unused = next((name for name in self.outputs if name not in self.read and name != self.last), None)
        if unused is not None:
            message = f"the output of {unused} is not used"
            raise self.code.refused(message, self.outputs[unused], "leave the layer out, or use what it makes")
        self.spec.items = tuple(self.items)

    def idle(self, calls: Iterable[Call]) -> bool:
        """Whether layers with weights are among some calls that have never made any."""
        left = [call for call in calls if call.kind in self.framework.modules and id(call) not in self.calls]
        made = items_of(left, self.framework, Spec(self.code.source))
        return any(isinstance(item, LayerItem) and _has_weights(item.layer) for item in made)

    def not_read(self, node: ast.AST) -> SpecError:
        """The error for code that a value goes into, and that is no layer and no known function."""
        text = self.code.text(node)
        shown = text if len(text) <= 50 else f"{text[:47]}..."
        return self.code.refused(f"'{shown}' is not read: it is no layer and no function that is known", node, STRAIGHT)


def _has_weights(layer: type[Layer]) -> bool:
    return layer.weight_factors is not Layer.weight_factors or layer.biases is not Layer.biases
