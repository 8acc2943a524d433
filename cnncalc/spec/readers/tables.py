"""A table that gives the kernel, stride, padding and filters of every layer -> the Spec of the network it describes.

Its rows are the layers in their order; a column `from` names what a row reads, if that is not the row before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.layers import CATALOGUE, Layer
from cnncalc.layers.activation import ActivationName
from cnncalc.limits import LONGEST_TEXT, MOST_CLAIMS
from cnncalc.spec.model import Argument, InputSize, Item, LayerItem, MergeItem, NameReference, Spec
from cnncalc.tables import csv, latex, markdown
from cnncalc.tables.cells import LAYER, UNANSWERED, Cell, CellTable, too_many_rows
from cnncalc.tables.columns import bare, folded_heading, is_source, setting_of, with_settings_apart
from cnncalc.tables.dressing import undressed
from cnncalc.tables.layer_types import BRACKETED, INPUT, TOTAL, folded, type_of

Setting: TypeAlias = "int | str | tuple[int, ...]"
FORMATS = (latex, markdown, csv)
FIELDS = {
    "kernel": ("kernel",), "stride": ("stride",), "layer_padding": ("padding",),
    "out_channels": ("filters", "units"), "groups": ("groups",), "dilation": ("dilation",),
}  # fmt: skip
"""The settings that a column may hold, and what the fields of a layer call them."""
DEFAULTED = ("groups", "dilation")
"""Fields that a table may leave out: 1 is meant."""
CLAIMED = ("out_channels", "groups", "dilation")
"""Settings that a layer without such a field still has, so that a row may state them."""
SIDES = ("height", "width", "out_channels")
TYPES = ("type", "kind", "layer_type")
ACTIVATIONS = ("activation", "activation_function", "nonlinearity", "act", "act.", "function")
INPUTS = ("input", "inputlayer", "inputimage", "image")
NO_ACTIVATION = (*UNANSWERED, "linear", "identity", "no")
TIMES = r"\s?[xX*\u00d7,;]\s?"
LENGTHS = re.compile(rf"[(\[]?([0-9]{{1,6}})(?:{TIMES}([0-9]{{1,6}}))?(?:{TIMES}([0-9]{{1,6}}))?[)\]]?\Z")
SHAPE = re.compile(rf"[(\[]?(?:(?:None|-1|\?|N|1|B|batch){TIMES}(?=(?:[0-9]+{TIMES}){{2}}))?"
                   rf"([0-9]{{1,6}}){TIMES}([0-9]{{1,6}}){TIMES}([0-9]{{1,6}})[)\]]?\Z")  # fmt: skip
MAPS = re.compile(rf"([0-9]{{1,6}}) ?@ ?([0-9]{{1,6}}){TIMES}([0-9]{{1,6}})\Z")
OUTGOING = re.compile(r"n|n?out|out|shape|size|map|featuremap")
"""Headings of outputs, which in the row of the input are the input."""
ONE_FILTER = "the filters are not stated: 1 each is taken, which changes no side and no receptive field"
INCOMING = re.compile(r"n?_?in(?:put)?(?:_|\b)")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,60}\Z")
READS = re.compile(r"[^\s,;+&\[\]]+(?=\[|\s*(?:[,;+&]|and\b|\Z))")
SHOWN = 60
HINT = "--network vgg16, or the path of a spec, sets the network"
NOT_SAID = "the text has no table that gives the kernel and the stride of its layers"
COLUMNS_HINT = "columns: layer, type, kernel, stride, padding, filters, and a row for the input"


class Described(NamedTuple):
    """The spec of a table and what it says; the rows without what it is read from, and in words what was read."""

    spec: Spec
    text: str
    header: Span
    rest: list[list[Cell]]
    read: list[str]


def recognises(text: str) -> bool:
    """Whether a text holds a table of layers."""
    source = Source("", text)
    if not any(each.recognises(source) for each in FORMATS):
        return False
    lines = (line for line in source.lines if "," in line or ";" in line or "\t" in line or "|" in line or "&" in line)
    return any(_is_header(re.split(r"[,;\t|&]", line)) for line in lines)


def _is_header(titles: Sequence[str]) -> bool:
    """Whether a line has the titles of a table of layers, or those of kernels and strides."""
    cells = [title.strip(' \\*`$"') for title in titles if title.strip() and len(title) < SHOWN]
    settings = {setting_of(part, cells) for cell in cells for part in cell.split("/")}
    return {"kernel", "stride"} <= settings or (len(cells) > 1 and folded_heading(cells[0]) in LAYER)


def read(source: Source) -> Spec:
    """The spec of the one table in a text that describes a network; what is wrong with it is in `problems`."""
    try:
        if len(source.text) > LONGEST_TEXT.value:
            raise SpecError([Problem(f"the text has more than {LONGEST_TEXT} characters", None, LONGEST_TEXT.hint)])
        form = next(each for each in FORMATS if each.recognises(Source("", source.text)))
        found = [own for table in form.tables(source, settings_in) if (own := _of_table(table, source))]
        if len(found) > 1:
            hint = "keep one of them in the file"
            raise SpecError([Problem(f"the text describes {len(found)} networks", found[1].header, hint)])
        if not found:
            raise SpecError([Problem(NOT_SAID, source.span(), COLUMNS_HINT)])
    except SpecError as error:
        spec = Spec(source)
        spec.problems.extend(error.problems)
        return spec
    return found[0].spec


def settings_in(header: Sequence[str]) -> int | None:
    """How many of a header's columns are settings; None if the line is not a header."""
    if not header or folded_heading(header[0]) not in LAYER:
        return None
    return sum(bool(setting_of(text, header)) for text in header[1:])


def _of_table(table: CellTable, source: Source) -> Described | None:
    if table.problems:
        raise SpecError(table.problems)
    if len(table.rows) > MOST_CLAIMS.value + 1:
        raise too_many_rows(table.rows[-1][0][1])
    own = described(*with_settings_apart(table.rows[0], table.rows[1:]), source)
    if own is not None and own.spec.input is None and "input" in table.head:
        text, span = table.head["input"]
        own.spec.input = _input([(text, span)])
    return own


def described(
    header: list[Cell], lines: list[list[Cell]], source: Source, *, sides_only: bool = False
) -> Described | None:
    """The network of a table; None for a table without kernels and strides. What rows do not say is in its problems.

    If the table is about sides of maps and receptive fields only, filters and channels need not be stated.
    """
    reader = _Reader(header, source, sides_only=sides_only)
    if not {"kernel", "stride"} <= set(reader.places):
        return None
    rows = [cells for cells in lines if cells and cells[0][0] and not cells[0][0].startswith("#")]
    reader.name(rows)
    for cells in lines:
        reader.row(cells)
    spec = reader.spec
    spec.items = tuple(reader.items)
    if not spec.items and not spec.problems:
        spec.problems.append(Problem("the table has no layers", header[0][1], "write one in each row"))
    return Described(spec, f"{spec.input}\n" + "\n".join(reader.read), header[0][1], reader.rest, reader.read)


def stated_input(lines: list[list[Cell]]) -> str:
    """The input that a row of its own states, whatever else a table holds; nothing without one."""
    rows = [cells for cells in lines if cells and folded(_bare(cells[0][0])) in INPUTS]
    found = _input(rows[0][1:]) if rows else None
    return "" if found is None else str(found)


class _Reader:
    """Reads the rows of a table one after the other."""

    def __init__(self, header: list[Cell], source: Source, *, sides_only: bool) -> None:
        titles = [text for text, _ in header]
        self.spec = Spec(source)
        self.places: dict[str, int] = {}
        for at, text in enumerate(titles[1:], 1):
            self.places.setdefault(setting_of(text, titles), at)
        headings = list(map(folded_heading, titles))
        self.types = next((at for at, text in enumerate(headings) if text in TYPES), None)
        self.activations = next((at for at, text in enumerate(headings) if at and text in ACTIVATIONS), None)
        self.sources = next((at for at, text in enumerate(titles) if at and is_source(text)), None)
        self.incoming = [at for at, text in enumerate(headings) if at and INCOMING.match(text)]
        self.one_filter = sides_only and "out_channels" not in self.places
        self.outgoing = [at for at, text in enumerate(headings) if at and OUTGOING.fullmatch(bare(text))]
        self.items: list[Item] = []
        self.rest: list[list[Cell]] = []
        self.read: list[str] = [ONE_FILTER] if self.one_filter else []
        self.names: dict[str, str] = {}
        """What the rows are called in the spec, by their folded names; nothing for a name of several rows."""

    def name(self, rows: list[list[Cell]]) -> None:
        """Take the names of all rows."""
        counts = Counter(folded(_bare(cells[0][0])) for cells in rows)
        for cells in rows:
            bare = _bare(cells[0][0])
            name = re.sub(r"\s", "_", bare) if counts[folded(bare)] == 1 else ""
            name = f"{self._kind(cells)}_{name}" if name.lower() in TOTAL else name  # a layer that is called sum
            self.names[folded(bare)] = INPUT if self._is_input(cells) else name if NAME.match(name) else ""

    def row(self, cells: list[Cell]) -> None:
        """Read one row; what is wrong is left in the problems of the spec."""
        if not cells or not cells[0][0] or cells[0][0].startswith("#"):
            self.rest.append(cells)
            return
        first = not self.items
        if self.spec.input is None and (first or self._is_input(cells)):
            places = range(1, len(cells)) if self._is_input(cells) else self.incoming
            found = _input([cells[at] for at in places if at < len(cells)]) or self._sides(cells)
            self.spec.input = found or (self._one_map(cells) if self.one_filter else None)
        if self._is_input(cells):
            of = self.spec.input.span if self.spec.input else None  # what is read as the input is not judged by it
            self.rest.append([(INPUT, cells[0][1]), *(("", at) if at is of else (text, at) for text, at in cells[1:])])
            return
        if self._is_total(cells):
            self.rest.append(cells)
            return
        try:
            self._layer(cells)
        except SpecError as error:
            self.spec.problems.extend(error.problems)

    def _is_input(self, cells: list[Cell]) -> bool:
        return any(folded(_bare(cells[at][0])) in INPUTS for at in (0, self.types or 0) if at < len(cells))

    def _sides(self, cells: list[Cell]) -> InputSize | None:
        """The input whose height, width and channels stand in columns of their own."""
        places = [self.places.get(key, len(cells)) for key in SIDES]
        texts = [undressed(cells[at][0]) for at in places if at < len(cells)]
        if len(texts) < len(SIDES) or not all(text.isdecimal() and len(text) < 7 for text in texts):
            return None
        height, width, channels = map(int, texts)
        return InputSize((height, width), channels, None, cells[places[0]][1])

    def _one_map(self, cells: list[Cell]) -> InputSize | None:
        """The input whose side is stated, and not its channels."""
        places = self.outgoing if self._is_input(cells) else self.incoming
        for text, span in (cells[at] for at in places if at < len(cells)):
            if (found := LENGTHS.match(undressed(text))) and not found[3]:
                return InputSize((int(found[1]), int(found[2] or found[1])), 1, None, span)
        return None

    def _is_total(self, cells: list[Cell]) -> bool:
        """Whether a row is that of the sums, and not of a layer that is called sum."""
        return _bare(cells[0][0]).lower() in TOTAL and not self._of_type(cells)

    def _of_type(self, cells: list[Cell]) -> str:
        return type_of(undressed(cells[self.types][0])) if self.types is not None and len(cells) > self.types else ""

    def _kind(self, cells: list[Cell]) -> str:
        """The layer type of a row, by its column of types or else by its name."""
        return self._of_type(cells) or type_of(undressed(cells[0][0]))

    def _layer(self, cells: list[Cell]) -> None:
        title, span = cells[0]
        kind = self._kind(cells)
        if kind not in CATALOGUE:
            raise SpecError([Problem(f"which type of layer '{title[:SHOWN]}' is, is not told by its name", span, HINT)])
        layer = CATALOGUE[kind]
        used: set[int] = set()
        fields = dict(self._fields(layer, cells, used))
        sources = self._sources(cells)
        name = self.names.get(folded(_bare(title)), "")
        if layer.merges and len(sources) < 2:
            hint = "a column 'from' names them: conv1, conv2"
            raise SpecError([Problem(f"the row '{title[:SHOWN]}' does not say which rows it joins", span, hint)])
        if layer.merges:
            self.items.append(MergeItem(span=span, layer=layer, name=name, sources=sources))
        else:
            arguments = {key: argument for key, (argument, _) in fields.items()}
            self.items.append(LayerItem(span=span, layer=layer, name=name, sources=sources, arguments=arguments))
        said = [f"{key} {text}" for key, (_, text) in fields.items()]
        joined = [f"from {' and '.join(source.name for source in sources)}"] if sources else []
        self.read.append(", ".join((f"{title[:SHOWN]}: {kind}", *said, *joined)))
        used |= {self.sources} if self.sources is not None and sources else set()
        rest = [("", place) if at in used else (text, place) for at, (text, place) in enumerate(cells)]
        self.rest.append([(name or title, span), *rest[1:]])

    def _fields(
        self, layer: type[Layer], cells: list[Cell], used: set[int]
    ) -> Iterator[tuple[str, tuple[Argument, str]]]:
        """What a row says of its layer, and how; raises SpecError if that is not all, or more than it can have."""
        title, span = cells[0]
        for key, names in FIELDS.items():
            place = self.places.get(key, len(cells))
            text, at = cells[place] if place < len(cells) else ("", span)
            text = undressed(text)
            field = next((name for name in names if name in layer.fields), None)
            if field is None and text.lower() not in UNANSWERED and key not in CLAIMED:
                message = f"'{title[:SHOWN]}' has no {names[0]}: {layer.kind} takes none"
                raise SpecError([Problem(message, at, HINT)])
            if field is None or (text.lower() in UNANSWERED and field in DEFAULTED):
                continue
            if field == "filters" and self.one_filter:
                yield field, (Argument.of(1, span), "1")
                continue
            value = _setting(field, text)
            if value is None:
                message = f"the row '{title[:SHOWN]}' does not say the {field} of its layer"
                raise SpecError([Problem(message, at, HINT)])
            used.add(place)
            yield field, (Argument.of(value, at), text)
        if "activation" in layer.fields and self.activations is not None and len(cells) > self.activations:
            text, at = cells[self.activations]
            word = folded(undressed(text))
            if word in {folded(known) for known in ActivationName(None, doc="").words}:
                used.add(self.activations)
                yield "activation", (Argument(type_of(text) or word, at), text)
            elif word not in NO_ACTIVATION and not any(map(str.isdigit, word)):
                raise SpecError([Problem(f"'{text[:SHOWN]}' is not an activation", at, "such as relu, or - for none")])
        missing = [name for name, field in layer.fields.items() if field.required and name not in _known_fields()]
        if missing:
            message = f"the row '{title[:SHOWN]}' does not say the {missing[0]} of its layer, {layer.kind}"
            raise SpecError([Problem(message, span, HINT)])

    def _sources(self, cells: list[Cell]) -> tuple[NameReference, ...]:
        """The layers that the column `from` names."""
        if (
            self.sources is None
            or len(cells) <= self.sources
            or undressed(cells[self.sources][0]).lower() in UNANSWERED
        ):
            return ()
        text, span = cells[self.sources]
        found = []
        for name in READS.findall(undressed(text)[: SHOWN * 10]):
            known = self.names.get(folded(_bare(name)))
            if not known:
                what = "no row is called" if known is None else "several rows are called"
                raise SpecError(
                    [Problem(f"{what} '{name[:SHOWN]}'", span, "'from' names the rows that this one reads")]
                )
            found.append(NameReference(known, span))
        return tuple(found)


def _known_fields() -> set[str]:
    return {name for names in FIELDS.values() for name in names}


def _bare(title: str) -> str:
    """The name of a row without its type in brackets: conv1 (Conv2D)."""
    text = undressed(title).strip()
    bracket = BRACKETED.search(text)
    return text[: bracket.start()].strip() if bracket and bracket.start() else text


def _setting(field: str, text: str) -> Setting | None:
    """The value of a field: one number, one for every axis, or a padding in a word; None for another text."""
    if field == "padding" and text.lower() in ("same", "valid"):
        return "same" if text.lower() == "same" else 0
    numbers = LENGTHS.match(text)
    if not numbers or (numbers[2] and field in ("filters", "units", "groups")) or numbers[3]:
        return None
    one, other = int(numbers[1]), int(numbers[2] or numbers[1])
    return one if one == other else (one, other)


def _input(cells: list[Cell]) -> InputSize | None:
    """The first of some cells that is a volume; channels first where the two sizes behind are one and the same."""
    for text, span in cells:
        bare = undressed(text).strip()
        if found := MAPS.match(bare):
            return InputSize((int(found[2]), int(found[3])), int(found[1]), None, span)
        if found := SHAPE.match(bare):
            one, two, three = map(int, found.groups())
            first = (two == three != one) or (one in (1, 3) and three not in (1, 3) and two > one)
            sizes = (one, two, three) if not first else (two, three, one)
            return InputSize(sizes[:2], sizes[2], None, span)
    return None
