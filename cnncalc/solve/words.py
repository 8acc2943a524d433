"""The words of questions: what quantities, relations, units and layers are called, and the patterns of their parts."""

from __future__ import annotations

import re

from cnncalc.analysis.quantities import NAMES
from cnncalc.layers import CATALOGUE

PHRASES = {name.replace("_", " "): name for name in NAMES if "_" in name} | {
    "receptive field": "rf",
    "field of view": "rf",
    "parameters": "params",
    "kernel size": "kernel",
    "filter size": "kernel",
    "window size": "kernel",
    "pool size": "kernel",
    "input size": "in",
    "image size": "in",
    "input volume": "in",
    "output size": "out",
    "output shape": "out",
    "output volume": "out",
    "output volume size": "out",
    "output padding": "output_padding",
    "input channels": "channels",
    "output channels": "filters",
    "width multiplier": "width",
    "zero padding": "padding",
}
"""Names of several words: those of the register of quantities, and those of a question alone."""
RELATIONS = {
    "<=": ("\u2264", "at most", "no more than", "not more than", "up to", "within"),
    ">=": ("\u2265", "at least", "no less than", "not less than", "cover", "covers", "reach", "reaches", "see", "sees"),
    "<": ("under", "below", "less than", "fewer than", "smaller than"),
    ">": ("over", "above", "more than", "greater than", "larger than", "exceeds"),
    "==": ("=", ":", "is", "equals"),
}
UNITS = {
    "filter": "filters",
    "kernel": "filters",
    "map": "filters",
    "feature map": "filters",
    "output channel": "filters",
    "out channel": "filters",
    "unit": "filters",
    "neuron": "filters",
    "channel": "channels",
    "input channel": "channels",
    "in channel": "channels",
    "group": "groups",
    "param": "params",
    "parameter": "params",
    "weight": "weights",
    "mac": "macs",
    "flop": "flops",
}
"""What can be counted, as in `32 filters`, without its plural s."""
COUNTS = "one two three four five six seven eight nine ten eleven twelve"
DIGITS = {word: str(number) for number, word in enumerate(re.findall("[a-z]+", COUNTS), start=1)}
LAYERS = {
    "convolutional": "conv",
    "convolution": "conv",
    "max pool": "maxpool",
    "max pooling": "maxpool",
    "max-pool": "maxpool",
    "pooling": "maxpool",
    "average pool": "avgpool",
    "average pooling": "avgpool",
    "avg pool": "avgpool",
    "transposed conv": "deconv",
    "transposed convolution": "deconv",
    "convtranspose": "deconv",
    "conv2dtranspose": "deconv",
    "depthwiseconv": "depthwise",
    "depthwise conv": "depthwise",
    "depthwise convolution": "depthwise",
    "fully connected": "fc",
    "fully-connected": "fc",
    "global average pooling": "globalavgpool",
    "globalaveragepooling": "globalavgpool",
    "globalmaxpooling": "globalmaxpool",
    "averagepooling": "avgpool",
    "maxpooling": "maxpool",
    "global average pool": "globalavgpool",
    "global avg pool": "globalavgpool",
    "global max pooling": "globalmaxpool",
    "global max pool": "globalmaxpool",
}
"""What people call layer types, beside the names of the catalogue; a final 1d, 2d or 3d is their rank."""
NO_LAYERS = frozenset(
    (
        "input",
        "pad",
        "scale",
        "add",
        "sum",
        "size",
        "split",
        "cat",
        "mul",
        "norm",
        "exp",
        "log",
        "abs",
        "power",
        "maximum",
        "local",
    )
)
"""Names of layer types that mean something else in a question, unless they come first in it."""


def _any(words: object) -> str:
    """Any of some words, the longest first; the blanks in them may be longer."""
    listed = sorted(map(str, words), key=len, reverse=True)  # type: ignore[call-overload]
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in listed)


# Pieces of patterns -----------------------------------------------------------------------------

SEVERAL = rf"(?:[A-Za-z_][A-Za-z0-9_/.]*\.)?(?:{_any(PHRASES)})".replace(r"\s+", r"[\s-]+")
NAME = rf"(?:{SEVERAL}|[A-Za-z_](?:[A-Za-z0-9_/.]*[A-Za-z0-9_])?'?)"
INT = r"(?:[0-9]+)"
NUMBER = (
    rf"(?:\b(?:{_any(DIGITS)})\b|(?:[0-9]+(?:,[0-9]{{3}}(?![0-9]))*(?:\.[0-9]+)?|\.[0-9]+)"
    r"(?-i:\s?[KkMGT]?i?B(?![A-Za-z])|[KkMGT](?![A-Za-z0-9_])|\s?[KkMGT](?:MAC|FLOP)s?(?![A-Za-z0-9_]))?)"
)
TIMES = "\\s?(?:[xX*\u00d7]|by)\\s?"
SIDES = rf"(?:[0-9]+|\?)(?:{TIMES}(?:[0-9]+|\?))+"
SHAPE = SIDES.replace("|by", "")
END = rf"(?![0-9A-Za-z_]|[.,][0-9]|{TIMES}[0-9?])"
"""What keeps a number from being cut short."""
PLAIN = rf"(?:(?:{SHAPE}|{NUMBER}){END})"
TERM = rf"\(*(?:{NUMBER}|[A-Za-z_][A-Za-z0-9_]*'?)\)*"
EXPRESSION = rf"{TERM}(?:\s?(?://|[+*/%]|-(?!>))\s?{TERM})*"
AMOUNT = rf"(?:{SHAPE}(?![A-Za-z0-9_])|\?|{EXPRESSION})"
SIGN = "(?:<=|>=|==|=|<|>|\u2264|\u2265)"
RELATION = f"(?:{_any(word for words in RELATIONS.values() for word in words if word.isascii() and word[0].isalpha())})"
ARROW = "(?:->|=>|\u2192)"
TO = rf"(?:{ARROW}|\bto\b|\binto\b)"
BY = r"\s+(?:by|in\s+steps\s+of)\s+(?P<step>[0-9]+(?:\.[0-9]+|/[0-9]+)?|\.[0-9]+)"
LAYER = rf"(?:[123]d\s+)?(?>{_any({*LAYERS, *(name for name in CATALOGUE if name not in NO_LAYERS)})})(?:\s?[123]d\b)?+"
UNIT = rf"(?:{_any(UNITS)})s?"
PIXELS = r"(?:\s+(?:px|pixels?)\b)?"
WHAT = r"(?:(?:what|which)(?:\s+(?:is|are)\b|['\u2019]?s\b)?)"
KEPT = r"(?:the\s+|its\s+)?(?:same\s+)?(?:input\s+|output\s+|spatial\s+)?size"
PLACE = r"(?:[A-Za-z]+_?[0-9][A-Za-z0-9_/.]*|[A-Za-z][A-Za-z0-9_.]*/[A-Za-z0-9_/.]+)"
SET = ("kernel", "padding", "output_padding", "channels", "filters")
VALUED = _any(phrase for phrase, name in PHRASES.items() if name in SET).replace(r"\s+", r"[\s-]+") + (
    "|kernel|window|filters|strides?|padding|pad|dilation|groups|channels|units"
)
COUNTED = r"receptive\s+field|params|parameters|rf|field|macs"
INPUT = r"(?:inputs?|image|signal|length)(?:\s+(?:volume|size|map|length))?"
OUTPUT = r"outputs?(?:\s+(?:volume|size|map|shape))?"
LINK = r"(?:\s*:\s*|\s+(?:size\s+)?(?:of(?:\s+size)?|is|at)\s+|\s+)"
OF_SIZE = rf"(?:{SIDES}|{NUMBER})"
THE = r"(?:(?:an?|the)\s+)?"
ITSELF = rf"(?!\s+(?:{LAYER}|(?:{_any(unit for unit, name in UNITS.items() if name in SET)})s?)\b(?!\s+[0-9]))"
"""What keeps the size of a layer from being that of its input or output, as in `output 5x5 conv`."""
GAP = re.compile(
    r"\s*(?:(?:[,;:.()]|\?(?!\s*(?:->|=>|\u2192|to\b|[xX\u00d7])))\s*)*"
    r"(?:(?:and|with(?!\s+(?:an?\s+)?bias(?!\s*=))|using|of|for|in|at(?!\s+(?:most|least)))\s+)?(?:(?:an?|the)\s+)?",
    re.IGNORECASE,
)
"""What joins two phrases."""
