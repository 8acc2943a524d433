"""CSV with a header, as a spreadsheet exports it -> Table: a layer a row, a quantity a column."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace

from cnncalc.claims.context import CONTEXT_KEYS, Context
from cnncalc.claims.network import Network
from cnncalc.claims.network_reader import MOST_PROBLEMS
from cnncalc.claims.quantities import layer_named, quantity_named
from cnncalc.claims.tables import Table
from cnncalc.claims.yaml_table import MOST_CLAIMS
from cnncalc.errors import Problem, Source, Span, SpecError

LAYER = ("layer", "name", "layer_name")
PASSED_OVER = ("kind", "type", "input", "comment", "note", "notes", "")
"""Columns that claim nothing; the first three come with `cnncalc show --format csv`."""
UNANSWERED = ("", "-", "?", "n/a", "\u2013", "\u2014")
DELIMITERS = ";,\t"
HEAD_KEYS = ("network", "input", "set", "name", "source", *CONTEXT_KEYS)
Cell = tuple[str, Span]


def read_csv(source: Source, folder: str = "", given: Network | None = None) -> Table:
    """The table of a CSV text, separated by commas, semicolons or tabs.

    Lines `# network: vgg16` before the header say what a YAML table says at its top. Raises
    SpecError with every problem.
    """
    reader = _CsvReader(source, folder, given)
    table = reader.read()
    if reader.problems:
        raise SpecError(reader.problems)
    return table


class _CsvReader:
    """Reads the comment lines, the header, and then cell by cell."""

    def __init__(self, source: Source, folder: str, given: Network | None) -> None:
        self.source = source
        self.folder = folder
        self.given = given or Network("")
        self.problems: list[Problem] = []
        self.table = Table(source.name)
        self.context = Context()
        self.head: dict[str, Cell] = {}

    def problem(self, problem: Problem) -> None:
        """Take note of a problem; a file with very many is read no further."""
        self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise SpecError(self.problems)

    def read(self) -> Table:
        """The table of the whole file."""
        lines = self.source.lines
        if "\x00" in self.source.text:
            raise SpecError([Problem(f"'{self.source.name}' is not a text file", None, "save it as CSV UTF-8")])
        start = 0
        while start < len(lines) and (not lines[start].strip() or lines[start].lstrip().startswith("#")):
            self._comment(start)
            start += 1
        if start == len(lines):
            raise SpecError([Problem("the file is empty", self.source.span(), "begin with 'layer,output,params'")])
        delimiter = max(DELIMITERS, key=lines[start].count)
        rows = self._rows(start, delimiter)
        columns = self._header(next(rows, []))
        self._network()
        for cells in rows:
            self._row(cells, columns)
        if not self.table.claims and not self.problems:
            self.problem(Problem("the table claims nothing", self.source.span(start), "a row is a layer"))
        return self.table

    def _comment(self, number: int) -> None:
        """`# network: vgg16`; other comments are passed over."""
        text = self.source.lines[number].strip(' \t#,;"')
        key, colon, value = (part.strip() for part in text.partition(":"))
        if colon and key in HEAD_KEYS:
            span = self.source.span(number, max(self.source.lines[number].find(value), 0), len(value))
            self.head[key] = (value, span)
            if key in ("source", *CONTEXT_KEYS):
                try:
                    self.context = self.context.with_(key, value)
                except SpecError as error:
                    self._refused(error, span)

    def _refused(self, error: SpecError, span: Span) -> None:
        for problem in error.problems:
            inside = problem.span is not None and problem.span.source is self.source
            self.problem(problem if inside else Problem(problem.message, span, problem.hint))

    def _rows(self, start: int, delimiter: str) -> Iterator[list[Cell]]:
        """The cells of every row that is not empty, each with its place."""
        lines = self.source.lines
        reader = csv.reader(lines[start:], delimiter=delimiter, skipinitialspace=True)
        first = start
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise SpecError([Problem(f"not a CSV file: {error}", self.source.span(first))]) from None
            if row is None:
                return
            cells, column = [], 0
            for text in row:
                at = lines[first].find(text, column) if text else column
                column = at if at >= 0 else column
                cells.append((text.strip(), self.source.span(first, column, max(len(text), 1))))
                column += len(text) + (at >= 0)
            first = start + reader.line_num
            if any(text for text, _ in cells):
                yield cells

    def _header(self, cells: list[Cell]) -> list[str]:
        """The quantity of every column, `layer` for the first; empty for one that claims nothing."""
        names = [text.lower().replace(" ", "_") for text, _ in cells]
        if not names or names[0] not in LAYER:
            place = cells[0][1] if cells else self.source.span()
            hint = "the header begins with 'layer', and names a quantity a column: layer,output,params"
            raise SpecError([Problem("the first column must be 'layer'", place, hint)])
        columns = ["layer"]
        for name, (text, span) in list(zip(names, cells, strict=True))[1:]:
            columns.append("")
            if name in PASSED_OVER:
                continue
            try:
                quantity = quantity_named(text)
                if quantity in columns:
                    self.problem(Problem(f"there are two columns of {quantity}", span))
                columns[-1] = quantity
            except SpecError as error:
                self._refused(error, span)
        return columns

    def _network(self) -> None:
        """The network of the table: given from outside, or named by a comment."""
        head = self.head
        name, place = head.get("network", ("", self.source.span()))
        if not self.given.name and not name:
            hint = "say it with --network vgg16, or with a line '# network: vgg16' before the header"
            raise SpecError([*self.problems, Problem("the table does not say which network it is about", place, hint)])
        settings = tuple(part.strip() for part in head["set"][0].split(",")) if "set" in head else ()
        network = Network(
            self.given.name or name,
            self.given.input or head.get("input", ("",))[0],
            self.given.settings or settings,
            "" if self.given.name else self.folder,
        )
        try:
            network.graph()
        except SpecError as error:
            self._refused(error, place)
            raise SpecError(self.problems) from None
        self.table.networks.append(network)
        self.table.name = head.get("name", (self.table.name,))[0]
        self.table.source = self.context.source
        self.context = replace(self.context, network=network)

    def _row(self, cells: list[Cell], columns: list[str]) -> None:
        """The claims of a layer."""
        layer, place = cells[0]
        if layer.startswith("#"):
            return
        if len(cells) > len(columns) and any(text for text, _ in cells[len(columns) :]):
            hint = 'put a number with commas in quotes: "1,792"'
            self.problem(Problem(f"this row has more cells than the {len(columns)} of the header", place, hint))
            return
        for quantity, (text, span) in list(zip(columns, cells, strict=False))[1:]:
            if not quantity or text.lower() in UNANSWERED:
                continue
            if not layer:
                self.problem(Problem("this row names no layer", place))
                return
            if len(self.table.claims) >= MOST_CLAIMS:
                raise SpecError([*self.problems, Problem(f"more than {MOST_CLAIMS:,} claims", span)])
            try:
                printed = self.context.printed(text, quantity, span)
            except SpecError as error:
                self._refused(error, span)
                continue
            self.table.claims.append(self.context.claim(layer_named(layer), quantity, printed, span=span))
