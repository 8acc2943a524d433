"""Convolutions, pools and response norms of Caffe -> layers with a window."""

from __future__ import annotations

from typing import Any

from cnncalc.spec.model import Argument, Item
from cnncalc.spec.readers.caffe_fields import CHANNELS, Make, Place, switch, whole
from cnncalc.spec.readers.calls import Arguments


def _sides(given: Arguments, both: str, one: str) -> Argument | None:
    """A size of a window: one for all axes, one for each, or ..._h and ..._w."""
    found, height, width = given.get(both), given.get(f"{one}_h"), given.get(f"{one}_w")
    if height is None and width is None:
        return None if found is None else _one(found)
    if found is not None:
        raise given.call.refused(f"{given.call.kind} has both {both} and {one}_h or {one}_w", "keep one of them", found)
    if (height is None or width is None) and one != "pad":
        raise given.call.refused(f"{given.call.kind} needs both {one}_h and {one}_w", at=height or width)
    zero = Argument(0, given.call.span)
    return _one(Argument((height or zero, width or zero), (height or width or zero).span))


def _one(argument: Argument) -> Argument:
    """The value of all axes as one number where it is the same."""
    parts = argument.value if isinstance(argument.value, tuple) else ()
    return parts[0] if parts and all(part.value == parts[0].value for part in parts) else argument


def _window(given: Arguments) -> dict[str, Any]:
    kernel = _sides(given, "kernel_size", "kernel")
    if kernel is None:
        raise given.call.refused(f"{given.call.kind} needs kernel_size, or kernel_h and kernel_w")
    return {"kernel": kernel, "stride": _sides(given, "stride", "stride"), "padding": _sides(given, "pad", "pad")}


def convolution(kind: str) -> Make:
    """A convolution, or a transposed one."""

    def make(given: Arguments, place: Place) -> list[Item]:
        given.only("axis", CHANNELS)
        fields: dict[str, Any] = {"filters": given.needed("num_output"), "groups": given.get("group")}
        return [
            given.layer(kind, **fields, **_window(given), dilation=given.get("dilation"), bias=given.get("bias_term"))
        ]

    return make


def depthwise(given: Arguments, place: Place) -> list[Item]:
    """A convolution of the forks with a filter for every channel, whatever its groups are."""
    expected = given.expect(given.get("num_output"))
    window = _window(given)
    return [given.layer("depthwise", expected, **window, dilation=given.get("dilation"), bias=given.get("bias_term"))]


POOLS = {"MAX": "max", "AVE": "avg", 0: "max", 1: "avg"}


def pooling(given: Arguments, place: Place) -> list[Item]:
    """A pool, of windows or of the whole map."""
    method = given.plain("pool", "MAX")
    if method not in POOLS:
        raise given.call.refused(f"pooling by {method} is not supported", "MAX or AVE", given.values["pool"])
    if switch(given, "global_pooling", False):
        for name in ("kernel_size", "kernel_h", "kernel_w"):
            if name in given.values:
                raise given.call.refused("global_pooling takes the whole map: it has no kernel", at=given.values[name])
        return [given.layer(f"global{POOLS[method]}pool")]
    window = _window(given)
    window["stride"] = window["stride"] or 1
    return [given.layer(f"{POOLS[method]}pool", **window, rounding=_rounding(given, window))]


def _rounding(given: Arguments, window: dict[str, Any]) -> str:
    """Up, but a window that begins in the padding is left out; without padding none is, wherever it begins.

    With stride 1 nothing is left to round.
    """
    if given.plain("round_mode", "CEIL") in ("FLOOR", 1) or not switch(given, "ceil_mode", True):
        return "floor"
    kernel, stride, padding = (_plain(window[name]) for name in ("kernel", "stride", "padding"))
    pairs = [(_at(kernel, axis), _at(stride, axis), _at(padding, axis)) for axis in range(2)]
    if all(step == 1 for _, step, _ in pairs):
        return "floor"
    for size, _, pad in pairs:
        if type(size) is type(pad) is int and 0 < size <= pad:
            raise given.call.refused(f"pad is {pad}, but must be smaller than the kernel, {size}")
    beyond = any(type(size) is type(step) is int and step > size for size, step, _ in pairs)
    return "ceil" if beyond and not any(pad for *_, pad in pairs) else "caffe"


def _plain(argument: Any) -> Any:
    return argument.evaluate({}) if isinstance(argument, Argument) else argument or 0


def _at(value: Any, axis: int) -> Any:
    return value[min(axis, len(value) - 1)] if isinstance(value, tuple) else value


def response_norm(given: Arguments, place: Place) -> list[Item]:
    """A response norm, over channels or over a square of pixels."""
    region = given.plain("norm_region", "ACROSS_CHANNELS")
    if whole(given, "local_size", 5) % 2 == 0:
        raise given.call.refused("local_size must be odd", at=given.values["local_size"])
    over = "square" if region in ("WITHIN_CHANNEL", 1) else None
    return [given.layer("lrn", channels=given.get("local_size"), over=over)]
