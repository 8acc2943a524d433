"""Tables as they stand, Markdown and printed summaries; rows with names of their own find their layers."""

from __future__ import annotations

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc.check.matching import matched
from cnncalc.check.readers import read_table
from cnncalc.errors import Source

NET = "conv3-32p0, pool2, conv3-64p0, flatten, fc-10"
README = """# A small net

Some text, and a table that is none of layers:

| colour | price |
| --- | --- |
| red | 5 |

| Layer | Output | Params |
| :--- | :--- | ---: |
| `conv1` | 28x28x6 | 156 |
| pool2 | **14x14x6** | 0 |
| conv3 | 10x10x16 | 2,415 |
| **total** |  | **61,706** |
"""
KERAS_2 = """Model: "demo"
_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 input_1 (InputLayer)        [(None, 28, 28, 1)]       0

 conv2d (Conv2D)             (None, 26, 26, 32)        320

 max_pooling2d (MaxPooling2D  (None, 13, 13, 32)       0
 )

 conv2d_1 (Conv2D)           (None, 11, 11, 64)        18496

 flatten (Flatten)           (None, 7744)              0

 dense (Dense)               (None, 10)                77450

=================================================================
Total params: 96,266
Trainable params: 96,266
Non-trainable params: 0
_________________________________________________________________
"""
KERAS_3 = """Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)              ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)           │ (None, 26, 26, 32)     │           320 │
├───────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d             │ (None, 13, 13, 32)     │             0 │
│ (MaxPooling2D)            │                        │               │
├───────────────────────────┼────────────────────────┼───────────────┤
│ conv2d_1 (Conv2D)         │ (None, 11, 11, 64)     │        18,496 │
├───────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)         │ (None, 7744)           │             0 │
├───────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)             │ (None, 10)             │        77,450 │
└───────────────────────────┴────────────────────────┴───────────────┘
 Total params: 96,266 (376.04 KB)
 Trainable params: 96,266 (376.04 KB)
"""
TORCHSUMMARY = """----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 32, 26, 26]             320
         MaxPool2d-2           [-1, 32, 13, 13]               0
            Conv2d-3           [-1, 64, 11, 11]          18,496
           Flatten-4                 [-1, 7744]               0
            Linear-5                   [-1, 10]          77,450
================================================================
Total params: 96,266
Trainable params: 96,266
"""


def test_the_tables_of_a_readme_are_read_among_its_text(write: Write, cli: Cli) -> None:
    text = cli.text("check", write(README, "README.md"), "--network", "lenet", status=1)
    assert "7 claims: 6 matches, 1 mismatch" in text
    assert "README.md:13:22" in text  # the place of 2,415


def test_what_cnncalc_prints_as_markdown_is_right(write: Write, cli: Cli) -> None:
    path = write(cli.text("lenet", "--format", "markdown"), "lenet.md")
    assert cli.text("check", path, "--network", "lenet").splitlines()[0].endswith("47 claims: 47 matches")


@pytest.mark.parametrize(
    ("summary", "claims"),
    [(KERAS_2, 15), (KERAS_3, 14), (TORCHSUMMARY, 12)],
    ids=["keras 2", "keras 3", "torchsummary"],
)
def test_a_printed_summary_is_right_and_one_changed_digit_is_wrong(
    write: Write, cli: Cli, summary: str, claims: int
) -> None:
    options = ("--network", NET, "--input", "28x28x1")
    assert f"{claims} claims: {claims} matches" in cli.text("check", write(summary, "summary.txt"), *options)
    for right, wrong in (
        ("320 ", "321 "),
        ("26, 26", "26, 27"),
        ("7744", "7745"),
        ("77,450", "77,451"),
        ("96,266", "96,267"),
    ):
        if right in summary.replace("320\n", "320 \n"):
            changed = summary.replace("320\n", "320 \n").replace(right, wrong, 1)
            text = cli.text("check", write(changed, "summary.txt"), *options, status=1)
            assert f"{claims} claims: {claims - 1} matches, 1 mismatch" in text, (right, text)


def test_a_summary_that_is_cut_off_is_refused(write: Write, cli: Cli) -> None:
    path = write(TORCHSUMMARY.partition("Total")[0], "summary.txt")
    assert "the summary has no line 'Total params'" in cli.text("check", path, "--network", "lenet", status=1)


def graph_of(text: str) -> cnncalc.Graph:
    return cnncalc.expand(text, "28x28x1")


@pytest.mark.parametrize(
    ("rows", "layers"),
    [
        (["Convolution", "Max pooling", "Conv", "Flatten", "Dense"], ["conv1", "maxpool1", "conv2", "flatten1", "fc1"]),
        (["conv2d_4 (Conv2D)", "conv2d_5 (Conv2D)", "dense_1 (Dense)"], ["conv1", "conv2", "fc1"]),
        (["C1", "S2", "C3", "F4", "F5"], ["conv1", "maxpool1", "conv2", "flatten1", "fc1"]),
        (["conv1", "P", "conv2", "F", "fc1"], ["conv1", "maxpool1", "conv2", "flatten1", "fc1"]),
        (["a (Conv2D)", "b (Dense)", "c (Conv2D)"], ["a (Conv2D)", "b (Dense)", "c (Conv2D)"]),
        (["conv1", "conv9"], ["conv1", "conv9"]),
        (["conv2", "x", "y", "z", "u"], ["conv2", "x", "y", "z", "u"]),
        (["conv1 (Conv2D)", "fc1"], ["conv1", "fc1"]),
        (["conv1", "missing", "conv2", "F", "fc1"], ["conv1", "missing", "conv2", "F", "fc1"]),
        (["a (Conv2D)", "b (Conv2D)", "r (ReLU)", "d (Dense)"], ["conv1", "conv2", "r (ReLU)", "fc1"]),
    ],
)
def test_rows_find_their_layers_by_name_or_by_order_and_type(rows: list[str], layers: list[str]) -> None:
    assert layers == matched(rows, graph_of(NET)).layers


def test_rows_that_are_matched_by_order_say_so() -> None:
    assert "" == matched(["conv1", "fc1"], graph_of(NET)).note
    note = matched(["Conv2d-1", "MaxPool2d-2", "Conv2d-3", "Linear-5"], graph_of(NET)).note
    assert note.endswith("by order and type: Conv2d-1 is conv1, MaxPool2d-2 is maxpool1, Conv2d-3 is conv2, ...")


def test_a_table_without_a_network_says_how_to_name_one() -> None:
    with pytest.raises(cnncalc.SpecError, match="which network"):
        read_table(Source("README.md", README))
