"""`3.2M`, `58 MiB`, `1.8 billion`, `1.4*10^8` -> Amount: digits, the place of the last of them, and the unit behind."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

NUMBER_HINT = "a number such as 1,792, 35K, 3.2M, 1.8e9, 58 MiB, 55x55x96, or a working: 7*7*512 = 25,088"
LETTERS = "KMGTP"
WORDS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
NOUNS = {
    "b": "bytes", "byte": "bytes", "bytes": "bytes", "flop": "flops", "flops": "flops", "mac": "macs", "macs": "macs",
    "param": "params", "params": "params", "parameter": "params", "parameters": "params",
    "px": "", "pixels": "", "values": "", "neurons": "",
}  # fmt: skip
"""What may stand behind a number, and what it says the number counts."""
NO_NOUN = rf"(?!(?i:{'|'.join(NOUNS)})\Z)"
"""The M of MACs and the P of Params are no multiples."""
POWER_OF_TEN = r"(?:[eE]|\s?[*xX\u00d7\u00b7]\s?10\s?(?:\^|\*\*)\s?)"
AMOUNT = re.compile(
    r"(?:~\s*|about\s+|ca\.?\s+)?(?P<sign>[-\u2212]?)"
    r"(?P<whole>[1-9][0-9]{0,2}(?:[,_' \u00a0\u2009\u202f][0-9]{3})+|[0-9]+)?"
    rf"(?:\.(?P<decimals>[0-9]*))?(?:{POWER_OF_TEN}(?P<exponent>[-+]?[0-9]{{1,2}}))?"
    rf"\s*(?:(?P<word>thousand|million|billion|trillion)\b|{NO_NOUN}(?P<letter>[kKMGTP])(?P<binary>i?))?"
    r"\s*(?P<noun>[A-Za-z]+|%)?\Z"
)
MOST_DIGITS = 40


class SumError(ValueError):
    """A text that is no number or sum; `position` counts its characters from 0."""

    def __init__(self, message: str, position: int = 0, length: int = 1) -> None:
        super().__init__(message)
        self.position = position
        self.length = length


@dataclass(frozen=True, slots=True)
class Amount:
    """`steps` times `unit`, the unit being that of the last digit printed; `noun` says what is counted.

    `rounded` tells that a multiple (K, million) or an exponent stood behind the digits.
    """

    steps: int
    unit: Fraction
    noun: str = ""
    share: bool = False
    rounded: bool = False

    @property
    def value(self) -> int | Fraction:
        """The number as it stands."""
        value = self.steps * self.unit
        return value.numerator if value.denominator == 1 else value

    @property
    def slack(self) -> Fraction:
        """The share of it that its rounding leaves open: 1/35 of 35K."""
        return Fraction(1, abs(self.steps)) if self.rounded and self.steps else Fraction(0)

    def prints(self, exact: int | Fraction) -> bool:
        """Whether `exact`, rounded or truncated to the place of the last digit, has these digits; 0 is only 0."""
        if not self.steps:
            return exact == 0
        steps = Fraction(exact) / self.unit
        return self.steps in (math.trunc(steps), math.floor(steps + Fraction(1, 2)))


def read_amount(text: str, *, thousand: int = 1000, blank: bool = False) -> Amount | None:
    """The amount that `text` is; None for a text of another form.

    >>> read_amount("3.2M").value, read_amount("58 MiB").noun, read_amount("35 cats")
    (3200000, 'bytes', None)
    """
    match = AMOUNT.match(text)
    if match is None or not (match["whole"] or match["decimals"]):
        _explain(text)
        return None
    noun = match["noun"] or ""
    if noun not in ("", "%") and noun.lower() not in NOUNS:
        _explain(text)
        return None
    if noun == "b":
        raise SumError("a small b is a bit: write B for bytes")
    whole = re.sub(r"[^0-9]", "", match["whole"] or "")
    decimals = match["decimals"] or ""
    if len(whole + decimals) > MOST_DIGITS:
        raise SumError(f"more than {MOST_DIGITS} digits")
    unit = _multiple(match, thousand) * Fraction(10) ** (int(match["exponent"] or 0) - len(decimals))
    steps = int(whole + decimals)
    if noun == "%":
        unit /= 100
    rounded = bool(match["word"] or match["letter"] or match["exponent"])
    if blank and rounded and not decimals and steps:
        zeros = len(whole) - len(whole.rstrip("0"))
        unit, steps = unit * 10**zeros, steps // 10**zeros
    return Amount(-steps if match["sign"] else steps, unit, NOUNS.get(noun.lower(), ""), noun == "%", rounded)


def _multiple(match: re.Match[str], thousand: int) -> Fraction:
    """What K, Mi or `billion` multiplies by."""
    if match["word"]:
        return Fraction(WORDS[match["word"]])
    if not match["letter"]:
        return Fraction(1)
    base = 1024 if match["binary"] else thousand
    return Fraction(base) ** (LETTERS.index(match["letter"].upper()) + 1)


def _explain(text: str) -> None:
    """Raise a slip that tells what is meant, for the forms that people write most."""
    if re.search(r"[0-9.][eE][-+]?[0-9]{3,}\Z", text):
        raise SumError("its exponent is too large: two digits at most", len(text) - 1)
    if re.match(r"0[0-9]*,[0-9]", text):
        raise SumError("thousands do not begin with 0; a decimal is written with a point", text.index(","))
    if re.match(r"[0-9]+,[0-9]+", text) and not re.match(r"[0-9]{1,3}(,[0-9]{3})+(?![0-9])", text):
        raise SumError("a comma stands before three digits; a decimal is written with a point", text.index(","))
    if re.match(r"[0-9.,]+ ?(m|g|t|bn|mn)\Z", text):
        raise SumError("capital letters are multiples: K, M (million), G (billion)", len(text) - 1)
