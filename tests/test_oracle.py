"""Every layer that moves over a map agrees with an oracle that slides, counts and marks by hand."""

from __future__ import annotations

import inspect
import itertools
import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncalc.layers import (
    CATALOGUE,
    AvgPool,
    Conv,
    DepthwiseConv,
    Layer,
    MaxPool,
    ReceptiveField,
    Refused,
    Shape,
    TransposedConv,
)
from cnncalc.layers.arithmetic import Abs, Exp, Log, Power
from cnncalc.layers.convolution import LocallyConnected
from cnncalc.layers.dense import RBF, FullyConnected, Reshape
from cnncalc.layers.merging import Add, CropLike, Maximum, Shortcut
from cnncalc.layers.normalization import (
    Affine,
    BatchNorm,
    GroupNorm,
    LayerNorm,
    LocalResponseNorm,
    Normalize,
    Standardize,
)
from cnncalc.layers.pooling import AdaptiveAvgPool, AdaptiveMaxPool, BlurPool, GlobalAvgPool, GlobalMaxPool, Subsampling
from cnncalc.layers.rearranging import Crop, Pad, Permute
from cnncalc.layers.receptive_field import AxisReceptiveField, union
from cnncalc.layers.resampling import PixelShuffle, Resize, SpaceToDepth, Upsample
from cnncalc.layers.window import Window
from tests import oracle

LENGTHS = range(1, 13)
KERNELS = range(1, 6)
STRIDES = range(1, 5)
DILATIONS = range(1, 4)
SIDES = range(4)
MARGINS = tuple(itertools.product(SIDES, SIDES))
WORDS = ("valid", "same", "half", "full")
ROUNDINGS = ("floor", "ceil", "caffe", "strict")

# How every windowed layer is made from its window, and what a single axis of it counts: the
# input's channels, the pairs of maps with a kernel between them, the weights, and, from the
# slide, the operations by class. Counts are for the input of CHANNELS maps.
CHANNELS = 2
PAIRS = oracle.channel_pairs(CHANNELS, 3, 1)
OWN = [(channel, channel) for channel in range(CHANNELS)]
TWICE = [(number // 2, number) for number in range(2 * CHANNELS)]


def per_window(slides: oracle.Slide, taps_less_one: str, *each: str) -> dict[str, int]:
    """One operation fewer than taps in every window of every map, and one of `each` per window."""
    maps = range(CHANNELS)
    found = {taps_less_one: sum(len(slides.taps(start)[1:]) for _ in maps for start in slides.starts)}
    return found | {name: sum(1 for _ in maps for _ in slides.starts) for name in each}


def mac_counts(pairs: list[tuple[int, int]]) -> Callable[[oracle.Slide], dict[str, int]]:
    """Multiply-accumulates of `pairs` of maps, and one bias for every unit."""

    def count(slides: oracle.Slide) -> dict[str, int]:
        filters = {filter_ for _, filter_ in pairs}
        return {"macs": slides.all_taps * len(pairs), "bias_adds": slides.outputs * len(filters)}

    return count


class Row:
    """One windowed layer class in the oracle's terms."""

    def __init__(
        self,
        make: Callable[..., Layer],
        pairs: list[tuple[int, int]],
        operations: Callable[[oracle.Slide], dict[str, int]],
        *,
        weights: Callable[[int], int],
        biases: int,
        fixed: bool = False,
    ) -> None:
        self.make, self.pairs, self.operations, self.weights, self.biases = make, pairs, operations, weights, biases
        self.fixed = fixed  # the weights are not trained: buffers
        self.filters = len({filter_ for _, filter_ in pairs})


SLIDING: dict[type[Layer], Row] = {
    Conv: Row(
        lambda F, **keys: Conv(3, F, **keys),
        PAIRS,
        mac_counts(PAIRS),
        weights=lambda F: len([(pair, tap) for pair in PAIRS for tap in range(F)]),
        biases=3,
    ),
    DepthwiseConv: Row(
        lambda F, **keys: DepthwiseConv(F, multiplier=2, **keys),
        TWICE,
        mac_counts(TWICE),
        weights=lambda F: len([(pair, tap) for pair in TWICE for tap in range(F)]),
        biases=4,
    ),
    MaxPool: Row(MaxPool, OWN, lambda s: per_window(s, "compares"), weights=lambda F: 0, biases=0),
    AvgPool: Row(AvgPool, OWN, lambda s: per_window(s, "other_adds", "divides"), weights=lambda F: 0, biases=0),
    BlurPool: Row(
        BlurPool, OWN, lambda s: {"macs": s.all_taps * CHANNELS}, weights=lambda F: CHANNELS * F, biases=0, fixed=True
    ),
    Subsampling: Row(
        Subsampling,
        OWN,
        lambda s: per_window(s, "other_adds", "other_multiplies", "bias_adds"),
        weights=lambda F: CHANNELS,
        biases=CHANNELS,
    ),
}
TRANSPOSED: tuple[type[Layer], ...] = (TransposedConv,)
UNSHARED: tuple[type[Layer], ...] = (LocallyConnected,)
GRIDS: tuple[type[Layer], ...] = (AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool)
MOVERS: tuple[type[Layer], ...] = (Upsample, Resize, PixelShuffle, SpaceToDepth, Pad, Crop, CropLike, Permute)
NEIGHBOURS: tuple[type[Layer], ...] = (LocalResponseNorm, Normalize)
NOT_ON_A_MAP: tuple[type[Layer], ...] = (FullyConnected, RBF, Reshape)


def classes() -> set[type[Layer]]:
    return set(CATALOGUE.values())


def operations(layer: Layer, shape: Shape) -> dict[str, int]:
    """The classes of operation that do occur, with their counts."""
    return {name: count for name, count in layer.operations(shape).counts() if count}


def products_and_additions(layer: Layer, shape: Shape) -> tuple[int, int]:
    """All multiplications and all additions."""
    counted: Any = layer.operations(shape)
    return counted.multiplies, counted.adds


def failing(layer: Layer, shape: Shape, *severities: str) -> list[str]:
    """The messages of the conditions of these severities that do not hold."""
    return [
        condition.message()
        for condition in layer.conditions(shape)
        if condition.severity in severities and condition.holds() is False
    ]


def at_input(rank: int = 1) -> ReceptiveField:
    return ReceptiveField(tuple(AxisReceptiveField() for _ in range(rank)))


# The table -------------------------------------------------------------------------------------


def test_every_layer_class_with_a_kernel_has_a_row_in_the_oracle() -> None:
    windowed = {cls for cls in classes() if "kernel" in cls.fields}
    assert windowed == {*SLIDING, *TRANSPOSED, *UNSHARED}


def test_every_layer_class_that_changes_what_a_unit_sees_is_held_against_the_oracle() -> None:
    changing = {
        cls for cls in classes() if inspect.getattr_static(cls, "receptive_field") is not vars(Layer)["receptive_field"]
    }
    assert {*SLIDING, *TRANSPOSED, *UNSHARED, *GRIDS, *MOVERS, *NEIGHBOURS, *NOT_ON_A_MAP} == changing


# Sliding windows -------------------------------------------------------------------------------


def check_slide(cls: type[Layer], row: Row, layer: Layer, length: int, slides: oracle.Slide | None, case: Any) -> None:
    """One layer on one line, every count of it."""
    shape = Shape(CHANNELS, length)
    errors, notes = failing(layer, shape, "error", "invalid"), failing(layer, shape, "note")
    assert bool(errors) == (slides is None), f"{case}: {errors}"
    if slides is None:
        return
    left = not slides.ends_exactly and getattr(layer, "padding", "") != "same"  # "same" drops nothing by definition
    assert bool(notes) == left, f"{case}: {notes}"
    assert Shape(row.filters, slides.outputs) == layer.output(shape), case
    assert {name: count for name, count in row.operations(slides).items() if count} == operations(layer, shape), case
    assert len(row.pairs) * slides.real_taps == layer.connections(shape, bias=False), case
    with_bias = len(row.pairs) * slides.real_taps + (row.filters * slides.outputs if row.biases else 0)
    assert with_bias == layer.connections(shape), case


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("cls", SLIDING, ids=lambda cls: cls.__name__)
def test_a_window_over_every_small_line_makes_and_costs_what_sliding_it_does(cls: type[Layer], rounding: str) -> None:
    row = SLIDING[cls]
    # The pools share the window with Conv; one pool goes through all dilations, the others through some.
    dilations = DILATIONS if cls in (Conv, MaxPool) else (1, 2)
    lengths = LENGTHS if cls in (Conv, MaxPool) else (1, 4, 7, 8, 12)
    for F, S, margins, D in itertools.product(KERNELS, STRIDES, MARGINS, dilations):
        if rounding == "caffe" and margins[1] >= oracle.extent(F, D):
            continue  # Caffe and PyTorch refuse padding that a whole window fits into
        layer = row.make(F, stride=S, padding=[margins], dilation=D, rounding=rounding)
        for W in lengths:
            case = f"{cls.__name__} W={W} F={F} S={S} P={margins} D={D} {rounding}"
            check_slide(cls, row, layer, W, oracle.slide(W, F, S, margins, D, rounding), case)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("cls", SLIDING, ids=lambda cls: cls.__name__)
def test_every_padding_word_pads_as_the_oracle_does_by_its_definition(cls: type[Layer], word: str) -> None:
    row = SLIDING[cls]
    for F, S, D, rounding in itertools.product(KERNELS, STRIDES, DILATIONS, ROUNDINGS):
        if rounding == "caffe" and word == "full":
            continue  # a window may start in the trailing padding: see the test of numbers
        layer = row.make(F, stride=S, padding=word, dilation=D, rounding=rounding)
        for W in LENGTHS:
            slides = oracle.slide(W, F, S, word, D, rounding)
            check_slide(cls, row, layer, W, slides, f"{cls.__name__} W={W} F={F} S={S} P={word} D={D} {rounding}")


@pytest.mark.parametrize("cls", SLIDING, ids=lambda cls: cls.__name__)
def test_weights_are_the_triples_of_filter_map_and_tap_that_sliding_touches(cls: type[Layer]) -> None:
    row = SLIDING[cls]
    for F, S, D in itertools.product(KERNELS, STRIDES, DILATIONS):
        layer, shape = row.make(F, stride=S, dilation=D), Shape(CHANNELS, 13)
        slides = oracle.slide(13, F, S, (0, 0), D)
        assert slides is not None
        weights = oracle.convolve([slides], row.pairs).weights if "macs" in operations(layer, shape) else row.weights(F)
        assert weights == row.weights(F)
        trained, kept = (0, weights) if row.fixed else (weights, 0)
        case = f"{cls.__name__} F={F} S={S} D={D}"
        assert (trained, row.biases) == (layer.weights(shape), layer.biases(shape)), case
        assert trained + row.biases == layer.params(shape), case
        assert kept == layer.buffers(shape), case


def test_caffe_rounding_never_starts_a_window_in_the_padding_behind_the_input() -> None:
    for W, F, S, margins, D in itertools.product(LENGTHS, KERNELS, STRIDES, MARGINS, DILATIONS):
        slides = oracle.slide(W, F, S, margins, D, "caffe")
        if slides is not None:
            case = f"W={W} F={F} S={S} P={margins} D={D}"
            assert slides.outputs == Window(F, S, margins, D, "caffe").output(W), case


def test_the_note_of_a_misfit_says_how_many_pixels_or_how_much_padding_floor_drops() -> None:
    for W, F, S, margins, D in itertools.product(LENGTHS, KERNELS, STRIDES, MARGINS, (1, 2)):
        slides = oracle.slide(W, F, S, margins, D)
        if slides is None or slides.ends_exactly:
            continue
        (note,) = failing(MaxPool(F, S, [margins], dilation=D), Shape(1, W), "note")
        skipped = "as it does between windows" in note
        assert skipped == (0 < slides.dropped_pixels <= S - oracle.extent(F, D)), note
        told = re.search(r"(?:drops|skips the last)(?: (\d+))? pixels? of the (input|padding)", note)
        number, what = told[1] or "1", told[2]
        pixels = slides.dropped_pixels
        expected = (pixels, "input") if pixels else (slides.dropped_padding, "padding")
        assert expected == (int(number), what), f"W={W} F={F} S={S} P={margins} D={D}: {note}"


@pytest.mark.parametrize("rounding", ["ceil", "caffe"])
def test_a_note_says_that_a_misfit_is_rounded_up_just_where_there_is_one_window_more_than_floor(rounding: str) -> None:
    for W, F, S, margins, D in itertools.product(LENGTHS, KERNELS, STRIDES, MARGINS, (1, 2)):
        slides, fewest = oracle.slide(W, F, S, margins, D, rounding), oracle.slide(W, F, S, margins, D)
        if slides is None or fewest.ends_exactly or margins[1] >= oracle.extent(F, D):
            continue
        (note,) = failing(MaxPool(F, S, [margins], dilation=D, rounding=rounding), Shape(1, W), "note")
        case = f"W={W} F={F} S={S} P={margins} D={D}: {note}"
        assert (slides.outputs == fewest.outputs + 1) == ("rounds up" in note), case


def test_the_hint_of_a_misfit_names_the_nearest_lengths_on_which_the_window_ends_exactly() -> None:
    for W, F, S, margins, D in itertools.product(LENGTHS, KERNELS, STRIDES, MARGINS, (1, 2)):
        slides = oracle.slide(W, F, S, margins, D)
        if slides is None or slides.ends_exactly:
            continue

        def exact(length: int, window: tuple[Any, ...] = (F, S, margins, D)) -> bool:
            found = oracle.slide(length, *window) if length >= 1 else None
            return found is not None and found.ends_exactly

        smaller = next((length for length in range(W, 0, -1) if exact(length)), None)
        larger = next(length for length in itertools.count(W) if exact(length))
        expected = [length for length in (smaller, larger) if length is not None]
        layer = MaxPool(F, S, [margins], dilation=D)
        (condition,) = (c for c in layer.conditions(Shape(1, W)) if c.severity == "note")
        case = f"W={W} F={F} S={S} P={margins} D={D}: {condition.hint_text()}"
        assert expected == [int(number) for number in re.findall(r"-?\d+", condition.hint_text())], case


# Several axes ----------------------------------------------------------------------------------

# (sizes, kernels, strides, paddings, dilations), a value for every axis.
VOLUMES: list[tuple[Any, ...]] = [
    ((5, 6), (3, 2), (1, 2), [(1, 1), (0, 1)], (1, 1)),
    ((4, 7), (1, 3), (2, 1), [(0, 0), (2, 1)], (1, 2)),
    ((6, 3), (4, 2), (3, 2), [(2, 0), (1, 1)], (1, 2)),
    ((7, 7), (3, 3), (2, 3), [(0, 1), (1, 0)], (2, 1)),
    ((3, 4, 5), (2, 1, 3), (1, 2, 2), [(0, 1), (0, 0), (1, 1)], (1, 1, 2)),
    ((2, 5, 4), (2, 3, 2), (1, 1, 3), [(1, 0), (1, 1), (0, 2)], (1, 2, 1)),
]


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: "x".join(map(str, volume[0])))
@pytest.mark.parametrize(("channels", "filters", "groups"), [(1, 2, 1), (3, 2, 1), (4, 2, 2), (3, 6, 3)])
def test_convolution_of_images_and_volumes_is_the_loops_over_positions_taps_and_maps(
    channels: int, filters: int, groups: int, volume: tuple[Any, ...], rounding: str
) -> None:
    sizes, F, S, P, D = volume
    slides = [oracle.slide(*axis, rounding) for axis in zip(sizes, F, S, P, D, strict=True)]
    layer = Conv(filters, F, S, P, dilation=D, groups=groups, rounding=rounding)
    shape = Shape(channels, *sizes)
    assert (None in slides) == bool(failing(layer, shape, "error", "invalid"))
    if None in slides:
        return
    counts = oracle.convolve(slides, oracle.channel_pairs(channels, filters, groups))
    assert Shape(filters, *(one.outputs for one in slides)) == layer.output(shape)
    assert {"macs": counts.macs, "bias_adds": counts.units} == operations(layer, shape)
    assert (counts.macs, counts.adds + counts.units) == products_and_additions(layer, shape)
    assert (counts.macs, counts.weights, filters) == (layer.macs(shape), layer.weights(shape), layer.biases(shape))
    assert counts.connections == layer.connections(shape, bias=False)
    assert counts.connections + counts.units == layer.connections(shape)
    unequal = sum(not one.ends_exactly for one in slides)
    assert unequal == len(failing(layer, shape, "note"))


def test_a_convolution_without_bias_has_neither_its_parameters_nor_its_additions_nor_its_arrows() -> None:
    slides = [oracle.slide(5, 3, 1, (1, 1)), oracle.slide(4, 2, 2, (0, 0))]
    counts = oracle.convolve(slides, oracle.channel_pairs(2, 3, 1))
    layer, shape = Conv(3, [3, 2], [1, 2], [1, 0], bias=False), Shape(2, 5, 4)
    assert {"macs": counts.macs} == operations(layer, shape)
    assert (counts.macs, counts.adds) == products_and_additions(layer, shape)
    assert counts.weights == layer.params(shape)
    assert counts.connections == layer.connections(shape)


def test_the_units_of_a_vector_add_one_product_fewer_than_they_have_inputs() -> None:
    """7*3 products; 6 additions for each of 3 units, and one of a bias; rbf subtracts before it multiplies."""
    assert (21, 18 + 3) == products_and_additions(FullyConnected(3), Shape(7))
    assert (21, 18) == products_and_additions(FullyConnected(3, bias=False), Shape(7))
    assert (21, 18 + 21) == products_and_additions(RBF(3), Shape(7))


def test_a_connection_table_leaves_just_the_listed_pairs_of_maps() -> None:
    table = [[0, 1], [2], [0, 1, 2], [1]]
    pairs = [(channel, filter_) for filter_, row in enumerate(table) for channel in row]
    counts = oracle.convolve([oracle.slide(6, 3, 1, (1, 0)), oracle.slide(5, 2, 2)], pairs)
    layer, shape = Conv(table=table, kernel=[3, 2], stride=[1, 2], padding=[(1, 0), (0, 0)]), Shape(3, 6, 5)
    assert {"macs": counts.macs, "bias_adds": counts.units} == operations(layer, shape)
    assert (counts.macs, counts.adds + counts.units) == products_and_additions(layer, shape)
    assert counts.weights == layer.weights(shape)
    assert counts.connections + counts.units == layer.connections(shape)


@pytest.mark.parametrize("multiplier", [1, 3])
@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: "x".join(map(str, volume[0])))
def test_depthwise_convolution_of_images_and_volumes_gives_every_map_its_own_filters(
    volume: tuple[Any, ...], multiplier: int
) -> None:
    sizes, F, S, P, D = volume
    slides = [oracle.slide(*axis) for axis in zip(sizes, F, S, P, D, strict=True)]
    counts = oracle.convolve(slides, [(number // multiplier, number) for number in range(2 * multiplier)])
    layer, shape = DepthwiseConv(F, S, P, dilation=D, multiplier=multiplier), Shape(2, *sizes)
    assert {"macs": counts.macs, "bias_adds": counts.units} == operations(layer, shape)
    assert (counts.macs, counts.adds + counts.units) == products_and_additions(layer, shape)
    assert counts.weights == layer.weights(shape)
    assert counts.connections + counts.units == layer.connections(shape)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: "x".join(map(str, volume[0])))
def test_a_locally_connected_layer_has_a_weight_for_every_product_and_a_bias_for_every_unit(
    volume: tuple[Any, ...], bias: bool
) -> None:
    sizes, F, S, P, D = volume
    windows = [oracle.slide(*axis) for axis in zip(sizes, F, S, P, D, strict=True)]
    counts = oracle.convolve(windows, oracle.channel_pairs(2, 3, 1))
    layer, shape = LocallyConnected(3, F, S, P, dilation=D, bias=bias), Shape(2, *sizes)
    assert Shape(3, *(one.outputs for one in windows)) == layer.output(shape)
    # No weight is used twice, so that there are as many as products.
    assert (counts.macs, counts.units * bias) == (layer.weights(shape), layer.biases(shape))
    work = {"macs": counts.macs, "bias_adds": counts.units * bias}
    assert {name: count for name, count in work.items() if count} == operations(layer, shape)
    assert (counts.macs, counts.adds + counts.units * bias) == products_and_additions(layer, shape)
    assert counts.connections + counts.units * bias == layer.connections(shape)


@pytest.mark.parametrize("rounding", ROUNDINGS[:3])
@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: "x".join(map(str, volume[0])))
def test_pools_of_images_and_volumes_do_one_operation_fewer_than_taps_in_every_window(
    volume: tuple[Any, ...], rounding: str
) -> None:
    sizes, F, S, P, D = volume
    slides = [oracle.slide(*axis, rounding) for axis in zip(sizes, F, S, P, D, strict=True)]
    counts = oracle.convolve(slides, [(0, 0), (1, 1), (2, 2)])  # every tap is read once a map
    shape = Shape(3, *sizes)
    expected = {
        MaxPool: {"compares": counts.macs - counts.units},
        AvgPool: {"other_adds": counts.macs - counts.units, "divides": counts.units},
        BlurPool: {"macs": counts.macs},
        Subsampling: {
            "other_adds": counts.macs - counts.units,
            "other_multiplies": counts.units,
            "bias_adds": counts.units,
        },
    }
    for cls, work in expected.items():
        layer = cls(F, S, P, dilation=D, rounding=rounding)
        assert {name: count for name, count in work.items() if count} == operations(layer, shape)
        assert Shape(3, *(one.outputs for one in slides)) == layer.output(shape)
        assert counts.connections == layer.connections(shape, bias=False)


def test_a_pool_without_a_stride_moves_by_its_kernel_on_every_axis() -> None:
    slides = [oracle.slide(7, 2, 2), oracle.slide(9, 3, 3)]
    assert Shape(1, *(one.outputs for one in slides)) == MaxPool([2, 3]).output(Shape(1, 7, 9))


# Transposed convolution ------------------------------------------------------------------------


def check_spread(layer: TransposedConv, length: int, marks: oracle.Spread, case: str) -> None:
    pairs = oracle.channel_pairs(2, 3, 1)
    shape = Shape(2, length)
    assert bool(failing(layer, shape, "error", "invalid")) == (marks.outputs < 1), case
    assert not failing(layer, shape, "note"), case
    if marks.outputs < 1:
        return
    assert Shape(3, marks.outputs) == layer.output(shape), case
    assert {"macs": marks.all_taps * len(pairs), "bias_adds": marks.outputs * 3} == operations(layer, shape), case
    counts = oracle.transpose([marks], pairs)
    assert (counts.macs, counts.adds + counts.units) == products_and_additions(layer, shape), case
    assert marks.real_taps * len(pairs) == layer.connections(shape, bias=False), case
    assert marks.real_taps * len(pairs) + marks.outputs * 3 == layer.connections(shape), case


def test_transposed_convolution_on_every_small_line_lands_where_its_marks_do() -> None:
    for F, S, margins, D, extra in itertools.product(KERNELS, STRIDES, MARGINS, DILATIONS, range(2)):
        layer = TransposedConv(3, F, S, [margins], dilation=D, output_padding=extra)
        for W in (1, 2, 3, 5, 8):
            marks = oracle.spread(W, F, S, margins, D, extra)
            check_spread(layer, W, marks, f"W={W} F={F} S={S} P={margins} D={D} extra={extra}")


@pytest.mark.parametrize("word", WORDS)
def test_transposed_convolution_takes_every_padding_word(word: str) -> None:
    for W, F, S, D in itertools.product(LENGTHS, KERNELS, STRIDES, DILATIONS):
        layer = TransposedConv(3, F, S, word, dilation=D)
        check_spread(layer, W, oracle.spread(W, F, S, word, D), f"W={W} F={F} S={S} P={word} D={D}")


@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: "x".join(map(str, volume[0])))
@pytest.mark.parametrize(("channels", "filters", "groups"), [(2, 3, 1), (4, 2, 2)])
def test_transposed_convolution_of_images_and_volumes_is_the_loops_over_inputs_taps_and_maps(
    channels: int, filters: int, groups: int, volume: tuple[Any, ...]
) -> None:
    sizes, F, S, P, D = volume
    spreads = [oracle.spread(*axis) for axis in zip(sizes, F, S, P, D, strict=True)]
    counts = oracle.transpose(spreads, oracle.channel_pairs(channels, filters, groups))
    layer, shape = TransposedConv(filters, F, S, P, dilation=D, groups=groups), Shape(channels, *sizes)
    assert Shape(filters, *(one.outputs for one in spreads)) == layer.output(shape)
    assert {"macs": counts.macs, "bias_adds": counts.units} == operations(layer, shape)
    assert (counts.macs, counts.adds + counts.units) == products_and_additions(layer, shape)
    assert (counts.weights, filters) == (layer.weights(shape), layer.biases(shape))
    assert counts.connections == layer.connections(shape, bias=False)
    assert counts.connections + counts.units == layer.connections(shape)


def test_a_transposed_convolution_undoes_the_size_of_every_convolution_that_ends_exactly() -> None:
    undone = 0
    for W, F, S, margins, D in itertools.product(LENGTHS, KERNELS, STRIDES, MARGINS, DILATIONS):
        slides = oracle.slide(W, F, S, margins, D, "strict")
        if slides is not None:
            back = TransposedConv(1, F, S, [margins], dilation=D).output(Shape(1, slides.outputs))
            assert Shape(1, W) == back, f"W={W} F={F} S={S} P={margins} D={D}"
            undone += 1
    assert undone > 1000


# Grids, and layers that only move pixels ---------------------------------------------------------


def test_adaptive_pools_read_all_that_every_cell_touches() -> None:
    for W, count in itertools.product(LENGTHS, range(1, 8)):
        cells = oracle.cells(W, count)
        shape, read = Shape(3, W), sum(map(len, cells))
        for layer in (AdaptiveAvgPool(count), AdaptiveMaxPool(count)):
            assert Shape(3, len(cells)) == layer.output(shape), f"W={W} n={count}"
            assert 3 * read == layer.connections(shape), f"W={W} n={count}"
        work = 3 * sum(len(cell[1:]) for cell in cells)
        assert (work, 3 * count) == (
            AdaptiveAvgPool(count).operations(shape).adds,
            AdaptiveAvgPool(count).operations(shape).divides,
        ), f"W={W} n={count}"
        assert work == AdaptiveMaxPool(count).operations(shape).compares, f"W={W} n={count}"


@pytest.mark.parametrize(("sizes", "grid"), [((7, 5), (3, 2)), ((4, 9), (6, 3)), ((3, 5, 6), (2, 1, 4))])
def test_adaptive_pools_of_images_and_volumes_have_the_product_of_the_cells(
    sizes: tuple[int, ...], grid: tuple[int, ...]
) -> None:
    axes = [oracle.cells(length, count) for length, count in zip(sizes, grid, strict=True)]
    boxes = [list(itertools.product(*box)) for box in itertools.product(*axes)]
    shape = Shape(2, *sizes)
    average, largest = AdaptiveAvgPool(grid), AdaptiveMaxPool(grid)
    work = 2 * sum(len(box[1:]) for box in boxes)
    assert {"other_adds": work, "divides": 2 * len(boxes)} == operations(average, shape)
    assert {"compares": work} == operations(largest, shape)
    assert 2 * sum(map(len, boxes)) == average.connections(shape) == largest.connections(shape)


@pytest.mark.parametrize("sizes", [(1,), (7,), (3, 5), (2, 3, 4)])
def test_global_pools_read_every_pixel_of_every_map_once(sizes: tuple[int, ...]) -> None:
    pixels = list(itertools.product(*map(range, sizes)))
    shape = Shape(4, *sizes)
    work = 4 * len(pixels[1:])
    assert {name: n for name, n in {"other_adds": work, "divides": 4}.items() if n} == operations(
        GlobalAvgPool(), shape
    )
    assert ({"compares": work} if work else {}) == operations(GlobalMaxPool(), shape)
    for layer in (GlobalAvgPool(), GlobalMaxPool()):
        assert Shape(4, *(1 for _ in sizes)) == layer.output(shape)
        assert 4 * len(pixels) == layer.connections(shape)
        assert layer.receptive_field(at_input(len(sizes)), shape).everything


def test_a_pad_adds_channels_of_zeros_that_see_nothing_new() -> None:
    layer, shape = Pad(size=1, channels=64), Shape(64, 28, 28)
    assert Shape(128, 30, 30) == layer.output(shape)
    assert 0 == layer.weights(shape) == layer.biases(shape)
    assert Shape(128, 28, 28) == Pad(0, 64).output(shape)


def test_a_pad_makes_a_vector_longer() -> None:
    assert Shape(362) == Pad(channels=1).output(Shape(361))
    assert not failing(Pad(channels=1), Shape(361), "error", "invalid")
    assert failing(Pad(1), Shape(361), "error")


def test_pad_crop_fold_and_upsampling_leave_as_many_positions_as_listing_them() -> None:
    for W, margins in itertools.product(LENGTHS, MARGINS):
        assert Shape(2, len(oracle.padded(W, margins))) == Pad([margins]).output(Shape(2, W)), (W, margins)
        left = oracle.cropped(W, margins)
        assert bool(failing(Crop([margins]), Shape(2, W), "error", "invalid")) == (not left), (W, margins)
        if left:
            assert Shape(2, len(left)) == Crop([margins]).output(Shape(2, W)), (W, margins)
    for W, factor in itertools.product(LENGTHS, range(1, 6)):
        blocks = oracle.folded(W, factor)
        assert bool(failing(SpaceToDepth(factor), Shape(3, W), "error", "invalid")) == (blocks is None), (W, factor)
        if blocks is not None:
            folded = SpaceToDepth(factor).output(Shape(3, W))
            assert Shape(3 * len(blocks[0]), len(blocks)) == folded, (W, factor)
            assert Shape(3, W) == PixelShuffle(factor).output(folded), (W, factor)
        assert Shape(3, W * factor) == Upsample(factor).output(Shape(3, W)), (W, factor)
        assert Shape(3, factor) == Resize(factor).output(Shape(3, W)), (W, factor)


def test_layers_that_move_pixels_move_every_axis_by_its_own_amount() -> None:
    margins = [(1, 2), (0, 3), (2, 0)]
    sizes = (4, 6, 5)
    listed = [oracle.padded(length, pair) for length, pair in zip(sizes, margins, strict=True)]
    left = [oracle.cropped(length, pair) for length, pair in zip(sizes, margins, strict=True)]
    assert Shape(2, *map(len, listed)) == Pad(margins).output(Shape(2, *sizes))
    assert Shape(2, *map(len, left)) == Crop(margins).output(Shape(2, *sizes))
    assert Shape(2, 8, 18, 5) == Upsample([2, 3, 1]).output(Shape(2, *sizes))
    assert Shape(2 * 4, 2, 3) == SpaceToDepth(2).output(Shape(2, 4, 6))
    assert Shape(2, 12, 18) == PixelShuffle(3).output(Shape(2 * 9, 4, 6))
    assert Shape(1, 4, 4, 6) == PixelShuffle(2).output(Shape(8, 2, 2, 3))


def test_pixel_shuffle_refuses_channels_that_leave_a_remainder() -> None:
    for channels, factor, rank in itertools.product(range(1, 20), range(1, 4), (1, 2)):
        pixels = list(itertools.product(range(factor), repeat=rank))
        left_over = channels % len(pixels)
        assert bool(failing(PixelShuffle(factor), Shape(channels, *[3] * rank), "error")) == bool(left_over)


def test_bilinear_upsampling_blends_once_along_every_axis_and_nearest_computes_nothing() -> None:
    for sizes, factor in (((5,), 2), ((2, 3), 3), ((2, 2, 2), 2)):
        shape = Shape(2, *sizes)
        made = list(itertools.product(range(2), *(range(length * factor) for length in sizes), range(len(sizes))))
        expected = {"other_adds": len(made), "other_multiplies": 2 * len(made)}
        assert expected == operations(Upsample(factor, mode="bilinear"), shape)
        assert expected == operations(Resize([length * factor for length in sizes]), shape)
        assert not operations(Upsample(factor), shape)
        for layer in (Upsample(factor), Pad(1), Crop([(0, 1)]), SpaceToDepth(1), PixelShuffle(1)):
            assert not layer.params(shape), layer
            assert not layer.macs(shape), layer


# Value by value --------------------------------------------------------------------------------


def test_a_scale_and_an_offset_for_every_channel_are_as_many_numbers_and_one_product_and_sum_a_value() -> None:
    shape = Shape(3, 4, 5)
    values = len(list(itertools.product(range(3), range(4), range(5))))
    both, scale, offset = Affine(), Affine(offset=False), Affine(scale=False)
    assert (3, 3) == (both.weights(shape), both.biases(shape))
    assert {"other_adds": values, "other_multiplies": values} == operations(both, shape)
    assert (3, 0, {"other_multiplies": values}) == (
        scale.weights(shape),
        scale.biases(shape),
        operations(scale, shape),
    )
    assert (0, 3, {"other_adds": values}) == (offset.weights(shape), offset.biases(shape), operations(offset, shape))
    with pytest.raises(Refused, match="neither a scale nor an offset"):
        Affine(scale=False, offset=False)


@pytest.mark.parametrize("norm", [BatchNorm, LayerNorm, partial(LayerNorm, over="all"), partial(GroupNorm, 1)])
def test_a_norm_may_train_a_scale_or_an_offset_alone(norm: Any) -> None:
    shape = Shape(3, 4, 5)
    trained = 3 * 4 * 5 if norm().given().get("over") == "all" else 3
    assert (trained, trained) == (norm().weights(shape), norm().biases(shape))
    assert (trained, 0) == (norm(offset=False).weights(shape), norm(offset=False).biases(shape))
    assert (0, trained) == (norm(scale=False).weights(shape), norm(scale=False).biases(shape))
    assert (0, 0) == (norm(affine=False).weights(shape), norm(affine=False).biases(shape))
    assert {norm(scale=False).buffers(shape)} == {norm().buffers(shape)}


def test_a_layer_norm_without_an_offset_or_a_scale_adds_or_multiplies_once_less_a_value() -> None:
    """Sums for the mean and the variance, a difference, the offset; a square, a product by 1/deviation, the scale."""
    shape = Shape(3, 4, 5)
    assert {"other_adds": 3 * 60, "other_multiplies": 3 * 60} == operations(LayerNorm(offset=False), shape)
    assert {"other_adds": 4 * 60, "other_multiplies": 2 * 60} == operations(LayerNorm(scale=False), shape)


def test_known_means_and_variances_are_two_numbers_a_channel_and_a_count_or_constants() -> None:
    """Three channels, as of RGB: 3 means, 3 variances and the number of values that they were found from."""
    shape = Shape(3, 4, 5)
    assert (7, 0) == (Standardize().buffers(shape), Standardize().params(shape))
    assert 0 == Standardize(stored=False).buffers(shape)
    assert {"other_adds": 60, "divides": 60} == operations(Standardize(), shape)


def test_functions_of_one_value_cost_what_they_do_to_it_and_nothing_for_what_changes_nothing() -> None:
    shape = Shape(2, 3)
    assert {} == operations(Power(), shape) == operations(Power(1, scale="1.0", shift="0.0"), shape)
    assert {"exps": 6} == operations(Power(2), shape) == operations(Exp(), shape) == operations(Log(), shape)
    assert {"other_multiplies": 6} == operations(Power(scale="-1"), shape)
    assert {"other_adds": 6, "other_multiplies": 6} == operations(Power(scale="0.5", shift=1), shape)
    assert {"compares": 6} == operations(Abs(), shape)


def test_the_length_of_a_vector_has_a_square_for_every_value_and_a_root_for_every_vector() -> None:
    """(3 + 4 + 5 + 6)/sqrt(3*3 + 4*4 + 5*5 + 6*6): 4 squares, 3 additions, 1 root, 4 divisions; then 4 scales."""
    channels, whole = Normalize(), Normalize(over="all", shared=True)
    once = {"other_multiplies": 8, "other_adds": 3, "exps": 1, "divides": 4}
    assert (
        once == operations(channels, Shape(4, 1, 1)) == operations(whole, Shape(1, 2, 2)) == operations(whole, Shape(4))
    )
    assert {name: 6 * count for name, count in once.items()} == operations(channels, Shape(4, 2, 3))
    assert (4, 1) == (channels.params(Shape(4, 2, 3)), whole.params(Shape(4, 2, 3)))
    assert at_input(2) == channels.receptive_field(at_input(2), Shape(4, 2, 3))
    assert whole.receptive_field(at_input(2), Shape(4, 2, 3)).everything


def test_a_response_norm_over_a_square_adds_up_every_pixel_of_it_and_sees_them() -> None:
    shape = Shape(4, 6, 7)
    square = len(list(itertools.product(range(3), range(3))))
    layer = LocalResponseNorm(3, over="square")
    assert {"other_multiplies": 2 * 168, "other_adds": square * 168, "exps": 168, "divides": 168} == operations(
        layer, shape
    )
    like = AvgPool(3, 1, 1)
    assert like.receptive_field(at_input(2), shape) == layer.receptive_field(at_input(2), shape)
    assert at_input(2) == LocalResponseNorm(3).receptive_field(at_input(2), shape)
    assert failing(LocalResponseNorm(4, over="square"), shape, "error") == ["the side of the square must be odd, not 4"]


def test_the_largest_of_several_values_takes_one_comparison_fewer_than_there_are() -> None:
    for inputs in (2, 3, 4):
        compared = [pair for _ in range(30) for pair in itertools.pairwise(range(inputs))]
        assert {"compares": len(compared)} == operations(Maximum(inputs=inputs), Shape(5, 2, 3))


def test_a_crop_to_another_map_leaves_the_pixels_from_its_offset_on() -> None:
    for W, kept, before in itertools.product(range(1, 8), range(1, 8), range(4)):
        layer, shapes = CropLike(offset=before), (Shape(3, W), Shape(5, kept))
        left = list(range(W))[before : before + kept]
        fits = all(condition.holds() for condition in layer.join_conditions(shapes))
        assert fits == (len(left) == kept), (W, kept, before)
        if fits:
            assert Shape(3, kept) == layer.output(layer.join(shapes))
            seen = layer.receptive_field(at_input(), layer.join(shapes)).axes[0]
            assert [(pixel, pixel) for pixel in left] == [seen.unit(unit) for unit in range(kept)]


def test_a_permutation_puts_every_part_of_a_shape_where_its_order_says() -> None:
    sizes = {1: 4, 2: 5, 3: 6}  # height, width, channels
    for order in itertools.permutations(sizes):
        height, width, channels = (sizes[part] for part in order)
        assert Shape(channels, height, width) == Permute(list(order)).output(Shape(6, 4, 5)), order
    seen = Conv(2, [3, 5]).receptive_field(at_input(2), Shape(2, 9, 9))
    swapped = Permute([2, 1, 3]).receptive_field(seen, Shape(2, 7, 5))
    assert [5, 3] == [axis.size for axis in swapped.axes]
    assert Permute([3, 1, 2]).receptive_field(seen, Shape(2, 7, 5)).unknown
    assert failing(Permute([1, 2]), Shape(6, 4, 5), "error")
    with pytest.raises(Refused, match="every part of a shape once"):
        Permute([1, 1, 2])


# Receptive fields ------------------------------------------------------------------------------

# A stage in both tongues: (the layer, what the oracle says it reads, how long a line becomes).
Both = tuple[Layer, oracle.Stage, Callable[[int], int]]


def windowed_stage(chance: random.Random) -> Both:
    F, S, D = chance.randint(1, 4), chance.randint(1, 3), chance.randint(1, 2)
    margins = (chance.randint(0, 3), chance.randint(0, 3))
    keys: dict[str, Any] = {"stride": S, "padding": [margins], "dilation": D}
    made = (Conv(1, F, **keys), MaxPool(F, **keys), DepthwiseConv(F, **keys), AvgPool(F, **keys))
    layer = chance.choice((*made, Subsampling(F, **keys)))
    stage = oracle.window_stage(F, S, margins[0], D)
    return layer, stage, lambda length: oracle.slide(length, F, S, margins, D).outputs


def transposed_stage(chance: random.Random) -> Both:
    while True:
        F, S, D = chance.randint(1, 5), chance.randint(1, 3), chance.randint(1, 2)
        if {tap * D % S for tap in range(F)} == set(range(S)):  # no output is left without an input
            break
    margins = (chance.randint(0, 2), chance.randint(0, 2))
    layer = TransposedConv(1, F, S, [margins], dilation=D)
    stage = oracle.transposed_stage(F, S, margins[0], D)
    return layer, stage, lambda length: oracle.spread(length, F, S, margins, D).outputs


def gappy_stage(chance: random.Random) -> Both:
    """A transposed convolution, of which some outputs may read no input."""
    F, S, D = chance.randint(1, 3), chance.randint(1, 4), chance.randint(1, 3)
    margins = (chance.randint(0, 2), chance.randint(0, 2))
    layer = TransposedConv(1, F, S, [margins], dilation=D)
    stage = oracle.transposed_stage(F, S, margins[0], D)
    return layer, stage, lambda length: oracle.spread(length, F, S, margins, D).outputs


def moving_stage(chance: random.Random) -> Both:
    r, margins = chance.randint(1, 3), (chance.randint(0, 3), chance.randint(0, 3))
    longer, shorter = (lambda length: length * r), (lambda length: length // r)
    kinds: list[Both] = [
        (Upsample(r), oracle.nearest_stage(r), longer),
        (Upsample(r, mode="bilinear"), oracle.bilinear_stage(r), longer),
        (PixelShuffle(r), oracle.nearest_stage(r), longer),
        (SpaceToDepth(r), oracle.fold_stage(r), shorter),
        (Pad([margins]), oracle.shift_stage(margins[0]), lambda length: length + sum(margins)),
        (Crop([margins]), oracle.shift_stage(-margins[0]), lambda length: length - sum(margins)),
    ]
    return chance.choice(kinds)


def stack_receptive_field(stack: list[Both], length: int = 500) -> AxisReceptiveField:
    """The calculator's receptive field behind a stack of layers."""
    seen = at_input()
    for layer, _, longer in stack:
        seen = layer.receptive_field(seen, Shape(1, length))
        length = longer(length)
    return seen.axes[0]


def check_reach(stack: list[Both], case: object) -> None:
    marks, seen = oracle.Marks([stage for _, stage, _ in stack]), stack_receptive_field(stack)
    assert marks.size() == seen.size, case
    assert marks.jump() == seen.jump, case
    assert marks.centre() == seen.centre, case
    assert [marks.span(unit) for unit in range(40)] == [seen.unit(unit) for unit in range(40)], case
    phases = range(len(seen.lows))
    assert [marks.span(unit) for unit in phases] == list(zip(seen.lows, seen.highs, strict=True)), case
    # A step further, every phase sees what it saw, shifted.
    moved = [(low + seen.step, high + seen.step) for low, high in zip(seen.lows, seen.highs, strict=True)]
    assert [marks.span(unit + len(seen.lows)) for unit in phases] == moved, case


def stacks(count: int, makers: tuple[Callable[[random.Random], Both], ...], seed: int) -> Iterator[list[Both]]:
    chance = random.Random(seed)
    for _ in range(count):
        yield [chance.choice(makers)(chance) for _ in range(chance.randint(2, 4))]


def names(stack: list[Both]) -> str:
    return ", ".join(repr(layer) for layer, _, _ in stack)


def test_each_kind_of_layer_by_itself_sees_the_pixels_that_marking_finds() -> None:
    chance = random.Random(7)
    for maker in (windowed_stage, transposed_stage, moving_stage) * 60:
        stack = [maker(chance)]
        check_reach(stack, names(stack))


def test_random_stacks_of_windows_see_the_pixels_that_marking_finds() -> None:
    for stack in stacks(150, (windowed_stage,), seed=1):
        check_reach(stack, names(stack))


def test_random_stacks_with_upsampling_and_cropping_see_the_pixels_that_marking_finds() -> None:
    for stack in stacks(250, (windowed_stage, transposed_stage, moving_stage), seed=2):
        check_reach(stack, names(stack))


def test_a_transposed_convolution_with_gaps_sees_what_marking_finds_wherever_it_sees_anything() -> None:
    gaps = 0
    for F, S, D, before in itertools.product(range(1, 4), range(1, 5), range(1, 4), range(3)):
        marks = oracle.Marks([oracle.transposed_stage(F, S, before, D)])
        seen = TransposedConv(1, F, S, [(before, 0)], dilation=D).receptive_field(at_input(), Shape(1, 50)).axes[0]
        for unit in range(12):
            if marks.pixels(unit):
                assert marks.span(unit) == seen.unit(unit), f"F={F} S={S} D={D} P={before} unit {unit}"
            else:
                gaps += 1
    assert gaps > 0


def test_layers_behind_a_transposed_convolution_with_gaps_see_what_marking_finds() -> None:
    chance, gaps = random.Random(5), 0
    for _ in range(300):
        stack = [windowed_stage(chance), gappy_stage(chance), chance.choice((windowed_stage, moving_stage))(chance)]
        if chance.random() < 0.5:
            stack.append(chance.choice((windowed_stage, gappy_stage))(chance))
        marks, seen = oracle.Marks([stage for _, stage, _ in stack]), stack_receptive_field(stack)
        seeing = [unit for unit in range(60) if marks.pixels(unit)]
        gaps += 60 - len(seeing)
        assert [marks.span(unit) for unit in seeing] == [seen.unit(unit) for unit in seeing], names(stack)
        assert max((high - low + 1 for low, high in map(marks.span, seeing)), default=0) == seen.size, names(stack)
    assert gaps > 100


def test_what_a_branch_with_gaps_sees_is_joined_with_what_another_sees() -> None:
    # Both halves by a deconv: kernel 1 at stride 2 reads inputs at even outputs alone; nearest reads always.
    sparse = TransposedConv(1, 1, 2).receptive_field(at_input(), Shape(1, 9)).axes[0]
    dense = Upsample(2).receptive_field(at_input(), Shape(1, 9)).axes[0]
    shifted = sparse.window(1, 1, (1, 0), 1)
    both = union(shifted, dense)
    # shifted: unit 1 sees pixel 0, unit 3 pixel 1, even units nothing; nearest: units 0, 1 see 0, units 2, 3 see 1
    assert [(0, 0), (0, 0), (1, 1), (1, 1)] == [both.unit(unit) for unit in range(4)]
    assert 1 == both.size


def test_same_padding_sees_the_pixels_of_the_margins_that_the_oracle_finds() -> None:
    for W, F, S, D in itertools.product(LENGTHS, KERNELS, STRIDES, DILATIONS):
        slides = oracle.slide(W, F, S, "same", D)
        axis = Conv(1, F, S, "same", dilation=D).receptive_field(at_input(), Shape(1, W)).axes[0]
        spans = [(slides.taps(start)[0], slides.taps(start)[-1]) for start in slides.starts]
        case = f"W={W} F={F} S={S} D={D}"
        assert spans == [axis.unit(unit) for unit in range(slides.outputs)], case
        assert Fraction(sum(1 for position in slides.line if position not in range(W)), 2) == axis.padding, case


def test_the_padding_of_a_chain_is_what_its_first_and_last_units_see_beyond_the_input() -> None:
    checked = 0
    for stack in stacks(150, (windowed_stage,), seed=3):
        for length in range(30, 200):
            made: int | None = length
            for layer, _, longer in stack:
                made = None if made is None or failing(layer, Shape(1, made), "note", "error") else longer(made)
            if made is not None:
                break
        else:
            continue
        marks = oracle.Marks([stage for _, stage, _ in stack])
        beyond = Fraction(marks.span(made - 1)[1] - (length - 1) - marks.span(0)[0], 2)
        assert beyond == stack_receptive_field(stack, length).padding, names(stack)
        checked += 1
    assert checked > 100


def test_every_axis_of_an_image_keeps_its_own_receptive_field() -> None:
    seen = Conv(1, [3, 5], [2, 1], [(1, 0), (2, 2)], dilation=[2, 1]).receptive_field(at_input(2), Shape(1, 40, 30))
    seen = MaxPool([2, 3], [2, 3]).receptive_field(seen, Shape(1, 18, 30))
    seen = Upsample([1, 2]).receptive_field(seen, Shape(1, 9, 10))
    stages = (
        [oracle.window_stage(3, 2, 1, 2), oracle.window_stage(2, 2, 0, 1), oracle.nearest_stage(1)],
        [oracle.window_stage(5, 1, 2, 1), oracle.window_stage(3, 3, 0, 1), oracle.nearest_stage(2)],
    )
    for axis, marks in zip(seen.axes, map(oracle.Marks, stages), strict=True):
        assert (marks.size(), marks.jump(), marks.centre()) == (axis.size, axis.jump, axis.centre)


def test_an_adaptive_pool_of_equal_cells_sees_its_cells_and_of_unequal_cells_nothing_is_claimed() -> None:
    for W, count in itertools.product(LENGTHS, range(2, 7)):
        cells = oracle.cells(W, count)
        seen = AdaptiveAvgPool(count).receptive_field(at_input(), Shape(1, W))
        if W % count:
            assert not seen.axes, (W, count)
            assert "cells" in seen.unknown, (W, count)
        else:
            spans = [(cell[0], cell[-1]) for cell in cells]
            assert spans == [seen.axes[0].unit(unit) for unit in range(count)], (W, count)


def test_resizing_by_a_whole_factor_sees_what_upsampling_does() -> None:
    for W, factor, (mode, stage) in itertools.product(
        range(1, 6), range(1, 5), (("nearest", oracle.nearest_stage), ("bilinear", oracle.bilinear_stage))
    ):
        marks = oracle.Marks([stage(factor)])
        axis = Resize(W * factor, mode=mode).receptive_field(at_input(), Shape(1, W)).axes[0]
        assert [marks.span(unit) for unit in range(W * factor)] == [axis.unit(unit) for unit in range(W * factor)]
    assert "whole" in Resize(7).receptive_field(at_input(), Shape(1, 3)).unknown


# Shortcuts -----------------------------------------------------------------------------------


def added_by_hand(first: Shape, other: Shape) -> dict[tuple[int, ...], tuple[int, ...]]:
    """(channel, row, column) of the first input -> that of the other which is added to it, by Darknet's loops."""
    (h1, w1), (h2, w2) = first.size, other.size
    stride, sample = max(w2 // w1, 1), max(w1 // w2, 1)
    loops = itertools.product(range(min(first.channels, other.channels)), range(min(h1, h2)), range(min(w1, w2)))
    return {(k, j * sample, i * sample): (k, j * stride, i * stride) for k, j, i in loops}


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (Shape(8, 4, 4), Shape(4, 8, 8)),
        (Shape(4, 4, 6), Shape(8, 4, 6)),
        (Shape(4, 4, 6), Shape(3, 4, 6)),
        (Shape(4, 9, 6), Shape(6, 3, 2)),
        (Shape(2, 2, 3), Shape(2, 6, 9)),
    ],
    ids=str,
)
def test_a_shortcut_adds_what_both_inputs_have_a_place_for(first: Shape, other: Shape) -> None:
    pairs = added_by_hand(first, other)
    layer = Shortcut().settled((first, other))
    assert all(condition.holds() for condition in layer.join_conditions((first, other)))
    assert first == layer.join((first, other)) == layer.output(first)
    assert {"other_adds": len(pairs)} == operations(layer, first)
    # Which rows of the other a row of the output reads, and which channels a channel.
    seen = layer.seen_of(1, at_input(2), (first, other))
    for axis in range(2):
        rows = {mine[axis + 1]: its[axis + 1] for mine, its in pairs.items()}
        for unit in range(first.size[axis]):
            along = seen.axes[axis]
            blind = unit % len(along.lows) in along.blind
            assert blind == (unit not in rows), (axis, unit)
            assert blind or (rows[unit], rows[unit]) == along.unit(unit), (axis, unit)
    assert at_input(2) == layer.seen_of(0, at_input(2), (first, other))
    for channel in range(first.channels):
        read = [(one.source, one.start, one.count) for one in layer.channels_read((first, other), channel, 1)]
        assert read == [(0, channel, 1), *[(1, channel, 1)] * any(mine[0] == channel for mine in pairs)]


def test_a_shortcut_of_equal_inputs_is_an_add_and_one_of_other_sizes_is_refused() -> None:
    same = Shape(4, 5, 5)
    assert Add(inputs=3) == Shortcut(inputs=3).settled((same, same, same))
    for other in (Shape(4, 3, 3), Shape(4, 10, 5), Shape(4, 5), Shape(4)):
        assert [c for c in Shortcut().join_conditions((same, other)) if c.holds() is False], other


# Larger values ---------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    W=st.integers(1, 300),
    F=st.integers(1, 11),
    S=st.integers(1, 8),
    margins=st.tuples(st.integers(0, 10), st.integers(0, 10)),
    D=st.integers(1, 5),
    rounding=st.sampled_from(ROUNDINGS),
)
def test_larger_windows_make_and_connect_what_sliding_them_does(
    W: int, F: int, S: int, margins: tuple[int, int], D: int, rounding: str
) -> None:
    slides = oracle.slide(W, F, S, margins, D, rounding)
    layer, shape = Conv(1, F, S, [margins], dilation=D, rounding=rounding), Shape(1, W)
    assert (slides is None) == bool(failing(layer, shape, "error"))
    assume(slides is not None)
    assert slides.outputs == layer.output(shape).size[0]
    assert (slides.all_taps, slides.real_taps) == (layer.macs(shape), layer.connections(shape, bias=False))
