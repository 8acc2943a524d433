"""YAML text -> a tree of Nodes, each with its place: strict, bounded, and without surprises.

PyYAML does the parsing; its events are composed here, so that nothing is constructed that
the text did not say: YAML 1.2 scalars (`no` is a word, `010` is not a number), no tags, no
anchors or aliases (and so no billion laughs), no duplicate keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import yaml

from cnncalc.errors import Problem, ProblemList, Source, Span, SpecError
from cnncalc.limits import DEEPEST_YAML, LONGEST_TEXT

INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
LONGEST_INTEGER = 30
WORDS = {"true": True, "false": False, "True": True, "False": False, "null": None, "~": None, "": None}


class Node:
    """A scalar, list or mapping of the text; `value` is an int, bool, None or str, Nodes, or pairs of Nodes."""

    __slots__ = ("kind", "quoted", "span", "text", "value")

    def __init__(self, kind: Literal["scalar", "list", "map"], value: Any, span: Span, text: str = "") -> None:
        self.kind = kind
        self.value = value
        self.span = span
        self.text = text
        self.quoted = False

    @property
    def items(self) -> list[Node]:
        """The nodes of a list."""
        return self.value if self.kind == "list" else []

    @property
    def pairs(self) -> list[tuple[Node, Node]]:
        """The (key, value) nodes of a mapping."""
        return self.value if self.kind == "map" else []

    @property
    def what(self) -> str:
        """The node in a word or two, for messages."""
        if self.kind == "list":
            return "a list"
        if self.kind == "map":
            return "a mapping"
        text = self.text if len(self.text) <= 60 else f"{self.text[:57]}..."
        return "nothing" if self.value is None else f"'{text}'"


def read_yaml(source: Source) -> Node:
    """The one document of `source` as a Node; raises SpecError with every problem found."""
    if len(source.text) > LONGEST_TEXT.value:
        message = f"{source.name} is too large: over {LONGEST_TEXT} characters"
        raise SpecError([Problem(message, None, LONGEST_TEXT.hint)])
    if not source.text.isascii() and any("\ud800" <= character <= "\udfff" for character in source.text):
        raise SpecError([Problem(f"{source.name} has bytes that are not UTF-8", None, "write it in UTF-8")])
    try:
        return _Composer(source, fast=True).document()
    except yaml.YAMLError:
        pass  # the slow parser words its errors the same on every machine
    try:
        return _Composer(source, fast=False).document()
    except yaml.YAMLError as error:
        raise SpecError([_syntax_problem(source, error)]) from None


class _Composer:
    """Parser events -> Nodes, with a stack of its own and so without deep recursion."""

    def __init__(self, source: Source, *, fast: bool) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader) if fast else yaml.SafeLoader
        self.source = source
        self.events: Iterator[Any] = yaml.parse(source.text, Loader=loader)
        self.problems: list[Problem] = ProblemList()

    def document(self) -> Node:
        roots: list[Node] = []
        open_nodes: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent) and roots:
                problem = Problem("a second document begins here", self._span(event), "one spec is one document")
                raise SpecError([problem])
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._finish(open_nodes.pop())
                continue
            node = self._node(event)
            if node is None:
                continue
            (open_nodes[-1].value if open_nodes else roots).append(node)
            if node.kind != "scalar":
                open_nodes.append(node)
                if len(open_nodes) > DEEPEST_YAML.value:
                    raise SpecError([Problem(f"nested more than {DEEPEST_YAML} deep", node.span, DEEPEST_YAML.hint)])
        if self.problems:
            raise SpecError(self.problems)
        return roots[0] if roots else Node("scalar", None, self.source.span())

    def _node(self, event: Any) -> Node | None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"alias *{event.anchor}: aliases are not part of the spec language")
            return Node("scalar", None, self._span(event))
        if not isinstance(event, yaml.NodeEvent):
            return None
        if event.anchor is not None:
            self._refuse(event, f"anchor &{event.anchor}: anchors are not part of the spec language")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self._refuse(event, f"tag {tag}: tags are not part of the spec language")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        return Node("list" if isinstance(event, yaml.SequenceStartEvent) else "map", [], self._span(event))

    def _scalar(self, event: Any) -> Node:
        text: str = event.value
        node = Node("scalar", text, self._span(event), text)
        node.quoted = event.style not in (None, "")
        if not node.quoted:
            if text in WORDS:
                node.value = WORDS[text]
            elif INTEGER.match(text) and len(text) <= LONGEST_INTEGER:
                node.value = int(text)
        return node

    def _finish(self, node: Node) -> None:
        """A mapping's keys and values as pairs, its keys checked."""
        if node.kind != "map":
            return
        node.value = list(zip(node.value[::2], node.value[1::2], strict=True))
        seen: dict[str, Node] = {}
        for key, _ in node.pairs:
            if key.kind != "scalar":
                self.problems.append(Problem("a key must be a word", key.span))
            elif key.text in seen:
                first = seen[key.text]
                self.problems.append(
                    Problem(f"'{key.text}' is given twice", key.span, related=(("first given here", first.span),))
                )
            seen.setdefault(key.text, key)

    def _refuse(self, event: Any, message: str) -> None:
        hint = "write it out, or make it a parameter or a block"
        self.problems.append(Problem(message, self._span(event), hint))

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return self.source.span(start.line, start.column, max(length, 1))


def _syntax_problem(source: Source, error: yaml.YAMLError) -> Problem:
    """What PyYAML found wrong, as a Problem."""
    if isinstance(error, yaml.reader.ReaderError):
        before = source.text[: error.position].splitlines(keepends=True) or [""]
        open_line = before[-1][-1:] not in ("\n", "\r")
        line, column = (len(before) - 1, len(before[-1])) if open_line else (len(before), 0)
        message = f"not a YAML file: the character U+{error.character:04X} has no place in a text"
        return Problem(message, source.span(line, column), "a spec is plain text")
    mark, reason = error.problem_mark, error.problem or "it cannot be read"  # type: ignore[attr-defined]
    context, opened = error.context, error.context_mark  # type: ignore[attr-defined]
    if opened is not None and "end of stream" in reason:
        mark = opened  # what was opened and never closed tells more than the end of the file
    last = len(source.lines) - 1
    span = source.span(mark.line, mark.column) if mark.line <= last else source.span(last, len(source.lines[last]))
    where = f" ({context})" if context and context != reason else ""
    return Problem(f"not valid YAML: {reason}{where}", span, _syntax_hint(source, mark, reason, context))


def _syntax_hint(source: Source, mark: Any, reason: str, context: str | None) -> str:
    line = source.lines[mark.line] if mark.line < len(source.lines) else ""
    if "\\t" in reason or "\t" in line[: mark.column + 1]:
        return "indent with spaces: YAML takes no tabs"
    if "but got '['" in reason:
        return 'inside { } put an expression with brackets in quotes: {filters: "widths[2]"}'
    if "while scanning a quoted scalar" in (context or ""):
        return "close the quote that opens here"
    if "mapping values" in reason:
        return "a key and its value on a line of their own, or { } around them"
    if "<stream end>" in reason:
        return "the text ends in the middle: close every bracket"
    return ""
