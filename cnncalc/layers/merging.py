"""Several volumes -> one: the only layers with more than one input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from typing import ClassVar, NamedTuple

from cnncalc.layers.base import Layer, layer
from cnncalc.layers.channels import Channels, ChannelsRead, clipped
from cnncalc.layers.condition import Condition, never
from cnncalc.layers.fields import Count, PerAxis, per_axis
from cnncalc.layers.operations import Operations
from cnncalc.layers.receptive_field import ReceptiveField
from cnncalc.layers.shape import Shape
from cnncalc.symbolic import Size, minimum, product, substitute


class Merge(Layer):
    """What merging layers share: `inputs` volumes, joined before any other rule."""

    merges = True
    title = "merges"
    counted: ClassVar[tuple[str, ...]] = ("inputs",)
    inputs = Count(2, doc="number of inputs; counted from the branches")


def _unequal(first: Shape, other: Shape, number: int) -> str:
    return f"the inputs differ: {first} (first) and {other} (number {number})"


def equal_sizes(shapes: tuple[Shape, ...], hint: str, *, channels: bool) -> Iterator[Condition]:
    """That all shapes have the size of the first and, if asked, its channels."""
    first = shapes[0]
    for number, other in enumerate(shapes[1:], start=2):
        message = partial(_unequal, first, other, number)
        yield Condition(other.rank, "==", first.rank, message, hint)
        mine = first.size + ((first.channels,) if channels else ())
        its = other.size + ((other.channels,) if channels else ())
        for left, right in zip(its, mine, strict=False):
            yield Condition(left, "==", right, message, hint)


@layer("add", "sum", "residual")
class Add(Merge):
    """Addition, value by value: all inputs must have one shape. Source: He et al. 2015 (ResNet)."""

    channelwise = True

    def join_conditions(self, shapes: tuple[Shape, ...]) -> Iterator[Condition]:
        hint = "a change of size or of channels needs a projection (a 1x1 conv with that stride) on the shortcut"
        return equal_sizes(shapes, hint, channels=True)

    def operations(self, shape: Shape) -> Operations:
        return Operations(other_adds=(self.inputs - 1) * shape.values)


@layer("maximum", "eltwise_max")
class Maximum(Merge):
    """The largest value, value by value: all inputs must have one shape."""

    channelwise = True

    def join_conditions(self, shapes: tuple[Shape, ...]) -> Iterator[Condition]:
        return equal_sizes(shapes, "the inputs to compare must have one shape", channels=True)

    def operations(self, shape: Shape) -> Operations:
        return Operations(compares=(self.inputs - 1) * shape.values)


@layer("shortcut")
class Shortcut(Merge):
    """Addition to the first input of whatever it has a place for: Darknet's shortcut.

    Inputs of one shape are added, and the layer is an `add`. Else the first input keeps its shape: further channels
    of another input are left out, and missing ones add nothing. Of a map that is s times as large every s-th pixel
    is added; the pixels of a map that is s times as small are added to every s-th.
    """

    channelwise = True
    rescales = True
    counted = ("inputs", "added")
    added = Count(1, least=0, doc="values that are added; counted from the inputs")

    def join_conditions(self, shapes: tuple[Shape, ...]) -> Iterator[Condition]:
        first = shapes[0]
        hint = "one map must be as large as the other, or a whole number of times as large"
        for number, other in enumerate(shapes[1:], start=2):
            message = partial(_unequal, first, other, number)
            yield Condition(other.rank, "==", first.rank, message, hint)
            steps = [Step.between(*sizes) for sizes in zip(first.size, other.size, strict=False)]
            if len(set(steps)) > 1:
                yield never(message(), "both axes of a map must be as many times as large")
            for step, mine, its in zip(steps, first.size, other.size, strict=False):
                yield Condition(step.every * mine, "==", step.spread * its, message, hint)

    def settled(self, shapes: tuple[Shape, ...]) -> Layer:
        first, *others = shapes
        if all(shape == first for shape in others):
            return Add(inputs=self.inputs)
        return Shortcut(inputs=self.inputs, added=sum(_common(first, shape) for shape in others))

    def operations(self, shape: Shape) -> Operations:
        return Operations(other_adds=self.added)

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        parts = enumerate(shapes)
        return (found for at, shape in parts for found in clipped(at, start, start + count, 0, shape.channels))

    def seen_of(self, number: int, seen: ReceptiveField, shapes: tuple[Shape, ...]) -> ReceptiveField:
        steps = [Step.between(*sizes) for sizes in zip(shapes[0].size, shapes[number].size, strict=True)]
        if all(step == Step(1, 1) for step in steps):
            return seen
        every = seen.along(lambda axis, at: axis.window(1, steps[at].every, (0, 0), 1))
        spread = tuple(step.spread for step in steps)
        if all(size == 1 for size in spread):
            return every
        return every.stretched(spread, lambda axis, at: axis.stretch(spread[at], *_every(spread[at])))


def _common(first: Shape, other: Shape) -> Size:
    """The values of another input that a shortcut adds: those of the smaller map, of the fewer channels."""
    sizes = zip(first.size, other.size, strict=True)
    smaller = (mine if Step.between(mine, its).spread == 1 else its for mine, its in sizes)
    return product((minimum(first.channels, other.channels), *smaller))


class Step(NamedTuple):
    """How a shortcut adds another map: `every` so many of its pixels one, or one to every `spread` of its own."""

    every: int
    spread: int

    @classmethod
    def between(cls, mine: Size, other: Size) -> Step:
        """The step between two lengths; with symbols, that between large lengths."""
        large = {str(name): LARGE for size in (mine, other) for name in getattr(size, "free_symbols", ())}
        if large:
            mine, other = substitute(mine, large), substitute(other, large)
        return cls(max(other // mine, 1), max(mine // other, 1))


LARGE = 2**16 * 3**4 * 5**2 * 7
"""A length that many strides divide."""


def _every(step: int) -> tuple[Callable[[int], list[int]], Callable[[int], int]]:
    """What a unit reads of a map that is added to every `step`-th unit, and the unit of that map that it lies over."""
    return (lambda unit: [] if unit % step else [unit // step]), (lambda unit: unit // step)


@layer("concat", "concatenate", "cat")
class Concat(Merge):
    """Concatenation of channels: all inputs must have one size; their channels add up."""

    def join(self, shapes: tuple[Shape, ...]) -> Shape:
        return Shape(sum(shape.channels for shape in shapes), *shapes[0].size)

    def join_conditions(self, shapes: tuple[Shape, ...]) -> Iterator[Condition]:
        hint = "concat joins channels: pad, crop or pool until the sizes meet"
        return equal_sizes(shapes, hint, channels=False)

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        ends = list(accumulate((shape.channels for shape in shapes), initial=0))
        parts = zip(range(len(shapes)), ends, ends[1:], strict=False)
        return (found for part in parts for found in clipped(part[0], start, start + count, *part[1:]))


@layer("multiply", "mul", "scale")
class Multiply(Merge):
    """Product, value by value; what has one channel or one position scales all of them (squeeze-and-excitation, CBAM).

    A vector or a 1x1 map of C values scales the C channels of a map, and a map with one channel its positions.
    """

    channelwise = True

    def join(self, shapes: tuple[Shape, ...]) -> Shape:
        channels = next((shape.channels for shape in shapes if shape.channels != 1), 1)
        return Shape(channels, *max(shapes, key=_is_map).size)

    def join_conditions(self, shapes: tuple[Shape, ...]) -> Iterator[Condition]:
        joined = self.join(shapes)
        maps = tuple(shape for shape in shapes if _is_map(shape))
        if maps:
            yield from equal_sizes(maps, GO_TOGETHER, channels=False)
        for shape in shapes:
            if shape.channels != 1:
                message = partial(_unequal_channels, shape, joined)
                yield Condition(shape.channels, "==", joined.channels, message, GO_TOGETHER)

    def operations(self, shape: Shape) -> Operations:
        return Operations(other_multiplies=(self.inputs - 1) * shape.values)

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        return [
            Channels(number, *((start, count) if shape.channels != 1 else (0, 1)))
            for number, shape in enumerate(shapes)
        ]


GO_TOGETHER = "these go together: equal shapes; HxWxC with HxWx1, with 1x1xC or with a vector of C values"
"""What can be multiplied."""


@layer("crop_like", "crop_to")
class CropLike(Merge):
    """Cropping of the first input to the size of the second, of which nothing else is used (FCN)."""

    title = "crops"
    values_read = 1
    offset = PerAxis(0, least=0, doc="pixels cut off before the first that is kept")

    def offsets(self, rank: int) -> tuple[Size, ...]:
        """The offset on each of `rank` axes."""
        return per_axis(self.offset, rank)

    def join(self, shapes: tuple[Shape, ...]) -> Shape:
        return Shape(shapes[0].channels, *shapes[1].size)

    def join_conditions(self, shapes: tuple[Shape, ...]) -> Iterator[Condition]:
        first, like = shapes[0], shapes[1]
        yield Condition(len(shapes), "==", 2, lambda: f"crop_like takes two inputs, not {len(shapes)}")
        yield from self.needs_map(first, "offset")
        yield Condition(like.rank, "==", first.rank, partial(_unequal, first, like, 2), "both must be maps")
        for length, kept, before in zip(first.size, like.size, self.offsets(first.rank), strict=False):
            message = f"cannot crop {first} to {like.text()} from pixel {before} on: {before} + {kept} > {length}"
            yield Condition(length, ">=", kept + before, partial(str, message), "use a smaller offset")

    def channels_read(self, shapes: tuple[Shape, ...], start: Size, count: Size) -> ChannelsRead:
        return (Channels(0, start, count),)

    def receptive_field(self, seen: ReceptiveField, shape: Shape) -> ReceptiveField:
        offsets = self.offsets(shape.rank)
        return seen.along(lambda axis, number: axis.cut(offsets[number]))


def _is_map(shape: Shape) -> bool:
    """Whether the shape has more than one position: what a scale of channels has not."""
    return any(length != 1 for length in shape.size)


def _unequal_channels(shape: Shape, joined: Shape) -> str:
    return f"cannot scale {joined.channels} channels ({joined}) by {shape.channels} ({shape})"
