"""Slide notation -> Spec: `conv3-64 x2, pool2, fc-1000` becomes the same model as a file.

    conv7-64/2p3            kernel 7, 64 filters, stride 2, padding 3
    conv3-64 x2             twice; without p, an odd kernel keeps the size: p = (F - 1)/2
    pool2   avgpool3/2      max pooling, its stride the kernel unless given; average pooling
    fc-1000   FC256         fully connected
    [(CONV3-64-RELU)*2-POOL2]*3-FC10-SOFTMAX

Layers are joined by a comma or a dash; brackets group, `*N` or ` xN` repeats. Besides `/`
and `p`, `d` gives the dilation, `g` the groups of a convolution, and `op` the output padding of a
transposed one. A number may be a symbol:
a capital letter (`convF-K/SpP`, `conv3-C2 xL`), or any name or expression in braces
(`conv{k}-{2*width}`); it is a parameter of the spec.
"""

from __future__ import annotations

import re
from typing import Any

from cnncalc.errors import Problem, Source, Span, SpecError, closest, one_of
from cnncalc.layers import CATALOGUE, Layer, Refused
from cnncalc.layers.convolution import Filters
from cnncalc.layers.notation import is_odd, size_keeping
from cnncalc.layers.window import ROUNDINGS
from cnncalc.limits import DEEPEST_BRACKETS, LONGEST_NOTATION
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, BrokenItem, GroupItem, Item, LayerItem, Spec, expression_problem
from cnncalc.spec.operators import ExpressionError
from cnncalc.symbolic import symbol

WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
# A number, a symbol of one capital letter (no layer's name begins there), or an expression in braces.
NUMBER = r"(?:\d+|[A-Z]\d*(?:(?![A-Za-z_])|(?=(?:op|[pdgx])[\d\[{A-Z]))|\{[^{}]+\})"
BEFORE_SYMBOL = re.compile(r"([a-z_]+)[A-Z]\d*(?:(?![A-Za-z_])|(?=(?:op|[pdgx])[\d\[{A-Z]))")
SIZES = re.compile(rf"{NUMBER}(?:x{NUMBER})*")
COUNT = re.compile(rf"-\s*({NUMBER})")
MULTIPLIER = re.compile(rf"-\s*x({NUMBER})")
STRIDE = re.compile(rf"\s*/({NUMBER}(?:x{NUMBER})*)")
PADDING = re.compile(rf"\s*[pP]((?:{NUMBER}|\[[A-Za-z0-9, ]+\])(?:x(?:{NUMBER}|\[[0-9, ]+\]))*)")
OUTPUT_PADDING = re.compile(rf"\s*op({NUMBER}(?:x{NUMBER})*)")
DILATION = re.compile(rf"\s*d({NUMBER}(?:x{NUMBER})*)")
WORDS = re.compile(r"\s*\[\s*([A-Za-z]+)\s*\]")
GROUPS = re.compile(rf"\s*g({NUMBER})")
REPEAT = re.compile(rf"(?:\s*\*\s*|\s+[xX\u00d7]\s*|(?<=[\])}}\d])[xX]\s*)({NUMBER}|[A-Za-z]\w*)")
PART = re.compile(rf"{NUMBER}|\[[^\]]*\]")
SEPARATOR = re.compile(r"\s*(?:,|;|->|-)\s*")
CLOSING = {"(": ")", "[": "]"}
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
        item.repeat = self._argument(self._number(match[1]), self._span(match.start(1)))
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
            raise self._stop(f"{name} needs branches, which slide notation does not have", "write a spec file", start)
        values = self._values(layer)
        span = self._span(start)
        arguments = {key: self._argument(value, span) for key, value in values.items()}
        if not self._check(layer, values, start):
            return BrokenItem(span=span)
        return LayerItem(span=span, layer=layer, arguments=arguments)

    def _values(self, layer: type[Layer]) -> dict[str, Any]:
        """The fields that stand behind a layer's name."""
        main = "kernel" if "kernel" in layer.fields else layer.main[0] if layer.main else ""
        counted = next((key for key in ("filters", "units", "multiplier") if key in layer.fields), main)
        values: dict[str, Any] = {}
        if main and (sizes := self._take(SIZES)):
            values[main] = self._sizes(sizes[0])
        may_count = counted not in values and main
        if may_count and (count := self._take(MULTIPLIER if counted == "multiplier" else COUNT)):
            values[counted] = self._number(count[1])
        while True:
            if "stride" in layer.fields and (stride := self._take(STRIDE)):
                values["stride"] = self._sizes(stride[1])
            elif "output_padding" in layer.fields and (extra := self._take(OUTPUT_PADDING)):
                values["output_padding"] = self._sizes(extra[1])
            elif "padding" in layer.fields and (padding := self._take(PADDING)):
                values["padding"] = self._padding(padding[1])
            elif "dilation" in layer.fields and (dilation := self._take(DILATION)):
                values["dilation"] = self._sizes(dilation[1])
            elif "groups" in layer.fields and (groups := self._take(GROUPS)):
                values["groups"] = self._number(groups[1])
            elif word := self._take(WORDS):
                key, value = self._word(layer, word)
                values[key] = value
            else:
                break
        if issubclass(layer, Filters) and "kernel" in values and "padding" not in values:
            values["padding"] = keeping(values["kernel"], values.get("dilation", 1))
        return values

    def _word(self, layer: type[Layer], found: re.Match[str]) -> tuple[str, Any]:
        """The field that a word in brackets behind a layer sets: `[ceil]`, `[nobias]`."""
        word = found[1].lower()
        usual = {**dict.fromkeys(ROUNDINGS, "rounding"), "nobias": "bias"}
        words = {name: key for name, key in usual.items() if key in layer.fields}
        if word in words:
            return words[word], word if word in ROUNDINGS else False
        hint = closest(word, words) or (one_of(tuple(words)) if words else "put a comma between layers")
        raise self._stop(f"{layer.kind} has no '[{found[1]}]'", hint, found.start(1), len(found[1]))

    def _check(self, layer: type[Layer], values: dict[str, Any], start: int) -> bool:
        example = {"conv": "conv3-64", "fc": "fc-1000", "maxpool": "pool2"}.get(layer.kind, "")
        names = {name for value in values.values() for name in names_in(value)}
        if "in" in names:
            return True
        try:
            values = {key: evaluated(value, {name: symbol(name) for name in names}) for key, value in values.items()}
        except ExpressionError:
            return True  # a list that is indexed; it is evaluated where the list is known
        try:
            layer(**values)
        except (Refused, TypeError) as error:
            self.problems.append(Problem(str(error), self._span(start), f"as in {example}" if example else ""))
            return False
        return True

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def _padding(self, text: str) -> Any:
        if text.startswith("[") and text[1].isalpha():
            return text[1:-1].lower()
        try:
            sides = [
                tuple(int(side) for side in part[1:-1].split(",")) if part.startswith("[") else self._number(part)
                for part in PART.findall(text)
            ]
        except ValueError:
            raise self._stop(f"'{text}' is not a padding", "as in p1, p[1,2] or p[same]") from None
        return sides[0] if len(sides) == 1 and not isinstance(sides[0], tuple) else tuple(sides)

    def _sizes(self, text: str) -> Any:
        """One number, or one for every axis."""
        sizes = tuple(map(self._number, PART.findall(text)))
        return sizes[0] if len(sizes) == 1 else sizes

    def _number(self, text: str) -> int | Expression:
        """A number, or the expression of symbols that stands in its place; these become parameters."""
        if text.isdigit():
            return int(text)
        place = self.text.rfind(text, 0, self.at + len(text))
        span = _place(self.source, max(place, 0), len(text))
        inside = text[1:-1] if text.startswith("{") else text
        try:
            expression = Expression(inside)
        except ExpressionError as error:
            raise SpecError([expression_problem(error, span.part(int(inside != text), len(inside)))]) from None
        for name in expression.names:
            if name != "in":
                self.symbols.setdefault(name, Argument(None, span))
        return expression

    @staticmethod
    def _argument(value: Any, span: Span) -> Argument:
        if isinstance(value, tuple):
            return Argument(tuple(_Parser._argument(part, span) for part in value), span)
        return Argument(value, span)

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


def names_in(value: Any) -> set[str]:
    """The symbols in the value of a field."""
    if isinstance(value, tuple):
        return {name for part in value for name in names_in(part)}
    return set(value.names) if isinstance(value, Expression) else set()


def evaluated(value: Any, environment: dict[str, Any]) -> Any:
    """The value of a field, with its expressions evaluated; raises ExpressionError."""
    if isinstance(value, tuple):
        return tuple(evaluated(part, environment) for part in value)
    return value.evaluate(environment) if isinstance(value, Expression) else value


def keeping(kernel: Any, dilation: Any) -> Any:
    """The padding that keeps the size, for one kernel or one per axis."""
    if names_in(dilation):  # a symbol: half of what the kernel spans, which is whole for odd kernels
        return "half" if all(is_odd(side) for side in (kernel if isinstance(kernel, tuple) else (kernel,))) else 0
    if not isinstance(kernel, tuple) and not isinstance(dilation, tuple):
        return size_keeping(kernel, dilation)
    axes = len(kernel) if isinstance(kernel, tuple) else len(dilation)
    kernels = kernel if isinstance(kernel, tuple) else (kernel,) * axes
    dilations = dilation if isinstance(dilation, tuple) else (dilation,) * axes
    return tuple(size_keeping(*pair) for pair in zip(kernels, dilations, strict=False))
