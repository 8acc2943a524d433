"""Questions about one layer, drawn at random and put in many ways, and a calculator that shares no code with cnncalc.

`python tests/fuzz/questions.py 100000 [SEED]` asks that many and prints every one that has another number.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import cnncalc
from cnncalc.errors import SpecError

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NAMES = {
    "output": ("out",),
    "params": ("params",),
    "weights": ("weights",),
    "macs": ("macs",),
    "rf": ("rf",),
    "multiplications": ("multiplications",),
    "additions": ("additions",),
    "neurons": ("neurons",),
    "memory": ("memory",),
}


@dataclass(frozen=True)
class Layer:
    """A layer of one type and what it comes to, by the textbook's formulas."""

    kind: str
    side: int
    channels: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    filters: int
    bias: bool

    @property
    def extent(self) -> int:
        return self.dilation * (self.kernel - 1) + 1

    @property
    def out(self) -> int:
        if self.kind == "deconv":
            return (self.side - 1) * self.stride - 2 * self.padding + self.extent
        return (self.side + 2 * self.padding - self.extent) // self.stride + 1

    @property
    def maps(self) -> int:
        return self.filters if self.kind in ("conv", "deconv") else self.channels

    @property
    def shape(self) -> tuple[int, int, int]:
        return (self.out, self.out, self.maps)

    @property
    def weights(self) -> int:
        inputs = {"conv": self.channels, "deconv": self.channels, "depthwise": 1}.get(self.kind, 0)
        return self.kernel * self.kernel * inputs * self.maps

    @property
    def params(self) -> int:
        return self.weights + (self.maps if self.bias and self.weights else 0)

    @property
    def macs(self) -> int:
        return self.weights * (self.side if self.kind == "deconv" else self.out) ** 2

    @property
    def neurons(self) -> int:
        return self.maps * self.out**2

    def answer(self, quantity: str) -> object:
        """The number that is asked for."""
        if quantity == "output":
            return self.shape
        if quantity == "rf":
            return self.extent
        if quantity == "multiplications":
            return self.macs
        if quantity == "additions":
            return self.macs - (0 if self.bias else self.neurons)
        return 4 * self.neurons if quantity == "memory" else getattr(self, quantity)


def drawn(chance: random.Random) -> Layer:
    """Any small layer that fits its input."""
    kind = chance.choice(("conv", "conv", "conv", "maxpool", "avgpool", "depthwise", "deconv"))
    kernel, dilation = chance.randint(1, 9), 1
    if kind == "conv" and chance.random() < 0.25:
        dilation = chance.randint(2, 4)
    extent = dilation * (kernel - 1) + 1
    return Layer(
        kind,
        chance.randint(extent + 1, 128),
        chance.choice((1, 2, 3, 6, 16, 64)),
        kernel,
        chance.randint(1, 4),
        chance.randint(0, (kernel - 1) // 2),
        dilation,
        chance.randint(2, 96),
        chance.random() < 0.7,
    )


def quantities(layer: Layer) -> tuple[str, ...]:
    """What can be asked of it."""
    pool = layer.kind in ("maxpool", "avgpool")
    if pool or layer.kind == "deconv":
        return ("output", "params", "macs") if pool else ("output", "params", "weights", "macs", "multiplications")
    return ("output", "params", "weights", "macs", "rf", "multiplications", "additions", "neurons", "memory")


TYPES = {
    "conv": ("conv", "convolution", "conv layer", "convolutional layer", "conv2d", "2d conv"),
    "maxpool": ("maxpool", "max pool", "max pooling", "pool", "pooling layer", "max-pool"),
    "avgpool": ("avgpool", "average pool", "average pooling", "avg pool"),
    "depthwise": ("depthwise conv", "depthwise convolution", "depthwise"),
    "deconv": ("deconv", "transposed conv", "transposed convolution", "upconv"),
}
ASKED = {
    "output": ("output", "output?", "output size?", "what is the output", "what's the output size?", "output shape"),
    "params": ("params", "parameters?", "how many parameters", "number of params", "what is the number of parameters"),
    "weights": ("weights", "number of weights", "how many weights?"),
    "macs": ("macs", "MACs?", "how many macs", "multiply-adds"),
    "rf": ("rf", "receptive field", "what is the receptive field?", "field of view"),
    "multiplications": ("multiplications", "how many multiplications?"),
    "additions": ("additions", "number of additions"),
    "neurons": ("neurons", "how many neurons?"),
    "memory": ("memory", "memory?"),
}


def spelt(number: int, chance: random.Random) -> str:
    """A small number, now and then as a word."""
    return WORDS[number] if 1 <= number < len(WORDS) and chance.random() < 0.15 else str(number)


def clauses(layer: Layer, chance: random.Random) -> list[str]:
    """What is known of a layer, each thing in one of many ways."""
    times = chance.choice(("x", "x", "x", "X", "\u00d7", "*", " x ", " by "))
    square = times.join([str(layer.side)] * 2)
    size, window = times.join([square, str(layer.channels)]), times.join([str(layer.kernel)] * 2)
    named = chance.choice(TYPES[layer.kind])
    ways: list[tuple[str, ...]] = [
        (size, f"input {size}", f"on {size}", f"a {size} input", f"{size} image", f"an image of {size}"),
        (
            f"{window} {named}",
            f"{named} {window}",
            f"{named}, F={layer.kernel}",
            f"{named} with kernel size {layer.kernel}",
        ),
        (
            f"stride {layer.stride}",
            f"S={layer.stride}",
            f"s{layer.stride}",
            f"a stride of {spelt(layer.stride, chance)}",
        ),
        (f"padding {layer.padding}", f"P={layer.padding}", f"p{layer.padding}", f"pad {spelt(layer.padding, chance)}"),
    ]
    if chance.random() < 0.3:
        ways[0] = (
            f"W={layer.side}, C={layer.channels}",
            f"W1={layer.side} H1={layer.side} D1={layer.channels}",
            f"in={square}, {layer.channels} channels",
            f"n={layer.side}, n_c={layer.channels}",
        )
    if not layer.padding:
        ways[3] = (*ways[3], "no padding", "valid", "without padding")
    if layer.kind in ("conv", "deconv"):
        count = spelt(layer.filters, chance)
        ways.append(
            (f"{count} filters", f"K={layer.filters}", f"filters={layer.filters}", f"{layer.filters} output channels")
        )
    if layer.dilation > 1:
        ways.append((f"dilation {layer.dilation}", f"D={layer.dilation}", f"d{layer.dilation}"))
    if not layer.bias and layer.weights:
        ways.append(("without bias", "no bias", "bias=False"))
    return [chance.choice(way) for way in ways]


def questions(count: int, seed: int) -> Iterator[tuple[str, str, Layer]]:
    """(question, quantity, layer), the clauses in any order, in any case, joined in many ways."""
    chance = random.Random(seed)
    for _ in range(count):
        layer = drawn(chance)
        if layer.out < 1 or (not layer.bias and not layer.weights):
            continue
        quantity = chance.choice(quantities(layer))
        parts = clauses(layer, chance)
        chance.shuffle(parts)
        ask = chance.choice(ASKED[quantity])
        if ask.endswith("?") or chance.random() < 0.6:
            parts.insert(chance.choice((0, len(parts))), ask)
            text = chance.choice((", ", ", ", "; ", " and ", " ", ".\n", " with ")).join(parts)
        else:
            article = "" if parts[0].startswith(("a ", "an ")) else chance.choice(("", "a ", "the "))
            text = f"{ask} of {article}{chance.choice((', ', ' ')).join(parts)}"
        if "output pad" in text.lower():  # a quantity of its own
            continue
        yield text if chance.random() < 0.8 else text.capitalize(), quantity, layer


ADDED = ("not", "roughly", "maybe", "or", "except", "twice", "each", "but", "every", "about", "half", "minus", "nearly")


def with_word(text: str, chance: random.Random) -> str:
    """The question with a word that the grammar does not have somewhere in it."""
    words = text.split(" ")
    words.insert(chance.randrange(len(words) + 1), chance.choice(ADDED))
    return " ".join(words)


def judged(text: str, quantity: str, layer: Layer) -> str:
    """`right`, `refused`, or what is wrong; UsageError is a SpecError."""
    try:
        answer = cnncalc.solve(text)
    except SpecError:
        return "refused"
    known = dict(answer.known)
    wanted = layer.answer(quantity)
    name = NAMES[quantity][0]
    found = known.get(name)
    side = wanted[:2] if isinstance(wanted, tuple) else None  # the channels may be left out
    right = set(known) == {name} and (found == wanted or (side is not None and found in (side, side[0])))
    return "right" if right else f"{known} instead of {name} = {wanted}; read as: {answer.read_as}"


def main() -> int:
    """Ask as many questions as the command line says."""
    count, seed = int(sys.argv[1]), int((*sys.argv, "1")[2])
    chance = random.Random(seed)
    wrong = 0
    tally = {"right": 0, "refused": 0}
    for text, quantity, layer in questions(count, seed):
        for asked in (text, with_word(text, chance)):
            verdict = judged(asked, quantity, layer)
            if verdict in tally:
                tally[verdict] += 1
            else:
                wrong += 1
                sys.stdout.write(f"{asked!r}\n    {verdict}\n")
    sys.stdout.write(f"{tally}, {wrong} wrong\n")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
