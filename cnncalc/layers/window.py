"""Kernel, stride, padding, dilation and rounding along one axis -> what a sliding window does.

Convolution, pooling and all their relatives are one window per axis; the formula
W' = (W - F + 2P)/S + 1 of the slides stands here, once.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.errors import Problem, SpecError
from cnncalc.layers.condition import Condition
from cnncalc.layers.receptive_field import AxisReceptiveField
from cnncalc.limits import MOST_SYMBOLIC_TAPS, MOST_TAPS, Limit
from cnncalc.symbolic import Size, add_up, ceil_div, exact_div, floor_div, is_known, let, maximum, minimum

ROUNDINGS = ("floor", "ceil", "caffe", "strict")


class Window:
    """One axis of a window: F wide, moved by S over P zeros on each side, its taps D apart.

    `padding` is (before, after), or the word "same", whose padding depends on the input.
    """

    __slots__ = ("dilation", "extent", "kernel", "padding", "rounding", "stride")

    def __init__(
        self,
        kernel: Size,
        stride: Size = 1,
        padding: tuple[Size, Size] | str = (0, 0),
        dilation: Size = 1,
        rounding: str = "floor",
    ) -> None:
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.rounding = rounding
        self.extent = dilation * (kernel - 1) + 1
        if padding == "half":
            padding = (let("P", floor_div(self.extent, 2)),) * 2
        elif padding == "full":
            padding = (let("P", self.extent - 1),) * 2
        self.padding = padding

    def margins(self, length: Size) -> tuple[Size, Size]:
        """(before, after): the zeros around an input of `length`; TensorFlow's rule for "same"."""
        if not isinstance(self.padding, str):
            return self.padding
        if self.stride == 1:
            total = self.extent - 1
        else:
            total = (ceil_div(length, self.stride) - 1) * self.stride + self.extent - length
            total = maximum(total, 0)
        before = floor_div(total, 2)
        return before, total - before

    def output(self, length: Size) -> Size:
        """W' = (W - F + 2P)/S + 1, rounded as `rounding` says; W/S rounded up for "same"."""
        if self.padding == "same":
            return ceil_div(length, self.stride)
        before, after = self.margins(length)
        span = length - self.extent + (before + after)
        if self.rounding == "floor":
            return floor_div(span, self.stride) + 1
        if self.rounding == "strict":
            return exact_div(span, self.stride) + 1
        if self.rounding == "ceil":
            return ceil_div(span, self.stride) + 1
        # Caffe rounds up, then drops the last window if it would start beyond input + padding.
        return ceil_div(length + before + minimum(after + self.stride - self.extent, 0), self.stride)

    def taps(self, length: Size) -> Size:
        """Pairs of an output and an input position that a tap connects, padding left out."""
        before, _ = self.margins(length)
        return let("T", self.pairs(self.output(length), length, before))

    def pairs(self, windows: Size, positions: Size, before: Size) -> Size:
        """Pairs of a window i and a tap k whose place i*S + k*D - before is one of `positions`."""
        found: list[Size] = []
        known = is_known(windows, positions, before, self.stride, self.dilation)
        for number in self.tap_numbers(MOST_TAPS if known else MOST_SYMBOLIC_TAPS):
            offset = number * self.dilation - before
            first_inside = maximum(ceil_div(-offset, self.stride), 0)
            last_inside = minimum(floor_div(positions - 1 - offset, self.stride), windows - 1)
            found.append(maximum(last_inside - first_inside + 1, 0))
        return add_up(found)

    def tap_numbers(self, most: Limit) -> range:
        """The taps of the kernel, to be counted one by one; raises SpecError for a symbolic kernel, and a huge one."""
        if not is_known(self.kernel):
            message = f"connections are counted tap by tap: the kernel must be a number, not {self.kernel}"
            raise SpecError([Problem(message, None, "give the kernel a value, or leave the connections out")])
        if self.kernel > most.value:
            message = (
                f"connections are counted tap by tap: the kernel has more than {most} {most.what.partition(' ')[0]}"
            )
            hint = f"make the kernel smaller, or leave the connections out; {most.hint}"
            raise SpecError([Problem(message, None, hint)])
        return range(self.kernel)

    def conditions(self, length: Size, axis: str) -> Iterator[Condition]:
        """That the window fits at least once; and, as a note, that no pixel is dropped."""
        if self.padding == "same":
            return
        before, after = self.margins(length)
        padded = length + before + after
        yield Condition(
            padded,
            ">=",
            self.extent,
            lambda: (
                f"the window is larger than its input: {self.extent} on {_padded(length, before + after)} in {axis}"
            ),
            "make the kernel smaller, pad more, or start from a larger input",
        )
        if self.stride != 1 and not (
            is_known(padded, self.extent, self.stride) and (padded - self.extent) % self.stride == 0
        ):
            yield self._exact(padded, axis)

    def _exact(self, padded: Size, axis: str) -> Condition:
        """The condition that the last window ends where the padded input does."""
        return Condition(
            padded - self.extent,
            "multiple of",
            self.stride,
            lambda: self._misfit(padded, axis),
            lambda: self._near(padded),
            "error" if self.rounding == "strict" else "note",
            lambda: self._lost(padded),
            axis,
        )

    def _dropped(self, padded: Size) -> Size:
        """Pixels of the input, padding apart, that lie behind the last window; none below 0."""
        before, after = self.margins(padded)
        span = padded - self.extent
        behind = span - floor_div(span, self.stride) * self.stride - after
        beyond = before - self.extent
        if not is_known(beyond) or beyond <= 0:
            return behind  # no window lies in the padding alone, so that this is no more than all pixels
        return minimum(behind, padded - before - after)

    def _lost(self, padded: Size) -> Size:
        """Of these, those that floor loses: a stride beyond the window skips some everywhere."""
        if self.rounding != "floor":
            return 0
        return self._dropped(padded) - maximum(self.stride - self.extent, 0)

    def _misfit(self, padded: Size, axis: str) -> str:
        span = padded - self.extent
        if not is_known(span, self.stride):
            return f"does not fit in {axis} unless {self.stride} divides {span}"
        windows = f"{span / self.stride + 1:.2f}".rstrip("0").rstrip(".")
        misfit = f"does not fit in {axis}: ({padded} - {self.extent})/{self.stride} + 1 = {windows}"
        if self.rounding == "strict":
            return misfit
        if self.rounding == "floor":
            dropped = self._dropped(padded)
            if dropped > 0 and self._lost(padded) <= 0:
                last = "last pixel" if dropped == 1 else f"last {dropped} pixels"
                return f"{misfit}; the stride skips the {last} of the input, as it does between windows"
            number, of = (dropped, "input") if dropped > 0 else (span % self.stride, "padding")
            return f"{misfit}; floor drops {number} pixel{'' if number == 1 else 's'} of the {of}"
        before, after = self.margins(padded)
        if self.output(padded - before - after) == floor_div(span, self.stride) + 1:
            return f"{misfit}; the last window would begin in the padding, and is left out"
        return f"{misfit}; {self.rounding} rounds up"

    def _near(self, padded: Size) -> str:
        """The nearest inputs on which the window ends exactly."""
        if not is_known(padded, self.extent, self.stride):
            return ""
        before, after = self.margins(padded)
        over = (padded - self.extent) % self.stride
        length = padded - before - after
        smaller, larger = length - over, length + self.stride - over
        return f"{smaller} or {larger} would fit" if smaller >= 1 else f"{larger} would fit"

    def receptive_field(self, seen: AxisReceptiveField, length: Size) -> AxisReceptiveField:
        """What an output of the window sees, given what its inputs see."""
        return seen.window(self.kernel, self.stride, self.margins(length), self.dilation)


def _padded(length: Size, padding: Size) -> str:
    return f"{length}" if padding == 0 else f"{length} + {padding} of padding"
