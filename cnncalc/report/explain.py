"""Explanation -> the blackboard: every formula, the numbers put in, the result, in a terminal or in a log."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from textwrap import wrap
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from cnncalc.errors import printable
from cnncalc.explain.explanation import Explanation, TotalWorking
from cnncalc.explain.steps import LayerWorking, Working
from cnncalc.report import numbers
from cnncalc.report.formula_text import stages
from cnncalc.report.remarks import convention_line, misfits_of
from cnncalc.report.rows import layer_label
from cnncalc.report.terminal import UNBOUNDED

INDENT = "  "


class Line(NamedTuple):
    """A line of the blackboard: what it is about, its stages from formula to result, and a remark."""

    symbol: str
    stages: tuple[str, ...]
    remark: str = ""


def render(explanation: Explanation, console: Console) -> None:
    """Print the blackboard; a terminal that is narrow gets a stage a line."""
    if not console.is_terminal:
        console.width = UNBOUNDED  # a log or a file takes lines of any length
    for text in texts(explanation, console.width):
        console.print(text)


def texts(explanation: Explanation, width: int = UNBOUNDED) -> Iterator[Text]:
    """The blackboard line by line, none longer than `width` if that can be."""
    analysis = explanation.analysis
    for layer in explanation.layers:
        yield Text.assemble((layer.layer.name, "bold"), f"  {layer_label(layer.layer)}", (f"  {passage(layer)}", "dim"))
        yield from _board([_given(layer), *map(_line, layer.steps)], width)
        for note in misfits_of(analysis, layer.layer.name):
            parts = wrap(note, max(width - len(INDENT) - 2, 20))
            yield from (Text(f"{INDENT}{' ' if more else '!'} {part}", "red") for more, part in enumerate(parts))
        yield Text()
    if explanation.totals:
        yield Text.assemble(
            (printable(analysis.graph.title or analysis.name), "bold"), f"  input {analysis.graph.input}"
        )
        yield from _board([_total_line(total) for total in explanation.totals], width)
        yield Text()
        example = explanation.totals[0].largest[0][0]
        yield Text(f"how a layer comes to its numbers: cnncalc explain {analysis.name} {example}")
    yield Text(convention_line(analysis), style="dim")


def passage(layer: LayerWorking) -> str:
    """What comes in and what goes out."""
    return f"{layer.layer.input} -> {layer.layer.output}"


def _board(lines: list[Line], width: int) -> Iterator[Text]:
    """The lines, their equals signs one below the other."""
    margin = max((len(line.symbol) for line in lines if line.stages), default=0)
    for line in lines:
        yield from _written(line, margin, width)


def _written(line: Line, margin: int, width: int) -> Iterator[Text]:
    """A line, folded before an equals sign where it is too long."""
    text = Text(f"{INDENT}{line.symbol:<{margin}}")
    text.stylize("bold", len(INDENT))
    blank = " " * len(text)
    for number, stage in enumerate(line.stages, start=1):
        if number > 1 and len(text) + len(stage) + 3 > width:
            yield text
            text = Text(blank)
        style = "bold green" if number == len(line.stages) else "cyan" if number > 1 else ""
        text.append(" = ").append(stage, style)
    remark = f"({line.remark})" if line.stages and line.remark else line.remark
    if line.stages and len(text) + len(remark) + 2 > width:
        yield text
        text = Text(blank)
    room = max(width - len(text) - 2, 20)
    for part in wrap(remark, room) or [""]:
        yield text.append(f"  {part}" if part else "", "dim")
        text = Text(blank)


# Lines ------------------------------------------------------------------------------------------


def _given(layer: LayerWorking) -> Line:
    """`given  H = W = 227, C = 3, F = 11`."""
    parts: list[str] = []
    for number, letter in enumerate(layer.given):
        following = layer.given[number + 1] if number + 1 < len(layer.given) else None
        alike = following and len(letter.name) == 1 and letter.name in "ZH" and letter.value == following.value
        parts.append(f"{letter.name} = " if alike else f"{letter.name} = {letter.value}, ")
    return Line("given", (), "".join(parts).removesuffix(", "))


def _line(step: Working) -> Line:
    symbol = " = ".join((*step.also, step.symbol))
    if step.result is None:
        return Line(symbol, (), step.remark)
    return Line(symbol, _distinct([*stages(step.tree), _result(step.quantity, step.result)]), step.remark)


def _distinct(texts: list[str]) -> tuple[str, ...]:
    """The stages without the last but one where it says the same number."""
    *before, result = texts
    return (*(text for text in before if text != result.replace(",", "")), result)


def _result(quantity: str, value: int | Fraction) -> str:
    return numbers.fraction(value) + (" bytes" if quantity == "memory_bytes" else "")


def _total_line(total: TotalWorking) -> Line:
    """`params = 102,764,544 (fc6, 74.3 %) + ... + 35,593,000 (14 others) = 138,357,544`."""
    terms = [(name, value) for name, value in total.largest]
    terms += [(f"{total.others} others", total.rest)] if total.others else []
    told = [f"{value:,} ({name}, {numbers.percent(value, total.result)} %)" for name, value in terms]
    sums = (" + ".join(told),) if len(told) > 1 else (f"{total.result:,} ({terms[0][0]})",)
    symbol = total.symbol
    return Line(symbol, (*sums, _result(total.quantity, total.result)) if len(told) > 1 else sums)
