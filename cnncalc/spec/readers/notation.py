"""Slide notation -> Spec: `conv3-64 x2, pool2, fc-1000` becomes the same model as a file.

    conv7-64/2p3            kernel 7, 64 filters, stride 2, padding 3
    conv3-64 x2             twice; without p, an odd kernel keeps the size: p = (F - 1)/2
    pool2   avgpool3/2      max pooling, its stride the kernel unless given; average pooling
    fc-1000   FC256         fully connected
    [(CONV3-64-RELU)*2-POOL2]*3-FC10-SOFTMAX

Layers are joined by a comma or a dash; brackets group, `*N` or ` xN` repeats. What may stand behind a
layer's name is declared by its fields: each has a mark (`/`, `p`, `d`, `g`, ...), or stands in brackets
(`[ceil]`, `[nobias]`, `[start=4]`). A number may be a symbol: a capital letter (`convF-K/SpP`,
`conv3-C2 xL`), or any name or expression in braces (`conv{k}-{2*width}`); it is a parameter of the spec.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from cnncalc.errors import Problem, Source, Span, SpecError, closest, one_of
from cnncalc.layers import CATALOGUE, Layer, Refused
from cnncalc.layers.fields import Field
from cnncalc.layers.notation import NUMBER, SYMBOL
from cnncalc.limits import DEEPEST_BRACKETS, LONGEST_NOTATION
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, ArgumentError, BrokenItem, GroupItem, Item, LayerItem, Spec, expression_problem
from cnncalc.spec.operators import ExpressionError
from cnncalc.symbolic import symbol

WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
BEFORE_SYMBOL = re.compile(rf"([a-z_]+){SYMBOL}")
OPENING, COMMA, ENDING = (re.compile(rf"\s*{mark}") for mark in (r"\[", ",", r"\]"))
KEY = re.compile(r"\s*([A-Za-z_]\w*)\s*(=?)\s*")
VALUE = re.compile(r"[^,\]]*")
REPEAT = re.compile(rf"(?:\s*\*\s*|\s+[xX\u00d7]\s*|(?<=[\])}}\d])[xX]\s*)({NUMBER}|[A-Za-z]\w*)")
SEPARATOR = re.compile(r"\s*(?:,|;|->|-)\s*")
CLOSING = {"(": ")", "[": "]"}
EXAMPLES = {"conv": "conv3-64", "fc": "fc-1000", "maxpool": "pool2"}
LONG_NUMBER = re.compile(r"\d{16,}")


def recognises(text: str) -> bool:
    """Whether a text begins as slide notation does: with a layer's name, perhaps in brackets."""
    return ":" not in text and bool(layer_name(text.lstrip(" \n(["))[0])


def read(source: Source) -> Spec:
    """The spec that slide notation stands for; what is wrong with it is in `problems`."""
    spec, text = Spec(source), source.text
    if len(text) > LONGEST_NOTATION.value:
        message = f"slide notation has at most {LONGEST_NOTATION} characters; write a YAML spec instead"
        spec.problems.append(Problem(message, None, LONGEST_NOTATION.hint))
        return spec
    if number := LONG_NUMBER.search(text):
        span = _place(source, number.start(), len(number[0]))
        spec.problems.append(Problem("a number has at most 15 digits", span))
        return spec
    parser = _Parser(source)
    try:
        spec.items = parser.sequence("")
    except SpecError as error:
        spec.problems.extend(error.problems)
    spec.problems.extend(parser.problems)
    spec.parameters = parser.symbols
    return spec


class _Parser:
    """Reads layers, brackets and repeats from left to right."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.depth = 0
        self.problems: list[Problem] = []
        self.symbols: dict[str, Argument] = {}

    def sequence(self, closing: str) -> tuple[Item, ...]:
        """Layers and groups up to the end, or up to the bracket that closes them."""
        self.depth += 1
        if self.depth > DEEPEST_BRACKETS.value:
            raise self._stop(f"brackets nested more than {DEEPEST_BRACKETS} deep", DEEPEST_BRACKETS.hint)
        items = [self._element()]
        while not self._at_end(closing):
            separator = SEPARATOR.match(self.text, self.at)
            if separator is None:
                raise self._stop(f"unexpected '{self.text[self.at :].strip()[0]}'", "put a comma between layers")
            self.at = separator.end()
            items.append(self._element())
        self.depth -= 1
        return tuple(items)

    def _at_end(self, closing: str) -> bool:
        rest = self.text[self.at :].lstrip()
        if not rest:
            if closing:
                raise self._stop(f"'{closing}' is missing")
            return True
        if closing and rest.startswith(closing):
            self.at = len(self.text) - len(rest) + 1
            return True
        return False

    def _element(self) -> Item:
        self.at += len(self.text[self.at :]) - len(self.text[self.at :].lstrip())
        start = self.at
        bracket = self.text[self.at : self.at + 1]
        if bracket in CLOSING and bracket:
            self.at += 1
            items = self.sequence(CLOSING[bracket])
            return self._repeated(GroupItem(span=self._span(start), items=items))
        return self._repeated(self._layer())

    def _repeated(self, item: Item) -> Item:
        if self.text[self.at : self.at + 1] == "?":
            raise self._stop("'?' means that a layer is optional", "write the layer, or leave it out")
        match = REPEAT.match(self.text, self.at)
        if match is None:
            return item
        self.at = match.end()
        item.repeat = self._number(match[1], match.start(1))
        return item

    def _layer(self) -> Item:
        start = self.at
        name, length = layer_name(self.text[start:])
        if not name:
            word = WORD.match(self.text, start)
            if word is None:
                raise self._stop("a layer is missing here", "as in conv3-64, pool2, fc-1000")
            raise self._stop(f"unknown layer '{word[0]}'", closest(word[0], CATALOGUE), start, len(word[0]))
        self.at += length
        layer = CATALOGUE[name]
        if layer.merges:
            hint = f"write a YAML spec: '- {name}:' with a list of branches, or with 'from: [a, b]' beside it"
            raise self._stop(f"{name} joins branches, and slide notation has none", hint, start, length)
        arguments = self._arguments(layer)
        span = self._span(start)
        if not self._check(layer, arguments, span):
            return BrokenItem(span=span)
        return LayerItem(span=span, layer=layer, arguments=arguments)

    def _arguments(self, layer: type[Layer]) -> dict[str, Argument]:
        """The fields that stand behind a layer's name: a value, values behind their marks, and brackets."""
        arguments: dict[str, Argument] = {}
        marks = {name: field.mark for name, field in layer.fields.items() if field.mark}
        leading = layer.leading()
        if leading:
            self._field(layer.fields[leading], "", arguments)
            if not any(mark.startswith("-") for mark in marks.values()):
                marks[leading] = "-"
        while self._brackets(layer, arguments) or any(
            self._field(layer.fields[name], mark, arguments) for name, mark in marks.items()
        ):
            pass
        return arguments

    def _field(self, field: Field[Any], mark: str, arguments: dict[str, Argument]) -> bool:
        """Read the value of a field behind its mark, if it stands here."""
        before = rf"\s*(?i:{re.escape(mark)})\s*" if mark else ""
        found = re.compile(rf"{before}({field.pattern})").match(self.text, self.at)
        if found is None or field.name in arguments:
            return False
        self.at = found.end()
        span = self._span(found.start(1))
        value = field.from_notation(found[1], lambda text, place: self._number(text, found.start(1) + place))
        arguments[field.name] = value if isinstance(value, Argument) else Argument.of(value, span)
        return True

    def _brackets(self, layer: type[Layer], arguments: dict[str, Argument]) -> bool:
        """Read words and keys in brackets, if they stand here: `[ceil]`, `[start=4]`, `[nobias, rounding=ceil]`."""
        opened = more = self._take(OPENING) is not None
        while more:
            key = self._take(KEY)
            if key is None:
                raise self._stop("a word or a key is missing in the brackets", "as in [ceil] or [start=4]")
            self._entry(layer, key, arguments)
            more = self._take(COMMA) is not None
        if opened and not self._take(ENDING):
            raise self._stop("']' is missing")
        return opened

    def _entry(self, layer: type[Layer], key: re.Match[str], arguments: dict[str, Argument]) -> None:
        """One word, or one key with its value."""
        words = {word: field for field in layer.fields.values() for word in field.bracket_words()}
        word, span = key[1].lower(), _place(self.source, key.start(1), len(key[1]))
        field = (layer.fields if key[2] else words).get(word)
        if field is None:
            known = (*(() if key[2] else words), *layer.fields)
            listed = [name if name in words else f"{name}=" for name in known]
            hint = closest(word, layer.fields if key[2] else listed) or (
                one_of(listed) if listed else "put a comma between layers"
            )
            raise SpecError([Problem(f"{layer.kind} has no '[{key[1]}{key[2]}]'", span, hint)])
        if field.name in arguments:
            raise SpecError([Problem(f"{field.name} is given twice", span, "leave out one of them")])
        if not key[2]:
            arguments[field.name] = Argument(field.bracket_words()[word], span)
        elif not self._field(field, "", arguments):
            wrong = VALUE.findall(self.text, self.at)[0].rstrip()
            message = f"{field.name} must be {field.accepts}, not '{wrong}'"
            raise self._stop(message, one_of(field.words) if field.words else "", self.at, max(len(wrong), 1))

    def _check(self, layer: type[Layer], arguments: dict[str, Argument], span: Span) -> bool:
        """Whether the layer takes these fields; adds those that slide notation implies."""
        names = {name for argument in arguments.values() for name in argument.names()}
        environment = {name: symbol(name) for name in names - {"in"}}
        values = {}
        for name, argument in arguments.items():
            with suppress(ArgumentError):  # a list that is indexed, or the input: evaluated where they are known
                values[name] = argument.evaluate(environment)
        known = len(values) == len(arguments)
        implied = layer.implied({name: values.get(name, argument) for name, argument in arguments.items()})
        arguments.update((name, Argument.of(value, span)) for name, value in implied.items() if name not in arguments)
        try:
            if known:
                layer(**values)
        except (Refused, TypeError) as error:
            self.problems.append(self._refused(layer, arguments, error, span))
            return False
        return True

    def _refused(self, layer: type[Layer], arguments: dict[str, Argument], error: Exception, span: Span) -> Problem:
        """The problem of a layer that does not take its fields, at the field that is to blame."""
        hint = getattr(error, "hint", "")
        for name, argument in arguments.items():
            if str(error).startswith(f"{name} "):
                span = argument.span
                hint = closest(str(argument.value), layer.fields[name].words) or hint
        example = EXAMPLES.get(layer.kind)
        return Problem(str(error), span, hint or (f"as in {example}" if example else ""))

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def _number(self, text: str, place: int) -> Argument:
        """A number, or the expression of symbols that stands in its place; these become parameters."""
        span = _place(self.source, place, len(text))
        if text.isdigit():
            return Argument(int(text), span)
        inside = text[1:-1] if text.startswith("{") else text
        span = span.part(int(inside != text), len(inside))
        try:
            expression = Expression(inside)
        except ExpressionError as error:
            raise SpecError([expression_problem(error, span)]) from None
        for name in expression.names:
            if name != "in":
                self.symbols.setdefault(name, Argument(None, span))
        return Argument(expression, span)

    def _span(self, start: int) -> Span:
        return _place(self.source, start, max(self.at - start, 1))

    def _stop(self, message: str, hint: str = "", start: int | None = None, length: int = 1) -> SpecError:
        span = _place(self.source, min(self.at if start is None else start, max(len(self.text) - 1, 0)), length)
        return SpecError([Problem(message, span, hint)])


def _place(source: Source, start: int, length: int) -> Span:
    """A stretch of the text, counted from its beginning, in the line where it stands."""
    above = source.text[:start]
    return source.span(above.count("\n"), start - (above.rfind("\n") + 1), length)


# Words ------------------------------------------------------------------------------------------


def layer_name(text: str) -> tuple[str, int]:
    """The layer type that `text` begins with, and the length of its name.

    The longest name wins: `relu6` is a layer, but `conv2` is a conv of kernel 2.
    """
    word = WORD.match(text)
    if word is None:
        return "", 0
    candidates = [text[: word.end() + 2], text[: word.end() + 1], word[0]]
    if symbol_follows := BEFORE_SYMBOL.match(text):
        candidates.append(symbol_follows[1])
    for name in candidates:
        if name.lower() in CATALOGUE:
            return name.lower(), len(name)
    return "", 0
