"""Networks with several inputs, and stacks that share their weights: sizes, counts and fields, command by command."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc import SpecError
from cnncalc.export import spec_yaml
from cnncalc.layers import Shape

SIAMESE = """
inputs: {left: 133x133x3, right: 133x133x3}
defaults:
  conv: {kernel: 3, stride: 2}
blocks:
  tower:
    - conv: 64
    - conv: 16
    - conv: 4
layers:
  - {tower: , name: left_tower}
  - {tower: , name: right_tower, from: right, share: left_tower}
  - {add: , from: [left_tower, right_tower]}
  - maxpool: 3
  - fc: 4
"""
DEPTH = """
inputs: {image: 64x64x3, depth: 32x32x1}
layers:
  - {conv: {filters: 8, kernel: 5, padding: same, stride: 2}, name: colours}
  - {conv: {filters: 8, kernel: 3, padding: same}, name: distances, from: depth}
  - {concat: , from: [colours, distances], name: both}
  - {conv: {filters: 4, kernel: 3, padding: same}, name: mixed}
"""
VECTOR = """
inputs: {facts: 7, image: 32x32x3}
layers:
  - {conv: {filters: 8, kernel: 3, padding: same}, from: image}
  - maxpool: 2
  - {flatten: , name: seen}
  - {concat: , from: [seen, facts]}
  - fc: 2
"""


@pytest.fixture
def siamese(write: Write) -> str:
    return write(SIAMESE, "siamese.yaml")


def field(layer: cnncalc.LayerResult) -> Any:
    """The width of what a layer sees, or by input where that differs."""
    seen = layer.receptive_field
    if seen.by_input:
        return {name: each.axes[0].size if each.axes else "all" for names, each in seen.by_input for name in names}
    return seen.axes[0].size if seen.axes else seen.read("size")


def message(caught: pytest.ExceptionInfo[SpecError]) -> str:
    return str(caught.value)


# Counts -------------------------------------------------------------------------------------------


def test_shared_parameters_count_once_and_operations_at_every_use(siamese: str) -> None:
    found = cnncalc.analyze(siamese)
    # (133 - 3)/2 + 1 = 66, (66 - 3)/2 + 1 = 32 and (32 - 3)/2 + 1 = 15, rounded down; 15/3 = 5
    sizes = [Shape(64, 66, 66), Shape(16, 32, 32), Shape(4, 15, 15)]
    assert [*sizes, *sizes, Shape(4, 15, 15), Shape(4, 5, 5), Shape(4)] == [each.output for each in found.layers]
    tower = [27 * 64 + 64, 576 * 16 + 16, 144 * 4 + 4]
    assert [*tower, 0, 0, 0, 0, 0, 404] == [each.params for each in found.layers]
    assert 12_008 == found.total("params")
    assert 2 * (27 * 64 * 66**2 + 576 * 16 * 32**2 + 144 * 4 * 15**2) + 400 == found.total("macs")
    assert 4 == found.depth


def test_every_input_is_held_until_it_has_been_read(siamese: str) -> None:
    found = cnncalc.analyze(siamese)
    image, first = 133 * 133 * 3, 66 * 66 * 64
    assert [("left", image), ("right", image)] == [(each.name, each.activations) for each in found.inputs]
    layers = 2 * (first + 32 * 32 * 16 + 900) + 900 + 100 + 4
    assert 2 * image + layers == found.total("activations")
    assert 4 * (2 * image + first) == found.peak_memory_bytes  # at the first convolution, while both are there
    batched = cnncalc.analyze(siamese, batch=3)
    assert 3 * (2 * image + layers) == batched.total("activations")
    assert 12_008 == batched.total("params")


def test_groups_and_repeated_blocks_share_layer_by_layer(write: Write) -> None:
    text = """
inputs: {left: 16x16x4, right: 16x16x4}
blocks:
  step:
    - conv: {filters: 4, kernel: 3, padding: 1}
    - batchnorm
layers:
  - {step: , name: one, repeat: 2}
  - {step: , name: other, repeat: 2, from: right, share: one_1}
  - {group: [{step: , repeat: 2}, relu], name: third, from: left}
  - {group: [{step: , repeat: 2}, relu], name: fourth, from: right, share: third}
  - {add: , from: [one_2, other_2, third, fourth]}
"""
    found = cnncalc.analyze(write(text))
    step = 4 * 9 * 4 + 4 + 8
    assert 2 * step + 2 * step == found.total("params")
    assert 4 * 8 == found.total("buffers")
    assert 8 * 4 * 9 * 4 * 256 == found.total("macs")
    owners = [layer.node.shared for layer in found.layers_in("fourth")]
    assert [each.name for each in found.layers_in("third")][:-1] == owners[:-1]
    assert "" == owners[-1]  # a ReLU has nothing to share


def test_a_symbolic_repeat_shares_with_one_of_as_many_rounds(write: Write) -> None:
    text = """
inputs: {left: 16x16x4, right: 16x16x4}
parameters: {L: , M: }
defaults: {conv: {filters: 4, kernel: 3, padding: 1}}
layers:
  - {group: [conv, relu], name: one, repeat: L}
  - {group: [conv, relu], name: other, repeat: ROUNDS, from: right, share: one}
  - {add: , from: [one, other]}
"""
    found = cnncalc.analyze(write(text.replace("ROUNDS", "L")))
    assert ("148*L", "73728*L") == tuple(str(found.total(quantity)) for quantity in ("params", "macs"))
    with pytest.raises(SpecError) as caught:
        cnncalc.analyze(write(text.replace("ROUNDS", "M")))
    assert "one stands M times in a row, the other L times" in message(caught)


def test_shared_units_stay_shared_as_convolutions(write: Write) -> None:
    text = """
inputs: {left: 8x8x2, right: 8x8x2}
layers:
  - {fc: 5, name: one}
  - {fc: 5, name: other, from: right, share: one}
  - {add: , from: [one, other]}
"""
    path = write(text)
    assert 8 * 8 * 2 * 5 + 5 == cnncalc.analyze(path).total("params")
    slid = cnncalc.analyze(path, "10", head="conv")
    assert 8 * 8 * 2 * 5 + 5 == slid.total("params")
    assert Shape(5, 3, 3) == slid.layers[-1].output


# What is given for the inputs -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size", "shapes"),
    [
        (SIAMESE, None, ["133x133x3", "133x133x3"]),
        (SIAMESE, 64, ["64x64x3", "64x64x3"]),
        (SIAMESE, "64x80", ["64x80x3", "64x80x3"]),
        (SIAMESE, "64x80x1", ["64x80x1", "64x80x1"]),
        (SIAMESE, "left=64x64x1, right=64x64x1", ["64x64x1", "64x64x1"]),
        (SIAMESE, "right=133", ["133x133x3", "133x133x3"]),
        (SIAMESE, "HxWx3", ["HxWx3", "HxWx3"]),
        (DEPTH, "image=128,depth=64", ["128x128x3", "64x64x1"]),
        (VECTOR, 64, ["7", "64x64x3"]),
        (VECTOR, "facts=9", ["9", "32x32x3"]),
        ("inputs: {image: 8x8x3}\nlayers: [relu]", "9", ["9x9x3"]),
        ("inputs: {image: 8x8x3}\nlayers: [relu]", "image=9x9x1", ["9x9x1"]),
        ("input: 8x8x3\nlayers: [relu]", "input=9x9x1", ["9x9x1"]),
    ],
)
def test_an_input_is_given_for_all_or_by_name(text: str, size: Any, shapes: list[str], write: Write) -> None:
    assert shapes == [str(each.shape) for each in cnncalc.expand(write(text), size).inputs]


@pytest.mark.parametrize(
    ("text", "size", "words"),
    [
        (SIAMESE, "lefd=64", "the network has no input 'lefd'\n  hint: did you mean 'left'?"),
        (SIAMESE, "left=64,64", "'64' does not name its input"),
        (SIAMESE, "left=64,left=65", "the input 'left' is given twice"),
        (SIAMESE, "left=64", "the inputs differ: 7x7x4 (first) and 15x15x4 (number 2)"),
        (SIAMESE, "left=0", "a size must be from 1 to"),
        (SIAMESE, "", "'' is not an input size"),
        (SIAMESE, "1x2x3x4x5x6", "has 6 numbers, but the network takes 133x133x3"),
        (DEPTH, "64x64x1", "gives the same channels to inputs that have different ones"),
        ("inputs: {a: 5, b: 6}\nlayers: [{concat: , from: [a, b]}]", "7", "'7' does not say which it is for"),
        ("inputs: {a: 5x5, b: 6x6x1}\nlayers: [fc: 2, {fc: 2, from: b}]", "7", "'7' does not say which it is for"),
    ],
)
def test_an_input_that_fits_none_is_refused(text: str, size: str, words: str, write: Write) -> None:
    with pytest.raises(SpecError) as caught:
        cnncalc.analyze(write(text), size)
    assert words in message(caught)


def test_a_variant_has_inputs_of_its_own(write: Write) -> None:
    path = write(SIAMESE + "variants:\n  small: {inputs: {left: 64x64x1, right: 64x64x1}}\n")
    # 9*64 + 64 on one channel, and fc-4 on 2x2x4
    assert 640 + 9_232 + 580 + 68 == cnncalc.analyze(f"{path}:small").total("params")


def test_there_is_a_limit_of_inputs(write: Write) -> None:
    names = [f"i{number}" for number in range(101)]
    inputs = ", ".join(f"{name}: 4x4x1" for name in names)
    text = f"inputs: {{{inputs}}}\nlayers: [{{concat: , from: [{', '.join(names)}]}}]"
    with pytest.raises(SpecError) as caught:
        cnncalc.analyze(write(text))
    assert "the network has 101 inputs; the limit is 100" in message(caught)
    assert 101 == cnncalc.analyze(write(text), limits={"inputs": 101}).layers[0].output.channels


# Receptive fields -----------------------------------------------------------------------------------


def test_towers_that_see_the_same_have_one_field_behind_their_sum(siamese: str) -> None:
    fields = {layer.name: field(layer) for layer in cnncalc.analyze(siamese).layers}
    # 1 + 2 = 3, 3 + 2*2 = 7, 7 + 2*4 = 15; the pool takes 3 units that are 8 pixels apart
    assert [3, 7, 15, 15, 31] == [fields[f"left_tower/conv{number}"] for number in (1, 2, 3)] + [
        fields["add1"],
        fields["maxpool1"],
    ]


def test_fields_that_differ_are_those_on_each_input(write: Write) -> None:
    found = cnncalc.analyze(write(DEPTH))
    assert [5, 3, {"image": 5, "depth": 3}, {"image": 9, "depth": 5}] == [field(layer) for layer in found.layers]
    jumps = {names: each.axes[0].jump for names, each in found.layers[-1].receptive_field.by_input}
    assert {("image",): 2, ("depth",): 1} == jumps


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        ("{slice: {channels: 8}}", 5),
        ("{slice: {channels: 8, start: 8}}", 3),
        ("{slice: {channels: 8, start: 4}}", {"image": 5, "depth": 3}),
        ("{depthwise: 3}", {"image": 9, "depth": 5}),
        ("globalavgpool", "all"),
        ("{fc: 2}", "all"),
        ("{multiply: [[], [{globalavgpool: , from: distances}, {fc: 16}]]}", {"image": 5, "depth": "all"}),
    ],
)
def test_a_part_of_joined_inputs_sees_what_it_reads(behind: str, expected: Any, write: Write) -> None:
    text = DEPTH[: DEPTH.index("  - {conv: {filters: 4")]
    assert expected == field(cnncalc.analyze(write(f"{text}  - {behind}\n")).layers[-1])


def test_a_vector_has_no_pixels_to_see(write: Write) -> None:
    text = """
inputs: {facts: 7, image: 32x32x3}
layers:
  - {fc: 3, from: facts}
  - {conv: {filters: 3, kernel: 5}, from: image, name: seen}
  - {multiply: , from: [seen, fc1]}
"""
    assert 5 == field(cnncalc.analyze(write(text)).layers[-1])


def test_strides_are_compared_on_one_input_alone(write: Write) -> None:
    text = """
inputs: {image: 8x8x1, other: 8x8x1}
layers:
  - {conv: {filters: 2, kernel: 3, stride: 2, padding: 1}, name: halved}
  - {conv: {filters: 2, kernel: 5}, name: cut, from: SOURCE}
  - {add: , from: [halved, cut], name: joined}
  - {conv: {filters: 2, kernel: 5}, from: other, name: beside}
  - {concat: , from: [joined, beside]}
"""
    last = cnncalc.analyze(write(text.replace("SOURCE", "other"))).layers[-1]
    assert {"image": 3, "other": 5} == field(last)
    with pytest.raises(SpecError) as caught:
        cnncalc.analyze(write(text.replace("SOURCE", "image")))
    assert "joined: the merged branches have different jumps: 2 and 1" in message(caught)


def test_more_fields_than_the_limit_are_called_unknown(write: Write) -> None:
    path = write(DEPTH + "  - globalavgpool\n")
    known, unknown, pooled = cnncalc.analyze(path, limits={"input_fields": 1}).layers[2:]
    assert {"image": 5, "depth": 3} == field(known)
    assert unknown.receptive_field.unknown.startswith("more than 1 differ from input to input")
    assert "all" == field(pooled)


# Commands -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [SIAMESE, DEPTH, VECTOR])
def test_an_expanded_spec_is_the_same_network(text: str, write: Write) -> None:
    graph = cnncalc.expand(write(text, "net.yaml"))
    again = cnncalc.expand(write(spec_yaml.render(graph), "expanded.yaml"))
    assert graph.same_network(again)


def test_other_inputs_make_another_network(write: Write) -> None:
    graph = cnncalc.expand(write(SIAMESE))
    assert not graph.same_network(cnncalc.expand(write(SIAMESE.replace("right", "east"))))
    assert not graph.same_network(cnncalc.expand(write(SIAMESE.replace(", share: left_tower", ""))))
    assert not graph.same_network(cnncalc.expand(write(SIAMESE.replace("133x133x3", "134x134x3"))))


def test_the_table_has_a_row_for_every_input(cli: Cli, siamese: str) -> None:
    lines = cli("show", siamese, "--columns", "layer,output,memory").stdout.splitlines()
    assert "siamese  inputs left 133x133x3, right 133x133x3" == lines[0]
    rows = [line.split() for line in lines[4:6]]
    assert [["left", "133x133x3"], ["right", "133x133x3"]] == [row[:2] for row in rows]
    assert ["INPUT:", "[133x133x3]"] == cli("show", siamese, "--format", "slide").stdout.splitlines()[1].split()[:2]


def test_json_lists_the_inputs_and_fields_by_input(cli: Cli, write: Write) -> None:
    data = json.loads(cli("show", write(DEPTH), "--format", "json").stdout)
    assert [("image", 3, [64, 64]), ("depth", 1, [32, 32])] == [
        (each["name"], each["channels"], each["size"]) for each in data["inputs"]
    ]
    assert data["input"]["size"] == [64, 64]
    both = data["layers"][2]["receptive_field"]["by_input"]
    assert [(["image"], [5, 5]), (["depth"], [3, 3])] == [(each["inputs"], each["size"]) for each in both]
    single = json.loads(cli("show", "lenet5", "--format", "json").stdout)
    assert "inputs" not in single


def test_explain_works_on_every_layer(cli: Cli, siamese: str, write: Write) -> None:
    assert (
        "params      = 0  (the weights are those of left_tower/conv1)"
        in cli("explain", siamese, "right_tower/conv1").stdout
    )
    assert "R'          = R = 15" in cli("explain", siamese, "add1").stdout
    shares = cli("explain", siamese, "activations").stdout
    assert "53,067 (left" in shares
    depth = cli("explain", write(DEPTH), "both").stdout
    assert "R'           unknown: it is 5x5 on image, 3x3 on depth" in depth


def test_formulas_have_symbols_for_every_size(siamese: str, write: Write) -> None:
    found = cnncalc.formula(siamese, plain=True)
    assert cnncalc.analyze(siamese, "150x170").total("macs") == found["macs"].subs({"H": 150, "W": 170})
    other = cnncalc.formula(write(DEPTH), plain=True)
    assert {"H", "W", "H2", "W2"} == {str(each) for each in other["macs"].free_symbols}
    assert ["H2 == (H + 1)//2", "W2 == (W + 1)//2"] == list(other.conditions)


def test_fit_and_solve_look_for_the_one_size_of_all_inputs(siamese: str) -> None:
    fit = cnncalc.fit(siamese)
    # 15 units of the sum, 8 pixels apart, see 15 + 14*8 = 127 pixels; the pool takes 3 of them at a time.
    assert [31, 55, 79, 103, 127] == fit.sizes["H"].first(5)
    assert 133 not in fit
    assert [{"input": 127}] == cnncalc.solve(siamese, "add1=15x15").solutions


@pytest.mark.parametrize("command", [("fit",), ("solve", "mixed=32x32, input=?")])
def test_fit_and_solve_refuse_inputs_of_different_sides(command: tuple[str, ...], cli: Cli, write: Write) -> None:
    refused = cli.refused(command[0], write(DEPTH), *command[1:], status=1 if command[0] == "fit" else 2)
    assert "the inputs have different sides" in refused or "the inputs have different sizes" in refused


def test_a_sweep_gives_all_inputs_the_same_sides(siamese: str, write: Write) -> None:
    rows = list(cnncalc.sweep(siamese, "64:133:69", columns="params,macs"))
    assert [(64, 11_672), (133, 12_008)] == [(row["input"], row["params"]) for row in rows]
    assert [cnncalc.analyze(siamese, size).total("macs") for size in (64, 133)] == [row["macs"] for row in rows]
    with pytest.raises(SpecError) as caught:
        list(cnncalc.sweep(siamese, "left=64"))
    assert "a sweep changes the sides of all inputs together" in message(caught)
    with pytest.raises(SpecError) as caught:
        list(cnncalc.sweep(write(DEPTH), "64x64x1:3"))
    assert "channels" in message(caught)


def test_networks_with_other_inputs_are_compared(cli: Cli, siamese: str) -> None:
    assert "left 133x133x3, right 133x133x3" in cli("compare", siamese, "lenet5").stdout
    assert "inputs left 133x133x3, right 133x133x3" in cli("compare", siamese, "--conventions", "fvcore").stdout


# Checking -------------------------------------------------------------------------------------------


def checked(write: Write, table: str, network: str) -> list[tuple[str, str, str, list[str]]]:
    """(layer, quantity, status, the mistakes) of every claim of a table."""
    found = cnncalc.check(write(table, "table.csv"), network=network)
    return [(each.claim.layer, each.claim.quantity, each.status, list(each.diagnoses)) for each in found]


def test_rows_of_both_towers_and_of_every_input_are_judged(siamese: str, write: Write) -> None:
    table = """layer,output,params
left,133x133x3,0
Right,133x133x3,0
left_tower/conv1,66x66x64,1792
left_tower,15x15x4,11604
right_tower,15x15x4,0
add1,15x15x4,0
maxpool1,5x5x4,0
fc1,4,404
total,,"12,008"
"""
    assert {"match"} == {status for _, _, status, _ in checked(write, table, siamese)}
    wrong = checked(write, "layer,output\nleft,133x133x1\nright,132x132x3\n", siamese)
    assert ["mismatch", "mismatch"] == [status for _, _, status, _ in wrong]


def test_shared_weights_that_are_counted_at_every_use_are_explained(siamese: str, write: Write) -> None:
    table = "layer,params\nright_tower/conv2,9232\ntotal,23612\n"
    (layer, total) = checked(write, table, siamese)
    assert ["the weights are those of left_tower/conv2, and count once, there; this gives 9,232"] == layer[3][:1]
    assert total[3][0].startswith("shared weights were counted at every use, but they are there only once")


def test_a_field_that_differs_may_be_claimed_for_either_input(write: Write) -> None:
    table = """layer,receptive field
image,1
both,5
both,3
mixed,9
mixed,"9 (image), 5 (depth)"
both,4
mixed,"9 (image), 4 (depth)"
"""
    found = checked(write, table, write(DEPTH, "depth.yaml"))
    assert [*["match"] * 5, "mismatch", "mismatch"] == [status for _, _, status, _ in found]


@pytest.mark.parametrize("columns", ["layer,rf", "layer,output,rf,jump,padding", "+flops"])
@pytest.mark.parametrize("text", [SIAMESE, DEPTH, VECTOR])
def test_what_show_prints_is_checked_as_right(text: str, columns: str, cli: Cli, write: Write) -> None:
    network = write(text, "net.yaml")
    printed = write(cli.text("show", network, "--columns", columns), "printed.txt")
    assert {"match"} == {each.status for each in cnncalc.check(printed, network=network)}


def test_the_row_of_the_input_is_that_of_the_first_where_all_are_alike(siamese: str, write: Write) -> None:
    assert [("input", "output", "match", [])] == checked(write, "layer,output\ninput,133x133x3\n", siamese)
    (row,) = checked(write, "layer,output\ninput,64x64x3\n", write(DEPTH, "depth.yaml"))
    assert "error" == row[2]


def test_a_table_may_hold_a_spec_with_several_inputs(write: Write) -> None:
    table = """
spec:
  inputs: {left: 8x8x3, right: 8x8x3}
  layers:
    - {conv: {filters: 2, kernel: 3}, name: a}
    - {conv: {filters: 2, kernel: 3}, name: b, from: right, share: a}
    - {add: , from: [a, b], name: s}
claims:
  s: {output: 6x6x2, receptive field: 3}
  left: 8x8x3
  total: {params: 56, activations: 3*6*6*2 + 2*8*8*3}
"""
    assert {"match"} == {each.status for each in cnncalc.check(write(table, "table.yaml"))}


def test_rows_with_the_types_of_a_framework_are_matched_in_order(siamese: str, write: Write) -> None:
    table = """layer,output,params
InputLayer,133x133x3,0
InputLayer,133x133x3,0
Conv2D,66x66x64,1792
Conv2D,32x32x16,9232
Conv2D,15x15x4,580
Conv2D,66x66x64,0
Conv2D,32x32x16,0
Conv2D,15x15x4,0
Add,15x15x4,0
MaxPooling2D,5x5x4,0
Dense,4,404
"""
    found = checked(write, table, siamese)
    assert {"match"} == {status for _, _, status, _ in found}
    assert ["left", "right", "left_tower/conv1"] == [layer for layer, quantity, _, _ in found if quantity == "params"][
        :3
    ]
