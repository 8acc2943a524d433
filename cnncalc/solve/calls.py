"""A layer as PyTorch or Keras writes it, `Conv2d(64, 128, 3, padding=1)` -> its arguments, by name; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnncalc.errors import Problem, Span, UsageError
from cnncalc.solve.amounts import one_side

WINDOW = ("kernel", "stride", "padding")
TORCH = {
    "conv": ("in_channels", "filters", *WINDOW, "dilation", "groups", "bias"),
    "deconv": ("in_channels", "filters", *WINDOW, "output_padding", "groups", "bias", "dilation"),
    "fc": ("in_channels", "units", "bias"),
    "maxpool": (*WINDOW, "dilation"),
    "avgpool": (*WINDOW, "ceil_mode"),
}
KERAS = {
    "conv": ("filters", *WINDOW, "data_format", "dilation"),
    "deconv": ("filters", *WINDOW),
    "depthwise": WINDOW,
    "fc": ("units",),
    "maxpool": WINDOW,
    "avgpool": WINDOW,
}
"""The arguments without a name, in the order of torch.nn and of keras.layers, by the layer type."""
IGNORED = ("activation", "name", "padding_mode", "kernel_initializer", "dtype", "device")
"""Arguments that change no number asked for here."""


def arguments_of(call: str, layer: str, text: str, span: Span) -> Iterator[tuple[str, str]]:
    """(name, value) for every argument of `call(text)`; raises UsageError for what cannot be placed.

    Keras writes the D of `Conv2D` as a capital.
    """
    keras = bool(re.search(r"[123]D|Dense\Z", call))
    order = (KERAS if keras else TORCH).get(layer, ())
    for number, part in enumerate(re.findall(r"(?:[^,()]|\([^()]*\))+", text)):
        name, sign, value = (side.strip() for side in part.partition("="))
        if not sign:
            if number >= len(order):
                takes = f"{call} takes {', '.join(order)}" if order else "write it with its name"
                raise UsageError([Problem(f"the argument '{name}' of {call} is not understood", span, takes)])
            name, value = order[number], name
        if name == "data_format":
            if "first" in value:
                hint = "write the sizes as height x width x channels, and leave data_format out"
                raise UsageError([Problem("the channels come first here", span, hint)])
        elif name not in IGNORED:
            yield name, one_side(value)
