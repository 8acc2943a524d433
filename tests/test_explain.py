"""Every working is the rule's own: its formula comes to the engine's number, and a reader can check it by hand."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor, prod
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Golden, Write
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.analysis import COUNTS, Analysis, Convention, LayerResult
from cnncalc.analysis.quantities import FIELDS, NAMES, OF_A_LAYER, QUANTITIES
from cnncalc.explain.explanation import explain_analysis
from cnncalc.explain.steps import LayerWorking, Working
from cnncalc.layers import CATALOGUE, Shape
from cnncalc.report.formula_text import decimal, stages
from cnncalc.symbolic import add_up, ceil_div, exact_div, floor_div, is_known, maximum, minimum, product
from cnncalc.symbolic.formula_tree import Tree, Variable, nodes
from cnncalc.symbolic.traced import TracedInt, tree_of, variable

NUMERIC = [name for name in cnncalc.networks() if not name.startswith("stack_")]

# One network with a layer of every type, and the ways in which a window can be told ---------------

EVERYTHING = """
input: 32x32x8
layers:
  - {conv: {filters: 16, kernel: [1, 3], padding: half, groups: 2, activation: gelu}, name: conv}
  - {depthwise: {kernel: 3, padding: same, stride: 2, multiplier: 2}, name: depthwise}
  - {deconv: {filters: 32, kernel: 4, stride: 2, padding: 1, output_padding: 1, groups: 4}, name: deconv}
  - {conv: {filters: 32, kernel: 2, padding: [[0, 1], [2, 0]], dilation: 2}, name: sided}
  - {maxpool: {kernel: 3, stride: 2, rounding: ceil}, name: ceiled}
  - {avgpool: {kernel: 2, stride: 2, padding: 1, rounding: caffe}, name: caffe}
  - {subsample: {kernel: 2, activation: tanh}, name: subsample}
  - {upsample: 4, name: upsample}
  - {upsample: {factor: 2, mode: bilinear}, name: blended}
  - {pad: [[1, 2], [0, 1]], name: pad}
  - {crop: 1, name: crop}
  - {resize: 32, name: resize}
  - {space_to_depth: 2, name: folded}
  - {channel_shuffle: 4, name: shuffle}
  - {pixel_shuffle: 2, name: shuffled}
  - {batchnorm, name: batchnorm}
  - {layernorm: {over: all}, name: layernorm}
  - {groupnorm: 8, name: groupnorm}
  - {instancenorm: {affine: true}, name: instancenorm}
  - {lrn: 5, name: lrn}
  - {lrn: {channels: 3, over: square}, name: squared}
  - {affine: {}, name: affine}
  - {standardize: , name: standardize}
  - {normalize: {over: channels}, name: normalize}
  - {power: {exponent: 2, scale: 3, shift: 1}, name: power}
  - {abs: {}, name: abs}
  - {exp: {}, name: exp}
  - {log: {}, name: log}
  - {permute: [2, 1, 3], name: turned}
  - {prelu, name: prelu}
  - {dropout: 0.5, name: dropout}
  - {identity, name: identity}
  - name: sum
    add:
      - []
      - [{conv: {filters: 32, kernel: 3, padding: full}, name: left}, {crop: 1, name: cut}]
  - name: joined
    concat:
      - [{slice: {channels: 8, start: 4}, name: slice}]
      - [{split: {parts: 4, part: 2}, name: split}]
  - {maximum: [[], [{relu: {}, name: positive}]], name: largest}
  - {crop_like: {offset: 1}, from: [left, cut], name: cropped}
  - name: scaled
    multiply:
      - []
      - [{globalavgpool, name: squeeze}]
  - {local: {filters: 4, kernel: 3, stride: 2, padding: 1}, name: local}
  - {shortcut: , from: [local, scaled], name: shortcut}
  - {blurpool: {kernel: 3, stride: 1, padding: 1}, name: blurpool}
  - {adaptivemaxpool: 8, name: cells}
  - {adaptiveavgpool: 3, name: uneven}
  - {globalmaxpool, name: global}
  - {flatten, name: flatten}
  - {fc: 64, name: fc}
  - {reshape: {channels: 4, size: [4, 4]}, name: reshape}
  - {fc: {units: 10, activation: softmax}, name: last}
  - {rbf: 10, name: rbf}
"""


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    path = tmp_path_factory.mktemp("specs") / "everything.yaml"
    path.write_text(EVERYTHING.replace("{batchnorm,", "{batchnorm: {},"), encoding="utf-8")
    return cnncalc.analyze(path)


def analyses(**options: Any) -> Iterator[Analysis]:
    for name in NUMERIC:
        yield cnncalc.analyze(name, **options)
    for name in ("stack_5x5", "stack_7x7"):
        yield cnncalc.analyze(name, "28x31x5", settings={"C2": 6}, **options)


def workings(analysis: Analysis) -> Iterator[LayerWorking]:
    yield from explain_analysis(analysis, [layer.name for layer in analysis.layers]).complete().layers


def explained(*words: Any, **options: Any) -> str:
    """An explanation as text."""
    return str(cnncalc.explain(*words, **options))


# The printed formula, walked by hand ---------------------------------------------------------------

LETTERS = {"depth": "Z", "height": "H", "width": "W", "length": "W"}
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: Fraction(a) / b,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {"floor": floor, "ceil": ceil, "min": min, "max": max}


def walk(text: str, tree: Tree) -> Fraction:
    """What a printed formula comes to, in exact fractions; letters have the values they have in the tree."""
    letters = {out(node.name): node.value for node in nodes(tree) if isinstance(node, Variable)}
    python = re.sub(r"\b(\d+)(?=[A-Za-z])", r"\1*", out(text))
    return _value(ast.parse(python, mode="eval").body, letters)


def out(text: str) -> str:
    """A prime is no part of a name in Python."""
    return text.replace("'", "_out")


def _value(node: ast.expr, letters: dict[str, int]) -> Any:
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, letters)
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](_value(node.left, letters), _value(node.right, letters))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return FUNCTIONS[node.func.id](*(_value(argument, letters) for argument in node.args))
    assert isinstance(node, ast.Name), ast.dump(node)
    return Fraction(letters[node.id])


def known(layer: LayerResult, step: Working) -> list[Any]:
    """The engine's own numbers for a step, found without the working."""
    if step.quantity == "output":
        names = {f"{LETTERS[axis]}'": size for axis, size in zip(layer.output.axes, layer.output.size, strict=True)}
        names["C'"] = layer.output.channels
        return [names[symbol] for symbol in (*step.also, step.symbol)]
    if step.quantity in ("receptive_field", "jump"):
        values = [axis.size if step.quantity == "receptive_field" else axis.jump for axis in layer.receptive_field.axes]
        return values if "_" not in step.symbol else [step.result]
    if step.quantity in COUNTS:
        return [getattr(layer, step.quantity)]
    return [step.result] if step.quantity == "letter" else [getattr(layer.operations, step.quantity)]


def check(analysis: Analysis) -> int:
    """Every step of every layer comes to the engine's number, and every stage of it to the result."""
    count = 0
    for working in workings(analysis):
        assert not [step for step in working.steps if step.tree and step.tree.value != step.result]
        for step in working.steps:
            if step.result is None:
                assert step.remark
                continue
            assert {step.result} == set(known(working.layer, step)), (analysis.name, working.layer.name, step)
            assert type(step.result) in (int, Fraction)
            for text in stages(step.tree):
                assert step.result == walk(text, step.tree), (working.layer.name, step.symbol, text)
            count += 1
    return count


def test_every_number_of_every_bundled_network_has_a_working_that_comes_to_it() -> None:
    assert 10_000 < sum(map(check, analyses()))


def test_so_it_is_in_other_conventions_and_for_a_batch() -> None:
    convention = Convention(bias=False, flops="all", dtype="float16")
    for name in ("alexnet_grouped", "lenet5", "inception_3a", "mobilenet_v2", "resnet18"):
        check(cnncalc.analyze(name, batch=32, convention=convention))


def test_every_type_of_layer_explains_itself(everything: Analysis) -> None:
    check(everything)
    simple = {name for name, layer in CATALOGUE.items() if layer.title == "activations"}
    told = {layer.kind for layer in everything.layers}
    assert set() == {layer.kind for layer in CATALOGUE.values()} - told - simple
    for kind in sorted(simple):
        check(cnncalc.analyze(f"conv3-4, {kind}" if kind != "prelu" else "conv3-4", "9x9x3"))


def test_every_count_that_is_not_zero_has_a_formula(everything: Analysis) -> None:
    without = {
        (working.layer.name, step.symbol)
        for analysis in (*map(cnncalc.analyze, ("alexnet", "vgg16", "googlenet", "resnet50")), everything)
        for working in workings(analysis)
        for step in working.steps
        if step.quantity in COUNTS and step.result and step.tree is None
    }
    assert set() == {(name, symbol) for name, symbol in without if name not in ("reshape",)}


@pytest.mark.parametrize("size", ["28x28x3", "29x31x3", "17x40x3"])
@pytest.mark.parametrize("padding", ["0", "2", "half", "same", "full"])
@pytest.mark.parametrize("rounding", ["floor", "ceil", "caffe"])
def test_windows_that_do_not_fit_are_rounded_before_the_readers_eyes(size, padding, rounding, tmp_path):
    path = tmp_path / "net.yaml"
    fields = f"kernel: 5, stride: 3, dilation: 2, padding: {padding}, rounding: {rounding}"
    path.write_text(f"input: {size}\nlayers:\n  - {{conv: {{filters: 4, {fields}}}, name: c}}\n", encoding="utf-8")
    assert check(cnncalc.analyze(path))


@pytest.mark.parametrize("path", ["signal", "volume", "windows", "taps", "rearranged"])
def test_signals_and_volumes_explain_themselves_too(path: str) -> None:
    assert check(cnncalc.analyze(Path(__file__).parent / "specs" / f"{path}.yaml"))


# Known truths --------------------------------------------------------------------------------------


def board(spec: str, layer: str, size: str | int | None = None, **options: Any) -> dict[str, str]:
    """The lines of a blackboard, by what stands before the first equals sign."""
    lines = explained(spec, layer, size, **options).splitlines()
    matches = [re.match(r"\s*(?:\S+' = )?(\S+)\s+= (.*)", line) for line in lines]
    return {match[1]: match[2] for match in matches if match}


def test_the_slide_on_alexnets_first_layer() -> None:
    lines = board("alexnet", "conv1", 227)
    assert "(W - F + 2P)/S + 1 = (227 - 11 + 2*0)/4 + 1 = 55" == lines["W'"]
    assert "K = 96" == lines["C'"]
    assert "(F*F*C)*K + K = (11*11*3)*96 + 96 = 34,944" == lines["params"]
    assert "(F*F*C)*K * H'*W' = (11*11*3)*96 * 55*55 = 105,415,200" == lines["MACs"]
    assert "2*MACs = 2*105415200 = 210,830,400" == lines["FLOPs"]
    assert "R + (F - 1)*J = 1 + (11 - 1)*1 = 11" == lines["R'"]
    assert "J*S = 1*4 = 4" == lines["J'"]


def test_the_famous_224_does_not_fit_and_the_board_says_what_that_drops() -> None:
    text = explained("alexnet", "conv1", 224)
    assert "floor((W - F + 2P)/S) + 1 = floor((224 - 11 + 2*0)/4) + 1 = floor(53.25) + 1 = 54" in text
    assert "floor drops 1 pixel of the input (223 or 227 would fit)" in text


@pytest.mark.parametrize(
    ("layer", "params"),
    [
        ("conv1_1", "(F*F*C)*K + K = (3*3*3)*64 + 64 = 1,792"),
        ("conv3_1", "(F*F*C)*K + K = (3*3*128)*256 + 256 = 295,168"),
        ("fc6", "H*W*C*K + K = 7*7*512*4096 + 4096 = 102,764,544"),
        ("fc8", "C*K + K = 4096*1000 + 1000 = 4,097,000"),
        ("pool1", "0"),
    ],
)
def test_the_slides_rows_of_vgg16(layer: str, params: str) -> None:
    assert params == board("vgg16", layer)["params"]


def test_the_counts_of_the_paper_on_lenet5() -> None:
    assert "(F*F*C)*K + K = (5*5*1)*6 + 6 = 156" == board("lenet5", "C1")["params"]
    assert board("lenet5", "C1", quantity="connections")["connections"].endswith(" = 122,304")
    assert "2C = 2*6 = 12" == board("lenet5", "S2")["params"]
    assert "(F*F)*60 + 16 = (5*5)*60 + 16 = 1,516" == board("lenet5", "C3")["params"]
    assert board("lenet5", "C3", quantity="connections")["connections"].endswith(" = 151,600")
    assert board("lenet5", "C5")["params"].endswith(" = 48,120")
    assert board("lenet5", "F6")["params"].endswith(" = 10,164")


def test_the_receptive_field_goes_on_from_what_comes_in() -> None:
    assert "R + (F - 1)*J = 51 + (3 - 1)*8 = 67" == board("alexnet", "pool2")["R'"]
    assert "everything: each unit sees the whole input" in explained("vgg16", "fc6")


def test_a_merge_sees_from_the_first_pixel_of_any_path_to_the_last_of_any() -> None:
    text = board("inception_3a", "output")
    assert "C_1 + C_2 + C_3 + C_4 = 64 + 128 + 32 + 32 = 256" == text["C'"]
    assert "max(b1, b2, b3, b4) - min(a1, a2, a3, a4) + 1 = max(0, 1, 2, 1) - min(0, -1, -2, -1) + 1 = 5" == text["R'"]


def test_each_axis_has_its_own_letters_where_the_numbers_differ() -> None:
    text = board("conv1x7-8", "conv1", "17x23x4")
    assert "(W - F_w + 2P_w)/S + 1 = (23 - 7 + 2*3)/1 + 1 = 23" == text["W'"]
    assert "(F_h*F_w*C)*K + K = (1*7*4)*8 + 8 = 232" == text["params"]


def test_a_dilated_and_grouped_convolution_shows_d_and_g() -> None:
    text = explained("conv3-8p2d2g2", "conv1", "16x16x4")
    assert "(W - D*(F - 1) + 2P - 1)/S + 1 = (16 - 2*(3 - 1) + 2*2 - 1)/1 + 1 = 16" in text
    assert "(F*F*(C/G))*K + K = (3*3*(4/2))*8 + 8 = 152" in text


def test_a_shared_layer_says_whose_weights_it_uses(write: Write) -> None:
    path = write(
        "input: 8x8x4\nlayers:\n  - {conv: {filters: 4, kernel: 3, padding: 1}, name: one}\n"
        "  - {conv: {filters: 4, kernel: 3, padding: 1}, name: two, share: one}\n"
    )
    assert "0  (the weights are those of one)" == board(path, "two")["params"]


def test_the_totals_are_told_by_their_largest_terms() -> None:
    text = explained("vgg16")
    assert "params      = 102,764,544 (fc6, 74.3 %) + 16,781,312 (fc7, 12.1 %)" in text
    assert "+ 14,714,688 (13 others, 10.6 %) = 138,357,544\n" in text
    assert "cnncalc explain vgg16 fc6\n" in text


@pytest.mark.parametrize("name", NUMERIC)
def test_the_terms_of_a_total_add_up_to_it(name: str) -> None:
    analysis = cnncalc.analyze(name)
    for total in explain_analysis(analysis).totals:
        assert total.result == sum(value for _, value in total.largest) + total.rest == analysis.total(total.quantity)


# Carriers ------------------------------------------------------------------------------------------

SIZES = st.integers(1, 60)


@given(SIZES, SIZES, SIZES, st.integers(0, 9))
def test_an_integer_that_records_its_working_computes_what_an_integer_does(a: int, b: int, c: int, p: int) -> None:
    def rule(x: int, y: int, z: int, q: int) -> list[int]:
        return [
            floor_div(x - y + (q + q), z) + 1,
            ceil_div(x + q, z) * y - x,
            minimum(x, maximum(y - q, 0)) + 3 * z,
            exact_div(x * y, y) - (q - 1) - 1,
            product([product([y, y, x]), z]) + z,
            add_up([x, 2, y, x * z, -q]),
            (y - 1 - q) * z + q * z,
            7 - (x - x) * y + 0 * z,
            x // z + 100 // y,
        ]

    plain = rule(a, b, c, p)
    worked = rule(variable("a", a), variable("b", b), variable("c", c), variable("p", p))
    assert plain == worked
    for number, value in zip(plain, worked, strict=True):
        assert number == tree_of(value).value
        assert all(number == walk(text, tree_of(value)) for text in stages(tree_of(value)))


def test_what_a_textbook_leaves_out_is_left_out() -> None:
    f, p, j = variable("F", 3), variable("P", 1), variable("J", 4)
    assert ["F", "F", "F + 2P", "(F - 1)*J", "0"] == [
        stages(tree_of(value))[0] for value in (1 * (f - 1) + 1, f + 0, f + (p + p), (f - 1 - p) * j + p * j, f * 0)
    ]


def test_such_an_integer_is_known_and_prints_as_a_number() -> None:
    value = variable("F", 3)
    assert isinstance(value, TracedInt)
    assert is_known(value, 4)
    assert not is_known(value, True)
    assert "3x5x7" == str(Shape(7, value, 5))
    assert 6 == prod([value, 2])


@given(st.integers(-1000, 1000), st.integers(2, 500))
def test_a_rounded_quotient_is_never_printed_as_a_whole_number(a: int, b: int) -> None:
    text = decimal(a, b)
    assert (floor(Fraction(text)) == a // b and ceil(Fraction(text)) == -(-a // b)) or a % b == 0


# The command ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("alexnet_conv1_227", ("alexnet", "conv1", "--input", "227")),
        ("alexnet_conv1_224", ("alexnet", "conv1", "--input", "224")),
        ("googlenet_3a", ("googlenet", "inception_3a")),
        ("vgg16_totals", ("vgg16",)),
        ("vgg16_fc6_params", ("vgg16", "fc6", "params")),
        ("alexnet_conv1_flops", ("alexnet", "conv1", "flops", "rf", "connections", "centre", "--flops", "all")),
        ("vgg16_memory", ("vgg16", "peak", "weight memory", "training memory", "depth")),
        ("alexnet_conv1_latex", ("alexnet", "conv1", "--format", "latex")),
    ],
)
def test_the_blackboard(cli: Cli, golden: Golden, name: str, arguments: tuple[str, ...]) -> None:
    result = cli("explain", *arguments)
    assert (0, "") == (result.exit_code, result.stderr)
    golden(f"explain/{name}.txt", result.stdout)


def test_a_narrow_terminal_folds_before_an_equals_sign(golden: Golden) -> None:
    from io import StringIO

    from rich.console import Console

    from cnncalc.report.formats import report_of
    from cnncalc.report.report import Options
    from cnncalc.report.terminal import write

    stream = StringIO()
    console = Console(file=stream, width=60, force_terminal=True, color_system=None)
    write(report_of(cnncalc.explain("alexnet", "conv1", 224), Options()).document(), console)
    golden("explain/alexnet_conv1_60.txt", stream.getvalue())
    board = [line for line in stream.getvalue().splitlines() if " = " in line and "given" not in line]
    assert all(len(line) <= 60 for line in board)
    folded = [line for line in board if re.match(r" {14}= ", line)]
    assert 3 == len(folded)
    assert 14 == next(line.index("=") for line in board if "params" in line)


def test_the_examples_in_the_help_run(cli: Cli) -> None:
    examples = re.findall(r"^ +cnncalc explain (.*?)(?:  .*|#.*|>.*)?$", cli("explain", "--help").stdout, re.MULTILINE)
    assert 6 < len(examples)
    for example in examples:
        cli("explain", *shlex.split(example), status=0)


def test_json_has_formula_numbers_and_result(cli: Cli) -> None:
    data = json.loads(cli("explain", "alexnet", "conv1", "--format", "json").stdout)
    (layer,) = data["layers"]
    (params,) = [step for step in layer["steps"] if step["quantity"] == "params"]
    assert params["formula"] == "(F*F*C)*K + K"
    assert params["substituted"] == ["(11*11*3)*96 + 96"]
    assert params["result"] == 34944
    assert {"H": 227, "W": 227, "C": 3, "F": 11, "P": 0, "S": 4, "K": 96}.items() <= layer["given"].items()
    assert json.loads(cli("explain", "vgg16", "-f", "json").stdout)["totals"][2]["result"] == 138357544


def test_a_block_stands_for_all_its_layers_each_once(cli: Cli) -> None:
    data = json.loads(cli("explain", "googlenet", "inception_3a", "inception_3a/pool", "-f", "json").stdout)
    names = [layer["name"] for layer in data["layers"]]
    assert names == [
        layer.name for layer in cnncalc.analyze("googlenet").layers if layer.name.startswith("inception_3a/")
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("alexnet", "conv6x"), "'conv6x' is neither a layer or block of alexnet nor a quantity"),
        (("alexnet", "convv1"), "did you mean 'conv1'?"),
        (("googlenet", "3x3_reduce"), "did you mean 'conv2/3x3_reduce'?"),
        (("resnet50", "--input", "HxWx3"), "cnncalc formula"),
        (("vgg16", "conv1_1", "--batch", "N"), "cnncalc formula"),
        (("stack_7x7",), "'C1' depends on a symbol"),
    ],
)
def test_what_cannot_be_explained_is_reported_with_a_hint(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    result = cli("explain", *arguments)
    assert (1, "") == (result.exit_code, result.stdout)
    assert message in result.stderr


def test_a_working_never_loads_sympy() -> None:
    code = "import sys, cnncalc; cnncalc.explain('resnet50', ['conv1', 'conv2_1']); sys.exit('sympy' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_the_library_refuses_an_unknown_form() -> None:
    with pytest.raises(cnncalc.SpecError, match="unknown format 'xml'"):
        cnncalc.explain("alexnet", "conv1").render("xml")


def test_t_is_reported_tap_by_tap_and_what_a_stride_skips_anyway_is_not_called_dropped() -> None:
    # unpadded, each of the 11 taps of AlexNet's conv1 lies on a pixel at all 55 places
    assert "T           = 11*55 = 605 " in explained("alexnet", "conv1", quantity="connections")
    # 3 taps on 224 pixels padded by 1: the outer ones lie on the padding once
    assert "T           = 2*223 + 224 = 670 " in explained("vgg16", "conv1_1", quantity="connections")
    # each of the 2 taps of a 2x2 filter set down 2 apart makes one output of every one of the 196 inputs
    assert "T           = 2*196 = 392 " in explained("unet", "up1", quantity="connections")
    skipped = explained("resnet50", "conv3_1/conv1")
    assert "28.5; the stride skips the last pixel of the input, as it does between windows" in skipped
    assert "drops" not in skipped
    assert 224 in cnncalc.fit("resnet50")


# One quantity --------------------------------------------------------------------------------------


def test_what_is_asked_for_is_answered_first(cli: Cli) -> None:
    lines = cli.text("explain", "vgg16", "fc6", "params").splitlines()
    assert "fc6 params = 102,764,544" == lines[0]
    assert "  params = H*W*C*K + K = 7*7*512*4096 + 4096 = 102,764,544" in lines
    assert not any("MACs  " in line for line in lines)
    assert lines == explained("vgg16", "fc6", quantity="parameters").splitlines()
    assert (
        "**fc6 params = 102,764,544**"
        == cli.text("explain", "vgg16", "fc6", "params", "-f", "markdown").splitlines()[0]
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_a_quantity_is_understood(cli: Cli, name: str) -> None:
    scope = QUANTITIES[NAMES[name]].scope
    words = ("conv1",) if scope != "network" else ()
    assert " = " in cli.text("explain", "alexnet", *words, name.replace("_", " ")).splitlines()[0]
    if scope != "both":
        hint = cli.refused("explain", "alexnet", *(() if words else ("conv1",)), name)
        cli.line(hint.partition("cnncalc ")[2].strip())


def test_a_number_is_explained_by_the_numbers_that_it_needs_and_no_others() -> None:
    (working,) = cnncalc.explain("alexnet", "conv1", quantity="flops", flops="all").layers
    assert ["output", "macs", "bias_adds", "compares", "flops"] == [step.quantity for step in working.steps]
    (working,) = cnncalc.explain("alexnet", "conv1").layers
    assert not {"letter", "connections", "neurons", "bias_adds"} & {step.quantity for step in working.steps}
    (working,) = cnncalc.explain("alexnet", "conv1", quantity="connections").layers
    assert ["output", "letter", "connections"] == [step.quantity for step in working.steps]


def test_every_quantity_of_every_layer_can_be_asked_for(everything: Analysis) -> None:
    names = [layer.name for layer in everything.layers]
    for working in explain_analysis(everything, names, OF_A_LAYER).layers:
        explained_ones = {step.quantity for step in working.steps}
        missing = set(OF_A_LAYER) - explained_ones
        assert missing <= set(() if working.layer.receptive_field.axes else FIELDS), working.layer.name


def test_a_layer_that_is_called_like_a_quantity_is_the_layer_first(cli: Cli) -> None:
    assert "output  concat" in cli.text("explain", "inception_3a", "output")
    assert "output output = 28x28x256" in cli.text("explain", "inception_3a", "output", "output")


# Commands that are suggested -----------------------------------------------------------------------


def test_a_command_that_is_suggested_runs_as_printed(cli: Cli, write: Write) -> None:
    path = write(
        "input: 32x32x3\nparameters: {width: 8}\nlayers:\n  - {conv: {filters: width, kernel: 3}, name: one}\n"
    )
    for spec, options in (
        (path, ()),
        (path, ("--input", "20", "--set", "width=16")),
        ("conv5-6/2, [conv3-8, pool2] x2", ("--input", "32x32x3")),
        ("vgg16", ("--input", "64")),
        ("mobilenet_v1", ("--set", "width=0.5")),
    ):
        suggested = cli.text("explain", spec, *options).partition("cnncalc explain ")[2].splitlines()[0]
        assert spec == shlex.split(suggested)[0]
        layer = shlex.split(suggested)[1]
        assert cli.line(f"explain {suggested}") == cli.text("explain", spec, layer, *options)
        hint = cli.refused("explain", spec, "qqqqqqqq", *options, status=1).partition("cnncalc ")[2]
        assert layer in cli.line(hint.removesuffix(" lists them\n"))
    hint = cli.refused("explain", "resnet50", "--input", "HxWx3", status=1).partition("cnncalc ")[2].strip()
    assert " = " in cli.line(hint)


def test_the_command_that_keeps_the_symbols_keeps_the_layer(cli: Cli) -> None:
    error = cli.refused("explain", "vgg16", "conv1_1", "--input", "HxW", status=1)
    assert "cnncalc formula vgg16 conv1_1 --input HxWx3" in error


def test_the_commands_in_hints_keep_every_setting(cli: Cli) -> None:
    settings = ("--input", "192x192x3", "--batch", "4", "--convention", "thop", "--no-bias", "--dtype", "float16")
    text = cli.text("explain", "vgg16", *settings)
    assert f"the working of one layer: cnncalc explain vgg16 fc6 {' '.join(settings)}\n" in text
    assert "cnncalc explain vgg16 peak_memory_bytes --batch 2 --flops all\n" in cli.refused(
        "explain", "vgg16", "conv1_1", "peak_memory", "--batch", "2", "--flops", "all"
    )
