"""A few drawn numbers -> a small network: as slide notation for the engine, and in words for a question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.errors import Source, SpecError
from cnncalc.layers import Shape
from cnncalc.setup import setup
from cnncalc.spec.readers import notation
from cnncalc.symbolic import Size

LETTERS = {
    "F": "kernel",
    "S": "stride",
    "P": "padding",
    "D": "dilation",
    "G": "groups",
    "K": "count",
    "L": "repeat",
}
"""The fields of a layer by the letters of the textbook; W and C are the input's."""
NAMES = {"maxpool": "max pooling", "avgpool": "average pooling", "depthwise": "a depthwise convolution"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A layer, or `repeat` alike one after the other; `count` are its filters or units."""

    kind: str
    count: int = 0
    kernel: int = 0
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    repeat: int = 1

    @property
    def notation(self) -> str:
        """The layer in slide notation, defaults written out."""
        text = self.kind + (str(self.kernel) if self.kernel else "") + (f"-{self.count}" if self.count else "")
        if self.kernel:
            text += f"/{self.stride}p{self.padding}"
        text += (f"d{self.dilation}" if self.dilation > 1 else "") + (f"g{self.groups}" if self.groups > 1 else "")
        return text if self.repeat == 1 else f"{text} x{self.repeat}"

    def words(self, unknown: str = "", *, short: bool = False) -> str:
        """`a convolution of 6 filters of 5x5, stride 1, padding 0`; a letter where a number is asked for.

        `short` leaves out what the layer's name says: `6 filters of 5x5, stride 1, padding 0`.
        """
        shown = {letter: letter if letter == unknown else str(getattr(self, LETTERS[letter])) for letter in LETTERS}
        if self.kind == "fc":
            units = f"{shown['K']} units"
            return units if short else f"a fully connected layer of {units}"
        window = f"{shown['F']}x{shown['F']}"
        details = f", stride {shown['S']}"
        if not self.kind.endswith("pool") or self.padding:
            details += f", padding {shown['P']}"
        details += f", dilation {shown['D']}" if self.dilation > 1 else ""
        details += f", {shown['G']} groups" if self.groups > 1 else ""
        if self.kind == "conv":
            window = f"{shown['K']} filters of {window}"
            if shown["L"] != "1":
                return f"{shown['L']} convolutions, one after the other, each of {window}{details}"
            return f"{window}{details}" if short else f"a convolution of {window}{details}"
        return f"{window}{details}" if short else f"{NAMES[self.kind]} of {window}{details}"


@dataclass(frozen=True)
class Net:
    """A square input of `side` pixels (a vector where that is 0) and `channels`, and the layers after it."""

    side: int
    channels: int
    pieces: tuple[Piece, ...]

    @property
    def notation(self) -> str:
        """The network in slide notation."""
        return ", ".join(piece.notation for piece in self.pieces)

    @property
    def input(self) -> str:
        """The input as an option takes it."""
        return self.volume()

    def volume(self, unknown: str = "") -> str:
        """The input, with a letter where it is asked for."""
        side, channels = ("W" if unknown == "W" else self.side), ("C" if unknown == "C" else self.channels)
        return f"{side}x{side}x{channels}" if self.side else f"{channels}"

    def number(self, letter: str) -> int:
        """The number behind a letter; of the layers, that of the first."""
        if letter in "WC":
            return self.side if letter == "W" else self.channels
        number: int = getattr(self.pieces[0], LETTERS[letter])
        return number

    def changed(self, letter: str, value: int) -> Net:
        """The network with another number for a letter; of its layers, for the first."""
        if letter == "W":
            return replace(self, side=value)
        if letter == "C":
            return replace(self, channels=value)
        first, *others = self.pieces
        fields: dict[str, Any] = {LETTERS[letter]: value}
        return replace(self, pieces=(replace(first, **fields), *others))

    def described(self, unknown: str = "") -> str:
        """`Input 32x32x3, then a convolution of 6 filters of 5x5, stride 1, padding 0.`, or the layers by name."""
        into = f"Input {self.volume(unknown)}"
        flat = ", flattened" if self.side and self.pieces[0].kind == "fc" else ""
        if len(self.pieces) == 1:
            return f"{into}{flat}, then {self.pieces[0].words(unknown)}."
        parts = []
        for number, (layer, piece) in enumerate(zip(self.analysis.layers, self.pieces, strict=True)):
            behind = "flattened, then " if piece.kind == "fc" and number else ""
            parts.append(f"{behind}{layer.name}: {piece.words('' if number else unknown, short=True)}")
        return f"{into}, then {'; '.join(parts)}."

    @cached_property
    def analysis(self) -> Analysis:
        """What the engine says of it; raises SpecError where the layers do not fit."""
        return self.counted()

    def counted(self, *, bias: bool = True) -> Analysis:
        """The same, with biases counted or without; raises SpecError."""
        spec = notation.read(Source("notation", self.notation))
        return setup(spec, self.input, bias=bias).analysis()

    @property
    def fits(self) -> bool:
        """Whether every window fits with nothing left over."""
        try:
            return not self.analysis.graph.notes
        except SpecError:
            return False


def text_of(value: Any) -> str:
    """An answer as it is written down: `28x28x6`, `34,944`; one length where the axes agree."""
    if isinstance(value, Shape):
        return str(value)
    if isinstance(value, tuple):
        texts = [_number(length) for length in value]
        return texts[0] if len(set(texts)) == 1 else "x".join(texts)
    return _number(value)


def _number(value: Size) -> str:
    return f"{int(value):,}" if value == int(value) else str(value)
