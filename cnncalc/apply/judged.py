"""A matrix that somebody worked out by hand -> Judged: whether it is right, and the mistake that gives just it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc.apply.applied import Applied, apply_operation
from cnncalc.apply.matrix import Matrix, Number
from cnncalc.errors import SpecError

MOST_PLACES = 12
"""Decimal places of a number that may be rounded; one with more is taken as exact."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer: where it differs from the right output (None: in its size), and what mistakes give all of it."""

    answer: Matrix
    wrong: tuple[tuple[int, ...], ...] | None = ()
    mistakes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every number is right."""
        return self.wrong == ()


def judged(applied: Applied, answer: Matrix, keys: Mapping[str, Any]) -> Judged:
    """What becomes of an answer; `keys` are those of the operation. A decimal may be the exact number rounded."""
    wrong = differences(applied, answer)
    if wrong == ():
        return Judged(answer)
    found = (text for text, made in mistakes(applied, keys) if gives(made, answer))
    return Judged(answer, wrong, tuple(dict.fromkeys(found)))


def differences(applied: Applied, answer: Matrix) -> tuple[tuple[int, ...], ...] | None:
    """The places of the output where an answer has another number; None if it has another size."""
    right, claimed_size = ([side for side in matrix.size if side != 1] for matrix in (applied.matrix, answer))
    if right != claimed_size:  # a matrix of one row is written like a vector
        return None
    pairs = zip(applied.cells, answer.values, strict=True)
    return tuple(cell.place for cell, claimed in pairs if not _prints(claimed, cell.value))


def gives(applied: Applied, answer: Matrix) -> bool:
    """Whether an answer is the output."""
    first_is_right = _prints(answer.values[0], applied.cells[0].value)  # tells most apart at once
    return first_is_right and differences(applied, answer) == ()


def _prints(claimed: Number, exact: Number) -> bool:
    """Whether a number is the exact one, or that one rounded to the decimal places it has."""
    if claimed == exact:
        return True
    places = next((count for count in range(1, MOST_PLACES) if (10**count * Fraction(claimed)).denominator == 1), 0)
    return places > 0 and abs(Fraction(claimed) - Fraction(exact)) * 2 * 10**places <= 1


class _Slip(NamedTuple):
    """What people do instead: in words; another operation, settings, zeros counted or not, the kernel transposed."""

    text: str
    operation: str
    changed: Mapping[str, Any] = {}
    counts_padding: bool | None = None
    transposed: bool = False


OTHERS = {
    "correlation": _Slip(
        "the kernel was turned by 180 degrees: that is a convolution, not a correlation", "convolution"
    ),
    "convolution": _Slip("the kernel was not turned: that is a correlation, not a convolution", "correlation"),
    "maxpool": _Slip("the mean of every window was taken, not its largest number", "avgpool"),
    "avgpool": _Slip("the largest number of every window was taken, not its mean", "maxpool"),
}
"""The operation that one is taken for."""


def mistakes(applied: Applied, keys: Mapping[str, Any]) -> Iterator[tuple[str, Applied]]:
    """What people do instead, and what comes of it: the operation, run again with one thing changed, or with two."""
    name, other = applied.name, OTHERS.get(applied.name)
    settings = [
        _Slip("the stride was forgotten: the window was moved by 1", name, {"stride": 1}),
        _Slip("the padding was forgotten", name, {"padding": 0}),
        _Slip("padding was added where there is none", name, {"padding": "half"}),
        _Slip("the dilation was forgotten", name, {"dilation": 1}),
    ]
    slips = ([other] if other else []) + (settings if applied.operation.summary != "copy" else [])
    if applied.kernel is not None and len(applied.kernel.size) > 1:
        slips.append(_Slip("rows and columns of the kernel were exchanged", name, transposed=True))
    if applied.operation.summary == "mean":
        slips.append(_Slip("the zeros of the padding were left out of the mean", name, counts_padding=False))
        slips.append(_Slip("the zeros of the padding were counted in the mean", name, counts_padding=True))
    pairs = [other._replace(text=f"{other.text}; and {one.text}", changed=one.changed) for one in settings if other]
    simple = [applied.matrix]
    for slip in (*slips, *pairs):
        with suppress(SpecError):
            found = _done(slip, applied, keys)
            if slip not in pairs:
                simple.append(found.matrix)
            if found.matrix not in (simple if slip in pairs else simple[:1]):
                yield slip.text, found


def _done(slip: _Slip, applied: Applied, keys: Mapping[str, Any]) -> Applied:
    """What a slip makes of the same input; raises SpecError where nothing can come of it."""
    fits = {**keys, **slip.changed}
    if slip.operation == "avgpool":
        fits.pop("dilation", None)
    kernel = applied.kernel.transposed() if applied.kernel and slip.transposed else applied.kernel
    counts = applied.counts_padding if slip.counts_padding is None else slip.counts_padding
    return apply_operation(slip.operation, applied.input, kernel, fits, counts_padding=counts)
