"""The inputs of a network of Caffe -> their sizes: `input:` at the top of the file, Input layers, layers of data.

Caffe's shapes are images x channels x height x width; here the channels come last, and the images are the batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.errors import Span
from cnncalc.limits import LARGEST_SIZE
from cnncalc.spec.model import InputSize
from cnncalc.spec.readers.prototext import Message, Value, refused, whole

SOURCES = (
    "Input", "DummyData", "MemoryData", "Data", "ImageData", "WindowData", "HDF5Data", "ImageSegData", "AnnotatedData",
)  # fmt: skip
"""Types of layers that read nothing."""
MESSAGES = {
    "Data": "data_param", "ImageData": "image_data_param", "WindowData": "window_data_param",
    "ImageSegData": "image_data_param", "AnnotatedData": "data_param",
}  # fmt: skip
PICTURES = ("ImageData", "WindowData", "ImageSegData")
"""Types that read files of pictures, which have three channels unless they are to be grey."""
MOST_AXES = 3
SHAPE = "images, channels, height, width: as in dim: 1 dim: 3 dim: 224 dim: 224"


class Given(NamedTuple):
    """An input: its blob, and its size or what is known of it; labels have a reason why no layer can read them."""

    blob: str
    span: Span
    size: InputSize | None = None
    axes: int | None = 2
    images: int | None = None
    partial: InputSize | None = None
    notes: tuple[str, ...] = ()
    unreadable: str = ""


def declared_inputs(net: Message) -> Iterator[Given]:
    """The inputs at the top of a file: `input` with `input_shape`, or with four `input_dim`. Raises SpecError."""
    names = list(net.texts("input"))
    shapes, dims = list(net.messages("input_shape")), net.all("input_dim")
    if shapes and dims:
        raise refused("the file has both input_shape and input_dim", dims[0].span, "keep one of them")
    if shapes and len(shapes) != len(names):
        raise refused(f"{len(names)} inputs, but {len(shapes)} of input_shape", shapes[0].span, "one for every input")
    if dims and len(dims) != 4 * len(names):
        message = f"{len(dims)} of input_dim for {len(names)} input{'' if len(names) == 1 else 's'}"
        raise refused(message, dims[0].span, f"four for every input: {SHAPE}")
    for number, (name, span) in enumerate(names):
        if shapes:
            yield _of_dims(name, shapes[number].all("dim"), shapes[number].span)
        elif dims:
            yield _of_dims(name, dims[4 * number : 4 * number + 4], dims[4 * number].span)
        else:
            yield Given(name, span)


def layer_inputs(kind: str, layer: Message, span: Span, tops: list[str]) -> Iterator[Given]:
    """The inputs that a layer of data makes, one for every top. Raises SpecError."""
    if not tops:
        raise refused(f"{kind} has no top", span)
    if kind in ("Input", "DummyData"):
        yield from _shaped(kind, layer, span, tops)
        return
    if kind == "MemoryData":
        found = next(layer.messages("memory_data_param"), Message(span))
        dims = [found.last(name) for name in ("batch_size", "channels", "height", "width")]
        if None in dims:
            raise refused("MemoryData needs batch_size, channels, height and width", span)
        yield _of_dims(tops[0], [dim for dim in dims if dim], span)
    else:
        yield _of_pictures(kind, layer, span, tops[0])
    for top in tops[1:]:
        yield Given(top, span, unreadable=f"'{top}' is made by {kind} beside the images, and its size is not known")


def _shaped(kind: str, layer: Message, span: Span, tops: list[str]) -> Iterator[Given]:
    """The inputs of a layer that gives their shapes: one for all tops, or one for each."""
    found = next(layer.messages("input_param" if kind == "Input" else "dummy_data_param"), Message(span))
    shapes = [(shape.all("dim"), shape.span) for shape in found.messages("shape")]
    if not shapes:
        columns = [found.all(name) for name in ("num", "channels", "height", "width")]
        shapes = [(list(dims), dims[0].span) for dims in zip(*columns, strict=False)]
    if not shapes:
        yield from (Given(top, span) for top in tops)
        return
    if len(shapes) not in (1, len(tops)):
        raise refused(f"{len(shapes)} shapes for {len(tops)} tops", shapes[0][1], "one for all tops, or one for each")
    for number, top in enumerate(tops):
        dims, at = shapes[number if len(shapes) > 1 else 0]
        yield _of_dims(top, dims, at)


def _of_dims(name: str, dims: list[Value], span: Span) -> Given:
    """An input of Caffe's shape. Raises SpecError."""
    if not 1 <= len(dims) <= MOST_AXES + 2:
        raise refused(f"a shape of {len(dims)} dims is not supported", span, SHAPE)
    numbers = [whole("dim", dim) for dim in dims]
    for number, dim in zip(numbers, dims, strict=True):
        if not 1 <= number <= LARGEST_SIZE.value:
            raise refused(f"a size must be from 1 to {LARGEST_SIZE}, not {number}", dim.span, LARGEST_SIZE.hint)
    images, channels, *sizes = (*numbers, 1)[: max(len(numbers), 2)]
    size = InputSize(tuple(sizes), channels, span=span)
    return Given(name, span, size, len(sizes), images)


def _of_pictures(kind: str, layer: Message, span: Span, name: str) -> Given:
    """The images of a layer that reads a data base or files: their size if they are cropped or resized."""
    own = next(layer.messages(MESSAGES.get(kind, "hdf5_data_param")), Message(span))
    transform = next(layer.messages("transform_param"), Message(span))
    side = transform.number("crop_size") or own.number("crop_size")
    sizes: tuple[int, ...] = (side, side) if side else ()
    resized = next(transform.messages("resize_param"), Message(span))  # of SSD's fork
    mode = resized.last("resize_mode")
    if mode is None or str(mode.value) in ("WARP", "1"):
        sizes = sizes or _both(resized.number("height"), resized.number("width"))
    sizes = sizes or _both(own.number("new_height"), own.number("new_width"))
    channels = _channels(kind, own, transform) if kind in MESSAGES else None
    if not sizes or kind not in MESSAGES:
        partial = InputSize(("H", "W"), channels) if channels else None
        return Given(name, span, None, 2 if kind in MESSAGES else None, partial=partial)
    notes = ("" if channels else f"the images of '{name}' are taken to have 3 channels, which the file does not say",)
    at = transform.last("crop_size") or own.last("crop_size") or own.last("new_height")
    return Given(
        name, span, InputSize(sizes, channels or 3, span=at.span if at else span), notes=tuple(filter(None, notes))
    )


def _both(height: int | None, width: int | None) -> tuple[int, ...]:
    """A size, if both of its sides are known."""
    return (height, width) if height and width else ()


def _channels(kind: str, own: Message, transform: Message) -> int | None:
    """How many channels the images of a layer have, where the file says so."""

    def true(message: Message, name: str, default: bool = False) -> bool:
        found = message.last(name)
        return default if found is None else str(found.value) in ("true", "True", "1", "t")

    if true(transform, "force_gray") or not true(own, "is_color", default=True):
        return 1
    if true(transform, "force_color") or true(own, "force_encoded_color") or kind in PICTURES:
        return 3
    means = len(transform.all("mean_value"))
    return means if means > 1 else None
