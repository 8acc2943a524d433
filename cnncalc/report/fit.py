"""Fit -> the sizes that fit as a congruence, the layers that impose it, verdicts on given sizes; or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from cnncalc.errors import printable
from cnncalc.fit.fit import Check, Fit
from cnncalc.fit.misfits import Blame
from cnncalc.fit.narrowing import Step
from cnncalc.fit.residues import Sizes
from cnncalc.report.terminal import UNBOUNDED
from cnncalc.symbolic import is_known

SCHEMA_VERSION = 1
MOST_MEMBERS = 6
MOST_RUNS = 8
MOST_BLAMES = 8
CRITERIA = {
    False: "no layer drops a pixel of its input",
    True: "strictly: every (W - F + 2P)/S + 1 is a whole number",
}


def render(fit: Fit, checks: list[Check], console: Console) -> None:
    """Print the verdict on every size asked about, then the sizes that fit, and why."""
    if not console.is_terminal:
        console.width = UNBOUNDED  # nothing is cut or folded in a log or a file
    graph = fit.graph
    title = Text(printable(graph.title or graph.name), style="bold")
    console.print(title.append(f"  input {graph.input}; fits: {CRITERIA[fit.strict]}", style="dim not bold"))
    for check in checks:
        console.print()
        for line in _verdict(fit, check):
            console.print(line)
    for axes in _alike(fit):
        console.print()
        for line in _pattern(fit, axes):
            console.print(line)


# Verdicts ----------------------------------------------------------------------------------------


def _verdict(fit: Fit, check: Check) -> Iterator[Text]:
    size = "x".join(map(str, check.size))
    if check.fits:
        yield Text(f"{size} fits", style="bold green")
        return
    lines = _over_axes(check.blame)
    because = f", first because of {check.blame[0].layer}" if check.blame[0].layer and len(lines) > 1 else ""
    yield Text(f"{size} does not fit{because}", style="bold red")
    for line in lines[:MOST_BLAMES]:
        yield Text(f"  {printable(line)}", style="red")
    if len(lines) > MOST_BLAMES:
        yield Text(f"  ... and {len(lines) - MOST_BLAMES} more (--format json has them all)", style="red")
    yield Text(f"  {_nearest(fit, check)}")


def _over_axes(blames: Iterable[Blame]) -> list[str]:
    """A line for each layer to blame; those that differ in the axis alone share one."""
    axes: dict[str, list[str]] = {}
    for blame in blames:
        if blame.error:
            line = f"{blame.layer}: {blame.message}" if blame.layer else blame.message
            line += f" ({blame.hint})" if blame.hint else ""
        else:
            line = f"{blame.layer} {blame.message.replace(blame.axis, '{axis}')} ({blame.hint} this layer)"
        axes.setdefault(line, []).append(blame.axis)
    return [line.replace("{axis}", " and ".join(words)) for line, words in axes.items()]


def _nearest(fit: Fit, check: Check) -> str:
    """The next sizes that fit the whole network: one pair of them where all axes agree."""
    if fit.impossible:
        return "no size fits"
    pairs = {name: [size for size in pair if size is not None] for name, pair in check.nearest.items()}
    if len(set(check.size)) == 1 and len(set(map(tuple, pairs.values()))) == 1:
        (sizes, *_) = pairs.values()
        return f"nearest that {'fit' if len(sizes) > 1 else 'fits'}: {' and '.join(map(str, sizes))}"
    each = (f"{name} = {' or '.join(map(str, sizes)) or 'none'}" for name, sizes in pairs.items())
    return f"nearest that fit: {'; '.join(each)}"


# Patterns ----------------------------------------------------------------------------------------


def _alike(fit: Fit) -> list[list[str]]:
    """The symbols, those together that have the same sizes by the same layers."""
    groups: dict[Any, list[str]] = {}
    for name, sizes in fit.sizes.items():
        steps = tuple((step.layer, step.left) for step in fit.steps[name])
        groups.setdefault((sizes, fit.valid[name], steps), []).append(name)
    return list(groups.values())


def _pattern(fit: Fit, axes: list[str]) -> Iterator[Text]:
    """What fits along one symbol, and along those that are like it."""
    name, *others = axes
    sizes = fit.sizes[name]
    yield Text(sizes_text(name, sizes), style="bold").append(_members(sizes), style="not bold")
    if fit.square and others:
        yield Text(f"for square inputs ({' = '.join(axes)}): {fit.square} asks something of both at once")
    elif others:
        yield Text(f"{' and '.join(others)} the same")
    if fit.steps[name] and sizes:
        yield Text()
        yield from _steps(name, fit.steps[name])
        yield Text()
    yield from _reasons(fit, name)
    valid = fit.valid[name]
    if valid and (sizes.least, valid.least) != (1, 1):
        least = f"* the smallest input that has an output at all: {name} = {valid.least}"
        dropping = f"; with pixels dropped, {sizes_text(name, valid, brief=True)}" if valid != sizes else ""
        yield Text(least + dropping)
    if fit.own and name in fit.input.sizes[:1]:
        yield Text(f"* its own input, {'x'.join(map(str, fit.own))}, {'fits' if fit.own in fit else 'does not fit'}")


def _members(sizes: Sizes) -> str:
    """`: 67, 99, 131, ...` for a pattern; nothing for what is told already."""
    if sizes.finite or (sizes.modulus == 1 and not sizes.exceptions):
        return ""
    return f": {', '.join(map(str, sizes.first(MOST_MEMBERS)))}, ..."


def _steps(name: str, steps: list[Step]) -> Iterator[Text]:
    """A small table: the layers that narrow the sizes, what each asks, and what it leaves."""
    lines = [("layer", "asks for", "leaves")]
    lines += [(printable(step.layer), step.demand, sizes_text(name, step.left, brief=True)) for step in steps]
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    for number, line in enumerate(lines):
        text = "  ".join((line[0].ljust(widths[0]), line[1].ljust(widths[1]), line[2]))
        yield Text(f" {text}", style="" if number else "bold")


def _reasons(fit: Fit, name: str) -> Iterator[Text]:
    """Why nothing fits: the demands that contradict each other."""
    reasons = fit.reasons.get(name, [])
    if not reasons:
        return
    many = {1: "this never holds", 2: "these two never hold together"}.get(len(reasons), "these never hold together")
    yield Text(f"{many}:", style="red")
    for demand in reasons:
        yield Text(f"  {printable(demand.layer)}: {printable(demand.text)}", style="red")


def sizes_text(name: str, sizes: Sizes, *, brief: bool = False) -> str:
    """Sizes in a line: `H = 67 + 32k (k >= 0)`, `every H from 223 up`, `H = 5, 6 and no other`.

    `brief` leaves out the range of k where it begins at 0.
    """
    if sizes.finite:
        if not sizes.exceptions:
            return f"no {name} fits"
        shown = ", ".join(map(str, sizes.exceptions[:MOST_RUNS]))
        return f"{name} = {shown}{', ...' if len(sizes.exceptions) > MOST_RUNS else ' and no other'}"
    besides = f", besides {_runs(sizes.exceptions)}" if sizes.exceptions else ""
    if sizes.modulus == 1:
        return (f"every {name}" if sizes.since == 1 else f"every {name} from {sizes.since} up") + besides
    return _progression(name, sizes, brief) + besides


def _progression(name: str, sizes: Sizes, brief: bool) -> str:
    modulus, base = sizes.modulus, sizes.since
    if sizes.residues == (0,) and base == modulus:
        return f"{name} = {modulus}k" + ("" if brief else " (k >= 1)")
    range_of_k = "" if brief else " (k >= 0)"
    if len(sizes.residues) == 1:
        return f"{name} = {base} + {modulus}k{range_of_k}"
    rests = sorted((residue - base) % modulus + base for residue in sizes.residues)
    return f"{name} = r + {modulus}k, r = {_runs(rests)}{range_of_k}"


def _runs(numbers: Iterable[int]) -> str:
    """`3, 5 to 7`: numbers in order, those in a row together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(low) if low == high else f"{low} to {high}" for low, high in runs]
    return ", ".join(texts[:MOST_RUNS]) + (f", ... ({len(runs)} runs in all)" if len(runs) > MOST_RUNS else "")


# Data --------------------------------------------------------------------------------------------


def to_json(fit: Fit, checks: list[Check]) -> str:
    """The fit as JSON text: a versioned contract; sizes in pixels, all numbers raw.

    A size n along an axis fits if it is among `exceptions`, or if n >= `from` and n modulo
    `modulus` is one of `residues`.
    """
    data = {
        "schema_version": SCHEMA_VERSION,
        "name": fit.graph.name,
        "strict": fit.strict,
        "input": {
            "channels": _raw(fit.graph.input.channels),
            "size": [_raw(length) for length in fit.graph.input.size],
        },
        "square": bool(fit.square),
        "sizes": {name: _sizes(sizes) for name, sizes in fit.sizes.items()},
        "smallest_valid": {name: sizes.least for name, sizes in fit.valid.items()},
        "imposed_by": {name: [_step(step) for step in steps] for name, steps in fit.steps.items()},
        "conflicts": {
            name: [{"layer": demand.layer, "demand": demand.text} for demand in reasons]
            for name, reasons in fit.reasons.items()
        },
        "checks": [_check(check) for check in checks],
    }
    return json.dumps(data, indent=1) + "\n"


def _raw(value: Any) -> Any:
    return value if is_known(value) else str(value)


def _sizes(sizes: Sizes) -> dict[str, Any]:
    return {
        "modulus": sizes.modulus,
        "residues": list(sizes.residues),
        "from": sizes.since,
        "exceptions": list(sizes.exceptions),
        "least": sizes.least,
    }


def _step(step: Step) -> dict[str, Any]:
    return {"layer": step.layer, "demand": step.demand, "leaves": _sizes(step.left)}


def _check(check: Check) -> dict[str, Any]:
    blames = [
        {"layer": blame.layer, "axis": blame.axis, "message": blame.message, "hint": blame.hint, "lost": blame.lost}
        for blame in check.blame
    ]
    nearest = {name: list(pair) for name, pair in check.nearest.items()}
    return {"size": list(check.size), "fits": check.fits, "blame": blames, "nearest": nearest}
