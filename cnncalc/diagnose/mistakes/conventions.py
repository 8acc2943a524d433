"""Another convention, unit or batch -> the number of one who counts something else, or in something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from cnncalc.analysis import DTYPES, FLOPS
from cnncalc.analysis.quantities import COUNTS
from cnncalc.diagnose.catalogue import in_each_layer, in_layer, in_number
from cnncalc.diagnose.recompute import STORED, LayerRecomputation, Recomputation
from cnncalc.layers import Layer, Operations, Shape

PARAMETERS = ("params", "trainable", "weights", "biases")
R = TypeVar("R", bound=Recomputation)


@in_each_layer(
    "biases-forgotten",
    "the biases were forgotten",
    ("params", "trainable", "flops", "connections"),
    "biases",
    by_kind=True,
)
def biases_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """Weights only."""
    if correct.convention.bias:
        yield replace(correct, convention=correct.convention._replace(bias=False), note="")


@in_each_layer(
    "biases-added",
    "biases were added to a number that does not include them",
    (*PARAMETERS, "macs", "flops", "connections"),
    "biases",
)
def biases_added(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """One for every filter, in a layer or a convention that has none."""

    def with_biases(layer: Layer, shape: Shape) -> Operations:
        operations = layer.operations(shape)
        return operations._replace(macs=operations.macs + operations.bias_adds)

    if correct.quantity == "macs":
        yield correct.with_rule("operations", with_biases)
        return
    counted = replace(correct, convention=correct.convention._replace(bias=True), note="")
    if correct.quantity == "weights":
        counted = replace(counted, quantity="params")
    if correct.quantity == "weights" or not correct.convention.bias:
        yield counted
    if correct.in_spec("bias") is False:
        yield counted.with_fields(bias=True)


@in_each_layer("one-bias", "only one bias was counted for the whole layer", ("params", "trainable", "biases"), "biases")
def one_bias(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """Not one for every filter."""
    if correct.result.biases:
        yield correct.with_rule("biases", lambda layer, shape: 1)


@in_layer(
    "bias-at-every-position",
    "a bias was counted at every position of the output",
    ("params", "trainable", "biases"),
    "biases",
)
def bias_at_every_position(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """K*H'*W' instead of K."""
    if correct.result.biases:
        yield correct.with_rule("biases", lambda layer, shape: layer.output(shape).values)


@in_each_layer("macs-for-flops", "MACs were given instead of FLOPs", ("flops",), "quantity")
def macs_for_flops(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """A multiply-add counted once where it counts twice."""
    yield replace(correct, quantity="macs", note="")


@in_each_layer(
    "flops-for-macs",
    "FLOPs were given instead of MACs: each multiply-add was counted twice",
    ("macs", "flops"),
    "quantity",
)
def flops_for_macs(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """A multiply-add counted twice where it counts once, or everything counted."""
    notes = {"2mac": "", "all": "every operation was counted, not only multiply-adds"}
    for name in FLOPS:
        if name in notes and (correct.quantity, name) != ("flops", correct.convention.flops):
            convention = correct.convention._replace(flops=name)
            yield replace(correct, quantity="flops", convention=convention, note=notes[name])


@in_number("elements-for-bytes", "the number of values was given instead of bytes", ("memory_bytes",), "unit")
def elements_for_bytes(correct: R) -> Iterator[R]:
    """Not multiplied by the bytes of each value."""
    yield correct.scaled(Fraction(1, correct.convention.bytes_per_value))


@in_number("bytes-for-elements", "bytes were given instead of the number of values", ("activations",), "unit")
def bytes_for_elements(correct: R) -> Iterator[R]:
    """Multiplied by the bytes of each value."""
    yield correct.scaled(correct.convention.bytes_per_value)


@in_number("bits-for-bytes", "bits were given instead of bytes", ("memory_bytes",), "unit")
def bits_for_bytes(correct: R) -> Iterator[R]:
    """Eight times as many; or an eighth, where bytes were taken for bits and divided."""
    yield correct.scaled(8)
    yield correct.scaled(Fraction(1, 8), "the number was divided by 8, as if it were in bits")


@in_number("other-value-size", "a wrong number of bytes per value was used", ("memory_bytes",), "unit")
def other_value_size(correct: R) -> Iterator[R]:
    """float64, float16 or int8 instead of float32."""
    own = correct.convention.bytes_per_value
    for size in dict.fromkeys(DTYPES.values()):
        if size not in (1, own):
            yield correct.scaled(Fraction(size, own), f"{size} bytes per value were used instead of {own}")


@in_number("1024-for-1000", "the prefix was used as a power of 1024 instead of 1000", affects="prefix")
def binary_for_decimal(correct: R) -> Iterator[R]:
    """K = 1024 for 1000: MiB found, MB written."""
    return _other_prefix(correct, 1024, 1000)


@in_number("1000-for-1024", "the prefix was used as a power of 1000 instead of 1024", affects="prefix")
def decimal_for_binary(correct: R) -> Iterator[R]:
    """K = 1000 for 1024: MB found, MiB written."""
    return _other_prefix(correct, 1000, 1024)


def _other_prefix(correct: R, used: int, meant: int) -> Iterator[R]:
    """With G, M and K, those below the number, as it is printed with the largest."""
    value = correct.value() or 0
    for number, letter in ((3, "G"), (2, "M"), (1, "K")):
        if value >= 1000**number:
            power, unit = f"^{number}" if number > 1 else "", letter
            if correct.quantity == "memory_bytes":
                unit = f"{letter}iB" if meant == 1024 else "kB" if letter == "K" else f"{letter}B"
            here = " here" if meant == 1024 else ""
            note = f"the number was divided by {used}{power}, but {unit} means {meant}{power}{here}"
            yield correct.scaled(Fraction(meant, used) ** number, note)


@in_each_layer("batch-forgotten", "the batch was forgotten: the number is that of one image", COUNTS, "batch")
def batch_forgotten(correct: LayerRecomputation) -> Iterator[LayerRecomputation]:
    """N = 1."""
    if correct.batch != 1:
        yield replace(correct, batch=1, note="")


@in_number(
    "batch-counted",
    "the number was multiplied by the batch size, but all images share the parameters",
    (*PARAMETERS, "non_trainable", "buffers"),
    "batch",
)
def batch_counted(correct: R) -> Iterator[R]:
    """Once for every image."""
    yield correct.scaled(correct.batch)


@in_number("backward-counted", "the number was doubled, as for a forward and a backward pass", STORED, "unit")
def backward_counted(correct: R) -> Iterator[R]:
    """The gradients counted too."""
    yield correct.scaled(2)
