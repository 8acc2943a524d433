"""Compiled formulas come to what plain integers do, on numbers and on ranges."""

from __future__ import annotations

import random

import pytest

from cnncalc.symbolic import exact_div, floor_div, maximum, minimum, substitute, symbol
from cnncalc.symbolic.program import Program

H, W, C = symbol("H"), symbol("W"), symbol("C")
FORMULAS = (
    H * W * C + 7,
    floor_div(H + 31, 32) * floor_div(W + 31, 32) * 512 - C * C * C,
    minimum(floor_div(H, 3), W - 5) * maximum(C - 9, 2 * H),
    exact_div(C * 12, C) + floor_div(H * W, C + 3),
    42,
)


def test_a_program_comes_to_what_substitution_does() -> None:
    chance = random.Random(3)
    program = Program(FORMULAS)
    assert {"H", "W", "C"} == set(program.inputs)
    for _ in range(300):
        values = {name: chance.choice((1, 2, chance.randint(3, 500), 10**12)) for name in "HWC"}
        assert [substitute(formula, values) for formula in FORMULAS] == program.run(values)


def test_what_formulas_share_is_computed_once() -> None:
    area = floor_div(H + 1, 2) * floor_div(W + 1, 2)
    assert len(Program([area]).steps) == len(Program([area, area]).steps)
    assert len(Program([area, floor_div(H + 1, 2)]).steps) == len(Program([area]).steps)


def test_the_widest_step_of_a_program_is_never_beyond_the_bound_it_tells() -> None:
    chance = random.Random(4)
    for formula in FORMULAS:
        program = Program([formula])
        for _ in range(40):
            ranges = {name: tuple(sorted(chance.randint(1, 10**6) for _ in range(2))) for name in "HWC"}
            widest = program.widest(ranges)
            for _ in range(20):
                values = {name: chance.randint(*bounds) for name, bounds in ranges.items()}
                assert abs(program.run(values)[0]) <= widest


def test_a_half_and_a_power_that_is_a_symbol_are_no_integer_arithmetic() -> None:
    for expression in (H / 2, 2**H):
        with pytest.raises(ValueError, match="no integer arithmetic"):
            Program([expression])
