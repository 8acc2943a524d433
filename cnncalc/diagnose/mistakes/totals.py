"""A mistake made at every layer, or in adding up -> the total of one who makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from cnncalc.diagnose.catalogue import ALONE, COUNTED, MISTAKES, STORED, Mistake
from cnncalc.diagnose.mistakes import conventions, hyperparameters, missing_terms, wrong_place
from cnncalc.diagnose.network import INPUT_PART, TOTALS, Total
from cnncalc.diagnose.recompute import Attempt

SINGLE = (hyperparameters, missing_terms, conventions, wrong_place)
"""The modules that enter the mistakes of single layers."""
DEPTH = ("depth",)
LIFTED = (
    "biases-forgotten",
    "biases-added",
    "one-bias",
    "macs-for-flops",
    "flops-for-macs",
    "groups-ignored",
    "table-ignored",
    "depthwise-as-dense",
    "depth-forgotten",
    "square-forgotten",
    "one-axis-only",
    "flatten-forgotten",
    "buffers-counted",
    "batch-forgotten",
    "spatial-size-forgotten",
    "input-size-for-output-size",
)
"""Mistakes that are made at all layers at once; the sizes of the maps stay right."""
ON_THE_SUM = (
    "elements-for-bytes",
    "bytes-for-elements",
    "bits-for-bytes",
    "other-value-size",
    "1024-for-1000",
    "1000-for-1024",
    "batch-counted",
    "backward-counted",
    "digits-transposed",
)
"""Mistakes that do to the total what they do to the number of a layer."""
BY_KIND = ("biases-forgotten", "depth-forgotten")
"""Of these, those that are also made at the layers of one kind alone."""


def _lifted(mistake: Mistake[Attempt]) -> Callable[[Total], Iterator[Total]]:
    """A mistake of a layer, made at every layer that can make it; each of its ways by itself."""

    def recompute(right: Total) -> Iterator[Total]:
        ways = [[way for _, way in mistake.ways(part)] for part, _ in right.parts]
        for number in range(max(map(len, ways), default=0)):
            yield _made_at(right, [own[min(number, len(own) - 1)] if own else None for own in ways])
        able = (part.layer.title for own, (part, _) in zip(ways, right.parts, strict=True) if own)
        titles = dict.fromkeys(able if mistake.key in BY_KIND else ())
        for title in titles if len(titles) > 1 else ():
            alike = (own if part.layer.title == title else [] for own, (part, _) in zip(ways, right.parts, strict=True))
            made = _made_at(right, [own[0] if own else None for own in alike])
            yield replace(made, note=f"{mistake.says} in the {title}")

    return recompute


def _made_at(right: Total, ways: list[Attempt | None]) -> Total:
    """The total with other ways in place of some parts, and all parts in the quantity that these count."""
    made = [(way or part, times) for way, (part, times) in zip(ways, right.parts, strict=True)]
    wrong = [way for way in ways if way]
    quantity = wrong[0].quantity
    parts = tuple((part if part.quantity == quantity else replace(part, quantity=quantity), n) for part, n in made)
    notes = dict.fromkeys(way.note for way in wrong)
    return replace(right, parts=parts, quantity=quantity, note=next(iter(notes)) if len(notes) == 1 else "")


for _key in LIFTED:
    _own = MISTAKES.found[_key]
    TOTALS.enter(_key, _own.says, _own.quantities, _own.touches)(_lifted(_own))
for _key in ON_THE_SUM:
    _own = MISTAKES.found[_key]
    TOTALS.enter(_key, _own.says, _own.quantities, _own.touches)(cast("Any", _own.recompute))


@TOTALS.enter("in-place-counted", "layers that work in place, as ReLU, were counted once more", STORED)
def in_place_counted(right: Total) -> Iterator[Total]:
    """ReLU alone, then everything that works in place or only looks at its input."""
    own = MISTAKES.found["in-place-counted"]
    for note, wanted in (("ReLU was counted twice: it works in place", _activates), ("", _any)):
        parts = [
            (next((way for _, way in own.ways(part)), part) if wanted(part) else part, n) for part, n in right.parts
        ]
        yield replace(right, parts=tuple(parts), note=note)


def _activates(part: Attempt) -> bool:
    return part.layer.title == "activations" or part.has("activation")


def _any(part: Attempt) -> bool:
    return True


@TOTALS.enter("input-forgotten", "the input was not counted", STORED)
def input_forgotten(right: Total) -> Iterator[Total]:
    """The layers alone."""
    yield right.of(lambda part: part.place.name != INPUT_PART)


@TOTALS.enter("one-kind-only", "layers of one kind only were counted", COUNTED, "kinds")
def one_kind_only(right: Total) -> Iterator[Total]:
    """Convolutions alone, matrix products alone."""
    for title in _titles(right):
        yield right.of(lambda part, title=title: part.layer.title == title, f"only the {title} were counted")  # type: ignore[misc]


@TOTALS.enter("one-kind-forgotten", "the layers of one kind were not counted", (*COUNTED, *DEPTH), "kinds")
def one_kind_forgotten(right: Total) -> Iterator[Total]:
    """All but the matrix products, all but the norms."""
    for title in _titles(right):
        note = f"the {title} were not counted"
        if right.quantity == "depth":
            alike = [times for part, times in right.parts if part.layer.weighted and part.layer.title == title]
            yield right.plus(-sum(alike), note)
        else:
            yield right.of(lambda part, title=title: part.layer.title != title, note)  # type: ignore[misc]


def _titles(right: Total) -> dict[str, None]:
    return dict.fromkeys(part.layer.title for part, _ in right.parts if part.place.name != INPUT_PART)


@TOTALS.enter("weights-in-memory", "the parameters were added to the memory of the activations", STORED)
def weights_in_memory(right: Total) -> Iterator[Total]:
    """Activations and weights together."""
    numbers = right.of_all("params")
    yield right.plus(numbers * (right.convention.bytes_per_value if right.quantity == "memory_bytes" else 1))


@TOTALS.enter("layer-forgotten", "a layer was forgotten", COUNTED, ALONE)
def layer_forgotten(right: Total) -> Iterator[Total]:
    """One term of the sum left out."""
    for name, value in _terms(right):
        yield right.plus(-value, f"{name} was forgotten")


@TOTALS.enter("layer-twice", "a layer was counted twice", COUNTED, ALONE)
def layer_twice(right: Total) -> Iterator[Total]:
    """One term of the sum taken twice."""
    for name, value in _terms(right):
        yield right.plus(value, f"{name} was counted twice")


def _terms(right: Total) -> Iterator[tuple[str, int]]:
    """(layer, number), for every number once; what several layers have is told of the first."""
    told: set[int] = set()
    for layer in right.layers:
        value = getattr(layer, right.quantity)
        if value and value not in told:
            told.add(value)
            yield layer.name, value


@TOTALS.enter("every-path-counted", "all weight layers were counted, not those of the longest path", DEPTH, "depth")
def every_path_counted(right: Total) -> Iterator[Total]:
    """Branches and projections too."""
    count = sum(times for part, times in right.parts if part.layer.weighted)
    yield right.done(lambda _: count)


@TOTALS.enter("input-as-layer", "the input was counted as a layer", DEPTH)
def input_as_layer(right: Total) -> Iterator[Total]:
    """One too many."""
    yield right.plus(1)


@TOTALS.enter("output-layer-forgotten", "the output layer was not counted", DEPTH)
def output_layer_forgotten(right: Total) -> Iterator[Total]:
    """Hidden layers alone."""
    yield right.plus(-1)


@TOTALS.enter("pools-as-layers", "pools were counted as layers", DEPTH)
def pools_as_layers(right: Total) -> Iterator[Total]:
    """Layers without weights too."""
    yield right.plus(sum(times for part, times in right.parts if part.layer.title == "pools"))


@TOTALS.enter("other-quantity", "this is the total of another quantity", COUNTED, ALONE)
def other_quantity(right: Total) -> Iterator[Total]:
    """Weights for parameters, and so on."""
    for quantity in COUNTED:
        if quantity not in (right.quantity, "connections"):
            words = quantity.replace("_", " ")
            total = right.of_all(quantity)
            yield right.done(lambda _, total=total: total, f"this is the total of another quantity: {words}")  # type: ignore[misc]
