"""The name of a row, or the class of a framework -> the layer type that it stands for."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from cnncalc.layers import CATALOGUE
from cnncalc.tables.languages import layer_in_english

INPUT = "input"
TOTAL = ("total", "totals", "sum")
BRACKETED = re.compile(r"[(\[]([^()\[\]]*)[)\]]\s*\Z")
NUMBERED = re.compile(r"[\s_:#.-]*[0-9]+(?:[-_.][0-9]+)*\Z")
RANK = re.compile(r"[123]d")
ELSEWHERE = {
    "averagepooling": "avgpool", "globalaveragepooling": "globalavgpool", "globalmaxpooling": "globalmaxpool",
    "batchnormalization": "batchnorm", "layernormalization": "layernorm", "convtranspose": "deconv",
    "depthwiseconv": "depthwise", "inputlayer": INPUT, "fullyconnected": "fc", "pooling": "maxpool",
    "groupnormalization": "groupnorm", "instancenormalization": "instancenorm", "localresponsenorm": "lrn",
    "logsoftmax": "softmax", "activation": "relu", "upsamplingnearest": "upsample", "upsamplingbilinear": "upsample",
    "syncbatchnorm": "batchnorm", "hardtanh": "relu6", "alphadropout": "dropout", "featurealphadropout": "dropout",
}  # fmt: skip
"""The layer types of frameworks and of course tables that have another name here."""
SHORT_TYPES = {
    "con": "conv", "max": "maxpool", "avg": "avgpool", "gap": "globalavgpool", "globalaveragepool": "globalavgpool",
    "adaptivepool": "globalavgpool", "adaptiveaveragepool": "globalavgpool",
    "fullconnection": "fc", "fullconnected": "fc", "subsampling": "avgpool", "pointwise": "conv", "mp": "maxpool",
    "lrnorm": "lrn", "depthconcat": "concat", "filterconcat": "concat",
}  # fmt: skip
"""What people write for a type, where no program does."""
PARTS = re.compile(r"[+/,&]|->|\u2192")
"""What stands between the types of a row that is of several layers."""
INSIDE = re.compile(r"\([^()]*\)")
PHRASES = re.compile(r"[^\W_]+(?: [^\W_]+)*")
LONGEST_NAME, MOST_WORDS, SHORTEST_TYPE = 100, 6, 2
"""Characters of a row, and words of a phrase in it, in which a type is looked for; letters of a type."""


def type_of(row: str) -> str:
    """The layer type that a row names, in brackets or by its name, as `conv2d_4` and `Convolution` do; or nothing."""
    bracket = BRACKETED.search(row)
    name = row[: bracket.start()] if bracket else row
    return (layer_type(bracket[1]) if bracket else "") or _types().get(RANK.sub("", stem(name.strip())), "")


def type_in(text: str) -> str:
    """The first layer type that the words of a text name: `Conv2d k=11 s=4`, `3(a) Max Pool`; or nothing."""
    found = type_of(text)
    for phrase in () if found else PHRASES.findall(text.replace("_", " ")[:LONGEST_NAME]):
        words = phrase.split()[:MOST_WORDS]
        spans = ((at, at + count) for count in (3, 2, 1) for at in range(len(words) - count + 1))
        found = next(filter(None, (_type_of_word("".join(words[at:end])) for at, end in spans)), "")
        if found:
            break
    return found


def types_in(text: str) -> list[str]:
    """The types that the parts of a text name: all of `Conv2D + ReLU`, one of `Conv (ReLU)`."""
    text = text[:LONGEST_NAME]
    found = [kind for part in PARTS.split(INSIDE.sub(" ", text)) if (kind := type_in(part))]
    bracketed = type_of(text)
    return [bracketed, *found[1:]] if bracketed else found


@lru_cache(maxsize=4096)
def _type_of_word(word: str) -> str:
    if len(word) < SHORTEST_TYPE or word.isdigit():
        return ""
    return layer_type(word) or layer_in_english(folded(word)) or SHORT_TYPES.get(folded(word), "")


def layer_type(name: str) -> str:
    """The layer type that the class of a framework stands for, with or without a number: Conv2d, ReLU6; or nothing."""
    types = _types()
    whole = RANK.sub("", folded(name))
    return types.get(whole) or types.get(RANK.sub("", stem(name.strip())), "")


@cache
def _types() -> dict[str, str]:
    return {folded(name): cls.kind for name, cls in CATALOGUE.items()} | ELSEWHERE


def stem(name: str) -> str:
    """A folded name without the number at its end."""
    return folded(NUMBERED.sub("", name))


def folded(name: str) -> str:
    """A layer's name without case, blanks, hyphens and underscores, which people write in different ways."""
    return re.sub(r"[\s_-]", "", name).lower()
