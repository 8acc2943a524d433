"""A path, or `-` for standard input -> the bytes there, and their text."""

from __future__ import annotations

import errno
import os
import sys
from typing import NamedTuple

from cnncalc.errors import Problem, Source, SpecError
from cnncalc.limits import LONGEST_TEXT

STDIN = "<stdin>"
HINTS = {
    errno.ENOENT: "check the name, and where a link leads",
    errno.EACCES: "allow yourself to read it",
    errno.ELOOP: "the link leads back to itself",
}
"""How to mend it where a file cannot be read, by the number of the error."""


class Contents(NamedTuple):
    """The first bytes of a file, and the name that messages call it by."""

    name: str
    data: bytes


def read_bytes(path: str, most: int, name: str = "", what: str = "file") -> Contents:
    """At most so many bytes of a file, or of standard input; raises SpecError where there are none to read.

    `name` is what messages call it, if not by its path; `what` is what it should have been.
    """
    if path == "-":
        if sys.stdin is None:
            raise SpecError([Problem("standard input is closed", None, "name a file, or pipe a text in")])
        return Contents(STDIN, sys.stdin.buffer.read(most))
    if os.path.isdir(path):
        raise SpecError([Problem(f"'{path}' is a folder, not a {what}", None, "name a file in it")])
    if os.path.exists(path) and not os.path.isfile(path):
        raise SpecError([Problem(f"'{path}' is not a file, but a pipe or a device", None, "- is standard input")])
    try:
        with open(path, "rb") as file:
            return Contents(name or path, file.read(most))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be one"
        hint = HINTS.get(getattr(error, "errno", 0), "")
        raise SpecError([Problem(f"cannot read '{name or path}': {reason}", None, hint)]) from None


def as_text(contents: Contents, hint: str) -> Source:
    """The text of a file in UTF-8; raises SpecError, with the hint, if it is not a text."""
    try:
        return Source(contents.name, contents.data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SpecError([Problem(f"'{contents.name}' is not a text file (UTF-8)", None, hint)]) from None


def read_source(path: str, name: str = "", hint: str = "a spec is a YAML file") -> Source:
    """The text of a file, or of standard input for `-`, under its name; raises SpecError if it has none."""
    return as_text(read_bytes(path, LONGEST_TEXT.value + 1, name), hint)
