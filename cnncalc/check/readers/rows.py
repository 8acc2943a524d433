"""Rows of cells under a header -> claims: a layer a row and a quantity a column, or one number a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from cnncalc.check.context import CONTEXT_KEYS, NETWORK_KEYS, Context
from cnncalc.check.matching import Matching, matched
from cnncalc.check.naming import Heading, heading, is_heading, kind_of, layer_named
from cnncalc.check.network import Network
from cnncalc.check.numbers.amounts import decimal_comma, plain
from cnncalc.check.numbers.beside import stated
from cnncalc.check.readers.by_hand import without_answers
from cnncalc.check.readers.reading import Reading
from cnncalc.errors import Problem, Span, SpecError
from cnncalc.graph import Graph
from cnncalc.limits import LONGEST_NUMBER, MOST_CLAIMS
from cnncalc.spec.readers.tables import Described, described, stated_input
from cnncalc.tables.cells import LAYER, UNANSWERED, Cell, CellTable, too_many_rows
from cnncalc.tables.columns import folded_heading, is_source, with_strides_apart
from cnncalc.tables.dressing import in_ascii
from cnncalc.tables.layer_types import type_of

FIRST = (*LAYER, "question", "exercise", "task")
"""What the first column is called; the last ones where exercises are answered."""
QUANTITY = "quantity"
VALUE = ("value", "answer")
"""With `quantity`, the columns of the long form: a number a row."""
IGNORED = ("kind", "type", "comment", "note", "notes", "remark", "remarks", "#", "no", "no.", "nr", "nr.", "index", "")
"""Columns that claim nothing; the first two come with `cnncalc show --format csv`."""
HEAD_KEYS = ("network", "input", "set", "against", "name", "source", *CONTEXT_KEYS)
"""What may be said before the header."""
NETWORK_HINT = "set it with --network vgg16, or with a line '# network: vgg16' before the header"
INPUT_HINT = "--input 32x32x3 sets it, and --network another network"
NOTHING, LONG = Heading(""), Heading("quantity")
WORDS_TOO = ("activation", "activations", "padding", "size")
"""Names of quantities that also head columns of words: tanh, same."""
NUMERIC = re.compile(r"[-~\u2248(\[$]*(?:None, ?)?[0-9][0-9.,xX*\u00d7/+^=()\[\] -]*(?:[A-Za-z%]{1,8})?[)\]$]?\Z")
"""A number with or without a unit, a shape, or a working."""

DECIMAL_COMMA = re.compile(r"[~\u2248]?\s*-?(?:0,[0-9]|[0-9]{1,3}(?:\.[0-9]{3})*,(?:[0-9]{1,2}|[0-9]{4,})(?![0-9,]))")
"""A number with a comma that does not part thousands."""
DECIMAL_POINT = re.compile(r"[0-9]\.(?:[0-9]{1,2}|[0-9]{4,})(?![0-9])")


def quantities_in(header: Sequence[str]) -> int | None:
    """How many of a header's columns are quantities; None if the line is not a header."""
    names = list(map(folded_heading, header))
    place = _place_of_layer(names)
    if place is None:
        return None
    known = sum(name in (QUANTITY, *VALUE) or is_heading(name) for name in names[:place] + names[place + 1 :])
    return known if known or (place == 0 and names[0] not in ("", "name")) else None


def _place_of_layer(names: Sequence[str]) -> int | None:
    """Which column names the layers: the first of these headings, or the first column if it has none."""
    found = next((place for place, name in enumerate(names) if name in FIRST), None)
    return 0 if found is None and names[:1] == [""] else found


def _is_about_layers(rows: list[list[Cell]]) -> bool:
    """Whether a table without a column of layers has numbers below a name of a quantity, or beside types of layers."""
    for place, (text, _) in enumerate(rows[0]):
        if is_heading(folded_heading(text)) and _looks_like_answers(place, rows[1:]):
            return True
    types = [cells for cells in rows if cells and type_of(cells[0][0])]
    return len(types) > 1 and any(_looks_like_answers(place, types) for place in range(1, len(rows[0])))


def read_rows(reading: Reading, table: CellTable, match: Callable[[Sequence[str], Graph], Matching] = matched) -> None:
    """Enter the claims of a header and the rows under it; `match` finds the layers that the rows are about.

    Another table of the text that looks like answers, but has no layers, is a fault of the file.
    """
    for rows in filter(_is_about_layers, table.others):
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
    header, *lines = map(list, table.rows)
    place = _place_of_layer([folded_heading(text) for text, _ in header]) or 0
    for cells in (header, *lines):
        cells[: place + 1] = [*(cells[place : place + 1] or [("", cells[0][1])]), *cells[:place]]
    header, lines = with_strides_apart(header, lines)
    if reading.exercises:
        lines = _other_rows(reading, context, header, lines, named="network" in head)
        if not lines:
            return
    columns = _columns(reading, header, lines)
    lines = [cells for cells in lines if not cells[0][0].startswith("#")]
    network, lines = _network(reading, head, header, lines)
    context = replace(context, network=network)
    if "against" in head:
        context = replace(
            context, against=reading.other(Network(head["against"][0], folder=reading.folder), head["against"][1])
        )
    reading.table.name = head.get("name", (reading.table.name,))[0]
    reading.table.source = context.source
    layers = [cells[0][0] for cells in lines]
    if context.network is not None and not any(of.quantity == QUANTITY for of in columns):
        layers, note = match(layers, context.network.graph())
        if note:
            reading.note(note, header[0][1])
    found = _Rows(reading, context, header, columns, lines)
    for layer, cells in zip(layers, lines, strict=True):
        found.enter(layer, cells)
    if not reading.table.claims and not reading.problems:
        reading.problem("the table contains no claims", header[0][1], "write one layer in each row")


def _other_rows(
    reading: Reading, context: Context, header: list[Cell], lines: list[list[Cell]], *, named: bool
) -> list[list[Cell]]:
    """The rows that answer no exercise; none if no network is `named` that they may be about: they are wrong."""
    ignored = [place for place, (text, _) in enumerate(header) if folded_heading(text) in IGNORED[:-1]]
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
    reading: Reading, head: dict[str, Cell], header: list[Cell], lines: list[list[Cell]]
) -> tuple[Network, list[list[Cell]]]:
    """The network of the table, and its rows: from the command line, said before the header, or what the rows describe.

    Rows that describe the network come back without what it is read from. Raises SpecError without a network.
    """
    name, span = head.get("network", ("", header[0][1]))
    settings = _settings(head["set"][0]) if "set" in head else ()
    size = head.get("input", ("",))[0]
    network = reading.named(name, size, settings)
    if network is None and not reading.grading:
        own = described(header, lines, reading.source)
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


def _looks_like_answers(place: int, lines: list[list[Cell]]) -> bool:
    """Whether a column holds a number or a shape that stands by itself, as none does in a remark."""
    return any(NUMERIC.match(plain(text[: LONGEST_NUMBER.value])) for text in _written(place, lines))


def _is_text(place: int, lines: list[list[Cell]]) -> bool:
    """Whether a column holds words alone, as one of notes or of the names of activations."""
    return not any(any(map(str.isdigit, text)) for text in _written(place, lines))


def _written(place: int, lines: list[list[Cell]]) -> list[str]:
    """The cells of a column that are not empty."""
    texts = [cells[place][0] for cells in lines if len(cells) > place]
    return [text for text in texts if text.lower() not in UNANSWERED]


def _columns(reading: Reading, header: list[Cell], lines: list[list[Cell]]) -> list[Heading]:
    """The quantity and the unit of every column; no quantity for one that claims nothing."""
    columns = [Heading("layer")]
    names, titles = [folded_heading(text) for text, _ in header], tuple(text for text, _ in header)
    long = QUANTITY in names and any(name in VALUE for name in names)
    for place, (name, (text, span)) in list(enumerate(zip(names, header, strict=True)))[1:]:
        columns.append(NOTHING)
        if long or name in IGNORED or is_source(text):
            columns[-1] = Heading(QUANTITY if name == QUANTITY else VALUE[0] if long and name in VALUE else "")
            continue
        try:
            found = heading(text, titles)
        except SpecError as error:
            if _looks_like_answers(place, lines) or not (reading.grading or _is_text(place, lines)):
                _unreadable(reading, text, span, error)
            else:
                reading.note(f"the column '{text}' is not a quantity and is ignored", span)
            continue
        if name in WORDS_TOO and _is_text(place, lines):
            continue
        if found.quantity in (column.quantity for column in columns) and not reading.grading:
            reading.problem(f"two columns hold the quantity {found.quantity}", span)  # of answers, both count
        columns[-1] = found
    return columns


def _unreadable(reading: Reading, text: str, span: Span, error: SpecError) -> None:
    """A column of numbers that is not read: a fault of the file, which in an answer stops no other column."""
    if reading.grading:
        message = f"the column '{text}' looks like answers, but is not a quantity: it is not read"
        reading.table.unread.append(Problem(message, span, "rename it, or leave it out"))
    else:
        reading.refused(error, span)


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
        texts = [in_ascii(each.text) for text in _written(place, lines) for each in stated(text, of)]
        return any(map(DECIMAL_COMMA.match, texts)) and not any(map(DECIMAL_POINT.search, texts))

    def enter(self, layer: str, cells: list[Cell]) -> None:
        """Enter the claims of a layer, or the one of a row of the long form."""
        _, place = cells[0]
        if any(text for text, _ in cells[len(self.columns) :]):
            hint = 'put a number with commas in quotes: "1,792"'
            problem = Problem(f"this row has more cells than the {len(self.columns)} of the header", place, hint)
            self._unread(layer, "", (", ".join(text for text, _ in cells[1:]), place), problem)
            return
        named = next((cell for of, cell in zip(self.columns, cells, strict=False) if of == LONG), None)
        for column, (of, cell) in enumerate(zip(self.columns, cells, strict=False)):
            if column == 0 or of.quantity in ("", QUANTITY) or cell[0].lower() in UNANSWERED:
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
                self._claims(layer_named(layer), of, cell, commas=column in self.commas)

    def _claims(self, layer: str, of: Heading, cell: Cell, *, commas: bool) -> None:
        """Enter a number, or two; one that cannot be read is a wrong answer, and not the end of the file."""
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
