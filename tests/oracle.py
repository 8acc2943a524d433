"""Counts layers the slow way, by sliding windows and marking pixels, sharing no code with the calculator it judges."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

Margins = tuple[int, int]
# One output unit of a stage -> the units of its input that it reads, on a line without ends.
Stage = Callable[[int], Iterable[int]]


# One axis of a sliding window ---------------------------------------------------------------


@dataclass(frozen=True)
class Slide:
    """The windows that exist along one axis; pixel 0 is the first real one, padding lies around."""

    length: int
    line: range
    starts: tuple[int, ...]
    kernel: int
    dilation: int

    def taps(self, start: int) -> list[int]:
        """The positions that a window starting at `start` reads, padding among them."""
        return [start + tap * self.dilation for tap in range(self.kernel)]

    @property
    def outputs(self) -> int:
        return len(self.starts)

    @property
    def all_taps(self) -> int:
        return sum(1 for start in self.starts for _ in self.taps(start))

    @property
    def real_taps(self) -> int:
        pixels = range(self.length)
        return sum(1 for start in self.starts for position in self.taps(start) if position in pixels)

    @property
    def last_covered(self) -> int:
        """The last position under the last window."""
        return self.taps(self.starts[-1])[-1]

    @property
    def ends_exactly(self) -> bool:
        """Whether nothing is left behind the last window, and the last window hangs over nothing."""
        return self.last_covered == self.line[-1]

    @property
    def dropped_pixels(self) -> int:
        """Real pixels behind the end of the last window."""
        return sum(1 for pixel in range(self.length) if pixel > self.last_covered)

    @property
    def dropped_padding(self) -> int:
        """Positions of padding behind the end of the last window."""
        return sum(1 for position in self.line if position > self.last_covered and position not in range(self.length))


def extent(kernel: int, dilation: int) -> int:
    """Positions from the first tap to the last, both included."""
    taps = [tap * dilation for tap in range(kernel)]
    return len(range(taps[0], taps[-1] + 1))


def margins_of(padding: Margins | str, kernel: int, dilation: int) -> Margins:
    """The zeros before and after the input that a padding word other than "same" stands for."""
    wide = extent(kernel, dilation)
    words: dict[str, Margins] = {"valid": (0, 0), "half": (wide // 2, wide // 2), "full": (wide - 1, wide - 1)}
    return words[padding] if isinstance(padding, str) else padding


@cache
def slide(
    length: int,
    kernel: int,
    stride: int = 1,
    padding: Margins | str = (0, 0),
    dilation: int = 1,
    rounding: str = "floor",
) -> Slide | None:
    """The windows found by moving one along the padded line; None where there is no answer."""
    wide = extent(kernel, dilation)
    if padding == "same":
        # One window for every stride that the input begins; as much padding as these need.
        count = len(range(0, length, stride))
        total = max((count - 1) * stride + wide - length, 0)
        before = total // 2
        starts = tuple(-before + number * stride for number in range(count))
        return Slide(length, range(-before, length + total - before), starts, kernel, dilation)
    before, after = margins_of(padding, kernel, dilation)
    line = range(-before, length + after)

    def lies_inside(start: int) -> bool:
        return all(position in line for position in range(start, start + wide))

    if not lies_inside(line[0]):
        return None
    found = [line[0]]
    if rounding in ("floor", "strict"):
        while lies_inside(found[-1] + stride):
            found.append(found[-1] + stride)
    else:
        while found[-1] + wide - 1 < line[-1]:
            found.append(found[-1] + stride)
    if rounding == "caffe":
        found = [start for start in found if start < length]
    made = Slide(length, line, tuple(found), kernel, dilation)
    return None if rounding == "strict" and not made.ends_exactly else made


# Several axes and channels ------------------------------------------------------------------


def channel_pairs(channels: int, filters: int, groups: int) -> list[tuple[int, int]]:
    """(input map, filter) for all that lie in the same group."""

    def group(number: int, of: int) -> int:
        return number // (of // groups)

    return [
        (channel, filter_)
        for channel in range(channels)
        for filter_ in range(filters)
        if group(channel, channels) == group(filter_, filters)
    ]


@dataclass(frozen=True)
class Counts:
    """What the loops over all positions, taps and channels came to."""

    macs: int
    adds: int
    connections: int
    weights: int
    units: int


def convolve(slides: Sequence[Slide], pairs: Sequence[tuple[int, int]]) -> Counts:
    """One multiply-accumulate after the other; `pairs` are the maps that have a kernel between them."""
    macs = adds = connections = 0
    touched, sums = set(), set()
    positions = list(itertools.product(*(one.starts for one in slides)))
    for start in positions:
        for tap in itertools.product(*(range(one.kernel) for one in slides)):
            read = [one.taps(first)[number] for one, first, number in zip(slides, start, tap, strict=True)]
            real = all(0 <= pixel < one.length for one, pixel in zip(slides, read, strict=True))
            for channel, filter_ in pairs:
                macs += 1
                adds += (start, filter_) in sums  # the first product of an output is not added to anything
                sums.add((start, filter_))
                connections += real
                touched.add((filter_, channel, tap))
    return Counts(macs, adds, connections, len(touched), len(positions) * len({filter_ for _, filter_ in pairs}))


@dataclass(frozen=True)
class Spread:
    """One axis of a transposed convolution: where every tap of every input lands."""

    length: int
    outputs: int
    landings: tuple[tuple[int, int, int], ...]
    """(input, tap, output); outputs below 0 or from `outputs` on are cut off."""

    @property
    def all_taps(self) -> int:
        return len(self.landings)

    @property
    def real_taps(self) -> int:
        return sum(1 for _, _, output in self.landings if 0 <= output < self.outputs)


@cache
def spread(
    length: int, kernel: int, stride: int = 1, padding: Margins | str = (0, 0), dilation: int = 1, extra: int = 0
) -> Spread:
    """The marks of a transposed convolution: input i and tap k meet at output i*S - P + k*D."""
    full = {start * stride + tap * dilation for start in range(length) for tap in range(kernel)}
    if padding == "same":
        before = max(extent(kernel, dilation) - stride, 0) // 2
        outputs = sum(stride for _ in range(length))
    else:
        before, after = margins_of(padding, kernel, dilation)
        outputs = max(full) + 1 - before - after + extra
    marks = ((i, k, i * stride - before + k * dilation) for i in range(length) for k in range(kernel))
    return Spread(length, outputs, tuple(marks))


def transpose(spreads: Sequence[Spread], pairs: Sequence[tuple[int, int]]) -> Counts:
    """The same loops for a transposed convolution: every input value meets every tap of its kernels."""
    macs = adds = connections = 0
    touched, sums = set(), set()
    for landing in itertools.product(*(one.landings for one in spreads)):
        real = all(0 <= output < one.outputs for one, (_, _, output) in zip(spreads, landing, strict=True))
        place = tuple(output for _, _, output in landing)
        for channel, filter_ in pairs:
            macs += 1
            adds += (place, filter_) in sums
            sums.add((place, filter_))
            connections += real
            touched.add((filter_, channel, tuple(tap for _, tap, _ in landing)))
    units = len(list(itertools.product(*(range(one.outputs) for one in spreads))))
    return Counts(macs, adds, connections, len(touched), units * len({filter_ for _, filter_ in pairs}))


def cells(length: int, count: int) -> list[list[int]]:
    """The pixels of every cell of an adaptive pool: all that cell i of n touches, even in part."""
    return [
        [pixel for pixel in range(length) if (pixel + 1) * count > i * length and pixel * count < (i + 1) * length]
        for i in range(count)
    ]


def cropped(length: int, margins: Margins) -> list[int]:
    """The pixels that a crop leaves."""
    before, after = margins
    return [pixel for pixel in range(length) if pixel >= before and length - pixel > after]


def padded(length: int, margins: Margins) -> list[int]:
    """The positions of a padded line; pixels below 0 and from `length` on are zeros."""
    before, after = margins
    return [*range(-before, 0), *range(length), *range(length, length + after)]


def folded(length: int, factor: int) -> list[list[int]] | None:
    """The line cut into blocks of `factor` pixels; None where one block stays short."""
    blocks = [list(block) for _, block in itertools.groupby(range(length), key=lambda pixel: pixel // factor)]
    return blocks if all(len(block) == factor for block in blocks) else None


# Receptive fields ---------------------------------------------------------------------------


def window_stage(kernel: int, stride: int, before: int, dilation: int) -> Stage:
    """A window: output o reads taps D apart from o*S - before on. Pooling and convolution alike."""
    return lambda output: [output * stride - before + tap * dilation for tap in range(kernel)]


def transposed_stage(kernel: int, stride: int, before: int, dilation: int) -> Stage:
    """A transposed convolution: output o reads every input with a tap that lands on it."""

    def reads(output: int) -> list[int]:
        near = (output + before) // stride
        reach = kernel * dilation + 1
        return [
            i
            for i in range(near - reach, near + reach + 1)
            if any(i * stride - before + tap * dilation == output for tap in range(kernel))
        ]

    return reads


def nearest_stage(factor: int) -> Stage:
    """Nearest upsampling, and pixel shuffle: the input on whose stretch of `factor` outputs o lies."""
    return lambda output: [i for i in range(-abs(output) - 1, abs(output) + 1) if 0 <= output - i * factor < factor]


def bilinear_stage(factor: int) -> Stage:
    """Bilinear upsampling: the inputs whose centres lie less than one pixel from that of output o."""

    def reads(output: int) -> list[int]:
        centre = Fraction(2 * output + 1, 2 * factor)
        return [i for i in range(-abs(output) - 2, abs(output) + 3) if abs(Fraction(2 * i + 1, 2) - centre) < 1]

    return reads


def fold_stage(factor: int) -> Stage:
    """Space to depth: output o holds a whole block of `factor` inputs."""
    return lambda output: range(output * factor, (output + 1) * factor)


def shift_stage(before: int) -> Stage:
    """Padding (before > 0) and cropping (before < 0): the line begins elsewhere."""
    return lambda output: [output - before]


class Marks:
    """The pixels that every unit behind a stack of stages depends on."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = tuple(stages)
        self._seen: dict[tuple[int, int], frozenset[int]] = {}

    def pixels(self, unit: int, depth: int | None = None) -> frozenset[int]:
        """The pixels seen by `unit` of the layer behind `depth` stages; virtual pixels lie outside the input."""
        depth = len(self.stages) if depth is None else depth
        if depth == 0:
            return frozenset([unit])
        if (depth, unit) not in self._seen:
            read = self.stages[depth - 1](unit)
            self._seen[depth, unit] = frozenset().union(*(self.pixels(source, depth - 1) for source in read))
        return self._seen[depth, unit]

    def span(self, unit: int) -> tuple[int, int]:
        """The first and the last pixel that `unit` sees."""
        seen = self.pixels(unit)
        return min(seen), max(seen)

    def period(self, most: int = 64) -> tuple[int, int]:
        """(units, pixels): the fewest units after which the marks repeat, and how far they moved."""
        for units in range(1, most + 1):
            moves = {
                after - before
                for unit in range(2 * most)
                for before, after in zip(self.span(unit), self.span(unit + units), strict=True)
            }
            if len(moves) == 1:
                return units, moves.pop()
        raise AssertionError(f"no period up to {most}")

    def size(self) -> int:
        """The longest stretch of pixels that one unit sees."""
        units, _ = self.period()
        return max(len(range(low, high + 1)) for low, high in map(self.span, range(units)))

    def jump(self) -> Fraction:
        """Pixels from one unit to the next, on average over a period."""
        units, pixels = self.period()
        return Fraction(pixels, units)

    def centre(self) -> Fraction:
        """The middle of what unit 0 sees."""
        return Fraction(sum(self.span(0)), 2)


class Line:
    """What every channel of every unit of a 1-D volume sees: channels[c][x] is a set of pixels of the input."""

    def __init__(self, channels: Sequence[Sequence[frozenset[int]]]) -> None:
        self.channels = [list(units) for units in channels]

    @classmethod
    def pixels(cls, length: int, channels: int) -> Line:
        """The input itself: every unit sees its own pixel."""
        return cls([[frozenset([pixel]) for pixel in range(length)] for _ in range(channels)])

    def mapped(self, reads: Sequence[Sequence[int]]) -> Line:
        """A volume whose channel k reads, at every unit, the channels reads[k] of this one."""
        return Line([self._together([self.channels[read] for read in row]) for row in reads])

    @staticmethod
    def _together(rows: Sequence[Sequence[frozenset[int]]]) -> list[frozenset[int]]:
        return [frozenset().union(*units) for units in zip(*rows, strict=True)]

    def slid(self, kernel: int, stride: int, before: int) -> Line:
        """Every channel read through a window by itself; what lies beyond the ends sees nothing."""
        length = len(self.channels[0])
        starts = [start for start in range(-before, length + before - kernel + 1) if (start + before) % stride == 0]
        return Line(
            [
                [frozenset().union(*(units[max(start, 0) : max(start + kernel, 0)])) for start in starts]
                for units in self.channels
            ]
        )

    def widest(self) -> int:
        """Pixels from the first to the last that the middle unit sees, in all channels together."""
        seen = frozenset().union(*(units[len(units) // 2] for units in self.channels))
        return max(seen) - min(seen) + 1
