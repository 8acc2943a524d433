"""The layers of a model of Keras and the calls between them -> the items and the inputs of a spec.

A layer of a functional model is called once for every one of its inbound nodes. A call reads the outputs of others,
each named by the layer, the number of its call, and the number of the output. A layer that is called again, or stands
in a model that is, shares its weights.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from cnncalc.errors import Span, SpecError
from cnncalc.layers import Layer
from cnncalc.limits import (
    DEEPEST_BLOCKS,
    LARGEST_SIZE,
    LONGEST_NAME,
    MOST_INPUTS,
    MOST_LAYERS,
    MOST_SOURCES,
    MOST_STEPS,
)
from cnncalc.spec.input_size import joined
from cnncalc.spec.model import INPUT, Argument, BrokenItem, InputSize, Item, LayerItem, NameReference, Spec
from cnncalc.spec.readers.calls import AXES, Call, items_of
from cnncalc.spec.readers.keras_json_layers import (
    COUNTED_AS,
    FRAMEWORK,
    FUNCTIONS,
    MERGES,
    call_of,
    check_class,
    merged,
    with_constant,
)
from cnncalc.spec.readers.keras_json_nodes import MODELS, Entry, Plan, Reference, plan_of, values_of
from cnncalc.spec.readers.keras_layers import flat_behind, input_of

NOT_A_NAME = re.compile(r"[^A-Za-z0-9_.+/-]")
OPERATIONS = re.compile(r"(?:keras|keras_core)(?:\.src)?\.ops\b")
"""The modules of Keras 3 whose classes are functions."""
HELD = ("weight_factors", "biases", "buffers")
"""The rules of a layer that holds numbers."""
MOST_NAMED = 5


class Value(NamedTuple):
    """What a call makes: the layer that makes it, and its axes, if they are known."""

    source: str
    axes: int | None = None


class Graph:
    """Enters the layers of a model into a spec, in the order in which they run."""

    def __init__(self, spec: Spec, places: Mapping[str, Span]) -> None:
        self.spec, self.places = spec, places
        self.items: list[Item] = []
        self.last = INPUT
        self.names: dict[str, int] = {INPUT: 0}
        self.inputs: list[InputSize] = []
        self.plans: dict[int, Plan] = {}
        """How every model runs, by the identity of its config."""
        self.models = 0
        """How often models have been called."""
        self.made: dict[int, list[str]] = {}
        """The names of the items that a layer has made first, by the identity of its entry."""
        self.read_sources = 0
        self.renamed: list[str] = []

    def read(self, model: dict[str, Any]) -> None:
        """Fill the spec; raises SpecError."""
        top = self._entry(model, self.spec.source.span())
        self.spec.name = top.name
        outputs = self._model(top, None, "", 0)
        if not self.items and not self.spec.problems:
            raise top.refused("the network has no layers")
        self.spec.items = tuple(self.items)
        if self.inputs:
            self.spec.input = joined(self.inputs)
        names = [each.source for each in outputs]
        if names != [self.last]:
            self.spec.notes.append(f"the output of the network is that of {_listed(names)}")
        if self.renamed:
            self.spec.notes.append(f"names that a spec cannot have are changed: {_listed(self.renamed)}")

    # Models -----------------------------------------------------------------------------------

    def _model(self, model: Entry, given: list[Value] | None, path: str, depth: int) -> list[Value]:
        """The outputs of a model on some values, or on inputs of the network; raises SpecError."""
        if depth > DEEPEST_BLOCKS.value:
            raise model.refused(f"models stand inside one another more than {DEEPEST_BLOCKS} deep")
        self.models += 1
        if self.models > MOST_STEPS.value:
            raise model.refused(f"models are called more than {MOST_STEPS} times", MOST_STEPS.hint)
        plan = self.plans.get(id(model.config))
        if plan is None:
            plan = self.plans[id(model.config)] = plan_of(model, self._entries(model))
        if model.kind == "Sequential":
            return self._sequential(model, plan.entries, given, path, depth)
        return self._functional(model, plan, given, path, depth)

    def _sequential(
        self, model: Entry, entries: list[Entry], given: list[Value] | None, path: str, depth: int
    ) -> list[Value]:
        if entries and entries[0].kind == "InputLayer":
            first, *entries = entries
            values = given or [self._input(first)]
        else:
            values = given or [self._input_before(model, entries)]
        if len(values) != 1:
            raise model.refused(f"a Sequential takes one value, not {len(values)}")
        for entry in entries:
            values = self._call(entry, list(values), path, depth)
        return values

    def _functional(self, model: Entry, plan: Plan, given: list[Value] | None, path: str, depth: int) -> list[Value]:
        if given is not None and len(given) != len(plan.inputs):
            raise model.refused(f"the model takes {len(plan.inputs)} values, not {len(given)}")
        made: dict[tuple[str, int], list[Value]] = {}
        for number, entry in enumerate(plan.inputs):
            made[entry.name, 0] = [given[number] if given else self._input(entry)]
        for entry, number in plan.order:
            values = [self._output(each, made) if isinstance(each, Reference) else each
                      for each in entry.calls[number]]  # fmt: skip
            made[entry.name, number] = self._call(entry, values, path, depth)
        return [self._output(each, made) for each in plan.outputs]

    def _output(self, reference: Reference, made: Mapping[tuple[str, int], list[Value]]) -> Value:
        values = made[reference.layer, reference.call]
        if reference.output < len(values):
            return values[reference.output]
        span = self.places.get(reference.layer, self.spec.source.span())
        message = (
            f"{reference.layer}: only {len(values)} of its outputs is known, and output {reference.output + 1} is read"
        )
        raise Call("", span).refused(message)

    # Layers -----------------------------------------------------------------------------------

    def _call(self, entry: Entry, values: list[Any], path: str, depth: int) -> list[Value]:
        """What a layer, or a model, makes of some values; what is wrong with it is a problem of the spec."""
        name = self._unique(path + entry.name, entry)
        if entry.kind in MODELS and "layers" in entry.config:
            inputs = [each for each in values if isinstance(each, Value)]
            return self._model(entry, inputs, f"{name}/", depth + 1)
        read = [each for each in values if isinstance(each, Value)]
        self.read_sources += len(read)
        if self.read_sources > MOST_SOURCES.value and len(read) > 1:
            raise entry.refused(f"all layers together read more than {MOST_SOURCES}", MOST_SOURCES.hint)
        if len(self.items) >= MOST_LAYERS.value:
            raise entry.refused(f"the network has more than {MOST_LAYERS} layers", MOST_LAYERS.hint)
        axes = read[0].axes if read else None
        made: list[Item] = [BrokenItem(span=entry.span, name=name)]
        try:
            made, axes = self._made(entry, name, values, read)
        except SpecError as error:
            for problem in error.problems:
                label = "" if problem.message.startswith(f"{name}: ") else f"{name}: "
                self.spec.problems.append(problem._replace(message=f"{label}{problem.message}"))
        if read and not made[0].sources and read[0].source != self.last:
            made[0].sources = (NameReference(read[0].source, entry.span),)
        earlier = self.made.setdefault(id(entry), [item.name for item in made])
        for item, other in zip(made, earlier, strict=False):
            if item.name != other and isinstance(item, LayerItem) and _has_weights(item):
                item.share = NameReference(other, entry.span)
        self.items.extend(made)
        self.last = made[-1].name
        return [Value(self.last, axes)]

    def _made(self, entry: Entry, name: str, values: list[Any], read: list[Value]) -> tuple[list[Item], int | None]:
        """The items of a layer on some values, and the axes behind it; raises SpecError."""
        axes = read[0].axes if read else None
        operation = isinstance(entry.module, str) and OPERATIONS.match(entry.module) is not None
        call = Call(entry.kind, entry.span, name=name, flat=None if axes is None else axes == 0)
        if entry.kind in ("TFOpLambda", "SlicingOpLambda"):
            written = str(entry.config.get("function", ""))
            call, operation = call._replace(kind=FUNCTIONS.get(written.rpartition(".")[2], written)), True
        check_class(call, entry.module, operation=operation)
        if not read:
            raise call.refused(f"{call.kind} reads nothing")
        if operation and len(read) == 1:
            constants = [each for each in values if not isinstance(each, Value)]
            if len(constants) != 1 or (call.kind in ("Subtract", "Divide") and values[0] is constants[0]):
                raise call.refused(f"{call.kind} of one value needs a number behind it")
            return with_constant(call, constants[0]), axes
        if call.kind in MERGES:
            if call.kind in COUNTED_AS:
                self._note(f"{call.kind} is counted as {COUNTED_AS[call.kind]}")
            whole = next((each.axes for each in read if each.axes), axes)
            found = merged(call, [each.source for each in read], entry.config, axes)
            found[-1].name = name
            return found, whole
        if len(read) > 1:
            raise call.refused(f"{call.kind} takes one value, not {len(read)}")
        call = call_of(call, entry.config, axes)
        scratch = Spec(self.spec.source)
        made = list(items_of([call], FRAMEWORK, scratch))
        for note in scratch.notes:
            self._note(note)
        if scratch.problems:
            raise SpecError(scratch.problems)
        if call.kind == "Rescaling" and any(isinstance(entry.config.get(key), list) for key in ("scale", "offset")):
            self._note(f"{name} has a factor for every channel, the first of which is shown")
        return made, _axes_behind(call, axes)

    def _note(self, note: str) -> None:
        if note not in self.spec.notes:
            self.spec.notes.append(note)

    # Inputs -----------------------------------------------------------------------------------

    def _input(self, entry: Entry) -> Value:
        """An input of the network, from its InputLayer; raises SpecError if it has no size."""
        config = entry.config
        shape = config.get("batch_shape") or config.get("batch_input_shape") or entry.built
        if not isinstance(shape, list):
            raise entry.refused("the input has no batch_shape")
        return self._sized(shape, entry)

    def _input_before(self, model: Entry, entries: list[Entry]) -> Value:
        """The input of a Sequential without an InputLayer; the command line gives it if it is not in the file."""
        first = entries[0].config if entries else {}
        shapes = (first.get("batch_input_shape"), model.config.get("build_input_shape"), model.built)
        shape = next((each for each in shapes if isinstance(each, list) and each), None)
        if shape is None:
            return Value(INPUT)
        return self._sized(shape, replace(entries[0] if entries else model, name=INPUT))

    def _sized(self, shape: list[Any], entry: Entry) -> Value:
        if len(self.inputs) >= MOST_INPUTS.value:
            raise entry.refused(f"the network has more than {MOST_INPUTS} inputs", MOST_INPUTS.hint)
        parts = shape[1:]
        if any(type(part) is int and part > LARGEST_SIZE.value for part in parts):
            raise entry.refused(f"a size of the input is larger than {LARGEST_SIZE}", LARGEST_SIZE.hint)
        if any(part is not None and type(part) is not int for part in parts):
            raise entry.refused("every size of the input is a number or null")
        call = Call("InputLayer", entry.span, (), {"batch_shape": Argument.of((None, *parts), entry.span)})
        found = input_of(call)
        if found is None:
            raise entry.refused("the input has no size")
        number = str(len(self.inputs) + 1) if self.inputs else ""
        sizes = tuple(f"{size}{number}" if isinstance(size, str) else size for size in found.sizes)
        name = INPUT if entry.name == INPUT else self._unique(entry.name, entry)
        self.inputs.append(replace(found, sizes=sizes, name=name))
        self.last = name if len(self.inputs) == 1 and not self.items else self.last
        return Value(name, len(sizes))

    # Entries ----------------------------------------------------------------------------------

    def _entries(self, model: Entry) -> list[Entry]:
        """The layers of a model; raises SpecError for what is not a list of layers."""
        layers = model.config.get("layers")
        if not isinstance(layers, list):
            raise model.refused(f"{model.kind} has no list of layers")
        found = [self._entry(layer, model.span) for layer in layers]
        times = Counter(entry.name for entry in found)
        twice = next((name for name, count in times.items() if count > 1), None)
        if twice is not None and model.kind != "Sequential":
            raise model.refused(f"two layers are called '{twice}'")
        return found

    def _entry(self, layer: Any, around: Span) -> Entry:
        if not isinstance(layer, dict) or not isinstance(layer.get("class_name"), str):
            raise Call("", around).refused("a layer of a model must be an object with a class_name")
        kind, config = layer["class_name"], layer.get("config")
        if kind == "Sequential" and isinstance(config, list):  # Keras 2.0
            config = {"layers": config}
        if not isinstance(config, dict):
            raise Call("", around).refused(f"{kind} has no config")
        name = layer.get("name") or config.get("name") or kind.lower()
        if not isinstance(name, str) or len(name) > LONGEST_NAME.value:
            raise Call("", around).refused(
                f"the name of a {kind} must be a word of at most {LONGEST_NAME} characters", LONGEST_NAME.hint
            )
        span = self.places.get(name, around)
        built = layer.get("build_config")
        package = str(layer.get("registered_name") or "").rpartition(">")[
            0
        ]  # of a class that its author has registered
        entry = Entry(name, kind, layer.get("module") or package.lower() or None, config, span)
        entry.built = built.get("input_shape") if isinstance(built, dict) else None
        nodes = layer.get("inbound_nodes")
        if isinstance(nodes, list):
            entry.calls = [values_of(node) for node in nodes]
            entry.old = any(isinstance(node, list) for node in nodes)
        return entry

    def _unique(self, written: str, entry: Entry) -> str:
        """A name that a spec can have, and that no other layer has."""
        cleaned = "/".join(part for part in NOT_A_NAME.sub("_", written).split("/") if part)
        cleaned = cleaned if cleaned[:1].isalnum() or cleaned[:1] == "_" else f"_{cleaned}"
        if len(cleaned) > LONGEST_NAME.value:
            raise entry.refused(f"a name has at most {LONGEST_NAME} characters", LONGEST_NAME.hint)
        if cleaned != written:
            self.renamed.append(f"'{written}' is called {cleaned}")
        name = cleaned
        while name in self.names:
            self.names[cleaned] += 1
            name = f"{cleaned}_{self.names[cleaned]}"
        self.names[name] = 0
        return name


def _axes_behind(call: Call, axes: int | None) -> int | None:
    """The axes of what a layer makes of an input with so many; raises SpecError for channels first."""
    flat = flat_behind(call, None if axes is None else axes == 0)
    if flat:
        return 0
    if call.kind == "Reshape":
        shape = call.named["target_shape"].value
        return len(shape) - 1 if isinstance(shape, tuple) else 0
    found = AXES.search(call.kind)
    return int(found[0]) if found else axes


def _has_weights(item: LayerItem) -> bool:
    return any(getattr(item.layer, rule) is not getattr(Layer, rule) for rule in HELD)


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
