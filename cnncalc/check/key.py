"""The key to a sheet: a table whose network and exercises are the question, and whose claims are what is asked."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from cnncalc.check.context import CONTEXT_KEYS, NETWORK_KEYS, Overrides
from cnncalc.check.grading import checked
from cnncalc.errors import Problem, SpecError


class Key(NamedTuple):
    """What a key sets for all sheets, and the questions in it with their titles; without any, each answer is one."""

    overrides: Overrides
    asked: Mapping[Hashable, str] = MappingProxyType({})


def read_key(path: str, given: Overrides) -> Key:
    """The key in a file; `given` is what the command line sets besides. Raises SpecError for a key that is wrong."""
    outcome = checked(path, replace(given, grading=False), diagnosed=False)
    table, exercises = outcome.table, outcome.table.exercises if outcome.table else None
    assert table is not None
    assert exercises is not None
    wrong = [verdict.claim for verdict in outcome.verdicts if not verdict.passed]
    if wrong:
        shown = ", ".join(claim.title for claim in wrong[:5])
        raise SpecError([Problem(f"the key is wrong itself: {shown}", wrong[0].span, f"see cnncalc check {path}")])
    if len(table.networks) > 1:
        raise SpecError([Problem("a key is about one network", None, "write a key for each, and check them in turn")])
    ways = {(claim.convention, claim.batch) for claim in table.claims if claim.exercise is None}
    if len(ways) > 1:
        raise SpecError([Problem("the key counts in several ways", None, "set the way at the top of it")])
    context = given.context
    for convention, batch in ways:
        context = replace(context, convention=convention, batch=batch)
    keys = given.keys
    if table.networks:
        keys = keys.union(NETWORK_KEYS, CONTEXT_KEYS)
        given = replace(given, network=table.networks[0])
    asked = {question: verdicts[0].claim.title for question, verdicts in outcome.questions.items()}
    asked |= {exercise.question: exercise.title for exercise in exercises.all}
    return Key(replace(given, context=context, keys=keys, exercises=exercises, grading=True), asked)
