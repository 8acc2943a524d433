"""A number with a second one in brackets behind it -> both: 156 (0.2 %), 7.2 KB (7,168 bytes), 28x28x6 (4,704)."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.check.naming import Heading, kind_of
from cnncalc.check.numbers.amounts import SumError, decimal_comma, of_quantity, plain, read_amount
from cnncalc.check.numbers.formulas import SUM
from cnncalc.check.numbers.printed import EQUALS, SHAPE, TIMES
from cnncalc.errors import Span
from cnncalc.limits import LONGEST_NUMBER

OPENED = {")": "(", "]": "["}
LEAST_SIZES = 3
"""Sizes of an output behind which a number in brackets is that of its values: behind 28x28 it may be the channels."""


class Stated(NamedTuple):
    """One number of a cell, its quantity, and whether it stands in brackets behind another for the same."""

    text: str
    of: Heading
    beside: bool = False

    def place(self, span: Span) -> Span:
        """Where it stands in the cell at `span`."""
        column = span.source.lines[span.line].find(self.text, span.column)
        return span if column < 0 else span.part(column - span.column, len(self.text))


def stated(text: str, of: Heading) -> list[Stated]:
    """The number in a text, or the two.

    >>> [each.text for each in stated("156 (0.2 %)", Heading("params"))]
    ['156', '0.2 %']
    >>> [each.text for each in stated("3*3*(3 + 61)", Heading("params"))]
    ['3*3*(3 + 61)']
    """
    text = text.strip()
    if len(text) > LONGEST_NUMBER.value:
        return [Stated(text, of)]
    opens = text.rfind(OPENED.get(text[-1:], "\0"))
    first, second = text[: max(opens, 0)].rstrip(), text[opens + 1 : -1].strip()
    kind = kind_of(of.quantity)
    if not first or not second or kind not in ("count", "bytes", "shape"):
        return [Stated(text, of)]
    bare = of_quantity(plain(EQUALS.split(first)[-1].strip()), of.quantity)
    is_volume = kind == "shape" and SHAPE.match(bare) is not None and len(TIMES.split(bare)) >= LEAST_SIZES
    is_product = not is_volume and text[opens - 1] != " " and plain(second).isdecimal()  # 64(28)
    if is_product or not (is_volume or _is_amount(bare)) or not (_is_amount(second) or _is_working(second)):
        return [Stated(text, of)]
    return [Stated(first, of), Stated(second, Heading("output_values" if is_volume else of.quantity), beside=True)]


def _is_amount(text: str) -> bool:
    try:
        return read_amount(decimal_comma(plain(text))) is not None
    except SumError:
        return False


def _is_working(text: str) -> bool:
    bare = plain(text)
    return SUM.match(bare) is not None and any(sign in bare for sign in "*+\u00d7\u00b7")
