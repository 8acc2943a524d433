"""Words -> Answer: a question about a layer or a network is read, and its system of equations is solved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

from cnncalc.analysis import Analysis
from cnncalc.errors import Problem, SpecError, UsageError
from cnncalc.setup import SetupKeys, setup
from cnncalc.solve.answer import Answer, known_text
from cnncalc.solve.general import General, general_form, in_general, one_equation
from cnncalc.solve.layer_problem import layer_system
from cnncalc.solve.network_problem import check_first, network_of, network_system
from cnncalc.solve.notes import (
    asymmetric,
    boundaries,
    crossings,
    forbidden,
    is_told,
    missed,
    put_in,
    read_as,
    what_changes,
)
from cnncalc.solve.question import parse_question
from cnncalc.solve.search import Found, merged, nearest, search
from cnncalc.solve.symbols import ORDER, about, field_of, meaning
from cnncalc.solve.system import WHOLE_INPUT, System
from cnncalc.spec.model import Spec
from cnncalc.symbolic import is_known, normalise, symbol, written
from cnncalc.symbolic.constraint import Constraint, Range, names_in

MOST_WORKINGS = 3
MOST_VALUES = 2_000
MOST_WORK = 40_000
"""One by one, no further value is tried after as many layers."""
MOST_TOLD = 10
"""Of how many solutions it is reported what follows from them."""
FOCUS = {"out": "output", "rf": "receptive_field", "weights": "params", "memory": "memory_bytes"}
"""What workings call quantities that answers call otherwise."""
ANY_SIZE = 10**12
"""Stands in for the size of an input that does not matter: numbers are quicker than symbols."""


def solve(words: Sequence[str], input: str | int | None = None, **keys: Unpack[SetupKeys]) -> Answer:  # noqa: A002
    """The answer to the question that the words put; raises UsageError for one that cannot be understood.

    Raises SpecError for a network or a layer that cannot be used.
    """
    network, text = network_of(words)
    question = parse_question(text)
    if network and question.network:
        raise UsageError(
            [Problem(f"this question is about a stack of layers, not about {network}", None, "leave it out")]
        )
    if network or question.network:
        asked = setup(network or question.network, question.input or input, **keys)
        if asked.spec.problems:
            asked.graph()  # raises them
        return answer_of(network_system(question, asked))
    if input is not None or keys.get("settings"):
        hint = "for one layer write in=227"
        raise UsageError([Problem("--input and --set belong to a network", None, hint)])
    check_first(text)
    return answer_of(layer_system(question, setup(Spec(question.source), **keys)))


def answer_of(system: System) -> Answer:
    """The answer to a system: its unknowns are searched, the rest is worked out and checked."""
    if system.unknowns:
        return _with_asked(system, _sought(system))
    if system.kind is None:
        if system.asked and not system.clauses:
            return _worked_out(system)
        system = system.asking(_open_parameter(system) or WHOLE_INPUT)
        return _with_asked(system, _sought(system))
    name = _implied(system)
    if not name:
        return _worked_out(system)
    open_one = system.asking(name)
    answer = _sought(open_one)
    if not system.asked:
        return answer
    if len(answer.solutions) != 1:
        number = "more than one" if answer else "none"
        message = f"this depends on {name} ({about(name)}), of which {number} is possible"
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
    workings: tuple[Analysis, ...] = ()
    if system.kind and all(_is_number(known[name]) for name in names) and is_told(system, analysis):
        workings = (put_in(system, {}),)
    reading = read_as(replace(system, asked=names) if not equations else system, tuple(first or ()))
    text = system.question.text
    return Answer(
        text,
        reading,
        known=known,
        notes=tuple(notes),
        workings=workings,
        focus=_focus(system),
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
        answer = _sought(system.asking(name))
        if answer.found:
            how = "" if answer.exact else ", with a remainder"
            yield f"this is without {word}: {' or '.join(answer.listed(answer.found))} works{how}"
        yield from (note for note in answer.notes if "asymmetric" in note)


def _with_asked(system: System, answer: Answer) -> Answer:
    """The answer with what follows from it, where that is asked for too."""
    if not system.asked or not answer:
        return answer
    points = answer.found.points(MOST_TOLD) if answer.found else []
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


def _focus(system: System) -> tuple[str, ...]:
    """The quantities that the question is about and that are no forms, as workings call them."""
    if not system.kind:
        return ()
    analysis = system.symbolic()
    asked = [name for name in system.asked if name not in ("rf", "padding")]
    asked = [name for name in asked if names_in(*system.numbers_of(name, analysis)) <= {*system.unknowns}]
    asked += ["rf"] if "rf" in system.asked else []
    if "out" in system.asked and "out" not in asked:
        sides = system.numbers_of("out", analysis)[:-1]
        asked += ["out"] if names_in(*sides) <= {*system.unknowns} else []
    names = dict.fromkeys((*(each.name for each in system.clauses), *asked))
    return tuple(FOCUS.get(name, name) for name in names)


# Searching --------------------------------------------------------------------------------------


def _sought(system: System) -> Answer:
    """The unknowns searched, solved in general, or tried one by one; raises UsageError for too little said."""
    try:
        analysis = system.symbolic()
        if system.steps:
            _check_whole(analysis)
        equations = system.equations(analysis)
        if system.kind:
            return _of_a_layer(system, analysis, equations)
        _check_known(system, equations, system.unknowns)
        return _of_a_network(system, analysis, equations)
    except (SpecError, ValueError) as reason:
        name = system.unknowns[0]
        if system.kind or len(system.unknowns) > 1 or name not in system.setup.spec.parameters:
            raise
        return _one_by_one(system, name, reason)


def _of_a_layer(system: System, analysis: Analysis, equations: list[Constraint]) -> Answer:
    """The unknowns of one layer: searched where all else is known, else solved for in general."""
    if not equations and not system.bounds and not _fits(system, analysis):
        raise UsageError([Problem("the wanted output is missing", None, "as in 'out=55' or '227 -> 55'")])
    free = sorted(set().union(*(each.names for each in equations)) - {*system.unknowns})
    general = general_form(system)
    if not free:
        return _searched_layer(system, analysis, equations, general)
    if not general.solved:
        names = ", ".join(f"{name} ({about(name)})" for name in free)
        raise UsageError([Problem(f"this depends on {names}", None, f"give it, as in {free[0]}=3")])
    return in_general(system, general, read_as(system))


def _only(system: System, constraints: Iterator[Constraint]) -> list[Constraint]:
    """The constraints that speak of nothing but the unknowns and numbers."""
    return [each for each in constraints if each.names <= {*system.unknowns}]


def _fits(system: System, analysis: Analysis) -> list[Constraint]:
    """What must hold for every division of a layer to be whole."""
    graph = analysis.graph
    return _only(system, (each.constraint for _, each in (*graph.fits, *graph.notes)))


def _conditions(system: System, analysis: Analysis) -> list[Constraint]:
    """What must hold for every layer to exist; an output padding is less than the stride."""
    found = _only(system, (each.constraint for _, each in analysis.graph.conditions))
    if system.kind and "O" in system.unknowns:
        stride = system.values.get("S", symbol("S") if "S" in system.unknowns else 1)
        found += _only(system, iter((Constraint(stride - 1, ">=", symbol("O")),)))
    return found


def _searched_layer(system: System, analysis: Analysis, equations: list[Constraint], general: General) -> Answer:
    """Search the unknowns; then, if need be, asymmetric paddings, and what is closest."""
    ranges = system.ranges()
    fits = _fits(system, analysis)
    tidy, alone = _padding_alone(system, analysis)
    if tidy and is_known(tidy.left):
        ranges["P"] = (ranges["P"][0], min(ranges["P"][1], tidy.left))
    constraints = [*equations, *_conditions(system, analysis), *([tidy] if tidy else [])]
    exact = search([*constraints, *fits], ranges)
    rounded = exact if not fits else search(constraints, ranges)
    shown = exact or rounded
    points = shown.points(MOST_WORKINGS) if len(shown.unknowns) > 1 else shown.ends()[-MOST_WORKINGS:]
    workings = [put_in(system, point) for point in points] if is_told(system, analysis) else []
    notes = [] if rounded else [missed(system, nearest(constraints, ranges), equations)]
    if not exact and system.unknowns == ("P",) and (pair := asymmetric(system)):
        notes.append(pair[0])
        workings.append(pair[1])
    if rounded and alone and search([*constraints, alone, *(fits if exact else [])], ranges):
        notes.append(f"where P >= {written(alone.right)}, the outermost windows see nothing but padding")
    if not exact.complete or not rounded.complete:
        notes.append("there are more than could be tried: say more of the unknowns, as in F<=7")
    return Answer(
        system.question.text,
        read_as(system),
        system.unknowns,
        exact,
        rounded,
        one_equation(system, equations, general.solved),
        tuple(notes),
        workings=tuple(workings),
        focus=_focus(system),
        searched=ranges,
        where=f"P < {written(tidy.left + 1)}" if tidy and not is_known(tidy.left) else "",
        bounded=frozenset(system.bounds),
    )


def _padding_alone(system: System, analysis: Analysis) -> tuple[Constraint | None, Constraint | None]:
    """That no window sees padding alone, where P is open with others; and that one does, where all P are tried."""
    assert system.kind is not None
    if "P" not in system.unknowns or not field_of("F", system.kind):
        return None, None
    try:
        widest = system.numbers_of("rf", analysis)[0]
    except UsageError:
        return None, None
    if not names_in(widest) <= {*system.unknowns}:
        return None, None
    if len(system.unknowns) > 1 and "P" not in system.bounds:
        return Constraint(widest - 1, ">=", symbol("P")), None
    return None, Constraint(symbol("P"), ">=", widest)


def _check_whole(analysis: Analysis) -> None:
    """Refuse forms in which a filter, a kernel or a group may be a fraction, by raising ValueError."""
    from cnncalc.symbolic.linear import denominator

    for node in analysis.graph.nodes:
        for value in _expressions([getattr(node.layer, name) for name in node.layer.fields]):
            if denominator(value) != 1:
                raise ValueError(f"{written(value)} need not be whole")


def _expressions(value: Any) -> Iterator[Any]:
    """The expressions in a value of a field, however deep."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _expressions(part)
    elif hasattr(value, "free_symbols"):
        yield value


def _check_known(system: System, equations: Sequence[Constraint], unknowns: Sequence[str]) -> None:
    """Refuse what depends on a symbol that is not asked for, or on none of those that are."""
    named = set().union(*(each.names for each in equations))
    if equations and unknowns and not named:
        analysis = system.symbolic()
        found = {each.name: known_text(each.name, system.numbers_of(each.name, analysis)) for each in system.clauses}
        values = ", ".join(f"{name} is {text}" for name, text in found.items())
        message = f"this does not depend on {' and '.join(unknowns)}: {values}"
        raise UsageError([Problem(message, None, what_changes(system))])
    if free := named - {*unknowns}:
        message = f"the answer depends on {', '.join(sorted(free))} too"
        raise UsageError([Problem(message, None, "give --input a size, or --set a value")])


def _of_a_network(system: System, analysis: Analysis, equations: list[Constraint]) -> Answer:
    """The unknowns of a network, searched in closed forms: `exact` are those that drop no pixel of a layer's input."""
    ranges = system.ranges()
    conditions = _conditions(system, analysis)
    losses = {each.dropped_pixels(): None for _, each in analysis.graph.fits}
    wanted = any(each.relation == "==" for each in equations)
    fits = [Constraint(0, ">=", lost) for lost in losses if wanted and names_in(lost)]
    fits = _only(system, iter(fits))
    every = list(dict.fromkeys([*equations, *conditions]))
    rounded = search(every, ranges)
    exact = search([*every, *fits], ranges) if fits else rounded
    if system.steps:
        analysis = replace(system, steps={}).symbolic()
    notes = []
    if not rounded:
        possible = bool(search(conditions, ranges))
        reason = missed(system, nearest(every, ranges), equations)
        notes.append(reason if possible else "no solution: the network has no output for any of them")
    notes += crossings(system, analysis)
    notes += [] if rounded else forbidden(system, equations, ranges)
    if not (exact.complete and rounded.complete):
        notes.append("there are more than could be tried: say more of the unknowns")
    notes += boundaries(system, exact or rounded, ranges)
    if WHOLE_INPUT in system.unknowns and not system.clauses:
        notes.append("cnncalc fit lists those that drop no pixel")
    return Answer(
        system.question.text,
        read_as(system),
        system.unknowns,
        exact,
        rounded,
        tuple(dict.fromkeys(map(str, equations))) if len(system.unknowns) > 1 else (),
        tuple(notes),
        searched=ranges,
        bounded=frozenset(system.bounds),
        steps=system.steps,
    )


# One by one -------------------------------------------------------------------------------------


def _one_by_one(system: System, name: str, reason: Exception) -> Answer:
    """Every value of a parameter that changes the structure, tried in turn."""
    low, high = system.ranges()[name]
    high = min(high, low + MOST_VALUES - 1)
    tried = _with_any_size(system, name, low)
    boxes: list[tuple[Range, ...]] = []
    work, last, failures, worked = 0, low, 0, low
    for value in range(low, high + 1):
        if work > MOST_WORK or value - worked > MOST_VALUES // 4:
            break
        last = value
        try:
            analysis = tried.analysis({name: value})
        except SpecError:
            failures += 1
            continue
        work, worked = work + len(analysis.layers), value
        equations = tried.equations(analysis)
        _check_known(tried, equations, ())
        if all(each.holds() for each in equations):
            boxes.append(((value, value),))
    if failures == last - low + 1:
        raise reason
    dried_up = last - worked >= MOST_VALUES // 4
    runs_out = dried_up and tried is not system  # only the size that stands in for any other has run out
    last = worked if dried_up else last
    found = Found((name,), merged(boxes), True)
    first, final, beyond = (system.text(name, value) for value in (low, last, last + 1))
    why = "changes the layers themselves" if isinstance(reason, SpecError) else "has no closed form here"
    end = "; beyond, the network has no output" if dried_up and not runs_out else ""
    notes = [f"{name} {why}: {first} to {final} were tried one by one{end}"]
    ranges = {name: (low, last)}
    notes += boundaries(tried, found, ranges)
    if not found:
        notes.append(f"none of them works; for larger ones say where to begin, as in '{name} >= {beyond}'")
    text = system.question.text
    endless = frozenset({name} if runs_out else ())
    return Answer(text, read_as(system), (name,), found, found, (), tuple(notes), searched=ranges, steps=system.steps,
                  endless=endless)  # fmt: skip


def _with_any_size(system: System, name: str, value: int) -> System:
    """The system with a number for sizes that are symbols, where the clauses do not depend on them."""
    sizes = system.size.sizes
    try:
        equations = system.equations(system.analysis({name: value}))
    except SpecError:
        return system
    named = set().union(*(each.names for each in equations))
    if all(isinstance(size, int) for size in sizes) or named & {*map(str, sizes)}:
        return system
    numbers = tuple(ANY_SIZE if isinstance(size, str) else size for size in sizes)
    return replace(system, size=replace(system.size, sizes=numbers))
