"""A text in protobuf's text format -> Messages: fields in their order, each with its place.

    layer {
      name: "conv1"  # a comment
      type: "Convolution"
      convolution_param { num_output: 20 kernel_size: 5 }
    }

It is read without a schema: a value is a number, a text, a word (an enum, or true), or a message. What it means, and
whether a field may stand there, whoever reads the message decides.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import DEEPEST_BRACKETS, LONGEST_TEXT

TOKEN = re.compile(
    r"(?P<blank>[ \t\r\n\f\v]+|\#[^\n]*)"
    r"|(?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[fF]?)(?![\w.]))"
    r"|(?P<word>-?[A-Za-z_]\w*(?:\.\w+)*)"
    r"|\"(?P<text>(?:[^\"\\\n]++|\\[^\n])*+)\"|'(?P<quoted>(?:[^'\\\n]++|\\[^\n])*+)'"
    r"|(?P<sign>[{}<>\[\]:,;])"
)
ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|(.))")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
CLOSING = {"{": "}", "<": ">"}
MOST_DIGITS = 15


class Word(str):
    """A word that is not in quotes: the name of an enum's value, or true."""

    __slots__ = ()


class Value(NamedTuple):
    """A value and its place: a number, a text, a word or a message."""

    value: int | float | str | Message
    span: Span


class Message:
    """The fields between two braces, or of a whole text; a field that is repeated has several values."""

    __slots__ = ("fields", "span")

    def __init__(self, span: Span) -> None:
        self.span = span
        self.fields: dict[str, list[tuple[Span, Value]]] = {}

    def __repr__(self) -> str:
        return "{ ... }"

    def all(self, name: str) -> list[Value]:
        """Every value of a field, in order."""
        return [value for _, value in self.fields.get(name, ())]

    def last(self, name: str) -> Value | None:
        """The value of a field that is not repeated: the last one, as protobuf has it."""
        found = self.fields.get(name)
        return found[-1][1] if found else None

    def messages(self, name: str) -> Iterator[Message]:
        """The messages of a field; raises SpecError for a value that is none."""
        for value in self.all(name):
            if not isinstance(value.value, Message):
                raise refused(f"{name} must be a message", value.span, f"write {name} {{ ... }}")
            yield value.value

    def texts(self, name: str) -> Iterator[tuple[str, Span]]:
        """The texts of a field; raises SpecError for a value that is none."""
        for value in self.all(name):
            if not isinstance(value.value, str):
                raise refused(f"{name} must be a text", value.span, f'write {name}: "..."')
            yield value.value, value.span

    def number(self, name: str) -> int | None:
        """The last value of a field as a whole number from 0 up; raises SpecError for another."""
        found = self.last(name)
        return None if found is None else whole(name, found)


Token: TypeAlias = "tuple[str, str, int, int]"
"""The kind of a token, what it says, and where it begins and ends."""
END: Token = ("end", "", 0, 0)


def refused(message: str, span: Span | None, hint: str = "") -> SpecError:
    """The error of one problem."""
    return SpecError([Problem(message, span, hint)])


def whole(name: str, value: Value) -> int:
    """A value as a whole number from 0 up; raises SpecError for another."""
    if type(value.value) is not int or value.value < 0:
        raise refused(f"{name} must be a whole number from 0 up", value.span)
    return value.value


def parse(source: Source) -> Message:
    """The fields of a whole text. Raises SpecError for the first thing that is wrong."""
    if len(source.text) > LONGEST_TEXT.value:
        raise refused(f"the text has more than {LONGEST_TEXT} characters", None, LONGEST_TEXT.hint)
    parser = _Parser(source)
    message = Message(source.span())
    parser.fields(message, "", 0)
    return message


class _Parser:
    """Reads fields from left to right, one token ahead."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.starts: list[int] = [0]
        for line in source.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.tokens = self._tokens()
        self.next = next(self.tokens, END)

    def fields(self, message: Message, closing: str, depth: int) -> None:
        """The fields up to the closing brace, or to the end of the text."""
        while self.next[0] != "end" and not (closing and self._is(closing)):
            kind, name, start, end = self.next
            if kind != "word":
                raise self._unexpected("the name of a field is expected here")
            self._step()
            span = self.span(start, end)
            place = message.fields.setdefault(name, [])
            colon = self._skip(":")
            if self._is("["):
                place.extend((span, value) for value in self._list(name, depth))
            else:
                place.append((span, self._value(name, colon, depth)))
            _ = self._skip(",") or self._skip(";")
        if closing and self.next[0] == "end":
            raise refused(f"the text ends before the '{closing}' of this message", message.span, "is the file whole?")

    def _list(self, name: str, depth: int) -> Iterator[Value]:
        self._step()
        while not self._is("]"):
            yield self._value(name, True, depth)
            if not self._skip(",") and not self._is("]"):
                raise self._unexpected("',' or ']' is expected here")
        self._step()

    def _value(self, name: str, colon: bool, depth: int) -> Value:
        kind, text, start, end = self.next
        span = self.span(start, end)
        if kind == "sign" and text in CLOSING:
            if depth >= DEEPEST_BRACKETS.value:
                raise refused(f"messages are nested more than {DEEPEST_BRACKETS} deep", span, DEEPEST_BRACKETS.hint)
            self._step()
            message = Message(span)
            self.fields(message, CLOSING[text], depth + 1)
            self._step()
            return Value(message, span)
        if not colon or kind not in ("number", "word", "text"):
            raise self._unexpected(f"{name} needs a value: ':' and the value, or a message in braces")
        self._step()
        if kind == "number":
            return Value(self._number(text, span), span)
        while kind == "text" and self.next[0] == "text":  # texts side by side are one
            text += self.next[1]
            self._step()
        return Value(Word(text) if kind == "word" else text, span)

    def _number(self, text: str, span: Span) -> int | float:
        digits = text.lstrip("+-")
        if len(digits) > MOST_DIGITS and digits.isalnum() and not any(letter in "eEfF." for letter in digits):
            raise refused(f"a number has at most {MOST_DIGITS} digits", span)
        if digits[:2] in ("0x", "0X"):
            return int(text, 16)
        if digits.isdigit():
            return (
                int(text, 8) if len(digits) > 1 and digits[0] == "0" and set(digits) <= set("01234567") else int(text)
            )
        return float(text.rstrip("fF"))

    def _is(self, sign: str) -> bool:
        return self.next[0] == "sign" and self.next[1] == sign

    def _skip(self, sign: str) -> bool:
        """Take a sign if it comes next; whether it did."""
        found = self._is(sign)
        if found:
            self._step()
        return found

    def _step(self) -> None:
        self.next = next(self.tokens, END)

    def _tokens(self) -> Iterator[Token]:
        """The tokens of the text; what is none is a token of the kind `wrong`."""
        text, at = self.source.text, 0
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                yield "wrong", text[at], at, at + 1
                return
            kind = found.lastgroup or "text"
            if kind in ("text", "quoted"):
                yield "text", ESCAPE.sub(_unescaped, found[kind]), found.start(), found.end()
            elif kind != "blank":
                yield kind, found[0], found.start(), found.end()
            at = found.end()

    def _unexpected(self, message: str) -> SpecError:
        kind, text, start, end = self.next
        if kind == "end":
            last = len(self.source.lines) - 1
            at = self.source.span(last, max(len(self.source.lines[last]) - 1, 0))
            return refused("the text ends in the middle of a field", at)
        if kind == "wrong" and text in "\"'":
            message = "a text ends on the line on which it begins: its closing quote is missing"
        return refused(message, self.span(start, end))

    def span(self, start: int, end: int) -> Span:
        """The stretch of the text between two characters, in its first line."""
        line = min(bisect_right(self.starts, start) - 1, len(self.source.lines) - 1)
        column = start - self.starts[line]
        return self.source.span(line, column, max(min(end - start, len(self.source.lines[line]) - column), 1))


def _unescaped(escape: re.Match[str]) -> str:
    octal, hexadecimal, letter = escape.groups()
    if letter is not None:
        return ESCAPES.get(letter, letter)
    return chr(int(octal, 8) if octal else int(hexadecimal, 16))
