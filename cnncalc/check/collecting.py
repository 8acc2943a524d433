"""Files and folders that are named -> the files of a class, in a fixed order, none of them lost."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

ENDINGS = (
    *(".yaml", ".yml", ".csv", ".tsv", ".txt", ".md", ".markdown", ".tex", ".xlsx", ".ipynb", ".html", ".htm", ".json"),
)
PAGE = ".html"
"""What the name of a page of feedback ends in, behind that of its file."""
"""Files in a folder that may be tables."""
NOT_HANDED_IN = (".", "~$", "__MACOSX", "Thumbs.db", "desktop.ini")
"""How the names of what systems and spreadsheets leave behind begin."""


def files_in(paths: Iterable[str], *, everything: bool = False, apart: Iterable[str] = ()) -> Iterator[str]:
    """The files, and in the place of a folder those in it and in its subfolders, by name.

    They are the tables by their endings. With `everything` they are all that is there, as somebody may have handed in
    what is not a table: also an empty folder, and a link to a folder, which is not followed. `apart` are files and
    folders that are left out: what the command writes itself.
    """
    left_out = {os.path.realpath(path) for path in apart}
    for path in paths:
        if os.path.isdir(path):
            yield from _within(path, everything, left_out)
        else:
            yield path


def _within(folder: str, everything: bool, left_out: set[str]) -> Iterator[str]:
    """What is in a folder and in its subfolders, in the order of the names."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield folder  # reading it says why
        return
    for entry in found:
        if entry.name.startswith(NOT_HANDED_IN) or os.path.realpath(entry.path) in left_out:
            continue
        if entry.is_dir(follow_symlinks=False):
            inside = list(_within(entry.path, everything, left_out))
            yield from inside or ([entry.path] if everything else [])
        elif everything or _is_table(entry.name.lower()):
            yield entry.path


def _is_table(name: str) -> bool:
    """Whether a file in a folder is a table by its name; ada.csv.html is a page that --feedback wrote."""
    return name.endswith(ENDINGS) and not (name.endswith(PAGE) and name.removesuffix(PAGE).endswith(ENDINGS))
