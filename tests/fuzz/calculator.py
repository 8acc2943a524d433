"""A slow calculator of whole networks, by sliding, counting and marking: it shares no code with cnncalc.

It takes the data of a spec (what yaml.safe_load makes of it) in the subset of the language that generator.py writes,
and gives a Row for every layer, in order. Sizes come from windows that are slid, parameters and operations from maps
and taps that are counted, and receptive fields from sets of pixels that are handed from layer to layer. What cannot be
counted is refused, with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, reduce
from itertools import groupby
from itertools import product as pairs_of
from math import lcm, prod
from typing import Any

from tests import oracle

Item = Any
Values = Mapping[str, Any]
MERGES = ("add", "concat", "multiply", "maximum")
SIBLINGS = ("name", "repeat", "first", "when", "from", "share")
MAIN = {
    "conv": "filters", "deconv": "filters", "depthwise": "kernel", "maxpool": "kernel", "avgpool": "kernel",
    "subsample": "kernel", "upsample": "factor", "resize": "size", "pixel_shuffle": "factor",
    "space_to_depth": "factor", "pad": "size", "crop": "size", "slice": "channels", "split": "parts",
    "channel_shuffle": "groups", "fc": "units", "adaptiveavgpool": "size", "groupnorm": "groups", "local": "filters",
    "blurpool": "kernel",
}  # fmt: skip


class Refusal(Exception):  # noqa: N818, a refused network is an answer
    """A network that has no numbers, and why."""


# Receptive fields ---------------------------------------------------------------------------


class Marks:
    """Which pixels of the input the units of some maps depend on, axis by axis; virtual ones lie in the padding."""

    def __init__(self, sources: Sequence[Marks], stages: Sequence[oracle.Stage], stretch: Sequence[int]) -> None:
        self.sources = tuple(sources)
        self.stages = tuple(stages)
        self.rank = len(self.stages)
        self.seen: dict[tuple[int, int], frozenset[int]] = {}
        before = [[source.period[axis] for source in self.sources] or [1] for axis in range(self.rank)]
        self.period = tuple(lcm(*found) * factor for found, factor in zip(before, stretch, strict=True))
        """After as many units, the marks of an axis repeat, moved."""

    def pixels(self, axis: int, unit: int) -> frozenset[int]:
        """The pixels that a unit depends on along an axis."""
        if not self.sources:
            return frozenset([unit])
        if (axis, unit) not in self.seen:
            read = list(self.stages[axis](unit))
            self.seen[axis, unit] = frozenset().union(
                *(source.pixels(axis, each) for source in self.sources for each in read)
            )
        return self.seen[axis, unit]

    def span(self, axis: int, unit: int) -> tuple[int, int] | None:
        """The first and the last pixel that a unit depends on; None for one that depends on none."""
        found = self.pixels(axis, unit)
        return (min(found), max(found)) if found else None

    def size(self, axis: int) -> int:
        """The longest stretch of pixels from the first to the last that a unit depends on."""
        spans = [self.span(axis, unit) for unit in range(self.period[axis])]
        return max((len(range(span[0], span[1] + 1)) for span in spans if span), default=0)

    def jump(self, axis: int) -> Fraction | None:
        """Pixels from one unit to the next, on average over a period."""
        units = self.period[axis]
        for unit in range(units):
            here, there = self.span(axis, unit), self.span(axis, unit + units)
            if here and there:
                return Fraction(there[0] - here[0], units)
        return None

    def centre(self, axis: int) -> Fraction | None:
        """The middle of what unit 0 depends on."""
        span = self.span(axis, 0)
        return Fraction(sum(span), 2) if span else None


ALL = "all"
"""What a unit sees that depends on everything."""
UNKNOWN = "?"
"""What is seen where no size, jump and centre can say it."""
NOTHING = "nothing"
"""What channels of zeros see."""
Seen = Any  # Marks, or one of these words


def same_place(unit: int) -> Iterable[int]:
    return (unit,)


def together(seen: Sequence[Seen], rank: int) -> Seen:
    """What a unit depends on that reads all of `seen`."""
    seen = [each for each in seen if each != NOTHING] or [NOTHING]
    found = list(dict.fromkeys(seen))
    if len(seen) == 1:
        return seen[0]
    if ALL in found:
        return ALL
    if UNKNOWN in found or not rank:
        return UNKNOWN
    for axis in range(found[0].rank):
        jumps = {each.jump(axis) for each in found} - {None}
        if len(jumps) > 1:
            raise Refusal("the merged branches have different jumps")
    return found[0] if len(found) == 1 else Marks(found, [same_place] * found[0].rank, [1] * found[0].rank)


# Volumes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Volume:
    """Maps of one size; `parts` are (maps, what they depend on), in the order of the channels."""

    size: tuple[int, ...]
    parts: tuple[tuple[int, Seen], ...]

    @property
    def channels(self) -> int:
        return sum(count for count, _ in self.parts)

    @property
    def values(self) -> int:
        return self.channels * prod(self.size)

    @cached_property
    def seen(self) -> Seen:
        """What the maps depend on together."""
        kinds = [seen for _, seen in self.parts]
        return kinds[0] if len(set(kinds)) == 1 else together(kinds, len(self.size))

    @property
    def mixed(self) -> bool:
        """Whether some maps depend on other pixels than others."""
        return len({seen for _, seen in self.parts}) > 1

    @cached_property
    def maps(self) -> list[Seen]:
        """What every map depends on."""
        return [seen for count, seen in self.parts for _ in range(count)]

    def read(self, channels: Iterable[int]) -> Seen:
        """What is seen by a unit that depends on some channels; those outside are left out."""
        kinds = dict.fromkeys(self.maps[channel] for channel in channels if channel in range(self.channels))
        key = frozenset(kinds)
        if key not in self.joined:
            self.joined[key] = together(list(kinds), len(self.size))
        return self.joined[key]

    @cached_property
    def joined(self) -> dict[frozenset[Seen], Seen]:
        """What `read` has found before."""
        return {}


def parted(maps: Iterable[Seen]) -> tuple[tuple[int, Seen], ...]:
    """The parts of a volume, given what every map sees."""
    return tuple((len(list(same)), seen) for seen, same in groupby(maps))


def image(channels: int, size: Sequence[int]) -> Volume:
    """The input of a network."""
    return Volume(tuple(size), ((channels, Marks((), [same_place] * len(size), [1] * len(size))),))


def unmarked(channels: int, size: Sequence[int]) -> Volume:
    """Maps that see nothing of the input that is looked at."""
    return Volume(tuple(size), ((channels, NOTHING),))


@dataclass
class Row:
    """What one layer makes and costs."""

    kind: str
    output: Volume
    params: int = 0
    macs: int = 0
    connections: int = 0


# Layers -------------------------------------------------------------------------------------


def axes(value: Any, rank: int) -> list[Any]:
    """One entry for every axis."""
    entries = value if isinstance(value, list) else [value]
    if len(entries) not in (1, rank):
        raise Refusal(f"{value} for {rank} axes")
    return entries * rank if len(entries) == 1 else entries


def margins(value: Any, rank: int) -> list[Any]:
    """The padding of every axis: (before, after), or a word."""
    if isinstance(value, str):
        return [value] * rank
    return [tuple(side) if isinstance(side, list) else (side, side) for side in axes(value, rank)]


def moved(seen: Seen, stages: Sequence[oracle.Stage], stretch: Sequence[int] | None = None) -> Seen:
    """What the outputs of a layer depend on that reads its input by `stages`."""
    return Marks([seen], stages, stretch or [1] * len(stages)) if isinstance(seen, Marks) else seen


def every_part(volume: Volume, stages: Sequence[oracle.Stage], stretch: Sequence[int] | None = None) -> Any:
    """The parts of a layer that works on every map by itself."""
    made: dict[int, Seen] = {}
    for _, seen in volume.parts:
        made.setdefault(id(seen), moved(seen, stages, stretch))
    return tuple((count, made[id(seen)]) for count, seen in volume.parts)


def needs_map(volume: Volume) -> None:
    if not volume.size:
        raise Refusal("a vector has no axes")


def slides(volume: Volume, keys: Values, stride: Any = 1) -> tuple[list[oracle.Slide], list[oracle.Stage]]:
    """The windows along every axis, and what their outputs read."""
    needs_map(volume)
    rank = len(volume.size)
    fields = zip(
        volume.size,
        axes(keys["kernel"], rank),
        axes(keys.get("stride", stride), rank),
        margins(keys.get("padding", 0), rank),
        axes(keys.get("dilation", 1), rank),
        strict=True,
    )
    found, stages = [], []
    for length, kernel, step, padding, dilation in fields:
        made = oracle.slide(length, kernel, step, padding, dilation, keys.get("rounding", "floor"))
        if made is None:
            raise Refusal(f"no window: {length} {keys}")
        found.append(made)
        stages.append(oracle.window_stage(kernel, step, -made.line[0], dilation))
    return found, stages


def split_evenly(*counts: int, groups: int) -> None:
    if any(count % groups for count in counts):
        raise Refusal(f"{counts} do not split into {groups}")


def grouped(volume: Volume, filters: int, groups: int, stages: Sequence[oracle.Stage], stretch: Any = None) -> Any:
    """The parts of a convolution: a filter reads the maps of its group."""
    width = volume.channels // groups
    made = [volume.read(range(group * width, (group + 1) * width)) for group in range(groups)]
    parts = [(filters // groups, seen) for seen in made]
    return every_part(Volume((), tuple(parts)), stages, stretch)


def conv(volume: Volume, keys: Values) -> Row:
    windows, stages = slides(volume, keys)
    groups, filters = keys.get("groups", 1), keys["filters"]
    split_evenly(volume.channels, filters, groups=groups)
    pairs = len(oracle.channel_pairs(volume.channels, filters, groups))
    return convolved("conv", windows, keys, pairs, grouped(volume, filters, groups, stages))


def depthwise(volume: Volume, keys: Values) -> Row:
    windows, stages = slides(volume, keys)
    times = keys.get("multiplier", 1)
    pairs = [(channel, filter_) for channel in range(volume.channels) for filter_ in range(times)]
    parts = tuple((count * times, seen) for count, seen in every_part(volume, stages))
    return convolved("depthwise", windows, keys, len(pairs), parts)


def local(volume: Volume, keys: Values) -> Row:
    """A weight for every product, and a bias for every unit."""
    windows, stages = slides(volume, keys)
    filters = keys["filters"]
    row = convolved("local", windows, keys, volume.channels * filters, grouped(volume, filters, 1, stages))
    row.params = row.macs + (row.output.values if keys.get("bias", True) else 0)
    return row


def convolved(kind: str, windows: list[oracle.Slide], keys: Values, pairs: int, parts: Any) -> Row:
    output = Volume(tuple(window.outputs for window in windows), parts)
    bias = keys.get("bias", True)
    taps = prod(len(range(window.kernel)) for window in windows)
    return Row(
        kind,
        output,
        params=taps * pairs + (output.channels if bias else 0),
        macs=prod(window.all_taps for window in windows) * pairs,
        connections=prod(window.real_taps for window in windows) * pairs + (output.values if bias else 0),
    )


def deconv(volume: Volume, keys: Values) -> Row:
    needs_map(volume)
    rank, groups, filters = len(volume.size), keys.get("groups", 1), keys["filters"]
    kernels, strides = axes(keys["kernel"], rank), axes(keys.get("stride", 1), rank)
    sides, gaps = margins(keys.get("padding", 0), rank), axes(keys.get("dilation", 1), rank)
    extras = axes(keys.get("output_padding", 0), rank)
    if "same" in sides and any(extras):
        raise Refusal("output_padding with padding: same")
    fields = list(zip(volume.size, kernels, strides, sides, gaps, extras, strict=True))
    spreads = [oracle.spread(*each) for each in fields]
    if any(spread.outputs < 1 for spread in spreads):
        raise Refusal("nothing is left")
    split_evenly(volume.channels, filters, groups=groups)
    pairs = len(oracle.channel_pairs(volume.channels, filters, groups))
    # The first mark lies `before` positions ahead of the output.
    befores = [-min(output for _, _, output in spread.landings) for spread in spreads]
    stages = [
        oracle.transposed_stage(kernel, stride, before, gap)
        for kernel, stride, before, gap in zip(kernels, strides, befores, gaps, strict=True)
    ]
    output = Volume(tuple(spread.outputs for spread in spreads), grouped(volume, filters, groups, stages, strides))
    bias = keys.get("bias", True)
    return Row(
        "deconv",
        output,
        params=prod(kernels) * pairs + (filters if bias else 0),
        macs=prod(spread.all_taps for spread in spreads) * pairs,
        connections=prod(spread.real_taps for spread in spreads) * pairs + (output.values if bias else 0),
    )


def pool(kind: str, volume: Volume, keys: Values) -> Row:
    windows, stages = slides(volume, keys, stride=keys["kernel"])
    output = Volume(tuple(window.outputs for window in windows), every_part(volume, stages))
    row = Row(kind, output, connections=prod(window.real_taps for window in windows) * volume.channels)
    if kind == "blurpool":
        taps = prod(len(range(window.kernel)) for window in windows)
        row.macs = taps * prod(len(window.starts) for window in windows) * volume.channels
    if kind == "subsample":
        bias = keys.get("bias", True)
        row.params = sum(1 for _ in range(volume.channels) for _ in range(1 + bias))
        row.connections += output.values if bias else 0
    return row


def adaptive(kind: str, volume: Volume, size: Any) -> Row:
    needs_map(volume)
    wanted = axes(size, len(volume.size))
    cells = [oracle.cells(length, count) for length, count in zip(volume.size, wanted, strict=True)]
    connections = prod(sum(map(len, found)) for found in cells) * volume.channels
    if all(count == 1 for count in wanted):
        parts: Any = ((volume.channels, ALL),)
    elif any(length % count for length, count in zip(volume.size, wanted, strict=True)):
        parts = unknown(volume)
    else:
        parts = every_part(volume, [oracle.window_stage(len(found[0]), len(found[0]), 0, 1) for found in cells])
    return Row(kind, Volume(tuple(wanted), parts), connections=connections)


def unknown(volume: Volume) -> Any:
    """The parts of a layer whose units do not look at the image at equal distances."""
    return tuple((count, seen if seen in (ALL, NOTHING) else UNKNOWN) for count, seen in volume.parts)


def scaled(kind: str, volume: Volume, factors: Sequence[int], mode: str) -> Row:
    stage = oracle.nearest_stage if mode == "nearest" else oracle.bilinear_stage
    size = tuple(length * factor for length, factor in zip(volume.size, factors, strict=True))
    return Row(kind, Volume(size, every_part(volume, [stage(factor) for factor in factors], factors)))


def upsample(volume: Volume, keys: Values) -> Row:
    needs_map(volume)
    return scaled("upsample", volume, axes(keys["factor"], len(volume.size)), keys.get("mode", "nearest"))


def resize(volume: Volume, keys: Values) -> Row:
    needs_map(volume)
    wanted = axes(keys["size"], len(volume.size))
    if any(new % old for new, old in zip(wanted, volume.size, strict=True)):
        return Row("resize", Volume(tuple(wanted), unknown(volume)))
    factors = [new // old for new, old in zip(wanted, volume.size, strict=True)]
    return scaled("resize", volume, factors, keys.get("mode", "bilinear"))


def pixel_shuffle(volume: Volume, keys: Values) -> Row:
    needs_map(volume)
    factor, rank = keys["factor"], len(volume.size)
    share = len(list(pairs_of(range(factor), repeat=rank)))
    split_evenly(volume.channels, groups=share)
    blocks = [range(channel * share, (channel + 1) * share) for channel in range(volume.channels // share)]
    read = Volume(volume.size, parted(map(volume.read, blocks)))
    return scaled("pixel_shuffle", read, [factor] * rank, "nearest")


def space_to_depth(volume: Volume, keys: Values) -> Row:
    needs_map(volume)
    factor, rank = keys["factor"], len(volume.size)
    blocks = [oracle.folded(length, factor) for length in volume.size]
    if None in blocks:
        raise Refusal("a block stays short")
    share = len(list(pairs_of(range(factor), repeat=rank)))
    seen = moved(volume.seen, [oracle.fold_stage(factor)] * rank)
    size = tuple(len(found) for found in blocks if found is not None)
    return Row("space_to_depth", Volume(size, ((volume.channels * share, seen),)))


def framed(kind: str, volume: Volume, keys: Values) -> Row:
    needs_map(volume)
    sides = margins(keys["size"], len(volume.size))
    line, sign = (oracle.padded, 1) if kind == "pad" else (oracle.cropped, -1)
    size = tuple(len(line(length, side)) for length, side in zip(volume.size, sides, strict=True))
    if 0 in size:
        raise Refusal("nothing is left")
    parts = every_part(volume, [oracle.shift_stage(sign * before) for before, _ in sides])
    more = keys.get("channels", 0)
    return Row(kind, Volume(size, (*parts, (more, NOTHING)) if more else parts))


def sliced(volume: Volume, keys: Values) -> Row:
    start, count = keys.get("start", 0), keys["channels"]
    if start + count > volume.channels:
        raise Refusal("the slice ends behind the channels")
    return Row("slice", Volume(volume.size, parted(volume.maps[start : start + count])))


def split(volume: Volume, keys: Values) -> Row:
    parts, part = keys["parts"], keys.get("part", 1)
    split_evenly(volume.channels, groups=parts)
    if part > parts:
        raise Refusal("no such part")
    width = volume.channels // parts
    return Row("split", Volume(volume.size, parted(volume.maps[(part - 1) * width : part * width])))


def dense(volume: Volume, keys: Values) -> Row:
    weights = len(range(volume.values)) * keys["units"]
    biases = keys["units"] if keys.get("bias", True) else 0
    output = Volume((), ((keys["units"], ALL),))
    return Row("fc", output, params=weights + biases, macs=weights, connections=weights + biases)


def simple(kind: str, volume: Volume, keys: Values) -> Row:
    """The layers that keep the size of their input; some let channels read others at their own place."""
    channels = range(volume.channels)
    if kind == "flatten":
        return Row(kind, Volume((), ((volume.values, volume.seen),)))
    reads: dict[str, Callable[[int], Iterable[int]]] = {
        "layernorm": lambda channel: channels,
        "softmax": lambda channel: channels,
        "normalize": lambda channel: channels,
        "lrn": lambda channel: range(channel - 2, channel + 3),  # five neighbours, itself among them
    }
    if kind in ("groupnorm", "channel_shuffle"):
        groups = keys.get("groups", 32)
        split_evenly(volume.channels, groups=groups)
        width = volume.channels // groups
        dealt = [group * width + turn for turn in range(width) for group in range(groups)]
        reads["channel_shuffle"] = lambda channel: [dealt[channel]]
        reads["groupnorm"] = lambda channel: [other for other in channels if other // width == channel // width]
    parts = parted(volume.read(reads[kind](channel)) for channel in channels) if kind in reads else volume.parts
    own = dict.fromkeys(("prelu", "normalize"), 1 if keys.get("shared") else volume.channels)
    trained = sum(volume.channels for name in ("scale", "offset") if keys.get(name, True))
    own |= dict.fromkeys(("affine", "batchnorm", "layernorm", "groupnorm"), trained)
    return Row(kind, Volume(volume.size, parts), own.get(kind, 0) if keys.get("affine", True) else 0)


LAYERS = {
    "conv": conv, "depthwise": depthwise, "deconv": deconv, "upsample": upsample, "resize": resize,
    "pixel_shuffle": pixel_shuffle, "space_to_depth": space_to_depth, "slice": sliced, "split": split, "fc": dense,
    "local": local,
}  # fmt: skip


def layer(kind: str, volume: Volume, keys: Values) -> Row:
    """A layer on its input."""
    if kind in LAYERS:
        return LAYERS[kind](volume, keys)
    if kind in ("maxpool", "avgpool", "subsample", "blurpool"):
        return pool(kind, volume, keys)
    if kind in ("globalavgpool", "globalmaxpool"):
        return adaptive(kind, volume, 1)
    if kind == "adaptiveavgpool":
        return adaptive(kind, volume, keys["size"])
    if kind in ("pad", "crop"):
        return framed(kind, volume, keys)
    return simple(kind, volume, keys)


def merge(kind: str, volumes: Sequence[Volume]) -> Row:
    """A merging layer on its inputs."""
    first = volumes[0]
    if kind == "multiply":
        channels = max(volume.channels for volume in volumes)
        volumes = [
            Volume(volume.size, ((channels, volume.seen),)) if volume.channels == 1 else volume for volume in volumes
        ]
        first = volumes[0]
        maps = [volume for volume in volumes if any(length != 1 for length in volume.size)]
        first = maps[0] if maps else first
        if any(volume.size != first.size for volume in maps):
            raise Refusal("the maps differ")
    elif any(volume.size != first.size for volume in volumes):
        raise Refusal("the sizes differ")
    if kind != "concat" and any(volume.channels != first.channels for volume in volumes):
        raise Refusal("the channels differ")
    together([volume.seen for volume in volumes], len(first.size))  # refuses different jumps
    if kind == "concat":
        return Row(kind, Volume(first.size, tuple(part for volume in volumes for part in volume.parts)))
    known: dict[tuple[Seen, ...], Seen] = {}
    for each in zip(*(volume.maps for volume in volumes), strict=True):
        known.setdefault(each, together(each, len(first.size)))
    maps = [known[each] for each in zip(*(volume.maps for volume in volumes), strict=True)]
    return Row(kind, Volume(first.size, parted(maps)))


# Networks -----------------------------------------------------------------------------------


def value_of(value: Any, values: Values) -> Any:
    """A value of the spec: names and operations are Python's, `in` apart."""
    if isinstance(value, list):
        return [value_of(each, values) for each in value]
    if not isinstance(value, str):
        return value
    if value.isidentifier():
        return values.get(value, value)  # a parameter, or a word such as same
    return eval(value.replace("in.", "in_"), {}, dict(values))  # text of the generator


@dataclass
class Network:
    """A network that is being counted: its rows so far, and the volumes that have a name.

    Of `several` inputs one is marked, and the maps of the others see nothing of it.
    """

    spec: Mapping[str, Any]
    several: bool = False
    rows: list[Row] = field(default_factory=list)

    def blocks(self) -> dict[str, tuple[dict[str, Any], list[Item]]]:
        """(parameters with their defaults, items) of every block, by its name."""
        found = {}
        for head, items in self.spec.get("blocks", {}).items():
            name, _, inside = head.rstrip(")").partition("(")
            given = [each.strip().partition("=") for each in inside.split(",") if each.strip()]
            found[name] = ({key: default or None for key, _, default in given}, items)
        return found

    def run(self, items: Iterable[Item], volume: Volume, names: dict[str, Volume], values: Values) -> Volume:
        """The output of some items, one after the other."""
        for item in items:
            volume = self.step(item, volume, names, values)
        return volume

    def step(self, item: Item, volume: Volume, names: dict[str, Volume], values: Values) -> Volume:
        """The output of one item."""
        item = {item: None} if isinstance(item, str) else item
        kind = next(key for key in item if key not in SIBLINGS)
        sources = item.get("from", [])
        read = [names[name] for name in ([sources] if isinstance(sources, str) else sources)] or [volume]
        entry = read[0]
        if "when" in item and not value_of(item["when"], inputs(values, entry)):
            return entry
        output, made = entry, len(self.rows)
        for number in range(value_of(item.get("repeat", 1), inputs(values, entry))):
            inner = inputs(values, output)
            first = item.get("first", {}) if number == 0 else {}
            if kind in MERGES and isinstance(item[kind], list):
                branches = [self.run(branch, output, names, values) for branch in item[kind]]
                output = self.enter(merge(kind, branches))
            elif kind in MERGES:
                output = self.enter(merge(kind, read))
            elif kind == "group":
                output = self.run(item[kind], output, names, values)
            elif kind in self.blocks():
                output = self.call(kind, {**(item[kind] or {}), **first}, output, inner)
            else:
                row = layer(kind, output, self.keys(kind, item[kind], first, inner))
                if self.several and output.seen == NOTHING:
                    row.output = unmarked(row.output.channels, row.output.size)
                output = self.enter(row)
        for row in self.rows[made:] if "share" in item else ():
            row.params = 0
        if "name" in item:
            names[item["name"]] = output
        return output

    def call(self, name: str, given: Mapping[str, Any], volume: Volume, values: Values) -> Volume:
        """The output of a block."""
        parameters, items = self.blocks()[name]
        own: dict[str, Any] = {}
        for key, default in parameters.items():
            own[key] = value_of(given[key], values) if key in given else value_of(default, {**own, **values})
        return self.run(items, volume, {"input": volume}, own)

    def keys(self, kind: str, given: Any, first: Mapping[str, Any], values: Values) -> dict[str, Any]:
        """The keys of a layer, with their values."""
        own = given if isinstance(given, dict) else {} if given is None else {MAIN[kind]: given}
        found = {**self.spec.get("defaults", {}).get(kind, {}), **own, **first}
        if "rounding" in self.spec and kind in (
            "conv",
            "depthwise",
            "local",
            "maxpool",
            "avgpool",
            "subsample",
            "blurpool",
        ):
            found.setdefault("rounding", self.spec["rounding"])
        return {key: value_of(value, values) for key, value in found.items()}

    def enter(self, row: Row) -> Volume:
        """Keep a row; a layer all of whose channels are zeros has no receptive field."""
        if row.output.seen == NOTHING and not self.several:
            row.output = Volume(row.output.size, ((row.output.channels, UNKNOWN),))
        self.rows.append(row)
        return row.output


def inputs(values: Values, volume: Volume) -> dict[str, Any]:
    """The values, with those of the input."""
    names = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}.get(len(volume.size), ())
    sizes = dict(zip(names, volume.size, strict=True))
    return {**values, "in_channels": volume.channels, **{f"in_{name}": size for name, size in sizes.items()}}


def count(spec: Mapping[str, Any], size: Sequence[int], channels: int) -> list[Row]:
    """A row for every layer of a network; raises Refusal."""
    network, entry = Network(spec), image(channels, size)
    network.run(spec["layers"], entry, {"input": entry}, {})
    return network.rows


def count_each(spec: Mapping[str, Any], sizes: Mapping[str, tuple[Sequence[int], int]]) -> dict[str, list[Row]]:
    """The rows of a network with several inputs, by their names, where only the pixels of that input are marked.

    `sizes` are the size and the channels of every input; raises Refusal.
    """
    found = {}
    for marked in sizes:
        names = {
            name: image(channels, size) if name == marked else unmarked(channels, size)
            for name, (size, channels) in sizes.items()
        }
        network = Network(spec, several=True)
        network.run(spec["layers"], next(iter(names.values())), names, {})
        found[marked] = network.rows
    return found


def total(rows: Iterable[Row]) -> Iterator[int]:
    """Parameters, multiply-accumulates and connections, added up."""
    counts = [(row.params, row.macs, row.connections) for row in rows]
    yield from reduce(lambda mine, its: tuple(a + b for a, b in zip(mine, its, strict=True)), counts, (0, 0, 0))
