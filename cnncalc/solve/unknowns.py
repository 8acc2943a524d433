"""A System with unknowns -> Answer: searched, solved for in general, or tried one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.analysis.quantities import key_of
from cnncalc.errors import Problem, SpecError, UsageError
from cnncalc.limits import MOST_TRIED_LAYERS, MOST_VALUES
from cnncalc.solve.answer import Answer, known_text
from cnncalc.solve.general import General, general_form, in_general, one_equation
from cnncalc.solve.notes import (
    asymmetric,
    boundaries,
    crossings,
    forbidden,
    none_found,
    output_known,
    put_in,
    read_as,
    what_changes,
)
from cnncalc.solve.search import Found, merged, search
from cnncalc.solve.symbols import about, field_of
from cnncalc.solve.system import WHOLE_INPUT, System
from cnncalc.symbolic import Size, is_known, substitute, symbol, written
from cnncalc.symbolic.constraint import Constraint, Range, names_in

MOST_WORKINGS = 3
MOST_CONFIRMED = 1000
"""Solutions with which a general form is compared before it is printed."""
ANY_SIZE = 10**12
"""Stands in for the size of an input that does not matter: numbers are quicker than symbols."""


def find_unknowns(system: System) -> Answer:
    """The unknowns searched, solved in general, or tried one by one; raises UsageError if too little is given."""
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


def _confirmed(general: General, found: Found) -> list[tuple[str, Size]]:
    """The general forms that hold for every solution that is listed."""
    points = found.points(MOST_CONFIRMED)
    return [
        (name, value)
        for name, value in general.solved
        if all(substitute(value, point) == point[name] for point in points if names_in(value) <= point.keys())
    ]


def _refused_by(system: System) -> Iterator[str]:
    """The frameworks that refuse the output padding that is given."""
    more, stride, dilation = (system.values.get(name, 1 if name != "O" else 0) for name in "OSD")
    if not is_known(more, stride, dilation) or more < stride or "S" in system.unknowns:
        return
    who = "Keras refuses" if more < dilation else "Keras and PyTorch refuse"
    yield f"O = {more} is not less than the stride, {stride}: {who} such an output padding"


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
    workings = [put_in(system, point) for point in points] if output_known(system, analysis) else []
    notes = [] if rounded else [none_found(system, constraints, ranges, rounded, equations)]
    if not exact and system.unknowns == ("P",) and (pair := asymmetric(system)):
        notes.append(pair[0])
        workings.append(pair[1])
    if rounded and alone and search([*constraints, alone, *(fits if exact else [])], ranges):
        notes.append(f"where P >= {written(alone.right)}, the outermost windows see nothing but padding")
    if not exact.complete or not rounded.complete:
        notes.append("there are too many to try: limit the unknowns, as in F<=7")
    notes += _refused_by(system)
    return Answer(
        system.question.text,
        read_as(system),
        system.unknowns,
        exact,
        rounded,
        one_equation(system, equations, _confirmed(general, shown)),
        tuple(notes),
        workings=tuple(workings),
        focus=focus_of(system),
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
        possible = not rounded.complete or bool(search(conditions, ranges))
        reason = none_found(system, every, ranges, rounded, equations)
        notes.append(reason if possible else "no solution: the network has no output for any of them")
    notes += crossings(system, analysis)
    notes += [] if rounded else forbidden(system, equations, ranges)
    if not (exact.complete and rounded.complete):
        notes.append("there are too many to try: limit the unknowns")
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
    high = min(high, low + MOST_VALUES.value - 1)
    tried = _with_any_size(system, name, low)
    boxes: list[tuple[Range, ...]] = []
    work, last, failures, worked = 0, low, 0, low
    for value in range(low, high + 1):
        if work > MOST_TRIED_LAYERS.value or value - worked > MOST_VALUES.value // 8:
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
    dried_up = last - worked >= MOST_VALUES.value // 8
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
    symbols = {size for each in system.size.all for size in each.sizes if isinstance(size, str)}
    try:
        equations = system.equations(system.analysis({name: value}))
    except SpecError:
        return system
    named = set().union(*(each.names for each in equations))
    if not symbols or named & symbols:
        return system
    return replace(system, size=system.size.filled(dict.fromkeys(symbols, ANY_SIZE)))


def focus_of(system: System) -> tuple[str, ...]:
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
    return tuple("params" if name == "weights" else key_of(name) or name for name in names)
