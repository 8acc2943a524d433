"""A question about one layer -> its Answer: searched, solved in general, or missed by how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.analysis import Analysis, Convention, analyze_graph
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import INPUT, Graph, Node
from cnncalc.inverse.answer import Answer, missed, nearest
from cnncalc.inverse.letters import WHAT, field_of
from cnncalc.inverse.one_layer import OneLayer, names_in, unknown_only
from cnncalc.inverse.question import Question
from cnncalc.inverse.search import Constraint, holds, search
from cnncalc.layers import Layer, Shape
from cnncalc.symbolic import Size, is_known, substitute, symbol

MOST_WORKINGS = 3
PAIR = ("P_before", "P_after")
ANY_SIZE = 100_000
"""Stands in for a size that does not matter."""


def ask_layer(kind: type[Layer], question: Question, convention: Convention | None = None) -> Answer:
    """The answer to a question about one layer of the type `kind`; raises SpecError for one that says too little."""
    for name, step in question.steps:
        message = f"'{name}' of one layer does not go in steps of {step}"
        raise SpecError([Problem(message, dict(question.unknowns)[name], "steps are for the unknown of a network")])
    said = OneLayer(kind, question, convention or Convention())
    layer, shape = said.layer(), said.shape()
    _check_known(said, layer, shape)
    equations = list(said.equations(layer, shape))
    if not said.unknowns:
        return _follows(said, question, layer, shape, equations)
    if not equations and not said.bounds and not _conditions(said, layer, shape)[1]:
        raise SpecError([Problem("nothing is said of what should come out", None, "as in 'out=55' or '227 -> 55'")])
    free = sorted(set().union(*(names_in(each.left, each.right) for each in equations)) - set(said.unknowns))
    general = list(dict.fromkeys(_general(said, question)))
    if not free:
        return _searched(said, question, equations, general)
    if not general:
        names = ", ".join(f"{letter} ({WHAT.get(letter, 'a symbol')})" for letter in free)
        raise SpecError([Problem(f"this depends on {names}", None, f"give it, as in {free[0]}=3")])
    return _in_general(said, question, general)


def _in_general(said: OneLayer, question: Question, general: Sequence[tuple[str, Size]]) -> Answer:
    """The answer where a quantity is left open: the unknown in terms of it."""
    from cnncalc.symbolic.printing import plain
    from cnncalc.symbolic.solving import denominator, numerator

    lines, notes = [], []
    for letter, value in general:
        below = denominator(value)
        if names_in(value):
            lines.append(f"{letter} = {plain(value)}")
            lines += [f"whole where {_operand(numerator(value))} % {_operand(below)} == 0"] if below != 1 else []
        elif is_known(value) and value >= int(letter not in "PO"):
            lines.append(f"{letter} = {value:,}")
        else:
            notes.append(f"{letter} would be {plain(value)}")
        if letter == "P" and below == 2 and not names_in(value) and (total := int(2 * value)) > 0:
            half = f"{total // 2} before and {total - total // 2} after"
            notes.append(f"no padding that is the same on both sides does it; {half} does")
    return Answer(question.text, tuple(said.unknowns), general=tuple(lines), notes=tuple(notes))


def _searched(
    said: OneLayer, question: Question, equations: list[Constraint], general: Sequence[tuple[str, Size]]
) -> Answer:
    """Search the unknowns; then, if need be, paddings that differ in front and behind, and what comes nearest."""
    layer, shape = said.layer(), said.shape()
    ranges = said.ranges()
    if "P" in ranges and (widest := said.quantities(layer, shape)["rf"]) and is_known(widest[0]):
        ranges["P"] = (ranges["P"][0], min(ranges["P"][1], widest[0] - 1))  # more would be windows of padding alone
    must, fits = _conditions(said, layer, shape)
    exact = search([*equations, *must, *fits], ranges)
    rounded = exact if not fits else search([*equations, *must], ranges)
    notes = []
    shown = exact or rounded
    points = shown.points(MOST_WORKINGS) if len(shown.unknowns) > 1 else shown.ends()[-MOST_WORKINGS:]
    workings = [_numbers(said, point) for point in points if _told(said, layer, shape)]
    if not exact and said.unknowns == ["P"]:
        pair = _paddings(said, question)
        notes.append("no padding that is the same on both sides does it exactly" + (f"; {pair[0]}" if pair else ""))
        workings += pair[1:] if pair else []
    if not rounded:
        notes.append(missed(nearest([*equations, *must], ranges), equations))
    if not exact.complete or not rounded.complete:
        notes.append("there are more than could be looked at: say more of the unknowns, as in F<=7")
    return Answer(
        question.text,
        tuple(said.unknowns),
        exact,
        rounded,
        _one_equation(said, equations, general),
        tuple(notes),
        workings=tuple(workings),
        focus=_focus(said),
        searched=ranges,
        bounded=frozenset(said.bounds),
    )


def _focus(said: OneLayer) -> tuple[str, ...]:
    """The quantities that the question is about, as workings call them."""
    names = {letter for letter, _ in said.claims} | set(said.asked)
    return tuple({"out": "output", "rf": "receptive_field", "weights": "params"}.get(name, name) for name in names)


def _conditions(said: OneLayer, layer: Layer, shape: Shape) -> tuple[list[Constraint], list[Constraint]]:
    """What must hold for the layer to exist, and what for every division to be whole."""
    must: list[Constraint] = []
    fits: list[Constraint] = []
    unknowns = tuple(said.unknowns)
    for condition in layer.conditions(shape):
        constraint = Constraint(condition.left, condition.relation, condition.right)
        if unknown_only(constraint, unknowns):
            (fits if condition.severity == "note" else must).append(constraint)
    if "P" in unknowns and (widest := said.quantities(layer, shape)["rf"]):
        # more would be windows of nothing but padding
        constraint = Constraint(widest[0] - 1, ">=", said.value("P"))
        must += [constraint] if unknown_only(constraint, unknowns) else []
    return must, fits


def _told(said: OneLayer, layer: Layer, shape: Shape) -> bool:
    """Whether all that the output depends on is given or asked for, but for what may as well be 1."""
    return {"W", "C", "K", *said.unknowns} >= names_in(*said.quantities(layer, shape)["out"])


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
                raise SpecError([Problem(message, claim.span, hint)])


def _paddings(said: OneLayer, question: Question) -> tuple[str, Analysis] | None:
    """`1 before and 2 after does`: paddings that differ by one, which together leave nothing over."""
    before, after = map(symbol, PAIR)
    layer, shape = said.layer(padding=[[before, after]]), said.shape()
    constraints = [*said.equations(layer, shape), Constraint(after, "==", before + 1)]
    conditions = (Constraint(each.left, each.relation, each.right) for each in layer.conditions(shape))
    constraints += (each for each in conditions if unknown_only(each, PAIR))
    widest = said.quantities(said.layer(), said.shape())["rf"]
    found = search(constraints, dict.fromkeys(PAIR, (0, widest[0] - 1 if widest and is_known(widest[0]) else 1000)))
    if not found:
        return None
    point = found.points(1)[0]
    padded = said.layer(padding=[[point[PAIR[0]], point[PAIR[1]]]], **_fields(said, {}))
    text = f"{point[PAIR[0]]} before and {point[PAIR[1]]} after does"
    return text, _one_layer_analysis(said, padded, _plain(said, {}))


def _operand(size: Size) -> str:
    """A size as one side of a %."""
    from cnncalc.symbolic.printing import plain

    text = plain(size)
    return text if text.isalnum() else f"({text})"


def _one_equation(
    said: OneLayer, equations: Sequence[Constraint], general: Sequence[tuple[str, Size]]
) -> tuple[str, ...]:
    """What stands between several unknowns where fewer equations than unknowns are given."""
    from cnncalc.symbolic.printing import plain
    from cnncalc.symbolic.solving import denominator

    if len(said.unknowns) <= len(dict.fromkeys(each for each in equations if each.relation == "==")) or not general:
        return ()
    letter, value = min(general, key=lambda pair: denominator(pair[1]) != 1)
    broken = denominator(value) != 1 and not names_in(value)  # a number that is not whole solves nothing
    return () if broken else (f"{letter} = {plain(value)}",)


def _general(said: OneLayer, question: Question) -> Iterator[tuple[str, Size]]:
    """Unknowns in terms of one another and of what is not given, every division taken as whole."""
    from cnncalc.symbolic.solving import solved_for

    blank = OneLayer(said.kind, question._replace(claims=()), said.convention)
    blank.unknowns = [letter for letter in "FSPDKG" if field_of(letter, said.kind)]
    blank.values = {
        letter: value for letter, value in _unsaid(said).items() if letter not in {*said.values, *said.unknowns}
    }
    blank.claims, blank.height = said.claims, said.height
    layer = blank.layer(**({"rounding": "strict"} if "rounding" in said.kind.fields else {}))
    for equation in blank.equations(layer, blank.shape()):
        if equation.relation == "==":
            left, right = (substitute(side, said.values) for side in (equation.left, equation.right))
            for letter in said.unknowns:
                solved = solved_for(left, right, letter)
                if solved is not None:
                    yield letter, solved


def _unsaid(said: OneLayer) -> dict[str, Size]:
    """What goes without saying: no padding, no dilation, one group, the layer type's own stride."""
    return {"D": 1, "G": 1, "P": 0, "S": getattr(said.layer(), "stride", (1,))[0]}


def _follows(said: OneLayer, question: Question, layer: Layer, shape: Shape, equations: list[Constraint]) -> Answer:
    """A question whose answer only needs working out; what is said to come out is checked."""
    quantities = said.quantities(layer, shape)
    wrong = [each for each in equations if is_known(each.left, each.right) and not holds(each)]
    asked = said.asked or [letter for letter, _ in said.claims if letter in quantities]
    if not asked:
        raise SpecError([Problem("nothing is asked", None, "put a question mark, as in S=?, or name what is wanted")])
    known = tuple((name, _text(name, quantities)) for name in dict.fromkeys(asked))
    open_ones = {name for name in asked for value in quantities[name] if not is_known(value)}
    notes = list(dict.fromkeys(f"this is {each.left:,}, not {each.right:,} as said" for each in wrong))
    if not said.asked and not wrong and equations and not open_ones:
        notes.append("as said")
    workings = () if open_ones or not _told(said, layer, shape) else (_numbers(said, {}),)
    return Answer(
        question.text, known=known, notes=tuple(notes), workings=workings, focus=_focus(said), contradicted=bool(wrong)
    )


def _text(name: str, quantities: Mapping[str, tuple[Size, ...]]) -> str:
    """A derived quantity as text; an output with its channels where they are known."""
    values = quantities[name]
    if not values:
        return "the whole input, or not a number here"
    if name == "out" and is_known(*quantities["channels"]) and values != quantities["channels"]:
        values = (*values, *quantities["channels"])
    elif len(set(values)) == 1:
        values = values[:1]
    return "x".join(f"{value:,}" if is_known(value) else f"({value})" for value in values)


def _numbers(said: OneLayer, values: Mapping[str, int]) -> Analysis:
    """The layer with a solution put in, analysed; what is not known and does not matter is as small as can be."""
    return _one_layer_analysis(said, said.layer(**_fields(said, values)), _plain(said, values))


def _fields(said: OneLayer, values: Mapping[str, int]) -> dict[str, int]:
    """The fields of a layer with a solution put in."""
    fields = {field_of(letter, said.kind): value for letter, value in values.items() if field_of(letter, said.kind)}
    filters = field_of("K", said.kind)
    return {filters: _groups(said, values), **fields} if filters and "K" not in said.values else fields


def _groups(said: OneLayer, values: Mapping[str, int]) -> int:
    """The number of groups, which is the smallest number of channels that there can be."""
    return values.get("G", said.values.get("G", 1))


def _plain(said: OneLayer, values: Mapping[str, int]) -> Shape:
    """The shape with a solution put in, and the smallest number of channels where it does not matter."""
    shape = said.shape()

    def number(size: Size) -> Size:
        return substitute(size, {"C": _groups(said, values), "W": ANY_SIZE, **values})

    return Shape(number(shape.channels), *map(number, shape.size))


def _one_layer_analysis(said: OneLayer, layer: Layer, shape: Shape) -> Analysis:
    graph = Graph(layer.notation(), shape)
    graph.nodes.append(Node(layer.kind, layer, (INPUT,), shape, layer.output(shape)))
    graph.notes.extend(
        (layer.kind, each) for each in layer.conditions(shape) if each.severity == "note" and each.holds() is False
    )
    return analyze_graph(graph, said.convention)
