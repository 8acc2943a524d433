"""A number that is wrong -> Candidates: the mistakes that give exactly that number, the likeliest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple, TypeAlias

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.analysis.formulas import FIELDS
from cnncalc.diagnosis import fields_of_view, totals
from cnncalc.diagnosis.attempt import Attempt, attempt_at
from cnncalc.diagnosis.catalogue import ALONE, MISTAKES, Catalogue, Mistake
from cnncalc.diagnosis.likelihood import BY_CHANCE
from cnncalc.diagnosis.network import TOTALS, Total, total_at
from cnncalc.symbolic import is_known
from cnncalc.symbolic.tree import Tree

FAMILIES = (*totals.SINGLE, fields_of_view, totals)
"""The modules that enter their mistakes into the catalogues."""
MOST = 5
"""As many candidates are told at most."""
COARSE = 0.004
"""A number whose print leaves this much open (less than three digits) is explained by one mistake alone."""
Matches: TypeAlias = "Callable[[Any], bool]"


class Candidate(NamedTuple):
    """What may have gone wrong: the keys of one mistake or two, a sentence, and the number they give.

    `instead` are mistakes that no answer tells apart from it, as they make the very same wrong
    output of the layer, or are others in the same part of the formula; the sentence names them too.
    `formula` is how the number came about, where that is one layer's count.
    """

    mistakes: tuple[str, ...]
    text: str
    value: Any
    instead: tuple[str, ...] = ()
    formula: Tree | None = None


class Slip(NamedTuple):
    """One way to make one mistake, and the number it gives."""

    mistake: Mistake[Any]
    done: str
    way: Any
    value: Any


def diagnose(
    analysis: Analysis, layer: LayerResult | None, quantity: str, matches: Matches, claimed: Any = None
) -> list[Candidate]:
    """The mistakes that explain a wrong number of a layer or, without one, of the whole network.

    `quantity` is one of analysis.formulas.QUANTITIES. `matches` says of a recomputed value whether
    it is what was claimed: of an int for counts, of a Shape for `output`, of one number an axis for
    the receptive field. `claimed` is the number itself, so far as it is one; only how exactly it
    was printed is asked of it. Pairs of mistakes are told only where no single one explains the
    number. Nothing is told of a number that is right, that nothing explains, or that depends on a
    symbol.
    """
    right: Attempt | Total
    catalogue: Catalogue[Any]
    if layer is None and (quantity == "output" or quantity in FIELDS):
        layer = analysis.layers[-1]
    if not _is_numeric(analysis):
        return []
    if layer is None:
        right, catalogue = total_at(analysis, quantity), TOTALS
    else:
        right, catalogue = attempt_at(analysis, layer, quantity), MISTAKES
    value = right.value()
    if value is None or matches(value):
        return []
    slips = list(_slips(catalogue, right))
    found = [slip for slip in slips if slip.value != value and matches(slip.value)]
    if _is_coarse(matches, claimed):
        return _singles([slip for slip in found if slip.mistake.key not in BY_CHANCE])
    if found:
        return _singles(found)
    return _pairs([slip for slip in slips if slip.value != value or slip.way.is_latent], matches)


def _is_numeric(analysis: Analysis) -> bool:
    """Whether nothing depends on a symbol."""
    shapes = [analysis.input.shape, *(layer.output for layer in analysis.layers)]
    return not analysis.graph.repeats and is_known(
        analysis.batch, *(size for shape in shapes for size in (shape.channels, *shape.size))
    )


def _slips(catalogue: Catalogue[Any], right: Any) -> Iterator[Slip]:
    """Every way to make a mistake that gives a number, the likeliest first."""
    for mistake in catalogue:
        for done, way in mistake.ways(right):
            value = way.value()
            if value is not None:
                yield Slip(mistake, done, way, value)


def _singles(found: list[Slip]) -> list[Candidate]:
    """A candidate for every mistake, told by the first of its ways; one for all that no answer tells apart."""
    groups: list[list[Slip]] = []
    told: set[str] = set()
    for slip in (slip for slip in found if slip.mistake.key not in told):
        told.add(slip.mistake.key)
        alike = next((group for group in groups if _alike(slip, group[0])), None)
        if alike is None:
            groups.append([slip])
        else:
            alike.append(slip)
    return [_candidate(group) for group in groups[:MOST]]


def _alike(slip: Slip, other: Slip) -> bool:
    """Whether two mistakes give one number by the same wrong part, or by touching the same thing."""
    if slip.value != other.value or ALONE in (slip.mistake.touches, other.mistake.touches):
        return False
    part = slip.way.wrong_part
    return bool(slip.mistake.touches == other.mistake.touches or (part and part == other.way.wrong_part))


def _candidate(alike: list[Slip]) -> Candidate:
    """The likeliest of some mistakes that no answer tells apart, and the others instead."""
    (key, *others), first = [slip.mistake.key for slip in alike], alike[0]
    text = _told(first.value, ", or ".join(slip.done for slip in alike))
    return Candidate((key,), text, first.value, tuple(others), first.way.formula())


def _pairs(slips: list[Slip], matches: Matches) -> list[Candidate]:
    """A candidate for every two mistakes that together give the number, likely ones first."""
    usual = [slip for slip in slips if slip.mistake.touches != ALONE]
    order = sorted(combinations(range(len(usual)), 2), key=lambda pair: (sum(pair), pair))
    found: dict[tuple[str, ...], Candidate] = {}
    for first, second in ((usual[one], usual[other]) for one, other in order):
        if first.mistake.touches == second.mistake.touches:
            continue
        for done, way in second.mistake.ways(first.way):
            value = way.value()
            if value is not None and matches(value):
                keys = (first.mistake.key, second.mistake.key)
                text = _told(value, first.done, done)
                found.setdefault(keys, Candidate(keys, text, value, formula=way.formula()))
        if len(found) == MOST:
            break
    return list(found.values())


def _told(value: Any, *done: str) -> str:
    """What was done, and the number it gives."""
    number = f"{value:,}" if is_known(value) else "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{', and '.join(done)}; this gives {number}"


def _is_coarse(matches: Matches, claimed: Any) -> bool:
    """Whether the claim is printed with so few digits that two mistakes would explain it by chance."""
    if not (is_known(claimed) or isinstance(claimed, Fraction)):
        return False
    return any(other != claimed and matches(other) for other in (round(claimed * (1 + by)) for by in (-COARSE, COARSE)))
