"""The characters of a text -> their places in it."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from cnncalc.errors import Source, Span


class Places:
    """The place in a source of a character of its text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.starts = [0, *accumulate(map(len, source.text.splitlines(keepends=True)))]

    def span(self, start: int, length: int = 1) -> Span:
        """The span of some characters, from their place in the text."""
        line = max(min(bisect_right(self.starts, start), len(self.source.lines)) - 1, 0)
        return self.source.span(line, start - self.starts[line], max(length, 1))
