"""Graph -> the spec that says it all: every block opened, every number put in, one layer a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from cnncalc.errors import Problem, SpecError
from cnncalc.graph import INPUT, Graph, Node
from cnncalc.symbolic import is_known

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .*+-]*\Z")
KEYWORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off"))


def render(graph: Graph) -> str:
    """YAML that parses to the same graph; symbols of the layers become parameters without a value."""
    if graph.repeats:
        times = graph.repeats[0].times
        raise SpecError(
            [Problem(f"a repeat of {times} cannot be written out", None, f"give it a number: --set {times}=3")]
        )
    lines = [f"name: {_scalar(graph.title or graph.name)}"]
    if graph.about:
        lines.append(f"about: {_scalar(graph.about)}")
    if graph.reference:
        lines.append(f"source: {_scalar(graph.reference)}")
    texts = [_scalar("x".join(map(str, (*each.shape.size, each.shape.channels)))) for each in graph.inputs]
    if [each.name for each in graph.inputs] == ["input"]:
        lines.append(f"input: {texts[0]}")
    else:
        named = zip(graph.inputs, texts, strict=True)
        lines += ["inputs:", *(f"  {_scalar(each.name)}: {text}" for each, text in named)]
    symbols = sorted({name for node in graph.nodes for name in _symbols(node)})
    if symbols:
        lines += ["parameters:", *(f"  {name}:" for name in symbols)]
    lines += ["layers:", *_layers(graph)]
    return "\n".join(lines) + "\n"


def _symbols(node: Node) -> set[str]:
    """The symbols in a layer's own fields."""
    found: set[str] = set()
    parts = list(node.layer.given().values())
    while parts:
        part = parts.pop()
        if isinstance(part, list):
            parts += part
        found |= {str(free) for free in getattr(part, "free_symbols", ())}
    return found


def _layers(graph: Graph) -> Iterator[str]:
    for index, node in enumerate(graph.nodes):
        fields = node.layer.given().items()
        keys = ", ".join(f"{name}: {_value(value)}" for name, value in fields if name not in node.layer.counted)
        yield f"  - {node.layer.kind}" + (f": {{{keys}}}" if keys else ":")
        yield f"    name: {_scalar(node.name)}"
        previous = (index - 1 if index else INPUT,)
        if node.sources != previous:
            names = [_scalar(graph.source_name(source)) for source in node.sources]
            yield "    from: " + (names[0] if len(names) == 1 else f"[{', '.join(names)}]")
        if node.shared:
            yield f"    share: {_scalar(node.shared)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return str(value) if is_known(value) else _scalar(str(value))


def _scalar(text: str) -> str:
    """Text as YAML holds it: in double quotes unless it can only be read as itself."""
    if PLAIN.match(text) and text.lower() not in KEYWORDS and text == text.strip():
        return text
    return json.dumps(text)  # YAML reads JSON's strings, escapes and all
