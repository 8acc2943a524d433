"""`cnncalc check FILE...`: tables of numbers and sheets of answers, judged claim by claim."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cnncalc.cli.options import complete_networks, report_options, setup_options
from cnncalc.cli.output import Page, emit
from cnncalc.cli.progress import progress

if TYPE_CHECKING:
    from cnncalc.check.context import Overrides
    from cnncalc.check.grading import Outcome
    from cnncalc.check.key import Key

MANY = 20
"""With so many files or more, progress is shown."""
ERASED = "\r\x1b[K"
"""What erases the line that a terminal is in."""
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
@click.option(
    "-k",
    "--key",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="A table with the right answers: it sets the network and the exercises, and only what is in it counts.",
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
def command(files: tuple[str, ...], network: str, asked: dict[str, Any], page: Page, **options: Any) -> None:
    """Check the numbers in FILEs against the networks that they are about.

    A FILE is a table in YAML, CSV with a header (layer,output,params,...), Markdown, HTML or LaTeX, an
    Excel file, a notebook, or a summary of Keras; `-` is standard input, and a folder stands for
    the tables in it and in its subfolders. A number is right if the exact value, rounded or truncated
    to the printed digits, is the printed number. A wrong number is consistent if it is right from other
    numbers of the same FILE, of which one is wrong. The exit status is 0 if all numbers
    are right and all errata are wrong, else 1. Unreadable files are reported and skipped.

    With --network, --key, --grades, --out-of or --format csv the files are answers to be graded: an
    erratum in them does not count, each question counts once, however often it is answered, an
    empty answer is not an answer, and each file in a folder is a sheet, whatever it is.
    """
    asked |= {key: options.pop(key) for key in ("thousand", "zeros", "layout")}
    wanted = Wanted(**options)
    if wanted.grades == "-":
        raise click.UsageError("--grades names a file; --format csv prints the grades to standard output")
    grading = not wanted.published and (page.form == "csv" or bool(network) or wanted.of_a_class)
    paths = _paths(files, wanted, page, grading)
    own = {"out_of": wanted.out_of, "follow_through": wanted.follow_through, "by_question": wanted.by_question}
    own |= {"brief": len(paths) > 1 or wanted.quiet, "grading": grading}
    page = page.with_(**own, **({"summary": True} if wanted.by_question else {}))
    _check(paths, _key(wanted.key, _overrides(network, asked, grading)), wanted, page)


class Wanted(NamedTuple):
    """What is checked and made besides the verdicts, by the names of the options."""

    published: bool
    key: str | None
    grades: str | None
    by_question: bool
    feedback: str | None
    out_of: int | None
    follow_through: float
    quiet: bool

    @property
    def of_a_class(self) -> bool:
        """Whether something is wanted that only answers have."""
        return any((self.key, self.grades, self.feedback, self.out_of, self.by_question))


def _paths(files: tuple[str, ...], wanted: Wanted, page: Page, grading: bool) -> list[str]:
    """The files to check; those that the command writes itself are none of them."""
    from cnncalc.check.collecting import files_in
    from cnncalc.check.published import published_tables

    own = [path for path in (wanted.grades, wanted.feedback, wanted.key, page.output) if path]
    paths = [
        *(published_tables() if wanted.published else ()),
        *files_in(files, everything=grading, apart=own),
    ]
    if not paths:
        raise click.UsageError("the folders contain no tables" if files else "name a FILE, or use --published")
    return paths


def _overrides(network: str, asked: dict[str, Any], grading: bool) -> Overrides:
    """What the options set instead of the files; an unknown network is wrong usage."""
    from cnncalc.check.context import overrides
    from cnncalc.setup import usage

    with usage():
        found = overrides(network, asked.pop("input", None), asked, grading=grading)
        if network:
            found.network.graph()
    return found


def _key(path: str | None, overrides: Overrides) -> Key:
    """What is asked: what the options set, and what the key does."""
    from cnncalc.check.key import Key, read_key
    from cnncalc.setup import usage

    with usage():
        return read_key(path, overrides) if path else Key(overrides)


def _check(paths: list[str], key: Key, wanted: Wanted, page: Page) -> None:
    """Check the files, write what is wanted, and print the rest."""
    from cnncalc.check.grading import Checked, check_files
    from cnncalc.cli.handing_back import write_grades, write_pages

    diagnosed = page.form != "csv" or wanted.feedback is not None
    outcomes = check_files(paths, key.overrides, asked=key.asked, diagnosed=diagnosed)
    found = Checked(tuple(_shown(outcomes, len(paths), page, wanted.quiet)))
    if wanted.grades:
        write_grades(wanted.grades, found, page)
    if wanted.feedback:
        write_pages(wanted.feedback, found, page)
    if not page.on_terminal:
        emit(found, page, passed=found.passed)
    elif (len(paths) > 1 and not wanted.quiet) or wanted.by_question:
        emit(found, page.with_(summary="only"), passed=found.passed)
    elif not found.passed:
        raise click.exceptions.Exit(1)


def _shown(outcomes: Iterator[Outcome], total: int, page: Page, quiet: bool) -> Iterator[Outcome]:
    """The outcomes; as text each is printed as soon as it is known. On a terminal a line says how far it is."""
    from cnncalc.check.grading import Checked

    counting = total >= MANY and _is_terminal()
    with progress("files", total, shown=False, after="nothing was graded past that") as advance:
        for number, outcome in enumerate(outcomes, 1):
            advance(1)
            if counting:
                click.echo(ERASED, nl=False, err=True)
            if page.on_terminal and not (quiet and outcome.passed):
                emit(Checked((outcome,)), page.with_(summary=False))
            if counting and number < total:
                click.echo(f"checked {number:,} of {total:,} files", nl=False, err=True)
            yield outcome


def _is_terminal() -> bool:
    """Whether a person sees standard error."""
    return sys.stderr is not None and sys.stderr.isatty()
