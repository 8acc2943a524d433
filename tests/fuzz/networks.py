"""Random networks, counted three ways that must agree: in numbers, by formulas, and by the calculator of calculator.py.

    python tests/fuzz/networks.py --seed 1 --count 20000 [--jobs 2] [--seconds 600]
        [--no-channel-ranges] [--no-formulas]

Every network is analysed at its own size and at some others. At each of them
* cnncalc's numbers and the calculator give the same shapes, parameters, multiply-accumulates, connections and
  receptive fields (size, jump, centre, and what single units see), or both refuse;
* the symbolic analysis at HxW, with the numbers put in, gives the same where its conditions hold, and the numbers
  refuse where they do not; so do the closed forms of `formula` and the conditions that it prints.
A network on which they differ is made smaller, item by item and key by key, as long as it shows the same difference,
and is printed as YAML. `--no-channel-ranges` leaves out slices and splits of concatenations, whose receptive field is
that of the maps which they keep. Some networks are tried in every run of the tests (tests/test_fuzz.py).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import yaml

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cnncalc.analysis import Analysis
from cnncalc.errors import Source, SpecError
from cnncalc.formula.formulas import Formulas, formulas_of, suppose
from cnncalc.formula.validity import field_conditions
from cnncalc.layers import ReceptiveField
from cnncalc.setup import setup
from cnncalc.spec.model import InputSize, Spec
from cnncalc.spec.readers.yaml import read
from tests.fuzz.calculator import NOTHING, Marks, Refusal, Row, count, count_each
from tests.fuzz.generator import generate, generate_towers

AXES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
Counted = tuple[tuple[int, ...], Analysis | str]
"""A size, and the analysis there or why it is refused."""
FORMULAS = ("output", "params", "macs", "activations", "receptive_field", "jump", "centre")
CONNECTIONS = ("connections",)
"""Asked of one network in four: their formulas take the most time."""


class Difference(Exception):  # noqa: N818, a difference is what is looked for
    """Two ways of counting differ: `kind` is the same for all differences of one sort."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


@dataclass
class Tally:
    """What was compared: networks, layers, and sizes at which all refuse or all agree."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, number: int = 1) -> None:
        self.counts[what] += number


# Numbers against the calculator -------------------------------------------------------------------


def same(kind: str, where: str, ours: Any, other: Any) -> None:
    """Raise Difference if two values differ."""
    if ours != other:
        raise Difference(kind, f"{where}: {ours} and {other}")


def compare_rows(analysis: Analysis, rows: Sequence[Row], at: str) -> None:
    """That every layer has the calculator's numbers, and sees what it has marked."""
    compare_counts(analysis, rows, at)
    for layer, row in zip(analysis.layers, rows, strict=True):
        compare_marks(layer.receptive_field, row, f"{layer.name} at {at}")


def compare_counts(analysis: Analysis, rows: Sequence[Row], at: str) -> None:
    """That every layer has the calculator's numbers."""
    same("layers", at, [layer.node.layer.kind for layer in analysis.layers], [row.kind for row in rows])
    for layer, row in zip(analysis.layers, rows, strict=True):
        where = f"{layer.name} at {at}"
        output = layer.output
        same("shape", where, (output.channels, output.size), (row.output.channels, row.output.size))
        same("params", where, layer.params, row.params)
        same("macs", where, layer.macs, row.macs)
        if row.connections:
            same("connections", where, layer.connections, row.connections)
    same("total params", at, analysis.total("params"), sum(row.params for row in rows))
    same("total macs", at, analysis.total("macs"), sum(row.macs for row in rows))


def compare_inputs(spec: Mapping[str, Any], tally: Tally) -> None:
    """Count a network with several inputs, what it sees on each input by itself; raises Difference."""
    sizes = {name: (split(text)[:-1], split(text)[-1]) for name, text in spec["inputs"].items()}
    rows, reason = {}, ""
    try:
        rows = count_each(spec, sizes)
    except Refusal as refusal:
        reason = str(refusal)
    try:
        found = setup(read_spec(spec)).analysis()
    except SpecError as refused:
        if rows:
            raise Difference("refused by numbers alone", refused.problems[0].message) from None
        tally.add("sizes refused")
        return
    if not rows:
        raise Difference("refused by the calculator alone", reason)
    tally.add("sizes counted")
    for name, seen in rows.items():
        compare_counts(found, seen, name)
        for layer, row in zip(found.layers, seen, strict=True):
            fields = {each: field for names, field in layer.receptive_field.by_input for each in names}
            if row.output.seen != NOTHING:
                tally.add("fields of several inputs" if fields else "fields of one")
                compare_marks(fields.get(name, layer.receptive_field), row, f"{layer.name} on {name}")
            elif name in fields and "channels of zeros" not in fields[name].unknown:
                raise Difference("receptive field", f"{layer.name} sees {name}")


def split(text: str) -> list[int]:
    """The numbers of a size."""
    return list(map(int, text.split("x")))


def compare_marks(seen: ReceptiveField, row: Row, where: str) -> None:
    """That a layer sees the pixels that marking finds."""
    marks = row.output.seen
    if "channels of zeros" in seen.unknown:
        return  # some of the channels read see nothing: cnncalc does not say what the others see
    if not isinstance(marks, Marks):
        same("receptive field", where, seen.read("size"), marks)
        return
    if not seen.axes:
        raise Difference("receptive field", f"{where}: {seen.read('size')} ({seen.unknown}) and {marks.size(0)}")
    for number, axis in enumerate(seen.axes):
        place = f"{where}, axis {number}"
        same("receptive field size", place, axis.size, marks.size(number))
        jump, centre = marks.jump(number), marks.centre(number)
        same("jump", place, axis.jump, axis.jump if jump is None else jump)
        same("centre", place, axis.centre, axis.centre if centre is None else centre)
        length = row.output.size[number] if row.output.size else 1
        for unit in {length // 2, length - 1}:
            span = marks.span(number, unit)
            same("unit", f"{place}, unit {unit}", axis.unit(unit), span or axis.unit(unit))


# Formulas against numbers -------------------------------------------------------------------------


def put(value: Any, values: Mapping[str, int]) -> Any:
    """A size with numbers put in for its symbols, by exact fractions: a walk that shares nothing with cnncalc's."""
    if not hasattr(value, "free_symbols"):
        return value
    if value.is_Symbol:
        return values[value.name]
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    parts = [put(part, values) for part in value.args]
    name = type(value).__name__
    if name == "Pow":
        return Fraction(parts[0]) ** parts[1]
    if name == "Mul":
        found = Fraction(1)
        for part in parts:
            found *= part
        return found
    operations: dict[str, Callable[..., Any]] = {
        "Add": lambda *terms: sum(terms),
        "FloorDiv": lambda above, below: above // below,
        "Min": min,
        "Max": max,
    }
    return operations[name](*parts)


HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda left, right: left >= right,
    "==": lambda left, right: left == right,
    "multiple of": lambda left, right: left % right == 0,
}


def holds(constraints: Sequence[Any], values: Mapping[str, int]) -> bool:
    """Whether all constraints hold for some numbers."""
    return all(HOLDS[each.relation](put(each.left, values), put(each.right, values)) for each in constraints)


def compare_symbolic(found: Analysis, numbers: Analysis, values: Mapping[str, int], tally: Tally) -> None:
    """That a symbolic analysis, with numbers put in, is the analysis of the numbers."""
    for symbolic, layer in zip(found.layers, numbers.layers, strict=True):
        where = f"{layer.name} at {values}"
        shape = symbolic.output
        size = tuple(put(length, values) for length in shape.size)
        same("symbolic shape", where, (put(shape.channels, values), size), (layer.output.channels, layer.output.size))
        for quantity in ("params", "macs", "activations"):
            same(f"symbolic {quantity}", where, put(getattr(symbolic, quantity), values), getattr(layer, quantity))
        if symbolic.receptive_field.unknown:
            tally.add("receptive fields without a formula", not layer.receptive_field.unknown)
            continue
        for attribute in ("size", "jump", "centre"):
            ours, its = (each.receptive_field.read(attribute) for each in (symbolic, layer))
            ours = tuple(put(each, values) for each in ours) if isinstance(ours, tuple) else ours
            same(f"symbolic {attribute}", where, ours, its)
    for quantity in ("params", "macs", "activations"):
        same(f"symbolic total {quantity}", str(values), put(found.total(quantity), values), numbers.total(quantity))


def compare_formulas(found: Formulas, numbers: Analysis, values: Mapping[str, int]) -> None:
    """That the closed forms that `formula` prints are the numbers."""
    where, last = f"formula at {values}", numbers.layers[-1]
    shape = found["output"]
    same("formula output", where, tuple(put(each, values) for each in (shape.channels, *shape.size)),
         (last.output.channels, *last.output.size))  # fmt: skip
    for quantity in {"params", "macs", "activations", "connections"} & found.values.keys():
        same(f"formula {quantity}", where, put(found[quantity], values), numbers.total(quantity))
    for quantity, attribute in (("receptive_field", "size"), ("jump", "jump"), ("centre", "centre")):
        value = found.values.get(quantity)
        if isinstance(value, tuple):
            ours = tuple(put(each, values) for each in value)
            same(f"formula {quantity}", where, ours, last.receptive_field.read(attribute))


# One network --------------------------------------------------------------------------------------


def sizes_of(spec: Mapping[str, Any], chance: random.Random) -> tuple[list[tuple[int, ...]], int]:
    """The sizes at which a network is counted, its own first, and its channels."""
    *own, channels = split(spec["input"])
    found = [tuple(own)]
    for _ in range(3):
        draws = (lambda size: size + chance.randint(-2, 2), lambda size: chance.randint(1, size + 9))
        draw = chance.choice(draws)
        found.append(tuple(max(draw(size), 1) for size in own))
    return list(dict.fromkeys(found)), channels


class PlainDumper(yaml.SafeDumper):
    """Writes what stands in two places twice: a spec has no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(spec: Mapping[str, Any]) -> str:
    """The text of a spec."""
    return yaml.dump(dict(spec), Dumper=PlainDumper, sort_keys=False, default_flow_style=None, width=110)


def read_spec(spec: Mapping[str, Any]) -> Spec:
    """The spec as cnncalc reads its text."""
    return read(Source("net.yaml", written(spec)))


def gist(message: str) -> str:
    """The message of a refusal without the name of the layer and the numbers."""
    return " ".join(re.findall(r"[a-z]{2,}", message.partition(": ")[2] or message)[:6])


def analysed(spec: Spec, size: InputSize) -> Analysis | str:
    """The analysis at a size, in numbers or symbols; where it is refused, why."""
    try:
        return setup(spec, size).analysis()
    except SpecError as refused:
        return refused.problems[0].message


def compare(spec: Mapping[str, Any], tally: Tally, seed: int = 0, formulas: bool = True) -> None:
    """Count a network in all ways at several sizes; raises Difference."""
    chance = random.Random(seed)
    sizes, channels = sizes_of(spec, chance)
    read_one = read_spec(spec)
    found: list[Counted] = []
    for size in sizes:
        numbers = analysed(read_one, InputSize(size, channels))
        at = "x".join(map(str, size))
        try:
            rows: list[Row] | str = count(spec, size, channels)
        except Refusal as refusal:
            rows = str(refusal)
        if isinstance(rows, str) or isinstance(numbers, str):
            if isinstance(numbers, str) and isinstance(rows, list):
                raise Difference(f"refused by numbers alone ({gist(numbers)})", f"{at}: {numbers}")
            if isinstance(rows, str) and not isinstance(numbers, str):
                raise Difference("refused by the calculator alone", f"{at}: {rows}")
            tally.add("sizes refused")
        else:
            compare_rows(numbers, rows, at)
            tally.add("sizes counted")
            tally.add("layers compared", len(rows))
        found.append((size, numbers))
    tally.add("networks")
    if formulas:
        more = CONNECTIONS if chance.random() < 0.25 else ()
        compare_all_formulas(read_one, channels, found, (*FORMULAS, *more), tally)


def compare_all_formulas(
    spec: Spec, channels: int, found: Sequence[Counted], quantities: Sequence[str], tally: Tally
) -> None:
    """The symbolic analysis of a network, and its closed forms, against its numbers."""
    names = AXES[len(found[0][0])]
    named = InputSize(names, channels)
    symbolic = analysed(spec, named)
    sound = [size for size, numbers in found if not isinstance(numbers, str)]
    if isinstance(symbolic, str):
        sound = [size for size, numbers in found if not isinstance(numbers, str) and not scaled_by_chance(numbers)]
        if sound:
            raise Difference("refused by the symbolic analysis alone", f"{sound[0]}: {symbolic}")
        tally.add("networks without formulas")
        return
    conditions = [condition for _, condition in (*symbolic.graph.conditions, *field_conditions(symbolic.graph))]
    closed = None
    try:
        closed = formulas_of(suppose(setup(spec, named)), only=quantities)
    except SpecError as refused:
        if sound:
            raise Difference("refused by formula alone", f"{sound[0]}: {refused}") from None
    uncompared = symbolic.uncompared
    for size, numbers in found:
        values = dict(zip(names, size, strict=True))
        true = holds(conditions, values)
        if true and isinstance(numbers, str) and uncompared:
            tally.add("sizes at which formulas leave the jump open")
            continue
        if true and isinstance(numbers, str):
            raise Difference("refused by numbers, not by conditions", f"{values}: {numbers}")
        if not true and not isinstance(numbers, str) and scaled_by_chance(numbers):
            tally.add("sizes at which a map shrinks to a scale")
            continue
        if not true and not isinstance(numbers, str):
            raise Difference("refused by conditions, not by numbers", f"{values}: {[*map(str, conditions)]}")
        if closed is not None and holds(closed.validity, values) != true:
            raise Difference("formula's conditions differ", f"{values}: {closed.conditions}")
        if isinstance(numbers, str):
            tally.add("sizes refused by conditions")
            continue
        compare_symbolic(symbolic, numbers, values, tally)
        if closed is not None:
            compare_formulas(closed, numbers, values)
        tally.add("sizes compared with formulas")


def scaled_by_chance(numbers: Analysis) -> bool:
    """Whether a map of one pixel scales a larger one: with symbols, a map that may shrink so far is one like any other.

    The conditions then ask for equal sizes: they hold at fewer sizes than they might.
    """
    merges = [layer for layer in numbers.layers if layer.node.layer.kind == "multiply"]
    return any(len({_sizes(numbers, source) for source in layer.node.sources} - {()}) > 1 for layer in merges)


def _sizes(analysis: Analysis, source: int) -> tuple[Any, ...]:
    """The size of what a layer reads."""
    return analysis.graph.shape(source).size


def difference(spec: Mapping[str, Any], tally: Tally, seed: int, formulas: bool) -> Difference | None:
    """What differs for a network, an exception of either side included; None where all agree."""
    try:
        compare(spec, tally, seed, formulas)
    except Difference as found:
        return found
    except Exception as error:
        import traceback

        frame = traceback.extract_tb(error.__traceback__)[-1]
        return Difference(f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}", str(error))
    return None


# Minimising ---------------------------------------------------------------------------------------


def smaller(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The specs that are one step smaller: an item, a branch, a block or a key less, or a smaller number."""
    for key in ("rounding", "defaults"):
        if key in spec:
            yield {name: value for name, value in spec.items() if name != key}
    for name in spec.get("blocks", {}):
        others = {key: value for key, value in spec["blocks"].items() if key != name}
        yield {**spec, "blocks": others} if others else {key: spec[key] for key in spec if key != "blocks"}
    for path in list(paths(spec["layers"])):
        for change in (None, "first", "less"):
            made = deepcopy(dict(spec))
            if changed(made["layers"], path, change) and made["layers"]:
                yield made
    *sizes, channels = spec["input"].split("x")
    for number in {1, int(channels) // 2} - {0, int(channels)}:
        yield {**spec, "input": "x".join([*sizes, str(number)])}


def paths(node: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all parts of some items, outer ones first."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, part in entries:
        yield (*before, key)
        yield from paths(part, (*before, key))


def changed(node: Any, path: tuple[Any, ...], change: str | None) -> bool:
    """Remove what stands at a path, put its first part in its place, or make its number smaller."""
    for key in path[:-1]:
        node = node[key]
    part = node[path[-1]]
    if change is None:
        del node[path[-1]]
        return True
    if change == "first" and isinstance(part, list) and part and not isinstance(node, list):
        node[path[-1]] = part[0]
        return True
    if change == "less" and type(part) is int and part > 1:
        node[path[-1]] = part - 1
        return True
    return False


def minimised(spec: dict[str, Any], wanted: Difference, differs: Callable[[Any], Difference | None]) -> dict[str, Any]:
    """The smallest spec on the way down from `spec` that shows a difference of the same kind."""
    again = True
    while again:
        again = False
        for smaller_spec in smaller(spec):
            found = differs(smaller_spec)
            if found is not None and found.kind == wanted.kind:
                spec, again = smaller_spec, True
                break
    return spec


# The script ---------------------------------------------------------------------------------------


def run(seed: int, channel_ranges: bool, formulas: bool) -> tuple[Counter[str], tuple[int, str, str] | None]:
    """One network: what was compared, and (seed, difference, smallest network) if it differs."""
    tally = Tally()
    spec = generate(seed, channel_ranges=channel_ranges)
    found = difference(spec, tally, seed, formulas)
    if found is None:
        towers = generate_towers(seed)
        try:
            compare_inputs(towers, tally)
        except Difference as apart:
            return tally.counts, (seed, str(apart), written(towers))
        return tally.counts, None
    least = minimised(spec, found, lambda smaller: difference(smaller, Tally(), seed, formulas))
    text = str(difference(least, Tally(), seed, formulas))
    return tally.counts, (seed, text, written(least))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="the first network (default 1)")
    parser.add_argument("--count", type=int, default=1000, help="how many networks (default 1000)")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes (default 1)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after that time")
    parser.add_argument("--channel-ranges", action=argparse.BooleanOptionalAction, default=True,
                        help="slices and splits of concatenations")  # fmt: skip
    parser.add_argument("--formulas", action=argparse.BooleanOptionalAction, default=True,
                        help="compare with formulas, which takes most of the time")  # fmt: skip
    given = parser.parse_args()
    begin, counts, differences = time.monotonic(), Counter[str](), 0
    work = partial(run, channel_ranges=given.channel_ranges, formulas=given.formulas)
    with Pool(given.jobs) as pool:
        for counted, found in pool.imap_unordered(work, range(given.seed, given.seed + given.count), chunksize=20):
            counts.update(counted)
            if found:
                differences += 1
                seed, text, spec = found
                print(f"seed {seed}: {text}\n{spec}", flush=True)
            if time.monotonic() - begin > given.seconds:
                break
    for what, number in sorted(counts.items()):
        print(f"{number:>10,} {what}")
    print(f"{differences} networks differ, {time.monotonic() - begin:.0f} s")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
