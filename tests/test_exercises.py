"""Convolutions and pools done by hand: how a key sets them, how people write their answers, and what becomes of these.

Every right number is worked out in the comments.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Write

import cnncalc

COUNTS = ("claims", "right", "consistent", "wrong", "score")
KEY = """\
apply:
  a: {correlation: 2 1 2 3 1 0, kernel: 1 -1 2}
  b: {maxpool: a, kernel: 2}
  c: {convolution: [[1, 2, 3], [4, 5, 6], [7, 8, 9]], kernel: [[1, 0], [0, -1]]}
claims:
  a: 5 5 1 2
  b: 5 2
  c: [[4, 4], [4, 4]]
"""
# a: 2 - 1 + 4, 1 - 2 + 6, 2 - 3 + 2, 3 - 1 + 0; b: max(5, 5), max(1, 2)
# c: the kernel turned is -1 0; 0 1, so that 5 - 1, 6 - 2, 8 - 4, 9 - 5


@pytest.fixture
def key(folder: Path) -> str:
    (folder / "key.yaml").write_text(KEY)
    return "key.yaml"


def judged(cli: Cli, name: str) -> list[dict[str, Any]]:
    result = cli("check", name, "--key", "key.yaml", "--format", "json")
    (file,) = json.loads(result.stdout)["files"]
    assert not file["problems"], file["problems"]
    claims: list[dict[str, Any]] = file["claims"]
    return claims


def test_a_key_is_a_table_and_checks_itself(cli: Cli, key: str) -> None:
    assert "3 claims: 3 matches" in cli.text("check", key)


SHEETS = {
    "ada.csv": 'question,answer\na,5 5 1 2\nb,5 2\nc,"[[4,4],[4,4]]"\n',
    "ben.csv": "Name: Ben\nexercise;answer;;note\na);5 5 1 2;;sure\n(b);5;2;\nC.;4;4;\n;4,0;4,00;\n",
    "cem.md": "# Answers\n\n| question | answer |\n|---|---|\n| a | `5 5 1 2` |\n| b | $5\\ 2$ |\n"
    "| c | $\\begin{pmatrix} 4 & 4 \\\\ 4 & 4 \\end{pmatrix}$ |\n",
    "dan.txt": "Dan\n\na) 5 5 1 2\nb: 5 2\nc)\n4 4\n4 4\n\nThat is it.\n",
    "eve.yaml": "a: [5, 5, 1, 2]\nb: 5 2\nc: [[4, 4], [4, 4]]\n",
    "fay.yaml": "claims:\n  a: {output: '5, 5, 1, 2'}\n  Question b: 5 2\n  c: |\n    4 4\n    4 4\n",
    "gus.tex": "\\begin{tabular}{ll}\nquestion & answer \\\\\na & $5\\ 5\\ 1\\ 2$ \\\\\nb & 5, 2 \\\\\n"
    "c & $\\begin{bmatrix}4&4\\\\4&4\\end{bmatrix}$ \\\\\n\\end{tabular}\n",
    "hal.md": "a) 5 5 1 2\n\nb) array([5, 2])\n\nc)\n```\n[[4 4]\n [4 4]]\n```\n",
    "ida.csv": "a,5,5,1,2\nb,5,2\nc,4,4\n,4,4\n",
    "jon.csv": 'layer,output\na,"tensor([5., 5., 1., 2.])"\nb,"(5, 2)"\nc,"4 4\n4 4"\n',
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_matrix_is_read_as_people_write_it(cli: Cli, key: str, folder: Path, name: str) -> None:
    (folder / name).write_text(SHEETS[name])
    found = judged(cli, name)
    assert [(claim["layer"], claim["status"]) for claim in found] == [("a", "match"), ("b", "match"), ("c", "match")]


def test_a_matrix_may_spread_over_the_cells_of_an_excel_file(cli: Cli, key: str, folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["exercise", "answer"], ["a", 5, 5, 1, 2], ["b", 5, 2], ["c", 4, 4], [None, 4, 4]):
        book.active.append(row)
    book.save("ada.xlsx")
    assert [claim["status"] for claim in judged(cli, "ada.xlsx")] == ["match"] * 3


@pytest.mark.parametrize(
    ("answer", "status", "message", "reason"),
    [
        # the kernel turned, 2 -1 1: 4 - 1 + 2, 2 - 2 + 3, 4 - 3 + 1, 6 - 1 + 0
        ("5 3 2 5", "mismatch", "1 of 4 numbers is right: out[1] is 5, not 3; out[2] is 1, not 2; out[3] is 2, not 5",
         "the kernel was turned by 180 degrees: that is a convolution, not a correlation"),
        ("5 5 1 3", "mismatch", "3 of 4 numbers are right: out[3] is 2, not 3", ""),
        ("5 5 1", "mismatch", "the size is 4, not 3", ""),
        # zeros around: 0 - 2 + 2 = 0 before, and 1 - 0 + 0 = 1 behind
        ("0 5 5 1 2 1", "mismatch", "the size is 4, not 6", "padding was added where there is none"),
        ("many", "error", "'many' is not a number", ""),
    ],
)  # fmt: skip
def test_an_answer_is_judged_number_by_number_and_its_mistake_named(
    cli: Cli, key: str, folder: Path, answer: str, status: str, message: str, reason: str
) -> None:
    (folder / "ada.csv").write_text(f"question,answer\na,{answer}\n")
    (claim,) = judged(cli, "ada.csv")
    assert (claim["status"], claim["exact"]) == (status, "5 5 1 2")
    assert claim["message"].startswith(message)
    assert claim["diagnoses"] == ([reason] if reason else [])


SETTINGS = """\
apply:
  1: {correlation: 1 2 3 4 5, kernel: 1 1, stride: 2}
  2: {correlation: 1 2 3, kernel: 1 1 1, padding: 1}
  3: {avgpool: 1 2; 3 5, kernel: 2}
  4: {avgpool: 3 3, kernel: 3, stride: 1, padding: 1, count_padding: false}
  5: {correlation: [[1, 2, 3], [4, 5, 6], [7, 8, 9]], kernel: [[0, 1], [2, 0]]}
  6: {pad: 1 2, padding: [[1, 0]]}
  7: {convolution: 1 2 3 4 5, kernel: 1 2, stride: 2}
"""


@pytest.mark.parametrize(
    ("number", "answer", "said"),
    [
        (1, "3 7", ""),  # 1 + 2, 3 + 4
        (1, "3 5 7 9", "the stride was forgotten: the window was moved by 1"),
        (2, "3 6 5", ""),  # 0 + 1 + 2, 1 + 2 + 3, 2 + 3 + 0
        (2, "6", "the padding was forgotten"),
        (3, "2.75", ""),  # 11/4
        (3, "11/4", ""),
        (3, "2.8", ""),  # rounded
        (3, "5", "the largest number of every window was taken, not its mean"),
        (4, "3 3", ""),
        (4, "2 2", "the zeros of the padding were counted in the mean"),  # (0 + 3 + 3)/3
        (5, "10 13; 19 22", ""),  # 2 + 2*4, 3 + 2*5, 5 + 2*7, 6 + 2*8
        (5, "8 11; 17 20", "the kernel was turned by 180 degrees: that is a convolution, not a correlation"),
        (6, "0 1 2", ""),
        (7, "4 10", ""),  # turned it is 2 1: 2 + 2, 6 + 4
        # not turned, and moved by 1: 1 + 4, 2 + 6, 3 + 8, 4 + 10
        (7, "5 8 11 14", ("the kernel was not turned: that is a correlation, not a convolution; and "
                          "the stride was forgotten: the window was moved by 1")),
    ],
)  # fmt: skip
def test_the_settings_of_an_exercise_and_what_is_done_instead(
    cli: Cli, folder: Path, number: int, answer: str, said: str
) -> None:
    (folder / "key.yaml").write_text(SETTINGS)
    (folder / "ada.txt").write_text(f"{number}) {answer}\n")
    (claim,) = judged(cli, "ada.txt")
    assert (claim["layer"], claim["status"]) == (str(number), "mismatch" if said else "match")
    assert claim["diagnoses"][:1] == ([said] if said else [])


def test_rows_and_columns_of_a_kernel_exchanged_are_named(cli: Cli, folder: Path) -> None:
    """The 1 of the kernel stands over the 1 of the matrix, transposed over its 2."""
    (folder / "key.yaml").write_text("apply:\n  a: {correlation: 0 1; 2 0, kernel: 0 1; 0 0}\n")
    (folder / "ada.yaml").write_text("a: 2\n")
    (claim,) = judged(cli, "ada.yaml")
    assert "rows and columns of the kernel were exchanged" in claim["diagnoses"]


def test_a_slip_that_is_carried_on_is_no_second_one(cli: Cli, key: str, folder: Path) -> None:
    """From 5 3 2 5 the pool gives max(5, 3), max(2, 5); 5 4 is wrong from there, too; its means are 4 and 7/2."""
    for answer, status, said in (("5 5", "consistent", ""), ("5 4", "mismatch", ""), ("4 3.5", "mismatch", "mean")):
        (folder / "ada.yaml").write_text(f"a: 5 3 2 5\nb: {answer}\n")
        _, claim = judged(cli, "ada.yaml")
        assert claim["status"] == status
        assert ("this is right from your own a" in claim["message"]) == (status == "consistent")
        assert [text.startswith(f"from your own a: the {said}") for text in claim["diagnoses"]] == [True] * bool(said)


def test_of_the_key_alone_the_grades_are(cli: Cli, key: str, folder: Path) -> None:
    """Three questions are asked: a missing answer is a wrong one, and d, which nobody asked for, counts for nothing."""
    for name, text in (("ada", "a: 5 5 1 2\nb: 5 2\n"), ("ben", "a: 5 3 2 5\nb: 5 5\nd: 3\n"), ("cem", KEY)):
        (folder / f"{name}.yaml").write_text(text)
    names = ("ada.yaml", "ben.yaml", "cem.yaml")
    result = cli("check", *names, "--key", key, "--grades", "g.csv", "--follow-through", "0.5", status=1)
    assert "no exercise before this is called 'd'" in result.stdout
    assert "'apply' in the file is ignored: the key sets the exercises" in result.stdout
    with open("g.csv", newline="") as file:
        rows = [[row[name] for name in COUNTS] for row in csv.DictReader(file)]
    assert rows == [["2", "2", "0", "0", "66.7"], ["2", "0", "1", "1", "16.7"], ["3", "3", "0", "0", "100.0"]]


def test_a_key_may_be_about_a_network_and_exercises(cli: Cli, folder: Path) -> None:
    (folder / "key.yaml").write_text(
        "network: lenet\nbias: false\napply:\n  a: {pad: 1, padding: 1}\nclaims: {conv1: {params: 150}, a: 0 1 0}\n"
    )
    (folder / "ada.csv").write_text("layer,output,params\nconv1,28x28x6,150\na,0 1 0,\n")
    text = cli("check", "ada.csv", "--key", "key.yaml", "--format", "csv", status=0).stdout
    assert text.splitlines()[1] == "ada.csv,lenet,2,2,0,0,100.0,"  # the output is right, but not asked for


def test_python_takes_a_key_as_well(key: str, write: Write) -> None:
    found = cnncalc.check(write("a: 5 5 1 2\nb: 5 3\n", "ada.yaml"), key=key)
    assert [(verdict.status, str(verdict.exact)) for verdict in found] == [("match", "5 5 1 2"), ("mismatch", "5 2")]
    assert found.outcomes[0].score() == pytest.approx(100 / 3)


def test_the_commonest_wrong_matrix_has_its_reason(cli: Cli, key: str, folder: Path) -> None:
    for name, text in (("ada", "a: 5 5 1 2\n"), ("ben", "a: 5 3 2 5\n"), ("cem", "a: '[5, 3, 2, 5]'\n")):
        (folder / f"{name}.yaml").write_text(text)
    names = ("ada.yaml", "ben.yaml", "cem.yaml")
    (found,) = cli.data("check", *names, "--key", key, "--by-question", status=1)["questions"]
    assert (found["exact"], found["commonest_slip"], found["times"]) == ("5 5 1 2", "5 3 2 5", 2)
    assert found["reason"].startswith("the kernel was turned")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("apply: {a: {correlation: 1 2 3}}", "correlation needs a kernel"),
        ("apply: {a: {kernel: 1 2}}", "an exercise does one of convolution, correlation, maxpool, avgpool, pad"),
        ("apply: {a: {maxpool: b, kernel: 2}}", "no exercise before this is called 'b'"),
        ("apply: {a: {maxpool: 1 2, kernel: 2, strde: 1}}", "did you mean 'stride'?"),
        ("apply: {a: {maxpool: 1 2, kernel: 3}}", "the window is larger than its input"),
        ("apply: {a: 1 2}", "an exercise must be a mapping"),
        ("apply: [1, 2]", "'apply' must be a mapping of exercises"),
        ("apply: {a: {maxpool: 1 x, kernel: 1}}", "'x' is not a number"),
        ("apply: {a: {maxpool: 1 2, kernel: two}}", "kernel"),
        ("apply: {a: {pad: 1 2, padding: 1}}\nclaims: {a: 1 2}", "the key is wrong itself: a pad"),
        ("networks: {lenet: {params: 61.7K}, vgg16: {params: 138M}}", "a key is about one network"),
        (
            "network: lenet\nclaims: {conv1: {params: {is: 150, bias: false}, output: 28x28x6}}",
            "counts in several ways",
        ),
        ("apply:\n" + "".join(f"  a{n}: {{pad: [[1]], padding: 30}}\n" for n in range(9)), "--limit by_hand="),
    ],
)
def test_a_key_that_cannot_be_used_is_refused(cli: Cli, folder: Path, write: Write, text: str, said: str) -> None:
    write("a: 1 2\n", "ada.yaml")
    assert said in cli.refused("check", "ada.yaml", "--key", write(text, "key.yaml"))
