"""Every number that slides and papers print about a bundled network is met exactly, or is a known erratum."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc import Analysis, Convention, SpecError
from cnncalc.layers import Conv, MaxPool, Shape
from cnncalc.report.rows import Row, rows
from cnncalc.symbolic import substitute, symbol
from tests import published
from tests.nasnet import nasnet
from tests.published import printed

NO_BIAS = Convention(bias=False)


@cache
def network(name: str, bias: bool = True) -> Analysis:
    """A bundled network at its own input."""
    return cnncalc.analyze(name, convention=Convention(bias=bias))


@cache
def blocks(name: str, bias: bool = True) -> dict[str, Row]:
    """The rows of a bundled network by name, a block being one row."""
    return {row.name: row for row in rows(network(name, bias), depth=1)}


def outputs(analysis: Analysis) -> dict[str, str]:
    """The output of every layer as text."""
    return {layer.name: str(layer.output) for layer in analysis.layers}


def kinds(name: str) -> list[str]:
    """The layer types of a network in order."""
    return [layer.kind for layer in network(name).layers]


def check_erratum(text: str, exact: int | Fraction, reason: str, thousand: int = 1000) -> None:
    """A printed number that is wrong must stay wrong; if it ever holds, `reason` no longer does."""
    assert not printed(text, exact, thousand=thousand), f"{text} is an erratum ({reason}), but now it is reproduced"


# What "as printed" means -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "exact", "thousand", "holds"),
    [
        ("35K", 34_848, 1000, True),
        ("34K", 34_848, 1000, True),
        ("36K", 34_848, 1000, False),
        ("34.8K", 34_848, 1000, True),
        ("34.9K", 34_848, 1000, False),
        ("112K", 114_688, 1024, True),
        ("112K", 114_688, 1000, False),
        ("800K", 802_816, 1000, False),
        ("1,728", 1_728, 1000, True),
        ("1,729", 1_728, 1000, False),
    ],
)
def test_a_printed_number_holds_rounded_or_truncated_and_not_otherwise(
    text: str, exact: int, thousand: int, holds: bool
) -> None:
    assert printed(text, exact, thousand=thousand) == holds


def test_an_erratum_that_turns_out_right_fails() -> None:
    with pytest.raises(AssertionError, match="now it is reproduced"):
        check_erratum("35K", 34_848, "a reason")


# 1. Windows and single layers ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "size", "output"),
    [
        ("conv3-1p0", "7x7x1", "5x5x1"),
        ("conv3-1/2p0", "7x7x1", "3x3x1"),
        ("conv3-1/3p0", "7x7x1", "2x2x1"),
        ("conv3-1p1", "7x7x1", "7x7x1"),
        ("conv5-6p0", "32x32x3", "28x28x6"),
        ("conv5-10p0", "28x28x6", "24x24x10"),
        ("conv5-10p2", "32x32x3", "32x32x10"),
        ("conv3-8p1", "32x32x3", "32x32x8"),
        ("conv5-8p2", "32x32x3", "32x32x8"),
        ("conv7-8p3", "32x32x3", "32x32x8"),
        ("conv1-32p0", "28x28x64", "28x28x32"),
        ("pool2", "224x224x64", "112x112x64"),
        ("pool3/2", "55x55x96", "27x27x96"),
        ("conv3-1p0", "d1xd2xm", "(d1 - 2)x(d2 - 2)x1"),
    ],
)
def test_a_window_makes_the_output_of_the_slides(layer: str, size: str, output: str) -> None:
    assert str(cnncalc.analyze(layer, size).layers[0].output) == output


@pytest.mark.parametrize(
    ("layer", "size", "windows"),
    [
        ("conv: {filters: 1, kernel: 3, stride: 3}", "7x7x1", "(7 - 3)/3 + 1 = 2.33"),
        ("conv: {filters: 96, kernel: 11, stride: 4}", "224x224x3", "(224 - 11)/4 + 1 = 54.25"),
        ("conv: {filters: 96, kernel: 7, stride: 2}", "224x224x3", "(224 - 7)/2 + 1 = 109.5"),
    ],
)
def test_strictly_a_window_that_leaves_a_remainder_does_not_fit(
    write: Write, layer: str, size: str, windows: str
) -> None:
    spec = write(f"input: {size}\nrounding: strict\nlayers:\n  - {layer}\n")
    with pytest.raises(SpecError) as caught:
        cnncalc.analyze(spec)
    assert any("does not fit" in problem.message and windows in problem.message for problem in caught.value.problems)


def test_ten_5x5_filters_on_three_channels_have_760_parameters() -> None:
    assert cnncalc.analyze("conv5-10p2", "32x32x3").layers[0].params == (5 * 5 * 3 + 1) * 10 == 760


def test_5x5_filters_without_padding_take_32_to_28_to_24() -> None:
    analysis = cnncalc.analyze("conv5-6p0, conv5-10p0", "32x32x3")
    assert [str(layer.output) for layer in analysis.layers] == ["28x28x6", "24x24x10"]


def test_five_maps_of_28x28_are_3920_neurons() -> None:
    assert cnncalc.analyze("conv5-5p0", "32x32x3").layers[0].neurons == 28 * 28 * 5 == 3_920


@pytest.mark.parametrize(("layer", "arrows"), [("fc-5", 25), ("conv3-1p1", 13)])
def test_five_inputs_and_five_outputs_are_joined_by_the_arrows_of_the_slide(layer: str, arrows: int) -> None:
    assert cnncalc.analyze(layer, "5x1", convention=NO_BIAS).layers[0].connections == arrows


def test_the_general_conv_is_the_closed_form_of_the_slides() -> None:
    width, depth = symbol("W1"), symbol("D1")
    conv, shape = Conv.textbook(groups=1, dilation=1), Shape(depth, width)
    square = Shape(depth, symbol("H1"), width)
    generator = random.Random(1)
    for _ in range(50):
        kernel, stride, padding = generator.randint(1, 7), generator.randint(1, 4), generator.randint(0, 3)
        length, channels, filters = generator.randint(7, 60), generator.randint(1, 9), generator.randint(1, 9)
        values = {"W1": length, "D1": channels, "F": kernel, "S": stride, "P": padding, "K": filters, "H1": 9}
        assert substitute(conv.output(shape).size[0], values) == (length - kernel + 2 * padding) // stride + 1
        assert substitute(conv.output(shape).channels, values) == filters
        assert substitute(conv.weights(square), values) == kernel * kernel * channels * filters
        assert substitute(conv.biases(square), values) == filters


def test_the_general_pool_is_the_closed_form_of_the_slides() -> None:
    pool = MaxPool.textbook(padding=0, dilation=1)
    shape = Shape(symbol("D1"), symbol("W1"))
    assert (pool.output(shape).channels, pool.weights(shape), pool.biases(shape)) == (symbol("D1"), 0, 0)
    for kernel, stride, length in [(2, 2, 224), (3, 2, 55), (3, 2, 56), (2, 1, 9)]:
        values = {"W1": length, "F": kernel, "S": stride}
        assert substitute(pool.output(shape).size[0], values) == (length - kernel) // stride + 1


def test_vectors_of_paths_with_different_jumps_may_be_put_together(write: Write) -> None:
    text = "input: 12x12x3\nlayers:\n  - concat: [[{adaptivemaxpool: 4}, flatten], [{adaptivemaxpool: 2}, flatten]]\n"
    expected = 3 * 16 + 3 * 4
    assert expected == cnncalc.analyze(write(text)).layers[-1].output.channels


def test_vectors_may_be_multiplied(write: Write) -> None:
    analysis = cnncalc.analyze(write("input: 8\nlayers:\n  - multiply: [[fc: 10], [fc: 10]]\n"))
    expected = (10, 10)
    assert expected == (analysis.layers[-1].output.channels, analysis.layers[-1].operations.multiplies)


# 2. Receptive fields and stacks of 3x3 ---------------------------------------------------------


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
@pytest.mark.parametrize("layers", [1, 2, 3, 10])
def test_a_stack_of_l_convolutions_sees_1_plus_l_times_k_minus_1(layers: int, kernel: int) -> None:
    axis = cnncalc.analyze(f"conv{kernel}-1 x{layers}", "224x224x1").layers[-1].receptive_field.axes[0]
    assert axis.size == 1 + layers * (kernel - 1)


@pytest.mark.parametrize(("layers", "sees"), [(111, 223), (112, 225)])
def test_112_convolutions_of_3x3_are_needed_to_see_224_pixels(layers: int, sees: int) -> None:
    assert cnncalc.analyze(f"conv3-1 x{layers}", "224x224x1").layers[-1].receptive_field.axes[0].size == sees


def test_a_larger_stride_widens_what_later_layers_see() -> None:
    plain, strided = (cnncalc.analyze(text, "32x32x3").layers for text in ("conv3-8 x2", "conv3-8/2p1, conv3-8"))
    assert [layer.receptive_field.axes[0].size for layer in plain] == [3, 5]
    assert [layer.receptive_field.axes[0].size for layer in strided] == [3, 7]


@pytest.mark.parametrize(
    ("name", "params", "macs", "sees"),
    [
        ("stack_5x5", "25*C1*C2", "25*C1*C2*H*W", 5),
        ("stack_3x3_twice", "9*C1*C2 + 9*C2**2", "9*C1*C2*H*W + 9*C2**2*H*W", 5),
        ("stack_7x7", "49*C1*C2", "49*C1*C2*H*W", 7),
        ("stack_3x3_thrice", "9*C1*C2 + 18*C2**2", "9*C1*C2*H*W + 18*C2**2*H*W", 7),
    ],
)
def test_a_stack_costs_the_formula_of_the_slides(name: str, params: str, macs: str, sees: int) -> None:
    stack = network(name)
    assert (str(stack.total("params")), str(stack.total("macs"))) == (params, macs)
    assert str(stack.layers[-1].output) == "HxWxC2"
    assert stack.layers[-1].receptive_field.axes[0].size == sees


@pytest.mark.parametrize(
    ("name", "params"),
    [("stack_5x5", 25), ("stack_3x3_twice", 18), ("stack_7x7", 49), ("stack_3x3_thrice", 27)],
)
def test_with_as_many_channels_in_as_out_a_stack_costs_the_number_of_the_slides_per_pair(
    name: str, params: int
) -> None:
    stack = cnncalc.analyze(name, "HxWxC", settings={"C2": "C"})
    assert str(stack.total("params")) == f"{params}*C**2"
    assert str(stack.total("macs")) == f"{params}*C**2*H*W"


def test_18_c1_c2_for_two_3x3_is_an_erratum_unless_c1_is_c2() -> None:
    exact = network("stack_3x3_twice").total("params")
    for first, second in [(64, 128), (128, 64), (3, 64)]:
        check_erratum(
            str(18 * first * second),
            substitute(exact, {"C1": first, "C2": second}),
            "the second 3x3 has C2 channels in: 9*C1*C2 + 9*C2*C2",
        )


def test_a_symbolic_encoder_and_decoder_says_what_it_does_not_know(write: Write) -> None:
    text = (
        "input: HxWx3\nlayers:\n"
        "  - {conv: {filters: 8, kernel: 3, padding: same, stride: 2}}\n  - {upsample: 2}\n"
        "  - {conv: {filters: 8, kernel: 3, padding: same, stride: 3}}\n"
    )
    assert "symbol" in cnncalc.analyze(write(text)).layers[-1].receptive_field.unknown


# 3. AlexNet and ZFNet --------------------------------------------------------------------------


@pytest.mark.parametrize("layer", published.ALEXNET_OUTPUTS)
@pytest.mark.parametrize("name", ["alexnet", "alexnet_grouped"])
def test_alexnet_has_the_volumes_of_the_slides(name: str, layer: str) -> None:
    assert str(network(name).layer(layer).output) == published.ALEXNET_OUTPUTS[layer]


@pytest.mark.parametrize("layer", published.ZFNET_OUTPUTS)
def test_zfnet_has_the_volumes_of_its_paper(layer: str) -> None:
    assert str(network("zfnet").layer(layer).output) == published.ZFNET_OUTPUTS[layer]


@pytest.mark.parametrize(("bias", "params"), [(False, 11 * 11 * 3 * 96), (True, (11 * 11 * 3 + 1) * 96)])
def test_conv1_of_alexnet_has_35k_parameters_with_and_without_biases(bias: bool, params: int) -> None:
    assert params == {False: 34_848, True: 34_944}[bias]
    exact = network("alexnet", bias).layer("conv1").params
    assert exact == params
    assert printed("35K", exact)


def test_pool1_of_alexnet_has_no_parameters() -> None:
    assert network("alexnet").layer("pool1").params == 0


@pytest.mark.parametrize(("name", "params"), [("alexnet", 62_378_344), ("alexnet_grouped", 60_965_224)])
def test_alexnet_has_the_parameters_of_record(name: str, params: int) -> None:
    assert network(name).total("params") == params


@pytest.mark.parametrize(("name", "macs"), [("alexnet", "1.135G"), ("alexnet_grouped", "0.724G")])
def test_alexnet_does_the_multiply_adds_of_record(name: str, macs: str) -> None:
    assert printed(macs, network(name).total("macs"))


def test_zfnet_has_the_filters_of_the_slides() -> None:
    analysis = network("zfnet")
    assert [analysis.layer(f"conv{number}").output.channels for number in (1, 2, 3, 4, 5)] == [96, 256, 512, 1024, 512]


# 4. LeNet-5 ------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", published.LENET5)
def test_lenet5_has_the_counts_of_its_paper(layer: str) -> None:
    result = network("lenet5").layer(layer)
    assert (str(result.output), result.params, result.connections) == published.LENET5[layer]


def test_lenet5_has_60000_parameters_and_340908_connections() -> None:
    assert (network("lenet5").total("params"), network("lenet5").total("connections")) == (60_000, 340_908)


def test_c3_of_lenet5_has_six_maps_that_see_three_nine_that_see_four_and_one_that_sees_six() -> None:
    table: Any = network("lenet5").layer("C3").node.layer
    assert sorted(len(row) for row in table.table) == [3] * 6 + [4] * 9 + [6]


def test_lenet5_is_three_convolutions_and_two_fully_connected_layers() -> None:
    assert kinds("lenet5") == ["conv", "subsample", "conv", "subsample", "conv", "fc", "rbf"]
    assert network("lenet5").depth == 5


def test_the_textbook_lenet_has_61706_parameters() -> None:
    assert network("lenet").total("params") == 61_706
    assert kinds("lenet")[:6] == ["conv", "avgpool", "conv", "avgpool", "conv", "fc"]


@pytest.mark.parametrize(
    "text", ["conv5-6p0, pool2, conv5-16p0, pool2, conv5-120p0, fc-84, fc-10",
             "conv5-6p0, pool2, conv5-16p0, pool2, fc-120, fc-84, fc-10"],
)  # fmt: skip
def test_lenet_read_with_a_third_convolution_or_with_another_fc_has_the_same_parameters(text: str) -> None:
    assert cnncalc.analyze(text, "32x32x1").total("params") == 61_706


# 5. VGG ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", published.VGG_CONFIGURATIONS)
def test_vgg_has_the_layers_of_its_configuration(name: str) -> None:
    words = []
    for layer in network(name).layers:
        if layer.kind == "conv":
            conv: Any = layer.node.layer
            words.append(str(layer.output.channels) + ("/1" if conv.kernel == (1,) else ""))
        elif layer.kind in ("maxpool", "lrn"):
            words.append({"maxpool": "M", "lrn": "L"}[layer.kind])
    assert " ".join(words) == published.VGG_CONFIGURATIONS[name]
    assert kinds(name)[-6:] == ["fc", "dropout", "fc", "dropout", "fc", "softmax"]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("name", published.VGG_FAMILY)
def test_vgg_has_the_parameters_of_table_2_with_and_without_biases(name: str, bias: bool) -> None:
    assert printed(published.VGG_FAMILY[name][0], network(name, bias).total("params"))


@pytest.mark.parametrize(("bias", "params"), [(False, 138_344_128), (True, 138_357_544)])
def test_vgg16_has_the_parameters_of_record(bias: bool, params: int) -> None:
    assert network("vgg16", bias).total("params") == params


def test_vgg19_does_19_6_billion_multiply_adds() -> None:
    assert printed("19.6G", network("vgg19").total("macs"))


def test_the_slide_of_vgg16_begins_with_an_input_of_150k() -> None:
    assert network("vgg16").input.activations == 224 * 224 * 3
    assert printed("150K", network("vgg16").input.activations)


@pytest.mark.parametrize(
    ("layer", "output", "memory", "weights", "text"), published.VGG16_SLIDE, ids=lambda value: str(value)
)
def test_a_line_of_the_slide_of_vgg16_holds(layer: str, output: str, memory: str, weights: int, text: str) -> None:
    result = network("vgg16", bias=False).layer(layer)
    assert (str(result.output), result.params) == (output, weights)
    assert printed(text, result.params)
    assert printed(memory, result.activations, zeros_count=False)


def test_the_slide_of_vgg16_lists_every_layer_that_holds_memory() -> None:
    held = [layer.name for layer in network("vgg16").layers if layer.activations]
    assert held == [row[0] for row in published.VGG16_SLIDE]


@pytest.mark.parametrize(
    ("text", "quantity", "thousand", "exact"),
    [
        ("24M", "activations", 1000, 15_237_608),
        ("93M", "memory_bytes", 1000, 60_950_432),
        ("93M", "memory_bytes", 1024, 60_950_432),
    ],
)
def test_the_total_memory_on_the_slide_of_vgg16_is_an_erratum(
    text: str, quantity: str, thousand: int, exact: int
) -> None:
    total = network("vgg16").total(quantity)
    assert total == exact
    check_erratum(text, total, "the slide's own rows add up to 15.2M values, cs231n.github.io issue 88", thousand)


def test_the_memory_of_vgg16_is_60_95_mb_or_58_13_mib() -> None:
    total = network("vgg16").total("memory_bytes")
    assert printed("60.95M", total)
    assert printed("58.13M", total, thousand=1024)


def test_the_total_of_24m_values_on_the_slide_of_vgg16_would_not_be_93_mb_either() -> None:
    for thousand in (1000, 1024):
        check_erratum("93M", 24_000_000 * 4, "24M x 4 bytes is 96 MB or 91.6 MiB", thousand)


def test_the_total_parameters_on_the_slide_of_vgg16_hold() -> None:
    assert printed("138M", network("vgg16", bias=False).total("params"))


def test_most_memory_of_vgg16_is_in_early_convolutions() -> None:
    analysis = network("vgg16")
    early = sum(analysis.layer(name).activations for name in ("conv1_1", "conv1_2", "conv2_1", "conv2_2"))
    assert 2 * early > analysis.total("activations")


def test_most_parameters_of_vgg16_are_in_fully_connected_layers() -> None:
    analysis = network("vgg16", bias=False)
    late = sum(layer.params for layer in analysis.layers if layer.kind == "fc")
    assert printed("89.4%", Fraction(late, analysis.total("params")))


# Depth -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        *((name, depth) for name, (_, depth) in published.VGG_FAMILY.items()),
        *((name, row[0]) for name, row in published.RESNETS.items()),
        *((name, row[0]) for name, row in published.RESNETS_V1_5.items()),
        ("plain34", 34),
        ("resnet34_identity", 34),
        ("googlenet", 22),
        ("alexnet", 8),
        ("lenet5", 5),
        ("densenet121", 121),
        ("densenet169", 169),
        ("densenet201", 201),
    ],
)
def test_the_depth_counts_the_weight_layers_on_the_longest_path(name: str, depth: int) -> None:
    assert network(name).depth == depth


@pytest.mark.parametrize(("name", "convolutions"), [("lenet5", 3), ("alexnet", 5), ("vgg16", 13)])
def test_a_network_has_the_convolutions_of_the_slides(name: str, convolutions: int) -> None:
    assert kinds(name).count("conv") == convolutions


# 6. GoogLeNet ----------------------------------------------------------------------------------


@pytest.mark.parametrize("row", published.GOOGLENET_OUTPUTS)
def test_a_row_of_googlenet_has_the_output_of_table_1(row: str) -> None:
    assert str(blocks("googlenet")[row].output) == published.GOOGLENET_OUTPUTS[row]


@pytest.mark.parametrize("row", published.GOOGLENET_WIDTHS)
def test_an_inception_module_has_the_widths_of_table_1(row: str) -> None:
    names = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")
    widths = tuple(network("googlenet").layer(f"{row}/{name}").output.channels for name in names)
    assert widths == published.GOOGLENET_WIDTHS[row]


@pytest.mark.parametrize(("row", "text", "tenths"), published.GOOGLENET_PARAMS)
def test_a_row_of_googlenet_has_the_params_of_table_1(row: str, text: str, tenths: str) -> None:
    exact = blocks("googlenet", bias=False)[row].quantity("params")
    assert printed(text, exact, thousand=1024)
    assert printed(f"{tenths}K", exact, thousand=1024)


@pytest.mark.parametrize(("row", "text", "tenths", "reason"), published.GOOGLENET_PARAMS_ERRATA)
def test_the_params_of_table_1_that_are_errata_stay_errata(row: str, text: str, tenths: str, reason: str) -> None:
    exact = blocks("googlenet", bias=False)[row].quantity("params")
    assert printed(f"{tenths}K", exact, thousand=1024)
    check_erratum(text, exact, reason, thousand=1024)


@pytest.mark.parametrize(("row", "text", "exactly"), published.GOOGLENET_OPS)
def test_a_row_of_googlenet_does_the_ops_of_table_1(row: str, text: str, exactly: str) -> None:
    exact = blocks("googlenet")[row].quantity("macs")
    assert printed(text, exact)
    assert printed(f"{exactly}M", exact)


@pytest.mark.parametrize(("row", "text", "exactly", "reason"), published.GOOGLENET_OPS_ERRATA)
def test_the_ops_of_table_1_that_are_errata_stay_errata(row: str, text: str, exactly: str, reason: str) -> None:
    exact = blocks("googlenet")[row].quantity("macs")
    assert printed(f"{exactly}M", exact)
    check_erratum(text, exact, reason)


def test_googlenet_has_the_totals_of_record() -> None:
    analysis = network("googlenet")
    assert analysis.total("weights") == 6_990_272
    assert analysis.total("params") == 6_998_552
    assert analysis.total("macs") == 1_582_671_872


def test_googlenet_does_twice_the_computations_of_alexnet() -> None:
    ratio = Fraction(network("googlenet").total("macs"), network("alexnet_grouped").total("macs"))
    assert printed("2", ratio)


def test_that_googlenet_has_only_5_million_parameters_is_an_erratum() -> None:
    check_erratum("5M", network("googlenet").total("params"), "it has 7.0 million")


@pytest.mark.parametrize(("alexnet", "times"), [("alexnet", "8.9"), ("alexnet_grouped", "8.7")])
def test_that_googlenet_has_12_times_less_parameters_than_alexnet_is_an_erratum(alexnet: str, times: str) -> None:
    ratio = Fraction(network(alexnet).total("params"), network("googlenet").total("params"))
    assert printed(times, ratio)
    check_erratum("12", ratio, "8.7 or 8.9 times, by the AlexNet that is meant")


def test_the_auxiliary_heads_of_googlenet_hang_on_4a_and_4d_and_change_nothing_else() -> None:
    plain, trained = network("googlenet"), cnncalc.analyze("googlenet", settings={"aux": True})
    heads = {row.name: row for row in rows(trained, depth=1) if row.name.startswith("aux")}
    assert {name: str(row.input) for name, row in heads.items()} == {"aux1": "14x14x512", "aux2": "14x14x528"}
    assert str(trained.layer("aux1/pool").output) == "4x4x512"
    assert str(trained.layer("aux2/pool").output) == "4x4x528"
    for name, channels in (("aux1", 512), ("aux2", 528)):
        weights = channels * 128 + 4 * 4 * 128 * 1024 + 1024 * 1000
        assert heads[name].quantity("params") == weights + 128 + 1024 + 1000
        assert heads[name].quantity("macs") == 4 * 4 * channels * 128 + 4 * 4 * 128 * 1024 + 1024 * 1000
    rest = {name: size for name, size in outputs(trained).items() if not name.startswith("aux")}
    assert rest == outputs(plain)
    assert trained.total("params") == plain.total("params") + sum(row.quantity("params") for row in heads.values())


@pytest.mark.parametrize(("module", "channels"), [("3a", 192), ("3b", 256)])
def test_the_naive_inception_module_costs_more_and_grows_deeper(module: str, channels: int) -> None:
    ones, threes_reduce, threes, fives_reduce, fives, projection = published.GOOGLENET_WIDTHS[f"inception_{module}"]
    naive, reduced = network(f"inception_{module}_naive", bias=False), network(f"inception_{module}", bias=False)
    assert naive.total("params") == channels * (ones + 9 * threes + 25 * fives)
    assert (
        reduced.total("params")
        == (channels * (ones + threes_reduce + fives_reduce + projection) + 9 * threes_reduce * threes)
        + 25 * fives_reduce * fives
    )
    for analysis in (naive, reduced):
        assert analysis.total("macs") == 28 * 28 * analysis.total("params")
    assert str(naive.layers[-1].output) == f"28x28x{ones + threes + fives + channels}"
    assert str(reduced.layers[-1].output) == f"28x28x{ones + threes + fives + projection}"


@pytest.mark.parametrize("module", ["inception_3a", "inception_3b"])
def test_an_inception_module_alone_costs_what_it_costs_in_googlenet(module: str) -> None:
    alone, within = network(module), blocks("googlenet")[module]
    for quantity in ("params", "macs", "activations"):
        own = sum(getattr(layer, quantity) for layer in alone.layers)
        assert own == within.quantity(quantity)


# 7. ResNet -------------------------------------------------------------------------------------

STAGES = ("conv2_", "conv3_", "conv4_", "conv5_")


@pytest.mark.parametrize("name", published.RESNETS)
def test_resnet_has_the_flops_of_table_1_and_the_counts_of_record(name: str) -> None:
    _, text, macs, params = published.RESNETS[name]
    assert (network(name).total("macs"), network(name).total("params")) == (macs, params)
    assert printed(text, macs)


@pytest.mark.parametrize("name", published.RESNETS_V1_5)
def test_resnet_with_the_stride_in_the_3x3_has_the_counts_of_record(name: str) -> None:
    _, macs, params = published.RESNETS_V1_5[name]
    assert (network(name).total("macs"), network(name).total("params")) == (macs, params)


def test_the_plain_network_of_34_layers_does_3_6_billion_multiply_adds() -> None:
    assert network("plain34").total("macs") == network("resnet34_identity").total("macs") == 3_644_493_824
    assert printed("3.6G", network("plain34").total("macs"))


@pytest.mark.parametrize("name", [*published.RESNETS, *published.RESNETS_V1_5])
def test_resnet_has_stages_of_56_28_14_and_7(name: str) -> None:
    table = blocks(name)
    sizes = {stage: {row.output.size for key, row in table.items() if key.startswith(stage)} for stage in STAGES}
    assert sizes == {stage: {(side, side)} for stage, side in zip(STAGES, (56, 28, 14, 7), strict=True)}
    assert table["conv1"].output.size == (112, 112)
    assert str(table["fc"].output) == "1000"


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("resnet18", [2, 2, 2, 2]),
        ("resnet34", [3, 4, 6, 3]),
        ("resnet50", [3, 4, 6, 3]),
        ("resnet101", [3, 4, 23, 3]),
        ("resnet152", [3, 8, 36, 3]),
    ],
)
def test_resnet_has_the_blocks_of_table_1(name: str, counts: list[int]) -> None:
    assert [sum(key.startswith(stage) for key in blocks(name)) for stage in STAGES] == counts


@pytest.mark.parametrize("name", [*published.RESNETS, *published.RESNETS_V1_5, "plain34"])
def test_no_convolution_of_resnet_has_a_bias_and_each_has_a_batch_norm(name: str) -> None:
    convolutions = [layer for layer in network(name).layers if layer.kind == "conv"]
    assert {layer.biases for layer in convolutions} == {0}
    assert kinds(name).count("batchnorm") == len(convolutions)


@pytest.mark.parametrize(
    ("conv", "left"),
    [
        ("{filters: 64, kernel: 3, padding: 1, stride: 2}", "28x28x64"),
        ("{filters: 128, kernel: 3, padding: 1}", "56x56x128"),
    ],
)
def test_a_residual_block_without_the_projection_it_needs_is_an_error_that_names_both_sides(
    write: Write, conv: str, left: str
) -> None:
    spec = write(f"input: 56x56x64\nlayers:\n  - add:\n      - - conv: {conv}\n      - []\n")
    with pytest.raises(SpecError) as caught:
        cnncalc.analyze(spec)
    text = str(caught.value)
    assert left in text
    assert "56x56x64" in text
    assert "projection" in text


# 8. The deep-learning book's figure 9.11 -------------------------------------------------------


@pytest.mark.parametrize("name", published.FIGURE_9_11)
def test_a_network_of_figure_9_11_has_the_volumes_of_the_figure(name: str) -> None:
    assert outputs(network(name)) == published.FIGURE_9_11[name]


@pytest.mark.parametrize("name", ["figure_9_11_b", "figure_9_11_c"])
def test_the_parameters_of_figure_9_11_b_and_c_do_not_depend_on_the_input(name: str) -> None:
    assert cnncalc.analyze(name, "200x320").total("params") == network(name).total("params")
    assert cnncalc.analyze(name, "HxW").total("params") == network(name).total("params")


def test_flattening_costs_most_parameters_and_averaging_the_whole_map_as_few_as_a_small_grid() -> None:
    first = 3 * 3 * 3 * 64 + 3 * 3 * 64 * 64
    heads = {name: network(name, bias=False).total("params") - first for name in published.FIGURE_9_11}
    assert heads == {
        "figure_9_11_a": 16_384 * 1000,
        "figure_9_11_b": 576 * 1000,
        "figure_9_11_c": 3 * 3 * 64 * 1000,
    }


# 9. Receptive fields of record -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "row", "size"),
    [(name, row, size) for name, table in published.RECEPTIVE_FIELDS.items() for row, size in table.items()],
)
def test_a_unit_sees_the_pixels_of_record(name: str, row: str, size: int) -> None:
    seen = blocks(name)[row].receptive_field
    assert seen is not None
    assert [axis.size for axis in seen.axes] == [size, size]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("alexnet", "pool3"),
        *((name, "pool5") for name in published.VGG_FAMILY),
        ("resnet18", "conv5_2"),
        *((name, "conv5_3") for name in (*published.RESNETS, *published.RESNETS_V1_5) if name != "resnet18"),
        ("googlenet", "inception_5b"),
    ],
)
def test_the_units_of_the_last_map_lie_32_pixels_apart(name: str, row: str) -> None:
    seen = blocks(name)[row].receptive_field
    assert seen is not None
    assert [axis.jump for axis in seen.axes] == [32, 32]


def test_vgg16_gathers_90_pixels_of_padding() -> None:
    assert network("vgg16").layer("pool5").receptive_field.axes[0].padding == 90


@pytest.mark.parametrize("name", cnncalc.networks())
def test_a_chain_of_windows_is_one_window_of_its_receptive_field(name: str) -> None:
    """W' = (W - R + 2P)//J + 1, wherever nothing rounds up and nothing upsamples."""
    for layer in network(name).layers:
        if getattr(layer.node.layer, "rounding", "floor") == "ceil" or layer.kind == "deconv":
            break
        for axis, before, after in zip(
            layer.receptive_field.axes, network(name).input.shape.size, layer.output.size, strict=False
        ):
            expected = (before - axis.size + 2 * axis.padding) // axis.jump + 1
            if type(before) is int:
                assert (layer.name, after) == (layer.name, expected)


# 10. The course's pattern ----------------------------------------------------------------------


@pytest.mark.parametrize("convs", [1, 2, 5])
@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("fcs", [0, 1, 2])
def test_the_pattern_of_the_course_has_n_times_m_plus_k_plus_1_weight_layers(convs: int, groups: int, fcs: int) -> None:
    middle = f"(FC256-RELU)*{fcs}-" if fcs else ""
    text = f"[(CONV3-64-RELU)*{convs}-POOL2]*{groups}-{middle}FC10-SOFTMAX"
    analysis = cnncalc.analyze(text, "32x32x3")
    assert analysis.depth == convs * groups + fcs + 1
    assert analysis.layers[-1].output == Shape(10)
    pools = [layer for layer in analysis.layers if layer.kind == "maxpool"]
    assert pools[-1].output.size == (32 // 2**groups,) * 2


# Further networks ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", published.FURTHER)
def test_a_further_network_has_the_counts_of_record(name: str) -> None:
    params, macs = published.FURTHER[name]
    assert network(name).total("params") == params
    if macs is not None:
        assert network(name).total("macs") == macs


def test_unet_makes_maps_of_388_from_images_of_572() -> None:
    analysis = network("unet")
    assert str(analysis.layers[-1].output) == "388x388x2"
    sizes = [str(analysis.layer(name).output) for name in ("down4_2", "bottom_2", "skip4", "skip3", "skip2", "skip1")]
    assert sizes == ["64x64x512", "28x28x1024", "56x56x1024", "104x104x512", "200x200x256", "392x392x128"]


def test_squeezenet_has_fifty_times_fewer_parameters_than_alexnet() -> None:
    assert printed("50", Fraction(network("alexnet").total("params"), network("squeezenet").total("params")))


# Every bundled network -------------------------------------------------------------------------

# Heights and widths to try; those that a network cannot take are passed over.
SIZES = [(28, 28), (32, 32), (33, 47), (64, 97), (150, 131), (224, 224), (225, 231), (227, 227), (256, 192), (299, 320)]
UNET_SIZES = [(188, 188), (204, 572), (572, 572), (588, 620)]
QUANTITIES = ("params", "weights", "macs", "activations", "memory_bytes")


@pytest.mark.parametrize("name", cnncalc.networks())
def test_a_bundled_network_analyses_and_says_what_it_is_and_whence(name: str) -> None:
    spec = cnncalc.load(name)
    assert spec.name
    assert spec.about
    assert spec.reference
    analysis = network(name)
    assert analysis.name == name
    assert analysis.depth >= 1
    assert not analysis.notes


@pytest.mark.parametrize("name", cnncalc.networks())
def test_symbolic_results_with_sizes_put_in_are_the_numeric_results(name: str) -> None:
    rank = len(network(name).input.shape.size)
    assert rank == 2
    named = "HxWxC1" if name.startswith("stack") else "HxW"
    symbolic = cnncalc.analyze(name, named)
    tried = 0
    for height, width in UNET_SIZES if name == "unet" else SIZES:
        sizes = {"H": height, "W": width, "C1": 3, "C2": 7}
        text = f"{height}x{width}x3" if name.startswith("stack") else f"{height}x{width}"
        settings = {"C2": 7} if name.startswith("stack") else {}
        try:
            numeric = cnncalc.analyze(name, text, settings=settings)
        except SpecError:
            continue
        tried += 1
        values: dict[Any, int] = {}  # most layers share their sizes with others
        for left, right in zip(symbolic.layers, numeric.layers, strict=True):
            assert (left.name, left.kind) == (right.name, right.kind)
            found = [*left.output.size, left.output.channels, *(getattr(left, quantity) for quantity in QUANTITIES)]
            expected = [
                *right.output.size, right.output.channels, *(getattr(right, quantity) for quantity in QUANTITIES)
            ]  # fmt: skip
            for value in found:
                if value not in values:
                    values[value] = substitute(value, sizes)
            assert (left.name, [values[value] for value in found]) == (right.name, expected)
    assert tried >= 3


@pytest.mark.parametrize("name", cnncalc.networks())
def test_the_convolutional_form_costs_the_same_at_the_own_input(name: str) -> None:
    dense, convolutional = cnncalc.analyze(name), cnncalc.analyze(name, head="conv")
    for quantity in ("params", "macs", "activations"):
        assert dense.total(quantity) == convolutional.total(quantity)


def test_vgg16_slides_over_a_larger_input_with_the_same_weights() -> None:
    found = {layer.name: layer for layer in cnncalc.analyze("vgg16", 384, head="conv").layers}
    outputs = {name: str(found[name].node.output) for name in ("pool5", "fc6", "drop6", "fc7", "fc8")}
    assert outputs == {
        "pool5": "12x12x512",
        "fc6": "6x6x4096",
        "drop6": "6x6x4096",
        "fc7": "6x6x4096",
        "fc8": "6x6x1000",
    }
    assert found["fc6"].weights == 7 * 7 * 512 * 4096
    assert found["fc6"].macs == 7 * 7 * 512 * 4096 * 6 * 6


def test_flattening_is_left_out_of_the_convolutional_form(write: Write) -> None:
    spec = write(
        "input: 8x8x3\n"
        "layers: [{conv: {filters: 8, kernel: 3}}, {flatten: , name: flat}, {dropout: 0.5},\n"
        "  {fc: {units: 10, bias: false}}, relu, {fc: 4, name: last}, {relu: , from: last}]\n"
    )
    own, larger = (cnncalc.analyze(spec, size, head="conv") for size in (8, "10x13"))
    assert [str(layer.node.output) for layer in larger.layers] == [
        "8x11x8", "8x11x8", "3x6x10", "3x6x10", "3x6x4", "3x6x4",
    ]  # fmt: skip
    assert cnncalc.analyze(spec).total("params") == own.total("params") == larger.total("params")
    assert larger.layers[2].params == 6 * 6 * 8 * 10


def test_what_has_no_convolutional_form_is_refused() -> None:
    with pytest.raises(cnncalc.SpecError, match="no convolutional form"):
        cnncalc.analyze("lenet5", 64, head="conv")
    with pytest.raises(cnncalc.SpecError, match="head cannot be 'cnv'"):
        cnncalc.analyze("lenet5", head="cnv")
    with pytest.raises(cnncalc.SpecError, match="window is larger than its input"):
        cnncalc.analyze("vgg16", 128, head="conv")


@pytest.mark.parametrize(("size", "said"), [("32", True), ("224", False), ("224x224x3", False)])
def test_fully_connected_layers_that_another_input_changes_are_named(cli: Cli, size: str, said: bool) -> None:
    text = " ".join(cli("vgg16", "--input", size).output.split())
    assert said == ("fc6 has 2,097,152 weights here instead of 102,760,448; --head conv keeps the weights" in text)
    assert "another network" not in cli("resnet50", "--input", "320").output


XCEPTION = str(Path(__file__).parent / "specs" / "xception.yaml")


def test_xception_has_its_published_parameters_and_its_sizes() -> None:
    """Keras Applications: 22,910,480 parameters, 54,528 of them running statistics."""
    assert cnncalc.analyze(XCEPTION).total("params") == 22_910_480 - 54_528
    assert cnncalc.analyze(XCEPTION, convention="keras").total("params") == 22_910_480
    found = cnncalc.analyze(XCEPTION)
    ends = [str(found.part(name)[-1].output) for name in ("block2", "block3", "block4", "middle_8", "block13")]
    assert ends == ["74x74x128", "37x37x256", "19x19x728", "19x19x728", "10x10x1024"]


@pytest.mark.parametrize(
    ("given", "size", "params", "trained", "macs"),
    [
        (("NASNet-A Mobile", 224, 1056, 4, 32), 224, 5_326_716, 5_289_978, 564e6),
        (("NASNet-A Large", 331, 4032, 6, 96), 331, 88_949_818, 88_753_150, 23.8e9),
    ],
)
def test_nasnet_has_its_published_counts_as_numbers_and_as_formulas(
    cli: Cli, tmp_path: Path, given: tuple[str, int, int, int, int], size: int, params: int, trained: int, macs: float
) -> None:
    """Keras Applications: the parameters, running statistics and all; Zoph et al. 2017, table 2: the MACs."""
    spec = tmp_path / "nasnet.yaml"
    spec.write_text(nasnet(*given, skip=size == 331))
    found = cnncalc.analyze(str(spec))
    assert (cnncalc.analyze(str(spec), convention="keras").total("params"), found.total("params")) == (params, trained)
    assert found.total("macs") == pytest.approx(macs, rel=1e-3)
    formula = cnncalc.analyze(str(spec), "HxWx3").total("macs")
    for side in (3, 224, 299, 331):
        numbers = cnncalc.analyze(str(spec), f"{side}x{side + 1}x3").total("macs")
        assert numbers == substitute(formula, {"H": side, "W": side + 1})
    assert "H >= 3, W >= 3" in cli.text("formula", str(spec), "--only", "macs")
    assert "H = 3 + 2k" in cli.text("fit", str(spec))
    swept = cli.text("sweep", str(spec), "--input", f"{size},{size + 32}", "--format", "csv").splitlines()
    assert swept[1].startswith(f"{size},{trained},{found.total('macs')},")


def test_xception_has_formulas_and_every_question_about_it_an_answer(cli: Cli) -> None:
    """Its branches are padded as in TensorFlow, and aligned at some sizes only."""
    numbers = {size: cnncalc.analyze(XCEPTION, size).total("macs") for size in (299, 331)}
    macs = cnncalc.analyze(XCEPTION, "HxWx3").total("macs")
    assert numbers == {size: substitute(macs, {"H": size, "W": size}) for size in numbers}
    assert "H >= 7, W >= 7" in cli.text("formula", XCEPTION, "--only", "macs")
    assert "its own input, 299x299, fits" in cli.text("fit", XCEPTION)
    assert "331" in cli.text("sweep", XCEPTION, "--input", "299,331", "--format", "csv")


def test_a_gate_of_channels_and_a_gate_of_positions_scale_a_map(write: Write) -> None:
    """CBAM, Woo et al. 2018: of 14x14x32, gates of 32 channels and of 14x14 positions."""
    text = """
input: 14x14x32
layers:
  - {multiply: [[], [globalavgpool, {conv: {filters: 2, kernel: 1}}, {conv: {filters: 32, kernel: 1}}, sigmoid]]}
  - {multiply: [[], [{conv: {filters: 1, kernel: 7, padding: 3}}, sigmoid]], name: gated}
"""
    found = cnncalc.analyze(write(text))
    gated = found.layer("gated")
    assert Shape(32, 14, 14) == gated.output == gated.input
    assert 14 * 14 * 32 == gated.operations.other_multiplies
    assert (32 * 2 + 2) + (2 * 32 + 32) + (7 * 7 * 32 + 1) == found.total("params")
    gate = "[{conv: {filters: 1, kernel: 7, padding: 3}}, sigmoid]"
    swapped = cnncalc.analyze(write(text.replace(f"[[], {gate}]", f"[{gate}, []]")))
    assert (gated.output, gated.operations) == (swapped.layer("gated").output, swapped.layer("gated").operations)


def test_channels_behind_a_gate_of_positions_see_what_the_gate_sees(write: Write) -> None:
    text = """
input: 32x32x3
layers:
  - concat: [[{conv: {filters: 4, kernel: 1}}], [{conv: {filters: 4, kernel: 5, padding: 2}}]]
  - multiply: [[], [{slice: {channels: 1}}, {conv: {filters: 1, kernel: 3, padding: 1}}]]
  - {slice: {channels: 4, start: START}}
"""
    fields = [
        cnncalc.analyze(write(text.replace("START", start))).layers[-1].receptive_field.axes[0].size
        for start in ("0", "4")
    ]
    assert [3, 5] == fields  # 1x1 under a gate of 3x3 on the first channel; 5x5 under the same


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        ("{conv: {filters: 2, kernel: 1}}", "cannot scale 32 channels (14x14x32) by 2 (14x14x2)"),
        ("{conv: {filters: 1, kernel: 3}}", "the inputs differ: 14x14x32 (first) and 12x12x1 (number 2)"),
        ("{fc: 31}", "cannot scale 32 channels (14x14x32) by 31 (31)"),
    ],
)
def test_what_cannot_scale_a_map_is_refused_with_what_can(gate: str, words: str, write: Write) -> None:
    with pytest.raises(SpecError) as caught:
        cnncalc.analyze(write(f"input: 14x14x32\nlayers:\n  - multiply: [[], [{gate}]]\n"))
    assert words in str(caught.value)
    assert "these go together: equal shapes; HxWxC with HxWx1, with 1x1xC or with a vector of C values" in str(
        caught.value
    )
