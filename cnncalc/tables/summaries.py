"""What Keras and torchsummary print of a model -> PrintOut: its rows, cells that are broken over lines put together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.tables.print_lines import MEBIBYTE, PrintLine, line_with, print_lines
from cnncalc.tables.print_out import Number, PrintOut, Row

BORDER = "\u2502\u2503|"
HEADER = re.compile(r"^[^\w\n]*Layer \(type\)[^\w,;\n]+Output Shape[^\w,;\n]+Param #", re.MULTILINE)
TITLES = ("Layer (type)", "Output Shape", "Param #")
TRAINABLE = "Traina"
"""The column that says what is trained, the title of which may be broken."""
CONNECTED = "Connected to"
"""The column that names the inputs of a layer."""
ROW = re.compile(
    r"\s*(\S.*?)\s+(multiple|\?|[\[(]+(?:None|-?[0-9]+|\?).*?[)\]]+)\s+([0-9][0-9,]*(?: \(unbuilt\))?|\?)(?:\s|\Z)"
)
"""A row without borders: Keras 2 may leave a single blank between two cells."""
FOOT = re.compile(
    r"\W*(Total params|Trainable params|Non-trainable params|Optimizer params|Input size \(MB\)|"
    r"Forward/backward pass size \(MB\)|Params size \(MB\)|Estimated Total Size \(MB\)):\s*"
    r"([0-9][0-9,.]*)(?:\s*\(([0-9][0-9,.]*) ?([KMGT]?B)(?:yte)?\))?"
)
FEET = {
    "Total params": "params", "Trainable params": "trainable", "Non-trainable params": "non_trainable",
    "Optimizer params": "optimizer", "Input size (MB)": "input bytes",
    "Forward/backward pass size (MB)": "pass bytes", "Params size (MB)": "params bytes",
    "Estimated Total Size (MB)": "all bytes",
}  # fmt: skip
BYTES = {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
RULE = re.compile(r"[\s=_\u00af\u2500-\u257f+|-]*\Z")
SECOND = re.compile(r"[)(\w]{1,60}\)?\Z")
"""The rest of a name that was too long for its column."""
NAME = re.compile(r"(?P<nest>[ \u2514\u2502|]*)(?P<name>[^(]*?)\s*(?:\((?P<type>[^()]*)\)?\s*)?\Z")
MODULE = re.compile(r"([A-Za-z_]\w*)-[0-9]+\Z")
"""A row of torchsummary: the class, and a number."""
READ = re.compile(r"(?<![\w/.\[-])(?:[\w/.-]+(?:\[[0-9]*\u2026?|\u2026)|[\w/.-]+\u2026?(?=\[))")


def recognises(source: Source) -> bool:
    """Whether a text holds a summary: by the header that Keras and torchsummary print."""
    return line_with(source, HEADER) is not None


def extent(source: Source) -> tuple[int, int]:
    """The first and the last line of the summary in a text, with its title and its rules."""
    first = last = line_with(source, HEADER) or 0
    while first and (RULE.match(source.lines[first - 1]) or source.lines[first - 1].startswith("Model: ")):
        first -= 1
    feet = [number for number in range(last, len(source.lines)) if FOOT.match(source.lines[number])]
    last = feet[-1] if feet else last
    while last + 1 < len(source.lines) and RULE.match(source.lines[last + 1]):
        last += 1
    return first, last


class _Cells:
    """A row that may go on in the next line: the texts of its columns, and the place of each."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.spans: list[Span] = []

    def extend(self, cells: list[tuple[str, Span]]) -> None:
        """Take the cells of one more line."""
        for place, (text, span) in enumerate(cells):
            if place == len(self.texts):
                self.texts.append(text)
                self.spans.append(span)
            elif text.strip():
                joint = " " if place in (1, 3) else ""
                self.spans[place] = self.spans[place] if self.texts[place].strip() else span
                self.texts[place] = self.texts[place].rstrip() + joint + text.strip()


def print_out(source: Source) -> tuple[PrintOut, Span]:
    """The rows below the header, and the sums below these; and the place of the header. Raises SpecError."""
    lines = print_lines(source, line_with(source, HEADER) or 0)
    header = next(lines)
    out = PrintOut("keras", named=True, complete=True, channels_first=None, hides=True, statistics=True)
    for cells in _rows(header, lines, out):
        out.rows.append(_row(cells))
    if not out.foot:
        hint = "paste all of it"
        raise SpecError([Problem("the summary has no line 'Total params'", header.span(TITLES[0]), hint)])
    if out.rows and all(MODULE.match(row.name) for row in out.rows):
        out = PrintOut("torchsummary", out.rows, out.foot, every_output=True)
        for row in out.rows:
            row.type = row.name.rpartition("-")[0]
    return out, header.span(TITLES[0])


def _rows(header: PrintLine, lines: Iterator[PrintLine], out: PrintOut) -> Iterator[_Cells]:
    """The rows, each with all its lines; what is at the foot goes into `out`."""
    bordered = any(mark in header.text[header.text.find(TITLES[0]) :] for mark in BORDER)
    connected, trained = header.text.find(CONNECTED), header.text.find(TRAINABLE)
    row = _Cells()
    for line in lines:
        if foot := FOOT.match(line.text):
            _foot(line, foot, out)
            continue
        if out.foot:
            if not RULE.match(line.text):
                break
            continue
        if RULE.match(line.text):
            if bordered and any(map(str.strip, row.texts)):
                yield row
                row = _Cells()
            continue
        cells = _bordered(line) if bordered else _plain(line, connected, trained)
        new = len(cells) > 1 and all(text.strip() for text, _ in cells[1:3])
        if not bordered and new and row.texts:
            yield row
            row = _Cells()
        elif (not new and not row.texts) or (not bordered and not new and not _continues(cells)):
            raise SpecError([Problem("this line of the summary is not understood", line.span(line.text.strip()))])
        row.extend(cells)
        if trained > 0 and len(row.texts) > 3:
            row.texts[3:] = [row.texts[3] if connected > 0 else "", row.texts[-1]]
            row.spans[3:] = [row.spans[3], row.spans[-1]]
    if row.texts:
        yield row


def _continues(cells: list[tuple[str, Span]]) -> bool:
    """Whether a line goes on with a name, or with the inputs of the row above."""
    return not cells[0][0].strip() or SECOND.match(cells[0][0].strip()) is not None


def _bordered(line: PrintLine) -> list[tuple[str, Span]]:
    """The cells of a line between its borders."""
    return [
        (part[0], line.span(part[0].strip(), part.start())) for part in re.finditer(rf"[^{BORDER}]+", line.text.strip())
    ]


def _plain(line: PrintLine, connected: int, trained: int) -> list[tuple[str, Span]]:
    """The cells of a line without borders; a nested row of Keras 2 stands between lines."""
    starts = [start for start in (connected, trained) if start > 0]
    ends = [*starts[1:], None]
    text = line.text[: starts[0]] if starts else line.text
    level = len(text) - len(text.lstrip("|"))
    text = " " * level + text[level:].rstrip("| ")
    more = [("", line.span())] * 2 if starts else []
    more += [(line.text[start:end].strip("| "), line.span()) for start, end in zip(starts, ends, strict=False)]
    if row := ROW.match(text):
        name = "   " * level + row[1]
        cells = [(name, line.span(row[1]))] + [
            (row[group], line.span(row[group], row.start(group))) for group in (2, 3)
        ]
        return cells + more[2:]
    return [(text.strip(), line.span(text.strip())), *more]


def _row(cells: _Cells) -> Row:
    """A row of its cells: name with type, shape, parameters, inputs, and whether it is trained."""
    texts = [*cells.texts, "", "", "", "", ""]
    match = NAME.match(texts[0].removeprefix(" ") if texts[0][:1] == " " and texts[0][:3] != "   " else texts[0])
    name, kind = (match["name"], match["type"] or "") if match else (texts[0].strip(), "")
    nest = len(match["nest"].replace("\u2514 ", "")) // 3 if match else 0
    row = Row(name.strip(), kind.strip(), cells.spans[0], depth=nest, frozen=texts[4].strip() == "N")
    for quantity, place in (("output", 1), ("params", 2)):
        text = " ".join(texts[place].split()).removesuffix(" (unbuilt)")
        row.numbers.append(Number(quantity, text, cells.spans[min(place, len(cells.spans) - 1)]))
    row.sources = tuple(READ.findall(texts[3]))
    return row


def _foot(line: PrintLine, foot: re.Match[str], out: PrintOut) -> None:
    quantity = FEET[foot[1]]
    scale = MEBIBYTE if quantity.endswith("bytes") else Fraction(1)
    out.foot.append(Number(quantity, foot[2], line.span(foot[2], foot.start(2)), scale))
    if foot[3]:
        out.foot.append(
            Number(f"{quantity} bytes", foot[3], line.span(foot[3], foot.start(3)), Fraction(BYTES[foot[4]]))
        )
