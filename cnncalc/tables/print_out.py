"""What a program prints of a network, as data: its rows, and the numbers at its foot, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from cnncalc.errors import Span

NOTHING = ("", "-", "--", "?", "(recursive)", "N/A", "multiple")
"""The texts of a cell without a number."""


class Number(NamedTuple):
    """A printed number: what it is of, its text as it stands, its place, and what it was divided by before rounding."""

    quantity: str
    text: str
    span: Span
    scale: Fraction = Fraction(1)
    share: bool = False


@dataclass(slots=True)
class Row:
    """A row: a layer, or a module with those below it (`depth` more than its own) inside.

    `type` is the class of the module, where the program prints it. `sources` are the rows it reads, by name, where
    the program says so. A parameter (`conv1.weight`) is a row of its own in some tables.
    """

    name: str
    type: str
    span: Span
    numbers: list[Number] = field(default_factory=list)
    depth: int = 0
    sources: tuple[str, ...] = ()
    parameter: bool = False
    frozen: bool = False
    """Whether its parameters are not trained, where the program says so."""
    arguments: list[Number] = field(default_factory=list)
    """What its module was made with, where the program says so: kernel, stride, channels."""

    def number(self, quantity: str) -> Number | None:
        """The number of a quantity."""
        return next((number for number in self.numbers if number.quantity == quantity), None)


@dataclass(slots=True)
class PrintOut:
    """What a program prints of one network; `tool` is the name of its convention.

    `named`: the names of the rows may be those of the network's layers, as people gave them. `in_order`: the rows
    stand in the order in which the layers run, and not in that of the definition. `typed`: every row has a type.
    `channels_first` is the order of its shapes, None if that is a setting.
    """

    tool: str
    rows: list[Row] = field(default_factory=list)
    foot: list[Number] = field(default_factory=list)
    named: bool = False
    in_order: bool = True
    typed: bool = True
    channels_first: bool | None = True
    hides: bool = False
    """Whether a module may be a row without those inside it."""
    operators: bool = False
    """Whether the numbers of a row are those of operators, `macs convolution`."""
    statistics: bool = False
    """Whether running statistics are parameters, so that a norm without others has some."""
    of_functions: bool = False
    """Whether a module counts the functions that it calls."""
    functional: str = ""
    """The convention of the rows, where that of the whole adds the functions that modules call."""
    of_batch: bool = False
    """Whether operations are those of all images."""
    own_params: bool = False
    """Whether a module with rows inside has the rest of its parameters, those of itself."""
    complete: bool = False
    """Whether every step of the network has a row: a function that a module calls has none."""
    every_output: bool = False
    """Whether the size of a pass is that of the outputs of all rows."""
