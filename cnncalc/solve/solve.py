"""Words -> Answer: a question about a layer or a network is read, and its system of equations is solved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

from cnncalc.analysis import Analysis
from cnncalc.errors import Problem, SpecError, UsageError
from cnncalc.limits import MOST_CHECKED_LAYERS, MOST_LAYERS, limits_set, setting_limits
from cnncalc.setup import SetupKeys, setup
from cnncalc.solve.answer import Answer, known_text
from cnncalc.solve.layer_problem import layer_system
from cnncalc.solve.network_problem import check_first, network_of, network_system
from cnncalc.solve.notes import (
    output_known,
    put_in,
    read_as,
    without_bias,
)
from cnncalc.solve.question import input_clause, parse_question
from cnncalc.solve.symbols import ORDER, about, field_of, meaning
from cnncalc.solve.system import WHOLE_INPUT, System
from cnncalc.solve.unknowns import find_unknowns, focus_of
from cnncalc.spec.model import Spec
from cnncalc.symbolic import is_known, normalise, written
from cnncalc.symbolic.constraint import Constraint, names_in

MOST_REPORTED = 10
"""Of how many solutions it is reported what follows from them."""


def solve(words: Sequence[str], input: str | int | None = None, **keys: Unpack[SetupKeys]) -> Answer:  # noqa: A002
    """The answer to the question that the words put; raises UsageError for one that cannot be understood.

    Raises SpecError for a network or a layer that cannot be used.
    """
    network, text = network_of(words)
    question = parse_question(text)
    if network and question.network:
        message = f"this question is about a stack of layers, not about {network}"
        raise UsageError([Problem(message, None, "leave the network out")])
    if input is not None and (question.input or (question.arrows and not network)):
        raise UsageError([Problem("the question names its input itself", None, "leave out --input")])
    if network or question.network:
        most = MOST_LAYERS.unless_set(MOST_CHECKED_LAYERS)
        with setting_limits({**limits_set(), MOST_LAYERS.name: most}):
            asked = setup(network or question.network, question.input or input, **keys)
        if asked.spec.problems:
            asked.graph()  # raises them
        return answer_of(network_system(question, asked))
    if keys.get("settings"):
        raise UsageError([Problem("--set belongs to a network", None, "for one layer write F=3, S=2 ...")])
    check_first(text)
    if input is not None:
        question.clauses.append(input_clause(str(input)))
    return answer_of(layer_system(question, setup(Spec(question.source), **keys)))


def answer_of(system: System) -> Answer:
    """The answer to a system: its unknowns are searched, the rest is worked out and checked."""
    if system.unknowns:
        return _with_asked(system, find_unknowns(system))
    if system.kind is None:
        if system.asked and not system.clauses:
            return _worked_out(system)
        system = system.asking(_open_parameter(system) or WHOLE_INPUT)
        return _with_asked(system, find_unknowns(system))
    name = _implied(system)
    if not name:
        return _worked_out(system)
    open_one = system.asking(name)
    answer = find_unknowns(open_one)
    if not system.asked:
        return answer
    if len(answer.solutions) != 1:
        number = "several values are" if answer else "no value is"
        message = f"this depends on {name} ({about(name)}), for which {number} possible"
        raise UsageError([Problem(message, None, f"give it, as in {name}=3")])
    return _worked_out(open_one.given(answer.solutions[0]), answer.solutions[0])


def _open_parameter(system: System) -> str:
    """The one parameter without a value that the clauses depend on; none if there is none."""
    setup = system.setup
    open_ones = [
        name for name, each in setup.spec.parameters.items() if each.value is None and name not in setup.settings
    ]
    if len(open_ones) < 2:
        return "".join(open_ones)
    try:
        equations = system.equations(system.analysis())
    except SpecError:
        return open_ones[-1]
    named = set().union(*(each.names for each in equations))
    asked = [name for name in open_ones if name in named]
    if len(asked) > 1:
        message = f"it depends on {' and '.join(asked)}: which is asked for?"
        raise UsageError([Problem(message, None, f"name it, or give --set {asked[0]}=64")])
    return "".join(asked)


def _implied(system: System) -> str:
    """The one symbol of a layer that is open though none is asked for; nothing where there is none.

    To keep the size, that is the padding. Raises UsageError where several are open.
    """
    assert system.kind is not None
    kept = any(
        each.name == "out" and each.relation == "==" and _is_input(system, each.amount) for each in system.clauses
    )
    if kept and field_of("P", system.kind) and "P" not in system.values:
        return "P"
    if len(system.mentioned) == 1 and system.clauses and not system.asked:
        return next(iter(system.mentioned))
    gaps = (normalise(each.left - each.right) for each in system.equations(system.analysis()))
    named = names_in(*gaps)
    open_ones = [name for name in ORDER if name in named]
    if len(open_ones) == 1 and (named == set(open_ones) or not system.asked):
        return open_ones[0]
    if named:
        names = " and ".join(f"{name} ({about(name)})" for name in (*open_ones, *sorted(named - {*ORDER})))
        hint = f"give what is known, and ask for one, as in {open_ones[0]}=?" if open_ones else "name what is asked for"
        raise UsageError([Problem(f"this depends on {names}", None, hint)])
    return ""


def _is_input(system: System, amount: Any) -> bool:
    """Whether an amount says the size of the input: `in`, or the symbol that the input is."""
    assert system.kind is not None
    size = system.values.get("W")
    return isinstance(amount, str) and (
        meaning(amount, system.kind) == "W" or (size is not None and str(size) == amount)
    )


# Working out ------------------------------------------------------------------------------------


def _worked_out(system: System, first: Mapping[str, Any] | None = None) -> Answer:
    """A question whose answer only needs working out; what is stated of the output is checked."""
    analysis = system.analysis()
    equations = system.equations(analysis)
    if system.kind and not system.asked and not system.clauses:
        system = replace(system, asked=_usual(system, analysis))
    names = system.asked or tuple(dict.fromkeys(each.name for each in system.clauses if len(each.name) > 1))
    if not names and not equations:
        missing = sorted(names_in(*system.numbers_of("out", analysis)) - {"C", "K"}) if system.kind else []
        also = "".join(f", and {name} ({about(name)}) is not given" for name in missing[:1])
        hint = "put a question mark, as in S=?, or name what is wanted"
        raise UsageError([Problem(f"nothing is asked{also}", None, hint)])
    wrong = [each for each in equations if not Constraint(normalise(each.left - each.right), each.relation, 0).holds()]
    known = {**(first or {}), **{name: _value(system, name, analysis) for name in names}}
    notes = list(dict.fromkeys(map(_refuted, wrong)))
    if wrong:
        notes += _what_would_work(system)
    elif equations and not system.asked:
        notes.append("as stated")
    notes += without_bias(system, names, analysis)
    workings: tuple[Analysis, ...] = ()
    if system.kind and all(_is_number(known[name]) for name in names) and output_known(system, analysis):
        workings = (put_in(system, {}),)
    reading = read_as(replace(system, asked=names) if not equations else system, tuple(first or ()))
    text = system.question.text
    return Answer(
        text,
        reading,
        known=known,
        notes=tuple(notes),
        workings=workings,
        focus=focus_of(system),
        contradicted=bool(wrong),
    )


def _usual(system: System, analysis: Analysis) -> tuple[str, ...]:
    """What is asked of a layer if nothing is named: its output and its parameters, as far as they are known."""
    own = names_in(*(value for value in system.values.values() if not isinstance(value, str | tuple)))
    known = [name for name in ("out", "params") if names_in(*system.numbers_of(name, analysis)[:1]) <= own]
    if "params" in known and system.numbers_of("params", analysis) == (0,):
        known.remove("params")
    return tuple(known)


def _is_number(value: Any) -> bool:
    return isinstance(value, str) or is_known(*(value if isinstance(value, tuple) else (value,)))


def _value(system: System, name: str, analysis: Analysis) -> Any:
    """A quantity: one number, or one for every axis; an output with its channels where they are known."""
    values = system.value_of(name, analysis, system.question.asked.get(name))
    if isinstance(values, str) and (system.kind or name == "padding"):
        return values
    values = system.numbers_of(name, analysis, system.question.asked.get(name))
    if name == "out" and len(values) > 1 and not is_known(values[-1]):
        values = values[:-1]
        return values[0] if len(set(values)) == 1 else values
    shape = name in ("out", "output") or (not system.kind and len(values) > 2)
    return values[0] if len(set(values)) == 1 and not (shape and len(values) > 1) else values


def _refuted(wrong: Constraint) -> str:
    left, right = (f"{side:,}" if is_known(side) else written(side) for side in (wrong.left, wrong.right))
    return f"this is {left}, not {right} as stated" if wrong.relation == "==" else f"{left} is less than {right}"


def _what_would_work(system: System) -> Iterator[str]:
    """Which padding, or output padding, gives the output that is stated, where none is given."""
    if not system.kind or "out" not in {clause.name for clause in system.clauses}:
        return
    for name, word in (("P", "padding"), ("O", "output padding")):
        if name in system.values or not field_of(name, system.kind):
            continue
        answer = find_unknowns(system.asking(name))
        if answer.found:
            how = "" if answer.exact else ", with a remainder"
            yield f"this is without {word}: {' or '.join(answer.listed(answer.found))} works{how}"
        yield from (note for note in answer.notes if "asymmetric" in note)


def _with_asked(system: System, answer: Answer) -> Answer:
    """The answer with what follows from it, where that is asked for too."""
    if not system.asked or not answer:
        return answer
    points = answer.found.points(MOST_REPORTED) if answer.found else []
    if len(points) < 2:
        return replace(answer, known=_values(system.given(points[0]) if points else system))
    notes = []
    for point in points:
        known = _values(system.given(point))
        notes.append(
            f"{system.texts(point)}: {', '.join(f'{name} = {known_text(name, known[name])}' for name in known)}"
        )
    return replace(answer, notes=(*answer.notes, *notes))


def _values(system: System) -> dict[str, Any]:
    analysis = system.analysis()
    return {name: _value(system, name, analysis) for name in system.asked}
