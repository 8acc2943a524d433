"""Words -> Answer: the door to inverse questions, about one layer or about a network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.analysis import Convention
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import MOST_LAYERS, build
from cnncalc.inverse.answer import Answer
from cnncalc.inverse.letters import DERIVED, LETTERS
from cnncalc.inverse.question import NAME, NOISE, NUMBER, SHAPE, parse_question
from cnncalc.layers import CATALOGUE

SAYS = re.compile(rf"\s*(?:{NAME}\s*(?:[<>=])|(?:{SHAPE}|{NUMBER}|\?)(?![\w./]))")
FIRST = re.compile(r"\s*([A-Za-z_0-9']+)[\s,:]*")
OWN_WORDS = {"keep", "keeps", *NOISE, *DERIVED, *(name for names in LETTERS.values() for name in names)}


def layer_asked(words: Sequence[str]) -> tuple[str, str] | None:
    """(layer type, question) where the words ask about one layer; None where they begin with a network."""
    text = " ".join(words)
    if SAYS.match(text):
        return "conv", text
    first = FIRST.match(text)
    if first is None:
        return "conv", text
    word = first[1]
    if word.lower() in CATALOGUE and word.lower() not in OWN_WORDS:
        return word.lower(), text[first.end() :]
    if word in LETTERS or word.lower() in OWN_WORDS or re.fullmatch("(?:op|[kfspdg])[0-9]+", word):
        return "conv", text
    return None


def ask(
    words: Sequence[str],
    size: str | int | None = None,
    settings: Sequence[str] | Mapping[str, Any] = (),
    most_layers: int = MOST_LAYERS,
    convention: Convention | None = None,
) -> Answer:
    """The answer to the question that the words put; raises SpecError for one that cannot be understood."""
    layer = layer_asked(words)
    if layer is not None:
        from cnncalc.inverse.ask_layer import ask_layer

        return ask_layer(CATALOGUE[layer[0]], parse_question(layer[1]), convention)
    if not " ".join(words[1:]).strip():
        raise SpecError([Problem(f"nothing is asked of '{words[0]}'", None, "as in: cnncalc solve vgg16 pool5=7x7")])
    return _ask_network(words, size, settings, most_layers, convention or Convention())


def _ask_network(
    words: Sequence[str],
    size: str | int | None,
    settings: Sequence[str] | Mapping[str, Any],
    most_layers: int,
    convention: Convention,
) -> Answer:
    from cnncalc.inverse.ask_network import ask_network
    from cnncalc.inverse.network import Network
    from cnncalc.spec.inputs import parse_input, symbolic_size
    from cnncalc.spec.library import find
    from cnncalc.spec.settings import parse_settings, settings_of

    spec = find(words[0])
    if spec.problems:
        build(spec)  # raises them
    values = settings_of(spec, settings) if isinstance(settings, Mapping) else parse_settings(spec, settings)
    network = Network(
        spec,
        (spec.input or symbolic_size(spec, None)) if size is None else parse_input(str(size), spec.input),
        values,
        convention,
        most_layers=most_layers,
    )
    return ask_network(network, parse_question(" ".join(words[1:])))
