"""A text of Python, a script or the cells of a notebook -> its syntax tree; it is parsed, and never run."""

from __future__ import annotations

import ast
import re
import warnings
from contextlib import suppress

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import LONGEST_CODE, MOST_STEPS

SHELL = re.compile(r"[ \t]*[%!]")
"""A line of a notebook that is not Python."""
PROMPT = re.compile(r"(?:>>>|\.\.\.) ?")
LONGEST_LINE = 10_000
"""Characters of a line in which columns are counted exactly, where not all of them are ASCII."""


class PythonText:
    """The tree of a text, and the place of everything in it; raises SpecError for a text that is not Python."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.indent = 0
        self.steps = 0
        self.tree = self._parsed()

    def count(self, node: ast.AST, steps: int = 1) -> None:
        """Count what names stand for, so that names of names come to an end; raises SpecError past the limit."""
        self.steps += steps
        if self.steps > MOST_STEPS.value:
            message = f"the names in this text stand for more than {MOST_STEPS} values"
            raise self.refused(message, node, MOST_STEPS.hint)

    def text(self, node: ast.AST) -> str:
        """The text of a node, in one line."""
        span = self.span(node)
        first, last = span.line, min(getattr(node, "end_lineno", 1) - 1, len(self.source.lines) - 1)
        if last == first:
            return self.source.lines[first][span.column : span.column + span.length]
        with suppress(RecursionError):
            return " ".join(ast.unparse(node).split())
        return "..."

    def span(self, node: ast.AST) -> Span:
        """The place of a node, in its first line."""
        line = min(getattr(node, "lineno", 1) - 1, len(self.source.lines) - 1)
        text = self.source.lines[line]
        start = self._column(text, getattr(node, "col_offset", 0))
        end = len(text)
        if getattr(node, "end_lineno", 0) == line + 1:
            end = self._column(text, getattr(node, "end_col_offset", 0))
        return self.source.span(line, start, max(end - start, 1))

    def _column(self, text: str, offset: int) -> int:
        """The column of a line for an offset in bytes."""
        offset += len(text) - len(without_prompt(text)) + self.indent
        if text.isascii() or len(text) > LONGEST_LINE:
            return min(offset, len(text))
        return len(text.encode()[:offset].decode(errors="ignore"))

    def refused(self, message: str, node: ast.AST, hint: str = "") -> SpecError:
        """The error that a node cannot be read."""
        return SpecError([Problem(message, self.span(node), hint)])

    def _parsed(self) -> ast.Module:
        if len(self.source.text) > LONGEST_CODE.value:
            message = f"the text has more than {LONGEST_CODE} characters"
            raise SpecError([Problem(message, None, f"keep what builds the network; {LONGEST_CODE.hint}")])
        text, self.indent = _dedented(self.source.lines)
        try:
            return _tree(text)
        except SyntaxError as error:
            place = self.source.span((error.lineno or 1) - 1, (error.offset or 1) - 1 + self.indent)
            hint = "paste whole statements, from model = Sequential to its last line"
            raise SpecError([Problem(f"not valid Python: {error.msg}", place, hint)]) from None
        except (RecursionError, MemoryError):
            raise SpecError([Problem("the Python text is nested too deeply", self.source.span())]) from None
        except ValueError as error:
            raise SpecError([Problem(f"not valid Python: {error}", self.source.span())]) from None


def is_python(text: str) -> bool:
    """Whether a text is whole statements of Python, what is not in a notebook left out, and not too long to say."""
    if len(text) > LONGEST_CODE.value:
        return False
    try:
        _tree(_dedented(text.split("\n"))[0])
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        return False
    return True


def _dedented(lines: list[str]) -> tuple[str, int]:
    """The text without the indentation of all of its lines and without what is no Python in a notebook; and that."""
    lines = ["" if SHELL.match(line) else without_prompt(line) for line in lines]
    written = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    indent = min((len(line) - len(line.lstrip(" ")) for line in written), default=0)
    return "\n".join(line[indent:] if line[:indent].isspace() else line for line in lines), indent


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the text: "\d" is no escape
        return ast.parse(text)


def without_prompt(line: str) -> str:
    """A line of Python without the `>>>` of an interactive session."""
    return PROMPT.sub("", line, count=1) if PROMPT.match(line) else line


def kind_of(call: ast.Call) -> str:
    """The type that a call makes: Conv2D of keras.layers.Conv2D(...)."""
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def is_call_of_layer(node: ast.AST) -> bool:
    """Whether a node is a layer that is called on the output of another: Dense(10)(x)."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Call)
