"""A number as a person prints it -> Printed: which exact values are printed so, and what it stands for.

35K   3.2M   1,792   1.8e9   1.8 billion   58 MiB   89.4 %   2^20   55x55x96   all   does not fit
(3*3*64)*64 = 36,864     224*224*3 = 150K     25*C1*C2*H*W     (d1 - 2)x(d2 - 2)x1
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from cnncalc.check.naming import kind_of
from cnncalc.check.numbers.amounts import (
    NUMBER_HINT,
    ROUGHLY,
    THOUSANDS,
    Amount,
    SumError,
    of_quantity,
    plain,
    read_amount,
)
from cnncalc.check.numbers.arithmetic import Working, evaluate, of_amount
from cnncalc.check.numbers.formulas import SIGNS, SUM, formula, letters_apart, plain_number
from cnncalc.errors import Problem, Span, SpecError
from cnncalc.layers import Shape, Sides
from cnncalc.layers.receptive_field import on_sides
from cnncalc.limits import LONGEST_NUMBER
from cnncalc.symbolic import is_known, multiplied_out, normalise

WIDEST = 60
BY_INPUT = re.compile(r"[^()]+ \([^()]+\)(?:, [^()]+ \([^()]+\))+\Z")
"""A length on each of several inputs, as the table of a network has it: `5 (image), 3 (depth)`."""
ALL = ("all", "everything", "global", "whole image", "whole input")
NO_FIT = ("does not fit", "doesn't fit")
PADDINGS = ("valid", "same")
"""The words for the padding of a layer."""
EQUALS = re.compile(r"~=|\u2248|=[=>]?")
SIDES_OF_MAPS = ("height", "width", "in_height", "in_width")
TIMES = re.compile(r"\s*[xX\u00d7]\s*")
SHAPE = re.compile(rf"(?:[0-9]+|\?)(?:{TIMES.pattern}(?:[0-9]+|\?))+\Z")
SUM_WITH_X = re.compile(rf"(?:floor|ceil|int|[{SIGNS}xX])+\Z")
INSIDE = re.compile(r"[()\[\]]")
LABEL = re.compile(r"(?<=[0-9)]) ?\([A-Za-z][A-Za-z ]{3,30}\)")
"""A word on a term of a working: 3*3*3*64 + 64 (bias)."""
SQUARED = re.compile(r"([0-9]+)\^2((?:\s*[xX*\u00d7\u00b7]\s*[0-9]+)*)\Z")
"""An output or a kernel as 28^2 x 6: both sides at once."""
PRODUCT = re.compile(r"[0-9]+(?:\s*[*\u00b7]\s*[0-9]+)+\Z")
"""An output as 28*28*6: a map of these sizes, or a vector of as many values."""
SIDES = re.compile(r"[(\[]?\s*([0-9]+)\s*(?:before|in front)?\s*(?:,|and|;)\s*([0-9]+)\s*(?:after|behind)?\s*[)\]]?\Z")
"""The padding on both sides: `0 before, 1 after`, `(0, 1)`."""
GROUPED = re.compile(r"(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
"""A vector of 394,272 values, also behind a batch: (None, 394,272)."""
PAIR = re.compile(r"[(\[]([1-9][0-9]{0,2}),([1-9][0-9]{2})[)\]]\Z")
"""A vector as (1,120), which may be a number in groups of digits, too."""
FOUR_SIDES = re.compile(r"\[?\s*([0-9]+)[ ,]+([0-9]+)[ ,]+\1[ ,]+\2\s*\]?\Z")
"""The padding above, below, left and right, where both axes are alike: `[0 1 0 1]`."""
OPERATOR = re.compile(r"[-+*/^\u00d7\u00b7]|[0-9)]\s*[xX]\s*[0-9(]")
LETTERS = re.compile(r"[A-Za-z_]")
WORD = re.compile(r"[A-Za-z ]{4,}\Z")

CLOSELY = 100
"""A number is closely rounded if the rounding is at most so small a part of it."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: its text, the value it stands for, and what rounds or truncates to it.

    `claimed` is an int or a Fraction, a tuple of them for a shape (channels last), a symbolic
    size for a formula, or a word; None if the text cannot be read. `amount` is set where digits were
    printed; `workings` are the values of the sums that stand before an equals sign. `factors` are those of an
    output that is written as a product. `layout` is the order of a shape, hwc or chw, if that is said; `batch` is the
    number of images that may stand before it.
    """

    text: str
    claimed: Any
    amount: Amount | None = None
    workings: tuple[Working, ...] = ()
    factors: tuple[int, ...] = ()
    layout: str = ""
    batch: int = 1

    @classmethod
    def read(
        cls,
        text: str,
        span: Span | None = None,
        *,
        thousand: int = 1000,
        zeros: str = "count",
        quantity: str = "",
        layout: str = "",
    ) -> Printed:
        """What `text` means; K, M and G are powers of `thousand`, for bytes too.

        >>> Printed.read("35K").matches(34_848), Printed.read("3.1M").matches(3_211_264)
        (True, False)
        >>> Printed.read("(3*3*64)*64 = 36,864").matches(36_864), Printed.read("7x7x512").claimed
        (True, (7, 7, 512))

        With `zeros="blank"` trailing zeros before a K, M or G are not significant: 800K is then what rounds or
        truncates to 8 hundred thousand. `quantity` is what it is a number of, so far as that is known:
        (55, 55, 96) is an output. Raises SpecError for a text that is not a number.
        """
        text = " ".join(text.split())
        if not text or len(text) > LONGEST_NUMBER.value:
            limit = f"a number has at most {LONGEST_NUMBER} characters; {LONGEST_NUMBER.hint}"
            what = limit if text else "a number is missing"
            raise SpecError([Problem(what, span, NUMBER_HINT)])
        spelt = plain(text)
        *sums, last = _result_last(EQUALS.split(spelt))
        if kind_of(quantity) == "shape" and sums and SHAPE.match(sums[-1].strip()) and not SHAPE.match(last.strip()):
            last, sums[-1] = sums[-1], last  # 28x28x6 = 4,704: an output, and its values
        try:
            workings = tuple(_sums(spelt, sums, thousand))
            bare = ROUGHLY.sub("", last.strip(), count=1) if ROUGHLY.match(last.strip()) else last.strip()
            printed = _read(of_quantity(bare, quantity), quantity, thousand, zeros == "blank")
            factors = _factors(last.strip()) if kind_of(quantity) in ("shape", "length") else ()
        except SumError as slip:
            as_it_stands = span and len(spelt) == len(text) and text in span.source.lines[span.line]
            here = span.part(slip.position, slip.length) if span and as_it_stands else span
            shown = text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
            raise SpecError([Problem(f"'{shown}' is not a number: {slip}", here, NUMBER_HINT)]) from None
        if kind_of(quantity) == "shape" or quantity in SIDES_OF_MAPS:
            workings = tuple(_whole_size(working, printed[0]) for working in workings)
        return cls(text, printed[0], printed[1], workings, factors, layout)

    @property
    def share(self) -> bool:
        """Whether it is a percentage: a share of the whole network's."""
        return self.amount is not None and self.amount.share

    @property
    def noun(self) -> str:
        """The unit printed after the number: `bytes`, `macs`, `flops`, `params`, or nothing."""
        return self.amount.noun if self.amount else ""

    def matches(self, exact: Any) -> bool:
        """Whether `exact`, rounded or truncated to the digits printed, is what is printed."""
        known = _names(exact)
        if known and not _names(self.claimed) <= known:
            return replace(self, claimed=self._in_letters(known))._holds(exact)
        return self._holds(exact)

    def _holds(self, exact: Any) -> bool:
        """As `matches`, every name being one symbol."""
        if isinstance(exact, Shape):
            return self._matches_shape(exact)
        if isinstance(exact, tuple):
            if self.factors and len(self.factors) == len(exact) and all(map(_same, self.factors, exact)):
                return True
            parts = self.claimed if isinstance(self.claimed, tuple) else (self.claimed,) * len(exact)
            if not isinstance(self.claimed, tuple) and self.amount:
                return bool(exact) and all(self.matches(part) for part in exact)
            return len(parts) == len(exact) > 0 and all(map(_same, parts, exact))
        if not all(working.gives(exact) for working in self.workings):
            return False
        if self.amount and (is_known(exact) or isinstance(exact, Fraction)):
            return self.amount.prints(exact) or self._from_rounded(self.amount)
        if isinstance(self.claimed, tuple):  # 3x3x3x64 for 1,728
            return is_known(exact, *self.claimed) and math.prod(self.claimed) == exact
        return _same(self.claimed, exact)

    def _from_rounded(self, amount: Amount) -> bool:
        """Whether it is what a sum of closely rounded numbers gives: 157.2K * 4 = 628.8K, though 628,904 is exact."""
        closely = (working for working in self.workings if 0 < working.slack * CLOSELY <= abs(working.value))
        return any(amount.prints(working.value) for working in closely)

    @property
    def result(self) -> Printed:
        """The number alone, without the sums before it."""
        return replace(self, workings=())

    @property
    def parts(self) -> tuple[Any, ...]:
        """The sizes that are printed, of a product or a shape; the one value of anything else."""
        return self.factors or (self.claimed if isinstance(self.claimed, tuple) else (self.claimed,))

    def volume(self, like: Shape) -> Shape | None:
        """The output that is claimed of a layer whose output is `like`: the channels are its own if none are said.

        None where it is not given in plain whole numbers.
        """
        parts = self._filled(self.parts, like)
        if not is_known(*parts) or min(parts) < 1 or (self.amount and self.amount.rounded):
            return None
        if len(parts) == 1 and like.rank:
            return Shape(like.channels, *parts * like.rank)
        if len(parts) == like.rank >= 2:
            return Shape(like.channels, *parts)
        if not like.rank and len(_bare(parts)) == 1:
            return Shape(*_bare(parts))
        return Shape(*parts) if self.layout == "chw" and len(parts) > 1 else Shape(parts[-1], *parts[:-1])

    def _filled(self, parts: tuple[Any, ...], like: Shape) -> tuple[Any, ...]:
        """The sizes without a batch of one, and with those of a layer where none is said: (None, None, 64)."""
        if len(parts) == like.rank + 2 and parts[0] in (self.batch, None):
            parts = parts[1:]
        whole = (like.channels, *like.size) if self.layout == "chw" else (*like.size, like.channels)
        if len(parts) != len(whole):
            return parts
        return tuple(its if part is None else part for part, its in zip(parts, whole, strict=True))

    @property
    def note(self) -> str:
        """That a part of it says nothing, where that is so."""
        unsaid = isinstance(self.claimed, tuple) and None in self.claimed
        return f"of {self} only the sizes that are numbers are judged" if unsaid else ""

    def slip(self) -> str:
        """What is wrong with a sum that does not give the number printed after it; nothing if all is well."""
        working = self.slipped
        return f"the working gives {working}, not the number printed after it" if working else ""

    @property
    def slipped(self) -> Working | None:
        """The first sum that does not give the number printed after it."""
        parts = self.claimed if isinstance(self.claimed, tuple) else (self.claimed,)
        for working in self.workings:
            if self.amount and (self.amount.blunt.prints(working.value) or working.gives(self.amount.value)):
                continue
            if self.amount or not (working.gives(self._product()) or any(map(working.rounds_to, parts))):
                return working
        return None

    def _in_letters(self, known: set[str]) -> Any:
        """What is claimed with `fk` and `fxk` read as f*k, if f and k are known letters and fk is none."""
        text = EQUALS.split(plain(self.text))[-1].strip()
        spelt = letters_apart(text, known)
        return self.claimed if spelt == text else formula(spelt, may_be_shape=isinstance(self.claimed, tuple))

    def _product(self) -> Any:
        return math.prod(self.claimed) if isinstance(self.claimed, tuple) and is_known(*self.claimed) else None

    def _matches_shape(self, exact: Shape) -> bool:
        """Sizes and channels; a vector also as 1x1x4096, sizes alone (7x7, or 7) for a map of that rank."""
        whole = (*exact.size, exact.channels)
        parts = self.parts
        if self.factors and len(whole) == 1:
            parts = (self.claimed,)
        if len(whole) == 1 and len(parts) > 1 and (grouped := GROUPED.search(self.text)):
            parts = (int(grouped[0].replace(",", "")),)
        parts = self._filled(parts, exact)
        if self.layout == "chw" and len(parts) == len(whole):
            parts = (*parts[1:], parts[0])
        possible = (*whole, exact.values)
        if not all(any(map(working.rounds_to, possible)) for working in self.workings) or isinstance(self.claimed, str):
            return False
        mine, its = _bare(parts), _bare(whole)
        if len(its) == 1 and (pair := PAIR.match(self.text)) and _bare((int(pair[1]), int(pair[2]))) == its:
            return True
        if self.amount and self.amount.rounded:  # 4K for 4096
            return len(its) == 1 and is_known(its[0]) and self.amount.prints(its[0])
        if len(parts) == 1 and exact.rank and all(_same(parts[0], size) for size in exact.size):
            return True
        if len(its) == len(mine) == 1 and _same(mine[0], its[0]):
            return True
        if len(parts) == exact.rank >= 2 or (len(parts) == 1 and len(its) > 1):
            return all(map(_same, parts * (exact.rank if len(parts) == 1 else 1), exact.size))
        return len(mine) == len(its) and all(map(_same, mine, its))

    def __str__(self) -> str:
        return self.text


def _factors(text: str) -> tuple[int, ...]:
    """The sizes of an output that is written as a product, or with a square for two sides; none of another text."""
    if match := SQUARED.match(text):
        return (_whole(match[1]), *map(_whole, re.findall("[0-9]+", f"{match[1]}{match[2]}")))
    return tuple(map(_whole, re.findall("[0-9]+", text))) if PRODUCT.match(text) else ()


def _result_last(parts: list[str]) -> list[str]:
    """The sides of an equation, the number at the end: `48,120 = 400*120 + 120` has it in front."""
    first, last = (part.strip(" ~") for part in (parts[0], parts[-1]))
    in_front = first[:1].isdigit() and not OPERATOR.search(first) and OPERATOR.search(last)
    return [*parts[1:], parts[0]] if in_front else parts


def _sums(text: str, sums: list[str], thousand: int) -> list[Working]:
    """The values of the sums before the last equals sign; a slip has its place in the whole text."""
    values, start = [], 0
    for part in sums:
        try:
            values.append(_working(LABEL.sub("", part).strip(" ~"), thousand))
        except SumError as slip:
            slip.position += text.index(part, start) + len(part) - len(part.lstrip())
            raise
        start = text.index(part, start) + len(part)
    return values


def _whole_size(working: Working, claimed: Any) -> Working:
    """The value of a sum for a size, rounded to the whole number beside it that is printed: (28 - 3)/2 + 1 = 13."""
    sizes = claimed if isinstance(claimed, tuple) else (claimed,)
    beside = [size for size in sizes if isinstance(size, int) and abs(size - working.value) < 1]
    return Working(Fraction(beside[0])) if beside and working.slack == 0 else working


def _working(text: str, thousand: int) -> Working:
    """A sum, or a number by itself: 35K = 34,848."""
    amount = read_amount(text, thousand=thousand) if text[-1:].isalpha() or "10" in text else None
    if amount is None:
        return evaluate(text, thousand)
    return of_amount(amount)


def _read(text: str, quantity: str, thousand: int, blank: bool) -> tuple[Any, Amount | None]:
    """The value claimed, and its digits if it has any."""
    bare = text[1:-1].strip() if text[:1] + text[-1:] in ("[]", "()") and not INSIDE.search(text[1:-1]) else text
    if SHAPE.match(bare) and ("?" not in bare or kind_of(quantity) == "shape"):
        return tuple(None if part == "?" else _whole(part) for part in TIMES.split(bare)), None
    if text.lower() in ALL:
        return "all", None
    if text.lower() in NO_FIT:
        return NO_FIT[0], None
    if kind_of(quantity) == "length" and BY_INPUT.match(text):
        return text, None
    if quantity == "layer_padding" and text.lower() in PADDINGS:
        return text.lower(), None
    if (
        quantity.endswith("padding")
        and not THOUSANDS.match(text)
        and (sides := SIDES.match(text) or FOUR_SIDES.match(text))
    ):
        return on_sides(_whole(sides[1]), _whole(sides[2])), None
    amount = read_amount(bare, thousand=thousand, blank=blank)
    if amount is not None:
        return amount.value, amount
    is_sum = SUM if kind_of(quantity) in ("", "shape") else SUM_WITH_X  # (7 - 2)x(7 - 2)x64 is a shape
    if is_sum.match(text) and any(mark in text for mark in "+-*/:^(\u00d7\u00b7"):
        return plain_number(evaluate(text).value), None
    if LETTERS.search(text) and not WORD.match(text):
        return formula(text, may_be_shape=kind_of(quantity) in ("", "shape")), None
    raise SumError("it cannot be read")


def _whole(text: str) -> int:
    if len(text) > 15:
        raise SumError("a size has at most 15 digits")
    return int(text)


def _bare(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """A shape of which all but one number are 1 is a vector: 1x1x4096, and 4096x1, are 4096."""
    long = tuple(part for part in parts if part != 1)
    return (long or parts[-1:]) if len(long) <= 1 else parts


def _names(value: Any) -> set[str]:
    """The symbols in a size, in a shape or in a claim."""
    parts = (
        (*value.size, value.channels) if isinstance(value, Shape) else value if isinstance(value, tuple) else (value,)
    )
    return {letter.name for part in parts for letter in getattr(part, "free_symbols", ())}


def _same(one: Any, other: Any) -> bool:
    """Whether two sizes are equal, whatever their form."""
    if any(isinstance(value, str | Sides) for value in (one, other)) or one is None or other is None:
        return bool(one == other)
    if all(isinstance(value, int | Fraction) for value in (one, other)):
        return bool(one == other)
    return bool(one == other or normalise(multiplied_out(one - other)) == 0)
