"""What a question says of one layer -> the layer with symbols for what is not known, and constraints on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.errors import Problem
from cnncalc.layers import Layer, ReceptiveField, Refused, Shape
from cnncalc.layers.receptive_field import AxisReceptiveField
from cnncalc.solve.letters import field_of, known_letter, range_of
from cnncalc.solve.question import Claim, QuestionError
from cnncalc.solve.said import Said
from cnncalc.symbolic import Size, symbol
from cnncalc.symbolic.constraint import Constraint, Range, compared, names_in


class OneLayer(Said):
    """The layer that a question speaks of, as far as it is known."""

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
            raise QuestionError([Problem(f"{self.kind.kind} needs its {missing}, for which a question has no letter")])
        try:
            return self.kind(**fields)
        except Refused as refused:
            raise QuestionError([Problem(str(refused), None, refused.hint)]) from None

    def shape(self) -> Shape:
        """The input."""
        if "kernel" not in self.kind.fields and "W" not in self.values:
            return Shape(self.value("C"))
        width = self.value("W")
        return Shape(self.value("C"), width if self.height is None else self.height, width)

    def quantities(self, layer: Layer, shape: Shape) -> dict[str, tuple[Size, ...]]:
        """Every derived quantity, by name; one value, or one for every axis."""
        seen = layer.receptive_field(ReceptiveField(tuple(AxisReceptiveField() for _ in shape.size)), shape)
        output = layer.output(shape)
        operations = layer.operations(shape)
        return {
            "out": output.size or (output.channels,),
            "channels": (output.channels,),
            "params": (layer.params(shape) if self.convention.bias else layer.weights(shape),),
            "weights": (layer.weights(shape),),
            "macs": (operations.macs,),
            "flops": (self.convention.flop_count(operations),),
            "rf": tuple(axis.size for axis in seen.axes),
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
        right: tuple[Size | None, ...]
        if isinstance(claim.amount, str):
            other = known_letter(claim.amount, self.kind)
            value = self.value(other) if other else symbol(claim.amount)
            right = quantities.get(other, shape.size if other == "W" else (value,))
        else:
            right = claim.amount
            if letter == "out" and len(right) == len(left) + 1:
                left = (*left, *quantities["channels"])
        if len(right) == 1:
            right *= len(left)
        if len(right) != len(left):
            raise QuestionError([Problem(f"{claim.name} has {len(left)} numbers here, not {len(right)}", claim.span)])
        for mine, its in dict.fromkeys(zip(left, right, strict=True)):
            if its is not None:
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

    def focus(self) -> tuple[str, ...]:
        """The quantities that the question is about and that are no forms, as workings call them."""
        quantities = self.quantities(self.layer(), self.shape())
        asked = [name for name in self.asked if names_in(*quantities[name]) <= set(self.unknowns)]
        names = dict.fromkeys((*(letter for letter, _ in self.claims), *asked))
        return tuple({"out": "output", "rf": "receptive_field", "weights": "params"}.get(name, name) for name in names)


def unknown_only(constraint: Constraint, unknowns: tuple[str, ...]) -> bool:
    """Whether a constraint speaks of nothing but the unknowns (and numbers)."""
    return names_in(constraint.left, constraint.right) <= set(unknowns)
