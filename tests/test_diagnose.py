"""Wrong numbers -> the mistakes that were made: found in answers that wrong_answers.py makes wrong by hand."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from typing import Any

import pytest
from conftest import Write
from wrong_answers import (
    WRONG,
    Net,
    all_nets,
    carried_totals,
    cases,
    plain,
    reached,
    right,
    seen,
    summed,
    truth,
    usual,
    wrong_pairs,
    wrong_totals,
)
from wrong_fields import RULES, walked

from cnncalc import analyze, check
from cnncalc.check.numbers.printed import Printed
from cnncalc.diagnose.catalogue import ALONE, LAYER_MISTAKES, QUANTITIES, TOTAL_MISTAKES
from cnncalc.diagnose.diagnose import Candidate, diagnose, layers_named
from cnncalc.diagnose.ranking import COMMON, IN_BLOCK, MISSPELT, PROPAGATED, RANKING

MOST_CASES = 60
"""Wrong answers that are made at most for a mistake."""
FEWEST_FOR_TWO = 100
"""Numbers below are too short for two mistakes: one of the many pairs gives them by chance."""
NOT_GENERATED = {"table-ignored", "padding-connected", "fully-connected", "shared-counted", *IN_BLOCK}
"""Mistakes of LeNet-5's table, of connections, of shared weights and of blocks, which have their examples by hand."""


@pytest.fixture(scope="module")
def nets(tmp_path_factory: pytest.TempPathFactory) -> list[Net]:
    return all_nets(tmp_path_factory.mktemp("nets"))


def diagnosed(at: Net, index: int | None, quantity: str, answer: Any) -> list[Candidate]:
    layer = None if index is None else at.analysis.layers[index]
    return diagnose(at.analysis, layer, quantity, lambda value: bool(plain(value) == answer), answer)


def test_the_hand_agrees_with_the_engine_where_nothing_is_wrong(nets: list[Net]) -> None:
    for at in nets:
        for index, layer in enumerate(at.analysis.layers):
            for quantity, value in right(at, index).items():
                assert value == plain(getattr(layer, quantity)), (at.name, index, quantity)
            if seen(at, index):
                assert reached(at, index, usual) == (
                    layer.receptive_field.axes[0].size,
                    layer.receptive_field.axes[0].jump,
                )


def test_every_mistake_has_its_place_in_the_order_and_its_wrong_answers() -> None:
    layer, total = ([mistake.key for mistake in each] for each in (LAYER_MISTAKES, TOTAL_MISTAKES))
    assert list(RANKING) == sorted({*layer, *total}, key=RANKING.index)
    assert len(RANKING) == len(set(RANKING))
    assert set(layer) == WRONG.keys() | NOT_GENERATED


def test_every_generated_mistake_is_found_and_told_first_in_95_of_100(nets: list[Net]) -> None:
    lost: list[Any] = []
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for key in WRONG:
        every = cases(nets, key)
        assert every, f"no wrong answer for {key}"
        made = [case for case in every if key in COMMON or not is_short(case[-1])]
        for number, index, quantity, answer in random.Random(key).sample(made, min(len(made), MOST_CASES)):
            found = diagnosed(nets[number], index, quantity, answer)
            if not any(key in named(candidate) for candidate in found):
                lost.append((key, nets[number].name, nets[number].steps[index], quantity, answer, found))
            first = found[0] if found else Candidate(("nothing",), "", 0)
            same = "with others" if key in first.instead else f"not {first.mistakes[0]}"
            told[key][key if first.mistakes == (key,) else same] += 1
    alone = sum(counted[key] for key, counted in told.items())
    first_told = alone + sum(counted["with others"] for counted in told.values())
    all_told = sum(map(Counter.total, told.values()))
    for key, counted in told.items():
        say(f"{key:30} {counted[key]:4} of {counted.total():4} {dict(counted - Counter({key: counted[key]}))}")
    say(f"found in {all_told - len(lost)}, first in {first_told} ({alone} as the likeliest) of {all_told}")
    assert [] == lost
    assert first_told >= 0.95 * all_told


def is_short(answer: Any) -> bool:
    """Whether a number has so few digits that only common mistakes are said to give it."""
    return not isinstance(answer, tuple) and answer < 1000


def say(text: object) -> None:
    """A measured rate, which pytest -s shows."""
    sys.stdout.write(f"{text}\n")


def named(candidate: Candidate) -> tuple[str, ...]:
    """The single mistakes that a candidate says it may be."""
    return (*candidate.mistakes, *candidate.instead) if len(candidate.mistakes) == 1 else ()


# Totals ----------------------------------------------------------------------------------------


def test_the_totals_by_hand_are_the_engines(nets: list[Net]) -> None:
    for at in nets:
        for name in ("weights", "biases", "params", "macs", "flops", "activations", "memory_bytes", "neurons"):
            assert summed(at, name) == at.analysis.total(name), (at.name, name)


def test_every_generated_mistake_in_a_total_is_found_and_first_in_95_of_100(nets: list[Net]) -> None:
    lost, told = [], Counter[str]()
    for at in nets:
        truths = {
            name: at.analysis.total(name)
            for name in ("weights", "params", "macs", "flops", "activations", "memory_bytes")
        }
        truths["depth"] = at.analysis.depth
        for key, quantity, answer in (*wrong_totals(at), *carried_totals(at)):
            if answer in (truths[quantity], 0):
                continue
            found = diagnosed(at, None, quantity, answer)
            if not any(key in named(candidate) for candidate in found):
                lost.append((key, at.name, quantity, answer, found))
            told["first" if found and key in named(found[0]) else f"{key} behind {found and found[0].mistakes}"] += 1
    say(told)
    assert [] == lost
    assert told["first"] >= 0.95 * told.total()


# Pairs, silence, right answers --------------------------------------------------------------------


def test_two_mistakes_are_found_where_one_does_not_explain_the_number(nets: list[Net]) -> None:
    lost, told = [], Counter[str]()
    for at in nets[1::2]:
        for index in range(len(at.steps)):
            for keys, quantity, answer in wrong_pairs(at, index):
                if not isinstance(answer, tuple) and answer < FEWEST_FOR_TWO:
                    continue
                found = diagnosed(at, index, quantity, answer)
                if answer == truth(at, index, quantity) or (found and len(found[0].mistakes) == 1):
                    told["one explains it"] += 1
                    continue
                pairs = [set(candidate.mistakes) for candidate in found]
                if set(keys) not in pairs:
                    lost.append((keys, at.name, at.steps[index], quantity, answer, found))
                told[
                    "first" if pairs and pairs[0] == set(keys) else f"{keys} behind {found and found[0].mistakes}"
                ] += 1
    say(told)
    assert [] == lost
    assert told["first"] >= 0.9 * (told.total() - told["one explains it"])


def test_a_right_answer_is_never_called_wrong(nets: list[Net]) -> None:
    for at in nets:
        for index, layer in enumerate(at.analysis.layers):
            for quantity, value in right(at, index).items():
                assert [] == diagnosed(at, index, quantity, value)
            for quantity in QUANTITIES:
                assert [] == diagnose(at.analysis, layer, quantity, lambda value: True, 1)
        for quantity in QUANTITIES:
            assert [] == diagnose(at.analysis, None, quantity, lambda value: True, 1)


@pytest.mark.parametrize(("digits", "by_one", "by_two"), [(0, 0.0, 0.02), (3, 0.15, 1.0)], ids=["exact", "3 digits"])
def test_random_numbers_are_seldom_explained(nets: list[Net], digits: int, by_one: float, by_two: float) -> None:
    """Numbers off by up to half; printed in three digits, chance explains some."""
    dice, told, tried = random.Random(4), Counter[int](), 0
    for at in nets:
        for index in range(0, len(at.steps), 3):
            for quantity in ("params", "macs", "activations", "memory_bytes"):
                value = right(at, index)[quantity]
                answer = rounded(round(value * dice.uniform(0.5, 1.5)), digits)
                if value < 1000 or answer == rounded(value, digits):
                    continue
                tried += 1
                layer = at.analysis.layers[index]
                found = diagnose(at.analysis, layer, quantity, lambda v: rounded(v, digits) == answer, answer)  # noqa: B023
                told[len(found[0].mistakes) if found else 0] += 1
    say(f"of {tried} random numbers {told[1]} had one mistake, {told[2]} two")
    assert told[1] <= by_one * tried
    assert told[2] <= by_two * tried


def test_random_outputs_are_seldom_explained(nets: list[Net]) -> None:
    """Maps off by up to half on a side; small ones are hit by chance, and a wrong size before explains no more."""
    dice, told, tried = random.Random(6), Counter[str](), 0
    for at in nets:
        for index in range(len(at.steps)):
            rows, columns, maps = right(at, index)["output"]
            side = round(rows * dice.uniform(0.5, 1.5))
            if rows * columns < 100 or side == rows:
                continue
            tried += 1
            found = diagnosed(at, index, "output", (side, side + columns - rows, maps))
            told[kind(found)] += 1
    say(f"of {tried} random outputs {told}")
    assert told["carried on"] <= 0.1 * tried
    assert told["its own"] <= 0.2 * tried


def test_random_outputs_of_blocks_are_seldom_explained() -> None:
    """As above, for blocks whose layers' sizes may be wrong too."""
    dice, told, tried = random.Random(8), Counter[str](), 0
    for name in ("resnet18", "resnet50", "googlenet", "mobilenet_v2", "squeezenet"):
        analysis = analyze(name)
        for block in dict.fromkeys(layer.node.path[0] for layer in analysis.layers if len(layer.node.path) > 1):
            layers = analysis.layers_in(block)
            rows, columns, maps = plain(layers[-1].output)
            side = round(rows * dice.uniform(0.5, 1.5))
            if rows * columns < 100 or side == rows:
                continue
            tried += 1
            wrong = (side, side + columns - rows, maps)
            found = diagnose(analysis, layers, "output", lambda value: bool(plain(value) == wrong), wrong)  # noqa: B023
            told[kind(found)] += 1
    say(f"of {tried} random outputs of blocks {told}")
    assert told["in the block"] <= 0.1 * tried
    assert told["carried on"] <= 0.1 * tried
    assert told["its own"] <= 0.2 * tried


def kind(found: list[Candidate]) -> str:
    """What explains a number at first."""
    if not found or len(found[0].mistakes) > 1:
        return "two" if found else "nothing"
    if found[0].mistakes[0] in IN_BLOCK:
        return "in the block"
    return "carried on" if found[0].mistakes[0] in PROPAGATED else "its own"


def rounded(number: int, digits: int) -> int:
    """A number as printed in so many digits; 0 for all."""
    return round(number, digits - len(str(number))) if digits else number


# By hand ------------------------------------------------------------------------------------------


def explained(spec: str, layer: str, quantity: str, answer: Any, **options: Any) -> list[Candidate]:
    analysis = analyze(spec, options.pop("input", None), **options)
    place = layers_named(analysis, layer) if layer else None
    return diagnose(analysis, place, quantity, lambda value: bool(plain(value) == answer), answer)


@pytest.mark.parametrize(
    ("spec", "size", "layer", "quantity", "answer", "mistakes"),
    [
        # The slides' 32x32x3 with filters of 5x5: 760 parameters for ten of them, 7,600 for a hundred.
        ("conv5-100p2", "32x32x3", "conv1", "params", 2600, ["depth-forgotten"]),
        ("conv5-10p2", "32x32x3", "conv1", "params", 260, ["depth-forgotten"]),
        ("conv5-10p2", "32x32x3", "conv1", "params", 750, ["biases-forgotten"]),
        ("conv5-10p2", "32x32x3", "conv1", "params", 250, ["biases-forgotten", "depth-forgotten"]),
        ("conv5-10p2", "32x32x3", "conv1", "params", 76, ["filters-forgotten"]),
        ("conv5-10p2", "32x32x3", "conv1", "params", 706, ["digits-transposed"]),
        ("conv5-10p2", "32x32x3", "conv1", "output", (28, 28, 10), ["padding-forgotten"]),
        ("conv5-10p2", "32x32x3", "conv1", "output", (30, 30, 10), ["padding-once"]),
        ("conv5-10p2", "32x32x3", "conv1", "output", (31, 31, 10), ["plus-one-forgotten"]),
        ("conv5-10p2", "32x32x3", "conv1", "output", (32, 32, 3), ["channels-exchanged"]),
        # 7x7 with 3x3 at stride 3 is 2.33: floor gives 2, ceil 3.
        ("conv3-1/3p0", "7x7x1", "conv1", "output", (3, 3, 1), ["ceil-for-floor"]),
        ("alexnet", None, "conv1", "params", 34848, ["biases-forgotten"]),
        ("alexnet", None, "conv1", "params", 34494, ["digits-transposed"]),
        ("alexnet", None, "conv1", "output", (54, 54, 96), ["plus-one-forgotten"]),
        ("alexnet", None, "conv1", "output", (217, 217, 96), ["stride-ignored"]),
        ("alexnet", None, "fc6", "params", 256 * 4096 + 4096, ["flatten-forgotten"]),
        ("alexnet", None, "fc6", "params", 13 * 13 * 256 * 4096 + 4096, ["wrong-map-flattened"]),
        ("alexnet_grouped", None, "conv2", "params", 5 * 5 * 96 * 256 + 256, ["groups-ignored"]),
        ("alexnet", None, "conv2", "receptive_field", 19 + 4, ["jump-forgotten"]),
        ("alexnet", None, "conv2", "receptive_field", 11 + 2 + 4, ["jump-forgotten"]),
        ("conv3-8, conv3-8", "32x32x3", "conv2", "receptive_field", 6, ["kernel-not-less-one"]),
        # The paper's two GPUs: 48 of the 96 maps for each filter of conv2, in three of the convolutions.
        ("alexnet", None, "conv2", "params", 25 * 48 * 256 + 256, ["groups-assumed"]),
        ("alexnet", None, "conv4", "params", 663_936, ["groups-assumed"]),
        ("alexnet", None, "", "params", 60_965_224, ["groups-assumed"]),
        ("pool2", "32x32x16", "maxpool1", "output", (16, 16, 8), ["channels-pooled"]),
        ("pool2", "32x32x16", "maxpool1", "output", (32, 32, 8), ["channels-pooled"]),
        ("maxpool3/2, fc-10", "15x15x9", "maxpool1", "output", (7, 7, 4), ["channels-pooled"]),
        # As Keras: Dense on a map that was not flattened, and on what that gives.
        ("conv3-8, pool2, fc-64, fc-10", "12x12x1", "fc1", "output", (6, 6, 64), ["flatten-forgotten"]),
        ("conv3-8, pool2, fc-64, fc-10", "12x12x1", "fc2", "output", (6, 6, 10), ["flatten-forgotten"]),
        ("conv3-8, pool2, fc-64, fc-10", "12x12x1", "fc2", "activations", 360, ["flatten-forgotten"]),
        # 14*14 positions of 20 filters with 8*8*3 weights and a bias each: 193*3,920.
        ("conv8-20/2p1", "32x32x3", "conv1", "params", 756_560, ["weights-not-shared"]),
        ("conv8-20/2p1", "32x32x3", "conv1", "params", 192 * 3_920 + 20, ["weights-not-shared"]),
        ("conv8-20/2p0", "32x32x3", "conv1", "params", 193 * 13 * 13 * 20, ["weights-not-shared"]),
        # 256*120 + 120 = 30,840
        ("fc-120", "256", "fc1", "params", 3_080, ["digit-lost"]),
        ("fc-120", "256", "fc1", "params", 308_840, ["digit-doubled"]),
        ("alexnet", None, "conv1", "output", (5, 55, 96), []),
        ("vgg16", None, "pool1", "output", (112, 12, 64), ["digit-lost"]),
        ("vgg16", None, "pool1", "output", (12, 12, 64), ["digit-lost"]),
        ("vgg16", None, "pool1", "output", (1112, 1112, 64), ["digit-doubled"]),
        ("lenet5", None, "C3", "params", 5 * 5 * 6 * 16 + 16, ["table-ignored"]),
        # Five inputs, a filter of 3 and padding: 13 arrows, not 15, and 25 only when all are joined.
        ("conv3-1p1", "5x1", "conv1", "connections", 3 * 5 + 5, ["padding-connected"]),
        ("conv3-1p1", "5x1", "conv1", "connections", 5 * 5 + 5, ["fully-connected"]),
        ("vgg16", None, "", "params", 138_344_128, ["biases-forgotten"]),
        ("vgg16", None, "", "activations", 15_237_608 - 224 * 224 * 3, ["input-forgotten"]),
        ("vgg16", None, "", "memory_bytes", 15_237_608, ["elements-for-bytes"]),
        ("vgg16", None, "", "depth", 21, ["pools-as-layers"]),
        ("alexnet_grouped", None, "", "params", 62_378_344, ["groups-ignored"]),
    ],
)
def test_examples_by_hand(
    spec: str, size: str | None, layer: str, quantity: str, answer: Any, mistakes: list[str]
) -> None:
    found = explained(spec, layer, quantity, answer, input=size)
    assert mistakes == [mistake for candidate in found[:1] for mistake in candidate.mistakes]


SMALL = "conv3-8p1, pool2, conv3-16p1, pool2, fc-10"
"""32x32x3: 224 + 1,168 + (8*8*16 + 1)*10 = 10,250 parameters."""


@pytest.mark.parametrize(
    ("spec", "size", "layer", "quantity", "answer", "mistake", "where"),
    [
        # 32 - 2 = 30, 15, 15 - 2 = 13, 6: 6*6*16*10 + 10 = 5,770 in the fc, and 224 + 1,168 before it.
        (SMALL, "32x32x3", "fc1", "params", 5_770, "padding-forgotten-throughout", " in every layer"),
        (SMALL, "32x32x3", "", "params", 7_162, "padding-forgotten-throughout", " in every layer"),
        # 9*8 + 8 = 80 and 9*16 + 16 = 160 in the convolutions; 80 + 160 + 10,250 = 10,490.
        (SMALL, "32x32x3", "", "params", 10_490, "depth-forgotten", " in the convolutions"),
        # 30*30*8*27 + 28*28*16*72
        ("conv3-8p1, conv3-16p1", "32x32x3", "", "macs", 1_097_568, "padding-forgotten-throughout", " in every layer"),
        # 32*32*8*27 + 32*32*16*72
        (
            "conv3-8/2p1, conv3-16p1",
            "32x32x3",
            "",
            "macs",
            1_400_832,
            "stride-ignored-before",
            " in conv1, and the wrong size was carried forward",
        ),
        ("vgg16", None, "conv1_2", "output", (220, 220, 64), "padding-forgotten-throughout", " in every layer"),
        ("vgg16", None, "pool1", "output", (110, 110, 64), "padding-forgotten-throughout", " in every layer"),
        (
            "lenet",
            None,
            "pool2",
            "output",
            (16, 16, 6),
            "padding-added-before",
            " in conv1, and the wrong size was carried forward",
        ),
        # (227 - 11)/1 + 1 = 217, (217 - 3)/2 + 1 = 108
        (
            "alexnet",
            None,
            "pool1",
            "output",
            (108, 108, 96),
            "stride-ignored-before",
            " in conv1, and the wrong size was carried forward",
        ),
        # The filters of 3a: 64 + 96 + 128 + 16 + 32 + 32 = 368 biases of 163,696 parameters.
        ("googlenet", None, "inception_3a", "params", 163_328, "biases-forgotten", "biases"),
        ("googlenet", None, "inception_3a", "params", 163_966, "digits-transposed", "swapped"),
        ("googlenet", None, "inception_3a", "macs", 256_098_304, "flops-for-macs", "FLOPs"),
        ("googlenet", None, "inception_3a", "output", (28, 28, 192), "layer-before", " of pool2"),
        ("googlenet", None, "inception_3a", "params", 388_736, "layer-after", " of inception_3b"),
        ("googlenet", None, "inception_3b", "params", 163_696, "layer-before", " of inception_3a"),
        # A block of ResNet halves the map once, on both its paths: without that it is twice as high.
        ("resnet50", None, "conv3_1", "output", (56, 56, 512), "stride-ignored-in-block", " in conv3_1; "),
        ("resnet50", None, "conv4_1", "output", (28, 28, 1024), "stride-ignored-in-block", " in conv4_1; "),
        ("resnet50", None, "conv5_1", "output", (14, 14, 2048), "stride-ignored-in-block", " in conv5_1; "),
        ("resnet18", None, "conv3_1", "output", (56, 56, 128), "stride-ignored-in-block", " in conv3_1; "),
        ("resnet18", None, "conv5_1", "output", (14, 14, 512), "stride-ignored-in-block", " in conv5_1; "),
        # 56*56*128 * (9*64 + 9*128 + 64): both convolutions and the projection, at twice the height.
        ("resnet18", None, "conv3_1", "macs", 719_323_136, "stride-ignored-in-block", " in conv3_1; "),
        # Of one path alone, the depthwise convolution has the stride.
        (
            "mobilenet_v2",
            None,
            "bottleneck2",
            "output",
            (112, 112, 24),
            "stride-ignored-in-block",
            " in bottleneck2/depthwise, and the wrong size was carried forward",
        ),
        # The nearest of those that halve the map: a block, and pool1 rather than conv1 for resnet50.
        (
            "resnet18",
            None,
            "conv5_2",
            "output",
            (14, 14, 512),
            "stride-ignored-before",
            " in conv5_1, and the wrong size was carried forward",
        ),
        (
            "resnet18",
            None,
            "conv5_2/add1",
            "output",
            (14, 14, 512),
            "stride-ignored-before",
            " in conv5_1, and the wrong size",
        ),
        (
            "resnet18",
            None,
            "conv3_1/add1",
            "output",
            (56, 56, 128),
            "stride-ignored-before",
            " in conv3_1, and the wrong size",
        ),
        (
            "resnet50",
            None,
            "conv2_1",
            "output",
            (112, 112, 256),
            "stride-ignored-before",
            " in pool1, and the wrong size was carried forward",
        ),
        # The map before the pool, as if it were not applied; a stride ignored in conv1 would give it too.
        (
            "googlenet",
            None,
            "pool3",
            "output",
            (28, 28, 480),
            "layer-before",
            " of inception_3b/output, an earlier layer",
        ),
        # 25,088*4,096 + 4,096*4,096 + 4,096*1,000
        ("vgg16", None, "fc6 + fc7 + fc8", "params", 123_633_664, "biases-forgotten", "biases"),
    ],
)
def test_sums_and_wrong_sizes_carried_on(
    spec: str, size: str | None, layer: str, quantity: str, answer: Any, mistake: str, where: str
) -> None:
    first, *_ = explained(spec, layer, quantity, answer, input=size)
    assert (mistake,) == first.mistakes
    assert where in first.text


def test_what_is_wrong_in_the_layer_itself_is_reported_before_what_is_carried_on() -> None:
    """222x222 for conv1_2 of VGG-16: its own padding forgotten, or that of conv1_1."""
    found = explained("vgg16", "conv1_2", "output", (222, 222, 64))
    assert "the padding was forgotten; this gives 222x222x64" == found[0].text
    assert "padding-forgotten-before" in found[0].instead


def test_a_mistake_in_one_layer_before_is_reported_only_of_a_number_given_in_full() -> None:
    """Without the stride of conv1 the second conv1 x conv2 sum is 1,400,832 MACs; 1.40M may be many things."""
    analysis = analyze("conv3-8/2p1, conv3-16p1", "32x32x3")
    assert [] == diagnose(analysis, None, "macs", lambda value: round(value, -4) == 1_400_000, 1_400_000)


@pytest.mark.parametrize("shown", ["61 MB", "58.13 MB"])
def test_a_batch_that_is_claimed_is_the_first_thing_forgotten(shown: str) -> None:
    printed = Printed.read(shown)
    found = diagnose(analyze("vgg16", batch=8), None, "memory_bytes", printed.matches, printed.claimed)
    assert "batch-forgotten" == found[0].mistakes[0]


def test_check_explains_a_block_and_a_sum(write: Write) -> None:
    sheet = write(
        "network: googlenet\nclaims:\n  inception_3a: {params: '163,328'}\n  conv1 + linear: {params: '1,033,408'}\n",
        "sheet.yaml",
    )
    for verdict in check(sheet):
        assert verdict.diagnoses[0].startswith("the biases were forgotten; "), verdict


def test_a_candidate_is_a_sentence_with_the_number_and_has_its_formula() -> None:
    found = explained("conv5-100p2", "conv1", "params", 2600, input="32x32x3")
    assert ["the depth of the input was forgotten; this gives 2,600"] == [each.text for each in found]
    assert found[0].formula is not None
    assert 2600 == found[0].formula.value == found[0].value


def test_mistakes_that_no_answer_tells_apart_are_one_candidate() -> None:
    (found,) = explained("conv3-8p1", "conv1", "output", (31, 31, 8), input="32x32x3")
    assert ("padding-once",) == found.mistakes
    assert ("plus-one-forgotten",) == found.instead
    expected = "the padding was counted once instead of twice, or the + 1 in (W - F + 2P)/S + 1 was forgotten"
    assert f"{expected}; this gives 31x31x8" == found.text


def test_printed_megabytes_are_explained_as_printed() -> None:
    """58 MB for VGG-16, where 60.95 MB are 58.13 MiB: matched by the digits printed."""
    found = diagnose(analyze("vgg16"), None, "memory_bytes", lambda value: round(value, -6) == 58_000_000, 58_000_000)
    assert ("1024-for-1000",) == found[0].mistakes


def test_few_digits_are_not_explained_by_what_explains_everything() -> None:
    """6.8M for GoogLeNet's 7.0M parameters is about its activations, too, and its parameters without some layer."""
    analysis = analyze("googlenet")
    found = diagnose(analysis, None, "params", lambda value: round(value, -5) == 6_800_000, 6_800_000)
    assert ["the number was divided by 1024, but K means 1000; this gives 6,834,523"] == [each.text for each in found]


@pytest.mark.parametrize(
    ("spec", "layer", "quantity", "shown", "told"),
    [
        # 1,792 parameters; 7,192 is not what 7K shows.
        ("vgg16", "conv1_1", "params", "7K", False),
        ("vgg16", "conv1_1", "params", "7,192", True),
        # 15,470,264,320 MACs; 75,008 parameters.
        ("vgg16", "", "macs", "14G", False),
        ("vgg16", "", "macs", "3M", False),
        ("resnet50", "conv2_1", "params", "70K", False),
        ("resnet50", "conv2_1", "params", "57.0K", True),
        # 36,928 parameters: 39,628 has the 6 and the 9 exchanged, 36,298 the 9 and the 2, which 36.2K does not show.
        ("vgg16", "conv1_2", "params", "39.6K", True),
        ("vgg16", "conv1_2", "params", "39.63K", True),
        ("vgg16", "conv1_2", "params", "36.2K", False),
        ("vgg16", "conv1_2", "params", "36.29K", True),
        # 138,357,544 parameters.
        ("vgg16", "", "params", "183M", True),
        ("vgg16", "", "params", "18M", False),
        # 60,950,432 bytes are 58.13 MiB; 69,050,432 are 65.85 MiB, but no digit of 58.13 was exchanged.
        ("vgg16", "", "memory_bytes", "65.85 MiB", False),
        # A number given in full may have two digits: 16 layers.
        ("vgg16", "", "depth", "61", True),
        ("vgg16", "conv1_1", "weights", "8x9x99", True),  # 7,128 for 1,728
    ],
)
def test_only_digits_that_are_printed_are_said_to_be_swapped(
    spec: str, layer: str, quantity: str, shown: str, told: bool
) -> None:
    analysis, printed = analyze(spec), Printed.read(shown)
    place = layers_named(analysis, layer) if layer else None
    found = diagnose(analysis, place, quantity, printed.matches, printed.claimed)
    assert told == any("digits-transposed" in candidate.mistakes for candidate in found)


def test_a_symbolic_network_is_not_diagnosed() -> None:
    analysis = analyze("vgg16", "HxWx3")
    assert [] == diagnose(analysis, None, "macs", lambda value: False, 5)
    assert [] == diagnose(analysis, analysis.layers[0], "output", lambda value: False, 5)


@pytest.mark.parametrize("spec", ["vgg16", "densenet121", "googlenet", "unet", "lenet5"])
def test_what_nothing_explains_is_soon_given_up(spec: str) -> None:
    analysis = analyze(spec)
    for quantity in QUANTITIES:
        for layer in (None, analysis.layers[0], analysis.layers[len(analysis.layers) // 2], analysis.layers[-1]):
            start = time.process_time()
            assert [] == diagnose(analysis, layer, quantity, lambda value: False, 5)
            assert time.process_time() - start < 3, f"{quantity} of {layer and layer.name}"


def test_two_mistakes_of_one_thing_are_never_paired() -> None:
    assert {"padding-forgotten", "padding-once", "padding-added"} == {
        mistake.key for mistake in LAYER_MISTAKES if mistake.affects == "padding"
    }
    alone = {"layer-before", "layer-after", "other-quantity", "channels-first", *MISSPELT}
    assert alone == {mistake.key for mistake in LAYER_MISTAKES if mistake.affects == ALONE}


def test_wrong_numbers_of_a_long_chain_take_time_that_grows_with_their_number(write: Write) -> None:
    table = (
        "spec: {input: 32x32x3, layers: [{conv: {filters: 8, kernel: 3, padding: 1}, repeat: 4000, name: c}]}\n"
        f"claims: {{{', '.join(f'c_{50 * number + 51}: {{params: 224}}' for number in range(78))}}}\n"
    )
    started = time.process_time()
    verdicts = check(write(table)).verdicts
    assert time.process_time() - started < 4
    # 224 is the first layer's 3*3*3*8 + 8; the others have 3*3*8*8 + 8 = 584.
    assert len(verdicts) == 78
    assert all("the number of c_1, an earlier layer" in str(verdict) for verdict in verdicts)


# Mistakes made on the sheet's own numbers --------------------------------------------------------------

FIELDS_SHEET = """network: 'conv5-4p0, pool2, conv3-8p0, pool2, conv3-8p0'
input: 60x60x1
claims:
  conv1: {rf: 5}
  maxpool1: {rf: %d}
  conv2: {rf: %d}
  maxpool2: {rf: %d}
  conv3: {rf: %d}
"""
"""Correct, no padding: 5, 6, 10, 12, 20, with the jumps 1, 2, 2, 4, 4."""


def reasons(sheet: Any) -> dict[str, str]:
    """The first reason for each wrong number of a sheet, by its title."""
    return {
        verdict.claim.title: (*verdict.diagnoses, "")[0] for verdict in check(sheet) if verdict.status == "mismatch"
    }


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        # (6 + 2)*2 = 16, (16 + 1)*2 = 34, (34 + 2)*4 = 144
        ((6, 16, 34, 144), "(R + F - 1)*J was computed instead of R + (F - 1)*J"),
        # 5 + 2*1 = 7, 7 + 3*2 = 13, 13 + 2*2 = 17, 17 + 3*4 = 29
        ((7, 13, 17, 29), "F*J was added instead of (F - 1)*J"),
        # 5 + 1*2 = 7, then right: 7 + 2*2 = 11; 11 + 1*4 = 15, then right: 15 + 2*4 = 23
        ((7, 11, 15, 23), "the jump after the layer was used instead of the jump before it"),
    ],
)
def test_a_wrong_rule_of_receptive_fields_is_followed_down_a_sheet(
    write: Write, numbers: tuple[int, ...], reason: str
) -> None:
    found = reasons(write(FIELDS_SHEET % numbers))
    assert found
    assert all(reason in text for text in found.values()), found  # 2*J is F*J, and (F - 1) times the jump after a pool


def test_a_mistake_on_a_wrong_number_before_names_that_number(write: Write) -> None:
    found = reasons(write(FIELDS_SHEET % (6, 16, 34, 144)))
    assert found["conv2 receptive_field"].endswith("of R + (F - 1)*J; this gives 16")
    assert ", on your own receptive field of conv2 (16); this gives 34" in found["maxpool2 receptive_field"]


def test_a_forgotten_padding_on_an_own_output_is_found(write: Write) -> None:
    """31x31 is wrong for conv1; pooled it is 15, and 13 without the padding of conv2: 13*13*8*72 MACs."""
    found = reasons(
        write(
            "network: 'conv3-8p1, pool2, conv3-8p1, fc-10'\ninput: 32x32x3\n"
            "claims: {conv1: {output: 31x31x8}, conv2: {output: 13x13x8, macs: 97344}, fc1: {params: 13520}}\n"
        )
    )
    assert found["conv2 output"].startswith("the padding was forgotten, on your own output of conv1 (31x31x8); ")
    # 13*13*8*10 = 13,520
    assert found["fc1 params"].startswith("the biases were forgotten, on your own output of conv2 (13x13x8); ")


def test_own_numbers_that_fit_no_layer_are_no_fault(write: Write) -> None:
    sheet = "network: 'conv3-8, conv3-8, fc-10'\ninput: 9x9x3\nclaims: {conv1: {output: 1x1x8, rf: 99}, %s}\n"
    verdicts = check(write(sheet % "conv2: {output: 4x4x8, rf: 98}, fc1: {params: 77}")).verdicts
    assert all(verdict.status == "mismatch" for verdict in verdicts)


def test_a_dilation_taken_for_a_stride_is_told_before_numbers_of_other_layers(write: Write) -> None:
    """The jump of `b` is 4: its dilation of 2 does not change it; 8 is also that of `d`."""
    sheet = """spec:
  input: 64x64x3
  layers:
    - {conv: {filters: 8, kernel: 3, padding: 1, stride: 4}, name: a}
    - {conv: {filters: 8, kernel: 3, padding: 2, dilation: 2}, name: b}
    - {conv: {filters: 8, kernel: 3, padding: 1}, name: c}
    - {conv: {filters: 8, kernel: 3, padding: 1, stride: 2}, name: d}
claims: {b: {jump: 8}, c: {rf: 35, jump: 8}, d: {rf: 51}}
"""
    verdicts = {verdict.claim.title: verdict for verdict in check(write(sheet))}
    assert verdicts["b jump"].diagnoses[0].startswith("the dilation was used as a stride; ")
    assert {"consistent"} == {verdict.status for title, verdict in verdicts.items() if title != "b jump"}
    # Without the row of b: 3 + 4*4 = 19 and 19 + 2*8 = 35.
    (alone,) = check(write(sheet.replace("b: {jump: 8}, c: {rf: 35, jump: 8}, d: {rf: 51}", "c: {rf: 35}"))).verdicts
    assert "the dilation was used as a stride" in " ".join(alone.diagnoses)


# Columns -----------------------------------------------------------------------------------------------

COLUMN = """network: 'conv3-8p0, conv3-16p0, pool2, conv1-8p0, conv3-10p0, conv3-16p0'
input: 28x28x1
claims:
  conv1: {activations: %d}
  conv2: {activations: %d}
  maxpool1: {activations: %d}
  conv3: {activations: %d}
  conv4: {activations: %d}
  conv5: {activations: %d}
"""
"""28x28x1, 26x26x8, 24x24x16, 12x12x16, 12x12x8, 10x10x10, 8x8x16."""


def test_a_column_of_the_inputs_has_one_reason_told_once(write: Write) -> None:
    """Some of them would be explained by themselves: 1,000 is 1,024 with K = 1000, 2,304 is twice 1,152."""
    verdicts = check(write(COLUMN % (784, 5408, 9216, 2304, 1152, 1000))).verdicts
    told = "all 6 wrong numbers of activations: these are the numbers of the inputs of the layers"
    assert [(told,), *[("as for conv1",)] * 5] == [verdict.diagnoses for verdict in verdicts]


def test_a_column_of_the_layers_after_is_told_once(write: Write) -> None:
    verdicts = check(write(COLUMN % (9216, 2304, 1152, 1000, 1024, 1024))).verdicts
    told = "all 5 wrong numbers of activations: these are the numbers of the layers after"
    assert (told,) == verdicts[0].diagnoses


def test_two_numbers_of_the_layers_before_are_no_column(write: Write) -> None:
    verdicts = check(write(COLUMN % (784, 5408, 2304, 1152, 1000, 1024))).verdicts
    assert "this is the number of the input; this gives 784" == verdicts[0].diagnoses[0]


def test_what_a_whole_column_shares_is_told_without_what_explains_single_rows(write: Write) -> None:
    verdicts = check(write(COLUMN % tuple(4 * each for each in (5408, 9216, 2304, 1152, 1000, 1024)))).verdicts
    reasons = [[text.partition(";")[0] for text in verdict.diagnoses] for verdict in verdicts]
    assert reasons[0][0] == "bytes were given instead of the number of values"
    assert all(each == reasons[0] for each in reasons)


@pytest.mark.parametrize("key", sorted(RULES.keys() & COMMON))
def test_a_column_by_one_wrong_rule_has_that_reason_in_every_row(nets: list[Net], write: Write, key: str) -> None:
    """Or follows from the wrong row before it; of four mistakes that give the same number, three are named."""
    told = Counter[str]()
    for at in nets:
        places = [index for index in range(len(at.steps)) if seen(at, index)]
        names = [at.analysis.layers[index].name for index in places]
        fields = [walked(at, index, RULES[key])[0] for index in places]
        rows = "\n".join(f"{name},{field}" for name, field in zip(names, fields, strict=True))
        (outcome,) = check(write(f"layer,rf\n{rows}\n", f"{at.name}.csv"), network=str(at.path)).outcomes
        for verdict in outcome.verdicts:
            if verdict.status == "mismatch":
                sentence = LAYER_MISTAKES.found[key].sentence.partition(":")[0]
                told["found" if any(sentence in text for text in verdict.diagnoses) else str(verdict)] += 1
    assert told["found"] > 3
    assert told["found"] >= 0.88 * told.total(), told


# Workings ----------------------------------------------------------------------------------------------

STEPS = """spec:
  input: 224x224x3
  layers:
    - {conv: {filters: 64, kernel: 7, stride: 2}, name: a}
    - {maxpool: {kernel: 3, stride: 2}, name: b}
    - {conv: {filters: 192, kernel: 3}, name: c}
    - {maxpool: {kernel: 3, stride: 2}, name: d}
claims: {%s}
"""
"""Correct: 7, 7 + 2*2 = 11, 11 + 2*4 = 19, 19 + 2*4 = 27."""


def test_no_reason_contradicts_the_printed_step_of_a_receptive_field(write: Write) -> None:
    """The rows are shifted by one: the kernel of 7 stands at the pool."""
    sheet = STEPS % "b: {rf: 3+(7-1)*1 = 9}, c: {rf: 9+(3-1)*2 = 13}, d: {rf: 15+(3-1)*4 = 23}"
    assert {""} == set(reasons(write(sheet)).values())


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("b: {rf: 7+(3-1)*1 = 9}", "the jump was forgotten"),
        ("c: {rf: 11 + 2*1 = 13}", "the jump was forgotten"),
        # Without jumps 7 + 2 = 9 and 9 + 2 = 11.
        ("c: {rf: 9+(3-1)*1 = 11}", "the jump was forgotten"),
        ("c: {rf: 11+3*4 = 23}", "F*J was added instead of (F - 1)*J"),
        # On the own 9 of b.
        ("b: {rf: 9}, c: {rf: 9+(3-1)*1 = 11}", "the jump was forgotten"),
        # From the first pixel on, in a row: no single step; without the pool 7 + 2*2 = 11, too.
        ("c: {rf: 1+(7-1)*1+(3-1)*1+(3-1)*1 = 11}", "the jump was forgotten"),
    ],
)
def test_a_reason_that_fits_the_printed_step_is_told(write: Write, claim: str, reason: str) -> None:
    found = reasons(write(STEPS % claim))
    assert found
    assert all(reason in text for text in found.values()), found


@pytest.mark.parametrize(
    ("layer", "quantity", "working", "told"),
    [
        # 224x224x3 to 112x112x128, 64 maps before: 73,856 parameters.
        ("conv2", "params", "3*3*64*128 = 73728", "the biases were forgotten"),
        ("conv2", "params", "9*64*128 = 73,728", "the biases were forgotten"),
        ("conv2", "params", "3*3*64*128 + 1", "only one bias was counted"),
        ("conv2", "params", "(3*3 + 1)*64*128", "a bias was counted for every input channel"),
        ("conv2", "params", "3*3*3*128 + 128", "the depth of the input of conv1 was used"),
        # 2*16*36 = 1,152 = 3*3*128 without the depth: other factors.
        ("conv2", "weights", "2*16*36", ""),
        ("conv2", "weights", "3*3*128", "the depth of the input was forgotten"),
        # 1,728 weights have conv1, too: 3*3*3*64 is its working, 27*8*8 is none.
        ("conv1", "params", "3*3*3*64", "the biases were forgotten"),
        ("conv1", "params", "2*864", ""),
        ("conv2", "macs", "112*112*3*3*128", "the depth of the input was forgotten"),
        ("conv2", "macs", "224*224*3*3*64*128", "the stride was ignored"),
        ("conv2", "macs", "2*112*112*3*3*64*128", "FLOPs were given instead of MACs"),
        ("conv2", "output", "floor((224 - 3)/2) + 1 = 111", "the padding was forgotten; "),
        ("conv2", "output", "(224 - 3 + 2*1)/2 = 111", "the + 1 in (W - F + 2P)/S + 1 was forgotten; "),
        ("conv2", "output", "(224 - 3 + 2)/1 + 1 = 224", "the stride was ignored"),
        # No padding, and the + 1: neither is forgotten.
        ("conv2", "output", "(224 - 5 + 2)/2 + 1 = 111", ""),
    ],
)
def test_no_reason_needs_other_numbers_than_the_working_has(
    write: Write, layer: str, quantity: str, working: str, told: str
) -> None:
    (verdict,) = check(
        write(
            "network: 'conv3-64p1, conv3-128/2p1'\ninput: 224x224x3\n"
            f"claims: {{{layer}: {{{quantity}: '{working}'}}}}\n"
        )
    ).verdicts
    assert verdict.status == "mismatch"
    assert told in (*verdict.diagnoses, "")[0]
    assert bool(told) == bool(verdict.diagnoses)


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        # 7 + 2*3 = 13 without F - 1; whoever writes (3 - 1) has not forgotten it, but used another jump.
        ("b: {rf: 7+3*2 = 13}", "F*J was added instead of (F - 1)*J"),
        ("b: {rf: 7+(3-1)*3 = 13}", ""),
        ("b: {rf: 7+(3-1)*4 = 15}", "the jump after the layer was used"),
    ],
)
def test_a_kernel_that_is_written_less_one_is_not_said_to_be_whole(write: Write, claim: str, told: str) -> None:
    found = reasons(write(STEPS % claim))
    assert [bool(told)] == [bool(text) for text in found.values()]
    assert all(told in text for text in found.values())
