"""Numbers and notes that are true: expected values by hand, or by counting what a loop does."""

from __future__ import annotations

import re

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc.check.numbers.printed import Printed
from cnncalc.report import remarks

SAME = "input: 224x224x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2, padding: same}\n    name: c1\n"


# Padding ----------------------------------------------------------------------------------------


def causal(blocks: int) -> str:
    """A first causal convolution of two taps, then stacks of dilations 1, 2, ..., 512."""
    dilations = [1, *[2**power for power in range(10)] * blocks]
    layers = (f"  - conv: {{filters: 4, kernel: 2, dilation: {d}, padding: [[{d}, 0]]}}\n" for d in dilations)
    return "input: 16000x1\nlayers:\n" + "".join(layers)


def test_padding_that_differs_is_shown_on_both_sides_everywhere(write: Write, cli: Cli) -> None:
    path = write(SAME, "same.yaml")
    both = "0 before, 1 after"
    assert both in cli("show", path, "--columns", "layer,padding").output
    assert f'c1,"{both}"' in cli("show", path, "--columns", "layer,padding", "--format", "csv").output
    assert f"padding = {both}" in cli("explain", path, "c1", "padding").output
    assert f"padding = {both}" in cli("formula", path, "--input", "224x224x3", "--only", "padding").output
    assert "padding_height_after = 1" in cli("formula", path, "--only", "padding", "--format", "python").output
    swept = cli("sweep", path, "--input", "223:224", "--columns", "c1.padding", "--format", "csv").output
    assert swept.splitlines()[1:] == ["223,1,", f'224,"{both}",']
    field = cli.data("show", path)["layers"][0]["receptive_field"]
    assert (field["padding"], field["padding_sides"]) == (["1/2"] * 2, [[0, 1]] * 2)
    found = cli("solve", path, "c1.padding = 1").output  # odd sizes have 1 on either side
    assert "input = 2\n" not in found
    assert "input = 3\n" in found


def test_a_causal_stack_pads_in_front_alone(write: Write) -> None:
    assert 1 + 3 * sum(2**power for power in range(10)) == 3070
    axis = cnncalc.analyze(write(causal(3))).layers[-1].receptive_field.axes[0]
    assert (str(axis.sides), axis.size) == ("3070 before, 0 after", 3071)


@pytest.mark.parametrize(
    ("claimed", "verdict"),
    [
        ("0 before, 1 after", "match"),
        ("(0, 1)", "match"),
        ("1/2", "mismatch"),
        ("1", "mismatch"),
        ("(1, 0)", "mismatch"),
    ],
)
def test_a_claim_of_padding_names_both_sides(claimed: str, verdict: str, write: Write, cli: Cli) -> None:
    path = write(SAME, "same.yaml")
    claims = write(f"network: {path}\nclaims:\n  c1: {{padding: '{claimed}'}}\n", "claims.yaml")
    assert f": 1 {verdict}\n" in cli("check", claims).output


def test_padding_that_is_the_same_on_both_sides_is_one_number(cli: Cli) -> None:
    assert "padding_sides" not in cli("show", "vgg16", "--format", "json").output
    assert "before" not in cli("show", "vgg16", "--columns", "layer,padding").output


# Receptive fields -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resize", ["resize: 7", "resize: {size: 3, mode: nearest}", "upsample: 3", "adaptive_avgpool: 3"]
)
def test_whoever_reads_what_sees_everything_sees_everything(resize: str, write: Write) -> None:
    path = write(f"input: 8x8x3\nlayers:\n  - {{add: [[], [global_avgpool, resize: 8]]}}\n  - {resize}\n")
    assert "all" == cnncalc.analyze(path).layers[-1].receptive_field.read("size")


# Sizes that fit ---------------------------------------------------------------------------------


def test_on_an_axis_that_fits_the_closest_size_is_the_size_itself(cli: Cli) -> None:
    found = cnncalc.fit("vgg16").check("160x170").nearest  # multiples of 32
    assert {"H": (160, 160), "W": (160, 192)} == found
    assert "H = 160; W = 160 or 192" in cli("fit", "vgg16", "--size", "160x170").output


# Notes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rounding", "left"), [("ceil", False), ("caffe", False), ("floor", True)])
def test_rounding_up_leaves_nothing_over(rounding: str, left: bool, write: Write) -> None:
    """conv3/2p1 on 224: (224 + 2 - 3) % 2 == 1 row of padding is left by floor; ceil takes a partial window."""
    path = write(
        f"input: 224x224x3\nlayers:\n  - maxpool: {{kernel: 3, stride: 2, padding: 1, rounding: {rounding}}}\n"
    )
    (note,) = remarks.notes(cnncalc.analyze(path))
    assert left == ("what is left over is padding" in note)
    assert left != ("partial" in note)


def test_the_memory_of_training_names_its_rule(cli: Cli) -> None:
    assert "by the textbook's rule" in cli("show", "vgg16", "--notes", "all").output


def test_layer_types_that_a_tool_does_not_count_are_named(cli: Cli, write: Write) -> None:
    layers = "[{conv: {filters: 6, kernel: 5}}, relu, {maxpool: 2}, flatten, {fc: 10}]"
    path = write(f"input: 32x32x1\nlayers: {layers}\n")
    text = cli("show", path, "--convention", "fvcore").output
    assert "! relu, maxpool are not counted by fvcore: 0 MACs and FLOPs" in text
    assert "not counted by" not in cli("show", path).output
    assert "not counted by" not in cli("show", path, "--convention", "fvcore", "--flops", "all").output


# Claims -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("7.5K + 80K + 20K + 40K + 0.5K = 157.2K", False),  # 148.0K, to 3.2K
        ("7.5K + 80K + 20K + 40K + 0.5K = 148.0K", True),
        ("7.5K + 80K + 20K + 40K + 0.5K = 150K", True),
        ("100K - 99K = 1K", True),
        ("1.0M + 1 = 1.3M", False),
        ("15.2M * 4 bytes = 61 MB", True),
        ("15.2M * 4 bytes = 70 MB", False),
    ],
)
def test_in_a_sum_the_absolute_errors_of_the_terms_add(text: str, right: bool) -> None:
    assert right == (Printed.read(text).slip() == "")


@pytest.mark.parametrize(("cells", "status"), [("4", 1), ("4.5 kB", 1), ("28x28x6", 1), ("not sure", 0)])
def test_a_column_of_answers_that_is_not_read_is_a_warning(cells: str, status: int, cli: Cli, write: Write) -> None:
    net = write("input: 32x32x1\nlayers:\n  - conv: {filters: 6, kernel: 5}\n")
    path = write(f"layer,params,ram\nconv1,156,{cells}\n", "ada.csv")
    found = cli("check", "--network", net, path, status=status)
    assert ("warning: " in found.output, "not a quantity and is ignored" in found.output) == (status == 1, status == 0)
    assert "1 match" in found.output
    assert not status or "'ram' looks like answers" in cli("check", "--network", net, path, "-f", "csv").output


def test_what_does_not_depend_on_the_input_is_said_and_the_parameter_that_does_it_named(cli: Cli) -> None:
    text = cli.refused("solve", "mobilenet_v1", "params < 2M")
    assert "does not depend on input" in text
    assert "'width by 0.25'" in text


# Solutions --------------------------------------------------------------------------------------


def test_no_upper_end_of_a_repeat_comes_from_a_limit_of_the_search(cli: Cli) -> None:
    assert "L >= 8" == cli.line("solve 'pool2 xL' 'rf >= 224'").splitlines()[0]  # 2^8 = 256


@pytest.mark.parametrize("question", ["deconv F=?, S=2, P=?, O=?", "deconv F=?, S=2, P=1, O=?", "deconv F=?, S=3, P=?"])
def test_a_general_form_holds_for_every_solution_listed(question: str, cli: Cli) -> None:
    made = 29 if "S=2" in question else 44
    text = cli.line(f"solve '14 -> {made}, {question}'")
    lines = [line for line in text.splitlines() if re.match("F = [0-9]+,", line)]
    listed = [dict(re.findall(r"([FPO]) = ([0-9]+)", line)) for line in lines]
    general = re.search(r"in general, ([FPO]) = (.*)", text)
    assert general
    assert len(listed) > 1
    for point in listed:
        numbers = {name: int(value) for name, value in point.items()}
        stride, padding = (2 if "S=2" in question else 3), numbers.get("P", 1)
        assert made == 13 * stride - 2 * padding + numbers["F"] + numbers.get("O", 0)
        assert numbers.get("O", 0) < stride
        assert numbers[general[1]] == eval(general[2], {}, numbers)


def test_an_output_padding_that_frameworks_refuse_is_said(cli: Cli) -> None:
    text = cli.line("solve '14 -> 28, deconv F=?, S=2, P=1, O=3'")
    assert "F = 1\n" in text  # 13*2 - 2 + 1 + 3 = 28
    assert "O = 3 is not less than the stride, 2: Keras and PyTorch refuse such an output padding" in text
    assert "refuse" not in cli.line("solve '14 -> 28, deconv F=?, S=2, P=1, O=1'")
