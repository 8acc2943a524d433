"""What holds for all claims below a point of a table -> Context: network, convention, units, source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cnncalc.analysis import DTYPES, FLOPS, Convention
from cnncalc.check.claim import Claim
from cnncalc.check.naming import NOUNS, Heading
from cnncalc.check.network import Network
from cnncalc.check.numbers.printed import Printed
from cnncalc.check.numbers.spelling import with_unit
from cnncalc.errors import Problem, Span, SpecError, closest, one_of

CONTEXT_KEYS = ("convention", "bias", "flops", "dtype", "batch", "thousand", "zeros")
CHOICES: dict[str, dict[str, Any]] = {
    "bias": {"true": True, "false": False, "yes": True, "no": False},
    "flops": {name: name for name in FLOPS},
    "dtype": {name: name for name in DTYPES},
    "thousand": {"1000": 1000, "1024": 1024},
    "zeros": {"count": "count", "blank": "blank"},
}
OPERATIONS = ("macs", "flops")
LARGEST_BATCH = 10**9


@dataclass(frozen=True, slots=True)
class Context:
    """The network that is spoken of, how it is counted, and how its numbers are printed.

    `thousand` is what K stands for where something stored is counted (1000 for operations). With
    `zeros` blank, the zeros before a K, M or G tell nothing (800K for 802,816).
    """

    network: Network | None = None
    against: Network | None = None
    convention: Convention = field(default_factory=Convention)
    batch: int = 1
    thousand: int = 1000
    zeros: str = "count"
    source: str = ""

    def with_(self, key: str, text: str | None) -> Context:
        """The context with one of CONTEXT_KEYS, or the source, as a table writes it; raises SpecError."""
        if text is None:
            raise SpecError([Problem(f"'{key}' takes a single value")])
        if key == "source":
            return replace(self, source=text)
        if key == "batch":
            number = text.replace(",", "")
            if not (number.isascii() and number.isdecimal() and 1 <= int(number[:12]) <= LARGEST_BATCH):
                raise SpecError([Problem(f"batch is a number of images from 1 up, not '{text}'")])
            return replace(self, batch=int(number))
        if key == "convention":
            from cnncalc.analysis.known_conventions import find_convention

            named = find_convention(text)
            return replace(self, convention=named, thousand=named.thousand)
        choices = CHOICES[key]
        if text.lower() not in choices:
            hint = closest(text, choices) or one_of(tuple(choices))
            raise SpecError([Problem(f"{key} cannot be '{text}'", None, hint)])
        value = choices[text.lower()]
        if key in ("thousand", "zeros"):
            return replace(self, **{key: value})
        return replace(self, convention=self.convention._replace(**{key: value}))

    def printed(self, text: str, of: Heading, span: Span | None = None) -> Printed:
        """A printed number of a quantity; raises SpecError if its unit counts something else."""
        quantity = of.quantity
        text = with_unit(text, of.unit)
        thousand = 1000 if quantity in OPERATIONS else self.thousand
        printed = Printed.read(text, span, thousand=thousand, zeros=self.zeros, quantity=quantity)
        if printed.noun and quantity not in NOUNS[printed.noun]:
            hint = f"name the quantity: {one_of(NOUNS[printed.noun])}"
            raise SpecError([Problem(f"'{text}' is in {printed.noun}, but {quantity} is not", span, hint)])
        return printed

    def claim(
        self,
        layer: str,
        quantity: str,
        printed: Printed,
        *,
        erratum: str = "",
        correct: Printed | None = None,
        span: Span | None = None,
        problem: Problem | None = None,
        notes: Sequence[str] = (),
        hint: str = "",
    ) -> Claim:
        """A claim in this context."""
        return Claim(
            layer=layer,
            quantity=quantity,
            printed=printed,
            convention=self.convention,
            batch=self.batch,
            erratum=erratum,
            source=self.source,
            span=span,
            correct=correct,
            network=self.network,
            against=self.against,
            problem=problem,
            notes=tuple(notes),
            hint=hint,
        )
