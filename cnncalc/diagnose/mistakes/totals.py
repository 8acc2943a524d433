"""A mistake in adding up -> the total of one who forgets a layer, counts one twice, or counts something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cnncalc.analysis.quantities import COUNTS
from cnncalc.diagnose.catalogue import ALONE, in_total
from cnncalc.diagnose.mistakes import missing_terms
from cnncalc.diagnose.recompute import STORED, LayerRecomputation
from cnncalc.diagnose.recompute_total import INPUT_PART, TotalRecomputation

DEPTH = ("depth",)


@in_total("in-place-counted", "layers that work in place, such as ReLU, were counted again", STORED)
def in_place_counted(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """ReLU alone, then everything that works in place or only looks at its input."""

    def wrong(part: LayerRecomputation) -> LayerRecomputation:
        return next(missing_terms.in_place_counted(part), part)

    parts = [(part, wrong(part), times) for part, times in correct.parts]
    relu = tuple((other if _activates(own) else own, times) for own, other, times in parts)
    yield replace(correct, parts=relu, note="ReLU was counted again, but it works in place")
    yield replace(correct, parts=tuple((other, times) for _, other, times in parts), note="")


def _activates(part: LayerRecomputation) -> bool:
    return part.layer.title == "activations" or part.has("activation")


@in_total("input-forgotten", "the input was not counted", STORED)
def input_forgotten(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """The layers alone."""
    yield correct.only(lambda part: part.result.name != INPUT_PART)


@in_total("one-kind-only", "only the layers of one kind were counted", COUNTS, "kinds")
def one_kind_only(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """Convolutions alone, matrix products alone."""
    for title in correct.titles:
        yield _of_kinds(correct, {title}, f"only the {title} were counted")


@in_total("one-kind-forgotten", "the layers of one kind were not counted", (*COUNTS, *DEPTH), "kinds")
def one_kind_forgotten(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """All but the matrix products, all but the norms."""
    for title in correct.titles:
        note = f"the {title} were not counted"
        if correct.quantity == "depth":
            weighted = (times for part, times in correct.parts if part.layer.weighted and part.layer.title == title)
            yield correct.plus(-sum(weighted), note)
        else:
            kinds = {part.layer.title for part, _ in correct.parts}
            yield _of_kinds(correct, kinds - {title}, note)


def _of_kinds(correct: TotalRecomputation, titles: set[str], note: str) -> TotalRecomputation:
    return correct.only(lambda part: part.layer.title in titles, note)


@in_total("weights-in-memory", "the parameters were added to the memory of the activations", STORED)
def weights_in_memory(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """Activations and weights together."""
    each = correct.convention.bytes_per_value if correct.quantity == "memory_bytes" else 1
    yield correct.plus(correct.correct_value("params") * each)


@in_total("layer-forgotten", "a layer was forgotten", COUNTS, ALONE)
def layer_forgotten(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """One term of the sum left out."""
    for value, name in _terms(correct).items():
        yield correct.plus(-value, f"{name} was forgotten")


@in_total("layer-twice", "a layer was counted twice", COUNTS, ALONE)
def layer_twice(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """One term of the sum taken twice."""
    for value, name in _terms(correct).items():
        yield correct.plus(value, f"{name} was counted twice")


def _terms(correct: TotalRecomputation) -> dict[int, str]:
    """Every term of the sum but 0, and the first layer that has it."""
    terms: dict[int, str] = {}
    for layer in correct.layers:
        terms.setdefault(getattr(layer, correct.quantity), layer.name)
    terms.pop(0, None)
    return terms


@in_total("every-path-counted", "all weight layers were counted, not only those on the longest path", DEPTH, "depth")
def every_path_counted(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """Branches and projections too."""
    yield correct.with_value(sum(times for part, times in correct.parts if part.layer.weighted))


@in_total("input-as-layer", "the input was counted as a layer", DEPTH)
def input_as_layer(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """One too many."""
    yield correct.plus(1)


@in_total("output-layer-forgotten", "the output layer was not counted", DEPTH)
def output_layer_forgotten(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """Hidden layers alone."""
    yield correct.plus(-1)


@in_total("pools-as-layers", "the pools were counted as layers", DEPTH)
def pools_as_layers(correct: TotalRecomputation) -> Iterator[TotalRecomputation]:
    """Layers without weights too."""
    yield correct.plus(sum(times for part, times in correct.parts if part.layer.title == "pools"))
