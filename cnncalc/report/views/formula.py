"""Formulas -> closed forms as a person writes them, as LaTeX, as integer Python, as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from cnncalc.analysis.quantities import QUANTITIES
from cnncalc.formula.formulas import Formulas, SeveralFormulas
from cnncalc.formula.validity import equal_jumps
from cnncalc.layers import Shape, Sides
from cnncalc.layers.shape import AXES
from cnncalc.report import numbers
from cnncalc.report.document import Blank, Block, Equation, Equations, Heading, document
from cnncalc.report.json import inputs_data
from cnncalc.report.latex import escaped
from cnncalc.report.report import Options, Report
from cnncalc.report.working_line import aligned, listed
from cnncalc.symbolic import is_known
from cnncalc.symbolic.constraint import Constraint

HALVES = ("jump", "padding", "centre")
"""Quantities that may be fractions."""
SIGNS = {"==": "=", ">=": r"\geq"}
Write = Callable[[Any], str]


def report(result: Formulas | SeveralFormulas, options: Options) -> Report:
    """The closed forms of one part, or of several one below the other."""
    parts = result.parts
    return Report(
        lambda: document(parts[0].name, _blocks(parts)),
        lambda: _data(parts[0]) if len(parts) == 1 else list(map(_data, parts)),
        own={"python": lambda: iter(["\n".join(map(_assignments, parts))])},
    )


def _blocks(parts: Sequence[Formulas]) -> Iterator[Block]:
    for number, formulas in enumerate(parts):
        if number:
            yield Blank()
        yield Heading(*_heading(formulas))
        yield Blank()
        yield Equations(tuple(_equations(formulas)))


def _heading(formulas: Formulas) -> tuple[str, str]:
    """What the formulas are of: the network or its part, and the input."""
    batch = "" if formulas.analysis.batch == 1 else f", batch {formulas.analysis.batch}"
    whole = f"{formulas.name}, {formulas.part}" if formulas.part else formulas.name
    return whole, f"{formulas.analysis.graph.inputs_text()}{batch}"


def _equations(formulas: Formulas) -> Iterator[Equation]:
    """A formula for every quantity; the last lines say where they hold."""
    from cnncalc.symbolic.printing import plain

    write = partial(_one, write=lambda size: numbers.exact(size) if is_known(size) else plain(size))
    for quantity, value in formulas.values.items():
        title = _title(quantity)
        yield Equation(title, (write(value),), "", partial(_latex, title, value))
    if formulas.assumptions:
        yield Equation("assumed", (), ", ".join(formulas.assumptions), lambda: listed("assumed", _assumed(formulas)))
    if formulas.conditions:
        where = partial(_where, formulas)
        yield Equation("holds where", (), ", ".join(formulas.conditions), where)


def _title(quantity: str) -> str:
    """What a line is called: by the title of its quantity, and the unit of its formula."""
    known = QUANTITIES[quantity]
    return f"{known.words} (bytes)" if known.kind == "bytes" else known.words


def _one(value: Any, write: Write, times: str = "x") -> str:
    """A value of any kind in one line: a shape as HxWxC, one size for all axes or one for each."""
    if isinstance(value, Shape):
        return times.join(_factor(write(size)) for size in (*value.size, value.channels))
    if isinstance(value, Sides):
        text = str(value.mapped(write))
        return text if times == "x" else re.sub(r" (before,|after)", r"\\text{ \1}\\ ", text).removesuffix("\\ ")
    if isinstance(value, tuple):
        texts = [_one(size, write, times) for size in value]
        return texts[0] if len(set(texts)) == 1 else times.join(map(_factor, texts))
    return value if isinstance(value, str) else write(value)


def _factor(text: str) -> str:
    """A size as a factor: what is more than a word, a floor or a fraction stands in parentheses."""
    if re.fullmatch(r"[\w,{}]+|\\left.lfloor[^+]*rfloor|\\frac{[^{}]*}{[^{}]*}", text):
        return text
    return rf"\left({text}\right)" if "\\" in text or "{" in text else f"({text})"


# LaTeX ------------------------------------------------------------------------------------------


def _latex(title: str, value: Any) -> str:
    """The formula of a quantity."""
    from cnncalc.symbolic.printing import latex

    right = rf"\text{{{value}}}" if isinstance(value, str) else _one(value, latex, r" \times ")
    return aligned(rf"\text{{{title}}}", [right])


def _where(formulas: Formulas) -> str:
    """Where the formulas hold."""
    words = (rf"\text{{{escaped(each)}}}" for each in equal_jumps(formulas.analysis))
    return listed("holds where", [*map(_constraint, formulas.validity), *words])


def _assumed(formulas: Formulas) -> Iterator[str]:
    r"""What is assumed: `H \bmod 32 = 0`, `P = \frac{F - 1}{2}`."""
    from cnncalc.symbolic.printing import latex

    for _, stated in groupby(formulas.assumed, lambda each: each.text):
        first, *others = (each.constraint for each in stated)
        if first.relation == "==" and [each.relation for each in others] == ["multiple of"]:
            (whole,) = others  # a quotient that leaves nothing
            yield rf"{latex(first.left)} = \frac{{{latex(whole.left)}}}{{{whole.right}}}"
        else:
            yield from map(_constraint, (first, *others))


def _constraint(constraint: Constraint) -> str:
    r"""A constraint as a person writes it: `H \geq 32`, `W \leq 64`, `H \bmod 32 = 5`."""
    from cnncalc.symbolic.printing import latex

    left: Any = constraint.left
    _, relation, right = constraint
    if relation == "multiple of":
        number, rest = left.as_coeff_Add()
        if is_known(right) and getattr(rest, "is_Symbol", False):
            return rf"{latex(rest)} \bmod {right} = {-int(number) % right}"
        return rf"\left({latex(left)}\right) \bmod {latex(right)} = 0"
    if relation == ">=" and is_known(left):
        return rf"{latex(right)} \leq {left}"
    return f"{latex(left)} {SIGNS[relation]} {latex(right)}"


# Python and data --------------------------------------------------------------------------------


def _assignments(formulas: Formulas) -> str:
    """Assignments in integer Python, one for every number; conditions stand in comments."""
    lines = [f"# {'  '.join(_heading(formulas))}"]
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
        for axis, size in zip(axes, value, strict=True):
            if isinstance(size, Sides):
                yield f"{quantity}_{axis}_before", size.before
                yield f"{quantity}_{axis}_after", size.after
            else:
                yield f"{quantity}_{axis}", size
    else:
        yield quantity, value


def _data(formulas: Formulas) -> dict[str, Any]:
    """Plain data: integers as they are, closed forms as strings of integer Python."""

    def data(value: Any, quantity: str = "") -> Any:
        if isinstance(value, Shape):
            return {"channels": data(value.channels), "size": [data(size) for size in value.size]}
        if isinstance(value, tuple):
            return [data(size, quantity) for size in value]
        if isinstance(value, Sides):
            return [data(value.before, quantity), data(value.after, quantity)]
        return value if isinstance(value, str | int) or value is None else _python(quantity, value)

    return {
        "schema_version": 1,
        "name": formulas.name,
        "part": formulas.part or None,
        **inputs_data((each.name, data(each.shape)) for each in formulas.analysis.graph.inputs),
        "batch": data(formulas.analysis.batch),
        "assumed": list(formulas.assumptions),
        "holds_where": list(formulas.conditions),
        "formulas": {quantity: data(value, quantity) for quantity, value in formulas.values.items()},
    }
