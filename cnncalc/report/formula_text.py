"""A recorded formula -> text as on a blackboard: in symbols, with the numbers put in, in LaTeX."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from cnncalc.symbolic.formula_tree import Extreme, Number, Product, Quotient, Sum, Tree, Variable, nodes

SUM, PRODUCT, ATOM = 1, 2, 3
"""How strongly a piece of text holds together; weaker ones stand in parentheses within stronger."""


class FormulaWriter:
    """Writes a tree; with `numbers`, the numbers instead of the variables.

    `rounded` writes what is inside of a floor or ceil that drops something as one decimal number.
    """

    times: ClassVar[str] = "*"
    between_groups: ClassVar[str] = " * "

    def __init__(self, *, numbers: bool = False, rounded: bool = False) -> None:
        self.numbers = numbers or rounded
        self.rounded = rounded

    def write(self, tree: Tree, least: int = SUM) -> str:
        """The text of a tree, in parentheses if it holds together less than `least`."""
        text, strength = getattr(self, tree.kind)(tree)
        return self.enclosed(text) if strength < least else text

    def enclosed(self, text: str) -> str:
        """Parentheses around a piece."""
        return f"({text})"

    def number(self, tree: Number) -> tuple[str, int]:
        """A plain number; a negative one needs parentheses within a product or behind a sign."""
        return str(tree.value), ATOM if tree.value >= 0 else SUM

    def variable(self, tree: Variable) -> tuple[str, int]:
        """A variable or its value."""
        return self.number(Number(tree.value)) if self.numbers else (self.name(tree.name), ATOM)

    def name(self, name: str) -> str:
        """The name of a variable, a letter or a word."""
        return name

    def sum(self, tree: Sum) -> tuple[str, int]:
        """Terms with their signs, the first one positive if any is."""
        pieces = [(coefficient < 0, self.term(term, abs(coefficient))) for term, coefficient in tree.terms]
        if tree.constant:
            pieces.append((tree.constant < 0, str(abs(tree.constant))))
        leader = next((number for number, (negative, _) in enumerate(pieces) if not negative), 0)
        (negative, first), *others = [pieces[leader], *pieces[:leader], *pieces[leader + 1 :]]
        text = ("-" if negative else "") + first
        text += "".join((" - " if sign else " + ") + piece for sign, piece in others)
        return text, SUM if others or negative else PRODUCT

    def term(self, tree: Tree, coefficient: int) -> str:
        """`2P`, and `2*1` in numbers."""
        if coefficient == 1:
            return self.write(tree, PRODUCT)
        close = isinstance(tree, Variable) and not self.numbers
        return f"{coefficient}{'' if close and self.short(tree) else self.times}{self.write(tree, PRODUCT)}"

    def short(self, tree: Tree) -> bool:
        """Whether a tree is a variable of one letter, not a word, so that a number may stand right before it."""
        return isinstance(tree, Variable) and len(tree.name.partition("_")[0].strip("'")) == 1

    def product(self, tree: Product) -> tuple[str, int]:
        """`H*W*C`; products among the factors in parentheses where they are groups, else set apart."""
        spaced = not tree.grouped and any(isinstance(factor, Product) for factor in tree.factors)
        number, *others = tree.factors
        if isinstance(number, Number) and number.value > 1 and len(others) == 1 and self.short(others[0]):
            return self.term(others[0], number.value), PRODUCT
        pieces = [self.factor(factor, tree.grouped) for factor in tree.factors]
        return (self.between_groups if spaced else self.times).join(pieces), PRODUCT

    def factor(self, tree: Tree, grouped: bool) -> str:
        """A factor of a product; groups of weights and quotients stand in parentheses."""
        held = (isinstance(tree, Product) and not grouped) or isinstance(tree, Variable | Number)
        return self.write(tree, PRODUCT if held else ATOM)

    def quotient(self, tree: Quotient) -> tuple[str, int]:
        """`a/b`; `floor(a/b)` or `ceil(a/b)` where something is left over."""
        if not tree.remainder:
            return self.over(tree), PRODUCT
        if self.rounded:
            return self.brackets(tree.rounding, decimal(tree.numerator.value, tree.divisor.value)), ATOM
        return self.brackets(tree.rounding, self.over(tree)), ATOM

    def over(self, tree: Quotient) -> str:
        """Numerator over divisor."""
        return f"{self.write(tree.numerator, PRODUCT)}/{self.write(tree.divisor, ATOM)}"

    def brackets(self, rounding: str, text: str) -> str:
        """What is rounded."""
        return f"{rounding}({text})"

    def extreme(self, tree: Extreme) -> tuple[str, int]:
        """`max(a, b)`."""
        return f"{tree.word}({', '.join(self.write(part) for part in tree.parts)})", ATOM


class Latex(FormulaWriter):
    """Writes a tree for LaTeX's math mode."""

    times = r" \cdot "
    between_groups = r" \cdot "

    def name(self, name: str) -> str:
        """`F_h` as `F_{h}`, words upright."""
        head, _, index = name.partition("_")
        if len(head.strip("'")) > 1 and not head[1:].strip("'").isdigit():
            escaped = name.replace("_", r"\_")
            return rf"\text{{{escaped}}}"
        head = head if len(head.strip("'")) == 1 else f"{head[0]}_{{{head[1:]}}}"
        return f"{head}_{{{index}}}" if index else head

    def enclosed(self, text: str) -> str:
        """Parentheses that grow."""
        return rf"\left({text}\right)"

    def over(self, tree: Quotient) -> str:
        """A fraction."""
        return rf"\frac{{{self.write(tree.numerator)}}}{{{self.write(tree.divisor)}}}"

    def brackets(self, rounding: str, text: str) -> str:
        """Floor and ceiling brackets."""
        return rf"\left\l{rounding}{text}\right\r{rounding}"

    def extreme(self, tree: Extreme) -> tuple[str, int]:
        r"""`\max(a, b)`."""
        return rf"\{tree.word}\left({', '.join(self.write(part) for part in tree.parts)}\right)", ATOM


def stages(tree: Tree | None, hand: type[FormulaWriter] = FormulaWriter) -> list[str]:
    """A formula in symbols, with numbers, and, where a division is rounded, with that done."""
    if tree is None:
        return []
    drops = any(isinstance(node, Quotient) and node.remainder for node in nodes(tree))
    hands = [hand(), hand(numbers=True), *([hand(rounded=True)] if drops else [])]
    return list(dict.fromkeys(one.write(tree) for one in hands))


def decimal(numerator: int, divisor: int) -> str:
    """The quotient with as many places, from two up, as show that it is not a whole number: `53.25`."""
    value: Any = Fraction(numerator, divisor)
    for places in range(1, 20):
        text = f"{float(value):.{places}f}"
        if Fraction(text) == value or (places > 1 and Fraction(text).denominator != 1):
            return text
    return f"{numerator}/{divisor}"
