"""What holds for the claims of a table -> Context: network, convention, units; what is set outside it -> Overrides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from os import PathLike, fspath
from typing import Any

from cnncalc import setup
from cnncalc.analysis import Convention
from cnncalc.analysis.quantities import OPERATIONS
from cnncalc.check.claim import Claim
from cnncalc.check.exercises import Exercises
from cnncalc.check.naming import Heading, kind_of
from cnncalc.check.network import Network
from cnncalc.check.numbers.amounts import with_unit
from cnncalc.check.numbers.printed import Printed
from cnncalc.errors import Problem, Span, SpecError, UsageError, closest, one_of
from cnncalc.spec.model import Spec
from cnncalc.spec.parameters import written
from cnncalc.symbolic import Size, is_known

YES_OR_NO = {"true": True, "false": False, "yes": True, "no": False}
CHOICES: dict[str, dict[str, Any]] = {
    **{key: {str(value): value for value in values} for key, values in setup.CHOICES.items()},
    "bias": YES_OR_NO,
    "thousand": {"1000": 1000, "1024": 1024},
    "zeros": {"count": "count", "blank": "blank"},
    "layout": {"hwc": "hwc", "chw": "chw"},
}
CONTEXT_KEYS = ("convention", *setup.CHOICES, "batch", "thousand", "zeros", "layout")
NETWORK_KEYS = ("network", "spec", "input", "set", "against")
EXERCISES = "apply"
"""The key of a table that sets exercises."""
EXCUSES = ("erratum", "correct")
"""Keys with which a wrong number may stand."""
NOT_STORED = ("macs", "flops", *OPERATIONS)
"""What is done and not stored: its K is 1000 always."""
COUNTED_BY = {
    "flops": ("flops",),
    "macs": ("macs",),
    "params": ("params", "trainable", "non_trainable", "weights", "biases"),
}
"""The quantities that a unit behind a number may count; bytes count all that is in bytes."""

RATIO = re.compile(r"(?<=[0-9])\s*(?:x|\u00d7|-?fold|times)\Z")
"""What stands behind a ratio: 4x, 4-fold, 4 times."""
UNREAD = 60
"""Characters that are kept of what cannot be read."""


@dataclass(frozen=True, slots=True)
class Context:
    """The network that is meant, how it is counted, and how its numbers are printed.

    `thousand` is what K stands for where something stored is counted (1000 for operations). With
    `zeros` blank, trailing zeros before a K, M or G are not significant (800K for 802,816). `layout` is the order of
    shapes, hwc or chw; without one it is hwc, unless all shapes of a table are right as chw.
    """

    network: Network | None = None
    against: Network | None = None
    convention: Convention = field(default_factory=Convention)
    batch: Size | None = None
    thousand: int = 1000
    zeros: str = "count"
    layout: str = ""
    source: str = ""

    def with_(self, key: str, text: str | Convention | None) -> Context:
        """The context with one of CONTEXT_KEYS, or the source, as a table writes it; raises SpecError."""
        if text is None:
            raise SpecError([Problem(f"'{key}' takes a single value")])
        if key == "convention":
            named = setup.counting(text)
            return replace(self, convention=named, thousand=named.thousand)
        text = str(text)
        if key == "source":
            return replace(self, source=text)
        if key == "batch":
            return replace(self, batch=_batch(text))
        choices = CHOICES[key]
        if text.lower() not in choices:
            hint = closest(text, choices) or one_of(tuple(choices))
            raise SpecError([Problem(f"{key} cannot be '{text}'", None, hint)])
        value = choices[text.lower()]
        if key in ("thousand", "zeros", "layout"):
            return replace(self, **{key: value})
        return replace(self, convention=setup.counting(self.convention, {key: value}))

    def printed(self, text: str, of: Heading, span: Span | None = None) -> Printed:
        """A printed number of a quantity; raises SpecError if its unit counts something else."""
        quantity = of.quantity
        text = with_unit(text, of.unit)
        thousand = 1000 if quantity in NOT_STORED else self.thousand
        plain = RATIO.sub("", text) if self.against else text
        printed = Printed.read(plain, span, thousand=thousand, zeros=self.zeros, quantity=quantity, layout=self.layout)
        printed = printed if plain == text else replace(printed, text=text)
        if printed.noun and not counts(printed.noun, quantity):
            hint = f"the quantity should be {one_of(COUNTED_BY.get(printed.noun, ('memory',)))}"
            raise SpecError([Problem(f"'{text}' is in {printed.noun}, but {quantity} is not", span, hint)])
        return printed

    def claim(self, layer: str, quantity: str, printed: Printed, span: Span, **more: Any) -> Claim:
        """A claim in this context, with `more` of its fields."""
        return Claim(
            layer,
            quantity,
            printed,
            span=span,
            convention=self.convention,
            batch=self.batch,
            source=self.source,
            network=self.network,
            against=self.against,
            **more,
        )

    def unread(
        self, layer: str, quantity: str, text: str, span: Span, problem: Problem, notes: Sequence[str] = ()
    ) -> Claim:
        """A claim that cannot be read, because of the problem: one wrong answer, and not the end of the file."""
        problem = problem if problem.span else problem._replace(span=span)
        printed = Printed(" ".join(text.split())[:UNREAD], None)
        return self.claim(layer, quantity, printed, problem.span or span, problem=problem, notes=tuple(notes))


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line sets instead of the files: the network and how it is counted; `keys` are those it sets.

    With a network these are all keys; `named` are those that are set by themselves.
    With `grading`, a file is a sheet of answers: nothing in it excuses a wrong number. `exercises` are those set.
    """

    network: Network = field(default_factory=lambda: Network(""))
    context: Context = field(default_factory=Context)
    keys: frozenset[str] = frozenset()
    grading: bool = False
    named: frozenset[str] = frozenset()
    exercises: Exercises = field(default_factory=Exercises)

    def agrees_with(self, key: str, text: str | None) -> bool:
        """Whether an ignored key of a file says what is set anyway."""
        if key == "network":
            return text == self.network.name
        with suppress(SpecError):
            if key in CONTEXT_KEYS:
                return self._default_batch(self.context.with_(key, text)) == self._default_batch(self.context)
            if key == "input" and text:
                return _alike(self.network, Network(self.network.name, text, self.network.settings))
            if key == "set" and text:
                return _alike(self.network, Network(self.network.name, self.network.input, tuple(text.split("\n"))))
        return False

    def _default_batch(self, context: Context) -> Context:
        return replace(context, batch=context.batch or 1)

    def ignored(self, key: str) -> str:
        """That a key of a file is ignored, and why."""
        if key in EXCUSES:
            return f"'{key}' in the file is ignored: answers are graded"
        if key == EXERCISES:
            return f"'{key}' in the file is ignored: the key sets the exercises"
        what = "the network" if key in NETWORK_KEYS else "how to count"
        return f"'{key}' in the file is ignored: the command line sets {what}"


def overrides(
    network: str | PathLike[str] | Spec = "",
    input: str | int | None = None,  # noqa: A002, the word users know it by
    keys: Mapping[str, Any] | None = None,
    *,
    grading: bool = False,
) -> Overrides:
    """The overrides for what is set: with a network all of the question, else what is named. Raises UsageError.

    `keys` are `settings` and CONTEXT_KEYS, as the functions of the library take them; None sets nothing.
    """
    given = {key: value for key, value in (keys or {}).items() if value is not None}
    settings, size = _settings(given.pop("settings", ())), "" if input is None else str(input)
    context = Context()
    with setup.usage():
        for key in given.keys() - set(CONTEXT_KEYS):
            raise SpecError([Problem(f"unknown way to count '{key}'", None, one_of(CONTEXT_KEYS))])
        for key in (key for key in CONTEXT_KEYS if key in given):
            value = given[key]
            context = context.with_(key, value if isinstance(value, Convention) else written(value))
    found = set(given)
    if network:
        found.update(NETWORK_KEYS, CONTEXT_KEYS)
    found.update(key for key, value in (("input", size), ("set", settings)) if value)
    if isinstance(network, Spec):
        named = Network(network.name, size, settings, text=network.source.text, inline=network)
    else:
        named = Network(fspath(network), size, settings)
    return Overrides(named, context, frozenset(found), grading, frozenset(given))


def _settings(given: Mapping[str, Any] | Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, Mapping):
        return tuple(f"{name}={written(value)}" for name, value in given.items())
    return (given,) if isinstance(given, str) else tuple(given)


def counts(noun: str, quantity: str) -> bool:
    """Whether the unit behind a number, `bytes` or `macs`, is one of a quantity."""
    return kind_of(quantity) == "bytes" if noun == "bytes" else quantity in COUNTED_BY[noun]


def _batch(text: str) -> Size:
    with suppress(UsageError):
        batch = setup.batch_size(text.replace(",", ""))
        if is_known(batch):
            return batch
    raise SpecError([Problem(f"a batch is a number of images, not '{text}'", None, "a whole number from 1 up")])


def _alike(one: Network, other: Network) -> bool:
    """Whether two networks make the same of their inputs, layer by layer."""
    mine, others = (
        [(layer.name, layer.output, layer.params) for layer in each.analysis().layers] for each in (one, other)
    )
    return bool(one.graph().inputs == other.graph().inputs and mine == others)
