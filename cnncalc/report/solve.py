"""Answer -> text: the solutions, the working of some, where was searched; or the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.text import Text

from cnncalc.explain.working import explain_layer
from cnncalc.report.formula_text import stages
from cnncalc.report.remarks import misfits_of
from cnncalc.report.terminal import UNBOUNDED
from cnncalc.solve.answer import Answer, amount
from cnncalc.solve.listing import known_text, listed, ranges
from cnncalc.solve.search import Found
from cnncalc.spec.parameters import written
from cnncalc.symbolic import is_known
from cnncalc.symbolic import written as written_size
from cnncalc.symbolic.constraint import Range


def render(answer: Answer, console: Console) -> None:
    """Print the answer: what was found in bold, how it comes about below."""
    if not console.is_terminal:
        console.width = UNBOUNDED
    for line in lines(answer):
        console.print(line)


def lines(answer: Answer) -> Iterator[Text]:
    """The answer line by line."""
    for name, value in answer.known.items():
        yield Text(f"{name} = {known_text(value)}", "bold")
    if answer.exact is None:
        yield from (
            Text(f"  {line}" if line.startswith(("whole where", "where")) else line, "bold") for line in answer.general
        )
    if answer.exact is not None and answer.rounded is not None:
        yield from _found(answer, answer.exact, answer.rounded)
    if not answer and answer.exact is None and not answer.known:
        yield Text("none", "bold red")
    if answer.exact is not None:
        yield from (Text(f"  in general, {line}", "dim") for line in answer.general)
    for note in answer.notes:
        yield Text(f"* {note}")
    yield from _workings(answer)
    if answer.searched:
        where = ", ".join(_range(answer, name, bounds) for name, bounds in answer.searched.items())
        yield Text(f"searched: {where}" + (f", where {answer.where}" if answer.where else ""), "dim")


def _range(answer: Answer, name: str, bounds: Range) -> str:
    """`S from 1 to 8`, `width from 0.25 to 2 by 0.25`."""
    low, high = (answer.text(name, value) for value in bounds)
    return f"{name} from {low} to {high}" + (f" by {answer.text(name, 1)}" if name in answer.steps else "")


def _found(answer: Answer, exact: Found, rounded: Found) -> Iterator[Text]:
    """The solutions: those without a remainder first, then how many more there are with one."""
    if not rounded:
        yield Text("none", "bold red")
        return
    yield from (Text(line, "bold") for line in listed(answer, exact or rounded))
    more = rounded.number - exact.number
    if not exact:
        yield Text("  these leave a remainder, which the layer rounds away", "yellow")
    elif more:
        others = f"; {', '.join(ranges(answer, rounded))} in all" if len(answer.unknowns) == 1 else ""
        yield Text(f"  exactly, with nothing dropped; {more:,} more with a remainder{others}", "dim")


def _workings(answer: Answer) -> Iterator[Text]:
    """The layer with a solution in it, on the blackboard: of its steps, those the question is about."""
    for analysis in answer.workings:
        for layer in analysis.layers:
            for step in explain_layer(analysis, layer, answer.focus).steps:
                # the channels of the output are no more than those that were given
                if step.quantity not in answer.focus or step.result is None or step.symbol.startswith("C"):
                    continue
                symbol = " = ".join((*step.also, step.symbol))
                parts = [*stages(step.tree), f"{step.result:,}"]
                shown = [part for number, part in enumerate(parts) if part not in parts[number + 1 :]]
                yield Text(f"  {symbol} = {' = '.join(shown)}")
            if "output" in answer.focus:
                yield from (Text(f"  ! {note}", "red") for note in misfits_of(analysis, layer.name))


def to_json(answer: Answer) -> str:
    """The answer as JSON: solutions one by one (at most 10,000), and as ranges."""
    data: dict[str, Any] = {
        "schema_version": 1,
        "question": answer.question,
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
    return json.dumps(data, indent=2) + "\n"


def _boxes(answer: Answer, found: Found | None) -> list[dict[str, list[Any]]] | None:
    if found is None:
        return None
    return [
        {name: _ends(answer, name, bounds) for name, bounds in zip(found.unknowns, box, strict=True)}
        for box in found.boxes
    ]


def _ends(answer: Answer, name: str, bounds: Range) -> list[int | float | str]:
    return [_number(amount(value, answer.steps.get(name, 1))) for value in bounds]


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
