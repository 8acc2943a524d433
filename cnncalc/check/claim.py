"""What is claimed of a network, and what became of it: plain data that readers and checkers make and reports show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from cnncalc.analysis import Convention
from cnncalc.check.network import Network
from cnncalc.check.numbers.printed import Printed
from cnncalc.errors import Problem, Span
from cnncalc.symbolic import Size

if TYPE_CHECKING:
    from cnncalc.check.exercises import Exercise, Exercises

Status = Literal["match", "consistent", "mismatch", "erratum", "unexpected match", "error"]


@dataclass(frozen=True, slots=True)
class Claim:
    """That a quantity of a layer (of the whole network where `layer` is empty) is a number, as printed.

    `layer` may also be a block, `input`, or several layers joined by +, for their sum. `quantity`
    is a key of analysis.quantities.QUANTITIES, or `conv_layers` and its like, the layers of a type.
    With an `erratum`, the claim is known to be wrong for the reason given, and must stay so;
    `correct` is then what should have been printed, and must hold. `network` says of which
    network of the table it is; `against`, a second one, makes it a ratio. With a `problem` it could
    not be read, and is an error. `notes` say which keys beside it are ignored, `hint` what may be
    meant if it does not hold. `exact` is the right value where the network has no layer of that name: what follows
    from the layers before it, as for a ReLU that a program lists and the spec does not. With an `exercise`, the claim
    is a matrix that was worked out by hand: `layer` is the name of the exercise, and `quantity` its operation. `beside`
    says that it stands in brackets behind another number for the same: 156 (0.2 %). `given` says that it was not worked
    out: the arguments of a module, of which right ones are no answers.
    """

    layer: str
    quantity: str
    printed: Printed
    convention: Convention = field(default_factory=Convention)
    batch: Size | None = None
    erratum: str = ""
    source: str = ""
    span: Span | None = None
    correct: Printed | None = None
    network: Network | None = None
    against: Network | None = None
    problem: Problem | None = None
    notes: tuple[str, ...] = ()
    hint: str = ""
    exact: Any = None
    beside: bool = False
    given: bool = False
    exercise: Exercise | None = None

    @property
    def title(self) -> str:
        """What is claimed to be the number, in words: `conv1_1 params`, `total macs`."""
        return f"{self.layer or 'total'} {self.quantity}".strip()

    @property
    def full_title(self) -> str:
        """The same with the network before it: `vgg16: conv1_1 params`; unique in most tables."""
        return f"{self.network.title}: {self.title}" if self.network else self.title


@dataclass(slots=True, eq=False, repr=False)
class Table:
    """The claims of one file.

    `networks` are those that it is about, in order; a table of one network has one. `source` is
    where the numbers come from, in the table's own words. `notes` say what in the file is ignored, `unread` which
    columns hold numbers and are not read, which is a fault of the file. `graded` says that it is a sheet of answers,
    `exercises` are those that it is about.
    """

    name: str
    source: str = ""
    networks: list[Network] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)
    graded: bool = False
    exercises: Exercises | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for a claim: the exact value, and for a mismatch what explains it.

    A wrong number is `consistent` if it is right from other numbers of the same table, of which one is wrong: it has
    not passed, but what was done here is right.
    """

    claim: Claim
    status: Status
    exact: Any = None
    diagnoses: tuple[str, ...] = ()
    message: str = ""

    @property
    def passed(self) -> bool:
        """Whether the claim is a match, or an erratum that still is one."""
        return self.status in ("match", "erratum")
