"""What a question says of one layer -> System: its clauses sorted into values, bounds, unknowns and equations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cnncalc.analysis.quantities import QUANTITIES, key_of
from cnncalc.errors import Problem, Span, UsageError
from cnncalc.layers import CATALOGUE, Layer
from cnncalc.setup import Setup
from cnncalc.solve.amounts import unknown_word
from cnncalc.solve.question import TWICE, Clause, Question, check_twice, narrowed, text_of
from cnncalc.solve.symbols import ORDER, SYMBOLS, USUAL, field_of, meaning, symbols_of
from cnncalc.solve.system import System, evaluated, names_of, quotient
from cnncalc.solve.words import LAYER, PLACE
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, InputSize, LayerItem, Spec
from cnncalc.symbolic import Size, exact_div, is_known, symbol, written

SIZELESS = frozenset(("rf", "params", "weights", "biases", "buffers"))
"""Quantities of a layer that do not depend on the size of its input."""
USUAL_VALUES: Mapping[str, Any] = {"S": 1, "P": 0, "D": 1, "G": 1, "O": 0}
"""What a symbol is if nothing is said of it; the stride of a pool is its kernel."""
LARGEST_KERNEL = 31
"""A larger size that stands alone is hardly meant as a kernel."""


def layer_system(question: Question, setup: Setup) -> System:
    """The system of a question about one layer: a network of one, whose parameters are the textbook's symbols."""
    for name, step in question.steps.items():
        message = f"'{name}' of one layer does not go in steps of {step}"
        raise UsageError([Problem(message, question.asked[name], "steps are for the unknown of a network")])
    return _LayerReader(question, _kind_of(question)).system(setup)


def _kind_of(question: Question) -> type[Layer]:
    """The layer type: the one that is named; pad, where the input is padded and nothing else is done; else conv."""
    names = {clause.name for clause in question.clauses}
    first = next(iter(question.asked), "")
    leads = first == "pad" and question.asked[first].column == 0 and names & {"P", "p", "padding"}
    if leads:
        del question.asked[first]
    kernel = names & {"F", "k", "kernel", "filters", "stride"} or len(question.shapes) > 1
    padded = question.padded and not kernel and not question.asked
    return CATALOGUE[question.layer or ("pad" if leads or padded else "conv")]


def layer_spec(kind: type[Layer], question: Question, fields: Mapping[str, Any]) -> Spec:
    """The network of one layer, its fields the symbols; `fields` are those that have none."""
    span = question.source.span(0, 0, max(len(question.text), 1))
    spec = Spec(question.source, key=kind.kind, name=kind.kind)
    arguments = {key: Argument(value, span) for key, value in fields.items()}
    for letter in "FSPDKGO":
        key = field_of(letter, kind)
        if key:
            pooled = letter == "S" and kind.fields[key].default is None
            value = Expression("F") if pooled else USUAL_VALUES.get(letter) if not kind.fields[key].required else None
            spec.parameters[letter] = Argument(value, span)
            arguments[key] = Argument(Expression(letter), span)
    missing = next((key for key, each in kind.fields.items() if each.required and key not in arguments), "")
    if missing:
        raise UsageError([Problem(f"{kind.kind} needs its {missing}, for which a question has no symbol")])
    spec.items = (LayerItem(layer=kind, name=kind.kind, arguments=arguments, span=span),)
    return spec


class _LayerReader:
    """Sorts what a question says of one layer; raises UsageError for an unknown quantity or a contradiction."""

    def __init__(self, question: Question, kind: type[Layer]) -> None:
        self.question = question
        self.kind = kind
        self.symbols = symbols_of(kind)
        self.values: dict[str, Size] = {}
        self.sizes: tuple[int, ...] = ()
        self.bounds: dict[str, tuple[int | None, int | None]] = {}
        self.mentioned: set[str] = set()
        self.clauses: list[Clause] = []
        self.asked = {self._meaning(name, span): span for name, span in question.asked.items()}
        self.place()
        clauses = [each._replace(name=self._meaning(each.name, each.span)) for each in question.clauses]
        self.question.rank = self.question.rank or 3 * any(_is_volume(clause) for clause in clauses)
        for clause in sorted(clauses, key=lambda each: each.name == "H"):  # a height comes after its width
            self._enter(clause)
        for name in (*self.asked,):
            if name in self.values:
                given = written(self.values[name])
                raise UsageError([Problem(f"{name} is asked for, but also given as {given}", self.asked[name], TWICE)])
        check_twice(self.clauses)
        self._filters_of_outputs()

    def system(self, setup: Setup) -> System:
        """The system; `setup` says how to count."""
        bounded = [name for name in self.bounds if name not in self.values]
        unknowns = [name for name in ORDER if name in (*self.asked, *bounded) and name in self.symbols]
        asked = tuple(name for name in self.asked if name not in self.symbols)
        spec = layer_spec(self.kind, self.question, self._fields())
        vector = "kernel" not in self.kind.fields and not self.sizes and "W" not in self.values
        rank = 0 if vector else self.rank()
        sizes = self.sizes or ("W",) * rank
        return System(
            self.question,
            replace(setup, spec=spec),
            InputSize((*sizes[:-1], "W") if rank else (), "C"),
            self.kind,
            self.values,
            tuple(unknowns),
            asked,
            tuple(self.clauses),
            {name: bounds for name, bounds in self.bounds.items() if name in unknowns},
            mentioned=frozenset(self.mentioned),
        )

    def rank(self) -> int:
        """The number of axes of the input: as the layer type or the input says, else 2."""
        return self.question.rank or len(self.sizes) or 2

    def _fields(self) -> dict[str, Any]:
        fields = {}
        for key, value in self.question.fields.items():
            if key in self.kind.fields:
                fields[key] = value
            elif key == "rounding":
                raise UsageError([Problem(f"a {self.kind.kind} does not round")])
        return fields

    def _meaning(self, name: str, span: Span) -> str:
        """The symbol or quantity that a name means; raises UsageError for one that the layer has not."""
        if found := meaning(name, self.kind):
            return found
        if "." in name:
            hint = f"as in: cnncalc solve vgg16 '{name}'"
            raise UsageError([Problem(f"'{name}' is a number of a network, but no network is named", span, hint)])
        if re.fullmatch(PLACE, name):
            hint = f"as in: cnncalc solve vgg16 '{text_of(span)}'"
            if sized := re.fullmatch(rf"({LAYER})([0-9]+)", name, re.IGNORECASE):
                hint = f"one layer is written '{sized[2]}x{sized[2]} {sized[1]}'; of a network, {hint}"
            raise UsageError([Problem(f"'{name}' seems to be a layer, but no network is named", span, hint)])
        if any(name.lower() in (key.lower(), *each.names) for key, each in SYMBOLS.items()):
            have = ", ".join(f"{key} ({SYMBOLS[key].about})" for key in self.symbols)
            raise UsageError(
                [Problem(f"a {self.kind.kind} has no '{name}'", span, f"it has {have}, and {', '.join(USUAL)}")]
            )
        if key := key_of(name):
            hint = f"as in: cnncalc solve 'conv3-64' {key} --input 32x32x3"
            raise UsageError([Problem(f"{QUANTITIES[key].words} is a number of a network", span, hint)])
        known = [alias for each in SYMBOLS.values() for alias in each.names if len(alias) > 2]
        raise unknown_word(name, span, (*known, *USUAL, "parameters", "memory", "keep", "same", "conv", "pool"))

    # Sizes that stand alone -----------------------------------------------------------------

    def place(self) -> None:
        """Find out what sizes that stand alone mean: `227 -> 55, 11x11` speaks of the kernel, `227x227x3, F=11` not."""
        clauses, shapes = self.question.clauses, self.question.shapes
        given = {meaning(clause.name, self.kind): clause for clause in clauses}
        follows = {name for name in (*given, *self.asked) if name not in self.symbols}
        keeps = "out" in given and isinstance(given["out"].amount, str)
        sizeless = bool(follows) and follows <= SIZELESS
        named = {*given, *self.asked}
        for start, end, span in self.question.arrows:
            counts = sizeless and follows & {"params", "weights"} and not {*self.asked} & {*self.symbols}
            free = field_of("K", self.kind) == "filters" and not {"C", "K"} & named
            maps = free and ("W" in named or counts or len(shapes) > 1)
            names = ("channels", "filters") if maps else ("in", "out")
            settled = maps or self.asked or any(clause.relation != "==" for clause in clauses)
            if free and not settled and _grows(start, end) and "output_padding" not in self.kind.fields:
                hint = f"as in '{text_of(span)} channels', or 'in={start[0]} out={end[0]}'"
                raise UsageError([Problem(f"is {text_of(span)} a size, or channels?", span, hint)])
            clauses.append(Clause(names[0], "==", start, span))
            clauses.append(Clause(names[1], "==", end, span))
            named |= {"C", "K"} if maps else {"W", "out"}
        needless = keeps or sizeless or any(clause.amount == "same" for clause in clauses)
        for amount, span in sorted(shapes, key=_size_order):
            name = self._place(amount, span, named, needless and len(shapes) < 2, len(shapes) < 2)
            clauses.append(Clause(name, "==", amount, span))

    def _place(self, amount: Any, span: Span, named: set[str], needless: bool, alone: bool) -> str:
        """What one size is: the input, the larger one first; a square where the input is known or not needed, F."""
        known, text = "W" in named, text_of(span)
        parts = amount[:2] if len(amount) == 3 and (known or needless) and self.rank() == 2 else amount
        square = len(parts) in (2, self.question.rank) and len(set(parts)) == 1 and parts[0] is not None
        kernel = square and "kernel" in self.kind.fields and "F" not in named
        either = alone and len(amount) == 2 and parts[0] is not None and parts[0] <= LARGEST_KERNEL
        weights = alone and len(amount) > 3 and len(set(amount[:2])) == 1 and (amount[0] or 0) <= LARGEST_KERNEL
        if weights or (kernel and not known and (len(parts) < len(amount) if needless else either)):
            kernel_form = "3x3, 64 -> 128 channels" if weights else f"kernel {text}"
            hint = f"as in 'in={text}', or '{kernel_form}'"
            raise UsageError([Problem(f"is {text} the input, or the kernel?", span, hint)])
        if kernel and (known or needless) and parts[0] <= LARGEST_KERNEL:
            named.add("F")
            return "kernel"
        if known or (kernel and needless):
            what = f"what is {text}?" + " the input is already given" * known
            raise UsageError([Problem(what, span, f"as in 'in={text}', or 'kernel {text}'")])
        named.add("W")
        return "in"

    # Clauses --------------------------------------------------------------------------------

    def _enter(self, clause: Clause) -> None:
        """Enter a clause: a value, a bound, or an equation."""
        name, amount = clause.name, clause.amount
        if name == "H":
            self._height(clause)
        elif amount == "same" or amount in ("half", "full"):
            self._same(clause)
        elif name not in self.symbols:
            self._compared(clause)
            self.clauses.append(clause)
        elif isinstance(amount, str):
            self._expression(clause)
        elif clause.relation != "==":
            self._bound(clause)
        elif name == "W":
            self._input(clause)
        else:
            self._number(clause)

    def _compared(self, clause: Clause) -> None:
        """Check the names in the expression that a quantity is compared with."""
        if isinstance(clause.amount, str):
            meant = names_of(quotient(clause.amount, clause.span)[0], self.kind, clause)
            if clause.name in meant.values():
                raise UsageError([Problem(f"{clause.name} is compared with itself", clause.span)])

    def _expression(self, clause: Clause) -> None:
        """`D=d` and `F=2*w+1` are values; `C=K` says that two quantities are equal, `W -> 27` nothing."""
        name, text = clause.name, str(clause.amount)
        above, over = quotient(text, clause.span)
        meant = names_of(above, self.kind, clause)
        if name in meant.values():
            if clause.relation != "==" or text not in meant:
                raise UsageError([Problem(f"{name} is compared with itself", clause.span)])
            self.mentioned.add(name)
            self._give(name, symbol(name), clause)
        elif any(meant.values()) or clause.relation != "==":
            self.clauses.append(clause)
        else:
            value = evaluated(above, {each: symbol(each) for each in meant}, clause.span)
            if is_known(value) and value % over:
                raise UsageError([Problem(f"'{text}' is not a whole number", clause.span)])
            if not meant:
                self._enter(clause._replace(amount=(value // over,)))
            else:
                self._give(name, exact_div(value, over), clause)

    def _give(self, name: str, value: Any, clause: Clause) -> None:
        """Enter a value; raises UsageError where it is given twice, or against a bound."""
        given = self.values.setdefault(name, value)
        if given != value:
            message = f"{name} is given twice: {_shown(given)} and {_shown(value)}"
            raise UsageError([Problem(message, clause.span, TWICE)])
        self._check_bound(name, clause)

    def _check_bound(self, name: str, clause: Clause) -> None:
        if name not in self.bounds or name not in self.values:
            return
        value, (low, high) = self.values[name], self.bounds[name]
        if not is_known(value) or value < (low or 0) or (high is not None and value > high):
            raise UsageError([Problem(f"{name} = {_shown(value)} is outside its bounds", clause.span, TWICE)])

    def _number(self, clause: Clause) -> None:
        """`F=3`, or `F=3x3`; of a kernel `11x11x3`, the channels too."""
        name, sizes = clause.name, clause.amount
        if name == "F" and len(sizes) == self.rank() + 1 and len(sizes) > 2 and field_of("K", self.kind):
            self._number(clause._replace(name="C", amount=sizes[-1:]))
            sizes = sizes[:-1]
        if name in "FSPDO" and len(set(sizes)) == 1:
            sizes = sizes[:1]
        self._give(name, _single(clause._replace(amount=sizes)), clause)
        if name == "C" and not self.values["C"]:
            raise UsageError([Problem("an input has at least 1 channel", clause.span)])

    def _input(self, clause: Clause) -> None:
        """`in=227`, `in=227x227x3`: the sizes on every axis, then the channels."""
        sizes: Any = clause.amount
        if len(sizes) == 1 and "kernel" not in self.kind.fields and "size" not in self.kind.fields:
            self._number(clause._replace(name="C"))  # a vector
            return
        if None in sizes or len(sizes) > 4 or (self.question.rank and len(sizes) > self.question.rank + 1):
            message = "an input is a size, or height x width x channels"
            raise UsageError([Problem(message, clause.span, "as in 227x227x3")])
        if min(sizes) < 1:
            raise UsageError([Problem("an input has at least 1 number on every side", clause.span)])
        if re.search("[0-9],[0-9]", text_of(clause.span)) and len(sizes) == 1 and self.rank() > 1:
            message = f"is the input {sizes[0]}, or several sizes?"
            raise UsageError([Problem(message, clause.span, "write 224x224, or a number without a comma")])
        rank = self.question.rank or (3 if len(sizes) == 4 else 2)
        channels = sizes[rank] if len(sizes) == rank + 1 else None
        sides = sizes[:rank] if len(sizes) >= rank else sizes * rank if len(sizes) == 1 else ()
        if not sides:
            raise UsageError([Problem(f"the input has {rank} axes here", clause.span, "as in in=16x112x112x3")])
        if self.sizes and self.sizes[:-1] != sides[:-1]:
            message = f"the input is given twice: {_shown(self.sizes)} and {_shown(sides)}"
            raise UsageError([Problem(message, clause.span, TWICE)])
        self._give("W", sides[-1], clause)
        self.sizes = sides
        if channels is not None:
            self._number(clause._replace(name="C", amount=(channels,)))

    def _height(self, clause: Clause) -> None:
        """`H1=227` beside `W1=227`."""
        height, width = _single(clause), self.values.get("W")
        if width is None and not any(each.name in ("W1", "W", "w1") for each in self.question.clauses):
            raise UsageError([Problem("a height needs a width beside it", clause.span, "as in W1=227 H1=227")])
        self.sizes = (height, int(width) if width is not None and is_known(width) else height)

    def _same(self, clause: Clause) -> None:
        """The padding `same`: of stride 1 it keeps the size; asked for, it is what keeps it."""
        if not field_of("P", self.kind):
            raise UsageError([Problem(f"a {self.kind.kind} has no padding", clause.span)])
        strides = [each.amount for each in self.question.clauses if meaning(each.name, self.kind) == "S"]
        if clause.amount == "same" and "P" in self.asked and strides in ([], [(1,)]):
            self.clauses.append(Clause("out", "==", "W", clause.span))
            return
        if "P" in self.asked:
            del self.asked["P"]
            self.asked["padding"] = clause.span
        self._give("P", clause.amount, clause)

    def _filters_of_outputs(self) -> None:
        """Take the filters from `-> 55x55x96`, and the units from `-> 1000`, where they are not asked for."""
        key = field_of("K", self.kind)
        for place, clause in enumerate(self.clauses):
            sizes = clause.amount
            if clause.name != "out" or not key or isinstance(sizes, str):
                continue
            if key == "units" and set(sizes[:-1]) <= {1}:
                sizes = sizes[-1:]  # 1x1x4096
                self.clauses[place] = clause._replace(amount=sizes)
            count = sizes[-1] if len(sizes) == (1 if key == "units" else self.rank() + 1) else None
            if count and clause.relation == "==" and "K" not in {*self.values, *self.asked, *self.bounds}:
                self.values["K"] = count

    def _bound(self, clause: Clause) -> None:
        """A bound on a symbol; what has a bound is asked for, unless it is given."""
        number = _single(clause)
        if clause.relation == "<" and number == 0:
            raise UsageError([Problem(f"{clause.name} cannot be below 0", clause.span)])
        self.bounds[clause.name] = narrowed(self.bounds.get(clause.name, (None, None)), clause, number)
        self._check_bound(clause.name, clause)


def _grows(start: Any, end: Any) -> bool:
    """Whether `64 -> 128` goes up, as channels do, and sizes seldom."""
    return bool(start[0] and end[0] and end[0] > start[0])


def _is_volume(clause: Clause) -> bool:
    """Whether a clause gives an input of three axes and channels."""
    return clause.name == "W" and not isinstance(clause.amount, str) and len(clause.amount) == 4


def _size_order(shape: tuple[Any, Span]) -> tuple[bool, int, list[int]]:
    """A plain number first, which is an input; then the sizes with channels, and the larger ones."""
    sizes, _ = shape
    return len(sizes) > 1, -len(sizes), [-int(size or 0) for size in sizes]


def _single(clause: Clause) -> int:
    if isinstance(clause.amount, str) or len(clause.amount) != 1 or clause.amount[0] is None:
        hint = "a window that is not square is one of a network, as in: cnncalc 'conv3x5-64' --input 32x32x3"
        if clause.name not in "FSPDO":
            hint = "filters are given as in 'kernel 3x3x64, 128 filters'" if clause.name == "K" else "give one number"
        raise UsageError([Problem(f"{clause.name} is one number here", clause.span, hint)])
    return clause.amount[0]


def _shown(value: Any) -> str:
    """A value in a message."""
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return value if isinstance(value, str) else written(value)
