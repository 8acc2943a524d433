"""A number as a person spells it (35K, 58 MiB, 10⁸, 61,7K, 96@55x55) -> its one spelling, and its Amount."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction

from cnncalc.check.naming import kind_of
from cnncalc.limits import LONGEST_NUMERAL
from cnncalc.tables.dressing import in_ascii, undressed

NUMBER_HINT = "a number such as 1,792, 35K, 3.2M, 1.8e9, 58 MiB, 55x55x96, or a working: 7*7*512 = 25,088"
LETTERS = "KMGTP"
WORDS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
NOUNS = {
    "b": "bytes", "byte": "bytes", "bytes": "bytes", "flop": "flops", "flops": "flops", "mac": "macs", "macs": "macs",
    "param": "params", "params": "params", "parameter": "params", "parameters": "params", "weights": "params",
    "bias": "params", "biases": "params", "px": "", "pixels": "", "values": "", "neurons": "", "units": "",
}  # fmt: skip
"""What may stand after a number, and what the number then counts."""
NO_NOUN = rf"(?!(?i:{'|'.join(NOUNS)})\Z)"
"""The M of MACs and the P of Params are not multiples."""
POWER_OF_TEN = r"(?:\s?[eE]|\s?[*xX\u00d7\u00b7]\s?10\s?(?:\^|\*\*)\s?)"
GROUPED = (
    r"[1-9][0-9]{0,2}(?:[,_' ][0-9]{3})+|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"
    r"|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}|[1-9][0-9]?(?:\.[0-9]{2})+\.[0-9]{3}"
)
"""Digits in groups of three, or as in India; with points only where these can be no decimal point."""
ABOUT = r"(?i:[~\u2248=]+|(?:about|approx\.?|approximately|roughly|around|circa|ca?\.)(?=[\s0-9])|ca\s)\s*"
AMOUNT = re.compile(
    rf"(?:{ABOUT})?(?P<sign>[-+]?)(?P<whole>{GROUPED}|[0-9]+)?"
    rf"(?:\.(?P<decimals>[0-9]*))?(?:{POWER_OF_TEN}(?P<exponent>[-+]?[0-9]{{1,2}}))?"
    rf"\s*(?:(?P<word>thousand|million|billion|trillion)\b|{NO_NOUN}(?P<letter>[kKMGTP])(?P<binary>i?))?"
    r"\s*(?P<noun>[A-Za-z]+|%)?\Z"
)
SUPERSCRIPTS = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b", "0123456789+-")
RAISED = re.compile("[\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u207a\u207b]+")
ROUGHLY = re.compile(ABOUT)
AROUND = re.compile(r"""(?P<quote>["'])(.*)(?P=quote)[,;]?\Z|(.*?)[,;]\Z""")
"""Quotes around a number, and a comma behind it."""
PER_IMAGE = re.compile(r"\s*(?:/|\bper)\s*(?:image|img|sample)\Z", re.IGNORECASE)
BILLION = re.compile(r"(?<=[0-9.])\s?B\Z")
BATCH = ("none", "-1", "?", "n", "b", "batch", "batch_size", "bs")
"""What stands for the batch before a shape, as frameworks and people write it."""
UNSAID = ("none", "-1", "?", "-")
"""What stands for a size that is not said: (None, None, None, 64)."""
AT = re.compile(
    r"([0-9]+) ?(?:@|(?:feature |activation )?maps of|channels of) ?([0-9]+(?: ?[xX\u00d7] ?[0-9]+)*)\Z", re.IGNORECASE
)
OF_A_SHAPE = re.compile(r"(?:torch\.Size|TensorShape|tf\.TensorShape|np\.array|shape) ?=? ?(?=[(\[])", re.IGNORECASE)
BY = re.compile(r"(?<=[0-9)]) by (?=[0-9(])", re.IGNORECASE)
EUROPEAN = re.compile(
    r"(?<![0-9.,])[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,(?:[0-9]{4,}|[0-9]{1,2})|(?:\.[0-9]{3}){2,},[0-9]{3})(?![0-9.,])"
)
"""Points between the thousands and a decimal comma, where it can be nothing else: 1.228,5."""
INNER = re.compile(r"\(([0-9]{1,15}(?: ?[xX\u00d7] ?[0-9]{1,15}){1,5})\)")
"""A shape in brackets inside another: (28x28)x6."""
LISTED = re.compile(r"\s*[,;]\s*")
BETWEEN = re.compile(r"\s*[xX\u00d7]\s*")
WITH_BATCH = re.compile(
    r"\A(?:none|n|b|batch|\?|-1)\s*[xX\u00d7*]\s*(?=[0-9]+(?:(?:\s*[xX\u00d7*]\s*[0-9]+){2,3})?\Z)", re.IGNORECASE
)
GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})\Z")
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+\Z")
ROUNDED = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?\Z")
BARE = re.compile(r"[~\u2248]?\s*[0-9][0-9.,_' ]*\Z")


class SumError(ValueError):
    """A text that is neither a number nor a sum; `position` counts its characters from 0."""

    def __init__(self, message: str, position: int = 0, length: int = 1) -> None:
        super().__init__(message)
        self.position = position
        self.length = length


@dataclass(frozen=True, slots=True)
class Amount:
    """`steps` times `unit`, the unit being that of the last digit printed; `noun` says what is counted.

    `rounded` says that a multiple (K, million) or an exponent stands behind the digits. A program divides by `scale`
    and rounds to the nearest step; people may truncate, and theirs is 0.
    """

    steps: int
    unit: Fraction
    noun: str = ""
    share: bool = False
    rounded: bool = False
    scale: Fraction = Fraction(0)

    @property
    def value(self) -> int | Fraction:
        """The number as it stands."""
        value = self.steps * self.unit
        return value.numerator if value.denominator == 1 else value

    @property
    def blunt(self) -> Amount:
        """The amount if zeros before a K are not significant: 150K is 15 times 10K."""
        steps, unit = self.steps, self.unit
        while self.rounded and steps and steps % 10 == 0:
            steps, unit = steps // 10, unit * 10
        return replace(self, steps=steps, unit=unit)

    @property
    def slack(self) -> Fraction:
        """The relative error that rounding allows: 1/35 for 35K."""
        return Fraction(1, abs(self.steps)) if self.rounded and self.steps else Fraction(0)

    def prints(self, exact: int | Fraction) -> bool:
        """Whether `exact`, rounded or truncated to the place of the last digit, has these digits; 0 is only 0."""
        if self.scale:
            divided = Fraction(exact) if self.scale == 1 else Fraction(float(exact) / float(self.scale))
            return self.steps == round(divided * self.scale / self.unit)
        if not self.steps:
            return exact == 0
        steps = Fraction(exact) / self.unit
        return self.steps in (math.trunc(steps), math.floor(steps + Fraction(1, 2)))


def read_amount(text: str, *, thousand: int = 1000, blank: bool = False) -> Amount | None:
    """The amount that `text` is; None for a text of another form.

    >>> read_amount("3.2M").value, read_amount("58 MiB").noun, read_amount("all")
    (3200000, 'bytes', None)
    """
    match = AMOUNT.match(text)
    noun = (match["noun"] or "") if match else ""
    if match is None or not (match["whole"] or match["decimals"]) or noun.lower() not in ("", "%", *NOUNS):
        _explain(text)
        return None
    if noun == "b":
        raise SumError("a small b is a bit: write B for bytes")
    whole = re.sub(r"[^0-9]", "", match["whole"] or "")
    decimals = match["decimals"] or ""
    if len(whole + decimals) > LONGEST_NUMERAL.value:
        raise SumError(f"more than {LONGEST_NUMERAL} digits; {LONGEST_NUMERAL.hint}")
    unit = _multiple(match, thousand) * Fraction(10) ** (int(match["exponent"] or 0) - len(decimals))
    steps = int(whole + decimals)
    if noun == "%":
        unit /= 100
    rounded = bool(match["word"] or match["letter"] or match["exponent"])
    if blank and rounded and not decimals and steps:
        zeros = len(whole) - len(whole.rstrip("0"))
        unit, steps = unit * 10**zeros, steps // 10**zeros
    zero = Fraction(not steps and bool(decimals) and (rounded or noun == "%"))  # 0.00 MiB is what rounds to it
    sign = -1 if match["sign"] == "-" else 1
    return Amount(sign * steps, unit, NOUNS.get(noun.lower(), ""), noun == "%", rounded, zero)


def _multiple(match: re.Match[str], thousand: int) -> Fraction:
    """What K, Mi or `billion` multiplies by."""
    if match["word"]:
        return Fraction(WORDS[match["word"]])
    if not match["letter"]:
        return Fraction(1)
    base = 1024 if match["binary"] else thousand
    return Fraction(base) ** (LETTERS.index(match["letter"].upper()) + 1)


def _explain(text: str) -> None:
    """Raise an error that says how to write it, for the forms that people get wrong most often."""
    if re.search(r"[0-9.][eE][-+]?[0-9]{3,}\Z", text):
        raise SumError("the exponent is too large: it may have two digits", len(text) - 1)
    if re.match(r"0[0-9]*,[0-9]", text):
        raise SumError("a number with thousands does not begin with 0; write a decimal with a point", text.index(","))
    if re.match(r"[0-9]+(?:\.[0-9]+)+,[0-9]+\Z", text):
        raise SumError("it may have thousands or decimals: write 1,228,800 or 1228.8", text.index(","))
    if re.match(r"[0-9]+(?:\.[0-9]+){2,}\Z", text):
        raise SumError("points part groups of three digits, as in 1.228.800; use commas", text.index("."))
    if re.match(r"[0-9]+,[0-9]+", text) and not re.match(
        r"(?:[0-9]{1,3}|[0-9]{1,2}(,[0-9]{2})+)(,[0-9]{3})+(?![0-9])", text
    ):
        raise SumError("a comma stands before three digits; write a decimal with a point", text.index(","))
    if re.match(r"[0-9.,]+ ?(m|g|t|bn|mn|mio|mil|mill|giga|mega|kilo)\.?\Z", text, re.IGNORECASE):
        raise SumError("capital letters are multiples: K, M (million), G (billion)", len(text) - 1)
    if match := re.match(r"[0-9][0-9.,]*(?: (?=[A-Za-z]{3})|(?<=\.[0-9]))([A-Za-z]{3,})\Z", text):
        raise SumError(f"'{match[1]}' is not a unit")
    if match := re.search(r"[0-9A-Za-z%] ?\(((?:[a-z]+ ?){1,6})\)\Z", text, re.IGNORECASE):
        raise SumError("write a remark in a column of its own, 'note'", match.start(1), len(match[1]))
    if ";" in text or "\u2192" in text or "->" in text:
        raise SumError(
            "write one working, with = between its steps",
            next(at for at, sign in enumerate(text) if sign in ";\u2192>"),
        )


def read_rounded(text: str, scale: Fraction | int = 1, *, share: bool = False) -> Amount | None:
    """The amount that a program prints with commas and a decimal point, after a division by `scale`.

    >>> read_rounded("218.59", 2**20).prints(229_207_872), read_rounded("218.58", 2**20).prints(229_207_872)
    (True, False)
    """
    match = ROUNDED.match(text)
    if match is None or len(text) > LONGEST_NUMERAL.value:
        return None
    whole, decimals = match[1].replace(",", ""), match[2] or ""
    scale = Fraction(scale)
    return Amount(int(whole + decimals), scale / 10 ** len(decimals), share=share, scale=scale)


# Spellings -----------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """The text with raised digits as powers, without an `about` before it and a `per image` behind it.

    >>> plain("\u2248 1.38\u00d710\u2078"), plain("61MB / image")
    ('1.38\u00d710^8', '61MB')
    """
    text = undressed(" ".join(in_ascii(text).split()))
    text = RAISED.sub(lambda digits: "^" + digits[0].translate(SUPERSCRIPTS), text)
    if match := AROUND.match(text):
        text = (match[2] or match[3] or "").strip()
    text = EUROPEAN.sub(lambda number: number[0].replace(".", "").replace(",", "."), text)
    return PER_IMAGE.sub("", ROUGHLY.sub("", text, count=1) if ROUGHLY.match(text) else text)


def of_quantity(text: str, quantity: str) -> str:
    """A number, or a shape, as it is spelt for a quantity: B is a billion unless the quantity is in bytes.

    >>> of_quantity("(None, 55, 55, 96)", "output"), of_quantity("96@55x55", "output"), of_quantity("15.5B", "macs")
    ('55x55x96', '55x55x96', '15.5 billion')
    """
    kind = kind_of(quantity)
    if kind == "shape" or (kind == "length" and not quantity.endswith("padding")):
        return _shape(text)
    return BILLION.sub(" billion", text) if kind not in ("", "bytes") else text


def _shape(text: str) -> str:
    """Sizes joined by x, ? for one not said; a text of another form as it is, and 25,088 too: it is a vector."""
    text = WITH_BATCH.sub("", INNER.sub(r"\1", BY.sub("x", OF_A_SHAPE.sub("", text))))
    if match := AT.match(text):
        return f"{match[2]}x{match[1]}"
    inner = text
    while inner[:1] + inner[-1:] in ("()", "[]", "{}", "<>"):  # Keras prints [(None, 224, 224, 3)] for an input
        inner = inner[1:-1].strip()
    inner = inner.rstrip(",; ")
    if inner.isdecimal() or GROUPS.match(inner):
        return inner
    parts = LISTED.split(inner)
    if len(parts) == 1 and inner != text and " " in inner:
        parts = inner.split()
    batch = BATCH if len(parts) > 1 else UNSAID  # in nx64 the n is a size
    sizes = [size for part in parts for size in BETWEEN.split(part)]
    first, *rest = sizes
    said = [size for size in sizes if size.isdecimal()]
    if (
        not rest
        or any(size not in said and size.lower() not in UNSAID for size in rest)
        or (first not in said and first.lower() not in batch)
    ):
        return text
    if not said:
        raise SumError("it says no size")
    if first not in said and len(parts) > 1 and all(size in said for size in rest):
        sizes = rest  # in other lists the first may be the batch, or a side
    return "x".join(size if size in said else "?" for size in sizes)


def decimal_comma(text: str, quantity: str = "", unit: str = "") -> str:
    """A number of a spreadsheet with decimal commas, the English way: 61,7K is 61.7K, 2.416,5 is 2416.5.

    A comma before three digits separates thousands where things are counted one by one: a count has no
    decimals. Behind K, M and the like, in the text or in `unit` of its column, it is a decimal mark.

    >>> decimal_comma("61,7K"), decimal_comma("1.138,5 MB"), decimal_comma("138.357.544"), decimal_comma("2,416")
    ('61.7K', '1138.5 MB', '138357544', '2,416')
    >>> decimal_comma("2,416", unit="K"), decimal_comma("2,416 params"), decimal_comma("0,156")
    ('2.416', '2,416 params', '0.156')
    """
    text = in_ascii(text)
    match = re.match(r"([~\u2248]?\s*-?)([0-9][0-9.,]*)(.*)\Z", text, re.DOTALL)
    if match is None or re.search(r"[0-9],", match[3]):
        return text
    before, number, behind = match.groups()
    if THOUSANDS.match(number) and (_one_by_one(behind.strip() or unit, quantity) or number.count(",") > 1):
        return text
    if re.match(r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]+\Z", number):
        number = number.replace(".", "").replace(",", ".")
    elif re.match(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}\Z", number):
        number = number.replace(".", "")
    return before + number + behind


def _one_by_one(unit: str, quantity: str) -> bool:
    """Whether there is no multiple: no unit at all, or a noun; a B is a byte of memory, else a billion."""
    if unit == "B":
        return kind_of(quantity) == "bytes"
    return not unit or unit.lower() in NOUNS


def with_unit(text: str, unit: str) -> str:
    """The number with the unit in the heading of its column, if it has none of its own."""
    return f"{text} {unit}" if unit and BARE.match(text) else text


def as_thousands(text: str) -> str:
    """2,416 for 2.416, where the point may separate thousands; nothing for a text of another form."""
    return text.replace(".", ",") if re.match(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+\Z", text) else ""
