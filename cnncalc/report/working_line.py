"""Steps of a working -> Equations: `H' = W' = (W - F + 2P)/S + 1 = (32 - 5 + 2*0)/1 + 1 = 28`, as text and in LaTeX.

The one place that writes "symbol = formula = numbers = result", for every command that shows a working:

    equation(step: Working) -> Equation        one step, its remark too; a row of document.Equations
    given(letters: Sequence[Variable]) -> Equation    what a working starts from: `given  H = W = 227, C = 3`
    added_up(symbol, terms, others, result) -> Equation    a total, by the layers that make it
    in_line(row: Equation) -> str              the equation as one line of plain text, without its remark
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import Any

from cnncalc.explain.steps import Working
from cnncalc.report import numbers
from cnncalc.report.document import Equation
from cnncalc.report.formula_text import Latex, stages
from cnncalc.report.latex import escaped
from cnncalc.symbolic.formula_tree import Variable

LINE = 56
"""A line of LaTeX holds about as many characters; longer equations go on in the next line."""


def equation(step: Working) -> Equation:
    """A step of a working: in symbols, with the numbers put in, and what that comes to.

    A step without a result has no stages, only the remark why there is none.
    """
    symbols = (*step.also, step.symbol)
    names = " = ".join(map(Latex().name, symbols))
    if step.result is None:
        return Equation(" = ".join(symbols), (), step.remark, lambda: aligned(names, [], step.remark))
    unit = " bytes" if step.quantity.endswith("_bytes") else ""
    texts = _distinct([*stages(step.tree), result_text(step.result)])
    shown = (*texts[:-1], texts[-1] + unit)
    return Equation(" = ".join(symbols), shown, step.remark, lambda: aligned(names, _in_latex(step, unit), step.remark))


def _in_latex(step: Working, unit: str) -> list[str]:
    """The stages of a step, and what they come to."""
    formulas = list(dict.fromkeys([*stages(step.tree, Latex), str(step.result)]))
    formulas[-1] += rf"\text{{{unit}}}" if unit else ""
    return formulas


def given(letters: Sequence[Variable]) -> Equation:
    """What a working starts from: `given  H = W = 227, C = 3, F = 11`."""
    groups: list[list[str]] = [[]]
    for number, letter in enumerate(letters):
        following = letters[number + 1] if number + 1 < len(letters) else None
        groups[-1].append(letter.name)
        if not (following and letter.name in ("Z", "H") and letter.value == following.value):
            groups[-1].append(str(letter.value))
            groups.append([])
    groups.pop()
    latex = [" = ".join([*map(Latex().name, names), value]) for *names, value in groups]
    return Equation("given", (), ", ".join(map(" = ".join, groups)), lambda: listed("given", latex) if latex else "")


def added_up(symbol: str, terms: Sequence[tuple[str, int]], others: int, result: int, unit: str = "") -> Equation:
    """A total by its terms: `params = 102,764,544 (fc6, 74.3 %) + ... + 35,593,000 (14 others, 25.7 %) = 138,357,544`.

    `terms` are names and values; `others` counts the terms that are left out, which make up the rest.
    """
    rest = result - sum(value for _, value in terms)
    named = [*terms, *([(f"{others} other{'s' * (others > 1)}", rest)] if others else [])]
    parts = [f"{value:,} ({name}, {numbers.percent(value, result)} %)" for name, value in named]
    shown = (" + ".join(parts), f"{result:,}{unit}") if len(named) > 1 else (f"{result:,}{unit} ({named[0][0]})",)
    end = rf"{result}\text{{{unit}}}" if unit else str(result)
    formulas = [" + ".join(str(value) for _, value in named), end] if len(named) > 1 else [end]
    return Equation(symbol, shown, "", lambda: aligned(Latex().name(symbol), formulas))


def in_line(row: Equation) -> str:
    """An equation as a line of text, without its remark."""
    return " = ".join((row.symbol, *row.stages))


def result_text(value: Any) -> str:
    """What a step comes to, as text: `34,944`, `1/2`."""
    return numbers.fraction(value)


def _distinct(texts: list[str]) -> tuple[str, ...]:
    """The stages without those that say the result already."""
    *before, result = texts
    return (*(text for text in before if text != result.replace(",", "")), result)


def listed(word: str, statements: Iterable[str]) -> str:
    """Rows of an `align*` that list some statements: `given  H = 32, C = 3`."""
    first, *others = statements
    pieces = [(r"\quad ", first), *(("", rf"\ {each}") for each in others)]
    closed = [*((before, f"{each},") for before, each in pieces[:-1]), pieces[-1]]
    return " \\\\\n".join(_rows(rf"\text{{{word}}}", closed))


def aligned(names: str, formulas: Sequence[str], remark: str = "") -> str:
    r"""Rows of an `align*`: each begins with `&`; what has no room in a row goes on in the next.

    `names` is LaTeX, the `formulas` too, which are joined by equals signs; `remark` is text.
    """
    terms = [("" if place else "= ", term) for formula in formulas for place, term in enumerate(_terms(formula))]
    rows = _rows(names, terms)
    remark = f"({remark})" if remark and formulas else remark
    lines = [rf"\quad\text{{{escaped(part)}}}" for part in wrap(remark, LINE)]
    if len(remark) + len(_seen(rows[-1])) <= LINE + len(_seen(names)):
        rows[-1] += "".join(lines)
    else:
        rows += (f"&{text}" for text in lines)
    return " \\\\\n".join(rows)


def _rows(names: str, pieces: Iterable[tuple[str, str]]) -> list[str]:
    """Pieces in as many rows as they need, each behind what stands before it: an equals sign, or nothing."""
    rows, room = [f"{names} &"], LINE
    for before, piece in pieces:
        length = len(_seen(before + piece))
        if length > room < LINE:
            rows.append("&" if before else r"&\quad")
            room = LINE
        rows[-1] += f"{'' if rows[-1].endswith('&') else ' '}{before}{piece.strip()}"
        room -= length
    return rows


def _terms(latex: str) -> Iterator[str]:
    """A formula cut in front of ` + ` and ` - `, but never inside of brackets."""
    term = ""
    for part in re.split(r"(?= [+-] )", latex):
        if term and term.count("{") + term.count(r"\left") == term.count("}") + term.count(r"\right"):
            yield term
            term = ""
        term += part
    yield term


def _seen(latex: str) -> str:
    """About what a reader sees of LaTeX, one character for each; of a fraction, both parts."""
    return re.sub(r"\\[a-z]+|[{}_^]", "", re.sub(r"\\(cdot|times|[lr]floor|[lr]ceil|geq|leq)", "#", latex))
