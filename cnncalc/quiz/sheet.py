"""A seed, levels and a count -> Questions: drawn, worked out by the engine, kept if there is one handy answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from cnncalc.analysis import Convention
from cnncalc.analysis.quantities import value_of
from cnncalc.errors import Problem, UsageError, one_of
from cnncalc.layers import Shape
from cnncalc.limits import MOST_QUESTIONS
from cnncalc.quiz.net import Net, text_of
from cnncalc.quiz.recipes import LEVELS, RECIPES, Candidate, Draw
from cnncalc.result import Result
from cnncalc.solve.answer import Answer
from cnncalc.solve.solve import solve

MOST_SEED = 10**9
MOST_DRAWS = 500
ENOUGH_DRAWS = 100
"""For a question that is not yet on the sheet."""
MOST_DIGITS = {"params": 5, "weights": 5}
FEWER_DIGITS = 4
"""An answer has at most so many digits, the zeros at its end not counted: it is worked out by hand."""
LARGEST = 1_000_000
OF_A_LAYER = {
    "output": "What is the output volume{of}?",
    "params": "How many parameters{has}, biases included?",
    "weights": "How many weights{has}, biases left out?",
    "macs": "How many MACs{does} for one image?",
    "flops": "How many FLOPs{does} for one image?",
    "activations": "How many values does the output{of} hold?",
    "memory_bytes": "How many bytes does the output{of} take, at {bytes} bytes a value?",
    "receptive_field": "How wide is the receptive field of a unit of the output{of}, in pixels of the input?",
    "jump": "How far apart are neighbouring units of the output{of}, in pixels of the input?",
}
OF_THE_NET = {
    "params": "How many parameters does the whole network have, biases included?",
    "macs": "How many MACs does the whole network do for one image?",
    "activations": "How many values do the input and the outputs of all layers hold together?",
}
MADE = {
    "output": "The output{of} is {value}",
    "params": "There are {value} parameters, biases included",
    "receptive_field": "A unit of the last output sees {value} pixels of the input on a side",
}
WHICH = {
    "W": "How large is the input, W",
    "C": "How many channels does the input have, C",
    "F": "How large are the filters, F",
    "S": "What is the stride, S",
    "P": "How much padding is there on each side, P",
    "K": "What is K",
    "L": "How many layers are there, L",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question with one answer.

    `text` asks for `quantity` of `layer` (of the whole network where that is empty) of `net`, which
    is `exact`. With an `unknown`, the text gives the quantity and asks for that letter, which is
    `exact` then; `net` has the answer in it, and `value` is what it makes.
    """

    level: int
    text: str
    net: Net
    layer: str
    quantity: str
    value: Any
    unknown: str = ""
    bounds: tuple[int, int] = (0, 0)

    @property
    def exact(self) -> Any:
        """The answer: a count, a Shape, or one length for every axis."""
        if not self.unknown:
            return self.value
        return self.net.number(self.unknown)

    @property
    def answer(self) -> str:
        """The answer as it is written down: `28x28x6`, `34,944`, `S = 4`."""
        return f"{self.unknown} = {self.exact:,}" if self.unknown else text_of(self.value)

    def solved(self) -> Answer:
        """What cnncalc.solve answers where the number behind the unknown is hidden and the quantity is given."""
        net, unknown = self.net, self.unknown
        low, high = self.bounds
        within = f"{unknown}>={low} {unknown}<={high}"
        made = text_of(self.value).replace(",", "")
        first = net.pieces[0]
        if unknown == "L":
            stack = net.changed("L", 1).notation
            return solve((f"{stack} xL", f"rf={made}", within), net.input)
        if len(net.pieces) > 1:
            return solve((net.notation, f"{self.layer}={made}"), f"WxWx{net.channels}")
        known = {"in": f"{net.side}x{net.side}x{net.channels}" if net.side else str(net.channels)}
        if unknown in "WC":
            known = {"C": str(net.channels)} if unknown == "W" else {"in": str(net.side)}
        if first.kind != "fc":
            known |= {"F": str(first.kernel), "S": str(first.stride), "P": str(first.padding)}
        if first.count:
            known["K"] = str(first.count)
        known.pop(unknown, None)
        given = " ".join(f"{name}={number}" for name, number in known.items())
        name = "out" if self.quantity == "output" else self.quantity
        return solve((f"{first.kind} {given} {name}={made} {within}",))


@dataclass(frozen=True, slots=True)
class Sheet(Result, Sequence[Question]):
    """The questions of a seed; as a sequence, one after the other."""

    seed: int
    questions: tuple[Question, ...]
    view: ClassVar[str] = "quiz"

    @property
    def levels(self) -> list[int]:
        """The levels of its questions, the lowest first."""
        return sorted({question.level for question in self.questions})

    @property
    def title(self) -> str:
        """`Sheet 7, level 1`."""
        levels = self.levels
        return f"Sheet {self.seed}, level{'s' * (len(levels) > 1)} {', '.join(map(str, levels))}"

    def __len__(self) -> int:
        return len(self.questions)

    def __getitem__(self, index: Any) -> Any:
        return self.questions[index]


def sheet_of(seed: int, levels: Sequence[int], count: int) -> Sheet:
    """A sheet of questions: the same for the same seed, levels and count, on every machine.

    Several levels share the questions equally, the lowest first. Of one level, a longer sheet begins
    with the questions of a shorter one. Raises UsageError for an unknown level, and for a seed
    or a count out of range.
    """
    chosen = sorted(set(levels))
    for each in chosen or [0]:
        if each not in LEVELS:
            raise UsageError([Problem(f"unknown level {each}", None, one_of(tuple(map(str, LEVELS))))])
    if not isinstance(count, int) or not 1 <= count <= MOST_QUESTIONS.value:
        raise UsageError(
            [Problem(f"a sheet has 1 to {MOST_QUESTIONS} questions, not {count}", None, MOST_QUESTIONS.hint)]
        )
    if not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
        raise UsageError([Problem(f"a seed is a number from 0 to {MOST_SEED:,}")])
    found: list[Question] = []
    for number, each in enumerate(chosen):
        share = (count + len(chosen) - 1 - number) // len(chosen)
        found += _of_level(seed, each, share)
    return Sheet(seed, tuple(found))


def _of_level(seed: int, level: int, count: int) -> Iterator[Question]:
    """Questions of one level, all different if possible."""
    told: set[str] = set()
    for number in range(count):
        recipe = RECIPES[level][number % len(RECIPES[level])]
        kept: Question | None = None
        for attempt in range(MOST_DRAWS):
            found = _question(level, recipe(Draw(seed, level, number, attempt)))
            kept = found or kept
            if (found and found.text not in told) or (kept and attempt > ENOUGH_DRAWS):
                break
        if kept is None:
            raise RuntimeError(f"no question in {MOST_DRAWS} draws of {recipe.__name__}")
        told.add(kept.text)
        yield kept


def _question(level: int, candidate: Candidate) -> Question | None:
    """The question; None if it has no answer, several, or one that is too long for pen and paper."""
    net = candidate.net
    if not net.fits:
        return None
    layers = net.analysis.layers
    whole, last = candidate.at is None, candidate.at == len(net.pieces) - 1
    layer = "" if whole else layers[-1 if last else candidate.at or 0].name  # the last may stand for several
    value = value_of(net.analysis, candidate.quantity, layer)
    if not _handy(value, candidate.quantity):
        return None
    question = Question(
        level, sentence(candidate, layer, value), net, layer, candidate.quantity, value, candidate.unknown,
        candidate.bounds,
    )  # fmt: skip
    if candidate.unknown and not the_only(question.solved(), question.exact):
        return None
    return question


def _handy(value: Any, quantity: str) -> bool:
    """Whether a person can find the value without a calculator."""
    if isinstance(value, str):
        return False
    if quantity == "output":
        return bool(value.size) and min(value.size) > 1
    if isinstance(value, tuple):
        return all(length == int(length) and 1 <= length < 1000 for length in value)
    digits = len(str(value).rstrip("0"))
    return value <= LARGEST and digits <= MOST_DIGITS.get(quantity, FEWER_DIGITS)


def the_only(answer: Answer, number: int) -> bool:
    """Whether `number` is the one exact solution there is."""
    found = answer.exact
    return found is not None and found.complete and [list(point.values()) for point in found.points(2)] == [[number]]


def sentence(candidate: Candidate, layer: str, value: Any) -> str:
    """The question: the network, and what is asked of it."""
    single = len(candidate.net.pieces) == 1
    given = candidate.net.described(candidate.unknown)
    named = "" if single else layer
    of, has, does = (
        (f" of {named}", f" does {named} have", f" does {named} do") if named else ("", " are there", " does it take")
    )
    if not candidate.unknown:
        table = OF_A_LAYER if layer else OF_THE_NET
        words = table[candidate.quantity].format(of=of, has=has, does=does, bytes=Convention().bytes_per_value)
        return f"{given} {words}"
    low, high = candidate.bounds
    shown = value
    if isinstance(value, Shape) and candidate.unknown == "K":
        shown = Shape(0, *value.size)
    made = MADE[candidate.quantity].format(of=of, value=text_of(shown))
    fits = " with no pixel left over anywhere" if candidate.quantity == "output" else ""
    return f"{given} {made}{fits}. {WHICH[candidate.unknown]}, from {low} to {high:,}?"
