"""A path, or `-` for standard input -> the bytes there, and their text; of an Excel file its table, as CSV."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import NamedTuple

from cnncalc.errors import Problem, Source, SpecError
from cnncalc.limits import LONGEST_JSON, LONGEST_NOTEBOOK, LONGEST_TEXT
from cnncalc.spec import keras_archives
from cnncalc.tables.cells import Known

STDIN = "<stdin>"
HINTS = {
    errno.ENOENT: "check the name, and where a link leads",
    errno.EACCES: "allow yourself to read it",
    errno.ELOOP: "the link leads back to itself",
}
"""How to mend it where a file cannot be read, by the number of the error."""
PACKED = b"PK\x03\x04"
"""How a zip begins: an Excel file, or a model of Keras."""


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


def unpacked(contents: Contents, known: Known) -> Contents:
    """The contents as text: of an Excel file the table whose header has `known` columns, of a notebook its cells.

    Other contents stay as they are. Raises SpecError for a broken file.
    """
    if contents.data.startswith(PACKED):
        from cnncalc.tables import workbooks

        return contents._replace(data=workbooks.text_of(contents.name, contents.data, known).encode())
    if len(contents.data) <= LONGEST_NOTEBOOK.value and contents.data.lstrip()[:1] == b"{":
        from cnncalc.tables import notebooks

        with suppress(UnicodeDecodeError):
            text = contents.data.decode("utf-8-sig")
            if notebooks.is_notebook(contents.name, text):
                return contents._replace(data=notebooks.text_of(contents.name, text).encode())
    return contents


def as_text(contents: Contents, hint: str) -> Source:
    """The text of a file in UTF-8; raises SpecError, with the hint, if it is not a text."""
    try:
        return Source(contents.name, contents.data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SpecError([Problem(f"'{contents.name}' is not a text file (UTF-8)", None, hint)]) from None


def read_source(path: str, name: str = "", hint: str = "a spec is a text file", known: Known | None = None) -> Source:
    """The text of a file, or of standard input for `-`, under its name; raises SpecError if it has none.

    With `known` it may be an Excel file or a notebook, too (see `unpacked`), or a .keras file.
    """
    if known is None:
        return as_text(read_bytes(path, LONGEST_TEXT.value + 1, name), hint)
    contents = read_bytes(path, max(LONGEST_NOTEBOOK.value, 4 * LONGEST_JSON.value + 4), name)
    keras_archives.refuse_hdf5(contents.name, contents.data)
    if contents.data.startswith(PACKED):
        config = keras_archives.config_of(contents.name, path, contents.data)
        contents = contents if config is None else contents._replace(data=config)
    contents = unpacked(contents, known)
    if not keras_archives.is_model(contents.data):
        contents = contents._replace(data=contents.data[: 4 * LONGEST_TEXT.value + 4])
    return as_text(contents, hint)
