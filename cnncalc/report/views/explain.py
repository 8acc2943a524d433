"""Explanation -> how numbers are computed: the answers, then every formula, the numbers put in, the result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.analysis.quantities import QUANTITIES
from cnncalc.explain.explanation import Explanation, TotalWorking
from cnncalc.explain.steps import LayerWorking, Working
from cnncalc.report import numbers
from cnncalc.report.document import Blank, Block, Equation, Equations, Heading, Line, Note, Text, document, line
from cnncalc.report.formula_text import stages
from cnncalc.report.remarks import STORED, convention_line, misfits_of
from cnncalc.report.report import Options, Report
from cnncalc.report.rows import layer_label
from cnncalc.report.working_line import added_up, equation, given

SCHEMA_VERSION = 1


def report(explanation: Explanation, options: Options) -> Report:
    """The working of every layer, or of the totals."""
    return Report(
        lambda: document(explanation.analysis.name, _blocks(explanation)), lambda: _data(explanation.complete())
    )


def _blocks(explanation: Explanation) -> Iterator[Block]:
    analysis = explanation.analysis
    answers = tuple(_answer(*each) for each in explanation.answers)
    if answers:
        yield Text(answers)
        yield Blank()
    for layer in explanation.layers:
        passage = f"{layer.layer.input} -> {layer.layer.output}"
        yield Heading(layer.layer.name, f"{layer_label(layer.layer)}  {passage}", "name")
        yield Equations((*([given(layer.given)] if layer.given else ()), *map(equation, layer.steps)))
        yield from (Note("warning", note) for note in misfits_of(analysis, layer.layer.name))
        yield Blank()
    if explanation.totals:
        yield Heading(analysis.graph.title or analysis.name, analysis.graph.inputs_text(), "name")
        yield Equations(tuple(map(_total, explanation.totals)))
        yield Blank()
    terms = [name for total in explanation.totals for name, _ in total.largest]
    example = next((name for name in terms if analysis.layers_in(name)), "")
    if example:
        yield Note("aside", f"the working of one layer: {analysis.graph.command('explain', example)}")
    shown = explanation.quantities or explanation.usual
    memory = any(key in STORED or QUANTITIES[key].kind == "bytes" for key in shown)
    yield Note("aside", convention_line(analysis, memory=memory))


def _answer(layer: str, quantity: str, value: Any) -> Line:
    """`fc6 params = 102,764,544`."""
    known = QUANTITIES[quantity]
    name = f"{layer} {known.words}" if layer else known.words
    if value == "all":
        value = "everything" if quantity == "receptive_field" else "undefined"
    if isinstance(value, tuple):
        value = numbers.per_axis_text(value)
    text = numbers.exact(value) if isinstance(value, int) else str(value)
    return line((f"{name} = {text}{' bytes' if known.kind == 'bytes' else ''}", "answer"))


def _total(total: TotalWorking) -> Equation:
    known = QUANTITIES[total.quantity]
    if not total.largest:
        return equation(Working(total.quantity, known.words, total.result, remark=total.remark))
    unit = " bytes" if known.kind == "bytes" else ""
    return added_up(known.words, total.largest, total.others, total.result, unit)


# Data -------------------------------------------------------------------------------------------


def _data(explanation: Explanation) -> dict[str, Any]:
    analysis = explanation.analysis
    return {
        "schema_version": SCHEMA_VERSION,
        "name": analysis.name,
        "batch": analysis.batch,
        "convention": convention_line(analysis),
        "layers": [_layer(explanation, layer) for layer in explanation.layers],
        "totals": [_total_data(total) for total in explanation.totals],
    }


def _layer(explanation: Explanation, layer: LayerWorking) -> dict[str, Any]:
    return {
        "name": layer.layer.name,
        "kind": layer.layer.kind,
        "given": {letter.name: letter.value for letter in layer.given},
        "steps": [_step(step) for step in layer.steps],
        "notes": misfits_of(explanation.analysis, layer.layer.name),
    }


def _step(step: Working) -> dict[str, Any]:
    formula, *substituted = stages(step.tree) or [""]
    result = step.result if isinstance(step.result, int | None) else str(step.result)
    return {
        "quantity": step.quantity,
        "symbols": [*step.also, step.symbol],
        "formula": formula or None,
        "substituted": substituted,
        "result": result,
        "remark": step.remark,
    }


def _total_data(total: TotalWorking) -> dict[str, Any]:
    return {
        "quantity": total.quantity,
        "largest": [{"layer": name, "value": value} for name, value in total.largest],
        "others": {"count": total.others, "value": total.rest},
        "result": total.result,
    }
