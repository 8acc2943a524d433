"""The words of a question -> one regular expression of all that can be said, and what its words mean."""

from __future__ import annotations

import re

PHRASES = {
    "receptive field": "rf",
    "kernel size": "kernel",
    "filter size": "kernel",
    "window size": "kernel",
    "input size": "input",
    "image size": "input",
    "output size": "output",
    "output padding": "output_padding",
    "input channels": "channels",
    "output channels": "filters",
    "width multiplier": "width",
}
"""Names of two words."""

RELATIONS = {
    "<=": ("\u2264", "at most", "no more than", "not more than", "up to", "within"),
    ">=": ("\u2265", "at least", "no less than", "not less than", "cover", "covers", "reach", "reaches", "see", "sees"),
    "<": ("under", "below", "less than", "fewer than", "smaller than"),
    ">": ("over", "above", "more than", "greater than", "larger than", "exceeds"),
    "==": ("=", "is", "equals", "exactly"),
}
UNITS = {
    "filter": "filters",
    "kernel": "filters",
    "map": "filters",
    "unit": "filters",
    "neuron": "filters",
    "channel": "channels",
    "group": "groups",
    "param": "params",
    "parameter": "params",
    "weight": "weights",
    "mac": "macs",
    "flop": "flops",
}
"""What can be counted, as in `32 filters`."""

NOISE = frozenset(
    re.findall(
        r"\w+",
        "which what with and for if the find where so that is an a of at how many under stays stay until all exactly "
        "multiplier give gives make makes does do take takes get gets using use from number layer should "
        "must be are will would have has can on into",
    )
)


def _any(words: object) -> str:
    """Any of some words or phrases, the longest first."""
    listed = sorted(map(str, words), key=len, reverse=True)  # type: ignore[call-overload]
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in listed)


WORDS = {word: relation for relation, words in RELATIONS.items() for word in words}
NAME = rf"(?:(?i:{_any(PHRASES)})\b|[A-Za-z_](?:[A-Za-z0-9_/.]*[A-Za-z0-9_])?'?)"
NUMBER = (
    r"[0-9]+(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]+)?"
    r"(?:\s?[KkMGT]?i?B(?![A-Za-z])|[KkMGT](?![A-Za-z0-9_])|\s?[KkMGT]?(?:MAC|FLOP)s?(?![A-Za-z0-9_]))?"
)
TIMES = "\\s?[xX\u00d7]\\s?"
SHAPE = rf"(?:[0-9]+|\?)(?:{TIMES}(?:[0-9]+|\?))+"
AMOUNT = rf"{SHAPE}|{NUMBER}|\?|{NAME}"
TO = "\\s*(?:->|=>|\u2192|\\bto\\b)\\s*"
END = rf"(?![0-9A-Za-z_]|[.,][0-9]|{TIMES}[0-9?])"
"""What keeps a number from being cut short."""

PLAIN = rf"(?:{NUMBER}|{SHAPE}){END}"
UNIT = rf"(?:{_any(UNITS)})s?\b(?!\s*[=<>]|\s+[0-9]+(?![0-9]|{TIMES}[0-9]))"
QUIET = rf"(?!(?:{_any(NOISE)})\b)"
RELATION = f"(?:{_any(word for word in WORDS if word.isascii() and word != '=')})"
FILLER = r"(?:\s+(?:is|are|be|stays?|of|should|must|to))*"
NOUNS = r"kernel|stride|padding|pad|dilation|groups|filters|units|channels|input|output|params|parameters|rf|field"
BY = r"\s+(?:by|in\s+steps\s+of)\s+(?P<{}>[0-9]+(?:\.[0-9]+|/[0-9]+)?|\.[0-9]+)(?![A-Za-z0-9_.])"
TOKEN = re.compile(
    # 7x7 at pool5
    rf"(?P<seen>{SHAPE}|{NUMBER})(?:\s+(?:outputs?|maps?))?\s+(?:at|after)\s+(?:the\s+)?(?:(?:layer|block)\s+)?"
    rf"(?P<place>{NAME})"
    # a 227x227x3 input
    rf"|(?P<volume>{PLAIN})\s+(?P<end>input|image|output)\b(?!\s*[=<>?])"
    # 64 3x3 filters, an 11x11/4 kernel
    rf"|(?:(?P<number>{NUMBER})\s+)?(?P<window>{SHAPE})(?:/(?P<step>[0-9]+))?"
    r"\s+(?:kernel|filter|window|(?P<layers>convolution|conv|pool|max pool))s?\b(?!\s*[=<>])"
    # 7x7/2
    rf"|(?P<strided>{SHAPE})/(?P<over>[0-9]+)"
    # 32 filters, under 5M params
    rf"|(?:(?P<bound>(?i:{RELATION}))\s+|(?P<sign>[<>]=?|[\u2264\u2265])\s*)?(?P<count>{NUMBER}){END}\s+(?P<unit>{UNIT})"
    # 227 -> 55
    rf"|(?P<from>{AMOUNT}){TO}(?P<to>{AMOUNT})"
    # F <= 7, width <= 2 by 0.25
    rf"|(?P<name>{NAME})\s*(?P<relation><=|>=|==|=|<|>|\u2264|\u2265)\s*(?P<value>{AMOUNT})(?:{BY.format('steps')})?"
    # params of at most 5M
    rf"|{QUIET}(?P<told>{NAME}){FILLER}\s+(?P<words>(?i:{RELATION}))\s+(?P<amount>{PLAIN})(?!\s+{UNIT})"
    rf"|(?P<stepped>{NAME}){BY.format('by')}"
    # kernel 11, S 4
    rf"|(?P<noun>(?i:{_any(PHRASES)}|{NOUNS})){FILLER}\s+(?P<given>{PLAIN})(?!{TO}|\s+{UNIT})"
    rf"|(?P<capital>[WFSPDCKGO])\s+(?P<single>{NUMBER}){END}(?!{TO}|\s+{UNIT})"
    # k3 s2
    r"|(?P<letter>op|[kfspdg])(?P<digits>[0-9]+)(?![A-Za-z0-9_])"
    r"|(?P<keep>keeps?\b(?:\s+(?:the\s+|its\s+)?(?:same\s+)?(?:size|input|it|W)\b(?!\s*=))?)"
    rf"|(?P<shape>{SHAPE})"
    rf"|(?P<word>{NAME})(?:\s*\?)?"
)
GAP = re.compile(r"(?:[\s,;:.()]|\?(?!\s*(?:->|=>|\u2192|to\b|[xX\u00d7])))+")


def name_of(text: str) -> str:
    """A name as one word: `rf` for `receptive field`."""
    return PHRASES.get(" ".join(text.lower().split()), text)


def relation_of(text: str | None) -> str:
    """`<`, `under`, `at most`, as a relation; == where nothing is said."""
    return WORDS.get(" ".join(text.lower().split()), text) if text else "=="


def unit_of(text: str) -> str:
    """What `32 filters` counts, as a name."""
    lowered = text.lower()
    return UNITS[lowered if lowered in UNITS else lowered.removesuffix("s")]
