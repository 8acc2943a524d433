"""What a teacher decides outside the files -> Given: the question, and which keys of a file are not obeyed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cnncalc.check.context import CONTEXT_KEYS, Context
from cnncalc.check.network import Network
from cnncalc.errors import Problem, SpecError, one_of

NETWORK_KEYS = ("network", "spec", "input", "set", "against")
EXCUSES = ("erratum", "correct")
"""Keys that make a wrong number stand."""


@dataclass(frozen=True, slots=True)
class Given:
    """The network and how it is counted, so far as a file has no say in it; `keys` are those that it has none in.

    With `grading`, the file is a sheet of answers: nothing in it excuses a wrong number.
    """

    network: Network = field(default_factory=lambda: Network(""))
    context: Context = field(default_factory=Context)
    keys: frozenset[str] = frozenset()
    grading: bool = False

    def silently(self, key: str, text: str | None) -> bool:
        """Whether a key that is not obeyed says just what holds anyhow."""
        if key == "network":
            return text == self.network.name
        try:
            if key in CONTEXT_KEYS:
                before = self.context
                return before.with_(key, text) == before
            if key == "input" and text:
                return _alike(self.network, Network(self.network.name, text, self.network.settings))
            if key == "set" and text:
                return _alike(self.network, Network(self.network.name, self.network.input, tuple(text.split("\n"))))
        except SpecError:
            pass
        return False

    def refusal(self, key: str) -> str:
        """Why a key of a file does nothing."""
        if key in EXCUSES:
            return f"'{key}' counts for nothing where answers are graded"
        what = "the network is" if key in NETWORK_KEYS else "how it is counted is"
        return f"'{key}' counts for nothing: {what} given from outside"


def given_from_outside(
    network: str = "",
    input: str = "",  # noqa: A002, the word users know it by
    settings: tuple[str, ...] = (),
    counting: Mapping[str, str] | None = None,
    *,
    grading: bool = False,
) -> Given:
    """What is given; with a network, all of the question is, else what is named. Raises SpecError.

    `counting` has texts by CONTEXT_KEYS, as a table would write them.
    """
    context = Context()
    for key in set(counting or ()) - set(CONTEXT_KEYS):
        raise SpecError([Problem(f"'{key}' is no way to count", None, one_of(CONTEXT_KEYS))])
    for key in (key for key in CONTEXT_KEYS if key in (counting or {})):
        context = context.with_(key, (counting or {})[key])
    keys = set(counting or ())
    if network:
        keys.update(NETWORK_KEYS, CONTEXT_KEYS)
    keys.update(key for key, value in (("input", input), ("set", settings)) if value)
    return Given(Network(network, input, settings), context, frozenset(keys), grading)


def _alike(one: Network, other: Network) -> bool:
    """Whether two networks make the same of their inputs, layer by layer."""
    mine, others = (
        [(layer.name, layer.output, layer.params) for layer in each.analysis().layers] for each in (one, other)
    )
    return bool(one.analysis().input.shape == other.analysis().input.shape and mine == others)
