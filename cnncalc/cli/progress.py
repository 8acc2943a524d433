"""How far a long command is: a bar on a terminal while it runs, and a sentence where Ctrl-C ends it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

INTERRUPTED = 130
"""The exit status of a command that Ctrl-C ends, as shells have it."""
Advance = Callable[[int], object]


@contextmanager
def progress(what: str, total: int, *, shown: bool, after: str = "") -> Iterator[Advance]:
    """Count what is done, by calls with the number more; with `shown`, in a bar if standard error is a terminal.

    Ctrl-C ends the command with a line that says how far it came, and `after`.
    """
    done = 0
    draw: Advance = lambda more: None  # noqa: E731

    def advance(more: int) -> None:
        nonlocal done
        done += more
        draw(more)

    try:
        if shown and sys.stderr is not None and sys.stderr.isatty():
            with _bar(what, total) as draw:
                yield advance
        else:
            yield advance
    except KeyboardInterrupt as stop:
        inside = f" and {stop}" if str(stop) else ""
        click.echo(f"interrupted after {done:,} of {total:,} {what}{inside}{'; ' if after else ''}{after}", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None


@contextmanager
def _bar(what: str, total: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*parts, console=Console(stderr=True), transient=True, redirect_stdout=False)
    with bar:
        task = bar.add_task(what, total=total)

        def draw(more: int) -> None:
            bar.advance(task, more)
            if bar.finished:
                bar.stop()

        yield draw
