"""`cnncalc quiz`: questions to answer at the prompt, or a sheet of them with the key to it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from cnncalc import api
from cnncalc.cli.options import report_options
from cnncalc.cli.output import Page, emit, write_whole
from cnncalc.quiz.recipes import LEVELS

if TYPE_CHECKING:
    from cnncalc.quiz.marking import Session
    from cnncalc.quiz.sheet import Question, Sheet

SHOW = "?"
HOW_TO = (
    "Answer as on paper: 28x28x6, 34,944, 35K, 7*7*512 = 25,088.\n"
    "You may try again after a wrong answer; ? shows the working, Enter alone skips the question, Ctrl-D ends."
)
LEVEL_LINES = "\n".join(f"  {level}  {what}" for level, what in LEVELS.items())
EPILOG = f"""
\b
Levels:
{LEVEL_LINES}
\b
Examples:
  cnncalc quiz                                   five questions at the prompt
  cnncalc quiz --level 4 --count 10              ten inverse questions
  cnncalc quiz --level 1 --level 2 --seed 7      the same questions every time
  cnncalc quiz --seed 7 --sheet > sheet.md       a sheet to print
  cnncalc quiz --seed 7 --sheet --format latex --standalone -o sheet.tex --key key.cnn.yaml
  cnncalc check key.cnn.yaml                     check the key
  cnncalc quiz --seed 7 --answers anna.yaml      mark a file with lines such as '3: 28x28x6'
  cnncalc quiz --seed 7 --answers answers/       mark the files of a class
"""


@click.command("quiz", short_help="Questions to answer; wrong answers are explained.", epilog=EPILOG)
@click.option("--seed", type=click.IntRange(0, 10**9), metavar="N", help="Number of the sheet (default: a new sheet).")
@click.option(
    "-l", "--level", "levels", type=click.IntRange(min(LEVELS), max(LEVELS)), multiple=True, default=(1,),
    show_default=True, metavar="N", help="Level of the questions, see below; may be repeated.",
)  # fmt: skip
@click.option("-n", "--count", type=click.IntRange(1), default=5, show_default=True, metavar="N",
              help="How many questions.")  # fmt: skip
@click.option("--sheet", "printed", is_flag=True, help="Print the questions (text is Markdown) instead of asking them.")
@click.option("--key", type=click.Path(dir_okay=False), metavar="FILE",
              help="Write the answers, with their workings, to a table file for cnncalc check.")  # fmt: skip
@click.option("--answers", type=click.Path(), metavar="FILE",
              help="Mark a file of answers (YAML, CSV, numbered lines), or all in a folder; exit status 0 if all are "
                   "right.")  # fmt: skip
@report_options(csv=True)
def command(
    seed: int | None,
    levels: tuple[int, ...],
    count: int,
    printed: bool,
    key: str | None,
    answers: str | None,
    page: Page,
) -> None:
    """Ask questions about layers and networks, and explain which mistake leads to a wrong answer.

    Every question has one answer, which can be found with pen and paper. You may try again after a
    wrong answer. The same seed, levels and count give the same questions on every machine.
    """
    if printed and answers:
        raise click.UsageError("--sheet and --answers cannot be used together")
    if answers and seed is None:
        raise click.UsageError("--answers are the answers to a sheet: give its --seed, --level and --count")
    if page != Page() and not (printed or answers):
        raise click.UsageError("--format and --output are for --sheet and --answers")
    sheet = api.quiz(seed=_new_seed() if seed is None else seed, level=levels, count=count)
    if key:
        write_whole(key, [sheet.render("key")])
    if printed:
        emit(sheet, page._replace(form="markdown") if page.form == "text" else page)
    elif answers:
        _mark_file(sheet, answers, page)
    elif not key:
        again = " ".join(f"--level {level}" for level in sheet.levels)
        _ask(sheet, f"cnncalc quiz --seed {sheet.seed} {again} --count {count}")


def _new_seed() -> int:
    from secrets import randbelow

    return randbelow(10_000)


def _mark_file(sheet: Sheet, path: str, page: Page) -> None:
    """The marks of a file, or of all in a folder; what in a file answers no question is said on standard error."""
    if os.path.isdir(path):
        from cnncalc.check.collecting import files_in
        from cnncalc.quiz.marked_class import mark_class

        paths = files_in([path], everything=True, apart=[page.output] if page.output else [])
        of_class = mark_class(sheet, paths)
        emit(of_class, page, passed=of_class.right)
        return
    found = api.mark(sheet, path)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    emit(found, page, passed=found.right == len(sheet))


# At the prompt ----------------------------------------------------------------------------------


def _ask(sheet: Sheet, again: str) -> None:
    """Ask one question after the other; the end of the input ends politely, with the score."""
    from cnncalc.quiz.marking import Session
    from cnncalc.report.views.quiz import agreed

    if sys.stdin is None:
        raise click.UsageError("there is no standard input to answer from; --sheet prints the questions")
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")  # what is not text is an answer like any other
    session = Session(sheet)
    click.secho(sheet.title, bold=True)
    click.echo("\n".join([*agreed(sheet), "", HOW_TO]))
    try:
        for number, question in enumerate(sheet, start=1):
            click.echo(f"\n{click.style(f'{number}/{len(sheet)}', bold=True)}  {question.text}")
            _ask_one(session, question)
    except (click.Abort, KeyboardInterrupt):
        click.echo()
    click.echo(f"\n{session.score()}")
    click.secho(f"the same questions again: {again}", dim=True)


def _ask_one(session: Session, question: Question) -> None:
    """Ask until the answer is right, shown or skipped."""
    from cnncalc.report.views.quiz import working

    label = f"{question.unknown} =" if question.unknown else "answer:"
    while True:
        text: str = click.prompt(label, prompt_suffix=" ", default="", show_default=False)
        if text.strip() == SHOW:
            session.shown()
            click.echo("\n".join(f"  {line}" for line in working(question)))
            click.echo(f"  the answer is {question.answer}")
            return
        if not text.strip():
            session.skipped()
            click.echo("  skipped")
            return
        found = session.answered(question, text)
        colour = "green" if found.right else "red" if found.readable else "yellow"
        click.secho(f"  {found.verdict}", fg=colour)
        click.echo("".join(f"  * {remark}\n" for remark in found.remarks), nl=False)
        if found.right:
            return
