"""Rows -> cells: every column a report can have, as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cnncalc.analysis import COUNTS, Analysis
from cnncalc.errors import Problem, SpecError, closest, one_of
from cnncalc.layers.operations import OPERATION_CLASSES
from cnncalc.report import numbers
from cnncalc.report.rows import Row


class Column(NamedTuple):
    """One column: how it is called, what it holds for a row, and how that is written.

    `value` gives a raw number or text; `total` names the quantity whose sum stands at the
    foot; `shares` asks tables for the share of each row in that sum as well.
    """

    key: str
    title: str
    about: str
    value: Callable[[Row], Any]
    write: Callable[[Any], str] = str
    brief: Callable[[Any], str] | None = None
    total: str = ""
    shares: bool = False
    numeric: bool = True


def _reach(attribute: str) -> Callable[[Row], Any]:
    return lambda row: "" if row.reach is None else row.reach.read(attribute)


def _lengths(value: Any) -> str:
    return numbers.per_axis_text(value) if isinstance(value, tuple) and value else str(value or "")


def _count(key: str, title: str, about: str, **more: Any) -> Column:
    options: dict[str, Any] = {"write": numbers.exact, "brief": numbers.short, "total": key} | more
    return Column(key, title, about, lambda row: row.quantity(key), **options)


def _operation(name: str) -> Column:
    about = f"operations of the class {name.replace('_', ' ')}"
    return Column(
        name, name.replace("_", " "), about, lambda row: row.operation(name), numbers.exact, numbers.short, name
    )


_COLUMNS = (
    Column("layer", "layer", "name of the layer or block", lambda row: row.name, numeric=False),
    Column("type", "type", "what it is, in slide notation", lambda row: row.label, numeric=False),
    Column("kind", "kind", "layer type", lambda row: row.kind, numeric=False),
    Column("input", "input", "volume that comes in, height x width x channels", lambda row: row.input, numeric=False),
    Column(
        "output", "output", "volume that goes out, height x width x channels", lambda row: row.output, numeric=False
    ),
    _count("weights", "weights", "trainable numbers that multiply"),
    _count("biases", "biases", "trainable numbers that are added"),
    _count("params", "params", "weights and biases", shares=True),
    _count("buffers", "buffers", "stored numbers that are not trained"),
    _count("macs", "MACs", "multiply-accumulates", shares=True),
    _count("flops", "FLOPs", "floating-point operations, as the convention counts them", shares=True),
    _count(
        "activations", "activations", "values that the output holds in memory; 0 where it works in place", shares=True
    ),
    _count(
        "memory_bytes",
        "memory",
        "bytes of the activations",
        write=numbers.megabytes,
        brief=numbers.megabytes,
        shares=True,
    ),
    Column("receptive_field", "field", "receptive field in pixels of the input", _reach("size"), _lengths),
    Column("jump", "jump", "pixels from one unit to the next", _reach("jump"), _lengths),
    Column("centre", "centre", "pixel on which the first unit is centred, counted from 0", _reach("centre"), _lengths),
    Column("padding", "padding", "padding gathered on each side, in pixels of the input", _reach("padding"), _lengths),
    Column("depth", "depth", "weight layers on the longest path so far", lambda row: row.depth),
    _count("neurons", "neurons", "units of the weight layers"),
    _count("connections", "connections", "arrows from real inputs, and from biases, to units"),
    *(_operation(name) for name in OPERATION_CLASSES if name != "macs"),
)
COLUMNS: dict[str, Column] = {column.key: column for column in _COLUMNS}
ALIASES = {"memory": "memory_bytes", "rf": "receptive_field", "field": "receptive_field", "name": "layer"}
TABLE = ("layer", "type", "output", "params", "macs", "memory_bytes", "receptive_field")
DATA = (
    "layer",
    "kind",
    "input",
    "output",
    "weights",
    "biases",
    "params",
    "macs",
    "flops",
    "activations",
    "memory_bytes",
    "receptive_field",
    "jump",
    "padding",
)


def choose(text: str | None, default: tuple[str, ...]) -> list[Column]:
    """The columns that `--columns` names: `layer,output,flops`; with a leading +, besides the default ones.

    Raises SpecError for a column that there is not.
    """
    if not text:
        return [COLUMNS[key] for key in default]
    more = text.startswith("+")
    keys = [part.strip().lower().replace(" ", "_") for part in text.lstrip("+").split(",") if part.strip()]
    keys = [ALIASES.get(key, key) for key in keys]
    if not keys:
        raise SpecError([Problem(f"'{text}' names no column", None, one_of(tuple(COLUMNS)))])
    for key in keys:
        if key not in COLUMNS:
            hint = closest(key, [*COLUMNS, *ALIASES]) or one_of(tuple(COLUMNS))
            raise SpecError([Problem(f"there is no column '{key}'", None, hint)])
    return [COLUMNS[key] for key in dict.fromkeys((*default, *keys) if more else keys)]


def total(analysis: Analysis, column: Column) -> Any:
    """What stands at the foot of a column; None for one that does not add up."""
    if column.total in COUNTS:
        return analysis.total(column.total)
    if column.total:
        return getattr(analysis.operations, column.total)
    return None
