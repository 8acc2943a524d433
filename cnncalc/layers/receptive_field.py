"""Windows, one after the other -> ReceptiveField: the pixels of the network's input that a unit sees.

Along an axis, unit i of a layer sees the pixels lows[i % q] + (i // q)*step to
highs[i % q] + (i // q)*step, both included, where q = len(lows). A chain of windows has q = 1,
and `step` is its jump; upsampling by r gives r phases to a step, a jump of step/r.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any, NamedTuple

from cnncalc.layers.shape import Shape
from cnncalc.limits import MOST_PHASES, MOST_UNITS
from cnncalc.symbolic import Size, is_known, maximum, minimum, normalise

# Past this many phases a receptive field is called unknown rather than listed phase by phase.


class UncountableError(ValueError):
    """A receptive field that cannot be listed phase by phase; the message says why."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The padding of one axis where it is not the same on both sides."""

    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.before} before, {self.after} after"

    def mapped(self, change: Callable[[Any], Any]) -> Any:
        """Both sides changed; one number if they are the same then."""
        return on_sides(change(self.before), change(self.after))


def on_sides(before: Any, after: Any) -> Any:
    """The padding of one axis: one number where both sides have the same."""
    return before if before == after else Sides(before, after)


class AxisReceptiveField:
    """What the units of a layer see along one axis of the network's input.

    `after` is the padding that has gathered behind the input's last pixel, in pixels; the
    padding before its first pixel is how far unit 0 looks beyond it. Once a layer
    has made the axis longer, the padding is None: no one window stands for the chain any more.

    `blind` are phases that see nothing, as between the taps of a transposed convolution; their
    place is where they lie.
    """

    __slots__ = ("after", "blind", "highs", "lows", "step")

    def __init__(
        self,
        lows: tuple[Size, ...] = (0,),
        highs: tuple[Size, ...] = (0,),
        step: Size = 1,
        after: Any = 0,
        blind: frozenset[int] = frozenset(),
    ) -> None:
        self.blind = blind
        self.lows = lows
        self.highs = highs
        self.step = step
        self.after = after

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AxisReceptiveField) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__
        )

    def __hash__(self) -> int:
        return hash((self.lows, self.highs, self.step))

    @property
    def size(self) -> Size:
        """Pixels from the first to the last that one unit sees; the most over all phases."""
        if len(self.lows) == 1 and not self.blind:
            return normalise(self.highs[0] - self.lows[0] + 1)
        spans = zip(self.lows, self.highs, strict=True)
        return max(0 if phase in self.blind else high - low + 1 for phase, (low, high) in enumerate(spans))

    @property
    def jump(self) -> Any:
        """Distance in pixels from one unit to the next; a Fraction after upsampling."""
        return _whole(self.step, len(self.lows))

    @property
    def centre(self) -> Any:
        """The middle of what unit 0 sees; pixel 0 is centred on 0, so halves occur."""
        return _whole(self.lows[0] + self.highs[0], 2)

    @property
    def sides(self) -> Any:
        """The padding on each side: one number, or Sides where these differ; None behind an upsampling."""
        return None if self.after is None else on_sides(normalise(-self.lows[0]), normalise(self.after))

    @property
    def padding(self) -> Any:
        """P of a chain of windows, so that W' = (W - R + 2P)//J + 1: the mean of both sides; or None."""
        return None if self.after is None else _whole(self.after - self.lows[0], 2)

    def middle(self, units: int) -> Any:
        """The centre of what the first `units` units see, on average."""
        spans = [self.unit(index) for index in range(units)]
        return _whole(sum(low + high for low, high in spans), 2 * units)

    def aligned(self, other: AxisReceptiveField) -> bool:
        """Whether the units of both look at the same places, averaged over their phases."""
        units = lcm(len(self.lows), len(other.lows))
        return bool(self.middle(units) == other.middle(units))

    def unit(self, index: Size) -> tuple[Size, Size]:
        """The first and last pixel that unit `index` sees."""
        phases = len(self.lows)
        if phases == 1:
            return self.lows[0] + index * self.step, self.highs[0] + index * self.step
        turn, phase = divmod(index, phases)
        return self.lows[phase] + turn * self.step, self.highs[phase] + turn * self.step

    def window(self, kernel: Size, stride: Size, margins: tuple[Size, Size], dilation: Size) -> AxisReceptiveField:
        """What the outputs of a window over these units see: R' = R + D*(F - 1)*J, J' = J*S."""
        before, behind = margins
        phases = len(self.lows)
        after = None if self.after is None else self.after + behind * self.jump
        if phases == 1:
            ahead, step = dilation * (kernel - 1) - before, self.step
            low, high = self.lows[0] - before * step, self.highs[0] + ahead * step
            return AxisReceptiveField((low,), (high,), step * stride, after, self.blind)
        if not is_known(kernel, stride, before, dilation, *self.lows, *self.highs) or kernel > MOST_PHASES.value:
            raise UncountableError("after upsampling, kernel and stride must be numbers, and the kernel not huge")
        shared = gcd(phases, stride)
        _check_work(kernel * (phases // shared))
        groups = (
            [self.seen(output * stride - before + tap * dilation) for tap in range(kernel)]
            for output in range(phases // shared)
        )
        return _phases(groups, self.step * (stride // shared), after)

    def cut(self, before: Size) -> AxisReceptiveField:
        """What the units see from unit `before` on; how many are left behind them is not known."""
        moved = self.window(1, 1, (-before, 0), 1)
        return AxisReceptiveField(moved.lows, moved.highs, moved.step, None, moved.blind)

    def seen(self, index: int) -> Seen:
        """What unit `index` sees, or where it lies if it sees nothing."""
        low, high = self.unit(index)
        return Seen(low, high, index % len(self.lows) in self.blind)

    def stretch(
        self, factor: int, sees: Callable[[int], Iterable[int]], under: Callable[[int], int] | None = None
    ) -> AxisReceptiveField:
        """What the units of a layer `factor` times as long see; unit i of it reads `sees(i)`, or lies over `under(i)`.

        A unit that reads nothing needs `under`.
        """
        if not is_known(*self.lows, *self.highs, self.step):
            raise UncountableError("the windows before the upsampling have positions that depend on a symbol")
        groups = []
        for output in range(len(self.lows) * factor):
            group = [self.seen(index) for index in sees(output)]
            if not group and under is not None:
                group = [self.seen(under(output))._replace(nothing=True)]
            groups.append(group)
        return _phases(groups, self.step, None)


class Seen(NamedTuple):
    """From the first to the last pixel that a unit sees; or, seeing nothing, where it lies."""

    low: Size
    high: Size
    nothing: bool


def _check_work(units: int) -> None:
    """Raise UncountableError before more units are looked at than the limit."""
    if units > MOST_UNITS.value:
        message = f"after upsampling, more than {MOST_UNITS} units would be looked at one by one"
        raise UncountableError(f"{message}; {MOST_UNITS.hint}")


def _phases(groups: Iterable[list[Seen]], step: Size, after: Any) -> AxisReceptiveField:
    """The receptive field whose phases see what the units of a group see together."""
    spans = [_together(group) for group in groups]
    blind = frozenset(phase for phase, span in enumerate(spans) if span.nothing)
    return AxisReceptiveField(tuple(span.low for span in spans), tuple(span.high for span in spans), step, after, blind)


def _together(group: list[Seen]) -> Seen:
    seeing = [span for span in group if not span.nothing]
    spans = seeing or group
    return Seen(min(span.low for span in spans), max(span.high for span in spans), not seeing)


def _whole(numerator: Any, denominator: int) -> Any:
    """The quotient as an int where it is one, else as an exact fraction."""
    if denominator == 1:
        return normalise(numerator)
    if is_known(numerator) or isinstance(numerator, Fraction):
        quotient = Fraction(numerator, denominator)
        return quotient.numerator if quotient.denominator == 1 else quotient
    return normalise(numerator / denominator)


class ReceptiveField:
    """The receptive field of a layer: an AxisReceptiveField per axis, or everything, or unknown with a reason.

    One that differs from input to input is unknown, and `by_input` has it with the names of the inputs.
    """

    __slots__ = ("axes", "by_input", "everything", "unknown")

    def __init__(
        self,
        axes: tuple[AxisReceptiveField, ...] = (),
        *,
        everything: bool = False,
        unknown: str = "",
        by_input: tuple[tuple[tuple[str, ...], ReceptiveField], ...] = (),
    ) -> None:
        self.axes = axes
        self.everything = everything
        self.unknown = unknown
        self.by_input = by_input

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReceptiveField) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__
        )

    def __hash__(self) -> int:
        return hash((self.axes, self.everything, self.unknown))

    def read(self, attribute: str) -> tuple[Any, ...] | str:
        """Its `size`, `jump`, `centre` or `sides` on every axis; "all" or "?" for the whole, "" for no padding.

        One that differs from input to input is a text: `5 (image), 3 (depth)`.
        """
        if self.by_input:
            return ", ".join(f"{_joined(each.read(attribute))} ({', '.join(names)})" for names, each in self.by_input)
        if self.everything:
            return "all"
        if self.unknown:
            return "?"
        values = tuple(getattr(axis, attribute) for axis in self.axes)
        return "" if None in values else values

    def along(self, rule: Callable[[AxisReceptiveField, int], AxisReceptiveField]) -> ReceptiveField:
        """The receptive field with `rule(axis, number)` applied to every axis."""
        if not self.axes:
            return self
        try:
            return ReceptiveField(tuple(rule(axis, number) for number, axis in enumerate(self.axes)))
        except UncountableError as reason:
            return unknown(str(reason))

    def stretched(
        self, factors: tuple[Size, ...], rule: Callable[[AxisReceptiveField, int], AxisReceptiveField]
    ) -> ReceptiveField:
        """The receptive field after a layer that makes every axis `factors` times as long."""
        if not is_known(*factors):
            return unknown("the factor of upsampling is not a number yet") if self.axes else self
        phases = (len(axis.lows) * factor for axis, factor in zip(self.axes, factors, strict=False))
        if any(number > MOST_PHASES.value for number in phases):
            return unknown(f"more than {MOST_PHASES} phases after upsampling; {MOST_PHASES.hint}")
        return self.along(rule)


def _joined(lengths: tuple[Any, ...] | str) -> str:
    """One length an axis as text: one number where all are the same."""
    return (
        lengths if isinstance(lengths, str) else "x".join(map(str, lengths if len(set(lengths)) > 1 else lengths[:1]))
    )


EVERYTHING = ReceptiveField(everything=True)


def pixels(shape: Shape) -> ReceptiveField:
    """The receptive field of the pixels of an input themselves."""
    return ReceptiveField((AxisReceptiveField(),) * shape.rank)


def unknown(reason: str) -> ReceptiveField:
    """The receptive field of which only the reason is known why it has no size."""
    return ReceptiveField(unknown=reason)


def union(first: AxisReceptiveField, second: AxisReceptiveField) -> AxisReceptiveField:
    """What a unit sees that reads both: from the first pixel of either to the last of either."""
    phases = lcm(len(first.lows), len(second.lows))
    known = first.after is not None and second.after is not None
    after = maximum(first.after, second.after) if known else None
    if first.blind or second.blind:
        groups = ([first.seen(index), second.seen(index)] for index in range(phases))
        return _phases(groups, first.step * (phases // len(first.lows)), after)
    spans = [(first.unit(index), second.unit(index)) for index in range(phases)]
    lows = tuple(minimum(mine[0], its[0]) for mine, its in spans)
    highs = tuple(maximum(mine[1], its[1]) for mine, its in spans)
    step = first.step * (phases // len(first.lows))
    return AxisReceptiveField(lows, highs, step, after)
