"""The words of a question -> Question: clauses, and what is asked for, each with its place among the words.

The words are read by grammar.py alone; nothing of them is run as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple, TypeAlias

from cnncalc.errors import Problem, Source, Span, UsageError, closest
from cnncalc.layers import CATALOGUE
from cnncalc.solve.grammar import (
    DIGITS,
    GAP,
    LAYER,
    LAYERS,
    NUMBER,
    PHRASES,
    RELATIONS,
    SHAPE,
    SIDES,
    TIMES,
    UNITS,
    Template,
    examples,
    phrases,
    templates,
)

Amount: TypeAlias = "tuple[int | None, ...] | str"
"""A number or the sizes of a volume, None for `?`; or the text of an expression."""

POWERS = {"K": 10**3, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
BINARY = {"K": 2**10, "k": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
WORDS = {word: relation for relation, words in RELATIONS.items() for word in words}
LONGEST = 2000
LARGEST = 10**15
POSITIONS = {"conv": ("in_channels", "filters", "kernel", "stride", "padding"), "fc": ("in_channels", "units")}
POSITIONS |= {"deconv": (*POSITIONS["conv"], "output_padding")}
POOL = ("kernel", "stride", "padding", "dilation")
IGNORED = ("input_shape", "activation", "name", "padding_mode", "data_format", "kernel_initializer", "dtype", "device")
"""Arguments of a library's call that change no number asked for here."""


HINTS = {
    "separable": "it is two layers: cnncalc solve 'depthwise3, conv1-256' params --input HxWx128 --no-bias",
    "additions": "biases are added too, or not: ask for macs, the products that are added up",
}
"""What to ask instead of what has two answers."""


class Clause(NamedTuple):
    """`name relation amount`, as the question says it; `span` is its place among the words.

    Of what goes in steps, the amount is the number of steps.
    """

    name: str
    relation: str
    amount: Amount
    span: Span


@dataclass(slots=True)
class Question:
    """What is said, and what is asked for, in order.

    `shapes` stand alone, as in `227 -> 55, 11x11`: what they mean depends on all the rest; `arrows` are `64 -> 128`
    of sizes or of channels. `layer` is the layer type named, `fields` are its fields that are no numbers.
    """

    text: str
    source: Source
    clauses: list[Clause] = field(default_factory=list)
    asked: dict[str, Span] = field(default_factory=dict)
    steps: dict[str, Fraction] = field(default_factory=dict)
    shapes: list[tuple[Amount, Span]] = field(default_factory=list)
    arrows: list[tuple[Amount, Amount, Span]] = field(default_factory=list)
    layer: str = ""
    rank: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    padded: bool = False
    """Whether the input is said to be padded, and nothing more."""
    network: str = ""
    """What a template asks about, in slide notation; and its input."""
    input: str | None = None


def parse_question(text: str) -> Question:
    """The question that words ask; raises UsageError, with the place, for words that the grammar does not know."""
    if len(text) > LONGEST:
        raise UsageError([Problem(f"a question has at most {LONGEST:,} characters")])
    source = Source("question", text)
    for template, pattern in templates():
        if match := pattern.match(text):
            made, places = _filled(template, match)
            question = Question(text.strip(), source)
            question.network = template.network.format(**match.groupdict()) if template.network else ""
            question.input = template.input.format(**match.groupdict()) if template.input else None
            _Reader(question, made, places).read()
            return question
    question = Question(text.strip(), source)
    _Reader(question, text, range(len(text) + 1)).read()
    return question


def _filled(template: Template, match: re.Match[str]) -> tuple[str, Sequence[int]]:
    """The phrases that a template stands for, and for each of their characters its place in the question."""
    made, places, start = "", [], match.start()
    for fixed, name in re.findall(r"([^{}]*)(?:\{(\w+)\})?", template.phrases):
        group = (match[name] or "") if name else ""
        at = match.start(name) if group else start
        made += fixed + group
        places += [at] * len(fixed) + [*range(at, at + len(group))]
    return made, [*places, len(match.string)]


class _Reader:
    """Reads phrases from left to right into a question; `places` are those of its characters in the words."""

    def __init__(self, question: Question, text: str, places: Sequence[int]) -> None:
        self.question = question
        self.text = text
        self.places = places

    def span(self, start: int, end: int) -> Span:
        """The place of a piece of the text in the question."""
        first = self.places[min(start, len(self.places) - 1)]
        last = self.places[max(min(end, len(self.places)) - 1, 0)]
        return self.question.source.span(0, first, max(last - first + 1, 1))

    def read(self) -> None:
        """Read the whole text."""
        at = 0
        while (at := self._gap(at)) < len(self.text):
            found = [(match, each) for each, pattern in phrases() if (match := pattern.match(self.text, at))]
            found = [(match, each) for match, each in found if match.end() > at]
            if not found:
                raise self._unknown(at)
            match, phrase = max(found, key=lambda pair: pair[0].end())  # of equally long ones the first
            self._check_whole(match, at)
            span = self.span(at, len(match[0].rstrip()) + at)
            self._special(match, span)
            for name, amount in self._said(phrase.says, match) if not match.groupdict().get("step") else ():
                self._enter(name, relation_of(match), amount, span)
            at = match.end()

    def _gap(self, at: int) -> int:
        match = GAP.match(self.text, at)
        end = match.end() if match else at
        word = bool(re.search(r"\w", self.text[at:end]))
        if word and end == len(self.text):
            raise self._unknown(at + len(self.text[at:end]) - len(self.text[at:end].lstrip(" ,;:.()?")))
        return end

    def _unknown(self, at: int) -> UsageError:
        """The error for words that no phrase begins with, with the closest form that is one."""
        word = re.match(r"\S[\w.]*", self.text[at:])
        shown = word[0] if word else self.text[at : at + 1]
        return unknown_word(shown, self.span(at, at + len(shown)))

    def _check_whole(self, match: re.Match[str], at: int) -> None:
        """Refuse what a phrase cuts short, as 2 of `K=2C`, and a number of layers."""
        text, end = match.string, match.end()
        if end < len(text) and match[0][-1].isalnum() and re.match(r"[A-Za-z0-9_]", text[end]):
            start = end - len(re.search(r"[0-9A-Za-z_.,]*\Z", text[:end])[0])  # type: ignore[index]
            word = re.match(r"[0-9A-Za-z_.,]*", text[start:])[0].rstrip(".,")  # type: ignore[index]
            if not word[0].isdigit():
                raise unknown_word(word, self.span(start, start + len(word)))
            letters = word.lstrip("0123456789")
            hint = f"a product is written {word[: -len(letters)]}*{letters}" if letters.isalpha() else ""
            raise UsageError([Problem(f"'{word}' is not a number", self.span(start, start + len(word)), hint)])
        group = match.groupdict()
        if group.get("many") or group.get("plural") or group.get("plural2"):
            count, window = (group.get("many") or "4").lower(), group.get("window") or "3x3"
            count = DIGITS.get(count, count)
            hint = f"filters: '{count} {window} filters'; layers: cnncalc solve 'conv{window[0]}-C x{count}' rf"
            message = f"{count} layers, or one layer with {count} filters?"
            raise UsageError([Problem(message, self.span(at, end), hint)])

    def _said(self, says: str, match: re.Match[str]) -> Iterator[tuple[str, str]]:
        """(name, amount) for what a phrase says of quantities."""
        groups = match.groupdict()
        for part in says.split():
            name, sign, group = part.partition("=")
            if ":" in part:
                yield tuple(part.split(":"))  # type: ignore[misc]
            elif amount := groups.get(group if sign else name):
                named = groups[name[1:]] if name[0] == "@" else name
                yield (
                    (unit_of(named) if name == "@unit" else name_of(named), amount) if sign else (name_of(amount), "?")
                )

    def _enter(self, name: str, relation: str, amount: str, span: Span) -> None:
        """Enter what is said of a quantity: as a clause, or as asked for."""
        word = amount.strip().lower().strip("'\"")
        if amount == "?" and relation == "==":
            self.question.asked[name] = span
        elif word in ("false", "true") and name in ("bias", "use_bias", "ceil_mode"):
            self._switch(name, word == "true")
        elif name in ("padding", "pad", "P", "p") and word in ("same", "valid", "half", "full"):
            self._padding(word, span)
        else:
            self.question.clauses.append(Clause(name, relation, amount_of(amount, span), span))

    def _padding(self, word: str, span: Span) -> None:
        amount: Amount = (0,) if word == "valid" else word
        self.question.clauses.append(Clause("padding", "==", amount, span))

    def _switch(self, name: str, value: bool) -> None:
        if name == "ceil_mode":
            self.question.fields["rounding"] = "ceil" if value else "floor"
        else:
            self.question.fields["bias"] = value

    def _special(self, match: re.Match[str], span: Span) -> None:
        """Enter what a phrase says of anything but the value of a quantity."""
        question, groups = self.question, {name: text for name, text in match.groupdict().items() if text}
        if call := groups.get("call"):
            self._layer(call.rpartition(".")[2], span)
            self._call(call, groups.get("arguments", ""), span)
        elif layer := groups.get("layer") or groups.get("alone") or groups.get("joined"):
            self._layer(layer, span)
        if word := groups.get("word") or groups.get("word2") or ("valid" if "none" in groups else ""):
            self._padding(word.lower(), span)
        if biased := groups.get("biased"):
            question.fields["bias"] = biased.lower() == "with"
        if rounding := groups.get("ceil"):
            question.fields["rounding"] = rounding.lower()
        if "place" in groups:
            question.asked[f"{groups['place']}.{name_of(groups['quantity'])}"] = span
        if "number" in groups and not re.fullmatch(rf"[\s,:]*(?:{LAYER})?[\s,:]*", self.text[: match.start()], re.I):
            word = groups["number"]
            hint = f"as in 'in={word}', '{word} filters' or 'stride {word}'"
            raise UsageError([Problem(f"what is {word}?", span, hint)])
        if bare := groups.get("bare") or groups.get("number"):
            question.shapes.append((amount_of(bare, span), span))
        if start := groups.get("from") or groups.get("from2"):
            self._arrow(start, groups.get("to") or groups["to2"], "maps" in groups, span)
        if bounded := groups.get("bounded"):
            low, least = amount_of(groups["low"], span), FLIPPED[groups["least"]]
            question.clauses.append(Clause(name_of(bounded), least, low, span))
            if "high" in groups:
                self._enter(name_of(bounded), groups["most"], groups["high"], span)
        question.padded = question.padded or "padded" in groups
        if "step" in groups:
            self._steps(groups, span)

    def _layer(self, name: str, span: Span) -> None:
        """Take note of the layer type; 1d, 2d and 3d are the rank of its input."""
        found, rank = layer_named(name)
        question = self.question
        if question.layer and (found, rank or question.rank) != (question.layer, question.rank or rank):
            message = f"two layers, {question.layer} and {found}: a question is about one layer, or a network"
            raise UsageError([Problem(message, span, "a network is written as in 'conv3-64, pool2'")])
        question.layer, question.rank = found, rank or question.rank

    def _arrow(self, start: str, end: str, maps: bool, span: Span) -> None:
        """`227 -> 55`; of channels, if they are named."""
        if maps:
            self._enter("channels", "==", start, span)
            self._enter("filters", "==", end, span)
        elif all(re.fullmatch(NUMBER, side.strip(), re.IGNORECASE) for side in (start, end)):
            self.question.arrows.append((amount_of(start, span), amount_of(end, span), span))
        else:
            for name, side in (("in", start), ("out", end)):
                if side.strip() != "?" or name == "out" or not self.question.shapes:
                    self._enter(name, "==", side, span)

    def _steps(self, groups: dict[str, str], span: Span) -> None:
        """`width by 0.25`, and `width <= 1.3 by 0.25` as a bound on the number of steps: 5."""
        name, step = name_of(groups.get("stepped") or groups["name"]), _step(groups["step"], span)
        self.question.steps[name] = step
        self.question.asked[name] = span
        if "value" not in groups:
            return
        if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", groups["value"].strip()):
            message = f"'{groups['value']}' is not a bound for a value in steps"
            raise UsageError([Problem(message, span, f"as in '{name}<=2 by {step}'")])
        number, relation = Fraction(groups["value"]) / step, WORDS.get(groups["sign"], groups["sign"])
        steps = ceil(number) if relation in ("<", ">=") else floor(number)
        self.question.clauses.append(Clause(name, relation, (steps,), span))

    def _call(self, call: str, arguments: str, span: Span) -> None:
        """`Conv2d(64, 128, 3, padding=1)` of PyTorch, and `Conv2D(64, 3)` of Keras, whose D is a capital."""
        keras = call.endswith("D") or call in ("Dense",)
        order = POSITIONS.get(self.question.layer, POOL if "pool" in self.question.layer else ())
        order = order[1:] if keras else order
        for number, part in enumerate(re.findall(r"(?:[^,()]|\([^()]*\))+", arguments)):
            name, sign, value = part.strip().partition("=")
            if not sign:
                if number >= len(order):
                    raise UsageError([Problem(f"'{part.strip()}': {call} takes {', '.join(order)}", span)])
                name, value = order[number], name
            name = name.strip()
            if name in IGNORED:
                continue
            self._enter(name_of(name), "==", _one_side(value.strip()), span)


def _one_side(value: str) -> str:
    """`(3, 3)` as 3x3."""
    inside = re.fullmatch(r"[(\[]\s*([0-9]+(?:\s*,\s*[0-9]+)*)\s*,?\s*[)\]]", value)
    return "x".join(re.split(r"\s*,\s*", inside[1])) if inside else value


def _step(text: str, span: Span) -> Fraction:
    """`0.25` or `1/32`; raises UsageError for 0 and for what is too large or too fine."""
    above, _, below = text.partition("/")
    step = Fraction(above) / int(below or 1) if int(below or 1) else Fraction(0)
    if not 0 < step <= LARGEST or step.denominator > LARGEST:
        raise UsageError([Problem(f"the step cannot be {text}", span, "as in 'width by 0.25' or 'input by 32'")])
    return step


def relation_of(match: re.Match[str]) -> str:
    """`<`, `under`, `at most`, as a relation; == where nothing is said."""
    groups = match.groupdict()
    said = groups.get("sign") or groups.get("words")
    return WORDS.get(" ".join(said.lower().split()), said) if said else "=="


def name_of(text: str) -> str:
    """A name as one word: `rf` for `receptive field`."""
    return PHRASES.get(" ".join(text.lower().split()), text)


def unit_of(text: str) -> str:
    """What `32 filters` counts, as a name."""
    lowered = " ".join(text.lower().split())
    return UNITS[lowered if lowered in UNITS else lowered.removesuffix("s")]


def layer_named(text: str) -> tuple[str, int]:
    """(layer type, rank) that a word names; the rank is 0 where it says nothing of it."""
    lowered = " ".join(text.lower().split())
    dimensions = re.fullmatch(r"(.*?)[_ ]?([123])d", lowered)
    bare, rank = (dimensions[1], int(dimensions[2])) if dimensions else (lowered, 0)
    name = next(each for each in (LAYERS.get(bare, bare), lowered) if each in CATALOGUE)
    return CATALOGUE[name].kind, rank


def amount_of(text: str, span: Span) -> Amount:
    """`5M`, `34,944`, `ten`, `58 MiB`, `55x55x96`, or an expression; raises UsageError for a fraction."""
    text = text.strip()
    if text == "?" or re.fullmatch(SHAPE, text) or re.fullmatch(SIDES, text):
        return tuple(None if part == "?" else _whole(Fraction(part), part, span) for part in re.split(TIMES, text))
    text = DIGITS.get(text.lower(), text)
    match = re.fullmatch(r"([0-9,]*\.?[0-9]+)\s?([KkMGT]?)(i?)(?:B|MACs?|FLOPs?)?", text)
    if match is None:
        return text
    power = (BINARY if match[3] else POWERS).get(match[2], 1)
    return (_whole(Fraction(match[1].replace(",", "")) * power, text, span),)


def _whole(value: Fraction, text: str, span: Span) -> int:
    if value.denominator != 1 or value > LARGEST:
        raise UsageError([Problem(f"'{text}' is not a whole number up to {LARGEST:,}", span)])
    return value.numerator


def unknown_word(word: str, span: Span | None, known: Sequence[str] = ()) -> UsageError:
    """The error for a word that the grammar, or the context, does not know, with the closest form that it does."""
    hint = HINTS.get(word.lower(), "") or (closest(word, known) if len(word) > 3 else "")
    if not hint:
        hint = f"as in '{nearest_form(span.source.text if span else word)}'; cnncalc solve --help lists all forms"
    return UsageError(
        [Problem(f"unknown word '{word}'" if word[:1].isalnum() else f"'{word}' is not understood", span, hint)]
    )


def nearest_form(text: str) -> str:
    """The example of the grammar that looks most like a text, numbers aside."""
    from difflib import SequenceMatcher

    def likeness(example: str) -> float:
        first, second = (re.sub("[0-9]+", "0", each.lower()) for each in (text[:200], example))
        return float(SequenceMatcher(None, first, second).ratio())

    return max(examples(), key=likeness)
