"""A matrix that somebody worked out by hand -> Judged: whether it is right, and the mistake that gives just it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

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
    return Judged(answer, wrong, tuple(dict.fromkeys(text for text, made in _mistakes(applied, dict(keys))
                                                     if differences(made, answer) == ())))  # fmt: skip


def differences(applied: Applied, answer: Matrix) -> tuple[tuple[int, ...], ...] | None:
    """The places of the output where an answer has another number; None if it has another size."""
    right, claimed_size = ([side for side in matrix.size if side != 1] for matrix in (applied.matrix, answer))
    if right != claimed_size:  # a matrix of one row is written like a vector
        return None
    pairs = zip(applied.cells, answer.values, strict=True)
    return tuple(cell.place for cell, claimed in pairs if not _prints(claimed, cell.value))


def _prints(claimed: Number, exact: Number) -> bool:
    """Whether a number is the exact one, or that one rounded to the decimal places it has."""
    if claimed == exact:
        return True
    places = next((count for count in range(1, MOST_PLACES) if (10**count * Fraction(claimed)).denominator == 1), 0)
    return places > 0 and abs(Fraction(claimed) - Fraction(exact)) * 2 * 10**places <= 1


def _mistakes(applied: Applied, keys: dict[str, Any]) -> Iterator[tuple[str, Applied]]:
    """What people do instead, and what comes of it: the operation, run again with one thing changed."""
    name, operation = applied.name, applied.operation
    others = {
        "correlation": (
            "convolution",
            "the kernel was turned by 180 degrees: that is a convolution, not a correlation",
        ),
        "convolution": ("correlation", "the kernel was not turned: that is a correlation, not a convolution"),
        "maxpool": ("avgpool", "the mean of every window was taken, not its largest number"),
        "avgpool": ("maxpool", "the largest number of every window was taken, not its mean"),
    }
    tried: list[tuple[str, str, dict[str, Any], bool]] = []
    if name in others:
        tried.append((others[name][1], others[name][0], keys, True))
    if operation.summary != "copy":
        stride = {key: value for key, value in keys.items() if key != "stride"}
        tried += [
            ("the stride was forgotten: the window was moved by 1", name, {**stride, "stride": 1}, True),
            ("the padding was forgotten", name, {**keys, "padding": 0}, True),
            ("padding was added where there is none", name, {**keys, "padding": "half"}, True),
            ("the dilation was forgotten", name, {**keys, "dilation": 1}, True),
        ]
    if operation.summary == "mean":
        tried.append(("the zeros of the padding were left out of the mean", name, keys, False))
        tried.append(("the zeros of the padding were counted in the mean", name, keys, True))
    for text, other, changed, counts in tried:
        fits = {key: value for key, value in changed.items() if key != "dilation" or other != "avgpool"}
        try:
            yield text, apply_operation(other, applied.input, applied.kernel, fits, counts_padding=counts)
        except SpecError:
            continue
