"""Layers of Caffe that join, cut, turn or resize blobs -> layers. Caffe's axes are images, channels, sizes."""

from __future__ import annotations

from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, Item
from cnncalc.spec.readers.caffe_fields import CHANNELS, IMAGES, Place, axis_of, merged, numbers, switch, whole
from cnncalc.spec.readers.calls import AXIS_NAMES, Arguments
from cnncalc.spec.readers.prototext import Message


def concat(given: Arguments, place: Place) -> list[Item]:
    """Channels side by side; one bottom alone stays as it is."""
    name = "axis" if "axis" in given.values else "concat_dim"
    axis = axis_of(given, name, CHANNELS, place)
    if axis != CHANNELS:
        raise given.call.refused(f"Concat along axis {axis} is not supported", "1, the channels", given.values[name])
    return [merged(given, "concat") if len(place.bottoms) > 1 else given.layer("identity")]


def parts(given: Arguments, place: Place) -> list[Item]:
    """A part of the channels, or of the rows or columns, for every top."""
    name = "axis" if "axis" in given.values else "slice_dim"
    axis, axes = axis_of(given, name, CHANNELS, place), place.axes[0]
    if axis < CHANNELS or (axis > CHANNELS and (axes is None or axis > axes + 1)):
        raise given.call.refused(f"Slice along axis {axis} is not supported", "1 is the channels", given.values[name])
    points = numbers(given, "slice_point", int)
    if points and len(points) != place.tops - 1:
        message = f"{len(points)} slice points make {len(points) + 1} parts, but the layer has {place.tops} tops"
        raise given.call.refused(message, at=given.values["slice_point"])
    if list(points) != sorted(set(points)) or any(point < 1 for point in points):
        raise given.call.refused("slice points must be whole numbers that rise", at=given.values["slice_point"])
    if not points and place.tops > 1 and axis == CHANNELS:
        return [given.layer("split", parts=place.tops, part=part + 1) for part in range(place.tops)]
    if not points and place.tops > 1:
        raise given.call.refused("Slice of rows or columns needs slice points", "slice_point: 8")
    ends = [0, *points]
    return [_part(given, axis, axes or 0, *bounds) for bounds in zip(ends, [*points, None], strict=True)]


def _part(given: Arguments, axis: int, axes: int, start: int, end: int | None) -> Item:
    span = given.call.span
    if axis == CHANNELS:
        rest = Argument(Expression(f"in.channels - {start}"), span)
        return given.layer("slice", channels=rest if end is None else end - start, start=start)
    behind = 0 if end is None else Expression(f"in.{AXIS_NAMES[axes][axis - 2]} - {end}")
    margins = [Argument.of((0, 0), span)] * axes
    margins[axis - 2] = Argument((Argument(start, span), Argument(behind, span)), span)
    return given.layer("crop", size=Argument(tuple(margins), span))


def flatten(given: Arguments, place: Place) -> list[Item]:
    """All values of an image as a vector."""
    given.only("axis", CHANNELS)
    given.only("end_axis", -1)
    return [given.layer("flatten")]


def reshape(given: Arguments, place: Place) -> list[Item]:
    """Another shape; a dim of 0 is that of the bottom, and -1 what is left over."""
    given.only("axis", IMAGES)
    given.only("num_axes", -1)
    message = given.needed("shape").value
    if not isinstance(message, Message):
        raise given.call.refused("Reshape needs shape { dim: ... }")
    dims = [value.value for value in message.all("dim")]
    if not dims or not all(type(dim) is int and dim >= -1 for dim in dims) or dims.count(-1) > 1:
        raise given.call.refused("the dims of a shape are whole numbers, 0 for the same, and -1 once at most")
    if dims[0] not in (0, -1, place.batch):
        raise given.call.refused(f"the first dim is the number of images, which {dims[0]} would change", "write dim: 0")
    axes = place.axes[0] if place.axes[0] is not None else 2
    own = ["channels", *AXIS_NAMES.get(axes, ())]
    if any(dim == 0 and number > len(own) for number, dim in enumerate(dims)):
        raise given.call.refused("a dim of 0 keeps an axis of the bottom, which has fewer")
    texts = [str(dim) if dim else f"in.{own[number - 1]}" for number, dim in enumerate(dims) if number]
    if "-1" in texts:
        others = [text for text in texts if text != "-1"]
        texts[texts.index("-1")] = "*".join(f"in.{name}" for name in own) + (
            f"//({'*'.join(others)})" if others else ""
        )
    parts = [Argument(int(text) if text.isdigit() else Expression(text), given.call.span) for text in texts]
    if not parts:
        raise given.call.refused("the shape has no dim but the number of images")
    if len(parts) > 4:
        raise given.call.refused(f"a shape of {len(parts) + 1} dims is not supported", "5 at most")
    size = Argument(tuple(parts[1:]), given.call.span) if len(parts) > 1 else None
    return [given.layer("reshape", channels=parts[0], size=size)]


def permute(given: Arguments, place: Place) -> list[Item]:
    """Caffe's axes are images, channels, sizes; here the sizes come first, counted from 1, and then the channels."""
    order = list(numbers(given, "order", int))
    axes = place.axes[0] if place.axes[0] is not None else 2
    if order[:1] != [IMAGES] or any(not 0 <= axis <= axes + 1 for axis in order) or len(set(order)) < len(order):
        raise given.call.refused("order must begin with 0, the images, and name axes of the bottom")
    order += [axis for axis in range(axes + 2) if axis not in order]
    here = {CHANNELS: axes + 1, **{axis: axis - 1 for axis in range(2, axes + 2)}}
    _, channels, *sizes = (here.get(axis, 0) for axis in order)
    return [given.layer("permute", order=(*sizes, channels))]


def crop(given: Arguments, place: Place) -> list[Item]:
    """The first bottom cut to the size of the second, from axis 2, the height, on."""
    axis = axis_of(given, "axis", 2, place)
    if axis != 2:
        raise given.call.refused(f"Crop from axis {axis} on is not supported", "2, the height", given.values["axis"])
    return [merged(given, "crop_like", offset=given.get("offset"))]


def interpolate(given: Arguments, place: Place) -> list[Item]:
    """Bilinear resizing of a fork (DeepLab): to a size, or by a factor between the corners."""
    if len(place.bottoms) > 1 or switch(given, "use_blob_size", False):
        raise given.call.refused("Interp to the size of another blob is not supported", "give height and width")
    height, width = given.get("height"), given.get("width")
    if height is not None and width is not None:
        return [given.layer("resize", size=Argument((height, width), height.span))]
    shrink, zoom = whole(given, "shrink_factor", 1), whole(given, "zoom_factor", 1)
    pads = whole(given, "pad_beg", 0) + whole(given, "pad_end", 0)
    if min(shrink, zoom) < 1:
        raise given.call.refused("Interp needs height and width, or whole factors", at=None)
    sizes = (f"((in.{name} + ({pads}) - 1)//{shrink})*{zoom} + 1" for name in AXIS_NAMES[2])
    return [given.layer("resize", size=tuple(Argument(Expression(text), given.call.span) for text in sizes))]


def shuffle(given: Arguments, place: Place) -> list[Item]:
    """The channels of groups dealt out in turn, of a fork."""
    return [given.layer("channel_shuffle", groups=given.needed("group"))]
