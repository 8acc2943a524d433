"""Answer -> what was found, how it is computed, and how the question was read."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from cnncalc.explain.working import explain_layer
from cnncalc.report.document import Block, Equations, Line, Note, Text, document, line
from cnncalc.report.remarks import misfits_of
from cnncalc.report.report import Options, Report
from cnncalc.report.working_line import equation
from cnncalc.solve.answer import Answer, known_text
from cnncalc.solve.search import Found
from cnncalc.solve.system import in_steps
from cnncalc.spec.parameters import written
from cnncalc.symbolic import is_known
from cnncalc.symbolic import written as written_size
from cnncalc.symbolic.constraint import Range

DETAILS = ("whole where", "where")
"""How lines begin that say when a general form holds."""

TAKES = ("notes",)
"""The options of a report that it takes."""


def report(answer: Answer, options: Options) -> Report:
    """The answer as text, and as data: solutions one by one (at most 10,000), and as ranges."""
    return Report(lambda: document(answer.question, _blocks(answer, options)), lambda: _data(answer))


def _blocks(answer: Answer, options: Options) -> Iterator[Block]:
    yield from (
        Text((line((f"{name} = {known_text(name, value)}", "answer")),)) for name, value in answer.known.items()
    )
    if answer.exact is None:
        for form in answer.general:
            yield Text((line((form, "answer")),), int(form.startswith(DETAILS)))
    if answer.headline:
        yield Text((line((answer.headline, "bad")),))
    if answer.exact is not None and answer.rounded:
        yield from _found(answer, answer.exact, answer.rounded)
        yield from (Text((line((f"in general, {form}", "dim")),), 1) for form in answer.general)
    if options.notes != "none":
        yield from (Note("fact", note) for note in answer.notes if note != answer.headline)
        yield from _workings(answer)
    yield Text((line((f"read as: {answer.read_as}", "dim")),))
    if answer.searched and options.notes != "none":
        where = ", ".join(_range(answer, name, bounds) for name, bounds in answer.searched.items())
        yield Text((line((f"searched: {where}" + (f", where {answer.where}" if answer.where else ""), "dim")),))


def _range(answer: Answer, name: str, bounds: Range) -> str:
    """`S from 1 to 8`, `width from 0.25 to 2 by 0.25`."""
    low, high = (answer.text(name, value) for value in bounds)
    return f"{name} from {low} to {high}" + (f" by {answer.text(name, 1)}" if name in answer.steps else "")


def _found(answer: Answer, exact: Found, rounded: Found) -> Iterator[Block]:
    """The solutions: those without a remainder first, then how many more there are with one."""
    yield Text(tuple(line((each, "answer")) for each in answer.listed(exact or rounded)))
    more = rounded.number - exact.number
    detail: Line | None = None
    if not exact:
        detail = line(("these leave a remainder, which the layer rounds away", "warning"))
    elif more:
        others = f"; {', '.join(answer.ranges(rounded))} in all" if len(answer.unknowns) == 1 else ""
        detail = line((f"exactly, with nothing dropped; {more:,} more with a remainder{others}", "dim"))
    if detail:
        yield Text((detail,), 1)


def _workings(answer: Answer) -> Iterator[Block]:
    """The layer with a solution in it, by hand: of its steps, those the question is about."""
    for analysis in answer.workings:
        for layer in analysis.layers:
            steps = (
                step
                for step in explain_layer(analysis, layer, answer.focus).steps
                # the channels of the output are no more than those that were given
                if step.quantity in answer.focus and step.result is not None and not step.symbol.startswith("C")
            )
            rows = tuple(equation(step)._replace(remark="") for step in steps)
            yield from (Equations((row,)) for row in rows)
            if "output" in answer.focus:
                yield from (Note("warning", note) for note in misfits_of(analysis, layer.name))


# As data ----------------------------------------------------------------------------------------


def _data(answer: Answer) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "question": answer.question,
        "read_as": answer.read_as,
        "unknowns": list(answer.unknowns),
        "known": {name: _known(value) for name, value in answer.known.items()},
        "general": list(answer.general),
        "exact": _boxes(answer, answer.exact),
        "rounded": _boxes(answer, answer.rounded),
        "solutions": [{name: _number(value) for name, value in point.items()} for point in answer.solutions],
        "notes": list(answer.notes),
        "searched": {name: _ends(answer, name, bounds) for name, bounds in answer.searched.items()},
        "where": answer.where,
        "steps": {name: _number(step) for name, step in answer.steps.items()},
    }


def _boxes(answer: Answer, found: Found | None) -> list[dict[str, list[Any]]] | None:
    if found is None:
        return None
    return [
        {name: _ends(answer, name, bounds) for name, bounds in zip(found.unknowns, box, strict=True)}
        for box in found.boxes
    ]


def _ends(answer: Answer, name: str, bounds: Range) -> list[int | float | str]:
    return [_number(in_steps(value, answer.steps.get(name, 1))) for value in bounds]


def _known(value: Any) -> Any:
    """A quantity as JSON has it: raw integers, a list for a shape, symbolic values as integer Python."""
    if isinstance(value, tuple):
        return [_known(each) for each in value]
    return value if is_known(value) else written_size(value)


def _number(value: int | Fraction) -> int | float | str:
    """A number as JSON has it; a fraction that is no decimal as text, `1/3`."""
    if not isinstance(value, Fraction):
        return value
    text = written(value)
    return text if "/" in text else float(text)
