"""Counts -> text: exact with commas, short with K and M, bytes, shares; symbols as they are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from cnncalc.layers.receptive_field import Sides
from cnncalc.symbolic import is_known, written
from cnncalc.symbolic import ratio as exact_ratio

BYTES = {"MB": 10**6, "MiB": 2**20}
STEPS = ((10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "K"))


def exact(value: Any) -> str:
    """`1,792`; a symbolic value in integer Python."""
    return f"{value:,}" if is_known(value) else written(value)


def signed(text: str) -> str:
    """A number as it is written, with a + if it has no sign."""
    return text if text.startswith("-") else f"+{text}"


def short(value: Any, digits: int = 3) -> str:
    """`138M`: some significant digits, rounded half up; K = 10^3, M = 10^6, G = 10^9."""
    if not is_known(value) or abs(value) < 1000:
        return exact(value)
    unit = 10 ** max(len(str(abs(value))) - digits, 0)
    rounded = (2 * value + unit) // (2 * unit) * unit
    step, letter = next(pair for pair in STEPS if abs(rounded) >= pair[0])
    places = max(digits - len(str(abs(rounded) // step)), 0)
    head, tail = divmod(rounded * 10**places // step, 10**places)
    return f"{head}.{tail:0{places}d}{letter}" if places else f"{head}{letter}"


def in_thousands(value: Any, thousand: int, digits: int = 3) -> str:
    """`112K`: some significant digits, rounded half up, in units of `thousand`; a paper's K may be 1024."""
    if not is_known(value) or abs(value) < thousand:
        return exact(value)
    places = max(digits - len(str(abs(value) // thousand)), 0)
    head, tail = divmod((2 * value * 10**places + thousand) // (2 * thousand), 10**places)
    return f"{head:,}.{tail:0{places}d}K" if places else f"{head:,}K"


def bytes_text(value: Any, units: str = "auto") -> str:
    """Bytes as `12.85 MB`: in MB of 10^6 bytes, in MiB of 2^20, or in kB, MB or GB, whichever suits the size."""
    if not is_known(value):
        return f"{exact(value)} B"
    if units in BYTES:
        return f"{_hundredths(value, BYTES[units])} {units}"
    for step, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if value >= step - step // 200_000:  # what would be printed as 1000.00 of the unit below
            return f"{_hundredths(value, step)} {unit}"
    return f"{value} B"


def bytes_unit(units: str = "auto") -> str:
    """What the unit of memory means: `MB = 10^6 bytes`."""
    return "MiB = 2^20 bytes" if units == "MiB" else "MB = 10^6 bytes"


def _hundredths(value: int, step: int) -> str:
    hundredths = (200 * value + step) // (2 * step)
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def percent(part: Any, whole: Any) -> str:
    """The share of `part` in `whole` to a tenth, `89.4`; nothing where it has no number."""
    if not is_known(part, whole) or whole == 0:
        return ""
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}" if part else ""


def whole_percent(part: int, whole: int) -> str:
    """The share to a whole percent, `89 %`."""
    return f"{(200 * part + whole) // (2 * whole)} %"


def ratio(first: Any, second: Any) -> str:
    """How many times `second` is as large as `first`: to a hundredth, or in symbols; nothing where it is unknown."""
    if first is None or second is None or first == 0:
        return ""
    if not is_known(first, second):
        return ratio_text(second, first)
    return f"{_hundredths(second, first)}x"


def ratio_text(first: Any, second: Any) -> str:
    """`first` over `second`, exactly: `3/2`, `1/N + 1/k**2`; nothing where it is unknown."""
    found = None if first is None or second is None else exact_ratio(first, second)
    return "" if found is None else written(found)


def fraction(value: Any) -> str:
    """A length in pixels that may be a fraction: `4`, `1/2`; a padding that differs: `0 before, 1 after`."""
    if isinstance(value, Sides):
        return str(Sides(exact(value.before), exact(value.after)))
    return str(value) if isinstance(value, Fraction) else exact(value)


def per_axis_text(values: tuple[Any, ...]) -> str:
    """One number where all axes agree, else one per axis, joined by x."""
    texts = [fraction(value) for value in values]
    if len(set(texts)) == 1:
        return texts[0]
    return (" x " if any(isinstance(value, Sides) for value in values) else "x").join(texts)
