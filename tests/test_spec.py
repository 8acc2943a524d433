"""The spec language says what it seems to say: round trips, scalars, expressions, families, taps, notation."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc import CATALOGUE, Graph, SpecError
from cnncalc.export import spec_yaml
from cnncalc.layers import AvgPool, Conv, DepthwiseConv, FullyConnected, MaxPool, Shape, TransposedConv
from cnncalc.layers.receptive_field import AxisReceptiveField, ReceptiveField
from cnncalc.spec.find import specs_folder
from cnncalc.spec.input_size import parse_input
from cnncalc.spec.readers import register
from cnncalc.spec.readers.register import READERS

SPECS = Path(__file__).resolve().parent / "specs"
OWN = sorted(path.stem for path in SPECS.glob("*.yaml"))
CLASSES = list(dict.fromkeys(CATALOGUE.values()))

Build = Callable[..., Graph]


@pytest.fixture
def build(write: Write) -> Build:
    """The network of a spec given as text; `layers` alone stand on an input of 32x32x3."""

    def make(text: str, size: str | None = None, **settings: Any) -> Graph:
        if "input:" not in text:
            text = "input: 32x32x3\n" + text
        path = write(text)
        return cnncalc.expand(path, size, settings=settings)

    return make


def own(name: str, **settings: Any) -> Graph:
    """A spec of tests/specs, `name` or `name:variant`."""
    file, colon, variant = name.partition(":")
    return cnncalc.expand(f"{SPECS / file}.yaml{colon}{variant}", settings=settings)


def outputs(graph: Graph) -> dict[str, str]:
    return {node.name: str(node.output) for node in graph.nodes}


def sources(graph: Graph, name: str) -> list[str]:
    """What a layer reads from, by name."""
    (node,) = [node for node in graph.nodes if node.name == name]
    return ["input" if source < 0 else graph.nodes[source].name for source in node.sources]


# Round trips -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*cnncalc.networks(), *(str(SPECS / f"{stem}.yaml") for stem in OWN)])
def test_a_network_written_out_is_read_back_as_the_same_network(name: str, write: Write) -> None:
    graph = cnncalc.expand(name)
    path = write(spec_yaml.render(graph), "expanded.yaml")
    again = cnncalc.expand(path)
    assert graph.same_network(again)
    assert (graph.title, graph.about, graph.reference) == (again.title, again.about, again.reference)
    assert spec_yaml.render(graph) == spec_yaml.render(again)


def test_two_networks_that_differ_in_one_layer_are_not_the_same(build: Build) -> None:
    first = build("layers: [{conv: {filters: 8, kernel: 3}}, relu]")
    assert first.same_network(build("layers: [{conv: {filters: 8, kernel: 3}}, relu]"))
    assert not first.same_network(build("layers: [{conv: {filters: 8, kernel: 5}}, relu]"))
    assert not first.same_network(build("layers: [{conv: {filters: 8, kernel: 3}}, tanh]"))
    assert not first.same_network(build("layers: [{conv: {filters: 8, kernel: 3}}, {relu: , from: input}]"))
    assert not first.same_network(build("layers: [{conv: {filters: 8, kernel: 3}}, {relu: , name: end}]"))


@pytest.mark.parametrize(
    "layers",
    [
        "  - {conv: {filters: in.channels * in.channels, kernel: 3}}",
        "  - {split: 2}\n  - {conv: {filters: in.channels, kernel: 3}}",
        "  - {conv: {filters: in.height % 3 + 1, kernel: 3}}",
        "  - {conv: {filters: (in.height + 1) * (in.width // 2), kernel: 3}}",
        "  - {conv: {filters: 8, kernel: 3, padding: [[margin, 0], [0, 2*margin]]}}",
    ],
    ids=["square", "quotient", "remainder", "product", "nested list"],
)
def test_symbols_in_the_fields_of_a_layer_survive_the_round_trip(layers: str, build: Build) -> None:
    graph = build(f"input: HxWxC\nparameters:\n  margin:\nlayers:\n{layers}\n")
    assert graph.same_network(build(spec_yaml.render(graph)))


@pytest.mark.parametrize(
    "title", ["no", "3", "it's 100% #1: [a, b] & {c}", 'say "hi" \\ there', " padded ", "- x", "ü\u00d7"]
)
def test_any_title_survives_the_round_trip(title: str, build: Build) -> None:
    quoted = "'" + title.replace("'", "''") + "'"
    graph = build(f"name: {quoted}\ninput: 8x8x3\nlayers: [relu]\n")
    assert title == graph.title
    assert title == build(spec_yaml.render(graph)).title


# The catalogue -----------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", CLASSES, ids=lambda layer: layer.kind)
def test_every_layer_type_is_documented(layer: type[cnncalc.Layer]) -> None:
    assert (layer.__doc__ or "").strip() != ""
    assert [] == [name for name, field in layer.fields.items() if not field.doc]


def test_every_layer_type_appears_in_a_bundled_network_or_a_test_spec() -> None:
    names = [*cnncalc.networks(), *(str(SPECS / f"{stem}.yaml") for stem in OWN)]
    used = {type(node.layer) for name in names for node in cnncalc.expand(name).nodes}
    assert [] == [layer.kind for layer in CLASSES if layer not in used]


def test_every_alias_makes_the_layer_it_stands_for(build: Build) -> None:
    for alias, layer in CATALOGUE.items():
        assert layer is CATALOGUE[layer.kind]
        assert alias in (layer.kind, *layer.aliases)
    names = [name for name, layer in CATALOGUE.items() if layer is FullyConnected]
    graph = build("layers:\n" + "".join(f"  - {name}: 7\n" for name in names))
    assert [FullyConnected(7)] * len(names) == [node.layer for node in graph.nodes]


# Scalars -----------------------------------------------------------------------------------------


def test_words_that_yaml_1_1_takes_for_truth_or_numbers_are_names(build: Build) -> None:
    names = ["no", "on", "yes", "off", "y", "010", "1e3", "0x10", "null", "true", "12"]
    graph = build("layers:\n" + "".join(f"  - {{relu: , name: '{name}'}}\n" for name in names))
    assert names == [node.name for node in graph.nodes]
    plain = [name for name in names if name != "null"]
    graph = build("layers:\n" + "".join(f"  - {{relu: , name: {name}}}\n" for name in plain))
    assert plain == [node.name for node in graph.nodes]


@pytest.mark.parametrize("text", ["010", "3:20", "0x10", "0o17", "1e3", "1_000", "2.5", "yes", "1,5", "½", "٣"])
def test_what_only_looks_like_a_whole_number_is_none(text: str, build: Build) -> None:
    with pytest.raises(SpecError):
        build(f'layers:\n  - fc: {{units: "{text}"}}\n')


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("+7", 7), ('"7"', 7), ("'3 + 4'", 7), ("0 + 7", 7)])
def test_a_whole_number_may_be_written_in_several_ways(text: str, value: int, build: Build) -> None:
    assert str(value) == str(build(f"layers:\n  - fc: {text}\n").nodes[0].output)


def test_a_spec_may_begin_with_a_byte_order_mark_and_end_its_lines_as_on_windows(write: Write) -> None:
    path = write("\ufeffinput: 8x8x3\r\nlayers:\r\n  - relu\r\n", "windows.yaml")
    assert ["relu1"] == [node.name for node in cnncalc.expand(path).nodes]


# Expressions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4*width", 32),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("17 // 5", 3),
        ("-17 // 5 + 10", 6),
        ("17 % 5", 2),
        ("10 - 3 - 2", 5),
        ("100 // 5 // 2", 10),
        ("- -7", 7),
        ("10 --3", 13),
        ("widths[1]", 16),
        ("widths[width // 8]", 16),
        ("in.channels * in.height", 96),
        ("in.width", 32),
        ("5 if wide else 6", 6),
        ("5 if width == 8 and not wide else 6", 5),
        ("5 if wide else 6 if width > 8 else 7", 7),
        ("1 + (width >= 8)", 2),
        ("1 + (width != 8) + (width < 9) + (width <= 7)", 2),
        ("5 if true or 1 // 0 else 6", 5),
        ("1 if width else 2", 1),
    ],
)
def test_an_expression_has_its_value(text: str, value: int, build: Build) -> None:
    parameters = "parameters:\n  width: 8\n  widths: [8, 16]\n  wide: false\n"
    assert str(value) == str(build(f'{parameters}layers:\n  - fc: "{text}"\n').nodes[0].output)


def some_expression(chance: random.Random, depth: int = 0) -> str:
    """A random expression over a = 6 and b = 4, which Python reads the same way."""
    if depth > 3 or chance.random() < 0.2:
        return chance.choice(("a", "b", str(chance.randrange(20))))
    inner = [some_expression(chance, depth + 1) for _ in range(3)]
    compared = f"({inner[0]} {chance.choice(('==', '!=', '<', '<=', '>', '>='))} {inner[1]})"
    return chance.choice(
        (
            f"{inner[0]} {chance.choice('+-*')} {inner[1]}",
            f"({inner[0]}) // {chance.randrange(1, 9)}",
            f"{inner[0]} % {chance.randrange(1, 9)}",
            f"({inner[0]})",
            f"-{inner[0]}",
            f"({inner[0]} if {chance.choice(('', 'not '))}{compared} else {inner[1]})",
            f"({inner[0]} if {compared} {chance.choice(('and', 'or'))} {inner[2]} > 5 else {inner[1]})",
        )
    )


def test_expressions_mean_what_they_mean_in_python(build: Build) -> None:
    chance = random.Random(1)
    texts = [some_expression(chance) for _ in range(300)]
    texts = [text for text in texts if len(text) < 400]
    lines = [f'  - {{fc: "1000000 + ({text})", from: input}}\n' for text in texts]
    graph = build("parameters:\n  a: 6\n  b: 4\nlayers:\n" + "".join(lines))
    expected = [1_000_000 + eval(text, {"a": 6, "b": 4}) for text in texts]
    assert expected == [node.output.channels for node in graph.nodes]


def test_a_comparison_of_three_is_refused_or_means_what_it_means_in_python(build: Build) -> None:
    try:
        graph = build('layers:\n  - fc: "1 + (3 > 2 > 1)"\n')
    except SpecError:
        return
    assert 1 + (3 > 2 > 1) == graph.nodes[0].output.channels


def test_a_word_of_the_expression_language_cannot_name_a_parameter(build: Build) -> None:
    taken = []
    for name in ("if", "else", "and", "or", "not", "true", "false", "in"):
        try:
            build(f'parameters:\n  "{name}": 3\nlayers: [relu]\n')
        except SpecError:
            continue
        taken.append(name)
    assert [] == taken


def payloads(target: Path) -> list[str]:
    """Texts that would make a file if anything ran them."""
    return [
        f"__import__('os').system('touch {target}')",
        f"[].__class__.__base__.__subclasses__() or open('{target}', 'w')",
        f"open('{target}', 'w')",
        f"exec(\"open('{target}', 'w')\")",
        f"$(touch {target})",
        "().__class__",
        "in.__class__.__name__",
        "in.channels.__class__",
        "width.__doc__",
        "lambda: 1",
        "width := 3",
        "f'{width}'",
    ]


@pytest.mark.parametrize("number", range(len(payloads(Path("x")))))
def test_no_text_runs_as_code(cli: Cli, number: int, tmp_path: Path) -> None:
    target = tmp_path / "pwned"
    text = payloads(target)[number]
    quoted = "'" + text.replace("'", "''") + "'"
    places = (
        f"layers:\n  - fc: {quoted}\n",
        f"layers:\n  - {{relu: , when: {quoted}}}\n",
        f"layers:\n  - {{relu: , repeat: {quoted}}}\n",
        f"layers:\n  - {{conv: {{filters: 8, kernel: 3, activation: {quoted}}}}}\n",
        f"layers: [relu]\nvariants:\n  v: {{set: {{width: {quoted}}}}}\n",
    )
    for place in places:
        spec = tmp_path / "net.yaml"
        spec.write_text("input: 8x8x3\nparameters:\n  width: 8\n" + place, encoding="utf-8")
        with pytest.raises(SpecError):
            cnncalc.analyze(spec)
    spec.write_text("input: 8x8x3\nparameters:\n  width: 8\nlayers:\n  - fc: width\n", encoding="utf-8")
    for arguments in (
        [str(spec), "--set", f"width={text}"],
        [str(spec), "--input", text],
        [str(spec), "--columns", text],
        [str(spec), "--batch", text],
        [text],
    ):
        assert cli(*arguments).exit_code in (1, 2), arguments
    assert not target.exists()


# Parameters, variants, when, first, repeat -------------------------------------------------------


def test_parameters_have_their_defaults_and_one_without_a_value_is_a_symbol() -> None:
    graph = own("family")
    assert "classes" == str(graph.nodes[-1].output)
    assert {"stem": "32x32x4", "head/fc": "classes"}.items() <= outputs(graph).items()
    assert "16x16x16" == outputs(graph)["stage2_1/relu"]


def test_a_variant_sets_parameters_title_and_input() -> None:
    large, high = own("family:large"), own("family:high")
    assert ("Family L", "large") == (large.title, large.name)
    assert {"stem": "32x32x16", "stage1_3/relu": "32x32x32", "head/fc": "100"}.items() <= outputs(large).items()
    assert ("64x64x3", "7") == (str(high.input), str(high.nodes[-1].output))


def test_when_leaves_a_layer_or_a_group_out() -> None:
    assert "head/fc" in outputs(own("family"))
    assert [] == [name for name in outputs(own("family:bare")) if name.startswith("head")]


def test_first_holds_for_the_first_repeat_only(build: Build) -> None:
    graph = build(
        "layers:\n  - {conv: {filters: 8, kernel: 3, padding: 1}, first: {stride: 2, filters: 4}, repeat: 3, name: c}\n"
    )
    assert {"c_1": "16x16x4", "c_2": "16x16x8", "c_3": "16x16x8"} == outputs(graph)


def test_repeat_0_is_not_there_and_what_follows_reads_what_came_before(build: Build) -> None:
    graph = build("layers:\n  - {relu: , name: a}\n  - {fc: 3, repeat: 0}\n  - {tanh: , name: b}\n")
    assert {"a": "32x32x3", "b": "32x32x3"} == outputs(graph)
    assert ["a"] == sources(graph, "b")
    assert ["extra_1", "extra_2"] == [name for name in outputs(own("family", extra=2)) if "extra" in name]


def test_repeat_1_is_numbered_as_any_repeat(build: Build) -> None:
    assert {"c_1": "32x32x3"} == outputs(build("layers:\n  - {relu: , repeat: 1, name: c}\n"))


def test_settings_are_numbers_lists_truths_or_symbols() -> None:
    graph = own("family", widths=[4, 6], depths=[1, 2], head=False)
    assert {
        "stem": "32x32x2",
        "stage1_1/relu": "32x32x4",
        "stage2_1/relu": "16x16x6",
        "stage2_2/relu": "16x16x6",
    }.items() <= outputs(graph).items()
    assert "K" == str(own("family", classes="K").nodes[-1].output)
    assert "12" == str(own("family", classes=12).nodes[-1].output)


def test_a_tuple_is_as_good_a_setting_as_a_list() -> None:
    assert own("family", depths=[1, 2]).same_network(own("family", depths=(1, 2)))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"width": 3}, "has no parameter 'width'"),
        ({"classes": 0}, "units must be at least 1"),
        ({"classes": [1, 2]}, "units must be a whole number"),
        ({"widths": 8}, "only a list can be indexed"),
        ({"depths": [1]}, "index 1 is outside the list"),
        ({"head": [1]}, "'when' must be true or false"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message.replace("[", r"\[")):
        own("family", **settings)


def test_the_argument_of_a_block_may_be_left_to_its_default_which_sees_the_others() -> None:
    graph = own("family")
    assert {"stage1_1/reduce": "32x32x4", "stage1_1/expand": "32x32x8"}.items() <= outputs(graph).items()


def test_the_keys_of_a_layer_win_over_the_defaults_of_its_type(build: Build) -> None:
    text = "defaults:\n  conv: {kernel: 3, padding: 1}\nlayers:\n  - {conv: 8}\n  - {conv: {filters: 8, kernel: 5}}\n"
    assert [Conv(8, 3, padding=1), Conv(8, 5, padding=1)] == [node.layer for node in build(text).nodes]


def test_defaults_under_an_alias_hold_for_the_layer_under_any_name(build: Build) -> None:
    text = "defaults:\n  pool: {kernel: 3, stride: 2}\nlayers: [maxpool, max_pool]\n"
    assert [MaxPool(3, 2)] * 2 == [node.layer for node in build(text).nodes]


def test_the_rounding_of_the_spec_holds_where_a_layer_has_none_of_its_own(build: Build) -> None:
    text = "input: 8x8x3\nrounding: ceil\nlayers:\n  - {maxpool: 3}\n  - {maxpool: {kernel: 2, rounding: floor}}\n"
    assert ["3x3x3", "1x1x3"] == [str(node.output) for node in build(text).nodes]


# Names and taps ----------------------------------------------------------------------------------


def test_layers_without_a_name_are_counted_by_type_and_keep_clear_of_given_names(build: Build) -> None:
    graph = build("layers:\n  - relu\n  - {relu: , name: relu2}\n  - relu\n  - tanh\n")
    assert ["relu1", "relu2", "relu3", "tanh1"] == [node.name for node in graph.nodes]


def test_a_named_group_gives_its_layers_a_path_and_may_be_tapped_by_its_name() -> None:
    graph = own("taps")
    assert ["left/one", "left/two"] == [name for name in outputs(graph) if name.startswith("left/")]
    assert ["left/two", "right", "block_1/inner"] == sources(graph, "meet")


def test_a_tap_within_a_block_means_the_layer_of_the_same_repeat() -> None:
    graph = own("taps")
    assert ["block_1/inner", "attention/scaled"] == sources(graph, "block_1/sum")
    assert ["block_2/inner", "block_1/sum"] == sources(graph, "block_2/sum")


def test_input_means_the_input_of_the_block_inside_one_and_that_of_the_network_outside() -> None:
    graph = own("taps")
    assert ["meet", "input"] == sources(graph, "end")
    assert "attention/scaled" == sources(graph, "block_1/sum")[1]


def test_the_names_within_a_block_do_not_leak_out_of_it(build: Build) -> None:
    text = "blocks:\n  pair:\n    - {relu: , name: inner}\nlayers:\n  - {pair: , name: a}\n  - {tanh: , from: inner}\n"
    with pytest.raises(SpecError, match="no layer is called 'inner'"):
        build(text)
    assert ["a/inner"] == sources(build(text.replace("from: inner", "from: a/inner, name: end")), "end")


def test_the_names_outside_a_block_are_not_seen_in_it(build: Build) -> None:
    text = "blocks:\n  pair:\n    - {relu: , from: outside}\nlayers:\n  - {relu: , name: outside}\n  - pair\n"
    with pytest.raises(SpecError, match="no layer is called 'outside'"):
        build(text)


def test_a_block_in_a_block_is_a_longer_path(build: Build) -> None:
    text = "blocks:\n  one: [relu]\n  two: [{one: , name: deep, repeat: 2}]\nlayers: [{two: , name: top}]\n"
    assert ["top/deep_1/relu1", "top/deep_2/relu1"] == [node.name for node in build(text).nodes]


def test_an_empty_branch_is_the_identity_and_a_branch_may_be_a_list(build: Build) -> None:
    text = "layers:\n  - {conv: {filters: 3, kernel: 1}, name: c}\n  - {add: [[], [relu, tanh], relu], name: sum}\n"
    assert ["c", "tanh1", "relu2"] == sources(build(text), "sum")


def test_a_branch_that_is_left_out_by_when_is_the_identity(build: Build) -> None:
    text = "layers:\n  - {relu: , name: a}\n  - {add: [{tanh: , when: 1 > 2}, []], name: sum}\n"
    assert ["a", "a"] == sources(build(text), "sum")


def test_from_starts_a_new_path_and_what_follows_reads_on_from_there(build: Build) -> None:
    text = (
        "layers:\n  - {relu: , name: a}\n  - {fc: 9, name: b}\n  - {tanh: , from: a, name: c}\n  - {tanh: , name: d}\n"
    )
    graph = build(text)
    assert {"c": "32x32x3", "d": "32x32x3"}.items() <= outputs(graph).items()
    assert (["a"], ["c"]) == (sources(graph, "c"), sources(graph, "d"))


def test_shared_weights_count_once_and_their_work_counts_every_time() -> None:
    analysis = cnncalc.analyze(SPECS / "taps.yaml")
    first, second = analysis.layer("left/one"), analysis.layer("right")
    assert (16 * 16 * 9, 16) == (first.weights, first.biases)
    assert (0, 0) == (second.weights, second.biases)
    assert first.macs == second.macs > 0
    assert sum(layer.params for layer in analysis.layers) == analysis.total("params")


# Axes, windows -----------------------------------------------------------------------------------


def test_one_two_and_three_axes_need_no_other_layers() -> None:
    assert {"conv1": "4000x16", "pool1": "1000x16", "up": "4000x16", "fc": "10"}.items() <= outputs(
        own("signal")
    ).items()
    assert {"space": "16x56x48x8", "time": "16x56x48x8", "pool": "16x28x24x8", "both": "8x14x12x16"}.items() <= outputs(
        own("volume")
    ).items()


def test_every_padding_and_rounding_gives_the_size_worked_out_by_hand() -> None:
    expected = {
        "valid": "59x45x8",  # 61-2, 47-2
        "same": "30x23x8",  # 59/2 and 45/2, rounded up
        "half": "31x24x8",  # 4 wide, 2 on each side: one more
        "full": "33x26x8",  # 2 on each side of 3: two more
        "per_axis": "35x26x8",  # 33+4-2, 26+2-2
        "pairs": "34x26x8",  # 35+1-2, 26+2-2
        "flat": "17x26x8",  # (34-1)//2+1; 7 wide, 3 on each side
        "dilated": "17x26x8",
        "ceil": "8x13x8",  # (17-3)/2+1; (26-3)/2+1 = 12.5, rounded up
        "caffe": "5x7x8",  # (8+2-2)/2+1; (13+2-2)/2+1 = 7.5: an 8th window would start in the padding
        "strict": "4x5x8",
        "depthwise": "4x5x16",
        "grouped": "4x5x8",
        "sparse": "4x5x3",
        "blur": "4x5x3",  # 3 wide, 1 on each side
        "local": "4x5x3",  # 3 high, 1 on each side
        "skip": "4x5x3",  # 3 of the 8 channels are added
        "subsample": "2x3x3",  # 4/2; 5/2 rounded up, as the spec says
        "up": "5x7x6",  # (2-1)*2-2+4+1; (3-1)*2-2+4+1
        "up_same": "10x21x2",
    }
    assert expected == outputs(own("windows"))


@pytest.mark.parametrize(
    ("text", "given", "size", "channels", "batch"),
    [
        ("224", "227x227x3", (224, 224), 3, None),
        ("100x200", "227x227x3", (100, 200), 3, None),
        ("227x227x1", "224x224x3", (227, 227), 1, None),
        ("HxWx3", "224x224x3", ("H", "W"), 3, None),
        ("H", "224x224x3", ("H", "H"), 3, None),
        ("NxHxWx3", "224x224x3", ("H", "W"), 3, "N"),
        ("8x224x224x3", "224x224x3", (224, 224), 3, 8),
        ("64X48\u00d73", "224x224x3", (64, 48), 3, None),
        (" 64 x 48 x 3 ", "224x224x3", (64, 48), 3, None),
        ("500", "16000x1", (500,), 1, None),
        ("500x2", "16000x1", (500,), 2, None),
        ("7", "16", (), 7, None),
        ("224x224x3", None, (224, 224), 3, None),
        ("10", None, (), 10, None),
    ],
)
def test_an_input_is_read_as_written_and_completed_from_the_spec(
    text: str, given: str | None, size: tuple[int | str, ...], channels: int, batch: int | str | None
) -> None:
    found = parse_input(text, parse_input(given) if given else None)
    assert (size, channels, batch) == (found.sizes, found.channels, found.batch)


@pytest.mark.parametrize(
    "text", ["", "x", "0", "-3", "1.5", "224x", "x224", "1x2x3x4x5", "10000000000", "9" * 5000, "a b", "224x224y3", "٣"]
)
def test_an_input_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        parse_input(text, parse_input("224x224x3"))


@pytest.mark.parametrize("size", ["orxHx3", "inxinx3"])
def test_words_of_the_language_name_no_size(size: str) -> None:
    with pytest.raises(cnncalc.SpecError, match="word of the language"):
        cnncalc.analyze("conv3-8", size)


@pytest.mark.parametrize("batch", [0, -1, 2.5, "2x", True])
def test_a_batch_is_a_number_of_images_or_a_name(batch: object) -> None:
    with pytest.raises(cnncalc.SpecError, match="batch"):
        cnncalc.analyze("conv3-8", "8x8x3", batch=batch)  # type: ignore[arg-type]


# Slide notation ----------------------------------------------------------------------------------

SAME_NETWORK = {
    "conv3-64 x2, pool2, conv3-128 x2, pool2, fc-1000": """
  - {conv: {filters: 64, kernel: 3, padding: 1}, repeat: 2}
  - {maxpool: 2}
  - {conv: {filters: 128, kernel: 3, padding: 1}, repeat: 2}
  - {maxpool: 2}
  - {fc: 1000}
""",
    "[(CONV3-64-RELU)*2-POOL2]*3-(FC256-RELU)*2-FC10-SOFTMAX": """
  - repeat: 3
    group:
      - {repeat: 2, group: [{conv: {filters: 64, kernel: 3, padding: 1}}, relu]}
      - {maxpool: 2}
  - {repeat: 2, group: [{fc: 256}, relu]}
  - {fc: 10}
  - softmax
""",
    "conv7-64/2p3; maxpool3/2p1 -> avgpool2x3/1x2, conv1x7-8, conv4-8, conv3-6d2, conv1-6g3": """
  - {conv: {filters: 64, kernel: 7, stride: 2, padding: 3}}
  - {maxpool: {kernel: 3, stride: 2, padding: 1}}
  - {avgpool: {kernel: [2, 3], stride: [1, 2]}}
  - {conv: {filters: 8, kernel: [1, 7], padding: [0, 3]}}
  - {conv: {filters: 8, kernel: 4}}
  - {conv: {filters: 6, kernel: 3, dilation: 2, padding: 2}}
  - {conv: {filters: 6, kernel: 1, groups: 3}}
""",
    "depthwise3/2, relu6, gap, fc-10": """
  - {depthwise: {kernel: 3, stride: 2, padding: 1}}
  - relu6
  - gap
  - {fc: 10}
""",
}


@pytest.mark.parametrize(("notation", "layers"), SAME_NETWORK.items())
def test_slide_notation_is_the_same_network_as_its_file(notation: str, layers: str, build: Build) -> None:
    graph = cnncalc.expand(notation, "64x64x3")
    assert graph.same_network(build(f"input: 64x64x3\nlayers:{layers}"))


def test_slide_notation_may_stand_in_a_file_on_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "stack.txt"
    path.write_text("conv3-64 x2,\n  pool2,\n  fc-10\n", encoding="utf-8")
    in_file, given = cnncalc.expand(path, "8x8x3"), cnncalc.expand("conv3-64 x2, pool2, fc-10", "8x8x3")
    assert [node.layer for node in given.nodes] == [node.layer for node in in_file.nodes]
    assert "stack" == in_file.name
    path.write_text("conv3-64 x2,\n  pol2\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"stack\.txt:2:3: unknown layer 'pol'\n  2 \|   pol2\n    \|   \^\^\^"):
        cnncalc.analyze(path, "8x8x3")


def test_every_bundled_spec_is_recognised_by_the_reader_of_yaml_alone() -> None:
    for path in (*Path(specs_folder()).glob("*.yaml"), *SPECS.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert ["YAML"] == [reader.name for reader in READERS if reader.load().recognises(text)], path


def test_every_module_of_a_reader_is_in_the_register() -> None:
    folder = Path(register.__file__).parent
    makes_specs = {path.stem for path in folder.glob("*.py") if "def recognises(" in path.read_text(encoding="utf-8")}
    assert makes_specs - {"register"} == {reader.module for reader in READERS}


def test_vgg_16_in_slide_notation_has_the_parameters_and_macs_of_the_bundled_one() -> None:
    notation = (
        "conv3-64 x2, pool2, conv3-128 x2, pool2, conv3-256 x3, pool2, (conv3-512 x3, pool2) x2, "
        "fc-4096 x2, fc-1000, softmax"
    )
    mine, bundled = cnncalc.analyze(notation, "224x224x3"), cnncalc.analyze("vgg16")
    for quantity in ("weights", "biases", "macs", "activations", "neurons"):
        assert bundled.total(quantity) == mine.total(quantity)


KERNELS = (1, 2, 3, (1, 7))
STRIDES = (1, 2, (2, 1))
PADDINGS = (0, 1, 2, (0, 3), ((0, 1), (2, 0)), "valid", "same", "full", "half")


def effect(layer: cnncalc.Layer) -> list[Any]:
    """What a layer makes of 64x48x6, and what its outputs see."""
    shape = Shape(6, 64, 48)
    axes = layer.receptive_field(ReceptiveField((AxisReceptiveField(), AxisReceptiveField())), shape).axes
    seen = [(axis.size, axis.jump, axis.centre, axis.padding) for axis in axes]
    return [layer.output(shape), layer.weights(shape), layer.connections(shape), seen]


@pytest.mark.parametrize("kind", [Conv, DepthwiseConv, MaxPool, AvgPool])
def test_the_notation_that_a_layer_prints_makes_an_equal_layer(kind: type[cnncalc.Layer]) -> None:
    texts = 0
    more = {Conv: [{"filters": 8}, {"filters": 9, "groups": 3}]}
    for kernel, stride, padding, dilation in itertools.product(KERNELS, STRIDES, PADDINGS, (1, 2, (1, 3))):
        keys: dict[str, Any] = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        for others in more.get(kind, [{}]):  # type: ignore[call-overload]
            layer = kind(**keys, **others)
            again = cnncalc.expand(layer.notation(), "64x48x6").nodes[0].layer
            assert layer == again, layer.notation()
            assert effect(layer) == effect(again), layer.notation()
            texts += 1
    assert texts >= 300


def test_the_notation_of_a_depthwise_convolution_with_a_multiplier_makes_an_equal_layer() -> None:
    layer = DepthwiseConv(3, padding=1, multiplier=2)
    assert layer == cnncalc.expand(layer.notation(), "8x8x3").nodes[0].layer


def test_the_notation_of_a_transposed_convolution_makes_an_equal_layer() -> None:
    for kernel, stride, padding, extra, groups in itertools.product(
        (3, (3, 5)), (2, (2, 3)), (0, 1), (0, 1, (1, 0)), (1, 2)
    ):
        layer = TransposedConv(8, kernel, stride, padding, output_padding=extra, groups=groups)
        assert layer == cnncalc.expand(layer.notation(), "6x6x4").nodes[0].layer, layer.notation()
    # (8 - 1)*S - 2*1 + F + 1
    assert ["F + 7*S - 1"] * 2 == list(map(str, cnncalc.expand("deconvF-8/Sp1op1", "8x8x3").nodes[0].output.size))


def test_the_notation_of_a_fully_connected_layer_makes_an_equal_layer() -> None:
    for units in (1, 10, 4096):
        assert FullyConnected(units) == cnncalc.expand(FullyConnected(units).notation(), "8x8x3").nodes[0].layer


@pytest.mark.parametrize(
    ("notation", "message"),
    [
        ("conv3-64, cnov3-64", "unknown layer 'cnov'"),
        ("conv3-64,, pool2", "a layer is missing here"),
        ("conv3-64 pool2", "unexpected 'p'"),
        ("(conv3-64, pool2", r"'\)' is missing"),
        ("conv3-64) x2", r"unexpected '\)'"),
        ("[(CONV-RELU)*N-POOL?]*M", "needs kernel|needs filters|unknown number"),
        ("conv3", "needs filters"),
        ("conv-64", "needs kernel"),
        ("conv0-64", "kernel must be at least 1"),
        ("conv3-64/0", "stride must be at least 1"),
        ("pool2 x99999999", "the limit is 100,000"),
        ("conv3-123456789012345678901", "."),
        ("(" * 200 + "relu" + ")" * 200, "nested more than"),
        ("relu, " * 5000 + "relu", "at most 20,000 characters"),
    ],
)
def test_wrong_notation_is_refused_with_its_place(notation: str, message: str) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        cnncalc.expand(notation, "32x32x3")
    spans = [problem.span for problem in caught.value.problems if problem.span]
    assert all(0 <= span.column <= len(notation) for span in spans)


def test_both_mistakes_in_a_notation_are_reported_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        cnncalc.expand("conv0-64, pool2, fc-0", "32x32x3")
    assert 2 == len(caught.value.problems)


@pytest.mark.parametrize("text", ["conv3-8, add, fc-10", "conv3-8p[1same]", "conv3-8p[,2]"])
def test_wrong_notation_is_a_spec_error(text: str) -> None:
    with pytest.raises(cnncalc.SpecError):
        cnncalc.analyze(text, "8x8x3")


@pytest.mark.parametrize(
    ("spec", "text", "hint"),
    [
        ("resnet50", "1x3x224x224", "224x224x3"),
        ("resnet50", "Nx3x224x224", "224x224x3, and the batch is an option of its own: --batch N"),
        ("resnet50", "3x224x256", "224x256x3"),
        ("resnet50", "3xHxW", "HxWx3"),
        ("lenet5", "1x1x32x32", "32x32x1"),
        ("conv3-8", "1x3x224x224", "224x224x3"),
        ("conv3-8", "8x1x28x28", "28x28x1"),
        ("conv3-8", "NxCxHxW", "HxWxC"),
    ],
)
def test_an_input_with_its_channels_first_is_refused_with_the_right_spelling(spec: str, text: str, hint: str) -> None:
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.analyze(spec, text)
    (problem,) = caught.value.problems
    assert "channels first" in problem.message
    assert f": {hint}" in problem.hint


@pytest.mark.parametrize("command", ["show", "formula", "explain", "fit", "sweep"])
def test_two_numbers_are_an_image_whose_channels_are_missing_where_a_spec_has_no_input(cli: Cli, command: str) -> None:
    refused = cli(command, "conv5-6p0, pool2, fc-10", "--input", "28x28")
    assert refused.exit_code == 2
    assert "28x28x1" in refused.output
    assert "1d:28x28" in refused.output
    assert cli(command, "conv5-6p0, pool2, fc-10", "--input", "1d:28x28").exit_code == 0


def test_a_signal_is_a_length_and_channels() -> None:
    assert cnncalc.analyze("conv3-4", "1d:100x8").layers[0].params == 3 * 8 * 4 + 4
    assert cnncalc.analyze("conv1d3-4", "100x8").layers[0].params == 3 * 8 * 4 + 4
    assert cnncalc.analyze("conv3-4", "100x1").layers[0].params == 3 * 1 * 4 + 4
    assert "--input 1d:100x8" in cnncalc.analyze("conv3-4", "1d:100x8").graph.command("show")
    assert str(cnncalc.analyze("vgg16", "64x32").graph.input) == "64x32x3"


@pytest.mark.parametrize(("spec", "text"), [("conv3-4", "1d:100"), ("conv3-4", "1d:9x9x3"), ("vgg16", "1d:100x8")])
def test_a_signal_that_is_none_is_refused(spec: str, text: str) -> None:
    with pytest.raises(cnncalc.SpecError, match="no signal"):
        cnncalc.analyze(spec, text)


@pytest.mark.parametrize(
    ("default", "channels"),
    [
        ("(f + 1)//2", 4),
        ("2*(f - (3))", 8),
        ("((f))", 7),
        ("1 if (f == 7) else (2)", 1),
        (" ((f+1)//(2))  if (f >= 7 and not (f == 8))else 3 ", 4),
        ("2 if f!=7 else f  % 4", 3),
    ],
)
def test_the_default_of_a_block_may_have_parentheses(write: Write, default: str, channels: int) -> None:
    text = f"""
input: 9x9x1
blocks:
  b(f, c={default}, d=c+(1)):
    - conv: {{filters: c, kernel: 1}}
    - conv: {{filters: d, kernel: 1}}
layers:
  - b: 7
"""
    assert [node.output.channels for node in cnncalc.expand(write(text)).nodes] == [channels, channels + 1]


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("b(f, c=(f+1)//)", "4:16: "),
        ("b(f, c=(f+1)", "4:13: "),
        ("b(f)(g)", "4:5: "),
        ("b(f, c=)", "4:10: "),
        ("b(f, c=max(f, 2))", "4:15: "),
    ],
)
def test_a_block_that_is_declared_wrongly_is_refused_at_its_place(write: Write, head: str, place: str) -> None:
    text = f"input: 9x9x1\nblocks:\n\n  {head}:\n    - conv: {{filters: f, kernel: 1}}\nlayers: [relu]\n"
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.expand(write(text))
    assert place in str(caught.value)


def test_a_default_that_is_wrong_is_one_mistake_where_its_block_is_called_too(write: Write) -> None:
    text = "input: 9x9x1\nblocks:\n  b(f, c=max(f, 2)):\n    - conv: {filters: c, kernel: 1}\nlayers: [b: 7, fc: 9]\n"
    with pytest.raises(cnncalc.SpecError, match="unexpected ','") as caught:
        cnncalc.expand(write(text))
    assert len(caught.value.problems) == 1


def test_what_is_left_out_reads_from_nowhere(write: Write) -> None:
    text = """
input: 9x9x3
parameters: {deep: false}
layers:
  - {conv: {filters: 8, kernel: 1}, when: deep, name: stem}
  - {conv: {filters: 4, kernel: 1}, name: body}
  - {add: null, from: [stem, body], when: deep}
  - {relu: {}, from: stem, when: deep, repeat: 2}
"""
    assert [node.name for node in cnncalc.expand(write(text)).nodes] == ["body"]
    with pytest.raises(cnncalc.SpecError, match="no layer is called 'stm'"):
        cnncalc.expand(write(text.replace("from: stem, when: deep", "from: stm, when: in.channels > 9")))


@pytest.mark.parametrize("known", ["stem", "b1", "b1/inner", "conv1", "tower/first", "stem_2", "input"])
def test_what_is_left_out_may_read_what_is_left_out(write: Write, known: str) -> None:
    text = f"""
input: 9x9x3
blocks:
  b(f):
    - {{conv: {{filters: f, kernel: 1}}, name: inner}}
layers:
  - {{conv: {{filters: 8, kernel: 1}}, when: 0, name: stem, repeat: 2}}
  - {{b: 4, when: 0}}
  - {{group: [{{relu: , name: first}}], when: 0, name: tower}}
  - {{conv: {{filters: 8, kernel: 3}}, when: 0, from: {known}}}
  - relu
"""
    assert [node.name for node in cnncalc.expand(write(text)).nodes] == ["relu1"]


@pytest.mark.parametrize(
    "entry",
    [
        "{conv: {filters: 8, kernel: 3}, when: 0, from: nowhere}",
        "{conv: {filters: 8, kernel: 3}, when: 0, share: nowhere}",
        "{add: , when: 0, from: [stem, nowhere]}",
        "{group: [{relu: , from: nowhere}], when: 0}",
        "{add: [[{relu: , from: nowhere}], []], when: 0}",
        "{relu: , when: 0, from: stem/nowhere}",
    ],
)
def test_a_name_that_nothing_has_is_refused_where_it_is_left_out_too(write: Write, entry: str) -> None:
    text = f"input: 9x9x3\nlayers:\n  - {{conv: {{filters: 8, kernel: 1}}, name: stem}}\n  - {entry}\n"
    with pytest.raises(cnncalc.SpecError, match=r"no layer is called '(stem/)?nowhere'") as caught:
        cnncalc.expand(write(text))
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("notation", "made"),
    [
        ("pool3/2[ceil]", {"kernel": 3, "stride": 2, "rounding": "ceil"}),
        ("avgpool3/2p1[Caffe]", {"kernel": 3, "stride": 2, "padding": 1, "rounding": "caffe"}),
        ("pool2 [strict]", {"kernel": 2, "rounding": "strict"}),
        ("conv3-8/2[floor]", {"filters": 8, "kernel": 3, "stride": 2, "padding": 1}),
        ("conv3-8[nobias]", {"filters": 8, "kernel": 3, "padding": 1, "bias": False}),
        (
            "conv3-8[nobias]/2[ceil]p[full]",
            {"filters": 8, "kernel": 3, "stride": 2, "padding": "full", "bias": False, "rounding": "ceil"},
        ),
        ("conv3-8p[valid]", {"filters": 8, "kernel": 3}),
        ("conv3-8p[same]", {"filters": 8, "kernel": 3, "padding": "same"}),
        ("conv3-8p[half]", {"filters": 8, "kernel": 3, "padding": "half"}),
        ("depthwise3-x2[nobias]", {"kernel": 3, "padding": 1, "multiplier": 2, "bias": False}),
        (
            "deconv3-8/2p1op1[nobias]",
            {"filters": 8, "kernel": 3, "stride": 2, "padding": 1, "output_padding": 1, "bias": False},
        ),
        ("fc-10[nobias]", {"units": 10, "bias": False}),
    ],
)
def test_slide_notation_says_what_a_spec_file_says(notation: str, made: dict[str, object]) -> None:
    (node,) = cnncalc.expand(notation, "32x32x8").nodes
    assert node.layer == type(node.layer)(**made)


@pytest.mark.parametrize(
    ("notation", "message"),
    [("conv3-8[ceill]", "did you mean 'ceil'"), ("relu[ceil]", "relu has no"), ("fc-10[ceil]", "one of nobias")],
)
def test_a_word_in_brackets_that_a_layer_does_not_have_is_refused(notation: str, message: str) -> None:
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.expand(notation, "32x32x8")
    assert message in str(caught.value)


@pytest.mark.parametrize("word", ["floor", "ceil", "caffe", "strict"])
@pytest.mark.parametrize(
    "text", ["pool3/2", "avgpool3/2p1", "conv3-8/2", "conv4-8p[same]", "depthwise3-x2", "conv1x3-8d2g4"]
)
def test_the_window_of_a_layer_is_read_back_from_its_notation(text: str, word: str) -> None:
    spec = cnncalc.load(f"{text}[{word}]")
    layer = cnncalc.expand(spec, "33x33x8").nodes[0].layer
    again = layer.notation()
    assert cnncalc.expand(again, "33x33x8").nodes[0].layer == layer
    assert (f"[{word}]" in again) == (word != "floor")


def test_a_group_may_stand_at_the_front_of_a_stack() -> None:
    names = [node.name for node in cnncalc.expand("(conv3-8, pool2) x2, fc-10", "32x32x3").nodes]
    assert names == ["conv1", "maxpool1", "conv2", "maxpool2", "fc1"]


def test_without_biases_the_offsets_of_norms_are_left_out_and_it_is_said(cli: Cli) -> None:
    shown = " ".join(cli("conv3-8, bn", "--input", "8x8x3", "--no-bias").output.split())
    assert "params without biases" in shown
    assert "the offsets of norms are biases, too" in shown
    assert " 224 " in shown  # 3*3*3*8 weights, and 8 scales of the norm
    assert "offsets" not in cli("conv3-8", "--input", "8x8x3", "--no-bias").output
    assert "offsets" not in cli("conv3-8, bn", "--input", "8x8x3").output
