r"""A cell of a LaTeX table -> what it says: \texttt{conv1\_1}, $3 \times 3$, \multicolumn{1}{c}{\num{1792}}."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnncalc.errors import Problem, SpecError
from cnncalc.limits import MOST_COLUMNS
from cnncalc.tables.cells import Cell
from cnncalc.tables.dressing import undressed
from cnncalc.tables.matrix_text import bracketed

LONGEST = 1_000
"""Characters of a cell; a longer one is left as it stands."""
GROUP = r"\{(?:[^{}]|\{[^{}]{0,100}\}){0,200}\}"
RULE = re.compile(
    r"\s*\\(?:hline|toprule|midrule|bottomrule|cmidrule|cline|hhline|addlinespace|specialrule|noalign|rowcolor"
    r"|centering|caption|label|bfseries|newpage|pagebreak)(?![A-Za-z])\*?"
    rf"(?:\s{{0,9}}(?:\[[^]]{{0,60}}\]|\([^)]{{0,20}}\)|{GROUP})){{0,4}}"
)
MULTICOLUMN = re.compile(rf"\\multicolumn\s{{0,9}}\{{\s*([0-9]{{1,4}})\s*\}}\s{{0,9}}{GROUP}\s{{0,9}}")
MULTIROW = re.compile(
    rf"\\multirow\s{{0,9}}(?:\[.{{0,9}}?\])?\{{\s*([0-9]{{1,2}})\s*\}}\s{{0,9}}(?:\[.{{0,9}}?\])?{GROUP}\s{{0,9}}(?:\[.{{0,20}}?\])?"
)
DROPPED = re.compile(
    r"\\(?:cellcolor|color|h?phantom|label|footnotemark|footnote|tnote|cite[pt]?|ref|textcolor|end)"
    rf"(?:\[[^]]{{0,40}}\])?{GROUP}|\\begin\{{[a-z]{{1,20}}\*?\}}(?:\[.?\])?(?:{GROUP})?"
    r"|\\(?:bf|bfseries|it|itshape|tt|ttfamily|sffamily|tiny|scriptsize|footnotesize|small|normalsize|large|centering"
    r"|raggedright|raggedleft|hfill|displaystyle|makecell|thead|shortstack|mbox|textsc|textsf|textrm|ensuremath"
    r"|numprint)(?![A-Za-z])(?:\[[a-z]{0,2}\])?"
)
"""Fonts and colours, and what is written beside a number."""
WITH_UNIT = re.compile(r"\\(?:SI|qty)\{([^{}]{1,60})\}\{([^{}\\]{0,20})\}")
BREAK = re.compile(r"\\\\\*?(?:\[[^]]{0,20}\])?|\\q?quad(?![A-Za-z])")
SIGNS = {
    r"\&": "&", r"\#": "#", r"\$": "", r"\textasciicircum": "^", r"\textasciitilde": "~", r"\to": "->",
    r"\textless": "<", r"\textgreater": ">", r"\textbar": "|", r"\leq": "<=", r"\geq": ">=", r"\textunderscore": "_",
    r"\texttimes": "\u00d7", r"\textbullet": "", r"\textendash": "-",
}  # fmt: skip
SIGN = re.compile("|".join(re.escape(sign) + r"(?![A-Za-z])(?:\{\})?" for sign in SIGNS))


class Cells(NamedTuple):
    """A row as it reads: its cells, and which of them stand over several columns (wide) or rows (tall, how many)."""

    texts: list[Cell]
    wide: list[int]
    tall: list[tuple[int, int]]


def without_rules(text: str) -> str:
    """The text of a row without the rules, the colours and the captions before it."""
    at = 0
    while rule := RULE.match(text, at):
        at = rule.end()
    return text[at:]


def cells_of(pieces: list[Cell]) -> Cells:
    r"""The cells of a row; one over several columns is followed by empty ones. Raises SpecError for very many."""
    row = Cells([], [], [])
    for text, span in pieces:
        if "\\multi" not in text:
            row.texts.append((plain(text) if text else "", span))
            continue
        columns = MULTICOLUMN.match(text)
        rows = MULTIROW.match(text, columns.end() + text[columns.end() :].startswith("{") if columns else 0)
        count = int(columns[1]) if columns else 1
        if len(row.texts) + count > MOST_COLUMNS.value:
            message = f"the line has more columns than {MOST_COLUMNS}, the limit"
            raise SpecError([Problem(message, span, MOST_COLUMNS.hint)])
        if count > 1:
            row.wide.append(len(row.texts))
        if rows:
            row.tall.append((len(row.texts), int(rows[1])))
        row.texts.append((plain(text), span))
        row.texts.extend([("", span)] * (count - 1))
    return row


def plain(text: str) -> str:
    r"""What a cell says, without its dressing; a very long one as it is.

    >>> plain(r"\multicolumn{1}{c}{\textbf{conv1\_1}}"), plain(r"$3 \times 3$"), plain(r"\SI{4.1}{kB} ")
    ('conv1_1', '3 \u00d7 3', '4.1 kB')
    """
    if len(text) > LONGEST or not any(sign in text for sign in "\\${}~"):
        return text
    if "matrix}" in text:
        text = bracketed(text)
    if "\\" in text:
        text = DROPPED.sub("", MULTIROW.sub("", MULTICOLUMN.sub("", BREAK.sub(" ", text))))
        text = SIGN.sub(lambda found: SIGNS[found[0].removesuffix("{}")], WITH_UNIT.sub(r"\1 \2", text))
    text = undressed(text.replace("~", " "))
    return " ".join(text.replace("{", "").replace("}", "").split())
