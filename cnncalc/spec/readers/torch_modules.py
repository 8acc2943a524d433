"""The modules of PyTorch -> layers: the arguments of each in their order, and the fields that they are here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from math import prod

from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, Expected, Item
from cnncalc.spec.readers.calls import AXIS_NAMES, Arguments, Framework, Make, Module

IGNORED = re.compile(r"device|dtype|inplace|eps|momentum")
CONVOLUTION = "in_channels out_channels kernel_size stride padding dilation groups bias padding_mode device dtype"
TRANSPOSED = (
    "in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode device dtype"
)
MAX_POOL = "kernel_size stride padding dilation return_indices ceil_mode"
AVG_POOL = "kernel_size stride padding ceil_mode count_include_pad divisor_override"
BATCH_NORM = "num_features eps momentum affine track_running_stats device dtype bias"
MODES = {"nearest": "nearest", "nearest-exact": "nearest", "linear": "bilinear", "bilinear": "bilinear",
         "trilinear": "bilinear"}  # fmt: skip
ORDER_HINT = (
    "the text does not show the forward, which may use modules twice or in another order, or functions such as "
    "F.max_pool2d: write the layers as one nn.Sequential, in the order of the forward"
)


def _convolution(given: Arguments) -> Item:
    return given.layer(
        "conv",
        given.expect(given.needed("in_channels")),
        filters=given.needed("out_channels"),
        kernel=given.needed("kernel_size"),
        stride=given.get("stride"),
        padding=given.get("padding"),
        dilation=given.get("dilation"),
        groups=given.get("groups"),
        bias=given.get("bias"),
    )


def _transposed(given: Arguments) -> Item:
    return given.layer(
        "deconv",
        given.expect(given.needed("in_channels")),
        filters=given.needed("out_channels"),
        kernel=given.needed("kernel_size"),
        stride=given.get("stride"),
        padding=given.get("padding"),
        output_padding=given.get("output_padding"),
        dilation=given.get("dilation"),
        groups=given.get("groups"),
        bias=given.get("bias"),
    )


def _pool(kind: str, given: Arguments) -> Item:
    hidden = given.call.printed and kind == "avgpool"  # print() leaves out ceil_mode of an average pool
    return given.layer(
        kind,
        given.expect()._replace(unshown=("ceil_mode", "rounding", "ceil") if hidden else None),
        kernel=given.needed("kernel_size"),
        stride=given.get("stride"),
        padding=given.get("padding"),
        dilation=given.get("dilation"),
        rounding="ceil" if given.plain("ceil_mode", False) else None,
    )


def _adaptive(kind: str, given: Arguments) -> Item:
    """A pool to a grid; None for an axis leaves its size as it is."""
    size = given.needed("output_size")
    if isinstance(size.value, tuple):
        names = AXIS_NAMES.get(len(size.value), ())
        parts = [
            Argument(Expression(f"in.{name}"), size.span) if part.value is None else part
            for part, name in zip(size.value, names, strict=False)
        ]
        size = Argument(tuple(parts), size.span)
    return given.layer(kind, given.expect(), size=size)


def _linear(given: Arguments) -> Item:
    """A fully connected layer; what makes a vector of its input is often in the forward alone."""
    shown = "PyTorch needs nn.Flatten() before it" if given.call.joined else "the text does not show where"
    hint = "" if given.call.joined else ORDER_HINT
    expected = Expected("Linear", given.needed("in_features"), values=True, hint=hint, flattened=shown)
    return given.layer("fc", expected, units=given.needed("out_features"), bias=given.get("bias"))


def _batch_norm(kind: str, given: Arguments) -> Item:
    if kind == "batchnorm":
        given.only("track_running_stats", True)
    affine = given.plain("affine", kind == "batchnorm")
    given.only("bias", affine)
    axes = None if given.axes == 1 else given.axes  # BatchNorm1d takes vectors, too
    expected = Expected(given.call.kind, given.needed("num_features"), axes=axes)
    return given.layer(kind, expected, affine=affine)


def _layer_norm(given: Arguments) -> Item:
    affine = given.plain("elementwise_affine", True)
    given.only("bias", affine)
    shape = given.needed("normalized_shape")
    plain = given.plain("normalized_shape")
    sizes = plain if isinstance(plain, tuple) else (plain,)
    if not all(type(size) is int for size in sizes):
        raise given.call.refused("normalized_shape must be numbers here", at=shape)
    count = prod(sizes)
    expected = given.expect(Argument(count, shape.span), values=True, axes=len(sizes) - 1)
    return given.layer("layernorm", expected, over="all", affine=affine)


def _group_norm(given: Arguments) -> Item:
    affine = given.plain("affine", True)
    given.only("bias", affine)
    expected = given.expect(given.needed("num_channels"))
    return given.layer("groupnorm", expected, groups=given.needed("num_groups"), affine=affine)


def _local_response_norm(given: Arguments) -> Item:
    return given.layer("lrn", channels=given.needed("size"))


def _flatten(given: Arguments) -> Item:
    given.only("start_dim", 1, hint="start_dim=1 flattens all but the batch")
    given.only("end_dim", -1)
    return given.layer("flatten")


def _unflatten(given: Arguments) -> Item:
    given.only("dim", 1)
    sizes = given.needed("unflattened_size")
    parts = sizes.value if isinstance(sizes.value, tuple) else (sizes,)
    size = Argument(parts[1:], sizes.span) if len(parts) > 1 else None
    return given.layer("reshape", given.expect(axes=0), channels=parts[0], size=size)


def _upsample(mode: str, given: Arguments) -> Item:
    name = given.plain("mode", mode)
    if name not in MODES:
        raise given.call.refused(f"upsampling by '{name}' is not supported", at=given.values["mode"])
    size, factor = given.get("size"), given.plain("scale_factor")
    if size is not None:
        return given.layer("resize", given.expect(), size=size, mode=MODES[name])
    factors = factor if isinstance(factor, tuple) else (factor,)
    if not all(isinstance(each, int | float) and each == int(each) for each in factors):
        raise given.call.refused("scale_factor must be a whole number", at=given.values.get("scale_factor"))
    whole = tuple(map(int, factors))
    return given.layer("upsample", given.expect(), factor=whole if len(set(whole)) > 1 else whole[0], mode=MODES[name])


def _pad(given: Arguments) -> Item:
    """Pixels on the sides of every axis, the last axis first: left, right, top, bottom."""
    sides = given.plain("padding")
    if not isinstance(sides, tuple):
        return given.layer("pad", given.expect(), size=given.needed("padding"))
    if len(sides) != 2 * (given.axes or 0):
        raise given.call.refused(f"padding has {len(sides)} numbers", "two for every axis", given.values["padding"])
    pairs = [sides[place : place + 2] for place in range(0, len(sides), 2)]
    if any(side < 0 for side in sides):
        raise given.call.refused("a negative padding, which crops, is not supported", at=given.values["padding"])
    return given.layer("pad", given.expect(), size=tuple(reversed(pairs)))


def _prelu(given: Arguments) -> Item:
    shared = given.plain("num_parameters", 1) == 1
    return given.layer("prelu", None if shared else given.expect(given.get("num_parameters")), shared=shared or None)


def _simple(kind: str) -> Make:
    """A layer whose arguments change no number."""
    return lambda given: given.layer(kind)


def _of(field: str, kind: str, argument: str) -> Make:
    """A layer of one field."""
    return lambda given: given.layer(kind, given.expect(), **{field: given.needed(argument)})


SIMPLE = {
    "ReLU": "relu", "ReLU6": "relu6", "Hardtanh": "relu6", "LeakyReLU": "leaky_relu", "RReLU": "leaky_relu",
    "ELU": "elu", "SELU": "selu", "CELU": "celu", "GELU": "gelu", "Sigmoid": "sigmoid", "SiLU": "silu", "Mish": "mish",
    "Tanh": "tanh", "Hardswish": "hard_swish", "Hardsigmoid": "hard_sigmoid", "Softplus": "softplus",
    "Softmax": "softmax", "Softmax2d": "softmax", "LogSoftmax": "softmax", "Identity": "identity",
    "Dropout": "dropout", "Dropout1d": "dropout", "Dropout2d": "dropout", "Dropout3d": "dropout",
    "AlphaDropout": "dropout", "FeatureAlphaDropout": "dropout",
}  # fmt: skip
"""Modules whose arguments change no shape, no parameter and no operation."""
NAMED = {
    "Linear": Module("in_features out_features bias device dtype", _linear),
    "Flatten": Module("start_dim end_dim", _flatten),
    "Unflatten": Module("dim unflattened_size", _unflatten),
    "LayerNorm": Module("normalized_shape eps elementwise_affine bias device dtype", _layer_norm),
    "GroupNorm": Module("num_groups num_channels eps affine device dtype bias", _group_norm),
    "LocalResponseNorm": Module("size alpha beta k", _local_response_norm),
    "PReLU": Module("num_parameters init device dtype", _prelu),
    "Upsample": Module("size scale_factor mode align_corners recompute_scale_factor", partial(_upsample, "nearest")),
    "UpsamplingNearest2d": Module("size scale_factor mode", partial(_upsample, "nearest")),
    "UpsamplingBilinear2d": Module("size scale_factor mode", partial(_upsample, "bilinear")),
    "PixelShuffle": Module("upscale_factor", _of("factor", "pixel_shuffle", "upscale_factor")),
    "PixelUnshuffle": Module("downscale_factor", _of("factor", "space_to_depth", "downscale_factor")),
    "ChannelShuffle": Module("groups", _of("groups", "channel_shuffle", "groups")),
}
OF_AXES = {
    "Conv": Module(CONVOLUTION, _convolution),
    "ConvTranspose": Module(TRANSPOSED, _transposed),
    "MaxPool": Module(MAX_POOL, partial(_pool, "maxpool")),
    "AvgPool": Module(AVG_POOL, partial(_pool, "avgpool")),
    "AdaptiveAvgPool": Module("output_size", partial(_adaptive, "adaptiveavgpool")),
    "AdaptiveMaxPool": Module("output_size return_indices", partial(_adaptive, "adaptivemaxpool")),
    "BatchNorm": Module(BATCH_NORM, partial(_batch_norm, "batchnorm")),
    "InstanceNorm": Module(BATCH_NORM, partial(_batch_norm, "instancenorm")),
    "ZeroPad": Module("padding", _pad),
    "ConstantPad": Module("padding value", _pad),
    "ReflectionPad": Module("padding", _pad),
    "ReplicationPad": Module("padding", _pad),
    "CircularPad": Module("padding", _pad),
}
"""Modules whose types end with the number of axes: Conv1d, Conv2d, Conv3d."""


def _modules() -> Iterator[tuple[str, Module]]:
    for kind, layer in SIMPLE.items():
        yield kind, Module("...", _simple(layer))
    yield from NAMED.items()
    yield "SyncBatchNorm", OF_AXES["BatchNorm"]
    for kind, module in OF_AXES.items():
        yield from ((f"{kind}{axes}d", module) for axes in AXIS_NAMES)


COUNTED_AS = {
    "LogSoftmax": "softmax, which divides where it subtracts a logarithm",
    "Hardtanh": "relu6, which compares twice as well",
    "RReLU": "leaky_relu, as it works when it is not trained",
}
TORCH = Framework("PyTorch", dict(_modules()), IGNORED, COUNTED_AS)
