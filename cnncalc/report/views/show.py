"""Analysis -> the table of a network: what every layer makes and costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Any, NamedTuple

from cnncalc.analysis import Analysis, InputResult, LayerResult
from cnncalc.graph import Graph
from cnncalc.layers import ReceptiveField, Sides
from cnncalc.layers.operations import OPERATION_COUNTS
from cnncalc.report import numbers
from cnncalc.report.columns import DATA, TABLE, Column, cell_text, choose
from cnncalc.report.document import Block, Heading, Line, Row, Rows, Span, Table, document
from cnncalc.report.document import Column as Head
from cnncalc.report.json import inputs_data, raw, shape_data
from cnncalc.report.remarks import below, convention_line, notes
from cnncalc.report.report import Options, Report
from cnncalc.report.rows import ALL, input_rows, rows
from cnncalc.report.rows import Row as Group
from cnncalc.symbolic import is_known, written

SCHEMA_VERSION = 1
LAYER_COUNTS = ("weights", "biases", "params", "macs", "flops", "activations", "memory_bytes")
STORED = ("weights", "biases", "params", "buffers")
"""Columns that a convention may print in thousands of its own."""
DROPPED = ("type", "receptive_field", "memory_bytes")
"""The columns that a narrow terminal does without, the first of them first."""
ROLES = {"layer": "name", "type": "type", "output": "size", "receptive_field": "field"}
MOST_KEPT = 4096
"""Cells of a column that are kept for the rows behind: most layers of a large network are alike."""
BARS = {"params": "bar-params", "macs": "bar-macs", "flops": "bar-macs"}
BAR = 6
EIGHTHS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"
FULL = "\u2588"

TAKES = ("columns", "depth", "layout", "units", "notes")
"""The options of a report that it takes."""


def report(analysis: Analysis, options: Options) -> Report:
    """The table, the same as data and as rows, and the lines of the slides."""
    usual = tuple(analysis.convention.headline if key == "macs" else key for key in TABLE)
    usual = usual if analysis.convention.headline == "flops" else TABLE
    columns = choose(options.columns, usual)
    return Report(
        lambda: document(analysis.name, _blocks(analysis, columns, options)),
        lambda: to_dict(analysis),
        lambda: _raw_rows(analysis, choose(options.columns, DATA)),
        {"slide": lambda: _slide(analysis), "expanded": lambda: _expanded(analysis)},
    )


def _slide(analysis: Analysis) -> Iterator[str]:
    from cnncalc.report import slide

    yield slide.render(analysis)


def _expanded(analysis: Analysis) -> Iterator[str]:
    from cnncalc.export import spec_yaml

    yield spec_yaml.render(analysis.graph)


def heading(analysis: Analysis, layout: str = "hwc") -> Heading:
    """The network, what it is, its input and its source."""
    graph = analysis.graph
    inputs = graph.inputs_text(channels_first=layout == "chw")
    details = [part for part in (graph.about, inputs, graph.reference) if part]
    return Heading(graph.title or graph.name, "; ".join(details))


def _blocks(analysis: Analysis, columns: list[Column], options: Options) -> Iterator[Block]:
    yield heading(analysis, options.layout)
    drawn = Drawing(analysis, columns, options)
    yield drawn.table(Layout())
    yield from below(analysis, [column.key for column in columns], options)


# The table --------------------------------------------------------------------------------------


class Layout(NamedTuple):
    """How much room a table takes: bars or not, shares or not, exact counts or brief ones, columns left out."""

    bars: bool = True
    shares: bool = True
    brief: bool = False
    dropped: tuple[str, ...] = ()


LAYOUTS = (
    Layout(bars=False),
    Layout(bars=False, shares=False),
    *(Layout(False, False, brief=True, dropped=DROPPED[:count]) for count in range(len(DROPPED) + 1)),
)
"""What a narrow terminal is given, the roomiest first."""


class Part(NamedTuple):
    """A column of the table as it is drawn: the key of its values, and the cell that is made of one."""

    key: str
    head: Head
    cell: Callable[[Any], Line]
    foot: Line = ()


def _kept(cell: Callable[[Any], Line]) -> Callable[[Any], Line]:
    """The same cells, those of values that come again made once."""
    return lru_cache(maxsize=MOST_KEPT)(cell)


class Drawing:
    """The values of a table, to be laid out as often as it takes to find what fits."""

    def __init__(self, analysis: Analysis, columns: list[Column], options: Options) -> None:
        self.columns = columns
        self.options = options
        self.thousand = analysis.convention.thousand
        self.values: dict[str, list[Any]] = {column.key: [] for column in columns}
        for group in chain(input_rows(analysis), rows(analysis, options.depth or 1)):
            for column in columns:
                self.values[column.key].append(column.value(group))
        self.totals = {column.key: column.total(analysis) for column in columns}
        self.adds_up = any(total is not None for total in self.totals.values())
        # A column of shares tells nothing where all is symbolic.
        self.shared = {column.key for column in columns if column.shares and is_known(self.totals[column.key])}

    def table(self, layout: Layout) -> Table:
        """The table in a layout; the first one has all narrower ones with it."""
        columns = [column for column in self.columns if column.key not in layout.dropped]
        parts = [part for column in columns for part in self._parts(column, layout)]
        usual = self.options.columns is None
        narrower = [each for each in LAYOUTS if usual or not each.dropped] if layout == Layout() else []
        return Table(
            tuple(part.head for part in parts),
            Rows(lambda: self._rows(parts)),
            Row(tuple(part.foot for part in parts), "total") if self.adds_up else None,
            tuple(partial(self.table, each) for each in narrower),
            layout.dropped,
            self._exact(columns) if layout.brief else "",
        )

    def _rows(self, parts: list[Part]) -> Iterator[Row]:
        """The input, and every group of layers."""
        role = "dim"
        for values in zip(*(self.values[part.key] for part in parts), strict=True):
            yield Row(tuple(part.cell(value) for part, value in zip(parts, values, strict=True)), role)
            role = ""

    def _parts(self, column: Column, layout: Layout) -> Iterator[Part]:
        """A column of the network as columns of the table: its values, their shares and bars."""
        whole = self.totals[column.key]

        def cell(value: Any) -> Line:
            text = self._text(column, value, layout.brief)
            return (Span(text, "dim" if value == 0 else ROLES.get(column.key, "")),)

        foot = "total" if column is self.columns[0] and whole is None else self._text(column, whole, layout.brief)
        yield Part(column.key, Head(column.title, column.right, folds=not column.right), _kept(cell), (Span(foot),))
        if layout.shares and column.key in self.shared:
            head = Head("%", True, decoration=True, width=len("100.0"))
            yield Part(column.key, head, _kept(lambda value: (Span(numbers.percent(value, whole), "dim"),)))
            if layout.bars:
                role, head = BARS.get(column.key, "bar"), Head("", decoration=True, width=BAR)
                yield Part(column.key, head, _kept(lambda value: (Span(_bar(value, whole), role),)))

    def _text(self, column: Column, value: Any, brief: bool) -> str:
        if column.key in STORED and self.thousand != 1000 and value is not None:
            return numbers.in_thousands(value, self.thousand)
        return cell_text(column.kind, value, brief=brief, units=self.options.units, layout=self.options.layout)

    def _exact(self, columns: Sequence[Column]) -> str:
        """The totals that a brief table rounds, in full."""
        found = [
            f"{column.title} {numbers.exact(self.totals[column.key])}"
            for column in columns
            if column.kind == "count" and column.adds_up and is_known(self.totals[column.key])
        ]
        return f"exact totals: {'; '.join(found)}" if found else ""


def _bar(part: Any, whole: Any) -> str:
    """The share of a part as a bar of eighths."""
    if not is_known(part, whole) or not whole:
        return ""
    full, rest = divmod(int((2 * 8 * BAR * part + whole) // (2 * whole)), 8)
    return FULL * full + (EIGHTHS[rest] if rest else "")


# Data -------------------------------------------------------------------------------------------


def to_dict(analysis: Analysis) -> dict[str, Any]:
    """The analysis as plain data: the JSON contract, version 1.

    Counts are integers; symbolic ones are strings in integer Python. `layers` makes every leaf
    in order, and its `inputs` are the names of what it reads: of layers, and of the inputs of the network (`input`,
    if there is one). The activations and the memory of the input stand under `input`, and are part of
    the totals. A network with several inputs has all of them under `inputs`, and the first one under `input`. A
    receptive field of everything has size "all"; one that differs from input to input is a list under `by_input`.
    """
    convention = analysis.convention
    return {
        "schema_version": SCHEMA_VERSION,
        "name": analysis.name,
        "batch": raw(analysis.batch),
        "convention": {
            "name": convention.name,
            "version": convention.version,
            "bias": convention.bias,
            "flops": convention.flops,
            "dtype": convention.dtype,
            "bytes_per_value": convention.bytes_per_value,
            "text": convention_line(analysis),
        },
        **inputs_data((each.name, _input(each)) for each in analysis.inputs),
        "layers": (_layer(layer, analysis.graph) for layer in analysis.layers),
        "totals": {name: raw(analysis.total(name)) for name in LAYER_COUNTS}
        | {
            "buffers": raw(analysis.total("buffers")),
            "neurons": raw(analysis.total("neurons")),
            "depth": analysis.depth,
            "peak_memory_bytes": raw(analysis.peak_memory_bytes),
            "weight_memory_bytes": raw(analysis.weight_memory_bytes),
        },
        "notes": notes(analysis, None),
    }


def _input(given: InputResult) -> dict[str, Any]:
    held = {"activations": raw(given.activations), "memory_bytes": raw(given.memory_bytes)}
    return shape_data(given.shape) | held


def _layer(layer: LayerResult, graph: Graph) -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": layer.kind,
        "path": layer.node.path,
        "inputs": graph.read_by(layer.node),
        "input": shape_data(layer.input),
        "output": shape_data(layer.output),
        **{name: raw(getattr(layer, name)) for name in LAYER_COUNTS},
        "operations": {name: raw(getattr(layer.operations, name)) for name in OPERATION_COUNTS},
        "receptive_field": _field(layer.receptive_field),
    }


def _field(field: ReceptiveField) -> dict[str, Any] | None:
    if field.everything:
        return {"size": "all"}
    if field.by_input:
        return {"by_input": [{"inputs": list(names), **(_field(its) or {})} for names, its in field.by_input]}
    if not field.axes:
        return None
    data: dict[str, Any] = {
        "size": [raw(axis.size) for axis in field.axes],
        "jump": [written(axis.jump) for axis in field.axes],
        "centre": [written(axis.centre) for axis in field.axes],
        "padding": [None if axis.padding is None else written(axis.padding) for axis in field.axes],
    }
    if any(isinstance(axis.sides, Sides) for axis in field.axes):  # "padding" is the mean of both
        pairs = (axis.sides if isinstance(axis.sides, Sides) else Sides(*[axis.sides] * 2) for axis in field.axes)
        data["padding_sides"] = [[raw(pair.before), raw(pair.after)] for pair in pairs]
    return data


def _raw_rows(analysis: Analysis, columns: list[Column]) -> Iterator[Sequence[Any]]:
    """A header, a row for the input, and a row for every leaf: the columns sum to the totals."""
    yield [column.key for column in columns]
    for group in chain(input_rows(analysis), rows(analysis, ALL)):
        yield [_raw_cell(column, group) for column in columns]


def _raw_cell(column: Column, group: Group) -> str:
    value = column.value(group)
    if isinstance(value, tuple):
        texts = list(dict.fromkeys(map(_written, value))) if len(set(value)) == 1 else list(map(_written, value))
        return (" x " if any(isinstance(part, Sides) for part in value) else "x").join(texts)
    return written(value)


def _written(value: Any) -> str:
    return str(value.mapped(written)) if isinstance(value, Sides) else written(value)
