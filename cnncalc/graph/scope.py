"""Where an item stands -> what names mean there: paths, taps, and the values of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cnncalc.spec.model import INPUT, GroupItem, Item, MergeItem

UNKNOWN = -(10**9)
"""The source whose shape is not known, because an earlier layer has a problem; below that of every input."""


class Names:
    """The names of one body (the network's, or a block's while it is put in place).

    Every layer is entered under its path, and `entry` is what `input` means, if it means one thing; `declared` are
    all names that the text gives, so that automatic names keep clear of them and a tap to a later layer can be
    distinguished from one to nowhere.
    """

    __slots__ = ("counters", "declared", "entries", "input")

    def __init__(self, entry: int | None, declared: frozenset[str], entries: Mapping[str, int] | None = None) -> None:
        self.input = entry
        self.declared = declared
        self.entries = dict(entries or {})
        self.counters: dict[tuple[str, str], int] = {}


class Scope:
    """A place in a body: the path in front of names, the repeat behind them, the environment."""

    __slots__ = ("environment", "names", "prefix", "suffix", "up")

    def __init__(
        self,
        names: Names,
        environment: dict[str, Any],
        prefix: str = "",
        suffix: str = "",
        up: Scope | None = None,
    ) -> None:
        self.names = names
        self.environment = environment
        self.prefix = prefix
        self.suffix = suffix
        self.up = up

    def inside(self, component: str = "", suffix: str = "") -> Scope:
        """The scope of a group within this one: under a path component, or only numbered."""
        prefix = f"{self.prefix}{component}/" if component else self.prefix
        return Scope(self.names, self.environment, prefix, "" if component else self.suffix + suffix, self)

    def path(self, name: str) -> str:
        """The full path of something called `name` here."""
        return f"{self.prefix}{name}{self.suffix}"

    def automatic(self, kind: str) -> str:
        """The next free name for a layer without one: conv1, conv2, ..."""
        counters = self.names.counters
        while True:
            number = counters[self.prefix, kind] = counters.get((self.prefix, kind), 0) + 1
            name = f"{kind}{number}"
            if name not in self.names.declared and self.prefix + name not in self.names.entries:
                return self.prefix + name

    def find(self, name: str) -> int | None:
        """The source that a tap called `name` reads, looked for here and then further out."""
        if name == INPUT and self.names.input is not None:
            return self.names.input
        path = self.path_of(name)
        return None if path is None else self.names.entries[path]

    def path_of(self, name: str) -> str | None:
        """The full path of what is called `name` here or further out."""
        return next((path for path in self._candidates(name) if path in self.names.entries), None)

    def _candidates(self, name: str) -> Iterator[str]:
        scope: Scope | None = self
        while scope is not None:
            yield scope.path(name)
            yield scope.prefix + name
            scope = scope.up


def declared(items: Iterable[Item]) -> frozenset[str]:
    """Every name that a body gives, in its groups and branches too."""
    return frozenset(item.name for item in walk(items) if item.name)


def walk(items: Iterable[Item]) -> Iterator[Item]:
    """The entries of a body, each before those in its group or its branches."""
    for item in items:
        yield item
        if isinstance(item, GroupItem):
            yield from walk(item.items)
        if isinstance(item, MergeItem):
            for branch in item.branches:
                yield from walk(branch)
