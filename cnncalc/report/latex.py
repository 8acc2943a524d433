"""Report -> LaTeX: tables with booktabs, equations with amsmath; a fragment, or a document of its own."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.errors import printable
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
from cnncalc.report.report import Options, Report, in_pieces

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
    "\u2192": r"$\to$",
    "\u2264": r"$\leq$",
    "\u2265": r"$\geq$",
    "\u2248": r"$\approx$",
    "\u00d7": r"$\times$",
}
ROWS_OF_A_PAGE = 12
"""More equations than this may need several pages."""
PAGE = r"\usepackage[margin=2cm]{geometry}\setlength{\parindent}{0pt}"


def render(report: Report, options: Options) -> Iterator[str]:
    """The document of a report as LaTeX: a fragment, or with `standalone` all that a compiler needs."""
    blocks = report.document().blocks
    kinds = {type(block) for block in blocks}
    tables = ("booktabs", *(["longtable"] if options.standalone else [])) if Table in kinds else ()
    names = ",".join((*(["amsmath"] if Equations in kinds else []), *tables))
    packages = rf"\usepackage{{{names}}}" if names else ""
    body = in_pieces(text for block in blocks for text in _block(block, options.standalone))
    if options.standalone:
        yield f"\\documentclass{{article}}\n{packages}\n{PAGE}\n\\begin{{document}}\n"
        yield from body
        yield "\\end{document}\n"
    else:
        yield f"% needs {packages}\n" if packages else ""
        yield from body


def _block(block: Block, page: bool) -> Iterator[str]:
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
        several_pages = len(block.rows) > ROWS_OF_A_PAGE
        yield (r"{\allowdisplaybreaks" if several_pages else "") + r"\begin{align*}"
        yield " \\\\\n".join(filter(None, (row.latex() for row in block.rows)))
        yield r"\end{align*}" + ("}" if several_pages else "")
    elif isinstance(block, Note):
        size = r"{\footnotesize " if block.severity == "aside" else "{"
        mark = "" if block.severity == "aside" else r"\textbullet\ "
        yield rf"\noindent{size}{mark}{escaped(block.text)}\par}}"
    elif isinstance(block, Table):
        yield from _table(block, page)


def _table(table: Table, page: bool) -> Iterator[str]:
    """A tabular, which stands in a slide or a figure, too; on a page of its own, a table that goes over several."""
    shown = [number for number, column in enumerate(table.columns) if not column.decoration]
    kind = "longtable" if page else "tabular"
    sides = "".join("r" if table.columns[number].right else "l" for number in shown)
    yield rf"\begin{{{kind}}}{{@{{}}{sides}@{{}}}}"
    yield r"\toprule"
    yield " & ".join(escaped(table.columns[number].title) for number in shown) + r" \\"
    yield r"\midrule" + (r"\endhead" if page else "")
    for row in table.rows:
        yield _row(row, shown)
        for spans in row.below:
            yield rf"\multicolumn{{{len(shown)}}}{{p{{.9\linewidth}}}}{{{_line(spans)}}} \\"
    if table.foot:
        yield r"\midrule"
        yield _row(table.foot, shown)
    yield r"\bottomrule"
    yield rf"\end{{{kind}}}" + ("" if page else r"\par\medskip")


def _row(row: Row, shown: list[int]) -> str:
    return " & ".join(_line(row.cells[number]).strip() for number in shown) + r" \\"


def _line(spans: Line) -> str:
    return "".join(
        rf"\textbf{{{escaped(span.text)}}}" if span.role in STRONG and span.text.strip() else escaped(span.text)
        for span in spans
    )


def escaped(text: str) -> str:
    """The text with LaTeX's own signs escaped; what a plain LaTeX cannot print becomes a question mark."""
    signs = printable(text).replace("->", "\u2192")
    return "".join(SIGNS.get(sign, sign if sign.isascii() or sign.isalpha() else "?") for sign in signs)
