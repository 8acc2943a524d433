"""Closed forms are the numbers: put sizes in, and every column of every layer is what the numeric engine says."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from types import CodeType
from typing import Any

import pytest
import sympy
from conftest import Cli, Golden, Write

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.formula.assumptions import parse_assumptions
from cnncalc.symbolic import floor_div, is_known, multiplied_out, substitute, symbol
from cnncalc.symbolic.floor_division import FloorDiv
from cnncalc.symbolic.printing import integer_python, latex, plain
from cnncalc.symbolic.program import Program

NETWORKS = cnncalc.networks()
SIZES = 20
COUNTS = (
    *("weights", "biases", "params", "buffers", "macs", "flops", "activations", "memory_bytes"),
    *("neurons", "connections", "depth"),
)
H, W, C, C1, C2, K, F, P, S, L, k = map(symbol, ["H", "W", "C", "C1", "C2", "K", "F", "P", "S", "L", "k"])


@cache
def symbolic(name: str) -> Analysis:
    """A network with a symbol for every axis that is a number in its spec."""
    given = cnncalc.load(name).input
    assert given is not None
    axes = {1: ("W",), 2: ("H", "W")}[len(given.sizes)]
    return cnncalc.analyze(name, "x".join(axes))


def cells(analysis: Analysis) -> Iterator[tuple[str, Any]]:
    """(column of layer, value): all there is to say of a network, the totals too."""
    for layer in analysis.layers:
        yield f"{layer.name} channels", layer.output.channels
        yield from ((f"{layer.name} size {number}", size) for number, size in enumerate(layer.output.size))
        yield from ((f"{layer.name} {count}", getattr(layer, count)) for count in COUNTS)
        yield from ((f"{layer.name} {each}", count) for each, count in layer.operations.counts())
        for number, axis in enumerate(layer.receptive_field.axes):
            for each in ("size", "jump", "centre", "padding"):
                if getattr(axis, each) is not None:
                    yield f"{layer.name} field's {each} {number}", getattr(axis, each)
    yield from analysis.totals.items()
    yield from analysis.operations.counts()
    yield "weight memory", analysis.weight_memory_bytes


def sizes_for(name: str) -> list[dict[str, int]]:
    """The smallest sizes from which on a network may work, and random ones, each axis by itself."""
    chance = random.Random(name)
    smallest = {"H": 1, "W": 1}
    for text in cnncalc.formula(name, only=["params"]).conditions:
        if match := re.fullmatch(r"(\w) >= (\d+)", text):
            smallest[match[1]] = int(match[2])
    sizes = [dict(smallest), {each: least + 1 for each, least in smallest.items()}]
    while len(sizes) < SIZES:
        high = chance.choice((40, 300))
        sizes.append({each: chance.randint(least, least + high) for each, least in smallest.items()})
    if name == "unet":  # its sizes must meet again: 188 + 16k
        sizes = [{each: 188 + 16 * ((size - 185) // 8) for each, size in size.items()} for size in sizes]
    return sizes


@pytest.mark.parametrize("name", NETWORKS)
def test_every_column_of_every_layer_is_what_numbers_give_at_twenty_sizes(name: str) -> None:
    formulas = dict(cells(symbolic(name)))
    whole = {key: value for key, value in formulas.items() if not isinstance(value, Fraction)}
    halves = {key: value for key, value in formulas.items() if isinstance(value, Fraction)}
    compiled = Program(whole.values(), ("H", "W"))
    texts = {value: integer_python(value) for value in set(whole.values())}
    printed: dict[str, CodeType] = {text: compile(text, "formula", "eval") for text in set(texts.values())}
    parameters = {each: 3 + number for number, each in enumerate(sorted(set(compiled.inputs) - {"H", "W"}))}
    rank = len(symbolic(name).graph.input.size)
    for size in sizes_for(name):
        text = "x".join(str(size[axis]) for axis in "HW"[:rank])
        if parameters:  # the stacks of 3x3: C1 channels come in
            text += f"x{parameters['C1']}"
        numeric = dict(
            cells(cnncalc.analyze(name, text, settings={each: parameters[each] for each in parameters if each != "C1"}))
        )
        values = {**size, **parameters}
        assert dict(zip(whole, compiled.run(values), strict=True)) == {key: numeric[key] for key in whole}, size
        assert {key: numeric[key] for key in halves} == halves
        python = {
            each: eval(code, {"__builtins__": {"min": min, "max": max}}, values) for each, code in printed.items()
        }
        assert {key: python[texts[value]] for key, value in whole.items()} == {key: numeric[key] for key in whole}, size


@pytest.mark.parametrize("name", NETWORKS)
def test_the_conditions_fail_exactly_where_numbers_are_refused(name: str) -> None:
    graph = symbolic(name).graph
    settings = {"C2": 4} if "C1" in str(graph.input) else {}
    chance = random.Random(name)
    for _ in range(12):
        size = {"H": chance.randint(1, 260), "W": chance.randint(1, 260)}
        holds = all(
            condition._replace(left=substitute(condition.left, size), right=substitute(condition.right, size)).holds()
            for _, condition in graph.conditions
        )
        text = f"{size['H']}x{size['W']}" + ("x3" if settings else "")
        try:
            cnncalc.analyze(name, text, settings=settings)
            refused = False
        except cnncalc.SpecError:
            refused = True
        assert holds is not refused, size


@pytest.mark.parametrize("name", NETWORKS)
def test_no_closed_form_keeps_a_floor_inside_a_floor(name: str) -> None:
    for key, value in cells(symbolic(name)):
        if "connections" in key or is_known(value) or isinstance(value, Fraction):
            continue  # the taps at a border are counted one by one, with Min and Max
        for floor in value.atoms(FloorDiv):
            assert not any(part.has(FloorDiv) for part in floor.args), f"{key}: {value}"


@pytest.mark.parametrize("name", NETWORKS)
def test_the_latex_of_every_closed_form_balances(name: str) -> None:
    for value in {
        value for _, value in cells(symbolic(name)) if not is_known(value) and not isinstance(value, Fraction)
    }:
        text = latex(value)
        assert (text.count("{"), text.count(r"\left")) == (text.count("}"), text.count(r"\right")), text
        assert not re.search("//|FloorDiv", text)


def test_resnet50_ends_in_a_map_of_h_plus_31_over_32() -> None:
    last = [layer for layer in symbolic("resnet50").layers if layer.output.rank and layer.output.size != (1, 1)][-1]
    assert ("(H + 31)//32", "(W + 31)//32") == tuple(map(str, last.output.size))


def is_chain(name: str) -> bool:
    """Whether a network is windows one behind the other, all of them rounded down."""
    layers = [node.layer for node in symbolic(name).graph.nodes]
    return not any(layer.merges or getattr(layer, "rounding", "floor") != "floor" for layer in layers)


@pytest.mark.parametrize("name", [name for name in NETWORKS if is_chain(name)])
def test_a_chain_is_one_window_of_size_r_jump_j_and_padding_p(name: str) -> None:
    """W' = (W - R + 2P)//J + 1, as one symbolic identity for every layer of every chain."""
    seen = 0
    for layer in symbolic(name).layers:
        for before, axis, after in zip((H, W), layer.receptive_field.axes, layer.output.size, strict=False):
            assert after == floor_div(before - axis.size + multiplied_out(2 * axis.padding), axis.jump) + 1, layer.name
            seen += 1
    assert seen


# The slides' symbolic claims ----------------------------------------------------------------------


def test_one_5x5_against_two_3x3_as_on_the_slide() -> None:
    one = cnncalc.formula("conv5-C2", input="HxWxC1", convention=cnncalc.Convention(bias=False))
    assert 25 * C1 * C2 == one["params"]
    assert 25 * C1 * C2 * H * W == one["macs"]
    two = cnncalc.formula("conv3-C2, conv3-C2", input="HxWxC1", convention=cnncalc.Convention(bias=False))
    assert sympy.expand(9 * C1 * C2 + 9 * C2 * C2 - two["params"]) == 0
    assert one["receptive_field"] == two["receptive_field"] == (5, 5)
    # "18*C1*C2" and "18*C1*C2*H*W" hold, as printed, where the middle has C1 = C2 channels
    alike = cnncalc.formula(
        "conv3-C2, conv3-C2", input="HxWxC1", assume="C1 == C2", convention=cnncalc.Convention(bias=False)
    )
    assert 18 * C1 * C1 == alike["params"]
    assert 18 * C1 * C1 * H * W == alike["macs"]


def test_l_layers_of_k_by_k_see_1_plus_l_times_k_minus_1() -> None:
    stack = cnncalc.formula("conv{k}-C p[same] xL")
    assert "L*(k - 1) + 1" == plain(stack["receptive_field"][0])
    assert L == cnncalc.formula("conv{k}-C p[same] xL", only=["depth"])["depth"]


def test_a_3x3_filter_makes_d1_minus_2_by_d2_minus_2(cli: Cli) -> None:
    result = cli("formula", "conv3-1p0", "--input", "d1xd2xm", "--only", "output")
    assert "output      = (d1 - 2)x(d2 - 2)x1\n" in result.output


def test_the_general_convolution_and_pool_of_the_slides() -> None:
    conv = cnncalc.formula("convF-K/SpP", input="WxWxC")
    assert floor_div(W - F + 2 * P, S) + 1 == conv["output"].size[0]
    assert K == conv["output"].channels
    assert sympy.expand(F * F * C * K + K - conv["params"]) == 0
    pool = cnncalc.formula("poolF/S", input="WxWxC")
    assert floor_div(W - F, S) + 1 == pool["output"].size[0]
    assert (C, 0) == (pool["output"].channels, pool["params"])


# Assumptions --------------------------------------------------------------------------------------


def test_an_assumption_makes_a_polynomial_where_there_is_one() -> None:
    resnet = cnncalc.formula("resnet50", assume=["H % 32 == 0", "W % 32 == 0"])
    assert 76848 * H * W + 2048000 == resnet["macs"]
    assert () == resnet.conditions  # a positive multiple of 32 is at least 32
    for size in (32, 224, 320):  # 76848 * 224^2 + 2048000 = 3,857,973,248, the table's 3.8 billion
        assert cnncalc.analyze("resnet50", size).total("macs") == substitute(resnet["macs"], {"H": size, "W": size})


@pytest.mark.parametrize("name", NETWORKS)
def test_assumptions_change_no_number_where_they_hold(name: str) -> None:
    if "C1" in str(symbolic(name).graph.input):
        pytest.skip("its sizes need no assumption")
    remainder = 12 if name == "unet" else 5
    assumed = cnncalc.formula(name, assume=f"H % 16 == {remainder} and H == W")
    for size in (remainder + 16 * 15, remainder + 16 * 20):
        totals = cnncalc.analyze(name, size).totals
        for quantity in ("params", "macs", "flops", "activations", "memory_bytes"):
            value = assumed[quantity]
            assert totals[quantity] == substitute(value, {"H": size})
            assert totals[quantity] == eval(integer_python(value), {"__builtins__": {}}, {"H": size})


def test_two_remainders_of_one_symbol_are_taken_together() -> None:
    assumed = cnncalc.formula("pool2, pool3", input="HxWx1", assume="H % 2 == 0 and H % 3 == 0", only=["output"])
    assert "H/6" == plain(assumed["output"].size[0])
    with pytest.raises(cnncalc.SpecError, match="contradict one another"):
        cnncalc.formula("pool2, pool3", input="HxWx1", assume="H % 2 == 0 and H % 4 == 1")


def test_zeros_before_a_divisor_mean_nothing() -> None:
    padded = cnncalc.formula("pool32", input="HxWx1", assume="H % 0000000000032 == 0, W == 32", only=["output"])
    assert [plain(size) for size in padded["output"].size] == ["H/32", "1"]


def test_assumptions_that_the_network_contradicts_are_refused() -> None:
    for assume, message in (
        ("H == 30", "pool2: the assumptions contradict"),
        ("Q % 2 == 0", "alexnet has no symbol 'Q'"),
    ):
        with pytest.raises(cnncalc.SpecError, match=message):
            cnncalc.formula("alexnet", assume=assume)
    with pytest.raises(cnncalc.SpecError, match="skip3: the assumptions contradict"):
        cnncalc.formula("unet", assume="H % 16 == 0 and H == W")


@pytest.mark.parametrize(
    ("assume", "output", "conditions"),
    [
        # with P = (F - 1)//2 and F odd, H - F + 2P = H - 1; F = 1, P = 0 is a layer, so that nothing is left to ask
        ("P == (F-1)//2, F % 2 == 1, S == 1", ("H", "W"), ()),
        ("F == 2*P + 1, S == 1", ("H", "W"), ()),
        ("P == (F - 1)/2, S == 1", ("H", "W"), ()),
        ("2*P == F - 1", ("(H - 1)//S + 1", "(W - 1)//S + 1"), ()),
        ("P == 0", ("(H - F)//S + 1", "(W - F)//S + 1"), ("H >= F", "W >= F")),
        ("P == 0, H >= F, F <= W", ("(H - F)//S + 1", "(W - F)//S + 1"), ()),
        ("P == 0, F <= 4, H > 3, 4 <= W <= 9", ("(H - F)//S + 1", "(W - F)//S + 1"), ()),
        ("P == 0, F == 3, S == 1, 224 == H", ("222", "W - 2"), ("W >= 3",)),
        ("P == 0, F == 2, S == 2, H == 32*k, W == 4*H", ("16*k", "64*k"), ()),
        ("P == 0, F == 2, S == 2, 0 == H % 2, W % 2 == 1", ("H/2", "(W - 1)/2"), ("W >= 3",)),  # no window fits in 1
        ("P == 0, F == 2, S == 2, 2*H == 3*W", ("H//2", "W//2"), ("H >= 2", "W >= 2", "2*H == 3*W")),
    ],
)
def test_conditions_that_always_hold_are_not_listed_and_none_is_stricter_than_the_truth(
    assume: str, output: tuple[str, str], conditions: tuple[str, ...]
) -> None:
    found = cnncalc.formula("convF-K/SpP", assume=assume, only="output")
    assert output == tuple(plain(size) for size in found["output"].size)
    assert conditions == found.conditions


@pytest.mark.parametrize("padding", ["P", "caffe"])
def test_a_padding_that_may_be_0_by_what_is_assumed_counts_as_the_number_0_does(padding: str, write: Write) -> None:
    path = write(
        "input: HxWx2\nparameters: {P: , Q: }\nlayers:\n  - conv: {filters: 3, kernel: 3, padding: P}\n"
        "  - maxpool: {kernel: 3, stride: 2, padding: P, rounding: caffe}\n"
    )
    for assume, values in (("P == 0", {}), ("P == Q - 1", {"Q": 1}), ("Q == P + 1", {"Q": 1})):
        if values and assume.startswith("Q"):
            continue
        found = cnncalc.formula(path, assume=assume, only="connections,macs,activations")
        for height, width in ((7, 8), (10, 9)):
            numeric = cnncalc.analyze(path, f"{height}x{width}x2", settings={"P": 0, "Q": 1})
            for quantity in ("connections", "macs", "activations"):
                assert numeric.total(quantity) == substitute(found[quantity], {"H": height, "W": width, **values})


@pytest.mark.parametrize("name", ["lenet5", "resnet18"])
def test_connections_without_idle_maxima_are_the_numbers_from_the_smallest_size_on(name: str) -> None:
    found = cnncalc.formula(name, only=["connections"])
    assert "max(0, (H + 7)//8)" not in plain(found["connections"])
    assert (name != "lenet5") is found["connections"].has(sympy.Max)  # of 1 pixel, a padded window may see nothing
    least = {text.split()[0]: int(text.split()[2]) for text in found.conditions}
    for more in (0, 1, 2, 3, 5, 18):
        height, width = least.get("H", 1) + more, least.get("W", 1) + 2 * more
        numeric = cnncalc.analyze(name, f"{height}x{width}").total("connections")
        assert numeric == substitute(found["connections"], {"H": height, "W": width})


def test_a_key_of_a_layer_that_would_be_too_small_is_a_condition() -> None:
    found = cnncalc.formula("conv{k-2}-C", only="output")
    assert ("k >= 3", "H >= k - 2", "W >= k - 2") == found.conditions


@pytest.mark.parametrize(
    ("assume", "message"),
    [
        ("H != 3", "is not an assumption"),
        ("H % W == 0", "write a remainder as one symbol by a number"),
        ("H % 4 >= 1", "a remainder is less than its divisor"),
        ("P == F/2 - 1/2", "write a quotient as one expression over a number"),
        ("P >= (F - 1)/2", "a quotient must be alone"),
        ("3 == 3", "it contains no symbol"),
        ("H == H + 1", "'H' is on both sides"),
        ("H == Q", "has no symbol 'Q'"),
        ("k >= 3", "has no symbol 'k'"),
        ("H < 1", "contradict one another"),
        ("H <= 5, H >= 6", "contradict one another"),
        ("H % 4 == 3, H <= 2", "contradict one another"),
        ("H >= W, W >= H + 1", "contradict one another"),
        ("H >= 2*W, W >= 3*H", "contradict one another"),
        ("H == 32*k, H % 64 == 32, k % 2 == 0", "contradict"),
        ("H <= 64, P <= 3, F >= 300", "conv1: the assumptions contradict H \\+ 2\\*P >= F"),
    ],
)
def test_what_cannot_be_assumed_is_refused_with_exit_status_2(cli: Cli, assume: str, message: str) -> None:
    with pytest.raises(cnncalc.SpecError, match=message):
        cnncalc.formula("convF-K/SpP", assume=assume)
    cli("formula", "convF-K/SpP", "--assume", assume, status=2)


HOSTILE = (
    "__import__('os').system('touch hacked') == 1",
    "H == __import__('os').system('touch hacked')",
    "H == (lambda: 1)()",
    "H == [].__class__",
    "H % 2 == exec('1')",
    "H == 9**9**9",
    "H == 10000000000000000000",
    "H == W.free_symbols",
    "H\x00 == 1",
    "H == " + "(" * 5000,
    "H % 99999999999999999999 == 1",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_assumption_is_never_run(cli: Cli, text: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(cnncalc.SpecError):
        parse_assumptions([text])
    result = cli("formula", "vgg16", "--assume", text)
    assert (2, True) == (result.exit_code, "Traceback" not in result.output)
    assert not list(tmp_path.iterdir())


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
    with pytest.raises(cnncalc.SpecError, match="contradict one another"):
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


# Symbolic repeats and notation --------------------------------------------------------------------

RESIDUAL = """
input: HxWx16
parameters: {L: , M: 2}
layers:
  - conv: {filters: 16, kernel: 3, padding: 1}
  - group:
      - add:
          - - conv: {filters: 16, kernel: 3, padding: 1, groups: 4}
            - relu
            - conv: {filters: 16, kernel: 5, padding: 2}
            - batchnorm
          - []
      - conv: {filters: 16, kernel: 1}
        repeat: M
    repeat: L
  - maxpool: 2
  - conv: {filters: 16, kernel: 3, padding: same}
    repeat: L
  - fc: 10
"""


def test_a_symbolic_repeat_is_the_repeat_written_out(write: Write) -> None:
    path = write(RESIDUAL)
    for settings in ({}, {"M": "M"}):
        formulas = cnncalc.analyze(path, settings=settings)
        for times, inner in ((1, 2), (2, 2), (5, 2), (3, 4)):
            if inner != 2 and not settings:
                continue
            numeric = cnncalc.analyze(path, "20x31", settings={"L": times, "M": inner})
            values = {"H": 20, "W": 31, "L": times, "M": inner}
            assert numeric.totals == {each: substitute(total, values) for each, total in formulas.totals.items()}
            assert numeric.total("connections") == substitute(formulas.total("connections"), values)
            assert list(numeric.operations) == [substitute(count, values) for count in formulas.operations]
            assert numeric.depth == substitute(formulas.depth, values)
            ends = [
                next(layer for layer in reversed(each.layers) if layer.kind == "conv") for each in (numeric, formulas)
            ]
            for mine, its in zip(ends[0].receptive_field.axes, ends[1].receptive_field.axes, strict=True):
                for quantity in ("size", "jump"):
                    assert getattr(mine, quantity) == substitute(getattr(its, quantity), values)
                assert 2 * mine.padding == substitute(multiplied_out(2 * its.padding), values)


def test_a_symbolic_repeat_that_changes_its_shape_is_refused_with_the_reason() -> None:
    for spec, reason in (
        ("conv3-64 xL", "the repeated layers must keep the shape, but turn HxWx3 into HxWx64"),
        ("conv3-3p0 xL", "turn HxWx3 into (H - 2)x(W - 2)x3"),
        ("[conv3-3, pool2]*L", "turn HxWx3 into (H//2)x(W//2)x3"),
    ):
        with pytest.raises(cnncalc.SpecError, match=re.escape(reason)):
            cnncalc.analyze(spec, "HxWx3")


def test_symbols_of_slide_notation_are_parameters() -> None:
    spec = "conv3-C2/S, conv{k}-{2*width}p{k//2}, poolF, fc-K"
    assert ["C2", "S", "k", "width", "F", "K"] == list(cnncalc.load(spec).parameters)
    numbers = {"C2": 8, "S": 2, "k": 5, "width": 6, "F": 3, "K": 10}
    plain_text = "conv3-8/2, conv5-12p2, pool3, fc-10"
    expected = cnncalc.analyze(plain_text, "33x47x3")
    assert expected.totals == cnncalc.analyze(spec, "33x47x3", settings=numbers).totals
    formulas = cnncalc.analyze(spec, "33x47x3")
    assert expected.totals == {each: substitute(total, numbers) for each, total in formulas.totals.items()}
    assert "conv3-C2/S" == formulas.layers[0].node.layer.notation()
    assert "conv{k}-{2*width}p{k//2}" == formulas.layers[1].node.layer.notation()


def test_a_symbolic_dilation_keeps_the_size_as_a_number_does() -> None:
    formulas = cnncalc.analyze("conv3-8dD, conv3x5-8dD", "32x32x4")
    for dilation in (1, 2, 3):
        numeric = cnncalc.analyze("conv3-8dD, conv3x5-8dD", "32x32x4", settings={"D": dilation})
        assert numeric.totals == {each: substitute(total, {"D": dilation}) for each, total in formulas.totals.items()}
        assert all(layer.output.size == (32, 32) for layer in numeric.layers)


def test_an_input_named_like_a_parameter_is_that_parameter() -> None:
    assert 65_536 == cnncalc.analyze("conv3-C xL", "32x32xC", settings={"C": 64}).layers[0].input.values
    assert "HxWxC" == str(cnncalc.analyze("conv3-C xL", "HxWxC").graph.input)


def test_a_repeat_is_a_part_in_every_command() -> None:
    expected = cnncalc.analyze("resnet50", 64)
    stage = [layer for layer in expected.layers if layer.name.startswith("conv4_")]
    assert stage == expected.part("conv4")
    assert sum(layer.params for layer in stage) == cnncalc.formula("resnet50", "conv4")["params"]
    assert "conv4_6" in str(cnncalc.explain("resnet50", "conv4"))


def test_connections_behind_a_symbolic_kernel_are_refused_with_their_reason() -> None:
    analysis = cnncalc.analyze("stack_5x5", settings={"kernel": "K"})
    with pytest.raises(cnncalc.SpecError, match="the kernel must be a number, not K"):
        analysis.total("connections")


# Strict windows and halves ------------------------------------------------------------------------


STRICT = """
input: HxHx1
parameters: {F: , S: }
layers:
  - {conv: {filters: 2, kernel: F, stride: S, rounding: strict}, name: conv}
  - {maxpool: 2, name: pool}
"""


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


def test_the_json_of_show_divides_in_integer_python(cli: Cli, write: Write) -> None:
    data = json.loads(cli("show", write(STRICT), "--format", "json").output)
    for layer, expected in zip(data["layers"], (4, 2), strict=True):
        size = eval(layer["output"]["size"][0], {"__builtins__": {}}, {"H": 9, "F": 3, "S": 2})
        assert (size, type(size)) == (expected, int)


def test_a_centre_between_two_pixels_is_no_floor_in_python(cli: Cli) -> None:
    result = cli("formula", "convF-K", "--only", "centre", "--format", "python")
    assert "centre_height = (F - 1)/2\n" in result.output


@pytest.mark.parametrize(("form", "text"), [("python", "= 3/2\n"), ("json", '"3/2"'), ("latex", r"\frac{3}{2}")])
def test_a_centre_that_is_a_fraction_is_written_in_every_form(cli: Cli, form: str, text: str) -> None:
    result = cli("formula", "conv4-8p0", "--only", "centre", "--format", form)
    assert (result.exit_code, text in result.output) == (0, True)


@pytest.mark.parametrize("before", ["", "  - upsample: 2\n"])
def test_the_field_behind_a_deconv_of_symbolic_padding_is_unknown_and_not_wrong(write: Write, before: str) -> None:
    path = write(
        "input: HxWx1\nparameters: {P: }\nlayers:\n"
        f"{before}  - {{deconv: {{filters: 2, kernel: 3, stride: 2, padding: P}}}}\n",
    )
    assert cnncalc.formula(path)["receptive_field"] == "unknown: deconv: the padding is not a number"
    known = cnncalc.formula(path, settings={"P": 1}, only=["receptive_field", "padding"])
    assert known["receptive_field"] == ((2, 2) if not before else known["receptive_field"])
    assert known["padding"].startswith("undefined")


# The command --------------------------------------------------------------------------------------


def test_the_forms_of_the_report(cli: Cli, golden: Golden) -> None:
    parts = [
        cli.text("formula", "resnet50"),
        cli.text("formula", "resnet50", "--assume", "H % 32 == 0 and W % 32 == 0", "conv5_1"),
        cli.text("formula", "alexnet", "conv1", "pool3", "--input", "NxHxWx3", "--only", "output,macs,rf,padding"),
        cli.text("formula", "unet", "--assume", "H == W"),
        cli.text("formula", "stack_3x3_twice", "--format", "latex", "--no-bias"),
        cli.text("formula", "densenet121", "--set", "growth=k", "--format", "python"),
        cli.text("formula", "alexnet", "conv1", "--assume", "H % 4 == 3", "--format", "json"),
    ]
    golden("formula/forms.txt", "\n".join(parts))


def test_integer_python_is_python_and_json_is_data(cli: Cli) -> None:
    text = cli.text("formula", "densenet121", "--set", "growth=k", "--format", "python")
    names: dict[str, Any] = {"H": 224, "W": 224, "k": 32}
    exec(text, {"__builtins__": {}}, names)
    numeric = cnncalc.analyze("densenet121")
    assert (numeric.total("macs"), numeric.total("params")) == (names["macs"], names["params"])
    data = cli.data("formula", "vgg16", "conv5_3")
    assert {"channels": 512, "size": ["H//16", "W//16"]} == data["formulas"]["output"]
    assert ["H >= 32", "W >= 32"] == data["holds_where"]


def test_unknown_parts_and_quantities_are_refused_with_the_nearest(cli: Cli) -> None:
    for arguments, message in (
        (["vgg16", "conv1_11"], "did you mean 'conv1_1'?"),
        (["vgg16", "--only", "parms"], "did you mean 'params'?"),
        (["vgg16", "--assume", "H"], "'H' is not an assumption"),
    ):
        result = cli("formula", *arguments)
        assert result.exit_code == (1 if "conv1_11" in arguments else 2)
        assert message in result.output


def test_results_are_sympy_expressions_or_integers_and_plain_ones_are_found_by_name() -> None:
    found = cnncalc.formula("vgg16", "pool5")
    assert isinstance(found["activations"], sympy.Expr)
    assert type(found["params"]) is int
    assert 25_088 == found["activations"].subs({found.symbols["H"]: 224, found.symbols["W"]: 224})  # 7*7*512
    plainly = cnncalc.formula("vgg16", "pool5", plain=True)
    assert 25_088 == plainly["activations"].subs("H", 224).subs(sympy.Symbol("W"), 224)
    assert "512*(H//32)*(W//32)" == str(plainly["activations"])
    assert ("H >= 32", "W >= 32") == plainly.conditions


def test_latex_tells_what_is_assumed_and_what_must_hold(cli: Cli) -> None:
    text = cli.text("formula", "resnet50", "conv5_1", "--assume", "H % 32 == 0, W==H", "-f", "latex")
    assert r"\text{assumed} &\quad H \bmod 32 = 0, \ W = H" + "\n" in text
    assert r"\text{holds where} &\quad H \geq 67, \ W \geq 67" in cli.text(
        "formula", "alexnet", "--only", "output", "--format", "latex"
    )
    text = cli.text("formula", "convF-K/SpP", "--assume", "P == (F - 1)/2, H <= 64", "--format", "latex")
    assert r"\text{assumed} &\quad P = \frac{F - 1}{2}, \ H \leq 64" in text
    assert r"\text{holds where} &\quad H + 2 P \geq F, \ 2 P + W \geq F" in cli.text(
        "formula", "convF-K/SpP", "--format", "latex"
    )


def test_the_library_takes_quantities_as_the_command_does_and_one_part() -> None:
    for only in ("macs,rf", ["macs", "rf"], ("MACs", "receptive field")):
        assert ["macs", "receptive_field"] == list(cnncalc.formula("vgg16", "pool5", only=only).values)
    with pytest.raises(cnncalc.SpecError, match="'pool4' is a part of vgg16, and formula takes one"):
        cnncalc.formula("vgg16", "pool5", "pool4")
    with pytest.raises(cnncalc.SpecError, match="formula takes the name of one part"):
        cnncalc.formula("vgg16", ["pool5", "pool4"])  # type: ignore[arg-type]
    assert "conditions=('H >= 32', 'W >= 32')" in repr(cnncalc.formula("vgg16", "pool5", only="macs"))


@pytest.mark.parametrize("width", [50, 60, 80])
def test_a_formula_on_a_narrow_terminal_is_cut_between_terms_and_never_inside_brackets(width: int) -> None:
    from io import StringIO

    from rich.console import Console

    from cnncalc.report.document import Equation, Equations, document
    from cnncalc.report.terminal import write

    formula = plain(symbolic("resnet50").total("macs"))
    stream = StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system=None)
    write(document("", [Equations((Equation("MACs", (formula,)),))]), console)
    lines = stream.getvalue().splitlines()
    assert f"MACs={formula}".replace(" ", "") == "".join(lines).replace(" ", "")
    assert len(lines) > 2
    assert all(line.count("(") == line.count(")") and len(line) <= width for line in lines)


def test_several_parts_are_one_result(cli: Cli) -> None:
    found = cnncalc.formulas("vgg16", ["conv1_1", "pool5"], only="params,output")
    assert [1792, 0] == [each["params"] for each in found.parts]
    assert ["conv1_1", "pool5"] == [each["part"] for each in cli.data("formula", "vgg16", "conv1_1", "pool5")]
    assert found.render() == cli.text("formula", "vgg16", "conv1_1", "pool5", "--only", "params,output")
    assert 2 == found.render("html").count("<h2")


@pytest.mark.parametrize("name", ["peak", "weight memory", "training", "rf", "center", "mem", "parameters", "exps"])
def test_every_name_of_a_quantity_is_understood(cli: Cli, name: str) -> None:
    assert " = " in cli.text("formula", "lenet5", "--only", name)


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


@pytest.mark.parametrize("name", ["convv1", "3x3_reduce", "conv2/"])
def test_formula_and_explain_look_a_layer_up_alike(cli: Cli, name: str) -> None:
    formula, explained = cli("formula", "googlenet", name), cli("explain", "googlenet", name)
    assert formula.exit_code == explained.exit_code
    if formula.exit_code:
        assert formula.output.splitlines()[1:] == explained.output.splitlines()[1:]
    else:
        assert json.loads(cli("formula", "googlenet", name, "--format", "json").output)["part"] == name


def test_a_layer_without_a_name_is_not_the_whole_network(cli: Cli) -> None:
    result = cli("formula", "resnet18", "")
    assert (result.exit_code, "no layer or block of resnet18 is called ''" in result.output) == (1, True)


def test_a_network_without_an_input_is_given_symbols_and_reads_sizes_as_every_command_does(cli: Cli) -> None:
    assert "32k" in cli("fit", "conv3-8, pool2 x5").output
    assert (100,) == tuple(cnncalc.formula("conv3-8", input="1d:100x8")["output"].size)
    assert "H*N*W" in str(cnncalc.formula("conv3-8", input="NxHxWx3")["macs"])


# Time --------------------------------------------------------------------------------------------

SAME_PADDED = (
    "{input: 56x56x8, parameters: {n: 3, F: 3}, defaults: {conv: {filters: 8, kernel: F, padding: same}}, layers: ["
    "{add: [{conv: {stride: 2}}, {conv: {kernel: 1, stride: 2}}]}, {add: [conv, []], repeat: n}]}"
)
FORKS = (
    "{input: 56x56x8, parameters: {n: 3, F: , K: }, defaults: {conv: {filters: 8, padding: half}}, layers: ["
    "{add: [{conv: {kernel: 2*F + 1}}, {conv: {kernel: 2*K + 1}}], repeat: n}]}"
)


def test_residual_networks_of_same_padding_take_no_exponential_time(write: Write) -> None:
    path = write(SAME_PADDED)
    started = time.process_time()
    found = cnncalc.analyze(path, "HxWx3", settings={"n": 50})
    assert time.process_time() - started < 10  # 2^50 steps before
    for size in (31, 32, 56, 57):
        numbers = cnncalc.analyze(path, f"{size}x{size}x3", settings={"n": 50})
        mine = [substitute(axis.size, {"H": size, "W": size}) for axis in found.layers[-1].receptive_field.axes]
        # One window of 3 at jump 1, then 50 at jump 2: 1 + 2 + 50*2*2.
        assert mine == [axis.size for axis in numbers.layers[-1].receptive_field.axes] == [203, 203]


def test_maxima_of_maxima_do_not_double(write: Write) -> None:
    path = write(FORKS)
    axis = cnncalc.analyze(path, settings={"n": 20}).layers[-1].receptive_field.axes[0]
    assert len(str(axis.size)) < 100
    for wide, narrow in ((3, 1), (2, 5)):
        assert substitute(axis.size, {"F": wide, "K": narrow}) == 1 + 20 * 2 * max(wide, narrow)
