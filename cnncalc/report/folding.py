"""Titles and rows of text -> a table whose long cells go on in the next line where the terminal is narrow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnncalc.report.terminal import UNBOUNDED


class Title(NamedTuple):
    """The head of a column; numbers stand to the right, and `folds` says whether long cells may be broken."""

    text: str
    right: bool = False
    folds: bool = True


def print_table(titles: Iterable[Title], rows: Iterable[Iterable[str]], console: Console) -> None:
    """Print a table as wide as the terminal; into a file as wide as it is, with no blanks at the ends of lines."""
    utf = console.encoding.lower().startswith("utf")
    table = Table(box=box.SIMPLE_HEAD if utf else box.ASCII, pad_edge=False)
    for title in titles:
        justify = "right" if title.right else "left"
        table.add_column(Text(title.text), justify=justify, no_wrap=not title.folds, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*map(Text, row))
    if console.is_terminal:
        console.print(table)
        return
    console.width = UNBOUNDED
    with console.capture() as printed:
        console.print(table)
    console.file.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))
