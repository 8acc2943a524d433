"""Another convention, unit or batch -> the number of one who counts something else, or in something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from cnncalc.analysis import DTYPES, FLOPS
from cnncalc.diagnose.catalogue import COUNTED, MISTAKES, STORED
from cnncalc.diagnose.recompute import Attempt
from cnncalc.layers import Layer, Operations, Shape

PARAMETERS = ("params", "weights", "biases")


@MISTAKES.enter("biases-forgotten", "the biases were forgotten", ("params", "flops", "connections"), "biases")
def biases_forgotten(right: Attempt) -> Iterator[Attempt]:
    """Weights only."""
    if right.convention.bias:
        yield replace(right, convention=right.convention._replace(bias=False), note="")


@MISTAKES.enter(
    "biases-added",
    "biases were counted where there are none to count",
    ("params", "weights", "biases", "macs", "flops", "connections"),
    "biases",
)
def biases_added(right: Attempt) -> Iterator[Attempt]:
    """One for every filter, in a layer or a convention that has none."""
    if right.quantity == "macs":
        yield right.bent(lambda layer: {"operations": lambda shape: _with_biases(layer, shape)})
        return
    counted = replace(right, convention=right.convention._replace(bias=True), note="")
    if right.quantity == "weights":
        counted = replace(counted, quantity="params")
    if right.quantity == "weights" or not right.convention.bias:
        yield counted
    if right.shown("bias") is False:
        yield counted.remade(bias=True)


def _with_biases(layer: Layer, shape: Shape) -> Operations:
    operations = layer.operations(shape)
    return operations._replace(macs=operations.macs + operations.bias_adds)


@MISTAKES.enter("one-bias", "a single bias was counted for the whole layer", ("params", "biases"), "biases")
def one_bias(right: Attempt) -> Iterator[Attempt]:
    """Not one for every filter."""
    if right.place.biases:
        yield right.bent(lambda layer: {"biases": lambda shape: 1})


@MISTAKES.enter(
    "bias-at-every-position", "a bias was counted at every position of the output", ("params", "biases"), "biases"
)
def bias_at_every_position(right: Attempt) -> Iterator[Attempt]:
    """K*H'*W' in place of K."""
    if right.place.biases:
        yield right.bent(lambda layer: {"biases": lambda shape: layer.output(shape).values})


@MISTAKES.enter("macs-for-flops", "MACs were given for FLOPs", ("flops",), "quantity")
def macs_for_flops(right: Attempt) -> Iterator[Attempt]:
    """A multiply-add counted once where it counts twice."""
    yield replace(right, quantity="macs", note="")


@MISTAKES.enter(
    "flops-for-macs", "FLOPs were given for MACs: a multiply-add was counted twice", ("macs", "flops"), "quantity"
)
def flops_for_macs(right: Attempt) -> Iterator[Attempt]:
    """A multiply-add counted twice where it counts once, or everything counted."""
    notes = {"2mac": "", "all": "every operation was counted, not multiply-adds alone"}
    for name in FLOPS:
        if name in notes and (right.quantity, name) != ("flops", right.convention.flops):
            yield replace(right, quantity="flops", convention=right.convention._replace(flops=name), note=notes[name])


@MISTAKES.enter("elements-for-bytes", "values were given for bytes", ("memory_bytes",), "unit")
def elements_for_bytes(right: Attempt) -> Iterator[Attempt]:
    """The number of values, not multiplied by the bytes of each."""
    yield right.scaled(Fraction(1, right.convention.bytes_per_value))


@MISTAKES.enter("bytes-for-elements", "bytes were given for values", ("activations",), "unit")
def bytes_for_elements(right: Attempt) -> Iterator[Attempt]:
    """The number of values, multiplied by the bytes of each."""
    yield right.scaled(right.convention.bytes_per_value)


@MISTAKES.enter("bits-for-bytes", "bits were given for bytes", ("memory_bytes",), "unit")
def bits_for_bytes(right: Attempt) -> Iterator[Attempt]:
    """Eight times as many; or an eighth, where bytes were taken for bits and divided."""
    yield right.scaled(8)
    yield right.scaled(Fraction(1, 8), "the number was divided by 8, as if it were in bits")


@MISTAKES.enter("other-value-size", "another number of bytes was taken for a value", ("memory_bytes",), "unit")
def other_value_size(right: Attempt) -> Iterator[Attempt]:
    """float64, float16 or int8 in place of float32."""
    sizes = dict.fromkeys(DTYPES.values())
    for size in [size for size in sizes if size not in (1, right.convention.bytes_per_value)]:
        factor = Fraction(size, right.convention.bytes_per_value)
        yield right.scaled(factor, f"a value was taken to have {size} bytes, not {right.convention.bytes_per_value}")


@MISTAKES.enter("1024-for-1000", "a prefix was taken for a power of 1024 where it is one of 1000", COUNTED, "prefix")
def binary_for_decimal(right: Attempt) -> Iterator[Attempt]:
    """K = 1024 for 1000: MiB found, MB written."""
    for number, power, prefix in _prefixes(right):
        unit = prefix.replace("K", "k") + "B" if right.quantity == "memory_bytes" else prefix
        note = f"it was divided by 1024{power}, but {unit} means 1000{power}"
        yield right.scaled(Fraction(1000, 1024) ** number, note)


@MISTAKES.enter("1000-for-1024", "a prefix was taken for a power of 1000 where it is one of 1024", COUNTED, "prefix")
def decimal_for_binary(right: Attempt) -> Iterator[Attempt]:
    """K = 1000 for 1024: MB found, MiB written."""
    for number, power, prefix in _prefixes(right):
        unit = f"{prefix}iB" if right.quantity == "memory_bytes" else prefix
        note = f"it was divided by 1000{power}, but {unit} means 1024{power} here"
        yield right.scaled(Fraction(1024, 1000) ** number, note)


def _prefixes(right: Attempt) -> Iterator[tuple[int, str, str]]:
    """(number, power, letter) for G, M and K, those below the number, as it is printed with the largest: 2, ^2, M."""
    value = right.value() or 0
    for number, letter in ((3, "G"), (2, "M"), (1, "K")):
        if value >= 1000**number:
            yield number, f"^{number}" if number > 1 else "", letter


@MISTAKES.enter("batch-forgotten", "the batch was forgotten: the number is that of one image", COUNTED, "batch")
def batch_forgotten(right: Attempt) -> Iterator[Attempt]:
    """N = 1."""
    if right.batch != 1:
        yield replace(right, batch=1, note="")


@MISTAKES.enter(
    "batch-counted", "the parameters were counted once for every image of the batch", (*PARAMETERS, "buffers"), "batch"
)
def batch_counted(right: Attempt) -> Iterator[Attempt]:
    """Weights are shared by all images."""
    yield right.scaled(right.batch)


@MISTAKES.enter("backward-counted", "the memory was doubled, as for forward and backward", STORED, "unit")
def backward_counted(right: Attempt) -> Iterator[Attempt]:
    """The gradients counted too."""
    yield right.scaled(2)
