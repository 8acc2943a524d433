"""What goes into a layer of Keras, what comes out, and its parameters -> the arguments that it may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from math import gcd, isqrt
from typing import Any, NamedTuple

from cnncalc.layers import Shape

RANK = re.compile(r"[123]D")
CONVOLUTIONS = ("Conv", "Convolution", "DepthwiseConv", "SeparableConv")
POOLS = ("MaxPooling", "MaxPool", "AveragePooling", "AvgPool")
PADDINGS = ("valid", "same")
LARGEST_POOL = 5
"""The largest window of a pool that is tried beside the stride as its size, the default of Keras."""
LARGEST_FACTOR = 16
LARGEST_KERNEL = 1_000
MOST_STRIDES = 8


class Choice(NamedTuple):
    """Arguments of a layer, in words, and the printed quantities that they follow from; others are judged.

    `open` is the number that a user may give to choose it: the kernel of a pool, the stride of a convolution.
    """

    arguments: dict[str, Any]
    text: str = ""
    used: tuple[str, ...] = ()
    open: int = 0


def choices(kind: str, shape: Shape, made: Shape, params: int) -> Iterator[list[Choice]]:
    """The arguments that a layer of a type may have, the plain ones before those of other kernels and of groups."""
    base = RANK.sub("", kind)
    if shape.rank != made.rank and RANK.search(kind) and not base.startswith("Global"):
        return
    if base in CONVOLUTIONS:
        for kernels in _kernels(base, shape, made, params):
            yield [each for arguments, text in kernels for each in _strided(arguments, text, shape, made)]
    elif base == "ConvTranspose":
        for kernels in _kernels("Conv", shape, made, params):
            yield [each for arguments, text in kernels for each in _transposed(arguments, text, shape, made)]
    elif base in POOLS:
        yield list(_pools(shape, made))
    elif base == "Dense":
        units = int(made.channels)
        bias = params != units * int(shape.channels)
        used = ("output",) if bias else ("output", "params")
        yield [Choice({"units": units, "use_bias": bias}, f"{units} units{'' if bias else ', no bias'}", used)]
    else:
        yield list(_others(base, shape, made, params))


# Convolutions -----------------------------------------------------------------------------------

Kernel = tuple[dict[str, Any], str]


def _kernels(base: str, shape: Shape, made: Shape, params: int) -> Iterator[list[Kernel]]:
    """The kernels with these parameters: square ones, else others of that area, else those of groups of channels."""
    channels, filters, rank = int(shape.channels), int(made.channels), shape.rank
    areas = {bias: area for bias in (True, False) if (area := _area(base, channels, filters, params - bias * filters))}
    square = {bias: side for bias, area in areas.items() if (side := _root(area, rank))}
    yield [_kernel(base, (side,) * rank, filters, channels, bias) for bias, side in square.items()]
    if rank == 2:
        sides = [(bias, side, area // side) for bias, area in areas.items() for side in _divisors(area)]
        yield [_kernel(base, each[1:], filters, channels, each[0]) for each in sides if each[1] != each[2]]
    if base == "Conv":
        found = []
        for groups in _divisors(gcd(channels, filters))[1:]:
            for bias in (True, False):
                area = _area(base, channels // groups, filters, params - bias * filters)
                if area and (side := _root(area, rank)):
                    found.append(_kernel(base, (side,) * rank, filters, channels, bias, groups))
        yield found


def nearest(kind: str, shape: Shape, made: Shape, params: int) -> Iterator[str]:
    """The parameters of the square kernels around a number that is of none."""
    if RANK.sub("", kind) in ("Conv", "ConvTranspose", "Convolution") and params and shape.rank == made.rank:
        each = int(shape.channels) * int(made.channels)
        side = int((params / each) ** (1 / shape.rank))
        for kernel in (side, side + 1) if 0 < side < LARGEST_KERNEL else ():
            yield f"kernel {kernel} has {kernel**shape.rank * each + int(made.channels):,} parameters"


def _area(base: str, channels: int, filters: int, weights: int) -> int:
    """The taps of a kernel with so many weights in all; 0 if there is none."""
    if base == "DepthwiseConv":
        whole, each = weights, filters
    elif base == "SeparableConv":
        whole, each = weights - channels * filters, channels
    else:
        whole, each = weights, channels * filters
    return whole // each if whole > 0 and each and whole % each == 0 else 0


def _root(area: int, rank: int) -> int:
    """The side of a square, or a cube, of so many taps; 0 if there is none."""
    side = area if rank == 1 else isqrt(area) if rank == 2 else round(area ** (1 / 3))
    return side if side**rank == area and side <= LARGEST_KERNEL else 0


def _divisors(number: int) -> list[int]:
    found = [each for each in range(1, min(isqrt(number), LARGEST_KERNEL) + 1) if number % each == 0]
    return sorted({*found, *(number // each for each in found)})


def _kernel(base: str, sides: tuple[int, ...], filters: int, channels: int, bias: bool, groups: int = 1) -> Kernel:
    arguments: dict[str, Any] = {"kernel_size": sides, "use_bias": bias}
    if base == "DepthwiseConv":
        arguments["depth_multiplier"] = max(filters // channels, 1)
    else:
        arguments["filters"] = filters
    if groups > 1:
        arguments["groups"] = groups
    more = "" if groups == 1 else f", {groups} groups"
    return arguments, f"kernel {_times(sides)}{more}{'' if bias else ', no bias'}"


def _strided(arguments: dict[str, Any], text: str, shape: Shape, made: Shape) -> Iterator[Choice]:
    """The strides and paddings with which a kernel makes an output."""
    sides = arguments["kernel_size"]
    for padding in PADDINGS:
        for strides in _strides(padding, sides, shape, made):
            if padding == "same" and not _pads(sides, strides, shape, made):
                continue  # the same windows as with valid
            words = f"{text}, stride {_times(strides)}, padding {padding}"
            yield Choice({**arguments, "strides": strides, "padding": padding}, words, ("output", "params"), strides[0])


def _strides(padding: str, sides: tuple[int, ...], shape: Shape, made: Shape) -> list[tuple[int, ...]]:
    """The strides with which windows make an output, the same along all axes if possible."""
    ranges = [
        _along(padding, side, int(length), int(out))
        for side, length, out in zip(sides, shape.size, made.size, strict=True)
    ]
    alike = [step for step in ranges[0] if all(step in each for each in ranges)] if ranges else []
    if alike:
        return [(step,) * len(ranges) for step in alike[:MOST_STRIDES]]
    return list(product(*(each[:2] for each in ranges))) if all(ranges) else []


def _along(padding: str, side: int, length: int, out: int) -> range:
    """The strides along an axis; of one window alone, the smallest."""
    if out < 1 or (padding == "valid" and side > length):
        return range(0)
    if out == 1:
        least = length if padding == "same" else length - side + 1
        return range(least, least + 1)
    if padding == "same":
        return range(-(-length // out), -(-length // (out - 1)))
    return range((length - side) // out + 1, (length - side) // (out - 1) + 1)


def _pads(sides: tuple[int, ...], strides: tuple[int, ...], shape: Shape, made: Shape) -> bool:
    """Whether `same` puts zeros on any side."""
    each = zip(sides, strides, shape.size, made.size, strict=True)
    return any((out - 1) * step + side > length for side, step, length, out in each)


def _transposed(arguments: dict[str, Any], text: str, shape: Shape, made: Shape) -> Iterator[Choice]:
    """A transposed convolution makes W*S (same), or W*S + max(F - S, 0) (valid)."""
    for padding, step in product(PADDINGS, range(1, LARGEST_FACTOR + 1)):
        sides = arguments["kernel_size"]
        more = [max(side - step, 0) if padding == "valid" else 0 for side in sides]
        if all(length * step + extra == out for length, extra, out in zip(shape.size, more, made.size, strict=True)):
            if padding == "same" and all(side <= step for side in sides):
                continue
            words = f"{text}, stride {step}, padding {padding}"
            yield Choice({**arguments, "strides": step, "padding": padding}, words, ("output", "params"), step)


# Pools and others -------------------------------------------------------------------------------


def _pools(shape: Shape, made: Shape) -> Iterator[Choice]:
    """The pools whose stride is their size, then others."""
    usual = _strides_as_sizes(shape, made)
    for sides in usual:
        yield _pool(sides, sides, "valid")
    for side, padding in product(range(2, LARGEST_POOL + 1), PADDINGS):
        sides = (side,) * shape.rank
        for strides in _strides(padding, sides, shape, made):
            if (padding == "valid" and strides in usual and strides == sides) or (
                padding == "same" and not _pads(sides, strides, shape, made)
            ):
                continue
            yield _pool(sides, strides, padding)


def _strides_as_sizes(shape: Shape, made: Shape) -> list[tuple[int, ...]]:
    """The windows next to each other that make an output: W // F of them."""
    ranges = [
        range(max(int(length) // (int(out) + 1) + 1, 2), int(length) // max(int(out), 1) + 1)
        for length, out in zip(shape.size, made.size, strict=True)
    ]
    alike = [step for step in ranges[0] if all(step in each for each in ranges)] if ranges else []
    if alike:
        return [(step,) * len(ranges) for step in alike[:MOST_STRIDES]]
    return list(product(*(each[:2] for each in ranges))) if all(ranges) else []


def _pool(sides: tuple[int, ...], strides: tuple[int, ...], padding: str) -> Choice:
    arguments = {"pool_size": sides, "strides": strides, "padding": padding}
    text = f"kernel {_times(sides)}, stride {_times(strides)}, padding {padding}"
    return Choice(arguments, text, ("output",), sides[0])


def _others(base: str, shape: Shape, made: Shape, params: int) -> Iterator[Choice]:
    """Layers that hold no kernel: what they make of a volume follows, or is their one argument."""
    sizes = list(zip(map(int, shape.size), map(int, made.size), strict=False))
    if base == "UpSampling":
        factors = tuple(out // length for length, out in sizes)
        yield Choice({"size": factors}, f"factor {_times(factors)}", ("output",))
    elif base in ("ZeroPadding", "Cropping"):
        argument = "padding" if base == "ZeroPadding" else "cropping"
        more = [abs(out - length) for length, out in sizes]
        sides = tuple((each // 2, each - each // 2) for each in more)
        words = " x ".join(f"{before} and {after}" for before, after in sides)
        yield Choice({argument: sides}, f"{words} on the sides", ("output",))
    elif base == "Reshape":
        target = (*map(int, made.size), int(made.channels))
        yield Choice({"target_shape": target}, f"to {made}", ("output",))
    elif base == "Resizing":
        yield Choice({"height": int(made.size[0]), "width": int(made.size[1])}, f"to {made}", ("output",))
    elif base == "BatchNormalization":
        bare = params == 2 * int(shape.channels)
        yield Choice({"center": not bare, "scale": not bare}, "without scale and offset" if bare else "")
    elif base == "GroupNormalization":
        yield Choice({"groups": 1}, "1 group is taken: no number here depends on it")
    elif base == "Activation":
        yield Choice({"activation": "relu"}, "read as ReLU: the function is not shown")
    else:
        yield Choice({})


def _times(sides: tuple[int, ...]) -> str:
    return "x".join(map(str, sides)) if len(set(sides)) > 1 else str(sides[0])
