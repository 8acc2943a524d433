"""The layers of a model of Keras in JSON as they are written, and what each of their inbound nodes reads."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from cnncalc.errors import Problem, Span, SpecError, closest

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
    old: bool = False
    """Whether its inbound nodes are written as Keras 2 writes them."""
    built: Any = None
    """The shape of its input, where Keras writes it down."""

    def refused(self, message: str, hint: str = "") -> SpecError:
        """The error that this layer cannot be read."""
        return SpecError([Problem(f"{self.name}: {message}", self.span, hint)])


class Plan(NamedTuple):
    """How a model runs: its layers, those of its inputs, the calls in their order, and what it hands on."""

    entries: list[Entry]
    inputs: list[Entry]
    order: list[tuple[Entry, int]]
    outputs: list[Reference]


def plan_of(model: Entry, entries: list[Entry]) -> Plan:
    """The plan of a model with these layers; of a Sequential, only the layers. Raises SpecError."""
    if model.kind == "Sequential":
        return Plan(entries, [], [], [])
    outputs = counted_from_0(entries, list(references(model.config.get("output_layers"))))
    if not outputs:
        raise model.refused("the model has no output_layers")
    by_name = {entry.name: entry for entry in entries}
    named = [each.layer for each in references(model.config.get("input_layers"))]
    for name in named:
        if name not in by_name:
            raise model.refused(f"no layer makes the input '{name}'")
    order = ordered(entries, {(name, 0) for name in named})
    made = {(name, 0) for name in named} | {(entry.name, number) for entry, number in order}
    for reference in outputs:
        if (reference.layer, reference.call) not in made:
            raise model.refused(f"no layer makes the output '{reference.layer}'")
    return Plan(entries, [by_name[name] for name in named], order, outputs)


def ordered(entries: list[Entry], inputs: Set[tuple[str, int]]) -> list[tuple[Entry, int]]:
    """Every call after those that it reads, else in the order of the file; raises SpecError for a circle."""
    calls = {
        (entry.name, number): (at, number, entry)
        for at, entry in enumerate(entries)
        for number in range(len(entry.calls))
        if (entry.name, number) not in inputs
    }
    waiting: dict[tuple[str, int], int] = {}
    readers: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for key, (_, number, entry) in calls.items():
        needed = {(each.layer, each.call) for each in entry.calls[number] if isinstance(each, Reference)} - inputs
        for other in needed:
            if other not in calls:
                hint = closest(other[0], [each.name for each in entries if each.name != other[0]])
                raise entry.refused(f"no layer makes '{other[0]}', which it reads", hint)
            readers.setdefault(other, []).append(key)
        waiting[key] = len(needed)
    ready = [(*calls[key][:2], key) for key, count in waiting.items() if not count]
    heapify(ready)
    found = []
    while ready:
        *_, key = heappop(ready)
        found.append((calls[key][2], key[1]))
        for reader in readers.get(key, ()):
            waiting[reader] -= 1
            if not waiting[reader]:
                heappush(ready, (*calls[reader][:2], reader))
    if len(found) < len(calls):
        raise next(entry for key, (_, _, entry) in calls.items() if waiting[key]).refused(
            "it reads what comes out of it"
        )
    return found


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

    Call 0 of a model may be that on inputs of its own, which no node stands for. Keras 2 counts so wherever nothing
    reads a call 0; Keras 3 only where a functional model makes an output of the network.
    """
    read = [each for entry in entries for call in entry.calls for each in call if isinstance(each, Reference)]
    models = {entry.name: entry for entry in entries if entry.kind in MODELS}
    if any(entry.old for entry in entries):
        of_calls = of_outputs = models.keys() - {each.layer for each in (*read, *outputs) if not each.call}
    else:
        of_calls = set()
        of_outputs = {name for name, entry in models.items() if entry.kind != "Sequential"}

    def shifted(each: Any, layers: Set[str]) -> Any:
        inside = isinstance(each, Reference) and each.layer in layers and each.call
        return each._replace(call=each.call - 1) if inside else each

    for entry in entries:
        entry.calls = [[shifted(each, of_calls) for each in call] for call in entry.calls]
    return [shifted(each, of_outputs) for each in outputs]
