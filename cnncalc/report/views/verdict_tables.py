"""Verdicts -> a table of them, what explains each below it, and the texts that stand for numbers and problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from cnncalc.apply.matrix import Matrix
from cnncalc.check.claim import Claim, Verdict
from cnncalc.errors import Problem, SpecError
from cnncalc.layers import Shape
from cnncalc.report import numbers
from cnncalc.report.document import Column, Line, Row, Table, line
from cnncalc.report.json import raw
from cnncalc.symbolic import is_known, written

ROLES = {"match": "right", "erratum": "warning", "consistent": "warning"}
"""How a verdict is drawn; all others are wrong."""
COLUMNS = (
    Column("layer"),
    Column("quantity"),
    Column("claimed", right=True),
    Column("exact", right=True),
    Column("verdict"),
)
WIDEST = 60
"""Characters of a cell; what a person claims is seldom longer, and a hostile file must not fill the screen."""
MOST_SAID = 200
"""Characters of a reason that stands in one line."""


def table(verdicts: Iterable[Verdict], several: bool, *, by_line: bool = False) -> Table:
    """A row for every verdict, each with its explanation below it; `by_line`, with its line in the file alone."""
    columns = (Column("network"), *COLUMNS) if several else COLUMNS
    return Table(
        columns,
        tuple(Row(_cells(verdict, several), "", tuple(_below(verdict, by_line=by_line))) for verdict in verdicts),
    )


def _cells(verdict: Verdict, several: bool) -> tuple[Line, ...]:
    claim = verdict.claim
    network = (claim.network.title if claim.network else "",) if several else ()
    values = (str(claim.printed), exact_text(verdict.exact, claim))
    texts = map(cut, (*network, claim.layer or "total", claim.quantity, *values))
    return (*map(line, texts), line((verdict.status, ROLES.get(verdict.status, "bad"))))


def _below(verdict: Verdict, *, by_line: bool = False) -> Iterator[Line]:
    """What there is to say about a verdict: the mistake that explains it, the reason of an erratum."""
    claim = verdict.claim
    texts = [verdict.message] if verdict.message else []
    if verdict.status == "erratum" and claim.correct is not None:
        texts[-1] += f"; it should be {claim.correct}"
    texts += [text if number == 0 else f"or {text}" for number, text in enumerate(verdict.diagnoses)]
    if claim.span and not verdict.passed:
        place = f"line {claim.span.line + 1}" if by_line else str(claim.span)
        texts = [": ".join((place, *texts[:1])), *texts[1:]]
    for text in texts:
        role = "warning" if verdict.status == "consistent" else "wrong"
        yield line((text, "" if verdict.passed else role))


def exact_text(value: Any, claim: Claim) -> str:
    """An exact value in the way people read it: commas, sizes joined by x, a share in percent."""
    if value is None:
        return ""
    if isinstance(value, Shape | Matrix | str):
        return str(value)
    if isinstance(value, tuple):
        return numbers.per_axis_text(value) if value else ""
    if claim.printed.share:
        return f"{float(100 * value):.3f} %"
    if isinstance(value, Fraction) and claim.against is not None:
        return f"{float(value):.4f}"
    return numbers.exact(value) if is_known(value) else written(value)


def plain(value: Any) -> Any:
    """An exact value as JSON holds it: an integer, or text for shapes, lengths, fractions and formulas."""
    if isinstance(value, Shape | Matrix | Fraction | str):
        return str(value)
    if isinstance(value, tuple):
        return numbers.per_axis_text(value) if value else None
    return raw(value)


def cut(text: str, most: int = WIDEST) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def refusal(path: str, error: SpecError) -> str:
    """Why a file cannot be checked, and how to mend it, in one line; of several reasons the first."""
    first, *others = error.problems
    what = cut(first.message.replace(f"'{path}'", "it", 1), MOST_SAID)
    more = f"; and {len(others)} more problem{'s' * (len(others) > 1)}" if others else ""
    return f"{first.span or path}: cannot be checked: {what}{mended(first)}{more}"


def mended(problem: Problem) -> str:
    """How a problem is mended, in brackets."""
    return f" ({problem.hint})" if problem.hint else ""


def in_one_line(problem: Problem) -> str:
    """A problem with its place, in one line."""
    return f"{problem.span}: {problem.message}" if problem.span else problem.message
