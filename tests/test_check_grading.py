"""A class is graded by the teacher's question: no file excuses itself, asks another one, or scores an answer twice."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
import sheets
from conftest import Cli, Write

import cnncalc

HEAD = "network: lenet\nclaims:\n"


def grades(cli: Cli, folder: Path, text: str | bytes, *arguments: str, name: str = "ada.yaml") -> list[str]:
    """claims, right, wrong, score and problem of one sheet out of three questions."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    result = cli("check", name, "--network", "lenet", "--out-of", "3", "--format", "csv", *arguments)
    assert not result.exception or isinstance(result.exception, SystemExit), result.output
    claims, right, consistent, *others = result.stdout.splitlines()[1].split(",", 7)[2:]
    assert consistent == "0"
    return [claims, right, *others]


# What a file has no say in -------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("-n", "lenet"), ("--out-of", "3"), ("--grades", "g.csv"), ("-f", "csv")])
def test_no_wrong_answer_passes_for_an_erratum_while_grading(
    cli: Cli, folder: Path, arguments: tuple[str, ...]
) -> None:
    (folder / "ada.yaml").write_text(HEAD + "  conv1: {output: {is: 7x7x7, erratum: I do not know}}\n")
    cli("check", "ada.yaml", status=0)
    result = cli("check", "ada.yaml", *arguments, status=1)
    if "csv" not in arguments:
        assert "'erratum' in the file is ignored: answers are graded" in result.stdout


@pytest.mark.parametrize(
    ("key", "claim"),
    [
        ("bias: false", "conv1: {params: 150}"),
        ("input: 40x40x1", "conv1: 36x36x6"),
        ("set: {classes: 3}", "total: {params: 61,111}"),
        ("batch: 2", "conv1: {macs: '235,200'}"),
        ("flops: mac", "conv1: {flops: '117,600'}"),
        ("dtype: float16", "conv1: {memory: '9,408'}"),
        ("thousand: 1024", "total: {params: 60.2K}"),
        ("convention: fvcore", "conv1: {params: 150}"),
        ("against: lenet", "total: {params: 1}"),
        ("network: vgg16", "conv1_1: {params: '1,792'}"),
    ],
)
def test_the_question_is_the_teachers(cli: Cli, folder: Path, key: str, claim: str) -> None:
    """Each answer is right for the question that the file would rather have, and wrong for the one asked."""
    claims, right, wrong, score, problem = grades(cli, folder, f"{key}\nclaims:\n  {claim}\n")
    assert ("1", "0", "1", "0.0") == (claims, right, wrong, score)
    assert f"'{key.partition(':')[0]}' in the file is ignored" in problem
    assert problem.startswith("ada.yaml:1:")


def test_a_key_of_one_claim_is_not_obeyed_either_and_its_verdict_says_so(cli: Cli, folder: Path) -> None:
    (folder / "ada.yaml").write_text("claims:\n  conv1: {params: {is: 150, bias: false}}\n")
    result = cli("check", "ada.yaml", "-n", "lenet")
    assert "'bias' in the file is ignored" in result.stdout
    assert "mismatch" in result.stdout
    (verdict,) = cnncalc.check(folder / "ada.yaml", network="lenet", grading=True)
    assert ("mismatch", 156) == (verdict.status, verdict.exact)


def test_a_comment_of_a_spreadsheet_is_not_obeyed_either(cli: Cli, folder: Path) -> None:
    text = "# bias: false\n# input: 28x28x1\nlayer,params\nconv1,150\n"
    *counts, problem = grades(cli, folder, text, name="ada.csv")
    assert ["1", "0", "1", "0.0"] == counts
    assert "ada.csv:1:9: 'bias' in the file is ignored" in problem
    assert "'input' in the file is ignored" in problem


def test_what_holds_anyhow_may_stand_in_the_file(cli: Cli, folder: Path) -> None:
    text = "network: lenet\ninput: 32x32x1\nbias: true\nset: {classes: 10}\nbatch: 1\nclaims: {conv1: 28x28x6}\n"
    assert ["1", "1", "0", "33.3", ""] == grades(cli, folder, text)


@pytest.mark.parametrize(
    ("options", "claim"),
    [
        (("--no-bias",), "conv1: {params: 150}"),
        (("--batch", "2"), "conv1: {macs: '235,200'}"),
        (("--flops", "mac"), "conv1: {flops: '117,600'}"),
        (("--dtype", "float16"), "conv1: {memory: '9,408'}"),
        (("--thousand", "1024"), "total: {params: 60.2K}"),
        (("--input", "40x40x1"), "conv1: 36x36x6"),
    ],
)
def test_the_teacher_says_how_it_is_counted(cli: Cli, folder: Path, options: tuple[str, ...], claim: str) -> None:
    assert ["1", "1", "0", "33.3", ""] == grades(cli, folder, f"claims:\n  {claim}\n", *options)


def test_options_without_a_network_replace_what_they_name_and_nothing_else(cli: Cli, folder: Path) -> None:
    (folder / "ada.yaml").write_text(f"bias: true\nbatch: 2\n{HEAD}  conv1: {{params: 150, macs: '235,200'}}\n")
    cli("check", "ada.yaml", "--no-bias", status=0)


@pytest.mark.parametrize("options", [("--convention", "fvcor"), ("--batch", "none"), ("-n", "lenett")])
def test_a_question_that_there_is_not_is_wrong_usage(cli: Cli, folder: Path, options: tuple[str, ...]) -> None:
    (folder / "ada.yaml").write_text(HEAD + "  conv1: 28x28x6\n")
    cli("check", "ada.yaml", *options, status=2)


# One question, one answer --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("ada.yaml", "claims:\n  conv1: {params: [156, 156, 156, 156, 156, 156, 156, 156, 156, 156]}\n", "1"),
        ("ada.yaml", "claims:\n  conv1: {params: [156, 157]}\n", "0"),
        ("ada.yaml", "claims:\n  conv1: {params: 156}\n  Conv-1: {parameters: 156}\n", "1"),
        ("ada.yaml", "claims:\n  conv1+conv3: {params: 2572}\n  conv3 + conv1: {params: 2572}\n", "1"),
        ("ada.csv", "layer,params\nconv1,156\nconv1,156\nCONV1,156\n", "1"),
    ],
)
def test_a_question_counts_once(cli: Cli, folder: Path, name: str, text: str, right: str) -> None:
    claims, found, *_ = grades(cli, folder, text, name=name)
    assert ("1", right) == (claims, found)


# What cannot be read -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "many",
        "[1, 2, {is: cat}]",
        "3.2m",
        "3 GFLOPs",
        "1.5e300",
        "{value: 156}",
        "{was: 156}",
        "{is: [156]}",
        "{erratum: why}",
    ],
)
def test_an_answer_that_cannot_be_read_is_one_wrong_answer(cli: Cli, folder: Path, word: str) -> None:
    claims, right, wrong, *_ = grades(cli, folder, f"claims:\n  conv1: {{output: 28x28x6, params: {word}}}\n")
    assert ("2", "1", "1") == (claims, right, wrong)


def test_a_cell_that_cannot_be_read_has_its_place_and_stops_no_other(cli: Cli, folder: Path) -> None:
    text = "layer,output,params\nconv1,28x28x6,lots\nconv3,10x10x16,2,416\n,14x14x6,\npool2,14x14x6,0\n"
    assert ["6", "3", "3", "50.0"] == grades(cli, folder, text, name="ada.csv")[:4]
    stdout = cli("check", "ada.csv", "-n", "lenet").stdout
    assert "ada.csv:2:15: 'lots' is not a number" in stdout
    assert (
        'ada.csv:3:1: this row has more cells than the 3 of the header (put a number with commas in quotes: "1,792")'
        in stdout
    )
    assert "this row does not name a layer" in stdout


def test_a_quantity_that_there_is_not_is_one_wrong_answer(cli: Cli, folder: Path) -> None:
    (folder / "ada.yaml").write_text(HEAD + "  conv1: {ops: 5, parms: 156, params: 156}\n  total: 61706\n")
    stdout = cli("check", "ada.yaml").stdout
    assert "4 claims: 1 match, 3 errors" in stdout
    for said in ("write macs, or flops", "did you mean 'params'?", "a total needs its quantity"):
        assert said in stdout


def test_a_column_of_a_students_own_is_reported_and_passed_over(cli: Cli, folder: Path) -> None:
    claims, right, _, _, problem = grades(cli, folder, "layer,params,feeling\nconv1,156,good\n", name="ada.csv")
    assert ("1", "1") == (claims, right)
    assert "ada.csv:1:14: the column 'feeling'" in problem


def test_a_key_of_a_students_own_is_reported_and_passed_over(cli: Cli, folder: Path) -> None:
    text = "student: Anna\nclaims:\n  conv1: {params: {is: 156, comment: hi}, output: 28x28x6}\n"
    claims, right, _, _, problem = grades(cli, folder, text)
    assert ("2", "2") == (claims, right)
    assert "ada.yaml:1:1: the unknown key 'student' is ignored" in problem
    assert "ada.yaml:3:29: the unknown key 'comment' is ignored" in problem


def test_an_unknown_key_of_a_table_that_is_no_sheet_of_answers_is_refused(cli: Cli, folder: Path) -> None:
    (folder / "ada.yaml").write_text("student: Anna\n" + HEAD + "  conv1: {params: {is: 156, comment: hi}}\n")
    result = cli("check", "ada.yaml")
    assert (1, True) == (result.exit_code, "unknown key 'student'" in result.stdout)
    assert "unknown key 'comment'" in result.stdout


def test_a_misspelt_key_that_leaves_no_claims_is_reported(cli: Cli, folder: Path) -> None:
    assert "unknown key 'clams'" in grades(cli, folder, "clams: {conv1: {params: 156}}\n")[-1]


def test_a_way_to_count_that_there_is_not_spoils_its_answer_alone(cli: Cli, folder: Path) -> None:
    (folder / "ada.yaml").write_text(HEAD + "  conv1: {params: {is: 156, batch: many, dtype: x}, output: 28x28x6}\n")
    assert "ada.yaml,lenet,2,1,0,1,50.0," in cli("check", "ada.yaml", "--out-of", "2", "-f", "csv").stdout


def test_a_correction_counts_for_nothing_as_an_erratum_does(cli: Cli, folder: Path) -> None:
    assert ["1", "1", "0", "33.3", ""] == grades(cli, folder, "claims: {conv1: {params: {is: 156, correct: 3}}}\n")


def test_two_columns_of_a_quantity_answer_one_question(cli: Cli, folder: Path) -> None:
    """conv1 has 156 parameters, conv3 2,416: 2.5K is not that."""
    text = "layer,params,params (K)\nconv1,156,0.156\nconv3,2416,2.5\n"
    assert ["2", "1", "1", "33.3", ""] == grades(cli, folder, text, name="ada.csv")
    (folder / "table.csv").write_text("# network: lenet\n" + text)
    assert "two columns hold the quantity params" in cli("check", "table.csv").stdout


@pytest.mark.parametrize(
    "word", ["", "?", "-", "n/a", "\u2013", "'?'", "{is: }", "{is: '-'}", "{}", "[]", "[ ]", "[?, -]", "null"]
)
def test_what_is_left_open_is_no_answer(cli: Cli, folder: Path, word: str) -> None:
    text = f"claims:\n  conv3: {word}\n  total: {word}\n  conv1: {{output: 28x28x6, params: {word}}}\n"
    assert ["1", "1", "0", "33.3", ""] == grades(cli, folder, text)


def test_of_a_list_and_of_several_networks_what_is_left_open_is_no_answer_either(cli: Cli, folder: Path) -> None:
    assert ["1", "1", "0", "33.3", ""] == grades(cli, folder, "claims: {conv1: {params: [?, 156]}, conv3: [-]}\n")
    (folder / "ben.yaml").write_text("networks:\n  lenet: {depth: , params: 61.7K}\n  vgg16:\n")
    assert "ben.yaml,lenet,1,1,0,0,100.0," in cli("check", "ben.yaml", "-f", "csv").stdout


def test_a_key_that_is_not_obeyed_need_not_be_readable(cli: Cli, folder: Path) -> None:
    *counts, problem = grades(cli, folder, "set: 3\nclaims: {conv1: 28x28x6}\n")
    assert (["1", "1", "0", "33.3"], True) == (counts, "'set' in the file is ignored" in problem)


def test_a_sheet_with_nothing_filled_in_claims_nothing(cli: Cli, folder: Path) -> None:
    for name, text in (("ada.yaml", "claims: {conv1: {params: }}\n"), ("ada.csv", "layer,params\nconv1,\n")):
        claims, right, wrong, score, problem = grades(cli, folder, text, name=name)
        assert ("0", "0", "0", "0.0") == (claims, right, wrong, score)
        assert "the table contains no claims" in problem


# Answers that know nothing -------------------------------------------------------------------------

WHOLE = "conv1 + conv3 + conv5 + fc6 + fc7"
"""All layers of lenet that have parameters."""


@pytest.mark.parametrize(
    "claim",
    [
        "total: {params: 100 %, macs: 100%, memory: 100 %}",
        "total: {params: [1 = 100 %, 99 %], macs: 100.0 %, memory: ~100 %}",
        f"{WHOLE}: {{params: 100 %, macs: 100 %, flops: 100 %}}",
    ],
)
def test_the_whole_is_no_share_of_itself_where_answers_are_graded(cli: Cli, folder: Path, claim: str) -> None:
    assert ["3", "0", "3", "0.0"] == grades(cli, folder, f"claims:\n  {claim}\n")[:4]
    assert "100 % of itself in every network" in cli("check", "ada.yaml", "-n", "lenet").stdout


def test_the_share_of_a_layer_is_an_answer(cli: Cli, folder: Path) -> None:
    """fc6 has 120*84 + 84 = 10,164 of 61,706 parameters: 16.47 %; a table may also state the whole."""
    assert ["1", "1", "0", "33.3", ""] == grades(cli, folder, "claims: {fc6: {params: 16.5 %}}\n")
    (folder / "table.yaml").write_text(HEAD + f"  total: {{params: 100 %}}\n  {WHOLE}: {{params: 100 %}}\n")
    cli("check", "table.yaml", status=0)


def test_layers_that_have_nothing_of_it_make_no_new_question_of_a_sum(cli: Cli, folder: Path) -> None:
    """pool2 and pool4 have no parameters, but output values: 4,704 + 1,176 and 4,704 + 400 of them."""
    sums = "conv1 + pool2: {params: 156}\n  pool4+conv1+pool2: {params: 156}\n  conv1: {params: 156}"
    assert ["1", "1", "0"] == grades(cli, folder, f"claims:\n  {sums}\n")[:3]
    zeros = "pool2+pool4: {params: 0}\n  pool4 + pool2: {params: 0}\n  pool2: {params: 0}\n  pool4: {params: 0}"
    assert ["3", "3", "0"] == grades(cli, folder, f"claims:\n  {zeros}\n")[:3]
    values = "conv1+pool2: {activations: 5,880}\n  conv1+pool4: {activations: 5,104}"
    assert ["2", "2", "0"] == grades(cli, folder, f"claims:\n  {values}\n")[:3]


def test_more_answers_than_questions_are_told_and_all_count(cli: Cli, folder: Path) -> None:
    """Five of three, one of them wrong: 4/5, and not 4/3 cut down to 100 %."""
    text = "claims:\n  conv1: {params: 156, output: 28x28x6}\n  conv3: {params: 2,416, output: 10x10x16, macs: 1}\n"
    assert ["5", "4", "1", "80.0", "5 questions are answered instead of 3"] == grades(cli, folder, text)


# Standard input and output -------------------------------------------------------------------------


@pytest.mark.parametrize("text", [HEAD + "  conv1: 28x28x6\n", "# network: lenet\nlayer;output\nconv1;28x28x6\n"])
def test_a_table_may_come_from_standard_input(cli: Cli, text: str) -> None:
    result = cli("check", "-", stdin=text)
    assert (0, True) == (result.exit_code, "1 claim: 1 match" in result.stdout)


def test_grades_go_to_standard_output_by_their_format(cli: Cli, folder: Path) -> None:
    result = cli("check", "-", "--grades", "-", stdin=HEAD + "  conv1: 28x28x6\n")
    assert (2, True) == (result.exit_code, "--format csv" in result.output)
    assert not (folder / "-").exists()


def test_json_counts_questions_beside_claims_and_has_the_notes(cli: Cli, folder: Path) -> None:
    (folder / "ada.yaml").write_text("bias: false\nclaims: {conv1: {params: [156, 156]}}\n")
    (file,) = json.loads(cli("check", "ada.yaml", "-n", "lenet", "-f", "json").stdout)["files"]
    assert (2, 1, 1) == (len(file["claims"]), file["answers"], file["answers_right"])
    assert ["ada.yaml:1:7: 'bias' in the file is ignored: the command line sets how to count"] == file["notes"]
    assert "'bias' in the file is ignored" in cli("check", "ada.yaml", "-n", "lenet", "-f", "junit").stdout


# Right from a wrong answer -------------------------------------------------------------------------

CHAIN = "input: 28x28x1\nlayers: [{conv: {filters: 6, kernel: 5}, name: a}, {maxpool: 2, name: b}, {fc: 10, name: c}]\n"


@pytest.mark.parametrize(
    ("claims", "consistent"),
    [
        # 24/2 = 12 and 12*12*6*10 + 10 = 8650 are right; from 26x26x6 follow 13x13x6 and 13*13*6*10 + 10 = 10,150.
        ("{a: {output: 26x26x6}, b: {output: 13x13x6}, c: {params: '10,150'}}", 2),
        ("{a: {output: 26x26x6}, c: {params: '10,150'}}", 1),
        ("{b: {output: 13x13x6}, c: {params: '10,151'}}", 0),
        ("{a: {params: 150}, c: {params: '8,650'}, total: {params: '8,800'}}", 1),
        ("{a: {params: 150}, total: {params: '8,801'}}", 0),
        # R = 5 + (2 - 1)*1 = 6; from 7 follows 8.
        ("{a: {rf: 7}, b: {rf: 8}}", 1),
        ("{a: {activations: 3450}, b: {rf: 8}}", 0),
        ("{a: {activations: 3450, memory: 13800}}", 1),
        ("{a: {params: 150, macs: 86400}, b: {macs: 0}}", 0),
    ],
)
def test_what_is_right_from_a_wrong_answer_is_consistent(cli: Cli, folder: Path, claims: str, consistent: int) -> None:
    (folder / "net.yaml").write_text(CHAIN)
    (folder / "ada.yaml").write_text(f"network: net.yaml\nclaims: {claims}\n")
    found = [verdict.status for verdict in cnncalc.check("ada.yaml")]
    assert found.count("consistent") == consistent
    cli("check", "ada.yaml", status=1 if {"consistent", "mismatch"} & set(found) else 0)


@pytest.mark.parametrize(("weight", "score"), [("1", "66.7"), ("0.5", "50.0"), ("0", "33.3")])
def test_the_weight_of_a_consistent_answer_is_the_teachers(cli: Cli, folder: Path, weight: str, score: str) -> None:
    (folder / "net.yaml").write_text(CHAIN)
    (folder / "ada.yaml").write_text("claims: {a: {output: 26x26x6, params: 156}, b: {output: 13x13x6}}\n")
    options = ("--network", "net.yaml", "--follow-through", weight, "--format", "csv")
    assert f"ada.yaml,net.yaml,3,1,1,1,{score}," in cli("check", "ada.yaml", *options, status=1).stdout


@pytest.mark.parametrize("form", ["markdown", "html", "latex", "json", "junit"])
def test_every_format_shows_what_is_consistent(cli: Cli, folder: Path, form: str) -> None:
    (folder / "net.yaml").write_text(CHAIN)
    (folder / "ada.yaml").write_text("network: net.yaml\nclaims: {a: {output: 26x26x6}, b: {output: 13x13x6}}\n")
    text = cli("check", "ada.yaml", "--format", form, status=1).stdout
    assert "this is right from your own output of a (26x26x6)" in text.replace("\\times ", "x")


CLASS = {
    "ada.csv": "layer,output,params\nconv1,28x28x6,156\nconv3,10x10x16,2416\n",
    "ben.csv": "layer,output,params\nconv1,28x28x6,150\nconv3,10x10x16,2400\n",
    "cem.md": "| layer | output | params |\n|---|---|---|\n| conv1 | 32x32x6 | 150 |\n| pool2 | 16x16x6 | 0 |\n",
    "dan.csv": "layer,params\nconv1,=1+1\n",
}


@pytest.fixture
def class_folder(folder: Path, write: Write) -> Path:
    for name, text in CLASS.items():
        write(text, name)
    return folder


def test_every_question_has_its_share_of_right_answers_and_its_commonest_slip(cli: Cli, class_folder: Path) -> None:
    command = ("check", *CLASS, "--network", "lenet", "--by-question")
    found = {
        (each["layer"], each["quantity"]): (
            each["answers"], each["answers_right"], each["answers_consistent"], each["commonest_slip"], each["times"]
        )
        for each in cli.data(*command, "--format", "json", status=1)["questions"]
    }  # fmt: skip
    assert found == {
        ("conv1", "output"): (3, 2, 0, "32x32x6", 1),
        ("conv1", "params"): (4, 1, 0, "150", 2),
        ("conv3", "output"): (2, 2, 0, "", 0),
        ("conv3", "params"): (2, 1, 0, "2400", 1),
        ("pool2", "output"): (1, 0, 1, "", 0),
        ("pool2", "params"): (1, 1, 0, "", 0),
    }
    lines = cli(*command, status=1).stdout.splitlines()
    row = next(line for line in lines if line.split()[:4] == ["conv1", "params", "156", "4"])
    assert row.split() == ["conv1", "params", "156", "4", "25", "%", "0", "150", "2"]
    assert lines[lines.index(row) + 1].strip() == "the biases were forgotten; this gives 150"
    page = cli(*command, "--format", "html", "--standalone", status=1).stdout
    assert '<td class="number">25 %</td>' in page


def test_each_file_gets_a_page_and_no_page_replaces_another(cli: Cli, class_folder: Path, write: Write) -> None:
    (class_folder / "late").mkdir()
    (class_folder / "late" / "ada.csv").write_text("layer,params\nconv1,<b>1</b>\n")
    cli("check", *CLASS, "late/ada.csv", "-n", "lenet", "--feedback", "pages", "-q", status=1)
    pages = sorted(path.name for path in (class_folder / "pages").iterdir())
    assert pages == ["ada.csv.html", "ben.csv.html", "cem.md.html", "dan.csv.html", "late_ada.csv.html"]
    text = (class_folder / "pages" / "ben.csv.html").read_text()
    assert "the biases were forgotten" in text
    assert "ada" not in text
    assert "<b>" not in (class_folder / "pages" / "late_ada.csv.html").read_text()
    assert "cannot make the folder" in cli.refused("check", "ada.csv", "-n", "lenet", "--feedback", "ada.csv/x", "-q")


def test_grades_are_written_to_excel_as_numbers_and_texts(cli: Cli, class_folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    os.rename("dan.csv", "=1+1.csv")
    cli("check", "ada.csv", "=1+1.csv", "-n", "lenet", "--grades", "grades.xlsx", "-q", status=1)
    head, *rows = openpyxl.load_workbook("grades.xlsx").active.iter_rows(values_only=True)
    assert head == ("file", "network", "claims", "right", "consistent", "wrong", "score", "problem")
    assert rows[0][:7] == ("ada.csv", "lenet", 4, 4, 0, 0, 100)
    assert rows[1][:6] == ("'=1+1.csv", "lenet", 1, 0, 0, 1)


# A class -------------------------------------------------------------------------------------------


def test_a_class_in_all_formats_is_graded_and_each_broken_file_is_one_line(cli: Cli, folder: Path) -> None:
    """Every other file is broken or hostile; all others have the grade that their answers, counted by hand, make."""
    found = sheets.write_class(folder / "class", 2 * len((*sheets.BROKEN, *sheets.SPECIAL)), broken_every=2)
    command = ("check", "class", "--network", str(sheets.NETWORK))
    result = cli(*command, "--grades", "grades.csv", status=1)
    with open("grades.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == [f"class/{sheet.path.name}" for sheet in found]
    lines = result.stdout.splitlines()
    for row, sheet in zip(rows, found, strict=True):
        mine = [line for line in lines if line.startswith(row["file"])]
        if sheet.answers is None:
            assert (row["claims"], row["score"]) == ("0", "0.0")
            assert row["problem"].endswith(")"), "how to mend it"
            assert [": cannot be checked: " in line for line in mine] == [True], mine
        else:
            assert (int(row["claims"]), int(row["right"])) == (sheet.answers, sheet.right), row
            assert float(row["score"]) == round(100 * sheet.right / sheet.answers, 1)
            assert mine
    right, broken = (
        sum(sheet.right == sheet.answers is not None for sheet in found),
        [sheet.answers for sheet in found].count(None),
    )
    assert lines[-1].startswith(f"{right} of {len(found)} files passed; {broken} cannot be checked; ")
    assert cli(*command, status=1).stdout == result.stdout


def test_a_folder_stands_for_all_that_is_handed_in(cli: Cli, folder: Path) -> None:
    """Also in subfolders and of any name; what systems leave behind, and what the command writes, is not handed in."""
    sheet = "layer,params\nconv1,156\n"
    for name in ("ada/sheet.csv", "ben/sheet.csv", "ben/.DS_Store", "cem/report.docx", "dan.pdf", "~$ada.xlsx"):
        (folder / "class" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "class" / name).write_text(sheet)
    (folder / "class" / "dan.pdf").write_bytes(b"%PDF-1.7 ...")
    (folder / "class" / "eve").mkdir()
    command = ("check", "class", "-n", "lenet", "--grades", "class/grades.csv", "--feedback", "class/pages", "-q")
    for _ in range(2):
        cli(*command, status=1)
        with open("class/grades.csv", newline="", encoding="utf-8") as file:
            rows = [(row["file"], row["right"], row["problem"]) for row in csv.DictReader(file)]
        assert [row[:2] for row in rows] == [
            ("class/ada/sheet.csv", "1"),
            ("class/ben/sheet.csv", "1"),
            ("class/cem/report.docx", "1"),
            ("class/dan.pdf", "0"),
            ("class/eve", "0"),
        ]
    assert "is a PDF, not a table" in rows[3][2]
    pages = sorted(path.name for path in (folder / "class" / "pages").iterdir())
    assert pages == [
        "class_ada_sheet.csv.html",
        "class_ben_sheet.csv.html",
        "dan.pdf.html",
        "eve.html",
        "report.docx.html",
    ]


# Pages to hand back --------------------------------------------------------------------------------

ODD_NAMES = (
    "<script>alert(1).csv",
    "\u202efdp.csv",
    "\U0001f600 Zo\u00eb.csv",
    "=cmd|x.csv",
    "line\nbreak.csv",
    "\x1b[31m.csv",
    "x" * 240 + ".csv",
    "caf\udce9.csv",
)
KEY = "# network: lenet\nlayer,output,params\nconv1,28x28x6,156\npool2,14x14x6,\n"


def test_names_and_answers_of_any_kind_do_no_harm(cli: Cli, folder: Path) -> None:
    (folder / "class").mkdir()
    for name in ODD_NAMES:
        (folder / "class" / name).write_text("layer,params\nconv1,=1+1\nconv3,<img src=x onerror=alert(1)>\n")
    command = ("check", "class", "-n", "lenet", "--feedback", "pages", "--grades", "g.csv", "-q")
    shown = cli(*command, status=1).stdout
    grades = (folder / "g.csv").read_text()
    pages = sorted((folder / "pages").iterdir())
    assert len(pages) == len(ODD_NAMES)
    for text in (shown, grades, *(page.name for page in pages), *(page.read_text() for page in pages)):
        assert all(line.isprintable() for line in text.split("\n"))
    for page in pages:
        assert not set(page.name) & set('<>:"|?*\\')
        assert "<img" not in page.read_text()
        assert "http" not in page.read_text(), "a page needs nothing from elsewhere"
        assert "<script" not in page.read_text()
    assert len(grades.splitlines()) == 1 + len(ODD_NAMES)
    pytest.importorskip("openpyxl")
    cli(*command[:-2], "g.xlsx", "-q", status=1)


def test_no_page_takes_the_place_of_another(cli: Cli, folder: Path) -> None:
    names = (
        "a/sheet.csv",
        "a_sheet.csv",
        "A_SHEET.csv",
        "b/sheet.csv",
        "b/c/sheet.csv",
        "b_c/sheet.csv",
        "b/c_sheet.csv",
    )
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("layer,params\nconv1,156\n")
    cli("check", *names, "a/sheet.csv", "-n", "lenet", "--feedback", "pages", "-q", status=0)
    pages = [path.name.casefold() for path in (folder / "pages").iterdir()]
    assert (len(pages), len(set(pages))) == (len(names) + 1, len(names) + 1)


def test_a_page_has_the_score_each_answer_and_what_is_missing(cli: Cli, folder: Path) -> None:
    """Asked are three questions: 32x32x6 is wrong, 16x16x6 right from it, the parameters are missing."""
    (folder / "key.csv").write_text(KEY)
    (folder / "ada.csv").write_text("layer,output,params\nconv1,32x32x6,?\npool2,16x16x6,\nconv3,12x12x16,\n")
    command = ("check", "ada.csv", "--key", "key.csv", "--follow-through", "0.5", "--feedback", "pages", "-q")
    cli(*command, status=1)
    page = (folder / "pages" / "ada.csv.html").read_text()
    assert "<title>ada.csv</title>" in page
    assert "ada.csv <small>0 right, 1 consistent, 1 wrong; score 16.7 %</small>" in page
    assert "line 2: padding was added where there is none; this gives 32x32x6" in page
    assert "line 3: this is right from your own output of conv1 (32x32x6)" in page
    assert "not answered: conv1 params<" in page
    assert "consistent: wrong, but right from your own numbers; it counts 0.5 of a right one" in page
    assert "ada.csv,lenet,2,0,1,1,16.7," in cli(*command[:6], "--format", "csv", status=1).stdout


def test_a_page_about_the_class_begins_with_the_questions(cli: Cli, class_folder: Path) -> None:
    page = cli("check", *CLASS, "-n", "lenet", "--by-question", "-f", "html", "--standalone", status=1).stdout
    assert "<title>4 checked files</title>" in page
    assert page.index("1 of 4 files passed") < page.index("commonest slip") < page.index("ben.csv")
    assert page.count("commonest slip") == 1


def test_a_score_is_a_number_for_excel(cli: Cli, class_folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    cli("check", "ben.csv", "-n", "lenet", "--out-of", "6", "--grades", "g.xlsx", "-q", status=1)
    (_, row) = openpyxl.load_workbook("g.xlsx").active.iter_rows(values_only=True)
    assert row[2:7] == (4, 2, 0, 2, 33.3)
