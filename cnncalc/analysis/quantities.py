"""A name as people write it -> a quantity, and its value for a layer, a block or a network: the one register.

Adding a quantity touches this file, and `LayerResult` or `Analysis` where its value comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from cnncalc.analysis.memory import peak_memory, training_memory
from cnncalc.errors import Problem, UsageError, closest, one_of
from cnncalc.symbolic import Size, add_up

if TYPE_CHECKING:
    from cnncalc.analysis.results import Analysis, LayerResult

Kind: TypeAlias = Literal["shape", "count", "bytes", "length", "depth"]
"""What a value is: a Shape, a count, a number of bytes, a length in pixels on every axis, or a depth."""


class Quantity(NamedTuple):
    """One quantity: the key that reports and JSON use, other names for it, and what its values are.

    `adds_up`: the value of a block or a network is the sum over its layers. `scope` says of what it is
    known: of layers and blocks, of the whole network, or of both.
    """

    key: str
    title: str
    about: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    scope: Literal["layer", "network", "both"] = "both"
    adds_up: bool = False

    @property
    def words(self) -> str:
        """What it is called in a sentence: the title, where that is not cut short for the head of a column."""
        return self.key.replace("_", " ") if self.kind == "length" else self.title


def _count(key: str, title: str, about: str, *aliases: str, kind: Kind = "count") -> Quantity:
    return Quantity(key, title, about, kind, aliases, adds_up=True)


_PARAMETERS = ("", "_param", "_params", "_parameter", "_parameters", "_weights")
_OF_A_VOLUME = ("_shape", "_size", "_volume", "_dimensions", "_dimension", "_dims", "_dim")
_REGISTER = (
    Quantity(
        "input",
        "input",
        "volume of the input, height x width x channels",
        "shape",
        (*(f"input{what}" for what in _OF_A_VOLUME), "n_in"),
        "layer",
    ),
    Quantity(
        "output",
        "output",
        "volume of the output, height x width x channels",
        "shape",
        (
            *(f"{volume}{what}" for volume in ("output", "tensor", "volume", "map") for what in _OF_A_VOLUME),
            *("activation_shape", "activation_volume", "activation_dimensions"),
            *("feature_map_size", "feature_map_shape", "output_feature_map", "out", "out_shape", "out_size", "n_out"),
            *("shape", "size", "volume", "tensor", "dimensions", "dimension", "dims", "dim"),
        ),
        "layer",
    ),
    _count("weights", "weights", "trainable numbers that multiply", "weight"),
    _count("biases", "biases", "trainable numbers that are added", "bias"),
    _count(
        "params",
        "params",
        "weights and biases",
        *("param", "parameter", "parameters", "param_count", "params_count", "parameter_count", "total_params"),
    ),
    _count(
        "trainable",
        "trainable",
        "parameters that training changes: weights and biases",
        *(f"{word}{what}" for word in ("trainable", "learnable", "learned") for what in _PARAMETERS),
        "weights_and_biases",
    ),
    _count(
        "non_trainable",
        "non-trainable",
        "parameters that training does not change: the running mean and variance of a batch norm",
        *(f"{word}{what}" for word in ("non_trainable", "nontrainable", "untrainable") for what in _PARAMETERS),
    ),
    _count("buffers", "buffers", "stored numbers that are not trained", "buffer"),
    _count(
        "macs",
        "MACs",
        "multiply-accumulates",
        *("mac", "macc", "maccs", "madd", "madds", "mult_add", "mult_adds", "mul_adds", "multadds", "fma", "fmas"),
        *("multiply_add", "multiply_adds", "multiply_accumulate", "multiply_accumulates", "mac_operations", "mac_ops"),
        *("multiply_add_operations", "multiply_accumulate_operations"),
    ),
    _count(
        "flops",
        "FLOPs",
        "floating-point operations, as the convention counts them",
        *("flop", "floating_point_operations", "floating_point_ops", "fp_ops"),
    ),
    _count(
        "activations",
        "activations",
        "values that the output holds in memory; 0 for a layer that works in place",
        "activation",
        "values",
    ),
    _count(
        "memory_bytes",
        "memory",
        "bytes of the activations",
        "memory",
        "mem",
        "bytes",
        "activation_memory",
        kind="bytes",
    ),
    _count(
        "output_values",
        "output values",
        "values of the output, also where they take no memory of their own",
        *("activation_size", "activations_size", "output_elements", "elements", "values_of_the_output"),
    ),
    Quantity(
        "receptive_field",
        "field",
        "receptive field in pixels of the input",
        "length",
        (
            *("rf", "field", "receptive_fields", "field_of_view", "receptive_field_size", "receptive_field_out"),
            *("rf_size", "rf_out", "r_out"),
        ),
        "layer",
    ),
    Quantity(
        "jump",
        "jump",
        "pixels from one unit to the next",
        "length",
        (
            *(f"{word}_stride" for word in ("effective", "total", "cumulative", "accumulated", "overall", "global")),
            *("jump_out", "output_jump", "out_jump", "j_out"),
        ),
        "layer",
    ),
    Quantity(
        "centre",
        "centre",
        "pixel on which the first unit is centred, counted from 0",
        "length",
        ("center",),
        "layer",
    ),
    Quantity(
        "padding",
        "padding",
        "padding on each side, added up over the layers, in input pixels; both sides where they differ",
        "length",
        ("effective_padding", "total_padding"),
        "layer",
    ),
    Quantity("depth", "depth", "weight layers on the longest path so far", "depth", ("weight_layers",)),
    _count("neurons", "neurons", "units of the weight layers", "neuron"),
    _count("connections", "connections", "connections to units, from values (not padding) and biases", "connection"),
    _count("bias_adds", "bias adds", "additions of a bias to a finished sum"),
    _count("adds", "adds", "all additions: of MACs, of biases, and all others", "additions", "addition"),
    _count("multiplies", "multiplies", "all multiplications: of MACs, and all others", "multiplications", "products"),
    _count("other_adds", "other adds", "additions outside of MACs and biases"),
    _count("other_multiplies", "other multiplies", "multiplications outside of MACs"),
    _count("compares", "compares", "comparisons", "comparisons"),
    _count("divides", "divides", "divisions", "divisions"),
    _count("exps", "exps", "exponentials, powers, roots and other transcendental functions"),
    Quantity(
        "peak_memory_bytes",
        "peak memory",
        "the largest number of bytes that activations take at once in inference",
        "bytes",
        ("peak", "peak_memory", "inference_memory"),
        "network",
    ),
    Quantity(
        "weight_memory_bytes",
        "weight memory",
        "bytes of all parameters and buffers",
        "bytes",
        ("weight_memory", "memory_of_weights", "param_memory", "parameter_memory"),
        "network",
    ),
    Quantity(
        "training_memory_bytes",
        "training memory",
        "bytes held in one training step",
        "bytes",
        ("training", "training_memory"),
        "network",
    ),
)
QUANTITIES: dict[str, Quantity] = {quantity.key: quantity for quantity in _REGISTER}
NAMES: dict[str, str] = {name: each.key for each in _REGISTER for name in (each.key, *each.aliases)}
"""Every name of every quantity, and its key."""

AMBIGUOUS = dict.fromkeys(("op", "ops", "operations"), "macs, or flops")
"""Names that people give to different quantities, or to several at once, and what to write instead."""

FIELDS = {"receptive_field": "size", "jump": "jump", "padding": "sides", "centre": "centre"}
"""Quantities of the receptive field, by the attribute of one axis that holds them."""
OPERATIONS = ("bias_adds", "adds", "multiplies", "other_adds", "other_multiplies", "compares", "divides", "exps")
"""Counts of elementary operations, which are in the `operations` of a LayerResult."""
COUNTS = tuple(each.key for each in _REGISTER if each.adds_up and each.key not in OPERATIONS)
"""The quantities that a LayerResult holds and that add up over layers."""
USUAL = ("params", "macs", "flops", "activations", "memory_bytes")
"""The totals that say most about a network."""
OF_A_LAYER = tuple(each.key for each in _REGISTER if each.scope != "network")
OF_A_NETWORK = tuple(each.key for each in _REGISTER if each.scope != "layer")


def key_of(name: str) -> str:
    """The key of the quantity that a name stands for, whatever its case, blanks and hyphens; else an empty text.

    >>> key_of("Receptive Field"), key_of("mem"), key_of("center"), key_of("kernel")
    ('receptive_field', 'memory_bytes', 'centre', '')
    """
    return NAMES.get(name.strip().lower().replace(" ", "_").replace("-", "_"), "")


def named(name: str, known: Sequence[str] = tuple(QUANTITIES), what: str = "quantity", hint: str = "") -> str:
    """The key of a quantity among `known`; raises UsageError, with the closest name, if there is none."""
    key = key_of(name)
    if key in known:
        return key
    if key:
        raise out_of_scope(key, hint)
    raise UsageError([Problem(f"unknown {what} '{name}'", None, hint or suggestion(name, known))])


def out_of_scope(key: str, hint: str = "") -> UsageError:
    """The error for a quantity of a layer that is asked of a network, or the other way round."""
    if QUANTITIES[key].scope == "network":
        message, usual = "is a quantity of the whole network", f"cnncalc explain SPEC {key} prints it"
    else:
        message, usual = (
            "is a quantity of a layer",
            f"cnncalc show SPEC --columns layer,{key} prints it for each layer",
        )
    return UsageError([Problem(f"{QUANTITIES[key].words} {message}", None, hint or usual)])


def suggestion(name: str, known: Sequence[str]) -> str:
    """What may have been meant by a name that is not among `known`: the closest of them, or all."""
    spelt = name.strip().lower().replace(" ", "_").replace("-", "_")
    if spelt in AMBIGUOUS:
        return f"write {AMBIGUOUS[spelt]}"
    names = [other for other, key in NAMES.items() if key in known]
    return closest(spelt, [*names, *(other for other in known if other not in NAMES)]) or one_of(known)


def several_named(names: str | Iterable[str], known: Sequence[str], what: str = "quantity") -> tuple[str, ...]:
    """The keys of several quantities, joined by commas or in a list, each once; raises UsageError."""
    parts = names.split(",") if isinstance(names, str) else names
    chosen = tuple(dict.fromkeys(named(part, known, what) for part in parts if part.strip()))
    if not chosen:
        raise UsageError([Problem(f"{names!r} does not name a {what}", None, one_of(known))])
    return chosen


# Values -----------------------------------------------------------------------------------------


def value_of(analysis: Analysis, quantity: str, part: str = "") -> Any:
    """The value of a quantity, by its key, of the whole network, or of the layer or block called `part`.

    A Shape, a count, or one length for every axis; a text that says why if there is no such number
    ("all" after a global layer). Raises SpecError for an unknown part.
    """
    if part:
        return value_over(analysis.part(part), quantity)
    if QUANTITIES[quantity].scope == "network":
        return _of_the_network(analysis, quantity)
    if quantity == "input":
        return analysis.input.shape
    if quantity == "depth":
        return analysis.depth
    if quantity in COUNTS:
        return analysis.total(quantity)
    return value_over(analysis.layers, quantity)


def value_over(layers: Sequence[LayerResult], quantity: str) -> Any:
    """The value of a quantity over layers in a row, as `value_of` gives it: a sum, or that of the first or last."""
    last = layers[-1]
    if quantity in COUNTS:
        return add_up(getattr(layer, quantity) for layer in layers)
    if quantity in OPERATIONS:
        return add_up(getattr(layer.operations, quantity) for layer in layers)
    if quantity in FIELDS:
        return _length(last, quantity)
    if QUANTITIES[quantity].scope == "network":
        raise out_of_scope(quantity, "ask for it without a layer")
    return layers[0].input if quantity == "input" else getattr(last, quantity)


def _length(layer: LayerResult, quantity: str) -> tuple[Size, ...] | str:
    field = layer.receptive_field
    if field.everything or field.unknown:
        return "all" if field.everything else f"unknown: {field.unknown}"
    lengths = tuple(getattr(axis, FIELDS[quantity]) for axis in field.axes)
    return "undefined: after upsampling, the windows differ from unit to unit" if None in lengths else lengths


def _of_the_network(analysis: Analysis, quantity: str) -> Size | None:
    if quantity == "training_memory_bytes":
        return add_up(training_memory(analysis).values())
    return peak_memory(analysis) if quantity == "peak_memory_bytes" else analysis.weight_memory_bytes
