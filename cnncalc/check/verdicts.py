"""Claims -> a Verdict on each: the exact value beside the printed one, and what explains a mismatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cnncalc.analysis import Analysis
from cnncalc.analysis.quantities import COUNTS, FIELDS
from cnncalc.check.claim import Claim, Table, Verdict
from cnncalc.check.exact_values import exact_value, layer_of
from cnncalc.check.exercises import answers_in, judge_by_hand
from cnncalc.check.follow_through import JUDGED, followed_through, own_rows
from cnncalc.check.network import Network
from cnncalc.check.numbers.amounts import Amount, as_thousands
from cnncalc.check.numbers.arithmetic import Working
from cnncalc.check.numbers.printed import Printed
from cnncalc.check.shared_reasons import with_shared_reasons
from cnncalc.errors import Problem, SpecError
from cnncalc.layers import Shape
from cnncalc.limits import MOST_DIAGNOSED, MOST_EXPLAINED_LAYERS

if TYPE_CHECKING:
    from cnncalc.diagnose.diagnose import Candidate
    from cnncalc.diagnose.own_rows import OwnRows
    from cnncalc.diagnose.written import Written

DIAGNOSED = ("output", *COUNTS, "depth", *FIELDS)
"""The quantities for which mistakes are known."""
LEAST_CHANNELS_FIRST = 2
"""Shapes that must be right as channels x height x width, and only so, for all to be read that way."""


def verdicts(table: Table, *, diagnosed: bool = True) -> list[Verdict]:
    """What became of every claim of a table, in its order; no claim stops the others.

    A wrong number that is right from other numbers of the table is consistent. Without `diagnosed` no mistake is looked
    for in the others: that takes most of the time. Beyond the limits of explanations, a note of the table says where
    these end.
    """
    found: list[Verdict] = []
    by_hand = answers_in(table.claims)
    try:
        for claim in table.claims:
            if claim.exercise is not None:
                found.append(judge_by_hand(claim, by_hand, diagnosed=diagnosed))
                continue
            try:
                if claim.problem is not None and not (claim.network or table.networks):
                    raise SpecError([claim.problem])
                found.append(judge(claim, _analysis(claim, table), graded=table.graded))
            except SpecError as error:
                found.append(_no_value(claim, error))
        found = _channels_first(table, found)
        rows = _own_rows(found, table)
        found = _followed_through(found, table, rows)
        return _explained_all(found, table, rows) if diagnosed else found
    except KeyboardInterrupt:  # says how far it came
        raise KeyboardInterrupt(f"{len(found):,} of {len(table.claims):,} numbers in {table.name}") from None


def _is_of_network(claim: Claim) -> bool:
    """Whether the exact value is a number of the network's own layers."""
    return claim.exact is None and claim.exercise is None


def _network(claim: Claim, table: Table) -> Network:
    return claim.network or table.networks[0]


def _analysis(claim: Claim, table: Table) -> Analysis:
    """The network of a claim in its convention and for its batch; raises SpecError."""
    return _network(claim, table).analysis(claim.convention, claim.batch)


def _own_rows(found: Sequence[Verdict], table: Table) -> dict[int, OwnRows]:
    """By the id of an analysis, what the table says about it, where a wrong number may come from another."""
    judged: dict[int, tuple[Analysis, list[Verdict]]] = {}
    for verdict in found:
        if verdict.status in JUDGED and _is_of_network(verdict.claim):
            analysis = _analysis(verdict.claim, table)
            judged.setdefault(id(analysis), (analysis, []))[1].append(verdict)
    return {
        key: own_rows(alike, analysis)
        for key, (analysis, alike) in judged.items()
        if len(alike) > 1 and any(verdict.status == "mismatch" for verdict in alike)
    }


def _followed_through(found: list[Verdict], table: Table, rows: Mapping[int, OwnRows]) -> list[Verdict]:
    """The verdicts, those consistent that are right from other numbers about the same network."""
    return [
        followed_through(verdict, rows[key])
        if verdict.status == "mismatch"
        and _is_of_network(verdict.claim)
        and (key := id(_analysis(verdict.claim, table))) in rows
        else verdict
        for verdict in found
    ]


def _explained_all(found: list[Verdict], table: Table, rows: Mapping[int, OwnRows]) -> list[Verdict]:
    """The verdicts with what explains each mismatch, as far as the limits go."""
    layers: dict[Network, int] = {}  # of every network with a wrong number
    wrong, unexplained = 0, ""
    for place, verdict in enumerate(found):
        if verdict.status != "mismatch" or verdict.claim.erratum or not _is_of_network(verdict.claim):
            continue
        network, analysis = _network(verdict.claim, table), _analysis(verdict.claim, table)
        within = network in layers or sum(layers.values()) < MOST_EXPLAINED_LAYERS.value
        if wrong < MOST_DIAGNOSED.value and within:
            found[place] = explained(verdict, analysis, rows.get(id(analysis)))
        elif not unexplained:
            limit = MOST_DIAGNOSED if within else MOST_EXPLAINED_LAYERS
            unexplained = f"from here on wrong numbers are not explained; {limit.hint}"
            table.notes.append(Problem(unexplained, verdict.claim.span))
        wrong += 1
        layers[network] = len(analysis.layers)
    return _shared(found, table, rows)


def _shared(found: list[Verdict], table: Table, rows: Mapping[int, OwnRows]) -> list[Verdict]:
    """The verdicts, each column of wrong numbers with the reasons that all of it has, if there are any."""
    columns: dict[tuple[int, str], list[int]] = {}
    for place, verdict in enumerate(found):
        if (
            verdict.status == "mismatch"
            and verdict.claim.layer
            and not (verdict.claim.erratum or verdict.claim.exercise)
        ):
            columns.setdefault((id(_analysis(verdict.claim, table)), verdict.claim.quantity), []).append(place)
    for (key, _), places in columns.items():
        column = [found[place] for place in places]
        if all(verdict.diagnoses and verdict.claim.printed.slipped is None for verdict in column):
            claims = [(each.claim, _working(each.claim, rows.get(key))) for each in column]
            reasons = [_usual(claim, claim.printed, working, _analysis(claim, table)) for claim, working in claims]
            for place, verdict in zip(places, with_shared_reasons(column, reasons), strict=True):
                found[place] = verdict
    return found


def _channels_first(table: Table, found: list[Verdict]) -> list[Verdict]:
    """The verdicts with all shapes read as channels x height x width, if these are right so and not the other way."""
    shapes = [
        (place, verdict.exact, verdict.claim.printed)
        for place, verdict in enumerate(found)
        if isinstance(verdict.exact, Shape) and not verdict.claim.printed.layout
    ]
    turned = {place: replace(printed, layout="chw") for place, _, printed in shapes}
    only = {place: exact for place, exact, printed in shapes if printed.matches(exact) != turned[place].matches(exact)}
    if len(only) < LEAST_CHANNELS_FIRST or not all(turned[place].matches(exact) for place, exact in only.items()):
        return found
    table.notes.append(Problem("the shapes are read as channels x height x width: they are right that way", None))
    again = list(found)
    for place, printed in turned.items():
        verdict = found[place]
        if printed.matches(verdict.exact):
            again[place] = Verdict(replace(verdict.claim, printed=printed), "match", verdict.exact)
    return again


def judge(claim: Claim, analysis: Analysis, *, graded: bool = False) -> Verdict:
    """The verdict on one claim, whatever became of the others; `analysis` is in its convention and for its batch.

    Where it is `graded`, 100 % for the whole network is not accepted as an answer.
    """
    follows = claim.exact is not None
    claim = claim if follows else replace(claim, layer=layer_of(claim, analysis))
    try:
        if claim.problem is not None:
            raise SpecError([claim.problem])
        exact = claim.exact if follows else exact_value(claim, analysis)
        own = claim.printed.share and claim.against is None and not follows and not claim.beside
        if graded and own and (not claim.layer or exact == 1):
            raise SpecError([Problem("the whole is 100 % of itself in every network", None, "give a number")])
    except SpecError as error:
        return _no_value(claim, error)
    matches = claim.printed.matches(exact)
    if claim.erratum:
        return _erratum(claim, exact, matches)
    if matches:
        return Verdict(claim, "match", exact, message=_joined(claim.printed.note, *claim.notes))
    hint = _thousands(claim, exact) or _one_side(claim, exact) or claim.hint
    message = _joined(claim.printed.slip(), hint, claim.printed.note, *claim.notes)
    return Verdict(claim, "mismatch", exact, message=message)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _thousands(claim: Claim, exact: Any) -> str:
    """That 2,416 is right, where 2.416 was written for it."""
    text = as_thousands(claim.printed.text)
    if not text or not Printed.read(text).matches(exact):
        return ""
    return f"{text} would be right: the point in {claim.printed} is a decimal point"


def _one_side(claim: Claim, exact: Any) -> str:
    """That one side, though right, is no output of a map whose sides differ."""
    one = isinstance(exact, Shape) and exact.rank > 1 and claim.printed.claimed in exact.size
    return "the sides of this map differ, and one alone is not the output" if one else ""


def _erratum(claim: Claim, exact: Any, matches: bool) -> Verdict:
    """An erratum must be wrong, and its correction right."""
    if matches:
        return Verdict(
            claim,
            "unexpected match",
            exact,
            message="this number is right, not an erratum: remove `erratum`",
        )
    if claim.correct is not None and not claim.correct.matches(exact):
        return Verdict(claim, "mismatch", exact, message=f"the correction {claim.correct} is wrong, too")
    return Verdict(claim, "erratum", exact, message=claim.erratum)


def _no_value(claim: Claim, error: SpecError) -> Verdict:
    """A claim that has no exact value; the first problem says why."""
    problem = error.problems[0]
    message = problem.message + (f" ({problem.hint})" if problem.hint else "")
    return Verdict(claim, "error", message=_joined(message, *claim.notes))


def explained(verdict: Verdict, analysis: Analysis, rows: OwnRows | None = None) -> Verdict:
    """The verdict on a wrong number with what explains it, the working before it, or that the two differ.

    `rows` are the other numbers of the table, which it may have been computed from.
    """
    claim, exact = verdict.claim, verdict.exact
    slipped, result, working = claim.printed.slipped, claim.printed.result, _working(claim, rows)
    if slipped is None:
        return replace(verdict, diagnoses=_diagnoses(claim, claim.printed, working, analysis, rows))
    beside = replace(working, terms=())  # the result does not come from them
    of_result = () if result.matches(exact) else _diagnoses(claim, result, beside, analysis, rows)
    if slipped.gives(exact):
        copied = "the working itself is right; its result was added up or copied wrongly"
        return replace(verdict, diagnoses=of_result or (copied,))
    of_working = _diagnoses(claim, _as_printed(slipped), working, analysis, rows)
    return replace(verdict, diagnoses=of_result + tuple(f"in the working {text}" for text in of_working))


def _working(claim: Claim, rows: OwnRows | None) -> Written:
    """What stands before a number: its working, and the row of the layer before."""
    from cnncalc.check.numbers.written import written

    found = written(claim.printed.text, claim.quantity)
    stated = rows.stated_before(claim.layer, claim.quantity) if rows and claim.layer else None
    return found if stated is None else replace(found, stated=stated)


def _as_printed(working: Working) -> Printed:
    """The value of a working, as if it had been printed."""
    whole = working.value.denominator == 1
    amount = Amount(working.value.numerator, Fraction(1)) if whole else None
    return Printed(str(working), working.value.numerator if whole else working.value, amount)


def _diagnoses(
    claim: Claim, printed: Printed, working: Written, analysis: Analysis, rows: OwnRows | None
) -> tuple[str, ...]:
    """The mistakes that give exactly a number, made on the table's own numbers first; each the likeliest first."""
    if claim.against is not None or printed.share or claim.quantity not in DIAGNOSED:
        return ()
    own = _on_own_input(claim, printed, working, rows) if rows else ()
    made = {candidate.mistakes for candidate in own}
    usual = _usual(claim, printed, working, analysis)
    return tuple(each.text for each in (*own, *(each for each in usual if each.mistakes not in made)))


def _usual(claim: Claim, printed: Printed, working: Written, analysis: Analysis) -> tuple[Candidate, ...]:
    """The mistakes that give a number on the correct inputs; each search is done once and kept."""
    from cnncalc.diagnose.diagnose import diagnose, layers_named

    known, key = _known(analysis), (claim.layer, claim.quantity, printed, working)
    if key not in known:
        layers = layers_named(analysis, claim.layer) if claim.layer else None
        known[key] = tuple(diagnose(analysis, layers, claim.quantity, printed.matches, printed.claimed, working))
    return known[key]


@lru_cache(maxsize=64)
def _known(analysis: Analysis) -> dict[tuple[str, str, Printed, Written], tuple[Candidate, ...]]:
    """The diagnoses of an analysis so far: a class makes the same mistakes again and again."""
    return {}


def _on_own_input(claim: Claim, printed: Printed, working: Written, rows: OwnRows) -> Sequence[Candidate]:
    """The mistakes that give a number of one layer on the table's own numbers before it."""
    from cnncalc.diagnose.diagnose import diagnose_on_own_input, layers_named

    layers = layers_named(rows.analysis, claim.layer) if claim.layer else []
    if len(layers) != 1:
        return ()
    return diagnose_on_own_input(rows, layers[0], claim.quantity, printed.matches, printed.claimed, working)
