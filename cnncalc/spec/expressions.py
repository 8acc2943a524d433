"""Expression text -> Expression: the integers, names and operators that may stand for a number.

    4*width    in.channels // 4    repeats[2]    stage > 1 and not last    2 if wide else 1

Nothing here runs as code: the grammar is this file's own. Values are integers (or symbols,
or lists of them); from loosest to tightest the operators are

    x if c else y   or   and   not   == != < <= > >=   + -   * // %   - (sign)   **   name[i] name.part
"""

from __future__ import annotations

import re
from typing import Any

from cnncalc.limits import DEEPEST_EXPRESSION, LONGEST_EXPRESSION
from cnncalc.spec.operators import LEVELS, Environment, Evaluator, ExpressionError, bounded, known, operate

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:0|[1-9][0-9]*)(?![0-9]))|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<mark>//|\*\*|[=!<>]=|[-+*%<>()\[\].]))"
)
KEYWORDS = frozenset(("if", "else", "and", "or", "not", "true", "false", "in"))


class Expression:
    """A parsed expression: its text, the names it uses, and its value given theirs."""

    __slots__ = ("names", "run", "text")

    def __init__(self, text: str) -> None:
        """Parse `text`; raises ExpressionError with the place of the mistake."""
        parser = _Parser(text)
        self.text = text
        self.run = parser.whole()
        self.names = parser.names

    def evaluate(self, environment: Environment) -> Any:
        """The value, an int, a symbolic size, or a tuple; raises ExpressionError."""
        return self.run(environment)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_EXPRESSION.value:
            message = f"an expression has at most {LONGEST_EXPRESSION} characters"
            raise ExpressionError(message, hint=LONGEST_EXPRESSION.hint)
        self.text = text
        self.tokens = self._tokens()
        self.at = 0
        self.depth = 0
        self.names: dict[str, int] = {}

    def _tokens(self) -> list[tuple[str, str, int]]:
        tokens, position = [], 0
        while self.text[position:].strip():
            match = TOKEN.match(self.text, position)
            if match is None:
                stripped = self.text[position:].lstrip()
                place = len(self.text) - len(stripped)
                hint = "use // for division: sizes are whole numbers" if stripped[0] == "/" else ""
                raise ExpressionError(f"unexpected '{stripped[0]}' in the expression '{self.text}'", place, 1, hint)
            kind = match.lastgroup or ""
            tokens.append((kind, match[kind], match.start(kind)))
            position = match.end()
        tokens.append(("end", "", len(self.text)))
        return tokens

    def whole(self) -> Evaluator:
        run = self._choice()
        if self.tokens[self.at][0] != "end":
            raise self._unexpected()
        return run

    def _unexpected(self) -> ExpressionError:
        kind, text, position = self.tokens[self.at]
        what = "the expression ends too early" if kind == "end" else f"unexpected '{text}'"
        return ExpressionError(f"{what}: '{self.text}'", min(position, max(len(self.text) - 1, 0)), max(len(text), 1))

    def _take(self, *marks: str) -> str | None:
        text = self.tokens[self.at][1]
        if text in marks and self.tokens[self.at][0] != "end":
            self.at += 1
            return text
        return None

    def _expect(self, mark: str) -> None:
        if self._take(mark) is None:
            raise self._unexpected()

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST_EXPRESSION.value:
            message = f"nested more than {DEEPEST_EXPRESSION} deep"
            raise ExpressionError(message, self.tokens[self.at][2], hint=DEEPEST_EXPRESSION.hint)

    def _choice(self) -> Evaluator:
        self._deeper()
        value = self._either()
        if self._take("if"):
            position = self.tokens[self.at][2]
            test = self._either()
            self._expect("else")
            other = self._choice()
            self.depth -= 1
            return lambda environment: (value if known(test(environment), position) else other)(environment)
        self.depth -= 1
        return value

    def _either(self) -> Evaluator:
        left = self._both()
        while self._take("or"):
            left = self._logic(left, self._both(), stop_on=True)
        return left

    def _both(self) -> Evaluator:
        left = self._negation()
        while self._take("and"):
            left = self._logic(left, self._negation(), stop_on=False)
        return left

    def _logic(self, left: Evaluator, right: Evaluator, *, stop_on: bool) -> Evaluator:
        position = self.tokens[self.at][2]

        def run(environment: Environment) -> bool:
            first = bool(known(left(environment), position))
            return first if first is stop_on else bool(known(right(environment), position))

        return run

    def _negation(self) -> Evaluator:
        if self._take("not"):
            position = self.tokens[self.at][2]
            operand = self._negation_deeper()
            return lambda environment: not known(operand(environment), position)
        return self._level(0)

    def _negation_deeper(self) -> Evaluator:
        self._deeper()
        operand = self._negation()
        self.depth -= 1
        return operand

    def _level(self, level: int) -> Evaluator:
        if level == len(LEVELS):
            return self._signed()
        left = self._level(level + 1)
        position = self.tokens[self.at][2]
        while mark := self._take(*LEVELS[level]):
            left = operate(mark, left, self._level(level + 1), position)
            position = self.tokens[self.at][2]
            if level == 0 and self.tokens[self.at][1] in LEVELS[0]:
                raise ExpressionError("comparisons cannot follow one another", position, 1, "join them by 'and'")
        return left

    def _signed(self) -> Evaluator:
        position = self.tokens[self.at][2]
        signs = 0
        while self._take("-"):
            signs += 1
        operand = self._power()
        if signs % 2 == 0:
            return operand
        return operate("-", lambda environment: 0, operand, position)

    def _power(self) -> Evaluator:
        base = self._postfix()
        position = self.tokens[self.at][2]
        return operate("**", base, self._postfix(), position) if self._take("**") else base

    def _postfix(self) -> Evaluator:
        position = self.tokens[self.at][2]
        value = self._atom()
        while True:
            if self._take("["):
                value = self._indexed(value, self._choice(), position)
                self._expect("]")
            elif self._take("."):
                value = self._part(value, position)
            else:
                return value

    def _atom(self) -> Evaluator:
        kind, text, position = self.tokens[self.at]
        if self._take("("):
            value = self._choice()
            self._expect(")")
            return value
        if kind == "number":
            self.at += 1
            number = bounded(int(text), position)
            return lambda environment: number
        if kind != "name" or text in KEYWORDS - {"true", "false", "in"}:
            raise self._unexpected()
        self.at += 1
        if text in ("true", "false"):
            return lambda environment: text == "true"
        self.names.setdefault(text, position)
        return lambda environment: _look_up(environment, text, position)

    def _indexed(self, value: Evaluator, index: Evaluator, position: int) -> Evaluator:
        def run(environment: Environment) -> Any:
            items, number = value(environment), known(index(environment), position)
            if not isinstance(items, tuple):
                raise ExpressionError("only a list can be indexed", position)
            if not 0 <= number < len(items):
                raise ExpressionError(f"index {number} is outside the list, which has {len(items)} entries", position)
            return items[number]

        return run

    def _part(self, value: Evaluator, position: int) -> Evaluator:
        kind, name, at = self.tokens[self.at]
        if kind != "name":
            raise self._unexpected()
        self.at += 1

        def run(environment: Environment) -> Any:
            parts = value(environment)
            if not isinstance(parts, dict):
                raise ExpressionError("only 'in' has parts, as in in.channels", position)
            if name not in parts:
                raise ExpressionError(f"the input has no '{name}'", at, len(name), "it has " + ", ".join(parts))
            return parts[name]

        return run


def _look_up(environment: Environment, name: str, position: int) -> Any:
    if name not in environment:
        raise ExpressionError(f"unknown name '{name}'", position, len(name))
    return environment[name]
