"""Analysis -> JSON, CSV and Markdown: every leaf in order, raw numbers, nothing rounded."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.layers import Reach, Shape
from cnncalc.report.columns import Column, total
from cnncalc.report.remarks import convention_line, notes
from cnncalc.report.rows import ALL, Row, input_row, rows
from cnncalc.symbolic import is_known, written

SCHEMA_VERSION = 1
LAYER_COUNTS = ("weights", "biases", "params", "macs", "flops", "activations", "memory_bytes")


def to_dict(analysis: Analysis) -> dict[str, Any]:
    """The analysis as plain data: the JSON contract, version 1.

    Counts are integers; symbolic ones are strings in integer Python. `layers` lists every leaf
    in order; the activations and the memory of the input stand under `input`, and are part of
    the totals. A receptive field of everything has size "all".
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
        "input": _shape(analysis.input.shape)
        | {"activations": raw(analysis.input.activations), "memory_bytes": raw(analysis.input.memory_bytes)},
        "layers": [_layer(layer) for layer in analysis.layers],
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


def to_json(analysis: Analysis) -> str:
    """The analysis as JSON text."""
    return json.dumps(to_dict(analysis), indent=1) + "\n"


def raw(value: Any) -> Any:
    """A count as JSON holds it: an integer, null, or a string in integer Python."""
    if value is None or is_known(value):
        return value
    from cnncalc.symbolic.printing import integer_python

    return integer_python(value)


def _shape(shape: Shape) -> dict[str, Any]:
    return {"channels": raw(shape.channels), "size": [raw(length) for length in shape.size]}


def _layer(layer: LayerResult) -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": layer.kind,
        "path": layer.node.path,
        "input": _shape(layer.input),
        "output": _shape(layer.output),
        **{name: raw(getattr(layer, name)) for name in LAYER_COUNTS},
        "operations": {name: raw(count) for name, count in layer.operations.counts()},
        "receptive_field": _reach(layer.reach),
    }


def _reach(reach: Reach) -> dict[str, Any] | None:
    if reach.everything:
        return {"size": "all"}
    if not reach.axes:
        return None
    return {
        "size": [raw(axis.size) for axis in reach.axes],
        "jump": [written(axis.jump) for axis in reach.axes],
        "centre": [written(axis.centre) for axis in reach.axes],
        "padding": [None if axis.padding is None else written(axis.padding) for axis in reach.axes],
    }


def to_csv(analysis: Analysis, columns: list[Column]) -> str:
    """A header, a row for the input, and a row for every leaf: the columns sum to the totals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.key for column in columns])
    for row in (input_row(analysis), *rows(analysis, ALL)):
        writer.writerow([_plain(column, row) for column in columns])
    return text.getvalue()


def _plain(column: Column, row: Row) -> str:
    value = column.value(row)
    if isinstance(value, tuple):
        return "x".join(map(written, value if len(set(value)) > 1 else value[:1]))
    return written(value)


def to_markdown(analysis: Analysis, columns: list[Column], depth: int = 1) -> str:
    """A Markdown table with the totals in its last row, and the convention under it."""
    lines = [
        _markdown_row([column.title for column in columns]),
        _markdown_row(["---:" if column.numeric else ":---" for column in columns]),
    ]
    for row in (input_row(analysis), *rows(analysis, depth)):
        lines.append(_markdown_row([column.write(column.value(row)) for column in columns]))
    sums = [(column, total(analysis, column)) for column in columns]
    feet = ["" if value is None else f"**{column.write(value)}**" for column, value in sums]
    lines.append(_markdown_row([feet[0] or "**total**", *feet[1:]]))
    remarks = [f"* {_escaped(note)}" for note in notes(analysis)]
    return "\n".join([*lines, "", *remarks, _escaped(convention_line(analysis))]) + "\n"


def _markdown_row(cells: list[str]) -> str:
    return "| " + " | ".join(_escaped(cell) if not cell.startswith("**") else cell for cell in cells) + " |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("\n", " ")
