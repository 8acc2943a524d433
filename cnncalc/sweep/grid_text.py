"""`32:512:32`, `1,8,64`, `224,256x320` -> the axes of a Grid, and the Grid.

A range is `first:last` or `first:last:step`, its last number included where a step meets it; ranges
and values are joined by commas. `224x224x3,448x448x3` is a list of whole inputs, which are square.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import lcm
from typing import Any

from cnncalc.errors import Problem, Source, SpecError
from cnncalc.layers.shape import AXES
from cnncalc.limits import LARGEST_SIZE, LARGEST_VALUE, MOST_POINTS
from cnncalc.spec.input_size import SIGNAL, parse_option
from cnncalc.spec.model import ArgumentError, InputSize, Spec
from cnncalc.spec.parameters import check_name, parse_settings, written
from cnncalc.sweep.grid import Axis, Choices, Fractions, Grid

RANGE = re.compile(r"({0}):({0})(?::({0}))?\Z".format(r"-?[0-9]{1,16}(?:\.[0-9]{1,15})?"))
NUMBER = re.compile(r"[0-9]{1,16}\Z")
WHOLE_INPUT = re.compile(r"[0-9]+(?:[xX*\u00d7][0-9]+)+\Z")
SQUARE_INPUT = re.compile(r"([0-9]+)(?:[xX*\u00d7]\1)+(?:[xX*\u00d7][0-9]+)?\Z")
MISSING = "a value is missing beside a comma"
HINT = "write a range as 32:512:32 (first:last:step), values as 1,8,64, or both as 32:128:32,224"


def parse_grid(
    spec: Spec,
    size: str | None = None,
    settings: Iterable[str] = (),
    batch: str | None = None,
    taken: Iterable[str] = (),
) -> Grid:
    """The grid that the texts of --input, --set and --batch span; `taken` are keys of other columns.

    Raises SpecError for a text that is not a grid, and for more points than the limit.
    """
    sizes, given = _input_axes(spec, size)
    settings_axes = _setting_axes(spec, settings, {"input", "batch", "problem", *taken})
    counts = None if batch is None else _choices("--batch", batch, _count)
    batches = [Axis("batch", counts)] if counts else []
    axes = (*sizes, *settings_axes, *batches)
    if not axes:
        raise _refused("no grid is given", "give a range or a list to --input, --set or --batch")
    grid = Grid(axes, given, "batch" if batches else given.batch or 1)
    if grid.points > MOST_POINTS.value:
        spans = " x ".join(f"{len(axis.values):,} of {axis.key}" for axis in axes)
        hint = f"take larger steps; {MOST_POINTS.hint}"
        raise _refused(f"the grid has {grid.points:,} points ({spans}); the limit is {MOST_POINTS}", hint)
    _need_numbers(spec, grid)
    return grid


def _input_axes(spec: Spec, text: str | None) -> tuple[list[Axis], InputSize]:
    """An axis for every part of --input, and the input in which their keys stand for them."""
    if text is None:
        if spec.input is None:
            hint = "give --input 32:512:32, or sizes for all axes and the channels"
            raise _refused(f"{spec.source.name}: the size of the input is not known", hint)
        return [], spec.input
    if "=" in text:
        hint = "write the sides of all inputs, as in --input 32:512:32"
        raise _refused("a sweep changes the sides of all inputs together", hint)
    if squares := _squares(spec, text):
        return squares
    signal = SIGNAL if text.strip().lower().startswith(SIGNAL) else ""
    numbers = text.strip()[len(signal) :]
    choices = [_choices("--input", part, _count) for part in re.split(r"[xX*\u00d7]", numbers)]
    size = parse_option(signal + "x".join(str(values[0]) for values in choices), spec)
    if size.batch is not None and len(choices) > len(size.sides) + 1:
        raise _batch_in(text)
    if len(choices) == 1:
        (values,) = choices
        axes = [Axis("input", values)]
        if not size.sides:
            return axes, replace(size, channels="input")
        return axes, size.resized(("input",) * len(size.sides))
    keys = [*(f"input_{name}" for name in AXES[len(size.sides)]), "input_channels"]
    axes = [Axis(key, values) for key, values in zip(keys, choices, strict=False)]
    size = size.resized(tuple(keys[:-1]))
    return axes, _with_channels(size, keys[-1]) if len(axes) == len(keys) else size


def _with_channels(size: InputSize, key: str) -> InputSize:
    """The input with the key of an axis for its channels; raises SpecError for several inputs."""
    if size.others:
        raise _refused("a sweep keeps the channels of several inputs", "leave the channels out of --input")
    return replace(size, channels=key)


def _squares(spec: Spec, text: str) -> tuple[list[Axis], InputSize] | None:
    """The axes of a list of whole inputs, 224x224x3,448x448x3 or the signals 100x3,200x3.

    None for a grid with an axis for every part.
    """
    inputs = [part.strip() for part in text.split(",")]
    numbers = [len(re.findall("[0-9]+", part.removeprefix(SIGNAL))) for part in inputs]
    square = [bool(SQUARE_INPUT.match(part)) for part in inputs]
    whole = all(WHOLE_INPUT.match(part.removeprefix(SIGNAL)) for part in inputs)
    alike = len({part.lower().rpartition("x")[2] for part in inputs}) == 1  # 100x3,200x3; 8x8,9x3 is a grid
    if len(inputs) == 1 or not (all(square) or (whole and (min(numbers) > 2 or (alike and min(numbers) > 1)))):
        return None
    sizes = [parse_option(part, spec) for part in inputs]
    first = sizes[0]
    rank = len(first.sides)
    square = [True] * len(inputs) if rank == 1 else square
    if max(numbers) > rank + 1:
        raise _batch_in(text)
    if not all(square) or any(len(set(size.sides)) > 1 for size in sizes):
        hint = "224,448x320,640x3 spans every height with every width"
        raise _refused(f"the input list '{text}' has inputs that are not square", hint)
    if any(size.channels != first.channels for size in sizes):
        raise _refused(f"the inputs of '{text}' differ in their channels", "sweep one number of channels at a time")
    axes = [Axis("input", Choices([[size.sides[0] for size in sizes]]))]
    if max(numbers) > rank:
        axes.append(Axis("input_channels", Choices([[first.channels]])))
    return axes, first.resized(("input",) * rank)


def _batch_in(text: str) -> SpecError:
    return _refused(f"the input '{text}' begins with a batch", "set the batch with --batch")


def _setting_axes(spec: Spec, texts: Iterable[str], taken: set[str]) -> list[Axis]:
    axes: dict[str, Axis] = {}
    for text in texts:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not values:
            raise _refused(f"'{text}' sets nothing", f"write --set name=values; {HINT}")
        check_name(spec, name)
        if name in axes:
            raise _refused(f"--set names '{name}' twice", f"join its values: --set {name}=1,2,3")
        key = f"set.{name}" if name in taken or name.startswith("input_") else name
        choices = _choices(f"--set {name}", values, partial(_setting, spec, name))
        axes[name] = Axis(key, choices, name)
    return list(axes.values())


def _choices(what: str, text: str, read: Callable[[str], Any]) -> Choices:
    """The values of a list of ranges and single values; `read` reads one value."""
    pieces: list[Sequence[Any]] = []
    at = 0
    for part in _parts(text):
        try:
            match = RANGE.match(part.strip())
            if match:
                pieces.append(_range(match, read))
            elif pieces and isinstance(pieces[-1], list):
                pieces[-1].append(read(part.strip()))
            else:
                pieces.append([read(part.strip())])
        except SpecError:
            raise
        except ValueError as error:
            raise SpecError([Problem(str(error), Source(what, text).span(0, at, len(part)), HINT)]) from None
        at += len(part) + 1
    return Choices(pieces)


def _parts(text: str) -> Iterator[str]:
    """The text between the commas that stand outside of brackets."""
    part, depth = "", 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth <= 0:
            yield part
            part = ""
        else:
            part += character
    yield part


def _range(match: re.Match[str], read: Callable[[str], Any]) -> range | Fractions:
    first, last, step = (read(match[1]), read(match[2]), Fraction(match[3] or 1))
    if step <= 0:
        raise ValueError(f"the step of the range {match[0]} must be above 0")
    if last < first:
        raise ValueError(f"the range {match[0]} is empty: its last number is below its first")
    below = lcm(*(Fraction(end).denominator for end in (first, last, step)))
    numbers = range(int(first * below), int(last * below) + 1, int(step * below))
    if (last - first) // step >= sys.maxsize:
        raise ValueError(f"the range {match[0]} has too many numbers; a grid has at most {MOST_POINTS} points")
    return Fractions(numbers, below) if below > 1 else numbers


def _count(text: str) -> int:
    if not text:
        raise ValueError(MISSING)
    if not NUMBER.match(text):
        raise ValueError(f"'{text}' is neither a number nor a range")
    if not 1 <= int(text) <= LARGEST_SIZE.value:
        raise ValueError(f"a size must be from 1 to {LARGEST_SIZE}, not {text}")
    return int(text)


def _setting(spec: Spec, name: str, text: str) -> Any:
    """One value of a parameter: a number, a decimal (an exact fraction), true, false or a list."""
    if not text:
        raise ValueError(MISSING)
    try:
        value = parse_settings(spec, [f"{name}={text}"])[name].evaluate({})
    except ArgumentError as error:
        raise SpecError([error.problem]) from None
    if hasattr(value, "free_symbols"):
        raise ValueError(f"'{text}' is not a number: a sweep takes no symbols")
    if type(value) is int and abs(value) > LARGEST_VALUE.value:
        raise ValueError(f"{text} is larger than {LARGEST_VALUE}")
    return value


def grid_text(values: Any) -> str:
    """A grid given as Python values, a range, a list or one value, as it is written on the command line."""
    if isinstance(values, str):
        return values
    if isinstance(values, range) and values and values.step > 0:
        return f"{values[0]}:{values[-1]}:{values.step}"
    return ",".join(map(written, values)) if isinstance(values, Iterable) else written(values)


def _need_numbers(spec: Spec, grid: Grid) -> None:
    """Refuse a sweep with a symbol that has no number."""
    keys = {axis.key for axis in grid.axes}
    for part in (*grid.input.parts, grid.batch):
        if isinstance(part, str) and part not in keys:
            option = "--batch" if part == grid.batch else "--input"
            raise _refused(f"{part} is a symbol, but a sweep needs numbers", f"set it with {option}")
    given = {axis.parameter for axis in grid.axes} | spec.settings.keys()
    for name, default in spec.parameters.items():
        if name not in given and default.constant and default.value is None:
            raise _refused(f"the parameter {name} has no value, but a sweep needs numbers", f"give --set {name}=1,2,3")


def _refused(message: str, hint: str) -> SpecError:
    return SpecError([Problem(message, None, hint)])
