"""Tables as they stand, Markdown and printed summaries; rows with names of their own find their layers."""

from __future__ import annotations

import json
import random
from pathlib import Path

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


KERAS_2_NESTED = """Model: "model"
____________________________________________________________________________
 Layer (type)                Output Shape              Param #   Trainable
============================================================================
 input_1 (InputLayer)        [(None, 28, 28, 1)]       0         Y

 base (Sequential)           (None, 7744)              18816     Y
|¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯|
| conv2d (Conv2D)            (None, 26, 26, 32)        320       N         |
|                                                                          |
| max_pooling2d (MaxPooling  (None, 13, 13, 32)        0         Y         |
| 2D)                                                                      |
|                                                                          |
| conv2d_1 (Conv2D)          (None, 11, 11, 64)        18496     Y         |
|                                                                          |
| flatten (Flatten)          (None, 7744)              0         Y         |
¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯¯
 dense (Dense)               (None, 10)                77450     Y

============================================================================
Total params: 96266 (376.04 KB)
Trainable params: 95946 (374.79 KB)
Non-trainable params: 320 (1.25 KB)
____________________________________________________________________________
"""
KERAS_2_TRAINED = """Model: "model"
______________________________________________________________________________________________________________
 Layer (type)                   Output Shape         Param #     Connected to                     Trainable
==============================================================================================================
 input_1 (InputLayer)           [(None, 28, 28, 1)]  0           []                               Y

 conv2d (Conv2D)                (None, 26, 26, 32)   320         ['input_1[0][0]']                N

 conv2d_1 (Conv2D)              (None, 26, 26, 32)   320         ['input_1[0][0]']                Y

 concatenate (Concatenate)      (None, 26, 26, 64)   0           ['conv2d[0][0]',                 Y
                                                                  'conv2d_1[0][0]']

==============================================================================================================
Total params: 640
Trainable params: 320
Non-trainable params: 320
______________________________________________________________________________________________________________
"""
TWO = "input: 28x28x1\nlayers: [{concat: [[{conv: {filters: 32, kernel: 3}}], [{conv: {filters: 32, kernel: 3}}]]}]\n"


def test_keras_2_prints_models_in_boxes_and_what_is_trained(write: Write, cli: Cli) -> None:
    """Of 96,266 parameters the 320 of the first layer are frozen."""
    asked = ("--network", NET, "--input", "28x28x1")
    assert "20 claims: 20 matches" in cli.text("check", write(KERAS_2_NESTED, "summary.txt"), *asked)
    for right, wrong in (("95946", "95947"), ("18816", "18817"), ("320       N", "321       N"), ("26, 26", "26, 25")):
        text = cli.text("check", write(KERAS_2_NESTED.replace(right, wrong), "summary.txt"), *asked, status=1)
        assert "20 claims: 19 matches, 1 mismatch" in text, text
    path = write(KERAS_2_TRAINED, "summary.txt")
    assert "11 claims: 11 matches" in cli.text("check", path, "--network", write(TWO, "two.yaml"))


def test_a_summary_with_open_sides_claims_the_channels(write: Write, cli: Cli) -> None:
    text = KERAS_2.replace("28, 28, 1", "None, None, 1").replace("26, 26", "None, None").replace("11, 11", "None, 11")
    asked = ("--network", NET, "--input", "28x28x1")
    found = cli.text("check", write(text, "summary.txt"), *asked)
    assert "15 claims: 15 matches" in found
    assert "of (None, None, None, 32) only the sizes that are numbers are judged" in found
    wrong = text.replace("None, None, 32", "None, None, 33")
    assert "14 matches, 1 mismatch" in cli.text("check", write(wrong, "summary.txt"), *asked, status=1)


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


# HTML ----------------------------------------------------------------------------------------------

HTML = """<!DOCTYPE html><html><head><title>A & B</title><style>td { color: red }</style></head><body>
<p>If a < b, see <a href="x.html">this</a>.</p>
<table border=1><tr><td>colour</td><td>price</td></tr><tr><td>red</td><td>5</td></tr></table>
<!-- <table><tr><td>layer<td>params<tr><td>conv1<td>1</table> -->
<TABLE>
 <caption>Answers, 2 of them</caption>
 <tr><th rowspan=2>Layer</th><th colspan="2">what it makes</th></tr>
 <tr><th>Output&nbsp;size</th><th>Params</th></tr>
 <tr><td><b>conv1</b></td><td>28&times;28&#215;6</td><td><p>156</p></td></tr>
 <tr><td>pool2<td>14 x 14 x 6<td>0
 <tr><td>conv3</td><td>10x10x16</td><td>2,41<span style="x">5</span></td></tr>
</TABLE></body></html>
"""


def test_the_tables_of_a_page_are_read_as_a_browser_shows_them(write: Write, cli: Cli) -> None:
    text = cli.text("check", write(HTML, "ada.html"), "--network", "lenet", status=1)
    assert "6 claims: 5 matches, 1 mismatch" in text
    assert "ada.html:11:" in text


def test_a_table_in_html_is_known_by_its_text_too(write: Write, cli: Cli) -> None:
    assert "6 claims" in cli.text(
        "check", write(HTML.replace("2,41<", "2416<").replace(">5<", "><"), "ada.txt"), "-n", "lenet"
    )


def test_a_number_over_several_columns_of_html_is_refused(write: Write, cli: Cli) -> None:
    page = HTML.replace("<td>14 x 14 x 6<td>0", "<td colspan=2>14x14x6")
    assert "stands over several columns" in cli.text("check", write(page, "ada.html"), "-n", "lenet", status=1)


PANDAS = """<div>
<style scoped>
    .dataframe tbody tr th:only-of-type {
        vertical-align: middle;
    }

    .dataframe thead th {
        text-align: right;
    }
</style>
<table border="1" class="dataframe">
  <thead>
    <tr style="text-align: right;">
      <th></th>
      %s
    </tr>%s
  </thead>
  <tbody>
    <tr>
      %s
      <td>28x28x6</td>
      <td>156</td>
    </tr>
  </tbody>
</table>
</div>
"""
COLUMNS = "<th>output</th>\n<th>params</th>"


@pytest.mark.parametrize(
    "page",
    [
        PANDAS % (f"<th>layer</th>{COLUMNS}", "", "<th>0</th><td>conv1</td>"),
        PANDAS % (COLUMNS, "", "<th>conv1</th>"),
        PANDAS % (COLUMNS, "<tr><th>layer</th><th></th><th></th></tr>", "<th>conv1</th>"),
    ],
    ids=["numbered", "by layer", "by layer, named"],
)
@pytest.mark.parametrize("name", ["ada.html", "ada.md", "ada.ipynb"])
def test_a_data_frame_is_read_in_a_page_in_markdown_and_in_a_notebook(
    write: Write, cli: Cli, page: str, name: str
) -> None:
    output = {"output_type": "display_data", "data": {"text/html": page.splitlines(True), "text/plain": ["  x\n"]}}
    notebook = {"nbformat": 4, "cells": [{"cell_type": "code", "source": [], "outputs": [output]}]}
    text = json.dumps(notebook) if name.endswith("ipynb") else f"# Answers\n\n{page}\n"
    assert "2 claims: 2 matches" in cli.text("check", write(text, name), "-n", "lenet")
    wrong = text.replace(">156<", ">157<")
    assert "2 claims: 1 match, 1 mismatch" in cli.text("check", write(wrong, name), "-n", "lenet", status=1)


# Tables without a column of layers --------------------------------------------------------------------

LAYERED = "| Layer | Output | Params |\n|---|---|---|\n| conv1 | 28x28x6 | 156 |\n\n"


@pytest.mark.parametrize(
    "table",
    [
        "| Output | Params |\n|---|---|\n| 10x10x16 | 2,416 |\n",
        "| stage | params |\n|---|---|\n| third | 2,416 |\n| last | ? |\n",
        "| conv3 | 10x10x16 | 2,416 |\n|---|---|---|\n| pool4 | 5x5x16 | 0 |\n",
        "<table><tr><td>stage<td>params<tr><td>third<td>**2,416**</table>\n",
    ],
)
def test_a_second_table_that_looks_like_answers_is_never_passed_over_in_silence(
    write: Write, cli: Cli, table: str
) -> None:
    text = cli.text("check", write(LAYERED + table, "ada.md"), "-n", "lenet", status=1)
    assert "2 claims: 2 matches" in text
    assert "warning" in text
    assert "no column is headed 'layer'" in text


def test_a_latex_table_without_layers_is_told(write: Write, cli: Cli) -> None:
    table = r"\begin{tabular}{ll} %s \\ %s \end{tabular}"
    text = table % ("layer & params", "conv1 & 156") + table % ("stage & params", "third & 2,416")
    assert "no column is headed 'layer'" in cli.text("check", write(text, "ada.tex"), "-n", "lenet", status=1)


@pytest.mark.parametrize(
    "text",
    [
        "| | Output | Params |\n|---|---|---|\n| conv1 | 28x28x6 | 156 |\n",
        "| # | Layer | Output | Params |\n|---|---|---|---|\n| 1 | conv1 | 28x28x6 | 156 |\n",
        "| Output | Params | Layer |\n|---|---|---|\n| 28x28x6 | 156 | conv1 |\n",
    ],
)
def test_the_column_of_layers_may_have_no_title_or_not_be_the_first(write: Write, cli: Cli, text: str) -> None:
    assert "2 claims: 2 matches" in cli.text("check", write(text, "ada.md"), "-n", "lenet")
    rows = [line.strip("|").split("|") for line in text.splitlines() if "---" not in line]
    sheet = "\n".join(",".join(f'"{cell.strip()}"' for cell in row) for row in rows)
    assert "2 claims: 2 matches" in cli.text("check", write(sheet, "ada.csv"), "-n", "lenet")


# What cnncalc prints itself -----------------------------------------------------------------------------

ENDINGS = {
    "text": "txt",
    "slide": "txt",
    "markdown": "md",
    "latex": "tex",
    "html": "html",
    "csv": "csv",
    "json": "json",
}
PRINTS = ["slide", "html", "json", "csv", "markdown", "latex", "text"]
TRIED = [("lenet", "40x40x1"), ("vgg16", "100x140x3"), ("mobilenet_v2", ""), ("unet", "188x220x1")]


@pytest.mark.parametrize(("network", "size"), TRIED, ids=[name for name, _ in TRIED])
@pytest.mark.parametrize("form", PRINTS)
def test_all_that_cnncalc_prints_is_right(write: Write, cli: Cli, form: str, network: str, size: str) -> None:
    asked = (network, *(("--input", size) if size else ()))
    path = write(cli.text(*asked, "--format", form), f"net.{ENDINGS[form]}")
    assert "mismatch" not in cli.text("check", path, "--network", *asked)


@pytest.mark.parametrize(
    ("form", "drawn", "counted"),
    [
        ("html", ["--units", "MiB"], []),
        ("text", ["--units", "MiB"], []),
        ("text", ["--depth", "all"], []),
        ("html", ["--columns", "layer,output,flops,adds,rf,padding"], []),
        ("csv", ["--columns", "layer,output,depth,neurons,connections"], []),
        ("latex", ["--layout", "chw"], ["--layout", "chw"]),
        ("html", [], ["--convention", "torchinfo"]),
        ("json", [], ["--convention", "torchinfo"]),
        ("slide", [], ["--convention", "torchinfo"]),
        ("slide", [], ["--convention", "keras"]),
        ("slide", [], ["--bias"]),
        ("slide", [], ["--no-bias"]),
        ("json", [], ["--batch", "4"]),
    ],
)
def test_options_of_a_report_change_no_verdict(
    write: Write, cli: Cli, form: str, drawn: list[str], counted: list[str]
) -> None:
    shown = [option for option in counted if "--layout" not in counted]
    path = write(cli.text("mobilenet_v2", "--format", form, *drawn, *shown), f"net.{ENDINGS[form]}")
    assert "mismatch" not in cli.text("check", path, "--network", "mobilenet_v2", *counted)


@pytest.mark.parametrize("form", ["slide", "html", "json"])
def test_a_changed_digit_of_a_report_makes_exactly_its_number_wrong(write: Write, cli: Cli, form: str) -> None:
    path = write(cli.text("lenet", "--format", form), f"net.{ENDINGS[form]}")
    text = Path(path).read_text(encoding="utf-8")
    lines = text.splitlines()
    claims = cli.data("check", path, "--network", "lenet")["files"][0]["claims"]
    for claim in claims if form != "json" else random.Random(0).sample(claims, 20):
        if claim["claimed"] == "all":
            continue
        line, column = map(int, claim["place"].rsplit(":", 2)[1:])
        at = next(at for at in range(column - 1, len(lines[line - 1])) if lines[line - 1][at].isdigit())
        changed = [*lines]
        digit = (int(changed[line - 1][at]) + 1) % 10
        changed[line - 1] = f"{lines[line - 1][:at]}{digit}{lines[line - 1][at + 1 :]}"
        found = cli.data("check", write("\n".join(changed), Path(path).name), "--network", "lenet", status=1)
        wrong = [each for each in found["files"][0]["claims"] if not each["passed"]]
        assert [(claim["layer"], claim["quantity"])] == [(each["layer"], each["quantity"]) for each in wrong], changed
    write(text, Path(path).name)


SLIDE = """INPUT: [224x224x3]        memory:  224*224*3=150K   params: 0
CONV3-64: [224x224x64]  memory:  224*224*64=3.2M   params: (3*3*3)*64 = 1,728
POOL2: [112x112x64]  memory:  112*112*64=800K   params: 0
FC: [1x1x10]  memory:  10  params: 112*112*64*10 = 8,028,160
TOTAL memory: 4.2M * 4 bytes ~= 17MB / image (only forward! ~*2 for bwd)
TOTAL params: 8.03M parameters
"""


def test_the_lines_of_a_lecture_slide_are_read(write: Write, cli: Cli) -> None:
    """224*224*3 + 224*224*64 + 112*112*64 + 10 = 4,164,618 values; 1,728 + 8,028,160 weights."""
    path = write(SLIDE, "slide.txt")
    asked = ("--network", "conv3-64, pool2, flatten, fc-10", "--input", "224x224x3")
    text = cli.text("check", path, *asked)
    assert "14 claims: 14 matches" in text
    assert "parameters without biases" in text
    assert "mismatch" in cli.text("check", path, *asked, "--bias", status=1)


def test_a_report_in_json_names_its_network_and_its_input(write: Write, cli: Cli) -> None:
    path = write(cli.text("lenet", "--input", "40x40x1", "--format", "json"), "net.json")
    assert "157 claims: 157 matches" in cli.text("check", path)


@pytest.mark.parametrize(
    "text", ['{"schema_version": 1, "layers": [', '{"schema_version": 1, "layers": []}', '{"schema_version": "layers"']
)
def test_a_broken_report_in_json_is_refused(write: Write, cli: Cli, text: str) -> None:
    assert "cannot be checked" in cli.text("check", write(text, "net.json"), "--network", "lenet", status=1)
