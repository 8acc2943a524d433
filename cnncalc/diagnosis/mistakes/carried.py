"""A mistake in layers before -> the number of a layer, or a total, that comes of its wrong sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from cnncalc.diagnosis.attempt import Attempt
from cnncalc.diagnosis.catalogue import CARRIED, COUNTED, MISTAKES, Mistake
from cnncalc.diagnosis.courses import Course, Courses, courses_of
from cnncalc.diagnosis.likelihood import BEFORE, CARRYING, THROUGHOUT
from cnncalc.diagnosis.mistakes import fields, rules
from cnncalc.diagnosis.network import TOTALS, Total, grouped

SINGLE = (fields, rules)
"""The modules that enter the mistakes that change a size."""
OF = ("output", *COUNTED)


def _everywhere(mistake: Mistake[Attempt], courses: Courses, last: int) -> Iterator[Course]:
    """The courses with the mistake in more than one layer up to the last."""
    for course in courses.throughout(mistake):
        if sum(index <= last for index in course.made) > 1:
            yield course


def _anywhere(mistake: Mistake[Attempt], courses: Courses, last: int) -> Iterator[Course]:
    """The courses with the mistake in one layer up to the last."""
    for index in range(last + 1):
        yield from courses.single(mistake, index)


Courser = Callable[[Mistake[Attempt], Courses, int], Iterator[Course]]


def _in_layer(mistake: Mistake[Attempt], coursing: Courser) -> Callable[[Attempt], Iterator[Attempt]]:
    """A mistake that is noticed at one layer because the input of the layer is wrong."""

    def recompute(right: Attempt) -> Iterator[Attempt]:
        courses = courses_of(right.analysis)
        last = courses.index[id(right.place)]
        for course in coursing(mistake, courses, last):
            if last in course.inputs:
                yield replace(courses.attempt(course, last, right.quantity), note=_told(mistake, course))

    return recompute


def _in_total(mistake: Mistake[Attempt], coursing: Courser) -> Callable[[Total], Iterator[Total]]:
    """A mistake in some layers, noticed in the sum over all."""

    def recompute(right: Total) -> Iterator[Total]:
        courses = courses_of(right.analysis)
        places = [courses.index[id(layer)] for layer in right.layers]
        given = tuple((part, times) for part, times in right.parts if id(part.place) not in courses.index)
        for course in coursing(mistake, courses, max(places)):
            if course.end > max(places) and not course.touched.isdisjoint(places):
                attempts = [courses.attempt(course, index, right.quantity) for index in places]
                yield replace(right, parts=(*given, *grouped(attempts)), note=_told(mistake, course))

    return recompute


def _told(mistake: Mistake[Attempt], course: Course) -> str:
    return f"{course.says or mistake.says} in {course.where}" + (", and carried on" if course.inputs else "")


for _ending, _coursing in ((THROUGHOUT, _everywhere), (BEFORE, _anywhere)):
    for _key in CARRYING:
        _own = MISTAKES.found[_key]
        MISTAKES.enter(_key + _ending, _own.says, OF, CARRIED)(_in_layer(_own, _coursing))
        TOTALS.enter(_key + _ending, _own.says, COUNTED, CARRIED)(_in_total(_own, _coursing))
