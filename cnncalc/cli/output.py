"""A result -> the terminal, standard output or a file: the one place where commands print."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, TypeAlias, TypeVar

import click

from cnncalc.report.formats import pieces, report_of
from cnncalc.report.report import Options
from cnncalc.result import Result

T = TypeVar("T", str, bytes)
Around: TypeAlias = "Callable[[], AbstractContextManager[object]]"


class Page(NamedTuple):
    """In which format a result is printed, where to, and how it is drawn."""

    form: str = "text"
    output: str | None = None
    options: Options = Options()

    @property
    def on_terminal(self) -> bool:
        """Whether a person reads it right away."""
        return self.form == "text" and self.output is None

    def with_(self, **extra: Any) -> Page:
        """The same with other options of a single command."""
        return self._replace(options=self.options._replace(extra={**self.options.extra, **extra}))


def emit(result: Result, page: Page, *, passed: bool = True, around: Around = nullcontext) -> None:
    """Print a result; if it has not `passed`, the command ends with exit status 1.

    Each piece of text is printed within `around()`.
    """
    report = report_of(result, page.options)
    if page.on_terminal:
        from rich.console import Console

        from cnncalc.report import terminal

        terminal.write(report.document(), Console())
    else:
        send(pieces(report, page.form, page.options), page.output, around)
    if not passed:
        raise click.exceptions.Exit(1)


def send(texts: Iterable[str], output: str | None, around: Around = nullcontext) -> None:
    """Print pieces of text as they come, or write all of them to a file."""
    if output is not None:
        write_whole(output, texts)
        return
    for text in texts:
        with around():
            click.echo(text, nl=False)


def write_whole(path: str, texts: Iterable[str] | bytes) -> None:
    """Write texts or bytes to a file, whole or not at all: what stood there stays until the new text is complete."""
    target = os.path.realpath(path)
    special = os.path.exists(target) and not os.path.isfile(target)  # a pipe, a device, a folder
    new = target if special else os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.{os.getpid()}")
    try:
        if isinstance(texts, bytes):
            with open(new, "wb") as binary:
                binary.writelines(_kept_mode([texts], new, target))
        else:
            with open(new, "w", encoding="utf-8", newline="") as file:
                file.writelines(_kept_mode(texts, new, target))
        if not special:
            os.replace(new, target)
    except OSError as error:
        raise click.UsageError(f"cannot write '{path}': {error.strerror}") from None
    finally:
        if not special and os.path.exists(new):
            os.remove(new)


def _kept_mode(texts: Iterable[T], new: str, target: str) -> Iterator[T]:
    """The texts or bytes; before the first of them, the new file gets the mode of the one that it replaces."""
    if new != target and os.path.exists(target):
        os.chmod(new, os.stat(target).st_mode & 0o7777)
    yield from texts
