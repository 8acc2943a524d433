"""A spec and what is said of it -> a network with symbols for what is asked for, and constraints on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from cnncalc.analysis import Analysis, Convention, analyze_graph
from cnncalc.errors import Problem, SpecError, closest
from cnncalc.formula.formulas import QUANTITIES, value_of
from cnncalc.graph import MOST_LAYERS, build
from cnncalc.layers import Shape
from cnncalc.solve.answer import amount
from cnncalc.solve.question import Claim, Question, QuestionError
from cnncalc.spec.input_size import symbolic_input
from cnncalc.spec.model import Argument, InputSize, Spec
from cnncalc.spec.parameters import written
from cnncalc.symbolic import Size
from cnncalc.symbolic.constraint import Constraint, Range, compared, names_in

WHOLE_INPUT = "input"
SHORT = {
    "out": "output",
    "rf": "receptive_field",
    "field": "receptive_field",
    "memory": "memory_bytes",
    "parameters": "params",
}
MOST_SIZE = 10**6


@dataclass(frozen=True, slots=True)
class Network:
    """What a question is asked of: a spec, and how it is to be built and counted."""

    spec: Spec
    size: InputSize
    settings: Mapping[str, Argument]
    convention: Convention
    batch: Size = 1
    most_layers: int = MOST_LAYERS
    steps: Mapping[str, Fraction] = field(default_factory=dict)
    """Unknowns that are counted in multiples of a number: of `width by 0.25`, quarters."""

    def analysis(self, values: Mapping[str, Size]) -> Analysis:
        """The network with values, or symbols, for some unknowns (steps, where it goes in steps); raises SpecError."""
        values = {name: amount(value, self.steps.get(name, 1)) for name, value in values.items()}
        sizes = tuple(
            values.get(WHOLE_INPUT, values.get(axis, part))
            for axis, part in zip(_axes(self.spec), self.size.sizes, strict=True)
        )
        span = self.spec.source.span()
        settings = {name: Argument(value, span) for name, value in values.items() if name in self.spec.parameters}
        size = replace(self.size, sizes=sizes)
        graph = build(self.spec, size, {**self.settings, **settings}, most_layers=self.most_layers)
        return analyze_graph(graph, self.convention, self.batch)


def understood(network: Network, question: Question) -> Question:
    """The question with one name for the input; raises QuestionError for what it cannot mean."""

    def name(said: str) -> str:
        is_input = said.lower() in (WHOLE_INPUT, "in", "size") and said not in network.spec.parameters
        return WHOLE_INPUT if is_input else said

    _check_claims(question)
    unknowns = {name(said): span for said, span in question.unknowns}
    for said, step in question.steps:
        if step.denominator != 1 and name(said) not in network.spec.parameters:
            message = f"'{said}' goes in steps of whole numbers, not of {written(step)}"
            raise QuestionError([Problem(message, unknowns[name(said)], f"as in '{said} by 32'")])
    return question._replace(
        claims=tuple(claim._replace(name=name(claim.name)) for claim in question.claims),
        unknowns=tuple(unknowns.items()),
        steps=tuple((name(said), step) for said, step in question.steps),
    )


def _check_claims(question: Question) -> None:
    """Refuse shapes of which nobody knows what they are, and what is said twice."""
    for _, span in question.shapes:
        text = span.source.lines[span.line][span.column : span.column + span.length]
        raise QuestionError([Problem(f"{text} of what?", span, f"as in pool5={text}, or --input {text}")])
    said: dict[str, Claim] = {}
    for claim in question.claims:
        if claim.relation == "==" and said.setdefault(claim.name, claim).amount != claim.amount:
            raise QuestionError([Problem(f"{claim.name} is said twice", claim.span, "leave out one of the two")])


def unknowns_of(network: Network, question: Question) -> Iterator[str]:
    """What is asked for: as named, else the symbols of the spec, else the size of the input."""
    axes, parameters = _axes(network.spec), network.spec.parameters
    bounded = [(claim.name, claim.span) for claim in question.claims if claim.name in (*parameters, *axes, WHOLE_INPUT)]
    named = dict((*question.unknowns, *bounded))
    if not named:
        yield _open_one(network, question) or WHOLE_INPUT
    for name, span in named.items():
        if name in (WHOLE_INPUT, *axes, *parameters):
            yield name
        else:
            names = (WHOLE_INPUT, *axes, *parameters)
            hint = closest(name, names) or f"{network.spec.key} has {', '.join(names)}"
            raise QuestionError([Problem(f"'{name}' is nothing that can be asked for", span, hint)])


def _open_one(network: Network, question: Question) -> str:
    """The one parameter without a value that the claims depend on; none if there is none."""
    parameters = network.spec.parameters
    open_ones = [name for name, value in parameters.items() if value.value is None and name not in network.settings]
    if len(open_ones) < 2:
        return "".join(open_ones)
    try:
        analysis = network.analysis({})
        constraints = [each for claim in question.claims for each in constraints_of(claim, analysis)]
    except SpecError:
        return open_ones[-1]
    named = set().union(*(names_in(each.left, each.right) for each in constraints))
    asked = [name for name in open_ones if name in named]
    if len(asked) > 1:
        message = f"it depends on {' and '.join(asked)}: which is asked for?"
        raise QuestionError([Problem(message, None, f"name it, or give --set {asked[0]}=64")])
    return "".join(asked)


def _axes(spec: Spec) -> tuple[str, ...]:
    return tuple(map(str, symbolic_input(replace(spec, input=None) if spec.input is None else spec).sizes))


def range_of(name: str, question: Question) -> Range:
    """Where an unknown is searched: within what the question says of it."""
    low, high = 1, MOST_SIZE
    for claim in question.claims:
        if claim.name == name:
            number = _number(claim)
            if claim.relation in (">", ">=", "=="):
                low = max(low, number + int(claim.relation == ">"))
            if claim.relation in ("<", "<=", "=="):
                high = min(high, number - int(claim.relation == "<"))
    return low, high


def _number(claim: Claim) -> int:
    """The one number of a claim on an unknown; 224x224 is one."""
    sizes = claim.amount
    if isinstance(sizes, str) or len(set(sizes)) != 1 or sizes[0] is None or len(sizes) > 2:
        hint = f"as in {claim.name}=224; --input 224x192x3 gives the input that is not asked for"
        raise QuestionError([Problem(f"{claim.name} is one number here", claim.span, hint)])
    return sizes[0]


def value_in(claim: Claim, analysis: Analysis) -> tuple[Size, ...]:
    """What a claim speaks of: `pool5`, `pool5.rf`, `params`; one number, or one for every axis and the channels."""
    part, _, quantity = claim.name.rpartition(".")
    quantity = SHORT.get(quantity.lower(), quantity)
    if quantity not in QUANTITIES:
        part, quantity = claim.name, "output"
    if quantity == "receptive_field" and not part:
        with_axes = [layer for layer in analysis.layers if layer.receptive_field.axes]
        part = with_axes[-1].name if with_axes else part
    try:
        value = value_of(analysis, part, quantity)
    except SpecError as error:
        raise QuestionError([error.problems[0]._replace(span=claim.span)]) from None
    if isinstance(value, Shape):
        return (*value.size, value.channels)
    if isinstance(value, str):
        raise QuestionError([Problem(f"{claim.name} is no number: {value}", claim.span)])
    return value if isinstance(value, tuple) else (value,)


def constraints_of(claim: Claim, analysis: Analysis) -> Iterator[Constraint]:
    """What a claim says, as constraints on the closed forms; raises SpecError if it does not suit them."""
    left = value_in(claim, analysis)
    if isinstance(claim.amount, str):
        raise QuestionError([Problem(f"'{claim.amount}' is no number", claim.span)])
    right = claim.amount
    if len(right) == 1 and len(left) > 1:
        is_field = claim.name.rpartition(".")[2].lower() in ("rf", "field", "receptive_field", "jump")
        right = right * (len(left) if is_field else len(left) - 1)
    if not len(left) - 1 <= len(right) <= len(left):
        raise QuestionError([Problem(f"{claim.name} has {len(left)} numbers, not {len(right)}", claim.span)])
    for mine, its in dict.fromkeys(zip(left, right, strict=False)):
        if its is None:
            continue
        yield compared(mine, claim.relation, its)


def check_known(constraints: Sequence[Constraint], unknowns: Sequence[str]) -> None:
    """Refuse what depends on a symbol that is not asked for."""
    named = set().union(*(names_in(each.left, each.right) for each in constraints))
    free = named - set(unknowns)
    if constraints and unknowns and not named:
        sides = {size for each in constraints for size in (each.left, each.right)}
        message = (
            f"this does not depend on {' and '.join(unknowns)}: {' and '.join(f'{size:,}' for size in sorted(sides))}"
        )
        raise QuestionError([Problem(message, None, "name what may change")])
    if free:
        names = ", ".join(sorted(free))
        raise QuestionError(
            [Problem(f"the answer depends on {names} too", None, "give --input a size, or --set a value")]
        )
