"""A network of Keras as to_json() writes it, also in a .keras file -> Spec: Sequential, functional and nested models.

    {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 10, ...}}, ...]}}

Keras 3, Keras 2 and the model.json of TensorFlow.js are read. Nothing of a file is run, and no weights are read.
keras_json_nodes.py reads what each layer is called on, keras_json_graph.py joins the layers, and keras_json_layers.py
says what every class is.
"""

from __future__ import annotations

import json
import re
from typing import Any

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import LONGEST_JSON
from cnncalc.spec.model import Spec
from cnncalc.spec.readers.calls import partial_input
from cnncalc.spec.readers.keras_json_graph import Graph
from cnncalc.spec.readers.keras_json_nodes import MODELS

NAME = re.compile(r'"name"[ \t]{0,9}:[ \t]{0,9}("(?:[^"\\]|\\.){1,1000}")')
AROUND = ("modelTopology", "model_config")
"""The keys of TensorFlow.js that a network stands under."""
FIRST_DIALECT = re.compile(r'"(?:nb_filter|nb_row|border_mode|output_dim)"')


def recognises(text: str) -> bool:
    """Whether a text is an object of JSON with the keys of a model of Keras."""
    return text[:1000].lstrip()[:1] == "{" and '"class_name"' in text and '"config"' in text


def read(source: Source) -> Spec:
    """The spec that a text stands for; what is wrong with it is in `problems`."""
    spec = Spec(source)
    spec.input_key = "an InputLayer with batch_shape, or --input"
    try:
        _read(source, spec)
    except SpecError as error:
        spec.problems = [*spec.problems, *error.problems]
    except RecursionError:
        spec.problems = [Problem("the JSON is nested too deeply", source.span())]
    return spec


def _read(source: Source, spec: Spec) -> None:
    if len(source.text) > LONGEST_JSON.value:
        raise SpecError([Problem(f"the text has more than {LONGEST_JSON} characters", None, LONGEST_JSON.hint)])
    model = _parsed(source)
    for key in AROUND:
        model = model[key] if isinstance(model.get(key), dict) else model
    if model.get("class_name") not in MODELS:
        hint = "write the file with model.to_json(), or model.save('model.keras')"
        what = "" if "class_name" not in model else f", but a {model['class_name']}"
        raise SpecError([Problem(f"this is no model of Keras{what}", source.span(), hint)])
    if FIRST_DIALECT.search(source.text):
        hint = "load it with Keras 2.2, which reads it, and write it again"
        raise SpecError([Problem("this is the JSON of Keras 1, which is not supported", source.span(), hint)])
    graph = Graph(spec, _places(source))
    graph.read(model)
    if spec.input is None:
        spec.partial_input = partial_input(spec.items)


def _parsed(source: Source) -> dict[str, Any]:
    """The object of a text; raises SpecError."""
    try:
        found = json.loads(source.text)
    except json.JSONDecodeError as error:
        span = _span(source, error.pos)
        raise SpecError([Problem(f"this is not JSON: {error.msg}", span, "write the file again")]) from None
    except ValueError:  # a number of more digits than Python reads
        raise SpecError([Problem("the JSON has a number of too many digits", source.span())]) from None
    assert isinstance(found, dict)  # it begins with {
    return found


def _span(source: Source, position: int) -> Span:
    for number, line in enumerate(source.text.splitlines(keepends=True)):
        if position < len(line):
            return source.span(number, position)
        position -= len(line)
    return source.span(max(len(source.lines) - 1, 0), len(source.lines[-1]))


def _places(source: Source) -> dict[str, Span]:
    """Where every name stands first: that of a layer, and so the layer."""
    found: dict[str, Span] = {}
    for number, line in enumerate(source.lines):
        for match in NAME.finditer(line):
            try:
                name = json.loads(match[1])
            except ValueError:
                continue
            found.setdefault(name, source.span(number, match.start(1), len(match[1])))
    return found
