"""A number, a size, a name or a layer type as people write it -> its value; and the error for any other word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from cnncalc.errors import Problem, Span, UsageError, closest
from cnncalc.layers import CATALOGUE
from cnncalc.limits import LARGEST_VALUE
from cnncalc.solve.grammar import examples
from cnncalc.solve.words import DIGITS, LAYERS, PHRASES, SHAPE, SIDES, TIMES, UNITS

Amount: TypeAlias = "tuple[int | None, ...] | str"
"""A number or the sizes of a volume, None for `?`; or the text of an expression."""

POWERS = {"K": 10**3, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
BINARY = {"K": 2**10, "k": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
HINTS = {
    "dilated": "as in 'conv 3x3, dilation 2', or 'receptive field of 3x3 layers with dilations 1, 2, 4'",
    "grouped": "give the groups, as in 'conv 3x3, 64 -> 64, groups 2'",
    "separable": "it is two layers{}: cnncalc solve 'depthwise{F}, conv1-{K}' params --input HxWx{C} --no-bias",
}
"""What to ask instead of what has two answers."""


def one_side(value: str) -> str:
    """`(3, 3)` as 3x3; a batch of None before the sizes is left out."""
    inside = re.fullmatch(r"[(\[]\s*(?:None\s*,\s*)?([0-9]+(?:\s*,\s*[0-9]+)*)\s*,?\s*[)\]]", value)
    return "x".join(re.split(r"\s*,\s*", inside[1])) if inside else value


def step_of(text: str, span: Span) -> Fraction:
    """`0.25` or `1/32`; raises UsageError for 0 and for what is too large or too fine."""
    above, _, below = text.partition("/")
    step = Fraction(above) / int(below or 1) if int(below or 1) else Fraction(0)
    if not 0 < step <= LARGEST_VALUE.value or step.denominator > LARGEST_VALUE.value:
        raise UsageError([Problem(f"the step cannot be {text}", span, "as in 'width by 0.25' or 'input by 32'")])
    return step


def name_of(text: str) -> str:
    """A name as one word: `rf` for `receptive field`, also behind the name of a layer."""
    part, dot, last = text.rpartition(".")
    words = re.sub(r"[\s-]+", " ", last.lower())
    return f"{part}{dot}{PHRASES.get(words, last)}"


def unit_of(text: str) -> str:
    """What `32 filters` counts, as a name."""
    lowered = " ".join(text.lower().split())
    return UNITS[lowered if lowered in UNITS else lowered.removesuffix("s")]


def layer_named(text: str) -> tuple[str, int]:
    """(layer type, rank) that a word names; the rank is 0 where it says nothing of it."""
    lowered = " ".join(text.lower().split())
    dimensions = re.fullmatch(r"(?:([123])d )?(.*?)(?:[_ ]?([123])d)?", lowered)
    assert dimensions
    bare, rank = dimensions[2], int(dimensions[1] or dimensions[3] or 0)
    name = next(each for each in (LAYERS.get(bare, bare), lowered) if each in CATALOGUE)
    return CATALOGUE[name].kind, rank


def amount_of(text: str, span: Span) -> Amount:
    """`5M`, `34,944`, `ten`, `58 MiB`, `55x55x96`, or an expression; raises UsageError for a fraction."""
    text = text.strip()
    if text == "?" or re.fullmatch(SHAPE, text) or re.fullmatch(SIDES, text):
        return tuple(None if part == "?" else _whole(Fraction(part), part, span) for part in re.split(TIMES, text))
    text = DIGITS.get(text.lower(), text)
    match = re.fullmatch(r"([0-9,]*\.?[0-9]+)\s?([KkMGT]?)(i?)(?:B|MACs?|FLOPs?)?", text)
    if match is None:
        return text
    power = (BINARY if match[3] else POWERS).get(match[2], 1)
    return (_whole(Fraction(match[1].replace(",", "")) * power, text, span),)


def _whole(value: Fraction, text: str, span: Span) -> int:
    if value.denominator != 1 or value > LARGEST_VALUE.value:
        raise UsageError([Problem(f"'{text}' is not a whole number up to {LARGEST_VALUE}", span, LARGEST_VALUE.hint)])
    return value.numerator


def unknown_word(word: str, span: Span | None, known: Sequence[str] = ()) -> UsageError:
    """The error for a word that the grammar, or the context, does not know, with the closest form that it does."""
    hint = _hinted(word.lower(), span.source.text if span else "") or (closest(word, known) if len(word) > 3 else "")
    if not hint:
        hint = f"as in '{nearest_form(span.source.text if span else word)}'; cnncalc solve --help lists all forms"
    return UsageError(
        [Problem(f"unknown word '{word}'" if word[:1].isalnum() else f"'{word}' is not understood", span, hint)]
    )


def _hinted(word: str, text: str) -> str:
    """What to ask instead of a word with two answers, with the numbers of the question where it has them."""
    kernel, maps = re.search(r"([0-9]+)x\1\b", text), re.search(r"([0-9]+)\s*(?:->|to)\s*([0-9]+)", text)
    numbers = {"F": kernel[1] if kernel else "3", "C": maps[1] if maps else "128", "K": maps[2] if maps else "256"}
    return HINTS.get(word, "").format("" if kernel and maps else ", as in", **numbers)


def nearest_form(text: str) -> str:
    """The example of the grammar that looks most like a text, numbers aside."""
    from difflib import SequenceMatcher

    def likeness(example: str) -> float:
        first, second = (re.sub("[0-9]+", "0", each.lower()) for each in (text[:200], example))
        return float(SequenceMatcher(None, first, second).ratio())

    return max(examples(), key=likeness)
