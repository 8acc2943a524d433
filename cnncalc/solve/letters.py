"""The names a student gives to the quantities of one layer -> the letters of the textbook."""

from __future__ import annotations

from cnncalc.errors import Problem, Span, closest
from cnncalc.layers import Layer
from cnncalc.layers.windowed import Padding
from cnncalc.solve.question import QuestionError
from cnncalc.symbolic.constraint import Range

LETTERS = {
    "W": ("in", "input", "size", "width"),
    "F": ("kernel", "k", "filter_size", "window"),
    "S": ("stride",),
    "P": ("padding", "pad"),
    "D": ("dilation",),
    "C": ("channels", "in_channels", "c_in", "cin", "d1"),
    "K": ("filters", "units", "out_channels", "c_out", "cout", "d2"),
    "G": ("groups",),
    "O": ("output_padding", "op"),
}
DERIVED = {
    "out": ("output", "w'", "w2"),
    "params": ("parameters",),
    "weights": (),
    "macs": ("mac",),
    "flops": ("flop",),
    "rf": ("receptive_field", "field", "r"),
}
FIELDS = {"F": "kernel", "S": "stride", "D": "dilation", "G": "groups", "O": "output_padding"}
WHAT = {
    "W": "size of the input",
    "F": "kernel",
    "S": "stride",
    "P": "padding",
    "D": "dilation",
    "C": "channels in",
    "K": "filters",
    "G": "groups",
    "O": "output padding",
}
ALONE: dict[str, Range] = {"P": (0, 10_000), "O": (0, 100), "C": (1, 10**9), "K": (1, 10**9), "W": (1, 10**6)}
TOGETHER: dict[str, Range] = {"W": (1, 1024), "F": (1, 15), "S": (1, 8), "P": (0, 7), "D": (1, 8), "O": (0, 7)}
"""Where one unknown is searched, and where several at once are: bounds of the question go before these."""


def known_letter(name: str, kind: type[Layer]) -> str:
    """The letter, or the name of a derived quantity, that `name` stands for; nothing where there is none."""
    if name == "K":
        found = "K"
    else:
        all_names = {**LETTERS, **DERIVED}
        lowered = name.lower()
        found = next((key for key, names in all_names.items() if lowered == key.lower() or lowered in names), "")
    if name == "k":
        return "F"
    return found if found in DERIVED or found in range_letters(kind) else ""


def range_letters(kind: type[Layer]) -> tuple[str, ...]:
    """The letters that can be given or asked for; all else follows from them."""
    return ("W", "C", *(letter for letter in "FSPDKGO" if field_of(letter, kind)))


def letter_of(name: str, kind: type[Layer], span: Span) -> str:
    """The letter, or the name of a derived quantity, that `name` stands for; raises QuestionError."""
    if found := known_letter(name, kind):
        return found
    known = [key for key in LETTERS if key in "WC" or field_of(key, kind)]
    meanings = ", ".join(f"{key} ({WHAT[key]})" for key in known)
    hint = closest(name, [alias for names in (*LETTERS.values(), *DERIVED.values()) for alias in names])
    raise QuestionError(
        [Problem(f"a {kind.kind} has no '{name}'", span, hint or f"it has {meanings}, and {', '.join(DERIVED)}")]
    )


def field_of(letter: str, kind: type[Layer]) -> str:
    """The field of a layer type that a letter stands for; nothing where it has none."""
    if letter == "K":
        return next((key for key in ("filters", "units") if key in kind.fields), "")
    if letter == "P":
        return next((key for key, field in kind.fields.items() if isinstance(field, Padding)), "")
    field = FIELDS.get(letter, "")
    return field if field in kind.fields else ""


def range_of(letter: str, alone: bool) -> Range:
    """Where a letter is searched if nothing is said of it."""
    return ALONE.get(letter, (1, 10_000)) if alone else TOGETHER.get(letter, (1, 4096))
