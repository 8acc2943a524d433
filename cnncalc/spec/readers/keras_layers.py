"""The layers of Keras -> layers: the arguments of each in their order, and the fields that they are here.

Keras puts the channels last. A Dense works on the last axis alone, so that on a map it is a convolution of size 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from cnncalc.layers.activation import ActivationName
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, Expected, InputSize, Item, LayerItem
from cnncalc.spec.readers.calls import AXES, AXIS_NAMES, SYMBOLS, Arguments, Call, Framework, Make, Module, constant

INPUTS = ("Input", "InputLayer")
IGNORED = re.compile(
    r"\w{1,60}_(?:initializer|regularizer|constraint)|name|dtype|trainable|seed|momentum|epsilon|axis|data_format"
    r"|(?:batch_)?input_shape|input_dim|input_length|weights|synchronized|autocast"
)
CONVOLUTION = "filters kernel_size strides padding data_format dilation_rate groups activation use_bias"
TRANSPOSED = "filters kernel_size strides padding output_padding data_format dilation_rate activation use_bias"
DEPTHWISE = "kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias"
SEPARABLE = "filters kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias"
ACTIVATIONS = {
    "linear": "none",
    "hard_silu": "hard_swish",
    "log_softmax": "softmax",
    "swish": "silu",
    "leaky_relu": "leaky_relu",
}
FIRST_HINT = "add Flatten() before it, or give the input: Input(shape=(28, 28, 1))"


def _activation(given: Arguments) -> Argument | None:
    """The activation of a layer by its name, also written as a function: tf.nn.relu."""
    found = given.get("activation")
    if found is None or not isinstance(found.value, str):
        if found is not None:
            raise given.call.refused("activation must be a name here", 'as in activation="relu"', found)
        return None
    name = found.value.rpartition(".")[2].lower()
    name = ACTIVATIONS.get(name, name)
    known = ActivationName(None, doc="").words
    if name not in known:
        raise given.call.refused(f"cnncalc has no activation '{name}'", "one of " + ", ".join(known), found)
    return Argument(name, found.span)


def _padding(given: Arguments) -> Argument | None:
    """`valid`, `same`, or the zeros before a signal that `causal` means."""
    found = given.get("padding")
    if found is None or not isinstance(found.value, str):
        return found
    word = found.value.lower()
    if word != "causal":
        return Argument(word, found.span)
    reach = (_number(given, "kernel_size") - 1) * _number(given, "dilation_rate", 1)
    return Argument.of(((reach, 0),), found.span)


def _number(given: Arguments, name: str, default: int | None = None) -> int:
    """An argument that is one whole number for a signal, alone or in a tuple."""
    value = given.plain(name, default)
    value = value[0] if isinstance(value, tuple) and len(value) == 1 else value
    if type(value) is not int:
        raise given.call.refused(f"{name} must be a whole number here", at=given.values.get(name))
    return value


def _window(given: Arguments, **fields: Any) -> dict[str, Any]:
    """The fields that all convolutions share."""
    return {
        "kernel": given.needed("kernel_size"),
        "stride": given.get("strides"),
        "padding": _padding(given),
        "dilation": given.get("dilation_rate"),
        "activation": _activation(given),
        "bias": given.get("use_bias"),
        **fields,
    }


def _convolution(given: Arguments) -> Item:
    fields = _window(given, filters=given.needed("filters"), groups=given.get("groups"))
    return given.layer("conv", given.expect(), **fields)


def _depthwise(given: Arguments) -> Item:
    return given.layer("depthwise", given.expect(), **_window(given, multiplier=given.get("depth_multiplier")))


def _separable(given: Arguments) -> Iterable[Item]:
    """A depthwise convolution without biases, then one of size 1."""
    fields = _window(given, multiplier=given.get("depth_multiplier"))
    after = {name: fields.pop(name) for name in ("activation", "bias")}
    first = given.layer("depthwise", given.expect(), bias=False, **fields)
    second = given.layer("conv", filters=given.needed("filters"), kernel=1, **after)
    if given.call.name:
        first.name, second.name = f"{given.call.name}.depthwise", f"{given.call.name}.pointwise"
    return first, second


def _transposed(given: Arguments) -> Item:
    """Without an output padding, the output is at least as long as the windows need: W*S, or (W - 1)*S + F."""
    fields = _window(given, filters=given.needed("filters"))
    extra, padding = given.get("output_padding"), given.plain("padding", "valid").lower()
    if extra is not None and padding == "same":
        fields["padding"] = _half_of(given)
    elif extra is None and padding == "valid":
        extra = _gap(given)
    return given.layer("deconv", given.expect(), output_padding=extra, **fields)


def _half_of(given: Arguments) -> Argument:
    kernel = given.plain("kernel_size")
    return Argument.of(tuple(side // 2 for side in _each(kernel, given)), given.call.span)


def _gap(given: Arguments) -> Argument | None:
    """What a stride that is larger than the kernel adds behind the last window."""
    if constant(given.get("kernel_size")) and constant(given.get("strides")):
        kernel, stride = (_each(given.plain(name, 1), given) for name in ("kernel_size", "strides"))
        gaps = tuple(max(step - side, 0) for side, step in zip(kernel, stride, strict=False))
        return Argument.of(gaps, given.call.span) if any(gaps) else None
    return None


def _each(value: Any, given: Arguments) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,) * (given.axes or 1)


def _pool(kind: str, given: Arguments) -> Item:
    return given.layer(
        kind,
        given.expect(),
        kernel=given.get("pool_size") or 2,
        stride=given.get("strides"),
        padding=_padding(given),
    )


def _global_pool(kind: str, given: Arguments) -> Item:
    return given.layer(kind, given.expect())


def _batch_norm(given: Arguments) -> Item:
    return given.layer("batchnorm", **_trained(given))


def _trained(given: Arguments) -> dict[str, Any]:
    """Which of scale and offset a norm trains: both of them if nothing else is said."""
    scale, offset = given.plain("scale", True), given.plain("center", True)
    if scale == offset:
        return {} if scale else {"affine": False}
    return {"offset": False} if scale else {"scale": False}


def _layer_norm(given: Arguments) -> Item:
    given.only("axis", -1, hint="axis=-1, the channels, is the default")
    given.only("rms_scaling", False)
    return given.layer("layernorm", **_trained(given))


def _group_norm(given: Arguments) -> Item:
    given.only("axis", -1, hint="axis=-1, the channels, is the default")
    return given.layer("groupnorm", groups=given.get("groups") or 32, **_trained(given))


def _reshape(given: Arguments) -> Item:
    shape = given.needed("target_shape")
    parts = shape.value if isinstance(shape.value, tuple) else (shape,)
    if any(part.value == -1 for part in parts):
        if len(parts) == 1:
            return given.layer("flatten")
        raise given.call.refused("a target_shape with -1 is not supported", "write the number", shape)
    size = Argument(parts[:-1], shape.span) if len(parts) > 1 else None
    return given.layer("reshape", channels=parts[-1], size=size)


def _upsample(given: Arguments) -> Item:
    given.only("interpolation", "nearest", "bilinear")
    mode = given.plain("interpolation")
    return given.layer("upsample", given.expect(), factor=given.get("size") or 2, mode=mode)


def _resize(given: Arguments) -> Item:
    given.only("interpolation", "bilinear", "nearest")
    size = Argument((given.needed("height"), given.needed("width")), given.call.span)
    return given.layer("resize", size=size, mode=given.plain("interpolation"))


def _frame(kind: str, argument: str, given: Arguments) -> Item:
    """Pixels on the sides: one number, one for every axis, or pairs; for a signal, a pair."""
    found = given.get(argument) or Argument(1, given.call.span)
    parts = found.value
    if given.axes == 1 and isinstance(parts, tuple) and len(parts) == 2:
        found = Argument((found,), found.span)
    return given.layer(kind, given.expect(), size=found)


def _relu(given: Arguments) -> Item:
    if given.plain("negative_slope", 0):
        return given.layer("leaky_relu")
    return given.layer("relu6" if given.plain("max_value") is not None else "relu")


def _prelu(given: Arguments) -> Item:
    """One slope for every value, unless the axes of the map share it."""
    shared = given.plain("shared_axes")
    if shared is None:
        return given.layer("prelu", Expected("PReLU without shared_axes", axes=0, hint="write shared_axes=[1, 2]"))
    axes = len(shared) if isinstance(shared, tuple) else 1
    return given.layer("prelu", Expected("PReLU", axes=axes, hint="share all axes but the last"))


def _alone(given: Arguments) -> Item:
    """An activation as a layer of its own."""
    found = _activation(given)
    if found is None:
        raise given.call.refused("Activation needs activation")
    return given.layer("identity" if found.value == "none" else str(found.value))


def _dense(given: Arguments) -> LayerItem:
    """A fully connected layer on a vector; on a map, it works at every position."""
    fields: dict[str, Any] = {"activation": _activation(given), "bias": given.get("use_bias")}
    units = given.needed("units")
    if given.call.flat is False:
        return given.layer("conv", filters=units, kernel=1, **fields)
    expected = None if given.call.flat else Expected("Dense", axes=0, hint=FIRST_HINT)
    return given.layer("fc", expected, units=units, **fields)


def _simple(kind: str) -> Make:
    """A layer whose arguments change no number."""
    return lambda given: given.layer(kind)


SIMPLE = {
    "LeakyReLU": "leaky_relu", "ELU": "elu", "Softmax": "softmax", "Dropout": "dropout", "AlphaDropout": "dropout",
    "GaussianDropout": "dropout", "GaussianNoise": "dropout", "SpatialDropout1D": "dropout",
    "SpatialDropout2D": "dropout", "SpatialDropout3D": "dropout", "ActivityRegularization": "identity",
    "Flatten": "flatten", "Identity": "identity", "RandomFlip": "dropout", "RandomRotation": "dropout",
    "RandomZoom": "dropout", "RandomContrast": "dropout", "RandomTranslation": "dropout", "RandomBrightness": "dropout",
}  # fmt: skip
"""Layers whose arguments change no shape, no parameter and no operation; some do nothing but in training."""
NAMED = {
    "ReLU": Module("max_value negative_slope threshold", _relu),
    "PReLU": Module("* shared_axes", _prelu),
    "Activation": Module("activation", _alone),
    "BatchNormalization": Module("axis momentum epsilon center scale", _batch_norm),
    "LayerNormalization": Module("axis epsilon center scale rms_scaling", _layer_norm),
    "GroupNormalization": Module("groups axis epsilon center scale", _group_norm),
    "Dense": Module("units activation use_bias", _dense),
    "Reshape": Module("target_shape", _reshape),
    "Resizing": Module("height width interpolation", _resize),
}
OF_AXES = {
    "Conv": Module(CONVOLUTION, _convolution),
    "Convolution": Module(CONVOLUTION, _convolution),
    "Conv{}Transpose": Module(TRANSPOSED, _transposed),
    "DepthwiseConv": Module(DEPTHWISE, _depthwise),
    "SeparableConv": Module(SEPARABLE, _separable),
    "MaxPooling": Module("pool_size strides padding data_format", partial(_pool, "maxpool")),
    "MaxPool": Module("pool_size strides padding data_format", partial(_pool, "maxpool")),
    "AveragePooling": Module("pool_size strides padding data_format", partial(_pool, "avgpool")),
    "AvgPool": Module("pool_size strides padding data_format", partial(_pool, "avgpool")),
    "GlobalAveragePooling": Module("data_format keepdims", partial(_global_pool, "globalavgpool")),
    "GlobalAvgPool": Module("data_format keepdims", partial(_global_pool, "globalavgpool")),
    "GlobalMaxPooling": Module("data_format keepdims", partial(_global_pool, "globalmaxpool")),
    "GlobalMaxPool": Module("data_format keepdims", partial(_global_pool, "globalmaxpool")),
    "UpSampling": Module("size data_format interpolation", _upsample),
    "ZeroPadding": Module("padding data_format", partial(_frame, "pad", "padding")),
    "Cropping": Module("cropping data_format", partial(_frame, "crop", "cropping")),
}
"""Layers whose types hold the number of axes: Conv1D, Conv2D, Conv2DTranspose."""


def _modules() -> Iterator[tuple[str, Module]]:
    for kind, layer in SIMPLE.items():
        yield kind, Module("...", _simple(layer))
    yield from NAMED.items()
    for kind, module in OF_AXES.items():
        written = kind if "{}" in kind else kind + "{}"
        yield from ((written.format(f"{axes}D"), module) for axes in AXIS_NAMES)


COUNTED_AS = {"log_softmax": "softmax, which divides where it subtracts a logarithm"}
KERAS = Framework("Keras", dict(_modules()), IGNORED, COUNTED_AS)


def placed(calls: Iterable[Call], axes: int | None) -> Iterator[Call]:
    """The calls of a model, each knowing whether its input is a vector; `axes` are those of the network's input."""
    flat = None if axes is None else axes == 0
    for call in calls:
        yield call._replace(flat=flat)
        flat = flat_behind(call, flat)


def flat_behind(call: Call, flat: bool | None) -> bool | None:
    """Whether a layer makes a vector, its input being one or not; raises SpecError for channels first."""
    order = call.named.get("data_format")
    if order is not None and order.value != "channels_last":
        raise call.refused("shapes here are channels last: leave data_format out, and give the input so", at=order)
    if call.kind == "Dense" and flat is None:
        return True
    if call.kind == "Reshape":
        shape = next(iter(call.positional), None) or call.named.get("target_shape")
        return shape is None or not isinstance(shape.value, tuple) or len(shape.value) == 1
    if call.kind == "Flatten" or call.kind.startswith("Global"):
        keeps = call.named.get("keepdims")
        return keeps is None or not keeps.value
    return False if AXES.search(call.kind) else flat


def input_of(call: Call) -> InputSize | None:
    """The input that a layer of Keras gives: Input(shape=...), or input_shape of the first layer."""
    named = call.named
    shape = named.get("shape") or named.get("input_shape") or (call.positional or (None,))[0]
    if call.kind not in INPUTS:
        shape = named.get("input_shape") or named.get("input_dim")
    batched = named.get("batch_shape") or named.get("batch_input_shape")
    if batched is not None and isinstance(batched.value, tuple):
        shape = Argument(batched.value[1:], batched.span)
    if shape is None:
        return None
    parts = shape.value if isinstance(shape.value, tuple) else (shape,)
    names = SYMBOLS.get(len(parts) - 1, ())
    sizes: list[int | str] = []
    for place, part in enumerate(parts):
        value = part.value.text if isinstance(part.value, Expression) else part.value
        value = names[place] if value is None and place < len(names) else value
        if not (type(value) is int and value > 0) and not (isinstance(value, str) and value.isidentifier()):
            raise call.refused(f"the input has {len(parts)} sizes, each a number or None", "(28, 28, 1)", shape)
        sizes.append(value)
    if not sizes or len(sizes) > len(SYMBOLS) + 1:
        raise call.refused("the input has 1 to 4 sizes: height, width, channels", "(28, 28, 1)", shape)
    return InputSize(tuple(sizes[:-1]), sizes[-1], None, shape.span)


def snake_case(kind: str) -> str:
    """The name that Keras gives a layer of a type: max_pooling2d for MaxPooling2D."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)).lower()
