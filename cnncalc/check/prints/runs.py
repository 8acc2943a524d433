"""Rows in order, some of them modules of unknown extent -> the layers of each, with the fewest numbers wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

ANY = "any"
MOST_TRIED = 300_000
"""Pairs of a row and a layer for which every extent is tried, where the numbers alone do not lead through."""


class Run(NamedTuple):
    """A row, and the family of its one layer, ANY for one of whatever family; without one it may hold any number."""

    place: int
    family: str


class _State(NamedTuple):
    wrong: tuple[int, int]
    back: int


def runs(
    wanted: Sequence[Run],
    families: Sequence[str],
    disagreements: Callable[[int, int, int], tuple[int, int]],
    ends: Callable[[int, int], Iterable[int]],
) -> dict[Run, tuple[int, int]]:
    """The first layer of each run, and the one after its last; nothing if the runs cannot cover all layers.

    `disagreements(place, start, end)` counts the numbers of a row that are not those of the layers from `start` up to
    `end`, and adds 1 where a run begins in an unlikely place; `ends(place, start)` are the ends
    at which its parameters agree.
    """
    found = _path(wanted, families, disagreements, ends, anywhere=False)
    if (found is None or found[0][0]) and len(wanted) * len(families) <= MOST_TRIED:
        again = _path(wanted, families, disagreements, ends, anywhere=True)
        found = again if again is not None and (found is None or again[0] < found[0]) else found
    return dict(zip(wanted, found[1], strict=True)) if found else {}


def _path(
    wanted: Sequence[Run],
    families: Sequence[str],
    disagreements: Callable[[int, int, int], tuple[int, int]],
    ends: Callable[[int, int], Iterable[int]],
    *,
    anywhere: bool,
) -> tuple[tuple[int, int], list[tuple[int, int]]] | None:
    """The way through with the fewest wrong numbers, and how many these are; `anywhere` a module may end if need be."""
    count = len(families)
    columns: list[dict[int, _State]] = [{0: _State((0, 0), 0)}]
    for number, run in enumerate(wanted):
        column: dict[int, _State] = {}
        best = min((state.wrong for state in columns[-1].values()), default=(0, 0))
        for start, state in columns[-1].items():
            if run.family:
                one = start < count and run.family in (ANY, families[start])
                choice: Iterable[int] = (start + 1,) if one else ()
            else:
                choice = ends(run.place, start)
                if anywhere and state.wrong == best:
                    choice = range(start + 1, count - (len(wanted) - number - 1) + 1)
            for end in choice:
                if end > count:
                    continue
                more = disagreements(run.place, start, end)
                wrong = (state.wrong[0] + more[0], state.wrong[1] + more[1])
                if end not in column or wrong < column[end].wrong:
                    column[end] = _State(wrong, start)
        columns.append(column)
    if count not in columns[-1]:
        return None
    end, back = count, []
    for column in reversed(columns[1:]):
        back.append((column[end].back, end))
        end = column[end].back
    return columns[-1][count].wrong, back[::-1]
