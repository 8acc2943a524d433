"""The first bytes of a file that is not a text -> what it is, and what a student hands in instead."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.errors import Problem, SpecError

AS_TABLE = "save it as CSV UTF-8, or as Excel (.xlsx)"
TYPED = "type the numbers into a table: CSV, Excel, Markdown"
KINDS = {
    b"%PDF": ("a PDF", TYPED),
    b"\x89PNG": ("an image", TYPED),
    b"\xff\xd8\xff": ("an image", TYPED),
    b"GIF8": ("an image", TYPED),
    b"\xd0\xcf\x11\xe0": ("an old Excel or Word file", AS_TABLE),
    b"{\\rtf": ("a rich text", AS_TABLE),
    b"\x1f\x8b": ("a packed file", "unpack it"),
    b"7z\xbc\xaf": ("a packed file", "unpack it"),
    b"Rar!": ("a packed file", "unpack it"),
}
"""By the bytes at its beginning."""
PACKED = {
    "word/document.xml": ("a Word document", AS_TABLE),
    "content.xml": ("an OpenDocument file", AS_TABLE),
    "Index/Document.iwa": ("a file of Numbers or Pages", AS_TABLE),
}
"""Files that are a zip, by a part of them."""


def refuse_foreign(name: str, data: bytes) -> None:
    """Raise SpecError for a file of a known kind that holds no table."""
    for start, (kind, hint) in KINDS.items():
        if data.startswith(start):
            raise SpecError([Problem(f"'{name}' is {kind}, not a table", None, hint)])


def refused_zip(name: str, parts: Iterable[str]) -> SpecError:
    """What a zip file is that is not an Excel file."""
    found = set(parts)
    kind, hint = next((told for part, told in PACKED.items() if part in found), ("a packed file", "unpack it"))
    return SpecError([Problem(f"'{name}' is {kind}, but not an Excel file", None, hint)])
