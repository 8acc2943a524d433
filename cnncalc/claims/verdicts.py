"""Claims -> a Verdict on each: the exact value beside the printed one, and what explains a mismatch."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.analysis.formulas import QUANTITIES
from cnncalc.claims.claim import Claim, Verdict
from cnncalc.claims.quantities import exact_value
from cnncalc.claims.tables import Table
from cnncalc.errors import SpecError

MOST_DIAGNOSED = 200
"""Mismatches of one table that are explained; a table with more is wrong from the ground up."""


def verdicts(table: Table, *, diagnosed: bool = True) -> list[Verdict]:
    """What became of every claim of a table, in its order; no claim stops the others.

    Without `diagnosed` no mistake is looked for, which is what takes time.
    """
    found: list[Verdict] = []
    wrong = 0
    for claim in table.claims:
        network = claim.network or table.network
        try:
            analysis = network.analysis(claim.convention, claim.batch)
            verdict = judge(claim, analysis, diagnosed=diagnosed and wrong < MOST_DIAGNOSED)
        except SpecError as error:
            verdict = _no_value(claim, error)
        wrong += verdict.status == "mismatch"
        found.append(verdict)
    return found


def judge(claim: Claim, analysis: Analysis, *, diagnosed: bool = True) -> Verdict:
    """The verdict on one claim; `analysis` is in its convention and for its batch."""
    try:
        exact = exact_value(claim, analysis)
    except SpecError as error:
        return _no_value(claim, error)
    matches = claim.printed.matches(exact)
    if claim.erratum:
        return _erratum(claim, exact, matches)
    if matches:
        return Verdict(claim, "match", exact)
    slip = claim.printed.slip()
    diagnoses = _diagnoses(claim, analysis) if diagnosed and not slip else ()
    return Verdict(claim, "mismatch", exact, diagnoses, slip)


def _erratum(claim: Claim, exact: Any, matches: bool) -> Verdict:
    """An erratum must be wrong, and its correction right."""
    if matches:
        return Verdict(
            claim,
            "unexpected match",
            exact,
            message="this erratum holds: take `erratum` away, or mend what it is about",
        )
    if claim.correct is not None and not claim.correct.matches(exact):
        return Verdict(claim, "mismatch", exact, message=f"the correction {claim.correct} does not hold either")
    return Verdict(claim, "erratum", exact, message=claim.erratum)


def _no_value(claim: Claim, error: SpecError) -> Verdict:
    """A claim about what there is not; the first problem says why."""
    problem = error.problems[0]
    message = problem.message + (f" ({problem.hint})" if problem.hint else "")
    return Verdict(claim, "error", message=message)


def _diagnoses(claim: Claim, analysis: Analysis) -> tuple[str, ...]:
    """The mistakes that give exactly the number claimed, the likeliest first."""
    if claim.quantity not in QUANTITIES or claim.printed.share or claim.against is not None:
        return ()
    layer: LayerResult | None = None
    if claim.layer:
        layer = next((result for result in analysis.layers if result.name == claim.layer), None)
        if layer is None:
            return ()  # the input, a block or a sum of layers: the mistakes known are those of one layer
    from cnncalc.diagnosis.diagnose import diagnose

    candidates = diagnose(analysis, layer, claim.quantity, claim.printed.matches, claim.printed.claimed)
    return tuple(candidate.text for candidate in candidates)
