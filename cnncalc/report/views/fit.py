"""Fit -> the sizes that fit as a congruence, the layers that impose it, and verdicts on the sizes that are judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnncalc.fit.fit import Check, Fit
from cnncalc.fit.misfits import Misfit
from cnncalc.fit.requirements import Step
from cnncalc.fit.residues import ResidueSet
from cnncalc.report.document import Blank, Block, Column, Heading, Note, Row, Table, Text, document, line
from cnncalc.report.json import inputs_data, shape_data
from cnncalc.report.report import Options, Report

SCHEMA_VERSION = 1
MOST_MEMBERS = 6
MOST_RUNS = 8
MOST_MISFITS = 8
CRITERIA = {
    False: "no layer drops a pixel of its input",
    True: "every (W - F + 2P)/S + 1 is a whole number (strict)",
}
STEPS = (Column("layer", folds=False), Column("requires"), Column("leaves"))

TAKES = ("notes",)
"""The options of a report that it takes."""


def report(fit: Fit, options: Options) -> Report:
    """The verdict on every size that is judged, then the sizes that fit, and why."""
    return Report(lambda: document(fit.graph.name, _blocks(fit, options)), lambda: to_dict(fit))


def _blocks(fit: Fit, options: Options) -> Iterator[Block]:
    title = fit.graph.title or fit.graph.name
    yield Heading(title, f"{fit.graph.inputs_text()}; a size fits if {CRITERIA[fit.strict]}")
    for check in fit.checks:
        yield Blank()
        yield from _verdict(fit, check, None if options.notes == "all" else MOST_MISFITS)
    for axes in _alike(fit):
        yield Blank()
        yield from _pattern(fit, axes, notes=options.notes != "none")


# Verdicts ----------------------------------------------------------------------------------------


def _verdict(fit: Fit, check: Check, most: int | None) -> Iterator[Block]:
    size = "x".join(map(str, check.size))
    if check.fits:
        yield Text((line((f"{size} fits", "good")),))
        return
    texts = _over_axes(check.misfits)
    first = check.misfits[0].layer if len(texts) > 1 else ""
    yield Text((line((f"{size} does not fit{f', starting at {first}' if first else ''}", "bad")),))
    shown = texts[:most]
    if len(shown) < len(texts):
        shown.append(f"... and {len(texts) - len(shown)} more (--notes all lists them)")
    yield Text((*(line((text, "wrong")) for text in shown), line(_nearest(fit, check))), indent=1)


def _over_axes(misfits: Iterable[Misfit]) -> list[str]:
    """A line for each layer; misfits that differ in the axis alone share one."""
    axes: dict[str, list[str]] = {}
    for misfit in misfits:
        if misfit.error:
            text = f"{misfit.layer}: {misfit.message}" if misfit.layer else misfit.message
            text += f" ({misfit.hint})" if misfit.hint else ""
        else:
            text = f"{misfit.layer} {misfit.message.replace(misfit.axis, '{axis}')} ({misfit.hint} this layer)"
        axes.setdefault(text, []).append(misfit.axis)
    return [text.replace("{axis}", " and ".join(words)) for text, words in axes.items()]


def _nearest(fit: Fit, check: Check) -> str:
    """The closest sizes that fit the whole network: one pair of them where all axes agree."""
    if fit.impossible:
        return "no size fits"
    pairs = {
        name: list(dict.fromkeys(size for size in pair if size is not None)) for name, pair in check.nearest.items()
    }
    if len(set(check.size)) == 1 and len(set(map(tuple, pairs.values()))) == 1:
        (sizes, *_) = pairs.values()
        return f"the closest that {'fit' if len(sizes) > 1 else 'fits'}: {' and '.join(map(str, sizes))}"
    each = (f"{name} = {' or '.join(map(str, sizes)) or 'none'}" for name, sizes in pairs.items())
    return f"the closest that fit: {'; '.join(each)}"


# Patterns ----------------------------------------------------------------------------------------


def _alike(fit: Fit) -> list[list[str]]:
    """The symbols, those together that have the same sizes by the same layers."""
    groups: dict[Any, list[str]] = {}
    for name, sizes in fit.sizes.items():
        steps = tuple((step.layer, step.left) for step in fit.steps[name])
        groups.setdefault((sizes, fit.valid[name], steps), []).append(name)
    return list(groups.values())


def _pattern(fit: Fit, axes: list[str], *, notes: bool) -> Iterator[Block]:
    """What fits along one symbol, and along those that are like it."""
    name, *others = axes
    sizes = fit.sizes[name]
    lines = [line((sizes_text(name, sizes), "answer"), _members(sizes))]
    if fit.square and others:
        lines.append(line(f"for square inputs ({' = '.join(axes)}): {fit.square} constrains both together"))
    elif others:
        lines.append(line(f"the same for {' and '.join(others)}"))
    yield Text(tuple(lines))
    if fit.steps[name] and sizes:
        rows = ((step.layer, step.requirement, _brief(name, step.left)) for step in fit.steps[name])
        yield Table(STEPS, tuple(Row(tuple(map(line, cells))) for cells in rows))
    yield from _reasons(fit, name)
    if notes:
        yield from (Note("fact", text) for text in _notes(fit, name))


def _notes(fit: Fit, name: str) -> Iterator[str]:
    sizes, valid = fit.sizes[name], fit.valid[name]
    if valid and (sizes.least, valid.least) != (1, 1):
        dropping = f"; if pixels may be dropped, {_brief(name, valid)}" if valid != sizes else ""
        yield f"the smallest input that has an output: {name} = {valid.least}{dropping}"
    if fit.own and name in fit.input.sizes[:1]:
        yield f"its own input, {'x'.join(map(str, fit.own))}, {'fits' if fit.own in fit else 'does not fit'}"


def _members(sizes: ResidueSet) -> str:
    """`: 67, 99, 131, ...` for a pattern; nothing where the pattern itself lists them."""
    if sizes.finite or (sizes.modulus == 1 and not sizes.exceptions):
        return ""
    return f": {', '.join(map(str, sizes.first(MOST_MEMBERS)))}, ..."


def _reasons(fit: Fit, name: str) -> Iterator[Block]:
    """Why nothing fits: the requirements that contradict each other."""
    reasons = fit.reasons.get(name, [])
    if reasons:
        title = "these contradict each other:" if len(reasons) > 1 else "this never holds:"
        yield Text((line((title, "wrong")),))
        texts = (f"{each.layer}{': ' if each.names else ' '}{each.text}" for each in reasons)
        yield Text(tuple(line((text, "wrong")) for text in texts), indent=1)


def sizes_text(name: str, sizes: ResidueSet, *, brief: bool = False) -> str:
    """Sizes in a line: `H = 67 + 32k (k >= 0)`, `every H from 223 up`, `H = 5, 6 and no other`.

    `brief` leaves out the range of k where it begins at 0.
    """
    if sizes.finite:
        if not sizes.exceptions:
            return f"no {name} fits"
        shown = ", ".join(map(str, sizes.exceptions[:MOST_RUNS]))
        return f"{name} = {shown}{', ...' if len(sizes.exceptions) > MOST_RUNS else ' and no other'}"
    besides = f", and {_runs(sizes.exceptions)}" if sizes.exceptions else ""
    if sizes.modulus == 1:
        return (f"every {name}" if sizes.since == 1 else f"every {name} from {sizes.since} up") + besides
    return _progression(name, sizes, brief) + besides


def _brief(name: str, sizes: ResidueSet) -> str:
    return sizes_text(name, sizes, brief=True)


def _progression(name: str, sizes: ResidueSet, brief: bool) -> str:
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


def to_dict(fit: Fit) -> dict[str, Any]:
    """The fit as plain data: a versioned contract; sizes in pixels, all numbers raw.

    A size n along an axis fits if it is among `exceptions`, or if n >= `from` and n modulo
    `modulus` is one of `residues`.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "name": fit.graph.name,
        "strict": fit.strict,
        **inputs_data((each.name, shape_data(each.shape)) for each in fit.graph.inputs),
        "square": bool(fit.square),
        "sizes": {name: _sizes(sizes) for name, sizes in fit.sizes.items()},
        "smallest_valid": {name: sizes.least for name, sizes in fit.valid.items()},
        "imposed_by": {name: [_step(step) for step in steps] for name, steps in fit.steps.items()},
        "conflicts": {
            name: [{"layer": each.layer, "demand": each.text} for each in reasons]
            for name, reasons in fit.reasons.items()
        },
        "checks": [_check(check) for check in fit.checks],
    }


def _sizes(sizes: ResidueSet) -> dict[str, Any]:
    return {
        "modulus": sizes.modulus,
        "residues": list(sizes.residues),
        "from": sizes.since,
        "exceptions": list(sizes.exceptions),
        "least": sizes.least,
    }


def _step(step: Step) -> dict[str, Any]:
    return {"layer": step.layer, "demand": step.requirement, "leaves": _sizes(step.left)}


def _check(check: Check) -> dict[str, Any]:
    nearest = {name: list(pair) for name, pair in check.nearest.items()}
    misfits = [
        {
            "layer": each.layer,
            "axis": each.axis,
            "message": each.message,
            "hint": each.hint,
            "lost": each.dropped_pixels,
        }
        for each in check.misfits
    ]
    return {"size": list(check.size), "fits": check.fits, "blame": misfits, "nearest": nearest}
