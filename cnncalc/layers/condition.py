"""What a rule requires of the sizes -> Conditions: a constraint, and what to say where it fails.

Rules never branch on a size. They yield conditions instead: with integers these are decided
at once, with symbols they stay beside the formula.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from cnncalc.symbolic import Size
from cnncalc.symbolic.constraint import Constraint, Relation, holds


class Condition(NamedTuple):
    """`left relation right` must hold; `message` says what is wrong if it does not.

    `severity` says what follows if it does not. "error": the layer has no output. "invalid": the
    output is known, but the layer is refused. "note": the layer is valid; the note is reported
    (pixels are dropped).
    """

    left: Size
    relation: Relation
    right: Size
    message: Callable[[], str]
    hint: Callable[[], str] | str = ""
    severity: Literal["error", "invalid", "note"] = "error"
    dropped_pixels: Callable[[], Size] = int
    """Of a note: how many pixels at the end of the layer's input no window covers; none if below 1."""
    axis: str = ""
    """The axis that the message and the hint speak of, as they call it."""

    def holds(self) -> bool | None:
        """True or False for integers; None where it depends on a symbol."""
        return holds(self.left, self.relation, self.right)

    @property
    def constraint(self) -> Constraint:
        """The constraint alone, without its messages."""
        return Constraint(self.left, self.relation, self.right)

    def hint_text(self) -> str:
        """How to mend it, as text."""
        return self.hint if isinstance(self.hint, str) else self.hint()

    def __str__(self) -> str:
        return str(self.constraint)


def never(message: str, hint: str = "") -> Condition:
    """The condition of a rule that cannot apply here at all, whatever the sizes."""
    return Condition(0, ">=", 1, lambda: message, hint)
