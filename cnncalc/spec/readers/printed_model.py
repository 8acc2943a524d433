"""What PyTorch prints of a model -> Spec: its modules in the order in which they are printed.

    Net(
      (features): Sequential(
        (0): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))
        (1): ReLU()
      )
      (fc): Linear(in_features=864, out_features=10, bias=True)
    )

A Sequential runs its modules in their order. The module at the top may be of any class: its modules are taken in
their order, and a note says so. How any other class joins its modules is not in the text, so it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import DEEPEST_BRACKETS, LONGEST_NAME, LONGEST_TEXT
from cnncalc.spec.model import Argument, Spec
from cnncalc.spec.readers.calls import Call, items_of, partial_input
from cnncalc.spec.readers.torch_modules import TORCH

CHILD = r"\((?P<child>[^()\s]{1,300})\):[ \t]*(?:(?P<times>\d{1,6}) x )?"
PRINTED = re.compile(rf"{CHILD}[A-Za-z_]\w*\(")
TOKEN = re.compile(
    rf"\s*(?:{CHILD}|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)|(?P<word>[A-Za-z_][\w.]*)"
    r"|'(?P<text>[^'\n]{0,200})'|(?P<sign>[(),=]))"
)
TOP = re.compile(r"^[^\S\n]*(?:\w+[^\S\n]*=[^\S\n]*)?(?P<type>[A-Za-z_]\w*)\(\s*\([^()\s]{1,300}\):", re.MULTILINE)
WORDS = {"True": True, "False": False, "None": None}
IN_ORDER = ("Sequential",)
LARGEST_DIGITS = 15
ASKED = "write the network as one nn.Sequential, or as a spec in YAML"


class Token(NamedTuple):
    """A token of the text: the kind of it, its text, and where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int
    times: str = ""


class Printed(NamedTuple):
    """A module as it is printed: its name in the one around it, its call, and the modules inside."""

    name: str
    call: Call
    inside: list[Printed]


def recognises(text: str) -> bool:
    """Whether a text has a module inside of a module, as PyTorch prints it: `(fc): Linear(`."""
    return PRINTED.search(text) is not None and TOP.search(text) is not None


def read(source: Source) -> Spec:
    """The spec that a printed model stands for; what is wrong with it is in `problems`."""
    spec = Spec(source)
    try:
        if len(source.text) > LONGEST_TEXT.value:
            raise SpecError([Problem(f"the text has more than {LONGEST_TEXT} characters", None, LONGEST_TEXT.hint)])
        top = printed(source)
    except SpecError as error:
        spec.problems.extend(error.problems)
        return spec
    while len(top.inside) == 1 and top.inside[0].inside and top.call.kind not in IN_ORDER:
        top = top.inside[0]  # a wrapper: DataParallel, or a compiled model
    calls = list(_calls(top, "", top.call.kind in IN_ORDER, spec))
    if top.call.kind not in IN_ORDER:
        spec.name = top.call.kind
        spec.notes.append(f"the modules of {top.call.kind} are read in the order in which they are printed")
    spec.items = items_of(calls, TORCH, spec)
    spec.partial_input = partial_input(spec.items)
    if not spec.items and not spec.problems:
        spec.problems.append(Problem("the printed model has no modules", top.call.span))
    return spec


def printed(source: Source) -> Printed:
    """The one printed model in a text; other text may stand before and behind it. Raises SpecError."""
    starts = list(TOP.finditer(source.text))
    parser = _Parser(source, starts[0].start("type"))
    top = parser.module("", 0)
    for start in starts[1:]:
        if start.start("type") >= parser.end:
            message = f"the text holds two printed models: {top.call.kind} and {start['type']}"
            raise SpecError(
                [Problem(message, parser.span(start.start("type"), len(start["type"])), "keep one of them")]
            )
    return top


def _calls(module: Printed, path: str, joined: bool, spec: Spec) -> Iterator[Call]:
    """The modules that compute, in their order, named by their paths: features.0."""
    for child in module.inside:
        name = f"{path}{child.name}"
        if not child.inside and child.call.kind not in IN_ORDER:
            yield child.call._replace(name=name, joined=joined)
        elif child.call.kind in IN_ORDER:
            # Between two modules of a class, its forward may do anything; within a Sequential nothing happens.
            for number, call in enumerate(_calls(child, f"{name}.", True, spec)):
                yield call if number else call._replace(joined=joined)
        else:
            message = f"{name}: the text does not say how the forward of {child.call.kind} joins its modules"
            spec.problems.append(Problem(message, child.call.span, ASKED))
        joined = module.call.kind in IN_ORDER


class _Parser:
    """Reads modules, their arguments and the modules inside, from left to right."""

    def __init__(self, source: Source, start: int) -> None:
        self.source = source
        self.end = start
        """Where the last token that was taken ends."""
        self.lines: list[int] = [0]
        for line in source.text.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.next = self._token()

    def module(self, name: str, depth: int) -> Printed:
        """A type, and in its parentheses arguments and modules."""
        kind = self._take("word")
        if depth > DEEPEST_BRACKETS.value:
            message = f"modules are nested more than {DEEPEST_BRACKETS} deep"
            raise self._refused(message, kind, DEEPEST_BRACKETS.hint)
        self._take("(")
        positional: list[Argument] = []
        named: dict[str, Argument] = {}
        inside: list[Printed] = []
        while self.next.kind != ")":
            if self.next.kind == "child":
                inside.append(self._child(depth))
            else:
                self._argument(positional, named)
            if self.next.kind == ",":
                self._take(",")
        self._take(")")
        span = self.span(kind.start, len(kind.text))
        return Printed(name, Call(kind.text, span, tuple(positional), named, printed=True), inside)

    def _child(self, depth: int) -> Printed:
        token = self._take("child")
        if token.times:
            message = f"the text does not say in which order the {token.times} modules {token.text} run"
            raise self._refused(message, token, ASKED)
        if len(token.text) > LONGEST_NAME.value:
            raise self._refused(f"a name has at most {LONGEST_NAME} characters", token, LONGEST_NAME.hint)
        return self.module(token.text, depth + 1)

    def _argument(self, positional: list[Argument], named: dict[str, Argument]) -> None:
        token = self.next
        value = self._value(0)
        if self.next.kind == "=" and token.kind == "word":
            self._take("=")
            named[token.text] = self._value(0)
        else:
            positional.append(value)

    def _value(self, depth: int) -> Argument:
        """A number, a word, a text, or a tuple of values."""
        token = self.next
        if token.kind == "(" and depth < DEEPEST_BRACKETS.value:
            self._take("(")
            parts = []
            while self.next.kind != ")":
                parts.append(self._value(depth + 1))
                if self.next.kind == ",":
                    self._take(",")
            end = self._take(")")
            return Argument(tuple(parts), self.span(token.start, end.end - token.start))
        if token.kind not in ("number", "word", "text"):
            raise self._unexpected(token)
        self._take(token.kind)
        span = self.span(token.start, token.end - token.start)
        if token.kind == "number":
            return Argument(self._number(token), span)
        return Argument(WORDS.get(token.text, token.text) if token.kind == "word" else token.text, span)

    def _number(self, token: Token) -> int | float:
        if len(token.text.lstrip("-+")) > LARGEST_DIGITS and token.text.lstrip("-+").isdigit():
            raise self._refused(f"a number has at most {LARGEST_DIGITS} digits", token)
        return int(token.text) if token.text.lstrip("-+").isdigit() else float(token.text)

    def _take(self, kind: str) -> Token:
        if self.next.kind != kind:
            raise self._unexpected(self.next, f"'{kind}' is missing" if len(kind) == 1 else "")
        taken, self.end = self.next, self.next.end
        self.next = self._token()
        return taken

    def _token(self) -> Token:
        """The next token; one without a kind at the end, and for what is none."""
        found = TOKEN.match(self.source.text, self.end)
        if found is None:
            rest = self.source.text[self.end : self.end + 1000].lstrip()
            start = self.end + min(1000, len(self.source.text) - self.end) - len(rest)
            return Token("", rest[:1], start, start + 1)
        kind = found.lastgroup or ""
        kind = "child" if kind == "times" else kind
        text = found[kind]
        start = found.start(kind)
        return Token(text if kind == "sign" else kind, text, start, found.end(), found["times"] or "")

    def _unexpected(self, token: Token, message: str = "") -> SpecError:
        if not token.text:
            return self._refused("the printed model is not complete: ')' is missing", token, "paste all of it")
        return self._refused(message or f"unexpected '{token.text}' in a printed model", token)

    def _refused(self, message: str, token: Token, hint: str = "") -> SpecError:
        return SpecError([Problem(message, self.span(token.start, max(len(token.text), 1)), hint)])

    def span(self, start: int, length: int) -> Span:
        """The stretch of the text from a character on, in its first line."""
        from bisect import bisect_right

        line = min(bisect_right(self.lines, start) - 1, len(self.source.lines) - 1)
        column = start - self.lines[line]
        return self.source.span(line, column, max(min(length, len(self.source.lines[line]) - column), 1))
