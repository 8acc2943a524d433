"""What slide notation prints of a layer makes the same layer again, whatever its type and its fields."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli

import cnncalc
from cnncalc.layers import CATALOGUE, Layer, Refused
from cnncalc.layers.activation import ActivationName
from cnncalc.layers.convolution import ConnectionTable
from cnncalc.layers.fields import Count, Field, Number, OptionalCount, OptionalPerAxis, PerAxis, Switch, Word
from cnncalc.layers.rearranging import Margins
from cnncalc.layers.windowed import Padding
from cnncalc.report.rows import layer_label
from cnncalc.spec.model import LayerItem
from cnncalc.symbolic import symbol

KINDS = sorted({kind.kind for kind in CATALOGUE.values() if not kind.merges})
Draw = Callable[[random.Random, Any, int], Any]


def axes(draw: random.Random, rank: int, low: int) -> Any:
    """One number, or one for each axis; now and then a symbol."""
    number: Callable[[], Any] = lambda: draw.choice([low, 1, 2, 3, 4, 7, symbol("K"), symbol("width") + 1])  # noqa: E731
    return number() if draw.random() < 0.5 else [number() for _ in range(rank)]


def sides(draw: random.Random, rank: int) -> Any:
    if draw.random() < 0.3:
        return draw.choice([0, 1, 2, symbol("P")])
    return [draw.choice([0, 2, symbol("P"), [0, 1], [2, symbol("b")]]) for _ in range(rank)]


DRAWS: dict[type[Field[Any]], Draw] = {
    Count: lambda draw, field, rank: draw.choice([max(field.least, 1), 2, 5, 64, symbol("C2"), 2 * symbol("n")]),
    OptionalCount: lambda draw, field, rank: draw.choice([1, 4, 96, symbol("K")]),
    Switch: lambda draw, field, rank: draw.random() < 0.5,
    Word: lambda draw, field, rank: draw.choice(field.words),
    Number: lambda draw, field, rank: draw.choice(["0.1", "1", "1e-05", "-0.5", "2.5"]),
    PerAxis: lambda draw, field, rank: axes(draw, rank, max(field.least, 1)),
    OptionalPerAxis: lambda draw, field, rank: axes(draw, rank, 1),
    Padding: lambda draw, field, rank: draw.choice([*field.words, sides(draw, rank), sides(draw, rank)]),
    Margins: lambda draw, field, rank: sides(draw, rank),
    ActivationName: lambda draw, field, rank: draw.choice(field.words),
    ConnectionTable: lambda draw, field, rank: draw.choice([None, [[0, 1], [2]], [[3]], [[0], [1, 2], [0, 2]]]),
}


def random_layer(kind: type[Layer], draw: random.Random) -> Layer | None:
    """A layer with some of its fields drawn; None if they contradict each other."""
    rank = draw.choice([1, 2, 3])
    keys = {
        name: DRAWS[type(field)](draw, field, rank)
        for name, field in kind.fields.items()
        if field.required or draw.random() < 0.5
    }
    if keys.get("table"):
        keys.pop("filters", None)
        keys.pop("groups", None)
    try:
        return kind(**keys)
    except Refused:
        return None


def parsed(text: str) -> Layer:
    """The layer of a notation, whether or not an input suits it."""
    (item,) = cnncalc.load(text).items
    assert isinstance(item, LayerItem)
    symbols = {name: symbol(name) for argument in item.arguments.values() for name in argument.names()}
    return item.layer(**{name: argument.evaluate(symbols) for name, argument in item.arguments.items()})


@pytest.mark.parametrize("kind", KINDS)
def test_the_notation_of_a_layer_makes_an_equal_layer_whatever_its_fields(kind: str) -> None:
    draw = random.Random(kind)
    shown = set()
    for _ in range(300):
        layer = random_layer(CATALOGUE[kind], draw)
        if layer is None:
            continue
        text = layer.notation()
        assert layer == parsed(text), (text, layer, parsed(text))
        shown |= layer.given().keys()
    assert shown >= CATALOGUE[kind].fields.keys(), "a field was never given"


def test_every_layer_of_every_bundled_network_is_read_back_from_its_type() -> None:
    layers = {node.layer: network for network in cnncalc.networks() for node in cnncalc.expand(network).nodes}
    for layer, network in layers.items():
        if not layer.merges and getattr(layer, "table", None) is None:
            assert layer == parsed(layer.notation(short=True)), network


LINEAR = {  # the parameters of each, as published or counted by hand elsewhere in the tests
    "alexnet": 62_378_344,
    "lenet": 61_706,
    "mobilenet_v1": 4_231_976,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "zfnet": None,
    "plain34": None,
}


@pytest.mark.parametrize("network", LINEAR)
def test_the_column_type_of_a_linear_network_is_the_network(network: str) -> None:
    bundled = cnncalc.analyze(network)
    text = ", ".join(map(layer_label, bundled.layers))
    again = cnncalc.analyze(text, str(bundled.graph.input))
    for mine, its in zip(again.layers, bundled.layers, strict=True):
        assert its.node.layer == mine.node.layer
        assert (its.output, its.params, its.macs, its.operations) == (
            mine.output,
            mine.params,
            mine.macs,
            mine.operations,
        )
    assert LINEAR[network] in (None, again.total("params"))


def test_the_rows_of_a_connection_table_are_left_out_of_the_column_type() -> None:
    layer = cnncalc.expand("lenet5").nodes[2].layer
    assert layer == parsed(layer.notation())
    assert layer.notation(short=True) == "conv5-16p0[table=...] + tanh"
    with pytest.raises(cnncalc.SpecError, match=r"table must be a list, .*, not '\.\.\.'"):
        cnncalc.load("conv5-16p0[table=...] + tanh")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("conv3-8/2p1", "conv3-8/2"),
        ("conv3-8[kernel=5, stride=2]", None),
        ("CONV3-8D2G4 + RELU", "conv3-8d2g4 + relu"),
        ("conv[filters=8, kernel=5]", "conv5-8"),
        ("conv3/2-8", "conv3-8/2"),
        ("conv{1+2}-8d{1+1}", "conv3-8d2"),
        ("conv3-8p[0,1]x2[nobias]", "conv3-8p[0,1]x2[nobias]"),
        ("upsample2x3[bilinear]", "upsample2x3[bilinear]"),
        ("resize[size=7x9, mode=nearest]", "resize7x9[nearest]"),
        ("adaptiveavgpool[size=3]", "adaptiveavgpool3"),
        ("groupnorm[groups=4,affine=false]", "groupnorm4[noaffine]"),
        ("groupnorm32", "groupnorm"),
        ("groupnorm[groups=G]", "groupnormG"),
        ("instancenorm[affine]", "instancenorm[affine]"),
        ("layernorm[all]", "layernorm[all]"),
        ("prelu[shared]", "prelu[shared]"),
        ("leaky_relu[slope=0.2]", "leaky_relu[slope=0.2]"),
        ("slice4[start=2]", "slice4[start=2]"),
        ("split2[part=2]", "split2[part=2]"),
        ("pad[0,1]x2[channels=3]", "pad[0,1]x2[channels=3]"),
        ("crop[1,0]", "crop[1,0]"),
        ("reshape32[size=4x4]", "reshape32[size=4x4]"),
        ("dropout0.3", "dropout0.3"),
        ("pool3/2[ceil]", "maxpool3/2[ceil]"),
        ("deconv4-8/2p1op1g2[nobias] + relu", "deconv4-8/2p1g2op1[nobias] + relu"),
        ("depthwise3-x2", "depthwise3-x2"),
        ("fc-10[nobias] + softmax", "fc-10[nobias] + softmax"),
    ],
)
def test_a_layer_is_printed_without_what_goes_without_saying(text: str, printed: str | None) -> None:
    if printed is None:
        with pytest.raises(cnncalc.SpecError, match="kernel is given twice"):
            cnncalc.load(text)
    else:
        assert printed == parsed(text).notation()


def test_the_numbers_behind_a_key_are_those_of_the_layer() -> None:
    def made(text: str, size: str = "8x8x8") -> tuple[str, int]:
        layer = cnncalc.analyze(text, size).layers[0]
        return str(layer.output), layer.params

    assert made("pad[0,1]x2[channels=3]") == ("9x12x11", 0)
    assert made("reshape32[size=4x4]") == ("4x4x32", 0)
    assert made("slice3[start=5]") == ("8x8x3", 0)
    assert made("layernorm[all]") == ("8x8x8", 2 * 8 * 8 * 8)
    assert made("prelu") == ("8x8x8", 8)
    assert made("prelu[shared]") == ("8x8x8", 1)
    assert made("instancenorm[affine]") == ("8x8x8", 16)
    assert made("conv5p0[table=[[0,1,2],[7]]]") == ("4x4x2", 5 * 5 * 4 + 2)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("conv3-8[scale=2]", (8, 5), "one of filters=, kernel="),
        ("conv3-8[bias", (11, 1), "']' is missing"),
        ("conv3-8[strid=2]", (8, 5), "did you mean 'stride'?"),
        ("upsample2[nearst]", (10, 6), "did you mean 'nearest'?"),
        ("upsample2[mode=cubic]", (15, 5), "mode must be one of nearest, bilinear, not 'cubic'"),
        ("conv3-8p[sme]", (8, 5), "did you mean 'same'?"),
        ("pool2, conv3-8/0", (15, 1), "stride must be at least 1, not 0"),
        ("groupnorm[groups={2*}]", (19, 1), "the expression ends too early"),
        ("conv3-8[]", (8, 1), "as in [ceil] or [start=4]"),
        ("conv3-8 + bn", (10, 2), "activation must be the name of an activation, not 'bn'"),
        ("pool2, concat", (7, 6), "write a YAML spec: '- concat:' with a list of branches, or with 'from: [a, b]'"),
    ],
)
def test_a_mistake_in_notation_is_shown_at_its_place(text: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.expand(text, "8x8x8")
    (problem,) = caught.value.problems
    assert problem.span is not None
    assert place == (problem.span.column, problem.span.length)
    assert message in str(problem)


@pytest.mark.parametrize("network", sorted(cnncalc.networks()))
def test_a_bundled_network_written_out_in_full_is_the_same_network(network: str, cli: Cli, tmp_path: Path) -> None:
    bundled = cnncalc.analyze(network)
    path = tmp_path / "written.yaml"
    path.write_text(cli.text(network, "--expanded"), encoding="utf-8")
    again = cnncalc.analyze(path)
    assert bundled.graph.same_network(again.graph)
    for quantity in ("params", "macs", "activations", "flops"):
        assert bundled.total(quantity) == again.total(quantity)


@pytest.mark.parametrize("network", ["vgg16", "alexnet", "mobilenet_v1"])
def test_the_names_in_the_slide_format_are_notation_of_the_same_sizes(network: str, cli: Cli) -> None:
    bundled = cnncalc.analyze(network)
    for layer in bundled.layers:
        name = layer.node.layer.slide_name()
        if name != "FC":
            again, mine = parsed(name), layer.node.layer
            assert again.output(layer.input) == mine.output(layer.input), name
