"""A System of one layer that is not all numbers -> its unknowns in terms of what is left open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.solve.answer import NONE, Answer
from cnncalc.solve.layer_problem import layer_spec
from cnncalc.solve.search import Found
from cnncalc.solve.symbols import field_of
from cnncalc.solve.system import System
from cnncalc.symbolic import Size, is_known, normalise, substitute, symbol, written
from cnncalc.symbolic.constraint import Constraint, names_in


class General(NamedTuple):
    """Unknowns solved for, as (symbol, value); and what must hold besides, of which no unknown could be got."""

    solved: list[tuple[str, Size]]
    besides: list[Constraint]


def general_form(system: System) -> General:
    """Unknowns in terms of one another and of what is not given, every division taken as whole."""
    from cnncalc.symbolic.linear import solved_for

    solved: list[tuple[str, Size]] = []
    besides: list[Constraint] = []
    numbers = {name: value for name, value in system.values.items() if not isinstance(value, str)}
    try:
        equations = _without_numbers(system)
    except UsageError:  # the receptive field of a deconv is known for numbers alone
        return General([], [])
    for each in equations:
        left, right = (substitute(side, numbers) for side in (each.left, each.right))
        found = [(name, solved_for(left, right, name)) for name in system.unknowns] if each.relation == "==" else []
        new = [(name, value) for name, value in found if value is not None]
        solved += new
        besides += [] if new else [Constraint(left, each.relation, right)]
    return General(list(dict.fromkeys(solved)), list(dict.fromkeys(besides)))


def _without_numbers(system: System) -> list[Constraint]:
    """The equations with a symbol for every number, so that no rounding is done yet."""
    kind = system.kind
    if kind is None:
        return []
    open_ones = [name for name in "FSPDKGO" if field_of(name, kind) and name in (*system.values, *system.unknowns)]
    words = {name: value for name, value in system.values.items() if isinstance(value, str)}
    values: dict[str, Any] = {name: symbol(name) for name in open_ones} | words
    fields = {key: value for key, value in system.question.fields.items() if key in kind.fields}
    strict = {"rounding": "strict"} if "rounding" in kind.fields else {}
    spec = layer_spec(kind, system.question, fields | strict)
    blank = replace(system, setup=replace(system.setup, spec=spec), values=values, unknowns=())
    return blank.equations(blank.analysis())


def in_general(system: System, general: General, read_as: str) -> Answer:
    """The answer where a quantity is left open: the unknown in terms of it, or its number where that is the same."""
    numbers: dict[str, int] = {}
    lines: list[str] = []
    notes: list[str] = []
    for name, value in general.solved:
        if names_in(value):
            lines += _form(name, value)
        elif is_known(value) and _is_allowed(system, name, value) and numbers.setdefault(name, value) == value:
            continue
        else:
            notes += _miss(name, value)
    for each in general.besides:
        gap = normalise(each.left - each.right)
        if not is_known(gap):
            lines.append(f"where {each}")
        elif not Constraint(gap, each.relation, 0).holds():
            notes.append(f"{each} does not hold")
    answer = Answer(system.question.text, read_as, system.unknowns)
    if notes:
        return replace(answer, notes=tuple(notes))
    if set(numbers) == {*system.unknowns} and not lines:
        found = Found(system.unknowns, [tuple((numbers[name], numbers[name]) for name in system.unknowns)], True)
        return replace(answer, exact=found, rounded=found)
    lines = [*(f"{name} = {value:,}" for name, value in numbers.items()), *lines]
    lines += [f"where {each}" for name in system.unknowns if name not in numbers for each in _bounds(system, name)]
    return replace(answer, general=tuple(lines))


def _form(name: str, value: Size) -> Iterator[str]:
    """`P = (F - 1)/2`, and when that is whole."""
    from cnncalc.symbolic.linear import denominator, numerator

    yield f"{name} = {written(value)}"
    if (below := denominator(value)) != 1:
        yield f"whole where {_operand(numerator(value))} % {_operand(below)} == 0"


def _miss(name: str, value: Size) -> Iterator[str]:
    """What a number that is no solution is, and the asymmetric padding that does work."""
    yield f"{NONE}; {name} would be {written(value)}"
    total = 2 * value
    if name == "P" and total > 0 and int(total) % 2:
        yield uneven_padding(int(total) // 2, int(total) - int(total) // 2, "")


def uneven_padding(before: int, after: int, how: str = " exactly") -> str:
    """The note on a padding that differs in front and behind."""
    return f"no symmetric padding works{how}; asymmetric padding ({before}, {after}) does"


def _is_allowed(system: System, name: str, value: int) -> bool:
    low, high = system.bounds.get(name, (None, None))
    return value >= max(low or 0, int(name not in "PO")) and (high is None or value <= high)


def _bounds(system: System, name: str) -> Iterator[str]:
    """`P >= 1`, `P <= 2`, as the question says."""
    low, high = system.bounds.get(name, (None, None))
    if low is not None:
        yield f"{name} >= {low:,}"
    if high is not None:
        yield f"{name} <= {high:,}"


def _operand(size: Size) -> str:
    """A size as one side of a %."""
    text = written(size)
    return text if text.isalnum() else f"({text})"


def one_equation(
    system: System, equations: Sequence[Constraint], solved: Sequence[tuple[str, Size]]
) -> tuple[str, ...]:
    """What stands between several unknowns where fewer equations than unknowns are given."""
    from cnncalc.symbolic.linear import denominator

    number = len(dict.fromkeys(each for each in equations if each.relation == "=="))
    if len(system.unknowns) <= number or not solved:
        return ()
    name, value = min(solved, key=lambda pair: denominator(pair[1]) != 1)
    broken = denominator(value) != 1 and not names_in(value)  # a number that is not whole solves nothing
    return () if broken else (f"{name} = {written(value)}",)
