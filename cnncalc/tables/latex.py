r"""LaTeX, a report among other text -> its tables: every tabular or longtable whose header begins with a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import MOST_CLAIMS, MOST_COLUMNS, Limit
from cnncalc.tables import csv, markdown
from cnncalc.tables.cells import HEADER_WITHIN, UNANSWERED, Cell, CellTable, Known, header_among
from cnncalc.tables.latex_cells import LONGEST, Cells, cells_of, without_rules
from cnncalc.tables.places import Places

NAMES = (".tex", ".latex", ".ltx")
ARGUMENTS = {"tabular": 1, "tabular*": 2, "tabularx": 2, "tabulary": 2, "longtable": 1}
"""The environments that are tables, and how many groups follow their name: a width, the columns."""
BEGIN = re.compile(r"\\begin\{(?:tabular[xy*]?|longtable)\}")
TOKEN = re.compile(
    r"(?P<comment>%[^\n]*\n?[ \t]*)"
    r"|(?P<row>(?:\\\\\*?|\\tabularnewline(?![A-Za-z]))(?:[ \t]*\[[^]\n]{0,40}\])?)"
    r"|\\begin\{(?P<begin>[A-Za-z]{1,20}\*?)\}|(?P<end>\\end\{[A-Za-z]{1,20}\*?\})"
    r"|\\.|(?P<open>\{)|(?P<close>\})|(?P<next>&)",
    re.DOTALL,
)
OPTION = re.compile(r"\s{0,9}\[[^]\n]{0,40}\]")
BLANKS = re.compile(r"\s{0,9}")
BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
MARKS = re.compile(r"\s*\\(endfirsthead|endhead|endfoot|endlastfoot)(?![A-Za-z])")
"""What ends a part of a longtable that is repeated on every page."""
HINT = "a table begins with a header such as layer & output & params"


class Row(NamedTuple):
    """The cells of a row as they stand in the text, and the parts of a longtable that end before it."""

    pieces: list[Cell]
    ended: list[str]


def recognises(source: Source) -> bool:
    r"""Whether a text is LaTeX: by its name, or by a table in a text whose name does not say what it is."""
    name = source.name.lower()
    if name.endswith(NAMES):
        return True
    others = (*markdown.NAMES, *csv.YAML_NAMES, ".csv", ".tsv")
    return not name.endswith(others) and BEGIN.search(source.text) is not None


def tables(source: Source, known: Known) -> Iterator[CellTable]:
    """Every table that has a layer in each row; other text and other tables say nothing. Raises SpecError for none."""
    found: list[CellTable] = []
    others: list[list[list[Cell]]] = []
    for rows in _tables(source):
        lines = _spread([cells_of(row) for row in _without_repeated(rows)])
        start = header_among([[text for text, _ in cells.texts] for cells in lines], known)
        if start is None:
            others.append([cells.texts for cells in lines if cells.texts])
            continue
        found.append(CellTable([]))
        found[-1].rows += [cells.texts for cells in lines[start:] if _is_row(found[-1], cells)]
    if not found:
        raise SpecError([Problem("the text contains no table of layers", source.span(), HINT)])
    found[0].others = others
    yield from found


def _is_row(table: CellTable, cells: Cells) -> bool:
    """Whether a row has numbers; a title over several columns has none. A number over several columns is refused."""
    (title, place), *others = cells.texts
    filled = [text for text, _ in others if text.lower() not in UNANSWERED]
    if cells.wide and cells.wide[0] == 0 and not filled:
        table.notes.append(Problem(f"the row '{title[:60]}' is a title and is ignored", place))
        return False
    for column in cells.wide:
        text, span = cells.texts[column]
        if column and text.lower() not in UNANSWERED:
            message = f"'{text[:60]}' stands over several columns: which of them it is a number of is not said"
            hint = "write it in each of the columns, without \\multicolumn"
            table.problems.append(Problem(message, span, hint))
    return bool(title or filled)


def _spread(table: list[Cells]) -> list[Cells]:
    r"""The table with the text of each \multirow in all of its rows."""
    for number, cells in enumerate(table):
        for column, rows in cells.tall:
            for below in table[number + 1 : number + rows]:
                if len(below.texts) > column and not below.texts[column][0]:
                    below.texts[column] = (cells.texts[column][0], below.texts[column][1])
    return table


def _without_repeated(rows: list[Row]) -> list[list[Cell]]:
    """The rows of a table without the heads and feet of its later pages."""
    kept: list[list[Cell]] = []
    since, headed = 0, False
    for row in rows:
        for mark in row.ended:
            if mark == "endfoot" or (mark == "endhead" and headed):
                del kept[since:]
            headed = headed or mark in ("endfirsthead", "endhead")
            since = len(kept)
        kept.append(row.pieces)
    return [pieces for pieces in kept if any(text for text, _ in pieces)]


# Text -> rows -----------------------------------------------------------------------------------


def _tables(source: Source) -> Iterator[list[Row]]:
    """The rows of every table; one inside a cell of another is a part of that cell. Raises SpecError without an end."""
    places, text, at = Places(source), source.text, 0
    left = MOST_CLAIMS.value + HEADER_WITHIN
    while token := TOKEN.search(text, at):
        at = token.end()
        if token["begin"] in ARGUMENTS:
            rows, at = _table(places, at, ARGUMENTS[token["begin"]], left)
            left -= len(rows)
            yield rows


def _table(places: Places, at: int, arguments: int, most: int) -> tuple[list[Row], int]:
    """The rows of the table that begins here, of which there are at `most` so many, and where it ends."""
    text, begin = places.source.text, at
    at = _after_arguments(places, at, arguments)
    rows, depth = [Row([], [])], 0
    parts, start, copied = [""], at, at
    for token in TOKEN.finditer(text, at):
        kind = token.lastgroup
        depth += (kind in ("open", "begin")) - (kind in ("close", "end"))
        ended = depth < 0
        if kind == "comment" or ended or (depth == 0 and kind in ("row", "next")):
            parts.append(text[copied : token.start()])
            copied = token.end()
        if kind == "comment" or not (ended or (depth == 0 and kind in ("row", "next"))):
            continue
        _enter(places, rows[-1], "".join(parts), start)
        if ended:
            return rows, token.end()
        parts, start = [], copied
        if kind == "row":
            rows.append(Row([], []))
        if len(rows) > most or len(rows[-1].pieces) > MOST_COLUMNS.value:
            raise _too_many(places.span(start), MOST_CLAIMS if len(rows) > most else MOST_COLUMNS)
    raise SpecError([Problem("this table has no end", places.span(begin), "write \\end{tabular} behind its last row")])


def _too_many(span: Span, most: Limit) -> SpecError:
    what = "the line has more columns than" if most is MOST_COLUMNS else "the tables have more rows than"
    return SpecError([Problem(f"{what} {most}, the limit", span, most.hint)])


def _enter(places: Places, row: Row, text: str, start: int) -> None:
    """A cell, of which the first of a row stands behind rules and marks of pages."""
    while not row.pieces and text:
        text = without_rules(text)
        if not (mark := MARKS.match(text)):
            break
        row.ended.append(mark[1])
        text = text[mark.end() :]
    text = " ".join(text.split()) if len(text) <= LONGEST else text.strip()
    found = places.source.text.find(text[:9], start, start + LONGEST) if text else start
    row.pieces.append((text, places.span(max(found, start), len(text))))


def _after_arguments(places: Places, at: int, count: int) -> int:
    """Where the arguments of a table end: a place in brackets, and groups."""
    text = places.source.text
    option = OPTION.match(text, at)
    at = option.end() if option else at
    for _ in range(count):
        blanks = BLANKS.match(text, at)
        at, depth = blanks.end() if blanks else at, 0
        for brace in BRACES.finditer(text, at, at + LONGEST):
            depth += (brace[0] == "{") - (brace[0] == "}")
            if depth <= 0:
                at = brace.end()
                break
        else:
            message = "the columns of this table are not understood"
            raise SpecError([Problem(message, places.span(at), "write them as \\begin{tabular}{lrr}")])
    return at
