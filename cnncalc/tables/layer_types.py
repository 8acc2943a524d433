"""The name of a row, or the class of a framework -> the layer type that it stands for."""

from __future__ import annotations

import re
from functools import cache

from cnncalc.layers import CATALOGUE

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


def type_of(row: str) -> str:
    """The layer type that a row names, in brackets or by its name, as `conv2d_4` and `Convolution` do; or nothing."""
    bracket = BRACKETED.search(row)
    name = row[: bracket.start()] if bracket else row
    return (layer_type(bracket[1]) if bracket else "") or _types().get(RANK.sub("", stem(name.strip())), "")


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
