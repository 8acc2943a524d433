"""Analysis, and names of layers and quantities -> Explanation: how these numbers, or the totals, are computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from cnncalc.analysis.memory import training_memory
from cnncalc.analysis.quantities import COUNTS, NAMES, OF_A_LAYER, OPERATIONS, QUANTITIES, key_of, value_of, value_over
from cnncalc.analysis.results import Analysis, LayerResult
from cnncalc.errors import Problem, SpecError, UsageError
from cnncalc.explain.steps import LayerWorking
from cnncalc.explain.working import COMPLETE, USUAL, explain_layer
from cnncalc.result import Result
from cnncalc.symbolic import is_known

LARGEST = 3
"""A total is shown by as many of its terms; the others are counted."""


@dataclass(frozen=True, slots=True)
class TotalWorking:
    """A total: its largest terms by layer, how many others there are, and their sum.

    A number that is not a sum has no terms, only a remark that says what it is.
    """

    quantity: str
    largest: tuple[tuple[str, int], ...]
    others: int
    rest: int
    result: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Explanation(Result):
    """The working of some layers, or, if none were asked for, of the totals; `quantities` are those asked for."""

    view: ClassVar[str] = "explain"

    analysis: Analysis
    chosen: tuple[LayerResult, ...] = ()
    quantities: tuple[str, ...] = ()
    usual: tuple[str, ...] = USUAL
    """What is explained if no quantity is asked for."""

    @property
    def layers(self) -> tuple[LayerWorking, ...]:
        """The working of every layer."""
        wanted = self.quantities or self.usual
        return tuple(explain_layer(self.analysis, layer, wanted, bool(self.quantities)) for layer in self.chosen)

    @property
    def totals(self) -> tuple[TotalWorking, ...]:
        """The working of the totals; nothing where layers are explained."""
        wanted = self.quantities or [key for key in COUNTS if key in self.usual and key != "connections"]
        return () if self.chosen else tuple(_totals(self.analysis, wanted, bool(self.quantities)))

    @property
    def answers(self) -> Iterator[tuple[str, str, Any]]:
        """(layer, quantity, value) of all that was asked for by name; the layer is empty for the whole network."""
        for quantity in self.quantities:
            if not self.chosen:
                yield "", quantity, value_of(self.analysis, quantity)
            yield from ((layer.name, quantity, value_over([layer], quantity)) for layer in self.chosen)

    def complete(self) -> Explanation:
        """The same with every quantity of a layer, if none was asked for."""
        return self if self.quantities else replace(self, usual=COMPLETE)

    def __str__(self) -> str:
        return self.render().removesuffix("\n")


def explain_analysis(analysis: Analysis, words: Sequence[str] = (), quantities: Iterable[str] = ()) -> Explanation:
    """How some numbers are computed; without the name of a layer among `words`, how the totals are.

    A word is the name of a layer, the path of a block, which stands for all its layers, or a quantity.
    Raises SpecError for any other word, and if a number depends on a symbol.
    """
    _refuse_symbols(analysis, words)
    layers, asked = _read(analysis, words)
    keys = tuple(dict.fromkeys([*quantities, *asked]))
    for key in keys:
        _check_scope(analysis, key, bool(layers))
    return Explanation(analysis, tuple(layers), keys)


def _refuse_symbols(analysis: Analysis, words: Sequence[str]) -> None:
    counts = (getattr(layer, name) for layer in analysis.layers for name in ("params", "macs", "memory_bytes"))
    sizes = (size for shape in analysis.graph.shapes for size in (shape.channels, *shape.size))
    unknown = next((size for size in (analysis.batch, *sizes, *counts) if not is_known(size)), None)
    if unknown is not None:
        command = analysis.graph.command("formula", *filter(analysis.layers_in, words))
        hint = f"give numbers (--input 224, --set width=64), or keep the symbols: {command}"
        raise SpecError([Problem(f"a working needs numbers, but '{unknown}' depends on a symbol", None, hint)])


def _read(analysis: Analysis, words: Sequence[str]) -> tuple[list[LayerResult], list[str]]:
    """The layers that some words name, in the order of the network, each once; and the quantities."""
    problems: list[Problem] = []
    names: set[str] = set()
    keys: list[str] = []
    for word in words:
        found = {layer.name for layer in analysis.layers_in(word)}
        parts = [key_of(part) for part in word.split(",")]
        if found and not found <= names:
            names |= found
        elif all(parts):
            keys += parts
        elif not found:
            message = f"'{word}' is neither a layer or block of {analysis.name} nor a quantity"
            problems.append(Problem(message, None, analysis.nearest(word, NAMES)))
    if problems:
        raise SpecError(problems)
    return [layer for layer in analysis.layers if layer.name in names], keys


def _check_scope(analysis: Analysis, quantity: str, of_layers: bool) -> None:
    """Raise UsageError for a quantity of the network that is asked of a layer, and the other way round."""
    known = QUANTITIES[quantity]
    if of_layers and quantity not in OF_A_LAYER:
        hint = f"ask for it without a layer: {analysis.graph.command('explain', quantity)}"
        raise UsageError([Problem(f"{known.words} belongs to the whole network, not to a layer", None, hint)])
    if not of_layers and known.scope == "layer":
        hint = f"name one: {analysis.graph.command('explain', analysis.layers[-1].name, quantity)}"
        raise UsageError([Problem(f"{known.words} belongs to a layer", None, hint)])


def _totals(analysis: Analysis, quantities: Sequence[str], asked: bool) -> Iterator[TotalWorking]:
    """The totals that are not 0, or all of those asked for."""
    for quantity in quantities:
        terms = sorted(_terms(analysis, quantity), key=lambda term: -term[1])
        result = value_of(analysis, quantity)
        if not (terms or asked):
            continue
        count = LARGEST if len(terms) > LARGEST + 1 else len(terms)
        rest = sum(value for _, value in terms[count:])
        remark = "" if terms else QUANTITIES[quantity].about
        yield TotalWorking(quantity, tuple(terms[:count]), len(terms) - count, rest, result, remark)


def _terms(analysis: Analysis, quantity: str) -> Iterator[tuple[str, int]]:
    """What a total adds up, by layers, or by what takes the memory; nothing for what is not a sum."""
    if quantity in COUNTS or quantity in OPERATIONS:
        terms = [(each.name, getattr(each, quantity, 0)) for each in analysis.inputs]
        terms += ((layer.name, value_over([layer], quantity)) for layer in analysis.layers)
    elif quantity == "weight_memory_bytes":
        unit = analysis.convention.bytes_per_value
        names = {"trainable": "params", "non_trainable": "params that are not trained"}
        terms = [(words, analysis.total(name) * unit) for name, words in names.items()]
    elif quantity == "training_memory_bytes":
        terms = [(name.replace("_", " "), value) for name, value in training_memory(analysis).items()]
    else:
        terms = []
    return (term for term in terms if term[1])
