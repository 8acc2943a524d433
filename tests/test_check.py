"""Claims are read as people print them, judged one by one, and no file, however broken, stops the others."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import Cli, Golden, Write

import cnncalc
from cnncalc import SpecError
from cnncalc.check.claim import Table
from cnncalc.check.grading import check_file
from cnncalc.check.numbers.printed import Printed
from cnncalc.check.published import checked_against, publications, published_tables
from cnncalc.check.readers import read_table
from cnncalc.check.verdicts import verdicts
from cnncalc.errors import Source
from cnncalc.layers import Shape
from cnncalc.report.views.check import headline
from cnncalc.spec.find import bundled
from tests.published import printed

TABLES = [Path(path) for path in published_tables()]
VGG = "network: vgg16\nclaims:\n"


def table(text: str, name: str = "table.yaml") -> Table:
    return read_table(Source(name, text))


def statuses(text: str, name: str = "table.yaml") -> list[str]:
    return [verdict.status for verdict in verdicts(table(text, name))]


def problems(text: str, name: str = "table.yaml") -> list[str]:
    with pytest.raises(SpecError) as caught:
        table(text, name)
    return [str(problem) for problem in caught.value.problems]


# Printed numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("35K", 35_000),
        ("35k", 35_000),
        ("3.2M", 3_200_000),
        ("1.8e9", 1_800_000_000),
        ("1.8 billion", 1_800_000_000),
        ("58 MiB", 58 * 2**20),
        ("93MB", 93_000_000),
        ("3.8 GFLOPs", 3_800_000_000),
        ("1,792", 1_792),
        ("1 792", 1_792),
        ("~58 MiB", 58 * 2**20),
        ("2^20", 2**20),
        ("2**20", 2**20),
        ("89.4 %", Fraction(894, 1000)),
        ("-27.5", Fraction(-55, 2)),
        ("1/2", Fraction(1, 2)),
        ("55x55x96", (55, 55, 96)),
        ("55 X 55 \u00d7 96", (55, 55, 96)),
        ("[224x224x64]", (224, 224, 64)),
        ("7*7*512", 25_088),
        ("(3*3*64)*64 = 36,864", 36_864),
        ("224*224*3=150K", 150_000),
        ("all", "all"),
    ],
)
def test_a_printed_number_means_what_a_person_means_by_it(text: str, value: Any) -> None:
    assert value == Printed.read(text).claimed


@pytest.mark.parametrize(
    ("text", "exact", "holds"),
    [
        ("35K", 34_848, True),
        ("34K", 34_848, True),
        ("36K", 34_848, False),
        ("35.0K", 34_848, False),
        ("1,728", 1_728, True),
        ("1,729", 1_728, False),
        ("58 MiB", 60_950_432, True),
        ("58.13 MiB", 60_950_432, True),
        ("60.95 MB", 60_950_432, True),
        ("58 MB", 60_950_432, False),
        ("2.33", Fraction(7, 3), True),
        ("2.34", Fraction(7, 3), False),
        ("7x7x512", Shape(512, 7, 7), True),
        ("7x7", Shape(512, 7, 7), True),
        ("7x8", Shape(512, 7, 7), False),
        ("512x7x7", Shape(512, 7, 7), False),
        ("7", Shape(512, 7, 7), True),
        ("4096", Shape(4096), True),
        ("1x1x4096", Shape(4096), True),
        ("4K", Shape(4096), True),
        ("5K", Shape(4096), False),
        ("4K", Shape(64, 8, 8), False),
        ("1x1x4095", Shape(4096), False),
        ("195", (195, 195), True),
        ("195", (195, 194), False),
        ("3x5", (3, 5), True),
        ("all", "all", True),
        ("195", "all", False),
        ("(3*3*64)*64 = 36,864", 36_864, True),
        ("(3*3*63)*64 = 36,864", 36_864, False),
        ("(3*3*64)*64 = 36,863", 36_864, False),
        ("8*8*8 = 512 = 0.5K", 512, True),
        ("8*8*9 = 512 = 0.5K", 512, False),
        ("16*16*64 = 16,384", Shape(16_384), True),
    ],
)
def test_a_printed_number_matches_what_rounds_or_truncates_to_it(text: str, exact: Any, holds: bool) -> None:
    assert holds == Printed.read(text).matches(exact)


@pytest.mark.parametrize(
    ("text", "exact", "holds"),
    [
        ("157.2K * 4 = 628.8K", 628_904, True),  # 157,226 * 4
        ("157.2K * 4 = 628.9K", 628_904, True),
        ("157.2K * 4 = 628.7K", 628_904, False),
        ("157.2K * 4 = 628.8K", 629_304, False),  # 157,326 is not 157.2K
        ("1M * 4 = 4M", 3_400_000, False),  # one digit is no close rounding
        ("628.8K", 628_904, False),
    ],
)
def test_what_follows_from_a_closely_rounded_number_is_right(text: str, exact: int, holds: bool) -> None:
    assert holds == Printed.read(text, quantity="memory_bytes").matches(exact)


def test_k_may_be_1024_and_zeros_may_be_blank() -> None:
    assert Printed.read("112K", thousand=1024).matches(114_688)
    assert not Printed.read("112K").matches(114_688)
    assert Printed.read("800K", zeros="blank").matches(802_816)
    assert not Printed.read("800K").matches(802_816)
    assert not Printed.read("700K", zeros="blank").matches(802_816)
    assert not Printed.read("1,720", zeros="blank").matches(1_728)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a number is missing"),
        ("cats", "'cats' is not a number"),
        ("35 cats", "'35 cats' is not a number"),
        ("24M * 4 bytes", "is not a number"),
        ("3,2M", "write a decimal with a point"),
        ("3.2m", "K, M (million), G (billion)"),
        ("2^9^9", "is not a number"),
        ("10^99999", "an exponent is a whole number"),
        ("9" * 60, "more than 40 digits"),
        ("1*" * 200 + "1", "at most 300 characters"),
        ("(" * 100 + "1" + ")" * 100 + " = 1", "nested more than 30 deep"),
        ("1/0 = 5", "division by zero"),
        ("__import__('os')", "is not a number"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(text: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        Printed.read(text)
    assert said in str(caught.value)


def test_bits_are_not_taken_for_bytes() -> None:
    for text in ("1.0 Kb", "5 Mb", "8b"):
        with pytest.raises(SpecError, match="a small b is a bit"):
            Printed.read(text)
    assert Printed.read("1.0 KB").matches(1000)


# Tables --------------------------------------------------------------------------------------------


def test_a_table_is_judged_claim_by_claim() -> None:
    text = (
        "network: vgg16\ninput: 224x224x3\nbias: false\nclaims:\n"
        "  conv1_1: {output: 224x224x64, params: (3*3*3)*64 = 1,728, activations: 3.2M}\n"
        "  pool5: 7x7x511\n"
        "  fc6 + fc7 + fc8: {params: 89.4 %}\n"
        "  total: {params: 138M, activations: {is: 24M, erratum: the rows sum to 15.2M}}\n"
        "  input: {activations: 224*224*3 = 150K}\n"
    )
    found = verdicts(table(text))
    assert ["match"] * 3 + ["mismatch", "match", "match", "erratum", "match"] == [each.status for each in found]
    assert "table.yaml:6:10" == str(found[3].claim.span)
    assert Shape(512, 7, 7) == found[3].exact


def test_a_number_with_commas_is_one_number_inside_braces_as_well() -> None:
    claims = table(VGG + "  total: {params: 138,357,544, activations: 15,237,608}\n").claims
    assert ["138,357,544", "15,237,608"] == [claim.printed.text for claim in claims]


def test_an_erratum_that_holds_is_an_unexpected_match_and_fails() -> None:
    (verdict,) = verdicts(table(VGG + "  total: {params: {is: 138M, erratum: a reason}}\n"))
    assert ("unexpected match", False) == (verdict.status, verdict.passed)
    assert "total params: it is 138M: this number is right, not an erratum: remove `erratum`" == headline(verdict)


def test_the_correction_of_an_erratum_must_hold() -> None:
    erratum = "  total: {{params: {{is: 140M, erratum: a slip, correct: {}}}}}\n"
    assert ["erratum"] == statuses(VGG + erratum.format("138M"))
    assert ["mismatch"] == statuses(VGG + erratum.format("139M"))


def test_a_claim_may_have_a_convention_and_a_batch_of_its_own() -> None:
    claims = "  conv1_1: {params: [{is: 1728, bias: false}, 1792], activations: {is: 6,422,528, batch: 2}}\n"
    assert ["match"] * 3 == statuses(VGG + claims)


def test_a_table_may_name_the_convention_of_a_tool() -> None:
    text = "network: mobilenet_v2\nconvention: {}\nclaims: {{total: {{macs: '327,553,719'}}}}\n"
    for name, status in (("thop", "match"), ("cnncalc", "mismatch")):
        (verdict,) = verdicts(read_table(Source("table.yaml", text.format(name))))
        assert status == verdict.status
    with pytest.raises(cnncalc.SpecError, match="did you mean 'thop'"):
        read_table(Source("table.yaml", text.format("thopp")))


def test_k_is_1024_for_what_is_stored_and_never_for_operations() -> None:
    # inception 3a has 163,328 weights, 159.5 * 1024, and 28*28*163,328 = 128,049,152 multiply-adds
    for first in ("convention: paper", "thousand: 1024\nbias: false"):
        text = f"network: googlenet\n{first}\nclaims: {{inception_3a: {{params: 159K, macs: 128M}}}}\n"
        assert ["match", "match"] == statuses(text)


def test_a_table_may_hold_its_spec_or_name_one_beside_it(write: Write) -> None:
    spec = "{input: 8x8x3, parameters: {width: 4}, layers: [{conv: {filters: width, kernel: 3}, name: only}]}"
    assert ["match"] == statuses(f"spec: {spec}\nclaims: {{only: {{params: 112}}}}\n")
    assert ["match"] == statuses(f"spec: {spec}\nset: {{width: 8}}\nclaims: {{only: {{params: 224}}}}\n")
    write(spec, "net.yaml")
    path = write("network: net.yaml\ninput: 16\nclaims: {only: 14x14x4}\n", "table.yaml")
    assert ["match"] == [verdict.status for verdict in cnncalc.check(path)]


def test_memory_of_the_whole_network_is_claimed_of_the_total() -> None:
    """VGG-16: 138,357,544 parameters of 4 bytes; 224*224*64 values go into conv1_2, and as many come out."""
    total = "  total: {peak: 25.7 MB, peak_memory_bytes: '25,690,112', weight memory: '553,430,176'}\n"
    assert ["match"] * 3 == statuses(VGG + total)
    training = "  total: {training memory: [1, {is: 1, optimizer: sgd}]}\n"
    adam, sgd = verdicts(table(f"optimizer: adam\nbatch: 2\n{VGG}{training}"))
    assert 2 * 553_430_176 == adam.exact - sgd.exact
    (verdict,) = verdicts(table(VGG + "  conv1_1: {peak: 25.7 MB}\n"))
    assert "only a whole network has a peak memory (claim it for 'total')" == verdict.message


def test_operations_by_class_and_inputs_are_claimed_like_any_quantity() -> None:
    """AlexNet's conv1 adds a bias to each of its 55*55*96 = 290,400 outputs; fc6 to 4,096."""
    claims = "{conv1: {input: 227x227x3, bias adds: 290.4K}, conv1 + fc6: {bias_adds: '294,496'}}"
    assert ["match"] * 3 == statuses(f"network: alexnet\nclaims: {claims}\n")
    assert ["match", "mismatch"] == statuses(
        "network: lenet\nclaims: {conv3: {input: ['(None, 14, 14, 6)', 14x14x1]}}\n"
    )


def test_many_networks_stand_in_one_table_each_with_its_totals() -> None:
    text = "flops: mac\nnetworks:\n  vgg19: {flops: 19.6 billion, depth: 19}\n  resnet18: {flops: [1.8G, 2 GFLOPs]}\n"
    found = table(text)
    assert ["vgg19", "resnet18"] == [network.name for network in found.networks]
    assert ["match"] * 3 + ["match"] == [verdict.status for verdict in verdicts(found)]


def test_a_misspelt_layer_is_an_error_of_its_claim_alone() -> None:
    found = verdicts(table(VGG + "  conv1_11: 5x5x5\n  pool5: 7x7x512\n"))
    assert ["error", "match"] == [verdict.status for verdict in found]
    assert "did you mean 'conv1_1'?" in found[0].message


def test_a_window_that_does_not_fit_is_claimed_in_words() -> None:
    assert ["match"] == statuses("network: alexnet\ninput: 224\nclaims: {conv1: does not fit}\n")
    assert ["mismatch"] == statuses("network: alexnet\nclaims: {conv1: does not fit}\n")


def test_all_problems_of_a_table_are_told_at_once_each_with_its_place() -> None:
    text = (
        "network: vgg17\nbias: maybe\ncolour: red\nclaims:\n"
        "  conv1_1: {parms: 3, output: 35 cats, memory: 3 GFLOPs}\n  total: 5\n"
    )
    found = problems(text)
    places = ["1:10", "2:7", "3:1", "5:13", "5:31", "5:48", "6:10"]
    assert [f"table.yaml:{place}" for place in places] == [problem.partition(": ")[0] for problem in found]
    hints = ("did you mean 'vgg19'?", "one of true, false", "one of name", "did you mean 'params'?", "a number such as")
    for hint, problem in zip(hints, found, strict=False):
        assert hint in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("- 1\n", "a table is a mapping, not a list"),
        ("claims: {conv1: 5}\n", "does not say which network"),
        ("network: vgg16\n", "contains no claims"),
        ("network: vgg16\nclaims:\n", "claims must be a mapping"),
        ("network: '-'\nclaims: {a: 1}\n", "standard input"),
        ("input: 8x8x3\nlayers: [{conv: 4}]\n", "this is the spec of a network"),
        (VGG + "  total: {params: {erratum: why}}\n", "under 'is'"),
        (VGG + "  total: {params: {is: 5, erratum: }}\n", "needs its reason"),
        ("network: conv3-64 x1000000\ninput: 32x32x3\nclaims: {a: 1}\n", "the limit is 20,000"),
        ("network: &a vgg16\nclaims: *a\n", "anchors are not part"),
    ],
)
def test_a_table_that_is_none_is_reported_what_it_lacks(text: str, said: str) -> None:
    assert any(said in problem for problem in problems(text))


# Spreadsheets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '# network: vgg16\nlayer,output,params\nconv1_1,224x224x64,"1,792"\npool5,7x7x512,\n,,\ntotal,,138M\n',
        "\ufeff# network: vgg16\nLayer;Output;Parameters\nconv1_1;224x224x64;1792\npool5;7x7x512;-\ntotal;;138M\n",
        "# network: vgg16\r\nname\tshape\tparams\r\nconv1_1\t224x224x64\t1792\r\npool5\t7x7x512\r\ntotal\t\t138M\r\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_spreadsheet_is_read_as_it_is_exported(text: str, encoding: str, write: Write) -> None:
    path = write(text.removeprefix("\ufeff" if encoding == "utf-16" else "").encode(encoding), "answers.csv")
    assert ["match"] * 4 == [verdict.status for verdict in cnncalc.check(path)]


@pytest.mark.parametrize("name", ["answers", "answers.txt", "<stdin>", "answers.dat"])
def test_what_a_file_is_shows_in_its_text_where_its_name_does_not_tell(name: str) -> None:
    for text in (VGG + "  pool5: 7x7x512\n", "# network: vgg16\nLayer;Output\npool5;7x7x512\n"):
        assert ["match"] == statuses(text, name)


@pytest.mark.parametrize("name", ["vgg16", "googlenet", "resnet50", "lenet5", "unet"])
def test_what_show_prints_as_csv_check_accepts(cli: Cli, name: str, write: Write) -> None:
    shown = cli("show", name, "--format", "csv").stdout
    found = cnncalc.check(write(shown, "shown.csv"), network=name)
    assert len(found) > 20
    assert {"match"} == {verdict.status for verdict in found}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("layer,params\nconv1_1,1792\n", "1:1", "--network vgg16"),
        ("# network: vgg16\nlayer,parms\nconv1_1,1792\n", "2:7", "did you mean 'params'?"),
        ("# network: vgg16\nwhat,params\nconv1_1,17\n", "2:1", "the first column must be 'layer'"),
        ("", "1:1", "the file is empty"),
    ],
)
def test_a_wrong_spreadsheet_is_reported_where_and_why(text: str, place: str, said: str) -> None:
    (problem,) = problems(text, "answers.csv")
    assert problem.startswith(f"answers.csv:{place}: ")
    assert said in problem


# The command ---------------------------------------------------------------------------------------


def grading(write: Write) -> list[str]:
    """Five sheets: right, wrong, misspelt, with an answer that is not a number, and broken."""
    head = "network: lenet\ninput: 32x32x1\nclaims:\n"
    sheets = {
        "ada.yaml": "  conv1: {output: 28x28x6, params: (5*5*1+1)*6 = 156}\n  total: {params: 61,706}\n",
        "ben.yaml": "  conv1: {output: 32x32x6, params: 150}\n  total: {params: 61,706}\n",
        "cem.yaml": "  conv9: {output: 28x28x6, params: 156}\n  total: {params: 61.7K}\n",
        "dot.yaml": "  conv1: {output: many, params: 156}\n",
        "eve.yaml": "  conv1: [\n",
    }
    return [write(head + text, name) and name for name, text in sheets.items()]


def test_a_grading_run_is_the_golden_transcript(cli: Cli, folder: Path, golden: Golden, write: Write) -> None:
    result = cli("check", *grading(write), "--grades", "grades.csv", "--out-of", "3", status=1)
    golden("check/grading.txt", result.stdout + (folder / "grades.csv").read_text(encoding="utf-8"))


def test_a_single_table_is_the_golden_transcript(cli: Cli, folder: Path, golden: Golden, write: Write) -> None:
    text = Path(TABLES[0].parent / "vgg16.cnn.yaml").read_text(encoding="utf-8")
    write(text.replace("1,728", "1,792").replace("7x7x512,", "7x7x256,"), "vgg16.cnn.yaml")
    result = cli("check", "vgg16.cnn.yaml", status=1)
    golden("check/vgg16.txt", result.stdout)


def test_the_exit_status_is_0_or_1_and_2_for_wrong_usage(cli: Cli, folder: Path, write: Write) -> None:
    right, wrong, _, _, broken = grading(write)
    assert [0, 1, 1, 1] == [
        cli("check", *files).exit_code for files in ([right], [wrong], [broken], [right, "nowhere.yaml"])
    ]
    assert [2, 2, 2] == [
        cli("check", *arguments).exit_code for arguments in ([], ["--formt"], [right, "--network", "vgg17"])
    ]


def test_quiet_says_nothing_of_what_is_right(cli: Cli, folder: Path, write: Write) -> None:
    right, wrong, *_ = grading(write)
    assert "" == cli("check", right, "--quiet").output
    assert "ada" not in cli("check", right, wrong, "--quiet").output
    assert "ben.yaml:4:19" in cli("check", right, wrong, "--quiet").output


def test_a_folder_stands_for_the_tables_in_it(cli: Cli, folder: Path, write: Write) -> None:
    grading(write)
    write("no table", "notes.log")
    assert "2 of 5 files" not in cli("check", ".").stdout
    assert "1 of 5 files passed" in cli("check", ".").stdout


def test_json_holds_every_verdict(cli: Cli, folder: Path, write: Write) -> None:
    found = json.loads(cli("check", *grading(write), "--format", "json").stdout)
    assert (1, False, 5, 1) == (
        found["schema_version"],
        found["passed"],
        found["summary"]["files"],
        found["summary"]["files_unreadable"],
    )
    claim = found["files"][1]["claims"][1]
    assert ("conv1", "params", "150", 156, "mismatch") == tuple(
        claim[key] for key in ("layer", "quantity", "claimed", "exact", "status")
    )
    assert claim["diagnoses"]


def test_junit_is_well_formed_and_counts_what_failed(cli: Cli, folder: Path, write: Write) -> None:
    hostile = write(VGG + '  "\\e[31m<b>&": 5\n', "bad\x01.yaml")
    root = ElementTree.fromstring(cli("check", *grading(write), hostile, "--format", "junit").stdout)
    suites = root.findall("testsuite")
    assert ["ada.yaml", "ben.yaml", "cem.yaml", "dot.yaml"] == [suite.get("name") for suite in suites[:4]]
    assert [("0", "0"), ("2", "0"), ("0", "2"), ("0", "1"), ("0", "1"), ("0", "1")] == [
        (suite.get("failures"), suite.get("errors")) for suite in suites
    ]
    for suite in suites:
        assert len(suite.findall("testcase")) == int(suite.get("tests", ""))
        assert len(suite.findall("testcase/failure")) == int(suite.get("failures", ""))


def test_grades_are_no_formulas_for_a_spreadsheet(cli: Cli, folder: Path, write: Write) -> None:
    write(VGG + "  pool5: 7x7x512\n", "=cmd.yaml")
    assert "'=cmd.yaml,vgg16,1,1,0,0,100.0," in cli("check", "=cmd.yaml", "--format", "csv").stdout


def test_network_input_and_settings_come_from_outside_too(cli: Cli, folder: Path, write: Write) -> None:
    path = write("layer,output\nconv5_3,20x20x512\nfc8,10\n", "answers.csv")
    cli("check", path, "--network", "vgg16", "--input", "320", "--set", "classes=10", status=0)


# Isolation -----------------------------------------------------------------------------------------


def hostile(write: Write, folder: Path) -> Iterator[str]:
    """Files that were not written to be read."""
    texts: dict[str, str | bytes] = {
        "empty.yaml": "",
        "empty.csv": "",
        "enormous.yaml": "x: 1\n" * 400_000,
        "enormous.csv": "a,b\n" * 400_000,
        "unclosed.yaml": "claims: [\n",
        "late.yaml": VGG + "".join(f"  c{number}: 5\n" for number in range(3000)) + "  : [",
        "binary.yaml": bytes(range(256)) * 40,
        "binary.csv": bytes(range(256)) * 40,
        "nul.csv": "layer,params\nconv1_1,\x00\n",
        "deep.yaml": "claims: " + "[" * 50_000,
        "strangers.yaml": VGG + "".join(f"  c{number}: 5\n" for number in range(9900)),
        "wrong.yaml": VGG + "  conv1_1:\n    params: [" + ", ".join(map(str, range(9900))) + "]\n",
        "million.yaml": "network: conv3-64 x1000000\ninput: 32x32x3\nclaims: {total: {params: 5}}\n",
        "powers.yaml": VGG + "  conv1_1: {params: 9^9^9, macs: 10^999, flops: 1e99}\n",
        "aliases.yaml": "network: &a vgg16\nclaims: *a\n",
        "python.yaml": "!!python/object/apply:os.system ['echo']",
        "secret.yaml": "network: /etc/passwd\nclaims: {a: 1}\n",
        "quote.csv": '# network: vgg16\nlayer,params\nconv1_1,"1792\n' + "x" * 200_000,
        "long.yaml": VGG + "  " + "x" * 100_000 + ": 5\n",
    }
    for name, text in texts.items():
        yield write(text, name)
    yield str(folder / "nowhere.yaml")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.yaml")
        yield str(folder / "pipe.yaml")
        os.symlink("/dev/zero", folder / "zero.yaml")
        yield str(folder / "zero.yaml")


def test_a_hostile_file_gets_its_line_and_stops_no_other(cli: Cli, folder: Path, write: Write) -> None:
    paths = list(hostile(write, folder))
    good, *_ = grading(write)
    result = cli("check", *paths, good)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    for path in paths:
        assert path in result.stdout
    assert f"{good}  3 claims: 3 matches" in result.stdout
    assert f"1 of {len(paths) + 1} files" in result.stdout
    assert "because of a bug in cnncalc" not in result.stdout
    assert "root:" not in result.stdout


def test_a_fault_in_one_file_is_reported_and_stops_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: Any, **__: Any) -> None:
        raise TypeError("a fault")

    monkeypatch.setattr(sys.modules["cnncalc.check.grading"], "read_table", fault)
    outcome = check_file("some.yaml")
    assert "because of a bug in cnncalc (TypeError: a fault)" in str(outcome.error)


def test_a_class_of_1000_is_graded_in_one_command(cli: Cli, folder: Path, write: Write) -> None:
    for number in range(1000):
        params = 156 if number % 2 else 150
        text = f"network: lenet\nclaims:\n  conv1: {{output: 28x28x6, params: {params}}}\n  total: {{params: 61,706}}\n"
        write("" if number % 100 == 50 else text, f"s{number:04}.yaml")
    result = cli("check", ".", "--format", "csv", status=1)
    rows = result.stdout.splitlines()
    assert 1001 == len(rows)
    assert "./s0001.yaml,lenet,3,3,0,0,100.0," == rows[2]
    assert "./s0002.yaml,lenet,3,2,0,1,66.7," == rows[3]
    assert 10 == sum("the file is empty" in row for row in rows)
    assert result.stderr == ""


def test_only_on_a_terminal_a_line_says_how_far_it_is(
    cli: Cli, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        write("network: lenet\nclaims: {conv1: {params: 156}}\n", f"s{number:02}.yaml")
    assert cli("check", ".", "--quiet", status=0).stderr == ""
    monkeypatch.setattr("cnncalc.cli.check._is_terminal", lambda: True)
    shown = cli("check", ".", "--quiet", status=0).stderr.split("\r")  # what erases a line is taken out by the runner
    assert shown[1:3] == ["checked 1 of 25 files", "checked 2 of 25 files"]
    assert shown[-1] == ""


# Published tables ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_published_table_holds(path: Path) -> None:
    found = verdicts(read_table(path))
    assert found
    assert [] == [(verdict.claim.full_title, verdict.exact) for verdict in found if not verdict.passed]
    assert all(verdict.claim.source for verdict in found)


def test_check_published_passes(cli: Cli) -> None:
    cli("check", "--published", "--quiet", status=0)


def test_every_bundled_network_is_checked_against_a_published_table(cli: Cli) -> None:
    assert [] == [name for name in bundled() if not checked_against(name)]
    listed = json.loads(cli("list", "--format", "json").stdout)
    assert all(entry["checked_against"] for entry in listed)


def test_the_outline_of_a_table_names_the_networks_that_it_holds() -> None:
    for each in publications():
        names = {network.name for network in read_table(each.path).networks} & set(bundled())
        assert names == set(each.networks), each.name


def test_no_published_table_is_taken_for_a_network() -> None:
    assert not {path.name.partition(".")[0] for path in TABLES} - {"vgg16", "googlenet", "lenet", "alexnet"} & set(
        bundled()
    )
    assert all("published" not in network.path for network in bundled().values())


def still_printed(before: str, text: str, exact: Any, thousand: int, zeros: str) -> bool:
    """Whether a changed print is the other reading, rounded for truncated, of the same number: by an oracle."""
    if before.rpartition("=")[0] != text.rpartition("=")[0]:
        return False
    text = text.rpartition("=")[2].strip()
    number = re.sub(r" ?(billion|million|MiB|MB)", lambda unit: unit[1].upper().replace("B", "", 0)[:1], text)
    number = number.replace("B", "G") if "billion" in text else number
    if (
        not isinstance(exact, int | Fraction)
        or "=" in text
        or not re.fullmatch(r"[0-9][0-9,]*(\.[0-9]+)?[KMG% ]*", number)
    ):
        return False
    if not re.search("[1-9]", number):
        return exact == 0
    unit = 1024 if "MiB" in text else thousand
    return printed(
        number.replace(" ", ""), exact, thousand=unit, zeros_count=zeros == "count" or number[-1] not in "KMG"
    )


def claims_in_place(found: Table) -> list[tuple[int, int, str, bool]]:
    """(line, column, text, whether a wrong digit must be noticed) of every number of a table."""
    places = []
    for claim in found.claims:
        assert claim.span is not None
        line = claim.span.source.lines[claim.span.line]
        places.append((claim.span.line, line.index(claim.printed.text, claim.span.column), claim.printed.text, True))
    return places


def flipped(lines: list[str], place: tuple[int, int, str, bool], nth: int, shift: int) -> str:
    """The number's text with its nth digit changed, put into the lines; empty if it has no such digit."""
    line, column, text, _ = place
    digits = [at for at, character in enumerate(text) if character.isdigit()]
    if nth >= len(digits):
        return ""
    at = digits[nth]
    digit = (int(text[at]) + shift) % 10
    if digit == 0 and re.search("[A-Za-z]", text[at:]):
        digit = 5 + shift // 9  # 08*C is not a number at all
    changed = f"{text[:at]}{digit}{text[at + 1 :]}"
    lines[line] = lines[line][:column] + changed + lines[line][column + len(text) :]
    return changed


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_wrong_digit_in_any_claim_fails_that_claim_and_no_other(path: Path) -> None:
    """Each digit of each claim in turn, in three ways; claims of different lines of a file at once."""
    text = path.read_text(encoding="utf-8")
    right = read_table(path)
    exact = [verdict.exact for verdict in verdicts(right)]
    places = claims_in_place(right)
    thousand = 1024 if "thousand: 1024" in text else 1000
    zeros = "blank" if "zeros: blank" in text else "count"
    most = max(sum(character.isdigit() for character in place[2]) for place in places)
    for nth in range(most):
        for shift in (1, 4, 9):
            lines = text.splitlines()
            wanted = set()
            for number, place in enumerate(places):
                changed = flipped(lines, place, nth, shift)
                claim = right.claims[number]
                unit = 1000 if claim.quantity == "macs" else thousand
                blank = "count" if claim.layer == "input" else zeros
                holds = changed and still_printed(claim.printed.text, changed, exact[number], unit, blank)
                if changed and bool(claim.erratum) == bool(holds):
                    wanted.add(number)
            found = verdicts(read_table(Source(str(path), "\n".join(lines))), diagnosed=False)
            assert wanted == {number for number, verdict in enumerate(found) if not verdict.passed}, (nth, shift)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_wrong_digit_in_the_correction_of_an_erratum_fails_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for match in re.finditer(r"correct: ([^\s}][^}\n]*)", text):
        for at in (at for at in range(match.start(1), match.end(1)) if text[at].isdigit()):
            changed = f"{text[:at]}{(int(text[at]) + 5) % 10}{text[at + 1 :]}"
            found = verdicts(read_table(Source(str(path), changed)), diagnosed=False)
            assert 1 == sum(not verdict.passed for verdict in found), match[0]
