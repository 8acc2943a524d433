"""Rows -> cells: every column that the table of a network can have, its quantities from the one register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cnncalc.analysis import Analysis
from cnncalc.analysis.quantities import (
    COUNTS,
    FIELDS,
    OF_A_LAYER,
    OPERATIONS,
    QUANTITIES,
    USUAL,
    key_of,
    out_of_scope,
    suggestion,
)
from cnncalc.errors import Problem, UsageError, one_of
from cnncalc.report import numbers
from cnncalc.report.rows import Row


class Column(NamedTuple):
    """One column: how it is called, what it holds for a row, and how that is written.

    `value` gives a raw number, a Shape or text. `adds_up` columns have a total; `shares` asks the terminal
    for the share of each row in it as well.
    """

    key: str
    title: str
    about: str
    value: Callable[[Row], Any]
    kind: str = "text"
    adds_up: bool = False
    shares: bool = False

    @property
    def right(self) -> bool:
        """Whether its cells stand to the right, as numbers do."""
        return self.kind not in ("text", "shape")

    def total(self, analysis: Analysis) -> Any:
        """What stands at its foot; None for a column that does not add up."""
        if not self.adds_up:
            return None
        return analysis.total(self.key) if self.key in COUNTS else getattr(analysis.operations, self.key)


WORDS = (
    Column("layer", "layer", "name of the layer or block", lambda row: row.name),
    Column("type", "type", "what it is, in slide notation", lambda row: row.label),
    Column("kind", "kind", "layer type", lambda row: row.kind),
)


def _column(key: str) -> Column:
    quantity = QUANTITIES[key]
    value: Callable[[Row], Any] = lambda row: row.quantity(key)  # noqa: E731
    if key in FIELDS:
        value = lambda row: row.length(FIELDS[key])  # noqa: E731
    elif key in OPERATIONS:
        value = lambda row: row.operation(key)  # noqa: E731
    elif not quantity.adds_up:
        value = lambda row: getattr(row, key)  # noqa: E731
    return Column(key, quantity.title, quantity.about, value, quantity.kind, quantity.adds_up, key in USUAL)


COLUMNS: dict[str, Column] = {column.key: column for column in (*WORDS, *map(_column, OF_A_LAYER))}
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

    Raises UsageError for an unknown column.
    """
    if text is None:
        return [COLUMNS[key] for key in default]
    names = [part.strip() for part in text.lstrip("+").split(",") if part.strip()]
    if not names:
        raise UsageError([Problem(f"'{text}' does not name a column", None, one_of(tuple(COLUMNS)))])
    keys = list(map(_key, names))
    return [COLUMNS[key] for key in dict.fromkeys((*default, *keys) if text.startswith("+") else keys)]


def _key(name: str) -> str:
    lowered = name.lower()
    key = "layer" if lowered == "name" else lowered if lowered in COLUMNS else key_of(name)
    if key in COLUMNS:
        return key
    if key:
        raise out_of_scope(key)
    raise UsageError([Problem(f"unknown column '{name}'", None, suggestion(name, tuple(COLUMNS)))])


def cell_text(kind: str, value: Any, *, brief: bool = False, units: str = "auto", layout: str = "hwc") -> str:
    """A value of some kind of quantity as a table prints it; `brief` numbers have three digits."""
    if value is None:
        return ""
    if kind == "shape":
        return str(value.text(channels_first=layout == "chw"))
    if kind == "bytes":
        return numbers.bytes_text(value, units)
    if kind == "length":
        return numbers.per_axis_text(value) if isinstance(value, tuple) and value else str(value or "")
    if kind == "count":
        return numbers.short(value) if brief else numbers.exact(value)
    return str(value)
