"""The words of a question -> Question: clauses, and what is asked for, each with its place among the words.

The words are read by grammar.py alone; nothing of them is run as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from cnncalc.errors import Problem, Source, Span, UsageError
from cnncalc.limits import LONGEST_QUESTION
from cnncalc.solve.amounts import Amount, amount_of, layer_named, name_of, step_of, unit_of, unknown_word
from cnncalc.solve.calls import arguments_of
from cnncalc.solve.grammar import Template, phrases, templates
from cnncalc.solve.words import DIGITS, GAP, LAYER, NUMBER, RELATIONS

FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
WORDS = {word: relation for relation, words in RELATIONS.items() for word in words}
TWICE = "leave out one of the two"


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
    if len(text) > LONGEST_QUESTION.value:
        message = f"a question has at most {LONGEST_QUESTION} characters"
        raise UsageError([Problem(message, None, LONGEST_QUESTION.hint)])
    source = Source("question", text)
    for template, pattern in templates():
        if match := pattern.match(text):
            made, places = _filled(template, match)
            question = Question(text.strip(), source)
            groups = {name: DIGITS.get((text or "").lower(), text) for name, text in match.groupdict().items()}
            numbers = re.findall("[0-9]+", groups.get("dilations") or "")
            stack = ", ".join(f"conv{groups['k']}-Cd{number}" for number in numbers)
            question.network = template.network.format(**groups, stack=stack)
            question.input = template.input.format(**groups) or None
            _Reader(question, made, places).read()
            return question
    question = Question(text.strip(), source)
    _Reader(question, text, range(len(text) + 1)).read()
    return question


def input_clause(text: str) -> Clause:
    """`--input 32x32x3` as a question about one layer says it: `in=32x32x3`. Raises UsageError for symbols."""
    span = Source("--input", text).span(0, 0, max(len(text), 1))
    if not re.fullmatch(r"[0-9]+(?:x[0-9]+)*", text):
        hint = "as in --input 32x32x3; symbols are for networks"
        raise UsageError([Problem(f"'{text}' is not the size of a layer's input", span, hint)])
    return Clause("in", "==", amount_of(text, span), span)


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
            for name, amount in self._statements(phrase.says, match) if not match.groupdict().get("step") else ():
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
        if group.get("unclear"):
            hint = "put a comma before the number, or after it"
            raise UsageError([Problem(f"'{match[0].strip()}' has two meanings", self.span(at, end), hint)])
        if group.get("many") or group.get("plural") or group.get("plural2"):
            count, window = group.get("many") or "", group.get("window") or "3x3"
            count = DIGITS.get(count.lower(), count) or "N"
            hint = f"filters: '{count} {window} filters'; layers: cnncalc solve 'conv{window[0]}-C x{count}' rf"
            message = f"{count} layers, or one layer with {count} filters?"
            if "dilat" in self.text.lower():
                message, hint = (
                    "each layer needs its dilation",
                    f"as in 'receptive field of {window} layers with dilations 1, 2, 4'",
                )
            raise UsageError([Problem(message, self.span(at, end), hint)])

    def _statements(self, says: str, match: re.Match[str]) -> Iterator[tuple[str, str]]:
        """(name, amount) for what a phrase says of quantities."""
        groups = match.groupdict()
        for part in says.split():
            name, sign, group = part.partition("=")
            if ":" in part:
                said, _, word = part.partition(":")
                word, _, group = word.partition("?")
                if not group or groups[group]:
                    yield said, word
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
        elif word in ("false", "true"):
            if name.lower() not in ("bias", "use_bias", "ceil_mode"):
                raise UsageError([Problem(f"{name} is neither true nor false", span, "as in bias=False")])
            self._switch(name.lower(), word == "true")
        elif name in ("padding", "pad", "P", "p") and word in ("same", "valid", "half", "full"):
            self._padding(word, span)
        else:
            self.question.clauses.append(Clause(name, relation, amount_of(amount, span), span))

    def _padding(self, word: str, span: Span) -> None:
        amount: Amount = (0,) if word == "valid" else word
        self.question.clauses.append(Clause("padding", "==", amount, span))

    def _switch(self, name: str, value: bool) -> None:
        if name == "ceil_mode":
            self.question.fields["rounding"] = "caffe" if value else "floor"  # PyTorch clips as Caffe does
        else:
            self.question.fields["bias"] = value

    def _special(self, match: re.Match[str], span: Span) -> None:
        """Enter what a phrase says of anything but the value of a quantity."""
        question, groups = self.question, {name: text for name, text in match.groupdict().items() if text}
        if call := groups.get("call"):
            self._layer(call.rpartition(".")[2], span)
            for name, value in arguments_of(call, question.layer, groups.get("arguments", ""), span):
                self._enter(name_of(name), "==", value, span)
        elif layer := groups.get("layer") or groups.get("alone") or groups.get("joined"):
            self._layer(layer, span)
        elif special := groups.get("special"):
            self._layer(f"{special} conv", span)
        if word := groups.get("word") or groups.get("word2") or ("valid" if "none" in groups else ""):
            self._padding(word.lower(), span)
        if biased := groups.get("biased"):
            question.fields["bias"] = biased.lower() == "with"
        if rounding := groups.get("ceil") or groups.get("rounded"):
            question.fields["rounding"] = {"up": "ceil", "down": "floor"}.get(rounding.lower(), rounding.lower())
        if "place" in groups:
            question.asked[f"{groups['place']}.{name_of(groups['quantity'])}"] = span
        if "number" in groups and not re.fullmatch(rf"[\s,:]*(?:{LAYER})?[\s,:]*", self.text[: match.start()], re.I):
            word = groups["number"]
            hint = f"as in 'in={word}', '{word} filters' or 'stride {word}'"
            before = re.search(r"([A-Za-z_]+)\s+\Z", self.text[: match.start()])
            if before and before[1] in question.asked:  # frobnicate 3
                word, span = f"'{before[1]} {word}'", self.span(match.start() - len(before[0]), match.end())
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
        name, step = name_of(groups.get("stepped") or groups["name"]), step_of(groups["step"], span)
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


def relation_of(match: re.Match[str]) -> str:
    """`<`, `under`, `at most`, as a relation; == where nothing is said."""
    groups = match.groupdict()
    text = groups.get("sign") or groups.get("words")
    return WORDS.get(" ".join(text.lower().split()), text) if text else "=="


def check_twice(clauses: list[Clause]) -> None:
    """Refuse two numbers for one quantity."""
    given: dict[str, Clause] = {}
    for clause in clauses:
        if clause.relation != "==" or isinstance(clause.amount, str):
            continue
        if given.setdefault(clause.name, clause).amount != clause.amount:
            raise UsageError([Problem(f"{clause.name} is given twice", clause.span, TWICE)])


def narrowed(bounds: tuple[int | None, int | None], clause: Clause, number: int) -> tuple[int | None, int | None]:
    """Bounds with another one taken into account."""
    low, high = bounds
    if clause.relation in ("<", "<=", "=="):
        most = number - (clause.relation == "<")
        high = most if high is None else min(most, high)
    if clause.relation in (">", ">=", "=="):
        low = max(low or 0, number + (clause.relation == ">"))
    return low, high


def text_of(span: Span) -> str:
    """The words of a question at a place."""
    return span.source.lines[span.line][span.column : span.column + span.length]
