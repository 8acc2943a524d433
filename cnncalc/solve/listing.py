"""An Answer -> its solutions as lines of plain text: `S = 4`, `P <= 4`, `F = 2, P = 0`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cnncalc.symbolic import is_known, written

if TYPE_CHECKING:
    from cnncalc.solve.answer import Answer
    from cnncalc.solve.search import Found

MOST_SHOWN = 20
LIMIT = 200
"""Where a search ends at this number or later, it ends because it must; what holds there holds beyond."""

ENDLESS = 1_000_000
"""The end of a search for several unknowns that stands for no end."""


def summary(answer: Answer) -> Iterator[str]:
    """What was found, general forms and notes; no workings."""
    yield from (f"{name} = {known_text(value)}" for name, value in answer.known.items())
    found = answer.exact or answer.rounded
    if found:
        yield from listed(answer, found)
    elif not answer and not answer.known:
        yield "none"
    yield from answer.general
    yield from (f"* {note}" for note in answer.notes)


def known_text(value: Any) -> str:
    """A quantity as text: `1,792`, `29x29x32`, `(W - 2)x(W - 2)`."""
    if isinstance(value, str):
        return value
    values = value if isinstance(value, tuple) else (value,)
    return "x".join(f"{each:,}" if is_known(each) else f"({written(each)})" for each in values)


def listed(answer: Answer, found: Found) -> list[str]:
    """One line for each solution; of one unknown, for each range."""
    endless = len(answer.unknowns) > 1 and _is_endless(answer, found)
    if len(answer.unknowns) == 1:
        texts = ranges(answer, found)
    else:
        points = found.smallest(MOST_SHOWN) if endless else found.points(MOST_SHOWN + 1)
        texts = [", ".join(f"{name} = {answer.text(name, value)}" for name, value in point.items()) for point in points]
    if endless:
        return [*texts, "... and more without end: these are the smallest"]
    hidden = (found.number if len(answer.unknowns) > 1 else len(texts)) - MOST_SHOWN
    return texts if hidden <= 0 else [*texts[:MOST_SHOWN], f"... and {hidden:,} more"]


def _is_endless(answer: Answer, found: Found) -> bool:
    """Whether solutions go on to the end of a search that has no end of its own."""
    tops = {name: max(box[place][1] for box in found.boxes) for place, name in enumerate(found.unknowns)}
    searched = {name: most for name, (_, most) in answer.searched.items() if name not in answer.bounded}
    return any(tops[name] == most >= ENDLESS for name, most in searched.items())


def ranges(answer: Answer, found: Found) -> list[str]:
    """`W = 227`, `W = 224 to 255`, `L >= 112`: the solutions of one unknown."""
    name = answer.unknowns[0]
    texts = []
    for ((low, high),) in found.boxes:
        first, last = answer.text(name, low), answer.text(name, high)
        least, most = answer.searched.get(name, (low, high))
        if low == high:
            texts.append(f"{name} = {first}")
        elif name in answer.bounded:
            texts.append(f"{name} = {first} to {last}")
        elif high == most >= LIMIT:
            texts.append(f"{name} >= {first}" if low > least else f"any {name}")
        elif low == least:
            texts.append(f"{name} <= {last}")
        else:
            texts.append(f"{name} = {first} to {last}")
    return texts
