"""Formulas -> text: as a person writes them, as LaTeX, as integer Python, as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from cnncalc.analysis import Analysis
from cnncalc.formula.formulas import Formulas
from cnncalc.layers import Shape
from cnncalc.layers.shape import AXES
from cnncalc.report import numbers
from cnncalc.symbolic import is_known

TITLES = {
    "macs": "MACs",
    "flops": "FLOPs",
    "memory_bytes": "memory (bytes)",
    "receptive_field": "receptive field",
}
HALVES = ("jump", "padding", "centre")
"""Quantities that may be fractions."""
SIGNS = {"==": "=", ">=": r"\geq", "<=": r"\leq"}
Write = Callable[[Any], str]


def heading(analysis: Analysis, formulas: Formulas) -> str:
    """What the formulas are of: the network or its part, and the input."""
    whole = f"{formulas.name}, {formulas.part}" if formulas.part else formulas.name
    batch = "" if analysis.batch == 1 else f", batch {analysis.batch}"
    return f"{whole}  input {analysis.graph.input}{batch}"


def text(formulas: Formulas) -> Iterator[tuple[str, str]]:
    """(quantity, formula) as a person reads them; the last lines say where they hold."""
    from cnncalc.symbolic.printing import plain

    for quantity, value in formulas.values.items():
        yield (
            TITLES.get(quantity, quantity),
            _one(value, lambda size: numbers.exact(size) if is_known(size) else plain(size)),
        )
    if formulas.assumptions:
        yield "assumed", ", ".join(formulas.assumptions)
    if formulas.conditions:
        yield "holds where", ", ".join(formulas.conditions)


def render(analysis: Analysis, found: Sequence[Formulas], console: Console) -> None:
    """Print formulas; a long one goes on under itself, on a terminal only."""
    for number, formulas in enumerate(found):
        if number:
            console.print()
        console.print(Text(heading(analysis, formulas), style="bold"), soft_wrap=True)
        console.print()
        lines = list(text(formulas))
        width = max(len(title) for title, _ in lines)
        for title, formula in lines:
            style = "dim" if title in ("assumed", "holds where") else "cyan"
            mark = "  " if style == "dim" else " = "
            head, room = Text.assemble(" ", (title.ljust(width), style), mark), console.width - width - 4
            pieces = _pieces(formula, room) if console.is_terminal and room > 20 else [formula]
            console.print(Text("\n" + " " * (width + 4)).join([Text.assemble(head, pieces[0]), *map(Text, pieces[1:])]),
                          soft_wrap=True)  # fmt: skip


def _pieces(formula: str, room: int) -> list[str]:
    """A formula cut where it may be, in front of ` + ` and ` - ` and behind commas, into pieces of `room` at most."""
    pieces = [""]
    for part in _terms(formula):
        if pieces[-1] and len(pieces[-1]) + len(part) > room:
            pieces.append("")
        pieces[-1] += part if pieces[-1] else part.lstrip()
    return pieces


def _terms(formula: str) -> Iterator[str]:
    """A formula cut in front of ` + ` and ` - ` and behind commas, but never inside brackets."""
    term = ""
    for part in re.split(r"(?= [+-] )|(?<=, )", formula):
        if term and term.count("(") == term.count(")"):
            yield term
            term = ""
        term += part
    yield term


def _one(value: Any, write: Write, times: str = "x") -> str:
    """A value of any kind in one line: a shape as HxWxC, one size for all axes or one for each."""
    if isinstance(value, Shape):
        return times.join(_factor(write(size)) for size in (*value.size, value.channels))
    if isinstance(value, tuple):
        texts = [write(size) for size in value]
        return texts[0] if len(set(texts)) == 1 else times.join(map(_factor, texts))
    return value if isinstance(value, str) else write(value)


def _factor(text: str) -> str:
    """A size as a factor: what is more than a word stands in parentheses."""
    return text if re.fullmatch(r"[\w,{}]+|\\left.lfloor[^+]*rfloor", text) else f"({text})"


def to_python(analysis: Analysis, formulas: Formulas) -> str:
    """Assignments in integer Python, one for every number; conditions stand in comments."""
    lines = [f"# {heading(analysis, formulas)}"]
    lines += [f"# assumed: {each}" for each in formulas.assumptions]
    lines += [f"# holds where {each}" for each in formulas.conditions]
    named = [(quantity, *pair) for quantity, value in formulas.values.items() for pair in _named(quantity, value)]
    taken = [name for _, name, _ in named]
    lines += [f"{name} = {_python(quantity, size, taken)}" for quantity, name, size in named]
    return "\n".join(lines) + "\n"


def _python(quantity: str, value: Any, taken: Sequence[str] = ()) -> str:
    """A number as an expression of Python, in integers unless it may be a half."""
    from cnncalc.symbolic.printing import integer_python, true_python

    if isinstance(value, str) or value is None:
        return repr(value)
    return (true_python if quantity in HALVES else integer_python)(value, taken)


def _named(quantity: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A value of any kind as numbers with names: output_height, output_width, output_channels."""
    if isinstance(value, Shape):
        yield from ((f"{quantity}_{axis}", size) for axis, size in zip(value.axes, value.size, strict=True))
        yield f"{quantity}_channels", value.channels
    elif isinstance(value, tuple):
        axes = AXES[len(value)]
        yield from ((f"{quantity}_{axis}", size) for axis, size in zip(axes, value, strict=True))
    else:
        yield quantity, value


def to_latex(formulas: Formulas) -> str:
    """An align* environment, one line for every quantity, and at the end what is assumed and what must hold."""
    from cnncalc.symbolic.printing import latex

    lines = []
    for quantity, value in formulas.values.items():
        right = rf"\text{{{value}}}" if isinstance(value, str) else _one(value, latex, r" \times ")
        title = TITLES.get(quantity, quantity).replace("_", r"\_")
        lines.append(rf"\text{{{title}}} &= {right}")
    for word, stated in (("for", _latex_assumptions(formulas)), ("where", _latex_provisos(formulas))):
        if stated:
            lines.append(rf"\text{{{word} }} & " + r",\ ".join(stated))
    return "\\begin{align*}\n" + " \\\\\n".join(f"  {line}" for line in lines) + "\n\\end{align*}\n"


def _latex_assumptions(formulas: Formulas) -> list[str]:
    r"""What is assumed: `H \bmod 32 = 0`, `W = H`."""
    from cnncalc.symbolic.printing import latex

    texts = []
    for each in formulas.assumed:
        left, right = latex(each.left), latex(each.right)
        left += rf" \bmod {each.divisor}" if each.divisor else ""
        texts.append(
            f"{left} {SIGNS[each.relation]} " + (right if each.over == 1 else rf"\frac{{{right}}}{{{each.over}}}")
        )
    return texts


def _latex_provisos(formulas: Formulas) -> list[str]:
    r"""What must hold beside it: `H \geq 32`."""
    from cnncalc.symbolic.printing import latex

    texts = []
    for each in formulas.provisos:
        left, right = latex(each.left), latex(each.right)
        if each.relation == "multiple of":
            texts.append(rf"\left({left}\right) \bmod {right} = 0")
        else:
            texts.append(f"{left} {SIGNS[each.relation]} {right}")
    return texts


def to_data(analysis: Analysis, formulas: Formulas) -> dict[str, Any]:
    """A JSON-ready mapping: integers as they are, closed forms as strings of integer Python."""

    def data(value: Any, quantity: str = "") -> Any:
        if isinstance(value, Shape):
            return {"channels": data(value.channels), "size": [data(size) for size in value.size]}
        if isinstance(value, tuple):
            return [data(size, quantity) for size in value]
        return value if isinstance(value, str | int) or value is None else _python(quantity, value)

    return {
        "schema_version": 1,
        "name": formulas.name,
        "part": formulas.part or None,
        "input": data(analysis.graph.input),
        "batch": data(analysis.batch),
        "assumed": list(formulas.assumptions),
        "holds_where": list(formulas.conditions),
        "formulas": {quantity: data(value, quantity) for quantity, value in formulas.values.items()},
    }


def to_json(found: list[dict[str, Any]]) -> str:
    """One mapping, or a list of them where several parts were asked for."""
    return json.dumps(found[0] if len(found) == 1 else found, indent=2) + "\n"
