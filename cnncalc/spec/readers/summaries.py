"""What Keras prints of a model -> Spec: the settings that follow from the type, the output and the parameters of rows.

Every layer that a type may be is tried, with the kernels that have that many parameters and the strides and paddings
that make that output. One that remains alone is taken; where several do, the numbers printed are those of all of them,
and the text says so. The input is that of a row InputLayer, or has to be given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import NamedTuple

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.layers import CATALOGUE, Refused, Shape
from cnncalc.spec.model import INPUT, Argument, InputSize, Item, LayerItem, MergeItem, NameReference, Spec
from cnncalc.spec.readers.calls import Call, bound
from cnncalc.spec.readers.keras_layers import KERAS
from cnncalc.spec.readers.windows import RANK, Choice, choices, nearest
from cnncalc.tables import summaries
from cnncalc.tables.layer_types import folded, layer_type, stem
from cnncalc.tables.print_out import Number, PrintOut, Row

SIZES = re.compile(r"[\[(]+(?:None|-1|[0-9]+)((?:, (?:None|[0-9]{1,9}))*),?[\])]+\Z")
"""(None, 28, 28, 6), [(None, 28, 28, 1)]: what stands behind the batch."""
NOT_IN_NAMES = re.compile(r"[^\w.+-]")
INPUT_LAYER = "InputLayer"
NOT_SHOWN = "kernels are read as square; activations inside of layers and dilation are not shown, and not counted"
HINT = "--network names the network; or paste the code that builds it above the summary"
INPUTS = ("784", "1d:256x2", "28x28x1", "16x64x64x3")
"""Inputs of 0 to 3 axes, for a hint."""
POOLS = "pools"
"""The parameter that sets the kernel of all pools which do not follow."""
MODELS = ("Sequential", "Functional", "Model")
SHOWN = 3
MOST_BACK = 400
"""Rows that are searched for one whose name is cut off."""


@dataclass(slots=True, eq=False, repr=False)
class SummarySpec(Spec):
    """The spec of a print-out, what was read of each row, and the numbers that it was read from."""

    read: list[str] = field(default_factory=list)
    used: list[Number] = field(default_factory=list)
    open: list[Problem] = field(default_factory=list)
    """Rows that several settings suit, all of which give the numbers that are printed."""


class _Layer(NamedTuple):
    """What a row is: its items, in words, and the quantities of the row that this was read from."""

    items: tuple[Item, ...]
    text: str
    used: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Other settings with the same numbers."""


def recognises(text: str) -> bool:
    """Whether a text holds a summary of Keras."""
    return summaries.recognises(Source("", text))


def read(source: Source) -> Spec:
    """The spec of a summary, which is completed for an input and the settings of windows that do not follow."""
    spec = Spec(source)
    try:
        out, _ = summaries.print_out(source)
    except SpecError as error:
        spec.problems.extend(error.problems)
        return spec
    return open_spec(source, out)


def open_spec(source: Source, out: PrintOut, *, strict: bool = True) -> Spec:
    """The spec of a print-out, to be completed; if it is not `strict`, what does not follow from the numbers is chosen.

    A kernel, or a stride, that does not follow is a parameter with the name of its row; POOLS is that of all pools.
    """
    spec = Spec(source)
    spec.input = input_of(out)
    rows = [row for row in out.rows if row.name.isidentifier() and RANK.search(row.type or row.name)]
    spec.parameters = {name: Argument(0, row.span) for row in rows[:1] for name in (POOLS,)}
    spec.parameters |= {row.name: Argument(0, row.span) for row in rows}
    spec.completion = partial(_completed, source, out, strict)
    return spec


def _completed(
    source: Source, out: PrintOut, strict: bool, size: InputSize | None, settings: Mapping[str, Argument]
) -> Spec:
    found, *others = (_Reader(source, out, size or input_of(out, last=last), settings, last) for last in (True, False))
    spec = found.read()
    if spec.problems and not (second := others[0].read()).problems:
        spec = second
        spec.notes.append("the shapes are read as channels x height x width: they are right that way")
    if strict:
        spec.problems.extend(spec.open)
    return spec


def input_of(out: PrintOut, *, last: bool = True) -> InputSize | None:
    """The inputs that a print-out shows, in rows of their own or in a column of the first row; None without them.

    `last` says whether rows have the channels last.
    """
    column = out.rows[0].number("input") if out.rows else None
    if column is not None:  # of PyTorch
        shape = _numbers(column, last=False)
        return None if shape is None else InputSize(shape[:-1], shape[-1], None, column.span)
    rows = [row for row in out.rows if row.type == INPUT_LAYER]
    shapes = [shape for row in rows if (shape := _sizes(row, last=last)) is not None]
    if not rows or len(shapes) < len(rows):
        return None
    names = [INPUT if len(rows) == 1 else NOT_IN_NAMES.sub("_", row.name) for row in rows]
    each = zip(shapes, rows, names, strict=True)
    first, *others = (InputSize(shape[:-1], shape[-1], None, row.span, name) for shape, row, name in each)
    return replace(first, others=tuple(others))


class _Reader:
    """Reads the rows in their order, and knows what each of them makes."""

    def __init__(
        self, source: Source, out: PrintOut, size: InputSize | None, settings: Mapping[str, Argument], last: bool
    ) -> None:
        self.out, self.last = out, last
        self.settings = {name: argument.value for name, argument in settings.items()}
        self.spec = SummarySpec(source, input=size, parameters=dict(settings), notes=[NOT_SHOWN])
        self.items: list[Item] = []
        self.asked: dict[tuple[str, str], list[tuple[Row, int]]] = {}
        self.shapes: dict[str, Shape] = {}
        """What every row makes, by its name."""
        self.names: dict[str, str] = {}
        self.inputs: list[InputSize] = []
        """Those that have had no row yet."""

    def read(self) -> SummarySpec:
        """The spec; reading ends at the first row that cannot be read, as all behind it depend on it."""
        try:
            self._rows()
        except SpecError as error:
            self.spec.problems.extend(error.problems)
        self.spec.items = tuple(self.items)
        if not self.items and not self.spec.problems:
            self.spec.problems.append(Problem("the summary has no layers", self.spec.source.span(), HINT))
        self._open()
        return self.spec

    def _rows(self) -> None:
        size = self.spec.input
        rows = [row for row in self.out.rows if not row.parameter]
        if not self.out.complete:
            message = f"{self.out.tool} does not print functions such as F.max_pool2d: the network does not follow"
            raise SpecError([Problem(message, rows[0].span if rows else None, HINT)])
        if size is None or not all(isinstance(each, int) for each in size.parts):
            message = "the summary does not show the input of its network" if size is None else "the input has symbols"
            rank = max(len(_sizes(rows[0]) or ()) - 1, 0) if rows else 2
            raise SpecError(
                [Problem(message, rows[0].span if rows else None, f"--input {INPUTS[min(rank, 3)]} sets it")]
            )
        count = sum(row.type == INPUT_LAYER for row in rows)
        if count not in (0, len(size.all)):
            message = f"the summary has {count} inputs, and --input gives {len(size.all)}"
            raise SpecError([Problem(message, rows[0].span, "leave out --input: the summary shows them")])
        before = ""
        self.inputs = list(size.all)
        self.shapes[""] = Shape(int(size.channels), *map(int, size.sizes))
        for place, row in enumerate(rows):
            if place + 1 < len(rows) and rows[place + 1].depth > row.depth:
                self.names[row.name] = ""  # a model with its layers in rows of their own
                continue
            self._row(row, before)
            before = row.name

    def _row(self, row: Row, before: str) -> None:
        kind = class_of(row)
        sources = self._sources(row)
        if kind == INPUT_LAYER:
            size = self.inputs.pop(0)
            self.names[row.name] = size.name
            self.shapes[row.name] = Shape(int(size.channels), *map(int, size.sizes))
            return
        name = NOT_IN_NAMES.sub("_", row.name)
        shapes = [self.shapes[source] for source in sources or [before]]
        item_sources = tuple(NameReference(self.names[source], row.span) for source in sources)
        layer = self._merge(row, kind, shapes) if len(shapes) > 1 else self._layer(row, kind, shapes[0], name)
        if len(shapes) > 1:
            merged = CATALOGUE[layer_type(kind)]
            self.items.append(MergeItem(span=row.span, layer=merged, name=name, sources=item_sources))
        elif layer.items:
            if sources and sources != [before]:
                layer.items[0].sources = item_sources
            self.items.extend(layer.items)
        self.names[row.name] = layer.items[-1].name if layer.items else name
        self.shapes[row.name] = self._made(layer, shapes)
        self._enter(row, layer)

    def _made(self, layer: _Layer, shapes: list[Shape]) -> Shape:
        """What a row makes."""
        if len(shapes) == 1:
            made = outcome(layer.items, shapes[0])
            assert made is not None
            return made[0]
        merged = self.items[-1]
        assert isinstance(merged, MergeItem)
        joined = merged.layer(inputs=len(shapes))
        return joined.output(joined.join(tuple(shapes)))

    def _enter(self, row: Row, layer: _Layer) -> None:
        """Say what was read of a row, and of which of its numbers."""
        self.spec.used += [number for number in row.numbers if number.quantity in layer.used]
        if layer.text:
            others = f" (or {layer.others[0]}, ...: no number here depends on it)" if layer.others else ""
            self.spec.read.append(f"{row.name}: {layer.text}{others}")

    def _sources(self, row: Row) -> list[str]:
        """The rows that a row reads, by their names, of which the end may be cut off."""
        found = []
        for text in row.sources:
            name = text.partition("[")[0].strip()
            cut = "\u2026" in name or name.endswith("...")
            start = name.rstrip("\u2026.")
            fitting = [name] if name in self.names else []
            if cut and not fitting:
                fitting = [each for each in islice(reversed(self.names), MOST_BACK) if each.startswith(start)]
            if len(fitting) != 1 or fitting[0] not in self.shapes:
                what = "no layer above is called" if not fitting else "several layers above begin with"
                raise SpecError([Problem(f"{row.name} reads a layer, but {what} '{start}'", row.span, HINT)])
            found.append(fitting[0])
        return found

    def _merge(self, row: Row, kind: str, shapes: list[Shape]) -> _Layer:
        merged = CATALOGUE.get(layer_type(kind))
        if merged is None or not merged.merges:
            shared = kind in KERAS.modules
            message = f"{row.name} is called on several layers, and what it makes of each is not shown"
            unknown = f"{row.name} reads several layers, and cnncalc has no layer for {kind} of Keras"
            raise SpecError([Problem(message if shared else unknown, row.span, HINT)])
        return _Layer((), "")

    def _layer(self, row: Row, kind: str, shape: Shape, name: str) -> _Layer:
        """The layer of a row; raises SpecError if none has its numbers, or if several do that are not alike."""
        output, params = _sizes(row, last=self.last), _params(row)
        if output is None or params is None:
            raise SpecError(
                [Problem(f"the row {row.name} does not show its output and its parameters", row.span, HINT)]
            )
        made = Shape(output[-1], *output[:-1])
        make = partial(_items, kind, row.span, name, not (shape.rank and made.rank))
        if kind in MODELS:
            hint = "print its layers, too: summary(expand_nested=True)"
            raise SpecError([Problem(f"{row.name} is a model whose layers are not shown", row.span, hint)])
        if kind not in KERAS.modules:
            return self._unknown(row, kind, shape, made, params, name)
        for phase in choices(kind, shape, made, params):
            fitting = [
                choice for choice in phase if _fits(choice, outcome(make(choice.arguments), shape), made, params)
            ]
            if fitting:
                left = self._set(row, kind, fitting)
                if len(left) > 1:
                    self._ask(row, kind, left)
                others = tuple(choice.text for choice in left[1:])
                return _Layer(make(left[0].arguments), left[0].text, left[0].used, others)
        message = f"{row.name}: no {kind} makes {made} of {shape}{f' with {params:,} parameters' if params else ''}"
        closest = "; ".join(nearest(kind, shape, made, params))
        raise SpecError([Problem(message, row.span, f"{closest}; {HINT}" if closest else HINT)])

    def _set(self, row: Row, kind: str, fitting: list[Choice]) -> list[Choice]:
        """The choices that a setting leaves: all without one. Raises SpecError for one that none of them has."""
        value = self.settings.get(row.name, self.settings.get(POOLS) if "Pool" in kind else None)
        left = [choice for choice in fitting if choice.open == value]
        if not left and row.name in self.settings:
            texts = ", or ".join(choice.text for choice in fitting[:SHOWN])
            raise SpecError([Problem(f"{row.name} cannot be set to {value}: it has {texts}", row.span)])
        return left or fitting

    def _ask(self, row: Row, kind: str, fitting: list[Choice]) -> None:
        texts = ", or ".join(choice.text for choice in fitting[:SHOWN])
        self.asked.setdefault(("kernel" if "Pool" in kind else "stride", texts), []).append((row, fitting[0].open))

    def _open(self) -> None:
        """Say of which rows a kernel or a stride does not follow, those with the same choices together."""
        for (what, texts), rows in self.asked.items():
            names = ", ".join(row.name for row, _ in rows[:SHOWN]) + (", ..." if len(rows) > SHOWN else "")
            (row, value), *others = rows
            message = f"the {what} of {names} does not follow from the numbers: {texts}"
            hint = f"--set {row.name}={value} sets it" if row.name.isidentifier() else HINT
            hint += f", --set {POOLS}={value} that of all pools" if others and what == "kernel" else ""
            self.spec.open.append(Problem(message, row.span, hint))

    def _unknown(self, row: Row, kind: str, shape: Shape, made: Shape, params: int, name: str) -> _Layer:
        """A layer that cnncalc does not have: one that keeps its volume and holds nothing changes no number."""
        if shape != made or params:
            message = f"{row.name}: cnncalc has no layer for {kind or 'this type'} of Keras"
            raise SpecError([Problem(message, row.span, HINT)])
        item = LayerItem(span=row.span, layer=CATALOGUE["identity"], name=name)
        return _Layer(
            (item,), f"{kind or 'its type'} is read as an identity: it keeps the volume and has no parameters"
        )


def class_of(row: Row) -> str:
    """The class of a row, the end of which may be cut off; then by the name that Keras gives its layers."""
    if row.type in KERAS.modules or row.type == INPUT_LAYER or not row.type:
        return row.type or _named_after(row, "")
    return _named_after(row, row.type) or row.type


def _named_after(row: Row, start: str) -> str:
    found = [kind for kind in (*KERAS.modules, INPUT_LAYER) if kind.startswith(start)]
    by_name = [kind for kind in found if kind.lower() in (folded(row.name), stem(row.name))]
    return by_name[0] if by_name else found[0] if len(found) == 1 else ""


def _sizes(row: Row, *, last: bool = True) -> tuple[int, ...] | None:
    """The sizes of the output, channels last; None if it has others than numbers."""
    number = row.number("output")
    return None if number is None else _numbers(number, last=last)


def _numbers(number: Number, *, last: bool) -> tuple[int, ...] | None:
    match = SIZES.match(number.text)
    parts = match[1].split(", ")[1:] if match else []
    found = tuple(map(int, parts)) if parts and all(part.isdigit() and int(part) for part in parts) else None
    return found if found is None or last else (*found[1:], found[0])


def _params(row: Row) -> int | None:
    number = row.number("params")
    text = number.text.replace(",", "") if number else ""
    return int(text) if text.isdigit() and len(text) <= 15 else None


def _items(kind: str, span: Span, name: str, flat: bool, arguments: dict[str, object]) -> tuple[Item, ...]:
    """The items of a layer of Keras with these arguments; nothing if they make no layer."""
    named = {key: Argument.of(value, span) for key, value in arguments.items()}
    call = Call(kind, span, (), named, name, flat=flat)
    try:
        made = KERAS.modules[kind].make(bound(call, KERAS.modules[kind], KERAS))
    except SpecError:
        return ()
    return (made,) if isinstance(made, Item) else tuple(made)


def outcome(items: tuple[Item, ...], shape: Shape) -> tuple[Shape, int] | None:
    """What items make of a volume, and the parameters that Keras counts; None if they cannot work on it."""
    total = 0
    for item in items:
        assert isinstance(item, LayerItem)
        try:
            layer = item.layer(**{key: argument.evaluate({}) for key, argument in item.arguments.items()})
        except (Refused, TypeError):
            return None
        if any(condition.severity == "invalid" and not condition.holds() for condition in layer.conditions(shape)):
            return None
        total += layer.weights(shape) + layer.biases(shape) + layer.buffers(shape)
        shape = layer.output(shape)
    return shape, total


def _fits(choice: Choice, found: tuple[Shape, int] | None, made: Shape, params: int) -> bool:
    """Whether a layer has the numbers that its arguments were read from."""
    if found is None:
        return False
    return ("output" not in choice.used or found[0] == made) and ("params" not in choice.used or found[1] == params)
