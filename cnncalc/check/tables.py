"""A table file -> Table: claims about a network, from YAML written by hand or CSV out of a spreadsheet."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnncalc.analysis import Analysis, Convention
from cnncalc.check.claim import Claim
from cnncalc.check.network import Network
from cnncalc.errors import Problem, Source, SpecError
from cnncalc.spec.files import STDIN, as_text, read_bytes
from cnncalc.spec.model import Spec

if TYPE_CHECKING:
    from cnncalc.check.overrides import Given

LARGEST_YAML = 200_000
LARGEST_CSV = 1_000_000
CSV_HEADER = re.compile(r"^\W*(?:layer|name)\W*[,;\t]", re.IGNORECASE | re.MULTILINE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(slots=True, eq=False, repr=False)
class Table:
    """The claims of one file.

    `networks` are those it speaks of, in order; a table of one network has one. `source` is
    where the numbers come from, in the table's own words. `notes` tell what in the file is not
    obeyed or was passed over. `graded` tells that it is a sheet of answers.
    """

    name: str
    source: str = ""
    networks: list[Network] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    graded: bool = False

    @property
    def network(self) -> Network:
        """The network that the table is about; the first where it is about several."""
        return self.networks[0]

    @property
    def spec(self) -> Spec:
        """The spec of `network`; raises SpecError."""
        return self.network.spec()

    @property
    def input(self) -> str:
        """The input of `network` as written; empty for the spec's own."""
        return self.network.input

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings of `network`: `width=16`."""
        return self.network.settings

    def analysis(self, convention: Convention | None = None, batch: int = 1) -> Analysis:
        """The numbers of `network` in a convention, computed once; raises SpecError."""
        return self.network.analysis(convention, batch)


def read_table(table: str | os.PathLike[str] | Source, given: Given | None = None) -> Table:
    """The claims of a file, of standard input (`-`), or of a text that is at hand.

    A name that ends in .csv, .tsv or .txt is a spreadsheet's, any other YAML; standard input is what
    it looks like. `given` replaces what the file says of the question. Raises SpecError with every
    problem of the file, each with its place.
    """
    source = table if isinstance(table, Source) else read_source(os.fspath(table))
    folder = "" if isinstance(table, Source) else os.path.dirname(os.fspath(table))
    if is_csv(source.name) or (source.name == STDIN and CSV_HEADER.search(source.text)):
        from cnncalc.check.readers.csv_reader import read_csv

        found = read_csv(source, folder, given)
    else:
        from cnncalc.check.readers.yaml_table import read_yaml_table

        found = read_yaml_table(source, folder, given)
    found.graded = given is not None and given.grading
    if isinstance(source, OldSource):
        found.notes.insert(0, Problem(f"{source.name} is read as Windows-1252: it is not UTF-8"))
    return found


def is_csv(name: str) -> bool:
    """Whether a file is a spreadsheet's by its name."""
    return name.lower().endswith((".csv", ".tsv", ".txt"))


class OldSource(Source):
    """A text in the encoding that old spreadsheets write."""


def read_source(path: str) -> Source:
    """The text of a table file; raises SpecError for what cannot be read, is no text, or is too large.

    UTF-8, UTF-16 with its mark, else Windows-1252 if that makes a text of it.
    """
    largest = LARGEST_CSV if is_csv(path) or path == "-" else LARGEST_YAML
    contents = read_bytes(path, largest + 1, what="table")
    if len(contents.data) > largest:
        raise SpecError([Problem(f"'{contents.name}' is too large for a table: over {largest:,} bytes")])
    encoding = "utf-16" if contents.data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    with suppress(UnicodeDecodeError):
        return Source(contents.name, contents.data.decode(encoding))
    with suppress(UnicodeDecodeError):
        text = contents.data.decode("cp1252")
        if not CONTROL.search(text):
            return OldSource(contents.name, text)
    return as_text(contents, "save it as UTF-8")
