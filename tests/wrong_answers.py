"""Networks as lists of layers -> wrong answers about them, each with the mistake that was made: plain arithmetic.

Nothing here is computed by the engine: networks are written out as specs for it, and walked by hand
for the truth and for every mistake.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from cnncalc import analyze
from cnncalc.analysis import Analysis, Convention

BYTES = 4


@dataclass(frozen=True)
class Step:
    """One layer as a slide would state it, with its input: F, S, P, D, K, G, and W x H x C."""

    kind: str
    H: int
    W: int
    C: int
    K: int = 0
    F: int = 1
    S: int = 1
    P: int = 0
    D: int = 1
    G: int = 1
    bias: bool = True
    ceil: bool = False
    relu: bool = False

    def side(self, length: int, **other: Any) -> int:
        """W' of this layer's window, or of one with other numbers."""
        F, S, P, D, ceil = (other.get(name, getattr(self, name)) for name in ("F", "S", "P", "D", "ceil"))
        both = other.get("both", 2 * P)
        if self.kind == "deconv":
            return (length - 1) * S - both + D * (F - 1) + 1
        span = length + both - (D * (F - 1) + 1)
        if span < 0:
            raise ValueError("the window does not fit")
        return (-(-span // S) if ceil else span // S) + 1 - other.get("less", 0)

    def volume(self, **other: Any) -> tuple[int, int, int]:
        """(H', W', K)."""
        if self.kind == "fc":
            return (1, 1, self.K)
        if self.kind == "bn":
            return (self.H, self.W, self.C)
        maps = self.C if self.kind in ("maxpool", "depthwise") else self.K
        return (self.side(self.H, **other), self.side(self.W, **other), other.get("maps", maps))

    def weights(self, **other: Any) -> int:
        """Numbers that multiply."""
        H, W, C, K, G = (other.get(name, getattr(self, name)) for name in "HWCKG")
        taps = other.get("taps", self.F * self.F)
        per_kind = {"fc": H * W * C * K, "depthwise": taps * C, "maxpool": 0, "bn": C}
        return per_kind.get(self.kind, taps * (C // G) * K)

    def biases(self) -> int:
        """Numbers that are added."""
        if self.kind in ("maxpool",) or not self.bias:
            return 0
        return self.C if self.kind in ("depthwise", "bn") else self.K

    def macs(self, area: int | None = None, **other: Any) -> int:
        """Multiply-adds: weights times positions, of the output, but for a transposed convolution of the input."""
        if self.kind in ("maxpool", "bn"):
            return 0
        if area is None:
            rows, columns, _ = self.volume()
            area = self.H * self.W if self.kind == "deconv" else rows * columns
        return self.weights(**other) * area

    @property
    def spec(self) -> str:
        """The layer in a spec."""
        keys: dict[str, Any] = {"kernel": self.F, "stride": self.S, "padding": self.P, "dilation": self.D}
        if self.kind in ("conv", "deconv"):
            keys |= {"filters": self.K, "groups": self.G, "bias": str(self.bias).lower()}
        if self.kind == "depthwise":
            keys |= {"bias": str(self.bias).lower()}
        if self.kind == "fc":
            keys = {"units": self.K, "bias": str(self.bias).lower()}
        if self.kind == "bn":
            keys = {}
        if self.ceil:
            keys["rounding"] = "ceil"
        if self.relu:
            keys["activation"] = "relu"
        return f"  - {self.kind}: {{{', '.join(f'{key}: {value}' for key, value in keys.items())}}}\n"


@dataclass(frozen=True)
class Net:
    """A network as this file knows it, and as the engine does."""

    name: str
    steps: tuple[Step, ...]
    batch: int
    analysis: Analysis
    path: Path


Layers = list[dict[str, Any]]


def conv(K: int, F: int = 3, S: int = 1, P: int = 0, **more: Any) -> dict[str, Any]:
    return {"kind": "conv", "K": K, "F": F, "S": S, "P": P, **more}


def pool(F: int = 2, S: int = 2, P: int = 0, **more: Any) -> dict[str, Any]:
    return {"kind": "maxpool", "F": F, "S": S, "P": P, **more}


def fc(K: int, **more: Any) -> dict[str, Any]:
    return {"kind": "fc", "K": K, **more}


def same(K: int, F: int = 3, **more: Any) -> dict[str, Any]:
    return conv(K, F, 1, F // 2, relu=True, **more)


def depthwise(S: int = 1) -> dict[str, Any]:
    return {"kind": "depthwise", "F": 3, "S": S, "P": 1, "bias": False}


def deconv(K: int, F: int, S: int, P: int) -> dict[str, Any]:
    return {"kind": "deconv", "K": K, "F": F, "S": S, "P": P}


VGG: Layers = [
    *(same(K) if K else pool() for K in (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)),
    fc(4096, relu=True),
    fc(4096, relu=True),
    fc(1000),
]
ALEXNET: Layers = [
    conv(96, 11, 4, relu=True),
    pool(3, 2),
    conv(256, 5, 1, 2, G=2, relu=True),
    pool(3, 2),
    same(384),
    same(384, G=2),
    same(256, G=2),
    pool(3, 2),
    fc(4096, relu=True),
    fc(4096, relu=True),
    fc(1000),
]
LENET: Layers = [conv(6, 5), pool(), conv(16, 5), pool(), fc(120), fc(84), fc(10)]
MOBILE: Layers = [
    conv(32, 3, 2, 1, bias=False),
    {"kind": "bn"},
    depthwise(),
    conv(64, 1, bias=False),
    {"kind": "bn"},
    depthwise(2),
    conv(128, 1, bias=False),
    depthwise(),
    conv(128, 1, bias=False),
    pool(7, 7),
    fc(1000),
]
DILATED: Layers = [
    conv(24, 7, 2, 3),
    pool(3, 2, ceil=True),
    same(32),
    conv(48, 3, 1, 2, D=2),
    conv(48, 3, 1, 4, D=4),
    fc(21),
]
DECODER: Layers = [
    conv(20, 5, 2, 2),
    pool(3, 3),
    conv(40, 3, 1, 1),
    deconv(24, 4, 2, 1),
    deconv(12, 5, 3, 0),
    conv(7, 1),
]


NARROW: Layers = [same(8, 5), same(16, 5), pool(), same(16), same(16), pool(), same(32)]


def random_layers(seed: int) -> tuple[tuple[int, int, int], Layers]:
    """A network as a teacher would make one up."""
    dice = random.Random(seed)
    size, layers = (dice.randrange(60, 240), dice.randrange(60, 240), dice.choice((1, 3, 4))), []
    for _ in range(dice.randrange(3, 5)):
        F = dice.choice((3, 3, 5, 5, 7, 9))
        K, S, P = dice.randrange(2, 12) * 8, dice.choice((1, 1, 2, 3)), dice.choice((0, F // 2, 1, 2))
        layers.append(conv(K, F, S, min(P, F - 1), relu=dice.random() < 0.5, ceil=dice.random() < 0.2))
        if dice.random() < 0.4:
            layers.append(pool(dice.choice((2, 3)), 2, ceil=dice.random() < 0.3))
    return size, [*layers, fc(dice.randrange(5, 90))]


def grown(size: tuple[int, int, int], layers: Layers) -> tuple[Step, ...]:
    """The layers with their inputs; what no longer fits is left out."""
    steps: list[Step] = []
    for layer in layers:
        step = Step(H=size[0], W=size[1], C=size[2], **layer)
        try:
            size = step.volume()
        except ValueError:
            continue
        steps.append(step)
    return tuple(steps)


def net(folder: Path, name: str, size: tuple[int, int, int], layers: Layers, batch: int, **convention: Any) -> Net:
    steps = grown(size, layers)
    path = folder / f"{name}.yaml"
    shape = "x".join(map(str, size))
    path.write_text(f"name: {name}\ninput: {shape}\nlayers:\n" + "".join(step.spec for step in steps), encoding="utf-8")
    return Net(name, steps, batch, analyze(path, batch=batch, convention=Convention(**convention)), path)


def all_nets(folder: Path) -> list[Net]:
    """The networks, their specs written into a folder."""
    named = [
        ("vgg", (224, 224, 3), VGG, 1),
        ("alexnet", (227, 227, 3), ALEXNET, 8),
        ("lenet", (32, 32, 1), LENET, 1),
        ("mobile", (112, 112, 3), MOBILE, 1),
        ("dilated", (97, 120, 3), DILATED, 4),
        ("decoder", (90, 66, 3), DECODER, 1),
        ("narrow", (20, 20, 1), NARROW, 1),
    ]
    made = [(f"random{seed}", *random_layers(seed), (1, 10, 16)[seed % 3]) for seed in range(12)]
    return [net(folder, *each) for each in (*named, *made)]


# The truth, and every mistake, by hand ----------------------------------------------------------------

Values = dict[str, Any]


def counts(
    step: Step, batch: int, *, volume: tuple[int, int, int] | None = None, biases: int | None = None, **w: Any
) -> Values:
    """All counts of a layer from its volume, its weights and its biases."""
    rows, columns, maps = volume or step.volume()
    area = step.H * step.W if step.kind == "deconv" else rows * columns
    weights, biases = step.weights(**w), step.biases() if biases is None else biases
    macs = batch * step.macs(area, **w)
    held = 0 if step.kind == "bn" else batch * rows * columns * maps
    return {
        "output": (rows, columns, maps),
        "weights": weights,
        "biases": biases,
        "params": weights + biases,
        "macs": macs,
        "flops": 2 * macs,
        "activations": held,
        "memory_bytes": BYTES * held,
        "neurons": held if step.kind not in ("maxpool", "bn") else 0,
    }


def right(at: Net, index: int) -> Values:
    return counts(at.steps[index], at.batch)


SPATIAL = ("output", "macs", "flops", "activations", "memory_bytes", "neurons")
WEIGHTY = ("weights", "params", "macs", "flops")
Wrong = Callable[[Net, int], "Iterator[tuple[str, Any]]"]
WRONG: dict[str, Wrong] = {}


def wrong(key: str) -> Callable[[Wrong], Wrong]:
    def enter(function: Wrong) -> Wrong:
        WRONG[key] = function
        return function

    return enter


def only(values: Values, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    return ((name, values[name]) for name in names)


def slides(step: Step) -> bool:
    return step.kind in ("conv", "maxpool", "depthwise")


def resized(at: Net, index: int, **other: Any) -> Iterator[tuple[str, Any]]:
    """The counts that follow from another W'."""
    step = at.steps[index]
    try:
        volume = step.volume(**other)
    except ValueError:
        return
    if slides(step) or step.kind == "deconv":
        yield from only(counts(step, at.batch, volume=volume), SPATIAL)


@wrong("padding-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    return resized(at, index, P=0)


@wrong("padding-once")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    return resized(at, index, both=at.steps[index].P)


@wrong("padding-added")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    return resized(at, index, P=(step.D * (step.F - 1) + 1) // 2) if step.P == 0 else iter(())


@wrong("plus-one-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    return resized(at, index, less=1) if slides(at.steps[index]) else iter(())


@wrong("stride-ignored")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield from resized(at, index, S=1)
    if seen(at, index):
        yield "jump", reached(at, index - 1, usual)[1]


@wrong("kernel-for-stride")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    return resized(at, index, S=at.steps[index].F)


@wrong("ceil-for-floor")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    return resized(at, index, ceil=True) if slides(step) and not step.ceil else iter(())


@wrong("floor-for-ceil")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    return resized(at, index, ceil=False) if at.steps[index].ceil else iter(())


@wrong("dilation-ignored")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    return resized(at, index, D=1)


@wrong("biases-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield "params", at.steps[index].weights()


@wrong("biases-added")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if not step.bias:
        yield "params", step.weights() + step.volume()[2]
    if step.kind in ("conv", "fc") and step.bias:
        rows, columns, maps = step.volume()
        yield "macs", at.batch * (step.macs() + rows * columns * maps)
        yield "weights", step.weights() + step.K


@wrong("one-bias")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.biases() and step.kind != "bn":
        yield "params", step.weights() + 1


@wrong("bias-at-every-position")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    rows, columns, maps = step.volume()
    if step.biases() and step.kind != "bn":
        yield "params", step.weights() + rows * columns * maps


@wrong("depth-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind in ("conv", "deconv") or (step.kind == "fc" and step.H * step.W > 1):
        yield from only(counts(step, at.batch, C=1, G=1), WEIGHTY)


@wrong("square-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.F > 1:
        yield from only(counts(step, at.batch, taps=step.F), WEIGHTY)


@wrong("groups-ignored")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    return only(counts(at.steps[index], at.batch, G=1), WEIGHTY)


@wrong("depthwise-as-dense")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind == "depthwise":
        weights = step.F * step.F * step.C * step.C
        rows, columns, _ = step.volume()
        yield "params", weights + step.biases()
        yield "macs", at.batch * weights * rows * columns


@wrong("channels-exchanged")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind == "conv":
        rows, columns, _ = step.volume()
        yield "output", (rows, columns, step.C)
        if step.C % step.G == 0 and step.bias:
            yield "params", step.weights() + step.C


@wrong("filters-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind in ("conv", "fc"):
        yield "weights", step.weights(K=1)
        yield "params", step.weights(K=1) + (1 if step.bias else 0)
        yield "macs", at.batch * step.macs(K=1)


@wrong("macs-for-flops")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield "flops", at.batch * at.steps[index].macs()


@wrong("flops-for-macs")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield "macs", 2 * at.batch * at.steps[index].macs()


@wrong("spatial-size-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    macs = at.batch * at.steps[index].weights()
    if at.steps[index].kind not in ("bn", "maxpool"):
        yield "macs", macs
        yield "flops", 2 * macs


@wrong("input-size-for-output-size")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if slides(step):
        volume = (step.H, step.W, step.volume()[2])
        yield from only(counts(step, at.batch, volume=volume), SPATIAL[1:])


@wrong("output-size-for-input-size")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind == "deconv":
        rows, columns, _ = step.volume()
        yield "macs", at.batch * step.macs(rows * columns)


@wrong("one-axis-only")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    rows, _, maps = step.volume()
    if step.kind in ("conv", "maxpool", "depthwise"):
        yield "output", (rows, step.W, maps)
        yield from only(
            counts(step, at.batch, volume=(rows, 1, maps)), ("macs", "flops", "activations", "memory_bytes")
        )
    if step.kind == "fc":
        yield "params", step.H * step.C * step.K + step.K


@wrong("flatten-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind == "fc" and step.H * step.W > 1:
        yield "params", step.C * step.K + step.K
        yield "macs", at.batch * step.C * step.K


@wrong("wrong-map-flattened")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    for before in at.steps[max(0, index - 3) : index] if step.kind == "fc" and step.H * step.W > 1 else ():
        yield "params", before.H * before.W * before.C * step.K + step.K
        yield "macs", at.batch * before.H * before.W * before.C * step.K


@wrong("depth-kept")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    rows, columns, _ = step.volume()
    if step.kind == "conv":
        yield "activations", at.batch * rows * columns * step.C
        yield "neurons", at.batch * rows * columns * step.C


@wrong("maps-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    rows, columns, _ = step.volume()
    if step.kind == "conv":
        yield from only(counts(step, at.batch, volume=(rows, columns, 1)), ("activations", "memory_bytes", "neurons"))


@wrong("elements-for-bytes")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield "memory_bytes", right(at, index)["activations"]


@wrong("bytes-for-elements")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield "activations", right(at, index)["activations"] * 4


@wrong("bits-for-bytes")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield "memory_bytes", right(at, index)["activations"] * 32


@wrong("other-value-size")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield "memory_bytes", right(at, index)["activations"] * 8
    yield "memory_bytes", right(at, index)["activations"] * 2


@wrong("backward-counted")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    if not at.steps[index].relu:
        yield "activations", right(at, index)["activations"] * 2


@wrong("in-place-counted")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    if at.steps[index].relu:
        yield "activations", right(at, index)["activations"] * 2
        yield "memory_bytes", right(at, index)["activations"] * 8
    if at.steps[index].kind == "bn":
        step = at.steps[index]
        yield "activations", at.batch * step.H * step.W * step.C


@wrong("batch-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    return only(counts(at.steps[index], 1), SPATIAL[1:])


@wrong("batch-counted")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield "params", right(at, index)["params"] * at.batch


@wrong("buffers-counted")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    if at.steps[index].kind == "bn":
        yield "params", 4 * at.steps[index].C


@wrong("1024-for-1000")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    for name in ("params", "macs", "memory_bytes"):
        for power in (1, 2, 3):
            if right(at, index)[name] >= 1000**power:
                yield name, round(Fraction(right(at, index)[name] * 1000**power, 1024**power))


@wrong("1000-for-1024")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    for name in ("params", "macs", "memory_bytes"):
        for power in (1, 2, 3):
            if right(at, index)[name] >= 1000**power:
                yield name, round(Fraction(right(at, index)[name] * 1024**power, 1000**power))


@wrong("channels-first")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    rows, columns, maps = right(at, index)["output"]
    if rows * columns > 1:
        yield "output", (maps, rows, columns)


@wrong("layer-before")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    for name in ("params", "output", "activations", "macs"):
        own = right(at, index)[name]
        others = [right(at, other)[name] for other in range(index)]
        yield from ((name, other) for other in [other for other in others if other not in (0, own)][-1:])


@wrong("layer-after")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    for name in ("params", "output", "activations", "macs"):
        own = right(at, index)[name]
        others = [right(at, other)[name] for other in range(index + 1, len(at.steps))]
        yield from ((name, other) for other in [other for other in others if other not in (0, own)][:1])


@wrong("other-quantity")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    yield "neurons", right(at, index)["params"]
    yield "params", right(at, index)["macs"]
    yield "activations", right(at, index)["params"]


@wrong("digits-transposed")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    for name in ("params", "macs", "memory_bytes"):
        digits = str(right(at, index)[name])
        for place in range(len(digits) - 1):
            swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
            if swapped[0] != "0":
                yield name, int(swapped)


@wrong("digit-lost")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    for name in ("params", "macs"):
        digits = str(right(at, index)[name])
        shorter = [digits[:place] + digits[place + 1 :] for place in range(len(digits))]
        yield from ((name, int(each)) for each in shorter if len(digits) > 4 and each[0] != "0")


@wrong("digit-doubled")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    for name in ("params", "macs"):
        digits = str(right(at, index)[name])
        for place in range(len(digits) if len(digits) > 3 else 0):
            yield name, int(digits[: place + 1] + digits[place:])


@wrong("groups-assumed")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind in ("conv", "deconv") and step.G == 1 and step.C % 2 == 0 and step.K % 2 == 0:
        yield from only(counts(step, at.batch, G=2), WEIGHTY)


@wrong("channels-pooled")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind == "maxpool":
        rows, columns, maps = step.volume()
        yield "output", (rows, columns, step.side(maps))
        yield "output", (step.H, step.W, step.side(maps))


@wrong("weights-not-shared")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    rows, columns, _ = step.volume()
    if step.kind in ("conv", "depthwise") and rows * columns > 1:
        yield "params", rows * columns * (step.weights() + step.biases())
        yield "params", rows * columns * step.weights() + step.biases()


@wrong("plus-one-divided")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    """(W - F + 2P + 1)/S"""
    step = at.steps[index]
    if slides(step) and not step.ceil:
        ones = {
            "H": step.side(step.H, both=2 * step.P + 1, less=1),
            "W": step.side(step.W, both=2 * step.P + 1, less=1),
        }
        if min(ones.values()) > 0:
            yield from only(counts(step, at.batch, volume=(ones["H"], ones["W"], step.volume()[2])), SPATIAL)


@wrong("window-off-by-one")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    """W - F counted one too long."""
    if slides(at.steps[index]):
        yield from resized(at, index, both=2 * at.steps[index].P + 1)


@wrong("kernel-not-subtracted")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    """(W + 2P)/S + 1"""
    step = at.steps[index]
    if slides(step) and step.S > 1:
        yield from resized(at, index, both=2 * step.P + step.D * (step.F - 1) + 1)


@wrong("maps-multiplied")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind == "conv":
        rows, columns, _ = step.volume()
        yield "output", (rows, columns, step.C * step.K)
        yield "activations", at.batch * rows * columns * step.C * step.K


@wrong("transposed-as-convolution")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind == "deconv" and min(step.H, step.W) + 2 * step.P >= step.F:
        rows, columns, maps = replace(step, kind="conv").volume()
        yield "output", (rows, columns, maps)
        yield "activations", at.batch * rows * columns * maps


@wrong("rgb-for-grey")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    if index == 0 and at.steps[0].C == 1 and at.steps[0].kind == "conv":
        yield from only(counts(at.steps[0], at.batch, C=3), WEIGHTY)


@wrong("bias-in-each-kernel")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    """(F*F + 1)*C*K instead of (F*F*C + 1)*K."""
    step = at.steps[index]
    if step.kind == "conv" and step.bias:
        yield "params", (step.F * step.F + 1) * (step.C // step.G) * step.K


@wrong("wrong-depth")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    """The filters of this layer taken for its depth, or the depth of the input of the layer before."""
    step = at.steps[index]
    if step.kind == "conv" and step.G == 1:
        others = {before.C for before in at.steps[:index][-1:]} | {step.K}
        for depth in others - {step.C}:
            yield from only(counts(step, at.batch, C=depth), WEIGHTY)


@wrong("wrong-filters")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    """As many filters as the layer before has."""
    step = at.steps[index]
    if step.kind == "conv" and step.G == 1:
        yield "weights", step.weights(K=step.C)
        yield "params", step.weights(K=step.C) + (step.C if step.bias else 0)
        yield "macs", at.batch * step.macs(K=step.C)


@wrong("pool-as-convolution")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind == "maxpool":
        rows, columns, maps = step.volume()
        for weights in (step.F**2 * maps * maps, step.F**2 * maps):
            yield "weights", weights
            yield "params", weights
            yield "params", weights + maps
            yield "macs", at.batch * weights * rows * columns


@wrong("one-group-only")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.kind == "conv" and step.G > 1:
        weights = step.weights() // step.G
        rows, columns, _ = step.volume()
        yield "weights", weights
        yield "params", weights + step.biases()
        yield "macs", at.batch * weights * rows * columns


@wrong("kernel-size-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    """C*K, as of a 1x1."""
    step = at.steps[index]
    if step.F > 1:
        yield from only(counts(step, at.batch, taps=1), WEIGHTY)


def reached(at: Net, index: int, grow: Callable[[Step, int, int], int], *, pools: bool = True) -> tuple[int, int]:
    """(R, J) behind a layer, where `grow(step, R, J)` is the next R."""
    R = J = 1
    for step in at.steps[: index + 1]:
        if slides(step) and (pools or step.kind != "maxpool"):
            R, J = grow(step, R, J), J * step.S
    return R, J


def usual(step: Step, R: int, J: int) -> int:
    return R + step.D * (step.F - 1) * J


def seen(at: Net, index: int) -> bool:
    return all(slides(step) or step.kind == "bn" for step in at.steps[: index + 1]) and slides(at.steps[index])


def grown_wrongly(key: str, grow: Callable[[Step, int, int], int]) -> None:
    """A wrong step of the receptive field, at the last layer only and at all."""

    def cases(at: Net, index: int) -> Iterator[tuple[str, Any]]:
        if seen(at, index):
            yield "receptive_field", grow(at.steps[index], *reached(at, index - 1, usual))
            yield "receptive_field", reached(at, index, grow)[0]

    WRONG[key] = cases


grown_wrongly("jump-forgotten", lambda step, R, J: R + step.D * (step.F - 1))
grown_wrongly("jump-after-stride", lambda step, R, J: R + step.D * (step.F - 1) * J * step.S)
grown_wrongly("kernel-not-less-one", lambda step, R, J: usual(step, R, J) + (J if R > 1 else 0))
grown_wrongly("field-times-jump", lambda step, R, J: (R + step.D * (step.F - 1)) * J)
grown_wrongly("padding-in-receptive-field", lambda step, R, J: usual(step, R, J) + 2 * step.P)
plain_dilation = WRONG["dilation-ignored"]
grown_wrongly("dilation-ignored", lambda step, R, J: R + (step.F - 1) * J)
undilated = WRONG["dilation-ignored"]
WRONG["dilation-ignored"] = lambda at, index: (
    case for cases in (plain_dilation, undilated) for case in cases(at, index)
)


@wrong("dilation-for-stride")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    step = at.steps[index]
    if step.D > 1:
        yield from resized(at, index, S=step.S * step.D)
        yield from resized(at, index, S=step.S * step.D, D=1)
    if seen(at, index):
        R = J = 1
        for each in at.steps[: index + 1]:
            R, J = (usual(each, R, J), J * each.S * each.D) if slides(each) else (R, J)
        yield "receptive_field", R
        yield "jump", J


@wrong("own-window-only")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    if seen(at, index):
        yield "receptive_field", at.steps[index].D * (at.steps[index].F - 1) + 1


@wrong("pools-forgotten")
def _(at: Net, index: int) -> Iterator[tuple[str, Any]]:
    if seen(at, index) and at.steps[index].kind != "maxpool":
        yield "receptive_field", reached(at, index, usual, pools=False)[0]
        yield "jump", reached(at, index, usual, pools=False)[1]


# Carried on -------------------------------------------------------------------------------------------

Change = Callable[[Step], dict[str, Any]]
CARRIED: dict[str, Change] = {
    "padding-forgotten": lambda step: {"P": 0} if step.P else {},
    "padding-once": lambda step: {"both": step.P} if step.P else {},
    "padding-added": lambda step: {"P": (step.D * (step.F - 1) + 1) // 2} if step.P == 0 else {},
    "plus-one-forgotten": lambda step: {"less": 1} if slides(step) else {},
    "stride-ignored": lambda step: {"S": 1} if step.S > 1 else {},
    "ceil-for-floor": lambda step: {"ceil": True} if slides(step) and not step.ceil else {},
    "floor-for-ceil": lambda step: {"ceil": False} if step.ceil else {},
    "dilation-ignored": lambda step: {"D": 1} if step.D > 1 else {},
}
TOLD_FROM = 100
"""Counts and areas below are too small for a mistake in another layer to be told."""


def walked(at: Net, change: Change, chosen: Collection[int]) -> list[tuple[Step, tuple[int, int, int], bool]]:
    """(layer on its new input, its new volume, whether the mistake changes it) as far as all fits."""
    size, found = (at.steps[0].H, at.steps[0].W, at.steps[0].C), []
    for index, step in enumerate(at.steps):
        here = replace(step, H=size[0], W=size[1], C=size[2])
        other = change(step) if index in chosen and step.kind not in ("fc", "bn") else {}
        try:
            size = here.volume(**other)
            made = size != here.volume()
        except ValueError:
            break
        if min(size) < 1:
            break
        found.append((here, size, made))
    return found


def carried(at: Net, index: int, walk: list[tuple[Step, tuple[int, int, int], bool]]) -> Iterator[tuple[str, Any]]:
    """The counts of a layer whose input is wrong."""
    if index < len(walk) and (walk[index][0].H, walk[index][0].W) != (at.steps[index].H, at.steps[index].W):
        here, volume, _ = walk[index]
        found = counts(here, at.batch, volume=volume)
        if volume[0] * volume[1] >= TOLD_FROM:
            yield "output", found["output"]
        yield from ((name, found[name]) for name in ("params", "macs", "activations") if found[name] >= TOLD_FROM)


def carried_on(key: str, change: Change) -> None:
    """A mistake in all layers up to one, at least in two, and in a single one before it."""

    def throughout(at: Net, index: int) -> Iterator[tuple[str, Any]]:
        walk = walked(at, change, range(index + 1))
        if sum(made for _, _, made in walk[: index + 1]) > 1:
            yield from carried(at, index, walk)

    def before(at: Net, index: int) -> Iterator[tuple[str, Any]]:
        for single in range(index):
            yield from carried(at, index, walked(at, change, [single]))

    WRONG[f"{key}-throughout"], WRONG[f"{key}-before"] = throughout, before


for _key, _change in CARRIED.items():
    carried_on(_key, _change)


def carried_totals(at: Net) -> Iterator[tuple[str, str, int]]:
    """(mistake, quantity, answer) for the sums over a network in which a mistake is made in all layers, or in one."""
    for key, change in CARRIED.items():
        everywhere = walked(at, change, range(len(at.steps)))
        singles = [walked(at, change, [single]) for single in range(len(at.steps))]
        several = sum(made for _, _, made in everywhere) > 1
        for ending, walk in [("throughout", everywhere)] * several + [("before", walk) for walk in singles]:
            if len(walk) == len(at.steps) and any(made for _, _, made in walk):
                found = [counts(here, at.batch, volume=volume) for here, volume, _ in walk]
                first = at.steps[0]
                yield f"{key}-{ending}", "params", sum(each["params"] for each in found)
                yield f"{key}-{ending}", "macs", sum(each["macs"] for each in found)
                held = at.batch * first.H * first.W * first.C + sum(each["activations"] for each in found)
                yield f"{key}-{ending}", "memory_bytes", BYTES * held


def truth(at: Net, index: int, quantity: str) -> Any:
    if quantity in ("receptive_field", "jump"):
        R, J = reached(at, index, usual)
        return R if quantity == "receptive_field" else J
    return right(at, index)[quantity]


def plain(value: Any) -> Any:
    """What is recomputed as this file writes it: (H, W, K), the receptive field as one number."""
    if hasattr(value, "channels"):
        return (*(value.size or (1, 1)), value.channels)
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value


def cases(nets: list[Net], key: str) -> dict[tuple[str, int, str, Any], None]:
    """(network, layer, quantity, wrong answer): each once."""
    found: dict[tuple[str, int, str, Any], None] = {}
    for number, at in enumerate(nets):
        for index in range(len(at.steps)):
            for quantity, answer in WRONG[key](at, index):
                sizes = answer if isinstance(answer, tuple) else (answer,)
                if answer != truth(at, index, quantity) and min(sizes) >= 1:
                    found[number, index, quantity, answer] = None
    return found


# Totals ---------------------------------------------------------------------------------------------


def summed(at: Net, name: str, **changed: Any) -> int:
    """A sum over the layers, the input counted where something is stored."""
    whole = sum(counts(step, changed.get("batch", at.batch))[name] for step in at.steps)
    first = at.steps[0]
    stored = {"activations": 1, "memory_bytes": BYTES}.get(name, 0) * changed.get("batch", at.batch)
    return whole + stored * first.H * first.W * first.C


def wrong_totals(at: Net) -> Iterator[tuple[str, str, int]]:
    """(mistake, quantity, answer)."""
    steps, batch, first = at.steps, at.batch, at.steps[0]
    params, macs, held = summed(at, "params"), summed(at, "macs"), summed(at, "activations")
    yield "biases-forgotten", "params", sum(step.weights() for step in steps)
    yield "biases-added", "weights", sum(step.weights() + step.biases() for step in steps)
    yield "macs-for-flops", "flops", macs
    yield "flops-for-macs", "macs", 2 * macs
    yield "input-forgotten", "activations", held - batch * first.H * first.W * first.C
    yield "input-forgotten", "memory_bytes", BYTES * (held - batch * first.H * first.W * first.C)
    relus = sum(right(at, index)["activations"] for index, step in enumerate(steps) if step.relu)
    yield "in-place-counted", "activations", held + relus
    yield "in-place-counted", "memory_bytes", BYTES * (held + relus)
    yield "elements-for-bytes", "memory_bytes", held
    yield "bytes-for-elements", "activations", 4 * held
    yield "bits-for-bytes", "memory_bytes", 8 * BYTES * held
    yield "other-value-size", "memory_bytes", 2 * held
    yield "backward-counted", "memory_bytes", 2 * BYTES * held
    yield "batch-forgotten", "macs", summed(at, "macs", batch=1)
    yield "batch-forgotten", "memory_bytes", summed(at, "memory_bytes", batch=1)
    yield "batch-counted", "params", batch * params
    yield "groups-ignored", "macs", sum(batch * step.macs(G=1) for step in steps)
    yield "groups-ignored", "params", sum(step.weights(G=1) + step.biases() for step in steps)
    dense = [step.C if step.kind == "depthwise" else 1 for step in steps]
    yield "depthwise-as-dense", "macs", sum(batch * step.macs() * more for step, more in zip(steps, dense, strict=True))
    deep = [step.kind in ("conv", "deconv") or step.H * step.W > 1 for step in steps]
    flat: list[dict[str, int]] = [{"C": 1, "G": 1} if each else {} for each in deep]
    if not any(step.kind in ("depthwise", "bn") for step in steps):
        forgetful = [step.weights(**other) + step.biases() for step, other in zip(steps, flat, strict=True)]
        yield "depth-forgotten", "params", sum(forgetful)
        shallow = [step.weights(C=1, G=1) if step.kind in ("conv", "deconv") else step.weights() for step in steps]
        if not any(step.kind == "deconv" for step in steps):
            yield "depth-forgotten", "params", sum(shallow) + sum(step.biases() for step in steps)
    for kind in ("conv", "fc"):
        if any(step.kind not in (kind, "maxpool") for step in steps):
            yield "biases-forgotten", "params", params - sum(step.biases() for step in steps if step.kind == kind)
    if first.kind == "conv" and first.C == 3 and first.G == 1:
        yield "grey-for-rgb", "params", params - first.weights() + first.weights(C=1)
    if first.kind == "conv" and first.C == 1:
        yield "rgb-for-grey", "macs", macs + batch * (first.macs(C=3) - first.macs())
    yield "spatial-size-forgotten", "macs", sum(batch * step.weights() for step in steps if step.kind not in ("bn",))
    yield "square-forgotten", "params", sum(step.weights(taps=step.F) + step.biases() for step in steps)
    yield "one-kind-only", "params", sum(step.weights() + step.biases() for step in steps if step.kind == "fc")
    yield "one-kind-forgotten", "params", sum(step.weights() + step.biases() for step in steps if step.kind != "fc")
    yield "weights-in-memory", "memory_bytes", BYTES * (held + params)
    power = 2 if held >= 1000**2 else 1
    yield "1000-for-1024", "memory_bytes", round(Fraction(BYTES * held * 1024**power, 1000**power))
    yield "1024-for-1000", "params", round(Fraction(params * 1000, 1024))
    yield "buffers-counted", "params", params + sum(2 * step.C for step in steps if step.kind == "bn")
    middle = right(at, len(steps) // 2)
    yield "layer-forgotten", "macs", macs - middle["macs"]
    yield "layer-twice", "macs", macs + middle["macs"]
    layers = sum(step.kind not in ("maxpool", "bn") for step in steps)
    yield "input-as-layer", "depth", layers + 1
    yield "output-layer-forgotten", "depth", layers - 1
    yield "pools-as-layers", "depth", layers + sum(step.kind == "maxpool" for step in steps)


# Pairs -----------------------------------------------------------------------------------------


def wrong_pairs(at: Net, index: int) -> Iterator[tuple[tuple[str, str], str, int]]:
    """Two mistakes at once."""
    step = at.steps[index]
    if step.kind == "conv" and step.bias:
        yield ("biases-forgotten", "depth-forgotten"), "params", step.weights(C=1, G=1)
        yield ("depth-forgotten", "square-forgotten"), "params", step.weights(C=1, G=1, taps=step.F) + step.K
        yield ("biases-forgotten", "square-forgotten"), "params", step.weights(taps=step.F)
        yield ("biases-forgotten", "groups-ignored"), "params", step.weights(G=1)
        yield ("macs-for-flops", "spatial-size-forgotten"), "flops", at.batch * step.weights()
        yield ("depth-forgotten", "spatial-size-forgotten"), "macs", at.batch * step.weights(C=1, G=1)
        yield ("flops-for-macs", "depth-forgotten"), "macs", 2 * at.batch * step.macs(C=1, G=1)
        try:
            bare = step.volume(P=0, S=1)
            short = step.volume(P=0, less=1)
        except ValueError:
            return
        yield ("padding-forgotten", "stride-ignored"), "output", bare  # type: ignore[misc]
        yield ("padding-forgotten", "plus-one-forgotten"), "activations", at.batch * short[0] * short[1] * short[2]
        yield ("padding-forgotten", "elements-for-bytes"), "memory_bytes", right_of(at, step, P=0)
    if step.kind == "fc" and step.H > 1:
        yield ("biases-forgotten", "flatten-forgotten"), "params", step.C * step.K


def right_of(at: Net, step: Step, **other: int) -> int:
    rows, columns, maps = step.volume(**other)
    return at.batch * rows * columns * maps
