"""A question about one layer -> the layer with symbols for what is not known, and constraints on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.analysis import Convention
from cnncalc.errors import Problem, SpecError
from cnncalc.inverse.letters import field_of, letter_of, range_of
from cnncalc.inverse.question import Claim, Question
from cnncalc.inverse.search import Constraint, compared
from cnncalc.layers import Layer, Reach, Refused, Shape
from cnncalc.layers.reach import AxisReach
from cnncalc.symbolic import Size, is_known, symbol
from cnncalc.symbolic.program import Range

ORDER = "WFSPDCKGO"
"""The letters in the order in which solutions are listed."""


class OneLayer:
    """What a question says of one layer: `values` of letters, `unknowns` asked for, `asked` of what follows."""

    def __init__(self, kind: type[Layer], question: Question, convention: Convention) -> None:
        """Sort what is said; raises SpecError for a quantity that the layer type has not."""
        self.kind = kind
        self.convention = convention
        self.values: dict[str, Size] = {}
        self.height: Size | None = None
        self.unknowns: list[str] = []
        self.asked: list[str] = []
        self.claims: list[tuple[str, Claim]] = []
        self.bounds: dict[str, Range] = {}
        for name, span in question.unknowns:
            letter = letter_of(name, kind, span)
            (self.unknowns if letter in range_letters(kind) else self.asked).append(letter)
        for claim in question.claims:
            self._enter(letter_of(claim.name, kind, claim.span), claim)
        self.unknowns = [letter for letter in ORDER if letter in self.unknowns and letter not in self.values]

    def _enter(self, letter: str, claim: Claim) -> None:
        if letter not in range_letters(self.kind) or isinstance(claim.amount, str):
            if letter == "out" and len(claim.amount) == 3 and field_of("K", self.kind) and claim.amount[2]:
                self.values.setdefault("K", int(claim.amount[2]))
            self.claims.append((letter, claim))
        elif claim.relation != "==":
            self._bound(letter, claim)
        elif letter == "W":
            self._input(claim)
        else:
            self.values[letter] = _single(claim)
            if letter == "C" and not self.values["C"]:
                raise SpecError([Problem("an input has at least 1 channel", claim.span)])

    def _input(self, claim: Claim) -> None:
        sizes = claim.amount
        if len(sizes) == 1 and "kernel" not in self.kind.fields:
            self.values["C"] = _single(claim)  # a vector
            return
        if len(sizes) > 3 or None in sizes:
            raise SpecError(
                [Problem("an input is a size, or height x width x channels", claim.span, "as in 227x227x3")]
            )
        if min(int(size) for size in sizes if size is not None) < 1:
            raise SpecError([Problem("an input has at least 1 number on every side", claim.span)])
        self.values["W"] = int(sizes[min(1, len(sizes) - 1)])  # type: ignore[arg-type]
        self.height = int(sizes[0])  # type: ignore[arg-type]
        if len(sizes) == 3:
            self.values["C"] = int(sizes[2])  # type: ignore[arg-type]

    def _bound(self, letter: str, claim: Claim) -> None:
        """A bound on a letter: it is asked for, if it was not."""
        if letter not in self.unknowns:
            self.unknowns.append(letter)
        low, high = self.bounds.get(letter, (-1, -1))
        number = _single(claim)
        if claim.relation in ("<", "<="):
            high = number - (claim.relation == "<")
        else:
            low = number + (claim.relation == ">")
        self.bounds[letter] = (low, high)

    # The layer ------------------------------------------------------------------------------

    def value(self, letter: str) -> Size:
        """The number given for a letter, else its symbol."""
        return self.values[letter] if letter in self.values else symbol(letter)

    def layer(self, **fields: Any) -> Layer:
        """The layer, with symbols for what is asked for or must be given and is not."""
        letters = {letter: field_of(letter, self.kind) for letter in "FSPDKGO"}
        for letter, key in letters.items():
            needed = key and (self.kind.fields[key].required or key == "filters")
            if key and (letter in self.values or letter in self.unknowns or needed):
                fields.setdefault(key, self.value(letter))
        missing = next((key for key, field in self.kind.fields.items() if field.required and key not in fields), "")
        if missing:
            raise SpecError([Problem(f"{self.kind.kind} needs its {missing}, for which a question has no letter")])
        try:
            return self.kind(**fields)
        except Refused as refused:
            raise SpecError([Problem(str(refused), None, refused.hint)]) from None

    def shape(self) -> Shape:
        """The input."""
        if "kernel" not in self.kind.fields and "W" not in self.values:
            return Shape(self.value("C"))
        width = self.value("W")
        return Shape(self.value("C"), width if self.height is None else self.height, width)

    def quantities(self, layer: Layer, shape: Shape) -> dict[str, tuple[Size, ...]]:
        """Every derived quantity, by name; one value, or one for every axis."""
        reach = layer.reach(Reach(tuple(AxisReach() for _ in shape.size)), shape)
        output = layer.output(shape)
        operations = layer.operations(shape)
        return {
            "out": output.size or (output.channels,),
            "channels": (output.channels,),
            "params": (layer.params(shape) if self.convention.bias else layer.weights(shape),),
            "weights": (layer.weights(shape),),
            "macs": (operations.macs,),
            "flops": (self.convention.flop_count(operations),),
            "rf": tuple(axis.size for axis in reach.axes),
        }

    # Constraints ----------------------------------------------------------------------------

    def equations(self, layer: Layer, shape: Shape) -> Iterator[Constraint]:
        """What the question says of derived quantities, and of letters among themselves."""
        quantities = self.quantities(layer, shape)
        for letter, claim in self.claims:
            yield from self._equations(letter, claim, quantities, shape)

    def _equations(
        self, letter: str, claim: Claim, quantities: dict[str, tuple[Size, ...]], shape: Shape
    ) -> Iterator[Constraint]:
        left = quantities[letter] if letter in quantities else (self.value(letter),)
        if isinstance(claim.amount, str):
            other = letter_of(claim.amount, self.kind, claim.span)
            right: tuple[Size, ...] = quantities.get(other, shape.size if other == "W" else (self.value(other),))
        else:
            right = tuple(amount for amount in claim.amount if amount is not None)
            if letter == "out" and len(right) == len(left) + 1:
                left = (*left, *quantities["channels"])
        if len(right) == 1:
            right *= len(left)
        if len(right) != len(left):
            raise SpecError([Problem(f"{claim.name} has {len(left)} numbers here, not {len(right)}", claim.span)])
        for mine, its in dict.fromkeys(zip(left, right, strict=True)):
            yield compared(mine, claim.relation, its)

    def ranges(self) -> dict[str, Range]:
        """Where every unknown is searched."""
        found = {}
        for letter in self.unknowns:
            low, high = range_of(letter, alone=len(self.unknowns) == 1)
            least, most = self.bounds.get(letter, (-1, -1))
            low = max(low, least) if least >= 0 else low
            found[letter] = (low, most if most >= 0 else max(high, low))
        return found


def range_letters(kind: type[Layer]) -> tuple[str, ...]:
    """The letters that can be given or asked for; all else follows from them."""
    return ("W", "C", *(letter for letter in "FSPDKGO" if field_of(letter, kind)))


def _single(claim: Claim) -> int:
    if isinstance(claim.amount, str) or len(claim.amount) != 1 or claim.amount[0] is None:
        raise SpecError([Problem(f"{claim.name} is one number", claim.span)])
    return claim.amount[0]


def unknown_only(constraint: Constraint, unknowns: tuple[str, ...]) -> bool:
    """Whether a constraint speaks of nothing but the unknowns (and numbers)."""
    return names_in(constraint.left, constraint.right) <= set(unknowns)


def names_in(*sizes: Size) -> set[str]:
    """The symbols in some sizes."""
    return {str(free) for size in sizes if not is_known(size) for free in getattr(size, "free_symbols", ())}
