"""Caffe's prototxt files: what every construct makes, by hand; what is wrong with a file, and where."""

from __future__ import annotations

import ast
import csv
import operator
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis import Analysis, LayerResult
from tests.conftest import Cli, Write
from tests.foreign.caffe_writer import prototxt

FOLDER = Path(__file__).parent / "foreign"
FILES = sorted((FOLDER / "caffe").glob("*.prototxt"))
FACT = re.compile(r"# (?:(?P<variant>train|debug) )?(?P<what>[a-z]+)(?: (?P<layer>[\w./]+))?: (?P<value>\S.*)")
ARITHMETIC: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}
OPERATIONS = {
    "adds": "other_adds",
    "multiplies": "other_multiplies",
    "compares": "compares",
    "exps": "exps",
}


def worked(text: str) -> int:
    """What arithmetic by hand comes to."""

    def value(node: ast.expr) -> int:
        if isinstance(node, ast.BinOp):
            return ARITHMETIC[type(node.op)](value(node.left), value(node.right))
        assert isinstance(node, ast.Constant)
        return int(node.value)  # type: ignore[arg-type]

    return value(ast.parse(text, mode="eval").body)


def layer(analysis: Analysis, name: str) -> LayerResult:
    return next(each for each in analysis.layers if each.name == name)


def found(analysis: Analysis, what: str, name: str) -> Any:
    """The number or the text that a fact is about."""
    if what in ("params", "macs"):
        return analysis.total(what)
    if what in ("input", "inputs"):
        graph = analysis.graph
        return ",".join(str(each.shape) if what == "input" else f"{each.name}={each.shape}" for each in graph.inputs)
    result = layer(analysis, name)
    if what == "layer":
        return str(result.output)
    if what == "reads":
        return " ".join("data" if at < 0 else analysis.graph.nodes[at].name for at in result.node.sources)
    if what == "shares":
        return result.node.shared
    if what == "field":
        sizes = {axis.size for axis in result.receptive_field.axes}
        return sizes.pop() if len(sizes) == 1 else sizes
    return getattr(result.operations, OPERATIONS[what])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_construct_makes_and_costs_what_the_comments_of_its_file_work_out_by_hand(file: Path) -> None:
    facts = [match for line in file.read_text().splitlines() if (match := FACT.fullmatch(line))]
    facts = [fact for fact in facts if fact["what"] in (*OPERATIONS, *WHATS)]
    assert {"params", "macs"} <= {fact["what"] for fact in facts}
    analyses: dict[str, Analysis] = {}
    for fact in facts:
        variant = fact["variant"] or ""
        if variant not in analyses:
            analyses[variant] = cnncalc.analyze(f"{file}:{variant}" if variant else file)
        number = fact["what"] in ("params", "macs", "field", *OPERATIONS)
        expected = worked(fact["value"]) if number else fact["value"]
        assert expected == found(analyses[variant], fact["what"], fact["layer"]), fact[0]


WHATS = ("params", "macs", "input", "inputs", "layer", "reads", "shares", "field")


# Public files ------------------------------------------------------------------------------------


def test_the_numbers_of_public_files_are_those_of_the_bundled_networks_that_they_hold() -> None:
    with (FOLDER / "caffe_facts.csv").open(encoding="utf-8") as table:
        facts = [fact for fact in csv.DictReader(table) if fact["network"]]
    assert len(facts) > 15
    for fact in facts:
        bundled = cnncalc.analyze(fact["network"])
        more = 64 if "conv1 has 64 biases" in fact["source"] or "as KaimingHe" in fact["source"] else 0
        assert (int(fact["params"]), int(fact["macs"])) == (bundled.total("params") + more, bundled.total("macs")), fact


# Networks written anew ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["vgg16", "alexnet_grouped", "resnet18", "resnet50", "googlenet", "squeezenet", "mobilenet_v1", "densenet121"],
)
def test_a_bundled_network_written_for_caffe_is_the_same_network(name: str, write: Write) -> None:
    bundled = cnncalc.analyze(name)
    read = cnncalc.analyze(write(prototxt(bundled.graph), f"{name}.prototxt"))
    assert [str(each.shape) for each in bundled.graph.inputs] == [str(each.shape) for each in read.graph.inputs]
    theirs = {each.name: each for each in read.layers}
    for mine in bundled.layers:
        other = theirs[mine.name]
        scale = theirs.get(f"{mine.name}.scale")
        params = other.params + (scale.params if scale else 0)
        assert (str(mine.output), mine.params, mine.macs) == (str(other.output), params, other.macs), mine.name
        assert mine.receptive_field == other.receptive_field, mine.name
    for total in ("params", "macs", "buffers"):
        assert bundled.total(total) == read.total(total)
    assert bundled.depth == read.depth


# What is wrong, and where ------------------------------------------------------------------------

HEAD = (
    'name: "net"\n'
    'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }\n'
)


def one(kind: str, fields: str = "", bottom: str = "data") -> str:
    """A network of one layer, which stands on line 3."""
    return f'{HEAD}layer {{ name: "it" type: "{kind}" bottom: "{bottom}" top: "out" {fields} }}\n'


REFUSED: dict[str, tuple[str, list[str]]] = {
    "unknown type": (one("ROIPooling"), [":3:26: it: cnncalc has no layer for ROIPooling of Caffe", "YAML spec"]),
    "misspelt type": (one("Convolutoin"), ["no layer for Convolutoin", "did you mean 'Convolution'?"]),
    "type of the old syntax": (one("CONVOLUTION"), ["no layer for CONVOLUTION", "did you mean 'Convolution'?"]),
    "python": (one("Python", 'python_param { module: "m" }'), ["it: cnncalc has no layer for Python"]),
    "type without quotes": (one("X").replace('"X"', "ReLU"), [":3:26: it: type must be a text, not ReLU"]),
    "no type": (HEAD + 'layer { name: "it" bottom: "data" top: "x" }', [":3:15: ", "a layer has no type"]),
    "no kernel": (one("Convolution", "convolution_param { num_output: 2 }"), ["it: Convolution needs kernel_size"]),
    "no filters": (one("Convolution", "convolution_param { kernel_size: 2 }"), ["it: Convolution needs num_output"]),
    "no message": (one("InnerProduct"), ["it: InnerProduct needs num_output"]),
    "misspelt field": (
        one("Convolution", "convolution_param { num_ouput: 2 kernel_size: 1 }"),
        [":3:86: it: Convolution has no 'num_ouput'", "did you mean 'num_output'?"],
    ),
    "misspelt field of a layer": (one("ReLU", "botom: 1"), ["it: a layer has no field 'botom'", "'bottom'"]),
    "misspelt field of the net": (HEAD + "inputs: 3", [":3:1: a network has no field 'inputs'", "'input'"]),
    "twice": (one("Pooling", "pooling_param { kernel_size: 2 kernel_size: 3 }"), ["it: kernel_size is given twice"]),
    "both": (
        one("Convolution", "convolution_param { num_output: 2 kernel_size: 2 kernel_h: 3 kernel_w: 3 }"),
        ["it: Convolution has both kernel_size and kernel_h or kernel_w"],
    ),
    "one side": (
        one("Convolution", "convolution_param { num_output: 2 kernel_h: 3 }"),
        ["it: Convolution needs both kernel_h and kernel_w"],
    ),
    "a text for a number": (
        one("Convolution", 'convolution_param { num_output: "many" kernel_size: 1 }'),
        [":3:98: filters must be a whole number, not 'many'"],
    ),
    "too large a window": (
        one("Convolution", "convolution_param { num_output: 2 kernel_size: 9 }"),
        [":3:15: it: the window is larger than its input: 9 on 8 in height", "the input is 8x8x3"],
    ),
    "pad as large as the kernel": (
        one("Pooling", "pooling_param { kernel_size: 2 stride: 2 pad: 2 }"),
        ["it: pad is 2, but must be smaller than the kernel, 2"],
    ),
    "kernel of a global pool": (
        one("Pooling", "pooling_param { global_pooling: true kernel_size: 2 }"),
        ["global_pooling takes the whole map"],
    ),
    "stochastic": (one("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 }"), ["pooling by STOCHASTIC"]),
    "groups": (
        one("Convolution", "convolution_param { num_output: 4 group: 2 kernel_size: 1 }"),
        ["it: groups (2) must divide the input channels (3)"],
    ),
    "even norm": (one("LRN", "lrn_param { local_size: 4 }"), ["it: local_size must be odd"]),
    "unknown blob": (
        HEAD + 'layer { name: "it" type: "ReLU" bottom: "dat" top: "x" }',
        [":3:41: it: no layer above makes the blob 'dat'", "did you mean 'data'?"],
    ),
    "a circle": (
        HEAD
        + 'layer { name: "a" type: "ReLU" bottom: "y" top: "x" }\n'
        + 'layer { name: "b" type: "ReLU" bottom: "x" top: "y" }',
        [":3:40: a: no layer above makes the blob 'y'"],
    ),
    "a blob made twice": (one("ReLU").replace('top: "out"', 'top: "data" bottom: "data"'), ["ReLU takes 1 bottom"]),
    "made by two layers": (
        one("ReLU") + 'layer { name: "b" type: "ReLU" bottom: "data" top: "out" }',
        [":4:52: b: two layers make the blob 'out'", "works in place if its bottom is its top"],
    ),
    "one summand": (one("Eltwise"), ["it: Eltwise takes 2 or more bottoms, not 1"]),
    "unequal summands": (
        one("Convolution", "convolution_param { num_output: 2 kernel_size: 1 }")
        + 'layer { name: "sum" type: "Eltwise" bottom: "out" bottom: "data" top: "sum" }',
        [":4:15: sum: the inputs differ: 8x8x2 (first) and 8x8x3 (number 2)"],
    ),
    "coefficients": (
        HEAD + 'layer { name: "it" type: "Eltwise" bottom: "data" bottom: "data" top: "x" eltwise_param { coeff: 2 } }',
        ["it: 1 coefficients for 2 bottoms"],
    ),
    "concat of rows": (
        HEAD + 'layer { name: "it" type: "Concat" bottom: "data" bottom: "data" top: "x" concat_param { axis: 2 } }',
        ["it: Concat along axis 2 is not supported"],
    ),
    "slice points": (
        HEAD
        + 'layer { name: "it" type: "Slice" bottom: "data" top: "a" top: "b" slice_param { slice_point: [1, 2] } }',
        ["it: 2 slice points make 3 parts, but the layer has 2 tops"],
    ),
    "reshape": (
        one("Reshape", "reshape_param { shape { dim: 0 dim: 5 dim: -1 } }"),
        ["it: cannot reshape 8x8x3 (192 values) to 38x5 (190 values)"],
    ),
    "images": (one("Reshape", "reshape_param { shape { dim: 6 dim: 32 } }"), ["number of images"]),
    "axis": (one("InnerProduct", "inner_product_param { num_output: 2 axis: 2 }"), ["InnerProduct with axis=2"]),
    "the labels": (
        """
        layer { name: "d" type: "ImageData" top: "x" top: "label" transform_param { crop_size: 9 } }
        layer { name: "it" type: "ReLU" bottom: "label" top: "y" }""",
        [":3:49: it: 'label' is made by ImageData beside the images"],
    ),
    "a loss": (
        one("SoftmaxWithLoss") + 'layer { name: "b" type: "ReLU" bottom: "out" top: "z" }',
        [":4:40: b: 'out' comes from SoftmaxWithLoss, which is left out"],
    ),
    "half of the weights": (
        one("Convolution", 'param { name: "w" } param { name: "b" } convolution_param { num_output: 2 kernel_size: 1 }')
        + 'layer { name: "b" type: "Convolution" bottom: "data" top: "z" param { name: "w" } '
        "convolution_param { num_output: 2 kernel_size: 1 } }",
        [":4:77: b: it shares a part of its weights alone"],
    ),
    "weights of another size": (
        one("Convolution", 'param { name: "w" } convolution_param { num_output: 2 kernel_size: 1 bias_term: false }')
        + 'layer { name: "b" type: "Convolution" bottom: "data" top: "z" param { name: "w" } '
        "convolution_param { num_output: 2 kernel_size: 3 bias_term: false } }",
        ["b cannot share the weights of it: 54 parameters in a conv on 8x8x3, 6 parameters"],
    ),
    "no size": ('layer { name: "d" type: "Data" top: "x" }\nlayer { type: "ReLU" bottom: "x" top: "x" }', ["--input"]),
    "a size of 0": (HEAD.replace("dim: 8", "dim: 0"), ["a size must be from 1 to 1,000,000,000, not 0"]),
    "absurd size": (HEAD.replace("dim: 8", "dim: 99999999999"), ["a size must be from 1 to 1,000,000,000"]),
    "absurd filters": (
        one("Convolution", "convolution_param { num_output: 999999999999999 kernel_size: 1 }"),
        ["it: a size of its output is larger than"],
    ),
    "digits": (one("InnerProduct", f"inner_product_param {{ num_output: {'9' * 40} }}"), ["at most 15 digits"]),
    "missing dims": ('input: "x"\ninput_dim: 1\ninput_dim: 3\nlayer { }', [":2:12: 2 of input_dim for 1 input"]),
    "both of a kind": ('input: "x"\nlayer { }\nlayers { }', ["mixes layer { } with the old layers { }"]),
    "first syntax": ('name: "x"\nlayers { layer { name: "c" type: "conv" } bottom: "x" }', ["Caffe's first syntax"]),
    "solver": (
        'net: "train.prototxt"\nbase_lr: 0.01\n',
        ["this is a solver of Caffe", "the network is in 'train.prototxt'"],
    ),
    "phase": (
        """
        layer { name: "d" type: "Input" top: "d" include { phase: TRAIN } }
        layer { name: "it" type: "ReLU" bottom: "d" top: "d" }""",
        [":3:49: it: no layer above makes the blob 'd'", "a layer of another phase or stage makes it", ":train"],
    ),
    "include and exclude": (
        one("ReLU", "include { phase: TEST } exclude { phase: TRAIN }"),
        ["rules under include or under exclude, not both"],
    ),
    "misspelt phase": (one("ReLU", "include { phase: TETS }"), ["a phase is TRAIN or TEST"]),
    "misspelt rule": (one("ReLU", "include { phse: TEST }"), ["a rule has no field 'phse'", "did you mean 'phase'?"]),
    "misspelt parameter": (one("ReLU", 'param { nam: "w" }'), ["it: a parameter has no field 'nam'", "'name'"]),
    "message twice": (one("ReLU", "relu_param { } relu_param { }"), ["it: relu_param is given twice"]),
    "name twice": (one("ReLU", 'name: "b"'), [": name is given twice"]),
    "truncated": (one("ReLU")[:-12], [":3:49: the text ends in the middle of a field"]),
    "an open brace": (one("ReLU")[:-4], [":3:7: the text ends before the '}' of this message"]),
    "an open text": (one("ReLU")[:-7] + "\n", ["its closing quote is missing"]),
    "a brace too many": (one("ReLU") + "}", [":4:1: the name of a field is expected here"]),
    "junk": (HEAD + '""""', [":3:1: the name of a field is expected here"]),
    "no value": (one("ReLU", "phase: }"), ["phase needs a value"]),
    "no colon": (one("ReLU", "phase TEST"), ["phase needs a value"]),
    "deep": (HEAD + "layer {" * 5000, ["messages are nested more than 30 deep"]),
    "no layer": (HEAD, ["no layer is left in the phase TEST"]),
    "steers the terminal": (
        HEAD + 'layer { name: "\\033[31m" type: "\\033[2J" bottom: "data" top: "x" }',
        ["\\u001b[31m: cnncalc has no layer for \\u001b[2J of Caffe"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_with_a_file_is_said_with_its_layer_and_its_line(case: str, cli: Cli, write: Write) -> None:
    text, expected = REFUSED[case]
    said = cli.refused("show", write(text, "net.prototxt"), status=1)
    assert [] == [part for part in expected if part not in said], said


def test_all_mistakes_of_a_file_are_said_at_once_and_what_follows_from_them_is_not(cli: Cli, write: Write) -> None:
    text = HEAD + (
        'layer { name: "a" type: "Foo" bottom: "data" top: "a" }\n'
        'layer { name: "b" type: "ReLU" bottom: "a" top: "b" }\n'
        'layer { name: "c" type: "Bar" bottom: "b" top: "c" }\n'
    )
    said = cli.refused("show", write(text, "net.prototxt"), status=1)
    assert ["a: cnncalc has no layer for Foo of Caffe", "c: cnncalc has no layer for Bar of Caffe"] == re.findall(
        r"net\.prototxt:\d+:\d+: (.*)", said
    )


# Notes, inputs and variants ----------------------------------------------------------------------


def test_what_a_file_does_not_say_or_training_alone_needs_stands_in_a_note(cli: Cli, write: Write) -> None:
    path = write(
        'layer { name: "d" type: "Data" top: "x" top: "l" transform_param { crop_size: 9 } }\n'
        'layer { name: "c" type: "InnerProduct" bottom: "x" top: "c" inner_product_param { num_output: 2 } }\n'
        'layer { name: "c" type: "ReLU" bottom: "c" top: "c" }\n'
        'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "c" bottom: "l" top: "loss" }\n',
        "train.prototxt",
    )
    said = cli.text("show", path)
    assert "the images of 'x' are taken to have 3 channels, which the file does not say" in said
    assert "loss (SoftmaxWithLoss): only for training, and left out" in said
    assert "'c' is called c_2" in said
    assert 9 * 9 * 3 * 2 + 2 == cnncalc.analyze(path).total("params")
    assert 9 * 9 * 1 * 2 + 2 == cnncalc.analyze(path, "9x9x1").total("params")


def test_the_batch_of_a_file_does_not_multiply_the_counts(cli: Cli, write: Write) -> None:
    path = write(
        one("InnerProduct", "inner_product_param { num_output: 2 }").replace("dim: 1 ", "dim: 10 "), "n.prototxt"
    )
    assert 8 * 8 * 3 * 2 == cnncalc.analyze(path).total("macs")
    assert "the file's batch of 10 is left out: counts are for one image" in cli.text("show", path)
    assert 10 * 8 * 8 * 3 * 2 == cnncalc.analyze(path, batch=10).total("macs")


def test_a_network_whose_data_have_no_size_takes_it_from_the_command_line(cli: Cli, write: Write) -> None:
    path = write(
        'layer { name: "d" type: "Data" top: "x" }\n'
        'layer { name: "c" type: "InnerProduct" bottom: "x" top: "c" inner_product_param { num_output: 2 } }\n',
        "t.prototxt",
    )
    assert ["28x28x1", "2"] == [
        line.split(",")[1]
        for line in cli.text(
            "show", path, "--input", "28x28x1", "--format", "csv", "--columns", "layer,output"
        ).splitlines()[1:]
    ]


def test_the_phases_and_stages_of_a_file_are_its_variants(cli: Cli) -> None:
    path = str(next(file for file in FILES if file.stem == "phases"))
    assert "this is the network of the phase TEST; see also phases" not in cli.text("show", path)
    assert f"{path}:debug and {path}:raw and {path}:train" in cli.text("show", path)
    assert "has no variant 'trian'" in cli.refused("show", f"{path}:trian", status=1)
    assert "did you mean 'train'?" in cli.refused("show", f"{path}:trian", status=1)


def test_a_path_is_a_block_only_where_its_layers_stand_together(cli: Cli, write: Write) -> None:
    names = ["a/one", "a/two", "b", "b/bn", "c/x", "d", "c/y"]
    text = HEAD + "".join(f'layer {{ name: "{name}" type: "ReLU" bottom: "data" top: "data" }}\n' for name in names)
    rows = cli.text("show", write(text, "n.prototxt"), "--format", "markdown", "--columns", "layer,type").splitlines()
    shown = [row.split("|")[1].strip(" *") for row in rows if row.startswith("|")][2:]
    assert ["data", "a", "b", "b/bn", "c/x", "d", "c/y"] == [name for name in shown if name != "total"]


def test_data_of_unknown_size_have_the_channels_that_the_file_gives_them(cli: Cli, write: Write) -> None:
    text = (
        'layer { name: "d" type: "Data" top: "x" transform_param { mean_value: 1 mean_value: 2 mean_value: 3 } }\n'
        'layer { name: "c" type: "InnerProduct" bottom: "x" top: "c" inner_product_param { num_output: 2 } }\n'
    )
    path = write(text, "t.prototxt")
    assert "give it with its sizes: --input 224x224x3" in cli.refused("show", path, status=1)
    assert 8 * 9 * 3 * 2 == cnncalc.analyze(path, "8x9").total("macs")


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v1", "densenet121"])
def test_netscope_counts_a_batch_norm_and_a_scale_of_caffe_as_it_counts_both_in_one(name: str, write: Write) -> None:
    bundled = cnncalc.analyze(name, convention="netscope")
    read = cnncalc.analyze(write(prototxt(bundled.graph), "net.prototxt"), convention="netscope")
    for quantity in ("params", "macs", "activations"):
        assert bundled.total(quantity) == read.total(quantity), quantity


def test_the_inputs_of_a_network_stand_in_the_order_of_its_file(write: Write) -> None:
    text = (
        'input: "a" input_dim: 1 input_dim: 1 input_dim: 4 input_dim: 4\n'
        'input: "b" input_dim: 1 input_dim: 2 input_dim: 4 input_dim: 4\n'
        'layer { name: "joined" type: "Concat" bottom: "b" bottom: "a" top: "joined" }\n'
        'layer { name: "positive" type: "ReLU" bottom: "a" top: "a" }\n'
    )
    graph = cnncalc.expand(write(text, "n.prototxt"))
    assert [("a", "4x4x1"), ("b", "4x4x2")] == [(each.name, str(each.shape)) for each in graph.inputs]
    assert ["b", "a"] == [graph.source_name(source) for source in graph.nodes[0].sources]


@pytest.mark.parametrize(
    ("data", "size"),
    [
        ('type: "Data" transform_param { crop_size: 9 force_gray: true }', "9x9x1"),
        ('type: "ImageData" image_data_param { new_height: 8 new_width: 9 }', "8x9x3"),
        ('type: "ImageData" image_data_param { new_height: 8 new_width: 9 is_color: false }', "8x9x1"),
        ('type: "Data" data_param { crop_size: 7 } transform_param { mean_value: 1 mean_value: 2 }', "7x7x2"),
        ('type: "WindowData" window_data_param { crop_size: 7 }', "7x7x3"),
        (
            'type: "AnnotatedData" transform_param { resize_param { height: 6 width: 5 } force_color: true }',
            "6x5x3",
        ),
        ('type: "MemoryData" memory_data_param { batch_size: 1 channels: 2 height: 3 width: 4 }', "3x4x2"),
        ('type: "DummyData" dummy_data_param { num: 1 channels: 2 height: 3 width: 4 }', "3x4x2"),
        ('type: "Input" input_param { shape { dim: 1 dim: 5 } }', "5"),
        ('type: "Input" input_param { shape { dim: 1 dim: 5 dim: 9 } }', "9x5"),
        ('type: "Input" input_param { shape { dim: 1 dim: 5 dim: 4 dim: 3 dim: 2 } }', "4x3x2x5"),
    ],
)
def test_every_layer_of_data_that_has_a_size_gives_the_input(data: str, size: str, write: Write) -> None:
    text = f'layer {{ name: "d" top: "x" {data} }}\nlayer {{ name: "r" type: "ReLU" bottom: "x" top: "x" }}\n'
    assert size == str(cnncalc.expand(write(text, "n.prototxt")).inputs[0].shape)
