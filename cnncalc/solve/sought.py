"""Unknowns of one layer -> their Answer: searched, solved in general, or missed by how much."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analysis import Analysis
from cnncalc.errors import Problem
from cnncalc.layers import Layer, Shape
from cnncalc.solve.answer import Answer, missed, nearest
from cnncalc.solve.general import general_form, in_general, one_equation
from cnncalc.solve.letters import WHAT, field_of, range_letters
from cnncalc.solve.one_layer import OneLayer, unknown_only
from cnncalc.solve.question import Question, QuestionError
from cnncalc.solve.search import search
from cnncalc.solve.trial import analysed, fields, is_told, plain_shape, put_in
from cnncalc.symbolic import Size, is_known, symbol, written
from cnncalc.symbolic.constraint import Constraint, names_in

MOST_WORKINGS = 3
PAIR = ("P_before", "P_after")


def sought(said: OneLayer, question: Question) -> Answer:
    """The answer to a question with unknowns; raises QuestionError for one that says too little."""
    layer, shape = said.layer(), said.shape()
    equations = list(said.equations(layer, shape))
    if not equations and not said.bounds and not _conditions(said, layer, shape)[1]:
        raise QuestionError([Problem("nothing is said of what should come out", None, "as in 'out=55' or '227 -> 55'")])
    free = sorted(set().union(*(names_in(each.left, each.right) for each in equations)) - set(said.unknowns))
    general = general_form(said, question)
    if not free:
        return _searched(said, question, equations, general.solved)
    if not general.solved:
        names = ", ".join(f"{letter} ({WHAT.get(letter, 'a symbol')})" for letter in free)
        raise QuestionError([Problem(f"this depends on {names}", None, f"give it, as in {free[0]}=3")])
    return in_general(said, question, general)


def _searched(
    said: OneLayer, question: Question, equations: list[Constraint], solved: Sequence[tuple[str, Size]]
) -> Answer:
    """Search the unknowns; then, if need be, paddings that differ in front and behind, and what comes nearest."""
    layer, shape = said.layer(), said.shape()
    ranges = said.ranges()
    must, fits = _conditions(said, layer, shape)
    tidy, alone = _padding_alone(said, layer, shape)
    if tidy and is_known(tidy.left):
        ranges["P"] = (ranges["P"][0], min(ranges["P"][1], tidy.left))
    constraints = [*equations, *must, *([tidy] if tidy else [])]
    exact = search([*constraints, *fits], ranges)
    rounded = exact if not fits else search(constraints, ranges)
    notes = []
    shown = exact or rounded
    points = shown.points(MOST_WORKINGS) if len(shown.unknowns) > 1 else shown.ends()[-MOST_WORKINGS:]
    workings = [put_in(said, point) for point in points if is_told(said, layer, shape)]
    if not exact and said.unknowns == ["P"]:
        pair = _paddings(said)
        notes.append("no padding that is the same on both sides does it exactly" + (f"; {pair[0]}" if pair else ""))
        workings += pair[1:] if pair else []
    if not rounded:
        notes.append(missed(nearest(constraints, ranges), equations))
    elif alone and search([*constraints, alone, *(fits if exact else [])], ranges):
        notes.append(f"where P >= {written(alone.right)}, the outermost windows see nothing but padding")
    if not exact.complete or not rounded.complete:
        notes.append("there are more than could be looked at: say more of the unknowns, as in F<=7")
    return Answer(
        question.text,
        tuple(said.unknowns),
        exact,
        rounded,
        one_equation(said, equations, solved),
        tuple(notes),
        workings=tuple(workings),
        focus=said.focus(),
        searched=ranges,
        where=f"P < {written(tidy.left + 1)}" if tidy and not is_known(tidy.left) else "",
        bounded=frozenset(said.bounds),
    )


def _conditions(said: OneLayer, layer: Layer, shape: Shape) -> tuple[list[Constraint], list[Constraint]]:
    """What must hold for the layer to exist, and what for every division to be whole."""
    must: list[Constraint] = []
    fits: list[Constraint] = []
    unknowns = tuple(said.unknowns)
    for condition in layer.conditions(shape):
        constraint = Constraint(condition.left, condition.relation, condition.right)
        if unknown_only(constraint, unknowns):
            (fits if condition.severity == "note" else must).append(constraint)
    return must, fits


def _padding_alone(said: OneLayer, layer: Layer, shape: Shape) -> tuple[Constraint | None, Constraint | None]:
    """That no window sees padding alone, where P is open with others; and that one does, where all P are looked at."""
    widest = (
        said.quantities(layer, shape)["rf"]
        if {"F", "P"} <= {*range_letters(said.kind)} and "P" in said.unknowns
        else ()
    )
    if not widest or not names_in(widest[0]) <= set(said.unknowns):
        return None, None
    if len(said.unknowns) > 1 and "P" not in said.bounds:
        return Constraint(widest[0] - 1, ">=", said.value("P")), None
    return None, Constraint(said.value("P"), ">=", widest[0])


def _paddings(said: OneLayer) -> tuple[str, Analysis] | None:
    """`1 before and 2 after does`: paddings that differ by one, which together leave nothing over."""
    before, after = map(symbol, PAIR)
    key = field_of("P", said.kind)
    layer, shape = said.layer(**{key: [[before, after]]}), said.shape()
    constraints = [*said.equations(layer, shape), Constraint(after, "==", before + 1)]
    conditions = (Constraint(each.left, each.relation, each.right) for each in layer.conditions(shape))
    constraints += (each for each in conditions if unknown_only(each, PAIR))
    found = search(constraints, dict.fromkeys(PAIR, said.ranges()["P"]))
    if not found:
        return None
    point = found.points(1)[0]
    padded = said.layer(**{**fields(said, {}), key: [[point[PAIR[0]], point[PAIR[1]]]]})
    text = f"{point[PAIR[0]]} before and {point[PAIR[1]]} after does"
    return text, analysed(said, padded, plain_shape(said, {}))
