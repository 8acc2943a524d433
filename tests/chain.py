"""The numbers of a chain of layers, worked out layer by layer from a few words on each; shares no code with cnncalc.

`conv 3x5 /2 p1 d2 g4 ->64` is a convolution of kernel 3x5, stride 2, padding 1, dilation 2, 4 groups and 64 filters;
`conv 3 same ->8 nobias` keeps the size and has no biases. Sizes come from `oracle.slide`, which moves a window along.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oracle import slide

UNCHANGED = ("relu", "dropout", "lrn", "softmax", "identity")


@dataclass(frozen=True)
class Words:
    """What a line says of a layer; a number for all axes is one number for each."""

    kind: str
    kernel: tuple[int, ...] = (1,)
    stride: tuple[int, ...] = (1,)
    padding: tuple[int, ...] | str = (0,)
    dilation: int = 1
    groups: int = 1
    filters: int = 0
    bias: bool = True
    rounding: str = "floor"
    per_channel: int = 2
    """Numbers for each channel that a batch norm counts as parameters: 4 in Keras, with the running ones."""

    @classmethod
    def read(cls, text: str, rank: int) -> Words:
        """The words of one line; a pool strides by its kernel unless the line says otherwise."""
        kind, *words = text.split()
        found: dict[str, Any] = {}
        for word in words:
            sizes = tuple(map(int, re.findall("[0-9]+", word)))
            if word in ("same", "nobias", "ceil"):
                found.update({"same": {"padding": word}, "nobias": {"bias": False}, "ceil": {"rounding": word}}[word])
            elif word.startswith("->"):
                found["filters"] = sizes[0]
            elif word[0] in "dg":
                found[{"d": "dilation", "g": "groups"}[word[0]]] = sizes[0]
            elif kind == "batchnorm":
                found["per_channel"] = sizes[0]
            else:
                key = {"/": "stride", "p": "padding"}.get(word[0], "kernel")
                found[key] = sizes if len(sizes) == rank else sizes * rank
        if kind in ("maxpool", "avgpool"):
            found.setdefault("stride", found["kernel"])
        spread = {key: value * rank for key, value in (("kernel", (1,)), ("stride", (1,)), ("padding", (0,)))}
        return cls(kind, **{**spread, **found})


@dataclass
class Row:
    """The numbers of a layer; `output` is height x width x channels, a field is that of each axis."""

    output: tuple[int, ...]
    input: tuple[int, ...] = ()
    weights: int = 0
    biases: int = 0
    running: int = 0
    """The running means and variances of a batch norm, where they count as parameters."""
    macs: int = 0
    receptive_field: tuple[int, ...] = ()
    jump: tuple[int, ...] = ()
    start: tuple[float, ...] = ()
    padded: tuple[int, ...] = ()
    """Pixels of the image's edge that the padding so far reaches beyond, before the first pixel."""
    layer_padding: tuple[int | str, ...] = (0,)
    """Zeros on each side of an axis, `0+1` where they differ."""
    words: Words = field(default_factory=lambda: Words("input"))
    before: Row | None = None

    def value(self, quantity: str) -> Any:
        """A number by the name that cnncalc has for it."""
        if hasattr(self, quantity):
            return getattr(self, quantity)
        words = self.words
        return {
            "params": lambda: self.weights + self.biases + self.running,
            "trainable": lambda: self.weights + self.biases,
            "non_trainable": lambda: self.running,
            "flops": lambda: 2 * self.macs,
            "output_values": lambda: math.prod(self.output),
            "activations": lambda: 0 if words.kind in (*UNCHANGED, "flatten") else math.prod(self.output),
            "memory_bytes": lambda: 4 * math.prod(self.output),
            "width": lambda: self.output[-2],
            "in_width": lambda: self.input[-2],
            "feature_map": lambda: self.output,
            "out_channels": lambda: self.output[-1],
            "in_channels": lambda: math.prod(self.input) if words.kind == "fc" else self.input[-1],
            "kernel": lambda: words.kernel,
            "stride": lambda: words.stride,
            "dilation": lambda: (words.dilation,) * len(words.kernel),
            "r_in": lambda: (self.before or self).receptive_field,
            "j_in": lambda: (self.before or self).jump,
            "padding": lambda: self.padded,
            "neurons": lambda: math.prod(self.output),
        }[quantity]()


def rows_of(size: str, layers: Mapping[str, str]) -> dict[str, Row]:
    """The rows of a chain by the names of its layers, with the input first and the sums last, under `total`."""
    sizes = tuple(map(int, size.removeprefix("1d:").split("x")))
    rank = len(sizes) - 1
    row = Row(sizes, sizes, receptive_field=(1,) * rank, jump=(1,) * rank, start=(0.5,) * rank, padded=(0,) * rank)
    rows = {"input": row}
    for name, text in layers.items():
        row = rows[name] = _next(row, Words.read(text, len(row.output) - 1))
    added = [row for name, row in rows.items() if name != "input"]
    rows["total"] = Row(
        row.output,
        sizes,
        *(sum(getattr(each, key) for each in added) for key in ("weights", "biases", "running", "macs")),
        receptive_field=row.receptive_field,
        jump=row.jump,
    )
    return rows


def row_of(rows: Mapping[str, Row], name: str) -> Row:
    """The row of a layer, or of several in a row: the input of the first, the output of the last, and the sums."""
    parts = [rows[part.strip()] for part in name.split("+")]
    if len(parts) == 1:
        return parts[0]
    sums = (sum(getattr(each, key) for each in parts) for key in ("weights", "biases", "running", "macs"))
    return Row(parts[-1].output, parts[0].input, *sums, parts[-1].receptive_field, parts[-1].jump, parts[-1].start)


def _next(row: Row, words: Words) -> Row:
    """The row behind another one."""
    *sizes, channels = row.output
    kind = words.kind
    if kind in UNCHANGED or kind == "batchnorm":
        made = Row(row.output, row.output)
        if kind == "batchnorm":
            made.weights, made.biases, made.running = channels, channels, channels * (words.per_channel - 2)
        return _seen(row, made, words)
    if kind == "flatten":
        return _seen(row, Row((math.prod(row.output),), row.output), words)
    if kind == "fc":
        count = math.prod(row.output)
        made = Row((words.filters,), (count,), count * words.filters, words.filters * words.bias)
        made.macs = made.weights
        return _seen(row, made, words)
    if kind == "globalavgpool":
        return _seen(row, Row((channels,), row.output), words)
    paddings: Sequence[Any] = ["same"] * len(sizes) if words.padding == "same" else [(p, p) for p in words.padding]
    windows = [
        slide(length, kernel, stride, padding, words.dilation, words.rounding)
        for length, kernel, stride, padding in zip(sizes, words.kernel, words.stride, paddings, strict=True)
    ]
    assert all(windows), (words, row.output)
    filters = words.filters or channels
    made = Row((*(window.outputs for window in windows if window), filters), row.output)
    if kind in ("conv", "depthwise"):
        groups = channels if kind == "depthwise" else words.groups
        made.weights = math.prod(words.kernel) * channels // groups * filters
        made.biases = filters * words.bias
        made.macs = made.weights * math.prod(made.output[:-1])
    sides = [(-window.line[0], window.line[-1] + 1 - window.length) for window in windows if window]
    made.layer_padding = tuple(before if before == after else f"{before}+{after}" for before, after in sides)
    begins = [window.starts[0] for window in windows if window]
    return _seen(row, made, words, begins)


def _seen(row: Row, made: Row, words: Words, begins: Sequence[int] = ()) -> Row:
    """The row with its field: R' = R + d(k - 1)J, J' = sJ, and the first centre moved by the first window."""
    made.words, made.before = words, row
    if not begins:
        made.receptive_field, made.jump, made.start, made.padded = row.receptive_field, row.jump, row.start, row.padded
        if words.kind in ("fc", "globalavgpool"):  # a window over the whole map
            maps = zip(row.receptive_field, row.jump, row.output[:-1], strict=False)
            made.receptive_field = tuple(r + (length - 1) * j for r, j, length in maps) or row.receptive_field
        return made
    axes = list(zip(row.receptive_field, row.jump, words.kernel, words.stride, strict=True))
    made.receptive_field = tuple(r + words.dilation * (k - 1) * j for r, j, k, _ in axes)
    made.padded = tuple(p - begin * j for p, begin, (_, j, _, _) in zip(row.padded, begins, axes, strict=True))
    made.jump = tuple(j * s for _, j, _, s in axes)
    made.start = tuple(
        start + (begin + words.dilation * (k - 1) / 2) * j
        for start, begin, (_, j, k, _) in zip(row.start, begins, axes, strict=True)
    )
    return made
