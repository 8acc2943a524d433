"""Graph -> its spec in YAML: folded, as a person writes it, or flat, with every block opened and one layer a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cnncalc.errors import Problem, Source, SpecError, printable
from cnncalc.export.folding import Entry, Folded, folded
from cnncalc.graph import INPUT, Graph, Node, build
from cnncalc.spec.readers.register import read
from cnncalc.symbolic import is_known

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .*+-]*\Z")
KEYWORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off"))


def render(graph: Graph, *, flat: bool = True) -> str:
    """YAML that parses to the same graph; symbols of the layers become parameters without a value.

    What the reader of its text assumed, or passed over, stands in comments at the top. A folded spec is read again,
    and is flat if it should not be the same network.
    """
    if graph.repeats:
        times = graph.repeats[0].times
        raise SpecError(
            [Problem(f"a repeat of {times} cannot be written out", None, f"give it a number: --set {times}=3")]
        )
    lines = [*(f"# {printable(note)}" for note in graph.assumed), f"name: {_scalar(graph.title or graph.name)}"]
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
    if not flat:
        text = "\n".join([*lines, *_parts(folded(graph))]) + "\n"
        if _same(text, graph):
            return text
    return "\n".join([*lines, "layers:", *_layers(graph)]) + "\n"


def _same(text: str, graph: Graph) -> bool:
    try:
        return build(read(Source(graph.name, text))).same_network(graph)
    except SpecError:
        return False


# Folded -----------------------------------------------------------------------------------------


def _parts(parts: Folded) -> Iterator[str]:
    if parts.defaults:
        yield "defaults:"
        yield from (f"  {kind}: {_mapping(values)}" for kind, values in parts.defaults.items())
    if parts.blocks:
        yield "blocks:"
    for block in parts.blocks:
        names = (name if value is None else f"{name}={_value(value)}" for name, value in block.parameters.items())
        yield f"  {block.name}({', '.join(names)}):"
        yield from _entries(block.items, "    ")
    yield "layers:"
    yield from _entries(parts.layers, "  ")


def _entries(entries: Iterable[Entry], margin: str) -> Iterator[str]:
    for entry in entries:
        siblings = {
            "name": _scalar(entry.name) if entry.name else "",
            "repeat": str(entry.repeat) if entry.repeat > 1 else "",
            "from": _references(entry.sources) if entry.sources else "",
            "share": _scalar(entry.share) if entry.share else "",
        }
        keys = [f"{key}: {text}" for key, text in siblings.items() if text]
        if entry.items:
            lines = [*keys, "group:"]
            yield from (f"{margin}{'  ' if number else '- '}{line}" for number, line in enumerate(lines))
            yield from _entries(entry.items, f"{margin}    ")
        elif keys:
            yield f"{margin}- {{{', '.join((f'{entry.kind}: {_main(entry)}', *keys))}}}"
        else:
            yield f"{margin}- {entry.kind}" + (f": {_main(entry)}" if entry.values else ":" * entry.call)


def _main(entry: Entry) -> str:
    """The values of an entry: the main one by itself, if it is the only one."""
    if not entry.values:
        return ""
    name, value = next(iter(entry.values.items()))
    return _value(value) if len(entry.values) == 1 and name == entry.main else _mapping(entry.values)


def _mapping(values: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {_value(value)}" for name, value in values.items()) + "}"


def _references(names: Sequence[str]) -> str:
    texts = [_scalar(name) for name in names]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


# Flat -------------------------------------------------------------------------------------------


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
            yield f"    from: {_references([*map(graph.source_name, node.sources)])}"
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
