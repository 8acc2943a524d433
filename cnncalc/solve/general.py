"""What is said of a layer that is not all numbers -> its unknowns in terms of what is left open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnncalc.solve.answer import Answer
from cnncalc.solve.letters import field_of
from cnncalc.solve.one_layer import OneLayer
from cnncalc.solve.question import Question
from cnncalc.solve.search import Found
from cnncalc.symbolic import Size, is_known, normalise, substitute, written
from cnncalc.symbolic.constraint import Constraint, names_in


class General(NamedTuple):
    """Unknowns solved for, as (letter, value); and what must hold besides, of which no unknown could be got."""

    solved: list[tuple[str, Size]]
    besides: list[Constraint]


def general_form(said: OneLayer, question: Question) -> General:
    """Unknowns in terms of one another and of what is not given, every division taken as whole."""
    from cnncalc.symbolic.linear import solved_for

    blank = OneLayer(said.kind, question._replace(claims=(), shapes=()), said.convention)
    blank.unknowns = [letter for letter in "FSPDKG" if field_of(letter, said.kind)]
    blank.values = {
        letter: value for letter, value in _unsaid(said).items() if letter not in {*said.values, *said.unknowns}
    }
    blank.claims, blank.height = said.claims, said.height
    layer = blank.layer(**({"rounding": "strict"} if "rounding" in said.kind.fields else {}))
    solved: list[tuple[str, Size]] = []
    besides: list[Constraint] = []
    for each in blank.equations(layer, blank.shape()):
        left, right = (substitute(side, said.values) for side in (each.left, each.right))
        found = [(letter, solved_for(left, right, letter)) for letter in said.unknowns] if each.relation == "==" else []
        new = [(letter, value) for letter, value in found if value is not None]
        solved += new
        besides += [] if new else [Constraint(left, each.relation, right)]
    return General(list(dict.fromkeys(solved)), list(dict.fromkeys(besides)))


def _unsaid(said: OneLayer) -> dict[str, Size]:
    """What goes without saying: no padding, no dilation, one group, the layer type's own stride."""
    return {"D": 1, "G": 1, "P": 0, "S": getattr(said.layer(), "stride", (1,))[0]}


def in_general(said: OneLayer, question: Question, general: General) -> Answer:
    """The answer where a quantity is left open: the unknown in terms of it, or its number where that is the same."""
    unknowns = tuple(said.unknowns)
    numbers: dict[str, int] = {}
    lines: list[str] = []
    notes: list[str] = []
    for letter, value in general.solved:
        if names_in(value):
            lines += _form(letter, value)
        elif is_known(value) and _is_allowed(said, letter, value) and numbers.setdefault(letter, value) == value:
            continue
        else:
            notes += _miss(letter, value)
    for each in general.besides:
        gap = normalise(each.left - each.right)
        if not is_known(gap):
            lines.append(f"where {each}")
        elif not Constraint(gap, each.relation, 0).holds():
            notes.append(f"{each} does not hold")
    if notes:
        return Answer(question.text, unknowns, notes=tuple(notes))
    if set(numbers) == {*unknowns} and not lines:
        found = Found(unknowns, [tuple((numbers[letter], numbers[letter]) for letter in unknowns)], True)
        return Answer(question.text, unknowns, found, found)
    lines = [*(f"{letter} = {value:,}" for letter, value in numbers.items()), *lines]
    lines += [f"where {each}" for letter in unknowns if letter not in numbers for each in _bounds(said, letter)]
    return Answer(question.text, unknowns, general=tuple(lines))


def _form(letter: str, value: Size) -> Iterator[str]:
    """`P = (F - 1)/2`, and when that is whole."""
    from cnncalc.symbolic.linear import denominator, numerator

    yield f"{letter} = {written(value)}"
    if (below := denominator(value)) != 1:
        yield f"whole where {_operand(numerator(value))} % {_operand(below)} == 0"


def _miss(letter: str, value: Size) -> Iterator[str]:
    """What a number that is no solution is, and the uneven padding that does it all the same."""
    yield f"{letter} would be {written(value)}"
    total = 2 * value
    if letter == "P" and total > 0 and int(total) % 2:
        half = f"{total // 2} before and {total - total // 2} after"
        yield f"no padding that is the same on both sides does it; {half} does"


def _is_allowed(said: OneLayer, letter: str, value: int) -> bool:
    low, high = said.bounds.get(letter, (-1, -1))
    return value >= max(low, int(letter not in "PO")) and (high < 0 or value <= high)


def _bounds(said: OneLayer, letter: str) -> Iterator[str]:
    """`P >= 1`, `P <= 2`, as the question says."""
    low, high = said.bounds.get(letter, (-1, -1))
    if low >= 0:
        yield f"{letter} >= {low:,}"
    if high >= 0:
        yield f"{letter} <= {high:,}"


def _operand(size: Size) -> str:
    """A size as one side of a %."""
    text = written(size)
    return text if text.isalnum() else f"({text})"


def one_equation(
    said: OneLayer, equations: Sequence[Constraint], solved: Sequence[tuple[str, Size]]
) -> tuple[str, ...]:
    """What stands between several unknowns where fewer equations than unknowns are given."""
    from cnncalc.symbolic.linear import denominator

    if len(said.unknowns) <= len(dict.fromkeys(each for each in equations if each.relation == "==")) or not solved:
        return ()
    letter, value = min(solved, key=lambda pair: denominator(pair[1]) != 1)
    broken = denominator(value) != 1 and not names_in(value)  # a number that is not whole solves nothing
    return () if broken else (f"{letter} = {written(value)}",)
