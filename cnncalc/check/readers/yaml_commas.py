"""YAML text with commas inside numbers -> a text and a tree where 1,792 is one number, inside { } and [ ] too."""

from __future__ import annotations

import re

from cnncalc.errors import Source
from cnncalc.spec.readers.yaml_nodes import Node

VALUE = re.compile(r":\s[^\[\]{}\"'#\n]*")
LIST = re.compile(r":\s*\[[^\[\]]*\]")
IN_VALUE = re.compile(r"(?<=[0-9]),(?=[0-9](?![\w/]*\s*:(?:\s|$)))")
IN_LIST = re.compile(r"(?<![0-9,.])([0-9]{1,3}(?:,[0-9]{3})+)(?!,?[0-9])(?=\s*[,\]KMGTP ])")
TUPLE = re.compile(r"(?<=[:\[,] )\((?:None|-?[0-9]+)(?:,\s*[0-9]+)+,?\)")
DASH = re.compile(r"(?<=: )[-?](?=\s*(?:[,}#]|$))", re.MULTILINE)
STAND_INS = {",": "\ue02c", "-": "\ue02d", "?": "\ue03f"}
"""For the comma of 1,792, which YAML would take for the end of an entry, and for a dash that stands for no answer."""
LONGEST_SHAPE = 6


def with_stand_ins(source: Source) -> Source:
    """The same source with a stand-in for every comma inside a number; all places stay."""
    text = VALUE.sub(lambda value: IN_VALUE.sub(STAND_INS[","], value[0]), source.text)
    text = LIST.sub(lambda found: _joined(found[0]), text)
    text = TUPLE.sub(lambda found: found[0].replace(",", STAND_INS[","]), text)
    text = DASH.sub(lambda mark: STAND_INS[mark[0]], text)
    changed = Source(source.name, text)
    changed.lines = source.lines
    return changed


def _joined(text: str) -> str:
    """A list whose entries are parted by a comma and a blank: in it a comma without one is inside a number."""
    if not re.search(r",\s", text):
        return text
    return IN_LIST.sub(lambda number: number[0].replace(",", STAND_INS[","]), text)


def restore(node: Node) -> None:
    """Put the commas back."""
    for mark, stand_in in STAND_INS.items():
        node.text = node.text.replace(stand_in, mark)
    if isinstance(node.value, str):
        node.value = node.text
    for part in node.items:
        restore(part)
    for key, value in node.pairs:
        restore(key)
        restore(value)


def shape_of(node: Node, least: int = 3) -> Node | None:
    """`[55, 55, 96]`, the sizes of one output, as the scalar that it would be in quotes; None for another list.

    Fewer than `least` parts are no shape.
    """
    parts = [part.text for part in node.items if part.kind == "scalar"]
    if not least <= len(parts) <= LONGEST_SHAPE or len(parts) < len(node.items):
        return None
    if not all(part.isdecimal() for part in parts[1:]) or not (parts[0].isdecimal() or parts[0] in ("None", "-1")):
        return None
    text = f"({', '.join(parts)})"
    return Node("scalar", text, node.span, text)


def hint_on(node: Node) -> str:
    """What may be meant by a list: `[1,792]` is 1 and 792 to YAML, `[7, 7]` two outputs."""
    parts = [part for part in node.items if part.kind == "scalar" and not part.quoted]
    if len(parts) < 2 or len(parts) < len(node.items):
        return ""
    texts = [part.text for part in parts]
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+", ",".join(texts)) and "," in _between(parts[0], parts[1]):
        return f"for one number quote it: ['{','.join(texts)}']"
    return ""


def _between(one: Node, other: Node) -> str:
    """What stands between two entries of a line, if it is no more than a comma."""
    line = one.span.source.lines[one.span.line]
    between = line[one.span.column + one.span.length : other.span.column]
    return between if one.span.line == other.span.line and between == "," else ""
