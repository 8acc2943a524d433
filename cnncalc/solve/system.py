"""Question + Setup, or a layer type -> System: unknowns and their ranges, what is known, and equations.

A layer is a network of one, whose parameters are the textbook's symbols: the rest is the same for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.analysis.quantities import FIELDS, key_of, value_of, value_over
from cnncalc.errors import Problem, Span, SpecError, UsageError
from cnncalc.layers import Layer, Shape, Sides
from cnncalc.setup import Setup
from cnncalc.solve.question import Clause, Question
from cnncalc.solve.symbols import SYMBOLS, meaning
from cnncalc.spec.expressions import Expression
from cnncalc.spec.input_size import symbolic_input
from cnncalc.spec.model import Argument, InputSize, Spec
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.parameters import written
from cnncalc.symbolic import Size, is_known, symbol
from cnncalc.symbolic.constraint import Constraint, Range, compared

SYMBOL = re.compile(r"[A-Za-z][0-9]*_?\Z")
QUOTIENT = re.compile(r"(.*[^/])/(?!/)\s*([0-9]{1,9})\s*\Z", re.DOTALL)
WHOLE_INPUT = "input"
MOST_SIZE = 10**6


@dataclass(frozen=True, slots=True)
class System:
    """Equations between quantities of a network, some of its numbers known and some asked for.

    `values` are what is given (a number or a symbol of the question's own), `bounds` what is said of unknowns,
    `asked` quantities that follow. `kind` is the layer type, if the network is one layer.
    """

    question: Question
    setup: Setup
    size: InputSize
    kind: type[Layer] | None = None
    values: Mapping[str, Size] = field(default_factory=dict)
    unknowns: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    bounds: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    steps: Mapping[str, Fraction] = field(default_factory=dict)
    mentioned: frozenset[str] = frozenset()
    """Symbols said to be themselves, as in `W -> 27`."""
    read_as: str = ""

    @property
    def part(self) -> str:
        """The one layer, by its name."""
        return self.kind.kind if self.kind else ""

    # The network ----------------------------------------------------------------------------

    def analysis(self, values: Mapping[str, Size] | None = None) -> Analysis:
        """The network with values, or symbols, for some names (steps, where they go in steps); raises SpecError."""
        given: dict[str, Any] = {**self.values}
        given.update((name, in_steps(value, self.steps.get(name, 1))) for name, value in (values or {}).items())
        names = map(str, self.size.sides) if self.kind else axes(self.setup.spec)
        sizes = tuple(
            given.get(WHOLE_INPUT, given.get(name, given.get(str(size), size)))
            for name, size in zip(names, self.size.sides, strict=True)
        )
        if not self.size.alike and sizes != self.size.sides:
            hint = "give all of them the same sides with --input"
            raise UsageError([Problem("solve looks for one size, but the inputs have different sides", None, hint)])
        size = self.size.resized(sizes) if self.size.alike else self.size
        if self.kind:
            size = replace(size, channels=given.get(str(size.channels), size.channels))
        span = self.setup.spec.source.span()
        settings = {
            name: Argument.of(value, span) for name, value in given.items() if name in self.setup.spec.parameters
        }
        return self.setup.analysis(size, settings)

    def symbolic(self) -> Analysis:
        """The network with a symbol for every unknown."""
        return self.analysis({name: symbol(name) for name in self.unknowns})

    def asking(self, *unknowns: str) -> System:
        """The same with other unknowns."""
        values = {name: value for name, value in self.values.items() if name not in unknowns}
        return replace(self, unknowns=unknowns, values=values)

    def given(self, values: Mapping[str, Any]) -> System:
        """The same with numbers for the unknowns."""
        return replace(self, unknowns=(), values={**self.values, **values})

    # Equations ------------------------------------------------------------------------------

    def numbers_of(self, name: str, analysis: Analysis, span: Span | None = None) -> tuple[Size, ...]:
        """What a name stands for: `pool5`, `pool5.rf`, `params`, `F`; one number, or one an axis and the channels."""
        value = self.value_of(name, analysis, span)
        if isinstance(value, Shape):
            return (*value.size, value.channels)
        if isinstance(value, str):
            what = f"the receptive field of {self.part}" if self.kind and name == "rf" else name
            hint = "that of a deconv needs a kernel, stride, dilation and padding that are numbers" if self.kind else ""
            why = "its units see the whole input" if value == "all" else value
            hint = hint or "ask for a layer before the fully connected and global ones" * (value == "all")
            raise UsageError([Problem(f"{what} is not a number: {why}", span, hint)])
        if not isinstance(value, tuple):
            return (value,)
        if any(isinstance(part, Sides) for part in value):  # two numbers an axis
            pairs = ((part.before, part.after) if isinstance(part, Sides) else (part, part) for part in value)
            return tuple(side for pair in pairs for side in pair)
        return value

    def value_of(self, name: str, analysis: Analysis, span: Span | None = None) -> Any:
        """The same as a Shape, a number, or one number an axis; a text that says why where there is none."""
        if self.kind and name in SYMBOLS:
            return self.values.get(name, symbol(name))
        part, _, last = name.rpartition(".")
        if self.kind and name in ("out_height", "padding"):
            return value_of(analysis, "output", self.part).size[:1] if name == "out_height" else margins(analysis)
        quantity = key_of(last) if part or name not in {layer.name for layer in analysis.layers} else ""
        part = part if quantity else name
        if quantity == "receptive_field" and not (part or self.kind):
            seeing = (layer for layer in reversed(analysis.layers) if not layer.receptive_field.everything)
            last_seeing = next(seeing, None)
            return value_over([last_seeing], quantity) if last_seeing else "it sees all of the input"
        try:
            return value_of(analysis, quantity or "output", part or self.part)
        except SpecError as error:
            raise UsageError([error.problems[0]._replace(span=span)]) from None

    def equations(self, analysis: Analysis) -> list[Constraint]:
        """What the question says of quantities, as constraints; raises UsageError for what does not suit them."""
        return [each for clause in self.clauses for each in self.constraints_of(clause, analysis)]

    def constraints_of(self, clause: Clause, analysis: Analysis) -> Iterator[Constraint]:
        """What one clause says."""
        left = self.numbers_of(clause.name, analysis, clause.span)
        right, over = self._right(clause, analysis)
        if len(right) == 1 and len(left) > 1:
            lengths = key_of(clause.name.rpartition(".")[2]) in FIELDS
            right *= len(left) if lengths else len(left) - 1
        if not len(left) - 1 <= len(right) <= len(left):
            many = len(left) - (1 if self.kind and len(left) > 1 else 0)
            numbers = "1 number" if many == 1 else f"{many} numbers"
            raise UsageError([Problem(f"{clause.name} has {numbers}, not {len(right)}", clause.span)])
        for mine, its in dict.fromkeys(zip(left, right, strict=False)):
            if its is not None:
                yield compared(mine * over, clause.relation, its)

    def _right(self, clause: Clause, analysis: Analysis) -> tuple[tuple[Size | None, ...], int]:
        """The right side of a clause, for every axis, and what it is divided by."""
        if not isinstance(clause.amount, str):
            return clause.amount, 1
        if self.kind is None:
            raise UsageError([Problem(f"'{clause.amount}' is not a number", clause.span)])
        text, over = quotient(clause.amount, clause.span)
        sizes = analysis.input.shape.size
        sides: dict[str, tuple[Size, ...]] = {}
        for name, meant in names_of(text, self.kind, clause).items():
            sides[name] = (symbol(name),) if not meant else self.numbers_of(meant, analysis)
            sides[name] = sizes if meant == "W" and sizes else sides[name]
            sides[name] = sides[name][:-1] if meant == "out" and len(sides[name]) > 1 else sides[name]
        width = max(map(len, sides.values()), default=1)
        axes = (
            evaluated(text, {name: side[min(axis, len(side) - 1)] for name, side in sides.items()}, clause.span)
            for axis in range(width)
        )
        return tuple(axes), over

    def ranges(self) -> dict[str, Range]:
        """Where every unknown is searched."""
        found = {}
        for name in self.unknowns:
            low, high = self._usual_range(name)
            least, most = self.bounds.get(name, (None, None))
            low = low if least is None else max(low, least)
            found[name] = (low, max(high, low) if most is None else most)
        return found

    def _usual_range(self, name: str) -> Range:
        if self.kind is None:
            return (1, MOST_SIZE)
        return SYMBOLS[name].alone if len(self.unknowns) == 1 else SYMBOLS[name].together

    def text(self, name: str, value: int) -> str:
        """A value of an unknown, in steps where it goes in steps, as text."""
        return amount_text(value, self.steps.get(name, 1))

    def texts(self, values: Mapping[str, int]) -> str:
        """`S = 4, K = 96`."""
        return ", ".join(f"{name} = {self.text(name, value)}" for name, value in values.items())


def margins(analysis: Analysis) -> tuple[Size, ...] | str:
    """The padding that a word such as `same` stands for; `2 before, 3 after` where the sides differ."""
    node = analysis.layers[0].node
    windows: Any = node.layer
    before, after = windows.windows(node.input.rank)[-1].margins(node.input.size[-1])
    if not is_known(before, after):
        raise UsageError([Problem("this depends on W (size of the input)", None, "give it, as in W=224")])
    return (before,) if before == after else f"{before} before, {after} after"


def in_steps(number: Any, step: int | Fraction) -> Any:
    """What a number of steps comes to: an integer where it is whole, else a fraction; or an expression."""
    found = number * step if step != 1 else number
    return int(found) if isinstance(found, Fraction) and found.denominator == 1 else found


def amount_text(number: int, step: int | Fraction) -> str:
    """The same as text: `1,792`, `0.25`."""
    found = in_steps(number, step)
    return written(found) if isinstance(found, Fraction) else f"{found:,}"


def axes(spec: Spec) -> tuple[str, ...]:
    """The names of the axes of a network's input."""
    return tuple(map(str, symbolic_input(replace(spec, input=None) if spec.input is None else spec).sides))


def names_of(text: str, kind: type[Layer], clause: Clause) -> dict[str, str]:
    """The names in an expression, and what each means: a symbol, a quantity, or nothing but itself.

    A small letter is a symbol of its own (`D=d`, `F=2*w+1`), unless the question gives it itself.
    """
    try:
        names = tuple(Expression(text.replace("'", "_")).names)
    except ExpressionError as error:
        raise UsageError([Problem(str(error), clause.span, error.hint)]) from None
    found = {}
    for name in names:
        meant = "" if len(name) == 1 and name.islower() else meaning(name, kind)
        if not meant and not SYMBOL.match(name):
            hint = (
                "'keep' says that the size stays"
                if clause.name in ("P", "padding")
                else "a letter stands for any number, as in D=d"
            )
            raise UsageError([Problem(f"'{name}' is neither a number nor a symbol", clause.span, hint)])
        found[name] = meant
    return found


def quotient(text: str, span: Span) -> tuple[str, int]:
    """`(F - 1)/2` as what is divided, and by what; nothing remains. Any other text, over 1."""
    match = QUOTIENT.match(text)
    if not match and not re.search("(?<!/)/(?!/)", text):
        return text, 1
    outside, before = match[1] if match else text, ""
    while outside != before:
        before, outside = outside, re.sub(r"\([^()]*\)", "x", outside)
    if not match or re.search(r"[-+/]", outside) or int(match[2]) == 0:
        raise UsageError(
            [
                Problem(
                    f"'{text}' is not understood", span, "a quotient is one expression over a number, as in (F - 1)/2"
                )
            ]
        )
    return match[1], int(match[2])


def evaluated(text: str, names: Mapping[str, Size], span: Span) -> Any:
    """An expression with sizes put in for its names; raises UsageError."""
    try:
        return Expression(text.replace("'", "_")).evaluate(names)
    except ExpressionError as error:
        raise UsageError([Problem(str(error), span, error.hint)]) from None
