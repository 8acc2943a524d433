"""Networks as people have them: what PyTorch prints of a model, and Sequential code of PyTorch and Keras."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc.errors import SpecError

MODELS = json.loads((Path(__file__).parent / "frameworks" / "models.json").read_text(encoding="utf-8"))
"""What the frameworks themselves say of every layer; frameworks/regenerate.py writes it."""
LENET = """\
Net(
  (c1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))
  (p1): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  (c2): Conv2d(6, 16, kernel_size=(5, 5), stride=(1, 1))
  (p2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  (f1): Linear(in_features=400, out_features=120, bias=True)
  (f2): Linear(in_features=120, out_features=10, bias=True)
)
"""
MNIST = """\
import keras
from keras import layers

num_classes = 10  # the digits
input_shape = (28, 28, 1)
%matplotlib inline

model = keras.Sequential(
    [
        keras.Input(shape=input_shape),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(num_classes, activation="softmax"),
    ]
)
model.summary()
"""


def rows(text: str, size: str | None, write: Write, name: str) -> list[list[Any]]:
    """Output (channels first), parameters and buffers of every layer of a text."""
    analysis = cnncalc.analyze(write(text, name), size)
    return [[(each.output.channels, *each.output.size), each.params, each.buffers] for each in analysis.layers]


def same(mine: list[list[Any]], theirs: list[list[Any]], *, last: bool) -> bool:
    """Whether all layers agree; a vector may be a map of one pixel, and `last` says that channels come last."""
    if len(mine) != len(theirs):
        return False
    for (output, *counts), (_, shape, *others) in zip(mine, theirs, strict=True):
        first = [shape[-1], *shape[:-1]] if last else shape
        if [*output] != [*first, *[1] * (len(output) - len(first))] or counts != others:
            return False
    return True


def test_what_the_print_of_an_average_pool_leaves_out_is_said_where_it_matters(cli: Cli, write: Write) -> None:
    """(7 - 2)/2 + 1 = 3.5 windows: print(nn.AvgPool2d(2, ceil_mode=True)) is the same as without."""
    text = "Sequential(\n  (0): AvgPool2d(kernel_size=2, stride=2, padding=0)\n  (1): Sigmoid()\n)\n"
    said = cli.data(write(text, "model.txt"), "--input", "7x7x4")["notes"]
    assert "0: the text does not show whether ceil_mode is set: with it the output is 4x4x4" in said
    assert "ceil_mode" not in str(cli.data(write(text, "model.txt"), "--input", "8x8x4")["notes"])


@pytest.mark.parametrize(
    ("module", "note"),
    [
        ("nn.LogSoftmax(dim=1)", "LogSoftmax is counted as softmax, which divides where it subtracts a logarithm"),
        ("nn.Hardtanh()", "Hardtanh is counted as relu6, which compares twice as well"),
        ("nn.RReLU()", "RReLU is counted as leaky_relu, as it works when it is not trained"),
    ],
)
def test_a_module_that_is_counted_as_another_is_said(module: str, note: str, cli: Cli, write: Write) -> None:
    path = write(f"m = nn.Sequential(nn.Linear(8, 4), {module}, {module})", "m.py")
    assert 1 == cli.data(path, "--input", "8")["notes"].count(note)


@pytest.mark.parametrize("form", ["code", "printed"])
@pytest.mark.parametrize("name", MODELS["torch"])
def test_every_module_of_pytorch_makes_and_holds_what_pytorch_says(name: str, form: str, write: Write) -> None:
    model = MODELS["torch"][name]
    channels, *sizes = model["shape"]
    size = ("1d:" if len(sizes) == 1 else "") + "x".join(map(str, (*sizes, channels)))
    assert same(rows(model[form], size, write, "model.txt"), model["rows"], last=False)


@pytest.mark.parametrize("name", [name for name in MODELS["keras"] if name != "sep"])
def test_every_layer_of_keras_makes_and_holds_what_keras_says(name: str, write: Write) -> None:
    model = MODELS["keras"][name]
    assert same(rows(model["code"], None, write, "model.py"), model["rows"], last=True)


def test_a_separable_convolution_of_keras_is_two_layers(write: Write) -> None:
    model = MODELS["keras"]["sep"]
    found = rows(model["code"], None, write, "model.py")
    (_, size, params, _), rest = model["rows"][0], model["rows"][1:]
    assert found[1][0] == (size[-1], *size[:-1])
    assert found[0][1] + found[1][1] == params
    assert same(found[2:], rest, last=True)


def test_the_print_of_a_model_is_read_in_order_and_says_so(cli: Cli, write: Write) -> None:
    path = write(LENET, "model.txt")
    found = cli.data(path, "--input", "32x32x1")
    assert [156, 0, 2416, 0, 48_120, 1_210] == [layer["params"] for layer in found["layers"]]
    assert ["c1", "p1", "c2", "p2", "f1", "f2"] == [layer["name"] for layer in found["layers"]]
    assert [
        "the modules of Net are read in the order in which they are printed",
        "f1: its input 5x5x16 is flattened to 400 values; the text does not show where",
    ] == found["notes"][:2]
    assert 51_902 == cli.data(path, "--input", "32")["totals"]["params"]  # the text says that there is 1 channel


def test_the_input_that_a_print_does_not_tell_is_asked_for_with_its_channels(cli: Cli, write: Write) -> None:
    said = cli.refused(write(LENET, "model.txt"), status=1)
    assert "the size of the input is not known" in said
    assert "--input 224x224x1" in said


def test_a_print_among_other_text_and_in_a_wrapper_is_found(write: Write) -> None:
    inner = LENET.replace("Net(", "(module): Net(", 1)
    text = f"This is my network:\n>>> print(model)\nDataParallel(\n{inner})\nand that was it\n"
    assert 51_902 == cnncalc.analyze(write(text, "model.txt"), "32x32x1").total("params")


CODE = json.loads((Path(__file__).parent / "frameworks" / "code.json").read_text(encoding="utf-8"))
"""What the frameworks say of the texts in frameworks/code, which are as people write them."""


def code_of(name: str) -> str:
    return (Path(__file__).parent / "frameworks" / "code" / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in CODE if name.startswith("torch")])
def test_a_forward_in_straight_lines_is_read_as_pytorch_runs_it(name: str, write: Write) -> None:
    """Every module, in the order in which PyTorch runs them, makes and holds what PyTorch says."""
    case = CODE[name]
    channels, *sizes = case["shape"]
    size = ("1d:" if len(sizes) == 1 else "") + "x".join(map(str, (*sizes, channels)))
    analysis = cnncalc.analyze(write(code_of(name), "model.py"), size)
    wanted = iter(case["rows"])
    row = next(wanted)
    for layer in analysis.layers:
        if layer.name == row[0] or re.fullmatch(re.escape(row[0]) + r"_\d+", layer.name):
            assert [layer.output.channels, *layer.output.size][: len(row[1])] == row[1]
            assert layer.node.shared or layer.params == row[2]
            row = next(wanted, [""])
    assert [""] == row  # all of them have run
    assert analysis.total("params") == case["params"]


@pytest.mark.parametrize("name", [name for name in CODE if name.startswith("keras")])
def test_layers_that_are_called_on_others_are_read_as_keras_joins_them(name: str, write: Write) -> None:
    size = "28x28x1" if "shape" in CODE[name] else None
    analysis = cnncalc.analyze(write(code_of(name), "model.py"), size, convention="keras")
    assert analysis.total("params") == CODE[name]["params"]
    mine = sorted(str([*layer.output.size, layer.output.channels]) for layer in analysis.layers if layer.params)
    theirs = sorted(str(shape) for _, shape, params, _ in CODE[name]["rows"] if params)
    flat = [shape.replace("[1, 1, ", "[") for shape in mine]
    assert flat == theirs or name == "keras_residual"  # a separable convolution is two layers here


def test_what_a_model_is_made_of_is_read_once(cli: Cli, write: Write) -> None:
    """3*3*1*4 + 4 = 40; 26*26*4*10 + 10 = 27,050."""
    text = "a = Input((28, 28, 1))\nb = Conv2D(4, 3)(a)\nm = keras.Model(a, outputs=[Dense(10)(Flatten()(b))])\n"
    found = cli.data(write(text, "model.py"))
    assert [40, 0, 27_050] == [layer["params"] for layer in found["layers"]]


def test_a_network_of_two_inputs_shares_what_is_called_twice(cli: Cli, write: Write) -> None:
    """(3*3*3 + 1)*8 = 224 once, 16 + 1 = 17; twice 14*14*27*8 = 42,336 MACs, and 16."""
    found = cli.data(write(code_of("keras_siamese"), "model.py"))
    assert (241, 84_688) == (found["totals"]["params"], found["totals"]["macs"])


def test_a_text_that_joins_layers_is_checked_with_its_parameters(cli: Cli, write: Write) -> None:
    path = write(code_of("torch_blocks"), "model.py")
    assert 19_927 + 2 * 33 == cli.data(path, "--input", "32x32x3", "--set", "num_classes=9")["totals"]["params"]
    wide = cli.data(path, "--input", "32x32x3", "--set", "WIDTH=16")["layers"]
    assert [16, 32, 64] == [each["output"]["channels"] for each in wide if each["name"].endswith("conv2")]


def test_a_layer_that_is_never_called_is_said(cli: Cli, write: Write) -> None:
    """28*28*4*10 + 10 = 31,370, and 4*9 + 4 = 40; PyTorch counts the 148 of the layer that does nothing, too."""
    found = cli.data(write(FORWARD.format(line="x = x"), "model.py"), "--input", "28x28x1")
    assert 31_410 == found["totals"]["params"]
    assert "b is made, but never called: it is not counted" in found["notes"]


FORWARD = """\
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 4, 3, padding=1)
        self.b = nn.Conv2d(4, 4, 3, padding=1)
        self.out = nn.Linear(4 * 28 * 28, 10)
    def forward(self, x):
        x = self.a(x)
        {line}
        return self.out(x.flatten(1))
"""


def test_a_layer_that_depends_on_a_condition_is_not_taken_for_granted(cli: Cli, write: Write) -> None:
    text = FORWARD.format(line="x = self.b(x)")
    some = "        if {}:\n            self.b = nn.Conv2d(4, 4, 1)\n    def forward"
    known = text.replace("    def forward", some.format("3 > 2 and not False"))
    assert 40 + 20 + 31_370 == cli.data(write(known, "m.py"), "--input", "28x28x1")["totals"]["params"]
    unknown = write(text.replace("    def forward", some.format("torch.cuda.is_available()")), "m.py")
    said = cli.refused(unknown, "--input", "28x28x1", status=1)
    assert "what self.b is depends on a condition, or a loop" in said


NOT_READ = {
    "condition": ("if x.mean() > 0:\n            x = self.b(x)", "a condition in the way of the values is not read"),
    "unknown": ("if self.training:\n            x = self.b(x)", "a condition in the way of the values is not read"),
    "loop": ("for _ in range(3):\n            x = self.b(x)", "a loop or a block in the way of the values is not read"),
    "function": ("x = my_block(x)", "'my_block(x)' is not read: it is no layer and no function that is known"),
    "method": ("x = x.permute(0, 2, 3, 1)", "'x.permute(0, 2, 3, 1)' is not read"),
    "slice": ("x = x[:, :2]", "'x[:, :2]' is not read"),
    "number": ("x = x * 2", "'x * 2' is not read"),
    "missing": ("x = self.c(x)", "'self.c(x)' is not read"),
    "concat": ("x = torch.cat([x, x])", "cat along axis 0 does not join channels"),
    "flatten": ("x = torch.flatten(x)", "flatten takes the batch, too"),
    "view": ("x = x.view(100, -1)", "the batch comes first: x.view(-1, 400)"),
    "size": ("x = x.view(-1, 400)", "view takes 400 values, but its input 28x28x4 has 3136"),
    "shapes": ("x = x + nn.functional.max_pool2d(x, 2)", "add: the inputs differ: 28x28x4"),
    "lost": ("y = self.b(x)", "the output of b is not used"),
    "earlier": ("z = self.b(x)\n        return x", "the network returns the output of a"),
}


@pytest.mark.parametrize("kind", NOT_READ)
def test_a_forward_that_is_not_in_straight_lines_is_refused_at_its_place(kind: str, cli: Cli, write: Write) -> None:
    line, message = NOT_READ[kind]
    said = cli.refused(write(FORWARD.format(line=line), "model.py"), "--input", "28x28x1", status=1)
    assert message in said
    assert "model.py:" in said


REFUSED = {
    "channels": (
        LENET.replace("Conv2d(6, 16", "Conv2d(8, 16"),
        "4:9: c2: Conv2d takes 8 channels, but its input 14x14x6 has 6"
    ),
    "order": (
        LENET.replace(LENET.split("\n")[4] + "\n", ""),
        "f1: Linear takes 400 values, but its input 10x10x16 has 1600"
    ),
    "blocks": (
        "Net(\n  (a): Block(\n    (b): ReLU()\n  )\n  (c): ReLU()\n)",
        "the text does not say how the forward of Block joins its modules"
    ),
    "unknown": ("Net(\n  (a): Conv2D(1, 2)\n)", "cnncalc has no layer for Conv2D of PyTorch"),
    "lists": ("Net(\n  (0-2): 3 x ReLU()\n)", "the text does not say in which order the 3 modules 0-2 run"),
    "cut off": (LENET[:200], "the printed model is not complete: ')' is missing"),
    "two": (LENET + LENET, "the text holds two printed models: Net and Net"),
    "axes": (
        LENET.replace("MaxPool2d(k", "MaxPool1d(k", 1),
        "p1: MaxPool1d takes length x channels, but its input is 28x28x6"
    ),
    "class": (
        "import torch\nclass Net(nn.Module):\n    pass\n",
        "the layers of class Net are joined by code, which is not run"
    ),
    "functional": (
        "x = layers.Dense(3)(layers.Input((3,)))",
        "layers are called on one another, but no line gives the input"
    ),
    "two models": (
        "a = Input((32, 32, 1))\nb = Conv2D(4, 3)(a)\nm = Model(a, b)\nc = Flatten()(b)\nn = Model(a, c)",
        "the text makes 2 networks of its layers"
    ),
    "two inputs": (
        "class Net(nn.Module):\n    def forward(self, a, b):\n        return torch.cat([a, b], 1)",
        "forward takes 2 values, whose sizes are not in the text"
    ),
    "loop": (
        "m = Sequential()\nfor i in range(3):\n    m.add(layers.Dense(3))\n",
        "layers that are added in a loop are not read"
    ),
    "pop": ("m = Sequential([layers.Dense(3)])\nm.pop()\n", "pop changes the layers in a way that is not read"),
    "name": ("m = Sequential([layers.Dense(n)])", "'n' has no value in this text"),
    "again": ("n = 1\nn = 2\nm = Sequential([layers.Dense(n)])", "'n' has several values in this text"),
    "misspelt": ("m = Sequential([layers.Conv2D(3, kernal_size=3)])", "Conv2D has no 'kernal_size'"),
    "networks": ("a = nn.Sequential(nn.ReLU())\nb = nn.Sequential(nn.ReLU())", "the text builds 2 networks"),
    "syntax": ("m = Sequential([layers.Dense(3)", "not valid Python: "),
    "call": ("m = Sequential([layers.Dense(f(3))])", "units must be a whole number, not 'f(3)'"),
    "channels first": (
        "m = Sequential([layers.Conv2D(3, 3, data_format='channels_first')])",
        "shapes here are channels last: leave data_format out"
    ),
    "flat": ("m = Sequential([layers.Dense(3)])", "Dense takes a vector, but its input is 32x32x1"),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_a_text_does_not_tell_is_refused_and_not_guessed(text: str, cli: Cli, write: Write) -> None:
    model, message = REFUSED[text]
    assert message in cli.refused(write(model, "model.txt"), "--input", "32x32x1", status=1)


def test_a_batch_norm_of_keras_without_a_scale_trains_an_offset_a_channel(write: Write) -> None:
    """Keras counts 3*4 weights of BatchNormalization(scale=False) on 4 channels: offsets, means and variances."""
    code = "m = Sequential([Input((8, 8, 4)), layers.BatchNormalization(scale=False)])"
    assert [[(4, 8, 8), 4, 8]] == rows(code, None, write, "model.py")


def test_keras_code_from_a_notebook_is_a_network_with_parameters(cli: Cli, write: Write) -> None:
    path = write(MNIST, "model.py")
    assert 34_826 == cli.data(path)["totals"]["params"]  # as Keras's example prints
    assert 34_826 + 90 * 1_601 == cli.data(path, "--set", "num_classes=100")["totals"]["params"]


@pytest.mark.parametrize(
    "text",
    [
        ">>> model = nn.Sequential(\n...     nn.Conv2d(3, 6, 5),\n... )\n>>> model.append(nn.Linear(6 * 28**2, 10))\n",
        "    layers = [nn.Conv2d(3, 6, 5)]\n    layers += [nn.Linear(4704, 10)]\n    net = nn.Sequential(*layers)\n",
        "def make():\n    conv = nn.Conv2d(3, 6, 5)\n    return nn.Sequential(conv, nn.Linear(4704, 10))\n",
        "k = 5\nm = nn.Sequential(OrderedDict([('c', nn.Conv2d(3, 6, k)), ('f', nn.Linear(4704, 10))]))\n",
        "m = nn.Sequential()\nm.add_module('c', nn.Conv2d(3, 6, 5))\nm.add_module('f', nn.Linear(4704, 10))\n",
    ],
)
def test_a_sequential_is_read_however_it_is_written(text: str, cli: Cli, write: Write) -> None:
    found = cli.data(write(text, "model.py"), "--input", "32x32x3")
    assert [456, 47_050] == [layer["params"] for layer in found["layers"]]
    assert found["notes"][0].endswith("is flattened to 4704 values; PyTorch needs nn.Flatten() before it")


def test_every_command_takes_the_print_of_a_model(cli: Cli, write: Write) -> None:
    path = write(LENET, "model.txt")
    assert "H = 32 and no other" in cli.text("fit", path)
    assert "16*(H//4 - 3)*(W//4 - 3) == 400" in cli.text("formula", path)
    sheet = write("layer,output,params\nc1,28x28x6,156\nf1,120,48120\n", "sheet.csv")
    assert "4 claims: 4 matches" in cli.text("check", sheet, "--network", path, "--input", "32x32x1")


HOSTILE = {
    "parentheses": "m = nn.Sequential(" + "(" * 100_000,
    "minus": "m = nn.Sequential(nn.Conv2d(" + "-" * 100_000 + "1, 2, 3))",
    "sum": "m = nn.Sequential(nn.Conv2d(" + "+".join("1" * 50_000) + ", 2, 3))",
    "attributes": "m = nn.Sequential(nn" + ".a" * 100_000 + "(1))",
    "names": "a0 = nn.Sequential(nn.ReLU())\n"
    + "".join(f"a{number} = nn.Sequential(a{number - 1}, a{number - 1})\n" for number in range(1, 40)),
    "itself": "a = (a, a)\nm = nn.Sequential(nn.Conv2d(a, 2, 3))",
    "power": "m = nn.Sequential(nn.Conv2d(9**9**9**9, 2, 3))",
    "digits": "m = nn.Sequential(nn.Conv2d(" + "9" * 5_000 + ", 2, 3))",
    "nothing": "m = nn.Sequential(nn.ReLU(\0))",
    "modules": "Net(\n" + "(a): Sequential(" * 20_000,
    "tuples": "Net(\n(a): Conv2d(" + "(" * 100_000,
    "long": "Net(\n" + "(a): ReLU()\n" * 100_000,
    "numbers": "Net(\n(a): Conv2d(" + "1," * 100_000 + ")\n)",
}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_model_is_refused(text: str, cli: Cli, write: Write) -> None:
    assert "error: " in cli.refused(write(HOSTILE[text], "model.txt"), "--input", "32x32x3", status=1)


def test_a_strange_escape_in_a_text_is_no_warning_of_ours(write: Write) -> None:
    assert 0 == cnncalc.analyze(write('m = nn.Sequential(nn.ReLU("\\d"))\n', "m.py"), "8x8x3").total("params")


def test_what_is_wrong_twice_is_said_once(write: Write) -> None:
    with pytest.raises(SpecError) as refused:
        cnncalc.analyze(write(LENET, "model.txt"), "784")
    assert 1 == len(refused.value.problems)
