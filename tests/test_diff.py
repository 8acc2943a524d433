"""`cnncalc diff`: which layers differ, in what, and by how much; the numbers are worked out by hand."""

from __future__ import annotations

import json
import random
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc.diff.alignment import Outline, aligned, common
from cnncalc.diff.difference import Diff

BRANCH = """
input: 8x8x4
layers:
  - {conv: {filters: 4, kernel: 1}, name: first}
  - {conv: {filters: 4, kernel: 1}, name: second}
  - {add: , name: sum, from: [second, SOURCE]}
  - {fc: 10, name: scores}
"""
RENAMED = """
input: 32x32x3
layers:
  - {conv: {filters: 8, kernel: 3, padding: 1}, name: conv2d_1}
  - {relu: , name: activation}
  - {fc: 10, name: dense}
"""
SHARED = """
input: 8x8x4
layers:
  - {conv: {filters: 4, kernel: 1}, name: first}
  - {conv: {filters: 4, kernel: 1}, name: secondSHARE}
"""


def listed(found: Diff) -> list[tuple[Any, ...]]:
    """(change, name before, name after) of every layer that differs."""
    return [
        (each.change, *(None if side is None else side.name for side in (each.old, each.new))) for each in found.layers
    ]


def amounts(found: Diff, name: str) -> dict[str, tuple[Any, ...]]:
    """(old, new, difference) of the numbers of a layer that differ, by quantity."""
    layer = next(each for each in found.layers if each.new is not None and each.new.name == name)
    return {each.quantity: (each.old, each.new, each.difference) for each in layer.amounts}


def totals(found: Diff) -> dict[str, tuple[Any, ...]]:
    return {each.quantity: (each.old, each.new, each.difference) for each in found.totals}


# What differs ------------------------------------------------------------------------------------


def test_a_changed_layer_has_its_settings_and_numbers_before_and_after() -> None:
    found = cnncalc.diff("conv3-8, relu, fc-10", "conv5-8, relu, fc-10", "32x32x3")
    assert [("changed", "conv1", "conv1"), ("affected", "relu1", "relu1")] == listed(found)
    assert [("kernel", 3, 5), ("padding", 1, 2)] == [tuple(each) for each in found.layers[0].settings]
    assert {
        "params": (3 * 3 * 3 * 8 + 8, 5 * 5 * 3 * 8 + 8, 384),
        "macs": (27 * 8 * 32 * 32, 75 * 8 * 32 * 32, 48 * 8 * 32 * 32),
        "receptive_field": ((3, 3), (5, 5), (2, 2)),
    } == amounts(found, "conv1")
    assert {"receptive_field"} == amounts(found, "relu1").keys()
    scores = 32 * 32 * 8 * 10 + 10
    assert (224 + scores, 608 + scores, 384) == totals(found)["params"]
    assert {"same": 1, "changed": 1, "affected": 1, "added": 0, "removed": 0} == found.counts


def test_vgg_19_has_three_convolutions_more() -> None:
    found = cnncalc.diff("vgg16", "vgg19")
    added = [new for change, _, new in listed(found) if change == "added"]
    assert ["conv3_4", "conv4_4", "conv5_4"] == added
    assert {"added", "affected"} == {change for change, _, _ in listed(found)}
    # Simonyan and Zisserman, table 2: 138 and 144 million
    assert (138_357_544, 143_667_240, 5_309_696) == totals(found)["params"]
    assert 9 * 256 * 256 + 256 + 2 * (9 * 512 * 512 + 512) == 5_309_696
    backwards = cnncalc.diff("vgg19", "vgg16")
    assert added == [old for change, old, _ in listed(backwards) if change == "removed"]
    assert -5_309_696 == totals(backwards)["params"][2]


def test_another_type_of_layer_is_a_change(write: Write) -> None:
    mean, largest = (
        write(f"input: 8x8x3\nlayers: [relu, {{{kind}: 2, name: pool}}]", f"{kind}.yaml")
        for kind in ("avgpool", "maxpool")
    )
    found = cnncalc.diff(mean, largest)
    assert [("changed", "pool", "pool")] == listed(found)
    assert [("layer", "avgpool2", "maxpool2")] == [tuple(each) for each in found.layers[0].settings]


def test_the_same_settings_in_other_words_are_no_difference(write: Write) -> None:
    words = (
        "{filters: 8, kernel: 3, padding: 1}",
        "{filters: 8, kernel: 3, padding: half}",
        "{filters: 8, kernel: [3, 3], stride: [1, 1], padding: [[1, 1], [1, 1]]}",
    )
    one, *others = (
        write(f"input: 8x8x3\nlayers:\n  - conv: {text}", f"{number}.yaml") for number, text in enumerate(words)
    )
    for other in others:
        assert cnncalc.diff(one, other).equal


def test_inputs_of_another_size_are_a_difference_of_numbers(write: Write) -> None:
    small, large = (
        write(BRANCH.replace("SOURCE", "first").replace("8x8", size), f"{size}.yaml") for size in ("8x8", "16x16")
    )
    found = cnncalc.diff(small, large, columns="output")
    assert ("affected", "input", "input") == listed(found)[0]
    assert ["8x8x4", "16x16x4"] == [str(value) for value in amounts(found, "input")["output"][:2]]
    assert {"affected"} == {each.change for each in found.layers}
    assert cnncalc.diff(small, large, structure=True).equal


def test_an_input_more_or_less_is_a_difference(write: Write) -> None:
    layers = "\nlayers:\n  - {conv: {filters: 4, kernel: 1}, name: c}\n  - {concat: , from: [SOURCES], name: both}"
    two = write("inputs: {left: 8x8x3, right: 8x8x5}" + layers.replace("SOURCES", "c, right"), "two.yaml")
    one = write("inputs: {left: 8x8x3}" + layers.replace("SOURCES", "c, left"), "one.yaml")
    found = cnncalc.diff(two, one, columns="output")
    assert [("removed", "right", None), ("affected", "both", "both")] == listed(found)
    assert [("input", "8x8x5", None)] == [tuple(each) for each in found.layers[0].settings]
    assert ["8x8x9", "8x8x7"] == [str(value) for value in amounts(found, "both")["output"][:2]]


def test_another_connection_is_a_change_of_what_a_layer_reads(write: Write) -> None:
    one, other = (write(BRANCH.replace("SOURCE", name), f"{name}.yaml") for name in ("first", "input"))
    found = cnncalc.diff(one, other, structure=True)
    assert [("changed", "sum", "sum")] == listed(found)
    assert [("from", ["second", "first"], ["second", "input"])] == [tuple(each) for each in found.layers[0].settings]
    assert () == found.totals


def test_a_layer_behind_a_new_one_reads_it_and_is_the_same() -> None:
    found = cnncalc.diff("conv3-8, conv3-16", "conv3-8, relu, conv3-16", "8x8x3")
    assert [("added", None, "relu1")] == listed(found)


def test_weights_that_are_shared_are_a_change(write: Write) -> None:
    own = write(SHARED.replace("SHARE", ""), "own.yaml")
    shared = write(SHARED.replace("SHARE", ", share: first"), "shared.yaml")
    found = cnncalc.diff(own, shared)
    assert [("share", None, "first")] == [tuple(each) for each in found.layers[0].settings]
    assert {"params": (20, 0, -20)} == amounts(found, "second")


def test_symbolic_sizes_are_subtracted() -> None:
    found = cnncalc.diff("conv3-8, relu", "conv5-8, relu", "HxWx3")
    assert ["216*H*W", "600*H*W", "384*H*W"] == list(map(str, amounts(found, "conv1")["macs"]))
    assert ["params", "macs", "memory_bytes"] == list(totals(found))  # the peak is a formula with many cases
    assert cnncalc.diff("convF-K, relu", "convF-K, relu", "HxWxC").equal


# Names -------------------------------------------------------------------------------------------


def test_names_alone_are_no_difference_but_are_counted(cli: Cli, write: Write) -> None:
    named = write(RENAMED)
    text = cli.text("diff", "conv3-8, relu, fc-10", named, "--input", "32x32x3")
    assert "no difference in 3 layers" in text
    assert "3 layers have other names: conv1 is called conv2d_1" in text
    strict = cli.data("diff", "conv3-8, relu, fc-10", named, "--input", "32x32x3", "--names", status=1)
    assert {"name": {"old": "fc1", "new": "dense"}} == strict["layers"][2]["settings"]


def test_automatic_names_that_count_on_behind_a_new_layer_do_not_hide_it() -> None:
    found = cnncalc.diff("conv3-32, conv3-64, fc-10", "conv3-16, conv3-32, conv3-64, fc-10", "8x8x3")
    changes = listed(found)
    assert ("added", None, "conv1") == changes[0]
    # 3x3 windows over 16 channels instead of 3
    assert (32 * 27 + 32, 32 * 9 * 16 + 32, 32 * 9 * 13) == amounts(found, "conv2")["params"]
    assert [("affected", "conv1", "conv2"), ("affected", "conv2", "conv3")] == changes[1:]
    assert (("conv1", "conv2"), ("conv2", "conv3")) == found.renamed


def test_names_decide_if_every_layer_has_its_namesake() -> None:
    found = cnncalc.diff("conv3-64, conv3-128, conv3-256", "conv3-32, conv3-64, conv3-128", "8x8x3", structure=True)
    assert [("changed", f"conv{number}", f"conv{number}") for number in (1, 2, 3)] == listed(found)


@pytest.mark.parametrize("spec", ["resnet18", "googlenet", "unet", "densenet121"])
def test_a_network_does_not_differ_from_its_own_conversion(cli: Cli, write: Write, spec: str) -> None:
    for flat in ((), ("--flat",)):
        path = write(cli.text("convert", spec, *flat))
        assert "no difference" in cli.text("diff", spec, path, "--names")


# Alignment ---------------------------------------------------------------------------------------


def longest(old: list[int], new: list[int]) -> int:
    """The length of a longest common subsequence, by its recursive definition."""

    @cache
    def of(at: int, place: int) -> int:
        if at == len(old) or place == len(new):
            return 0
        if old[at] == new[place]:
            return 1 + of(at + 1, place + 1)
        return max(of(at + 1, place), of(at, place + 1))

    return of(0, 0)


@pytest.mark.parametrize("seed", range(40))
def test_what_lists_have_in_common_is_as_long_as_can_be(seed: int) -> None:
    chance = random.Random(seed)
    old, new = ([chance.randrange(1 + seed % 5) for _ in range(chance.randrange(30))] for _ in range(2))
    pairs = common(old, new)
    assert longest(old, new) == len(pairs)
    assert all(old[at] == new[place] for at, place in pairs)
    assert all(first[0] < last[0] and first[1] < last[1] for first, last in pairwise(pairs))


def test_lists_that_differ_everywhere_are_aligned_place_by_place() -> None:
    size = 50_000
    kinds = ["conv", "relu"] * (size // 2)
    old = Outline([f"a{at}" for at in range(size)], range(size), kinds)
    new = Outline([f"b{at}" for at in range(size)], range(size, 2 * size), kinds)
    assert [(at, at) for at in range(size)] == aligned(old, new)


# The command line --------------------------------------------------------------------------------


def test_the_exit_status_is_0_1_or_2(cli: Cli, write: Write) -> None:
    assert "" == cli.text("diff", "vgg16", "vgg16", "--quiet")
    assert "" == cli.text("diff", "vgg16", "vgg19", "--quiet", status=1)
    assert "did you mean 'vgg16'" in cli.refused("diff", "vgg16", "vgg61")
    assert "unknown layer" in cli.refused("diff", "vgg16", write("layers: [{cnov: 3}]"))
    assert "unknown quantity 'parms'" in cli.refused("diff", "vgg16", "vgg19", "--columns", "parms")
    assert "structure compares no numbers" in cli.refused("diff", "vgg16", "vgg19", "--columns", "macs", "--structure")
    assert "Missing argument 'NEW'" in cli.refused("diff", "vgg16")


def test_columns_are_what_is_compared(cli: Cli) -> None:
    found = cli.data("diff", "conv3-8, relu", "conv5-8, relu", "--input", "8x8x3", "--columns", "output", status=1)
    assert [({"kernel", "padding"}, {})] == [(set(each["settings"]), each["numbers"]) for each in found["layers"]]
    found = cli.data("diff", "lenet5", "lenet5", "--columns", "depth,training")
    assert ["depth", "training_memory_bytes"] == list(found["totals"])


def test_the_json_has_names_settings_numbers_and_totals(cli: Cli) -> None:
    found = cli.data("diff", "conv3-8", "conv3-8, fc-2", "--input", "4x4x3", "--columns", "output,params", status=1)
    assert (1, False) == (found["schema_version"], found["equal"])
    assert {"same": 1, "changed": 0, "affected": 0, "added": 1, "removed": 0, "renamed": 0} == found["counts"]
    assert [
        {
            "change": "added",
            "old": None,
            "new": "fc1",
            "settings": {"layer": {"old": None, "new": "fc-2"}},
            "numbers": {
                "output": {"old": None, "new": {"channels": 2, "size": []}, "difference": None},
                "params": {"old": None, "new": 258, "difference": 258},
            },
        }
    ] == found["layers"]
    assert {"params": {"old": 224, "new": 482, "difference": 258}} == found["totals"]


def test_the_rows_are_raw_numbers(cli: Cli) -> None:
    arguments = ("conv3-8", "conv5-8", "--input", "8x8x3", "--columns", "params,rf", "--format", "csv")
    assert [
        "change,old_name,new_name,what,old,new,difference",
        "changed,conv1,conv1,kernel,3,5,",
        "changed,conv1,conv1,padding,1,2,",
        "changed,conv1,conv1,params,224,608,384",
        "changed,conv1,conv1,receptive_field,3,5,2",
        "total,,,params,224,608,384",
    ] == cli.text("diff", *arguments, status=1).splitlines()


def test_the_table_has_percentages_of_the_totals(cli: Cli) -> None:
    text = cli.text("diff", "vgg16", "vgg19", "--format", "markdown", "--columns", "params,macs", status=1)
    # 5,309,696 of 138,357,544 are 3.84 percent
    assert "| params | 138,357,544 | 143,667,240 | +5,309,696 | +3.8 |" in text
    less = cli.text("diff", "vgg19", "vgg16", "--format", "markdown", "--columns", "params", status=1)
    assert "| params | 143,667,240 | 138,357,544 | -5,309,696 | -3.7 |" in less


def test_settings_and_counting_hold_for_both(cli: Cli) -> None:
    found = cli.data("diff", "resnet18", "resnet34", "--set", "classes=10", "--batch", "2", status=1)
    one = cnncalc.analyze("resnet18", settings="classes=10", batch=2)
    assert one.total("macs") == found["totals"]["macs"]["old"]


def test_a_table_of_very_many_rows_says_that_it_is_cut(cli: Cli) -> None:
    text = cli.text("diff", "vgg16", "vgg19", "--limit", "rows=3", status=1)
    assert "more rows: --format csv and json have all; --limit rows=15 allows more" in text
    assert "pool3" not in text


def test_python_and_the_command_line_agree(cli: Cli) -> None:
    found = cnncalc.diff("vgg16", "vgg19", 64, columns=["macs"])
    assert cli.data("diff", "vgg16", "vgg19", "--input", "64", "--columns", "macs", status=1) == json.loads(
        found.render("json")
    )
