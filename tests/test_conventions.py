"""Named conventions give the real tools' numbers to the last digit, and every difference is taken apart."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli

import cnncalc
from cnncalc.analysis import Analysis, Convention, LayerResult, training_memory
from cnncalc.analysis.counting import MEASURES, parts, terms
from cnncalc.analysis.known_conventions import CONVENTIONS, find_convention
from cnncalc.compare.comparison import compare_conventions
from cnncalc.layers import CATALOGUE
from cnncalc.symbolic import symbol

HERE = Path(__file__).resolve().parent
CAPTURES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in HERE.glob("captures/*.json")}
SPECS = {name: str(HERE / "captures" / f"{name}.yaml") for name in ("small", "mixed", "functional")}
NETWORKS = ("vgg16", "resnet50_v1.5", "alexnet", "mobilenet_v2", "small", "mixed", "functional")
BLIND = {("thop", "functional", "macs"), ("torchsummary", "functional", "activation_mebibytes")}
"""What these tools cannot see, activations and pools that are functions, a spec does not tell from modules."""


def convention_of(capture: dict[str, Any]) -> Convention:
    """The convention for a capture: ptflops counts functions otherwise than modules."""
    functional = (capture["tool"], capture["network"]) == ("ptflops", "functional")
    return CONVENTIONS["ptflops-functional" if functional else capture["tool"]]


def analysis_of(network: str, convention: Convention) -> Analysis:
    return cnncalc.analyze(SPECS.get(network, network), convention=convention)


def nonzero(counts: list[int]) -> list[int]:
    return [count for count in counts if count]


def by_step(layers: list[LayerResult], convention: Convention) -> list[int]:
    """The MACs of every step, a layer's activation being a step of its own."""
    if not convention.mac_rules:
        return [layer.macs for layer in layers]
    steps = [part for layer in layers for part in parts(layer.node.layer, layer.node.input)]
    return [sum(terms(convention.mac_rules, part).values()) for part in steps]


def test_every_tool_was_run_on_every_network_it_can_run_on() -> None:
    tools = defaultdict(set)
    for capture in CAPTURES.values():
        tools[capture["tool"]].add(capture["network"])
        assert capture["versions"]
    usual = set(NETWORKS)
    expected = dict.fromkeys(("torchinfo", "torchsummary", "fvcore", "ptflops", "ptflops-aten", "thop"), usual)
    expected |= {"flop-counter-mode": usual, "onnx-tool": usual - {"alexnet", "mixed"}}
    assert expected | {"keras": usual - {"mixed", "functional"}} == dict(tools)


@pytest.mark.parametrize("name", sorted(CAPTURES))
def test_totals_are_those_of_the_tool_to_the_last_digit(name: str) -> None:
    capture = CAPTURES[name]
    analysis = analysis_of(capture["network"], convention_of(capture))
    held = sum(layer.memory_bytes for layer in analysis.layers)
    assert analysis.total("memory_bytes") - held == analysis.input.memory_bytes
    found = {key: analysis.total(key) for key in ("params", "macs", "flops")}
    found |= {"activation_bytes": held, "activation_mebibytes": f"{held / 2**20:.2f}"}
    trainable = sum(layer.weights + layer.biases for layer in analysis.layers)
    found |= {"input_mebibytes": f"{4 * analysis.graph.input.values / 2**20:.2f}", "trainable": trainable}
    found |= {"non_trainable": analysis.total("buffers")}
    seen = {key for key in capture["totals"] if (capture["tool"], capture["network"], key) not in BLIND}
    assert {key: capture["totals"][key] for key in seen} == {key: found[key] for key in seen}


def with_layers(key: str) -> list[str]:
    """The captures that list layers with such a count, and whose network has no functions."""
    seen = {name: capture for name, capture in CAPTURES.items() if capture["network"] != "functional"}
    return sorted(name for name, capture in seen.items() if any(key in layer for layer in capture.get("layers", ())))


@pytest.mark.parametrize("name", with_layers("count"))
def test_counts_are_those_of_the_tool_layer_by_layer(name: str) -> None:
    capture = CAPTURES[name]
    convention = convention_of(capture)
    listed = [layer["count"] for layer in capture.get("layers", ()) if "count" in layer]
    layers = analysis_of(capture["network"], convention).layers
    unit = convention.flops_of_a_mac if convention.headline == "flops" else 1
    assert sorted(nonzero(listed)) == sorted(unit * count for count in nonzero(by_step(layers, convention)))
    if capture["network"] not in ("resnet50_v1.5", "mobilenet_v2"):  # elsewhere paths may be told in another order
        assert nonzero(listed) == [unit * count for count in nonzero(by_step(layers, convention))]


@pytest.mark.parametrize("name", with_layers("params"))
def test_parameters_are_those_of_the_tool_layer_by_layer(name: str) -> None:
    capture = CAPTURES[name]
    listed = [layer["params"] for layer in capture.get("layers", ()) if "params" in layer]
    layers = analysis_of(capture["network"], convention_of(capture)).layers
    assert sorted(nonzero(listed)) == sorted(nonzero([layer.params for layer in layers]))


@pytest.mark.parametrize("convention", CONVENTIONS.values(), ids=lambda convention: convention.name)
def test_a_convention_has_a_source_and_a_version_and_names_only_what_there_is(convention: Convention) -> None:
    assert convention.source
    assert convention.version
    assert convention.headline in ("macs", "flops", "params")
    assert all(fault for fault in convention.faults)
    titles = {layer.title for layer in CATALOGUE.values()}
    for rule in (*convention.mac_rules, *convention.param_rules, *convention.activation_rules):
        assert set(rule.of) <= CATALOGUE.keys() | titles
        assert {name for name, _ in rule.weights} <= MEASURES.keys()
        assert {field for field, _ in rule.where} <= {field for layer in CATALOGUE.values() for field in layer.fields}


def test_a_convention_is_captured_where_there_are_captures_in_its_version() -> None:
    tools = {convention_of(capture).name: capture["versions"] for capture in CAPTURES.values()}
    assert {name for name, convention in CONVENTIONS.items() if convention.captured} == tools.keys()
    assert all(CONVENTIONS[name].version in versions.values() for name, versions in tools.items())


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("reference", ["cnncalc", "flop-counter-mode", "onnx-tool", "keras"])
def test_the_items_of_a_difference_add_up_to_it(network: str, reference: str) -> None:
    graph = cnncalc.expand(SPECS.get(network, network))
    against = find_convention(reference)
    first, *found = compare_conventions(graph, [against, *CONVENTIONS.values()], against, batch=2)
    for counted in found:
        assert counted.params - first.params == sum(item.amount for item in counted.param_items)
        if counted.count is not None:
            assert counted.count - (first.count or 0) == sum(item.amount for item in counted.count_items), (
                counted.convention.name
            )


def test_the_items_are_named() -> None:
    graph = cnncalc.expand("vgg16")
    reference = Convention()
    found = {
        counted.convention.name: [(item.amount, item.what) for item in counted.count_items]
        for counted in compare_conventions(graph, list(CONVENTIONS.values()), reference)
    }
    assert [(13_556_712, "biases")] == found["torchinfo"]
    assert [(15_470_264_320, "x2 MAC -> FLOP")] == found["flop-counter-mode"]
    biases, softmax = (13_556_712, "biases"), (1_000, "softmax")
    assert [biases, (13_555_712, "relu"), (6_121_472, "maxpool"), softmax] == found["ptflops-functional"]
    assert [biases, (27_111_424, "relu twice"), (12_242_944, "maxpool twice"), softmax] == found["ptflops"]


def test_known_faults_are_reproduced() -> None:
    norm = cnncalc.analyze("bn", "8x8x4", convention=CONVENTIONS["torchinfo"])
    assert 8 == norm.total("macs")  # its parameters, and not 8*8*4 times something
    deconv = "deconv4-6/2p1"
    right = cnncalc.analyze(deconv, "8x8x3").total("macs")
    assert 8 * 8 * 4 * 4 * 3 * 6 == right
    biases = 16 * 16 * 6
    assert 4 * right + biases == cnncalc.analyze(deconv, "8x8x3", convention=CONVENTIONS["torchinfo"]).total("macs")
    relu, pool = (cnncalc.analyze(net, "8x8x4", convention=CONVENTIONS["ptflops"]) for net in ("relu", "pool2"))
    assert (2 * 256, 2 * 256) == (relu.total("macs"), pool.total("macs"))


def test_the_paper_counts_parameters_in_units_of_1024(cli: Cli) -> None:
    result = cli("googlenet", "--convention", "paper")
    assert "160K" in result.output  # the paper's 159K is 159.5K
    assert "1,409K" in result.output
    assert "K = 1024" in result.output


def test_show_gives_a_tools_numbers_and_names_its_convention(cli: Cli) -> None:
    result = cli("alexnet", "--convention", "fvcore")
    assert f"{CAPTURES['fvcore.alexnet']['totals']['flops']:,}" in result.output
    assert "convention fvcore 0.1.5.post20221221: " in result.output.splitlines()[-1]
    data = json.loads(cli("alexnet", "--convention", "thop", "--format", "json").output)
    assert ("thop", CAPTURES["thop.alexnet"]["totals"]["macs"]) == (data["convention"]["name"], data["totals"]["macs"])


def test_options_override_the_convention(cli: Cli) -> None:
    def totals(*options: str) -> dict[str, Any]:
        result = cli("vgg16", "--format", "json", *options)
        found: dict[str, Any] = json.loads(result.output)["totals"]
        return found

    plain = totals()
    assert plain["params"] - totals("--convention", "slides")["params"] == plain["biases"]
    assert plain["params"] == totals("--convention", "slides", "--bias")["params"]
    assert 2 * plain["macs"] == totals("--convention", "fvcore", "--flops", "2mac")["flops"]
    assert totals("--flops", "all")["flops"] == totals("--convention", "thop", "--flops", "all")["flops"]


def test_formulas_sweeps_and_explanations_follow_the_convention() -> None:
    thop = CONVENTIONS["thop"]
    closed = cnncalc.formula("resnet50_v1.5", convention=thop, assume="H % 32 == 0 and W % 32 == 0")["macs"]
    assert CAPTURES["thop.resnet50_v1.5"]["totals"]["macs"] == closed.subs({symbol("H"): 224, symbol("W"): 224})
    rows = cnncalc.sweep("resnet50_v1.5", "192,224", convention=thop, columns="macs")
    assert CAPTURES["thop.resnet50_v1.5"]["totals"]["macs"] == list(rows)[1]["macs"]
    text = str(cnncalc.explain(SPECS["small"], "deconv1", convention=CONVENTIONS["torchinfo"]))
    layer = cnncalc.analyze(SPECS["small"], convention=CONVENTIONS["torchinfo"]).layer("deconv1")
    assert f"{layer.macs:,}" in text


def test_compare_prints_every_convention_and_what_makes_the_difference(cli: Cli) -> None:
    result = cli("compare", "vgg16", "--conventions", status=0)
    assert all(name in result.output for name in CONVENTIONS)
    assert "+13,556,712 biases" in result.output
    some = cli("compare", "vgg16", "--conventions", "thop,fvcore", "--format", "json")
    data = json.loads(some.output)
    assert ["thop", "fvcore"] == [row["convention"]["name"] for row in data["conventions"]]
    assert [{"amount": -2999, "what": "softmax"}] == data["conventions"][1]["count_difference"]


def test_compare_sets_networks_side_by_side(cli: Cli) -> None:
    result = cli("compare", "vgg16", "resnet50", "--format", "json")
    assert [138_357_544, 25_557_032] == [row["params"] for row in json.loads(result.output)["networks"]]
    assert "0.18x" in cli("compare", "vgg16", "resnet50").output


def test_several_networks_are_counted_by_several_conventions(cli: Cli) -> None:
    result = cli("compare", "alexnet", "vgg16", "--conventions", "fvcore", "-f", "json")
    rows = [(each["name"], each["conventions"][1]["count"]) for each in json.loads(result.output)]
    fvcore = CAPTURES["fvcore.vgg16"]["totals"]["flops"]
    assert ("vgg16", fvcore) == rows[1]
    text = cli("compare", "alexnet", "vgg16", "--conventions", "fvcore").output
    assert text.index("AlexNet") < text.index("VGG-16") < text.index("* fvcore:")
    assert all(line == line.rstrip() for line in text.splitlines())


def test_the_library_compares_conventions_by_name_or_as_they_are() -> None:
    found = cnncalc.compare("vgg16", conventions=["FvCore", CONVENTIONS["keras"]], reference="slides")
    assert ["slides", "fvcore", "keras"] == [counted.convention.name for counted in found]
    assert found[1].count == CAPTURES["fvcore.vgg16"]["totals"]["flops"]
    assert sum(item.amount for item in found[1].param_items) == found[1].params - found[0].params
    assert 1 + len(CONVENTIONS) == len(cnncalc.compare("conv3-8", "9x9x3"))
    assert cnncalc.analyze("vgg16", convention="fvcore").total("macs") == CAPTURES["fvcore.vgg16"]["totals"]["flops"]
    with pytest.raises(cnncalc.SpecError, match="did you mean 'thop'"):
        cnncalc.analyze("vgg16", convention="thopp")


@pytest.mark.parametrize("name", ["FlopCounterMode", "flop_counter_mode", "Flop-Counter-Mode "])
def test_capitals_and_hyphens_of_a_name_make_no_difference(name: str) -> None:
    assert "flop-counter-mode" == find_convention(name).name


def test_compare_lists_the_conventions_with_their_sources(cli: Cli) -> None:
    text = cli("compare", "--list").output
    for convention in CONVENTIONS.values():
        assert convention.title in text
        assert convention.source in text
        assert all(fault in text for fault in convention.faults)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["vgg16", "--convention", "fvcoe"], "did you mean 'fvcore'?"),
        (["compare", "vgg16", "--conventions", "thopp"], "did you mean 'thop'?"),
        (["compare", "vgg16"], "--conventions"),
        (["compare"], "--list"),
    ],
)
def test_wrong_usage_is_reported(cli: Cli, arguments: list[str], said: str) -> None:
    result = cli(*arguments, status=2)
    assert said in result.output


def test_a_chosen_list_is_held_against_its_first(cli: Cli) -> None:
    def chosen(*arguments: str) -> list[str]:
        found = cli.data("compare", "conv3-8", "--input", "9x9x3", *arguments)
        return [row["convention"]["name"] for row in found["conventions"]]

    assert ["cnncalc", "thop"] == chosen("--conventions", "thop")
    assert ["thop", "fvcore"] == chosen("--conventions", "thop, fvcore")
    assert ["slides", "thop"] == chosen("--conventions", "thop", "--convention", "slides")
    assert ["slides", *(name for name in CONVENTIONS if name != "slides")] == chosen(
        "--conventions", "--convention", "slides"
    )


def test_the_reference_keeps_its_switches_when_it_is_compared_with_all() -> None:
    found = cnncalc.compare("vgg16", convention="slides", bias=True)
    assert found[0].params == cnncalc.analyze("vgg16").total("params")
    assert len(CONVENTIONS) == len(found)


def test_python_compares_what_the_command_compares(cli: Cli) -> None:
    networks = cnncalc.compare(["vgg16", "alexnet"], 224, batch=2, dtype="float16")
    assert ["vgg16", "alexnet"] == [network.name for network in networks]
    options = ("--input", "224", "--batch", "2", "--dtype", "float16")
    assert json.loads(networks.render("json")) == cli.data("compare", "vgg16", "alexnet", *options)
    both = cnncalc.compare(("vgg16", "alexnet"), conventions="thop,keras")
    assert [["cnncalc", "thop", "keras"]] * 2 == [[counted.convention.name for counted in part] for part in both]
    for result in (networks, both, both[0], cnncalc.conventions()):
        assert "<table>" in result._repr_html_() or result[0].name in result._repr_html_()


def test_networks_are_compared_by_any_total(cli: Cli) -> None:
    text = cli.text("compare", "vgg16", "alexnet", "--columns", "training memory,Parameters", "--units", "MiB")
    assert ["quantity", "input", "training memory", "params"] == [
        line[:17].strip() for line in text.splitlines() if line.startswith(" ") and "\u2500" not in line
    ]
    assert "1,171.84 MiB" in text
    assert "unknown total 'parms'" in cli.refused("compare", "vgg16", "alexnet", "--columns", "parms")
    assert "columns of conventions are fixed" in cli.refused("compare", "vgg16", "--conventions", "--columns", "macs")


def test_comparisons_have_rows() -> None:
    rows = cnncalc.compare(["vgg16", "alexnet"]).render("csv", columns="params").splitlines()
    assert ["name,input,params", "vgg16,224x224x3,138357544", "alexnet,227x227x3,62378344"] == rows
    rows = cnncalc.compare("vgg16", conventions="torchinfo").render("csv").splitlines()
    assert "vgg16,224x224x3,torchinfo,1.8.0,138357544,15483821032,MACs,,+13556712 biases" == rows[2]
    assert ["name", "version"] == cnncalc.conventions().render("csv").splitlines()[0].split(",")[:2]


def test_no_code_asks_for_a_conventions_name() -> None:
    names = CONVENTIONS.keys() - {"slides", "paper"}
    package = HERE.parent / "cnncalc"
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                values = [value.value for value in ast.walk(node) if isinstance(value, ast.Constant)]
                assert not names & {value for value in values if isinstance(value, str)}, path.name


def test_against_a_tool_that_counts_no_operations_all_of_them_are_the_difference(cli: Cli) -> None:
    result = cli("compare", "vgg16", "--conventions", "keras,fvcore")
    assert "15,470,264,320 everything: keras counts no operations" in " ".join(result.output.split())


def test_training_keeps_the_input_of_a_batch_norm() -> None:
    """torch 2.13.0 saves, for conv, batch norm and in-place ReLU: the input, the conv's output, the norm's output."""
    analysis = cnncalc.analyze("conv3-8, batchnorm, relu", "32x32x3")
    expected = 12_288 + 32_768 + 32_768
    assert expected == training_memory(analysis)["activations"]


def test_flops_of_everything_leave_the_biases_out_where_they_are_not_counted() -> None:
    counts = [
        cnncalc.analyze("conv3-8", "8x8x3", convention=cnncalc.Convention(bias=bias, flops="all")).total("flops")
        for bias in (True, False)
    ]
    expected = 8 * 8 * 8
    assert expected == counts[0] - counts[1]


def test_two_networks_of_symbols_have_an_exact_ratio(cli: Cli) -> None:
    """(k*k*M + M*N)/(k*k*M*N) = 1/N + 1/k**2 at each of H*W places."""
    networks = ("depthwise{k}p[same], conv1-N", "conv{k}-Np[same]", "--input", "HxWxM")
    text = cli.text("compare", *networks)
    assert "MACs and FLOPs of (depthwise{k}p[same], conv1-N) / those of (conv{k}-Np[same]) = 1/N + 1/k**2\n" in text
    ratios = json.loads(cli.text("compare", *networks, "--format", "json"))["ratios"]
    assert ratios["macs"] == {"first_to_second": "1/N + 1/k**2", "second_to_first": "N*k**2/(N + k**2)"}
    assert ratios["depth"] == {"first_to_second": "2", "second_to_first": "1/2"}
    assert ratios["peak_memory_bytes"] == {"first_to_second": None, "second_to_first": None}
