"""`cnncalc check FILE...`: tables of numbers and sheets of answers, judged claim by claim."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import TYPE_CHECKING, Any

import click

from cnncalc.analysis import DTYPES, FLOPS
from cnncalc.cli.options import complete_conventions, complete_networks, wrong_usage

if TYPE_CHECKING:
    from cnncalc.check.context import Overrides
    from cnncalc.check.grading import Outcome

MANY = 20
"""Files from which on progress is told."""
ENDINGS = (".yaml", ".yml", ".csv", ".tsv")
EPILOG = """
\b
Examples:
  cnncalc check answers.yaml                         one sheet, with what went wrong
  cnncalc check answers.csv --network vgg16          a spreadsheet: layer,output,params
  cnncalc check answers/ --network lenet --grades grades.csv
  cnncalc check --published                          the tables that come with cnncalc
  cnncalc check tables/*.cnn.yaml --format junit > report.xml

\b
A table:
  network: vgg16                  a name, a path, slide notation; or `spec:` with a spec in place
  bias: false                     also flops, dtype, batch, thousand (1024), zeros (blank)
  claims:
    conv1_1: {output: 224x224x64, params: (3*3*3)*64 = 1,728, activations: 3.2M}
    pool5: 7x7x512
    total: {params: 138M}
"""

COUNTING = (
    click.option("--convention", metavar="NAME", shell_complete=complete_conventions, help="Count as that tool does."),
    click.option("--bias/--no-bias", default=None, help="Count biases as parameters, or weights alone."),
    click.option("--flops", type=click.Choice(list(FLOPS)), help="FLOPs as 2 x MACs, as MACs, or of all operations."),
    click.option("--dtype", type=click.Choice(list(DTYPES)), help="Type of a value."),
    click.option("-b", "--batch", metavar="N", help="Count for a batch of N images."),
    click.option("--thousand", type=click.Choice(["1000", "1024"]), help="What a K in the files stands for."),
    click.option("--zeros", type=click.Choice(["count", "blank"]), help="Whether the zeros before a K tell something."),
)
"""How the question is counted, by the keys that a table has for it."""


def counting_options(function: Callable[..., None]) -> Callable[..., None]:
    """Every key of a table that tells how it is counted, as an option."""
    return reduce(lambda inner, option: option(inner), reversed(COUNTING), function)


@click.command("check", short_help="Answers and published tables: what holds, and why not.", epilog=EPILOG)
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path())
@click.option("--published", is_flag=True, help="Check the tables of published numbers that come with cnncalc.")
@click.option(
    "-n",
    "--network",
    metavar="SPEC",
    default="",
    shell_complete=complete_networks,
    help="The network that the files are about; they have no say in the question then.",
)
@click.option("-i", "--input", "size", metavar="SIZE", default="", help="The input of that network.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="Set a parameter of its spec.")
@counting_options
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit", "csv"]),
    default="text",
    show_default=True,
    help="Verdicts as text, JSON or JUnit XML; csv is the table of grades.",
)
@click.option("-g", "--grades", metavar="CSV", type=click.Path(dir_okay=False), help="Write a table of grades as well.")
@click.option(
    "--out-of",
    metavar="N",
    type=click.IntRange(1),
    help="Grade the right answers as a share of N questions; of all that are answered, if those are more.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but what is wrong.")
def command(
    files: tuple[str, ...],
    published: bool,
    network: str,
    size: str,
    settings: tuple[str, ...],
    form: str,
    grades: str | None,
    out_of: int | None,
    quiet: bool,
    **counting: Any,
) -> None:
    """Check the numbers in FILEs against the networks that they are about.

    A FILE is a table in YAML, or CSV with a header (layer,output,params,...); a folder stands for
    the tables in it. A number holds if the exact value, rounded or truncated to the digits
    printed, is what is printed. The exit status is 0 if all numbers hold and all errata still
    are errata, else 1. A file that cannot be read is told, and does not stop the others; `-` is
    standard input.

    With --network, --grades, --out-of or --format csv the files are answers to be graded: an erratum
    in them does not count, a question counts once, however often it is answered, and what is left
    empty is no answer.
    """
    from cnncalc.check.grading import check_files
    from cnncalc.check.published import published_tables

    paths = [*(published_tables() if published else ()), *_opened(files)]
    if not paths:
        found = "no tables are in the folders named" if files else "name a FILE, or ask for --published"
        raise click.UsageError(found)
    if grades == "-":
        raise click.UsageError("the grades go to standard output with --format csv; --grades names a file")
    grading = not published and (form == "csv" or any((network, grades, out_of)))
    set_outside = _overrides(network, size, settings, counting, grading)
    outcomes = _with_progress(check_files(paths, set_outside, diagnosed=form != "csv"), len(paths), quiet)
    found_outcomes = _reported(outcomes, form, len(paths), out_of, quiet)
    if grades:
        _write_grades(grades, found_outcomes, out_of)
    if not all(outcome.passed for outcome in found_outcomes):
        raise click.exceptions.Exit(1)


def _overrides(
    network: str, size: str, settings: tuple[str, ...], counting: dict[str, Any], grading: bool
) -> Overrides:
    """What the options decide of the question; a network that there is not is wrong usage."""
    from cnncalc.check.context import overrides

    texts = {
        key: str(value).lower() if key == "bias" else value for key, value in counting.items() if value is not None
    }
    with wrong_usage():
        found = overrides(network, size, settings, texts, grading=grading)
        if network:
            found.network.graph()
    return found


def _opened(files: Iterable[str]) -> Iterator[str]:
    """The files, with the tables of a folder in its place."""
    for path in files:
        if os.path.isdir(path):
            names = sorted(os.listdir(path))
            yield from (os.path.join(path, name) for name in names if name.lower().endswith(ENDINGS))
        else:
            yield path


def _with_progress(outcomes: Iterable[Outcome], total: int, quiet: bool) -> Iterator[Outcome]:
    """The outcomes as they come; for many files, how far it is goes to standard error, `quiet` or not on a terminal."""
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if total < MANY or (quiet and not terminal):
        yield from outcomes
        return
    step = 1 if terminal else -(-total // 10)
    for number, outcome in enumerate(outcomes, 1):
        if number % step == 0 or number == total:
            end = "\r" if terminal and number < total else "\n"
            click.echo(f"checked {number:,} of {total:,} files{end}", nl=False, err=True)
        yield outcome


def _reported(outcomes: Iterable[Outcome], form: str, total: int, out_of: int | None, quiet: bool) -> list[Outcome]:
    """All outcomes, each printed as soon as it is there where the form allows it."""
    if form == "text":
        return _as_text(outcomes, total, quiet)
    from cnncalc.report.check_data import to_grades, to_json, to_junit

    found = list(outcomes)
    if form == "csv":
        click.echo(to_grades(found, out_of), nl=False)
    else:
        click.echo(to_json(found) if form == "json" else to_junit(found), nl=False)
    return found


def _as_text(outcomes: Iterable[Outcome], total: int, quiet: bool) -> list[Outcome]:
    from rich.console import Console

    from cnncalc.report.check import render, render_summary

    console, found = Console(), []
    for outcome in outcomes:
        render(outcome, console, brief=total > 1, quiet=quiet)
        found.append(outcome)
    if total > 1 and not quiet:
        render_summary(found, console)
    return found


def _write_grades(path: str, outcomes: list[Outcome], out_of: int | None) -> None:
    from cnncalc.report.check_data import to_grades

    try:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(to_grades(outcomes, out_of))
    except OSError as error:
        raise click.UsageError(f"cannot write '{path}': {error.strerror}") from None
