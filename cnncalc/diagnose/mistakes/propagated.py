"""A mistake in layers before, or in those of a block -> the number that comes of its wrong sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from cnncalc.diagnose.catalogue import CARRIED, COUNTED, MISTAKES, WITHIN, Mistake
from cnncalc.diagnose.mistakes import hyperparameters, missing_terms
from cnncalc.diagnose.network import TOTALS, Total, grouped
from cnncalc.diagnose.propagation import Courses, QuasiLinear, courses_of
from cnncalc.diagnose.ranking import BEFORE, CARRYING, INSIDE, THROUGHOUT
from cnncalc.diagnose.recompute import Attempt

SINGLE = (hyperparameters, missing_terms)
"""The modules that enter the mistakes that change a size."""
OF = ("output", *COUNTED)
Places: TypeAlias = "tuple[int, ...]"
"""The layers whose number it is."""


def _everywhere(mistake: Mistake[Attempt], courses: Courses, places: Places) -> Iterator[QuasiLinear]:
    """The courses with the mistake in more than one layer up to the last."""
    for course in courses.throughout(mistake):
        if sum(index <= max(places) for index in course.made) > 1:
            yield course


def _anywhere(mistake: Mistake[Attempt], courses: Courses, places: Places) -> Iterator[QuasiLinear]:
    """The courses with the mistake in one layer or block: in front of a block, or up to the last."""
    return courses.nearest(mistake, 0, places[0] if places in courses.names else max(places) + 1)


def _inside(mistake: Mistake[Attempt], courses: Courses, places: Places) -> Iterator[QuasiLinear]:
    """The courses with the mistake in the whole of a block, then in a part of it."""
    if places in courses.names:
        yield from courses.block(mistake, courses.names[places])
        for course in courses.nearest(mistake, places[0], places[-1] + 1):
            if max(course.made) <= places[-1]:
                yield course


Courser = Callable[[Mistake[Attempt], Courses, Places], Iterator[QuasiLinear]]


def _in_layer(mistake: Mistake[Attempt], coursing: Courser) -> Callable[[Attempt], Iterator[Attempt]]:
    """A mistake that is noticed at one layer, the last of a block perhaps, because the input of the layer is wrong."""

    def recompute(right: Attempt) -> Iterator[Attempt]:
        courses = courses_of(right.analysis)
        last = courses.index[id(right.place)]
        places = tuple(courses.index[id(layer)] for layer in right.block) or (last,)
        for course in coursing(mistake, courses, places):
            if last in course.inputs:
                note = _told(mistake, course, courses.names.get(places))
                yield replace(courses.attempt(course, last, right.quantity), note=note)

    return recompute


def _in_total(mistake: Mistake[Attempt], coursing: Courser) -> Callable[[Total], Iterator[Total]]:
    """A mistake in some layers, noticed in the sum over all."""

    def recompute(right: Total) -> Iterator[Total]:
        courses = courses_of(right.analysis)
        places = tuple(courses.index[id(layer)] for layer in right.layers)
        given = tuple((part, times) for part, times in right.parts if id(part.place) not in courses.index)
        for course in coursing(mistake, courses, places):
            if course.end > max(places) and not course.touched.isdisjoint(places):
                attempts = [courses.attempt(course, index, right.quantity) for index in places]
                note = _told(mistake, course, courses.names.get(places))
                yield replace(right, parts=(*given, *grouped(attempts)), note=note)

    return recompute


def _told(mistake: Mistake[Attempt], course: QuasiLinear, block: str | None) -> str:
    """What was done and where; a mistake in all of the block whose number it is has not left it."""
    left = course.inputs and course.where != block
    return f"{course.says or mistake.says} in {course.where}" + (", and carried on" if left else "")


for _ending, _coursing, _touches in (
    (INSIDE, _inside, WITHIN),
    (THROUGHOUT, _everywhere, CARRIED),
    (BEFORE, _anywhere, CARRIED),
):
    for _key in CARRYING:
        _own = MISTAKES.found[_key]
        MISTAKES.enter(_key + _ending, _own.says, OF, _touches)(_in_layer(_own, _coursing))
        TOTALS.enter(_key + _ending, _own.says, COUNTED, _touches)(_in_total(_own, _coursing))
