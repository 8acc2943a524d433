"""A question about one layer -> its Answer: its unknowns are sought, the rest is worked out and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cnncalc.analysis import Convention
from cnncalc.errors import Problem, SpecError
from cnncalc.layers import Layer, Shape
from cnncalc.solve.answer import Answer
from cnncalc.solve.letters import WHAT, field_of
from cnncalc.solve.listing import known_text, listed
from cnncalc.solve.one_layer import OneLayer
from cnncalc.solve.question import Question, QuestionError
from cnncalc.solve.said import ORDER
from cnncalc.solve.sought import sought
from cnncalc.solve.trial import is_told, put_in
from cnncalc.symbolic import Size, is_known, normalise, written
from cnncalc.symbolic.constraint import Constraint, names_in

MOST_TOLD = 10
"""Of how many solutions is told what follows from them."""


def ask_layer(kind: type[Layer], question: Question, convention: Convention | None = None) -> Answer:
    """The answer to a question about one layer of the type `kind`; raises QuestionError for one that says too little.

    Raises SpecError where what is given cannot be a layer.
    """
    for name, step in question.steps:
        message = f"'{name}' of one layer does not go in steps of {step}"
        raise QuestionError([Problem(message, dict(question.unknowns)[name], "steps are for the unknown of a network")])
    said = OneLayer(kind, question, convention or Convention())
    _check_known(said, said.layer(), said.shape())
    if said.unknowns:
        return _with_asked(said, sought(said, question))
    implied = _implied(said)
    if not implied:
        return _worked_out(said, question)
    open_one = said.asking(implied)
    answer = sought(open_one, question)
    if not said.asked:
        return answer
    if len(answer.solutions) != 1:
        number = "more than one" if answer else "none"
        message = f"this depends on {implied} ({WHAT[implied]}), of which {number} is possible"
        raise QuestionError([Problem(message, None, f"give it, as in {implied}=3")])
    return _worked_out(open_one.given(answer.solutions[0]), question, answer.solutions[0])


def _with_asked(said: OneLayer, answer: Answer) -> Answer:
    """The answer with what follows from it, where that is asked for too."""
    if not said.asked or not answer:
        return answer
    found = answer.exact or answer.rounded
    points = found.points(MOST_TOLD) if found else []
    if len(points) < 2:
        return replace(answer, known=_asked_of(said.given(points[0]) if points else said))
    notes = []
    for point in points:
        where = ", ".join(f"{letter} = {value:,}" for letter, value in point.items())
        asked = _asked_of(said.given(point))
        notes.append(f"{where}: {', '.join(f'{name} = {known_text(value)}' for name, value in asked.items())}")
    return replace(answer, notes=(*answer.notes, *notes))


def _asked_of(said: OneLayer) -> dict[str, Any]:
    quantities = said.quantities(said.layer(), said.shape())
    return {name: _value(name, quantities) for name in said.asked}


def _check_known(said: OneLayer, layer: Layer, shape: Shape) -> None:
    """Raise SpecError where what is given cannot be a layer, or is nothing that an equation can be made of."""
    failed = [each for each in layer.conditions(shape) if each.severity != "note" and each.holds() is False]
    if failed:
        raise SpecError([Problem(each.message(), None, each.hint_text()) for each in failed])
    quantities = said.quantities(layer, shape)
    for letter, claim in said.claims:
        for name in {letter, claim.amount if isinstance(claim.amount, str) else letter} & {"rf"}:
            if not quantities[name]:
                message = f"the receptive field of {said.kind.kind} is no number here"
                hint = "that of a deconv needs a kernel, stride, dilation and padding that are numbers"
                raise QuestionError([Problem(message, claim.span, hint)])


def _implied(said: OneLayer) -> str:
    """The one letter that is open though none is asked for; nothing where there is none.

    To keep the size, that is the padding. Raises QuestionError where several are open.
    """
    if said.keeps() and field_of("P", said.kind) and "P" not in said.values:
        return "P"
    if len(said.mentioned) == 1 and said.claims and not said.asked:
        return next(iter(said.mentioned))
    gaps = (normalise(each.left - each.right) for each in said.equations(said.layer(), said.shape()))
    named = names_in(*gaps)
    open_ones = [letter for letter in ORDER if letter in named]
    if len(open_ones) == 1 and (named == set(open_ones) or not said.asked):
        return open_ones[0]
    if named:
        names = " and ".join(
            f"{name} ({WHAT.get(name, 'a symbol')})" for name in (*open_ones, *sorted(named - {*ORDER}))
        )
        hint = (
            f"give what is known, and ask for one, as in {open_ones[0]}=?"
            if open_ones
            else "name what is asked for, as in S=?"
        )
        raise QuestionError([Problem(f"this depends on {names}", None, hint)])
    return ""


def _worked_out(said: OneLayer, question: Question, first: Mapping[str, Any] | None = None) -> Answer:
    """A question whose answer only needs working out; what is said to come out is checked."""
    layer, shape = said.layer(), said.shape()
    quantities = said.quantities(layer, shape)
    equations = list(said.equations(layer, shape))
    if not said.asked and not said.claims and names_in(*quantities["out"]) <= said.symbols():
        return _worked_out(said.wondering("out"), question)
    asked = said.asked or [letter for letter, _ in said.claims if letter in quantities]
    if not asked and not equations:
        raise QuestionError(
            [Problem("nothing is asked", None, "put a question mark, as in S=?, or name what is wanted")]
        )
    wrong = [each for each in equations if not Constraint(normalise(each.left - each.right), each.relation, 0).holds()]
    known = {**(first or {}), **{name: _value(name, quantities) for name in asked}}
    open_ones = {name for name in asked for value in quantities[name] if not is_known(value)}
    notes = list(dict.fromkeys(map(_refuted, wrong)))
    if wrong:
        notes += _with_padding(said, question)
    elif equations and not said.asked:
        notes.append("as said")
    workings = () if open_ones or not is_told(said, layer, shape) else (put_in(said, {}),)
    return Answer(
        question.text, known=known, notes=tuple(notes), workings=workings, focus=said.focus(), contradicted=bool(wrong)
    )


def _refuted(wrong: Constraint) -> str:
    left, right = (f"{side:,}" if is_known(side) else written(side) for side in (wrong.left, wrong.right))
    return f"this is {left}, not {right} as said" if wrong.relation == "==" else f"{left} is less than {right}"


def _with_padding(said: OneLayer, question: Question) -> Iterator[str]:
    """Which padding gives the output that is said, where none is said."""
    if "P" in said.values or not field_of("P", said.kind) or "out" not in {letter for letter, _ in said.claims}:
        return
    answer = sought(said.asking("P"), question)
    if found := answer.exact or answer.rounded:
        how = "" if answer.exact else ", with a remainder"
        yield f"that is without padding: {' or '.join(listed(answer, found))} does it{how}"
    yield from (note for note in answer.notes if note.endswith("after does"))


def _value(name: str, quantities: Mapping[str, tuple[Size, ...]]) -> Any:
    """A derived quantity: one number, or one for every axis; an output with its channels where they are known."""
    values = quantities[name]
    if not values:
        return "the whole input, or not a number here"
    if name == "out" and is_known(*quantities["channels"]) and values != quantities["channels"]:
        return (*values, *quantities["channels"])
    return values[0] if len(set(values)) == 1 else values
