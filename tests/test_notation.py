"""What slide notation prints of a layer makes the same layer again, whatever its type and its fields."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

import cnncalc
from cnncalc.layers import CATALOGUE, Layer, Refused
from cnncalc.layers.activation import ActivationName
from cnncalc.layers.convolution import ConnectionTable
from cnncalc.layers.fields import Count, Field, Number, OptionalCount, OptionalPerAxis, PerAxis, Switch, Word
from cnncalc.layers.rearranging import Margins
from cnncalc.layers.windowed import Padding
from cnncalc.symbolic import symbol
from conftest import Cli

KINDS = sorted({kind.kind for kind in CATALOGUE.values() if not kind.merges})
Draw = Callable[[random.Random, Any, int], Any]


def axes(draw: random.Random, rank: int, low: int) -> Any:
    """One number, or one for each axis; now and then a symbol."""
    number: Callable[[], Any] = lambda: draw.choice([low, 1, 2, 3, 4, 7, symbol("K"), symbol("width") + 1])  # noqa: E731
    return number() if draw.random() < 0.5 else [number() for _ in range(rank)]


def sides(draw: random.Random, rank: int) -> Any:
    if draw.random() < 0.3:
        return draw.choice([0, 1, 2, symbol("P")])
    return [draw.choice([0, 2, symbol("P"), [0, 1], [2, symbol("b")]]) for _ in range(rank)]


DRAWS: dict[type[Field[Any]], Draw] = {
    Count: lambda draw, field, rank: draw.choice([max(field.least, 1), 2, 5, 64, symbol("C2"), 2 * symbol("n")]),
    OptionalCount: lambda draw, field, rank: draw.choice([1, 4, 96, symbol("K")]),
    Switch: lambda draw, field, rank: draw.random() < 0.5,
    Word: lambda draw, field, rank: draw.choice(field.words),
    Number: lambda draw, field, rank: draw.choice(["0.1", "1", "1e-05", "-0.5", "2.5"]),
    PerAxis: lambda draw, field, rank: axes(draw, rank, max(field.least, 1)),
    OptionalPerAxis: lambda draw, field, rank: axes(draw, rank, 1),
    Padding: lambda draw, field, rank: draw.choice([*field.words, sides(draw, rank), sides(draw, rank)]),
    Margins: lambda draw, field, rank: sides(draw, rank),
    ActivationName: lambda draw, field, rank: draw.choice(field.words),
    ConnectionTable: lambda draw, field, rank: draw.choice([None, [[0, 1], [2]], [[3]], [[0], [1, 2], [0, 2]]]),
}


def random_layer(kind: type[Layer], draw: random.Random) -> Layer | None:
    """A layer with some of its fields drawn; None if they contradict each other."""
    rank = draw.choice([1, 2, 3])
    keys = {
        name: DRAWS[type(field)](draw, field, rank)
        for name, field in kind.fields.items()
        if field.required or draw.random() < 0.5
    }
    if keys.get("table"):
        keys.pop("filters", None)
        keys.pop("groups", None)
    try:
        return kind(**keys)
    except Refused:
        return None


def read_back(layer: Layer) -> Layer:
    """The layer that its notation makes, its symbols left as they are."""
    return cnncalc.expand(f"{layer.notation()}", "HxWxC").nodes[0].layer


def parsed(text: str) -> Layer:
    """The layer of a notation, whether or not an input suits it."""
    (item,) = cnncalc.load(text).items
    names = {name for argument in item.arguments.values() for name in argument.names()}
    values = {name: argument.evaluate({n: symbol(n) for n in names}) for name, argument in item.arguments.items()}
    return item.layer(**values)


@pytest.mark.parametrize("kind", KINDS)
def test_the_notation_of_a_layer_makes_an_equal_layer_whatever_its_fields(kind: str) -> None:
    draw = random.Random(kind)
    shown = set()
    for _ in range(300):
        layer = random_layer(CATALOGUE[kind], draw)
        if layer is None:
            continue
        text = layer.notation()
        assert not cnncalc.load(text).problems, text
        assert layer == parsed(text), (text, layer, parsed(text))
        shown |= layer.given().keys()
    assert shown >= CATALOGUE[kind].fields.keys(), "a field was never given"
