"""Nodes of a list of layers -> Items: types found, keys checked, values read as their fields want them."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any

from cnncalc.errors import Problem, Span, closest, one_of
from cnncalc.layers import CATALOGUE, Layer, Refused
from cnncalc.layers.fields import Field, Number
from cnncalc.limits import LONGEST_NAME
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import (
    INPUT,
    Argument,
    Block,
    BrokenItem,
    CallItem,
    GroupItem,
    Item,
    LayerItem,
    MergeItem,
    NameReference,
    expression_problem,
)
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.readers.yaml_nodes import Node

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_.+-]+)*\Z")
NOT_WHOLE = re.compile(r"[-+]?[0-9]*\.[0-9]+(e[-+]?[0-9]+)?\Z|[0-9]+(x[0-9]+)+\Z")
SIBLINGS = ("name", "repeat", "first", "when", "from", "share")


class LayerReader:
    """Reads lists of layers and the values in them, knowing the blocks and the defaults of the spec.

    `names` are those that an expression may use where it stands.
    """

    def __init__(
        self,
        problems: list[Problem],
        blocks: dict[str, Block] | None = None,
        defaults: dict[type[Layer], dict[str, Argument]] | None = None,
    ) -> None:
        self.problems = problems
        self.names: Set[str] = frozenset()
        self.blocks = {} if blocks is None else blocks
        self.defaults = {} if defaults is None else defaults
        self.refused: set[str] = set()
        """Names of blocks that could not be declared; calls of them are not problems of their own."""
        self.excused: set[str] = set()
        """Keys that stand in the wrong place, and so are not missed in the right one."""

    def problem(self, message: str, span: Span, hint: str = "") -> None:
        """Take note of a problem."""
        self.problems.append(Problem(message, span, hint))

    def items(self, node: Node, what: str = "layers") -> tuple[Item, ...]:
        """The entries of a list of layers."""
        if node.kind != "list":
            self.problem(f"{what} must be a list, one '- layer' per line, not {node.what}", node.span)
            return (BrokenItem(span=node.span),)
        return tuple(self.item(entry) for entry in node.items)

    def item(self, node: Node) -> Item:
        """One entry: `type`, `type: value`, or `type: {keys}`, with its sibling keys."""
        if node.kind == "scalar" and isinstance(node.value, str):
            return self._typed(node, node, Node("scalar", None, node.span), {})
        if node.kind != "map":
            empty = node.kind == "scalar" and node.value is None
            message = "this entry is empty" if empty else f"a layer is expected here, not {node.what}"
            self.problem(message, node.span)
            return BrokenItem(span=node.span)
        siblings = {key.text: value for key, value in node.pairs if key.text in SIBLINGS}
        types = [(key, value) for key, value in node.pairs if key.text not in SIBLINGS]
        if not types:
            self.problem("no layer type here", node.span, "a layer is '- type: value' with keys such as name beside it")
            return BrokenItem(span=node.span)
        known = [pair for pair in types if self._is_type(pair[0].text)] or types[:1]
        stray = [key for key, _ in types if key is not known[0][0]]
        for key in stray:
            self._stray_key(key, known[0][0].text)
        self.excused = {key.text for key in stray}
        item = self._typed(known[0][0], node, known[0][1], siblings)
        return item if len(types) == 1 else BrokenItem(span=node.span, name=item.name)

    def _is_type(self, name: str) -> bool:
        return name in CATALOGUE or name in self.blocks or name == "group"

    def _stray_key(self, key: Node, kind: str) -> None:
        hint = closest(key.text, SIBLINGS)
        if not hint and kind in CATALOGUE and key.text in CATALOGUE[kind].fields:
            hint = f"put it inside: {kind}: {{{key.text}: ...}}"
        elif not hint and self._is_type(key.text):
            hint = "one entry is one layer: begin a new line with '- '"
        self.problem(f"unknown key '{key.text}' beside '{kind}'", key.span, hint or one_of(SIBLINGS))

    def _typed(self, key: Node, node: Node, value: Node, siblings: dict[str, Node]) -> Item:
        """The item of the type that `key` names."""
        common = self._siblings(siblings, key.span)
        broken = BrokenItem(span=key.span, name=common.get("name", "") if common else "")
        layer = CATALOGUE.get(key.text)
        if key.text in self.refused:
            return broken
        sound = True
        if key.text in self.blocks:
            item = self._call(self.blocks[key.text], value, siblings, key.span)
        elif key.text == "group":
            item = GroupItem(span=key.span, items=self.items(value, "a group"))
            sound = self._only(siblings, "group", "first")
        elif layer is None:
            hint = closest(key.text, [*CATALOGUE, *self.blocks, "group"])
            self.problem(f"unknown layer '{key.text}'", key.span, hint or "docs/spec-format.md lists every layer")
            return broken
        elif layer.merges:
            item = self._merge(layer, value, siblings, key.span)
            sound = self._only(siblings, layer.kind, "first", "share")
        else:
            item = self._layer(layer, value, siblings, key.span)
        if item is None or common is None or not sound:
            return broken
        for name, setting in common.items():
            setattr(item, name, setting)
        return item

    def _layer(self, layer: type[Layer], value: Node, siblings: dict[str, Node], span: Span) -> Item | None:
        arguments = self.layer_arguments(layer, value)
        first = self._first(layer, siblings)
        if arguments is None or first is None:
            return None
        given = arguments.keys() | self.defaults.get(layer, {}).keys()
        missing = [name for name, field in layer.fields.items() if field.required and name not in given]
        for name in missing:
            if name in self.excused:
                continue
            keys = [f"{layer.main[0]}: {value.text}"] if layer.main and value.kind == "scalar" and value.text else []
            example = f"{layer.kind}: {{{', '.join([*keys, f'{name}: ...'])}}}"
            self.problem(f"{layer.kind} needs {name}: {layer.fields[name].doc}", span, f"write {example}")
        return None if missing else LayerItem(span=span, layer=layer, arguments=arguments, first=first)

    def _first(self, layer: type[Layer], siblings: dict[str, Node]) -> dict[str, Argument] | None:
        node = siblings.get("first")
        if node is None:
            return {}
        if node.kind != "map":
            self.problem("first must be a mapping of keys that hold for the first repeat only", node.span)
            return None
        return self.layer_arguments(layer, node, main=False)

    def _merge(self, layer: type[Layer], value: Node, siblings: dict[str, Node], span: Span) -> Item | None:
        if (value.kind == "map" and layer.keys()) or (value.kind == "scalar" and value.value is None):
            if "from" not in siblings:
                hint = f"write {layer.kind}: with a list of branches, or 'from: [a, b]' beside it"
                self.problem(f"{layer.kind} needs branches", span, hint)
                return None
            arguments = self.layer_arguments(layer, value)
            return None if arguments is None else MergeItem(span=span, layer=layer, arguments=arguments)
        if value.kind != "list" or len(value.items) < 2:
            self.problem(f"{layer.kind} takes a list of at least two branches", value.span, "an empty branch is []")
            return None
        branches = tuple(self._branch(branch) for branch in value.items)
        return MergeItem(span=span, layer=layer, branches=branches)

    def _branch(self, node: Node) -> tuple[Item, ...]:
        if node.kind == "scalar" and node.value is None:
            return ()
        return self.items(node) if node.kind == "list" else (self.item(node),)

    def _call(self, block: Block, value: Node, siblings: dict[str, Node], span: Span) -> Item | None:
        arguments = self._call_arguments(block, value)
        first: dict[str, Argument] | None = {}
        if "first" in siblings:
            first = self._call_arguments(block, siblings["first"])
        if arguments is None or first is None:
            return None
        missing = [name for name, default in block.parameters.items() if default is None and name not in arguments]
        if missing:
            self.problem(f"block {block.name} needs {', '.join(missing)}", span, f"it is {signature(block)}")
            return None
        return CallItem(span=span, block=block.name, arguments=arguments, first=first)

    def _call_arguments(self, block: Block, node: Node) -> dict[str, Argument] | None:
        if node.kind == "scalar" and node.value is None:
            return {}
        names = list(block.parameters)
        if node.kind == "map":
            given = [(key.text, key.span, value) for key, value in node.pairs]
        else:
            values = node.items if node.kind == "list" else [node]
            if len(values) > len(names):
                hint = f"it is {signature(block)}"
                self.problem(f"block {block.name} takes {len(names)} arguments, not {len(values)}", node.span, hint)
                return None
            given = [(name, value.span, value) for name, value in zip(names, values, strict=False)]
        result: dict[str, Argument] = {}
        sound = True
        for name, span, value in given:
            argument = self.argument(value)
            if value.kind == "scalar" and value.value is None:
                self.problem(f"{name} has no value", span, f"it is {signature(block)}")
                argument = None
            if name not in block.parameters:
                hint = closest(name, names) or f"it is {signature(block)}"
                self.problem(f"block {block.name} has no parameter '{name}'", span, hint)
                sound = False
            elif argument is None:
                sound = False
            else:
                result[name] = argument
        return result if sound else None

    # Sibling keys ---------------------------------------------------------------------------

    def _siblings(self, nodes: dict[str, Node], span: Span) -> dict[str, Any] | None:
        """The sibling keys as fields of an Item; None if any is wrong."""
        before = len(self.problems)
        result: dict[str, Any] = {}
        if "name" in nodes:
            result["name"] = self.name(nodes["name"]) or ""
        for key in ("repeat", "when"):
            if key in nodes and nodes[key].kind == "scalar" and nodes[key].value is None:
                self.problem(f"'{key}' has no value", nodes[key].span, f"write {key}: 2, or leave it out")
            elif key in nodes:
                result[key] = self.argument(nodes[key])
        if "from" in nodes:
            listed = nodes["from"].items if nodes["from"].kind == "list" else [nodes["from"]]
            result["sources"] = tuple(reference for node in listed if (reference := self._reference(node)))
        if "share" in nodes:
            result["share"] = self._reference(nodes["share"])
        return result if len(self.problems) == before else None

    def _only(self, nodes: dict[str, Node], what: str, *useless: str) -> bool:
        """Whether an entry has none of the sibling keys that mean nothing for it."""
        found = [name for name in useless if name in nodes]
        for name in found:
            self.problem(f"'{name}' is not allowed beside a {what}", nodes[name].span, "put it beside a layer inside")
        return not found

    def name(self, node: Node, *, input_allowed: bool = False) -> str | None:
        """The name of an entry, or of an input of the network, which alone may be called `input`."""
        if node.kind != "scalar" or node.value is None or not NAME.match(node.text):
            self.problem(f"a name is letters, digits and _ . + -, not {node.what}", node.span)
            return None
        if len(node.text) > LONGEST_NAME.value:
            self.problem(f"a name has at most {LONGEST_NAME} characters", node.span, LONGEST_NAME.hint)
            return None
        if node.text == INPUT and not input_allowed:
            self.problem("the name 'input' is taken: it is the input of the network", node.span, "choose another name")
            return None
        return node.text

    def _reference(self, node: Node) -> NameReference | None:
        if node.kind != "scalar" or node.value is None or not NAME.match(node.text):
            self.problem(f"the name of a layer is expected here, not {node.what}", node.span)
            return None
        return NameReference(node.text, node.span)

    # Values ---------------------------------------------------------------------------------

    def argument(self, node: Node, field: Field[Any] | None = None) -> Argument | None:
        """The value of a node: a word the field knows, a constant, a list, or an expression."""
        if node.kind == "list":
            for part in node.items:
                if part.kind == "scalar" and part.value is None:
                    self.problem("an entry of this list has no value", part.span)
                    return None
            parts = [self.argument(part, field) for part in node.items]
            return None if None in parts else Argument(tuple(part for part in parts if part), node.span)
        if node.kind == "map":
            self.problem(f"a value is expected here, not {node.what}", node.span)
            return None
        if field is not None and (isinstance(field, Number) or node.text in field.words):
            return Argument(node.text, node.span)
        if not isinstance(node.value, str):
            return Argument(node.value, node.span)
        return self._expression(node, field)

    def _expression(self, node: Node, field: Field[Any] | None) -> Argument | None:
        span = node.span.part(1, node.span.length - 2) if node.quoted else node.span
        if NOT_WHOLE.match(node.text):
            hint = f"one per axis is written [{node.text.replace('x', ', ')}]" if "x" in node.text else ""
            self.problem(f"{node.text} is not a whole number", span, hint)
            return None
        try:
            expression = Expression(node.text)
        except ExpressionError as error:
            words = field.words if field else ()
            problem = expression_problem(error, span)
            hint = closest(node.text, words) or (one_of(words) if words else error.hint)
            self.problems.append(Problem(problem.message, problem.span, hint))
            return None
        unknown = [name for name in expression.names if name not in self.names]
        for name in unknown:
            self._unknown_name(name, node, span.part(expression.names[name], len(name)), field)
        return None if unknown else Argument(expression, span)

    def _unknown_name(self, name: str, node: Node, span: Span, field: Field[Any] | None) -> None:
        """A name in an expression that nothing gives a value; perhaps it was to be a word."""
        words = field.words if field else ()
        hint = closest(name, (*self.names, *words))
        parameters = sorted(self.names - {"in"})
        if not hint and parameters and not words:
            hint = f"the parameters here are {', '.join(parameters)}"
        message = f"unknown name '{name}'"
        if field is not None and node.text == name:
            message = f"{field.name} must be {field.accepts}, not '{name}'"
        self.problem(message, span, hint)

    def layer_arguments(self, layer: type[Layer], node: Node, main: bool = True) -> dict[str, Argument] | None:
        """The keys given for a layer, each read by its field; None if any is wrong."""
        if node.kind == "scalar" and node.value is None:
            return {}
        if node.kind != "map":
            return self._main_argument(layer, node) if main else None
        result: dict[str, Argument] = {}
        sound = True
        for key, value in node.pairs:
            keys = layer.keys()
            field = keys.get(key.text)
            if field is None:
                hint = closest(key.text, keys) or (one_of(tuple(keys)) if keys else f"{layer.kind} has no keys")
                if key.text in SIBLINGS:
                    hint = f"put '{key.text}' beside '{layer.kind}', not inside it"
                self.problem(f"{layer.kind} has no key '{key.text}'", key.span, hint)
                sound = False
                continue
            argument = self._checked(field, value)
            sound = sound and argument is not None
            if argument is not None:
                result[key.text] = argument
        return result if sound else None

    def _main_argument(self, layer: type[Layer], node: Node) -> dict[str, Argument] | None:
        if not layer.main:
            keys = f"its keys go in {{ }}: {', '.join(layer.fields)}" if layer.fields else "it has no keys"
            self.problem(f"{layer.kind} takes no value by itself", node.span, keys)
            return None
        argument = self._checked(layer.fields[layer.main[0]], node)
        return None if argument is None else {layer.main[0]: argument}

    def _checked(self, field: Field[Any], node: Node) -> Argument | None:
        """The argument of a field; a constant that the field refuses is a problem here already."""
        argument = self.argument(node, field)
        if argument is not None and argument.constant:
            try:
                field.read(argument.evaluate({}))
            except Refused as refused:
                self.problem(str(refused), node.span, refused.hint or (one_of(field.words) if field.words else ""))
                return None
        return argument


def signature(block: Block) -> str:
    """A block as it is declared: `bottleneck(width, stride=1)`."""
    parts = []
    for name, default in block.parameters.items():
        shown = default.value.text if default and isinstance(default.value, Expression) else default and default.value
        parts.append(name if default is None else f"{name}={str(shown).lower() if isinstance(shown, bool) else shown}")
    return f"{block.name}({', '.join(parts)})"
