"""What students hand in, in any dress, and the verdict that a teacher gives: one file of `handed_in/` a kind.

A file holds the texts handed in, the command, how many claims are right, and every claim that is not:
`layer quantity claimed`, with its status, the right number as plain arithmetic, and words of its reason.
`arithmetic` is the calculation of the numbers that are right. No number comes from cnncalc.
"""

from __future__ import annotations

import ast
import json
import operator
import shlex
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Cli

FILES = sorted((Path(__file__).parent / "handed_in").glob("*.yaml"))
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: Fraction,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


def value(text: str) -> Any:
    """The number of a sum such as `5*5*48*256 + 256`; a division is exact."""

    def of(node: ast.expr) -> Any:
        if isinstance(node, ast.BinOp):
            left, right = of(node.left), of(node.right)
            return OPERATORS[type(node.op)](left, right)
        assert isinstance(node, ast.Constant), text
        return node.value

    return of(ast.parse(text, mode="eval").body)


def verdicts(cli: Cli, case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The report of the command of a case, as data."""
    for name, text in case["files"].items():
        (folder / name).write_text(text, encoding="utf-8")
    result = cli(
        *shlex.split(case["command"]), "--format", "json", status=case.get("exit", 1 if case.get("wrong") else 0)
    )
    report: dict[str, Any] = json.loads(result.stdout)
    return report


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_is_judged_as_a_teacher_judges_it(path: Path, cli: Cli, folder: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    for sums in case.get("arithmetic", []):
        ends = [value(side) for side in sums.split(" = ")]
        assert len(ends) > 1, sums
        assert len(set(ends)) == 1, sums
    report = verdicts(cli, case, folder)
    problems = [problem for file in report["files"] for problem in file["problems"]]
    assert case.get("problems", 0) == len(problems), problems
    claims = [claim for file in report["files"] for claim in file["claims"]]
    counts = Counter(claim["status"] for claim in claims)
    assert case["right"] == counts["match"], [claim for claim in claims if claim["status"] != "match"]
    found = {" ".join((claim["layer"] or "total", claim["quantity"], claim["claimed"])): claim for claim in claims}
    wrong = case.get("wrong", {})
    assert list(wrong) == [key for key, claim in found.items() if claim["status"] != "match"]
    for key, expected in wrong.items():
        claim = found[key]
        assert (expected.get("status", "mismatch"), str(expected["right"])) == (claim["status"], str(claim["exact"]))
        for sums in (expected["by"],) if "by" in expected else ():
            assert str(value(sums)) == str(expected["right"]), sums
        reason = " | ".join((*claim["diagnoses"], claim["message"]))
        for words in expected.get("says", []):
            assert words in reason
        for words in expected.get("never", []):
            assert words not in reason
        if expected.get("no reason"):
            assert not claim["diagnoses"]
    for words in case.get("notes", []):
        assert any(words in note for file in report["files"] for note in file["notes"])
