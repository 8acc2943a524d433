"""Words -> Answer: the door to inverse questions, about one layer or about a network."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.analysis import Convention
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import MOST_LAYERS, build
from cnncalc.layers import CATALOGUE
from cnncalc.solve.answer import Answer
from cnncalc.solve.letters import DERIVED, LETTERS
from cnncalc.solve.question import QuestionError, parse_question
from cnncalc.solve.wording import NAME, NOISE, NUMBER, PHRASES, SHAPE, TIMES, WORDS

SAYS = re.compile(rf"\s*(?:{NAME}\s*(?:[<>=]|->|\u2192)|(?:{SHAPE}|{NUMBER}|\?)(?![\w./]))")
FIRST = re.compile(r"\s*([A-Za-z_0-9']+)[\s,:]*")
STACK = re.compile(
    rf"\s*how\s+many\s+(?:stacked\s+)?(?P<kernel>[0-9]+)(?:{TIMES}(?P=kernel))?\s+(?:conv\w*\s+)?(?:layers?|convs?|convolutions?)\b",
    re.IGNORECASE,
)
PADDED = re.compile(
    r"\s*pad\b(?=.*(?:\b(?:P|pad|padding)\s*=|\bp[0-9]|\bpadding\s+[0-9]))[\s,:]*", re.IGNORECASE | re.DOTALL
)
"""`pad` as a layer, and not as what is asked for: how much it pads is said."""

OWN_WORDS = {
    "keep",
    "keeps",
    *NOISE,
    *DERIVED,
    *(name for names in LETTERS.values() for name in names),
    *(phrase.split()[0] for phrase in (*PHRASES, *WORDS)),
}


def layer_asked(words: Sequence[str]) -> tuple[str, str] | None:
    """(layer type, question) where the words ask about one layer; None where they begin with a network."""
    text = " ".join(words)
    if STACK.match(text) or is_path(next(iter(text.split()), "")):
        return None
    if padded := PADDED.match(text):
        return "pad", text[padded.end() :]
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


def network_asked(words: Sequence[str]) -> tuple[str, str]:
    """(network, question) of words that begin with a network: as a word of its own, or in one text with the question.

    `how many 3x3 layers until ...` is asked of a stack of them. Raises QuestionError where nothing is asked.
    """
    text = " ".join(words)
    if stack := STACK.match(text):
        return f"conv{stack['kernel']}-C xL", text[stack.end() :]
    network, rest = words[0], " ".join(words[1:])
    if not rest.strip():
        network, _, rest = network.strip().partition(" ")
        if not rest.strip() or not is_network(network.rstrip(",:")):
            hint = "as in: cnncalc solve vgg16 pool5=7x7"
            raise QuestionError([Problem(f"nothing is asked of '{words[0]}'", None, hint)])
        network = network.rstrip(",:")
    return network, rest


def is_path(word: str) -> bool:
    """Whether a word is a file's, or standard input."""
    return word == "-" or bool(re.search(r"\.ya?ml\b", word)) or (os.sep in word and os.path.isfile(word))


def is_network(word: str) -> bool:
    """Whether a word names a network: a bundled one, or a file."""
    from cnncalc.spec.find import bundled

    return word in bundled() or is_path(word)


def ask(
    words: Sequence[str],
    size: str | int | None = None,
    settings: Sequence[str] | Mapping[str, Any] = (),
    most_layers: int = MOST_LAYERS,
    convention: Convention | None = None,
) -> Answer:
    """The answer to the question that the words put; raises QuestionError for one that cannot be understood.

    Raises SpecError for a network or a layer that cannot be used.
    """
    layer = layer_asked(words)
    if layer is not None:
        from cnncalc.solve.ask_layer import ask_layer

        return ask_layer(CATALOGUE[layer[0]], parse_question(layer[1]), convention)
    network, question = network_asked(words)
    return _ask_network(network, question, size, settings, most_layers, convention or Convention())


def _ask_network(
    text: str,
    question: str,
    size: str | int | None,
    settings: Sequence[str] | Mapping[str, Any],
    most_layers: int,
    convention: Convention,
) -> Answer:
    from cnncalc.solve.ask_network import ask_network
    from cnncalc.solve.network import Network
    from cnncalc.spec.find import find
    from cnncalc.spec.input_size import parse_input, symbolic_size
    from cnncalc.spec.parameters import parse_settings, settings_of

    spec = find(text)
    if spec.problems:
        build(spec)  # raises them
    try:
        values = settings_of(spec, settings) if isinstance(settings, Mapping) else parse_settings(spec, settings)
        sizes = (spec.input or symbolic_size(spec, None)) if size is None else parse_input(str(size), spec.input)
    except SpecError as error:
        raise QuestionError(error.problems) from None
    network = Network(spec, sizes, values, convention, most_layers=most_layers)
    return ask_network(network, parse_question(question))
