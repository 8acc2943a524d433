"""Diff -> two tables: what differs in which layer, and the totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from cnncalc.analysis import Analysis
from cnncalc.analysis.quantities import QUANTITIES
from cnncalc.diff.difference import Amount, Diff, LayerDiff, Setting
from cnncalc.layers import Shape
from cnncalc.limits import MOST_ROWS
from cnncalc.report import numbers
from cnncalc.report.columns import cell_text
from cnncalc.report.document import Blank, Block, Column, Heading, Line, Note, Row, Rows, Table, document, line
from cnncalc.report.json import inputs_data, raw, shape_data
from cnncalc.report.remarks import convention_line, counted
from cnncalc.report.report import Options, Report
from cnncalc.symbolic import is_known, written

SCHEMA_VERSION = 1
ROLES = {"added": "good", "removed": "bad", "affected": "dim"}
LONGEST_SETTING = 40
"""Characters of a setting that a table prints; the other formats have all of it."""

TAKES = ("layout", "units", "notes")
"""The options of a report that it takes."""


def report(diff: Diff, options: Options) -> Report:
    """What differs, layer by layer, and the totals before and after."""
    return Report(
        lambda: document(f"{diff.old.name} -> {diff.new.name}", _blocks(diff, options)),
        lambda: to_dict(diff),
        lambda: _rows(diff),
    )


def _blocks(diff: Diff, options: Options) -> Iterator[Block]:
    names = (each.graph.title or each.graph.name for each in (diff.old, diff.new))
    channels_first = options.layout == "chw"
    inputs = (each.graph.inputs_text(channels_first=channels_first) for each in (diff.old, diff.new))
    yield Heading(_both(*names), _both(*inputs))
    if diff.layers:
        yield _layer_table(diff, options)
        more = sum(map(_lines, diff.layers)) - MOST_ROWS.value
        if more > 0:
            yield Note("warning", f"{more:,} more rows: --format csv and json have all; {MOST_ROWS.hint}")
    if diff.totals:
        yield _total_table(diff, options)
    if not diff.layers and not diff.totals:
        yield Blank()
    yield Note("fact", _summary(diff))
    if diff.renamed and options.notes != "none":
        mine, its = diff.renamed[0]
        have = "layer has another name" if len(diff.renamed) == 1 else "layers have other names"
        yield Note("fact", f"{len(diff.renamed):,} {have}: {mine} is called {its}")
    memory = any(QUANTITIES[total.quantity].kind == "bytes" for total in diff.totals)
    lines = (convention_line(each, options.units, memory=memory) for each in (diff.old, diff.new))
    yield from (Note("aside", text) for text in dict.fromkeys(lines) if diff.totals)


def _both(old: str, new: str) -> str:
    return old if old == new else f"{old} -> {new}"


def _summary(diff: Diff) -> str:
    """`no difference in 21 layers`; `layers: 16 same, 1 changed, 3 affected`."""
    if diff.equal:
        return f"no difference in {counted(diff.same, 'layer')}"
    return f"layers: {', '.join(f'{count:,} {change}' for change, count in diff.counts.items() if count)}"


# The tables --------------------------------------------------------------------------------------


class Drawn(NamedTuple):
    """How a table is drawn."""

    options: Options
    brief: bool = False

    def value(self, amount: Amount, value: Any) -> str:
        """A value of a quantity."""
        kind, options = QUANTITIES[amount.quantity].kind, self.options
        return cell_text(kind, value, brief=self.brief, units=options.units, layout=options.layout)

    def difference(self, amount: Amount) -> str:
        """`+3,072`; an empty text if it is not a number, or differs between axes."""
        found = amount.difference
        if isinstance(found, tuple):
            found = found[0] if found and len(set(found)) == 1 else None
        if found is None or found == 0:
            return "" if found is None else "0"
        kind = "count" if isinstance(amount.difference, tuple) else QUANTITIES[amount.quantity].kind
        negative = is_known(found) and found < 0
        text = cell_text(kind, -found if negative else found, brief=self.brief, units=self.options.units)
        return f"-{text}" if negative else numbers.signed(text)

    def cells(self, amount: Amount) -> list[str]:
        """The quantity, its values and their difference."""
        values = (self.value(amount, value) for value in (amount.old, amount.new))
        return [QUANTITIES[amount.quantity].title, *values, self.difference(amount)]


def _layer_table(diff: Diff, options: Options, *, brief: bool = False) -> Table:
    """A row for every setting and every number that differs."""

    def rows() -> Iterator[Row]:
        drawn = Drawn(options, brief)
        return (row for layer in diff.layers for row in _layer_rows(layer, drawn))

    heads = (Column("change"), Column("layer"), Column("what"))
    values = (Column("old", right=True), Column("new", right=True), Column("difference", right=True, folds=False))
    return Table(
        (*heads, *values),
        Rows(lambda: islice(rows(), MOST_ROWS.value)),
        narrower=() if brief else (partial(_layer_table, diff, options, brief=True),),
    )


def _lines(layer: LayerDiff) -> int:
    return len(layer.settings) + len(layer.amounts)


def _layer_rows(layer: LayerDiff, drawn: Drawn) -> Iterator[Row]:
    role = ROLES.get(layer.change, "")
    named: tuple[Line, ...] = (line((layer.change, role)), line((_name(layer), "name")))
    for setting in layer.settings:
        texts = (_cut(_setting_text(value)) for value in (setting.old, setting.new))
        yield Row((*named, *map(line, (setting.name, *texts, ""))))
        named = ((), ())
    for amount in layer.amounts:
        yield Row((*named, *map(line, drawn.cells(amount))))
        named = ((), ())


def _name(layer: LayerDiff) -> str:
    """The name of a layer; both, where it is called otherwise."""
    return " -> ".join(dict.fromkeys(each.name for each in (layer.old, layer.new) if each is not None))


def _setting_text(value: Any) -> str:
    """A setting as a spec would give it: `3`, `[1, 2]`, `true`, `conv1, conv2`; `none` for one that is left out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_setting_text, value))}]"
    return "" if value is None else written(value) if not isinstance(value, str) else value


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SETTING else f"{text[: LONGEST_SETTING - 3]}..."


def _total_table(diff: Diff, options: Options, *, brief: bool = False) -> Table:
    """The totals, the same ones too, with the difference in percent."""
    heads = (Column("total"), *(Column(name, right=True) for name in ("old", "new", "difference", "%")))
    drawn = Drawn(options, brief)
    return Table(
        heads,
        tuple(Row(tuple(map(line, (*drawn.cells(total), _percent(total))))) for total in diff.totals),
        narrower=() if brief else (partial(_total_table, diff, options, brief=True),),
    )


def _percent(total: Amount) -> str:
    """The difference in percent of the old value, to a tenth: `+8.4`, `-12.0`."""
    difference = total.difference
    if difference is None or not is_known(difference, total.old):
        return ""
    text = numbers.percent(abs(difference), total.old)
    return f"{'-' if difference < 0 else '+'}{text}" if text else ""


# Data --------------------------------------------------------------------------------------------


def to_dict(diff: Diff) -> dict[str, Any]:
    """The difference as plain data, version 1: `layers` are those that differ, by their names before and after."""
    return {
        "schema_version": SCHEMA_VERSION,
        "equal": diff.equal,
        "old": _network(diff.old),
        "new": _network(diff.new),
        "counts": {**diff.counts, "renamed": len(diff.renamed)},
        "totals": {total.quantity: _amount(total) for total in diff.totals},
        "layers": map(_layer, diff.layers),
        "renamed": [{"old": old, "new": new} for old, new in diff.renamed],
        "convention": convention_line(diff.old),
    }


def _network(analysis: Analysis) -> dict[str, Any]:
    return {"name": analysis.name, **inputs_data((each.name, shape_data(each.shape)) for each in analysis.inputs)}


def _layer(layer: LayerDiff) -> dict[str, Any]:
    old, new = (None if each is None else each.name for each in (layer.old, layer.new))
    return {
        "change": layer.change,
        "old": old,
        "new": new,
        "settings": {each.name: {"old": _setting(each.old), "new": _setting(each.new)} for each in layer.settings},
        "numbers": {amount.quantity: _amount(amount) for amount in layer.amounts},
    }


def _setting(value: Any) -> Any:
    """A setting as JSON holds it: symbols as text."""
    if isinstance(value, list | tuple):
        return list(map(_setting, value))
    return value if value is None or isinstance(value, str | bool) else raw(value)


def _amount(amount: Amount) -> dict[str, Any]:
    return {"old": _data(amount.old), "new": _data(amount.new), "difference": _data(amount.difference)}


def _data(value: Any) -> Any:
    if isinstance(value, Shape):
        return shape_data(value)
    if isinstance(value, tuple):
        return [raw(part) if is_known(part) or part is None else written(part) for part in value]
    return value if isinstance(value, str) else raw(value)


def _rows(diff: Diff) -> Iterator[Sequence[Any]]:
    """The header, a row for every setting and number that differs, and the totals."""
    yield ["change", "old_name", "new_name", "what", "old", "new", "difference"]
    for layer in diff.layers:
        names = ("" if each is None else each.name for each in (layer.old, layer.new))
        start = [layer.change, *names]
        yield from ([*start, *_setting_cells(setting)] for setting in layer.settings)
        yield from ([*start, *cells] for cells in _amount_cells(layer.amounts))
    yield from (["total", "", "", *cells] for cells in _amount_cells(diff.totals))


def _setting_cells(setting: Setting) -> list[str]:
    return [setting.name, _setting_text(setting.old), _setting_text(setting.new), ""]


def _amount_cells(amounts: Iterable[Amount]) -> Iterator[list[Any]]:
    for amount in amounts:
        yield [amount.quantity, *map(_cell, (amount.old, amount.new, amount.difference))]


def _cell(value: Any) -> Any:
    if value is None or is_known(value) or isinstance(value, str):
        return value
    if isinstance(value, Shape):
        return value.text()
    return numbers.per_axis_text(value) if isinstance(value, tuple) and None not in value else raw(value)
