"""Outcomes of checked files -> verdicts on a rich console: what is wrong first, and what explains it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.text import Text

from cnncalc.check.claim import Claim, Verdict
from cnncalc.check.grading import Outcome
from cnncalc.errors import printable
from cnncalc.layers import Shape
from cnncalc.report import numbers
from cnncalc.report.check_data import in_one_line
from cnncalc.report.terminal import UNBOUNDED
from cnncalc.symbolic import is_known, written

STYLES = {
    "match": "green",
    "erratum": "yellow",
    "mismatch": "bold red",
    "unexpected match": "bold red",
    "error": "bold red",
}
WORDS = {
    "match": ("match", "matches"),
    "erratum": ("erratum", "errata"),
    "mismatch": ("mismatch", "mismatches"),
    "unexpected match": ("unexpected match", "unexpected matches"),
    "error": ("error", "errors"),
}
TITLES = ("layer", "quantity", "claimed", "exact", "verdict")
WIDEST = 60
"""Characters of a cell; what a person claims is seldom longer, and a hostile file shall not fill the screen."""
MOST_WRONG = 100


def render(outcome: Outcome, console: Console, *, brief: bool = False, quiet: bool = False) -> None:
    """Print what became of a file; `brief` shows of its claims only those that are wrong, `quiet` nothing else."""
    if not console.is_terminal:
        console.width = UNBOUNDED  # a log or a file takes lines of any length
    if quiet and outcome.passed:
        return
    for line in _lines(outcome, brief=brief or quiet, ascii_only=not console.encoding.lower().startswith("utf")):
        console.print(line)


def render_summary(outcomes: list[Outcome], console: Console) -> None:
    """Print how many files and claims are as they should be."""
    good = sum(outcome.passed for outcome in outcomes)
    claims = [verdict for outcome in outcomes for verdict in outcome.verdicts]
    style = "bold green" if good == len(outcomes) else "bold red"
    what = "file is as it should be" if len(outcomes) == 1 else "files are as they should be"
    console.print(Text(f"{good} of {len(outcomes)} {what}; {_counted(claims)}", style=style))


def exact_text(value: Any, claim: Claim) -> str:
    """An exact value in the way people read it: commas, sizes joined by x, a share in percent."""
    if value is None:
        return ""
    if isinstance(value, Shape | str):
        return str(value)
    if isinstance(value, tuple):
        return numbers.per_axis_text(value) if value else ""
    if claim.printed.share:
        return f"{float(100 * value):.3f} %"
    if isinstance(value, Fraction) and claim.against is not None:
        return f"{float(value):.4f}"
    return numbers.exact(value) if is_known(value) else written(value)


def _lines(outcome: Outcome, *, brief: bool, ascii_only: bool) -> Iterator[Text]:
    """The title of a file, its verdicts, the wrong ones first, and an empty line."""
    if outcome.error is not None:
        yield Text(f"{printable(outcome.path)}: cannot be checked", style="bold red")
        yield from (Text(f"  {line}".rstrip()) for line in str(outcome.error).splitlines())
        yield Text()
        return
    table = outcome.table
    title = Text(printable(outcome.path), style="bold")
    source = f"; {printable(table.source)}" if table and table.source and not brief else ""
    title.append(
        f"  {_counted(outcome.verdicts)}{source}", style="green not bold" if outcome.passed else "red not bold"
    )
    yield title
    yield from (Text(f"  note: {printable(in_one_line(note))}", style="yellow") for note in outcome.notes)
    wrong, rest = outcome.wrong, [verdict for verdict in outcome.verdicts if verdict.passed]
    shown = wrong[:MOST_WRONG] + ([] if brief else rest)
    if shown:
        yield from _grid(shown, table is not None and len(table.networks) > 1, ascii_only)
    if len(wrong) > MOST_WRONG:
        yield Text(f"  ... and {len(wrong) - MOST_WRONG} more that are wrong (--format json has them all)", style="red")
    if shown:
        yield Text()


def _grid(verdicts: list[Verdict], several: bool, ascii_only: bool) -> Iterator[Text]:
    """A header and a line for every verdict, each with its explanation below it."""
    titles = (("network",) if several else ()) + TITLES
    rows = [_cells(verdict, several) for verdict in verdicts]
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    right = len(titles) - 3
    yield Text()
    yield _row(titles, widths, right, "bold")
    rule = "-" if ascii_only else "\u2500"
    yield Text(" " + rule * (sum(widths) + 2 * len(widths) - 2), style="dim")
    for verdict, cells in zip(verdicts, rows, strict=True):
        line = _row(cells, widths, right)
        line.stylize(STYLES[verdict.status], len(line) - len(cells[-1]))
        yield line
        yield from (Text(f"     {line}", style="" if verdict.passed else "red") for line in _explanation(verdict))


def _row(cells: Iterable[str], widths: list[int], right: int, style: str = "") -> Text:
    """Cells side by side; claimed and exact numbers end below one another."""
    parts = [
        cell.rjust(width) if right <= number <= right + 1 else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    text = Text(" " + "  ".join(parts), style=style)
    text.rstrip()
    return text


def _cells(verdict: Verdict, several: bool) -> tuple[str, ...]:
    claim = verdict.claim
    network = (_cut(claim.network.title if claim.network else ""),) if several else ()
    numbers_ = (str(claim.printed), exact_text(verdict.exact, claim))
    return (*network, *map(_cut, (claim.layer or "total", claim.quantity, *numbers_)), verdict.status)


def _cut(text: str) -> str:
    text = printable(text)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."


def _explanation(verdict: Verdict) -> Iterator[str]:
    """What is to be said of a verdict: the mistake that explains it, the reason of an erratum."""
    claim = verdict.claim
    lines = [verdict.message] if verdict.message else []
    if verdict.status == "erratum" and claim.correct is not None:
        lines[-1] += f"; it should be {claim.correct}"
    lines += [text if number == 0 else f"or {text}" for number, text in enumerate(verdict.diagnoses)]
    if claim.span and not verdict.passed:
        lines = [": ".join((str(claim.span), *lines[:1])), *lines[1:]]
    yield from map(printable, lines)


def _counted(verdicts: Iterable[Verdict]) -> str:
    """`63 claims: 61 matches, 2 errata`."""
    found = list(verdicts)
    counts = {status: sum(verdict.status == status for verdict in found) for status in WORDS}
    parts = [f"{count:,} {WORDS[status][count != 1]}" for status, count in counts.items() if count]
    total = f"{len(found):,} claim{'' if len(found) == 1 else 's'}"
    return f"{total}: {', '.join(parts)}" if parts else total
