"""A network as a table of claims names it -> its Analysis, computed once for all tables that ask for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

from cnncalc.analysis import Analysis, Convention
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import Graph
from cnncalc.limits import MOST_CHECKED_LAYERS, MOST_LAYERS, limits_set
from cnncalc.setup import Setup, setup
from cnncalc.spec.find import bundled, find
from cnncalc.spec.model import Spec
from cnncalc.spec.readers.register import SUFFIXES
from cnncalc.symbolic import Size

T = TypeVar("T")
MOST_KEPT = 300
"""Setups, graphs and analyses kept at once; a class of students asks for the same few again and again."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network by name, path or slide notation, or a spec of the table's own; its input and its settings.

    `settings` are texts, `width=16`. `text` is all that a spec inside a table says; networks with equal
    texts are equal.
    """

    name: str
    input: str = ""
    settings: tuple[str, ...] = ()
    folder: str = ""
    text: str = field(default="", repr=False)
    inline: Spec | None = field(default=None, compare=False, repr=False)

    @property
    def title(self) -> str:
        """The network in a few words: its name, and the input and the settings it is given."""
        given = [self.input, *self.settings]
        return f"{self.name} ({', '.join(part for part in given if part)})" if any(given) else self.name

    @property
    def path(self) -> str:
        """Its path if it is a file, relative to the folder of the table."""
        is_file = self.inline is None and self.name not in bundled() and _path(self.name).endswith(SUFFIXES)
        return os.path.join(self.folder, self.name) if is_file else ""

    def spec(self) -> Spec:
        """The spec, its own problems in it; raises SpecError if it cannot be found."""
        if self.inline is not None:
            return self.inline
        if self.name == "-":
            raise SpecError([Problem("a table cannot take its network from standard input", None, "name a file")])
        path = _path(self.name)
        if self.name not in bundled() and not path.endswith(SUFFIXES) and os.path.exists(path):
            raise SpecError([Problem(f"'{self.name}' is not a spec", None, "a spec is a .yaml file")])
        return find(self.path or self.name)

    def setup(self) -> Setup:
        """The spec for its input and settings; raises SpecError."""
        return _kept(("setup", self._identity()), self._setup)

    def graph(self) -> Graph:
        """The network expanded for its input and settings; raises SpecError."""
        return _kept(("graph", self._identity()), lambda: self.setup().graph())

    def analysis(self, convention: Convention | None = None, batch: Size | None = None) -> Analysis:
        """Its numbers in a convention, for a batch; raises SpecError."""
        convention = convention or Convention()
        key = ("analysis", self._identity(), convention, batch)
        return _kept(key, lambda: replace(self.setup(), convention=convention, batch=batch).analysed(self.graph()))

    def _identity(self) -> Hashable:
        """Equal for tables that mean the same network: a file that changes is another one."""
        path = _path(self.path)
        if not path or not os.path.isfile(path):
            return (self.name, self.input, self.settings, self.text, self.folder if path else "")
        return (os.path.abspath(self.path), os.stat(path).st_mtime_ns, self.input, self.settings)

    def _setup(self) -> Setup:
        spec = self.spec()
        limits = {MOST_LAYERS.name: MOST_LAYERS.unless_set(MOST_CHECKED_LAYERS)}
        if spec.problems:
            Setup(spec, limits=limits).graph()  # raises them, with those of the expansion
        return setup(spec, self.input or None, settings=self.settings, limits=limits)


def _path(name: str) -> str:
    """`net.yaml` of `net.yaml:variant`."""
    before, _, variant = name.rpartition(":")
    return before if before.endswith(SUFFIXES) and "/" not in variant else name


@cache
def _store() -> dict[Hashable, Any]:
    return {}


def _kept(key: Hashable, compute: Callable[[], T]) -> T:
    """What was computed before for the key, an error too; the oldest make room for new ones."""
    store = _store()
    key = (key, frozenset(limits_set().items()))
    if key not in store:
        while len(store) >= MOST_KEPT:
            del store[next(iter(store))]
        try:
            store[key] = compute()
        except SpecError as error:
            store[key] = error
    found: T | SpecError = store.pop(key)
    store[key] = found  # the last used is the last to go
    if isinstance(found, SpecError):
        raise SpecError(found.problems)
    return found
