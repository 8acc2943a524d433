"""Exercises on small matrices in YAML: what `apply:` sets, and files that answer them without a word around it."""

from __future__ import annotations

from typing import Any

from cnncalc.apply.applied import OPERATIONS
from cnncalc.check.context import EXERCISES
from cnncalc.check.exercises import Exercises
from cnncalc.check.readers.reading import Reading
from cnncalc.errors import SpecError
from cnncalc.spec.readers.yaml_nodes import Node


def with_bare_answers(reading: Reading, root: Node) -> Node:
    """The file, what is in it being its claims where it answers exercises without a word around them."""
    keys = [key.text for key, _ in root.pairs]
    if "claims" in keys or not any(map(reading.exercises.find, keys)):
        return root
    return Node("map", [(Node("scalar", "claims", root.span, "claims"), root)], root.span)


def read_exercises(reading: Reading, node: Node) -> None:
    """`apply:`, the exercises by their names; those that the command line sets are the only ones."""
    if reading.exercises:
        reading.note(reading.overrides.ignored(EXERCISES), node.span)
        return
    if node.kind != "map" or not node.pairs:
        example = "as in a: {correlation: 1 2 3 4, kernel: 1 -1}"
        reading.problem(f"'apply' must be a mapping of exercises, not {node.what}", node.span, example)
    reading.exercises = Exercises()
    for name, given in node.pairs:
        if given.kind != "map":
            reading.problem(f"an exercise must be a mapping, not {given.what}", given.span)
            continue
        try:
            reading.exercises.add(name.text, {key.text: _plain(key.text, value) for key, value in given.pairs})
        except SpecError as error:
            reading.refused(error, given.span)


def _plain(key: str, node: Node) -> Any:
    """A setting of an exercise as Python has it; a matrix as the text of it."""
    if key in OPERATIONS or key == "kernel":
        return node.value if isinstance(node.value, int) else matrix_text(node)
    return [_plain(key, item) for item in node.items] if node.kind == "list" else node.value


def matrix_text(node: Node) -> str:
    """A matrix as text: a scalar as it is, lists in brackets."""
    return f"[{', '.join(map(matrix_text, node.items))}]" if node.kind == "list" else node.text
