"""A network, and what is asked of it -> the sentences of a question, and its answer as it is written down."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis import Convention
from cnncalc.layers import Shape
from cnncalc.quiz.net import Net
from cnncalc.quiz.recipes import Candidate
from cnncalc.symbolic import Size

OF_A_LAYER = {
    "output": "What is the output volume{of}?",
    "params": "How many parameters{has}, biases included?",
    "weights": "How many weights{has}, biases left out?",
    "macs": "How many MACs{does}?",
    "flops": "How many FLOPs{does}?",
    "activations": "How many values does the output{of} hold?",
    "memory_bytes": "How many bytes does the output{of} take, at {bytes} bytes a value?",
    "receptive_field": "How many pixels of the input wide is the receptive field of a unit of the output{of}?",
    "jump": "How many pixels of the input apart are neighbouring units of the output{of}?",
}
OF_THE_NET = {
    "params": "How many parameters has the whole network, biases included?",
    "macs": "How many MACs does the whole network do for one image?",
    "activations": "How many values do the input and the outputs of all layers hold together?",
}
MADE = {
    "output": "The output{of} is {value}",
    "params": "There are {value} parameters, biases included",
    "receptive_field": "A unit of the last output sees {value} pixels of the input on a side",
}
WHICH = {
    "W": "How large is the input, W",
    "C": "How many channels has the input, C",
    "F": "How large are the filters, F",
    "S": "What is the stride, S",
    "P": "How much padding is there on each side, P",
    "K": "What number stands for K",
    "L": "How many layers is that, L",
}


def sentence(candidate: Candidate, layer: str, value: Any) -> str:
    """The question: the network, and what is asked of it."""
    single = len(candidate.net.pieces) == 1
    given = described(candidate.net, candidate.unknown)
    named = "" if single else layer
    of, has, does = (
        (f" of {named}", f" has {named}", f" does {named} do for one image")
        if named
        else ("", " are there", " is that for one image")
    )
    if not candidate.unknown:
        table = OF_A_LAYER if layer else OF_THE_NET
        words = table[candidate.quantity].format(of=of, has=has, does=does, bytes=Convention().bytes_per_value)
        return f"{given} {words}"
    low, high = candidate.bounds
    shown = value
    if isinstance(value, Shape) and candidate.unknown == "K":
        shown = Shape(0, *value.size)
    made = MADE[candidate.quantity].format(of=of, value=text_of(shown))
    fits = " with no pixel left over anywhere" if candidate.quantity == "output" else ""
    return f"{given} {made}{fits}. {WHICH[candidate.unknown]}, from {low} to {high:,}?"


def described(net: Net, unknown: str = "") -> str:
    """`Input 32x32x3, then a convolution of 6 filters of 5x5, stride 1, padding 0.`, or the layers by name."""
    into = f"Input {net.volume(unknown)}"
    flat = ", flattened" if net.side and net.pieces[0].kind == "fc" else ""
    if len(net.pieces) == 1:
        return f"{into}{flat}, then {net.pieces[0].words(unknown)}."
    names = [layer.name for layer in net.analysis.layers]
    told = []
    for number, (name, piece) in enumerate(zip(names, net.pieces, strict=True)):
        behind = "flattened, then " if piece.kind == "fc" and number else ""
        told.append(f"{behind}{name}: {piece.words(unknown if number == 0 else '', short=True)}")
    return f"{into}, then {'; '.join(told)}."


def text_of(value: Any) -> str:
    """An answer as it is written down: `28x28x6`, `34,944`; one length where the axes agree."""
    if isinstance(value, Shape):
        return str(value)
    if isinstance(value, tuple):
        texts = [_number(length) for length in value]
        return texts[0] if len(set(texts)) == 1 else "x".join(texts)
    return _number(value)


def _number(value: Size) -> str:
    return f"{int(value):,}" if value == int(value) else str(value)
