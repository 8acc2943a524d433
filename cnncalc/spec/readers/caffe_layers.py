"""The layers of Caffe -> layers: the fields of each type's message, and the layers that it is here.

The defaults are those of caffe.proto. A field that changes no number (a filler, an engine) may stand there and is not
looked at; one that no message of the type has is refused, as protobuf refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite, log
from typing import Any, NamedTuple, TypeAlias

from cnncalc.layers import CATALOGUE
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, Item, LayerItem, MergeItem, NameReference
from cnncalc.spec.readers.calls import AXIS_NAMES, Arguments
from cnncalc.spec.readers.prototext import Message

FILLERS = "weight_filler bias_filler filler engine"
WINDOW = "kernel_h kernel_w pad_h pad_w stride_h stride_w"
CONVOLUTION = (
    f"num_output bias_term kernel_size* pad* stride* dilation* group axis force_nd_im2col {WINDOW} {FILLERS} scale_term"
)
POOLING = f"pool kernel_size pad stride global_pooling round_mode ceil_mode engine {WINDOW}"
IMAGES = 0
CHANNELS = 1
"""The axes that Caffe numbers 0 and 1."""
LEFT_OUT = {
    "only for training": re.compile(r"\w*Loss\w*|\w*Accuracy|Silence|HDF5Output|DetectionEvaluate"),
    "boxes without weights": re.compile(r"PriorBox|DetectionOutput"),
}
"""The types that are left out: losses and measures of success, and what a detector does with its answers (SSD)."""
NO_WORKING = "write the network as a YAML spec"


class Place(NamedTuple):
    """Where a layer stands: the names of what it reads, the axes of each where these are known, and its tops."""

    bottoms: tuple[NameReference, ...]
    axes: tuple[int | None, ...]
    tops: int
    batch: int = 1


Make: TypeAlias = "Callable[[Arguments, Place], list[Item]]"


class Type(NamedTuple):
    """A type of layer: the layers that it becomes, its message, and the fields of that (`*`: may stand several times).

    `bottoms` are the fewest and the most that it reads. Where several items are made, each reads the one before it,
    unless it names its sources or there are several tops.
    """

    becomes: str
    make: Make
    message: str = ""
    fields: str = ""
    bottoms: tuple[int, int] = (1, 1)

    @property
    def names(self) -> list[str]:
        """The fields of its message."""
        return self.fields.replace("*", "").split()

    def repeats(self, field: str) -> bool:
        """Whether a field may stand several times."""
        return f"{field}*" in self.fields.split()


MANY = 1_000_000


def _layer(kind: str, **fields: Any) -> Make:
    """A layer whose fields are the same in every file."""
    return lambda given, place: [given.layer(kind, **fields)]


def _merge(given: Arguments, kind: str, **fields: Any) -> MergeItem:
    made = given.layer(kind, **fields)
    return MergeItem(layer=made.layer, arguments=made.arguments, span=made.span, name=made.name)


# Values of fields -------------------------------------------------------------------------------


def _switch(given: Arguments, name: str, default: bool) -> bool:
    """A field that is true or false."""
    value = given.plain(name, default)
    if value not in (True, False):
        raise given.call.refused(f"{name} must be true or false", at=given.values[name])
    return bool(value)


def _number(given: Arguments, name: str, default: float) -> float:
    """A field that is one number."""
    value = given.plain(name, default)
    if type(value) not in (int, float) or not isfinite(value):
        raise given.call.refused(f"{name} must be a number", at=given.values[name])
    return int(value) if value == int(value) else float(value)


def _whole(given: Arguments, name: str, default: int) -> int:
    """A field that is one whole number."""
    value = given.plain(name, default)
    if type(value) is not int:
        raise given.call.refused(f"{name} must be a whole number", at=given.values[name])
    return value


def _numbers(given: Arguments, name: str, *kinds: type) -> tuple[Any, ...]:
    """The numbers of a field that may stand several times; none where it does not stand."""
    value = given.plain(name, ())
    value = value if isinstance(value, tuple) else (value,)
    if not all(type(part) in kinds for part in value):
        raise given.call.refused(f"{name} must be {'whole ' * (kinds == (int,))}numbers", at=given.values[name])
    return value


# Windows ----------------------------------------------------------------------------------------


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


def _convolution(kind: str) -> Make:
    def make(given: Arguments, place: Place) -> list[Item]:
        given.only("axis", CHANNELS)
        fields: dict[str, Any] = {"filters": given.needed("num_output"), "groups": given.get("group")}
        return [
            given.layer(kind, **fields, **_window(given), dilation=given.get("dilation"), bias=given.get("bias_term"))
        ]

    return make


def _depthwise(given: Arguments, place: Place) -> list[Item]:
    """A convolution of the forks with a filter for every channel, whatever its groups are."""
    expected = given.expect(given.get("num_output"))
    window = _window(given)
    return [given.layer("depthwise", expected, **window, dilation=given.get("dilation"), bias=given.get("bias_term"))]


POOLS = {"MAX": "max", "AVE": "avg", 0: "max", 1: "avg"}


def _pooling(given: Arguments, place: Place) -> list[Item]:
    method = given.plain("pool", "MAX")
    if method not in POOLS:
        raise given.call.refused(f"pooling by {method} is not supported", "MAX or AVE", given.values["pool"])
    if _switch(given, "global_pooling", False):
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
    if given.plain("round_mode", "CEIL") in ("FLOOR", 1) or not _switch(given, "ceil_mode", True):
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


def _response_norm(given: Arguments, place: Place) -> list[Item]:
    region = given.plain("norm_region", "ACROSS_CHANNELS")
    if _whole(given, "local_size", 5) % 2 == 0:
        raise given.call.refused("local_size must be odd", at=given.values["local_size"])
    over = "square" if region in ("WITHIN_CHANNEL", 1) else None
    return [given.layer("lrn", channels=given.get("local_size"), over=over)]


# Values -----------------------------------------------------------------------------------------


def _inner_product(given: Arguments, place: Place) -> list[Item]:
    given.only("axis", CHANNELS)
    return [given.layer("fc", units=given.needed("num_output"), bias=given.get("bias_term"))]


def _batch_norm(given: Arguments, place: Place) -> list[Item]:
    """Without a scale and an offset, which are a layer Scale of their own, but for a fork."""
    return [given.layer("batchnorm", affine=_switch(given, "scale_bias", False))]


def _scale(given: Arguments, place: Place) -> list[Item]:
    """A trained scale for every channel, or a product with a second bottom, channel by channel."""
    offset = _switch(given, "bias_term", False)
    axis = given.plain("axis", CHANNELS)
    if len(place.bottoms) == 2:
        if axis != IMAGES:
            hint = "with axis: 0 the second bottom has a value for every channel of every image"
            raise given.call.refused(f"Scale by a second bottom from axis {axis} on is not supported", hint)
        product: Item = _merge(given, "multiply")
        return [product, _named(given, "bias", "affine", scale=False)] if offset else [product]
    _per_channel(given, place)
    return [given.layer("affine", offset=None if offset else False)]


def _bias(given: Arguments, place: Place) -> list[Item]:
    if len(place.bottoms) == 2:
        raise given.call.refused("Bias with a second bottom is not supported", NO_WORKING)
    _per_channel(given, place)
    return [given.layer("affine", scale=False)]


def _per_channel(given: Arguments, place: Place) -> None:
    """Refuse a trained scale that is not one number for every channel."""
    given.only("num_axes", 1)
    if _axis(given, "axis", CHANNELS, place) != CHANNELS:
        raise given.call.refused(
            f"{given.call.kind} along another axis than 1, the channels, is not supported", "", given.values["axis"]
        )


def _named(given: Arguments, suffix: str, kind: str, **fields: Any) -> LayerItem:
    """A further layer that a layer of Caffe stands for, with a name of its own."""
    made = given.layer(kind, **fields)
    made.name = f"{given.call.name}.{suffix}"
    return made


OPERATIONS = {"SUM": "add", "PROD": "multiply", "MAX": "maximum", 0: "multiply", 1: "add", 2: "maximum"}


def _elementwise(given: Arguments, place: Place) -> list[Item]:
    operation = given.plain("operation", "SUM")
    if operation not in OPERATIONS:
        raise given.call.refused(f"Eltwise has no operation {operation}", "SUM, PROD or MAX", given.values["operation"])
    factors = _numbers(given, "coeff", int, float)
    if factors and OPERATIONS[operation] != "add":
        raise given.call.refused("only the operation SUM has coefficients", at=given.values["coeff"])
    if factors and len(factors) != len(place.bottoms):
        message = f"{len(factors)} coefficients for {len(place.bottoms)} bottoms"
        raise given.call.refused(message, "one for every bottom", given.values["coeff"])
    made: list[Item] = []
    sources = list(place.bottoms)
    for number, factor in enumerate(factors):
        if factor not in (1, -1):  # a difference costs what a sum does
            scaled = _named(given, f"coeff{number + 1}", "power", scale=factor)
            scaled.sources = (sources[number],)
            sources[number] = NameReference(scaled.name, scaled.span)
            made.append(scaled)
    merge = _merge(given, OPERATIONS[operation])
    merge.sources = tuple(sources)
    return [*made, merge]


def _axpy(given: Arguments, place: Place) -> list[Item]:
    """a*x + y, where a has a value for every channel: the end of a squeeze-and-excitation block (SENet)."""
    scaled, added = _merge(given, "multiply"), _merge(given, "add")
    scaled.name = f"{given.call.name}.scale"
    scaled.sources = (place.bottoms[1], place.bottoms[0])
    added.sources = (NameReference(scaled.name, scaled.span), place.bottoms[2])
    return [scaled, added]


def _relu(given: Arguments, place: Place) -> list[Item]:
    slope = _number(given, "negative_slope", 0)
    return [given.layer("leaky_relu", slope=slope) if slope else given.layer("relu")]


def _prelu(given: Arguments, place: Place) -> list[Item]:
    return [given.layer("prelu", shared=given.get("channel_shared"))]


def _clip(given: Arguments, place: Place) -> list[Item]:
    given.only("min", 0)
    given.only("max", 6)
    return [given.layer("relu6")]


def _swish(given: Arguments, place: Place) -> list[Item]:
    given.only("beta", 1)
    return [given.layer("silu")]


def _power(given: Arguments, place: Place) -> list[Item]:
    return [given.layer("power", exponent=given.get("power"), scale=given.get("scale"), shift=given.get("shift"))]


def _exponential(kind: str) -> Make:
    """base^(scale*x + shift), or the logarithm of scale*x + shift to a base; -1 stands for the base e."""

    def make(given: Arguments, place: Place) -> list[Item]:
        base, scale, shift = _number(given, "base", -1), _number(given, "scale", 1), _number(given, "shift", 0)
        if base != -1 and base <= 0:
            raise given.call.refused("base must be above 0, or -1 for e", at=given.values["base"])
        factor = log(base) if base != -1 else 1
        made: list[Item] = [given.layer(kind)]
        before = (scale * factor, shift * factor) if kind == "exp" else (scale, shift)
        if before != (1, 0):
            made.insert(0, _named(given, "scale", "power", scale=before[0], shift=before[1]))
        if kind == "log" and factor != 1:
            if not factor:
                raise given.call.refused("there is no logarithm to the base 1", at=given.values["base"])
            made[-1].name = f"{given.call.name}.log"
            made.append(given.layer("power", scale=1 / factor))
        return made

    return make


def _mean_variance(given: Arguments, place: Place) -> list[Item]:
    given.only("normalize_variance", True)
    if _switch(given, "across_channels", False):
        return [given.layer("layernorm", over="all", affine=False)]
    return [given.layer("instancenorm")]


def _normalize(given: Arguments, place: Place) -> list[Item]:
    over = "all" if _switch(given, "across_spatial", True) else None
    return [given.layer("normalize", over=over, shared=_switch(given, "channel_shared", True))]


# Shapes -----------------------------------------------------------------------------------------


def _axis(given: Arguments, name: str, default: int, place: Place) -> int:
    """An axis counted from the first, where the axes of the bottom are known."""
    axis, axes = _whole(given, name, default), place.axes[0]
    return axis + axes + 2 if axis < 0 and axes is not None else axis


def _concat(given: Arguments, place: Place) -> list[Item]:
    name = "axis" if "axis" in given.values else "concat_dim"
    axis = _axis(given, name, CHANNELS, place)
    if axis != CHANNELS:
        raise given.call.refused(f"Concat along axis {axis} is not supported", "1, the channels", given.values[name])
    return [_merge(given, "concat") if len(place.bottoms) > 1 else given.layer("identity")]


def _slice(given: Arguments, place: Place) -> list[Item]:
    """A part of the channels, or of the rows or columns, for every top."""
    name = "axis" if "axis" in given.values else "slice_dim"
    axis, axes = _axis(given, name, CHANNELS, place), place.axes[0]
    if axis < CHANNELS or (axis > CHANNELS and (axes is None or axis > axes + 1)):
        raise given.call.refused(f"Slice along axis {axis} is not supported", "1 is the channels", given.values[name])
    points = _numbers(given, "slice_point", int)
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


def _flatten(given: Arguments, place: Place) -> list[Item]:
    given.only("axis", CHANNELS)
    given.only("end_axis", -1)
    return [given.layer("flatten")]


def _reshape(given: Arguments, place: Place) -> list[Item]:
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


def _permute(given: Arguments, place: Place) -> list[Item]:
    """Caffe's axes are images, channels, sizes; here the sizes come first, counted from 1, and then the channels."""
    order = list(_numbers(given, "order", int))
    axes = place.axes[0] if place.axes[0] is not None else 2
    if order[:1] != [IMAGES] or any(not 0 <= axis <= axes + 1 for axis in order) or len(set(order)) < len(order):
        raise given.call.refused("order must begin with 0, the images, and name axes of the bottom")
    order += [axis for axis in range(axes + 2) if axis not in order]
    here = {CHANNELS: axes + 1, **{axis: axis - 1 for axis in range(2, axes + 2)}}
    _, channels, *sizes = (here.get(axis, 0) for axis in order)
    return [given.layer("permute", order=(*sizes, channels))]


def _crop(given: Arguments, place: Place) -> list[Item]:
    """The first bottom cut to the size of the second, from axis 2, the height, on."""
    axis = _axis(given, "axis", 2, place)
    if axis != 2:
        raise given.call.refused(f"Crop from axis {axis} on is not supported", "2, the height", given.values["axis"])
    return [_merge(given, "crop_like", offset=given.get("offset"))]


def _interpolate(given: Arguments, place: Place) -> list[Item]:
    """Bilinear resizing of a fork (DeepLab): to a size, or by a factor between the corners."""
    if len(place.bottoms) > 1 or _switch(given, "use_blob_size", False):
        raise given.call.refused("Interp to the size of another blob is not supported", "give height and width")
    height, width = given.get("height"), given.get("width")
    if height is not None and width is not None:
        return [given.layer("resize", size=Argument((height, width), height.span))]
    shrink, zoom = _whole(given, "shrink_factor", 1), _whole(given, "zoom_factor", 1)
    pads = _whole(given, "pad_beg", 0) + _whole(given, "pad_end", 0)
    if min(shrink, zoom) < 1:
        raise given.call.refused("Interp needs height and width, or whole factors", at=None)
    sizes = (f"((in.{name} + ({pads}) - 1)//{shrink})*{zoom} + 1" for name in AXIS_NAMES[2])
    return [given.layer("resize", size=tuple(Argument(Expression(text), given.call.span) for text in sizes))]


def _shuffle(given: Arguments, place: Place) -> list[Item]:
    return [given.layer("channel_shuffle", groups=given.needed("group"))]


TYPES: dict[str, Type] = {
    "Convolution": Type("conv", _convolution("conv"), "convolution_param", CONVOLUTION),
    "Deconvolution": Type("deconv", _convolution("deconv"), "convolution_param", CONVOLUTION),
    "ConvolutionDepthwise": Type("depthwise", _depthwise, "convolution_param", CONVOLUTION),
    "DepthwiseConvolution": Type("depthwise", _depthwise, "convolution_param", CONVOLUTION),
    "Pooling": Type("maxpool, avgpool, globalmaxpool, globalavgpool", _pooling, "pooling_param", POOLING),
    "LRN": Type("lrn", _response_norm, "lrn_param", "local_size alpha beta norm_region k engine"),
    "InnerProduct": Type("fc", _inner_product, "inner_product_param", f"num_output bias_term axis transpose {FILLERS}"),
    "BatchNorm": Type(
        "batchnorm", _batch_norm, "batch_norm_param",
        "use_global_stats moving_average_fraction eps scale_bias scale_filler bias_filler engine",
    ),
    "BN": Type(
        "batchnorm", _layer("batchnorm"), "bn_param", "slope_filler bias_filler momentum eps frozen bn_mode engine"
    ),
    "Scale": Type("affine, multiply", _scale, "scale_param", f"axis num_axes bias_term {FILLERS}", (1, 2)),
    "Bias": Type("affine", _bias, "bias_param", "axis num_axes filler", (1, 2)),
    "Eltwise": Type(
        "add, multiply, maximum, power", _elementwise, "eltwise_param", "operation coeff* stable_prod_grad", (2, MANY)
    ),
    "Axpy": Type("multiply, add", _axpy, bottoms=(3, 3)),
    "ReLU": Type("relu, leaky_relu", _relu, "relu_param", "negative_slope engine"),
    "ReLU6": Type("relu6", _layer("relu6"), "relu6_param", "engine"),
    "PReLU": Type("prelu", _prelu, "prelu_param", "filler channel_shared"),
    "ELU": Type("elu", _layer("elu"), "elu_param", "alpha"),
    "SeLU": Type("selu", _layer("selu"), "selu_param", "alpha lambda"),
    "SeLu": Type("selu", _layer("selu"), "selu_param", "alpha lambda"),
    "Clip": Type("relu6", _clip, "clip_param", "min max"),
    "Swish": Type("silu", _swish, "swish_param", "beta"),
    "BNLL": Type("softplus", _layer("softplus")),
    "Sigmoid": Type("sigmoid", _layer("sigmoid"), "sigmoid_param", "engine"),
    "TanH": Type("tanh", _layer("tanh"), "tanh_param", "engine"),
    "AbsVal": Type("abs", _layer("abs")),
    "Power": Type("power", _power, "power_param", "power scale shift"),
    "Exp": Type("power, exp", _exponential("exp"), "exp_param", "base scale shift"),
    "Log": Type("power, log", _exponential("log"), "log_param", "base scale shift"),
    "MVN": Type("instancenorm, layernorm", _mean_variance, "mvn_param", "normalize_variance across_channels eps"),
    "Normalize": Type("normalize", _normalize, "norm_param", "across_spatial scale_filler channel_shared eps"),
    "Softmax": Type("softmax", _layer("softmax"), "softmax_param", "engine axis"),
    "Dropout": Type("dropout", _layer("dropout"), "dropout_param", "dropout_ratio scale_train"),
    "SeLuDropout": Type("dropout", _layer("dropout"), "selu_dropout_param", "dropout_ratio alpha lambda"),
    "Split": Type("identity", _layer("identity")),
    "Concat": Type("concat, identity", _concat, "concat_param", "axis concat_dim", (1, MANY)),
    "Slice": Type("slice, split, crop", _slice, "slice_param", "axis slice_dim slice_point*"),
    "Flatten": Type("flatten", _flatten, "flatten_param", "axis end_axis"),
    "Reshape": Type("reshape", _reshape, "reshape_param", "shape axis num_axes"),
    "Permute": Type("permute", _permute, "permute_param", "order*"),
    "Crop": Type("crop_like", _crop, "crop_param", "axis offset*", (2, 2)),
    "Interp": Type(
        "resize", _interpolate, "interp_param",
        "height width zoom_factor shrink_factor pad_beg pad_end use_blob_size", (1, 2),
    ),
    "ShuffleChannel": Type("channel_shuffle", _shuffle, "shuffle_channel_param", "group"),
}  # fmt: skip


def axes_behind(item: Item, axes: int | None) -> int | None:
    """The axes of what an item makes, whose first input has so many."""
    if not isinstance(item, LayerItem):
        return axes
    if item.layer in (CATALOGUE["fc"], CATALOGUE["flatten"]):
        return 0
    if item.layer is CATALOGUE["reshape"]:
        size = item.arguments.get("size")
        return len(size.value) if size is not None and isinstance(size.value, tuple) else 0
    return axes


def weight_blobs(item: Item) -> int:
    """How many blobs of weights a layer of Caffe has whose first item this is; 0 where nothing is known of them."""
    if not isinstance(item, LayerItem):
        return 0
    given = {name: argument.value for name, argument in item.arguments.items()}
    if "bias" in item.layer.fields:
        return 2 if given.get("bias", True) else 1
    if item.layer is CATALOGUE["affine"]:
        return sum(bool(given.get(name, True)) for name in ("scale", "offset"))
    return 0
