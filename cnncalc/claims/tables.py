"""A table file -> Table: claims about a network, from YAML written by hand or CSV out of a spreadsheet."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from cnncalc.analysis import Analysis, Convention
from cnncalc.claims.claim import Claim
from cnncalc.claims.network import Network
from cnncalc.errors import Problem, Source, SpecError
from cnncalc.spec.model import Spec

LARGEST_YAML = 200_000
LARGEST_CSV = 1_000_000


@dataclass(slots=True, eq=False, repr=False)
class Table:
    """The claims of one file.

    `networks` are those it speaks of, in order; a table of one network has one. `source` is
    where the numbers come from, in the table's own words.
    """

    name: str
    source: str = ""
    networks: list[Network] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

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


def read_table(
    table: str | os.PathLike[str] | Source,
    *,
    network: str = "",
    input: str = "",  # noqa: A002, the word users know it by
    settings: tuple[str, ...] = (),
) -> Table:
    """The claims of a file, or of a text that is at hand.

    A name that ends in .csv, .tsv or .txt is a spreadsheet's, any other YAML. `network`, `input`
    and `settings` stand in for what the file does not say, and replace what it does. Raises
    SpecError with every problem of the file, each with its place.
    """
    source = table if isinstance(table, Source) else read_source(os.fspath(table))
    given = Network(network, input, settings) if network or input or settings else None
    folder = "" if isinstance(table, Source) else os.path.dirname(os.fspath(table))
    if is_csv(source.name):
        from cnncalc.claims.csv_reader import read_csv

        return read_csv(source, folder, given)
    from cnncalc.claims.yaml_table import read_yaml_table

    return read_yaml_table(source, folder, given)


def is_csv(name: str) -> bool:
    """Whether a file is a spreadsheet's by its name."""
    return name.lower().endswith((".csv", ".tsv", ".txt"))


def read_source(path: str) -> Source:
    """The text of a table file; raises SpecError for what cannot be read, is no text, or is too large."""
    largest = LARGEST_CSV if is_csv(path) else LARGEST_YAML
    if os.path.isdir(path):
        raise SpecError([Problem(f"'{path}' is a folder, not a table", None, "name the files in it: folder/*.yaml")])
    if os.path.exists(path) and not os.path.isfile(path):
        raise SpecError([Problem(f"'{path}' is not a file")])
    try:
        with open(path, "rb") as file:
            data = file.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be one"
        raise SpecError([Problem(f"cannot read '{path}': {reason}")]) from None
    if len(data) > largest:
        raise SpecError([Problem(f"'{path}' is too large for a table: over {largest:,} bytes")])
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError([Problem(f"'{path}' is not a text file (UTF-8)", None, "save it as UTF-8")]) from None
    return Source(path, text)
