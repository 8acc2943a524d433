"""Hostile texts: each ends soon, with an answer or with a message that names the limit, never with a traceback."""

from __future__ import annotations

import ast
import json
import os
import re
import resource
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc.cli.main import COMMANDS
from cnncalc.diagnose.propagation import Propagations
from cnncalc.layers.convolution import Conv
from cnncalc.limits import (
    LIMITS,
    LONGEST_FORMULA,
    LONGEST_NAME,
    LONGEST_SIZE,
    MOST_COLUMNS,
    MOST_PROBLEMS,
    MOST_PROPAGATED,
    MOST_TERMS,
    limits_set,
)
from cnncalc.solve.system import System

INPUT = "input: 32x32x3\n"
WIDE = (
    "spec: {input: 1000000000x8x1, layers: [{conv: {filters: 1, kernel: [1000000000, 1]}}]}\n"
    "claims: {conv1: {params: 5}}\n"
)
SECONDS = 10
"""Processor time in which every text ends."""
SQUARES = "".join(f"  a{number}: a{number - 1}*a{number - 1} + K\n" for number in range(1, 12))
REMAINDERS = "".join(f"  a{number}: (a{number - 1}*K) % (M + {number})\n" for number in range(1, 9))
DOUBLED = "".join(f"  b{number}: [b{number - 1}, b{number - 1}]\n" for number in range(1, 60))
CHAIN = "".join(f"  a{number}: a{number - 1}\n" for number in range(1, 30_000))
SPECS = {
    "powers": (
        INPUT + "parameters: {K: , M: , a: (K+M+1)**8, b: (a+K)**8}\nlayers: [{conv: {filters: b, kernel: 3}}]\n",
        f"more than {MOST_TERMS} terms",
    ),
    "squares": (
        f"{INPUT}parameters:\n  K:\n  a0: K + 1\n{SQUARES}layers: [{{conv: {{filters: a11, kernel: 3}}}}]\n",
        f"more than {MOST_TERMS} terms",
    ),
    "remainders": (
        f"{INPUT}parameters:\n  K:\n  M:\n  a0: K\n{REMAINDERS}layers: [{{conv: {{filters: a8, kernel: 3}}}}]\n",
        f"more than {MOST_TERMS} terms",
    ),
    "blanks": (
        f'{INPUT}blocks:\n  ? "b{" " * 100_000}x"\n  : [relu]\nlayers: [relu]\n',
        "does not declare a block",
    ),
    "many blocks": (INPUT + "blocks:\n" + "".join(f"  b{n}: [relu]\n" for n in range(30_000)) + "layers: [relu]\n", ""),
    "many parameters": (
        INPUT + "parameters:\n" + "".join(f"  a{n}: 1\n" for n in range(40_000)) + "layers: [relu]\n",
        "",
    ),
    "many wrong taps": (
        INPUT + "layers:\n" + "".join(f"  - {{relu: , from: a{n}}}\n" for n in range(20_000)),
        f"more than {MOST_PROBLEMS} mistakes",
    ),
    "mistakes on one line": (
        "{input: 32x32x3, layers: [" + ",".join(f"cnv{n}" for n in range(60_000)) + "]}",
        f"more than {MOST_PROBLEMS} mistakes",
    ),
    "a long name": (
        f"{INPUT}layers:\n  - {{relu: , repeat: 5000, name: {'n' * 900_000}}}\n",
        f"at most {LONGEST_NAME} characters",
    ),
    "2^60 layers": (
        f"{INPUT}blocks:\n  b0: [relu]\n{DOUBLED}layers: [b59]\n",
        "layers or more; the limit is 100,000",
    ),
    "2^60 layers, and one that is not counted": (
        f"{INPUT}blocks:\n  b0: [relu, {{relu: , when: true}}]\n{DOUBLED}layers: [b59]\n",
        "layers or more; the limit is 100,000",
    ),
    "2^60 blocks without a layer": (
        f"{INPUT}blocks:\n  b0: [{{relu: , when: false}}]\n{DOUBLED}layers: [relu, b59]\n",
        "more than 200,000 steps that make no layer",
    ),
    "a chain of parameters": (
        f"{INPUT}parameters:\n  a0: 1\n{CHAIN}layers: [relu]\n",
        "",
    ),
    "one token": ("x" * 999_999, "a spec is a mapping"),
    "ends of lines": ("\n" * 999_999, "the file is empty"),
    "brackets": ("[" * 999_999, "nested more than 60 deep"),
    "byte order marks": ("\ufeff" * 300_000, "a spec is a mapping"),
    "a number of many digits": (
        f"{INPUT}layers:\n  - conv: {{filters: {'9' * 900_000}, kernel: 3}}\n",
        "at most 500 characters",
    ),
    "many phases": (
        "input: 8x8x3\nlayers:\n  - upsample: 4096\n  - conv: {filters: 1, kernel: 4095, padding: half}\n",
        "",
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_a_hostile_spec_ends_soon(cli: Cli, write: Write, name: str) -> None:
    text, message = SPECS[name]
    started = time.process_time()
    result = cli("show", str(write(text)))
    assert time.process_time() - started < SECONDS
    assert message in result.stderr
    assert result.exit_code == (1 if message else 0)
    assert len(result.stderr) < 20_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("network: lenet\nclaims: {conv1: {params: '((a+b+c+d+e+f)**8)**8'}}\n", f"more than {MOST_TERMS} terms"),
        ("network: lenet\nclaims: {conv1: " + 190_000 * "9" + "}\n", "a number has at most"),
        ("apply: {a: {pad: " + 90 * "[1, " + 90 * "]" + "}}\n", "nested more than"),
        (
            "apply: {a: {avgpool: [" + ", ".join([str([1] * 60)] * 60) + "], kernel: 9, stride: 1}}\n",
            "--limit by_hand=",
        ),
        ("apply: {a: {pad: 1, padding: 9000000}}\n", "the limit is"),
        ("apply: {a: {pad: 1}}\nclaims: {a: " + 90_000 * "(" + "}\n", ""),
        ("# network: lenet\nlayer,params\nconv1,1" + " " * 130_000 + "K\n", "mismatch"),
        ("# network: lenet\nlayer" + "," * 90_000 + "\nconv1\n", f"{MOST_COLUMNS}, the limit"),
        (WIDE, "1,000,000,001"),
        ("# network: lenet\nlayer," + ",".join(["(" + " " * 990 + "x"] * 100) + "\nconv1,1\n", "unknown quantity '("),
        (" \n" * 90_000 + "layers", "begin with"),
    ],
    ids=[
        "powers",
        "digits",
        "deep",
        "products",
        "frame",
        "parentheses",
        "blanks",
        "columns",
        "a kernel of 10^9 taps",
        "brackets",
        "lines",
    ],
)
def test_a_hostile_table_ends_soon(cli: Cli, write: Write, text: str, expected: str) -> None:
    started = time.process_time()
    result = cli("check", str(write(text, "table.csv" if text.startswith("#") else "table.yaml")))
    assert time.process_time() - started < SECONDS
    assert expected in result.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["densenet121", "--set", "growth=\udcff"], "not UTF-8"),
        (["vgg16", "--batch", "1" + "9" * 5000], "must be a number of images"),
        (
            ["sweep", "mobilenet_v1", "--set", "width=0.000000000000001:999999999999999:0.000000000000001"],
            "100,000,000",
        ),
        (["pool{0*K}", "--input", "32x32x3"], "kernel must be at least 1, not 0"),
        (["conv3-3 xL", "--input", "32x32x3", "--format", "json"], '"L"'),
        (["apply", "maxpool", "a" * 131_000 + ","], "more than 100,000 characters"),
        (["apply", "maxpool", "a" * 99_990 + ","], "a number is missing"),
        (["relu" + " " * 19_900 + "!", "--input", "8x8x1"], "'!'"),
        (
            ["formula", "vgg16", "--assume", "H == " + "(" * 60_000 + "F" + ")" * 60_000 + "/2"],
            "at most 500 characters",
        ),
        (["formula", "vgg16", "--assume", "H == (((a+b+c+d)**8)**8)"], f"more than {MOST_TERMS} terms"),
    ],
    ids=[
        "bytes",
        "digits",
        "range",
        "zero",
        "symbolic repeat",
        "long matrix",
        "matrix",
        "blanks",
        "parentheses",
        "assumption",
    ],
)
def test_hostile_arguments_are_refused_or_answered(cli: Cli, arguments: list[str], expected: str) -> None:
    started = time.process_time()
    result = cli(*arguments)
    assert time.process_time() - started < SECONDS
    assert expected in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_comment_that_looks_like_layers_costs_no_time(cli: Cli, write: Write) -> None:
    spec = write("# " + "conv" * 200_000 + "\nlayers: [relu]\n")
    started = time.process_time()
    assert "the channels are missing" in cli.refused("show", spec, "--input", "32x32")
    assert time.process_time() - started < SECONDS


def test_what_is_no_file_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "zero.yaml").symlink_to("/dev/zero")
    for command in (["show"], ["fit"], ["check"], ["apply", "maxpool"]):
        for name in ("pipe.yaml", "loop.yaml", "zero.yaml", "/dev/zero", ".", ""):
            ended = subprocess.run(
                [sys.executable, "-m", "cnncalc", *command, name],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=60,
                preexec_fn=bounded,
                check=False,
            )
            assert ended.returncode in (1, 2), (command, name, ended)
            assert "Traceback" not in ended.stderr, (command, name)


def bounded() -> None:
    """Let a process have 20 s of processor time and 2 GB."""
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


# Other limits ------------------------------------------------------------------------------------

MET = [
    ("terms", 2, ["formula", "conv3-{(a+b)**3}"]),
    ("layers", 3, ["show", "vgg16"]),
    ("layers", 3, ["check", "table.yaml"]),
    ("points", 3, ["sweep", "vgg16", "--input", "32:64"]),
    ("rows", 3, ["sweep", "vgg16", "--input", "32:64"]),
    ("size", 100, ["show", "vgg16", "--input", "224"]),
    ("batch", 7, ["show", "vgg16", "--batch", "8"]),
    ("output", 10, ["show", "upsample8", "--input", "8x8x1"]),
    ("value", 99, ["show", "conv3-{10*10}", "--input", "8x8x1"]),
    ("exponent", 2, ["show", "conv3-{2**3}", "--input", "8x8x1"]),
    ("expression", 4, ["show", "conv3-{2*2*2}", "--input", "8x8x1"]),
    ("parentheses", 2, ["show", "conv3-{(((2)))}", "--input", "8x8x1"]),
    ("notation", 9, ["show", "conv3-8, relu", "--input", "8x8x1"]),
    ("brackets", 1, ["show", "(relu x2) x2", "--input", "8x8x1"]),
    ("text", 20, ["show", "net.yaml"]),
    ("nesting", 2, ["show", "net.yaml"]),
    ("name", 3, ["show", "net.yaml"]),
    ("name", 4, ["show", "net.yaml"]),
    ("blocks", 1, ["show", "net.yaml"]),
    ("table", 20, ["check", "table.yaml"]),
    ("claims", 1, ["check", "table.yaml"]),
    ("number", 3, ["check", "table.yaml"]),
    ("numeral", 3, ["check", "table.yaml"]),
    ("columns", 1, ["check", "table.csv", "--network", "lenet"]),
    ("question", 5, ["solve", "227 -> 55, F=11, P=0, S=?"]),
    ("matrix", 5, ["apply", "maxpool", "1 2; 3 4", "-k", "2"]),
    ("side", 1, ["apply", "maxpool", "1 2; 3 4", "-k", "2"]),
    ("products", 3, ["apply", "maxpool", "1 2; 3 4", "-k", "2"]),
    ("denominator", 1, ["apply", "maxpool", "1/11 2; 3 4", "-k", "2"]),
    ("questions", 4, ["quiz", "--sheet"]),
    ("residues", 3, ["fit", "conv3-1/2, conv3-1/3, conv5-1/5", "--input", "HxWx1"]),
    ("taps", 2, ["show", "conv3-8", "--input", "8x8x1", "--columns", "connections"]),
]
"""A limit, a number that is too small, and a command line that meets it."""


@pytest.mark.parametrize(("name", "number", "arguments"), MET, ids=[f"{each[0]} {each[2][0]}" for each in MET])
@pytest.mark.usefixtures("folder")
def test_a_limit_that_is_met_names_its_option(
    cli: Cli, write: Write, name: str, number: int, arguments: list[str]
) -> None:
    write("input: 8x8x1\nblocks:\n  deep: [{group: [{relu: , name: first}]}]\nlayers: [deep]\n")
    write("network: lenet\nclaims:\n  conv1: {params: 1,560}\n  conv2: {params: 2}\n", "table.yaml")
    write("layer,params,macs\nconv1,156,1\n", "table.csv")
    more = f"--limit {name}={5 * number} allows more"
    assert more not in cli(*arguments).output
    assert more in cli(*arguments, "--limit", f"{name}={number}").output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_limits(cli: Cli, command: str) -> None:
    assert "no limit is called 'trms'" in cli.refused(command, *REQUIRED.get(command, ()), "--limit", "trms=5")


REQUIRED = {"show": ("vgg16",), "apply": ("maxpool", "1 2"), "explain": ("vgg16",), "formula": ("vgg16",)}
"""The arguments without which a command does not look at its options."""


@pytest.mark.parametrize("text", ["terms", "terms=", "terms=x", "terms=0", "terms=-1", f"terms={'9' * 5000}", "=5"])
def test_a_limit_is_a_name_and_a_number(cli: Cli, text: str) -> None:
    assert "must be a whole number" in (said := cli.refused("vgg16", "--limit", text)) or "no limit is called" in said


def test_a_limit_holds_for_one_command_alone(cli: Cli) -> None:
    cli.refused("show", "vgg16", "--limit", "layers=3", status=1)
    assert {} == limits_set()
    assert "conv5_3" in cli.text("show", "vgg16")


def test_options_of_their_own_set_the_same_limits(cli: Cli) -> None:
    assert cli.refused("vgg16", "--limit", "layers=3", status=1) == cli.refused("vgg16", "--max-layers", "3", status=1)
    grid = ("sweep", "vgg16", "--input", "32:64")
    assert cli.refused(*grid, "--limit", "points=3") == cli.refused(*grid, "--max-points", "3")


def test_limits_in_python_hold_for_late_work_too() -> None:
    with pytest.raises(cnncalc.SpecError, match="limit terms=10 allows more"):
        cnncalc.formula("conv3-{(a+b)**3}", limits={"terms": 2})
    (row,) = cnncalc.sweep("vgg16", 64, limits={"layers": 3})
    assert "the limit is 3" in row["problem"]
    with pytest.raises(cnncalc.SpecError, match="did you mean 'terms'"):
        cnncalc.analyze("vgg16", limits={"term": 2})
    assert {} == limits_set()


def test_a_raised_limit_lets_more_pass(write: Write) -> None:
    spec = write(f"input: 8x8x1\nlayers: [{{relu: , name: {'n' * 201}}}]\n")
    with pytest.raises(cnncalc.SpecError, match="at most 200"):
        cnncalc.analyze(spec)
    assert 1 == len(cnncalc.analyze(spec, limits={"name": 201}).layers)


def test_every_limit_is_used_and_stands_in_the_one_place() -> None:
    folder = Path(cnncalc.__file__).parent
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    constants = {
        target.id: node.value.args[0].value  # type: ignore[attr-defined]
        for node in ast.walk(ast.parse(texts.pop(folder / "limits.py")))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }
    assert set(LIMITS) == set(constants.values())
    unused = [name for name in constants if not any(re.search(rf"\b{name}\.value\b", text) for text in texts.values())]
    assert ["LONGEST_TABLE", "MOST_TAPS", "MOST_SYMBOLIC_TAPS"] == unused  # handed on as they are, and read there


# Large networks ----------------------------------------------------------------------------------


def chain(layers: int) -> str:
    """A convolution of 584 parameters again and again, the first with 224: on 3 channels instead of 8."""
    return f"input: 32x32x3\nlayers: [{{conv: {{filters: 8, kernel: 3, padding: 1}}, repeat: {layers}, name: c}}]\n"


def test_the_rules_of_a_repeated_layer_run_once(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    usual = Conv.weight_factors
    monkeypatch.setattr(Conv, "weight_factors", lambda *values: (calls.append(1), usual(*values))[1])
    counts = []
    for layers in (10, 1_000):
        calls.clear()
        analysis = cnncalc.analyze(str(write(chain(layers), f"c{layers}.yaml")))
        assert analysis.total("params") == 224 + 584 * (layers - 1)
        assert analysis.layers[-1].receptive_field.read("size") == (1 + 2 * layers,) * 2
        counts.append(len(calls))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown", "html", "latex"])
def test_a_long_report_never_exists_all_at_once(write: Write, form: str) -> None:
    from cnncalc.report.formats import pieces, report_of
    from cnncalc.report.report import Options

    analysis = cnncalc.analyze(str(write(chain(20_000))))
    report = report_of(analysis, Options())
    tracemalloc.start()
    try:
        length = sum(map(len, pieces(report, form, Options())))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert length > 800_000
    assert peak < 20_000 * 700  # a row held as objects takes some kilobytes


def test_json_that_is_written_piecewise_is_laid_out_as_ever(cli: Cli, write: Write) -> None:
    for command in (["show", str(write(chain(2_500)))], ["googlenet"], ["sweep", "vgg16", "--batch", "1,2"]):
        text = cli(*command, "--format", "json").stdout
        assert text == json.dumps(json.loads(text), indent=1) + "\n"


def test_the_search_for_a_wrong_total_looks_at_a_bounded_number_of_layers(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    usual = Propagations.recomputation
    monkeypatch.setattr(Propagations, "recomputation", lambda *values: (calls.append(1), usual(*values))[1])
    spec = chain(1_500).replace("\n", ", ", 1).strip()
    cli("check", str(write(f"spec: {{{spec}}}\nclaims: {{total: {{params: 1}}}}\n")), status=1)
    assert len(calls) < 3 * MOST_PROPAGATED.value  # every layer for every mistake in another one would be millions


def test_control_c_says_how_far_a_check_came(cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.check import verdicts

    usual, judged = verdicts.judge, []

    def judge(*values: object, **keys: object) -> object:
        if len(judged) == 3:
            raise KeyboardInterrupt
        judged.append(1)
        return usual(*values, **keys)  # type: ignore[arg-type]

    monkeypatch.setattr(verdicts, "judge", judge)
    text = "network: lenet\nclaims: {conv1: {params: 156, output: 28x28x6}}\n"
    result = cli("check", str(write(text, "a.yaml")), str(write(text, "b.yaml")), status=130)
    assert "interrupted after 1 of 2 files and 1 of 2 numbers in " in result.stderr
    assert "b.yaml; nothing was graded past that" in result.stderr


OWN_SYMBOLS = ",".join(f"convF{number}-3/S{number}p1" for number in range(40))
ONE_SYMBOL_EACH = ",".join(["convF-K/SpP"] * 100)


@pytest.mark.parametrize("spec", [OWN_SYMBOLS, ONE_SYMBOL_EACH], ids=["own symbols", "the same symbols"])
@pytest.mark.parametrize(
    "command", [["formula"], ["show", "--input", "HxWx3"], ["fit"], ["solve", "H, macs=1G"]], ids=" ".join
)
def test_sizes_of_ever_more_symbols_are_refused_at_the_layer_where_they_grow_too_long(
    cli: Cli, command: list[str], spec: str
) -> None:
    name, *others = command
    result = cli(name, spec, *others)
    assert result.exit_code == 1
    assert f"a size of its output has more than {LONGEST_SIZE} numbers, symbols and operations" in result.stderr
    assert "--set" in result.stderr


def test_all_sizes_of_a_network_together_have_a_limit(cli: Cli) -> None:
    """An output is (H - 2)x(W - 2)x4: three parts each in its height and width, none in the number of its channels."""
    limit = ("--limit", "symbolic_total=15")
    assert cli("formula", "conv3-4p0, conv3-4p0", *limit).exit_code == 0
    result = cli("formula", "conv3-4p0, conv3-4p0, conv3-4p0", *limit)
    assert result.exit_code == 1
    assert "conv3: up to here the sizes of all outputs have more than 15" in result.stderr


def test_a_formula_that_is_too_long_to_read_is_not_written_but_shorter_ones_of_the_network_are(cli: Cli) -> None:
    spec = ",".join(["convF-K/SpP"] * 30)
    result = cli("formula", spec)
    assert result.exit_code == 1
    assert f"a formula has more than {LONGEST_FORMULA} numbers, symbols and operations" in result.stderr
    assert cli("formula", spec, "conv30", "--only", "output").exit_code == 0


def test_thousands_of_layers_add_up_to_a_short_formula(cli: Cli, write: Write) -> None:
    """Layer n makes (H - 2n)(W - 2n) positions of 81 MACs; sum n = 4,501,500 and sum n^2 = 9,004,500,500."""
    path = str(write(INPUT + "layers:\n" + "  - conv: {filters: 3, kernel: 3}\n" * 3_000))
    macs = "243000*H*W - 729243000*H - 729243000*W + 2917458162000"
    found = cli("formula", path, "--only", "macs").stdout
    assert f"= {macs}\n" in found
    assert "holds where  H >= 6001, W >= 6001\n" in found
    shown = cli("show", path, "--input", "HxW", "--format", "json").stdout
    assert f'"macs": "{macs}"' in shown
    assert "every H from 6001 up" in cli("fit", path).stdout


def test_a_search_that_ends_before_it_has_looked_everywhere_does_not_deny_solutions(cli: Cli) -> None:
    """982,451,653 is a prime: (C + 1)*K is that number for K = 1 and C = 982,451,652."""
    result = cli("solve", "params=982451653, F=1, C<=1000000000000, K<=1000000000000")
    assert "no solution found before the search ended" in result.stdout
    assert "there may be some" in result.stdout
    assert "C = 982,451,652" in cli("solve", "params=982451653, F=1, K=1, C<=1000000000000").stdout


def test_the_networks_of_a_table_have_a_limit_of_layers_together(cli: Cli, write: Write) -> None:
    table = "networks:\n" + "".join(f"  - {{network: lenet, input: {size}, params: 1}}\n" for size in (32, 36, 40))
    assert cli("check", write(table, "table.yaml")).stdout.count("mismatch") == 4
    text = cli.text("check", write(table, "table.yaml"), "--limit", "table_layers=20", status=1)
    assert "the networks of this table have more than 20 layers together" in text
    text = cli.text("check", write(table, "table.yaml"), "--limit", "explained_layers=9", status=1)
    assert "from here on wrong numbers are not explained; --limit explained_layers=45 allows more" in text


def test_the_taps_of_symbolic_sizes_have_a_lower_limit() -> None:
    assert cnncalc.analyze("conv99-C pM", "8x8x3").total("connections")
    with pytest.raises(cnncalc.SpecError, match="more than 100 taps"):
        cnncalc.analyze("conv101-C pM", "8x8x3").total("connections")


def test_the_connections_of_symbolic_sizes_are_counted_once_for_like_layers_and_have_a_limit(cli: Cli) -> None:
    """Of 99 taps, padded by 49, the outputs meet 99*H inputs but for 49*50 in the padding; every output has a bias."""
    text = cli.text("formula", "conv99-3p49 x1000", "--input", "HxHx3", "--only", "connections", "--assume", "H >= 99")
    assert f"= {9000 * 99**2 + 3000}*H**2 - {9000 * 2 * 99 * 2450}*H + {9000 * 2450**2}\n" in text
    stack = "maxpool1/S, [conv1-64, subsample21]x37"
    assert "up to here the connections have more than" in cli.refused(
        "formula", stack, "--input", "HxWx3", "--only", "connections", status=1
    )


def test_a_search_ends_where_the_network_fails_for_an_eighth_of_the_values(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    analysis = System.analysis
    monkeypatch.setattr(System, "analysis", lambda *given: (tried.append(given), analysis(*given))[1])
    with pytest.raises(cnncalc.SpecError):
        cnncalc.solve("conv6-C xL, pool1, conv3-C xM", "rf0<= L2wi", "4> thL M", limits={"values": 400})
    assert 50 <= len(tried) <= 60


def test_a_kernel_past_any_machine_word_is_refused() -> None:
    with pytest.raises(cnncalc.SpecError, match="products or comparisons"):
        cnncalc.apply("maxpool", "1 5; 2 5; 3 4", [int("1" * 73), 21], padding="half", stride=2)
