"""`cnncalc check FILE...`: tables of numbers and sheets of answers, judged claim by claim."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from cnncalc.cli.options import complete_networks, report_options, setup_options
from cnncalc.cli.output import Page, emit, write_whole
from cnncalc.cli.progress import Advance, progress

if TYPE_CHECKING:
    from cnncalc.check.context import Overrides
    from cnncalc.check.grading import Checked, Outcome

MANY = 20
"""With so many files or more, progress is shown."""
ENDINGS = (
    *(".yaml", ".yml", ".csv", ".tsv", ".txt", ".md", ".markdown", ".tex", ".xlsx", ".ipynb", ".html", ".htm", ".json"),
)
PAGE = ".html"
"""What the name of a page of feedback ends in, behind that of its file."""
EPILOG = """
\b
Examples:
  cnncalc check answers.yaml                         one sheet, with the mistakes in it
  cnncalc check answers.csv --network vgg16          a spreadsheet: layer,output,params
  cnncalc check answers/ --network lenet --grades grades.csv
  cnncalc check answers/ --network lenet --by-question --feedback pages/
  cnncalc check --published                          the tables that come with cnncalc
  cnncalc check tables/*.cnn.yaml --format junit > report.xml

\b
A table:
  network: vgg16                  a name, a path, slide notation; or `spec:` with a whole spec
  bias: false                     also flops, dtype, optimizer, batch, thousand (1024), zeros (blank), layout (chw)
  claims:
    conv1_1: {output: 224x224x64, params: (3*3*3)*64 = 1,728, activations: 3.2M}
    pool5: 7x7x512
    total: {params: 138M}
"""


@click.command("check", short_help="Check the numbers of answers and tables; explain wrong ones.", epilog=EPILOG)
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path())
@click.option("--published", is_flag=True, help="Check the tables of published numbers that come with cnncalc.")
@click.option(
    "-n",
    "--network",
    metavar="SPEC",
    default="",
    shell_complete=complete_networks,
    help="The network that the files are about; what they say about it is then ignored.",
)
@setup_options("input", "settings", "batch", "counting")
@click.option("--thousand", type=click.Choice(["1000", "1024"]), help="What K stands for in the files (default 1000).")
@click.option(
    "--zeros",
    type=click.Choice(["count", "blank"]),
    help="Whether trailing zeros before K, M or G are significant (default count: they are).",
)
@click.option(
    "--layout",
    type=click.Choice(["hwc", "chw"]),
    help="The order of the shapes in the files: height x width x channels (hwc), or chw as PyTorch prints them. "
    "Without it chw is found out where all shapes are right that way.",
)
@click.option(
    "-g",
    "--grades",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Also write a table of grades to this file: CSV, or Excel if it ends in .xlsx.",
)
@click.option("--by-question", is_flag=True, help="Also print what became of every question, and its commonest slip.")
@click.option(
    "--feedback",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    help="Also write an HTML page for each file to this folder, to be handed back.",
)
@click.option(
    "--out-of",
    metavar="N",
    type=click.IntRange(1),
    help="Grade the right answers as a share of N questions, or of all answers if there are more.",
)
@click.option(
    "--follow-through",
    metavar="WEIGHT",
    type=click.FloatRange(0, 1),
    default=1.0,
    help="What an answer counts in the grades that is right from a wrong one: 0 to 1 (default 1, as a right one).",
)
@click.option("-q", "--quiet", is_flag=True, help="Print only what is wrong.")
@report_options(own=("junit",), csv=True)
def command(
    files: tuple[str, ...],
    published: bool,
    network: str,
    asked: dict[str, Any],
    thousand: str | None,
    zeros: str | None,
    layout: str | None,
    grades: str | None,
    by_question: bool,
    feedback: str | None,
    out_of: int | None,
    follow_through: float,
    quiet: bool,
    page: Page,
) -> None:
    """Check the numbers in FILEs against the networks that they are about.

    A FILE is a table in YAML, CSV with a header (layer,output,params,...), Markdown, HTML or LaTeX, an
    Excel file, a notebook, or a summary of Keras; `-` is standard input, and a folder stands for
    the tables in it. A number is right if the exact value, rounded or truncated to the printed digits,
    is the printed number. A wrong number is consistent if it is right from other numbers of the
    same FILE, of which one is wrong. The exit status is 0 if all numbers
    are right and all errata are wrong, else 1. Unreadable files are reported and skipped.

    With --network, --grades, --out-of or --format csv the files are answers to be graded: an
    erratum in them does not count, each question counts once, however often it is answered, and
    an empty answer is not an answer.
    """
    from cnncalc.check.grading import Checked, check_files
    from cnncalc.check.published import published_tables

    paths = [*(published_tables() if published else ()), *_opened(files)]
    if not paths:
        raise click.UsageError("the folders contain no tables" if files else "name a FILE, or use --published")
    if grades == "-":
        raise click.UsageError("--grades names a file; --format csv prints the grades to standard output")
    own = {"out_of": out_of, "follow_through": follow_through, "brief": len(paths) > 1 or quiet}
    own |= {"by_question": by_question} | ({"summary": True} if by_question else {})
    page = page._replace(options=page.options._replace(extra=own))
    grading = not published and (page.form == "csv" or any((network, grades, out_of, by_question, feedback)))
    overrides = _overrides(network, {**asked, "thousand": thousand, "zeros": zeros, "layout": layout}, grading)
    outcomes = check_files(paths, overrides, diagnosed=page.form != "csv" or feedback is not None)
    with progress("files", len(paths), shown=False, after="nothing was graded past that") as advance:
        found = Checked(tuple(_shown(_with_progress(outcomes, len(paths), quiet, advance), page, quiet)))
    if grades:
        _write_grades(grades, found, page)
    if feedback:
        _write_pages(feedback, found, page)
    if not page.on_terminal:
        emit(found, page, passed=found.passed)
    elif (len(paths) > 1 and not quiet) or by_question:
        emit(found, _with(page, summary="only"), passed=found.passed)
    elif not found.passed:
        raise click.exceptions.Exit(1)


def _write_grades(path: str, found: Checked, page: Page) -> None:
    """The table of grades, in the format that the name of the file tells."""
    from cnncalc.report import csv, xlsx
    from cnncalc.report.formats import report_of

    report = report_of(found, page.options)
    if path.lower().endswith(".xlsx"):
        assert report.rows is not None
        write_whole(path, xlsx.workbook(report.rows(), "grades"))
    else:
        write_whole(path, csv.render(report, page.options))


def _write_pages(folder: str, found: Checked, page: Page) -> None:
    """An HTML page for each file, named after it: all that was answered, the wrong first."""
    from cnncalc.check.grading import Checked
    from cnncalc.report import html
    from cnncalc.report.formats import report_of

    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"cannot make the folder '{folder}': {error.strerror}") from None
    paths = [outcome.path for outcome in found.outcomes]
    names = [os.path.basename(path) for path in paths]
    options = _with(page, brief=False, by_question=False, summary=False).options._replace(standalone=True)
    for path, name, outcome in zip(paths, names, found.outcomes, strict=True):
        only = names.count(name) == 1
        page_name = name if only else os.path.relpath(path).replace("..", "").strip(os.sep).replace(os.sep, "_")
        write_whole(
            os.path.join(folder, f"{page_name}{PAGE}"), html.render(report_of(Checked((outcome,)), options), options)
        )


def _overrides(network: str, asked: dict[str, Any], grading: bool) -> Overrides:
    """What the options set instead of the files; an unknown network is wrong usage."""
    from cnncalc.check.context import overrides
    from cnncalc.setup import usage

    with usage():
        found = overrides(network, asked.pop("input", None), asked, grading=grading)
        if network:
            found.network.graph()
    return found


def _opened(files: Iterable[str]) -> Iterator[str]:
    """The files, with the tables in a folder instead of the folder."""
    for path in files:
        if os.path.isdir(path):
            names = sorted(os.listdir(path))
            yield from (os.path.join(path, name) for name in names if _is_table(name.lower()))
        else:
            yield path


def _is_table(name: str) -> bool:
    """Whether a file in a folder is a table by its name; ada.csv.html is a page that --feedback wrote."""
    is_page = name.endswith(PAGE) and name.removesuffix(PAGE).endswith(ENDINGS)
    return name.endswith(ENDINGS) and not is_page


def _shown(outcomes: Iterable[Outcome], page: Page, quiet: bool) -> Iterator[Outcome]:
    """The outcomes; on a terminal each is printed as soon as it is known."""
    from cnncalc.check.grading import Checked

    for outcome in outcomes:
        if page.on_terminal and not (quiet and outcome.passed):
            emit(Checked((outcome,)), _with(page, summary=False))
        yield outcome


def _with(page: Page, **extra: Any) -> Page:
    return page._replace(options=page.options._replace(extra={**page.options.extra, **extra}))


def _with_progress(outcomes: Iterable[Outcome], total: int, quiet: bool, advance: Advance) -> Iterator[Outcome]:
    """The outcomes as they come; for many files, progress goes to standard error (if `quiet`, only to a terminal)."""
    terminal = sys.stderr is not None and sys.stderr.isatty()
    silent = total < MANY or (quiet and not terminal)
    step = 1 if terminal else -(-total // 10)
    for number, outcome in enumerate(outcomes, 1):
        advance(1)
        if not silent and (number % step == 0 or number == total):
            end = "\r" if terminal and number < total else "\n"
            click.echo(f"checked {number:,} of {total:,} files{end}", nl=False, err=True)
        yield outcome
