"""Rows of cells under a header -> claims: a layer a row and a quantity a column, or one number a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from cnncalc.check.context import CONTEXT_KEYS, NETWORK_KEYS, Context
from cnncalc.check.matching import Matching, all_known, known_names, matched
from cnncalc.check.naming import Heading, heading, is_heading, kind_of, layer_named, of_total
from cnncalc.check.network import Network
from cnncalc.check.numbers.amounts import decimal_comma
from cnncalc.check.numbers.beside import stated
from cnncalc.check.readers.by_hand import without_answers
from cnncalc.check.readers.header import (
    QUANTITY,
    VALUE,
    layers_first,
    parts_of,
    settings_in,
    types_beside,
    with_workings,
    without_numbering,
)
from cnncalc.check.readers.quantities import IGNORED, NUMERIC, looks_like_answers, of_sides_only, quantities_of, written
from cnncalc.check.readers.reading import Reading
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import Graph
from cnncalc.limits import LONGEST_NUMBER, MOST_CLAIMS
from cnncalc.spec.readers.tables import Described, described, stated_input
from cnncalc.tables.cells import LAYER, UNANSWERED, Cell, CellTable, too_many_rows
from cnncalc.tables.columns import folded_heading, with_settings_apart
from cnncalc.tables.dressing import in_ascii, undressed
from cnncalc.tables.layer_types import TOTAL, folded, type_in, type_of

Match: TypeAlias = Callable[..., Matching]
HEAD_KEYS = ("network", "input", "set", "against", "name", "source", *CONTEXT_KEYS)
"""What may be said before the header."""
NETWORK_HINT = "set it with --network vgg16, or with a line '# network: vgg16' before the header"
INPUT_HINT = "--input 32x32x3 sets it, and --network another network"
MOST_PARTS = 6
"""Parts that a table is cut into at most."""
LONG = Heading("quantity")
Part: TypeAlias = "tuple[list[Cell], list[list[Cell]], list[Heading]]"
"""A header, the rows under it, and the quantities of its columns."""
BYTES_BEHIND = re.compile(r"\s*\(([0-9][0-9.,]* ?(?:[KMGT]i?)?B)\)\Z")
"""What Keras prints behind a number of parameters: 61,706 (241.04 KB)."""
DECIMAL_COMMA = re.compile(r"[~\u2248]?\s*-?(?:0,[0-9]|[0-9]{1,3}(?:\.[0-9]{3})*,(?:[0-9]{1,2}|[0-9]{4,})(?![0-9,]))")
"""A number with a comma that does not part thousands."""
DECIMAL_POINT = re.compile(r"[0-9]\.(?:[0-9]{1,2}|[0-9]{4,})(?![0-9])")


def read_tables(reading: Reading, tables: Iterable[CellTable]) -> None:
    """Enter the claims of all tables of a text; one that goes on in the next, under the same header, is one table."""
    network = reading.named("", "", ())
    graph = None
    with suppress(SpecError):  # which is reported where the first table is read
        graph = network.graph() if network else None
    found = list(tables)
    about_layers = [each for each in found if reading.exercises or _is_about_layers(each, graph)] or found
    for other in (table for table in found if table not in about_layers):
        reading.note("the rows of this table are not layers of the network: it is not read", other.rows[0][0][1])
    for table in _whole(about_layers, graph) if graph else about_layers:
        read_rows(reading, table)


def _is_about_layers(table: CellTable, graph: Graph | None) -> bool:
    """Whether a table is about layers: its header begins with `layer`, or it has numbers and rows that are layers."""
    if any(folded_heading(text) in LAYER for text, _ in table.rows[0][:2]):
        return True
    cells = [text for cells in table.rows[1:] for text, _ in cells]
    is_told = graph is None or any(folded(undressed(text)) in known_names(graph) or type_in(text) for text in cells)
    return is_told and any(NUMERIC.match(undressed(text)) for text in cells)


def _whole(tables: list[CellTable], graph: Graph) -> Iterator[CellTable]:
    """The tables, those put together that describe the network only so, as a table that is cut in two on slides."""
    at = 0
    while at < len(tables):
        parts = tables[at : at + _parts(tables[at : at + MOST_PARTS], graph)]
        at += len(parts)
        parts[0].rows = [cells for part in parts for cells in part.rows]
        parts[0].totals = [cells for part in parts for cells in part.totals]
        yield parts[0]


def _parts(tables: list[CellTable], graph: Graph) -> int:
    """How many of the tables it takes to describe the network under the same header; one if no number of them does."""
    heads = [[text.lower() for text, _ in table.rows[0]] for table in tables]
    for count in range(1, len(tables) + 1):
        if heads[count - 1] != heads[0]:
            break
        if are_layers([cells for table in tables[:count] for cells in table.rows], graph):
            return count
    return 1


def _looks_about_layers(rows: list[list[Cell]]) -> bool:
    """Whether a table without a column of layers has numbers below a name of a quantity, or beside types of layers."""
    for place, (text, _) in enumerate(rows[0]):
        if is_heading(folded_heading(text)) and looks_like_answers(place, rows[1:]):
            return True
    types = [cells for cells in rows if cells and type_of(cells[0][0])]
    return len(types) > 1 and any(looks_like_answers(place, types) for place in range(1, len(rows[0])))


def read_rows(reading: Reading, table: CellTable, match: Match = matched) -> None:
    """Enter the claims of a header and the rows under it; `match` finds the layers that the rows are about.

    Another table of the text that looks like answers, but has no layers, is a fault of the file.
    """
    for rows in filter(_looks_about_layers, table.others):
        message = "this table looks like answers, but no column is headed 'layer': it is not read"
        reading.table.unread.append(Problem(message, rows[0][0][1], "head the column of layers 'layer'"))
    for left_out in table.notes:
        reading.note(left_out.message, left_out.span)
    for problem in table.problems:
        reading.problem(problem.message, problem.span, problem.hint)
    reading.decimal_commas = table.decimal_commas
    head, context = _effective(reading, {key: cell for key, cell in table.head.items() if key in HEAD_KEYS})
    if len(table.rows) > MOST_CLAIMS.value + 1:
        raise too_many_rows(table.rows[-1][0][1])
    rows = layers_first(table.rows)
    if reading.exercises:
        rows = [rows[0], *_other_rows(reading, context, rows[0], rows[1:], named="network" in head)]
        if len(rows) == 1:
            return
    parts = []
    for header, lines in parts_of(*without_numbering(rows[0], [*rows[1:], *_of_all(table.totals)])):
        header, lines = with_workings(*with_settings_apart(*without_numbering(header, lines)))
        columns = quantities_of(reading, header, lines)
        lines = [_labelled(cells) for cells in lines if not cells[0][0].startswith("#")]
        parts.append((header, lines, columns))
    header = parts[0][0]
    network, own = _network(reading, head, *(parts[0] if len(parts) == 1 else (header, [], [])))
    if len(parts) == 1:
        parts = [(header, own, parts[0][2])]
    context = replace(context, network=network)
    if "against" in head:
        context = replace(
            context, against=reading.other(Network(head["against"][0], folder=reading.folder), head["against"][1])
        )
    reading.table.name = head.get("name", (reading.table.name,))[0]
    reading.table.source = context.source
    layers = iter(_layers(reading, network, parts, match))
    for head_of, lines, columns in parts:
        found = _Rows(reading, context, head_of, columns, lines)
        for cells in lines:
            found.enter(next(layers), cells)
    if not reading.table.claims and not reading.problems:
        reading.problem("the table contains no claims", header[0][1], "write one layer in each row")


def _of_all(totals: list[list[Cell]]) -> list[list[Cell]]:
    """The lines beside a table that are totals of the network."""
    return [cells for cells in totals if of_total(cells[0][0])]


def are_layers(rows: list[list[Cell]], graph: Graph) -> bool:
    """Whether the rows under a header, and under those among them, are layers of a network."""
    parts = parts_of(*without_numbering(rows[0], rows[1:]))
    parts = [without_numbering(header, lines) for header, lines in parts]
    names = [_name(cells) for _, lines in parts for cells in lines]
    types = [told for header, lines in parts for told in types_beside(header, lines)]
    return all_known(matched(names, graph, types).layers, graph)


def _labelled(cells: list[Cell]) -> list[Cell]:
    """A row with its name in front, where `Total` stands beside the sum instead: | | | **Total** | 61,706 |."""
    labels = [at for at, (text, _) in enumerate(cells) if undressed(text).strip(" :").lower() in TOTAL]
    if cells[0][0] or len(labels) != 1:
        return cells
    (at,) = labels
    return [
        (TOTAL[0], cells[at][1]) if place == 0 else ("", cell[1]) if place == at else cell
        for place, cell in enumerate(cells)
    ]


def _name(cells: list[Cell]) -> str:
    """The name of a row, without its dressing; `total` for a row such as `Total params`."""
    name = undressed(cells[0][0])
    return TOTAL[0] if of_total(name) else name


def _layers(reading: Reading, network: Network, parts: list[Part], match: Match) -> list[str]:
    """The layers of all rows, by the names that the network has for them."""
    layers = [_name(cells) for _, lines, _ in parts for cells in lines]
    if any(of.quantity == QUANTITY for _, _, columns in parts for of in columns):
        return layers
    types = [told for header, lines, _ in parts for told in types_beside(header, lines)]
    layers, note = match(layers, network.graph(), types)
    if note:
        reading.note(note, parts[0][0][0][1])
    return layers


def _other_rows(
    reading: Reading, context: Context, header: list[Cell], lines: list[list[Cell]], *, named: bool
) -> list[list[Cell]]:
    """The rows that answer no exercise; none if no network is `named` that they may be about: they are wrong."""
    ignored = [place for place, (text, _) in enumerate(header) if text and folded_heading(text) in IGNORED]
    rest = [list(cells) for cells in without_answers(reading, lines, ignored)]
    if named or reading.overrides.network.name:
        return rest
    for (name, span), *_ in rest:
        reading.add(context.unread(name, "", name, span, reading.exercises.unknown(name)))
    return []


def _effective(reading: Reading, head: dict[str, Cell]) -> tuple[dict[str, Cell], Context]:
    """What the file decides itself, and the context that it makes."""
    context, found = reading.overrides.context, {}
    for key, (value, span) in head.items():
        if key in ("source", *CONTEXT_KEYS):
            context = reading.narrowed(context, key, value, span)
        elif key not in NETWORK_KEYS or reading.effective(
            key, "\n".join(_settings(value)) if key == "set" else value, span
        ):
            found[key] = (value, span)
    return found, context


def _network(
    reading: Reading, head: dict[str, Cell], header: list[Cell], lines: list[list[Cell]], columns: list[Heading]
) -> tuple[Network, list[list[Cell]]]:
    """The network of the table, and its rows: from the command line, said before the header, or what the rows describe.

    Rows that describe the network come back without what it is read from. Raises SpecError without a network.
    """
    name, span = head.get("network", ("", header[0][1]))
    settings = _settings(head["set"][0]) if "set" in head else ()
    size = head.get("input", ("",))[0]
    network = reading.named(name, size, settings)
    if network is None and not reading.grading:
        own = described(header, lines, reading.source, sides_only=of_sides_only(columns, lines))
        network = reading.beside(size or stated_input(lines), settings, needed=own is None)
        if own is not None and network is None:
            network, lines = _own(reading, own, size, settings), own.rest
    network = reading.network(network, span, NETWORK_HINT)
    if network is None:
        raise SpecError(reading.problems)
    return network, lines


def _own(reading: Reading, own: Described, size: str, settings: tuple[str, ...]) -> Network | None:
    """The network that the rows describe; raises SpecError without its input."""
    own.spec.key = own.spec.name = "the network of the table"
    network = reading.named("", size, settings, (own.text, own.spec))
    if own.spec.problems:
        raise SpecError(own.spec.problems)
    if own.spec.input is None and network is not None and not network.input:
        reading.problem("the table does not say the input of its network", own.header, INPUT_HINT)
        raise SpecError(reading.problems)
    shown = network.input if network is not None and network.input else own.spec.input
    reading.note(f"the network is read from the table, with the input {shown}")
    for line in own.read:
        reading.note(line)
    return network


def _settings(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _told(layer: str, of: Heading, text: str) -> list[tuple[str, Heading, str]]:
    """What a cell says, of which layers: a kernel with its stride, `11x11, s=4`; a number for each of several."""
    if of.quantity == "kernel" and (settings := settings_in(text)):
        return [(layer, Heading(key), value) for key, value in settings]
    return [(part, of, value) for part, value in _of_each(layer, text, of)]


def _of_each(layer: str, text: str, of: Heading) -> list[tuple[str, str]]:
    """A cell for a layer; one with a number for each of several layers taken apart: `18, 26` of conv3 + conv4."""
    layers, values = layer.split(" + "), text.replace(", ", ";").split(";")
    alone = len(layers) == 1 or len(values) != len(layers) or kind_of(of.quantity) == "shape"
    return [(layer, text)] if alone else [(part, value.strip()) for part, value in zip(layers, values, strict=True)]


class _Rows:
    """The rows below a header: the quantity of each column, and which columns have decimal commas."""

    def __init__(
        self, reading: Reading, context: Context, header: list[Cell], columns: list[Heading], lines: list[list[Cell]]
    ) -> None:
        self.reading, self.context, self.columns = reading, context, columns
        cells = [cell for row in lines for cell in zip(columns, row, strict=False)]
        self.beside = tuple({text for of, (text, _) in cells if of == LONG})
        """The quantities of the long form."""
        self.commas = {place for place, of in enumerate(columns) if self._has_decimal_commas(of, place, lines)}
        for place in sorted(self.commas) if not reading.decimal_commas else ():
            text, span = header[place]
            reading.note(f"the commas of the column '{text}' are decimal marks", span)

    def _has_decimal_commas(self, of: Heading, place: int, lines: list[list[Cell]]) -> bool:
        """Whether a comma is a decimal mark in a column: it can be nothing else in one number, and none has a point."""
        if self.reading.decimal_commas or of.quantity in VALUE or kind_of(of.quantity) not in ("count", "bytes"):
            return self.reading.decimal_commas
        texts = [in_ascii(each.text) for text in written(place, lines) for each in stated(text, of)]
        return any(map(DECIMAL_COMMA.match, texts)) and not any(map(DECIMAL_POINT.search, texts))

    def enter(self, layer: str, cells: list[Cell]) -> None:
        """Enter the claims of a layer, or the one of a row of the long form."""
        _, place = cells[0]
        if any(text for text, _ in cells[len(self.columns) :]):
            hint = 'put a number with commas in quotes: "1,792"'
            problem = Problem(f"this row has more cells than the {len(self.columns)} of the header", place, hint)
            self._unread(layer, "", (", ".join(text for text, _ in cells[1:]), place), problem)
            return
        filled = [cell for cell in cells[1:] if undressed(cell[0]).lower() not in UNANSWERED]
        if len(filled) == 1 and (of_all := of_total(undressed(cells[0][0]))):
            self._claims("", of_all, filled[0], commas=self.reading.decimal_commas)
            return
        named = next((cell for of, cell in zip(self.columns, cells, strict=False) if of == LONG), None)
        for column, (of, cell) in enumerate(zip(self.columns, cells, strict=False)):
            if column == 0 or of.quantity in ("", QUANTITY) or undressed(cell[0]).lower() in UNANSWERED:
                continue
            if not layer:
                self._unread("?", of.quantity, cell, Problem("this row does not name a layer", place))
                continue
            try:
                of = heading(named[0], self.beside) if named else of
            except SpecError as error:
                self._unread(
                    layer_named(layer), named[0] if named else "", (cell[0], (named or cell)[1]), error.problems[0]
                )
            else:
                for part, key, text in _told(layer, of, cell[0]):
                    self._claims(layer_named(part), key, (text, cell[1]), commas=column in self.commas)

    def _claims(self, layer: str, of: Heading, cell: Cell, *, commas: bool) -> None:
        """Enter a number, or two; one that cannot be read is a wrong answer, and not the end of the file."""
        short = len(cell[0]) <= LONGEST_NUMBER.value
        behind = BYTES_BEHIND.search(undressed(cell[0])) if short and kind_of(of.quantity) == "count" else None
        if behind:
            cell = (undressed(cell[0])[: behind.start()], cell[1])
            self.reading.note(f"'{behind[1]}' behind {cell[0]} is not read", cell[1])
        for each in stated(cell[0], of):
            place, quantity = each.place(cell[1]), each.of.quantity
            spelt = decimal_comma(each.text, *each.of) if commas and kind_of(quantity) != "shape" else each.text
            try:
                printed = self.context.printed(spelt, each.of, place)
            except SpecError as error:
                self._unread(layer, quantity, (each.text, place), error.problems[0])
            else:
                self.reading.add(self.context.claim(layer, quantity, printed, place, beside=each.beside))

    def _unread(self, layer: str, quantity: str, cell: Cell, problem: Problem) -> None:
        self.reading.add(self.context.unread(layer, quantity, *cell, problem))
