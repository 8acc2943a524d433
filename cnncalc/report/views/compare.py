"""Comparisons -> tables: networks side by side, one network as several conventions count it, all conventions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from cnncalc.analysis import Analysis, Convention
from cnncalc.analysis.quantities import OF_A_NETWORK, QUANTITIES, several_named, value_of
from cnncalc.compare.comparison import (
    ConventionComparison,
    ConventionComparisons,
    ConventionList,
    Counted,
    Item,
    NetworkComparison,
)
from cnncalc.errors import Problem, UsageError
from cnncalc.report import numbers
from cnncalc.report.columns import cell_text
from cnncalc.report.document import Block, Column, Heading, Note, Row, Table, Text, document, line
from cnncalc.report.json import raw
from cnncalc.report.remarks import convention_line
from cnncalc.report.report import Options, Report
from cnncalc.symbolic import is_known, written

SCHEMA_VERSION = 1
TOTALS = (
    "depth",
    "params",
    "macs",
    "flops",
    "activations",
    "memory_bytes",
    "peak_memory_bytes",
    "weight_memory_bytes",
)
"""What networks are compared by, unless other quantities are named."""

TAKES = ("columns", "layout", "units", "notes")
"""The options of a report that it takes."""


def report(result: Any, options: Options) -> Report:
    """The report of a comparison, or of the list of conventions."""
    if isinstance(result, NetworkComparison):
        return _networks(result, options)
    catalogue = isinstance(result, ConventionList)
    if options.columns is not None:
        hint = "" if catalogue else "leave out --conventions to compare the networks by quantities"
        raise UsageError([Problem("the columns of conventions are fixed", None, hint)])
    if options.units != "auto":
        raise UsageError([Problem("a comparison of conventions has no memory: it takes no --units")])
    if catalogue:
        return _catalogue(result)
    return _conventions([*result] if isinstance(result, ConventionComparisons) else [result], options, result)


# Networks side by side ---------------------------------------------------------------------------


def _networks(networks: NetworkComparison, options: Options) -> Report:
    keys = _keys(options.columns)
    return Report(
        lambda: document("comparison of networks", _network_blocks(networks, keys, options)),
        lambda: {
            "schema_version": SCHEMA_VERSION,
            "networks": [_network_data(analysis, TOTALS) for analysis in networks],
            **({"ratios": _ratios(networks)} if len(networks) == 2 else {}),
            "convention": convention_line(networks[0]),
        },
        lambda: _network_rows(networks, keys),
    )


def _keys(columns: str | None) -> tuple[str, ...]:
    """The quantities that `--columns` names; with a leading +, besides the usual ones."""
    if columns is None:
        return TOTALS
    named = several_named(columns.removeprefix("+"), OF_A_NETWORK, "total")
    return tuple(dict.fromkeys((*TOTALS, *named))) if columns.startswith("+") else named


def _network_blocks(networks: NetworkComparison, keys: Sequence[str], options: Options) -> Iterator[Block]:
    yield _network_table(networks, keys, options)
    if len(networks) == 2:
        yield from (Note("fact", text) for text in _symbolic_ratios(networks, keys))
    memory = any(QUANTITIES[key].kind == "bytes" for key in keys)
    yield Note("aside", convention_line(networks[0], options.units, memory=memory))


def _network_table(networks: NetworkComparison, keys: Sequence[str], options: Options, *, brief: bool = False) -> Table:
    """A column for each network; for two, their ratio."""
    pair = len(networks) == 2
    inputs = (each.graph.input_text(channels_first=options.layout == "chw") for each in networks)
    rows = [["input", *inputs, *([""] if pair else [])]]
    for key in keys:
        values = [value_of(analysis, key) for analysis in networks]
        texts = (cell_text(QUANTITIES[key].kind, value, brief=brief, units=options.units) for value in values)
        rows.append([QUANTITIES[key].title, *texts, *([numbers.ratio(*values)] if pair else [])])
    names = [*(analysis.name for analysis in networks), *(["ratio"] if pair else [])]
    return Table(
        (Column("quantity", folds=False), *(Column(name, right=True, folds=False) for name in names)),
        tuple(Row(tuple(map(line, cells))) for cells in rows),
        narrower=() if brief else (partial(_network_table, networks, keys, options, brief=True),),
    )


def _symbolic_ratios(networks: NetworkComparison, keys: Sequence[str]) -> Iterator[str]:
    """`MACs and FLOPs of A / those of B = 1/N + 1/k**2`, where that is a plainer sum than the ratio in the table."""
    titles: dict[str, list[str]] = {}
    for key in keys:
        values = [value_of(analysis, key) for analysis in networks]
        text = "" if is_known(*values) else numbers.ratio_text(*values)
        if " + " in text and "/(" not in text and "/(" in numbers.ratio(*values):
            titles.setdefault(text, []).append(QUANTITIES[key].title)
    first, second = (analysis.name for analysis in networks)
    for text, named in titles.items():
        yield f"{' and '.join(named)} of ({first}) / those of ({second}) = {text}"


def _ratios(networks: NetworkComparison) -> dict[str, dict[str, str | None]]:
    """Both ratios of two networks, exactly: the second to the first, as in the table, and the first to the second."""
    found = {}
    for key in TOTALS:
        first, second = (value_of(analysis, key) for analysis in networks)
        found[key] = {
            "second_to_first": numbers.ratio_text(second, first) or None,
            "first_to_second": numbers.ratio_text(first, second) or None,
        }
    return found


def _network_data(analysis: Analysis, keys: Iterable[str]) -> dict[str, Any]:
    """The totals of a network as data."""
    totals = {key: raw(value_of(analysis, key)) for key in keys}
    return {"name": analysis.name, "input": analysis.graph.input_text()} | totals


def _network_rows(networks: NetworkComparison, keys: Sequence[str]) -> Iterator[Sequence[Any]]:
    yield ["name", "input", *keys]
    for analysis in networks:
        yield list(_network_data(analysis, keys).values())


# Conventions -------------------------------------------------------------------------------------


def _conventions(parts: Sequence[ConventionComparison], options: Options, result: Any) -> Report:
    several = isinstance(result, ConventionComparisons)
    return Report(
        lambda: document("comparison of conventions", _convention_blocks(parts, options)),
        lambda: list(map(_convention_data, parts)) if several else _convention_data(parts[0]),
        lambda: _convention_rows(parts),
    )


def _convention_blocks(parts: Sequence[ConventionComparison], options: Options) -> Iterator[Block]:
    """A table for every network, and the known faults of the conventions below."""
    for part in parts:
        inputs = part.graph.inputs_text(channels_first=options.layout == "chw")
        yield Heading(part.graph.title or part.graph.name, inputs)
        yield _convention_table(part)
    if options.notes != "none":
        for counted in parts[0]:
            yield from (Note("fact", f"{counted.convention.name}: {fault}") for fault in counted.convention.faults)
    yield Note("aside", "cnncalc compare --list prints versions and sources")


def _convention_table(part: ConventionComparison) -> Table:
    """A row for every convention, its differences to the first taken apart."""
    first: Counted = part[0]
    return Table(
        (
            Column("convention"),
            Column("params", right=True, folds=False),
            Column("counts", right=True, folds=False),
            Column("unit"),
            Column(f"difference from {first.convention.name}"),
        ),
        tuple(
            Row(
                (
                    line((counted.convention.title, "name")),
                    line(numbers.exact(counted.params)),
                    line("none" if counted.count is None else numbers.exact(counted.count)),
                    line(counted.unit),
                    line("" if counted is first else _difference(counted)),
                )
            )
            for counted in part
        ),
    )


def _difference(counted: Counted) -> str:
    """Both differences in words."""
    texts = ["counts no operations" if counted.count is None else items_text(counted.count_items)]
    if counted.param_items:
        texts.append(f"params {items_text(counted.param_items)}")
    return "; ".join(texts)


def items_text(items: Iterable[Item]) -> str:
    """`+13,556,712 biases, -54,272 batchnorm`: the items of a difference; `the same` if there is none."""
    return ", ".join(f"{numbers.signed(numbers.exact(item.amount))} {item.what}" for item in items) or "the same"


def _convention_data(part: ConventionComparison) -> dict[str, Any]:
    """Counts as integers, every item of every difference."""
    rows = [
        {
            "convention": _entry(counted.convention),
            "params": raw(counted.params),
            "count": raw(counted.count),
            "unit": counted.unit or None,
            "params_difference": _items(counted.param_items),
            "count_difference": _items(counted.count_items),
        }
        for counted in part
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "name": part.graph.name,
        "input": part.graph.input_text(),
        "conventions": rows,
        "reference": part[0].convention.name,
    }


def _items(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [{"amount": raw(item.amount), "what": item.what} for item in items]


def _convention_rows(parts: Sequence[ConventionComparison]) -> Iterator[Sequence[Any]]:
    counts = ("params", "count", "unit", "params_difference", "count_difference")
    yield ["name", "input", "convention", "version", *counts]
    for part in parts:
        for counted in part:
            items = (
                "; ".join(f"{numbers.signed(written(item.amount))} {item.what}" for item in found)
                for found in (counted.param_items, counted.count_items)
            )
            convention = counted.convention
            named = (part.graph.name, part.graph.input_text(), convention.name, convention.version)
            yield [*named, raw(counted.params), raw(counted.count), counted.unit, *items]


# The list of conventions -------------------------------------------------------------------------


def _catalogue(conventions: ConventionList) -> Report:
    return Report(
        lambda: document("conventions", (block for each in conventions for block in _described(each))),
        lambda: list(map(_entry, conventions)),
        lambda: _catalogue_rows(conventions),
    )


def _described(convention: Convention) -> Iterator[Block]:
    """Name and version, source, what it is checked against, known faults."""
    checked = "checked against the tool's own output" if convention.captured else "taken from its source"
    yield Text((line((convention.title, "name")),))
    yield Text((line(convention.source), line(checked), *(line(f"* {fault}") for fault in convention.faults)), indent=2)


def _entry(convention: Convention) -> dict[str, Any]:
    return {
        "name": convention.name,
        "version": convention.version or None,
        "source": convention.source or None,
        "headline": convention.headline,
        "captured": convention.captured,
        "faults": list(convention.faults),
    }


def _catalogue_rows(conventions: ConventionList) -> Iterator[Sequence[Any]]:
    for number, entry in enumerate(map(_entry, conventions)):
        if not number:
            yield list(entry)
        yield list({**entry, "faults": "; ".join(entry["faults"])}.values())
