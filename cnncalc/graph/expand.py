"""Spec -> Graph: items put in place one by one, each layer made, checked and given its shape.

Every problem met is kept and all are raised together; what follows a layer whose output is
not known is passed over in silence, so that one mistake is one problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import singledispatchmethod
from typing import Any

from cnncalc.errors import Problem, Span, SpecError, closest
from cnncalc.graph.model import INPUT, Graph, Node
from cnncalc.graph.scope import UNKNOWN, Names, Scope
from cnncalc.layers import Condition, Layer, Refused, Shape
from cnncalc.spec.model import (
    Argument,
    ArgumentError,
    BrokenItem,
    CallItem,
    GroupItem,
    InputSize,
    Item,
    LayerItem,
    MergeItem,
    NameReference,
    Spec,
)
from cnncalc.symbolic import is_known, symbol

MOST_LAYERS = 1_000_000
DEEPEST = 100


def build(
    spec: Spec,
    input: InputSize | None = None,  # noqa: A002, the word users know it by
    settings: Mapping[str, Argument] | None = None,
    *,
    most_layers: int = MOST_LAYERS,
) -> Graph:
    """The network that `spec` describes for an input and settings of its parameters.

    Raises SpecError with all problems of the text and of its expansion.
    """
    return _Expansion(spec, most_layers).build(input or spec.input, {**spec.settings, **(settings or {})})


class _TooLarge(Exception):
    """The expansion has passed the limit of layers."""


class _Expansion:
    """The state of one expansion: nodes so far, problems so far."""

    def __init__(self, spec: Spec, most_layers: int) -> None:
        self.spec = spec
        self.most_layers = most_layers
        self.problems: list[Problem] = list(spec.problems)
        self.graph = Graph(spec.key or spec.name, Shape(1))
        self.made: dict[tuple[int, bool], tuple[Layer, Item]] = {}
        self.calls: list[str] = []
        self.depth = 0

    def build(self, size: InputSize | None, settings: Mapping[str, Argument]) -> Graph:
        graph, spec = self.graph, self.spec
        graph.title = spec.name
        graph.about, graph.reference = spec.about, spec.reference
        environment = self._parameters(settings)
        graph.parameters = environment
        if size is None:
            hint = "add 'input: 224x224x3' to the spec, or give --input 224x224x3"
            if not self.problems:
                self.problems.append(Problem("the size of the input is not known", None, hint))
            raise SpecError(self.problems)
        graph.input = Shape(_size(size.channels), *map(_size, size.sizes))
        graph.batch = None if size.batch is None else _size(size.batch)
        names = Names("", INPUT, _declared(spec.items))
        try:
            self.run(spec.items, Scope(names, environment), INPUT)
        except _TooLarge:
            pass
        if not graph.nodes and not self.problems:
            self.problems.append(Problem("the network has no layers", spec.source.span()))
        if self.problems:
            raise SpecError(self.problems)
        return graph

    def _parameters(self, settings: Mapping[str, Argument]) -> dict[str, Any]:
        """The value of every parameter: as set, else the default; a symbol where neither is."""
        environment: dict[str, Any] = {}
        for name, default in self.spec.parameters.items():
            value = self._evaluate(settings.get(name, default), environment)
            environment[name] = symbol(name) if value is None else value
        return environment

    # Items ----------------------------------------------------------------------------------

    def run(self, items: Iterable[Item], scope: Scope, source: int) -> int:
        """Put items in place one after the other; the source that their last one makes."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise RecursionError
        for item in items:
            source = self._item(item, scope, source)
        self.depth -= 1
        return source

    def _item(self, item: Item, scope: Scope, source: int) -> int:
        if item.when is not None:
            wanted = self._evaluate(item.when, self._with_input(scope, source))
            if wanted is not None and not self._truth(wanted, item.when.span):
                return source
        sources = self._taps(item, scope) or (source,)
        if item.repeat is None:
            return self._place(item, scope, sources, item.name, first=True)
        times = self._times(item.repeat, scope, source)
        before = len(self.graph.nodes)
        for number in range(1, times + 1):
            name = f"{item.name}_{number}" if item.name else ""
            inner = scope if item.name else scope.inside(suffix=f"_{number}") if times > 1 else scope
            sources = (self._place(item, inner, sources, name, first=number == 1),)
            if number == 1:
                self._check_size((len(self.graph.nodes) - before) * (times - 1), item.repeat.span)
        return sources[0] if times else source

    def _times(self, repeat: Argument, scope: Scope, source: int) -> int:
        times = self._evaluate(repeat, self._with_input(scope, source))
        if times is None:
            return 1
        if not is_known(times) or times < 0:
            what = "needs a number, and is" if not is_known(times) and not isinstance(times, tuple) else "cannot be"
            self.problems.append(Problem(f"repeat {what} {times}", repeat.span, "a whole number from 0 up"))
            return 1
        if times > self.most_layers:
            self._too_large(times, repeat.span)
        return int(times)

    def _check_size(self, more: int, span: Span) -> None:
        total = len(self.graph.nodes) + more
        if total > self.most_layers:
            self._too_large(total, span)

    def _too_large(self, total: int, span: Span) -> None:
        self.problems.append(
            Problem(
                f"the network would have {total:,} layers or more; the limit is {self.most_layers:,}",
                span,
                "repeat less, or raise the limit with --max-layers",
            )
        )
        raise _TooLarge

    @singledispatchmethod
    def _place(self, item: Item, scope: Scope, sources: tuple[int, ...], name: str, *, first: bool) -> int:
        """Put one item in place, once."""
        raise TypeError(f"no way to place {type(item).__name__}")

    @_place.register
    def _(self, item: BrokenItem, scope: Scope, sources: tuple[int, ...], name: str, *, first: bool) -> int:
        if name:
            scope.names.entries[scope.path(name)] = UNKNOWN
        return UNKNOWN

    @_place.register
    def _(self, item: LayerItem, scope: Scope, sources: tuple[int, ...], name: str, *, first: bool) -> int:
        layer = self._make(item, scope, sources, first)
        return self._append(item, layer, scope, sources, name)

    @_place.register
    def _(self, item: MergeItem, scope: Scope, sources: tuple[int, ...], name: str, *, first: bool) -> int:
        if item.branches:
            if len(sources) > 1:
                self._problem("branches take one input, so 'from' takes one name here", item.span)
            sources = tuple(self.run(branch, scope.inside(), sources[0]) for branch in item.branches)
        elif len(sources) < 2:
            self._problem(f"{item.layer.kind} needs at least two inputs", item.span, "write 'from: [a, b]'")
            return UNKNOWN
        return self._append(item, item.layer(inputs=len(sources)), scope, sources, name)

    @_place.register
    def _(self, item: GroupItem, scope: Scope, sources: tuple[int, ...], name: str, *, first: bool) -> int:
        if not name:
            return self.run(item.items, scope.inside(), sources[0])
        path = scope.path(name)
        result = self.run(item.items, scope.inside(name + scope.suffix), sources[0])
        self._enter(path, result, scope, item.span)
        self.graph.groups[path] = ""
        return result

    @_place.register
    def _(self, item: CallItem, scope: Scope, sources: tuple[int, ...], name: str, *, first: bool) -> int:
        block = self.spec.blocks[item.block]
        if item.block in self.calls:
            chain = " -> ".join((*self.calls[self.calls.index(item.block) :], item.block))
            self._problem(f"block {item.block} contains itself: {chain}", item.span)
            return UNKNOWN
        path = scope.path(name) if name else scope.automatic(item.block)
        arguments = self._call_arguments(item, scope, sources[0], first)
        names = Names(path, sources[0], _declared(block.items))
        environment = {**self.graph.parameters, **arguments}
        self.calls.append(item.block)
        result = self.run(block.items, Scope(names, environment, path + "/"), sources[0])
        self.calls.pop()
        shown = [_shown(arguments[parameter]) for parameter in block.parameters]
        self.graph.groups[path] = " ".join((item.block, *shown))
        for inner, index in names.entries.items():
            scope.names.entries.setdefault(inner, index)
        self._enter(path, result, scope, item.span)
        return result

    def _call_arguments(self, item: CallItem, scope: Scope, source: int, first: bool) -> dict[str, Any]:
        given = item.arguments | item.first if first else item.arguments
        outside = self._with_input(scope, source)
        values: dict[str, Any] = {}
        for name, default in self.spec.blocks[item.block].parameters.items():
            argument = given.get(name)
            if argument is not None:
                values[name] = self._evaluate(argument, outside)
            elif default is not None:
                inside = {**self.graph.parameters, **values, "in": outside.get("in")}
                values[name] = self._evaluate(default, inside)
        return values

    # Layers ---------------------------------------------------------------------------------

    def _make(self, item: LayerItem, scope: Scope, sources: tuple[int, ...], first: bool) -> Layer | None:
        """The layer of an item; made once where nothing in it changes from place to place."""
        special = bool(first and item.first)
        known = self.made.get((id(item), special))
        if known is not None:
            return known[0]
        given = self.spec.defaults.get(item.layer, {}) | item.arguments | (item.first if special else {})
        environment = self._with_input(scope, sources[0])
        values = {}
        for name, argument in given.items():
            value = self._evaluate(argument, environment)
            if value is None and not argument.constant:
                return None
            values[name] = value
        if self.spec.rounding and "rounding" in item.layer.fields:
            values.setdefault("rounding", self.spec.rounding)
        try:
            made = item.layer(**values)
        except Refused as refused:
            blamed = [given[name].span for name in given if str(refused).startswith(f"{name} ")]
            self._problem(str(refused), blamed[0] if blamed else item.span, refused.hint)
            return None
        if all(argument.constant for argument in given.values()):
            self.made[id(item), special] = made, item
        return made

    def _append(self, item: Item, layer: Layer | None, scope: Scope, sources: tuple[int, ...], name: str) -> int:
        """Check a layer against its inputs and enter it; UNKNOWN if it has no output."""
        path = scope.path(name) if name else scope.automatic(layer.kind if layer else "layer")
        index = UNKNOWN
        if layer is not None and UNKNOWN not in sources:
            shapes = tuple(self._shape(source) for source in sources)
            if self._holds(layer.join_conditions(shapes), path, item, sources):
                joined = layer.join(shapes)
                if self._holds(layer.conditions(joined), path, item, sources):
                    index = len(self.graph.nodes)
                    node = Node(path, layer, sources, joined, layer.output(joined), item.span)
                    self.graph.nodes.append(node)
                    if item.share:
                        self._share(node, item.share, scope)
                    if index >= self.most_layers:
                        self._too_large(index + 1, item.span)
        self._enter(path, index, scope, item.span)
        return index

    def _holds(self, conditions: Iterable[Condition], path: str, item: Item, sources: tuple[int, ...]) -> bool:
        """Whether the layer has an output; what does not hold becomes a problem or a note."""
        for condition in conditions:
            holds = condition.holds()
            if holds:
                continue
            if holds is None:
                self.graph.conditions.append((path, condition))
            elif condition.severity == "note":
                self.graph.notes.append((path, condition))
            else:
                related = tuple(self._origin(source) for source in sources)
                message = f"{path}: {condition.message()}"
                self.problems.append(Problem(message, item.span, condition.hint_text(), related))
                if condition.severity == "error":
                    return False
        return True

    def _origin(self, source: int) -> tuple[str, Span | None]:
        """Where an input comes from, as a label under a problem."""
        if source == INPUT:
            return f"the input is {self.graph.input}", None
        node = self.graph.nodes[source]
        return f"{node.output} comes from {node.name}", node.span

    def _share(self, node: Node, reference: NameReference, scope: Scope) -> None:
        """Let a layer use the weights of an earlier one of the same type and size."""
        found = scope.find(reference.name)
        if found is None or found < 0:
            if found != UNKNOWN:
                self._problem(f"no earlier layer is called '{reference.name}'", reference.span)
            return
        owner = self.graph.nodes[found]
        mine, its = ((side.layer.weights(side.input), side.layer.biases(side.input)) for side in (node, owner))
        if type(owner.layer) is not type(node.layer) or mine != its:
            self._problem(
                f"{node.name} cannot share the weights of {owner.name}: {sum(mine)} against {sum(its)} parameters",
                reference.span,
            )
        node.shared = owner.shared or owner.name

    # Names and values -----------------------------------------------------------------------

    def _enter(self, path: str, index: int, scope: Scope, span: Span) -> None:
        entries = scope.names.entries
        if path in entries:
            self._problem(f"the name '{path}' is used twice", span, "give one of them another name")
        entries[path] = index

    def _taps(self, item: Item, scope: Scope) -> tuple[int, ...]:
        """The sources that `from` names."""
        found = tuple(self._tap(reference, scope) for reference in item.sources)
        merges = isinstance(item, MergeItem) and not item.branches
        if len(found) > 1 and not merges:
            self._problem("'from' takes one name here", item.span, "several inputs need add, concat or multiply")
        return found if merges else found[:1]

    def _tap(self, reference: NameReference, scope: Scope) -> int:
        found = scope.find(reference.name)
        if found is not None:
            return found
        if reference.name in scope.names.declared:
            hint = "a layer can only read what is computed before it; anything else would be a cycle"
            self._problem(f"'{reference.name}' comes later, or contains this layer", reference.span, hint)
        else:
            hint = closest(reference.name, [*scope.names.entries, *scope.names.declared])
            self._problem(f"no layer is called '{reference.name}'", reference.span, hint)
        return UNKNOWN

    def _shape(self, source: int) -> Shape:
        return self.graph.input if source == INPUT else self.graph.nodes[source].output

    def _with_input(self, scope: Scope, source: int) -> dict[str, Any]:
        """The environment of an item, with `in` for the shape that comes in."""
        if source == UNKNOWN:
            return scope.environment | {"in": UNKNOWN}
        shape = self._shape(source)
        return scope.environment | {"in": _InputParts(shape)}

    def _evaluate(self, argument: Argument, environment: Mapping[str, Any]) -> Any:
        """The value of an argument; None, and a problem, where it has none."""
        if argument.constant:
            return argument.evaluate(environment)
        if environment.get("in") == UNKNOWN and "in" in argument.names():
            return None
        if any(name in environment and environment[name] is None for name in argument.names()):
            return None
        try:
            return argument.evaluate(environment)
        except ArgumentError as error:
            self.problems.append(error.problem)
            return None

    def _truth(self, value: Any, span: Span) -> bool:
        if isinstance(value, bool) or is_known(value):
            return bool(value)
        self._problem(f"'when' must be true or false, not {value}", span)
        return True

    def _problem(self, message: str, span: Span, hint: str = "") -> None:
        self.problems.append(Problem(message, span, hint))


class _InputParts(dict[str, Any]):
    """The parts of `in`: channels, and every axis by its name."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(zip(shape.axes, shape.size, strict=True), channels=shape.channels)


def _size(part: int | str) -> Any:
    return symbol(part) if isinstance(part, str) else part


def _shown(value: Any) -> str:
    """An argument of a block as its row in the table shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace(" ", "") if isinstance(value, tuple) else str(value)


def _declared(items: Iterable[Item]) -> frozenset[str]:
    """Every name that a body gives, in its groups and branches too."""
    names: set[str] = set()
    for item in items:
        if item.name:
            names.add(item.name)
        if isinstance(item, GroupItem):
            names |= _declared(item.items)
        if isinstance(item, MergeItem):
            for branch in item.branches:
                names |= _declared(branch)
    return frozenset(names)
