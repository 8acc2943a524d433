"""What a view makes of a result -> Report: a document, plain data and rows, each made when a format asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

from cnncalc.report.document import Document

Units: TypeAlias = Literal["auto", "MB", "MiB"]
Layout: TypeAlias = Literal["hwc", "chw"]
Notes: TypeAlias = Literal["none", "brief", "all"]
NOTHING: Mapping[str, Any] = MappingProxyType({})


LINES_AT_ONCE = 1000


class Options(NamedTuple):
    """How a report is drawn, by the names of the command line's options.

    * `columns`: keys joined by commas; a leading + adds to the usual columns. None: the usual columns.
    * `depth`: how deep blocks are opened; None: one level.
    * `layout`: "hwc" or "chw", the order of sizes in a shape.
    * `units`: of bytes: "auto" (kB, MB, GB), "MB" (10^6) or "MiB" (2^20).
    * `notes`: the lines below a table: "none", "brief" (those that its columns concern) or "all".
    * `standalone`: a whole page or document instead of a fragment (HTML, LaTeX).
    * `extra`: options of a single command, by name.
    """

    columns: str | None = None
    depth: int | None = None
    layout: Layout = "hwc"
    units: Units = "auto"
    notes: Notes = "brief"
    standalone: bool = False
    extra: Mapping[str, Any] = NOTHING


class Report(NamedTuple):
    """A result in every form that a format may ask for.

    `document` for what people read, `data` for JSON, `rows` (the header first) for CSV where rows make sense;
    `own` are formats that only this command has, by name, as pieces of text.
    """

    document: Callable[[], Document]
    data: Callable[[], Any]
    rows: Callable[[], Iterator[Sequence[Any]]] | None = None
    own: Mapping[str, Callable[[], Iterator[str]]] = NOTHING


def in_pieces(lines: Iterable[str]) -> Iterator[str]:
    """The text of some lines, many at a time: a long report never exists all at once."""
    rest = iter(lines)
    while some := list(islice(rest, LINES_AT_ONCE)):
        yield "\n".join(some) + "\n"
