"""What conventions make of a network, or several networks' totals -> tables side by side, and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from cnncalc.analysis import Analysis, Convention
from cnncalc.compare.comparison import Counted, Item
from cnncalc.errors import printable
from cnncalc.report import numbers
from cnncalc.report.folding import Title, print_table
from cnncalc.report.json import raw
from cnncalc.report.remarks import convention_line
from cnncalc.symbolic import Size

ROWS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("depth", "weight layers deep", numbers.exact),
    ("params", "params", numbers.exact),
    ("macs", "MACs", numbers.exact),
    ("flops", "FLOPs", numbers.exact),
    ("activations", "activations", numbers.exact),
    ("memory_bytes", "memory", numbers.bytes_text),
    ("peak_memory_bytes", "peak of inference", numbers.bytes_text),
    ("weight_memory_bytes", "memory of weights", numbers.bytes_text),
)
OWN = ("depth", "peak_memory_bytes", "weight_memory_bytes")


def items_text(items: Iterable[Item]) -> str:
    """`+13,556,712 biases, -54,272 batchnorm`: the items of a difference; `the same` where there is none."""
    return ", ".join(f"{_signed(item.amount)} {item.what}" for item in items) or "the same"


def _signed(amount: Size) -> str:
    text = numbers.exact(amount)
    return text if text.startswith("-") else f"+{text}"


def _title(analysis: Analysis) -> Text:
    title = Text(printable(analysis.graph.title or analysis.name), style="bold")
    return title.append(f"  input {analysis.graph.input}", style="dim not bold")


def render_conventions(analyses: list[Analysis], found: list[list[Counted]], console: Console) -> None:
    """Print a table for every network, and the known faults of the conventions below."""
    for analysis, rows in zip(analyses, found, strict=True):
        _conventions(analysis, rows, console)
    for counted in found[0]:
        for fault in counted.convention.faults:
            console.print(Text(f"* {counted.convention.name}: {fault}"), soft_wrap=True)
    console.print(Text("cnncalc compare --list names versions and sources", style="dim"), soft_wrap=True)


def _conventions(analysis: Analysis, found: list[Counted], console: Console) -> None:
    """A row for every convention, its differences to the first taken apart."""
    counts = ("params", "counts")
    titles = [Title("convention"), *(Title(text, right=True, folds=False) for text in counts), Title("")]
    rows = (
        (
            counted.convention.title,
            numbers.exact(counted.params),
            "none" if counted.count is None else numbers.exact(counted.count),
            counted.unit,
            _against(counted, found[0]),
        )
        for counted in found
    )
    console.print(_title(analysis), soft_wrap=True)
    print_table([*titles, Title(f"against {found[0].convention.name}")], rows, console)


def _against(counted: Counted, first: Counted) -> str:
    """Both differences in words."""
    if counted is first:
        return ""
    pieces = [items_text(counted.count_items)] if counted.count is not None else ["counts no operations"]
    if counted.param_items:
        pieces.append(f"params {items_text(counted.param_items)}")
    return "; ".join(pieces)


def conventions_json(analyses: list[Analysis], found: list[list[Counted]]) -> str:
    """The same as data: an object for one network, a list of them for several."""
    whole = [_counted_data(analysis, rows) for analysis, rows in zip(analyses, found, strict=True)]
    return json.dumps(whole if len(whole) > 1 else whole[0], indent=1) + "\n"


def _counted_data(analysis: Analysis, found: list[Counted]) -> dict[str, Any]:
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
        for counted in found
    ]
    whole = {"schema_version": 1, "name": analysis.name, "input": str(analysis.graph.input), "conventions": rows}
    return whole | {"reference": found[0].convention.name}


def _items(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [{"amount": raw(item.amount), "what": item.what} for item in items]


def _entry(convention: Convention) -> dict[str, Any]:
    return {
        "name": convention.name,
        "version": convention.version or None,
        "source": convention.source or None,
        "headline": convention.headline,
        "captured": convention.captured,
        "faults": list(convention.faults),
    }


def catalogue_json(conventions: Iterable[Convention]) -> str:
    """All conventions as data."""
    return json.dumps([_entry(convention) for convention in conventions], indent=1) + "\n"


def catalogue_text(conventions: Iterable[Convention]) -> str:
    """All conventions: name and version, source, whether held against the tool's output, known faults."""
    return "\n".join(line for convention in conventions for line in _described(convention)) + "\n"


def _described(convention: Convention) -> Iterator[str]:
    yield convention.title
    yield f"    {convention.source}"
    yield "    " + ("held against the tool's own output" if convention.captured else "taken from its source")
    yield from (f"    * {fault}" for fault in convention.faults)


def render_networks(analyses: list[Analysis], console: Console) -> None:
    """Print the totals of several networks, one a column; for two, their ratio."""
    pair = len(analyses) == 2
    names = [*(printable(analysis.name) for analysis in analyses), *(["ratio"] if pair else [])]
    rows = [["input", *(str(analysis.graph.input) for analysis in analyses), *([""] if pair else [])]]
    for key, title, write in ROWS:
        values = [_total(analysis, key) for analysis in analyses]
        cells = [title, *("" if value is None else write(value) for value in values)]
        rows.append([*cells, numbers.ratio(*values)] if pair else cells)
    print_table([Title(""), *(Title(name, right=True, folds=False) for name in names)], rows, console)
    console.print(Text(convention_line(analyses[0]), style="dim"), soft_wrap=True)


def _total(analysis: Analysis, key: str) -> Any:
    return getattr(analysis, key) if key in OWN else analysis.total(key)


def networks_json(analyses: list[Analysis]) -> str:
    """The same totals as data."""
    rows = [
        {"name": analysis.name, "input": str(analysis.graph.input)}
        | {key: raw(_total(analysis, key)) for key, _, _ in ROWS}
        for analysis in analyses
    ]
    return (
        json.dumps({"schema_version": 1, "networks": rows, "convention": convention_line(analyses[0])}, indent=1) + "\n"
    )
