"""The network that a file describes itself: a table, a summary, a printed model or code beside the numbers."""

from __future__ import annotations

import csv
import io

import pytest
from conftest import Cli, Write

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
