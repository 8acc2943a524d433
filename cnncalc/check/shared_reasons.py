"""Wrong numbers of one column that share a mistake -> that reason alone, told once where it is about the column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cnncalc.analysis.quantities import QUANTITIES
from cnncalc.check.claim import Verdict

if TYPE_CHECKING:
    from cnncalc.diagnose.diagnose import Candidate

FEWEST_ROWS = 3
"""Wrong numbers of a column that make one reason for all of them more than chance."""
MADE = ("output", "activations", "memory_bytes")
OF_INPUTS = "these are the numbers of the inputs of the layers"
OF_COLUMNS = {
    "layer-before": "these are the numbers of the layers before",
    "layer-after": "these are the numbers of the layers after",
}
"""The reason for a whole column, where every row has the number of a neighbouring layer."""


def with_shared_reasons(column: Sequence[Verdict], reasons: Sequence[Sequence[Candidate]]) -> list[Verdict]:
    """The verdicts on the wrong numbers of one quantity, what not all of them have in common left out.

    `reasons` are the mistakes that explain each on correct inputs. The verdicts stay as they are if they have no
    mistake in common, or one of them is explained by other numbers of the sheet.
    """
    shared = frozenset.intersection(*(frozenset(key for each in found for key in _keys(each)) for found in reasons))
    texts = [{each.text for each in found} for found in reasons]
    on_own = any(not known.issuperset(verdict.diagnoses) for verdict, known in zip(column, texts, strict=True))
    if len(column) < FEWEST_ROWS or not shared or on_own:
        return list(column)
    kept = [[each for each in found if shared & set(_keys(each))] for found in reasons]
    first = kept[0][0].mistakes[0]
    if first not in OF_COLUMNS or len({each.value for found in kept for each in found}) == 1:
        return [
            replace(verdict, diagnoses=tuple(each.text for each in found))
            for verdict, found in zip(column, kept, strict=True)
        ]
    claim = column[0].claim
    done = OF_INPUTS if first == "layer-before" and claim.quantity in MADE else OF_COLUMNS[first]
    whole = replace(
        column[0], diagnoses=(f"all {len(column)} wrong numbers of {QUANTITIES[claim.quantity].words}: {done}",)
    )
    return [whole, *(replace(verdict, diagnoses=(f"as for {claim.layer}",)) for verdict in column[1:])]


def _keys(candidate: Candidate) -> tuple[str, ...]:
    """The single mistakes that a candidate may be."""
    return (*candidate.mistakes, *candidate.instead) if len(candidate.mistakes) == 1 else ()
