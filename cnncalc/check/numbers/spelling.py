"""A number as a person spells it (10⁸, 96@55x55, 61,7K, 61MB / image) -> the one spelling that is read further."""

from __future__ import annotations

import re

from cnncalc.check.numbers.units import NOUNS

SUPERSCRIPTS = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789")
RAISED = re.compile("[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
ABOUT = re.compile(r"(?:\u2248|~=|=)\s*")
PER_IMAGE = re.compile(r"\s*(?:/|\bper)\s*(?:image|img|sample)\Z", re.IGNORECASE)
BILLION = re.compile(r"(?<=[0-9.])\s?B\Z")
BATCH = ("none", "-1")
"""What stands for the batch before a shape that a framework prints."""
AT = re.compile(r"([0-9]+) ?@ ?([0-9]+(?: ?[xX\u00d7] ?[0-9]+)*)\Z")
GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})\Z")
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+\Z")
BARE = re.compile(r"[~\u2248]?\s*[0-9][0-9.,_' ]*\Z")
UNANSWERED = ("", "-", "?", "n/a", "\u2013", "\u2014")
"""What stands where a person has no number to give."""


def plain(text: str) -> str:
    """Raised digits as powers, without an `about` before it and a `per image` behind it.

    >>> plain("\u2248 1.38\u00d710\u2078"), plain("61MB / image")
    ('1.38\u00d710^8', '61MB')
    """
    text = RAISED.sub(lambda digits: "^" + digits[0].translate(SUPERSCRIPTS), " ".join(text.split()))
    return PER_IMAGE.sub("", ABOUT.sub("", text, count=1) if ABOUT.match(text) else text)


def of_quantity(text: str, quantity: str) -> str:
    """A number, or a shape for an output, as it is spelt for a quantity: B is a billion where no bytes are asked for.

    >>> of_quantity("(None, 55, 55, 96)", "output"), of_quantity("96@55x55", "output"), of_quantity("15.5B", "macs")
    ('55x55x96', '55x55x96', '15.5 billion')
    """
    if quantity == "output":
        return _shape(text)
    return BILLION.sub(" billion", text) if quantity not in ("", "memory_bytes") else text


def _shape(text: str) -> str:
    """Sizes joined by x; a text of another form as it is, and 25,088 too: it is a vector."""
    if match := AT.match(text):
        return f"{match[2]}x{match[1]}"
    inner = text[1:-1].strip() if text[:1] + text[-1:] in ("()", "[]") else text
    parts = [part.strip() for part in inner.rstrip(", ").split(",")]
    if "," not in inner or GROUPS.match(inner):
        return text
    sizes = parts[1:] if parts[0].lower() in BATCH else parts
    return "x".join(sizes) if sizes and all(size.isdigit() and size.isascii() for size in sizes) else text


def decimal_comma(text: str, quantity: str = "", unit: str = "") -> str:
    """A number of a spreadsheet with decimal commas, the English way: 61,7K is 61.7K, 2.416,5 is 2416.5.

    A comma before three digits parts thousands where things are counted one by one: no count has
    decimals. Behind K, M and the like, in the text or in `unit` of its column, it is a decimal mark.

    >>> decimal_comma("61,7K"), decimal_comma("1.138,5 MB"), decimal_comma("138.357.544"), decimal_comma("2,416")
    ('61.7K', '1138.5 MB', '138357544', '2,416')
    >>> decimal_comma("2,416", unit="K"), decimal_comma("2,416 params"), decimal_comma("0,156")
    ('2.416', '2,416 params', '0.156')
    """
    match = re.match(r"([~\u2248]?\s*[-\u2212]?)([0-9][0-9.,]*)(.*)\Z", text, re.DOTALL)
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
    """Whether a unit is no multiple: none at all, or a noun; a B that is no byte is a billion."""
    if unit == "B":
        return quantity == "memory_bytes"
    return not unit or unit.lower() in NOUNS


def with_unit(text: str, unit: str) -> str:
    """The number with the unit that stands in the heading of its column, if it has none of its own."""
    return f"{text} {unit}" if unit and BARE.match(text) else text


def as_thousands(text: str) -> str:
    """2,416 for 2.416, where the point may part thousands; nothing for a text of another form."""
    return text.replace(".", ",") if re.match(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+\Z", text) else ""
