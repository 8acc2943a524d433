"""The sizes that fit a network are told exactly: as the numeric engine finds them, one size at a time."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest
from conftest import Cli, Golden, Write

import cnncalc
from cnncalc import SpecError
from cnncalc.errors import UsageError
from cnncalc.fit.fit import Fit
from cnncalc.fit.requirements import predicate_of, requirements_of
from cnncalc.fit.residues import (
    PeriodicPredicate,
    ResidueSet,
    Sieve,
    TooManyError,
    conflict,
    residue_set,
)
from cnncalc.graph import build
from cnncalc.limits import MOST_RESIDUES
from cnncalc.report.views.fit import sizes_text
from cnncalc.spec.find import find
from cnncalc.spec.model import InputSize, Spec
from cnncalc.symbolic import floor_div, maximum, minimum, symbol
from cnncalc.symbolic.program import Program
from cnncalc.symbolic.quasilinear import UnsolvableError, quasilinear_forms

H = symbol("H")


@cache
def fit(name: str, strict: bool = False) -> Fit:
    return cnncalc.fit(name, strict=strict)


def numeric(spec: Spec, given: InputSize, size: int, *, whole: bool = False) -> tuple[bool, bool]:
    """Whether a size fits by the numbers alone: (no pixel dropped, nothing left over at all)."""
    from cnncalc.analysis import analyze_graph

    try:
        graph = build(spec, InputSize((size,) * len(given.sizes), given.channels))
        if whole:
            analyze_graph(graph)
    except SpecError:
        return False, False
    return not any(note.dropped_pixels() > 0 for _, note in graph.notes), not graph.notes


# Known truths ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "strict", "text"),
    [
        ("alexnet", False, "H = 67 + 32k (k >= 0)"),
        ("alexnet", True, "H = 67 + 32k (k >= 0)"),
        ("unet", False, "H = 188 + 16k (k >= 0)"),
        ("unet", True, "H = 188 + 16k (k >= 0)"),
        ("vgg16", False, "H = 32k (k >= 1)"),
        ("vgg16", True, "H = 32k (k >= 1)"),
        ("resnet50", False, "every H"),
        ("resnet50", True, "H = 1 + 32k (k >= 0)"),
        ("lenet5", False, "H = 32 + 4k (k >= 0)"),
        ("googlenet", False, "every H from 223 up"),
        ("googlenet", True, "H = 253 + 32k (k >= 0)"),
        ("densenet121", False, "H = r + 32k, r = 29 to 32 (k >= 0)"),
        ("stack_5x5", True, "every H"),
    ],
)
def test_what_fits_a_bundled_network_is_its_congruence(name: str, strict: bool, text: str) -> None:
    found = fit(name, strict)
    assert text == sizes_text("H", found.sizes["H"])
    assert found.sizes["H"] == found.sizes["W"]


def test_of_224_and_227_alexnet_fits_227_and_conv1_is_to_blame() -> None:
    alexnet = fit("alexnet")
    assert 227 in alexnet
    assert 224 not in alexnet
    assert (195, 227) == alexnet.nearest(224)
    assert (195, 259) == alexnet.nearest(227)
    misfits = alexnet.misfits(224)
    assert ("conv1", "height", 1) == (misfits[0].layer, misfits[0].axis, misfits[0].dropped_pixels)
    assert "(224 - 11)/4 + 1 = 54.25; floor drops 1 pixel of the input" in misfits[0].message
    assert [] == alexnet.misfits(227)


def test_each_layer_of_alexnet_narrows_the_sizes_in_turn() -> None:
    steps = fit("alexnet").steps["H"]
    assert [
        ("conv1", "H = 11 + 4k"),
        ("pool1", "H = 19 + 8k"),
        ("pool2", "H = 35 + 16k"),
        ("pool3", "H = 67 + 32k"),
    ] == [(step.layer, sizes_text("H", step.left, brief=True)) for step in steps]


SAME_UNET = """
input: 256x256x1
defaults: {conv: {kernel: 3, padding: same}}
layers:
  - {conv: 8, name: down1}
  - maxpool: 2
  - {conv: 8, name: down2}
  - maxpool: 2
  - {conv: 8, name: down3}
  - maxpool: 2
  - {conv: 8, name: down4}
  - maxpool: 2
  - conv: 8
  - {upsample: 2, name: up4}
  - {concat: , from: [down4, up4]}
  - {deconv: {filters: 8, kernel: 2, stride: 2}, name: up3}
  - {concat: , from: [down3, up3]}
  - {upsample: 2, name: up2}
  - {concat: , from: [down2, up2]}
  - {upsample: 2, name: up1}
  - {concat: , from: [down1, up1]}
"""


def test_a_unet_with_four_pools_takes_multiples_of_16(write: Write) -> None:
    for rounding in ("floor", "ceil"):  # rounded up, no pool drops a pixel, but the sizes must meet all the same
        path = write(f"rounding: {rounding}\n{SAME_UNET}")
        assert ResidueSet(16, (0,), 16) == cnncalc.fit(path).sizes["H"]


def test_a_height_may_be_fixed_and_a_name_be_given() -> None:
    found = cnncalc.fit("vgg16", "224xV")
    assert {"V": ResidueSet(32, (0,), 32)} == found.sizes
    assert "224x320" in found
    assert "224x321" not in found
    with pytest.raises(SpecError, match="does not match the input"):
        found.misfits("225x320")
    assert {"N": ResidueSet(32, (3,), 67)} == cnncalc.fit("alexnet", "N").sizes


def test_a_fixed_height_that_drops_pixels_leaves_no_width() -> None:
    found = cnncalc.fit("alexnet", "224xW")
    assert found.impossible
    assert "conv1" == found.reasons["W"][0].layer
    assert 67 == found.valid["W"].least


def test_volumes_and_signals_have_axes_of_their_own(write: Write) -> None:
    text = "input: {}\nlayers:\n  - conv: {{filters: 4, kernel: 3, stride: 2}}\n  - maxpool: 2\n"
    assert {"W": ResidueSet(4, (1,), 5)} == cnncalc.fit(write(text.format("64x1"))).sizes
    assert ["D", "H", "W"] == list(cnncalc.fit(write(text.format("16x64x64x1"))).sizes)


def test_axes_with_different_strides_have_different_sizes(write: Write) -> None:
    text = "input: 8x8x1\nlayers:\n  - maxpool: {kernel: [2, 3]}\n"
    found = cnncalc.fit(write(text))
    assert {"H": ResidueSet(2, (0,), 2), "W": ResidueSet(3, (0,), 3)} == found.sizes
    assert "4x9" in found
    assert (6, 18) == found.nearest(12)
    assert (9, 15) == found.nearest(12, "W")
    assert {"H": (4, 4), "W": (3, 6)} == found.check("4x4").nearest


def test_fit_calls_the_axis_of_a_signal_as_formula_does() -> None:
    assert list(cnncalc.fit("conv3-8, pool2", input="64x1").sizes) == ["W"]


# Sizes that have to meet -------------------------------------------------------------------------


def test_sizes_that_never_meet_name_the_layers_that_contradict_each_other(write: Write) -> None:
    text = """
input: 64x64x1
rounding: strict
layers:
  - {conv: {filters: 4, kernel: 2, stride: 2}, name: even}
  - {space_to_depth: 2, name: fourth}
  - {concat: [[{crop: {size: 1}}, {maxpool: {kernel: 2, stride: 2}}], [{maxpool: {kernel: 1, stride: 2}}]], name: join}
"""
    found = cnncalc.fit(write(text))
    assert found.impossible
    assert 2 == len(found.reasons["H"])
    assert None is found.sizes["H"].least


def test_a_map_that_must_have_one_size_has_finitely_many_inputs(write: Write) -> None:
    text = (
        "input: 64x64x1\nlayers:\n  - maxpool: {kernel: 2, rounding: ceil}\n  - reshape: {channels: 49, size: [1, 1]}\n"
    )
    found = cnncalc.fit(write(text))
    assert "reshape1" == found.square
    assert ResidueSet(1, (), 15, (13, 14)) == found.sizes["H"]
    assert "H = 13, 14 and no other" == sizes_text("H", found.sizes["H"])
    assert {13, 14} == {size for size in range(1, 100) if size in found}
    assert "13x14" in found  # judged by the numbers, for axes of their own


def test_paths_with_different_strides_are_an_error_of_the_network(write: Write) -> None:
    text = "input: 64x64x4\nlayers:\n  - add: [[], [{conv: {filters: 4, kernel: 3, stride: 2, padding: 1}}]]\n"
    with pytest.raises(SpecError, match="different jumps"):
        cnncalc.fit(write(text))


# The numeric truth -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", cnncalc.networks())
def test_every_size_up_to_300_is_judged_as_the_numbers_do(name: str) -> None:
    spec = find(name)
    given = spec.input
    assert given is not None
    loose, strict = fit(name), fit(name, True)
    # Of the deep ones every seventh size, which still leaves every remainder by 32.
    for size in range(1, 301, 1 if len(loose.graph.nodes) < 110 else 7):
        assert numeric(spec, given, size) == (size in loose, size in strict), size


@pytest.mark.parametrize("name", ["alexnet", "densenet121", "unet", "squeezenet", "zfnet", "googlenet"])
def test_the_answer_holds_for_three_periods_and_the_smallest_valid_size_is_one(name: str) -> None:
    for strict in (False, True):
        found = fit(name, strict)
        asked = requirements_of(found.graph, strict=strict)
        mine = [each for each in asked if "H" in each.names]
        for size in range(1, 3 * found.sizes["H"].modulus + 400):
            assert all(each.predicate.holds(size) for each in mine) == (size in found.sizes["H"])
        spec = find(name)
        least = found.valid["H"].least
        assert least is not None
        assert spec.input is not None
        for size, valid in ((least, True), (least - 1, False)):
            assert valid == (size > 0 and not any(misfit.error for misfit in found.misfits(size)))


class Nets:
    """Random networks on a signal, as the text of a spec."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.names = 0
        self.taps: list[str] = []
        self.sized = False

    def pick(self, *choices: Any) -> Any:
        return self.chance.choice(choices)

    def window(self) -> str:
        keys = {
            "kernel": self.pick(1, 2, 3, 3, 5),
            "stride": self.pick(1, 1, 2, 2, 3, 4),
            "padding": self.pick(0, 0, 1, 1, "same", "half", "[[0, 1]]", "[[2, 0]]", "[[5, 0]]"),
        }
        if self.chance.random() < 0.2:
            keys["dilation"] = 2
        if self.chance.random() < 0.35:
            keys["rounding"] = self.pick("ceil", "caffe", "strict", "floor")
        return ", ".join(f"{key}: {value}" for key, value in keys.items())

    def layer(self) -> str:
        kind = self.pick("conv", "conv", "pool", "pool", "deconv", "upsample", "crop", "pad", "rearrange", "size")
        if kind == "conv":
            return f"conv: {{filters: 4, {self.window()}}}"
        if kind == "pool":
            return f"maxpool: {{{self.window()}}}"
        if kind == "deconv":
            extra = self.pick("padding: same", "padding: 1", "padding: 0, output_padding: 1", "dilation: 2")
            return f"deconv: {{filters: 4, kernel: {self.pick(2, 3, 4)}, stride: {self.pick(1, 2, 3)}, {extra}}}"
        if kind == "rearrange":
            return self.pick("space_to_depth: 2", "space_to_depth: 3", "pixel_shuffle: 2")  # type: ignore[no-any-return]
        if kind == "size" and self.chance.random() < 0.3:
            self.sized = True
            return f"{self.pick('adaptiveavgpool', 'resize')}: {self.pick(1, 3, 6)}"
        return f"{self.pick('upsample', 'crop', 'pad')}: {self.pick(1, 2, 2, 3)}"

    def branch(self) -> str:
        return f"[{', '.join(f'{{{self.layer()}}}' for _ in range(self.pick(0, 1, 1, 2)))}]"

    def entry(self) -> str:
        self.names += 1
        name = f"layer{self.names}"
        draw = self.chance.random()
        if draw < 0.2:
            return f"  - {{concat: [{self.branch()}, {self.branch()}], name: {name}}}"
        if draw < 0.35 and len(self.taps) > 1:
            return f"  - {{concat: , from: [{self.pick(*self.taps)}, {self.taps[-1]}], name: {name}}}"
        return f"  - {{{self.layer()}, name: {name}}}"

    def text(self) -> str:
        lines = ["input: 64x4", "layers:"]
        if self.chance.random() < 0.4:  # a U-Net of depth 1 or 2, padded or not
            return "\n".join([*lines, *self.unet(self.pick(1, 2)), ""])
        for _ in range(self.pick(1, 2, 3, 4, 5)):
            lines.append(self.entry())
            self.taps.append(f"layer{self.names}")
        return "\n".join([*lines, ""])

    def unet(self, depth: int) -> list[str]:
        """Down and up again, with a window before every pool, and skips that meet, or do not."""
        padding = self.pick(0, 1, 1)
        stride = self.pick(2, 2, 3)
        conv = f"conv: {{filters: 4, kernel: 3, padding: {padding}}}"
        rounding = self.pick("floor", "ceil", "caffe", "strict")
        lines = []
        for level in range(depth):
            lines.append(f"  - {{{conv}, name: down{level}}}")
            lines.append(f"  - maxpool: {{kernel: {stride}, rounding: {rounding}}}")
        lines.append(f"  - {conv}")
        for level in reversed(range(depth)):
            up = self.pick(f"upsample: {stride}", f"deconv: {{filters: 4, kernel: {stride}, stride: {stride}}}")
            lines.append(f"  - {{{up}, name: up{level}}}")
            skip = f"down{level}"
            if padding == 0:
                lost = 2 * stride if level == depth - 1 else 2 * stride * (stride + 3)
                size = f"[[{lost // 2}, {lost - lost // 2}]]"
                lines.append(f"  - {{crop: {{size: {size}}}, from: {skip}, name: cut{level}}}")
                skip = f"cut{level}"
            lines.append(f"  - {{concat: , from: [{skip}, up{level}]}}")
            lines.append(f"  - {conv}")
        return lines


@pytest.mark.parametrize("seed", [*range(150), 5133])
def test_random_networks_are_judged_as_the_numbers_do(write: Write, seed: int) -> None:
    nets = Nets(seed)
    text = nets.text()
    spec = find(write(text))
    given = spec.input
    assert given is not None
    try:
        loose, strict = cnncalc.fit(spec), cnncalc.fit(spec, strict=True)
    except SpecError:
        assert not any(numeric(spec, given, size, whole=True)[0] for size in range(1, 130)), text
        return
    for size in range(1, 160):
        # What an adaptive pool sees depends on whether its cells are equal: only its shapes are compared.
        truth = numeric(spec, given, size, whole=not nets.sized)
        assert truth == (size in loose, size in strict), (size, text)
    for found in (loose, strict):
        for name, reasons in found.reasons.items():
            assert not residue_set([each.predicate for each in reasons]), name


# Integers alone ----------------------------------------------------------------------------------


def test_rules_of_random_expressions_repeat_as_they_say() -> None:
    chance = random.Random(5)

    def expression(depth: int) -> Any:
        if depth == 0:
            return chance.choice((1, 1, 2, 3)) * H + chance.randint(-9, 9)
        inner = expression(depth - 1)
        kind = chance.randrange(5)
        if kind == 0:
            return chance.choice((2, 3, -1)) * inner + chance.randint(-20, 20)
        if kind == 1:
            return inner - expression(depth - 1)
        if kind == 2:
            return chance.choice((minimum, maximum))(inner, expression(depth - 1))
        return floor_div(inner + chance.randint(-5, 5), chance.choice((2, 3, 4, 6)))

    for _ in range(120):
        program_ = Program([expression(chance.randint(1, 4))], ["H"])
        relation, divisor = chance.choice(((">=", 0), ("==", 0), ("multiple of", chance.choice((2, 3, 4, 9)))))

        def plain(n: int) -> bool:
            (value,) = program_.run({"H": n})  # noqa: B023
            return bool({">=": value >= 0, "==": value == 0}.get(relation, divisor and value % divisor == 0))  # noqa: B023

        predicate = predicate_of(program_, relation, divisor)
        sizes = residue_set([predicate])
        assert [n for n in range(1, 400) if plain(n)] == [n for n in range(1, 400) if n in sizes]
        (course,) = quasilinear_forms(program_)
        assert course.slope is not None
        for n in range(course.since, course.since + 60):
            here, later = (program_.run({"H": at})[0] for at in (n, n + course.period))
            assert later == here + course.slope * course.period
            assert course.slope * n + course.low <= here <= course.slope * n + course.high


def test_products_are_solved_where_they_grow_and_refused_where_they_may_not() -> None:
    area = floor_div(H, 2) * (H + 3) * 5
    (course,) = quasilinear_forms(Program([area]))
    assert course.slope is None
    for relation, divisor, shift in ((">=", 0, 400), ("==", 0, 5 * 4 * 11), ("multiple of", 6, 0)):
        predicate = predicate_of(Program([area - shift]), relation, divisor)
        expected = []
        for n in range(1, 200):
            value = n // 2 * (n + 3) * 5 - shift
            if {">=": value >= 0, "==": value == 0}.get(relation, divisor and value % divisor == 0):
                expected.append(n)
        found = residue_set([predicate])
        assert expected == [n for n in range(1, 200) if n in found]
    with pytest.raises(UnsolvableError, match="products"):
        predicate_of(Program([H * H - H * floor_div(H, 2)]), "==")
    with pytest.raises(UnsolvableError, match="divisor"):
        quasilinear_forms(Program([floor_div(symbol("W") + 1, H)]))


def test_sizes_know_their_neighbours() -> None:
    chance = random.Random(6)
    for _ in range(200):
        modulus = chance.randint(1, 12)
        residues = {chance.randrange(modulus) for _ in range(chance.randint(0, 4))}
        since = chance.randint(1, 40)
        small = {chance.randint(1, 40) for _ in range(3)} if chance.random() < 0.5 else set()
        members = {n for n in range(1, 300) if (n % modulus in residues if n >= since else n in small)}
        predicate = PeriodicPredicate(lambda n: n in members, modulus, since)  # noqa: B023
        sizes = residue_set([predicate])
        assert sorted(members)[:20] == sizes.first(20)[: len(sorted(members)[:20])]
        for n in range(1, 120):
            assert (n in members) == (n in sizes)
            assert max((m for m in members if m < n), default=None) == sizes.below(n)
            assert min((m for m in members if m > n), default=None) == sizes.above(n)


def test_a_pattern_is_reported_in_its_simplest_form() -> None:
    assert ResidueSet(2, (1,), 1) == residue_set([PeriodicPredicate(lambda n: n % 4 in (1, 3), 4)])
    assert ResidueSet(6, (1, 5), 1) == residue_set(
        [PeriodicPredicate(lambda n: n % 2 == 1, 2), PeriodicPredicate(lambda n: n % 3 != 0, 3)]
    )
    assert ResidueSet() == residue_set([])
    assert not residue_set([PeriodicPredicate(lambda n: n % 2 == 0, 2), PeriodicPredicate(lambda n: n % 4 == 1, 4)])


def test_a_conflict_is_as_small_as_can_be() -> None:
    predicates = [
        PeriodicPredicate(lambda n: n % 3 == 0, 3),
        PeriodicPredicate(lambda n: n % 2 == 0, 2),
        PeriodicPredicate(lambda n: n >= 9, 1, 9, 9),
        PeriodicPredicate(lambda n: n % 4 == 1, 4),
    ]
    assert [1, 3] == conflict(predicates)


def test_a_long_chain_stays_cheap_and_a_pattern_beyond_listing_is_reported() -> None:
    sieve = Sieve()
    for power in range(1, 200):
        sieve.add(PeriodicPredicate(lambda n, power=power: n % 2**power == 0, 2**power))  # type: ignore[misc]
    assert ResidueSet(2**199, (0,), 2**199) == sieve.members()
    sieve = Sieve()
    predicates = [PeriodicPredicate(lambda n, prime=prime: n % prime > 1, prime) for prime in (97, 101, 103)]  # type: ignore[misc]
    for predicate in predicates[:2]:
        sieve.add(predicate)
    with pytest.raises(TooManyError, match="repeats after"):
        sieve.add(predicates[2])
    assert len(sieve.residues) <= MOST_RESIDUES.value


# The command -------------------------------------------------------------------------------------


GOLDENS = {
    "alexnet_224_227": (["alexnet", "--size", "224,227"], 1),
    "unet": (["unet"], 0),
    "unet_512": (["unet", "--input", "512"], 1),
    "densenet121": (["densenet121"], 0),
    "resnet50_strict": (["resnet50", "--strict", "--size", "224,225"], 1),
    "alexnet_224xW": (["alexnet", "--input", "224xW"], 1),
    "googlenet": (["googlenet", "--size", "223x320"], 0),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_the_report_is_as_it_was(cli: Cli, name: str, golden: Golden) -> None:
    arguments, status = GOLDENS[name]
    golden(f"fit/{name}.txt", cli.text("fit", *arguments, status=status))


def test_json_tells_the_same_as_the_library(cli: Cli) -> None:
    found = cli.data("fit", "alexnet", "--size", "224,227x320", status=1)
    assert {"modulus": 32, "residues": [3], "from": 67, "exceptions": [], "least": 67} == found["sizes"]["H"]
    assert {"H": 67, "W": 67} == found["smallest_valid"]
    assert ["conv1", "pool1", "pool2", "pool3"] == [step["layer"] for step in found["imposed_by"]["H"]]
    first, second = found["checks"]
    assert ([224, 224], False, "conv1", 1) == (
        first["size"],
        first["fits"],
        first["blame"][0]["layer"],
        first["blame"][0]["lost"],
    )
    assert {"H": [195, 227], "W": [195, 227]} == first["nearest"]
    assert {"H": [227, 227], "W": [291, 323]} == second["nearest"]
    assert {"width"} == {blame["axis"] for blame in second["blame"]}


def test_the_exit_status_is_that_of_a_check(cli: Cli, write: Write) -> None:
    cli("fit", "unet", "--size", "572", status=0)
    cli("fit", "unet", "--size", "572,570", status=1)
    cli("fit", "unet", "--input", "570", status=1)
    cli("fit", "conv3-8p0, pool2", "--input", "HxWx3", status=0)
    cli("fit", "conv3-8p0, pool2", "--input", "6x6x3", status=0)
    never = "input: 8x8x1\nlayers:\n  - {maxpool: {kernel: 2, stride: 4}}\n  - {crop: 1, name: cut}\n"
    cli("fit", write(never), status=0)
    assert "the closest that fit: 556 and 572" in cli.text("fit", "unet", "--size", "570", status=1)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["alexnet", "--size", "HxW"], 2, "not a size in numbers"),
        (["alexnet", "--size", "224,"], 2, "not an input size"),
        (["alexnet", "--size", "1x2x3x4x5"], 2, "5 numbers"),
        (["alexnet", "--size", "0"], 2, "from 1 to"),
        (["alexnet", "--input", "224xW", "--size", "227"], 2, "does not match the input"),
        (["alexnet", "--set", "x=1"], 2, "no parameter"),
        (["alexnot"], 1, "did you mean"),
        (["fc-10", "--input", "100"], 1, "vector"),
        (["alexnet", "--format", "tabel"], 2, "tabel"),
        (["conv3-8g2", "--input", "HxWxC"], 1, "C"),
    ],
)
def test_wrong_usage_is_reported_on_standard_error(cli: Cli, arguments: list[str], status: int, words: str) -> None:
    result = cli("fit", *arguments)
    assert status == result.exit_code, result.output
    assert "" == result.stdout
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_markup_in_a_name_stays_text(cli: Cli, write: Write) -> None:
    text = "name: '[red]net[/red]'\ninput: 8x8x1\nlayers:\n  - {maxpool: 2, name: 'b'}\n"
    assert "[red]net[/red]" in cli.text("fit", write(text))


def test_the_examples_of_the_help_run(cli: Cli) -> None:
    import shlex

    lines = [line.strip() for line in cli.text("fit", "--help").splitlines() if line.strip().startswith("cnncalc fit ")]
    assert len(lines) > 4
    for line in lines:
        arguments = shlex.split(line.split("   ")[0])[2:]
        result = cli("fit", *arguments)
        assert result.exit_code in (0, 1), (line, result.stderr)
        assert " = " in result.stdout or "every" in result.stdout


def test_all_layers_that_drop_a_pixel_before_paths_fail_to_meet_are_to_blame_in_order() -> None:
    """570 -> 566 -> 283 -> 279, of which pool2 drops one; 139 -> 135, pool3 too; 67 -> 63, pool4 too; then 54 on 55."""
    found = cnncalc.fit("unet")
    misfits = found.misfits(570)
    assert ["pool2", "pool2", "pool3", "pool3", "pool4", "pool4", "skip4"] == [each.layer for each in misfits]
    assert [1] * 6 + [None] == [each.dropped_pixels for each in misfits]
    assert "(279 - 2)/2 + 1 = 139.5" in misfits[0].message
    assert {"height"} == {each.axis for each in found.misfits("570x572") if not each.error}
    assert not found.misfits(572)


def test_the_nearest_take_a_size_in_any_form_and_a_fit_prints_what_it_is() -> None:
    found = cnncalc.fit("alexnet")
    assert (195, 227) == found.nearest((224, 224)) == found.nearest("224") == found.nearest(224, "W")
    with pytest.raises(cnncalc.SpecError, match="the size 224x225 differs from axis to axis"):
        found.nearest((224, 225))
    with pytest.raises(cnncalc.SpecError, match="unknown axis 'Q'"):
        found.nearest(224, "Q")
    assert "Fit(alexnet: H % 32 == 3, H >= 67; W % 32 == 3, W >= 67)" == repr(found)
    assert "H in (1, 5) or H % 4 in (1, 2), H >= 9" == ResidueSet(4, (1, 2), 9, (1, 5)).text("H")
    assert ("no H", "H in (5)", "H >= 3") == tuple(
        sizes.text("H") for sizes in (ResidueSet(1, (), 1), ResidueSet(1, (), 9, (5,)), ResidueSet(1, (0,), 3))
    )


def test_sizes_are_judged_from_python_too(cli: Cli) -> None:
    found = cnncalc.fit("unet", 570, size="512, 572x572")
    assert [((570, 570), False), ((512, 512), False), ((572, 572), True)] == [
        (check.size, check.fits) for check in found.checks
    ]
    assert not found.passed
    assert cnncalc.fit("unet", size=[572, (572, 588)]).passed
    assert cli.text("fit", "unet", "--input", "570", "--size", "512,572x572", status=1) == found.render()
    assert "smallest" not in found.render("markdown", notes="none")


@pytest.mark.parametrize(
    "keys",
    [
        {"convention": "fvcore"},
        {"bias": False},
        {"dtype": "int8"},
        {"flops": "mac"},
        {"optimizer": "adam"},
        {"batch": 8},
    ],
    ids=str,
)
def test_how_a_network_is_counted_is_refused_where_it_makes_no_difference(keys: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=f"fit takes no {next(iter(keys))}"):
        cnncalc.fit("alexnet", **keys)


def test_settings_and_limits_hold_for_a_fit() -> None:
    assert cnncalc.fit("alexnet", settings={"groups": 1}, max_layers=30).sizes == fit("alexnet").sizes
    with pytest.raises(SpecError, match="layers"):
        cnncalc.fit("alexnet", max_layers=3)


@pytest.mark.parametrize("keys", [{"batch": 2}, {"convention": "fvcore"}, {"bias": False}])
def test_a_keyword_without_effect_is_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="does not depend on it"):
        cnncalc.fit("unet", **keys)
