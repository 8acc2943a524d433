"""What ptflops prints of a model -> claims: the model with its counts, the operators of its modules, the totals."""

from __future__ import annotations

import re

from cnncalc.check.prints.enter import enter
from cnncalc.check.readers.modules import read_modules
from cnncalc.check.readers.reading import Reading
from cnncalc.errors import Source
from cnncalc.tables.print_lines import PrintLine, number_with_unit, print_lines, without_colours
from cnncalc.tables.print_out import Number, PrintOut, Row

STATISTICS = re.compile(
    r"(?<![0-9.])([0-9][0-9.]*(?: [kKMB])?), ([0-9.]+%) Params, ([0-9][0-9.]* [KMGT]?Mac), ([0-9.]+%) MACs"
)
ATEN = re.compile(r"^[ \t]*Total:[ \t]*([0-9][0-9.]* [KMGT]?Mac)[ \t\r]*$", re.MULTILINE)
MACS = re.compile(
    r"(?:Computational complexity|FLOPs|MACs):\s*([0-9][0-9.]* [KMGT]?Mac)\s*\Z|\('([0-9][0-9.]* [KMGT]?Mac)', "
)
PARAMS = re.compile(
    r"(?:Number of parameters|Params):\s*([0-9][0-9.]*(?: [kKMB])?)\s*\Z|\('[^']*', '([0-9][0-9.]*(?: [kKMB])?)'\)"
)
MODULE = re.compile(r"\s*Module:\s+(\S+)\s*\Z")
OPERATOR = re.compile(r"\s*aten\.(\w+): ([0-9][0-9.]* [KMGT]?Mac)\s*\Z")


def recognises(source: Source) -> bool:
    """Whether a text holds a model with shares of parameters and MACs, or the operators of one."""
    text = without_colours(source)
    return STATISTICS.search(text) is not None or ATEN.search(text) is not None


def read(reading: Reading) -> None:
    """Read the modules, or the operators."""
    if STATISTICS.search(without_colours(reading.source)):
        read_modules(reading, PrintOut("ptflops", in_order=False, functional="ptflops-functional"), _statistics, _foot)
    else:
        _operators(reading)


def _statistics(line: PrintLine, row: Row) -> bool:
    match = STATISTICS.search(line.text)
    if match is None or row.numbers:
        return False
    for group, quantity in enumerate(("params", "params", "macs", "macs"), start=1):
        share = match[group].endswith("%")
        row.numbers.append(number_with_unit(quantity, line, match[group], match.start(group), share=share))
    return True


def _foot(line: PrintLine) -> list[Number]:
    found = []
    for quantity, pattern in (("macs", MACS), ("params", PARAMS)):
        if match := pattern.search(line.text):
            text = match[1] or match[2]
            found.append(number_with_unit(quantity, line, text, line.text.index(text)))
    return found


def _operators(reading: Reading) -> None:
    """Read what the backend aten prints: MACs by operator, of the whole model and of the modules directly in it."""
    out = PrintOut("ptflops-aten", in_order=False, operators=True)
    place = reading.source.span()
    module = ""
    for line in print_lines(reading.source):
        if match := ATEN.match(line.text):
            place = line.span(match[1])
            out.foot.append(number_with_unit("macs", line, match[1], match.start(1)))
        elif match := MODULE.match(line.text):
            module = match[1]
            if module != "Global":
                out.rows.append(Row(module, "", line.span(module)))
        elif match := OPERATOR.match(line.text):
            number = number_with_unit(f"macs {match[1]}", line, match[2], match.start(2))
            (out.foot if module in ("", "Global") else out.rows[-1].numbers).append(number)
        else:
            out.foot += _foot(line)
    enter(reading, out, place)
