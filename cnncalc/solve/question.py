"""`227 -> 55, F=11, P=0, S=?` -> Question: what is said of which quantity, and what is asked for.

The words are split by a grammar of their own; nothing of them is run as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple, TypeAlias

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.solve.wording import GAP, NAME, NOISE, SHAPE, TOKEN, name_of, relation_of, unit_of
from cnncalc.symbolic.constraint import Relation

Amount: TypeAlias = "tuple[int | None, ...] | str"
"""A number or the sizes of a volume, None for `?`; or the name of another quantity."""

STEPS = {"K": 10**3, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
BINARY = {"K": 2**10, "k": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
SIDES = re.compile("\\s?[xX\u00d7]\\s?")
LONGEST = 2000
LARGEST = 10**15
HINT = "as in '227 -> 55, F=11, P=0, S=?'; cnncalc solve --help has examples of every kind"


class QuestionError(SpecError):
    """A question that cannot be understood, or that says too little or too much."""

    exit_status = 2


class Claim(NamedTuple):
    """`name relation amount`, as said; `span` is its place among the words.

    Of what goes in steps, the amount is the number of steps.
    """

    name: str
    relation: Relation | str
    amount: Amount
    span: Span


class Question(NamedTuple):
    """What is said, and the quantities asked for, in order; `steps` are those asked for in multiples of a number.

    `shapes` stand alone, as in `227 -> 55, 11x11`: of which quantity they speak is told by all the rest.
    """

    text: str
    claims: tuple[Claim, ...]
    unknowns: tuple[tuple[str, Span], ...]
    steps: tuple[tuple[str, Fraction], ...] = ()
    shapes: tuple[tuple[Amount, Span], ...] = ()


def parse_question(text: str) -> Question:
    """The question that words ask; raises QuestionError with the place of what cannot be read."""
    source = Source("question", text)
    if len(text) > LONGEST:
        raise QuestionError([Problem(f"a question has at most {LONGEST:,} characters", None, HINT)])
    claims: list[Claim] = []
    unknowns: list[tuple[str, Span]] = []
    steps: dict[str, Fraction] = {}
    shapes: list[tuple[Amount, Span]] = []
    at = 0
    while at < len(text):
        if gap := GAP.match(text, at):
            at = gap.end()
            continue
        match = TOKEN.match(text, at)
        if match is None:
            raise QuestionError([Problem(f"'{text[at:].split()[0]}' says nothing here", source.span(0, at), HINT)])
        span = source.span(0, at, len(match[0].rstrip()))
        _check_whole(match, source)
        if step := match["steps"] or match["by"]:
            name = name_of(match["name"] or match["stepped"])
            steps[name] = _step(step, span)
            claims += _in_steps(name, match["relation"], match["value"], steps[name], span)
            unknowns.append((name, span))
        elif match["shape"]:
            shapes.append((amount_of(match["shape"], span), span))
        elif match["word"]:
            unknowns += [] if match["word"].lower() in NOISE else [(name_of(match["word"]), span)]
        else:
            _enter(_said(match), span, claims, unknowns)
        at = match.end()
    return Question(text.strip(), tuple(claims), tuple(dict(unknowns).items()), tuple(steps.items()), tuple(shapes))


def _check_whole(match: re.Match[str], source: Source) -> None:
    """Refuse what a token cuts short, as 2 of `K=2C`, and a number before a layer that may count either."""
    text, end = match.string, match.end()
    if match[0][-1].isdigit() and re.match(r"[A-Za-z_]", text[end:]):
        start = end - len(re.search("[0-9.,]*\\Z", text[:end])[0])  # type: ignore[index]
        word = re.match("[0-9A-Za-z_.,]*", text[start:])[0].rstrip(".,")  # type: ignore[index]
        raise QuestionError([Problem(f"'{word}' is no number", source.span(0, start, len(word)), HINT)])
    if match["layers"] and match["number"]:
        hint = f"as in '{match['number']} filters {match['window']}'; a stack of layers is a network: 'conv3-C x4' rf"
        message = f"{match['number']} of what: layers, or filters of one?"
        raise QuestionError([Problem(message, source.span(0, match.start(), end - match.start()), hint)])


def _step(text: str, span: Span) -> Fraction:
    """`0.25` or `1/32`; raises QuestionError for nothing and for what is too large or too fine."""
    above, _, below = text.partition("/")
    step = Fraction(above) / int(below or 1) if int(below or 1) else Fraction(0)
    if not 0 < step <= LARGEST or step.denominator > LARGEST:
        raise QuestionError(
            [Problem(f"no steps of {text} can be taken", span, "as in 'width by 0.25' or 'input by 32'")]
        )
    return step


def _in_steps(name: str, relation: str | None, value: str | None, step: Fraction, span: Span) -> Iterator[Claim]:
    """`width <= 1.3 by 0.25`, as a bound on the number of steps: 5."""
    if relation is None or value is None:
        return
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", value):
        raise QuestionError(
            [Problem(f"'{value}' bounds nothing that goes in steps", span, f"as in '{name}<=2 by {step}'")]
        )
    number = Fraction(value) / step
    up = relation in ("<", ">=")
    yield Claim(name, relation_of(relation), (ceil(number) if up else floor(number),), span)


def _said(match: re.Match[str]) -> Iterator[tuple[str, str | None, str]]:
    """(name, relation, amount) for all that one token says."""
    if match["seen"]:
        yield match["place"], "=", match["seen"]
    elif match["volume"]:
        yield "out" if match["end"] == "output" else "in", "=", match["volume"]
    elif match["window"]:
        yield from (("filters", "=", match["number"]),) if match["number"] else ()
        yield "kernel", "=", match["window"]
        yield from (("stride", "=", match["step"]),) if match["step"] else ()
    elif match["strided"]:
        yield from (("kernel", "=", match["strided"]), ("stride", "=", match["over"]))
    elif match["count"]:
        yield unit_of(match["unit"]), match["bound"] or match["sign"], match["count"]
    elif match["to"]:
        yield from (("in", "=", match["from"]), ("out", "=", match["to"]))
    elif match["keep"]:
        yield "out", "=", "in"
    else:
        name = match["name"] or match["told"] or match["noun"] or match["capital"] or match["letter"]
        amounts = (match[group] for group in ("value", "amount", "given", "single", "digits"))
        yield name_of(name), match["relation"] or match["words"], next(amount for amount in amounts if amount)


def _enter(
    said: Iterable[tuple[str, str | None, str]], span: Span, claims: list[Claim], unknowns: list[tuple[str, Span]]
) -> None:
    """Enter what one token says: as a claim, or as asked for."""
    for name, words, value in said:
        relation = relation_of(words)
        if value == "?" and relation == "==":
            unknowns.append((name, span))
        else:
            claims.append(Claim(name, relation, amount_of(value, span), span))


def amount_of(text: str, span: Span) -> Amount:
    """`5M`, `34,944`, `58 MiB`, `55x55x96`, or a name; raises QuestionError for a number that is not whole."""
    text = text.strip()
    if re.fullmatch(NAME, text):
        return name_of(text)
    if text == "?" or re.fullmatch(SHAPE, text):
        return tuple(None if part == "?" else _whole(Fraction(part), part, span) for part in SIDES.split(text))
    match = re.fullmatch(r"([0-9,.]+)\s?([KkMGT]?)(i?)(?:B|MACs?|FLOPs?)?", text)
    if match is None:
        raise QuestionError([Problem(f"'{text}' is no number", span, HINT)])
    step = (BINARY if match[3] else STEPS).get(match[2], 1)
    return (_whole(Fraction(match[1].replace(",", "")) * step, text, span),)


def _whole(value: Fraction, text: str, span: Span) -> int:
    if value.denominator != 1 or value > LARGEST:
        raise QuestionError([Problem(f"'{text}' is not a whole number up to {LARGEST:,}", span, HINT)])
    return value.numerator
