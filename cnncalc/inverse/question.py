"""`227 -> 55, F=11, P=0, S=?` -> Question: what is said of which quantity, and what is asked for.

The words are split by a grammar of their own; nothing of them is run as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple, TypeAlias

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.layers.condition import Relation

Amount: TypeAlias = "tuple[int | None, ...] | str"
"""A number or the sizes of a volume, None for `?`; or the name of another quantity."""

NAME = r"[A-Za-z_][A-Za-z0-9_/.]*'?"
NUMBER = r"[0-9]+(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]+)?(?:\s?[KkMGT]?i?B(?![A-Za-z])|[KkMGT](?![A-Za-z0-9_]))?"
SHAPE = r"(?:[0-9]+|\?)(?:[xX](?:[0-9]+|\?))+"
AMOUNT = rf"{SHAPE}|{NUMBER}|\?|{NAME}"
BY = r"\s+(?:by|in\s+steps\s+of)\s+(?P<{}>[0-9]+(?:\.[0-9]+|/[0-9]+)?)(?![A-Za-z0-9_.])"
TOKEN = re.compile(
    rf"(?P<from>{AMOUNT})\s*(?:->|=>|\u2192|\bto\b)\s*(?P<to>{AMOUNT})"
    rf"|(?P<name>{NAME})\s*(?P<relation><=|>=|==|=|<|>)\s*(?P<value>{AMOUNT})(?:{BY.format('step')})?"
    rf"|(?P<stepped>{NAME}){BY.format('steps')}"
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
    """`name relation amount`, as said; `span` is its place among the words.

    Of what goes in steps, the amount is the number of steps.
    """

    name: str
    relation: Relation | str
    amount: Amount
    span: Span


class Question(NamedTuple):
    """What is said, and the quantities asked for, in order; `steps` are those asked for in multiples of a number."""

    text: str
    claims: tuple[Claim, ...]
    unknowns: tuple[tuple[str, Span], ...]
    steps: tuple[tuple[str, Fraction], ...] = ()


def parse_question(text: str) -> Question:
    """The question that words ask; raises SpecError with the place of what cannot be read."""
    source = Source("question", text)
    if len(text) > LONGEST:
        raise SpecError([Problem(f"a question has at most {LONGEST:,} characters", None, HINT)])
    claims: list[Claim] = []
    unknowns: list[tuple[str, Span]] = []
    steps: dict[str, Fraction] = {}
    at = 0
    while at < len(text):
        if gap := GAP.match(text, at):
            at = gap.end()
            continue
        match = TOKEN.match(text, at)
        if match is None:
            raise SpecError([Problem(f"'{text[at:].split()[0]}' says nothing here", source.span(0, at), HINT)])
        span = source.span(0, at, len(match[0].rstrip()))
        if step := match["step"] or match["steps"]:
            name = match["name"] or match["stepped"]
            steps[name] = _step(step, span)
            claims += _in_steps(name, match["relation"], match["value"], steps[name], span)
            unknowns.append((name, span))
        else:
            _take(match, span, claims, unknowns)
        at = match.end()
    return Question(text.strip(), tuple(claims), tuple(dict(unknowns).items()), tuple(steps.items()))


def _step(text: str, span: Span) -> Fraction:
    """`0.25` or `1/32`; raises SpecError for nothing and for what is too large or too fine."""
    above, _, below = text.partition("/")
    step = Fraction(above) / int(below or 1) if int(below or 1) else Fraction(0)
    if not 0 < step <= LARGEST or step.denominator > LARGEST:
        raise SpecError([Problem(f"no steps of {text} can be taken", span, "as in 'width by 0.25' or 'input by 32'")])
    return step


def _in_steps(name: str, relation: str | None, value: str | None, step: Fraction, span: Span) -> Iterator[Claim]:
    """`width <= 1.3 by 0.25`, as a bound on the number of steps: 5."""
    if relation is None or value is None:
        return
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", value):
        raise SpecError([Problem(f"'{value}' bounds nothing that goes in steps", span, f"as in '{name}<=2 by {step}'")])
    number = Fraction(value) / step
    up = relation in ("<", ">=")
    yield Claim(name, "==" if relation == "=" else relation, (ceil(number) if up else floor(number),), span)


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
