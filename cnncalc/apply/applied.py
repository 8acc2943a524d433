"""A matrix, an operation and its window -> Applied: every number of the output, with how it came about.

The sizes, the padding and the rounding are those of the layer type in the catalogue; here stands
only what is done with the numbers that a window holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeAlias

from cnncalc.analysis.engine import analyze_graph
from cnncalc.analysis.results import Analysis
from cnncalc.apply.matrix import Matrix, Number
from cnncalc.errors import Problem, SpecError, UsageError, closest, one_of
from cnncalc.graph import INPUT, Graph, Input, Node
from cnncalc.layers import CATALOGUE, Condition, Layer, Refused, Shape
from cnncalc.limits import MOST_PRODUCTS
from cnncalc.result import Result

if TYPE_CHECKING:
    from cnncalc.apply.judged import Judged

Place: TypeAlias = "tuple[int, ...]"


class Operation(NamedTuple):
    """What is done with a window: the layer type whose sizes it has, and how it sums the window up."""

    kind: str
    summary: Literal["sum", "max", "mean", "copy"]
    about: str
    turned: bool = False


OPERATIONS = {
    "convolution": Operation("conv", "sum", "sums of products with the kernel turned by 180 degrees", turned=True),
    "correlation": Operation("conv", "sum", "sums of products with the kernel as it is, as libraries do"),
    "maxpool": Operation("maxpool", "max", "the largest number of every window"),
    "avgpool": Operation("avgpool", "mean", "the mean of every window"),
    "pad": Operation("pad", "copy", "the same numbers with zeros around them"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """One number in a window: where it stands, what it is, and what it is multiplied by."""

    place: Place
    value: Number
    weight: Number | None = None
    source: Literal["input", "padding", "beyond"] = "input"


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the output: the window along every axis, what counted in it, and what came of it."""

    place: Place
    window: tuple[range, ...]
    terms: tuple[Term, ...]
    value: Number


@dataclass(frozen=True, slots=True)
class Applied(Result):
    """An operation on a matrix: the output, and the working of every number of it.

    `kernel` is the kernel of the question, `weights` the kernel as it lay on the input; `analysis`
    has the sizes, as the layer's own rules find them.
    """

    view: ClassVar[str] = "apply"

    name: str
    operation: Operation
    input: Matrix
    kernel: Matrix | None
    weights: Matrix | None
    analysis: Analysis
    cells: tuple[Cell, ...]
    counts_padding: bool = True
    judged: Judged | None = None
    """What became of an answer, if there is one."""

    @property
    def layer(self) -> Layer:
        """The layer whose window it was."""
        return self.analysis.graph.nodes[0].layer

    @property
    def margins(self) -> list[tuple[int, int]]:
        """The zeros (before, after) around every axis of the input."""
        return [axis.margins for axis in _axes(self.layer, Shape(1, *self.input.size))]

    @property
    def matrix(self) -> Matrix:
        """The output."""
        shape = self.analysis.graph.nodes[0].output
        return Matrix(tuple(int(length) for length in shape.size), tuple(cell.value for cell in self.cells))

    @property
    def output(self) -> list[Any]:
        """The output as lists of integers and fractions: rows, or for a vector its numbers."""
        return self.matrix.rows if len(self.matrix.size) > 1 else self.matrix.rows[0]


def apply_operation(
    name: str,
    matrix: Matrix,
    kernel: Matrix | None = None,
    keys: Mapping[str, Any] | None = None,
    *,
    counts_padding: bool = True,
) -> Applied:
    """What an operation makes of a matrix; `keys` are those of its layer type in a spec.

    `kernel` holds the weights of a convolution; the size of a pool's window is one of `keys`.
    With `counts_padding`, the zeros of the padding count in a mean. Raises UsageError for keys that the
    operation cannot take, SpecError if the window does not fit.
    """
    layer = _layer(name, matrix, kernel, keys or {})
    operation = OPERATIONS[name]
    shape = Shape(1, *matrix.size)
    node = Node(name, layer, (INPUT,), shape, shape)
    notes = [(name, note) for note in _checked(name, layer, shape)]
    graph = Graph(name, [Input("input", shape)], nodes=[node], notes=notes)
    node.output = layer.output(shape)
    weights = kernel.turned() if kernel and operation.turned else kernel
    found = _cells(operation, layer, matrix, weights, node.output, counts_padding)
    return Applied(name, operation, matrix, kernel, weights, analyze_graph(graph), tuple(found), counts_padding)


def _layer(name: str, matrix: Matrix, kernel: Matrix | None, keys: Mapping[str, Any]) -> Layer:
    """The layer that does an operation to a matrix; raises UsageError for keys that it cannot take."""
    if name not in OPERATIONS:
        hint = closest(name, OPERATIONS) or one_of(tuple(OPERATIONS))
        raise UsageError([Problem(f"unknown operation '{name}'", None, hint)])
    operation = OPERATIONS[name]
    kind, given = CATALOGUE[operation.kind], dict(keys)
    if operation.summary == "copy" and "padding" in given:
        given["size"] = given.pop("padding")
    if operation.summary == "sum":
        given |= {"filters": 1, "kernel": list(_suiting(name, kernel, matrix).size), "bias": False}
    problems = [Problem(f"{name} takes no {key}") for key in given if key not in kind.fields]
    for key, field in kind.fields.items():
        needed = field.required or (operation.summary == "copy" and key == kind.main[0])
        if needed and key not in given:
            word = "padding" if operation.summary == "copy" else key
            problems.append(Problem(f"{name} needs a {word}", None, field.doc))
    if problems:
        raise UsageError(problems)
    try:
        return kind(**given)
    except Refused as refused:
        raise UsageError([Problem(f"{name}: {refused}", None, refused.hint)]) from None


def _suiting(name: str, kernel: Matrix | None, matrix: Matrix) -> Matrix:
    """The kernel, if there is one and it has as many axes as the input."""
    if kernel is None:
        raise UsageError([Problem(f"{name} needs a kernel", None, "a matrix of weights, as in '0 1; 1 0'")])
    if len(kernel.size) != len(matrix.size):
        words = {1: "a vector", 2: "a matrix"}
        message = f"the kernel is {words[len(kernel.size)]}, but the input is {words[len(matrix.size)]}"
        raise UsageError([Problem(message, None, "a matrix of one row is written [[1, 2, 3]]")])
    return kernel


def _checked(name: str, layer: Layer, shape: Shape) -> list[Condition]:
    """The notes on how the window fits; raises SpecError if it does not, or if there would be too much to compute."""
    failed = [condition for condition in layer.conditions(shape) if not condition.holds()]
    problems = [Problem(f"{name}: {one.message()}", None, one.hint_text()) for one in failed if one.severity != "note"]
    if not problems:
        output = layer.output(shape)
        terms = int(output.area * prod(axis.number for axis in _axes(layer, shape)))
        if terms > MOST_PRODUCTS.value:
            message = f"{name}: {terms:,} products or comparisons; the limit is {MOST_PRODUCTS}"
            hint = f"make the input or the kernel smaller, or the stride larger; {MOST_PRODUCTS.hint}"
            problems.append(Problem(message, None, hint))
    if problems:
        raise SpecError(problems)
    return failed


# Windows ----------------------------------------------------------------------------------------


class Axis(NamedTuple):
    """How a window moves along an axis: the places of its taps at the beginning, its step, the zeros around."""

    taps: range
    step: int
    margins: tuple[int, int]

    @property
    def number(self) -> int:
        """How many taps there are, which len() does not count past 2^63."""
        return -((self.taps.start - self.taps.stop) // self.taps.step)


def _axes(layer: Any, shape: Shape) -> Iterator[Axis]:
    """The window of a layer, axis by axis; a frame alone moves one tap over all that is in it."""
    if not hasattr(layer, "windows"):
        yield from (Axis(range(-before, 1 - before), 1, (before, after)) for before, after in layer.margins(shape.rank))
        return
    for window, length in zip(layer.windows(shape.rank), shape.size, strict=True):
        before, after = window.margins(length)
        yield Axis(range(-before, window.extent - before, window.dilation), window.stride, (before, after))


def _cells(
    operation: Operation, layer: Layer, matrix: Matrix, weights: Matrix | None, output: Shape, counts_padding: bool
) -> Iterator[Cell]:
    """The numbers of the output, one after the other."""
    axes = list(_axes(layer, Shape(1, *matrix.size)))
    factors = weights.values if weights else (None,) * prod(len(axis.taps) for axis in axes)
    for place in product(*(range(int(length)) for length in output.size)):
        moved = [(taps, at * step) for (taps, step, _), at in zip(axes, place, strict=True)]
        window = tuple(range(taps.start + by, taps.stop + by, taps.step) for taps, by in moved)
        places = zip(product(*window), factors, strict=True)
        terms = [_term(matrix, axes, where, weight) for where, weight in places]
        counted = tuple(term for term in terms if _counts(operation, term, counts_padding))
        if not counted:
            here = ",".join(map(str, place))
            message = f"the window of out[{here}] covers no number of the input"
            raise SpecError([Problem(message, None, "pad less, or use --rounding floor or caffe")])
        yield Cell(place, window, counted, _summary(operation, counted))


def _term(matrix: Matrix, axes: list[Axis], place: Place, weight: Number | None) -> Term:
    value = matrix.at(place)
    if value is not None:
        return Term(place, value, weight)
    ends = (length + axis.margins[1] for length, axis in zip(matrix.size, axes, strict=True))
    padded = all(position < end for position, end in zip(place, ends, strict=True))
    return Term(place, 0, weight, "padding" if padded else "beyond")


def _counts(operation: Operation, term: Term, counts_padding: bool) -> bool:
    """Whether a number of the window counts: zeros of the padding do in a sum, and in a mean if they are to."""
    if term.source == "input" or operation.summary in ("sum", "copy"):
        return True
    return operation.summary == "mean" and counts_padding and term.source == "padding"


def _summary(operation: Operation, terms: tuple[Term, ...]) -> Number:
    if operation.summary == "max":
        return max(term.value for term in terms)
    total: Number = sum(term.value if term.weight is None else term.value * term.weight for term in terms)
    exact = Fraction(total, len(terms) if operation.summary == "mean" else 1)
    return exact.numerator if exact.denominator == 1 else exact
