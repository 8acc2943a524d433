"""What every question answers with -> Result: a value that draws itself, on a terminal, in a notebook, as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

_renderer: list[Callable[..., str]] = []


class Result:
    """The base of every result: `render` returns it as text in any format, and a notebook shows it as a table."""

    __slots__ = ()
    view: ClassVar[str] = ""
    """The module of report/views that draws it."""

    def render(self, format: str = "text", **options: Any) -> str:  # noqa: A002, the word users know it by
        """The result as text: "text", "json", "csv", "markdown", "html", "latex", or a format of its command.

        Options are those of the command line: columns, depth, layout, units, notes, standalone. Raises
        UsageError for a format or an unknown option.
        """
        return _renderer[0](self, format, **options)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.render("html")


def draw_with(renderer: Callable[..., str]) -> None:
    """Let results be drawn by this function; the facade does so when it is imported."""
    _renderer[:] = [renderer]
