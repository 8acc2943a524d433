"""The words on one layer -> what they say: numbers, bounds, what is asked for, and what must hold besides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from typing import Any, Self

from cnncalc.analysis import Convention
from cnncalc.errors import Problem
from cnncalc.layers import Layer
from cnncalc.solve.bare import placed
from cnncalc.solve.letters import field_of, known_letter, letter_of, range_letters
from cnncalc.solve.question import Claim, Question, QuestionError
from cnncalc.symbolic import Size, is_known, symbol, written
from cnncalc.symbolic.constraint import Range, names_in

SYMBOL = re.compile(r"[A-Za-z][0-9]*'?\Z")
ORDER = "WFSPDCKGO"
"""The letters in the order in which solutions are listed."""


class Said:
    """What a question says of one layer: `values` of letters, `unknowns` asked for, `asked` of what follows.

    A value may be a symbol, as in `D=d`; `mentioned` are the letters said to be themselves, as in `W -> 27`.
    """

    def __init__(self, kind: type[Layer], question: Question, convention: Convention) -> None:
        """Sort what is said; raises QuestionError for a quantity that the layer has not, or for contradictions."""
        self.kind = kind
        self.convention = convention
        self.values: dict[str, Size] = {}
        self.height: Size | None = None
        self.unknowns: list[str] = []
        self.asked: list[str] = []
        self.mentioned: set[str] = set()
        self.claims: list[tuple[str, Claim]] = []
        self.bounds: dict[str, Range] = {}
        question = placed(question, kind)
        spans = {letter_of(name, kind, span): span for name, span in question.unknowns}
        for letter in spans:
            (self.unknowns if letter in range_letters(kind) else self.asked).append(letter)
        for claim in question.claims:
            self._enter(letter_of(claim.name, kind, claim.span), claim)
        for letter in set(spans) & set(self.values):
            message = f"{letter} is asked for, and said to be {written(self.values[letter])}"
            raise QuestionError([Problem(message, spans[letter], "leave out one of the two")])
        self._check_outputs()
        self._filters_of_outputs()
        self.unknowns = [letter for letter in ORDER if letter in self.unknowns and letter not in self.values]

    def _enter(self, letter: str, claim: Claim) -> None:
        """Enter a claim: a value, a bound, or what must hold."""
        named = known_letter(claim.amount, self.kind) if isinstance(claim.amount, str) else ""
        if isinstance(claim.amount, str) and not named and not SYMBOL.match(claim.amount):
            hint = "'keep' says that the size stays" if letter == "P" else "a letter stands for any number, as in D=d"
            raise QuestionError([Problem(f"'{claim.amount}' is neither a number nor a letter", claim.span, hint)])
        if named == letter and (claim.relation != "==" or letter not in range_letters(self.kind)):
            raise QuestionError([Problem(f"{claim.name} is compared with itself", claim.span)])
        if letter not in range_letters(self.kind) or named not in ("", letter):
            self.claims.append((letter, claim))
        elif isinstance(claim.amount, str) and claim.relation == "==":
            self.mentioned |= {letter} if named and claim.amount in (letter, claim.name) else set()
            self._give(letter, symbol(letter if letter in self.mentioned else claim.amount), claim)
        elif claim.relation != "==":
            self._bound(letter, claim)
        elif letter == "W":
            self._input(claim)
        else:
            self._number(letter, claim)

    def _give(self, letter: str, value: Size, claim: Claim) -> None:
        """Enter a value; raises QuestionError where it is said twice, or against a bound."""
        said = self.values.setdefault(letter, value)
        if said != value:
            message = f"{letter} is said twice: {written(said)} and {written(value)}"
            raise QuestionError([Problem(message, claim.span, "leave out one of the two")])
        self._check_bound(letter, claim)

    def _check_bound(self, letter: str, claim: Claim) -> None:
        if letter not in self.bounds or letter not in self.values:
            return
        value, (low, high) = self.values[letter], self.bounds[letter]
        if not is_known(value) or value < low or (high >= 0 and value > high):
            message = f"{letter} is said to be {written(value)}, and bounded otherwise"
            raise QuestionError([Problem(message, claim.span, "leave out one of the two")])

    def _number(self, letter: str, claim: Claim) -> None:
        """`F=3`, or `F=3x3`; of a kernel `11x11x3`, the channels too."""
        sizes = claim.amount
        if letter == "F" and len(sizes) == 3 and field_of("K", self.kind):
            self._number("C", claim._replace(amount=sizes[2:]))
            sizes = sizes[:2]
        if letter in "FSPD" and len(set(sizes)) == 1:
            sizes = sizes[:1]
        self._give(letter, _single(claim._replace(amount=sizes)), claim)
        if letter == "C" and not self.values["C"]:
            raise QuestionError([Problem("an input has at least 1 channel", claim.span)])

    def _input(self, claim: Claim) -> None:
        sizes = claim.amount
        if len(sizes) == 1 and "kernel" not in self.kind.fields:
            self._number("C", claim)  # a vector
            return
        if len(sizes) > 3 or None in sizes:
            message = "an input is a size, or height x width x channels"
            raise QuestionError([Problem(message, claim.span, "as in 227x227x3")])
        if min(int(size) for size in sizes if size is not None) < 1:
            raise QuestionError([Problem("an input has at least 1 number on every side", claim.span)])
        height, width = (int(sizes[place] or 0) for place in (0, min(1, len(sizes) - 1)))
        if self.height not in (None, height):
            message = f"the input is said twice: {self.height:,} and {height:,} high"
            raise QuestionError([Problem(message, claim.span, "leave out one of the two")])
        self._give("W", width, claim)
        self.height = height
        if len(sizes) == 3:
            self._number("C", claim._replace(amount=sizes[2:]))

    def _check_outputs(self) -> None:
        """Refuse two numbers for what follows from the letters."""
        said: dict[str, Claim] = {}
        for letter, claim in self.claims:
            if claim.relation == "==" and not isinstance(claim.amount, str):
                first = said.setdefault(letter, claim)
                if first.amount != claim.amount:
                    raise QuestionError([Problem(f"{letter} is said twice", claim.span, "leave out one of the two")])

    def _filters_of_outputs(self) -> None:
        """Take the filters from `-> 55x55x96`, and the units from `-> 1000`, where they are not asked for."""
        key = field_of("K", self.kind)
        for place, (letter, claim) in enumerate(self.claims):
            sizes = claim.amount
            if letter != "out" or not key or isinstance(sizes, str):
                continue
            if key == "units" and set(sizes[:-1]) <= {1}:
                sizes = sizes[-1:]  # 1x1x4096
                self.claims[place] = (letter, claim._replace(amount=sizes))
            count = sizes[-1] if len(sizes) == (1 if key == "units" else 3) else None
            if count and claim.relation == "==" and not {"K"} & {*self.values, *self.unknowns}:
                self.values["K"] = count

    def _bound(self, letter: str, claim: Claim) -> None:
        """A bound on a letter: it is asked for, if it was not."""
        if letter not in self.unknowns:
            self.unknowns.append(letter)
        low, high = self.bounds.get(letter, (-1, -1))
        number = _single(claim)
        if claim.relation == "<" and number == 0:
            raise QuestionError([Problem(f"no {letter} is below 0", claim.span)])
        if claim.relation in ("<", "<="):
            most = number - (claim.relation == "<")
            high = most if high < 0 else min(most, high)
        else:
            low = max(low, number + (claim.relation == ">"))
        self.bounds[letter] = (low, high)
        self._check_bound(letter, claim)

    def asking(self, letter: str) -> Self:
        """The same with one letter asked for."""
        other = copy(self)
        other.unknowns = [letter]
        other.values = {name: value for name, value in self.values.items() if name != letter}
        return other

    def wondering(self, name: str) -> Self:
        """The same with one derived quantity asked for."""
        other = copy(self)
        other.asked = [name]
        return other

    def given(self, values: Mapping[str, Any]) -> Self:
        """The same with numbers for the letters that were asked for."""
        other = copy(self)
        other.unknowns = []
        other.values = {**self.values, **values}
        return other

    def symbols(self) -> set[str]:
        """The symbols that the question gives as values."""
        return names_in(*self.values.values())

    def keeps(self) -> bool:
        """Whether the output is said to be as large as the input."""
        size = self.values.get("W")
        return any(
            letter == "out"
            and claim.relation == "=="
            and isinstance(claim.amount, str)
            and (known_letter(claim.amount, self.kind) == "W" or (size is not None and str(size) == claim.amount))
            for letter, claim in self.claims
        )


def _single(claim: Claim) -> int:
    if isinstance(claim.amount, str) or len(claim.amount) != 1 or claim.amount[0] is None:
        raise QuestionError([Problem(f"{claim.name} is one number", claim.span)])
    return claim.amount[0]
