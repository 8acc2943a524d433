"""The Node tree of a file -> Spec: the top-level keys, each read and checked.

All problems are gathered in `Spec.problems`; nothing is raised here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from cnncalc.errors import Problem, Source, Span, SpecError, closest, one_of
from cnncalc.layers import CATALOGUE
from cnncalc.layers.window import ROUNDINGS
from cnncalc.limits import LONGEST_NAME, MOST_INPUTS
from cnncalc.spec.expressions import KEYWORDS, Expression
from cnncalc.spec.input_size import joined, parse_input
from cnncalc.spec.model import Argument, Block, InputSize, Spec, Variant, expression_problem
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.readers.yaml_layers import LayerReader
from cnncalc.spec.readers.yaml_nodes import Node, read_yaml

OWN_KEY = re.compile(r"^(?:\{.*)?[\"']?layers[\"']?\s*:(?!\s*[{<])", re.MULTILINE)
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
BLOCK = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*(?:\((?P<parameters>.*)\))?\Z", re.DOTALL)
KEYS = (
    *("name", "about", "source", "input", "inputs", "rounding"),
    *("parameters", "variants", "defaults", "blocks", "layers"),
)
VARIANT_KEYS = ("name", "about", "input", "inputs", "set")


def recognises(text: str) -> bool:
    """Whether a text has a key `layers:`, as every spec in YAML has."""
    return OWN_KEY.search(text) is not None


def read(source: Source) -> Spec:
    """The spec that a YAML text holds, with all that is wrong with it in `problems`."""
    spec = Spec(source)
    try:
        root = read_yaml(source)
    except SpecError as error:
        spec.problems.extend(error.problems)
        return spec
    return spec_of(root, spec)


def spec_of(root: Node, spec: Spec) -> Spec:
    """The spec that a tree holds, read into an empty one, with all that is wrong with it in `problems`."""
    if root.kind != "map":
        what = "the file is empty" if root.value is None else f"a spec is a mapping, not {root.what}"
        spec.problems.append(Problem(what, root.span, "begin with 'input: 224x224x3' and 'layers:'"))
        return spec
    try:
        _SpecReader(spec).read(root)
    except SpecError as error:
        spec.problems[:] = error.problems
    return spec


class _SpecReader:
    """Reads the top-level keys in the order in which they need each other."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.items = LayerReader(spec.problems, spec.blocks, spec.defaults)

    def problem(self, message: str, span: Span, hint: str = "") -> None:
        self.spec.problems.append(Problem(message, span, hint))

    def read(self, root: Node) -> None:
        found = {key.text: value for key, value in root.pairs}
        for key, _ in root.pairs:
            if key.text not in KEYS:
                self.problem(f"unknown key '{key.text}'", key.span, closest(key.text, KEYS) or one_of(KEYS))
        readers: dict[str, Callable[[Node], None]] = {
            "name": self._texts,
            "about": self._texts,
            "source": self._texts,
            "rounding": self._rounding,
            "parameters": self._parameters,
            "variants": self._variants,
            "defaults": self._defaults,
            "blocks": self._blocks,
        }
        self.spec.name, self.spec.about, self.spec.reference = (
            found[key].text if key in found else "" for key in ("name", "about", "source")
        )
        for name, reader in readers.items():
            if name in found:
                reader(found[name])
        self.spec.input = self._inputs(found)
        if "layers" in found:
            self.items.names = frozenset((*self.spec.parameters, "in"))
            self.spec.items = self.items.items(found["layers"])
            if not self.spec.items:
                self.problem("the network has no layers", found["layers"].span)
        elif not any(key.text not in KEYS and "'layers'" in closest(key.text, KEYS) for key, _ in root.pairs):
            self.problem("the spec has no layers", root.span, "add 'layers:' with one '- layer' per line")

    def _texts(self, node: Node) -> None:
        if node.kind != "scalar":
            self.problem(f"text is expected here, not {node.what}", node.span)

    def _inputs(self, found: dict[str, Node]) -> InputSize | None:
        """The `input`, or the `inputs` by their names, as one."""
        if "inputs" not in found:
            return self._size(found["input"]) if "input" in found else None
        node = found["inputs"]
        if "input" in found:
            self.problem("a spec has either 'input' or 'inputs'", node.span, "put all inputs below 'inputs'")
            return None
        if node.kind != "map" or not node.pairs:
            what = (
                "is empty"
                if not (node.value or node.items)
                else f"must be a mapping of names to sizes, not {node.what}"
            )
            self.problem(f"'inputs' {what}", node.span, "as in inputs: {left: 64x64x3, right: 64x64x3}")
            return None
        if len(node.pairs) > MOST_INPUTS.value:
            message = f"the network has {len(node.pairs):,} inputs; the limit is {MOST_INPUTS}"
            self.problem(message, node.span, MOST_INPUTS.hint)
            return None
        named = [(self.items.name(key, input_allowed=True), self._size(value), key) for key, value in node.pairs]
        sizes = [replace(size, name=name, span=key.span) for name, size, key in named if name and size]
        try:
            return joined(sizes) if len(sizes) == len(named) else None
        except SpecError as error:
            self.spec.problems.extend(error.problems)
            return None

    def _size(self, node: Node) -> InputSize | None:
        if node.kind != "scalar":
            hint = "the key for several is 'inputs'" if node.kind == "map" else ""
            self.problem(f"the input is a size such as 224x224x3, not {node.what}", node.span, hint)
            return None
        try:
            return parse_input(node.text, span=node.span)
        except SpecError as error:
            self.spec.problems.extend(error.problems)
            return None

    def _rounding(self, node: Node) -> None:
        if node.text in ROUNDINGS:
            self.spec.rounding = node.text
        else:
            self.problem(f"unknown rounding {node.what}", node.span, closest(node.text, ROUNDINGS) or one_of(ROUNDINGS))

    def _mapping(self, node: Node, what: str) -> list[tuple[Node, Node]]:
        if node.kind == "map":
            return node.pairs
        if node.kind != "scalar" or node.value is not None:
            self.problem(f"{what} must be a mapping, one 'name: value' per line, not {node.what}", node.span)
        return []

    def _parameters(self, node: Node) -> None:
        for key, value in self._mapping(node, "parameters"):
            if key.text in KEYWORDS:
                self.problem(f"'{key.text}' has a meaning of its own in expressions", key.span, "choose another name")
                continue
            if len(key.text) > LONGEST_NAME.value:
                self.problem(f"a name has at most {LONGEST_NAME} characters", key.span, LONGEST_NAME.hint)
                continue
            if not IDENTIFIER.match(key.text):
                self.problem(f"{key.what} cannot name a parameter", key.span, "letters, digits and _ make a name")
                continue
            self.items.names = self.spec.parameters.keys()
            argument = self.items.argument(value)
            # A value that could not be read is already a problem; the name is known all the same.
            self.spec.parameters[key.text] = argument or Argument(None, value.span)

    def _variants(self, node: Node) -> None:
        for key, value in self._mapping(node, "variants"):
            parts = {part.text: entry for part, entry in self._mapping(value, f"variant {key.text}")}
            for part, _ in value.pairs:
                if part.text not in VARIANT_KEYS:
                    is_parameter = part.text in self.spec.parameters
                    hint = "a parameter goes under 'set:'" if is_parameter else one_of(VARIANT_KEYS)
                    self.problem(f"unknown key '{part.text}' in variant {key.text}", part.span, hint)
            settings = self.settings(parts["set"]) if "set" in parts else {}
            title, about = (parts[name].text if name in parts else "" for name in ("name", "about"))
            size = self._inputs(parts)
            self.spec.variants[key.text] = Variant(key.text, title or key.text, about, settings, size)

    def settings(self, node: Node) -> dict[str, Argument]:
        """Values for parameters of the spec."""
        result = {}
        self.items.names = frozenset()
        for key, value in self._mapping(node, "set"):
            if key.text not in self.spec.parameters:
                hint = closest(key.text, self.spec.parameters) or one_of(tuple(self.spec.parameters))
                self.problem(f"no parameter '{key.text}'", key.span, hint)
                continue
            argument = self.items.argument(value)
            if argument is not None:
                result[key.text] = argument
        return result

    def _defaults(self, node: Node) -> None:
        self.items.names = frozenset((*self.spec.parameters, "in"))
        for key, value in self._mapping(node, "defaults"):
            layer = CATALOGUE.get(key.text)
            if layer is None:
                self.problem(f"unknown layer '{key.text}'", key.span, closest(key.text, CATALOGUE))
                continue
            arguments = self.items.layer_arguments(layer, value)
            self.spec.defaults.setdefault(layer, {}).update(arguments or {})

    def _blocks(self, node: Node) -> None:
        pairs = self._mapping(node, "blocks")
        bodies = []
        for key, body in pairs:
            block = self._declared(key)
            if block is not None:
                self.spec.blocks[block.name] = block
                bodies.append((block, body))
        for block, body in bodies:
            self.items.names = frozenset((*self.spec.parameters, *block.parameters, "in"))
            block.items = self.items.items(body, f"block {block.name}")

    def _declared(self, key: Node) -> Block | None:
        """The block that `bottleneck(width, stride=1)` declares, its body still to come."""
        match = BLOCK.match(key.text.rstrip())
        if match and len(match["name"]) > LONGEST_NAME.value:
            self.problem(f"a name has at most {LONGEST_NAME} characters", key.span, LONGEST_NAME.hint)
            return None
        if match is None:
            self.problem(f"{key.what} does not declare a block", key.span, "as in bottleneck(width, stride=1):")
            return None
        if match["name"] in CATALOGUE or match["name"] in self.spec.blocks or match["name"] == "group":
            self.problem(f"the name '{match['name']}' is taken", key.span, "choose another name for the block")
            self.items.refused.add(match["name"])
            return None
        block = Block(match["name"], {}, (), key.span)
        start = match.start("parameters")
        for part in _split(match["parameters"] or ""):
            name, equals, default = (piece.strip() for piece in part.partition("="))
            if part.strip():
                span = key.span.part(start + len(part) - len(part.lstrip()), len(part.strip()))
                self._parameter(block, name, default if equals else None, span)
            start += len(part) + 1
        return block

    def _parameter(self, block: Block, name: str, default: str | None, span: Span) -> None:
        if name in block.parameters:
            self.problem(f"{block.name} has the parameter '{name}' twice", span)
            return
        if not IDENTIFIER.match(name) or name in KEYWORDS:
            self.problem(f"'{name}' cannot name a parameter of {block.name}", span)
            return
        block.parameters[name] = None
        value = span.part(span.length - len(default or ""), len(default or ""))
        if default is not None:
            try:
                block.parameters[name] = Argument(Expression(default), value)
            except ExpressionError as error:
                self.spec.problems.append(expression_problem(error, value))
                block.parameters[name] = Argument(None, value)  # unknown, and so is what depends on it


def _split(text: str) -> Iterator[str]:
    """The parts of a text between the commas that stand in no brackets."""
    start = depth = 0
    for place, mark in enumerate(text):
        depth += (mark in "([") - (mark in ")]")
        if mark == "," and depth <= 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]
