"""Shapes that stand alone in a question -> claims: `227 -> 55, 11x11` speaks of the kernel, `227x227x3, F=11` not."""

from __future__ import annotations

from cnncalc.errors import Problem
from cnncalc.layers import Layer
from cnncalc.solve.letters import DERIVED, known_letter
from cnncalc.solve.question import Amount, Claim, Question, QuestionError

SIZELESS = frozenset({"rf", "params", "weights"})
"""Quantities that do not depend on the size of the input."""


def placed(question: Question, kind: type[Layer]) -> Question:
    """The question with every shape as a claim; raises QuestionError for one that can be neither input nor kernel.

    A square is the kernel where the input is said elsewhere, or does not matter, as in `rf=15, 3x3` and `3x3, params`.
    """
    if not question.shapes:
        return question
    claimed = {known_letter(claim.name, kind): claim for claim in question.claims}
    spoken = {*claimed, *(known_letter(name, kind) for name, _ in question.unknowns)}
    keeps = "out" in claimed and isinstance(claimed["out"].amount, str)
    follows = spoken & {*DERIVED}
    needless = keeps or (bool(follows) and follows <= SIZELESS)
    claims = list(question.claims)
    for amount, span in sorted(question.shapes, key=lambda shape: -len(shape[0])):  # the input first
        free = "kernel" in kind.fields and "F" not in spoken
        if free and _is_square(amount) and ("W" in spoken or needless):
            name, letter = "kernel", "F"
        elif "W" not in spoken:
            name, letter = "in", "W"
        else:
            text = span.source.lines[span.line][span.column : span.column + span.length]
            hint = "as in 'in=32x32', or 'F=3'"
            raise QuestionError([Problem(f"{text} of what? the input is said already", span, hint)])
        spoken.add(letter)
        claims.append(Claim(name, "==", amount, span))
    return question._replace(claims=tuple(claims), shapes=())


def _is_square(amount: Amount) -> bool:
    return len(amount) == 2 and len(set(amount)) == 1 and amount[0] is not None
