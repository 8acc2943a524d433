"""Receptive fields found by wrong rules, each with the mistake that was made: plain arithmetic, for `wrong_answers.py`.

A rule makes (R, J) behind a layer of those before it. A person keeps to a rule in the whole column, or slips once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from wrong_answers import Net, Step, reached, resized, seen, slides, usual, wrong

Rule = Callable[[Step, int, int], "tuple[int, int]"]
Cases = Iterator[tuple[str, Any]]
RULES: dict[str, Rule] = {}
"""Rules for a whole column."""


def correct(step: Step, R: int, J: int) -> tuple[int, int]:
    return usual(step, R, J), J * step.S


def walked(at: Net, index: int, rule: Rule) -> tuple[int, int]:
    """(R, J) behind a layer, by one rule for all windows up to it."""
    R = J = 1
    for step in at.steps[: index + 1]:
        R, J = rule(step, R, J) if slides(step) else (R, J)
    return R, J


def by_rule(key: str, rule: Rule, *quantities: str, slip: bool = True) -> None:
    """Enter a mistake: what the rule gives where it is kept to, and where it is a slip at this layer alone."""
    RULES[key] = rule

    @wrong(key)
    def cases(at: Net, index: int) -> Cases:
        if seen(at, index) and (key != "strides-added" or any(step.S > 1 for step in at.steps)):
            found = [rule(at.steps[index], *walked(at, index - 1, correct))] if slip else []
            for R, J in [*found, walked(at, index, rule)]:
                both = {"receptive_field": R, "jump": J}
                yield from ((name, both[name]) for name in quantities or ("receptive_field",))


def last_stride(step: Step, R: int, J: int) -> tuple[int, int]:
    """The jump is the stride of the layer before, not the product of all."""
    return usual(step, R, J), step.S


def strides_added(step: Step, R: int, J: int) -> tuple[int, int]:
    """1, 2, 2 add up to 5; the first layer's own stride stands at the start."""
    return usual(step, R, J), step.S if R == 1 else J + step.S


def long_strides_added(step: Step, R: int, J: int) -> tuple[int, int]:
    """1, 2, 2 add up to 4: strides of 1 do nothing."""
    return usual(step, R, J), J if step.S == 1 else step.S + (J if J > 1 else 0)


by_rule("stride-for-jump", lambda step, R, J: (R + step.D * (step.F - 1) * step.S, J * step.S))
by_rule("windows-added", lambda step, R, J: (R * (R > 1) + step.D * (step.F - 1) + 1, J * step.S))
by_rule("steps-backwards", lambda step, R, J: ((R - 1) * step.S + step.D * (step.F - 1) + 1, J * step.S))


@wrong("strides-not-multiplied")
def _(at: Net, index: int) -> Cases:
    if seen(at, index):
        R, J = walked(at, index, last_stride)
        yield "receptive_field", R
        yield "jump", J
        strides = [step.S for step in at.steps[:index] if slides(step)]
        if strides:
            yield "receptive_field", usual(at.steps[index], reached(at, index - 1, usual)[0], strides[-1])


by_rule("strides-added", strides_added, "receptive_field", "jump", slip=False)


@wrong("start-forgotten")
def _(at: Net, index: int) -> Cases:
    if seen(at, index):
        yield "receptive_field", reached(at, index, usual)[0] - 1


def multiplied(factor: Callable[[Step], int], jumps: bool) -> Rule:
    """Pools multiply the receptive field; other layers add (F - 1)*J, or F - 1."""
    return lambda step, R, J: (
        R * factor(step) if step.kind == "maxpool" else usual(step, R, J if jumps else 1),
        J * step.S,
    )


@wrong("pool-multiplies")
def _(at: Net, index: int) -> Cases:
    if seen(at, index):
        before, _ = reached(at, index - 1, usual)
        if at.steps[index].kind == "maxpool":
            yield "receptive_field", before * at.steps[index].S
        for jumps in (True, False):
            yield "receptive_field", walked(at, index, multiplied(lambda step: step.S, jumps))[0]


@wrong("blocks-added")
def _(at: Net, index: int) -> Cases:
    """Every pool ends a block; each block's field as if its input were the image."""
    if seen(at, index):
        ends = [place + 1 for place in range(index) if at.steps[place].kind == "maxpool"]
        total = 0
        for start, end in pairwise([0, *ends, index + 1]):
            R = J = 1
            for step in at.steps[start:end]:
                R, J = correct(step, R, J) if slides(step) else (R, J)
            total += R
        yield "receptive_field", total


@wrong("pool-strides-forgotten")
def _(at: Net, index: int) -> Cases:
    if seen(at, index):
        R, J = walked(at, index, lambda step, R, J: (usual(step, R, J), J * (step.S if step.kind != "maxpool" else 1)))
        yield "receptive_field", R
        yield "jump", J


@wrong("field-cut")
def _(at: Net, index: int) -> Cases:
    first = at.steps[0]
    if seen(at, index) and first.H == first.W < reached(at, index, usual)[0]:
        yield "receptive_field", first.H


@wrong("dilated-window")
def _(at: Net, index: int) -> Cases:
    """F*D long, or (F - 1)*D."""
    step = at.steps[index]
    if step.D > 1:
        for length in (step.F * step.D, (step.F - 1) * step.D):
            yield from resized(at, index, F=length, D=1)
            if seen(at, index):
                R, J = reached(at, index - 1, usual)
                yield "receptive_field", R + (length - 1) * J


@wrong("stride-for-dilation")
def _(at: Net, index: int) -> Cases:
    step = at.steps[index]
    if step.S > 1 and step.D == 1 and step.kind in ("conv", "depthwise"):
        yield from resized(at, index, S=1, D=step.S)
        if seen(at, index):
            R, J = reached(at, index - 1, usual)
            yield "receptive_field", R + step.S * (step.F - 1) * J
            yield "jump", J


def multiplied_too(step: Step, R: int, J: int) -> tuple[int, int]:
    return (R + step.D * (step.F - 1)) * J, J * step.S


RULES |= {
    "jump-forgotten": lambda step, R, J: (usual(step, R, 1), J * step.S),
    "jump-after-stride": lambda step, R, J: (usual(step, R, J * step.S), J * step.S),
    "kernel-not-less-one": lambda step, R, J: (usual(step, R, J) + (J if R > 1 else 0), J * step.S),
    "field-times-jump": multiplied_too,
    "pool-multiplies": multiplied(lambda step: step.S, True),
    "strides-not-multiplied": last_stride,
}
