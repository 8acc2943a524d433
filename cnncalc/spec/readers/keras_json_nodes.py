"""The layers of a model of Keras in JSON as they are written, and what each of their inbound nodes reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnncalc.errors import Span

MODELS = ("Sequential", "Functional", "Model")


class Reference(NamedTuple):
    """An output of a call, by the name of the layer, the number of the call and that of the output."""

    layer: str
    call: int
    output: int


@dataclass(eq=False)
class Entry:
    """A layer, or a model, as it stands in a model: what reads what is in `calls`."""

    name: str
    kind: str
    module: Any
    config: dict[str, Any]
    span: Span
    calls: list[list[Any]] = field(default_factory=list)
    """For every inbound node, the references and the numbers that the layer is called on."""
    built: Any = None
    """The shape of its input, where Keras writes it down."""


def references(written: Any) -> Iterator[Reference]:
    """The references in lists and objects, in their order: ["conv", 0, 0], or a list of such."""
    if isinstance(written, dict):
        written = list(written.values())
    if isinstance(written, list):
        if (found := _reference(written)) is not None:
            yield found
        else:
            for part in written:
                yield from references(part)


def _reference(written: Any) -> Reference | None:
    if isinstance(written, list) and len(written) in (3, 4) and isinstance(written[0], str):
        name, call, output = written[:3]
        if type(call) is int and type(output) is int and call >= 0 and output >= 0:
            return Reference(name, call, output)
    return None


def values_of(node: Any) -> list[Any]:
    """The references and the numbers that an inbound node has: of Keras 3 an object, of Keras 2 lists."""
    if isinstance(node, dict):
        return [*_arguments(node.get("args")), *_arguments(list(_named(node.get("kwargs"))))]
    if (one := _reference(node)) is not None:
        return [one, *_arguments(list(_named(node[3] if len(node) > 3 else None)))]
    found: list[Any] = []
    for part in node if isinstance(node, list) else []:
        found.extend(values_of(part))
    return found


def _named(given: Any) -> Iterator[Any]:
    """What is given by name, if it is a value or a number to reckon with."""
    for key, value in given.items() if isinstance(given, dict) else ():
        if key not in ("mask", "training", "name") and value is not None:
            yield value


def _arguments(written: Any) -> Iterator[Any]:
    if isinstance(written, list):
        if (found := _reference(written)) is not None:
            yield found
        else:
            for part in written:
                yield from _arguments(part)
    elif isinstance(written, dict) and written.get("class_name") == "__keras_tensor__":
        config = written.get("config")
        yield from references(config.get("keras_history") if isinstance(config, dict) else None)
    elif written is not None:
        yield written


def counted_from_0(entries: list[Entry], outputs: list[Reference]) -> list[Reference]:
    """Let all references count the calls of a model from 0, in the calls of the entries and in the outputs returned.

    Call 0 of a model may be that on inputs of its own, which no node stands for: Keras 2 counts so everywhere, Keras 3
    where a functional model makes an output of the network.
    """
    called = {entry.name: len(entry.calls) for entry in entries if entry.kind in MODELS}
    always = {entry.name for entry in entries if entry.kind in ("Functional", "Model")}
    read = [each for entry in entries for call in entry.calls for each in call if isinstance(each, Reference)]
    beyond = {each.layer for each in read if each.call == called.get(each.layer)}
    of_outputs = {each.layer for each in outputs if each.call == called.get(each.layer)}

    def shifted(each: Any, layers: set[str]) -> Any:
        return each._replace(call=each.call - 1) if isinstance(each, Reference) and each.layer in layers else each

    for entry in entries:
        entry.calls = [[shifted(each, beyond) for each in call] for call in entry.calls]
    return [shifted(each, beyond | of_outputs | always) for each in outputs]
