"""Checked files -> verdicts, what is wrong first and what explains it; as data for graders, JUnit XML, and grades."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cnncalc.check.claim import Verdict
from cnncalc.check.grading import Checked, Outcome
from cnncalc.check.questions import questions
from cnncalc.report.document import Blank, Block, Note, Text, document, line
from cnncalc.report.report import Options, Report
from cnncalc.report.views.grades import by_question_table, grades, handed_back, question_data
from cnncalc.report.views.verdict_tables import exact_text, in_one_line, plain, refusal, table

SCHEMA_VERSION = 1
WORDS = {
    "match": ("match", "matches"),
    "erratum": ("erratum", "errata"),
    "consistent": ("consistent", "consistent"),
    "mismatch": ("mismatch", "mismatches"),
    "unexpected match": ("unexpected match", "unexpected matches"),
    "error": ("error", "errors"),
}
MOST_WRONG = 100
EXTRA = ("brief", "summary", "out_of", "follow_through", "by_question", "grading", "handed_back")
"""Options that it alone has."""


def report(checked: Checked, options: Options) -> Report:
    """The verdicts. Of several files, and with `brief`, only those that are wrong are drawn, with a summary.

    Options of its own: `brief`; `summary`, whether there is one ("only" for nothing else); `out_of`, the number
    of questions that grades are a share of; `follow_through`, what a consistent answer counts of a right one;
    `by_question`, what became of every question in all files; `grading`, whether they are answers, of which a file
    that cannot be read is one line; `handed_back`, whether it is a page for the one who wrote the file.
    """
    drawn = handed_back if options.extra.get("handed_back") else _blocks
    title = checked.outcomes[0].path if len(checked.outcomes) == 1 else f"{len(checked.outcomes):,} checked files"
    return Report(
        lambda: document(title, drawn(checked, options)),
        lambda: _data(checked, by_question=options.extra.get("by_question", False)),
        lambda: grades(
            checked,
            options.extra.get("out_of", checked.out_of),
            options.extra.get("follow_through", checked.follow_through),
        ),
        {"junit": lambda: iter([_junit(checked.outcomes)])},
    )


# Verdicts ---------------------------------------------------------------------------------------


def _blocks(checked: Checked, options: Options) -> Iterator[Block]:
    several = len(checked.outcomes) > 1
    summary = options.extra.get("summary", several)
    by_question = bool(options.extra.get("by_question") and summary)
    if by_question and summary != "only":  # a page about the class: the whole comes before the parts
        yield from _summary(checked, by_question=True)
    for outcome in checked.outcomes if summary != "only" else ():
        brief = options.extra.get("brief", several)
        if outcome.error is not None and brief and options.extra.get("grading"):
            yield Text((line((refusal(outcome.path, outcome.error), "bad")),))
        else:
            yield from _file(outcome, brief=brief)
    if summary and (summary == "only" or not by_question):
        yield from _summary(checked, by_question=by_question)


def _summary(checked: Checked, *, by_question: bool) -> Iterator[Block]:
    """How many files passed, and what became of every question."""
    good = sum(outcome.passed for outcome in checked.outcomes)
    broken = sum(outcome.error is not None for outcome in checked.outcomes)
    parts = [f"{good:,} of {len(checked.outcomes):,} files passed", _counted(checked.verdicts)]
    text = "; ".join(parts[:1] + [f"{broken:,} cannot be checked"] * (broken > 0) + parts[1:])
    yield Text((line((text, "good" if checked.passed else "bad")),))
    if by_question:
        yield by_question_table(questions(checked.outcomes))


def _file(outcome: Outcome, *, brief: bool) -> Iterator[Block]:
    """The title of a file, its verdicts, the wrong ones first."""
    if outcome.error is not None:
        yield Text((line((f"{outcome.path}: cannot be checked", "bad")),))
        yield Text(tuple(line(text) for text in str(outcome.error).splitlines()), indent=1)
        yield Blank()
        return
    source = f"; {outcome.table.source}" if outcome.table and outcome.table.source and not brief else ""
    role = "right" if outcome.passed else "wrong"
    counted = _counted(outcome.verdicts) + source
    yield Text((line((outcome.path, "name"), "  ", (counted, role)),))
    if outcome.unread:
        yield Text(tuple(line((f"warning: {in_one_line(each)}", "wrong")) for each in outcome.unread), 1)
    if outcome.notes:
        yield Text(tuple(line((f"note: {in_one_line(note)}", "warning")) for note in outcome.notes), 1)
    wrong, rest = outcome.wrong, [verdict for verdict in outcome.verdicts if verdict.passed]
    shown = wrong[:MOST_WRONG] + ([] if brief else rest)
    if shown:
        yield table(shown, several=outcome.table is not None and len(outcome.table.networks) > 1)
    if len(wrong) > MOST_WRONG:
        yield Note("warning", f"... and {len(wrong) - MOST_WRONG} more that are wrong (--format json lists them all)")


def _counted(verdicts: Sequence[Verdict]) -> str:
    """`63 claims: 61 matches, 2 errata`."""
    counts = {status: sum(verdict.status == status for verdict in verdicts) for status in WORDS}
    parts = [f"{count:,} {WORDS[status][count != 1]}" for status, count in counts.items() if count]
    total = f"{len(verdicts):,} claim{'' if len(verdicts) == 1 else 's'}"
    return f"{total}: {', '.join(parts)}" if parts else total


# Data -------------------------------------------------------------------------------------------


def _data(checked: Checked, *, by_question: bool) -> dict[str, Any]:
    """Every verdict of every file, and with `by_question` every question: the JSON contract, version 1."""
    outcomes = checked.outcomes
    asked = {"questions": [question_data(each) for each in questions(outcomes)]} if by_question else {}
    return {
        "schema_version": SCHEMA_VERSION,
        "passed": checked.passed,
        "summary": {
            "files": len(outcomes),
            "files_passed": sum(outcome.passed for outcome in outcomes),
            "files_unreadable": sum(outcome.error is not None for outcome in outcomes),
            "claims": len(checked),
            "claims_passed": sum(verdict.passed for verdict in checked),
        },
        "files": [_file_data(outcome) for outcome in outcomes],
        **asked,
    }


def _file_data(outcome: Outcome) -> dict[str, Any]:
    table = outcome.table
    return {
        "path": outcome.path,
        "passed": outcome.passed,
        "source": table.source if table else "",
        "networks": [network.title for network in table.networks] if table else [],
        "problems": [str(problem) for problem in outcome.error.problems] if outcome.error else [],
        "notes": [in_one_line(note) for note in (*outcome.unread, *outcome.notes)],
        "answers": len(outcome.answers),
        "answers_right": outcome.answers.count("match"),
        "answers_consistent": outcome.answers.count("consistent"),
        "claims": [_verdict_data(verdict) for verdict in outcome.verdicts],
    }


def _verdict_data(verdict: Verdict) -> dict[str, Any]:
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


# JUnit ------------------------------------------------------------------------------------------


def _junit(outcomes: Iterable[Outcome]) -> str:
    """A suite a file and a test case a claim, as continuous integration reads it."""
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    root = Element("testsuites", name="cnncalc check")
    for outcome in outcomes:
        failures, errors = outcome.count("mismatch", "consistent", "unexpected match"), outcome.count("error")
        broken = outcome.error is not None
        counts = {"tests": len(outcome.verdicts) + broken, "failures": failures, "errors": errors + broken}
        texts = {key: str(count) for key, count in counts.items()}
        suite = SubElement(root, "testsuite", {"name": outcome.path, **texts})
        if outcome.error is not None:
            case = SubElement(suite, "testcase", classname=outcome.path, name="the file can be read")
            message = outcome.error.problems[0].message if outcome.error.problems else "unreadable"
            SubElement(case, "error", message=message).text = str(outcome.error)
        for verdict in outcome.verdicts:
            network = verdict.claim.network.title if verdict.claim.network else ""
            case = SubElement(suite, "testcase", classname=network, name=verdict.claim.title)
            if not verdict.passed:
                kind = "error" if verdict.status == "error" else "failure"
                SubElement(case, kind, message=headline(verdict)).text = _whole(verdict)
        if notes := (*outcome.unread, *outcome.notes):
            SubElement(suite, "system-out").text = "\n".join(map(in_one_line, notes))
    indent(root, " ")
    return "<?xml version='1.0' encoding='utf-8'?>\n" + str(tostring(root, encoding="unicode")) + "\n"


def headline(verdict: Verdict) -> str:
    """A claim that did not pass in one line: `conv1_1 params: it is 1,792, not 1,728`."""
    return f"{verdict.claim.title}: {finding(verdict)}"


def finding(verdict: Verdict) -> str:
    """What is wrong with a claim, in a few words: `it is 1,792, not 1,728`."""
    printed = verdict.claim.printed
    if verdict.status == "unexpected match":
        return f"it is {printed}: {verdict.message}"
    if verdict.status == "error":
        return f"it cannot be checked: {verdict.message}"
    exact = exact_text(verdict.exact, verdict.claim)
    return f"it is {exact}, not {printed}" if exact else f"it is not {printed}"


def _whole(verdict: Verdict) -> str:
    """All that there is to say about a wrong claim: its place, what it should be, what explains it."""
    message = verdict.message if verdict.status in ("mismatch", "consistent") else ""
    lines = [f"{verdict.claim.span or ''}", headline(verdict), message, *verdict.diagnoses]
    return "\n".join(text for text in lines if text)
