"""What Keras, torchsummary, torchinfo, fvcore and ptflops print: all numbers are right, and a wrong digit is found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc.check.claim import Verdict
from cnncalc.check.context import Overrides, overrides
from cnncalc.check.readers import read_table
from cnncalc.check.verdicts import verdicts
from cnncalc.errors import Source

HERE = Path(__file__).resolve().parent / "captures"
PRINTED = {path.stem: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("printed/*.txt"))}
ELSEWHERE = {
    "keras.alexnet": "alexnet",
    "torchinfo.resnet50": "resnet50_v1.5",
    "torchsummary.resnet50": "resnet50_v1.5",
}
"""Where the network of a name is another one than for other tools."""
EVERY_DIGIT = (
    "keras.lenet",
    "torchsummary.lenet",
    "torchinfo.lenet",
    "fvcore.lenet",
    "ptflops.lenet",
    "keras.nested.expanded",
)
SAMPLE = 10
"""Digits that are changed in each of the others."""
AMBIGUOUS = ("fvcore.inception.parameters",)
"""Where a module hides its layers and is rounded so much that another extent of it prints the changed number."""


def network_of(name: str) -> Overrides:
    tool, network, *_ = name.split(".")
    own = HERE / "printed" / f"{network}.yaml"
    path = HERE / f"{network}.yaml" if network in ("small", "mixed") else own
    if network == "densenet":
        keys = {"settings": ("layers=[2,2,2,2]", "growth=16")}
        return overrides("densenet121", "64x64x3", keys, grading=True)
    found = ELSEWHERE.get(f"{tool}.{network}") or (str(path) if path.exists() else network)
    return overrides(found, grading=True)


def judged(name: str, text: str) -> list[Verdict]:
    table = read_table(Source(name, text), network_of(name))
    assert not table.unread
    return verdicts(table, diagnosed=False)


def wrong(found: list[Verdict]) -> list[int]:
    return [place for place, verdict in enumerate(found) if not verdict.passed]


def test_every_tool_has_printed_many_networks() -> None:
    networks = {tuple(name.split(".")[:2]) for name in PRINTED}
    for tool, least in (("keras", 10), ("torchsummary", 12), ("torchinfo", 14), ("fvcore", 12), ("ptflops", 12)):
        assert sum(each == tool for each, _ in networks) >= least
    assert all(text.startswith("# ") for text in PRINTED.values())  # the versions


@pytest.mark.parametrize("name", PRINTED)
def test_every_number_of_a_print_out_is_right(name: str) -> None:
    found = judged(name, PRINTED[name])
    assert [
        (found[place].claim.title, str(found[place].claim.printed), found[place].exact) for place in wrong(found)
    ] == []


@pytest.mark.parametrize("name", [name for name in PRINTED if name not in AMBIGUOUS])
def test_a_changed_digit_makes_exactly_its_number_wrong(name: str) -> None:
    lines = PRINTED[name].split("\n")
    digits = [
        (place, verdict.claim.span.line, column)
        for place, verdict in enumerate(judged(name, PRINTED[name]))
        if verdict.claim.span
        for column in range(verdict.claim.span.column, verdict.claim.span.column + verdict.claim.span.length)
        if lines[verdict.claim.span.line][column : column + 1].isdigit()
    ]
    seeded = random.Random(name)
    for place, line, column in digits if name in EVERY_DIGIT else seeded.sample(digits, min(SAMPLE, len(digits))):
        other = seeded.choice([digit for digit in "0123456789" if digit != lines[line][column]])
        changed = [*lines]
        changed[line] = lines[line][:column] + other + lines[line][column + 1 :]
        assert wrong(judged(name, "\n".join(changed))) == [place], changed[line]


@pytest.mark.parametrize(
    ("name", "right", "wrong", "quantity"),
    [
        ("ptflops.lenet", "kernel_size=(5, 5)", "kernel_size=(5, 3)", "kernel"),
        ("ptflops.lenet", "in_features=400", "in_features=120", "in_channels"),
        ("ptflops.lenet", "MACs, 6, 16,", "MACs, 6, 15,", "out_channels"),
        ("ptflops.mixed", "stride=(2, 1), padding=(1, 2)", "stride=(2, 1), padding=(1, 1)", "layer_padding"),
        ("fvcore.mixed.model", "stride=(2, 1)", "stride=(1, 1)", "stride"),
        ("ptflops.mobilenet_v2", "groups=32", "groups=16", "groups"),
    ],
)
def test_the_arguments_of_modules_are_those_of_the_layers(name: str, right: str, wrong: str, quantity: str) -> None:
    found = [verdict for verdict in judged(name, PRINTED[name].replace(right, wrong, 1)) if not verdict.passed]
    assert [(quantity, "mismatch")] == [(verdict.claim.quantity, verdict.status) for verdict in found]


def test_the_report_says_how_rows_were_matched_and_which_are_not_layers(write: Write, cli: Cli) -> None:
    path = write(PRINTED["torchsummary.vgg11_bn"], "summary.txt")
    text = cli.text("check", path, "--network", str(HERE / "printed" / "vgg11_bn.yaml"))
    assert "counted in the convention torchsummary 1.5.1" in text
    assert "matched with the layers by order and type: Conv2d-1 is normed1/conv1" in text
    assert "not layers of the network, their numbers follow from the rows before: AdaptiveAvgPool2d-30" in text


@pytest.mark.parametrize("name", ["keras.lenet", "torchsummary.lenet", "torchinfo.unet", "torchinfo.lenet.batch"])
def test_prompts_and_colours_are_no_part_of_a_print_out(name: str) -> None:
    coloured = "\n".join(f"\x1b[1m{line}\x1b[0m" for line in PRINTED[name].split("\n"))
    prompts = f">>> import torch\n>>> print(summary)\n{PRINTED[name]}\n>>> exit()\n"
    crlf = PRINTED[name].replace("\n", "\r\n")
    for text in (coloured, prompts, crlf):
        assert (len(judged(name, text)), wrong(judged(name, text))) == (len(judged(name, PRINTED[name])), [])


@pytest.mark.parametrize("name", ["keras.lenet", "torchsummary.lenet", "torchinfo.unet"])
def test_a_print_out_without_its_foot_is_refused(name: str) -> None:
    text = PRINTED[name].partition("Total params")[0]
    with pytest.raises(cnncalc.SpecError, match="no line 'Total params'"):
        judged(name, text)


@pytest.mark.parametrize("name", ["ptflops.unet", "fvcore.unet.model"])
def test_a_model_without_its_last_brackets_is_refused(name: str) -> None:
    with pytest.raises(cnncalc.SpecError, match="ends before its last bracket"):
        judged(name, "\n".join(PRINTED[name].split("\n")[:20]))


@pytest.mark.parametrize("name", ["keras.lenet", "torchinfo.unet", "ptflops.unet", "fvcore.unet"])
def test_lines_that_a_notebook_leaves_out_are_named(name: str) -> None:
    lines = PRINTED[name].split("\n")
    with pytest.raises(cnncalc.SpecError, match="left out here"):
        judged(name, "\n".join([*lines[:8], "...", *lines[12:]]))


def test_a_network_with_other_layers_is_said_to_have_them(write: Write, cli: Cli) -> None:
    path = write(PRINTED["torchsummary.lenet"], "summary.txt")
    text = cli.text("check", path, "--network", "conv5-6p0, pool2, fc-10", "--input", "32x32x1", status=1)
    assert "the print-out has 2 rows of convolutions, and the network has 1" in text


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_any_beginning_of_a_print_out_ends_in_verdicts_or_a_message(name: str) -> None:
    text = PRINTED[name]
    seeded = random.Random(name)
    for _ in range(4):
        try:
            judged(name, text[: seeded.randrange(60, len(text))])
        except (cnncalc.SpecError, AssertionError):
            continue
