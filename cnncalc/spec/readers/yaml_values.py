"""Nodes that hold values -> Arguments: words, constants, lists and expressions, checked by their field."""

from __future__ import annotations

import re
from typing import Any

from cnncalc.errors import Problem, Span, closest, one_of
from cnncalc.layers import Layer, Refused
from cnncalc.layers.fields import Field, Number
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, expression_problem
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.readers.yaml_nodes import Node

NOT_WHOLE = re.compile(r"[-+]?[0-9]*\.[0-9]+(e[-+]?[0-9]+)?\Z|[0-9]+(x[0-9]+)+\Z")
SIBLINGS = ("name", "repeat", "first", "when", "from", "share")


class ValueReader:
    """Reads values; `names` are those that expressions may use where the value stands."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.names: frozenset[str] = frozenset()

    def problem(self, message: str, span: Span, hint: str = "") -> None:
        """Take note of a problem."""
        self.problems.append(Problem(message, span, hint))

    def argument(self, node: Node, field: Field[Any] | None = None) -> Argument | None:
        """The value of a node: a word the field knows, a constant, a list, or an expression."""
        if node.kind == "list":
            for part in node.items:
                if part.kind == "scalar" and part.value is None:
                    self.problem("an entry of this list has no value", part.span)
                    return None
            parts = [self.argument(part, field) for part in node.items]
            return None if None in parts else Argument(tuple(part for part in parts if part), node.span)
        if node.kind == "map":
            self.problem(f"a value is expected here, not {node.what}", node.span)
            return None
        if field is not None and (isinstance(field, Number) or node.text in field.words):
            return Argument(node.text, node.span)
        if not isinstance(node.value, str):
            return Argument(node.value, node.span)
        return self._expression(node, field)

    def _expression(self, node: Node, field: Field[Any] | None) -> Argument | None:
        span = node.span.part(1, node.span.length - 2) if node.quoted else node.span
        if NOT_WHOLE.match(node.text):
            hint = f"one per axis is written [{node.text.replace('x', ', ')}]" if "x" in node.text else ""
            self.problem(f"{node.text} is not a whole number", span, hint)
            return None
        try:
            expression = Expression(node.text)
        except ExpressionError as error:
            words = field.words if field else ()
            problem = expression_problem(error, span)
            hint = closest(node.text, words) or (one_of(words) if words else error.hint)
            self.problems.append(Problem(problem.message, problem.span, hint))
            return None
        unknown = [name for name in expression.names if name not in self.names]
        for name in unknown:
            self._unknown_name(name, node, span.part(expression.names[name], len(name)), field)
        return None if unknown else Argument(expression, span)

    def _unknown_name(self, name: str, node: Node, span: Span, field: Field[Any] | None) -> None:
        """A name in an expression that nothing gives a value; perhaps it was to be a word."""
        words = field.words if field else ()
        hint = closest(name, (*self.names, *words))
        parameters = sorted(self.names - {"in"})
        if not hint and parameters and not words:
            hint = f"the parameters here are {', '.join(parameters)}"
        message = f"unknown name '{name}'"
        if field is not None and node.text == name:
            message = f"{field.name} must be {field.accepts}, not '{name}'"
        self.problem(message, span, hint)

    def layer_arguments(self, layer: type[Layer], node: Node, main: bool = True) -> dict[str, Argument] | None:
        """The keys given for a layer, each read by its field; None if any is wrong."""
        if node.kind == "scalar" and node.value is None:
            return {}
        if node.kind != "map":
            return self._main_argument(layer, node) if main else None
        result: dict[str, Argument] = {}
        sound = True
        for key, value in node.pairs:
            field = layer.fields.get(key.text)
            if field is None:
                hint = closest(key.text, layer.fields) or (
                    one_of(tuple(layer.fields)) if layer.fields else f"{layer.kind} has no keys"
                )
                if key.text in SIBLINGS:
                    hint = f"put '{key.text}' beside '{layer.kind}', not inside it"
                self.problem(f"{layer.kind} has no key '{key.text}'", key.span, hint)
                sound = False
                continue
            argument = self._checked(field, value)
            sound = sound and argument is not None
            if argument is not None:
                result[key.text] = argument
        return result if sound else None

    def _main_argument(self, layer: type[Layer], node: Node) -> dict[str, Argument] | None:
        if not layer.main:
            keys = f"its keys go in {{ }}: {', '.join(layer.fields)}" if layer.fields else "it has no keys"
            self.problem(f"{layer.kind} takes no value by itself", node.span, keys)
            return None
        argument = self._checked(layer.fields[layer.main[0]], node)
        return None if argument is None else {layer.main[0]: argument}

    def _checked(self, field: Field[Any], node: Node) -> Argument | None:
        """The argument of a field; a constant that the field refuses is a problem here already."""
        argument = self.argument(node, field)
        if argument is not None and argument.constant:
            try:
                field.read(argument.evaluate({}))
            except Refused as refused:
                self.problem(str(refused), node.span, refused.hint or (one_of(field.words) if field.words else ""))
                return None
        return argument
