"""The numbers of a print-out -> Printed: exactly what was printed, rounded as a program and not as a person does."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from cnncalc.check.numbers.amounts import Amount, read_rounded
from cnncalc.check.numbers.printed import Printed
from cnncalc.tables.print_out import Number

SHAPES = ("output", "input")
PER_AXIS = ("kernel", "stride", "dilation", "layer_padding")
WEIGHTS = ("weights", "biases")
LIST = re.compile(r"[\[(]+\s*((?:None|-?[0-9]+)(?:,\s*(?:None|-?[0-9]+))*),?\s*[\])]+\Z")
"""One shape: (None, 28, 28, 6), [-1, 6, 28, 28], [(None, 28, 28, 1)]."""
UNIT = re.compile(r" ?[A-Za-z%]{1,5}\Z")
LONGEST_LIST = 200


def printed(number: Number, batch: str, layout: str) -> Printed | None:
    """A number as a claim has it; `batch` is what stands before every shape. None for a text of another form."""
    if number.quantity in SHAPES + PER_AXIS + WEIGHTS and number.text[:1] in "[(":
        sizes = listed(number.text)
        if sizes is None:
            return None
        if number.quantity in SHAPES:
            rest = tuple(map(_side, sizes[1:])) if sizes[0] == batch else (0, *map(_size, sizes))
            return Printed(number.text, rest if len(rest) != 1 else rest[0], _whole(rest), layout=layout)
        if number.quantity in PER_AXIS:
            return Printed(number.text, tuple(map(_size, sizes)))
        product = math.prod(map(_size, sizes))
        return Printed(number.text, product, Amount(product, Fraction(1), scale=Fraction(1)))
    amount = amount_of(number)
    return Printed(number.text, amount.value, amount) if amount else None


def amount_of(number: Number) -> Amount | None:
    """A number that is no list, without the brackets around what is not trained."""
    text = number.text[1:-1] if number.text[:1] == "(" and number.text[-1:] == ")" else number.text
    text = UNIT.sub("", text)
    return read_rounded(text, number.scale, share=number.share)


def listed(text: str) -> list[str] | None:
    """The sizes of one shape, the batch among them; None for a text of another form."""
    match = LIST.match(text) if len(text) <= LONGEST_LIST else None
    return [size.strip() for size in match[1].split(",")] if match else None


def bounds(number: Number | None) -> tuple[int, int]:
    """The smallest and the largest whole number that may be printed so."""
    amount = amount_of(number) if number else None
    if amount is None:
        return 0, 0
    half = amount.unit / 2
    exact = amount.scale == 1 and amount.unit == 1
    value = Fraction(amount.value)
    return (int(value), int(value)) if exact else (math.floor(value - half), math.ceil(value + half))


def _size(text: str) -> int:
    return int(text) if text.isdigit() and len(text) <= 15 else 0


def _side(text: str) -> int | None:
    """A size of a shape; None for one that a program leaves open."""
    return None if text == "None" else _size(text)


def _whole(sizes: tuple[int | None, ...]) -> Amount | None:
    return Amount(sizes[0], Fraction(1), scale=Fraction(1)) if len(sizes) == 1 and sizes[0] is not None else None
