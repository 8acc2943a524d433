"""Layers of Caffe that weigh, join or change values -> layers."""

from __future__ import annotations

from math import log

from cnncalc.spec.model import Item, NameReference
from cnncalc.spec.readers.caffe_fields import (
    AS_SPEC,
    CHANNELS,
    IMAGES,
    Make,
    Place,
    axis_of,
    merged,
    named,
    number,
    numbers,
    switch,
)
from cnncalc.spec.readers.calls import Arguments


def inner_product(given: Arguments, place: Place) -> list[Item]:
    """A fully connected layer on all values of an image."""
    given.only("axis", CHANNELS)
    return [given.layer("fc", units=given.needed("num_output"), bias=given.get("bias_term"))]


def batch_norm(given: Arguments, place: Place) -> list[Item]:
    """Without a scale and an offset, which are a layer Scale of their own, but for a fork."""
    return [given.layer("batchnorm", affine=switch(given, "scale_bias", False))]


def scale(given: Arguments, place: Place) -> list[Item]:
    """A trained scale for every channel, or a product with a second bottom, channel by channel."""
    offset = switch(given, "bias_term", False)
    axis = given.plain("axis", CHANNELS)
    if len(place.bottoms) == 2:
        if axis != IMAGES:
            hint = "with axis: 0 the second bottom has a value for every channel of every image"
            raise given.call.refused(f"Scale by a second bottom from axis {axis} on is not supported", hint)
        product: Item = merged(given, "multiply")
        return [product, named(given, "bias", "affine", scale=False)] if offset else [product]
    per_channel(given, place)
    return [given.layer("affine", offset=None if offset else False)]


def bias(given: Arguments, place: Place) -> list[Item]:
    """A trained offset for every channel."""
    if len(place.bottoms) == 2:
        raise given.call.refused("Bias with a second bottom is not supported", AS_SPEC)
    per_channel(given, place)
    return [given.layer("affine", scale=False)]


def per_channel(given: Arguments, place: Place) -> None:
    """Refuse a trained scale that is not one number for every channel."""
    given.only("num_axes", 1)
    if axis_of(given, "axis", CHANNELS, place) != CHANNELS:
        raise given.call.refused(
            f"{given.call.kind} along another axis than 1, the channels, is not supported", "", given.values["axis"]
        )


OPERATIONS = {"SUM": "add", "PROD": "multiply", "MAX": "maximum", 0: "multiply", 1: "add", 2: "maximum"}


def elementwise(given: Arguments, place: Place) -> list[Item]:
    """A sum with coefficients, a product, or the largest of values."""
    operation = given.plain("operation", "SUM")
    if operation not in OPERATIONS:
        raise given.call.refused(f"Eltwise has no operation {operation}", "SUM, PROD or MAX", given.values["operation"])
    factors = numbers(given, "coeff", int, float)
    if factors and OPERATIONS[operation] != "add":
        raise given.call.refused("only the operation SUM has coefficients", at=given.values["coeff"])
    if factors and len(factors) != len(place.bottoms):
        message = f"{len(factors)} coefficients for {len(place.bottoms)} bottoms"
        raise given.call.refused(message, "one for every bottom", given.values["coeff"])
    made: list[Item] = []
    sources = list(place.bottoms)
    for at, factor in enumerate(factors):
        if factor not in (1, -1):  # a difference costs what a sum does
            scaled = named(given, f"coeff{at + 1}", "power", scale=factor)
            scaled.sources = (sources[at],)
            sources[at] = NameReference(scaled.name, scaled.span)
            made.append(scaled)
    merge = merged(given, OPERATIONS[operation])
    merge.sources = tuple(sources)
    return [*made, merge]


def axpy(given: Arguments, place: Place) -> list[Item]:
    """a*x + y, where a has a value for every channel: the end of a squeeze-and-excitation block (SENet)."""
    scaled, added = merged(given, "multiply"), merged(given, "add")
    scaled.name = f"{given.call.name}.scale"
    scaled.sources = (place.bottoms[1], place.bottoms[0])
    added.sources = (NameReference(scaled.name, scaled.span), place.bottoms[2])
    return [scaled, added]


def relu(given: Arguments, place: Place) -> list[Item]:
    """Leaky, if its slope is not 0."""
    slope = number(given, "negative_slope", 0)
    return [given.layer("leaky_relu", slope=slope) if slope else given.layer("relu")]


def prelu(given: Arguments, place: Place) -> list[Item]:
    """A slope for every channel, or one for all."""
    return [given.layer("prelu", shared=given.get("channel_shared"))]


def clip(given: Arguments, place: Place) -> list[Item]:
    """Between 0 and 6 alone, which is a ReLU6."""
    given.only("min", 0)
    given.only("max", 6)
    return [given.layer("relu6")]


def swish(given: Arguments, place: Place) -> list[Item]:
    """X * sigmoid(x)."""
    given.only("beta", 1)
    return [given.layer("silu")]


def power(given: Arguments, place: Place) -> list[Item]:
    """(scale*x + shift)^power."""
    return [given.layer("power", exponent=given.get("power"), scale=given.get("scale"), shift=given.get("shift"))]


def exponential(kind: str) -> Make:
    """base^(scale*x + shift), or the logarithm of scale*x + shift to a base; -1 stands for the base e."""

    def make(given: Arguments, place: Place) -> list[Item]:
        base, scale, shift = number(given, "base", -1), number(given, "scale", 1), number(given, "shift", 0)
        if base != -1 and base <= 0:
            raise given.call.refused("base must be above 0, or -1 for e", at=given.values["base"])
        factor = log(base) if base != -1 else 1
        made: list[Item] = [given.layer(kind)]
        before = (scale * factor, shift * factor) if kind == "exp" else (scale, shift)
        if before != (1, 0):
            made.insert(0, named(given, "scale", "power", scale=before[0], shift=before[1]))
        if kind == "log" and factor != 1:
            if not factor:
                raise given.call.refused("there is no logarithm to the base 1", at=given.values["base"])
            made[-1].name = f"{given.call.name}.log"
            made.append(given.layer("power", scale=1 / factor))
        return made

    return make


def mean_variance(given: Arguments, place: Place) -> list[Item]:
    """A norm without weights, of each channel or of all values."""
    given.only("normalize_variance", True)
    if switch(given, "across_channels", False):
        return [given.layer("layernorm", over="all", affine=False)]
    return [given.layer("instancenorm")]


def normalize(given: Arguments, place: Place) -> list[Item]:
    """Division by the length of a vector, with a trained scale (SSD)."""
    over = "all" if switch(given, "across_spatial", True) else None
    return [given.layer("normalize", over=over, shared=switch(given, "channel_shared", True))]
