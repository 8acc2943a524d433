"""A script or a cell of a notebook that builds a network, in Keras or PyTorch -> Spec; it is parsed, and never run.

A network is a Sequential (`nn.Sequential(...)`, `model.add(...)`), or layers that are called on one another in straight
lines: `x = Conv2D(8, 3)(x)`, the forward of a class. What is built in loops, by conditions, or by functions that are
not known is refused.
"""

from __future__ import annotations

import ast
import re

from cnncalc.errors import Problem, Source, SpecError
from cnncalc.spec.model import Spec
from cnncalc.spec.readers.calls import items_of, partial_input
from cnncalc.spec.readers.keras_layers import INPUTS, KERAS, input_of, placed
from cnncalc.spec.readers.python_classes import classes_in, functions_in
from cnncalc.spec.readers.python_flow import Flow
from cnncalc.spec.readers.python_names import WRITE, Model, Names
from cnncalc.spec.readers.python_text import PythonText, is_call_of_layer
from cnncalc.spec.readers.torch_modules import TORCH

BUILDS = re.compile(
    r"\bSequential[ \t]*\(|\b(?:nn|layers)\.[A-Z]\w*\(|^[ \t]*(?:from|import)[ \t]+(?:torch|keras|tensorflow)\b"
    r"|^[ \t]*class[ \t]+\w{1,99}\((?:\w{1,99}\.){0,5}(?:Module|Model)\)"
    r"|^[ \t]*\w{1,99}[ \t]*=[ \t]*(?:\w{1,99}\.){0,5}(?:Input|Conv[123]D|Dense)\(",
    re.MULTILINE,
)


def recognises(text: str) -> bool:
    """Whether a text builds networks in Python."""
    return BUILDS.search(text) is not None


def read(source: Source) -> Spec:
    """The spec that a Python text stands for; what is wrong with it is in `problems`."""
    spec = Spec(source)
    try:
        _read(PythonText(source), spec)
    except SpecError as error:
        spec.problems.extend(error.problems)
    except RecursionError:
        spec.problems.append(Problem("the Python text is nested too deeply", source.span()))
    return spec


def _read(code: PythonText, spec: Spec) -> None:
    """Read the one network of a text into the spec; raises SpecError."""
    classes, functions = classes_in(code.tree), functions_in(code.tree)
    names = Names(code, spec, own=classes)
    flow = Flow(names, classes, functions)
    flows = flow.networks()
    if flows != [code.tree]:
        names.run(code.tree.body)
    for function in () if flows else functions.values():
        inside = Names(code, spec, names.named, classes)
        inside.run(function.body)
        names.models += inside.models
    if len(flows) == 1:
        flow.read()
    found = [model.node for model in names.models if not model.used and not model.listed]
    if len(flows) + len(found) > 1:
        message = f"the text builds {len(flows) + len(found)} networks"
        raise code.refused(message, [*flows, *found][1], "keep one of them, or name the one that is meant: --network")
    if found:
        _sequential(next(model for model in names.models if model.node is found[0]), code, spec)
    elif not flows:
        raise _none(code)


def _sequential(model: Model, code: PythonText, spec: Spec) -> None:
    """Read the layers of a Sequential, of the framework that knows most of them."""
    spec.name = model.name
    kinds = [call.kind for call in model.calls if call.kind not in INPUTS]
    known = [sum(kind in framework.modules for kind in kinds) for framework in (TORCH, KERAS)]
    torch = known[0] > known[1] or (known[0] == known[1] and "torch" in code.source.text)
    if not kinds:
        raise code.refused("the Sequential has no layers", model.node)
    if torch:
        spec.items = items_of(model.calls, TORCH, spec)
        spec.partial_input = partial_input(spec.items)
        return
    spec.input = next((size for call in model.calls[:2] if (size := input_of(call))), None)
    calls = (call for call in model.calls if call.kind not in INPUTS)
    spec.items = items_of(placed(calls, len(spec.input.sizes) if spec.input else None), KERAS, spec)


def _none(code: PythonText) -> SpecError:
    """The error for a text without a network that can be read."""
    for node in code.tree.body:
        if isinstance(node, ast.ClassDef):
            message = f"the layers of class {node.name} are joined by code, which is not run"
            return code.refused(message, node, f"paste what print(model) shows, or {WRITE}")
    functional = next((node for node in ast.walk(code.tree) if is_call_of_layer(node)), None)
    if functional is not None:
        hint = "inputs = Input(shape=(28, 28, 1)) in a line of its own begins a network"
        return code.refused("layers are called on one another, but no line gives the input", functional, hint)
    return code.refused("the text builds no Sequential", next(iter(code.tree.body), code.tree), WRITE)
