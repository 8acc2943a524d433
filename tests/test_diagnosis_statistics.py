"""The rates that diagnosis promises, on a sample of `diagnosis_statistics.py`: true mistakes, chance, right answers."""

from __future__ import annotations

import random
from itertools import chain

import pytest
from diagnosis_statistics import (
    Found,
    chance_by,
    networks,
    of_chance,
    of_mistakes,
    of_right_answers,
    of_totals,
    share,
)
from wrong_answers import Net

SEED = 11


@pytest.fixture(scope="module")
def nets(tmp_path_factory: pytest.TempPathFactory) -> list[Net]:
    return networks(tmp_path_factory.mktemp("nets"), random.Random(SEED), 12)


def test_the_true_mistake_is_always_among_the_reasons_and_first_in_95_of_100(nets: list[Net]) -> None:
    found: list[Found] = [*of_mistakes(nets, random.Random(SEED), 8).values(), *of_totals(nets[::4]).values()]
    assert [] == list(chain.from_iterable(each.lost for each in found))
    made = sum(each.made for each in found)
    assert made > 900
    assert sum(each.first for each in found) >= 0.95 * made


def test_random_numbers_have_a_reason_as_seldom_as_promised(nets: list[Net]) -> None:
    """Of four digits and more at most 2 in 100; of counts with fewer, little more. A side or a field of two digits is
    soon that of a common mistake: of those drawn from all numbers of that length one in six.
    """
    found = of_chance(nets, random.Random(SEED), 240)
    assert share(chance_by(found, "4+")) <= 0.02
    assert share(chance_by(found, "count", "3")) <= 0.04
    assert share(chance_by(found, "count", "2")) <= 0.08
    assert share(chance_by(found, "uniform", "2")) <= 0.16


def test_no_right_answer_is_called_wrong_in_any_dress(nets: list[Net]) -> None:
    tried, wrong = of_right_answers(nets, random.Random(SEED), 1500)
    assert tried > 1000
    assert [] == wrong
