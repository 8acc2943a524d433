"""Hostile texts: each ends soon, with an answer or with a message that names the limit, never with a traceback."""

from __future__ import annotations

import time

import pytest
from conftest import Cli, Write

import cnncalc.graph.builder
from cnncalc.limits import LONGEST_FORMULA, LONGEST_NAME, LONGEST_SIZE, MOST_COLUMNS, MOST_PROBLEMS, MOST_TERMS

INPUT = "input: 32x32x3\n"
WIDE = (
    "spec: {input: 1000000000x8x1, layers: [{conv: {filters: 1, kernel: [1000000000, 1]}}]}\n"
    "claims: {conv1: {params: 5}}\n"
)
SECONDS = 10
"""Processor time in which every text ends."""
SQUARES = "".join(f"  a{number}: a{number - 1}*a{number - 1} + K\n" for number in range(1, 12))
REMAINDERS = "".join(f"  a{number}: (a{number - 1}*K) % (M + {number})\n" for number in range(1, 9))
SPECS = {
    "powers": (
        INPUT + "parameters: {K: , M: , a: (K+M+1)**8, b: (a+K)**8}\nlayers: [{conv: {filters: b, kernel: 3}}]\n",
        f"more than {MOST_TERMS:,} terms",
    ),
    "squares": (
        f"{INPUT}parameters:\n  K:\n  a0: K + 1\n{SQUARES}layers: [{{conv: {{filters: a11, kernel: 3}}}}]\n",
        f"more than {MOST_TERMS:,} terms",
    ),
    "remainders": (
        f"{INPUT}parameters:\n  K:\n  M:\n  a0: K\n{REMAINDERS}layers: [{{conv: {{filters: a8, kernel: 3}}}}]\n",
        f"more than {MOST_TERMS:,} terms",
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
        ("network: lenet\nclaims: {conv1: {params: '((a+b+c+d+e+f)**8)**8'}}\n", f"more than {MOST_TERMS:,} terms"),
        ("# network: lenet\nlayer,params\nconv1,1" + " " * 130_000 + "K\n", "mismatch"),
        ("# network: lenet\nlayer" + "," * 90_000 + "\nconv1\n", f"{MOST_COLUMNS:,}, the limit"),
        (WIDE, "1,000,000,001"),
    ],
    ids=["powers", "blanks", "columns", "a kernel of 10^9 taps"],
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
        (["formula", "vgg16", "--assume", "H == (((a+b+c+d)**8)**8)"], f"more than {MOST_TERMS:,} terms"),
    ],
    ids=["bytes", "digits", "range", "zero", "symbolic repeat", "matrix", "assumption"],
)
def test_hostile_arguments_are_refused_or_answered(cli: Cli, arguments: list[str], expected: str) -> None:
    started = time.process_time()
    result = cli(*arguments)
    assert time.process_time() - started < SECONDS
    assert expected in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


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


def test_all_sizes_of_a_network_together_have_a_limit(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output is (H - 2)x(W - 2)x4: three parts each in its height and width, one in its channels."""
    monkeypatch.setattr(cnncalc.graph.builder, "MOST_SYMBOLIC", 20)
    assert cli("formula", "conv3-4p0, conv3-4p0").exit_code == 0
    result = cli("formula", "conv3-4p0, conv3-4p0, conv3-4p0")
    assert result.exit_code == 1
    assert "conv3: up to here the sizes of all outputs have more than 20" in result.stderr


def test_a_formula_that_is_too_long_to_read_is_not_written_but_shorter_ones_of_the_network_are(cli: Cli) -> None:
    spec = ",".join(["convF-K/SpP"] * 30)
    result = cli("formula", spec)
    assert result.exit_code == 1
    assert f"a formula has more than {LONGEST_FORMULA:,} numbers, symbols and operations" in result.stderr
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
