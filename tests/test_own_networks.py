"""The network that a file describes itself: a table, a summary, a printed model or code beside the numbers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from conftest import Cli, Write

import cnncalc

# A table that describes its network -------------------------------------------------------------

OWN = """layer,kernel,stride,padding,filters,output,params
input,,,,,32x32x1,
conv1,5x5,1,0,6,28x28x6,156
pool2,2x2,2,0,,14x14x6,0
conv3,5,1,valid,16,10x10x16,2416
fc4,,,,120,120,192120
"""


def test_a_table_that_says_all_of_every_layer_needs_no_network(cli: Cli, write: Write) -> None:
    said = cli.text("check", write(OWN, "own.csv"))
    assert "8 claims: 8 matches" in said  # 5*5*1*6 + 6 = 156, 5*5*6*16 + 16 = 2416, 10*10*16*120 + 120 = 192,120
    assert "the network is read from the table, with the input 32x32x1" in said
    assert "conv3: conv, kernel 5, stride 1, padding valid, filters 16" in said
    said = cli("check", write(OWN.replace("2416", "2417"), "own.csv"), status=1).stdout
    assert "8 claims: 7 matches, 1 mismatch" in said


def test_a_table_of_markdown_describes_its_network_too(cli: Cli, write: Write) -> None:
    rows = [f"| {line.replace(',', ' | ')} |" for line in OWN.splitlines()]
    table = "\n".join([rows[0], "|---" * 7 + "|", *rows[1:]])
    assert "8 claims: 8 matches" in cli.text("check", write(table, "own.md"))


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("conv3,5,1,valid", "conv3,5,1,", "the row 'conv3' does not say the padding of its layer"),
        ("conv3,5,1,valid,16", "conv3,5,1,0,", "the row 'conv3' does not say the filters of its layer"),
        ("conv3", "stage three", "which type of layer 'stage three' is, is not told by its name"),
        ("fc4,,", "fc4,7,", "'fc4' has no kernel: fc takes none"),
    ],
)
def test_a_row_that_does_not_say_all_of_its_layer_asks_for_the_network(
    cli: Cli, write: Write, right: str, wrong: str, problem: str
) -> None:
    said = cli("check", write(OWN.replace(right, wrong), "own.csv"), status=1).stdout
    assert problem in said
    assert "--network vgg16, or the path of a spec" in said


def test_the_input_of_a_network_that_a_table_describes_may_be_set(cli: Cli, write: Write) -> None:
    table = OWN.replace("input,,,,,32x32x1,\n", "")
    said = cli("check", write(table, "own.csv"), status=1).stdout
    assert "the table does not say the input of its network" in said
    assert "8 claims: 8 matches" in cli.text("check", write(table, "own.csv"), "--input", "32x32x1")


def as_markdown(table: str) -> str:
    rows = [f"| {' | '.join(row)} |" for row in csv.reader(io.StringIO(table))]
    return "\n".join([rows[0], "|---" * (rows[0].count("|") - 1) + "|", *rows[1:]])


def as_latex(table: str) -> str:
    lines = [" & ".join(row) + r" \\" for row in csv.reader(io.StringIO(table))]
    columns = "l" * (lines[0].count("&") + 1)
    return "\n".join([rf"\begin{{tabular}}{{{columns}}}", *lines, r"\end{tabular}"])


def as_workbook(table: str) -> bytes:
    from openpyxl import Workbook

    book, file = Workbook(), io.BytesIO()
    for row in csv.reader(io.StringIO(table)):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


FORMS = {"own.csv": str, "own.md": as_markdown, "own.tex": as_latex, "own.xlsx": as_workbook}


@pytest.mark.parametrize("name", FORMS)
def test_a_table_that_says_all_of_every_layer_is_a_spec(name: str, cli: Cli, write: Write) -> None:
    """156 + 2416 + 192,120 = 194,692; MACs: 25*28*28*6 + 25*6*10*10*16 + 1600*120 = 549,600."""
    path = write(FORMS[name](OWN), name)
    data = cli.data("show", path)
    assert ["conv1", "pool2", "conv3", "fc4"] == [layer["name"] for layer in data["layers"]]
    assert (194_692, 549_600) == (data["totals"]["params"], data["totals"]["macs"])
    assert "params          = 1920*(H//2 - 6)*(W//2 - 6) + 2692" in cli.text("formula", path)  # 156 + 2416 + 120
    assert "(5*5*6)*16 + 16 = 2,416" in cli.text("explain", path, "conv3", "params")


BRANCHES = """name,type,from,kernel,stride,padding,filters,groups,dilation,activation,output,params
data,input,,,,,,,,,{input},
reduce,conv,data,1x1,1,0,64,,,relu,56x56x64,4160
main,conv,,3x3,1,same,64,64,1,relu,56x56x64,640
wide,conv,,"(3, 3)",1,2,256,,2,-,56x56x256,147712
proj,conv,data,1x1,1,0,256,,,-,56x56x256,16640
sum,add,"wide, proj",,,,,,,,56x56x256,
act,relu,,,,,,,,,56x56x256,
drop,Dropout,,,,,,,,,56x56x256,
norm,BatchNormalization,,,,,,,,,56x56x256,512
gap,GlobalAveragePooling2D,,,,,,,,,256,
out,dense,,,,,10,,,softmax,10,2570
total,,,,,,,,,,,172234
"""


@pytest.mark.parametrize(
    "size", ["56x56x64", '"(None, 56, 56, 64)"', '"(64, 56, 56)"', "64x56x56", "64@56x56", '"[1, 64, 56, 56]"']
)
def test_a_table_may_name_what_its_rows_read(size: str, cli: Cli, write: Write) -> None:
    """64*64 + 64 = 4160; 9*64 + 64 = 640; 9*64*256 + 256 = 147,712; 64*256 + 256 = 16,640; 2*256; 256*10 + 10."""
    said = cli.text("check", write(BRANCHES.format(input=size), "own.csv"))
    assert "17 claims: 17 matches" in said
    assert "with the input 56x56x64" in said
    assert "sum: add, from wide and proj" in said
    assert "main: conv, kernel 3x3, stride 1, padding same, filters 64, groups 64, dilation 1" in said
    wrong = cli("check", write(BRANCHES.format(input=size).replace("147712", "147456"), "own.csv"), status=1).stdout
    assert "17 claims: 16 matches, 1 mismatch" in wrong
    assert "the biases were forgotten; this gives 147,456" in wrong


@pytest.mark.parametrize(
    ("size", "read"),
    [("3x224x224", "224x224x3"), ("(3, 32, 48)", "32x48x3"), ("(None, 1, 28, 28)", "28x28x1"), ("32x48x3", "32x48x3"),
     ("20x30x16", "20x30x16"), ("28 x 28 x 1", "28x28x1")],
)  # fmt: skip
def test_an_input_may_have_its_channels_first(size: str, read: str, cli: Cli, write: Write) -> None:
    table = f'layer,kernel,stride,padding,filters,output\ninput,,,,,"{size}"\nconv1,1,1,0,8,\n'
    assert f"input {read}" in cli.text("show", write(table, "own.csv"))


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ('"wide, proj"', "wide", "the row 'sum' does not say which rows it joins"),
        ('"wide, proj"', '"wide, shortcut"', "no row is called 'shortcut'"),
        ("act,relu", "proj,relu", "several rows are called 'proj'"),
        ("softmax", "sofmax", "'sofmax' is not an activation"),
        ("drop,Dropout", "up,upsample", "the row 'up' does not say the factor of its layer, upsample"),
    ],
)
def test_what_a_table_does_not_say_of_its_branches_is_asked_for(
    right: str, wrong: str, problem: str, cli: Cli, write: Write
) -> None:
    path = write(BRANCHES.format(input="56x56x64").replace(right, wrong), "own.csv")
    assert problem in cli("check", path, status=1).stdout
    assert problem in cli.refused("show", path, status=1)


def test_a_table_without_kernels_is_no_spec(cli: Cli, write: Write) -> None:
    said = cli.refused("show", write("layer,output,params\nconv1,28x28x6,156\n", "t.csv"), status=1)
    assert "the text has no table that gives the kernel and the stride of its layers" in said


# A summary of Keras -------------------------------------------------------------------------------

PRINTED = Path(__file__).resolve().parent / "captures" / "printed"
SUMMARIES = {
    "lenet": ("lenet.yaml", "32x32x1", "pools=2"),
    "lenet.narrow": ("lenet.yaml", "32x32x1", "pools=2"),
    "lenet.frozen": ("lenet.yaml", "32x32x1", "pools=2"),
    "signal": ("signal.yaml", "1d:256x2", "pools=2"),
    "inception": ("inception.yaml", None, "pools=3"),
    "unet": ("unet.yaml", None, "pools=2"),
    "vgg16": ("vgg16", None, "pools=2"),
    "alexnet": ("alexnet", None, "pools=3"),
    "channels_first": ("channels_first.yaml", "20x30x3", "pools=2"),
    "nested.expanded": ("nested.yaml", "32x32x3", "pools=2"),
}
"""What Keras prints, and the network that it is of; the kernels of pools are not in the text."""


def weighted(analysis: cnncalc.Analysis) -> list[tuple[object, ...]]:
    """Layers with parameters: kernels, strides, paddings, outputs, counts, and what a unit of them sees."""
    keys = ("kernel", "stride", "filters", "units", "groups")
    return sorted(
        (
            str([getattr(layer.node.layer, key, None) for key in keys]),
            str(layer.output.values),
            layer.params,
            layer.macs,
            str([axis.size for axis in layer.receptive_field.axes]),
        )
        for layer in analysis.layers
        if layer.node.layer.weighted
    )


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_is_the_network_that_was_printed(name: str) -> None:
    spec, size, pools = SUMMARIES[name]
    path = PRINTED / f"keras.{name}.txt"
    found = cnncalc.analyze(path, size, settings=pools)
    wanted = cnncalc.analyze(PRINTED / spec if spec.endswith(".yaml") else spec, found.input.shape.text())
    assert weighted(found) == weighted(wanted)


@pytest.mark.parametrize("name", [*SUMMARIES, "small", "mobilenet_v2", "resnet50", "lenet.compiled"])
def test_a_summary_is_checked_without_a_network(name: str, cli: Cli) -> None:
    _, size, _ = SUMMARIES.get(name, ("", "32x32x1" if name.startswith("lenet") else None, ""))
    found = cli("check", str(PRINTED / f"keras.{name}.txt"), *(("--input", size) if size else ()), status=0).stdout
    assert "mismatch" not in found
    assert "the network is read from the summary, with the input" in found
    assert "outputs, and the parameters of convolutions, that it is read from are not judged" in found


SUMMARY = """\
 Layer (type)                Output Shape              Param #
=================================================================
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
"""


def test_what_is_over_determined_in_a_summary_is_judged(cli: Cli, write: Write) -> None:
    """(9 + 1)*32 = 320; (288 + 1)*64 = 18,496; 11*11*64 = 7744; 7745*10 = 77,450; together 96,266."""
    asked = cli("check", write(SUMMARY, "summary.txt"), status=1).stdout
    assert "the summary does not show the input of its network" in asked
    assert "--input 28x28x1 sets it" in asked
    said = cli.text("check", write(SUMMARY, "summary.txt"), "--input", "28x28x1")
    assert "7 claims: 7 matches" in said
    assert "conv2d: kernel 3, stride 1, padding valid" in said
    for right, wrong, exact in (("7744", "7743", "7744"), ("77450", "77441", "77,450"), ("96,266", "96,260", "96,266")):
        said = cli("check", write(SUMMARY.replace(right, wrong), "summary.txt"), "--input", "28x28x1", status=1).stdout
        (line,) = [line for line in said.splitlines() if wrong in line and "trainable" not in line]
        assert line.split()[-2:] == [exact, "mismatch"]


def test_a_convolution_that_fits_no_kernel_is_said_with_what_would_fit(cli: Cli, write: Write) -> None:
    """A kernel of 3x3 over 1 channel has (9 + 1)*32 = 320 parameters, one of 4x4 (16 + 1)*32 = 544."""
    path = write(SUMMARY.replace(" 320", " 330"), "summary.txt")
    said = cli("check", path, "--input", "28x28x1", status=1).stdout
    assert "conv2d: no Conv2D makes 26x26x32 of 28x28x1 with 330 parameters" in said
    assert "kernel 3 has 320 parameters; kernel 4 has 544 parameters" in said


def test_what_does_not_follow_from_a_summary_is_asked_for(cli: Cli, write: Write) -> None:
    """26 // 2 = 13 with a pool of 2, and also with one of 3 that is padded; 55 pixels become 27 in two ways, too."""
    path = write(SUMMARY, "summary.txt")
    said = cli.refused("show", path, "--input", "28x28x1", status=1)
    assert "the kernel of max_pooling2d does not follow from the numbers: kernel 2, stride 2, padding valid, or" in said
    assert "kernel 3, stride 2, padding same" in said
    assert "--set max_pooling2d=2 sets it" in said
    for value, field in ((2, 4), (3, 5)):
        layers = cli.data("show", path, "--input", "28x28x1", "--set", f"max_pooling2d={value}")["layers"]
        assert [field, field] == layers[1]["receptive_field"]["size"]
    said = cli.refused("show", path, "--input", "28x28x1", "--set", "max_pooling2d=7", status=1)
    assert "max_pooling2d cannot be set to 7" in said


BRANCHED = """\
 Layer (type)                   Output Shape         Param #     Connected to
==================================================================================
 image (InputLayer)             [(None, 16, 16, 8)]  0           []
 a (Conv2D)                     (None, 16, 16, 8)    584         ['image[0][0]']
 b (Conv2D)                     (None, 16, 16, 4)    36          ['image[0][0]']
 add (Add)                      (None, 16, 16, 8)    0           ['a[0][0]', 'image[0][0]']
 concatenate (Concatenate)      (None, 16, 16, 12)   0           ['add[0][0]', 'b[0][0]']
 scaled (Rescaling)             (None, 16, 16, 12)   0           ['concatenate[0][0]']
 gap (GlobalAveragePooling2D)   (None, 12)           0           ['scaled[0][0]']
 out (Dense)                    (None, 3)            39          ['gap[0][0]']
==================================================================================
Total params: 659
"""


def test_the_branches_of_a_summary_are_those_of_its_last_column(cli: Cli, write: Write) -> None:
    """9*8*8 + 8 = 584; 8*4 + 4 = 36; 12*3 + 3 = 39; 8 + 4 = 12 channels; a sees 3 pixels, b sees 1."""
    path = write(BRANCHED, "summary.txt")
    layers = {layer["name"]: layer for layer in cli.data("show", path)["layers"]}
    assert [3, 3] == layers["add"]["receptive_field"]["size"]
    assert 12 == layers["concatenate"]["output"]["channels"]
    assert "scaled: Rescaling is read as an identity" in cli("check", path).stdout
    wrong = BRANCHED.replace("(Concatenate)      (None, 16, 16, 12)", "(Concatenate)      (None, 16, 16, 16)")
    said = cli("check", write(wrong, "summary.txt"), status=1).stdout
    (line,) = [line for line in said.splitlines() if line.startswith(" concatenate  output")]
    assert "16x16x12  mismatch" in line


TWO_INPUTS = """\
 Layer (type)                   Output Shape         Param #     Connected to
==================================================================================
 left (InputLayer)              [(None, 16, 16, 3)]  0           []
 right (InputLayer)             [(None, 16, 16, 1)]  0           []
 a (Conv2D)                     (None, 16, 16, 8)    224         ['left[0][0]']
 b (Conv2D)                     (None, 16, 16, 8)    80          ['right[0][0]']
 add (Add)                      (None, 16, 16, 8)    0           ['a[0][0]', 'b[0][0]']
 gap (GlobalAveragePooling2D)   (None, 8)            0           ['add[0][0]']
 out (Dense)                    (None, 3)            27          ['gap[0][0]']
==================================================================================
Total params: 331
"""


def test_a_summary_may_have_several_inputs(cli: Cli, write: Write) -> None:
    """(27 + 1)*8 = 224; (9 + 1)*8 = 80; 8*3 + 3 = 27; 27*8*256 + 9*8*256 + 24 = 73,752 MACs."""
    path = write(TWO_INPUTS, "summary.txt")
    assert "10 claims: 10 matches" in cli.text("check", path)
    totals = cli.data("show", path)["totals"]
    assert (331, 73_752) == (totals["params"], totals["macs"])
    called_twice = TWO_INPUTS.replace("['left[0][0]']", "['left[0][0]', 'right[0][0]']")
    said = cli.refused("show", write(called_twice, "summary.txt"), status=1)
    assert "a is called on several layers, and what it makes of each is not shown" in said


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("'b[0][0]'", "'c[0][0]'", "concatenate reads a layer, but no layer above is called 'c'"),
        ("Concatenate)", "Average)    ", "concatenate reads several layers, and cnncalc has no layer for Average"),
        ("(Rescaling)             (None, 16, 16, 12)   0 ", "(LSTM)                  (None, 16, 16, 12)   7 ",
         "scaled: cnncalc has no layer for LSTM of Keras"),
        ("(GlobalAveragePooling2D) ", "(Sequential)             ", "gap is a model whose layers are not shown"),
        ("16, 16, 4)    36", "None, 16, 4)  36", "the row b does not show its output and its parameters"),
    ],
)  # fmt: skip
def test_a_row_of_a_summary_that_says_no_layer_is_refused(
    right: str, wrong: str, problem: str, cli: Cli, write: Write
) -> None:
    path = write(BRANCHED.replace(right, wrong), "summary.txt")
    assert problem in cli("check", path, status=1).stdout
    assert problem in cli.refused("show", path, status=1)


# A network beside its numbers ---------------------------------------------------------------------

SEQUENTIAL = """\
from keras import Input, Sequential, layers

model = Sequential([
    Input(shape=(28, 28, 1)),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(64, 3),
    layers.Flatten(),
    layers.Dense(10),
])
"""
ROWS = """
| Layer | Output shape | Params |
|---|---|---|
| conv2d | 26x26x32 | 320 |
| max_pooling2d | 13x13x32 | 0 |
| conv2d_1 | 11x11x64 | 18,496 |
| flatten | 7744 | 0 |
| dense | 10 | 77,450 |
| total | | 96,266 |
"""
SHELL = "```\npip install keras && python train.py\n```"
README = f"# Digits\n\n{SHELL}\n\n```python\n{SEQUENTIAL}```\n\nIts layers:\n{ROWS}"
PRINTED_MODEL = """\
Net(
  (conv1): Conv2d(1, 32, kernel_size=(3, 3), stride=(1, 1))
  (pool): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  (conv2): Conv2d(32, 64, kernel_size=(3, 3), stride=(1, 1))
  (fc): Linear(in_features=7744, out_features=10, bias=True)
)
"""


def notebook(*cells: tuple[str, str, str]) -> str:
    """A notebook of cells: their kind, what they hold, and what they printed."""
    found = [
        {"cell_type": kind, "source": source.splitlines(keepends=True), "outputs": [{"text": shown}] if shown else []}
        for kind, source, shown in cells
    ]
    return json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


BESIDE = {
    "a README of code and a table": ("README.md", README, 11),
    "a README of a print and a table": (
        "README.md", f"```\n{PRINTED_MODEL}```\n{ROWS.replace('| flatten | 7744 | 0 |', '| total | | 96,266 |')}", 10
    ),
    "code above a summary": ("homework.txt", f"{SEQUENTIAL}model.summary()\n\nModel: \"sequential\"\n{SUMMARY}", 13),
    "a notebook with a summary": (
        "homework.ipynb",
        notebook(("markdown", "# Digits", ""), ("code", "%pip install keras\n" + SEQUENTIAL, ""),
                 ("code", "model.summary()", SUMMARY), ("code", "model.fit(x, y)", "Epoch 1/5")),
        13,
    ),
    "a notebook with a table": (
        "homework.ipynb", notebook(("code", SEQUENTIAL, ""), ("markdown", ROWS, "")), 11
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BESIDE)
def test_a_network_beside_its_numbers_is_the_one_that_they_are_checked_against(
    kind: str, cli: Cli, write: Write
) -> None:
    """(9 + 1)*32 = 320; (288 + 1)*64 = 18,496; 11*11*64 = 7744; 7745*10 = 77,450; together 96,266."""
    name, text, claims = BESIDE[kind]
    said = cli.text("check", write(text, name), "--input", "28x28x1")
    assert f"{claims} claims: {claims} matches" in said
    assert "is read from the text itself" in said
    wrong = cli("check", write(text.replace("18,496", "18,432").replace("18496", "18432"), name), "--input", "28x28x1")
    assert f"{claims} claims: {claims - 1} matches, 1 mismatch" in wrong.stdout
    assert "the biases were forgotten; this gives 18,432" in wrong.stdout
    assert 96_266 == cli.data("show", write(text, name), "--input", "28x28x1")["totals"]["params"]


def test_two_networks_in_a_text_are_asked_about(cli: Cli, write: Write) -> None:
    other = PRINTED_MODEL.replace("32", "16")
    said = cli("check", write(f"{README}\n```\n{other}```\n", "README.md"), "--input", "28x28x1", status=1).stdout
    assert "the text holds two networks that differ: one in code, and one that is printed" in said
    assert "--network names the one that is meant" in said
    same = write(f"{README}\n```\n{PRINTED_MODEL}```\n", "README.md")
    assert "11 claims: 11 matches" in cli.text("check", same, "--input", "28x28x1")
    twice = README.replace("model.compile", "") + f"\n```python\n{SEQUENTIAL.replace('model', 'other')}```\n"
    assert "the text builds 2 networks" in cli("check", write(twice, "README.md"), status=1).stdout


def test_the_network_of_the_command_line_and_of_a_grader_goes_before_that_of_the_text(cli: Cli, write: Write) -> None:
    path = write(README, "README.md")
    said = cli("check", path, "--network", "conv3-32p0, pool2, conv3-64p0, flatten, fc-20", "--input", "28x28x1")
    assert "11 claims: 8 matches, 1 consistent, 2 mismatches" in said.stdout
    assert "the table does not say which network it is about" in cli("check", path, "--out-of", "11", status=1).stdout


def test_code_that_is_not_read_is_no_hindrance_to_a_table_that_says_all(cli: Cli, write: Write) -> None:
    code = "from keras import layers\nmodel = make(layers)\n"
    said = cli.text("check", write(f"```python\n{code}```\n{as_markdown(OWN)}", "README.md"))
    assert "the network in the text is not read: the text builds no Sequential" in said
    assert "8 claims: 8 matches" in said
