"""Report -> LaTeX: tables with booktabs, equations with amsmath; a fragment, or a document of its own."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.report.document import (
    Blank,
    Block,
    Equations,
    Heading,
    Line,
    Note,
    Preformatted,
    Row,
    Table,
    Text,
)
from cnncalc.report.report import Options, Report

STRONG = ("title", "name", "good", "bad", "answer", "total")
SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "#": r"\#",
    "$": r"\$",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "'": r"\textquotesingle{}",
    '"': r"\textquotedbl{}",
    "\u2264": r"$\leq$",
    "\u2265": r"$\geq$",
    "\u2248": r"$\approx$",
    "\u00d7": r"$\times$",
}
PREAMBLE = r"\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{amsmath,booktabs,longtable,textcomp}"


def render(report: Report, options: Options) -> Iterator[str]:
    """The document of a report as LaTeX; a fragment, or with `standalone` all that a compiler needs."""
    body = "\n".join(line for block in report.document().blocks for line in _block(block))
    if options.standalone:
        page = r"\usepackage[margin=2cm]{geometry}\setlength{\parindent}{0pt}"
        yield f"\\documentclass{{article}}\n{PREAMBLE}\n{page}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    else:
        yield f"% needs {PREAMBLE}\n{body}\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Blank):
        yield ""
    elif isinstance(block, Heading):
        details = f" {escaped(block.details)}" if block.details else ""
        yield rf"\noindent\textbf{{{escaped(block.title)}}}{details}\par\medskip"
    elif isinstance(block, Text):
        yield from (rf"\noindent {_line(spans)}\par" for spans in block.lines)
    elif isinstance(block, Preformatted):
        yield from (r"\begin{verbatim}", *block.lines, r"\end{verbatim}")
    elif isinstance(block, Equations):
        yield r"\begin{align*}"
        yield " \\\\\n".join(row.latex for row in block.rows if row.latex)
        yield r"\end{align*}"
    elif isinstance(block, Note):
        size = r"{\footnotesize " if block.severity == "aside" else "{"
        mark = "" if block.severity == "aside" else r"\textbullet\ "
        yield rf"\noindent{size}{mark}{escaped(block.text)}\par}}"
    elif isinstance(block, Table):
        yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    shown = [number for number, column in enumerate(table.columns) if not column.decoration]
    sides = "".join("r" if table.columns[number].right else "l" for number in shown)
    yield rf"\begin{{longtable}}{{@{{}}{sides}@{{}}}}"
    yield r"\toprule"
    yield " & ".join(escaped(table.columns[number].title) for number in shown) + r" \\"
    yield r"\midrule\endhead"
    for row in table.rows:
        yield _row(row, shown)
        width = r"\dimexpr\linewidth-2\tabcolsep\relax"
        for spans in row.below:
            yield rf"\multicolumn{{{len(shown)}}}{{p{{{width}}}}}{{{_line(spans)}}} \\"
    if table.foot:
        yield r"\midrule"
        yield _row(table.foot, shown)
    yield r"\bottomrule"
    yield r"\end{longtable}"


def _row(row: Row, shown: list[int]) -> str:
    return " & ".join(_line(row.cells[number]).strip() for number in shown) + r" \\"


def _line(spans: Line) -> str:
    return "".join(
        rf"\textbf{{{escaped(span.text)}}}" if span.role in STRONG and span.text.strip() else escaped(span.text)
        for span in spans
    )


def escaped(text: str) -> str:
    """The text with LaTeX's own signs escaped; what a plain LaTeX cannot print becomes a question mark."""
    return "".join(SIGNS.get(sign, sign if sign.isascii() or sign.isalpha() else "?") for sign in text)
