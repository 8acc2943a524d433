"""What is claimed of a network, and what became of it: plain data that checkers make and reports show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from cnncalc.analysis import Convention
from cnncalc.check.network import Network
from cnncalc.check.numbers.printed import Printed
from cnncalc.errors import Problem, Span

Status = Literal["match", "mismatch", "erratum", "unexpected match", "error"]


@dataclass(frozen=True, slots=True)
class Claim:
    """That a quantity of a layer (of the whole network where `layer` is empty) is a number, as printed.

    `layer` may also be a block, `input`, or several layers joined by +, for their sum. `quantity`
    is one of analysis.formulas.QUANTITIES, or `conv_layers` and its like, the layers of a type.
    With an `erratum`, the claim is known to be wrong for the reason given, and must stay so;
    `correct` is then what should have been printed, and must hold. `network` says of which
    network of the table it is; `against`, a second one, makes it a ratio. With a `problem` it could
    not be read, and is an error. `notes` tell what beside it is not obeyed, `hint` what may be
    meant if it does not hold.
    """

    layer: str
    quantity: str
    printed: Printed
    convention: Convention = field(default_factory=Convention)
    batch: int = 1
    erratum: str = ""
    source: str = ""
    span: Span | None = None
    correct: Printed | None = None
    network: Network | None = None
    against: Network | None = None
    problem: Problem | None = None
    notes: tuple[str, ...] = ()
    hint: str = ""

    @property
    def title(self) -> str:
        """What is claimed to be the number, in words: `conv1_1 params`, `total macs`."""
        return f"{self.layer or 'total'} {self.quantity}".strip()

    @property
    def full_title(self) -> str:
        """The same with the network before it: `vgg16: conv1_1 params`; unique in most tables."""
        return f"{self.network.title}: {self.title}" if self.network else self.title


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a claim: the exact value, and for a mismatch what explains it."""

    claim: Claim
    status: Status
    exact: Any = None
    diagnoses: tuple[str, ...] = ()
    message: str = ""

    @property
    def passed(self) -> bool:
        """Whether all is as it should be: a match, or an erratum that still is one."""
        return self.status in ("match", "erratum")
