"""A model as PyTorch prints it, with counts in it -> claims: a row for every module, those inside it below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cnncalc.check.prints.enter import enter
from cnncalc.check.readers.reading import Reading
from cnncalc.errors import Problem, SpecError
from cnncalc.tables.print_lines import PrintLine, print_lines
from cnncalc.tables.print_out import Number, PrintOut, Row

OPENS = re.compile(r"(?P<indent>\s*)(?:\((?P<name>[^()]*)\): )?(?P<type>[A-Za-z_]\w*)\(")
ARGUMENT = re.compile(
    r"(?P<key>kernel_size|stride|padding|dilation|groups|in_features|out_features)="
    r"(?P<value>\([0-9][0-9, ]{0,30}\)|[0-9]+)"
    r"|(?<![0-9])(?P<in_channels>[0-9]{1,9}), (?P<out_channels>[0-9]{1,9})(?=, kernel_size=)"
)
QUANTITIES = {
    "kernel_size": "kernel", "stride": "stride", "padding": "layer_padding", "dilation": "dilation", "groups": "groups",
    "in_features": "in_channels", "out_features": "out_channels",
}  # fmt: skip
WITH_ARGUMENTS = ("Conv", "Linear", "MaxPool", "AvgPool")
"""The beginnings of the classes whose arguments are those of the layers."""
Statistics = Callable[[PrintLine, Row], bool]
"""Takes the counts of a row from a line, and says whether there were any."""
Foot = Callable[[PrintLine], list[Number]]


def read_modules(reading: Reading, out: PrintOut, statistics: Statistics, foot: Foot = lambda line: []) -> None:
    """Read the modules into `out`, each with the counts in its line or below it, and what stands at the foot."""
    indents: list[int] = []
    names: list[str] = []
    for line in print_lines(reading.source):
        if found := foot(line):
            out.foot += found
            continue
        match = OPENS.match(line.text)
        if match and (match["name"] is not None or not out.rows or not indents):
            indent = len(match["indent"])
            if match["name"] is None and out.rows:
                continue
            while indents and indents[-1] >= indent:
                indents.pop()
                names.pop()
            names.append(match["name"] or match["type"])
            name = ".".join(names[1:]) or names[0]
            out.rows.append(Row(name, match["type"], line.span(match["name"] or match["type"]), depth=len(indents)))
            indents.append(indent)
        if out.rows:
            statistics(line, out.rows[-1])
            out.rows[-1].arguments += _arguments(line, out.rows[-1])
        elif match is None and not out.rows:
            continue
    while out.rows and not out.rows[0].numbers:  # a call that was pasted, too
        del out.rows[0]
    if not out.rows:
        raise SpecError([Problem("the print-out has no modules", reading.source.span(), "paste all of it")])
    if not _closed(reading):
        message = "the print-out ends before its last bracket"
        raise SpecError([Problem(message, reading.source.span(len(reading.source.lines) - 1), "paste all of it")])
    enter(reading, out, out.rows[0].span)
    message = (
        "of the arguments of modules those of convolutions, linear layers and pools are read, as kernel_size=(3, 3)"
    )
    reading.note(message, out.rows[0].span)


def _arguments(line: PrintLine, row: Row) -> Iterator[Number]:
    """What a line says of the module: its channels, its kernel, its stride."""
    if not row.type.startswith(WITH_ARGUMENTS) or "Transpose" in row.type:
        return
    for match in ARGUMENT.finditer(line.text):
        for group in ("value",) if match["key"] else ("in_channels", "out_channels"):
            quantity = QUANTITIES[match["key"]] if match["key"] else group
            yield Number(quantity, match[group], line.span(match[group], match.start(group)))


def _closed(reading: Reading) -> bool:
    """Whether the brackets of the modules close."""
    depth = 0
    for line in reading.source.lines:
        depth += line.count("(") - line.count(")")
    return depth <= 0
