"""A sweep says at every point what an analysis of that point says, and nothing where that says nothing."""

from __future__ import annotations

import csv
import doctest
import io
import json
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Golden, Write
from rich.console import Console

import cnncalc
from cnncalc.analysis.quantities import OF_A_LAYER, OF_A_NETWORK, value_of
from cnncalc.report import csv as csv_format
from cnncalc.report import terminal
from cnncalc.report.document import document
from cnncalc.report.formats import report_of
from cnncalc.report.report import Options, Report
from cnncalc.spec.find import find
from cnncalc.sweep.grid_text import parse_grid
from cnncalc.sweep.measures import choose, value
from cnncalc.sweep.points import sentence
from cnncalc.sweep.sweep import FEW
from cnncalc.symbolic import floor_div, symbol
from cnncalc.symbolic.program import Program
from cnncalc.symbolic.vectorised import divides_safely, evaluate

ROOT = Path(__file__).resolve().parent.parent
EVERY_TOTAL = ",".join(OF_A_NETWORK)
SCALED = """
input: 32x32x3
parameters: {width: 1, deep: 2, wide: true, classes: 10}
layers:
  - {conv: {filters: 32*width, kernel: 3}, name: conv1}
  - {conv: {filters: 16, kernel: 3}, repeat: deep, name: body}
  - {fc: classes, when: wide, name: fc}
"""
KINDS = {
    "fields": """
input: 40x40x6
parameters: {kernel: 3, stride: 2, groups: 2}
layers:
  - {conv: {filters: 12, kernel: kernel, stride: stride, padding: half, groups: groups}, name: a}
  - {adaptiveavgpool: 4, name: pool}
  - {fc: 10, name: fc}
""",
    "same": """
input: 40x40x6
parameters: {stride: 2}
layers:
  - {conv: {filters: 12, kernel: 3, stride: stride, padding: same}, name: a}
  - {maxpool: {kernel: 3, stride: 2, rounding: caffe, padding: 1}, name: pool}
""",
    "upwards": """
input: 16x16x8
parameters: {factor: 2, filters: 4}
layers:
  - {conv: {filters: filters, kernel: 3, stride: 2, padding: 1}, name: a}
  - {upsample: factor, name: up}
  - {deconv: {filters: 3, kernel: 4, stride: 2, padding: 1}, name: b}
""",
    "negative": """
input: 20x20x3
parameters: {width: 40, parts: 3}
layers:
  - {conv: {filters: width - 30, kernel: 3}, name: a}
  - {conv: {filters: 100 // (parts - 1), kernel: 3}, name: b}
  - {conv: {filters: in.height + width % 7, kernel: 3}, name: c}
""",
    "merges": """
input: 20x20x4
parameters: {stride: 2, filters: 4}
layers:
  - name: cat
    concat:
      - [{maxpool: {kernel: stride, stride: stride}}]
      - [{conv: {filters: filters, kernel: 2, stride: 2}}]
  - {multiply: [[], [{gap: }, {fc: filters + 4}]], name: scale}
""",
    "strict": """
input: 21x21x3
rounding: strict
parameters: {stride: 2}
layers:
  - {conv: {filters: 8, kernel: 3, stride: stride}, name: a}
  - {resize: 10, name: b}
""",
}
GRIDS = {
    "fields": {"kernel": "1:4", "stride": "1:3", "groups": "1:4"},
    "same": {"stride": "1:4"},
    "upwards": {"factor": "1:3", "filters": "1:40:3"},
    "negative": {"width": "25:60", "parts": "0:6"},
    "merges": {"stride": "1:3", "filters": "1:6"},
    "strict": {"stride": "1:4"},
}


def expected(sweep: cnncalc.Sweep, name: str, row: dict[str, Any]) -> dict[str, Any]:
    """The measures of a row as the engine finds them for that one point, or nothing but a problem."""
    settings = {axis.parameter: row[axis.key] for axis in sweep.grid.axes if axis.parameter}
    settings = {key: float(held) if isinstance(held, Fraction) else held for key, held in settings.items()}
    size = "x".join(str(row.get(str(part), part)) for part in (*sweep.grid.input.sizes, sweep.grid.input.channels))
    try:
        analysis = cnncalc.analyze(name, size, settings=settings, batch=row.get("batch"))
    except cnncalc.SpecError as error:
        return {measure.key: None for measure in sweep.measures} | {"problem": sentence(error.problems[0])}
    readings = {measure.key: value(measure, measure.read(analysis)) for measure in sweep.measures}
    return readings | {"problem": None}


def agrees(name: str, sweep: cnncalc.Sweep, samples: int, seed: int = 1) -> int:
    """Hold a sweep to an analysis at some of its points, the first and the last among them; how many have numbers."""
    wanted = {0, len(sweep) - 1, *random.Random(seed).sample(range(len(sweep)), min(samples, len(sweep)))}
    solved = 0
    for number, row in enumerate(sweep):
        if number in wanted:
            assert expected(sweep, name, row) == {key: row[key] for key in sweep.columns if key not in sweep.axes}
            solved += row["problem"] is None
    return solved


# Numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", cnncalc.networks())
def test_a_sweep_of_every_network_says_what_its_analyses_say(name: str) -> None:
    spec = find(name)
    layers = cnncalc.analyze(name, _size(name)).layers
    first, last = layers[0].name, layers[-1].name
    columns = f"{EVERY_TOTAL},{first}.output,{first}.rf,{last}.macs,{last}.rf,{last}.output,{first}.padding"
    if name.startswith("stack"):
        columns = EVERY_TOTAL  # these are symbolic repeats: their layers come and go
    numbers = {key: spec.settings.get(key, argument).evaluate({}) for key, argument in spec.parameters.items()}
    settings = {key: f"1:3,{max(number - 1, 1)}:{number + 2}" for key, number in numbers.items() if type(number) is int}
    first_ones = dict(list(settings.items())[:2]) | {key: "2,5" for key, number in numbers.items() if number is None}
    size = "x".join(str(part) for part in (*["20:300:70"] * len(spec.input.sizes), _channels(spec)))
    sweep = cnncalc.sweep(name, size, settings=first_ones, batch="1:3,64", columns=columns)
    agrees(name, sweep, 6)


def _channels(spec: cnncalc.Spec) -> str:
    assert spec.input is not None
    return f"{spec.input.channels},1" if isinstance(spec.input.channels, int) else "3,256"


def _size(name: str) -> str | None:
    spec = find(name)
    assert spec.input is not None
    parts = (*spec.input.sizes, spec.input.channels)
    return None if all(type(part) is int for part in parts) else "x".join(["64"] * len(parts))


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_in_any_place_give_what_analyses_give(kind: str, write: Write) -> None:
    path = write(KINDS[kind])
    for columns in ("params,macs,activations,depth,compares", "macs,peak,connections", "a.output,a.rf,a.centre,macs"):
        if kind != "merges" or "a." not in columns:
            sweep = cnncalc.sweep(path, "3:45:6", settings=GRIDS[kind], batch="1,3", columns=columns)
            agrees(path, sweep, 40)


def test_parameters_that_change_the_structure_are_put_in_one_by_one(write: Write) -> None:
    path = write(SCALED)
    settings = {"deep": "0:4", "wide": [True, False], "classes": "1:9"}
    sweep = cnncalc.sweep(path, "8:40:4", settings=settings, columns="params,macs,depth,conv1.output")
    assert {"wide"} <= set(sweep.structural) <= {"deep", "wide"}
    assert agrees(path, sweep, 60) > 20


def test_decimals_are_exact_and_must_come_out_whole(write: Write) -> None:
    path = write(SCALED)
    rows = list(cnncalc.sweep(path, settings={"width": "0.25,0.3,0.5,1.0"}, columns="conv1.output"))
    assert [(30, 30, 8), None, (30, 30, 16), (30, 30, 32)] == [row["conv1.output"] for row in rows]
    assert rows[1]["problem"].startswith("filters must be a whole number, not 48/5 (")
    assert rows[1]["problem"].endswith("net.yaml:5:22)")
    sweep = cnncalc.sweep(path, "16:64:4", settings={"width": "0.25,0.5", "deep": "1:3", "classes": "1:9"})
    assert len(sweep) == agrees(path, sweep, len(sweep))
    assert 8 == cnncalc.analyze(path, settings={"width": 0.25}).layer("conv1").output.channels


def test_lists_are_values_and_not_grids() -> None:
    rows = list(cnncalc.sweep("resnet50", settings={"blocks": "[3,4,6,3],[3,4,23,3]"}, columns="depth"))
    assert [50, 101] == [row["depth"] for row in rows]


def test_sums_beyond_64_bits_are_exact() -> None:
    sweep = cnncalc.sweep("vgg16", "300000001:300000030", batch=[1, 10**9], columns="macs,peak,training")
    assert len(sweep) > FEW
    assert agrees("vgg16", sweep, 10) > 9
    assert all(row["macs"] > 2**63 for row in sweep if row["batch"] > 1)


def test_arrays_that_are_too_narrow_are_never_used() -> None:
    size, other = symbol("a"), symbol("b")
    program = Program([size * size * other - size * other * size + other, floor_div(size * size, other)])
    for top in (2**20, 2**31, 2**32, 2**40, 10**18):
        columns = {"a": [top - number for number in range(40)], "b": [number + 1 for number in range(40)]}
        pairs = list(zip(columns["a"], columns["b"], strict=True))
        assert [[b for _, b in pairs], [a * a // b for a, b in pairs]] == evaluate(program, columns, 40)


def test_a_divisor_that_may_be_zero_is_not_run_on_arrays() -> None:
    size, other = symbol("a"), symbol("b")
    assert divides_safely(Program([floor_div(size, other), floor_div(size, 2 * other + 1)]))
    assert not divides_safely(Program([floor_div(size, other - 1)]))


def test_without_numpy_the_rows_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def rows() -> list[dict[str, Any]]:
        columns = "params,macs,peak,conv1.output"
        return list(cnncalc.sweep("alexnet", "20:260:12", settings={"groups": "1:4"}, batch="1,8", columns=columns))

    with_arrays = rows()
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert with_arrays == rows()


def test_a_few_points_need_neither_sympy_nor_numpy() -> None:
    code = (
        "import sys, cnncalc; list(cnncalc.sweep('vgg16', '64:224:32', batch='1,8')); "
        "assert not {'sympy', 'numpy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


# Problems ----------------------------------------------------------------------------------------


def test_a_point_on_which_nothing_fits_says_which_layer_and_why() -> None:
    sweep = cnncalc.sweep("alexnet", "20:230:5", batch="1,2")
    rows = {(row["input"], row["batch"]): row for row in sweep}
    assert "pool2: the window is larger than its input: 3 on 1 in height" == rows[20, 2]["problem"]
    assert None is rows[20, 2]["macs"]
    assert None is rows[230, 1]["problem"]
    assert sweep.solved == sum(row["problem"] is None for row in rows.values()) < len(sweep) == sweep.done


def test_many_points_without_numbers_are_quick() -> None:
    begin = time.perf_counter()
    sweep = cnncalc.sweep("alexnet", "1:60", batch="1:3000", columns="macs")
    problems = {row["problem"] for row in sweep}
    assert 180_000 == len(sweep)
    assert 0 == sweep.solved
    assert len(problems) > 5
    assert time.perf_counter() - begin < 20


def test_past_a_thousand_different_failures_the_condition_is_reported(write: Write) -> None:
    path = write("input: 9x9x6\nparameters: {groups: 1}\nlayers:\n  - {conv: {filters: 6, kernel: 3, groups: groups}}")
    rows = list(cnncalc.sweep(path, settings={"groups": "1:3000"}, columns="macs"))
    assert [1, 2, 3, 6] == [row["groups"] for row in rows if row["problem"] is None]
    assert "conv1: groups (5) must divide the input channels (6)" == rows[4]["problem"]
    assert "the network does not fit: it needs 6 % groups == 0" == rows[-1]["problem"]


def test_if_no_point_has_numbers_the_exit_status_is_1(cli: Cli) -> None:
    result = cli("sweep", "alexnet", "--input", "1:3", status=1)
    assert "no point of the grid has numbers" in result.stderr
    assert "larger than its input" in result.stdout


def test_a_layer_that_there_is_not_is_refused(cli: Cli) -> None:
    message = cli.refused("sweep", "vgg16", "--input", "64,128", "--layer", "conv1_3")
    assert "vgg16 has no layer 'conv1_3'" in message
    assert "hint: did you mean 'conv" in message


def test_all_problems_of_a_spec_are_told(cli: Cli, write: Write) -> None:
    result = cli("sweep", write("input: 8x8x3\nlayers:\n  - {conf: 3}\n  - {pol: 3}\n"), "--input", "8:16", status=1)
    assert "conf" in result.stderr
    assert "pol" in result.stderr


# Grids -------------------------------------------------------------------------------------------


def points(
    size: str | None, *settings: str, batch: str | None = None, name: str = "mobilenet_v1"
) -> list[tuple[Any, ...]]:
    grid = parse_grid(find(name), size, settings, batch)
    return list(zip(*grid.columns(0, grid.points), strict=True))


def test_a_range_of_decimals_is_exact() -> None:
    quarters = [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), 1]
    assert quarters == [width for _, width in points("32", "width=0.25:1:0.25")]
    assert [Fraction(n, 10) for n in (1, 2, 3)] == [width for _, width in points("32", "width=0.1:0.3:0.1")]
    assert [0, Fraction(3, 2)] == [width for _, width in points("32", "width=0:2.9:1.5")]


def test_a_grid_is_the_product_of_its_axes_and_the_last_varies_fastest() -> None:
    found = points("32:96:32,224", "width=8,16", "classes=10", batch="1:2")
    assert [(size, width, 10, batch) for size in (32, 64, 96, 224) for width in (8, 16) for batch in (1, 2)] == found


def test_a_range_has_its_last_number_only_if_a_step_meets_it() -> None:
    assert [(32,), (62,), (92,)] == points("32:100:30")
    assert [(32,), (33,), (34,)] == points("32:34")
    assert [(7,)] == points("7:7")


def test_the_parts_of_an_input_are_axes_of_their_own() -> None:
    grid = parse_grid(find("vgg16"), "224,256x320x3")
    assert ("input_height", "input_width", "input_channels") == tuple(axis.key for axis in grid.axes)
    assert [(224, 320, 3), (256, 320, 3)] == points("224,256x320x3", name="vgg16")
    assert [(4, 3), (4, 5), (6, 3), (6, 5)] == points("4,6x3,5", name="vgg16")


def test_a_list_of_whole_inputs_is_not_a_grid_of_heights_widths_and_channels() -> None:
    for text in ("224x224x3,448x448x3", "224x224x3, 448x448"):
        grid = parse_grid(find("vgg16"), text)
        assert ("input", "input_channels") == tuple(axis.key for axis in grid.axes)
        assert [(224, 3), (448, 3)] == points(text, name="vgg16")
    assert [(224,), (448,)] == points("224x224,448x448", name="vgg16")
    rows = list(cnncalc.sweep("conv3-64", ["14x14x3", "16x16x3"], columns="macs"))
    assert [14 * 14 * 27 * 64, 16 * 16 * 27 * 64] == [row["macs"] for row in rows]


def test_points_are_found_from_anywhere_in_a_grid() -> None:
    grid = parse_grid(find("mobilenet_v1"), "1:7x2:9:3", ["width=5,7:9"], "1:3")
    whole = grid.columns(0, grid.points)
    for start in range(0, grid.points, 17):
        stop = min(start + 29, grid.points)
        assert [column[start:stop] for column in whole] == grid.columns(start, stop)


def test_a_grid_of_many_points_takes_no_room() -> None:
    grid = parse_grid(find("vgg16"), "1:1000000", [], "1:100")
    assert 10**8 == grid.points
    assert [[1_000_000, 1_000_000], [99, 100]] == grid.columns(10**8 - 2, 10**8)


def test_parameters_named_like_a_column_keep_their_name_apart(write: Write) -> None:
    path = write("input: 9x9x3\nparameters: {macs: 4, batch: 3}\nlayers:\n  - {conv: {filters: macs, kernel: batch}}")
    (row,) = cnncalc.sweep(path, settings={"macs": 4, "batch": 3}, batch=2)
    assert ["set.macs", "set.batch", "batch", "params"] == list(row)[:4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no grid is given"),
        (("--input", "32:64:0"), "the step of the range 32:64:0 must be above 0"),
        (("--input", "64:32"), "the range 64:32 is empty"),
        (("--input", "32,"), "a value is missing beside a comma"),
        (("--input", "0:32"), "a size must be from 1 to 1,000,000,000, not 0"),
        (("--input", "HxW"), "'H' is neither a number nor a range"),
        (("--input", "1:2x3x4x5x6"), "has 5 numbers, but the network takes 32x32x3"),
        (("--input", "5x32x32x3"), "begins with a batch"),
        (("--input", "5x32x32x3,5x64x64x3"), "begins with a batch"),
        (("--input", "32x64x3,64x128x3"), "has inputs that are not square"),
        (("--input", "32x32x3,32x32x1"), "differ in their channels"),
        (("--input", "32x32x3,3x64x64"), "has its channels first"),
        (("--input", "1:99999x1:99999"), "the grid has 9,999,800,001 points"),
        (("--input", "1:20000"), "a table of 20,000 rows"),
        (("--input", "1:100", "--max-points", "99"), "the limit is 99"),
        (("--batch", "1,x"), "--batch:1:3: 'x' is neither a number nor a range"),
        (("--batch", "0"), "from 1"),
        (("--batch", "1.5"), "neither a number nor a range"),
        (("--set", "widht=3"), "did you mean 'width'?"),
        (("--set", "width"), "sets nothing"),
        (("--set", "width=1", "--set", "width=2"), "--set width=1,2,3"),
        (("--set", "width=n"), "a sweep takes no symbols"),
        (("--set", "width=1e400"), "--set width"),
        (("--set", "width=9999999999999999"), "is larger than 1,000,000,000,000,000"),
        (("--set", "width=1//0"), "division by zero"),
        (("--batch", "1", "--columns", "makro"), "unknown total 'makro'"),
        (("--batch", "1", "--columns", "output"), "name its layer, as in conv1.output"),
        (("--batch", "1", "--columns", "conv1.makro"), "unknown quantity 'makro'"),
        (("--batch", "1", "--columns", ","), "does not name a column"),
    ],
)
def test_a_bad_grid_is_wrong_usage_and_says_how_to_mend_it(
    cli: Cli, arguments: tuple[str, ...], message: str, write: Write
) -> None:
    assert message in cli.refused("sweep", write(SCALED), *arguments)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch ran')",
        "().__class__",
        "open('ran','w')",
        "[i for i in 1]",
        "lambda: 1",
        "1:2:__x__",
    ],
)
def test_no_text_of_a_grid_is_ever_run(
    cli: Cli, text: str, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write(SCALED)
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ("--input", text),
        ("--batch", text),
        ("--set", f"width={text}"),
        ("--batch=1", "--columns", text),
    ):
        assert "Traceback" not in cli.refused("sweep", path, *arguments)
    assert ["net.yaml"] == [entry.name for entry in tmp_path.iterdir()]


def test_a_symbol_that_is_left_is_refused(cli: Cli, write: Write) -> None:
    path = write("input: HxWx3\nparameters: {width: }\nlayers:\n  - {conv: {filters: width, kernel: 3}}\n")
    assert "H is a symbol, but" in cli.refused("sweep", path, "--batch", "1,2")
    assert "the parameter width has no value" in cli.refused("sweep", path, "--input", "32:64")
    assert 3 == len(cli.text("sweep", path, "--input", "32,64", "--set", "width=4", "--format", "csv").splitlines())


# Reports -----------------------------------------------------------------------------------------


def test_a_small_table(cli: Cli, golden: Golden) -> None:
    text = cli.text(
        "sweep",
        "alexnet",
        "--input",
        "35:227:64",
        "--batch",
        "1,64",
        "--columns",
        "params,macs,memory,conv1.output,pool3.rf",
    )
    golden("sweep/alexnet.txt", text)


def test_csv_and_json_lines_hold_what_the_library_gives(cli: Cli) -> None:
    arguments = ("alexnet", "--input", "20:230:30", "--set", "groups=1:3", "--columns", "macs,conv1.output,conv1.rf")
    sweep = cnncalc.sweep("alexnet", "20:230:30", settings={"groups": "1:3"}, columns="macs,conv1.output,conv1.rf")
    table = list(csv.DictReader(io.StringIO(cli.text("sweep", *arguments, "--format", "csv"))))
    lines = [json.loads(line) for line in cli.text("sweep", *arguments, "--format", "jsonl").splitlines()]
    rows = list(sweep)
    assert len(rows) == len(table) == len(lines) == 24
    for row, cells, entry in zip(rows, table, lines, strict=True):
        assert list(sweep.columns) == list(cells) == list(entry)
        assert [str(row[key] or "") for key in ("input", "groups", "macs", "problem")] == [
            cells[key] for key in ("input", "groups", "macs", "problem")
        ]
        assert [row["input"], row["macs"], row["problem"]] == [entry["input"], entry["macs"], entry["problem"]]
        if row["problem"] is None:
            *size, channels = row["conv1.output"]
            assert {"channels": channels, "size": size} == entry["conv1.output"]
            assert "x".join(map(str, row["conv1.output"])) == cells["conv1.output"]
            assert ([11, 11], "11") == (entry["conv1.receptive_field"], cells["conv1.receptive_field"])


def test_volumes_whose_sides_are_all_alike_are_written_in_full(cli: Cli) -> None:
    text = cli.text("sweep", "conv3-8p1", "--input", "8x8,9x3", "--columns", "conv1.output", "--format", "csv")
    assert ["8x8x8", "8x9x8"] == [line.split(",")[3] for line in text.splitlines()[1:]]


def test_a_list_of_signals_is_not_a_grid_of_images(cli: Cli) -> None:
    for spec, signals in (("conv1d3-8", "100x3,200x3"), ("conv3-8", "1d:100x3,1d:200x3")):
        text = cli.text("sweep", spec, "--input", signals, "--columns", "params,macs", "--format", "csv")
        assert ["100,3,80,7200", "200,3,80,14400"] == [line.rstrip(",") for line in text.splitlines()[1:]]
    assert "for a signal of length x channels 1d:100x3" in cli.refused("sweep", "conv3-8", "--input", "100x3,200x3")


def test_blocks_and_repeats_are_summed() -> None:
    (row,) = cnncalc.sweep("resnet50", "224", columns="conv5.macs,conv5_2.macs,conv5.output,conv5.rf")
    analysis = cnncalc.analyze("resnet50")
    macs = {layer.name: layer.macs for layer in analysis.layers}
    assert sum(count for name, count in macs.items() if name.startswith("conv5_")) == row["conv5.macs"]
    assert sum(count for name, count in macs.items() if name.startswith("conv5_2/")) == row["conv5_2.macs"]
    assert (7, 7, 2048) == row["conv5.output"]


def test_columns_are_chosen_as_in_the_table_of_a_network() -> None:
    assert ("params", "macs", "flops", "activations", "memory_bytes") == tuple(part.key for part in choose(None))
    assert ("params", "macs", "flops", "activations", "memory_bytes", "depth") == tuple(
        part.key for part in choose("+depth")
    )
    assert ("a.output", "a.receptive_field", "b.macs") == tuple(part.key for part in choose("output,rf,b.macs", ["a"]))


def test_the_example_of_the_library_prints_what_it_shows() -> None:
    import cnncalc.api

    (example,) = doctest.DocTestFinder().find(cnncalc.api.sweep, globs=vars(cnncalc.api))
    assert (0, 1) == doctest.DocTestRunner().run(example)


def test_the_convention_holds_for_every_point(cli: Cli) -> None:
    text = cli.text(
        "sweep", "vgg16", "--input", "64,96", "--no-bias", "--flops", "mac", "--dtype", "float16", "--format", "csv"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    convention = cnncalc.Convention(bias=False, flops="mac", dtype="float16")
    for row in rows:
        analysis = cnncalc.analyze("vgg16", row["input"], convention=convention)
        for quantity in ("params", "flops", "memory_bytes"):
            assert str(analysis.total(quantity)) == row[quantity]


def test_the_help_names_every_column_and_its_examples_run(cli: Cli) -> None:
    text = cli.text("sweep", "--help")
    words = set(text.replace(",", " ").replace(".", " ").replace(":", " ").split())
    assert set() == {*OF_A_NETWORK, *OF_A_LAYER} - words - {"memory_bytes", "receptive_field"}
    examples = [line.strip() for line in text.splitlines() if line.strip().startswith("cnncalc sweep ")]
    assert len(examples) > 3
    for example in examples:
        if "1:64" not in example:
            cli.text("sweep", *shlex.split(example.partition(">")[0])[2:])


# Streams -----------------------------------------------------------------------------------------


def stream(*arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "cnncalc", "sweep", *arguments]
    return subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, preexec_fn=hears_interrupts
    )


def hears_interrupts() -> None:
    """Undo what a shell does for a job in its background: such a process ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


LONG = ("lenet5", "--input", "32:10000", "--batch", "1:1000", "--columns", "macs", "--format", "csv")


def test_rows_come_before_all_are_computed_and_a_closed_pipe_is_no_error() -> None:
    with stream(*LONG) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"input,batch,macs,problem\n" == process.stdout.readline()
        assert process.stdout.readline().startswith(b"32,1,")
        process.stdout.close()
        assert process.wait(60) in (0, 1)
        assert b"" == process.stderr.read()


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_an_interrupt_leaves_whole_lines() -> None:
    with stream(*LONG) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        text = b"".join(process.stdout.readline() for _ in range(1000))
        process.send_signal(signal.SIGINT)
        text += process.stdout.read()
        errors = process.stderr.read()
        assert 130 == process.wait(60), errors
        assert b"Traceback" not in errors
        assert re.search(rb"interrupted after [1-9][0-9,]* of [0-9,]+ points; the rows so far are written", errors)
    assert text.endswith(b"\n")
    assert {3} == {line.count(b",") for line in text.splitlines()}


def test_columns_may_be_a_list() -> None:
    rows = list(cnncalc.sweep("vgg16", 224, columns=["macs", "pool5.output"]))
    assert rows == list(cnncalc.sweep("vgg16", 224, columns="macs,pool5.output"))
    assert rows[0]["macs"] == 15_470_264_320


# Setups and formats ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "keys",
    [
        {"convention": "fvcore"},
        {"convention": cnncalc.Convention(flops="mac")},
        {"convention": "slides", "bias": True},
        {"bias": False},
        {"flops": "all"},
        {"dtype": "float16"},
        {"optimizer": "adam"},
        {"max_layers": 100},
        {"settings": {"classes": 10}, "batch": 3},
    ],
    ids=str,
)
def test_every_keyword_of_a_setup_counts_at_every_point(keys: dict[str, Any]) -> None:
    columns = ("params", "macs", "flops", "memory_bytes", "training_memory_bytes")
    rows = list(cnncalc.sweep("vgg16", "64:128:2", columns=columns, **keys))
    for row in (rows[0], rows[-1]):
        analysis = cnncalc.analyze("vgg16", row["input"], **keys)
        assert [value_of(analysis, key) for key in columns] == [row[key] for key in columns]


def test_a_network_of_too_many_layers_is_a_problem_of_the_point() -> None:
    (row,) = cnncalc.sweep("vgg16", 64, max_layers=3)
    assert None is row["macs"]
    assert "3" in row["problem"]


def test_json_has_the_cells_of_json_lines(cli: Cli) -> None:
    arguments = ("sweep", "alexnet", "--input", "35:227:64", "--columns", "macs,conv1.output,pool3.rf,fc6.rf")
    lines = [json.loads(line) for line in cli.text(*arguments, "--format", "jsonl").splitlines()]
    found = cli.data(*arguments)
    assert lines == found["points"]
    assert ("alexnet", 1) == (found["name"], found["schema_version"])


def test_numbers_and_their_nouns_agree(cli: Cli) -> None:
    assert "1 point: 1 input" in cli.text("sweep", "vgg16", "--input", "224")
    assert "! 1 of 2 points has no numbers" in cli.text("sweep", "alexnet", "--input", "60,70")
    assert "Sweep(vgg16: input x batch, 2 points)" == repr(cnncalc.sweep("vgg16", 224, batch=[1, 2]))


def test_a_narrow_terminal_keeps_the_exact_numbers_and_the_problems() -> None:
    def lines(width: int) -> list[str]:
        console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None, legacy_windows=False)
        terminal.write(report_of(cnncalc.sweep("alexnet", "50:90:10"), Options()).document(), console)
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue().splitlines()

    for width, macs in ((200, "87,737,376"), (80, "87,737,376"), (60, "87.7M")):
        text = lines(width)
        assert max(map(len, text)) <= max(width, 67)
        assert any(macs in line for line in text)
        assert any("is larger than its input" in line for line in text)


def test_a_sweep_too_long_for_a_table_says_in_a_notebook_what_it_is() -> None:
    assert "<code>Sweep(vgg16: input, 20,000 points)</code>" == cnncalc.sweep("vgg16", "1:20000")._repr_html_()
    with pytest.raises(cnncalc.SpecError, match="20,000 rows is too long"):
        cnncalc.sweep("vgg16", "1:20000").render("markdown")


def test_rows_in_a_file_are_whole_or_not_there(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    arguments = ("sweep", "lenet5", "--input", "32:64", "--batch", "1,8", "--format", "csv")
    cli.text(*arguments, "--output", str(path))
    assert cli.text(*arguments) == path.read_text(encoding="utf-8")


def test_all_rows_of_a_report_are_written_however_long_they_take() -> None:
    def rows() -> Iterator[list[int]]:
        for number in range(30_000):
            if number in (3, 9):
                time.sleep(0.3)
            yield [number]

    pieces = list(csv_format.render(Report(lambda: document("", ()), dict, rows), Options()))
    assert "".join(f"{number}\n" for number in range(30_000)) == "".join(pieces)
    assert len(pieces) > 8
