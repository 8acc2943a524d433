"""A number that is wrong -> Candidates: the mistakes that give exactly that number, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cnncalc.analysis import Analysis, LayerResult
from cnncalc.diagnose.catalogue import ALONE, SIZES_BEFORE
from cnncalc.diagnose.chance import Matches, Print
from cnncalc.diagnose.flows import Row
from cnncalc.diagnose.hypotheses import Hypotheses, Hypothesis, hypotheses_at, on_own_input
from cnncalc.diagnose.own_rows import OwnRows, shown
from cnncalc.diagnose.written import NOTHING, Written
from cnncalc.symbolic.formula_tree import Tree

MOST = 5
"""Candidates that are returned at most."""
MOST_NAMED = 3
"""Mistakes that no answer distinguishes: so many are named at most."""


class Candidate(NamedTuple):
    """What may have gone wrong: the keys of one mistake or two, a sentence, and the number they give.

    `instead` are mistakes that no answer tells apart from it, as they make the very same wrong
    output of the layer, or are others in the same part of the formula; the sentence names the likely ones too.
    `formula` is how the number came about, where that is one layer's count.
    """

    mistakes: tuple[str, ...]
    text: str
    value: Any
    instead: tuple[str, ...] = ()
    formula: Tree | None = None


def diagnose(
    analysis: Analysis,
    layers: LayerResult | Sequence[LayerResult] | None,
    quantity: str,
    matches: Matches,
    claimed: Any = None,
    written: Written = NOTHING,
) -> list[Candidate]:
    """The mistakes that explain a wrong number of a layer, of several or, without one, of the whole network.

    Several layers, a block or some others, have one number together: the output of the last, or a
    sum. `quantity` is one of catalogue.QUANTITIES. `matches` says whether a recomputed value
    is the claimed one: an int for counts, a Shape for `output`, one number an axis for the receptive
    field. `claimed` is the number itself, if it is one; it only shows how many digits were printed.
    `written` is the working that stands before the number: a mistake that needs another is none.
    Pairs of mistakes are reported only where no single one explains the number. The list is empty
    for a number that is correct, that nothing explains, or that depends on a symbol.
    """
    chosen = (layers,) if isinstance(layers, LayerResult) else None if layers is None else tuple(layers)
    hypotheses = hypotheses_at(analysis, chosen, quantity)
    if hypotheses is None or hypotheses.value is None or matches(hypotheses.value):
        return []
    printed = Print(_once(matches), claimed)
    found = [
        each
        for each in hypotheses.wrong
        if printed.is_believed((each.mistake.key,), each.value)
        and printed.matches(each.value)
        and written.allows(each.mistake, each.way)
        and printed.shows(each, hypotheses.value)
    ]
    if found or written.grown_from is not None:
        return _singles(found)
    return _doubles(hypotheses, printed, written)


def diagnose_on_own_input(
    rows: OwnRows,
    layer: LayerResult,
    quantity: str,
    matches: Matches,
    claimed: Any = None,
    written: Written = NOTHING,
) -> list[Candidate]:
    """The mistakes that explain a wrong number of a layer that was found on the wrong rows before it, as `diagnose`."""
    printed = Print(matches, claimed)
    found: dict[tuple[Row, ...], list[Hypothesis]] = {}
    for each, before in on_own_input(rows, layer, quantity):
        believed = printed.is_believed((each.mistake.key,), each.value)
        if believed and matches(each.value) and written.allows(each.mistake, each.way):
            found.setdefault(before, []).append(each)
    return [each for before, alike in found.items() for each in _singles(alike, rows.described(before))][:MOST]


def layers_named(analysis: Analysis, name: str) -> list[LayerResult]:
    """The layers that a claim speaks of: one, those of a block, or several joined by +; none for an unknown name."""
    names = [name] if analysis.layers_in(name) else name.split("+")
    found = [analysis.layers_in(each.strip()) for each in names]
    return list(dict.fromkeys(layer for layers in found for layer in layers)) if all(found) else []


def _once(matches: Matches) -> Matches:
    """The same question, asked once of a value."""
    known: dict[Any, bool] = {}

    def matching(value: Any) -> bool:
        if value not in known:
            known[value] = matches(value)
        return known[value]

    return matching


def _singles(found: list[Hypothesis], own: str = "") -> list[Candidate]:
    """A candidate for every mistake, the first of its ways; one for all mistakes that no answer tells apart.

    `own` are the wrong numbers on which they were made.
    """
    groups: list[list[Hypothesis]] = []
    seen: set[str] = set()
    for each in (each for each in found if each.mistake.key not in seen):
        seen.add(each.mistake.key)
        alike = next((group for group in groups if _alike(each, group[0])), None)
        if alike is None:
            groups.append([each])
        else:
            alike.append(each)
    return [_candidate(group, own) for group in groups[:MOST]]


def _alike(each: Hypothesis, other: Hypothesis) -> bool:
    """Whether two mistakes give one number by the same wrong part, or affect the same thing."""
    if each.value != other.value or ALONE in (each.mistake.affects, other.mistake.affects):
        return False
    part = each.way.wrong_part
    return bool(each.mistake.affects == other.mistake.affects or (part and part == other.way.wrong_part))


def _candidate(alike: list[Hypothesis], own: str) -> Candidate:
    """The likeliest of some mistakes that no answer tells apart, and the others instead."""
    (key, *others), first = [each.mistake.key for each in alike], alike[0]
    named = [
        each for each in alike if (each.mistake.affects == SIZES_BEFORE) == (first.mistake.affects == SIZES_BEFORE)
    ]
    done = ", or ".join(each.sentence for each in named[:MOST_NAMED])
    text = _sentence(first.value, f"{done}, on your own {own}" if own else done)
    return Candidate((key,), text, first.value, tuple(others), first.way.formula())


def _doubles(hypotheses: Hypotheses, printed: Print, written: Written) -> list[Candidate]:
    """A candidate for every two mistakes that together give the number, likely ones first."""
    found: dict[tuple[str, ...], Candidate] = {}
    for pair in hypotheses.pairs if printed.has_room else ():
        if not printed.is_believed(pair.keys, pair.value):
            break
        if printed.matches(pair.value) and pair.keys not in found and pair.is_written(written):
            text = _sentence(pair.value, pair.first.sentence, pair.sentence)
            found[pair.keys] = Candidate(pair.keys, text, pair.value, formula=pair.formula())
            if len(found) == MOST:
                break
    return list(found.values())


def _sentence(value: Any, *done: str) -> str:
    """What was done, and the number it gives."""
    return f"{', and '.join(done)}; this gives {shown(value)}"
