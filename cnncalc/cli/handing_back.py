"""Checked files -> the table of grades in a file, and a page for each student in a folder."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from cnncalc.cli.output import Page, write_whole
from cnncalc.report.formats import report_of

if TYPE_CHECKING:
    from cnncalc.check.grading import Checked

UNSAFE = '<>:"/\\|?*'
"""Characters that not every system takes in the name of a file."""
LONGEST_NAME = 150
"""Bytes of the name of a page; file systems take 255, and some programs fewer."""


def write_grades(path: str, found: Checked, page: Page) -> None:
    """The table of grades, in the format that the name of the file tells."""
    from cnncalc.report import csv, xlsx

    report = report_of(found, page.options)
    if path.lower().endswith(".xlsx"):
        assert report.rows is not None
        write_whole(path, xlsx.workbook(report.rows(), "grades"))
    else:
        write_whole(path, csv.render(report, page.options))


def write_pages(folder: str, found: Checked, page: Page) -> None:
    """An HTML page for each file, named after it: all that was answered, the wrong first."""
    from cnncalc.check.grading import Checked
    from cnncalc.report import html

    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"cannot make the folder '{folder}': {error.strerror}") from None
    options = page.with_(handed_back=True).options._replace(standalone=True)
    for name, outcome in zip(page_names([each.path for each in found.outcomes]), found.outcomes, strict=True):
        report = report_of(Checked((outcome,)), options)
        write_whole(os.path.join(folder, f"{name}.html"), html.render(report, options))


def page_names(paths: Sequence[str]) -> Iterator[str]:
    """A name for each file: its own, with its folders before it where another has the same, each name only once."""
    names = [os.path.basename(path) for path in paths]
    times = Counter(name.casefold() for name in names)
    given: set[str] = set()
    for path, name in zip(paths, names, strict=True):
        if times[name.casefold()] > 1:
            name = os.path.relpath(path).replace("..", "").strip(os.sep).replace(os.sep, "_")
        safe = "".join("_" if each in UNSAFE or not each.isprintable() else each for each in name)
        name = safe.encode()[:LONGEST_NAME].decode(errors="ignore")
        number, unique = 1, name
        while unique.casefold() in given:
            number += 1
            unique = f"{name}-{number}"
        given.add(unique.casefold())
        yield unique
