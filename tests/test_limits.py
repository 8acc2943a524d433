"""Hostile texts: each ends soon, with an answer or with a message that names the limit, never with a traceback."""

from __future__ import annotations

import json
import time
import tracemalloc

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc.diagnose.propagation import MOST_STEPS, Propagations
from cnncalc.layers.convolution import Conv
from cnncalc.limits import LONGEST_NAME, MOST_COLUMNS, MOST_PROBLEMS, MOST_TERMS

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
    assert len(calls) < 3 * MOST_STEPS  # every layer for every mistake in another one would be millions


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
