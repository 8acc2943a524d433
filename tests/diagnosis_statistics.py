"""How often a diagnosis is right, and how often chance is given a reason: a table of rates on generated answers.

    PYTHONPATH=. python tests/diagnosis_statistics.py --seed 1 --count 100

Networks, right answers and wrong ones are those of `wrong_answers.py`, which shares no code with the engine: known
networks, and others made up at random. Three things are measured.

* Of the wrong answers of people who make one mistake: is it among the reasons, and is it the first? Mistakes that give
  the same number there count as one: no answer tells them apart.
* Of random numbers, how many get a reason: uniform and log-uniform ones, numbers near the right one, its digits in
  another order.
* Of right answers, spelt as people spell them, is any called wrong?
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import wrong_fields  # noqa: F401, enters its mistakes
from wrong_answers import (
    WRONG,
    Layers,
    Net,
    all_nets,
    carried_totals,
    cases,
    conv,
    deconv,
    depthwise,
    fc,
    net,
    pool,
    right,
    seen,
    summed,
    truth,
    wrong_totals,
)

from cnncalc.check.claim import Claim
from cnncalc.check.numbers.printed import Printed
from cnncalc.check.verdicts import explained, judge
from cnncalc.diagnose.diagnose import Candidate, diagnose
from cnncalc.diagnose.ranking import COMMON

COUNTED = ("weights", "params", "macs", "flops", "activations", "memory_bytes", "neurons")
SUMMED = ("weights", "params", "macs", "flops", "activations", "memory_bytes")
FIELDS = ("receptive_field", "jump")


# Networks ----------------------------------------------------------------------------------------------


def made_up(dice: random.Random) -> tuple[tuple[int, int, int], Layers]:
    """A network as a sheet of exercises has it: some windows, groups and dilations among them, and a head."""
    side = dice.choice((28, 32, 64, 96, 128, 224, dice.randrange(40, 260)))
    size = (side, side if dice.random() < 0.8 else dice.randrange(40, 260), dice.choice((1, 3, 3)))
    maps, layers = size[2], []
    for _ in range(dice.randrange(2, 7)):
        F, S = dice.choice((1, 3, 3, 3, 5, 5, 7)), dice.choice((1, 1, 1, 2, 2, 3))
        D = dice.choice((2, 4)) if F > 1 and S == 1 and dice.random() < 0.15 else 1
        K = dice.choice((6, 8, 10, 12, 16, 20, 24, 32, 48, 64))
        G = dice.choice([G for G in (1, 2, 4) if maps % G == K % G == 0]) if dice.random() < 0.3 else 1
        P = dice.choice((0, D * (F - 1) // 2, 1)) if F > 1 else 0
        layers.append(conv(K, F, S, min(P, F - 1) if D == 1 else P, D=D, G=G, relu=dice.random() < 0.4))
        maps = K
        more = dice.random()
        if more < 0.35:
            layers.append(pool(dice.choice((2, 2, 3)), 2, ceil=dice.random() < 0.2))
        elif more < 0.45:
            layers.append(depthwise(dice.choice((1, 2))))
        elif more < 0.5:
            layers.append({"kind": "bn"})
    if dice.random() < 0.15:
        layers.append(deconv(dice.choice((8, 16)), 4, 2, 1))
    heads = [fc(dice.randrange(16, 300), relu=True)] if dice.random() < 0.5 else []
    return size, [*layers, *heads, fc(dice.choice((2, 10, 100)))]


def networks(folder: Path, dice: random.Random, count: int) -> list[Net]:
    """Known networks, and others made up; of both there are some with a batch."""
    some = [net(folder, f"made{number}", *made_up(dice), dice.choice((1, 1, 1, 16))) for number in range(count)]
    return [*all_nets(folder), *(each for each in some if len(each.steps) > 2)]


# Reasons -----------------------------------------------------------------------------------------------


def reasons(at: Net, index: int | None, quantity: str, text: str) -> list[Candidate]:
    """What explains a wrong number as it is printed."""
    printed = Printed.read(text, quantity=quantity)
    layer = None if index is None else at.analysis.layers[index]
    return diagnose(at.analysis, layer, quantity, printed.matches, printed.claimed)


def keys_of(candidate: Candidate) -> set[str]:
    """The single mistakes that a candidate says it may be."""
    return {*candidate.mistakes, *candidate.instead} if len(candidate.mistakes) == 1 else set()


def is_short(answer: Any) -> bool:
    """Whether a number has so few digits that only common mistakes are said to give it."""
    return not isinstance(answer, tuple) and answer < 1000


def spelt(answer: Any) -> str:
    return "x".join(map(str, answer)) if isinstance(answer, tuple) else str(answer)


# Wrong answers -----------------------------------------------------------------------------------------


@dataclass
class Found:
    """What became of the wrong answers of one mistake."""

    made: int = 0
    first: int = 0
    named: int = 0
    others: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)

    def count(self, keys: set[str], found: list[Candidate], what: str) -> None:
        self.made += 1
        named = [bool(keys & keys_of(each)) for each in found]
        self.named += any(named)
        self.first += bool(named and named[0])
        if not named or not named[0]:
            self.others[found[0].mistakes[0] if found else "no reason"] += 1
        if not any(named):
            self.lost.append(f"{what}: {[each.mistakes for each in found]}")


def of_mistakes(nets: list[Net], dice: random.Random, count: int) -> dict[str, Found]:
    """What is found for so many wrong answers of each mistake in a layer."""
    made = {key: list(cases(nets, key)) for key in WRONG}
    keys: dict[Any, set[str]] = defaultdict(set)
    for key, answers in made.items():
        for answer in answers:
            keys[answer].add(key)
    found: dict[str, Found] = defaultdict(Found)
    for key, every in made.items():
        answers = [answer for answer in every if key in COMMON or not is_short(answer[-1])]
        for number, index, quantity, answer in dice.sample(answers, min(count, len(answers))):
            at = nets[number]
            what = f"{at.name} {at.steps[index]} {quantity} {answer} for {truth(at, index, quantity)}"
            alike = keys[number, index, quantity, answer]
            found[key].count(alike, reasons(at, index, quantity, spelt(answer)), what)
    return found


def of_totals(nets: list[Net]) -> dict[str, Found]:
    """What is found for wrong totals."""
    found: dict[str, Found] = defaultdict(Found)
    for at in nets:
        rights = {name: at.analysis.total(name) for name in SUMMED} | {"depth": at.analysis.depth}
        made = [each for each in (*wrong_totals(at), *carried_totals(at)) if each[2] not in (rights[each[1]], 0)]
        keys: dict[Any, set[str]] = defaultdict(set)
        for key, quantity, answer in made:
            keys[quantity, answer].add(key)
        for key, quantity, answer in dict.fromkeys(made):
            what = f"{at.name} total {quantity} {answer}"
            found[f"total: {key}"].count(keys[quantity, answer], reasons(at, None, quantity, str(answer)), what)
    return found


# Random numbers ----------------------------------------------------------------------------------------

Draw = Callable[[random.Random, int], int]


def permuted(dice: random.Random, value: int) -> int:
    """The digits in another order, more than two neighbours exchanged."""
    digits = str(value)
    near = {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(len(digits) - 1)}
    for _ in range(20):
        other = "".join(dice.sample(digits, len(digits)))
        if other[0] != "0" and other not in near:
            return int(other)
    return value


DRAWN: dict[str, Draw] = {
    "uniform": lambda dice, value: dice.randrange(10 ** (len(str(value)) - 1), 10 ** len(str(value))),
    "log-uniform": lambda dice, value: round(value * 10 ** dice.uniform(-1.5, 1.5)),
    "within a half": lambda dice, value: round(value * dice.uniform(0.5, 1.5)),
    "within a tenth": lambda dice, value: round(value * dice.uniform(0.9, 1.1)),
    "permuted digits": permuted,
}


def places(nets: list[Net]) -> Iterator[tuple[Net, int | None, str, int]]:
    """Every count, side and length of every layer, and every total: (network, layer, quantity, right number)."""
    for at in nets:
        for index in range(len(at.steps)):
            values = right(at, index)
            yield from ((at, index, name, values[name]) for name in COUNTED)
            if at.steps[index].kind != "fc":
                yield at, index, "output", values["output"][0]
            if seen(at, index):
                yield from ((at, index, name, truth(at, index, name)) for name in FIELDS)
        yield from ((at, None, name, summed(at, name)) for name in SUMMED)


def random_claim(at: Net, index: int | None, quantity: str, value: int, drawn: int) -> str:
    """The number as it is claimed; a side as a whole output, with the other side as long as it then is."""
    if quantity != "output" or index is None:
        return str(drawn)
    rows, columns, maps = right(at, index)["output"]
    return spelt((drawn, max(columns + drawn - rows, 1), maps))


def of_chance(nets: list[Net], dice: random.Random, count: int) -> dict[tuple[str, str, str], Counter[str]]:
    """By the way it is drawn, what it is of and its digits: how many random numbers have which first reason."""
    everywhere = [each for each in places(nets) if each[3] > 0]
    found: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for name, draw in DRAWN.items():
        for at, index, quantity, value in dice.choices(everywhere, k=count):
            drawn = draw(dice, value)
            if drawn in (value, 0):
                continue
            told = reasons(at, index, quantity, random_claim(at, index, quantity, value, drawn))
            digits = len(str(drawn)) if quantity == "output" or drawn < 1000 else 4
            kind = "side" if quantity == "output" else "length" if quantity in FIELDS else "count"
            found[name, kind, "4+" if digits > 3 else str(digits)]["+".join(told[0].mistakes) if told else ""] += 1
    return found


def chance_by(found: dict[tuple[str, str, str], Counter[str]], *which: str) -> Counter[str]:
    """The counts of all keys that have these parts."""
    return sum((counted for key, counted in found.items() if set(which) <= set(key)), Counter())


def share(told: Counter[str]) -> float:
    """The part of some random numbers that has a reason."""
    return 1 - told[""] / told.total() if told else 0.0


# Right answers -----------------------------------------------------------------------------------------


def grouped(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)


def indian(value: int) -> str:
    """12,34,56,789"""
    head, tail = str(value)[:-3], str(value)[-3:]
    pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail])


def rounded(value: int, digits: int) -> Iterator[str]:
    """35K, 35.3K, 3.53e4: to so many digits, as people round and as they cut."""
    for letter, word, power in (("K", "thousand", 3), ("M", "million", 6), ("G", "billion", 9)):
        if 10**power <= value < 1000 * 10**power:
            places = max(digits - len(str(value // 10**power)), 0)
            unit = 10 ** (power - places)
            for steps in {value // unit, (value + unit // 2) // unit}:
                text = f"{steps // 10**places}" + (f".{steps % 10**places:0{places}d}" if places else "")
                yield f"{text}{letter}"
                yield f"{text} {word}"
                yield f"~{text}{letter}"


def products(at: Net, index: int, quantity: str) -> Iterator[str]:
    """The working as it stands on a blackboard, with its result and without."""
    step = at.steps[index]
    rows, columns, maps = step.volume()
    if quantity == "params" and step.kind == "conv" and step.bias:
        F, C, K, G = step.F, step.C, step.K, step.G
        value = right(at, index)["params"]
        for text in (
            f"({F}*{F}*{C // G} + 1)*{K}",
            f"({F} x {F} x {C // G} + 1) x {K}",
            f"{F}*{F}*{C // G}*{K} + {K}",
            f"{F}^2 * {C // G} * {K} + {K}",
            rf"$({F}^{{2}} \cdot {C // G} + 1) \cdot {K}$",
            rf"$({F} \times {F} \times {C // G}) \times {K} + {K}$",
            f"({F}\u00d7{F}\u00d7{C // G}+1)\u00d7{K}",
        ):
            yield text
            if not text.startswith("$"):
                yield f"{text} = {value:,}"
    if quantity == "activations" and step.kind not in ("fc", "bn") and at.batch == 1:
        yield f"{rows}*{columns}*{maps}"
        yield f"{rows}x{columns}x{maps}"
        yield f"{rows}*{columns}*{maps} = {rows * columns * maps:,}"


def lengths(at: Net, index: int) -> Iterator[str]:
    """A side with its working."""
    step = at.steps[index]
    if step.kind in ("conv", "maxpool") and step.H == step.W and not step.ceil and step.D == 1:
        side = step.side(step.H)
        over = f"({step.H} - {step.F} + 2*{step.P})/{step.S}"
        yield f"{side}x{side}"
        yield f"{over} + 1 = {side}"
        yield f"floor({over}) + 1 = {side}"
        yield f"\u230a{over}\u230b + 1 = {side}"
        yield rf"$\frac{{{step.H} - {step.F} + 2 \cdot {step.P}}}{{{step.S}}} + 1$ = {side}"


def volumes(volume: tuple[int, int, int]) -> Iterator[str]:
    """An output as people and frameworks spell it."""
    rows, columns, maps = volume
    if rows * columns == 1:
        yield from (f"{maps}", f"1x1x{maps}", f"(None, {maps})", f"[{maps}]", f"({maps},)", f"{maps}x1")
    else:
        yield from (
            f"{rows}x{columns}x{maps}",
            f"{rows} x {columns} x {maps}",
            f"{rows}\u00d7{columns}\u00d7{maps}",
            f"({rows}, {columns}, {maps})",
            f"[{rows}, {columns}, {maps}]",
            f"(None, {rows}, {columns}, {maps})",
            f"{maps}@{rows}x{columns}",
            f"{rows}*{columns}*{maps}",
            rf"${rows} \times {columns} \times {maps}$",
            f"**{rows}x{columns}x{maps}**",
        )


def dresses(at: Net, index: int, quantity: str) -> Iterator[str]:
    """Spellings of the right answer."""
    value = truth(at, index, quantity)
    if quantity == "output":
        yield from volumes(value)
        yield from lengths(at, index)
        return
    yield from (str(value), f"**{value}**", f"`{value}`", f"${value}$", f"~{value}", f"= {value}")
    if quantity in FIELDS:
        yield from (f"{value}x{value}", f"{value} px")
        return
    if value >= 1000:
        yield from (
            f"{value:,}",
            *(grouped(value, mark) for mark in ("'", "\u2019", " ", "\u202f", "_")),
            indian(value),
        )
        yield from (rf"$\num{{{value}}}$", grouped(value, "{,}"))
        for digits in (2, 3, 4):
            yield from rounded(value, digits)
    if quantity == "memory_bytes" and value >= 2**20:
        for unit, power in (("KiB", 10), ("MiB", 20)):
            yield from (f"{value / 2**power:.2f} {unit}", f"{value / 2**power:.1f} {unit}")
        yield from (f"{value / 1e6:.2f} MB", f"{value / 1e6:.1f} MB", f"{value} bytes", f"{value} B")
    yield from products(at, index, quantity)


def of_right_answers(nets: list[Net], dice: random.Random, count: int) -> tuple[int, list[str]]:
    """How many right answers were tried, and those that were called wrong."""
    everywhere = [(at, index, quantity) for at, index, quantity, value in places(nets) if index is not None and value]
    tried, wrong = 0, []
    for at, index, quantity in dice.choices(everywhere, k=count):
        text = dice.choice(list(dresses(at, index, quantity)))
        layer = at.analysis.layers[index]
        claim = Claim(layer.name, quantity, Printed.read(text, quantity=quantity))
        verdict = judge(claim, at.analysis)
        tried += 1
        if verdict.status != "match":
            wrong.append(f"{at.name} {at.steps[index]} {quantity} {text}: {explained(verdict, at.analysis)}")
    return tried, wrong


# The table ---------------------------------------------------------------------------------------------


def say(text: object = "") -> None:
    sys.stdout.write(f"{text}\n")


def say_mistakes(found: dict[str, Found]) -> None:
    for key, each in found.items():
        others = f"  {dict(each.others.most_common(4))}" if each.others else ""
        say(f"{key:40} {each.made:6} {each.named:6} {each.first:6}{others}")
    made, named, first = (sum(getattr(each, name) for each in found.values()) for name in ("made", "named", "first"))
    say(f"{'all':40} {made:6} {named:6} {first:6}  first in {first / made:.1%}")
    for lost in [lost for each in found.values() for lost in each.lost[:2]][:40]:
        say(f"  not found: {lost}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100, help="wrong answers of each mistake, tens of random numbers")
    parser.add_argument("--networks", type=int, default=40, help="networks that are made up")
    parser.add_argument("--only", choices=("mistakes", "totals", "chance", "right"))
    options = parser.parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        nets = networks(Path(folder), dice, options.networks)
    wanted = [options.only] if options.only else ["mistakes", "totals", "chance", "right"]
    if "mistakes" in wanted:
        say(f"{'mistake':40} {'made':>6} {'named':>6} {'first':>6}")
        say_mistakes(of_mistakes(nets, dice, options.count))
    if "totals" in wanted:
        say_mistakes(of_totals(nets))
    if "chance" in wanted:
        found = of_chance(nets, dice, 10 * options.count)
        for key in sorted(found):
            told = found[key]
            often = Counter({first: times for first, times in told.items() if first}).most_common(6)
            say(f"{' '.join(key):32} {told.total():6} {share(told):7.1%}  {often}")
        for digits in ("2", "3", "4+"):
            told = chance_by(found, digits)
            say(f"{digits} digits {told.total():24} {share(told):7.1%}")
    if "right" in wanted:
        tried, wrong = of_right_answers(nets, dice, 10 * options.count)
        say(f"{len(wrong)} of {tried} right answers are called wrong")
        for each in wrong[:20]:
            say(f"  {each}")


if __name__ == "__main__":
    main()
