"""Spec -> Graph: items put in place one by one, blocks opened, repeats unrolled.

Every problem met is kept, and all are raised together at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from cnncalc.errors import Problem, Span, SpecError
from cnncalc.graph.builder import Assembly, TooLargeError
from cnncalc.graph.evaluate import Evaluation
from cnncalc.graph.fewest import Fewest
from cnncalc.graph.head import Kernels
from cnncalc.graph.model import INPUT, Graph, Input, Repeat
from cnncalc.graph.references import References
from cnncalc.graph.scope import UNKNOWN, Names, Scope, declared
from cnncalc.layers import Shape
from cnncalc.limits import DEEPEST_BLOCKS, MOST_STEPS
from cnncalc.spec.input_size import written
from cnncalc.spec.model import INPUT as INPUT_NAME
from cnncalc.spec.model import (
    Argument,
    BrokenItem,
    CallItem,
    GroupItem,
    InputSize,
    Item,
    LayerItem,
    MergeItem,
    Spec,
)
from cnncalc.symbolic import Size, is_known, normalise, symbol

STEPS_OF_A_LAYER = 3
"""An entry, its repeat, and the block around it."""


def build(
    spec: Spec,
    input: InputSize | None = None,  # noqa: A002, the word users know it by
    settings: Mapping[str, Argument] | None = None,
    *,
    head: Kernels | None = None,
) -> Graph:
    """The network that `spec` describes for an input and settings of its parameters.

    With `head`, its fully connected layers are convolutions of these kernels.
    Raises SpecError with all problems of the text and of its expansion.
    """
    graph = _Expansion(spec, {**spec.settings, **(settings or {})}, head).build(input or spec.input)
    graph.asked = (
        spec.asked,
        (*_options(spec, input, settings or {}), *(("--head", "conv") if head is not None else ())),
    )
    return graph


def _options(spec: Spec, given: InputSize | None, settings: Mapping[str, Argument]) -> Iterator[str]:
    """The options of the command line that give this input, where it is not the spec's own, and these settings."""
    if given is not None and str(given) != str(spec.input):
        yield from ("--input", written(given, spec))
    for name, argument in settings.items():
        yield from ("--set", f"{name}={argument.span.source.text}")


class _Expansion:
    """The state of one expansion: the graph so far, and the blocks being opened."""

    def __init__(self, spec: Spec, settings: Mapping[str, Argument], head: Kernels | None) -> None:
        self.spec = spec
        self.graph = Graph(spec.key or spec.name, [])
        self.assembly = Assembly(self.graph, spec.problems, head)
        self.values = Evaluation(spec, self.assembly, settings)
        self.references = References(spec, self.assembly)
        self.calls: list[str] = []
        self.place: dict[type[Item], Callable[..., int]] = {
            BrokenItem: self._broken,
            LayerItem: self._layer,
            MergeItem: self._merge,
            GroupItem: self._group,
            CallItem: self._call,
        }
        self.depth = 0
        self.steps = 0
        self.deepest = spec.source.span()

    def build(self, size: InputSize | None) -> Graph:
        """The finished graph for an input."""
        graph, spec = self.graph, self.spec
        graph.title = spec.name
        graph.about, graph.reference = spec.about, spec.reference
        graph.assumed.extend(spec.notes)
        graph.parameters = self.values.parameters
        if size is None:
            hint = f"add {spec.input_key} to the spec, or give --input 224x224x3"
            if spec.partial_input:
                hint = f"give it with its sizes: --input 224x224x{spec.partial_input.channels}"
            raise SpecError(
                self.assembly.problems
                or [Problem(f"{spec.source.name}: the size of the input is not known", None, hint)]
            )
        graph.inputs = [Input(one.name, Shape(*map(self._size, (one.channels, *one.sizes)))) for one in size.all]
        graph.batch = None if size.batch is None else self._size(size.batch)
        sources = {one.name: ~number for number, one in enumerate(graph.inputs)}
        only = INPUT if len(sources) == 1 else sources.get(INPUT_NAME)
        named = {name: source for name, source in sources.items() if name != INPUT_NAME}
        names = Names(only, declared(spec.items) | named.keys(), named)
        with suppress(TooLargeError):
            fewest = Fewest(spec.blocks)
            if fewest.layers(spec.items) and fewest.place:
                self.assembly.check_size(*fewest.place)
            self.run(spec.items, Scope(names, graph.parameters), INPUT)
        if not graph.nodes and not self.assembly.problems:
            self.assembly.problem("no layer is left: 'when' or 'repeat' leaves out all of them", spec.items[0].span)
        self._check_read(size)
        if UNKNOWN in names.entries.values() and not self.assembly.problems:
            self.assembly.problem("a layer lacks a value that it needs", spec.source.span())
        if self.assembly.problems:
            raise SpecError(self.assembly.problems)
        return graph

    def _check_read(self, size: InputSize) -> None:
        """Refuse an input that no layer reads."""
        read = {source for node in self.graph.nodes for source in node.sources}
        for number, each in enumerate(size.all if not self.assembly.problems else ()):
            if ~number not in read:
                hint = f"read it with 'from: {each.name}', or leave it out"
                span = each.span or self.spec.source.span()
                self.assembly.problem(f"no layer reads the input '{each.name}'", span, hint)

    def _size(self, part: Size | str) -> Size:
        """A size of the input: as it is, or by its name the parameter's number, else a symbol."""
        if not isinstance(part, str):
            return part
        value = self.graph.parameters.get(part)
        return value if type(value) is int else symbol(part)

    # Items ----------------------------------------------------------------------------------

    def run(self, items: Iterable[Item], scope: Scope, source: int) -> int:
        """Put items in place one after the other; the source that their last one makes."""
        self.depth += 1
        if self.depth > DEEPEST_BLOCKS.value:
            message = f"blocks and groups are nested more than {DEEPEST_BLOCKS} deep"
            self.assembly.problem(message, self.deepest, DEEPEST_BLOCKS.hint)
            raise TooLargeError
        for item in items:
            self.deepest = item.span
            self._count(item.span)
            source = self._item(item, scope, source)
        self.depth -= 1
        return source

    def _count(self, span: Span) -> None:
        """Count a step, so that blocks and repeats that make no layers come to an end too."""
        self.steps += 1
        if self.steps - STEPS_OF_A_LAYER * len(self.graph.nodes) > MOST_STEPS.value:
            message = f"the expansion needs more than {MOST_STEPS} steps that make no layer"
            self.assembly.problem(message, span, f"repeat less; {MOST_STEPS.hint}")
            raise TooLargeError

    def _item(self, item: Item, scope: Scope, source: int) -> int:
        # Where `when` does not look at what comes in, what it leaves out may read what is left out, too.
        looks = item.when is None or "in" in item.when.names()
        if not looks and not self.values.wanted(item, scope, source):
            self.references.left_out(item, scope)
            return source
        sources = self.references.taps(item, scope) or (source,)
        if looks and not self.values.wanted(item, scope, sources[0]):
            return source
        if item.repeat is None:
            return self._placed(item, scope, sources, item.name, True)
        times = self.values.times(item.repeat, scope, sources[0])
        if not is_known(times):
            return self._symbolic(item, item.repeat, scope, sources, times)
        before = len(self.graph.nodes)
        for number in range(1, times + 1):
            name = f"{item.name}_{number}" if item.name else ""
            self._count(item.span)
            inner = scope if item.name else scope.inside(suffix=f"_{number}") if times > 1 else scope
            sources = (self._placed(item, inner, sources, name, number == 1),)
            if number == 1:
                made = len(self.graph.nodes)
                self.assembly.check_size(made + (made - before) * (times - 1), item.repeat.span)
        return sources[0] if times else source

    def _placed(self, item: Item, scope: Scope, sources: tuple[int, ...], name: str, first: bool) -> int:
        """Put an item in place once, with the weights of another if it shares them."""
        start = len(self.graph.nodes)
        result = self.place[type(item)](item, scope, sources, name, first)
        if item.share and not self.assembly.problems:
            self.references.share(item, item.share, scope, start)
        return result

    def _symbolic(self, item: Item, repeat: Argument, scope: Scope, sources: tuple[int, ...], times: Size) -> int:
        """Put an item in place once, to stand for all its repeats."""
        first = len(self.graph.nodes)
        result = self.place[type(item)](item, scope, sources, item.name, True)
        if result == UNKNOWN or UNKNOWN in sources or len(self.graph.nodes) == first:
            return result
        reason = "'first' makes the first repeat different" if item.first else self._repeated(sources[0], first, times)
        if reason:
            hint = "move what differs in front of the repeat, or give the repeat a number"
            self.assembly.problem(f"'repeat: {times}' cannot stay a symbol: {reason}", repeat.span, hint)
            return UNKNOWN
        if item.share and not self.assembly.problems:
            self.references.share(item, item.share, scope, first)
        return result

    def _repeated(self, source: int, first: int, times: Size) -> str:
        """Let the nodes from `first` on, which read `source`, stand for `times` rounds of themselves.

        They can where every round does the same: where they keep the shape and read nothing but one
        another and what comes before the round. The reason why not; nothing where they do.
        """
        graph, nodes = self.graph, self.graph.nodes[first:]
        before, after = graph.shape(source), nodes[-1].output
        if before != after:
            return f"the repeated layers must keep the shape, but turn {before} into {after}"
        outside = {read for node in nodes for read in node.sources if read < first} - {source}
        if outside:
            names = ", ".join(map(graph.source_name, sorted(outside)))
            return f"the repeated layers may read only the layer in front of them, but they also read {names}"
        for node in nodes:
            node.times = normalise(node.times * times)
        graph.repeats.append(Repeat(source, first, len(graph.nodes) - 1, times))
        return ""

    def _broken(self, item: BrokenItem, scope: Scope, sources: tuple[int, ...], name: str, first: bool) -> int:
        if name:
            scope.names.entries[scope.path(name)] = UNKNOWN
        return UNKNOWN

    def _layer(self, item: LayerItem, scope: Scope, sources: tuple[int, ...], name: str, first: bool) -> int:
        layer = self.values.layer(item, scope, sources, first)
        count = self.values.expected_count(item, scope, sources[0]) if item.expected else None
        return self.assembly.append(item, layer, scope, sources, name, count)

    def _merge(self, item: MergeItem, scope: Scope, sources: tuple[int, ...], name: str, first: bool) -> int:
        if item.branches:
            sources = tuple(self.run(branch, scope.inside(), sources[0]) for branch in item.branches)
        elif len(sources) < 2:
            self.assembly.problem(f"{item.layer.kind} needs at least two inputs", item.span, "write 'from: [a, b]'")
            return UNKNOWN
        layer = self.values.layer(item, scope, sources, first)
        return self.assembly.append(item, layer, scope, sources, name)

    def _group(self, item: GroupItem, scope: Scope, sources: tuple[int, ...], name: str, first: bool) -> int:
        if not name:
            return self.run(item.items, scope.inside(), sources[0])
        path, start = scope.path(name), len(self.graph.nodes)
        result = self.run(item.items, scope.inside(name + scope.suffix), sources[0])
        self.assembly.enter(path, result, scope, item.span)
        self.assembly.spans[path] = range(start, len(self.graph.nodes))
        self.graph.groups[path] = item.title
        return result

    def _call(self, item: CallItem, scope: Scope, sources: tuple[int, ...], name: str, first: bool) -> int:
        block = self.spec.blocks[item.block]
        if item.block in self.calls:
            chain = " -> ".join((*self.calls[self.calls.index(item.block) :], item.block))
            self.assembly.problem(f"block {item.block} contains itself: {chain}", item.span)
            return UNKNOWN
        path = scope.path(name) if name else scope.automatic(item.block)
        arguments = self.values.call_arguments(item, scope, sources[0], first)
        names = Names(sources[0], declared(block.items))
        start = len(self.graph.nodes)
        environment = {**self.graph.parameters, **arguments}
        self.calls.append(item.block)
        result = self.run(block.items, Scope(names, environment, path + "/"), sources[0])
        self.calls.pop()
        shown = [_shown(arguments[parameter]) for parameter in block.parameters]
        self.graph.groups[path] = " ".join((item.block, *shown))
        self.assembly.spans[path] = range(start, len(self.graph.nodes))
        for inner, index in names.entries.items():
            scope.names.entries.setdefault(inner, index)
        self.assembly.enter(path, result, scope, item.span)
        return result


def _shown(value: Any) -> str:
    """An argument of a block as its row in the table shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace(" ", "") if isinstance(value, tuple) else str(value)
