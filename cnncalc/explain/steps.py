"""Recorded trees -> the steps of a working: one number each, with the formula it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from cnncalc.analysis.results import LayerResult
from cnncalc.symbolic.formula_tree import Number, Tree, Variable, nodes, renamed


@dataclass(frozen=True, slots=True)
class Working:
    """How one number is computed: the formula with its numbers, and the result.

    `quantity` is what it is called in data, `symbol` on a blackboard; `also` are the symbols
    that have the same working. Without a tree only the result is known, or, where that is
    None too, only the remark why there is none.
    """

    quantity: str
    symbol: str
    result: int | Fraction | None
    tree: Tree | None = None
    also: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class LayerWorking:
    """The working of one layer: what was given, and every step."""

    layer: LayerResult
    given: tuple[Variable, ...]
    steps: tuple[Working, ...]


def checked(tree: Tree, result: object) -> Tree | None:
    """The tree if it says something and comes to the engine's own number; else none, never a wrong formula."""
    return tree if tree.value == result and not isinstance(tree, Number) else None


def sharing(
    quantity: str, symbols: Sequence[str], trees: Sequence[Tree], results: Sequence[int], letters: Sequence[Tree] = ()
) -> Iterator[Working]:
    """A step for every axis; axes whose working is the same share one, that of the last of them.

    `letters` are the axes' own letters: where two have one value, they count as the same.
    """
    same: dict[Tree, list[int]] = {}
    for number, tree in enumerate(trees):
        alike = {own: letters[-1] for own in letters if own.value == letters[-1].value}
        same.setdefault(renamed(tree, alike), []).append(number)
    for tree, numbers in same.items():
        *others, last = numbers
        also = tuple(symbols[number] for number in others if symbols[number] != symbols[last])
        yield Working(quantity, symbols[last], results[last], checked(tree, results[last]), also)


def apart(trees: Sequence[Tree], axes: Sequence[str]) -> list[Tree]:
    """The trees, with letters of one name but of different values given different names: P as P_h and P_w."""
    found: dict[str, dict[Variable, None]] = {}
    for tree in trees:
        for node in nodes(tree):
            if isinstance(node, Variable):
                found.setdefault(node.name, {})[node] = None
    names: dict[Tree, Tree] = {}
    for name, letters in found.items():
        one_value = len({node.value for node in letters}) == 1
        suffixes = [axis[0] for axis in axes] if len(axes) == len(letters) else map(str, range(1, len(letters) + 1))
        for node, suffix in zip(letters, suffixes, strict=True):
            names[node] = next(iter(letters)) if one_value else replace(node, name=f"{name}_{suffix}")
    return [renamed(tree, names) for tree in trees]
