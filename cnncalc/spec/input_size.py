"""`224x224x3` -> InputSize: sizes first, channels last, a name where a size stays a symbol."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from keyword import iskeyword

from cnncalc.errors import Problem, Span, SpecError, closest
from cnncalc.limits import LARGEST_SIZE
from cnncalc.spec.expressions import KEYWORDS
from cnncalc.spec.model import INPUT, InputSize, Spec

PART = re.compile(r"[0-9]+\Z|[A-WYZa-wyz_][A-WYZa-wyz0-9_]*\Z")
BATCHES = ("N", "B")
MOST_AXES = 3
AXIS_NAMES = {0: (), 1: ("W",), 2: ("H", "W"), 3: ("D", "H", "W")}
SIGNAL = "1d:"
"""What stands before a length and its channels where a spec does not say how many axes there are: 1d:16000x1."""
WITH_SIGNALS = re.compile(r"(?:conv|pool)[a-z_]{0,20}1d", re.IGNORECASE)
SMALLEST_SIDE = 8
"""From here up, two last numbers that are equal are a height and a width, and not channels."""
MOST_NAMED = 4
"""Inputs that a hint names."""
HINT = "write 224x224x3 (height x width x channels), HxWx3 with symbols, or a number for a vector"


def parse_input(text: str, given: InputSize | None = None, span: Span | None = None) -> InputSize:
    """The input that `text` names; `given` is the spec's own, which fills in what is left out.

    With a spec's input of r axes, 1 number sets every axis, r set the axes, r + 1 the axes and
    the channels, r + 2 the batch before them. Without, the last number is the channels, and the
    first of four is the batch if it is called N or B. For a spec with several inputs, a text without names sets
    those that have sides, and `left=64x64x3,right=96` some by their names.

    >>> parse_input("224", parse_input("227x227x3")).sizes
    (224, 224)

    Raises SpecError for a text that names no input.
    """
    if given is not None and "=" in text:
        return _named(text, given, span)
    if given is not None and given.others:
        return _for_each(text, given, span)
    signal = text.strip().lower().startswith(SIGNAL)
    numbers = text.strip()[len(SIGNAL) :] if signal else text
    parts = [_part(part.strip(), text, span) for part in re.split(r"[xX*\u00d7]", numbers)]
    if signal and (len(parts) != 2 or (given is not None and len(given.sizes) != 1)):
        raise SpecError(
            [Problem(f"the input '{text}' is no signal", span, "1d: has a length and channels: 1d:16000x1")]
        )
    if not signal:
        _refuse_channels_first(parts, given, text, span)
    if given is None:
        batch = parts.pop(0) if len(parts) == MOST_AXES + 1 and parts[0] in BATCHES else None
        sizes, channels = tuple(parts[:-1]), parts[-1]
    else:
        sizes, channels, batch = _fill(parts, given, text, span)
    if len(sizes) > MOST_AXES:
        raise _refused(f"the input '{text}' has {len(sizes)} axes; at most {MOST_AXES} are supported", span)
    return InputSize(sizes, channels, batch, span, INPUT if given is None else given.name)


def joined(inputs: Sequence[InputSize]) -> InputSize:
    """Several inputs as those of one network, which have one batch; raises SpecError."""
    first = inputs[0]
    for each in inputs:
        if each.batch is not None and first.batch not in (None, each.batch):
            raise SpecError([Problem(f"the inputs have different batches: {first.batch} and {each.batch}", each.span)])
        first = replace(first, batch=each.batch if first.batch is None else first.batch)
    return replace(first, others=tuple(replace(each, batch=None) for each in inputs[1:]))


def _named(text: str, given: InputSize, span: Span | None) -> InputSize:
    """Inputs by their names, `left=64x64x3,right=96`; those that are left out stay as they are."""
    found = {each.name: each.alone() for each in given.all}
    named: set[str] = set()
    for part in text.split(","):
        name, equals, size = (piece.strip() for piece in part.partition("="))
        if not equals or name not in found:
            hint = closest(name, found) or f"write {','.join(f'{known}=SIZE' for known in list(found)[:MOST_NAMED])}"
            what = f"the network has no input '{name}'" if equals else f"'{part.strip()}' does not name its input"
            raise SpecError([Problem(what, span, hint)])
        if name in named:
            raise SpecError([Problem(f"the input '{name}' is given twice", span)])
        named.add(name)
        found[name] = parse_input(size, found[name], span)
    return joined(tuple(found.values()))


def _for_each(text: str, given: InputSize, span: Span | None) -> InputSize:
    """One size for all inputs that have sides; their channels too if all of them have the same."""
    sided = [each for each in given.all if each.sizes]
    names = ",".join(f"{each.name}={each.alone()}" for each in given.all[:MOST_NAMED])
    hint = f"name the inputs: {names}"
    if not sided or any(len(each.sizes) != len(sided[0].sizes) for each in sided):
        message = f"the network has {len(given.all)} inputs, and '{text}' does not say which it is for"
        raise SpecError([Problem(message, span, hint)])
    found = given.each(lambda one: parse_input(text, one, span) if one.sizes else one)
    changed = [each.channels for each in found.all if each.sizes] != [each.channels for each in sided]
    if changed and len({each.channels for each in sided}) > 1:
        message = f"the input '{text}' gives the same channels to inputs that have different ones"
        raise SpecError([Problem(message, span, f"leave out the channels, or {hint}")])
    return found


def symbolic_input(spec: Spec) -> InputSize:
    """The input of a spec with a symbol for every size that is a number: H and W for an image.

    The channels stay; a spec that says nothing of its input is given an image of H x W x C. Of several inputs, those
    with the same sides have the same symbols, and others H2 and W2, H3 and W3.
    """
    given = spec.input or spec.partial_input or InputSize(("H", "W"), "C")
    groups = list(dict.fromkeys(each.sizes for each in given.all if each.sizes))

    def named(one: InputSize) -> InputSize:
        number = "" if one.sizes in ((), *groups[:1]) else str(groups.index(one.sizes) + 1)
        names = [f"{name}{number}" for name in AXIS_NAMES[len(one.sizes)]]
        free = [name if name not in spec.parameters else f"{name}_in" for name in names]
        pairs = zip(one.sizes, free, strict=True)
        return replace(one, sizes=tuple(size if isinstance(size, str) else name for size, name in pairs))

    return given.each(named)


def symbolic_size(spec: Spec, text: str | None) -> InputSize:
    """The input that `text` names for a spec, sizes not given being symbols; raises SpecError."""
    given = symbolic_input(spec)
    return given if text is None else parse_option(text, spec, given if spec.input or spec.partial_input else None)


def parse_option(text: str, spec: Spec, given: InputSize | None = None) -> InputSize:
    """The input that a user gives for a spec, beside the spec: `--input`, or an argument of the library.

    Two numbers are height x width. A spec without an input has no channels to add to them, and is only given
    a signal (length x channels) where that is plain. Raises SpecError.
    """
    given = given or spec.input or spec.partial_input
    found = parse_input(text, given)
    plain = found.channels == 1 or str(found.channels).startswith("C") or WITH_SIGNALS.search(spec.source.text)
    if given or len(found.sizes) != 1 or plain or text.strip().lower().startswith(SIGNAL):
        return found
    hint = f"for an image write {text}x1 (or {text}x3 for colour), for a signal of length x channels {SIGNAL}{text}"
    raise SpecError([Problem(f"the input '{text}' is height x width, and the channels are missing", None, hint)])


def written(size: InputSize, spec: Spec) -> str:
    """An input as the command line takes it for a spec: with `1d:` where nothing else says that it is a signal."""
    silent = spec.input is None and spec.partial_input is None
    return f"{SIGNAL}{size}" if silent and len(size.sizes) == 1 and size.channels != 1 else str(size)


def _refuse_channels_first(parts: list[int | str], given: InputSize | None, text: str, span: Span | None) -> None:
    """Raise SpecError for an image written as libraries that put the channels first write it: 1x3x224x224."""
    axes = 2 if given is None else len(given.sizes)
    batched = len(parts) == axes + 2
    if axes < 2 or len(parts) not in (axes + 1, axes + 2):
        return
    channels, *sizes = parts[1:] if batched else parts
    if given is not None:
        first = channels == given.channels != sizes[-1]
    elif sizes == ["H", "W"]:
        first = True
    else:
        last = sizes[-1]
        square = len(set(sizes)) == 1 and isinstance(last, int) and last >= SMALLEST_SIDE
        first = batched and channels in (1, 3) and square
    if first:
        right = "x".join(map(str, (*sizes, channels)))
        batch = f", and the batch is an option of its own: --batch {parts[0]}" if batched and parts[0] != 1 else ""
        what = "batch and its channels" if batched else "channels"
        raise SpecError(
            [Problem(f"the input '{text}' has its {what} first", span, f"channels come last: {right}{batch}")]
        )


def _fill(
    parts: list[int | str], given: InputSize, text: str, span: Span | None
) -> tuple[tuple[int | str, ...], int | str, int | str | None]:
    """Sizes, channels and batch, with what `parts` leave out taken from `given`."""
    rank = len(given.sizes)
    if rank == 0 and len(parts) == 1:
        return (), parts[0], given.batch
    if len(parts) == 1:
        return (parts[0],) * rank, given.channels, given.batch
    if len(parts) == rank:
        return tuple(parts), given.channels, given.batch
    if len(parts) == rank + 1:
        return tuple(parts[:-1]), parts[-1], given.batch
    if len(parts) == rank + 2 and rank:
        return tuple(parts[1:-1]), parts[-1], parts[0]
    mine = "x".join(map(str, (*given.sizes, given.channels)))
    raise _refused(f"the input '{text}' has {len(parts)} numbers, but the network takes {mine}", span)


def names_size(text: str) -> bool:
    """Whether a text may name a size, or a batch: a name of plain letters that is not a word of the languages."""
    return bool(PART.match(text)) and not text.isdigit() and not iskeyword(text) and text not in KEYWORDS


def _part(part: str, text: str, span: Span | None) -> int | str:
    if not PART.match(part):
        raise _refused(f"'{text}' is not an input size", span)
    if not part.isdigit() and not names_size(part):
        raise _refused(f"'{part}' cannot name a size: it is a word of the language", span)
    if not part.isdigit():
        return part
    digits = len(str(LARGEST_SIZE.value))
    if len(part) > digits or not 1 <= int(part) <= LARGEST_SIZE.value:
        hint = LARGEST_SIZE.hint if part.strip("0") else HINT
        raise SpecError([Problem(f"a size must be from 1 to {LARGEST_SIZE}, not {part[:40]}", span, hint)])
    return int(part)


def _refused(message: str, span: Span | None) -> SpecError:
    return SpecError([Problem(message, span, HINT)])
