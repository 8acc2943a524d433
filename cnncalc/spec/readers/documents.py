"""A README, a notebook or a report with a network in it, as code or as it is printed -> Spec.

Code is what stands between fences, as in Markdown and in the cells of a notebook; without fences, the text without the
table that a program has printed. What is no Python is passed over. Lines keep their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnncalc.errors import Problem, Source
from cnncalc.spec.model import ArgumentError, LayerItem, Spec, Value
from cnncalc.spec.readers import printed_model, python
from cnncalc.spec.readers.python_text import is_python
from cnncalc.tables import summaries, torchinfo

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([\w.+-]*)")
PYTHON = ("", "python", "py", "python3", "ipython", "pycon")
COMPARED = ("filters", "units", "kernel")
HINT = "--network names the one that is meant, in a file of its own"


def recognises(text: str) -> bool:
    """Whether a text is more than a network: code between fences, or code and a table that a program has printed."""
    source = Source("", text)
    if any(map(FENCE.match, source.lines)):
        return python.recognises(text) or printed_model.recognises(text)
    return _has_print_out(source) and (python.recognises(text) or printed_model.recognises(text))


def read(source: Source) -> Spec:
    """The spec of the one network in a text; what is wrong with it is in `problems`."""
    found = beside(source)
    if found is not None:
        return found
    spec = Spec(source)
    spec.problems.append(Problem("the text holds no network that can be read", source.span()))
    return spec


def beside(source: Source) -> Spec | None:
    """The network that a text holds besides all else; None if there is none. Of two that differ, neither is taken."""
    code = _code(source)
    of_code = python.read(code) if code is not None and python.recognises(code.text) else None
    printed = printed_model.read(source) if printed_model.recognises(source.text) else None
    if of_code is None or printed is None:
        return of_code or printed
    if of_code.problems or printed.problems:
        return of_code if printed.problems else printed
    if _weighted(of_code) != _weighted(printed):
        place = printed.items[0].span if printed.items else source.span()
        message = "the text holds two networks that differ: one in code, and one that is printed"
        of_code.problems.append(Problem(message, place, HINT))
    return of_code


def _weighted(spec: Spec) -> list[str]:
    """The layers with weights and their settings, in no order: a print shows no forward."""
    values = {name: argument.value for name, argument in spec.parameters.items()}
    found = [item for item in spec.items if isinstance(item, LayerItem) and item.layer.weighted and not item.share]
    return sorted(str([item.layer.kind, *_settings(item, values)]) for item in found)


def _settings(item: LayerItem, values: dict[str, Value]) -> Iterator[Value]:
    for name in COMPARED:
        try:
            yield item.arguments[name].evaluate(values) if name in item.arguments else None
        except ArgumentError:
            yield None


def _code(source: Source) -> Source | None:
    """The Python in a text, at the same lines; None without any."""
    lines = [""] * len(source.lines)
    for start, block in _blocks(source):
        if is_python("\n".join(block)):
            lines[start : start + len(block)] = block
    return Source(source.name, "\n".join(lines)) if any(lines) else None


def _blocks(source: Source) -> Iterator[tuple[int, list[str]]]:
    """The lines between fences, each block with the number of its first; without fences what is no print-out."""
    if not any(map(FENCE.match, source.lines)):
        if _has_print_out(source):
            yield 0, _without_print_out(source)
        return
    opened, start = "", 0
    for number, line in enumerate(source.lines):
        fence = FENCE.match(line)
        if not opened and fence:
            opened, start, code = fence[1], number + 1, fence[2].lower() in PYTHON
        elif opened and fence and fence[1].startswith(opened) and not line.strip(" `~"):
            if code:
                yield start, source.lines[start:number]
            opened = ""


def _has_print_out(source: Source) -> bool:
    return summaries.recognises(source) or torchinfo.recognises(source)


def _without_print_out(source: Source) -> list[str]:
    """A text without the lines of the table that a program has printed, which stay empty."""
    first, last = (torchinfo if torchinfo.recognises(source) else summaries).extent(source)
    return ["" if first <= number <= last else line for number, line in enumerate(source.lines)]
