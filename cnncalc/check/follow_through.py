"""Verdicts on a sheet -> the same, where a wrong number that is right from the sheet's own numbers is consistent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cnncalc.analysis import Analysis
from cnncalc.analysis.quantities import COUNTS, FIELDS
from cnncalc.check.claim import Verdict
from cnncalc.layers import Shape, Sides

if TYPE_CHECKING:
    from cnncalc.diagnose.flows import Row
    from cnncalc.diagnose.own_rows import Followed, OwnRows

JUDGED = ("match", "mismatch")
"""The verdicts on numbers from which others may have been computed."""
_DIFFERS = ("differs from the exact number", "differ from the exact numbers")


def own_rows(judged: Sequence[Verdict], analysis: Analysis) -> OwnRows:
    """The numbers of a sheet about one network; a quantity of a layer with two different numbers is left out."""
    from cnncalc.diagnose.own_rows import OwnRows

    rows: dict[Row, Any] = {}
    twice: set[Row] = set()
    for verdict in judged:
        claim, value = verdict.claim, _value(verdict)
        row = (claim.layer, claim.quantity)
        if value is not None and rows.setdefault(row, value) != value:
            twice.add(row)
    return OwnRows(analysis, {row: value for row, value in rows.items() if row not in twice})


def _value(verdict: Verdict) -> Any:
    """What a claim says, in the form of the exact value; None where that is no plain number."""
    claim, exact, claimed = verdict.claim, verdict.exact, verdict.claim.printed.claimed
    if verdict.status not in JUDGED or claim.against is not None or claim.printed.share:
        return None
    if isinstance(exact, Shape):
        return claim.printed.volume(exact)
    if isinstance(exact, tuple) and claim.quantity in FIELDS:
        lengths = claimed if isinstance(claimed, tuple) else (claimed,) * len(exact)
        return lengths if all(map(_is_length, lengths)) else None
    is_number = claim.quantity in (*COUNTS, "weight_memory_bytes") and _is_length(claimed)
    return claimed if is_number and not isinstance(claimed, Sides) else None


def _is_length(part: Any) -> bool:
    parts = (part.before, part.after) if isinstance(part, Sides) else (part,)
    return all(isinstance(each, int | Fraction) for each in parts)


def followed_through(verdict: Verdict, rows: OwnRows) -> Verdict:
    """The verdict on a wrong number, `consistent` if it is right from other numbers of the sheet."""
    claim = verdict.claim
    if verdict.status != "mismatch" or claim.against is not None or claim.printed.share or claim.erratum:
        return verdict
    for each in rows.leads_to(claim.layer, claim.quantity):
        if claim.printed.matches(each.value):
            return replace(verdict, status="consistent", message=_reason(each, rows))
    return verdict


def _reason(found: Followed, rows: OwnRows) -> str:
    """What the number is right from: `right from your own conv1 output, 26x26x8`."""
    from cnncalc.diagnose.own_rows import listed

    if found.is_sum:
        names = listed([name for name, _ in found.rows])
        return f"this is the sum of your own numbers; yours for {names} {_DIFFERS[len(found.rows) > 1]}"
    return f"this is right from your own {rows.described(found.rows)}"
