"""YAML text with commas inside numbers -> a text and a tree in which 1,792 is one number, inside { } as well."""

from __future__ import annotations

import re

from cnncalc.errors import Source
from cnncalc.spec.yaml_reader import Node

VALUE = re.compile(r":\s[^\[\]{}\"'#\n]*")
COMMA = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
STAND_IN = "\ue02c"
"""For the comma of 1,792, which YAML would take for the end of an entry inside { }."""


def with_stand_ins(source: Source) -> Source:
    """The same source with a stand-in for every comma inside a number; all places stay."""
    text = VALUE.sub(lambda value: COMMA.sub(STAND_IN, value[0]), source.text)
    changed = Source(source.name, text)
    changed.lines = source.lines
    return changed


def restore(node: Node) -> None:
    """Put the commas back."""
    node.text = node.text.replace(STAND_IN, ",")
    if isinstance(node.value, str):
        node.value = node.value.replace(STAND_IN, ",")
    for part in node.items:
        restore(part)
    for key, value in node.pairs:
        restore(key)
        restore(value)
