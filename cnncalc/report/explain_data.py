"""Explanation -> JSON, LaTeX and plain text: the same formulas, numbers and results for other programs."""

from __future__ import annotations

import json
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.explain.explanation import Explanation, TotalWorking
from cnncalc.explain.steps import LayerWorking, Working
from cnncalc.report.formula_text import Latex, stages
from cnncalc.report.remarks import convention_line, misfits_of

SCHEMA_VERSION = 1


def to_json(explanation: Explanation) -> str:
    """The explanation as JSON text."""
    analysis = explanation.analysis
    data = {
        "schema_version": SCHEMA_VERSION,
        "name": analysis.name,
        "batch": analysis.batch,
        "convention": convention_line(analysis),
        "layers": [_layer(analysis, layer) for layer in explanation.layers],
        "totals": [_total(total) for total in explanation.totals],
    }
    return json.dumps(data, indent=1) + "\n"


def _layer(analysis: Analysis, layer: LayerWorking) -> dict[str, Any]:
    return {
        "name": layer.layer.name,
        "kind": layer.layer.kind,
        "given": {letter.name: letter.value for letter in layer.given},
        "steps": [_step(step) for step in layer.steps],
        "notes": misfits_of(analysis, layer.layer.name),
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


def _total(total: TotalWorking) -> dict[str, Any]:
    return {
        "quantity": total.quantity,
        "largest": [{"layer": name, "value": value} for name, value in total.largest],
        "others": {"count": total.others, "value": total.rest},
        "result": total.result,
    }


def to_latex(explanation: Explanation) -> str:
    """An `align*` for every layer, or one for the totals; needs amsmath."""
    lines = []
    for layer in explanation.layers:
        rows = [row for step in layer.steps if (row := _latex_row(step))]
        lines += [
            f"% {layer.layer.name}: {layer.layer.input} -> {layer.layer.output}",
            r"\begin{align*}",
            " \\\\\n".join(rows),
            r"\end{align*}",
        ]
    if explanation.totals:
        rows = [_latex_total(total) for total in explanation.totals]
        lines += [r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"]
    return "\n".join(lines) + "\n"


def _latex_row(step: Working) -> str:
    if step.result is None:
        return ""
    hand = Latex()
    symbols = " = ".join(hand.name(symbol) for symbol in (*step.also, step.symbol))
    found = [*stages(step.tree, Latex), str(step.result)]
    return f"{symbols} &= " + " = ".join(dict.fromkeys(found))


def _latex_total(total: TotalWorking) -> str:
    terms = [*(value for _, value in total.largest), *([total.rest] if total.others else [])]
    found = [" + ".join(map(str, terms)), str(total.result)]
    return f"{Latex().name(total.symbol)} &= " + " = ".join(dict.fromkeys(found))


def to_text(explanation: Explanation) -> str:
    """The blackboard without colours, its lines as long as they are."""
    from cnncalc.report.explain import texts

    return "".join(f"{text.plain}\n" for text in texts(explanation))


FORMS = {"text": to_text, "json": to_json, "latex": to_latex}
