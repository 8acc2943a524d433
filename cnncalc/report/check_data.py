"""Outcomes of checked files -> JSON, JUnit XML and a table of grades: data for graders and machines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from cnncalc.check.claim import Verdict
from cnncalc.check.grading import Outcome
from cnncalc.errors import Problem, printable
from cnncalc.layers import Shape
from cnncalc.report.json import raw
from cnncalc.report.numbers import per_axis_text

SCHEMA_VERSION = 1
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would take a cell for that begins so."""
GRADES = ("file", "network", "claims", "right", "wrong", "score", "problem")


def to_json(outcomes: list[Outcome]) -> str:
    """Every verdict of every file: the JSON contract, version 1."""
    verdicts = [verdict for outcome in outcomes for verdict in outcome.verdicts]
    whole = {
        "schema_version": SCHEMA_VERSION,
        "passed": all(outcome.passed for outcome in outcomes),
        "summary": {
            "files": len(outcomes),
            "files_passed": sum(outcome.passed for outcome in outcomes),
            "files_unreadable": sum(outcome.error is not None for outcome in outcomes),
            "claims": len(verdicts),
            "claims_passed": sum(verdict.passed for verdict in verdicts),
        },
        "files": [_file(outcome) for outcome in outcomes],
    }
    return json.dumps(whole, indent=1) + "\n"


def _file(outcome: Outcome) -> dict[str, Any]:
    table = outcome.table
    return {
        "path": outcome.path,
        "passed": outcome.passed,
        "source": table.source if table else "",
        "networks": [network.title for network in table.networks] if table else [],
        "problems": [str(problem) for problem in outcome.error.problems] if outcome.error else [],
        "notes": [in_one_line(note) for note in outcome.notes],
        "answers": len(outcome.answers),
        "answers_right": sum(outcome.answers),
        "claims": [_verdict(verdict) for verdict in outcome.verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    claim = verdict.claim
    return {
        "network": claim.network.title if claim.network else "",
        "layer": claim.layer,
        "quantity": claim.quantity,
        "claimed": claim.printed.text,
        "exact": plain(verdict.exact),
        "status": verdict.status,
        "passed": verdict.passed,
        "diagnoses": list(verdict.diagnoses),
        "message": verdict.message,
        "erratum": claim.erratum,
        "source": claim.source,
        "place": str(claim.span) if claim.span else "",
    }


def plain(value: Any) -> Any:
    """An exact value as JSON holds it: an integer, or text for shapes, lengths, fractions and formulas."""
    if isinstance(value, Shape | Fraction | str):
        return str(value)
    if isinstance(value, tuple):
        return per_axis_text(value) if value else None
    return raw(value)


def to_junit(outcomes: Iterable[Outcome]) -> str:
    """A suite a file and a test case a claim, as continuous integration reads it."""
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    root = Element("testsuites", name="cnncalc check")
    for outcome in outcomes:
        failures, errors = outcome.count("mismatch", "unexpected match"), outcome.count("error")
        broken = outcome.error is not None
        counts = {"tests": len(outcome.verdicts) + broken, "failures": failures, "errors": errors + broken}
        texts = {key: str(count) for key, count in counts.items()}
        suite = SubElement(root, "testsuite", {"name": _xml(outcome.path), **texts})
        if outcome.error is not None:
            case = SubElement(suite, "testcase", classname=_xml(outcome.path), name="the file can be read")
            message = _xml(outcome.error.problems[0].message if outcome.error.problems else "unreadable")
            SubElement(case, "error", message=message).text = _xml(str(outcome.error))
        for verdict in outcome.verdicts:
            network = verdict.claim.network.title if verdict.claim.network else ""
            case = SubElement(suite, "testcase", classname=_xml(network), name=_xml(verdict.claim.title))
            if not verdict.passed:
                kind = "error" if verdict.status == "error" else "failure"
                SubElement(case, kind, message=_xml(headline(verdict))).text = _xml(report(verdict))
        if outcome.notes:
            SubElement(suite, "system-out").text = _xml("\n".join(map(in_one_line, outcome.notes)))
    indent(root, " ")
    return "<?xml version='1.0' encoding='utf-8'?>\n" + str(tostring(root, encoding="unicode")) + "\n"


def in_one_line(problem: Problem) -> str:
    """A problem with its place, in one line."""
    return f"{problem.span}: {problem.message}" if problem.span else problem.message


def headline(verdict: Verdict) -> str:
    """A wrong claim in one line: `conv1_1 params: 1,728 is claimed, 1792 is exact`."""
    claim = verdict.claim
    if verdict.status == "unexpected match":
        return f"{claim.title}: {claim.printed} is marked as an erratum, but holds"
    exact = "" if verdict.exact is None else f", {plain(verdict.exact)} is exact"
    return f"{claim.title}: {claim.printed} is claimed{exact}"


def report(verdict: Verdict) -> str:
    """All that there is to say of a wrong claim: where it stands, what it should be, what explains it."""
    lines = [f"{verdict.claim.span or ''}", headline(verdict), verdict.message, *verdict.diagnoses]
    return "\n".join(line for line in lines if line)


def _xml(text: str) -> str:
    return NOT_XML.sub(" ", text)


def to_grades(outcomes: Iterable[Outcome], out_of: int | None = None) -> str:
    """A row a file: its answers, how many are right, and the share of them in percent.

    All numbers for one quantity of a layer are one answer, which is right if all of them are.
    With `out_of`, the share is that of so many questions, answered or not; that more are answered is told.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(GRADES)
    for outcome in outcomes:
        writer.writerow([_cell(cell) for cell in _grade(outcome, out_of)])
    return text.getvalue()


def _grade(outcome: Outcome, out_of: int | None) -> tuple[str | int, ...]:
    claims, right = len(outcome.answers), sum(outcome.answers)
    score = f"{outcome.score(out_of):.1f}"
    network = outcome.table.networks[0].title if outcome.table and outcome.table.networks else ""
    told = outcome.error.problems[:1] if outcome.error else outcome.notes
    more = [f"{claims} questions are answered instead of {out_of}"] if out_of and claims > out_of else []
    problem = "; ".join([*map(in_one_line, told), *more])
    return (outcome.path, network, claims, right, claims - right, score, problem)


def _cell(value: str | int) -> str | int:
    """A cell that no spreadsheet runs as a formula."""
    if isinstance(value, int):
        return value
    text = printable(value)
    return f"'{text}" if text.startswith(FORMULA) else text
