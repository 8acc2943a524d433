"""The keys of a section of Darknet's configuration -> numbers and words, as Darknet reads them, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.errors import Problem, Span, SpecError, closest
from cnncalc.spec.model import Argument

WHOLE = re.compile(r"([-+]?\d{1,15})(?:[#;].*)?\Z", re.DOTALL)
DECIMAL = re.compile(r"([-+]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:e[-+]?\d{1,3})?)(?:[#;].*)?\Z", re.DOTALL)
COMMENT = re.compile(r"[#;]")


class Entry(NamedTuple):
    """A line `key=value`, without its spaces; `line` and `span` are the places of the line and of the value."""

    key: str
    value: str
    line: Span
    span: Span


class Section:
    """A section: its kind, its keys, and what is wrong with them.

    What a key gives is read by `whole`, `number`, `numbers` and `word`; a key that none of these has asked for is left
    over, and `remarks` tells of it. `closed` is whether its line ends with a bracket.
    """

    def __init__(self, kind: str, span: Span, closed: bool) -> None:
        self.kind = kind
        self.span = span
        self.closed = closed
        self.index = 0
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._entries: dict[str, Entry] = {}
        self._repeated: list[Entry] = []
        self._asked: set[str] = set()

    def enter(self, entry: Entry) -> None:
        """Take a key; the first of two equal ones wins."""
        if entry.key in self._entries:
            self._repeated.append(entry)
        self._entries.setdefault(entry.key, entry)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __getitem__(self, key: str) -> Entry:
        return self._entries[key]

    def refused(self, message: str, hint: str = "", key: str = "") -> SpecError:
        """The error that the section cannot be read, at one of its keys if that is to blame."""
        span = self[key].span if key in self else self.span
        return SpecError([Problem(message, span, hint)])

    # Values -----------------------------------------------------------------------------------

    def whole(self, key: str, default: int, *, least: int = 1) -> int:
        """A whole number; one that is wrong becomes a problem, and counts as the default."""
        self._asked.add(key)
        if key not in self:
            return default
        entry = self[key]
        found = WHOLE.match(entry.value)
        if found is None:
            self.problems.append(Problem(f"{key} must be a whole number, not '{entry.value[:40]}'", entry.span))
            return default
        number = int(found[1])
        if number < least:
            self.problems.append(Problem(f"{key} must be at least {least}, not {number}", entry.span))
            return default
        return number

    def number(self, key: str, default: int, *, least: int = 1) -> Argument:
        """A whole number, with its place."""
        return self.at(key, self.whole(key, default, least=least))

    def at(self, key: str, value: object) -> Argument:
        """A value that comes from a key, with the place of the key if it is given."""
        return Argument.of(value, self[key].span if key in self else self.span)

    def decimal(self, key: str) -> Argument | None:
        """A number as text, which no count depends on; None where it is not given."""
        self._asked.add(key)
        if key not in self:
            return None
        found = DECIMAL.match(self[key].value)
        if found is None:
            raise self.refused(f"{key} must be a number, not '{self[key].value[:40]}'", key=key)
        return self.at(key, found[1])

    def numbers(self, key: str) -> list[int]:
        """Whole numbers between commas; raises SpecError where one is missing, or is none."""
        self._asked.add(key)
        if key not in self:
            raise self.refused(f"[{self.kind}] needs {key}", f"as in {key}=-1")
        found = [WHOLE.match(part) for part in COMMENT.split(self[key].value)[0].split(",")]
        numbers = [int(part[1]) for part in found if part is not None]
        if len(numbers) < len(found):
            raise self.refused(f"{key} must be whole numbers, joined by commas", f"as in {key}=-1,61", key)
        return numbers

    def word(self, key: str, default: str) -> str:
        """A word, with a comment behind it if there is one, as Darknet takes it."""
        self._asked.add(key)
        return self[key].value if key in self else default

    def only(self, key: str, *allowed: int) -> None:
        """Refuse a whole number that is not one of these, the first of which is the default; raises SpecError."""
        number = self.whole(key, allowed[0], least=-(10**15))
        if number not in allowed:
            raise self.refused(f"[{self.kind}] with {key}={number} is not supported", key=key)

    # What is left over ------------------------------------------------------------------------

    def remarks(self, ignored: frozenset[str]) -> Iterator[str]:
        """What Darknet passes over: second values, and keys that it does not know.

        A key in `ignored` is known, and changes no number. One that looks like a misspelt key of
        the numbers becomes a problem instead, because Darknet would take the default for it.
        """
        yield from self.notes
        for entry in self._repeated:
            if entry.key in self._asked and entry.value != self[entry.key].value:
                first = self[entry.key]
                yield (
                    f"{entry.key}={first.value[:40]} of line {first.line.line + 1} holds, as in Darknet, and not "
                    f"{entry.value[:40]} of line {entry.line.line + 1}"
                )
        for key, entry in self._entries.items():
            if key in self._asked or key in ignored:
                continue
            hint = closest(key, self._asked - self._entries.keys())
            if hint:
                self.problems.append(Problem(f"[{self.kind}] has no key '{key[:40]}'", entry.line, hint))
            else:
                yield f"Darknet has no key '{key[:40]}' in [{self.kind}], and ignores line {entry.line.line + 1}"


def words(text: str) -> frozenset[str]:
    """The words of a text as a set of keys."""
    return frozenset(text.split())
