"""`227 -> 55, F=11, P=0, S=?` -> Question: what is said of which quantity, and what is asked for.

The words are split by a grammar of their own; nothing of them is run as code.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.layers.condition import Relation

Amount: TypeAlias = "tuple[int | None, ...] | str"
"""A number or the sizes of a volume, None for `?`; or the name of another quantity."""

NAME = r"[A-Za-z_][A-Za-z0-9_/.]*'?"
NUMBER = r"[0-9]+(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]+)?(?:\s?[KkMGT]?i?B(?![A-Za-z])|[KkMGT](?![A-Za-z0-9_]))?"
SHAPE = r"(?:[0-9]+|\?)(?:[xX](?:[0-9]+|\?))+"
AMOUNT = rf"{SHAPE}|{NUMBER}|\?|{NAME}"
TOKEN = re.compile(
    rf"(?P<from>{AMOUNT})\s*(?:->|=>|\u2192|\bto\b)\s*(?P<to>{AMOUNT})"
    rf"|(?P<name>{NAME})\s*(?P<relation><=|>=|==|=|<|>)\s*(?P<value>{AMOUNT})"
    r"|(?P<letter>op|[kfspdg])(?P<number>[0-9]+)(?![A-Za-z0-9_])"
    r"|(?P<keep>keeps?\b(?:\s+(?:the\s+|its\s+)?(?:same\s+)?(?:size|input|it|W)\b(?!\s*=))?)"
    rf"|(?P<shape>{SHAPE})"
    rf"|(?P<word>{NAME})(?:\s*\?)?"
)
NOISE = frozenset(
    re.findall(
        r"\w+",
        "which what with and for if the find where so that is a an of at how many under stays until "
        "give gives make makes does do take takes get",
    )
)
GAP = re.compile(r"(?:[\s,;:.]|\?(?!\s*(?:->|=>|\u2192|to\b|x)))+")
STEPS = {"K": 10**3, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
BINARY = {"K": 2**10, "k": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
LONGEST = 2000
LARGEST = 10**15
HINT = "as in '227 -> 55, F=11, P=0, S=?'; cnncalc solve --help has examples of every kind"


class Claim(NamedTuple):
    """`name relation amount`, as said; `span` is its place among the words."""

    name: str
    relation: Relation | str
    amount: Amount
    span: Span


class Question(NamedTuple):
    """What is said, and the quantities asked for, in order."""

    text: str
    claims: tuple[Claim, ...]
    unknowns: tuple[tuple[str, Span], ...]


def parse_question(text: str) -> Question:
    """The question that words ask; raises SpecError with the place of what cannot be read."""
    source = Source("question", text)
    if len(text) > LONGEST:
        raise SpecError([Problem(f"a question has at most {LONGEST:,} characters", None, HINT)])
    claims: list[Claim] = []
    unknowns: list[tuple[str, Span]] = []
    at = 0
    while at < len(text):
        if gap := GAP.match(text, at):
            at = gap.end()
            continue
        match = TOKEN.match(text, at)
        if match is None:
            raise SpecError([Problem(f"'{text[at:].split()[0]}' says nothing here", source.span(0, at), HINT)])
        span = source.span(0, at, len(match[0].rstrip()))
        _take(match, span, claims, unknowns)
        at = match.end()
    return Question(text.strip(), tuple(claims), tuple(dict(unknowns).items()))


def _take(match: re.Match[str], span: Span, claims: list[Claim], unknowns: list[tuple[str, Span]]) -> None:
    """Enter what one token says."""
    if match["to"]:
        pairs = [("in", "=", match["from"]), ("out", "=", match["to"])]
    elif match["name"]:
        pairs = [(match["name"], match["relation"], match["value"])]
    elif match["letter"]:
        pairs = [(match["letter"], "=", match["number"])]
    elif match["shape"]:
        pairs = [("in", "=", match["shape"])]
    elif match["keep"]:
        claims.append(Claim("out", "==", "in", span))
        return
    else:
        if match["word"].lower() not in NOISE:
            unknowns.append((match["word"], span))
        return
    for name, relation, value in pairs:
        if value == "?" and relation in ("=", "=="):
            unknowns.append((name, span))
        else:
            claims.append(Claim(name, "==" if relation == "=" else relation, amount_of(value, span), span))


def amount_of(text: str, span: Span) -> Amount:
    """`5M`, `34,944`, `58 MiB`, `55x55x96`, or a name; raises SpecError for a number that is not whole."""
    text = text.strip()
    if re.fullmatch(NAME, text):
        return text
    if text == "?" or re.fullmatch(SHAPE, text):
        return tuple(None if part == "?" else _whole(Fraction(part), part, span) for part in re.split("[xX]", text))
    match = re.fullmatch(r"([0-9,.]+)\s?([KkMGT]?)(i?)B?", text)
    if match is None:
        raise SpecError([Problem(f"'{text}' is no number", span, HINT)])
    step = (BINARY if match[3] else STEPS).get(match[2], 1)
    return (_whole(Fraction(match[1].replace(",", "")) * step, text, span),)


def _whole(value: Fraction, text: str, span: Span) -> int:
    if value.denominator != 1 or value > LARGEST:
        raise SpecError([Problem(f"'{text}' is not a whole number up to {LARGEST:,}", span, HINT)])
    return value.numerator
