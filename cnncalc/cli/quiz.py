"""`cnncalc quiz`: questions to answer at the prompt, or a sheet of them with the key to it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cnncalc.cli.options import wrong_usage
from cnncalc.quiz.recipes import LEVELS

if TYPE_CHECKING:
    from cnncalc.quiz.marking import Session
    from cnncalc.quiz.sheet import Question

SHOW = "?"
HOW_TO = (
    "Answer as on paper: 28x28x6, 34,944, 35K, 7*7*512 = 25,088.\n"
    "A wrong answer may be tried again; ? shows the working, Enter alone skips the question, Ctrl-D ends."
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
  cnncalc quiz --seed 7 --sheet --format latex --key key.cnn.yaml > sheet.tex
  cnncalc check key.cnn.yaml                     the key holds
  cnncalc quiz --seed 7 --answers anna.yaml      mark what was filled in: lines such as '3: 28x28x6'
"""


@click.command("quiz", short_help="Questions to answer; mistakes are told.", epilog=EPILOG)
@click.option("--seed", type=click.IntRange(0, 10**9), metavar="N", help="Number of the sheet; without, a new one.")
@click.option(
    "-l", "--level", "levels", type=click.IntRange(min(LEVELS), max(LEVELS)), multiple=True, default=(1,),
    show_default=True, metavar="N", help="Kind of question, see below; may be given again.",
)  # fmt: skip
@click.option("-n", "--count", type=click.IntRange(1, 200), default=5, show_default=True, metavar="N",
              help="How many questions.")  # fmt: skip
@click.option("--sheet", is_flag=True, help="Print the questions as a sheet, and ask none.")
@click.option("-f", "--format", "form", type=click.Choice(["markdown", "latex"]),
              help="Form of the sheet (default: markdown).")  # fmt: skip
@click.option("--key", type=click.Path(dir_okay=False, writable=True), metavar="FILE",
              help="Write the answers, with their workings, to a table file for cnncalc check.")  # fmt: skip
@click.option("--answers", type=click.Path(dir_okay=False), metavar="FILE",
              help="Mark a file of answers (YAML or CSV); exit status 1 if one is not right.")  # fmt: skip
def command(
    seed: int | None,
    levels: tuple[int, ...],
    count: int,
    sheet: bool,
    form: str | None,
    key: str | None,
    answers: str | None,
) -> None:
    """Ask questions about layers and networks, and tell which mistake a wrong answer comes from.

    Every question has one answer, handy enough for pen and paper. A wrong answer may be tried again.
    The same seed, levels and count give the same questions on every machine.
    """
    from cnncalc.quiz.sheet import questions

    _refuse_what_does_not_go_together(seed, sheet, form, answers)
    number = _new_seed() if seed is None else seed
    with wrong_usage():
        asked = questions(number, levels, count)
    if key:
        _write_key(key, number, asked)
    if sheet:
        from cnncalc.report.quiz import SHEETS

        click.echo(SHEETS[form or "markdown"](number, asked), nl=False)
    elif answers:
        _mark_file(answers, asked)
    elif not key:
        again = " ".join(f"--level {level}" for level in sorted(set(levels)))
        _ask(number, asked, f"cnncalc quiz --seed {number} {again} --count {count}")


def _refuse_what_does_not_go_together(seed: int | None, sheet: bool, form: str | None, answers: str | None) -> None:
    if sheet and answers:
        raise click.UsageError("--sheet and --answers are two things: give one of them")
    if form and not sheet:
        raise click.UsageError("--format is the form of a sheet: give --sheet, too")
    if answers and seed is None:
        raise click.UsageError("--answers belong to a sheet: give its --seed, and the --level and --count it had")


def _new_seed() -> int:
    from secrets import randbelow

    return randbelow(10_000)


def _write_key(path: str, seed: int, questions: list[Question]) -> None:
    from cnncalc.errors import Problem, SpecError
    from cnncalc.report.quiz_key import to_key

    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(to_key(seed, questions))
    except OSError as error:
        raise SpecError([Problem(f"cannot write '{path}': {error.strerror}")]) from None


# At the prompt ----------------------------------------------------------------------------------


def _ask(seed: int, questions: list[Question], again: str) -> None:
    """Ask one question after the other; the end of the input ends politely, with the score."""
    from cnncalc.quiz.marking import Session
    from cnncalc.report.quiz import agreed, title

    if sys.stdin is None:
        raise click.UsageError("there is nowhere to answer from; --sheet prints the questions")
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")  # what is no text is an answer like any other
    session = Session(questions)
    click.secho(title(seed, questions), bold=True)
    click.echo("\n".join([*agreed(questions), "", HOW_TO]))
    try:
        for number, question in enumerate(questions, start=1):
            click.echo(f"\n{click.style(f'{number}/{len(questions)}', bold=True)}  {question.text}")
            _ask_one(session, question)
    except (click.Abort, KeyboardInterrupt):
        click.echo()
    click.echo(f"\n{session.score()}")
    click.secho(f"the same questions again: {again}", dim=True)


def _ask_one(session: Session, question: Question) -> None:
    """Ask until the answer is right, shown or skipped."""
    from cnncalc.report.quiz import working

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


# A file of answers ------------------------------------------------------------------------------


def _mark_file(path: str, questions: list[Question]) -> None:
    """A line for every question, and the score."""
    from cnncalc.quiz.answers import read_answers
    from cnncalc.quiz.marking import mark

    answers, notes = read_answers(path, len(questions))
    right = 0
    for note in notes:
        click.echo(f"note: {note}", err=True)
    for number, question in enumerate(questions, start=1):
        if number not in answers:
            click.echo(f"{number:>3}  no answer; it is {question.answer}")
            continue
        found = mark(question, answers[number])
        right += found.right
        told = "right" if found.right else f"{found.verdict}: {_shown(answers[number])}; it is {question.answer}"
        click.secho(f"{number:>3}  {told}", fg="green" if found.right else "red")
        click.echo("".join(f"     * {remark}\n" for remark in found.remarks), nl=False)
    click.echo(f"{right} of {len(questions)} right")
    if right < len(questions):
        click.get_current_context().exit(1)


def _shown(text: str) -> str:
    from cnncalc.errors import printable

    return printable(text if len(text) <= 60 else f"{text[:57]}...")
