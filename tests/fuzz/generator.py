"""A seed -> the data of a random spec, in the subset of the language that calculator.py reads.

Layers are proposed at random and tried by the calculator, so that most networks are sound; now and then one that is
refused is kept, for a refusal must be one everywhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.fuzz.calculator import Item, Marks, Network, Refusal, Volume, image

LARGEST_SIDE = {1: 60, 2: 20, 3: 8}
LARGEST_VALUES = 20_000
MOST_PHASES = 24
KEPT_REFUSALS = 0.03
"""The share of refused items that are kept; nothing follows them."""
ROUNDINGS = ("floor", "floor", "ceil", "caffe", "strict")
ACTIVATIONS = ("relu", "relu6", "sigmoid", "tanh", "gelu", "silu", "hard_swish", "elu")
BLOCKS: dict[str, list[Item]] = {
    "twice(filters, stride=1)": [
        {"conv": {"filters": "filters", "kernel": 3, "stride": "stride", "padding": "half"}},
        "relu",
        {"conv": {"filters": "filters", "kernel": 3, "padding": "same", "bias": False}},
        "batchnorm",
    ],
    "bypass(filters, stride=1, kernel=3)": [
        {
            "add": [
                [
                    {"conv": {"filters": "filters", "kernel": "kernel", "stride": "stride", "padding": "half"}},
                    {"conv": {"filters": "filters", "kernel": "kernel", "padding": "half"}},
                ],
                [
                    {
                        "conv": {"filters": "filters", "kernel": 1, "stride": "stride"},
                        "when": "in.channels != filters or stride > 1",
                    }
                ],
            ]
        },
        "relu",
    ],
    "growing(growth)": [
        {"conv": {"filters": "4 * growth", "kernel": 1}},
        {"conv": {"filters": "growth", "kernel": 3, "padding": 1}, "name": "new"},
        {"concat": None, "from": ["input", "new"]},
    ],
    "thin(filters, stride=1, multiplier=1)": [
        {"depthwise": {"kernel": 3, "stride": "stride", "padding": 1, "multiplier": "multiplier"}},
        {"conv": {"filters": "filters", "kernel": 1, "activation": "relu"}},
    ],
}


class Generator:
    """One random network, grown item by item."""

    def __init__(self, seed: int, *, channel_ranges: bool = True) -> None:
        self.chance = random.Random(seed)
        self.channel_ranges = channel_ranges
        self.rank = self.chance.choices((1, 2, 3), (3, 6, 1))[0]
        largest = LARGEST_SIDE[self.rank]
        self.size = tuple(self.chance.randint(largest // 4, largest) for _ in range(self.rank))
        self.channels = self.chance.choice((1, 2, 3, 4, 6, 8))
        if self.rank == 3 and self.size[1] in (1, 3):
            self.size = (self.size[0], 2, self.size[2])  # 6x3x8x8 is taken for a batch of images, channels first
        self.spec: dict[str, Any] = {"input": "x".join(map(str, (*self.size, self.channels)))}
        if self.chance.random() < 0.2:
            self.spec["rounding"] = self.chance.choice(ROUNDINGS)
        if self.chance.random() < 0.15:
            self.spec["defaults"] = {"conv": {"bias": False}}
        if self.chance.random() < 0.3:
            chosen = self.chance.sample(list(BLOCKS), 2)
            self.spec["blocks"] = {name: BLOCKS[name] for name in chosen}
        self.spec["layers"] = []
        self.wrong = False
        """Whether the last item is meant to be refused."""

    def grown(self) -> dict[str, Any]:
        """The spec of a network of a few items."""
        items, names = self.spec["layers"], {}
        volume = entry = image(self.channels, self.size)
        names["input"] = entry
        plan = self.plan() if self.channel_ranges and self.chance.random() < 0.15 else []
        for _ in range(self.chance.randint(1, 9) + len(plan)):
            propose = plan.pop(0) if plan else partial(self.item, names=names)
            for _ in range(8):
                item = propose(volume)
                after = self.tried(item, volume, names)
                if after is None and self.chance.random() > KEPT_REFUSALS and not self.wrong:
                    continue
                items.append(item)
                break
            else:
                continue
            if after is None:
                return self.spec
            volume = after
            if not volume.size:
                break
        for item in self.ending() if self.chance.random() < 0.4 or not items else ():
            after = self.tried(item, volume, names)
            if after is not None:
                items.append(item)
                volume = after
        return self.spec

    def plan(self) -> list[Callable[[Volume], Item]]:
        """Items in which channels that see different pixels are dealt out, grouped and cut."""
        shuffled = self.chance.random() < 0.4
        return [self.concat, *([self.shuffle] if shuffled else [self.part, self.part]), self.slice]

    def tried(self, item: Item, volume: Volume, names: dict[str, Volume]) -> Volume | None:
        """What an item makes of a volume; None where it is refused, or too large to count in short time."""
        network = Network(self.spec)
        entered = dict(names)
        try:
            after = network.step(item, volume, entered, {})
        except Refusal:
            return None
        outputs = [row.output for row in network.rows]
        if any(each.values > LARGEST_VALUES or max(each.size, default=0) > 200 for each in outputs):
            return None
        phases = [max(each.seen.period) for each in outputs if isinstance(each.seen, Marks)]
        if max(phases, default=1) > MOST_PHASES:
            return None
        names.update(entered)
        return after

    def ending(self) -> list[Item]:
        """What networks end with."""
        chance = self.chance
        fc = {"fc": {"units": chance.randint(1, 12), "bias": chance.random() < 0.7}}
        return chance.choice(
            ([fc], ["globalavgpool", fc], ["flatten", "relu", fc], ["globalmaxpool", "flatten"], ["flatten"], [fc, fc])
        )

    # Items ----------------------------------------------------------------------------------

    def item(self, volume: Volume, names: dict[str, Volume]) -> Item:
        """An item that may stand behind a volume."""
        chance = self.chance
        if volume.mixed and self.channel_ranges and chance.random() < 0.5:
            return self.part(volume)
        kind = chance.choices(("layer", "merge", "tap", "block", "group", "slice"), (60, 14, 9, 9, 4, 6))[0]
        if kind == "merge":
            return self.unequal(volume) if chance.random() < 0.1 else self.merge(volume)
        if kind == "tap":
            return self.tap(volume, names)
        if kind == "block" and "blocks" in self.spec:
            return self.call()
        if kind == "group":
            return {"group": [self.keeping(volume) for _ in range(2)], "repeat": chance.randint(1, 2)}
        if kind == "slice" and (self.channel_ranges or not volume.mixed):
            return self.slice(volume)
        made = self.layer(volume)
        if chance.random() < 0.25:
            made = {made: None} if isinstance(made, str) else made
            made = {**made, "name": f"n{len(names)}"}
        elif chance.random() < 0.06 and isinstance(made, dict):
            made = {**made, "repeat": 2}
            if "conv" in made and chance.random() < 0.5:
                made["first"] = {"stride": 2}
        return made

    def part(self, volume: Volume) -> Item:
        """A layer whose channels read some of the channels of its input."""
        chance = self.chance
        groups = self.divisor(volume)
        kinds: list[Item] = [
            self.slice(volume),
            self.slice(volume),
            self.shuffle(volume),
            {"conv": {"filters": groups * chance.randint(1, 2), "groups": groups, **self.window()}},
            {"groupnorm": groups},
            {"lrn": None},
        ]
        return chance.choice(kinds)

    def divisor(self, volume: Volume) -> int:
        """A number of groups for the channels, above 1 if there is one."""
        return self.chance.choice([number for number in (2, 3, 4) if volume.channels % number == 0] or [1])

    def shuffle(self, volume: Volume) -> Item:
        return {"channel_shuffle": self.divisor(volume)}

    def slice(self, volume: Volume) -> Item:
        chance, channels = self.chance, volume.channels
        if chance.random() < 0.5:
            parts = chance.choice([number for number in range(1, 5) if channels % number == 0] or [1])
            return {"split": {"parts": parts, "part": chance.randint(1, parts)}}
        start = chance.randint(0, channels - 1)
        return {"slice": {"channels": chance.randint(1, channels - start), "start": start}}

    def window(self) -> dict[str, Any]:
        """Kernel, stride, padding, dilation."""
        chance = self.chance
        keys: dict[str, Any] = {"kernel": self.each(lambda: chance.choices(range(1, 8), (2, 4, 6, 2, 2, 1, 1))[0])}
        if chance.random() < 0.5:
            keys["stride"] = self.each(lambda: chance.choices((1, 2, 3, 4), (3, 6, 2, 1))[0])
        if chance.random() < 0.7:
            keys["padding"] = self.padding()
        if chance.random() < 0.2:
            keys["dilation"] = self.each(lambda: chance.randint(1, 3))
        return keys

    def each(self, draw: Any) -> Any:
        """One number for all axes, or a list of one for each."""
        return [draw() for _ in range(self.rank)] if self.chance.random() < 0.2 else draw()

    def padding(self) -> Any:
        chance = self.chance
        kind = chance.random()
        if kind < 0.45:
            return chance.choice(("same", "same", "half", "half", "valid", "full"))
        if kind < 0.75:
            return self.each(lambda: chance.randint(0, 3))
        count = chance.choice((1, self.rank))
        return [[chance.randint(0, 3), chance.randint(0, 3)] for _ in range(count)]

    def rounded(self, keys: dict[str, Any]) -> dict[str, Any]:
        return {**keys, "rounding": self.chance.choice(ROUNDINGS)} if self.chance.random() < 0.35 else keys

    def filters(self, channels: int) -> dict[str, Any]:
        """Filters and groups, and whether there is a bias."""
        chance = self.chance
        keys: dict[str, Any] = {"filters": chance.choice((1, 2, 3, 4, 4, 6, 8, 8, 12))}
        if chance.random() < 0.2:
            keys["groups"] = chance.choice([number for number in (1, 2, 3, 4, 6) if channels % number == 0])
            keys["filters"] = keys["groups"] * chance.randint(1, 3)
        if chance.random() < 0.25:
            keys["bias"] = chance.random() < 0.5
        if chance.random() < 0.25:
            keys["activation"] = chance.choice(ACTIVATIONS)
        return keys

    def layer(self, volume: Volume) -> Item:
        """A layer of any kind."""
        chance = self.chance
        kinds = {
            "conv": 26, "depthwise": 6, "maxpool": 9, "avgpool": 5, "subsample": 2, "deconv": 9, "upsample": 5,
            "resize": 2, "pixel_shuffle": 2, "space_to_depth": 3, "pad": 4, "crop": 5, "adaptiveavgpool": 1, "norm": 4,
            "activation": 4, "channel_shuffle": 1, "other": 1, "local": 2, "blurpool": 1,
        }  # fmt: skip
        kind = chance.choices(list(kinds), list(kinds.values()))[0]
        if kind == "conv":
            return {"conv": self.rounded({**self.filters(volume.channels), **self.window()})}
        if kind == "local":
            keys = {"filters": chance.randint(1, 4), "bias": chance.random() < 0.5}
            return {"local": self.rounded({**keys, **self.window()})}
        if kind == "depthwise":
            more = {"multiplier": chance.randint(1, 3)} if chance.random() < 0.4 else {}
            return {"depthwise": self.rounded({**self.window(), **more})}
        if kind in ("maxpool", "avgpool", "subsample", "blurpool"):
            return {kind: chance.randint(1, 3)} if chance.random() < 0.3 else {kind: self.rounded(self.window())}
        if kind == "deconv":
            keys = {**self.filters(volume.channels), **self.window()}
            if chance.random() < 0.4:
                keys["output_padding"] = self.each(lambda: chance.randint(0, 2))
            return {"deconv": keys}
        if kind == "norm":
            return self.norm(volume)
        if kind == "activation":
            return chance.choice((*ACTIVATIONS, {"prelu": {"shared": True}}, "prelu", "softmax"))
        return self.moving(kind, volume)

    def moving(self, kind: str, volume: Volume) -> Item:
        """A layer that moves values, and has no weights."""
        chance = self.chance
        if kind == "upsample":
            keys = {"factor": self.each(lambda: chance.randint(1, 3))}
            return {kind: {**keys, **({"mode": "bilinear"} if chance.random() < 0.5 else {})}}
        if kind == "resize":
            times = chance.choice((1, 2, 2, 3))
            size = [length * times + chance.choice((0, 0, 0, 1)) for length in volume.size]
            return {kind: {"size": size, "mode": chance.choice(("nearest", "bilinear"))}}
        if kind in ("pixel_shuffle", "space_to_depth"):
            return {kind: chance.choice((2, 2, 3))}
        if kind in ("pad", "crop"):
            size = [[chance.randint(0, 2), chance.randint(0, 2)] for _ in range(chance.choice((1, self.rank)))]
            more = {"channels": chance.randint(1, 3)} if kind == "pad" and chance.random() < 0.2 else {}
            return {kind: {"size": size if chance.random() < 0.5 else self.each(lambda: chance.randint(0, 2)), **more}}
        if kind == "adaptiveavgpool":
            return {kind: self.each(lambda: chance.randint(1, 4))}
        if kind == "channel_shuffle":
            return {kind: chance.choice([number for number in (1, 2, 3) if volume.channels % number == 0])}
        return chance.choice(("dropout", "identity"))

    def norm(self, volume: Volume) -> Item:
        divisors = [number for number in (1, 2, 3, 4) if volume.channels % number == 0]
        affine = {"affine": self.chance.random() < 0.5}
        return self.chance.choice(
            (
                "batchnorm",
                {"batchnorm": affine},
                {"batchnorm": {self.chance.choice(("scale", "offset")): self.chance.random() < 0.5}},
                {"layernorm": {self.chance.choice(("scale", "offset")): self.chance.random() < 0.5}},
                {"standardize": {"stored": self.chance.random() < 0.5}},
                {"groupnorm": {"groups": self.chance.choice(divisors), **affine}},
                {"affine": {self.chance.choice(("scale", "offset")): self.chance.random() < 0.5}},
                {"normalize": {"shared": self.chance.random() < 0.5}},
                self.chance.choice(("abs", "exp", {"power": {"exponent": 2, "scale": 3}})),
                {"lrn": None},
            )
        )

    # Merges ---------------------------------------------------------------------------------

    def keeping(self, volume: Volume, filters: int | None = None) -> Item:
        """A layer that keeps the size, and the channels unless `filters` says otherwise."""
        chance = self.chance
        kernel, gap = chance.choice((1, 3, 3, 5, 2)), chance.choice((1, 1, 2))
        total = (kernel - 1) * gap
        before = chance.randint(0, total)
        padding = chance.choice(("same", [[before, total - before]], [[total // 2, total - total // 2]]))
        keys = {"kernel": kernel, "padding": padding, "dilation": gap}
        if filters is not None:
            return {"conv": {"filters": filters, **keys}}
        options: list[Item] = [
            {"conv": {"filters": "in.channels", **keys}},
            {"depthwise": keys},
            {"maxpool": {**keys, "stride": 1}},
            "relu",
            "batchnorm",
        ]
        return chance.choice(options)

    def merge(self, volume: Volume) -> Item:
        """Branches that start here and end at one size: most keep it, or divide it alike."""
        chance = self.chance
        kinds = ("add", "add", "concat", "concat", "multiply", "maximum")
        kind, stride = chance.choice(kinds), chance.choice((1, 1, 1, 2, 2, 3))
        same, less = chance.choice((None, 4, 6)), chance.randint(0, 2)
        rounding = chance.choice(ROUNDINGS)
        branches: list[list[Item]] = []
        for _ in range(chance.choice((2, 2, 2, 3))):
            branch: list[Item] = [self.keeping(volume) for _ in range(chance.choice((0, 0, 1, 2)))]
            filters = same if kind != "concat" else chance.choice((None, 2, 3, 4))
            if stride > 1 or less:
                further = chance.random() < 0.15  # equal only at some sizes
                branch.append(self.reducing(stride, less + further, rounding, filters))
            elif filters is not None:
                branch.append(self.keeping(volume, filters))
            branches.append(branch)
        if chance.random() < 0.1:
            branches[-1].insert(0, self.layer(volume))
        if kind == "multiply" and chance.random() < 0.7 and same is None:
            branches[-1] = ["globalavgpool", {"fc": 2}, {"fc": volume.channels}, "sigmoid"]
        if kind == "multiply" and chance.random() < 0.3 and same is None:
            branches[0] = [{"conv": {"filters": 1, "kernel": 3, "padding": 1}}]  # scales positions
        return {kind: branches}

    def concat(self, volume: Volume) -> Item:
        """Channels that see different pixels, side by side."""
        kernels = self.chance.sample((1, 3, 5, 7), self.chance.choice((2, 2, 3)))
        filters = self.chance.choice(((2, 2, 2), (3, 1, 2), (4, 4, 4), (1, 2, 3)))
        convs = [
            {"filters": count, "kernel": kernel, "padding": "same"}
            for count, kernel in zip(filters, kernels, strict=False)
        ]
        return {"concat": [[{"conv": keys}] for keys in convs]}

    def unequal(self, volume: Volume) -> Item:
        """Branches of one size whose units lie at different distances, or of two sizes: both are refused."""
        half = [-(-length // 2) for length in volume.size]
        more = self.chance.choice((0, 0, 1))
        cut = {"size": [[0, max(length - kept - more, 0)] for length, kept in zip(volume.size, half, strict=True)]}
        halved = {"maxpool": {"kernel": 2, "stride": 2, "padding": "same"}}
        branches = [[halved], [{"crop": cut}]]
        self.chance.shuffle(branches)
        self.wrong = True
        return {self.chance.choice(("add", "concat")): branches}

    def reducing(self, stride: int, less: int, rounding: str, filters: int | None) -> Item:
        """A window that makes W pixels ((W - less - 1)/stride + 1), by whatever kernel and padding."""
        chance = self.chance
        kernel, gap = chance.randint(1, 4), chance.choice((1, 1, 2))
        extent = (kernel - 1) * gap + 1
        total = extent - 1 - less
        if total < 0:
            kernel, gap, total = less + 1, 1, 0
        before = chance.randint(0, total)
        keys = {"kernel": kernel, "stride": stride, "dilation": gap, "padding": [[before, total - before]]}
        keys["rounding"] = rounding
        if filters is not None:
            return {"conv": {"filters": filters, **keys}}
        return {chance.choice(("maxpool", "avgpool", "depthwise")): keys}

    def tap(self, volume: Volume, names: dict[str, Volume]) -> Item:
        """A merge with what stands further up, or a layer that reads it."""
        chance = self.chance
        if chance.random() < 0.25:
            made = self.layer(volume)
            made = {made: None} if isinstance(made, str) else made
            return {**made, "from": chance.choice(list(names))}
        alike = [name for name, other in names.items() if other.size == volume.size] or list(names)
        return {
            chance.choice(("concat", "add", "multiply")): None,
            "from": chance.choices(alike, k=chance.choice((2, 2, 3))),
        }

    def call(self) -> Item:
        chance = self.chance
        head = chance.choice(list(self.spec["blocks"]))
        name, _, inside = head.rstrip(")").partition("(")
        arguments: dict[str, Any] = {}
        for parameter in inside.split(", "):
            key, _, default = parameter.partition("=")
            if not default or chance.random() < 0.4:
                arguments[key] = chance.choice((2, 3, 4, 8) if key in ("filters", "growth") else (1, 2, 3))
        item: dict[str, Any] = {name: arguments}
        if chance.random() < 0.3:
            item["repeat"] = 2
            if "stride" in inside and chance.random() < 0.5:
                item["first"] = {"stride": 2}
        return item


def generate(seed: int, *, channel_ranges: bool = True) -> dict[str, Any]:
    """The spec of a seed."""
    return Generator(seed, channel_ranges=channel_ranges).grown()


def generate_towers(seed: int) -> dict[str, Any]:
    """The spec of a seed in which two inputs go through one block, with shared weights or without, and are merged."""
    grown, chance = Generator(seed).grown(), random.Random(seed)
    *size, channels = map(int, grown.pop("input").split("x"))
    tower: dict[str, Any] = {"tower": None, "name": "right_tower"}
    right: list[Any] = [tower]
    other = size
    if chance.random() < 0.3:  # twice as large, and halved again
        other = [2 * length for length in size]
        right.insert(0, {"conv": {"filters": channels, "kernel": 2, "stride": 2}, "from": "right"})
    else:
        tower["from"] = "right"
    if chance.random() < 0.6:
        tower["share"] = "left_tower"
    if chance.random() < 0.3:  # sees more
        right.append({"conv": {"filters": "in.channels", "kernel": 3, "padding": 1}, "name": "more"})
    end = "right_tower" if right[-1] is tower else "more"
    behind = [
        {"conv": {"filters": 4, "kernel": 3, "padding": 1}},
        {"maxpool": {"kernel": 2, "stride": 1}},
        {"upsample": 2},
        {"split": 2},
        "batchnorm",
        {"add": [[], [{"conv": {"filters": "in.channels", "kernel": 3, "padding": 1}}]]},
        {"fc": 5},
    ]
    merge = {chance.choice(("add", "concat")): None, "from": ["left_tower", end]}
    return {
        "inputs": {"left": "x".join(map(str, (*size, channels))), "right": "x".join(map(str, (*other, channels)))},
        **grown,
        "blocks": {**grown.get("blocks", {}), "tower": grown["layers"]},
        "layers": [{"tower": None, "name": "left_tower"}, *right, merge, *chance.sample(behind, chance.randint(0, 3))],
    }
