"""A rule's provisos -> Conditions: what must hold of the sizes for its numbers to be true.

Rules never branch on a size. They yield conditions instead; with integers these are decided
at once, with symbols they travel along with the formula.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from cnncalc.symbolic import Size
from cnncalc.symbolic.constraint import Constraint, Relation, holds


class Condition(NamedTuple):
    """`left relation right` must hold; `message` says what is wrong where it does not.

    `severity`: an "error" leaves the layer without an output; a "fault" leaves the output
    known, though the layer is still refused; a "note" is only reported (pixels dropped).
    """

    left: Size
    relation: Relation
    right: Size
    message: Callable[[], str]
    hint: Callable[[], str] | str = ""
    severity: Literal["error", "fault", "note"] = "error"
    lost: Callable[[], Size] = int
    """With a note: the pixels at the end of the layer's input that no window covers; none below 1."""
    axis: str = ""
    """The axis that the message and the hint speak of, in the word they use for it."""

    def holds(self) -> bool | None:
        """True or False for integers; None where it depends on a symbol."""
        return holds(self.left, self.relation, self.right)

    @property
    def constraint(self) -> Constraint:
        """What must hold, by itself."""
        return Constraint(self.left, self.relation, self.right)

    def hint_text(self) -> str:
        """How to mend it, as text."""
        return self.hint if isinstance(self.hint, str) else self.hint()

    def __str__(self) -> str:
        return str(self.constraint)


def never(message: str, hint: str = "") -> Condition:
    """The condition of a rule that cannot apply here at all, whatever the sizes."""
    return Condition(0, ">=", 1, lambda: message, hint)
