"""What torchinfo prints of a model -> PrintOut: a row for every module, those inside it below it, and the sums."""

from __future__ import annotations

import re
from fractions import Fraction

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.tables.print_lines import MEGABYTE, PrintLine, line_with, print_lines, without_colours
from cnncalc.tables.print_out import Number, PrintOut, Row

HEADER = re.compile(r"^[^\n]*\bLayer \(type(?:(?: \(var_name\))?:depth-idx| \(var_name\))\)", re.MULTILINE)
PLAIN = re.compile(r"^[^\n]*\bLayer \(type\) ", re.MULTILINE)
MULT_ADDS = re.compile(r"^[^\n]*\bTotal mult-adds\b", re.MULTILINE)
COLUMNS = {
    "Kernel Shape": "kernel",
    "Input Shape": "input",
    "Output Shape": "output",
    "Param #": "params",
    "Param %": "share",
    "Mult-Adds": "macs",
    "Trainable": "trainable",
}
TITLE = re.compile("|".join(map(re.escape, COLUMNS)))
ROW = re.compile(
    r"(?P<above>(?:[\u2502|] {4}| {5})*)(?P<mark>[\u251c\u2514][\u2500-]|\+ )?(?P<type>[^\s:(]+)"
    r"(?: \((?P<name>[^()\s]*)\))?(?:: (?P<depth>[0-9]+)(?:-(?P<index>[0-9]+))?)?(?=\s|\Z)"
)
CELL = re.compile(r"\[[^\]]*\]|\S+")
PARAMETER = re.compile(r"[\u251c\u2514][\u2500-]")
RULE = re.compile(r"\s*=+\s*\Z|\s*\Z")
FOOT = re.compile(r"\s*(Total params|Trainable params|Non-trainable params|Total mult-adds|Input size|"
                  r"Forward/backward pass size|Params size|Estimated Total Size)"
                  r"(?: \((?:Units\.)?(\w+)\))?: ([0-9][0-9,.]*)\s*\Z")  # fmt: skip
FEET = {
    "Total params": "params", "Trainable params": "trainable", "Non-trainable params": "non_trainable",
    "Total mult-adds": "macs", "Input size": "input bytes", "Forward/backward pass size": "pass bytes",
    "Params size": "params bytes", "Estimated Total Size": "all bytes",
}  # fmt: skip
SCALES = {"": 1, "MB": 10**6, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
          "MEGABYTES": 10**6, "GIGABYTES": 10**9, "TERABYTES": 10**12}  # fmt: skip


def recognises(source: Source) -> bool:
    """Whether a text holds such a table: by its header, or for a plain header by the line of its mult-adds."""
    return _header(source) is not None


def _header(source: Source) -> int | None:
    """The line of the header."""
    found = line_with(source, HEADER)
    return line_with(source, PLAIN) if found is None and MULT_ADDS.search(without_colours(source)) else found


def extent(source: Source) -> tuple[int, int]:
    """The first and the last line of the table in a text, with its rules and the sums below it."""
    first = last = _header(source) or 0
    while first and RULE.match(source.lines[first - 1]):
        first -= 1
    feet = [number for number in range(last, len(source.lines)) if FOOT.match(source.lines[number])]
    last = feet[-1] if feet else last
    while last + 1 < len(source.lines) and RULE.match(source.lines[last + 1]):
        last += 1
    return first, last


def print_out(source: Source) -> tuple[PrintOut, Span]:
    """The rows, and the sums below them; and the place of the header. Raises SpecError."""
    out = PrintOut("torchinfo", hides=True, of_batch=True, own_params=True)
    lines = print_lines(source, _header(source) or 0)
    header = next(lines)
    columns = [COLUMNS[title] for title in TITLE.findall(header.text)]
    names: list[str] = []
    for line in lines:
        if foot := FOOT.match(line.text):
            unit = Fraction(SCALES.get(foot[2] or "", 1))
            scale = MEGABYTE if FEET[foot[1]].endswith("bytes") else unit
            out.foot.append(Number(FEET[foot[1]], foot[3], line.span(foot[3], line.text.index(":")), scale))
            if foot[1] == "Estimated Total Size":
                break
        elif RULE.match(line.text):
            continue
        elif out.foot:
            break
        else:
            _row(line, columns, out, names)
    if not out.foot:
        message = "the summary has no line 'Total params'"
        raise SpecError([Problem(message, header.span(header.text.strip()), "paste all of it")])
    return out, header.span()


def _row(line: PrintLine, columns: list[str], out: PrintOut, names: list[str]) -> None:
    """A row; names of variables are put together to a path, which no other row has."""
    match = ROW.match(line.text.lstrip("\ufeff"))
    cells = CELL.findall(line.text, match.end()) if match else []
    if match is None or len(cells) > len(columns) or not cells:
        raise SpecError([Problem("this line of the summary is not understood", line.span(line.text.strip()))])
    if any(PARAMETER.match(cell) for cell in cells):
        quantity = "biases" if match["type"].rpartition(".")[2].startswith("bias") else "weights"
        owner = next((row.name for row in reversed(out.rows) if not row.parameter), "")
        row = Row(f"{owner}.{match['type']}", "", line.span(match["type"]), sources=(owner,), parameter=True)
        row.numbers += [Number(quantity, PARAMETER.sub("", cell), line.span(PARAMETER.sub("", cell))) for cell in cells]
        out.rows.append(row)
        return
    depth = int(match["depth"]) if match["depth"] else len(match["above"]) // 5 + bool(match["mark"])
    name = match[0][match.start("type") :]
    if match["name"] and match["depth"] is None:
        del names[depth:]
        names.append(match["name"])
        name = "/".join(names[1:]) or match["name"]
    if len(cells) < len(columns):
        raise SpecError(
            [Problem("this row has fewer numbers than the header", line.span(line.text.strip()), "paste all of it")]
        )
    row = Row(name, match["type"], line.span(match["type"]), depth=depth)
    start = match.end()
    for quantity, cell in zip(columns, cells, strict=True):
        start = max(line.span(cell, start).column, start)
        if quantity == "trainable":
            row.frozen = row.frozen or cell == "False"
            continue
        share = quantity == "share"
        scale = MEGABYTE / 10**8 if share else MEGABYTE / 10**6
        row.numbers.append(Number("params" if share else quantity, cell, line.span(cell, start), scale, share))
        row.frozen = row.frozen or (quantity == "params" and cell.startswith("(") and cell != "(recursive)")
        start += len(cell)
    out.rows.append(row)
