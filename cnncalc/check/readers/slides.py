"""The lines of the lecture slides on VGG, as `cnncalc NAME --format slide` prints them, too -> claims."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from cnncalc.check.matching import matched
from cnncalc.check.readers.reading import Reading
from cnncalc.check.readers.rows import read_rows
from cnncalc.errors import Source, Span
from cnncalc.tables import markdown
from cnncalc.tables.cells import Cell, CellTable

LINE = re.compile(
    r"^[ \t]*(?P<name>[A-Za-z][^:\[\]\n]{0,60}):?[ \t]*\[(?P<output>[^\[\]\n]{1,60})\][ \t]*"
    r"memory:[ \t]*(?P<memory>[^:\n]{1,90}?)[ \t]+params:[ \t]*(?P<params>[^:\n]{1,200}?)[ \t\r]*$",
    re.MULTILINE,
)
TOTAL = re.compile(
    r"^[ \t]*TOTAL (?P<of>memory|params):[ \t]*(?P<number>[^:\n(]{1,90}?)(?:[ \t]*\([^\n]{0,90})?[ \t\r]*$",
    re.MULTILINE,
)
WORD = re.compile(r"[A-Za-z]+")
COLUMNS = ("output", "memory", "params")
TOTALS = {"memory": "memory_bytes", "params": "params"}


def recognises(source: Source) -> bool:
    """Whether a text has such lines, and is no Markdown around them."""
    return not source.name.lower().endswith(markdown.NAMES) and LINE.search(source.text) is not None


def read(reading: Reading) -> None:
    """Read a row for every line: the volume, the values of it, and the working of the parameters."""
    rows: list[list[Cell]] = []
    biases = False
    for number, line in enumerate(reading.source.lines):
        span = reading.source.span(number)
        if match := LINE.match(line):
            word = WORD.match(match["name"])
            name = f"{match['name']} ({word[0] if word else ''})"
            rows.append([_cell(match, "name", span, name), *(_cell(match, key, span) for key in COLUMNS), ("", span)])
            biases = biases or "+" in match["params"]
        elif match := TOTAL.match(line):
            cells = {TOTALS[match["of"]]: _cell(match, "number", span)}
            rows.append([("total", span), *(cells.get(key, ("", span)) for key in (*COLUMNS, "memory_bytes"))])
    place = rows[0][0][1]
    _set_context(reading, place, biases)
    values = ("activations", "memory_bytes")
    if reading.overrides.context.convention.activation_rules:  # slides print the output, whatever a program holds
        values = ("output_values", "")
        reading.note("the total memory is not read: the convention counts activations in another way", place)
    header = [(title, place) for title in ("layer", "output", values[0], "params", values[1])]
    read_rows(reading, CellTable([header, *rows]), partial(matched, named=False))


def _cell(match: re.Match[str], key: str, span: Span, text: str = "") -> Cell:
    return text or match[key].strip(), span.part(match.start(key) - span.column, len(match[key].strip()))


def _set_context(reading: Reading, place: Span, biases: bool) -> None:
    """Count as slides do: a K with two digits, one image, and no biases if they have none and nothing else is set."""
    overrides = reading.overrides
    context = replace(overrides.context, zeros="blank", batch=1)
    if not biases and context.convention.bias and overrides.named.isdisjoint(("bias", "convention")):
        context = replace(context, convention=context.convention._replace(bias=False))
        reading.note("read as slides print it: parameters without biases (--bias counts them), memory in values", place)
    reading.overrides = replace(overrides, context=context)
