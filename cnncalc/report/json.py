"""Report -> JSON: plain data, raw integers, nothing rounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from cnncalc.layers import Shape
from cnncalc.report.report import LINES_AT_ONCE, Options, Report
from cnncalc.symbolic import is_known


def render(report: Report, options: Options) -> Iterator[str]:
    """The data of a report as JSON text, piece by piece; an iterator in the data is a list that is made meanwhile."""
    data = report.data()
    if not isinstance(data, dict) or not any(isinstance(value, Iterator) for value in data.values()):
        yield dumped(data)
        return
    before = "{"
    for key, value in data.items():
        yield f"{before}\n {_text(key)}: "
        before = ","
        if isinstance(value, Iterator):
            yield from _listed(value)
        else:
            yield _text(value, "\n ")
    yield "\n}\n"


def _listed(values: Iterator[Any]) -> Iterator[str]:
    """A list one step in, its entries made and written a few at a time."""
    before = "["
    while texts := [_text(value, "\n  ") for value in islice(values, LINES_AT_ONCE)]:
        yield f"{before}\n  " + ",\n  ".join(texts)
        before = ","
    yield "[]" if before == "[" else "\n ]"


def dumped(data: Any) -> str:
    """Plain data as JSON text, as every command prints it."""
    return _text(data) + "\n"


def _text(value: Any, margin: str = "\n") -> str:
    """A value as `json.dumps` writes it with an indent of 1, which takes some times as long; `margin` starts a line."""
    inner = f"{margin} "
    if type(value) is int:
        return int.__repr__(value)
    if isinstance(value, dict) and value:
        entries = [f"{_key(key)}: {_text(entry, inner)}" for key, entry in value.items()]
        return f"{{{inner}{f',{inner}'.join(entries)}{margin}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{inner}{f',{inner}'.join([_text(entry, inner) for entry in value])}{margin}]"
    return _encode()(value)


def _key(key: Any) -> str:
    text = _encode()(key)
    return text if isinstance(key, str) else _encode()(text)


@cache
def _encode() -> Callable[[Any], str]:
    from json import JSONEncoder  # not needed by a table

    return JSONEncoder(default=raw).encode


def raw(value: Any) -> Any:
    """A count as JSON holds it: an integer, null, or a string in integer Python."""
    if value is None or is_known(value):
        return value
    from cnncalc.symbolic.printing import integer_python

    return integer_python(value)


def shape_data(shape: Shape) -> dict[str, Any]:
    """A volume as JSON holds it."""
    return {"channels": raw(shape.channels), "size": [raw(length) for length in shape.size]}


def inputs_data(inputs: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """The inputs of a network, each with its name, as parts of an answer: the first one, and of several all."""
    named = list(inputs)
    several = {"inputs": [{"name": name} | data for name, data in named]} if len(named) > 1 else {}
    return {"input": named[0][1], **several}
