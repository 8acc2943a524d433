"""Networks and texts made at random: two ways of counting and the calculator agree, and bad input is refused.

tests/fuzz/ has the scripts that try many more.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.generator import generate, generate_towers
from tests.fuzz.networks import Difference, Tally, compare_inputs, difference, minimised, written
from tests.fuzz.strategies import STRATEGIES
from tests.fuzz.targets import TARGETS, corpus, read

NETWORKS = 200
WITH_FORMULAS = 60
WITH_TOWERS = 100
EXAMPLES = 60


# Networks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(4))
def test_numbers_and_the_calculator_agree_on_random_networks(part: int) -> None:
    tally = Tally()
    for seed in range(part, NETWORKS, 4):
        spec = generate(seed)
        found = difference(spec, tally, seed, formulas=False)
        assert found is None, f"{found}\n{written(spec)}"
    # No kind of answer is so rare that it is not tried.
    assert tally.counts["sizes counted"] > NETWORKS / 4
    assert tally.counts["sizes refused"] > NETWORKS / 40


@pytest.mark.parametrize("part", range(4))
def test_formulas_with_numbers_put_in_are_the_numbers_of_random_networks(part: int) -> None:
    tally = Tally()
    for seed in range(1000 + part, 1000 + WITH_FORMULAS, 4):
        spec = generate(seed)
        found = difference(spec, tally, seed, formulas=True)
        assert found is None, f"{found}\n{written(spec)}"
    assert tally.counts["sizes compared with formulas"] > WITH_FORMULAS / 4


def test_numbers_and_the_calculator_agree_on_random_networks_with_two_inputs() -> None:
    tally = Tally()
    for seed in range(2000, 2000 + WITH_TOWERS):
        spec = generate_towers(seed)
        try:
            compare_inputs(spec, tally)
        except Difference as found:
            pytest.fail(f"{found}\n{written(spec)}")
    assert tally.counts["sizes counted"] > WITH_TOWERS / 4
    assert tally.counts["fields of several inputs"] > WITH_TOWERS / 4


def test_a_difference_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.layers import TransposedConv

    counted = TransposedConv.weights
    monkeypatch.setattr(TransposedConv, "weights", lambda layer, shape: counted(layer, shape) + 1)
    for seed in range(100):
        spec = generate(seed)
        found = difference(spec, Tally(), seed, formulas=False)
        if found is not None:
            break
    assert found is not None
    assert "params" == found.kind
    least = minimised(spec, found, lambda each: difference(each, Tally(), seed, formulas=False))
    (only,) = least["layers"]
    assert {"deconv": {"filters": 1, "kernel": 1}} == only


# Texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
def test_every_text_of_the_corpus_is_read_or_refused(target: str) -> None:
    accepted = [read(target, text) for text in corpus(target)]
    assert any(accepted), "no text of the corpus is accepted"


@pytest.mark.parametrize("target", TARGETS)
def test_texts_of_the_grammar_with_slips_are_read_or_refused(target: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(text=STRATEGIES[target])
    def reads(text: str) -> None:
        read(target, text)

    reads()
