"""Analysis -> sentences: where the memory, the parameters and the work lie, and what does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from cnncalc.analysis import Analysis, Convention, LayerResult, training_memory
from cnncalc.analysis.counting import parts, rule_for
from cnncalc.analysis.quantities import COUNTS, OPERATIONS
from cnncalc.graph.head import changed_weights
from cnncalc.layers import Condition, Shape
from cnncalc.report import numbers
from cnncalc.report.document import Note
from cnncalc.report.report import Options
from cnncalc.symbolic import is_known

WORDS = {2: "two", 3: "three"}
MOST_NOTES = 4
STORED = {"memory_bytes", "activations"}


def below(analysis: Analysis, keys: Collection[str], options: Options) -> Iterator[Note]:
    """The lines below a table with columns of these keys: few, unless all are asked for, and the convention last."""
    every = options.notes == "all"
    if options.notes != "none" and (every or {"params", "weights"} & {*keys}):
        yield from (Note("warning", text) for text in _changed(analysis))
    if options.notes != "none":
        yield from (Note("remark", text) for text in remarks(analysis, None if every else keys))
        yield from (Note("fact", text) for text in summary(analysis, options.units, None if every else keys))
        yield from (Note("warning", text) for text in notes(analysis, None if every else MOST_NOTES, padding=every))
    if every or {*COUNTS, *OPERATIONS} & {*keys}:
        yield Note("aside", convention_line(analysis, options.units, memory=every or bool(STORED & {*keys})))


def _changed(analysis: Analysis) -> Iterator[str]:
    """That fully connected layers have other weights than at the spec's own input, which makes it another network."""
    changed = [each for each in changed_weights(analysis.graph) if is_known(each[1]) and is_known(each[2])]
    if changed:
        name, mine, own = changed[0]
        more = f" (and {len(changed) - 1} more)" if len(changed) > 1 else ""
        yield (
            f"another network than at its own input: {name}{more} has {numbers.exact(mine)} weights here instead of "
            f"{numbers.exact(own)}; --head conv keeps the weights"
        )


def remarks(analysis: Analysis, keys: Collection[str] | None = None) -> list[str]:
    """What a reader should see in some columns (None: in all), computed from them; nothing for symbolic totals."""
    words = {"memory_bytes": "memory", "params": "parameters", "macs": "MACs"}
    found = (
        (_heaviest_layers if key == "memory_bytes" else _heaviest_kind)(analysis, key, what)
        for key, what in words.items()
        if keys is None or key in keys
    )
    return [text for text in found if text]


def _heaviest_layers(analysis: Analysis, quantity: str, what: str) -> str:
    """The one to three layers that hold a third of a quantity, if so few do."""
    whole = analysis.total(quantity)
    if not is_known(whole) or not whole or len(analysis.layers) < 4:
        return ""
    order = sorted(analysis.layers, key=lambda layer: getattr(layer, quantity), reverse=True)
    for count in (1, 2, 3):
        chosen = order[:count]
        part = sum(getattr(layer, quantity) for layer in chosen)
        if 3 * part >= whole:
            return f"{numbers.whole_percent(part, whole)} of the {what} is in {_described(analysis, chosen)}"
    return ""


def _described(analysis: Analysis, chosen: list[LayerResult]) -> str:
    """`the first two convolutions` where it is so; else the layers by name."""
    title = chosen[0].node.layer.title
    same = [layer for layer in analysis.layers if layer.node.layer.title == title]
    if len(chosen) > 1 and {layer.name for layer in chosen} == {layer.name for layer in same[: len(chosen)]}:
        return f"the first {WORDS[len(chosen)]} {title}"
    return " and ".join(layer.name for layer in chosen)


def _heaviest_kind(analysis: Analysis, quantity: str, what: str) -> str:
    """The kind of layer that holds half of a quantity or more."""
    whole = analysis.total(quantity)
    if not is_known(whole) or not whole:
        return ""
    kinds: Counter[str] = Counter()
    for layer in analysis.layers:
        kinds[layer.node.layer.title] += getattr(layer, quantity)
    title, part = kinds.most_common(1)[0]
    if part == whole:
        return f"all of the {what} are in the {title}"
    return f"{_rounded(part, whole)} of the {what} are in the {title}" if 2 * part >= whole else ""


def _rounded(part: int, whole: int) -> str:
    """The share to a whole percent; a tenth more exact where that would say all."""
    text = numbers.whole_percent(part, whole)
    if text != "100 %":
        return text
    tenths = numbers.percent(part, whole)
    return "over 99.9 %" if tenths == "100.0" else f"{tenths} %"


def summary(analysis: Analysis, units: str = "auto", keys: Collection[str] | None = None) -> list[str]:
    """Depth, memory at its peak and in training (None: all of it): what the columns do not show."""
    lines = []
    if analysis.depth and (keys is None or {"depth", "type", "params"} & {*keys}):
        lines.append(counted(analysis.depth, "weight layer") + " deep")
    if analysis.peak_memory_bytes is not None and (keys is None or "memory_bytes" in keys):
        peak = numbers.bytes_text(analysis.peak_memory_bytes, units)
        weights = numbers.bytes_text(analysis.weight_memory_bytes, units)
        lines.append(f"inference needs at most {peak} for activations at once, and {weights} for the weights")
    asked = keys is None or analysis.convention.optimizer != Convention().optimizer
    held = sum(training_memory(analysis).values()) if asked else None
    if held is not None and is_known(held):
        size = numbers.bytes_text(held, units)
        lines.append(f"training holds {size} by the textbook's rule, frameworks may keep more ({_optimizer(analysis)})")
    return lines


def counted(number: Any, noun: str) -> str:
    """`1 weight layer`, `16 weight layers`: a number and its noun."""
    return f"{numbers.exact(number)} {noun}{'' if number == 1 else 's'}"


def _optimizer(analysis: Analysis) -> str:
    names = {"sgd": "plain SGD", "momentum": "SGD with momentum", "adam": "Adam"}
    return f"weights, activations, a gradient for each, {names[analysis.convention.optimizer]}"


def notes(analysis: Analysis, most: int | None = MOST_NOTES, *, padding: bool = True) -> list[str]:
    """What does not fit, what is misaligned, where a symbolic result holds; all of it for None.

    Without `padding`, windows that lose nothing but padding are left out.
    """
    unknown = [
        f"{layer.name}: receptive field unknown: {layer.receptive_field.unknown}"
        for layer in analysis.layers
        if layer.receptive_field.unknown and not layer.receptive_field.by_input
    ]
    holds = _validity(analysis)
    valid = [f"holds where {', '.join(holds)}"] if holds else []
    misfits = _misfits(analysis, most, padding)
    groups = (
        analysis.graph.assumed,
        _channels_first(analysis),
        misfits,
        analysis.notes,
        unknown[:1],
        _uncounted(analysis),
        valid,
    )
    return [text for lines in groups for text in _some(lines, most)]


def _uncounted(analysis: Analysis) -> list[str]:
    """The layer types that compute something, and that the convention's rules for MACs do not know."""
    rules = analysis.convention.mac_rules
    if not rules:
        return []
    kinds = {
        part.layer.kind: None
        for layer in analysis.layers
        for part in parts(layer.node.layer, layer.input)
        if rule_for(rules, part.layer) is None and any(count != 0 for _, count in part.operations.counts())
    }
    one = "is" if len(kinds) == 1 else "are"
    return [f"{', '.join(kinds)} {one} not counted by {analysis.convention.name}: 0 MACs and FLOPs"] if kinds else []


def _channels_first(analysis: Analysis) -> list[str]:
    """A picture that seems to be written with its channels first, as frameworks have it."""
    return [text for each in analysis.inputs for text in _with_channels_first(each.name, each.shape)]


def _with_channels_first(name: str, shape: Shape) -> Iterator[str]:
    if len(shape.size) != 2 or shape.size[0] not in (1, 3) or shape.size[1] != shape.channels or shape.channels == 3:
        return
    high, wide = shape.size
    meant = f"{wide}x{shape.channels}x{high}"
    what = "the input" if name == "input" else f"the input {name}"
    yield f"{what} is {high} high, {wide} wide and {shape.channels} deep: channels come last; is {meant} meant?"


def _misfits(analysis: Analysis, most: int | None, padding: bool) -> list[str]:
    """Windows that do not fit: in full where pixels are dropped, else, if not all are asked for, in a line."""
    found = analysis.graph.notes
    lossy = _over_axes([(name, note) for name, note in found if most is None or note.dropped_pixels() > 0])
    names = list(dict.fromkeys(name for name, note in found if note.dropped_pixels() <= 0))
    if most is None or not names or not padding:
        return _some(lossy, most)
    shown = ", ".join(names[:most]) + (", ..." if len(names) > most else "")
    which = f"{shown} does" if len(names) == 1 else f"{len(names)} windows ({shown}) do"
    return [*_some(lossy, most), f"{which} not fit exactly: {_left_over(found, set(names))}"]


def _left_over(found: Iterable[tuple[str, Condition]], names: set[str]) -> str:
    """What becomes of the remainder where no pixel is dropped: it depends on the rounding."""
    up = {name for name, note in found if note.message().endswith("rounds up")}
    skipped = "what is left over is padding, or pixels that the stride skips anyway"
    partial = "rounding up takes the last window though it is partial, so that nothing is left over"
    texts = [text for text, some in ((skipped, names - up), (partial, names & up)) if some]
    return "; where it rounds up, ".join(texts) if len(texts) > 1 else texts[0]


def misfits_of(analysis: Analysis, name: str) -> list[str]:
    """The windows of one layer that do not fit, what that drops, and which sizes would fit."""
    return _over_axes([(layer, note) for layer, note in analysis.graph.notes if layer == name])


def _over_axes(found: list[tuple[str, Condition]]) -> list[str]:
    """A line for each misfit; those of one layer that differ in the axis alone share one."""
    axes: dict[str, list[str]] = {}
    for name, note in found:
        message = note.message().replace(note.axis, "{axis}")
        axes.setdefault(f"{name} {message} ({note.hint_text()})", []).append(note.axis)
    return [line.replace("{axis}", " and ".join(words)) for line, words in axes.items()]


def _validity(analysis: Analysis) -> list[str]:
    """The conditions under which a symbolic result holds."""
    if not analysis.graph.conditions and not analysis.uncompared:
        return []
    from cnncalc.formula.validity import holds_where

    return holds_where(analysis)


def _some(lines: list[str], most: int | None) -> list[str]:
    if most is None or len(lines) <= most:
        return lines
    return [*lines[:most], f"... and {len(lines) - most} more like it (--format json has them all)"]


def convention_line(analysis: Analysis, units: str = "auto", *, memory: bool = True) -> str:
    """The line that ends every report: convention, units, batch; what counts as memory only where it is shown."""
    batch = "1 image" if analysis.batch == 1 else f"a batch of {analysis.batch} images"
    counts = f"counted for {batch}: {analysis.convention.text()}"
    if not analysis.convention.bias and any(layer.node.layer.title == "norms" for layer in analysis.layers):
        counts += "; the offsets of norms are biases, too"
    if not memory:
        return counts
    rules = analysis.convention.activation_rules
    what = f"what {analysis.convention.name} counts" if rules else "the input and every output, activations in place"
    return f"{counts}; {numbers.bytes_unit(units)}; memory = {what}"
