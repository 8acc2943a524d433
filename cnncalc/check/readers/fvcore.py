"""What fvcore prints of a model -> claims: its tables of FLOPs and of parameters, and the model with its counts."""

from __future__ import annotations

import re
from collections import defaultdict

from cnncalc.check.prints.enter import enter
from cnncalc.check.readers.modules import read_modules
from cnncalc.check.readers.reading import Reading
from cnncalc.errors import Problem, Source, SpecError
from cnncalc.tables.print_lines import PrintLine, line_with, number_with_unit, print_lines, without_colours
from cnncalc.tables.print_out import PrintOut, Row

TABLE = re.compile(r"^[^\w|\n]*\|\s*(?:module|name)\s*\|\s*#(?:parameters|elements)(?: or shape)?\s*\|", re.MULTILINE)
MODEL = re.compile(r"#params: [0-9.]+[KMGTP]?, #flops: (?:[0-9.]+[KMGTP]?|N/A)")
STATISTICS = re.compile(r"#(params|flops|acts): ([0-9][0-9.]*[KMGTP]?|N/A)")
QUANTITIES = {
    "#parameters": "params", "#parameters or shape": "params", "#elements or shape": "params",
    "#flops": "flops", "#activations": "activations", "params": "params", "flops": "flops", "acts": "activations",
}  # fmt: skip
NUMBER = re.compile(r"[0-9][0-9.]*[KMGTP]?\Z")
RULE = re.compile(r"\s*\|?[\s:|-]*\Z")


def recognises(source: Source) -> bool:
    """Whether a text holds one of them."""
    text = without_colours(source)
    return TABLE.search(text) is not None or MODEL.search(text) is not None


def read(reading: Reading) -> None:
    """Read the table, or else the model."""
    start = line_with(reading.source, TABLE)
    if start is None:
        read_modules(reading, PrintOut("fvcore", in_order=False, of_functions=True), _statistics)
        return
    lines = print_lines(reading.source, start)
    header = next(lines)
    titles = [cell.strip() for cell in header.text.strip().strip("|").split("|")]
    rows: list[Row] = []
    for line in lines:
        if RULE.match(line.text):
            if line.text.strip():
                continue
            break
        if not line.text.lstrip().startswith("|"):
            break
        rows.append(_row(line, titles))
    out = PrintOut("fvcore", _in_tree(rows), in_order=False, typed=False, hides=True, of_functions=True)
    if not rows:
        raise SpecError([Problem("the table has no rows", header.span(), "paste all of it")])
    enter(reading, out, header.span(titles[0]))


def _row(line: PrintLine, titles: list[str]) -> Row:
    cells = line.text.strip().removeprefix("|").removesuffix("|").split("|")
    if len(cells) != len(titles):
        message = f"this row has {len(cells)} cells, and the header {len(titles)}"
        raise SpecError([Problem(message, line.span(line.text.strip()), "paste all of it")])
    name = cells[0].strip()
    row = Row(name, "", line.span(name))
    start = line.text.index("|", 1)
    for title, cell in zip(titles[1:], cells[1:], strict=True):
        text = cell.strip()
        quantity = QUANTITIES.get(title, "")
        if text.startswith("("):
            row.parameter = True
            quantity = "biases" if name.rpartition(".")[2] == "bias" else "weights"
        if text and not quantity:
            raise SpecError([Problem(f"the column '{title}' is not known", line.span(text, start))])
        row.numbers.append(number_with_unit(quantity, line, text, start))
        start += len(cell) + 1
    row.numbers = [number for number in row.numbers if number.text]
    return row


def _in_tree(rows: list[Row]) -> list[Row]:
    """The rows with those inside a module below it, wherever they stand: those without parameters come last."""
    if not rows:
        return rows
    names = {row.name for row in rows[1:]}
    inside: dict[str, list[Row]] = defaultdict(list)
    for row in rows[1:]:
        above = row.name.rpartition(".")[0]
        while above and above not in names:
            above = above.rpartition(".")[0]
        inside[above].append(row)
    found, waiting = [rows[0]], [(row, 1) for row in reversed(inside[""])]
    while waiting:
        row, row.depth = waiting.pop()
        found.append(row)
        waiting.extend((each, row.depth + 1) for each in reversed(inside.pop(row.name, [])))
    return found


def _statistics(line: PrintLine, row: Row) -> bool:
    """Take the counts of a module from a line."""
    found = list(STATISTICS.finditer(line.text))
    for match in found:
        if match[2] != "N/A":
            row.numbers.append(number_with_unit(QUANTITIES[match[1]], line, match[2], match.start(2)))
    return bool(found)
