"""Hypothesis strategies for the texts of every target: sentences of its grammar, and the same with slips in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml
from hypothesis import strategies as st

from cnncalc.spec.readers.caffe_layers import TYPES
from tests.fuzz.generator import generate
from tests.fuzz.networks import written

Text = st.SearchStrategy[str]

numbers = st.one_of(st.integers(0, 12), st.sampled_from((-1, 224, 10**6, 10**12, 10**20))).map(str)
blanks = st.sampled_from(("", " ", " ", "\n", "\t"))
slips = st.sampled_from(
    (*"()[]{},;:|/x*?=<>-+'\"\\#&!%@`~.0\n\t\x00\x1b\u00a0\u2212\u00d7\u2192\u0661é", "", "  ", "\r\n")
)


def words(*texts: str) -> Text:
    return st.sampled_from(texts)


def joined(parts: st.SearchStrategy[Sequence[str]] | Text, between: str = "") -> Text:
    return parts.map(between.join)


def several(part: Text, between: str = ", ", least: int = 1, most: int = 4) -> Text:
    return st.lists(part, min_size=least, max_size=most).map(between.join)


def sequence(*parts: Text) -> Text:
    return st.tuples(*parts).map("".join)


def optional(part: Text) -> Text:
    return st.one_of(st.just(""), part)


@st.composite
def with_slips(draw: st.DrawFn, texts: Text) -> str:
    """A text, in which up to three stretches are replaced, doubled or left out."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 6)))
        text = text[:start] + draw(st.one_of(slips, numbers, st.just(text[start:end] * 2))) + text[end:]
    return text


# Expressions and slide notation -------------------------------------------------------------

atoms = st.one_of(
    numbers, words("n", "width", "big", "yes", "sizes", "in.channels", "in.height", "in", "other", "true")
)
operators = words("+", "-", "*", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", " and ", " or ")
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        sequence(inner, operators, inner),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        inner.map(lambda text: f"not {text}"),
        inner.map(lambda text: f"sizes[{text}]"),
        st.tuples(inner, inner, inner).map(lambda parts: "{} if {} else {}".format(*parts)),
    ),
    max_leaves=8,
)

side = st.one_of(numbers, words("3", "3", "F", "{k}", "3x5", "{2*k}"))
tails = st.one_of(
    *(sequence(words(mark), side) for mark in ("/", "s", "p", "d", "g", "op")),
    words("same", "nobias", "[ceil]", "[caffe]"),
)
windows = sequence(
    words("conv", "conv", "deconv", "maxpool", "pool", "avgpool", "depthwise", "subsample"), side,
    optional(sequence(words("-", "-x"), side)), several(tails, "", 0, 2),
)  # fmt: skip
others = st.one_of(
    sequence(words("fc-", "fc", "upsample", "resize", "pad", "crop", "dropout", "rbf-", "pixel_shuffle"), side),
    words(
        "relu",
        "bn",
        "softmax",
        "globalavgpool",
        "flatten",
        "lrn",
        "sigmoid",
        "CONV",
        "POOL2",
        "Conv2d(3, 8, 3)",
        "ReLU()",
    ),
)
layers = st.one_of(windows, others)
repeats = sequence(several(layers).map(lambda text: f"[{text}]"), words("x2", "x3", "xL", " x 2", "*2", ""))
slides = several(st.one_of(layers, layers, repeats, sequence(layers, words(" x2", " xL"))), most=5)

# Specs --------------------------------------------------------------------------------------

parameters = st.dictionaries(words("width", "L", "n", "k", "in"), st.one_of(st.none(), expressions), max_size=3)


@st.composite
def specs(draw: st.DrawFn) -> str:
    """A sound network of the generator, with parameters, and some values replaced by others."""
    spec: dict[str, Any] = generate(draw(st.integers(0, 10**6)))
    found = draw(parameters)
    if found:
        spec["parameters"] = found
    for item in spec["layers"]:
        keys = (
            next((value for value in item.values() if isinstance(value, dict)), None)
            if isinstance(item, dict)
            else None
        )
        if keys and draw(st.integers(0, 3)) == 0:
            keys[draw(st.sampled_from(list(keys)))] = draw(st.one_of(expressions, st.lists(expressions, max_size=3)))
    return written(spec)


# Questions ----------------------------------------------------------------------------------

names = words(
    "F", "S", "P", "D", "K", "C", "in", "out", "params", "macs", "rf", "jump", "memory", "kernel", "stride", "L"
)
shapes = several(numbers, "x", 1, 3)
amounts = st.one_of(numbers, shapes, words("?", "34,944", "1.5M", "2K", "1/2", "same", "0.25"))
clauses = st.one_of(
    sequence(names, words("=", "<=", ">=", "<", ">", " = "), amounts),
    sequence(names, words("", "?", "=?")),
    sequence(shapes, words(" -> ", "->", " to "), st.one_of(shapes, st.just("?"))),
    words("keep", "keep size", "conv", "deconv", "pool", "fc", "depthwise", "width by 0.25", "11x11", "no bias"),
    sequence(
        words("what stride takes ", "what kernel takes ", "how many 3x3 layers until the receptive field covers "),
        numbers,
    ),
)
questions = several(clauses, most=5)
answers = st.one_of(
    questions,
    st.tuples(slides, several(clauses, "\n", most=3)).map("\n".join),
    st.tuples(words("lenet5", "conv3-64 xL", "conv3-C, pool2"), several(clauses, "\n", most=3)).map("\n".join),
)

# Claims -------------------------------------------------------------------------------------

printed = st.one_of(
    amounts,
    words("7x7x512", "61.7K", "~1.2M", "117,600", "5%", "(5*5+1)*6 = 156", "1e6", "0.345G", "1.5MB", "all", "-", "n/a"),
)
quantities = words(
    "output", "params", "macs", "flops", "rf", "memory", "activations", "jump", "depth", "weights", "nothing"
)
places = words("conv1", "conv2", "fc1", "fc3", "pool1", "total", "input", "conv1 + conv2", "nowhere")
networks = words("lenet5", "conv5-6, pool2, conv5-16, pool2, fc-120, fc-84, fc-10", "conv3-4", "nothing")


@st.composite
def claims_yaml(draw: st.DrawFn) -> str:
    """A table of claims of one network or several."""

    def claims() -> dict[str, Any]:
        value = st.one_of(
            printed,
            st.fixed_dictionaries(
                {"is": printed}, optional={"bias": st.booleans(), "erratum": printed, "correct": printed}
            ),
        )
        entries = st.one_of(
            value, st.dictionaries(quantities, st.one_of(value, st.lists(value, max_size=2)), max_size=3)
        )
        return draw(st.dictionaries(places, entries, max_size=3))

    def table() -> dict[str, Any]:
        keys = {"input": shapes, "batch": numbers, "convention": words("fvcore", "thop", "none"), "flops": numbers,
                "set": printed, "params": printed, "against": networks, "thousand": numbers,
                "source": printed}  # fmt: skip
        found = draw(st.fixed_dictionaries({"network": networks}, optional=keys))
        return {"input": "32x32x1", **found, "claims": claims()}

    return yaml.safe_dump({"networks": [table(), table()]} if draw(st.booleans()) else table(), sort_keys=False)


@st.composite
def claims_csv(draw: st.DrawFn) -> str:
    """A table of claims with a heading, and perhaps lines about the network before it."""
    mark = draw(words(",", ";", "\t"))
    columns = draw(st.lists(quantities, min_size=1, max_size=4))
    lines = [f"# network: {draw(networks)}", "# input: 32x32x1", mark.join(["layer", *columns])]
    for _ in range(draw(st.integers(0, 4))):
        lines.append(mark.join([draw(places), *(f'"{draw(printed)}"' for _ in columns)]))
    return "\n".join(lines)


# Options ------------------------------------------------------------------------------------

grid_values = st.one_of(numbers, words("8:64:8", "1,8", "0.25:1:0.25", "1/2", "N", "1:3"))
sizes = st.one_of(shapes, words("HxWx3", "8:64:8", "1d:100x3", "32x32x3,64x64x3"), several(grid_values, "x", 1, 3))
assumed = several(
    sequence(
        words("H", "W", "2*H", "(F - 1)/2", "H % 32", "32*k"), words(" == ", " >= ", " < "), words("W", "0", "k", "64")
    ),
    " and ",
)
options = st.tuples(
    sizes, st.one_of(st.just(""), grid_values.map("width={}".format)), st.one_of(st.just(""), grid_values), assumed
).map("\n".join)

# Matrices -----------------------------------------------------------------------------------

values = words("0", "1", "-2", "0.5", "1/3", "99", "1,5", ".25", "1e3", "")
rows = several(values, " ", 1, 4)
grids = st.one_of(
    several(rows, "; "),
    several(rows, "\n"),
    several(several(values).map(lambda row: f"[{row}]")).map(lambda text: f"[{text}]"),
)
settings_ = st.one_of(words("", "1", "2", "1x2", "1,0", "1,0x0,2", "same", "half", "full", "0"), numbers)
matrices = st.tuples(
    words("convolution", "correlation", "maxpool", "avgpool", "pad"), grids, st.one_of(grids, settings_), settings_,
    settings_, settings_, words("", "", "floor", "ceil", "caffe", "strict"),
).map("|".join)  # fmt: skip

# Models -------------------------------------------------------------------------------------

sides = st.one_of(numbers, words("(3, 3)", "(1, 2, 3)", "'same'", "same", "None", "n", "2.5", "(3,)"))
torch_calls = st.one_of(
    sequence(
        words("Conv2d", "Conv1d", "ConvTranspose2d"),
        words("(", "(3, "),
        numbers,
        words(", "),
        sides,
        optional(sequence(words(", stride=", ", padding=", ", dilation=", ", groups="), sides)),
        words(")"),
    ),
    sequence(
        words("MaxPool2d(", "AvgPool2d(", "AdaptiveAvgPool2d("),
        sides,
        optional(sequence(words(", stride="), sides)),
        words(")"),
    ),
    sequence(
        words("Linear(", "Linear(in_features="),
        numbers,
        words(", ", ", out_features="),
        numbers,
        words(", bias=False)", ")"),
    ),
    words(
        "ReLU()", "ReLU(inplace=True)", "Flatten()", "Dropout(p=0.5)", "BatchNorm2d(8)", "Identity()", "Net()", "f(x)"
    ),
)
keras_calls = st.one_of(
    sequence(
        words("Conv2D(", "layers.Conv2D("),
        numbers,
        words(", "),
        sides,
        optional(sequence(words(", strides=", ", padding="), sides)),
        optional(words(", activation='relu'", ", input_shape=(28, 28, 1)")),
        words(")"),
    ),
    sequence(words("MaxPooling2D(", "AveragePooling2D("), optional(sides), words(")")),
    sequence(words("Dense("), numbers, optional(words(", activation='softmax'")), words(")")),
    words("Flatten()", "Dropout(0.5)", "Input((28, 28, 1))", "Input(shape=(28, 28, 1))", "BatchNormalization()"),
)
forwards = sequence(
    words("x = self.a(x)", "x = F.relu(self.a(x))", "y = self.a(x)", "x = x.view(-1, 8)", "x = x.flatten(1)", "x += x"),
    words("\n        "),
    words("x = torch.cat([x, x], 1)", "x = x + self.a(x)", "x = F.max_pool2d(x, 2)", "if n > 3: x = self.a(x)", "pass"),
    words("\n        return "),
    words("x", "x, y", "self.a(x)", "self.forward(x)", "y"),
)
models = st.one_of(
    st.tuples(torch_calls, forwards).map(
        lambda parts: (
            "class Net(nn.Module):\n    def __init__(self, n=4):\n        super().__init__()\n"
            f"        self.a = nn.{parts[0]}\n    def forward(self, x):\n        {parts[1]}\n"
        )
    ),
    several(keras_calls.map("x = {}(x)".format), "\n").map("x = Input((28, 28, 1))\n{}\nm = Model(i, x)".format),
    several(torch_calls).map("n = 8\nnet = nn.Sequential({})".format),
    several(keras_calls).map("model = keras.Sequential([{}])".format),
    several(keras_calls.map("model.add({})".format), "\n").map("model = Sequential()\n{}".format),
    st.lists(torch_calls, min_size=1, max_size=5).map(
        lambda calls: "Sequential(\n" + "".join(f"  ({number}): {call}\n" for number, call in enumerate(calls)) + ")"
    ),
)

# Configurations of Darknet --------------------------------------------------------------------

darknet_keys = st.one_of(
    sequence(words("filters", "size", "stride", "pad", "padding", "groups", "output", "side"), words("="), numbers),
    sequence(words("classes", "num", "coords", "crop_height", "crop_width", "extra"), words("="), numbers),
    sequence(words("batch_normalize", "dilation", "antialiasing", "reverse", "group_id"), words("=0", "=1", "=2")),
    sequence(words("layers=", "from=", "share_index=", "mask="), several(words("-1", "-2", "0", "1", "-3"), ",")),
    sequence(words("activation="), words("leaky", "linear", "mish", "relu", "logistic", "ramp", "softmax")),
    words("# a comment", "filters = 4 # four", "stride_x=2", "anchors=1,2, 3,4", "own=1", "probability=.5"),
)
darknet_sections = sequence(
    words("[convolutional]", "[maxpool]", "[route]", "[shortcut]", "[connected]", "[upsample]", "[reorg]", "[yolo]",
          "[avgpool]", "[local]", "[softmax]", "[scale_channels]", "[sam]", "[crop]", "[detection]", "[dropout]",
          "[lstm]", "[deconvolutional]", "[batchnorm]", "[cost]"),
    words("\n"),
    several(darknet_keys, "\n", least=0, most=5),
)  # fmt: skip
configurations = several(darknet_sections, "\n\n", most=6).map("[net]\nheight=8\nwidth=8\nchannels=3\n\n{}\n".format)

# Tables in other formats ----------------------------------------------------------------------


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A table in Markdown, or as Keras prints one, alone or in a notebook."""
    columns = draw(st.lists(quantities, min_size=1, max_size=3))
    rows = [[draw(places), *(draw(printed) for _ in columns)] for _ in range(draw(st.integers(0, 4)))]
    form = draw(words("markdown", "keras", "notebook"))
    if form == "keras":
        head = "Layer (type)        Output Shape        Param #\n"
        lines = [
            f"{row[0]} ({draw(words('Conv2D', 'Dense'))})   (None, 6, 6, {draw(numbers)})   {row[1]}" for row in rows
        ]
        return head + "=" * 47 + "\n" + "\n".join(lines) + f"\n{'=' * 47}\nTotal params: {draw(numbers)}\n"
    cells = [["layer", *columns], ["---"] * (len(columns) + 1), *rows]
    text = "\n".join("| " + " | ".join(row) + " |" for row in cells)
    cell = {"cell_type": "markdown", "metadata": {}, "source": [text]}
    return (
        text
        if form == "markdown"
        else json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )


# Networks of Caffe --------------------------------------------------------------------------


field_values = st.one_of(
    st.integers(0, 4).map(str),
    st.integers(0, 4).map(str),
    numbers,
    words("true", "false", "AVE", "0.5", '"x"', "{ dim: 1 }", "[1, 2]"),
)


@st.composite
def prototxt(draw: st.DrawFn) -> str:
    """A few layers of Caffe, most of them on blobs of their own; fields with values of any kind."""
    blobs = ["data"]
    size = draw(
        words("dim: 1 dim: 3 dim: 8 dim: 8", "dim: 2 dim: 12", "dim: 1 dim: 4 dim: 9", "dim: 1 dim: 3 dim: 12 dim: 9")
    )
    lines = [f'layer {{ name: "data" type: "Input" top: "data" input_param {{ shape {{ {size} }} }} }}']
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(sorted(TYPES)))
        made = TYPES[kind]
        least, most = made.bottoms
        bottoms = [draw(st.sampled_from(blobs)) for _ in range(draw(st.integers(least, min(most, least + 1))))]
        tops = [f"b{number}", *(["c"] if draw(st.integers(0, 3)) == 0 else [])]
        needed = [name for name in ("num_output", "kernel_size", "group") if name in made.names]
        further = sorted({*made.names} - {*needed})
        names = draw(st.lists(st.sampled_from(further), max_size=3, unique=True)) if further else []
        fields = " ".join(f"{name}: {draw(field_values)}" for name in [*needed, *names])
        shape = "shape { dim: 0 dim: -1 }" if kind == "Reshape" else ""
        joins = " ".join([*(f'bottom: "{blob}"' for blob in bottoms), *(f'top: "{blob}"' for blob in tops)])
        rule = draw(words("", "", "", "include { phase: TRAIN }", 'exclude { stage: "x" }', 'param { name: "w" }'))
        message = f"{made.message} {{ {fields} {shape} }}" if made.message else ""
        lines.append(f'layer {{ name: "l{number}" type: "{kind}" {joins} {rule} {message} }}')
        blobs.append(tops[0])
    return "\n".join(lines)


STRATEGIES: dict[str, Text] = {
    "specs": with_slips(specs()),
    "slides": with_slips(slides),
    "models": with_slips(models),
    "caffe": with_slips(prototxt()),
    "configurations": with_slips(configurations),
    "expressions": with_slips(expressions),
    "questions": with_slips(questions),
    "answers": with_slips(answers),
    "claims_yaml": with_slips(claims_yaml()),
    "claims_csv": with_slips(claims_csv()),
    "sheets": with_slips(st.one_of(claims_csv(), claims_yaml(), tables())),
    "options": with_slips(options),
    "matrices": with_slips(matrices),
}
