"""A layer of Keras in JSON, a class and its config -> the items of a spec; merges, and operations without a layer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.layers import CATALOGUE
from cnncalc.limits import LARGEST_VALUE
from cnncalc.spec.model import Argument, Item, MergeItem, NameReference
from cnncalc.spec.readers.calls import Arguments, Call, Framework, Module
from cnncalc.spec.readers.keras_layers import KERAS

ALL_KERAS = re.compile(r"(?:keras|tf_keras|keras_core|tensorflow)(?:\.|\Z)")
"""The modules whose classes are those of Keras, and not of whoever has written the network."""
HARMLESS = re.compile(
    r"renorm_momentum|renorm_clipping|lora_\w{1,20}|fused|fill_mode|fill_value|implementation|adjustment|dynamic|stateful"
)
MERGES = {
    "Add": "add", "Subtract": "add", "Average": "add", "Multiply": "multiply", "Concatenate": "concat",
    "Maximum": "maximum", "Minimum": "maximum", "CustomScaleLayer": "add",
}  # fmt: skip
"""What joins several values, and the layer that it is; CustomScaleLayer (Inception-ResNet) scales the second one."""
COUNTED_AS = {
    "Subtract": "add, which adds where it subtracts",
    "Minimum": "maximum, which costs the same",
    **KERAS.counted_as,
}
FUNCTIONS = {
    "add": "Add", "multiply": "Multiply", "subtract": "Subtract", "truediv": "Divide", "divide": "Divide",
    "mul": "Multiply", "sub": "Subtract", "maximum": "Maximum", "minimum": "Minimum",
}  # fmt: skip
"""The functions of TensorFlow that Keras 2 writes as a layer (TFOpLambda), by the last part of their name."""
OF_A_CONSTANT = ("Add", "Subtract", "Multiply", "Divide")
"""Operations of a value and a number."""
CHANNELS_ONLY = (
    "BatchNormalization", "LayerNormalization", "GroupNormalization", "Normalization", "Concatenate", "Softmax"
)  # fmt: skip
"""Layers that work along one axis, which is that of the channels here."""
AXIS_KEYS = ("axis", "data_format")
"""Arguments that say where the channels are."""
AS_LAYERS = {"LeakyReLU": "leaky_relu", "ELU": "elu", "Softmax": "softmax"}
"""Layers that stand for the activation of another."""
OWN_CODE = "write the network as a YAML spec, with layers that make and cost the same"


def _normalization(given: Arguments) -> Item:
    """Means and variances that are given are constants; those that are found in data are stored, with their count."""
    given.only("axis", -1)
    given.only("invert", False)
    return given.layer("standardize", stored=None if given.plain("mean") is None else False)


def _rescaling(given: Arguments) -> Item:
    """scale*x + offset with constants; of a list, one for every channel, the first that changes something is shown."""

    def shown(name: str, idle: int) -> Any:
        value = given.plain(name, idle)
        return next((part for part in (value if isinstance(value, tuple) else (value,)) if part != idle), None)

    return given.layer("power", scale=shown("scale", 1), shift=shown("offset", 0))


def _layer_scale(given: Arguments) -> Item:
    return given.layer("affine", offset=False)


FRAMEWORK = Framework(
    "Keras",
    {
        **KERAS.modules,
        "Normalization": Module("axis mean variance invert", _normalization),
        "Rescaling": Module("scale offset", _rescaling),
        "LayerScale": Module("init_values projection_dim", _layer_scale),
    },
    KERAS.ignored,
    COUNTED_AS,
)
"""The layers that stand for one value each."""


def call_of(call: Call, config: Mapping[str, Any], axes: int | None) -> Call:
    """The call of a class with the arguments of its config; raises SpecError for one that cannot be read.

    `axes` are those of its input. Arguments that are None, and switches that are off, need not be known.
    """
    module = FRAMEWORK.modules.get(call.kind)
    known = module.signature.split() if module else []
    named: dict[str, Argument] = {}
    for key, value in config.items():
        unknown = key not in known and (value is None or value is False or HARMLESS.fullmatch(key))
        if value is None or unknown or (FRAMEWORK.ignored.fullmatch(key) and key not in AXIS_KEYS):
            continue
        value = _activation(value) if key == "activation" else value
        if key == "axis":
            value = _axis(call, value, axes)
        named[key] = Argument.of(_plain(call, key, value), call.span)
    return call._replace(named=named)


def _axis(call: Call, value: Any, axes: int | None) -> Any:
    """-1 for the last axis, that of the channels, however it is written; raises SpecError for another."""
    one = value[0] if isinstance(value, list) and len(value) == 1 else value
    last = one == -1 or (axes is not None and one == axes + 1)
    if not last and call.kind in CHANNELS_ONLY:
        raise call.refused(f"{call.kind} along axis {value} is not supported", "the channels are the last axis, -1")
    return -1 if last else value


def _activation(value: Any) -> Any:
    """The word for an activation that may be written as an object: a function, or a layer."""
    if not isinstance(value, dict):
        return value
    kind, config = value.get("class_name"), value.get("config")
    if kind == "function" or isinstance(config, str):
        return config
    if kind == "ReLU" and isinstance(config, dict):
        return (
            "relu6" if config.get("max_value") is not None else "leaky_relu" if config.get("negative_slope") else "relu"
        )
    return AS_LAYERS.get(str(kind), f"{kind} (a layer)")


def _plain(call: Call, key: str, value: Any) -> Any:
    """A value of JSON as one of a spec, lists being tuples; raises SpecError for an object or a number too large."""
    if isinstance(value, list):
        return tuple(_plain(call, key, part) for part in value)
    if isinstance(value, dict):
        raise call.refused(f"{call.kind}: {key} is an object, and must be a number, a word or a list")
    if isinstance(value, int) and abs(value) > LARGEST_VALUE.value:
        raise call.refused(f"{key} is larger than {LARGEST_VALUE}", LARGEST_VALUE.hint)
    return value


def merged(call: Call, sources: Sequence[str], config: Mapping[str, Any], axes: int | None) -> list[Item]:
    """The items of a class that joins several values; raises SpecError."""
    span, given = call.span, Arguments(call, {})
    if len(sources) < 2:
        raise call.refused(f"{call.kind} needs at least two values")
    if call.kind == "Concatenate":
        _axis(call, config.get("axis", -1), axes)
    before: list[Item] = []
    names = list(sources)
    if call.kind == "CustomScaleLayer" and config.get("scale") != 1:
        scaled = given.layer("power", scale=_number(call, config.get("scale")))
        scaled.name, scaled.sources = f"{call.name}.scale", (NameReference(names[1], span),)
        before, names[1] = [scaled], scaled.name
    references = tuple(NameReference(name, span) for name in names)
    joined = MergeItem(span=span, layer=CATALOGUE[MERGES[call.kind]], name=call.name, sources=references)
    if call.kind != "Average":
        return [*before, joined]
    joined.name = f"{call.name}.sum"
    return [joined, given.layer("power", scale=1 / len(names))]


def with_constant(call: Call, constant: Any) -> list[Item]:
    """The item of an operation on a value and a number: x + 3, x / 6. Raises SpecError."""
    number = _number(call, constant)
    if call.kind not in OF_A_CONSTANT or (call.kind == "Divide" and not number):
        raise call.refused(f"{call.kind} of a value and {number} is not supported", OWN_CODE)
    given = Arguments(call, {})
    if call.kind in ("Add", "Subtract"):
        return [given.layer("power", shift=number if call.kind == "Add" else -number)]
    return [given.layer("power", scale=number if call.kind == "Multiply" else 1 / number)]


def _number(call: Call, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST_VALUE.value:
        raise call.refused(f"{call.kind} needs a number", OWN_CODE)
    return value


def check_class(call: Call, module: Any, *, operation: bool) -> None:
    """Refuse what is not a class of Keras, by raising SpecError; a Lambda is code that the file does not show."""
    if isinstance(module, str) and not ALL_KERAS.match(module):
        raise call.refused(
            f"{call.kind} of {module} is not a class of Keras, and its code is not in the file", OWN_CODE
        )
    if call.kind == "Lambda":
        raise call.refused("Lambda is a function whose code is not read", OWN_CODE)
    if operation and call.kind not in (*MERGES, *OF_A_CONSTANT):
        raise call.refused(f"the function {call.kind} of Keras is not supported", OWN_CODE)
