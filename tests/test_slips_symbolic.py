"""Slips once made in closed forms, in what is assumed of symbols, and on the command line: each stays mended."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc.symbolic import floor_div, minimum, substitute, symbol
from cnncalc.symbolic.arithmetic import exact_div
from cnncalc.symbolic.printing import integer_python, latex
from cnncalc.symbolic.program import Program

H, W, F, S, k = map(symbol, ["H", "W", "F", "S", "k"])


# Quotients that are exact only together -----------------------------------------------------------


STRICT = """
input: HxHx1
parameters: {F: , S: }
layers:
  - {conv: {filters: 2, kernel: F, stride: S, rounding: strict}, name: conv}
  - {maxpool: 2, name: pool}
"""


def test_a_floor_of_an_exact_quotient_keeps_its_terms_together() -> None:
    quotient = floor_div(exact_div(H - F, S) + 1, 2)
    for height, kernel, stride in ((5, 3, 2), (9, 3, 2), (10, 4, 3), (11, 3, 4)):
        values = {"H": height, "F": kernel, "S": stride}
        assert ((height - kernel) // stride + 1) // 2 == substitute(quotient, values)


def test_behind_a_strict_window_of_a_symbolic_stride_formulas_text_and_programs_are_the_numbers(write: Write) -> None:
    path = write(STRICT)
    symbolic = cnncalc.analyze(path)
    forms = [
        value
        for layer in symbolic.layers
        for value in (layer.output.size[0], layer.macs, layer.activations, layer.operations.compares)
    ]
    for height, kernel, stride in ((9, 3, 2), (10, 4, 3), (13, 1, 4), (14, 4, 2)):
        numeric = cnncalc.analyze(path, f"{height}x{height}x1", settings={"F": kernel, "S": stride})
        expected = [
            value
            for layer in numeric.layers
            for value in (layer.output.size[0], layer.macs, layer.activations, layer.operations.compares)
        ]
        values = {"H": height, "F": kernel, "S": stride}
        assert [substitute(form, values) for form in forms] == expected
        assert Program(forms).run(values) == expected
        python = [eval(integer_python(form), {"__builtins__": {}}, values) for form in forms]
        assert all(type(number) is int for number in python)
        assert python == expected


def test_quotients_inside_of_a_minimum_print_as_integer_python() -> None:
    text = integer_python(minimum(exact_div(H - F, S), W) + exact_div(H, S))
    assert eval(text, {"min": min}, {"H": 9, "F": 3, "S": 3, "W": 7}) == 5
    assert "/" not in text.replace("//", "")


# Halves -------------------------------------------------------------------------------------------


def test_a_centre_between_two_pixels_is_no_floor_in_python(cli: Cli) -> None:
    result = cli("formula", "convF-K", "--only", "centre", "--format", "python")
    assert "centre_height = (F - 1)/2\n" in result.output


@pytest.mark.parametrize(("form", "text"), [("python", "= 3/2\n"), ("json", '"3/2"'), ("latex", r"\frac{3}{2}")])
def test_a_centre_that_is_a_fraction_is_written_in_every_form(cli: Cli, form: str, text: str) -> None:
    result = cli("formula", "conv4-8p0", "--only", "centre", "--format", form)
    assert (result.exit_code, text in result.output) == (0, True)


def test_a_fraction_has_a_latex_form() -> None:
    assert latex(Fraction(3, 2)) == r"\frac{3}{2}"


# Names --------------------------------------------------------------------------------------------


def test_symbols_named_by_words_of_python_or_by_quantities_leave_the_python_form_sound(cli: Cli, write: Write) -> None:
    path = write(
        "input: HxWx3\nparameters: {lambda: , params: , max: }\nlayers:\n"
        "  - {conv: {filters: lambda, kernel: 3}}\n  - {conv: {filters: params*max, kernel: 1}}\n",
    )
    values = {"H": 9, "W": 7, "lambda_": 2, "params_": 3, "max_": 5}
    text = cli("formula", path, "--format", "python").output
    exec(text, {"__builtins__": {}}, values)
    numeric = cnncalc.analyze(path, "9x7", settings={"lambda": 2, "params": 3, "max": 5})
    assert values["params"] == numeric.total("params")
    assert values["activations"] == numeric.total("activations")


def test_fit_calls_the_axis_of_a_signal_as_formula_does() -> None:
    assert list(cnncalc.fit("conv3-8, pool2", input="64x1").sizes) == ["W"]


# Transposed convolution ---------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["", "  - upsample: 2\n"])
def test_the_field_behind_a_deconv_of_symbolic_padding_is_unknown_and_not_wrong(write: Write, before: str) -> None:
    path = write(
        "input: HxWx1\nparameters: {P: }\nlayers:\n"
        f"{before}  - {{deconv: {{filters: 2, kernel: 3, stride: 2, padding: P}}}}\n",
    )
    assert cnncalc.formula(path)["receptive_field"] == "unknown: deconv: the padding is not a number"
    known = cnncalc.formula(path, settings={"P": 1}, only=["receptive_field", "padding"])
    assert known["receptive_field"] == ((2, 2) if not before else known["receptive_field"])
    assert known["padding"].startswith("none")


# Assumptions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "assume",
    [
        ("H == W and W % 32 == 0",),
        ("W % 32 == 0", "H == W"),
        ("W == H, H % 32 == 0",),
        ("H % 32 == 0, W % 32 == 0, H == W",),
    ],
)
def test_what_is_assumed_of_one_of_two_equal_symbols_holds_of_the_other(assume: tuple[str, ...]) -> None:
    macs = cnncalc.formula("resnet50", assume=assume, only=["macs"])
    (name,) = map(str, macs["macs"].free_symbols)
    assert 76848 * symbol(name) ** 2 + 2048000 == macs["macs"]
    assert macs.conditions == ()  # a positive multiple of 32 is at least 32


@pytest.mark.parametrize(
    "assume", ["H == 224, W == H", "W == H, H == 224", "H == W and W == 224", "H == 224 and W == 224"]
)
def test_equalities_may_be_given_in_any_order(assume: str) -> None:
    assumed = cnncalc.formula("resnet50", assume=assume, only=["macs"])
    assert assumed["macs"] == cnncalc.analyze("resnet50", 224).total("macs")
    assert assumed.conditions == ()


@pytest.mark.parametrize(
    "assume",
    [
        "H == 224, H == 225",
        "H >= 64, H == 32",
        "H % 32 == 0, H == 33",
        "H == W, H == 2*W",
        "H == W, H == 224, W == 225",
        "H == W, H % 4 == 1, W % 2 == 0",
        "H == 0",
        "H == W, W >= 64, H == 63",
    ],
)
def test_assumptions_that_contradict_one_another_are_refused(assume: str) -> None:
    with pytest.raises(cnncalc.SpecError, match="contradicts itself"):
        cnncalc.formula("conv3-8, pool2", input="HxWx3", assume=assume)


def test_what_an_equality_needs_to_be_possible_stands_among_the_conditions() -> None:
    assumed = cnncalc.formula("conv3-8", input="HxWx3", assume="H == W - 5", only=["output"])
    assert assumed.conditions == ("W >= 6",)
    assumed = cnncalc.formula("conv3-C2", input="HxWxC1", assume="C2 == 2*C1, C2 >= 64, C2 == W + 1", only=["output"])
    assert assumed.conditions == ()  # W is 2*C1 - 1, which is positive
    assert str(assumed["output"].size[1]) == "2*C1 - 1"
    assumed = cnncalc.formula("conv3-8", input="HxWx3", assume="2*H == 3*W", only=["output"])
    assert assumed.conditions == ("2*H == 3*W",)


def test_a_bound_and_a_remainder_make_a_bound_together() -> None:
    assert cnncalc.formula("pool9", input="HxHx1", assume="H >= 5, H % 8 == 0", only=["params"]).conditions == (
        "H >= 16",
    )
    assert cnncalc.formula("pool9", input="HxHx1", assume="H >= 9, H % 8 == 0", only=["params"]).conditions == ()


# Command line -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("formula", "resnet18", "--input", ""),
        ("formula", "resnet18", "--only", ""),
        ("formula", "resnet18", "--only", " , "),
        ("explain", "alexnet", "--input", ""),
        ("fit", "alexnet", "--size", ""),
        ("fit", "alexnet", "--input", ""),
        ("sweep", "alexnet", "--input", "227:259:32", "--batch", ""),
        ("sweep", "alexnet", "--input", "227:259:32", "--columns", ""),
        ("sweep", "alexnet", "--input", "227:259:32", "--layer", ""),
    ],
)
def test_an_option_that_is_given_nothing_is_refused(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)
    assert (result.exit_code, result.output) != (0, "")
    assert result.exit_code == 2, result.output


@pytest.mark.parametrize("name", ["convv1", "3x3_reduce", "conv2/"])
def test_formula_and_explain_look_a_layer_up_alike(cli: Cli, name: str) -> None:
    formula, explained = cli("formula", "googlenet", name), cli("explain", "googlenet", name)
    assert formula.exit_code == explained.exit_code
    if formula.exit_code:
        assert formula.output == explained.output
    else:
        assert json.loads(cli("formula", "googlenet", name, "--format", "json").output)["part"] == name


def test_a_layer_without_a_name_is_not_the_whole_network(cli: Cli) -> None:
    result = cli("formula", "resnet18", "")
    assert (result.exit_code, "no layer or block of resnet18 is called ''" in result.output) == (1, True)


def test_the_json_of_show_divides_in_integer_python(cli: Cli, write: Write) -> None:
    data = json.loads(cli("show", write(STRICT), "--format", "json").output)
    for layer, expected in zip(data["layers"], (4, 2), strict=True):
        size = eval(layer["output"]["size"][0], {"__builtins__": {}}, {"H": 9, "F": 3, "S": 2})
        assert (size, type(size)) == (expected, int)


def test_a_repeat_is_a_part_in_every_command() -> None:
    expected = cnncalc.analyze("resnet50", 64)
    stage = [layer for layer in expected.layers if layer.name.startswith("conv4_")]
    assert stage == expected.part("conv4")
    assert sum(layer.params for layer in stage) == cnncalc.formula("resnet50", "conv4")["params"]
    assert "conv4_6" in cnncalc.explain("resnet50", "conv4")


def test_a_network_without_an_input_is_given_symbols_and_reads_sizes_as_every_command_does(cli: Cli) -> None:
    assert "32k" in cli("fit", "conv3-8, pool2 x5").output
    assert (100,) == tuple(cnncalc.formula("conv3-8", input="100x8")["output"].size)
    assert "H*N*W" in str(cnncalc.formula("conv3-8", input="NxHxWx3")["macs"])


@pytest.mark.parametrize("name", ["in", "lambda", "\u00e9", "if"])
def test_a_batch_is_named_as_a_size_is(cli: Cli, name: str) -> None:
    assert cli("vgg16", "--batch", name).exit_code == 2
    with pytest.raises(cnncalc.SpecError, match="the batch must be"):
        cnncalc.analyze("vgg16", batch=name)
