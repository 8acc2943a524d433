"""The classes and functions of a Python text that may be networks, or parts of one."""

from __future__ import annotations

import ast

from cnncalc.spec.readers.calls import Framework
from cnncalc.spec.readers.keras_layers import INPUTS, KERAS
from cnncalc.spec.readers.python_text import kind_of
from cnncalc.spec.readers.torch_modules import TORCH

BASES = {"Module": TORCH, "LightningModule": TORCH, "Model": KERAS, "Layer": KERAS}
"""The classes that networks, and parts of them, are derived from."""
FORWARD = ("forward", "call")


def classes_in(tree: ast.Module) -> dict[str, ast.ClassDef]:
    """The classes of a text that have a forward, by name."""
    return {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and framework_of(node) and any(method_of(node, name) for name in FORWARD)
    }


def functions_in(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The functions of a text, by name."""
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def framework_of(node: ast.ClassDef) -> Framework | None:
    """The framework whose networks a class is one of, by what it is derived from."""
    names = [base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases]
    return next((BASES[name] for name in names if name in BASES), None)


def method_of(node: ast.ClassDef | None, name: str) -> ast.FunctionDef | None:
    """The method of a class that has a name."""
    found = (each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == name) if node else ()
    return next(iter(found), None)


def has_input(node: ast.Module | ast.FunctionDef) -> bool:
    """Whether a line of a text, or of a function, gives an input a name: x = Input(shape=...)."""
    values = (each.value for each in node.body if isinstance(each, ast.Assign | ast.AnnAssign))
    return any(isinstance(value, ast.Call) and kind_of(value) in INPUTS for value in values)
