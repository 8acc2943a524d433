"""CSV with a header, as a spreadsheet exports it -> Table: a layer a row, a quantity a column; or a number a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace

from cnncalc.check.context import CONTEXT_KEYS
from cnncalc.check.naming import Heading, heading, layer_named
from cnncalc.check.network import Network
from cnncalc.check.numbers.printed import Printed
from cnncalc.check.numbers.spelling import UNANSWERED, decimal_comma
from cnncalc.check.overrides import Given
from cnncalc.check.readers.csv_head import PASSED_OVER, QUANTITY, VALUE, Head, name_of, read_head
from cnncalc.check.readers.network_reader import MOST_PROBLEMS
from cnncalc.check.readers.yaml_claims import MOST_CLAIMS, UNREAD
from cnncalc.check.tables import Table
from cnncalc.errors import Problem, Source, Span, SpecError

NOTHING = Heading("")
Cell = tuple[str, Span]


def read_csv(source: Source, folder: str = "", given: Given | None = None) -> Table:
    """The table of a CSV text, separated by commas, semicolons or tabs.

    Lines `# network: vgg16` before the header say what a YAML table says at its top. Where
    semicolons part the cells, a comma is a decimal mark. Raises SpecError with every problem.
    """
    reader = _CsvReader(source, folder, given or Given())
    table = reader.read()
    if reader.problems:
        raise SpecError([*reader.problems, *(claim.problem for claim in table.claims if claim.problem)])
    return table


class _CsvReader:
    """Reads what stands before the header, the header, and then cell by cell."""

    def __init__(self, source: Source, folder: str, given: Given) -> None:
        self.source = source
        self.folder = folder
        self.given = given
        self.problems: list[Problem] = []
        self.table = Table(source.name)
        self.context = given.context
        self.european = False

    def problem(self, problem: Problem) -> None:
        """Take note of a problem; a file with very many is read no further."""
        self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise SpecError(self.problems)

    def read(self) -> Table:
        """The table of the whole file."""
        head = read_head(self.source)
        self.european = head.delimiter == ";"
        obeyed = dict(self._obeyed(head))
        rows = self._rows(head.line, head.delimiter)
        columns = self._header(next(rows))
        self._network(obeyed)
        for cells in rows:
            self._row(cells, columns)
        if not self.table.claims and not self.problems:
            self.problem(Problem("the table claims nothing", self.source.span(head.line), "a row is a layer"))
        return self.table

    def _obeyed(self, head: Head) -> Iterator[tuple[str, Cell]]:
        """The comments that the file has a say in, those on counting taken over; a note on each of the others."""
        for key, (value, span) in head.comments.items():
            if key in self.given.keys:
                text = "\n".join(_settings(value)) if key == "set" else value
                if not self.given.silently(key, text):
                    self.table.notes.append(Problem(self.given.refusal(key), span))
                continue
            if key in ("source", *CONTEXT_KEYS):
                try:
                    self.context = self.context.with_(key, value)
                except SpecError as error:
                    self._refused(error, span)
            yield key, (value, span)

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

    def _header(self, cells: list[Cell]) -> list[Heading]:
        """The quantity and the unit of every column; no quantity for one that claims nothing."""
        columns = [Heading("layer")]
        names = [name_of(text) for text, _ in cells]
        long = QUANTITY in names and any(name in VALUE for name in names)
        for name, (text, span) in list(zip(names, cells, strict=True))[1:]:
            columns.append(NOTHING)
            if long or name in PASSED_OVER:
                columns[-1] = Heading(QUANTITY if name == QUANTITY else VALUE[0] if long and name in VALUE else "")
                continue
            try:
                columns[-1] = heading(text)
            except SpecError as error:
                if not self.given.grading:
                    self._refused(error, span)
                else:  # a column of a student's own
                    self.table.notes.append(Problem(f"the column '{text}' is no quantity and passed over", span))
                continue
            twice = columns[-1].quantity in (column.quantity for column in columns[:-1])
            if twice and not self.given.grading:  # answers to one question may stand in several columns
                self.problem(Problem(f"there are two columns of {columns[-1].quantity}", span))
        return columns

    def _network(self, head: dict[str, Cell]) -> None:
        """The network of the table: given from outside, or named by a comment."""
        given = self.given.network
        name, place = head.get("network", ("", self.source.span()))
        if not given.name and not name:
            hint = "say it with --network vgg16, or with a line '# network: vgg16' before the header"
            raise SpecError([*self.problems, Problem("the table does not say which network it is about", place, hint)])
        network = Network(
            given.name or name,
            given.input or head.get("input", ("",))[0],
            given.settings or (_settings(head["set"][0]) if "set" in head else ()),
            "" if given.name else self.folder,
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

    def _row(self, cells: list[Cell], columns: list[Heading]) -> None:
        """The claims of a layer, or the one of a row of the long form."""
        layer, place = cells[0]
        if layer.startswith("#"):
            return
        if len(cells) > len(columns) and any(text for text, _ in cells[len(columns) :]):
            hint = 'put a number with commas in quotes: "1,792"'
            problem = Problem(f"this row has more cells than the {len(columns)} of the header", place, hint)
            self._add(layer, "", Printed(", ".join(text for text, _ in cells[1:])[:UNREAD], None), place, problem)
            return
        named = next((cell for of, cell in zip(columns, cells, strict=False) if of.quantity == QUANTITY), None)
        for of, (text, span) in list(zip(columns, cells, strict=False))[1:]:
            if of.quantity in ("", QUANTITY) or text.lower() in UNANSWERED:
                continue
            if layer:
                self._claim(layer, of, named, text, span)
            else:
                self._add("?", of.quantity, Printed(text, None), span, Problem("this row names no layer", place))

    def _claim(self, layer: str, of: Heading, named: Cell | None, text: str, span: Span) -> None:
        """A number; one that cannot be read is a wrong answer, and not the end of the file."""
        problem = None
        quantity = named[0] if named else of.quantity
        try:
            of = heading(named[0]) if named else of
            quantity = of.quantity
            spelt = decimal_comma(text, *of) if self.european and quantity != "output" else text
            printed = self.context.printed(spelt, of, span)
        except SpecError as error:
            problem = error.problems[0]
            problem = problem if problem.span else problem._replace(span=named[1] if named else span)
            printed = Printed(text[:UNREAD], None)
        self._add(layer_named(layer), quantity, printed, span, problem)

    def _add(self, layer: str, quantity: str, printed: Printed, span: Span, problem: Problem | None) -> None:
        if len(self.table.claims) >= MOST_CLAIMS:
            raise SpecError([*self.problems, Problem(f"more than {MOST_CLAIMS:,} claims", span)])
        self.table.claims.append(self.context.claim(layer, quantity, printed, span=span, problem=problem))


def _settings(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))
