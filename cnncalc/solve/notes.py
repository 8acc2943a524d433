"""A System and what was found -> notes: asymmetric paddings, numbers at the ends, who refuses; and the reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.errors import SpecError
from cnncalc.limits import MOST_BOXES
from cnncalc.solve.answer import NONE, known_text
from cnncalc.solve.general import uneven_padding
from cnncalc.solve.layer_problem import USUAL_VALUES
from cnncalc.solve.question import Clause
from cnncalc.solve.search import Found, nearest, search
from cnncalc.solve.symbols import field_of
from cnncalc.solve.system import System, in_steps
from cnncalc.symbolic import is_known, substitute, symbol, written
from cnncalc.symbolic.constraint import Constraint, Range, names_in

ANY_SIZE = 100_000
"""Stands in for a size that does not matter."""
PAIR = ("P_before", "P_after")
SPOKEN = {"out": "output", "rf": "receptive field"}


def missed(system: System, values: Mapping[str, int] | None, equations: Sequence[Constraint]) -> str:
    """What is closest to a solution, and by how much it fails; `values` are those that `nearest` found."""
    if values is None:
        return NONE
    numbers = dict.fromkeys((substitute(each.left, values), each.right) for each in equations if each.relation == "==")
    found = " and ".join(f"{got:,} instead of {want:,}" for got, want in numbers if is_known(want) and got != want)
    return f"{NONE}; the closest is {system.texts(values)}, which gives {found}" if found else NONE


def none_found(
    system: System,
    constraints: Sequence[Constraint],
    ranges: Mapping[str, Range],
    tried: Found,
    equations: Sequence[Constraint],
) -> str:
    """Why a search has found nothing: what is closest, or that it ended before it had looked everywhere."""
    if tried.complete:
        return missed(system, nearest(constraints, ranges), equations)
    after = f"after {MOST_BOXES} parts of the range"
    return f"{NONE} found before the search ended, {after}; there may be some ({MOST_BOXES.hint})"


# One layer --------------------------------------------------------------------------------------


def put_in(system: System, values: Mapping[str, int]) -> Analysis:
    """The layer with a solution put in; what is not known and does not matter is as small as can be."""
    groups = values.get("G", system.values.get("G", 1))
    filler = {"C": groups, "K": groups, "W": ANY_SIZE}
    return system.analysis({**{name: size for name, size in filler.items() if name not in system.values}, **values})


def output_known(system: System, analysis: Analysis) -> bool:
    """Whether all that the output depends on is given or asked for, but for what may as well be 1."""
    known = all(isinstance(value, str) or is_known(value) for value in system.values.values())
    return known and names_in(*system.numbers_of("out", analysis)) <= {"W", "C", "K", *system.unknowns}


def without_bias(system: System, names: Sequence[str], analysis: Analysis) -> Iterator[str]:
    """How many additions there are without the bias, where the question does not say which are meant."""
    if system.kind and "additions" in names and "bias" in system.kind.fields and "bias" not in system.question.fields:
        fewer = analysis.layers[0].operations._replace(bias_adds=0).adds
        yield f"without the bias: {known_text('additions', fewer)}"


def asymmetric(system: System) -> tuple[str, Analysis] | None:
    """Paddings that differ by one, which together leave nothing over."""
    before, after = map(symbol, PAIR)
    open_one = system.given({"P": ((before, after),)})
    analysis = open_one.analysis()
    constraints = [*open_one.equations(analysis), Constraint(after, "==", before + 1)]
    conditions = (each.constraint for _, each in (*analysis.graph.conditions, *analysis.graph.fits))
    constraints += (each for each in conditions if each.names <= {*PAIR})
    if any(not each.names and each.holds() is False for each in constraints):
        return None
    found = search(constraints, dict.fromkeys(PAIR, system.ranges()["P"]))
    if not found:
        return None
    point = found.points(1)[0]
    sides = (point[PAIR[0]], point[PAIR[1]])
    return uneven_padding(*sides), put_in(system.given({"P": (sides,)}), {})


# A network --------------------------------------------------------------------------------------


def forbidden(system: System, equations: Sequence[Constraint], ranges: Mapping[str, Range]) -> Iterator[str]:
    """Where values give what is wanted, but a layer refuses: which layer refuses the first and the last, and why."""
    found = search(equations, ranges)
    points = found.ends() if len(ranges) == 1 else found.points(1)
    named = set()
    for point in (*points[:1], *points[-1:]) if equations else ():
        try:
            system.analysis(point)
        except SpecError as error:
            message = error.problems[0].message
            yield from (f"{system.texts(point)} would work, but {message}",) if message not in named else ()
            named.add(message)


def crossings(system: System, analysis: Analysis) -> Iterator[str]:
    """`2*L + 1 = 224 at L = 111.5`: where the closed form meets the number, if that is not a whole number."""
    from cnncalc.symbolic.linear import solved_for

    name = system.unknowns[0]
    for clause in system.clauses if len(system.unknowns) == 1 else ():
        for form, number in dict.fromkeys(zip(system.numbers_of(clause.name, analysis), clause.amount, strict=False)):
            solved = None if isinstance(number, str | None) else solved_for(form, number, name)
            if solved is not None and not is_known(solved) and not names_in(solved):
                yield f"{written(form)} = {number:,} at {name} = {float(solved):.6g}"


def boundaries(system: System, found: Found, ranges: Mapping[str, Range]) -> Iterator[str]:
    """At the ends of what solves, and just beyond: what the quantities in question come to."""
    if len(system.unknowns) != 1 or len(found.boxes) > 2:
        return
    name = system.unknowns[0]
    low, high = ranges[name]
    if not found and low == high:
        yield f"{name} = {system.text(name, low)}: {_numbers(system, name, low)}"
    parameter = system.setup.spec.parameters.get(name)
    default: Any = parameter.value if parameter else None
    if default == 1 and not system.steps:
        yield f"only whole numbers were tried; '{name} by 0.25' tries quarters too"
    for ((first, last),) in found.boxes:
        for value in dict.fromkeys(each for each in (first - 1, first, last, last + 1) if low <= each < high):
            if numbers := _numbers(system, name, value):
                yield f"{name} = {system.text(name, value)}: {numbers}"
        most = in_steps(last, system.steps.get(name, 1))
        if is_known(default) and default not in (0, 1, most) and last < high:
            yield f"{system.text(name, last)} is {float(most / default):.3g} times the {default:,} of the spec"


def _numbers(system: System, name: str, value: int) -> str:
    try:
        analysis = system.analysis({name: value})
    except SpecError:
        return ""
    found = ((each.name, system.numbers_of(each.name, analysis)) for each in system.clauses)
    return ", ".join(f"{clause} = {'x'.join(f'{size:,}' for size in sizes)}" for clause, sizes in found)


def what_changes(system: System) -> str:
    """The parameters that the quantities in question do depend on, as a hint."""
    names = []
    for name, value in system.setup.spec.parameters.items():
        try:
            analysis = system.asking(name).symbolic()
            if any(name in each.names for each in system.equations(analysis)):
                names.append(f"'{name} by 0.25'" if value.value == 1 else f"'{name}'")
        except (SpecError, ValueError):
            continue
    return f"ask for {' or '.join(names)}, which it depends on" if names else "name what may change"


# How it was read --------------------------------------------------------------------------------


def read_as(system: System, unknowns: Sequence[str] | None = None) -> str:
    """The question in one line, as it was understood: `maxpool 2x2/2 on 32x32x16; asked: output`."""
    unknowns = system.unknowns if unknowns is None else unknowns
    parts = [_layer(system, unknowns) if system.kind else _network(system, unknowns)]
    parts += dict.fromkeys(map(_clause, system.clauses))
    for name, (low, high) in system.bounds.items():
        text = f"{name} <= {system.text(name, high)}" if high is not None else name
        parts.append(text if low is None else f"{system.text(name, low)} <= {text}")
    asked = ", ".join(SPOKEN.get(name, name) for name in (*unknowns, *system.asked)) or "whether this is right"
    return "; ".join([*parts, f"asked: {asked}"])


def _network(system: System, unknowns: Sequence[str]) -> str:
    sizes = {each.name: "x".join(map(str, (*each.sizes, each.channels))) for each in system.size.all}
    sides = ", ".join(f"{name} {size}" if len(sizes) > 1 else size for name, size in sizes.items())
    known = "input" not in unknowns and not {"H", "W"} & {*unknowns}
    return system.setup.spec.key + (f" on {sides}" if known else "")


def _layer(system: System, unknowns: Sequence[str]) -> str:
    """`conv 11x11/4, padding 2, 96 filters on 227x227x3`."""
    kind, rank = system.kind, len(system.size.sizes)
    assert kind is not None
    values: dict[str, Any] = {name: value for name, value in system.values.items() if name not in unknowns}
    usual = {name: value for name, value in USUAL_VALUES.items() if field_of(name, kind) and name not in unknowns}
    text = kind.kind if rank in (0, 2) else f"{kind.kind}{rank}d"
    if "F" in values:
        kernel = values["F"]
        text += f" {'x'.join([_value(kernel)] * rank)}" if is_known(kernel) else f", kernel {_value(kernel)}"
        if "S" not in unknowns and field_of("S", kind):
            stride = _value(values.get("S", kernel if kind.fields["stride"].default is None else 1))
            text += f"/{stride}" if is_known(kernel) else f", stride {stride}"
    elif "S" in values:
        text += f", stride {_value(values['S'])}"
    if "P" in values or "P" in usual:
        text += f", padding {_value(values.get('P', 0))}"
    for name, word in (("D", "dilation"), ("G", "groups"), ("O", "output padding")):
        text += f", {word} {_value(values[name])}" if values.get(name, usual.get(name)) != usual.get(name) else ""
    if "K" in values:
        text += f", {_counted(values['K'], field_of('K', kind))}"
    text += "".join(
        {"bias": ", with bias" if value else ", without bias"}.get(key, f", {key} {value}")
        for key, value in system.question.fields.items()
        if key in kind.fields
    )
    sides = [_value(values.get("W", "W") if size == "W" else size) for size in system.size.sizes]
    if "W" in values or not rank:
        sides += [_value(values["C"])] if "C" in values else []
        return f"{text} on {'x'.join(sides)}" if sides else text
    return f"{text} on {_counted(values['C'], 'channels')}" if "C" in values else text


def _counted(number: Any, noun: str) -> str:
    """`96 filters`, `1 filter`."""
    return f"{_value(number)} {noun.removesuffix('s') if number == 1 else noun}"


def _value(value: Any) -> str:
    if isinstance(value, str | int):
        return str(value)
    return "x".join(map(str, value)) if isinstance(value, tuple) else written(value)


def _clause(clause: Clause) -> str:
    """`out = 55x55`, `params <= 5,000,000`."""
    amount = clause.amount
    shown = amount if isinstance(amount, str) else "x".join("?" if each is None else f"{each:,}" for each in amount)
    return f"{SPOKEN.get(clause.name, clause.name)} {'=' if clause.relation == '==' else clause.relation} {shown}"
