"""Report -> Markdown: tables as GitHub reads them, notes as lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cnncalc.report.document import (
    Blank,
    Block,
    Equation,
    Equations,
    Heading,
    Line,
    Note,
    Preformatted,
    Span,
    Table,
    Text,
    plain,
)
from cnncalc.report.report import Options, Report, in_pieces

STRONG = ("title", "name", "good", "bad", "answer", "total")
SPECIAL = re.compile(r"[\\`*\[\]<|]|^>|(?<!\w)_|_(?!\w)")
"""Signs that Markdown reads; an underscore within a word is not one."""


def render(report: Report, options: Options) -> Iterator[str]:
    """The document of a report as Markdown."""
    return in_pieces(_lines(report.document().blocks))


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    before: Block | None = None
    for block in blocks:
        if isinstance(block, Blank):
            continue
        listed = isinstance(block, Note) and block.severity != "aside"
        if before is not None and not (listed and isinstance(before, Note) and before.severity != "aside"):
            yield ""
        yield from _block(block)
        before = block


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"**{escaped(block.title)}**" + (f" {escaped(block.details)}" if block.details else "")
    elif isinstance(block, Text):
        lines = [_line(spans) for spans in block.lines]
        yield from (f"{text}  " if number < len(lines) else text for number, text in enumerate(lines, start=1))
    elif isinstance(block, Preformatted):
        yield from ("```text", *block.lines, "```")
    elif isinstance(block, Equations):
        yield "```text"
        margin = max((len(row.symbol) for row in block.rows), default=0)
        yield from (_equation(row, margin) for row in block.rows)
        yield "```"
    elif isinstance(block, Note):
        yield escaped(block.text) if block.severity == "aside" else f"* {escaped(block.text)}"
    elif isinstance(block, Table):
        yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    shown = [number for number, column in enumerate(table.columns) if not column.decoration]
    yield _cells([escaped(table.columns[number].title) for number in shown])
    yield _cells(["---:" if table.columns[number].right else ":---" for number in shown])
    below: list[Line] = []
    for row in table.rows:
        yield _cells([_line(row.cells[number]) for number in shown])
        below += row.below
    if table.foot:
        texts = [escaped(plain(table.foot.cells[number]).strip()) for number in shown]
        yield _cells([f"**{text}**" if text else "" for text in texts])
    if below:
        yield ""
        yield from (f"* {_line(spans)}" for spans in below)


def _cells(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _line(spans: Line) -> str:
    """A line, strong where its role asks for it."""
    return "".join(map(_span, spans)).strip()


def _span(span: Span) -> str:
    text = escaped(span.text)
    return f"**{text}**" if span.role in STRONG and text and text == text.strip() else text


def _equation(row: Equation, margin: int) -> str:
    """An equation in a line, its first equals sign below the others."""
    text = " = ".join((f"{row.symbol:<{margin}}", *row.stages))
    remark = f"({row.remark})" if row.stages and row.remark else row.remark
    return f"{text}  {remark}".rstrip()


def escaped(text: str) -> str:
    """The text with Markdown's own signs escaped, in one line."""
    return SPECIAL.sub(lambda sign: f"\\{sign[0]}", text.replace("\n", " "))
