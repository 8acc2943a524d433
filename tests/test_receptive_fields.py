"""Where channels differ: a layer that reads some channels sees what these see, as an oracle marks it pixel by pixel."""

import json
import random
from typing import Any

import oracle
import pytest
from conftest import Cli, Write

import cnncalc

PIXELS = 192


class Drawn:
    """A random 1-D network as a spec, and what the oracle marks for each of its layers."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.layers: list[dict[str, Any]] = []
        self.widest: dict[str, int] = {}
        self.line = oracle.Line.pixels(PIXELS, 6)
        for _ in range(self.draw.randint(3, 8)):
            self.draw.choice(
                (self.concat, self.concat, self.take, self.grouped, self.depthwise, self.shuffle, self.pool)
            )()
        self.take()
        self.convolve(3)

    def add(self, item: dict[str, Any], line: oracle.Line) -> None:
        name = f"n{len(self.widest)}"
        self.layers.append({**item, "name": name})
        self.widest[name] = line.widest()
        self.line = line

    @property
    def count(self) -> int:
        return len(self.line.channels)

    def filtered(self, kernel: int, filters: int, groups: int = 1) -> tuple[dict[str, Any], oracle.Line]:
        inputs, outputs = self.count // groups, filters // groups
        reads = [range(k // outputs * inputs, (k // outputs + 1) * inputs) for k in range(filters)]
        line = self.line.mapped([list(row) for row in reads]).slid(kernel, 1, kernel // 2)
        keys = {"filters": filters, "kernel": kernel, "padding": kernel // 2, "groups": groups}
        return {"conv": keys}, line

    def convolve(self, kernel: int) -> None:
        self.add(*self.filtered(kernel, self.draw.randint(2, 6)))

    def grouped(self) -> None:
        groups = self.draw.choice([g for g in (1, 2, 3) if self.count % g == 0])
        self.add(*self.filtered(self.draw.choice((1, 3)), groups * self.draw.randint(1, 3), groups))

    def concat(self) -> None:
        branches, lines = [], []
        for kernel in self.draw.sample((1, 3, 5, 7, 9), self.draw.choice((2, 2, 3))):
            item, line = self.filtered(kernel, self.draw.randint(1, 4))
            branches.append(item)
            lines.append(line)
        if self.draw.random() < 0.5:
            branches.append([])
            lines.append(self.line)
        order = list(range(len(branches)))
        self.draw.shuffle(order)
        channels = [units for number in order for units in lines[number].channels]
        self.add({"concat": [branches[number] for number in order]}, oracle.Line(channels))

    def take(self) -> None:
        start = self.draw.randrange(self.count)
        count = self.draw.randint(1, self.count - start)
        self.add(
            {"slice": {"channels": count, "start": start}}, self.line.mapped([[c] for c in range(start, start + count)])
        )

    def depthwise(self) -> None:
        times, kernel = self.draw.choice((1, 2)), self.draw.choice((1, 3, 5))
        line = self.line.mapped([[c // times] for c in range(self.count * times)]).slid(kernel, 1, kernel // 2)
        self.add({"depthwise": {"kernel": kernel, "padding": kernel // 2, "multiplier": times}}, line)

    def shuffle(self) -> None:
        groups = self.draw.choice([g for g in (1, 2, 3) if self.count % g == 0])
        dealt = [
            [group * (self.count // groups) + turn] for turn in range(self.count // groups) for group in range(groups)
        ]
        self.add({"channel_shuffle": groups}, self.line.mapped(dealt))

    def pool(self) -> None:
        stride = self.draw.choice((1, 1, 1, 2))
        self.add({"maxpool": {"kernel": 3, "stride": stride, "padding": 1}}, self.line.slid(3, stride, 1))

    @property
    def spec(self) -> str:
        return json.dumps({"input": f"1d:{PIXELS}x6", "layers": self.layers})


@pytest.mark.parametrize("block", range(10))
def test_receptive_fields_of_channels_are_those_that_marked_pixels_have(write: Write, block: int) -> None:
    for seed in range(30 * block, 30 * block + 30):
        drawn = Drawn(seed)
        analysis = cnncalc.analyze(write(drawn.spec))
        found = {
            layer.name: layer.receptive_field.axes[0].size for layer in analysis.layers if layer.name in drawn.widest
        }
        assert found == drawn.widest, drawn.spec


HALVES = """
input: {size}
layers:
  - concat:
      - {{conv: {{filters: {half}, kernel: 7, padding: 3}}, name: wide}}
      - {{conv: {{filters: {half}, kernel: 1}}, name: narrow}}
    name: both
  - {{split: {{parts: 2, part: 2}}, name: second}}
  - {{conv: {{filters: 4, kernel: 3, padding: 1}}, name: behind_second}}
  - {{split: {{parts: 2, part: 1}}, from: both, name: first}}
  - {{conv: {{filters: 4, kernel: 3, padding: 1}}, name: behind_first}}
  - {{conv: {{filters: 4, kernel: 3, padding: 1}}, from: both, name: behind_both}}
"""
SEEN = {"both": 7, "second": 1, "behind_second": 3, "first": 7, "behind_first": 9, "behind_both": 9}


@pytest.mark.parametrize(("size", "half"), [("32x32x3", "8"), ("HxWx3", "8"), ("HxWxC", "C"), ("1d:64x2", "1")])
def test_each_half_of_a_concat_has_its_own_receptive_field(write: Write, size: str, half: str) -> None:
    text = HALVES.format(size=size, half=half) + ("parameters: {C: }\n" if half == "C" else "")
    analysis = cnncalc.analyze(write(text))
    assert {layer.name: layer.receptive_field.read("size")[0] for layer in analysis.layers[2:]} == SEEN


def test_the_working_of_a_slice_begins_with_the_channels_that_it_reads(write: Write, cli: Cli) -> None:
    path = write(HALVES.format(size="32x32x3", half="8"))
    assert "R'    = R + (F - 1)*J = 1 + (3 - 1)*1 = 3" in cli.text("explain", path, "behind_second", "rf")
    assert "R'    = R = 1" in cli.text("explain", path, "second", "rf")


def test_a_range_that_depends_on_a_symbol_is_unknown_and_says_why(write: Write) -> None:
    text = HALVES.format(size="32x32x3", half="C").replace(
        "{split: {parts: 2, part: 2}", "{slice: {channels: 1, start: 5}"
    )
    analysis = cnncalc.analyze(write(text + "parameters: {C: }\n"))
    assert analysis.layer("second").receptive_field.unknown == "which channels are read depends on a symbol"


def test_following_ranges_of_channels_stops_at_a_limit(write: Write) -> None:
    shuffles = "".join("  - {channel_shuffle: 2}\n" for _ in range(5))
    text = HALVES.format(size="32x32x3", half="8").replace(
        "  - {split: {parts: 2, part: 2}", shuffles + "  - {split: {parts: 2, part: 2}"
    )
    unknown = cnncalc.analyze(write(text), limits={"ranges": 3}).layer("second").receptive_field.unknown
    assert unknown == "more than 3 ranges of channels would be followed; --limit ranges=15 allows more"


@pytest.mark.parametrize(("start", "seen"), [(0, (3,)), (3, (3,)), (4, "?")])
def test_channels_of_zeros_see_nothing(write: Write, start: int, seen: tuple[int, ...] | str) -> None:
    text = f"""
input: 32x2
layers:
  - conv: {{filters: 4, kernel: 3}}
  - pad: {{size: 0, channels: 2}}
  - slice: {{channels: 2, start: {start}}}
"""
    field = cnncalc.analyze(write(text)).layers[-1].receptive_field
    assert field.read("size") == seen
    assert field.unknown == ("pad1 adds channels of zeros, which see nothing" if seen == "?" else "")


def test_where_the_jumps_of_branches_are_unknown_the_formulas_hold_only_where_they_are_equal(
    cli: Cli, write: Write
) -> None:
    """At 8x8 the branches have jumps 3/2 and 1, and cnncalc refuses; with symbols that is a condition in words."""
    text = """\
input: 16x16x4
layers:
  - concat:
      - - conv: {filters: 4, kernel: 1, stride: 3, rounding: ceil}
        - adaptiveavgpool: [4, 4]
        - deconv: {filters: 4, kernel: 2, stride: 2}
      - - adaptiveavgpool: [in.height, in.width]
"""
    spec = write(text)
    condition = "the branches of concat1 have the same jump"
    assert f"holds where      H == 8, W == 8, {condition}" in cli.text("formula", spec, "--input", "HxWx4")
    assert condition in cli.text("formula", spec, "--input", "HxWx4", "--only", "macs", "--format", "latex")
    assert f"! holds where H == 8, W == 8, {condition}" in cli.text(spec, "--input", "HxWx4")
    assert condition in json.loads(cli.text("formula", spec, "--input", "HxWx4", "--format", "json"))["holds_where"]
    assert "different jumps: 3/2 and 1" in cli("sweep", spec, "--input", "8", "--format", "csv", status=1).stdout
