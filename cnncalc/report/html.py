"""Report -> HTML: a fragment of plain elements with a class each, or a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

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

STYLE = """\
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: 75rem; }
.cnncalc h2 { font-size: 1.25rem; margin: 0 0 .75rem; }
.cnncalc h2 small { font-weight: normal; opacity: .75; }
.cnncalc .scroll { overflow-x: auto; }
.cnncalc table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.cnncalc th, .cnncalc td { padding: .2rem .75rem; text-align: left; vertical-align: top; }
.cnncalc th.number, .cnncalc td.number { text-align: right; }
.cnncalc thead th { border-bottom: 1px solid; }
.cnncalc tfoot td { border-top: 1px solid; font-weight: bold; }
.cnncalc .name, .cnncalc .answer, .cnncalc .total { font-weight: bold; }
.cnncalc .bad, .cnncalc .warning { color: #b00020; }
.cnncalc .good { color: #00695c; }
.cnncalc .dim, .cnncalc .aside { opacity: .75; }
.cnncalc .aside { font-size: .875rem; }
@media print {
  :root { color-scheme: light; }
  body { font-size: 11pt; margin: 0; max-width: none; }
  .cnncalc .scroll { overflow: visible; }
  .cnncalc tr { break-inside: avoid; }
}
@media screen and (prefers-color-scheme: dark) {
  .cnncalc .bad, .cnncalc .warning { color: #ff8a80; }
  .cnncalc .good { color: #80cbc4; }
}
"""


def render(report: Report, options: Options) -> Iterator[str]:
    """The document of a report as HTML; a page of its own where `standalone` is asked for."""
    document = report.document()
    if options.standalone:
        yield (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(document.title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n"
        )
    yield from in_pieces(_section(document.blocks))
    if options.standalone:
        yield "</main>\n</body>\n</html>\n"


def _section(blocks: tuple[Block, ...]) -> Iterator[str]:
    """All blocks in a section; notes in a row are one list."""
    yield '<section class="cnncalc">'
    listed = False
    for block in blocks:
        item = isinstance(block, Note) and block.severity != "aside"
        if item != listed and not isinstance(block, Blank):
            yield "<ul>" if item else "</ul>"
            listed = item
        yield from _block(block)
    if listed:
        yield "</ul>"
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        details = f" <small>{escape(block.details)}</small>" if block.details else ""
        yield f"<h2{_class(block.role)}>{escape(block.title)}{details}</h2>"
    elif isinstance(block, Text):
        yield f"<p>{'<br>'.join(map(_line, block.lines))}</p>"
    elif isinstance(block, Preformatted):
        yield f"<pre{_class(block.role)}>{escape(chr(10).join(block.lines))}</pre>"
    elif isinstance(block, Equations):
        yield f'<div class="scroll"><table class="equations{" " + block.role if block.role else ""}">'
        for row in block.rows:
            stages = " = ".join(map(escape, row.stages))
            remark = f"({row.remark})" if stages and row.remark else row.remark
            remark = f' <span class="dim">{escape(remark)}</span>' if remark else ""
            equals = f"= {stages}" if stages else ""
            yield f'<tr><th scope="row">{escape(row.symbol)}</th><td>{equals}{remark}</td></tr>'
        yield "</table></div>"
    elif isinstance(block, Note):
        tag = "p" if block.severity == "aside" else "li"
        yield f'<{tag} class="{block.severity}">{escape(block.text)}</{tag}>'
    elif isinstance(block, Table):
        yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    shown = [number for number, column in enumerate(table.columns) if not column.decoration]
    kinds = {number: ' class="number"' if table.columns[number].right else "" for number in shown}
    yield '<div class="scroll"><table>'
    heads = (f'<th scope="col"{kinds[number]}>{escape(table.columns[number].title)}</th>' for number in shown)
    yield f"<thead><tr>{''.join(heads)}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        yield _row(row, shown, kinds)
        for spans in row.below:
            yield f'<tr class="below"><td colspan="{len(shown)}">{_line(spans)}</td></tr>'
    yield "</tbody>"
    if table.foot:
        yield f"<tfoot>{_row(table.foot, shown, kinds)}</tfoot>"
    yield "</table></div>"


def _row(row: Row, shown: list[int], kinds: dict[int, str]) -> str:
    cells = (f"<td{kinds[number]}>{_line(row.cells[number]).strip()}</td>" for number in shown)
    return f"<tr{_class(row.role)}>{''.join(cells)}</tr>"


def _line(spans: Line) -> str:
    return "".join(
        f"<span{_class(span.role)}>{escape(span.text)}</span>" if span.role and span.text else escape(span.text)
        for span in spans
    )


def _class(role: str) -> str:
    return f' class="{role}"' if role else ""
