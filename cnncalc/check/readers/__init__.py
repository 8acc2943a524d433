"""A file of claims in any of its formats -> Table: the register of readers, and which of them a file is for.

Adding a format touches one file here, and one line of READERS.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from cnncalc.check.claim import Table
from cnncalc.check.context import Overrides
from cnncalc.check.prints.enter import enter
from cnncalc.check.readers import fvcore, json, ptflops, reports, slides, yaml
from cnncalc.check.readers.by_hand import read_lines
from cnncalc.check.readers.reading import Reading
from cnncalc.check.readers.rows import quantities_in, read_rows
from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import LONGEST_NOTEBOOK, LONGEST_TABLE, LONGEST_TEXT, Limit
from cnncalc.spec.files import Contents, as_text, read_bytes, unpacked
from cnncalc.tables import csv, html, latex, markdown, summaries, torchinfo
from cnncalc.tables.cells import CellTable, Known
from cnncalc.tables.foreign import refuse_foreign
from cnncalc.tables.print_out import PrintOut

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Reader(NamedTuple):
    """A format: whether a text of some name is in it, what reads it, and the limit of its bytes."""

    recognises: Callable[[Source], bool]
    read: Callable[[Reading], None]
    largest: Limit


def _rows(tables: Callable[[Source, Known], Iterable[CellTable]]) -> Callable[[Reading], None]:
    """Reads the rows of every table in a text; where there is none, answers to exercises line by line."""

    def read(reading: Reading) -> None:
        try:
            found = list(tables(reading.source, quantities_in))
        except SpecError:
            if not (reading.exercises and read_lines(reading)):
                raise
            return
        for table in found:
            read_rows(reading, table)

    return read


def _prints(print_out: Callable[[Source], tuple[PrintOut, Span]]) -> Callable[[Reading], None]:
    """Reads what a program prints, and the tables of layers that stand beside it in Markdown."""

    def read(reading: Reading) -> None:
        enter(reading, *print_out(reading.source))
        if markdown.RULE.search(reading.source.text):
            with suppress(SpecError):  # for a text whose tables are about other things
                found = list(markdown.tables(reading.source, quantities_in))
                for table in found:
                    read_rows(reading, table)

    return read


def _second_print_out(source: Source) -> Iterator[Problem]:
    """That the print-outs behind the first are not read."""
    headers = (torchinfo.HEADER, summaries.HEADER, fvcore.TABLE)
    places = sorted(match.start() for header in headers for match in islice(header.finditer(source.text), 2))
    for place in places[1:2]:
        line = source.text.count("\n", 0, place)
        message = "a second print-out begins here: it is not read"
        yield Problem(message, source.span(line), "put each into a file of its own")


READERS = (
    Reader(torchinfo.recognises, _prints(torchinfo.print_out), LONGEST_TEXT),
    Reader(fvcore.recognises, fvcore.read, LONGEST_TEXT),
    Reader(ptflops.recognises, ptflops.read, LONGEST_TEXT),
    Reader(summaries.recognises, _prints(summaries.print_out), LONGEST_TEXT),
    Reader(reports.recognises, reports.read, LONGEST_TEXT),
    Reader(slides.recognises, slides.read, LONGEST_TEXT),
    Reader(json.recognises, json.read, LONGEST_TEXT),
    Reader(latex.recognises, _rows(latex.tables), LONGEST_TEXT),
    Reader(html.recognises, _rows(html.tables), LONGEST_TEXT),
    Reader(markdown.recognises, _rows(markdown.tables), LONGEST_TEXT),
    Reader(csv.recognises, _rows(csv.tables), LONGEST_TEXT),
    Reader(yaml.recognises, yaml.read, LONGEST_TABLE),
)
"""Asked in turn; the last takes what no other does."""


class OldSource(Source):
    """A text in the encoding that old spreadsheets write."""


def read_table(table: str | os.PathLike[str] | Source, overrides: Overrides | None = None) -> Table:
    """The claims of a file, of standard input (`-`), or of a text that is at hand.

    `overrides` replace what the file says of the question. Raises SpecError with every problem of the
    file, each with its place.
    """
    source = table if isinstance(table, Source) else read_source(os.fspath(table))
    folder = "" if isinstance(table, Source) else os.path.dirname(os.fspath(table))
    reading = Reading(source, folder, overrides or Overrides())
    if isinstance(source, OldSource):
        reading.note(f"{source.name} is read as Windows-1252: it is not UTF-8")
    _reader(source).read(reading)
    reading.table.unread.extend(_second_print_out(source))
    return reading.finished()


def read_source(path: str) -> Source:
    """The text of a file; raises SpecError if it cannot be read, is not text, or is too large.

    UTF-8, UTF-16 with its mark, else Windows-1252 if that makes a text of it.
    """
    most = max(LONGEST_NOTEBOOK.value, *(reader.largest.value for reader in READERS))
    contents = read_bytes(path, most + 1, what="table")
    refuse_foreign(contents.name, contents.data)
    contents = unpacked(contents, quantities_in)
    if len(contents.data) > max(reader.largest.value for reader in READERS):
        raise _too_large(contents.name, LONGEST_TEXT)
    source = _decoded(contents)
    largest = _reader(source).largest
    if len(contents.data) > largest.value:
        raise _too_large(source.name, largest)
    return source


def _too_large(name: str, largest: Limit) -> SpecError:
    message = f"'{name}' is too large for a table: over {largest} bytes"
    return SpecError([Problem(message, None, f"keep the table alone; {largest.hint}")])


def _reader(source: Source) -> Reader:
    return next((reader for reader in READERS if reader.recognises(source)), READERS[-1])


def _decoded(contents: Contents) -> Source:
    encoding = "utf-16" if contents.data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    with suppress(UnicodeDecodeError):
        return Source(contents.name, contents.data.decode(encoding))
    with suppress(UnicodeDecodeError):
        text = contents.data.decode("cp1252")
        if not CONTROL.search(text):
            return OldSource(contents.name, text)
    return as_text(contents, "save it as UTF-8")
