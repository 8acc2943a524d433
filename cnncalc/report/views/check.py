"""Checked files -> verdicts, what is wrong first and what explains it; as data for graders, JUnit XML, and grades."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from cnncalc.check.claim import Claim, Verdict
from cnncalc.check.grading import Checked, Outcome
from cnncalc.check.questions import QuestionResult, questions
from cnncalc.errors import Problem, SpecError, printable
from cnncalc.layers import Shape
from cnncalc.report import numbers
from cnncalc.report.csv import harmless
from cnncalc.report.document import Blank, Block, Column, Line, Note, Row, Table, Text, document, line
from cnncalc.report.json import raw
from cnncalc.report.report import Options, Report
from cnncalc.symbolic import is_known, written

SCHEMA_VERSION = 1
WORDS = {
    "match": ("match", "matches"),
    "erratum": ("erratum", "errata"),
    "consistent": ("consistent", "consistent"),
    "mismatch": ("mismatch", "mismatches"),
    "unexpected match": ("unexpected match", "unexpected matches"),
    "error": ("error", "errors"),
}
ROLES = {"match": "right", "erratum": "warning", "consistent": "warning"}
"""How a verdict is drawn; all others are wrong."""
COLUMNS = (
    Column("layer"),
    Column("quantity"),
    Column("claimed", right=True),
    Column("exact", right=True),
    Column("verdict"),
)
WIDEST = 60
"""Characters of a cell; what a person claims is seldom longer, and a hostile file must not fill the screen."""
MOST_SAID = 200
"""Characters of a reason that stands in one line."""
MOST_WRONG = 100
GRADES = ("file", "network", "claims", "right", "consistent", "wrong", "score", "problem")
EXTRA = ("brief", "summary", "out_of", "follow_through", "by_question", "grading")
"""Options that it alone has."""


def report(checked: Checked, options: Options) -> Report:
    """The verdicts. Of several files, and with `brief`, only those that are wrong are drawn, with a summary.

    Options of its own: `brief`; `summary`, whether there is one ("only" for nothing else); `out_of`, the number
    of questions that grades are a share of; `follow_through`, what a consistent answer counts of a right one;
    `by_question`, what became of every question in all files; `grading`, whether they are answers, of which a file
    that cannot be read is one line.
    """
    return Report(
        lambda: document("checked numbers", _blocks(checked, options)),
        lambda: _data(checked, by_question=options.extra.get("by_question", False)),
        lambda: _grades(checked, options.extra.get("out_of"), options.extra.get("follow_through", 1)),
        {"junit": lambda: iter([_junit(checked.outcomes)])},
    )


# Verdicts ---------------------------------------------------------------------------------------


def _blocks(checked: Checked, options: Options) -> Iterator[Block]:
    several = len(checked.outcomes) > 1
    summary = options.extra.get("summary", several)
    for outcome in checked.outcomes if summary != "only" else ():
        brief = options.extra.get("brief", several)
        if outcome.error is not None and brief and options.extra.get("grading"):
            yield Text((line((_refusal(outcome.path, outcome.error), "bad")),))
        else:
            yield from _file(outcome, brief=brief)
    if summary:
        good = sum(outcome.passed for outcome in checked.outcomes)
        broken = sum(outcome.error is not None for outcome in checked.outcomes)
        parts = [f"{good:,} of {len(checked.outcomes):,} files passed", _counted(checked.verdicts)]
        text = "; ".join(parts[:1] + [f"{broken:,} cannot be checked"] * (broken > 0) + parts[1:])
        yield Text((line((text, "good" if checked.passed else "bad")),))
    if options.extra.get("by_question") and summary:
        yield _by_question(questions(checked.outcomes))


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
        yield _table(shown, several=outcome.table is not None and len(outcome.table.networks) > 1)
    if len(wrong) > MOST_WRONG:
        yield Note("warning", f"... and {len(wrong) - MOST_WRONG} more that are wrong (--format json lists them all)")


def _refusal(path: str, error: SpecError) -> str:
    """Why a file cannot be checked, and how to mend it, in one line; of several reasons the first."""
    first, *others = error.problems
    what = _cut(first.message.replace(f"'{path}'", "it", 1), MOST_SAID)
    more = f"; and {len(others)} more problem{'s' * (len(others) > 1)}" if others else ""
    return f"{first.span or path}: cannot be checked: {what}{_mended(first)}{more}"


def _mended(problem: Problem) -> str:
    return f" ({problem.hint})" if problem.hint else ""


def _table(verdicts: Iterable[Verdict], several: bool) -> Table:
    """A row for every verdict, each with its explanation below it."""
    columns = (Column("network"), *COLUMNS) if several else COLUMNS
    return Table(columns, tuple(Row(_cells(verdict, several), "", tuple(_below(verdict))) for verdict in verdicts))


def _cells(verdict: Verdict, several: bool) -> tuple[Line, ...]:
    claim = verdict.claim
    network = (claim.network.title if claim.network else "",) if several else ()
    values = (str(claim.printed), exact_text(verdict.exact, claim))
    texts = map(_cut, (*network, claim.layer or "total", claim.quantity, *values))
    return (*map(line, texts), line((verdict.status, ROLES.get(verdict.status, "bad"))))


def _by_question(found: Sequence[QuestionResult]) -> Table:
    """A row for every question, the reason of its commonest wrong number below it."""
    several = len({each.claim.network for each in found}) > 1
    titles = ("exact", "answers", "right", "consistent", "commonest slip", "times")
    columns = (*COLUMNS[:2], *(Column(title, right=True) for title in titles))
    rows = []
    for each in found:
        claim, share = each.claim, f"{each.share:.0f} %"
        where = claim.full_title.removesuffix(f" {claim.quantity}") if several else claim.layer or "total"
        exact = exact_text(each.example.exact, claim)
        counts = (str(each.answers), share, str(each.consistent), each.commonest, str(each.times or ""))
        below = (line((each.reason, "wrong")),) if each.reason else ()
        rows.append(Row(tuple(map(line, map(_cut, (where, claim.quantity, exact, *counts)))), "", below))
    return Table(columns, tuple(rows))


def _cut(text: str, most: int = WIDEST) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _below(verdict: Verdict) -> Iterator[Line]:
    """What there is to say about a verdict: the mistake that explains it, the reason of an erratum."""
    claim = verdict.claim
    texts = [verdict.message] if verdict.message else []
    if verdict.status == "erratum" and claim.correct is not None:
        texts[-1] += f"; it should be {claim.correct}"
    texts += [text if number == 0 else f"or {text}" for number, text in enumerate(verdict.diagnoses)]
    if claim.span and not verdict.passed:
        texts = [": ".join((str(claim.span), *texts[:1])), *texts[1:]]
    for text in texts:
        role = "warning" if verdict.status == "consistent" else "wrong"
        yield line((text, "" if verdict.passed else role))


def exact_text(value: Any, claim: Claim) -> str:
    """An exact value in the way people read it: commas, sizes joined by x, a share in percent."""
    if value is None:
        return ""
    if isinstance(value, Shape | str):
        return str(value)
    if isinstance(value, tuple):
        return numbers.per_axis_text(value) if value else ""
    if claim.printed.share:
        return f"{float(100 * value):.3f} %"
    if isinstance(value, Fraction) and claim.against is not None:
        return f"{float(value):.4f}"
    return numbers.exact(value) if is_known(value) else written(value)


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
    asked = {"questions": [_question_data(each) for each in questions(outcomes)]} if by_question else {}
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


def _question_data(found: QuestionResult) -> dict[str, Any]:
    claim = found.claim
    return {
        "network": claim.network.title if claim.network else "",
        "layer": claim.layer,
        "quantity": claim.quantity,
        "exact": _plain(found.example.exact),
        "answers": found.answers,
        "answers_right": found.right,
        "answers_consistent": found.consistent,
        "commonest_slip": found.commonest,
        "times": found.times,
        "reason": found.reason,
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
        "exact": _plain(verdict.exact),
        "status": verdict.status,
        "passed": verdict.passed,
        "diagnoses": list(verdict.diagnoses),
        "message": verdict.message,
        "erratum": claim.erratum,
        "source": claim.source,
        "place": str(claim.span) if claim.span else "",
    }


def _plain(value: Any) -> Any:
    """An exact value as JSON holds it: an integer, or text for shapes, lengths, fractions and formulas."""
    if isinstance(value, Shape | Fraction | str):
        return str(value)
    if isinstance(value, tuple):
        return numbers.per_axis_text(value) if value else None
    return raw(value)


def in_one_line(problem: Problem) -> str:
    """A problem with its place, in one line."""
    return f"{problem.span}: {problem.message}" if problem.span else problem.message


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


# Grades -----------------------------------------------------------------------------------------


def _grades(checked: Checked, out_of: int | None, follow_through: float) -> Iterator[Sequence[Any]]:
    """A row a file: its answers, how many are right, right from wrong ones, or wrong, and the score in percent.

    All numbers for one quantity of a layer are one answer, which is right if all of them are. A consistent answer
    counts `follow_through` of a right one. With `out_of`, the score is of so many questions, answered or not; a note
    says if more are answered.
    """
    yield GRADES
    for outcome in checked.outcomes:
        cells = _grade(outcome, out_of, follow_through)
        yield [harmless(printable(cell)) if isinstance(cell, str) else cell for cell in cells]


def _grade(outcome: Outcome, out_of: int | None, follow_through: float) -> tuple[str | float, ...]:
    answers = outcome.answers
    claims, counts = len(answers), [answers.count(each) for each in ("match", "consistent", "mismatch")]
    score = round(outcome.score(out_of, follow_through), 1)
    network = outcome.table.networks[0].title if outcome.table and outcome.table.networks else ""
    error = [in_one_line(each) + _mended(each) for each in outcome.error.problems[:1]] if outcome.error else []
    more = [f"{claims} questions are answered instead of {out_of}"] if out_of and claims > out_of else []
    problem = "; ".join([*error, *map(in_one_line, (*outcome.unread, *outcome.notes)), *more])
    return (outcome.path, network, claims, *counts, score, problem)
