"""The statements of a Python text, one after the other -> what their names stand for: layers, Sequentials, values.

Nothing is run: arguments are numbers, words, tuples, sums and products of them, and names with one value in the text,
which become parameters of the spec. What is built in loops or by conditions is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from cnncalc.errors import Span, SpecError
from cnncalc.limits import DEEPEST_BRACKETS
from cnncalc.spec.expressions import KEYWORDS, Expression
from cnncalc.spec.model import Argument, Spec, expression_problem
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.readers.calls import Call
from cnncalc.spec.readers.keras_layers import KERAS
from cnncalc.spec.readers.python_conditions import UNKNOWN, Conditions
from cnncalc.spec.readers.python_text import PythonText, kind_of
from cnncalc.spec.readers.torch_modules import TORCH

SEQUENTIAL = "Sequential"
ADDS = ("add", "append", "add_module")
CHANGES = ("pop", "insert", "extend", "clear", "remove", "__setitem__")
LARGEST = 10**15
LONGEST_SHOWN = 60
ATTRIBUTE = re.compile(r"\bself\.(\w+)")
WORD = re.compile(r"[A-Za-z_]\w*")
SIMPLE = (ast.BinOp, ast.UnaryOp)
WRITE = "write the layers as one Sequential, one after the other"


@dataclass(eq=False)
class Model:
    """A Sequential, or a list of layers for one: its layers in their order, and what it is called."""

    node: ast.AST
    calls: list[Call] = field(default_factory=list)
    name: str = ""
    listed: bool = False
    """Whether it is only a list of layers."""
    used: bool = False
    """Whether it is part of another."""


Meaning: TypeAlias = "Model | Call | ast.expr | Argument"
"""What a name stands for: layers, a layer, code for a value, or the value itself."""


class Names:
    """What the names stand for in a scope of a text, `outside` being those of the scopes around it.

    `own` are the classes of the text itself, which make layers too.
    """

    def __init__(
        self, code: PythonText, spec: Spec, outside: Mapping[str, Meaning] | None = None, own: Collection[str] = ()
    ) -> None:
        self.code, self.spec, self.own = code, spec, own
        self.models: list[Model] = []
        self.named: dict[str, Meaning] = dict(outside or {})
        """Names by themselves, and `self.conv1` as one of them; those with several values are left out."""
        self.again: set[str] = set()

    # Statements -----------------------------------------------------------------------------

    def run(self, statements: list[ast.stmt]) -> None:
        """Read statements in their order; raises SpecError."""
        for statement in statements:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                targets: list[ast.expr] = (
                    [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets
                )
                self._assigned(targets, statement.value)
            elif isinstance(statement, ast.AugAssign):
                self._augmented(statement)
            elif isinstance(statement, ast.Expr | ast.Return) and statement.value is not None:
                self._expression(statement.value)
            elif isinstance(statement, ast.If) and (holds := self.holds(statement.test)) is not None:
                self.run(statement.body if holds else statement.orelse)
            elif isinstance(statement, ast.For | ast.While | ast.If | ast.With | ast.Try):
                self._compound(statement)

    def holds(self, test: ast.expr) -> bool | None:
        """Whether a condition on values of the text holds, which are then no parameters; None if it is not known."""
        return Conditions(self._fixed).holds(test)

    def _fixed(self, node: ast.expr) -> object:
        """What a name stands for: a layer, code, or a value; UNKNOWN for one that has none, or several."""
        name = name_of(node)
        meaning = self.named.get(name)
        if meaning is None or name in self.again:
            return UNKNOWN
        if isinstance(meaning, Argument):
            return UNKNOWN if isinstance(meaning.value, Expression | tuple) else meaning.value
        if isinstance(meaning, ast.Constant):
            self.named[name] = Argument(meaning.value, self.code.span(node))
        return meaning

    def _assigned(self, targets: list[ast.expr], value: ast.expr) -> None:
        meaning: Meaning = value
        if isinstance(value, ast.Call) and kind_of(value) == SEQUENTIAL:
            meaning = self.sequential(value)
        elif isinstance(value, ast.List) and value.elts and all(map(_is_layer, value.elts)):
            meaning = Model(value, self._layers(value.elts, 0), listed=True)
            self.models.append(meaning)
        elif isinstance(value, ast.Call) and kind_of(value) in (*TORCH.modules, *KERAS.modules, *self.own):
            meaning = self.call(value)
        for target in targets:
            self._changed(target)
            if name := name_of(target):
                if name in self.named and isinstance(meaning, ast.expr):
                    self.again.add(name)
                self.named[name] = meaning
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
                for part, each in zip(target.elts, value.elts, strict=True):
                    self._assigned([part], each)

    def _changed(self, target: ast.expr) -> None:
        """Refuse what changes a network that has been built: model[0] = ..., model.fc = ..."""
        inner = target
        while isinstance(inner, ast.Subscript | ast.Attribute):
            inner = inner.value
        if inner is not target and isinstance(inner, ast.Name) and isinstance(self.named.get(inner.id), Model):
            raise self.code.refused(f"this changes {inner.id} after it is built", target, WRITE)

    def _augmented(self, statement: ast.AugAssign) -> None:
        target = statement.target
        model = self.named.get(target.id) if isinstance(target, ast.Name) else None
        if isinstance(model, Model):
            if not isinstance(statement.value, ast.List) or not isinstance(statement.op, ast.Add):
                raise self.code.refused("this changes the layers in a way that is not read", statement, WRITE)
            model.calls += self._layers(statement.value.elts, 0)
        elif isinstance(target, ast.Name):
            self.again.add(target.id)

    def _expression(self, value: ast.expr) -> None:
        """A statement that is an expression: a Sequential, or a method of one."""
        if not isinstance(value, ast.Call):
            return
        if kind_of(value) == SEQUENTIAL:
            self.sequential(value)
            return
        method = value.func
        owner = method.value if isinstance(method, ast.Attribute) else None
        model = self.named.get(owner.id) if isinstance(owner, ast.Name) else None
        if not isinstance(method, ast.Attribute) or not isinstance(model, Model):
            return
        if method.attr in CHANGES:
            raise self.code.refused(f"{method.attr} changes the layers in a way that is not read", value, WRITE)
        if method.attr in ADDS and value.args:
            model.calls += self._layers(value.args[-1:], 0)
            if method.attr == "add_module" and len(value.args) > 1:
                self._name_last(model.calls, value.args[0])

    def _compound(self, statement: ast.stmt) -> None:
        """A loop, a condition or the like: it may do anything, but build the network."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
                self.again.add(name_of(node))
            if not isinstance(node, ast.Call):
                continue
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            adds = isinstance(node.func, ast.Attribute) and node.func.attr in (*ADDS, *CHANGES)
            model = self.named.get(owner.id) if isinstance(owner, ast.Name) else None
            if adds and isinstance(model, Model):
                what = "a loop" if isinstance(statement, ast.For | ast.While) else "a condition or a block"
                raise self.code.refused(f"layers that are added in {what} are not read", node, WRITE)

    # Layers ---------------------------------------------------------------------------------

    def sequential(self, call: ast.Call, depth: int = 0) -> Model:
        """The layers of a Sequential: in a list, one by one, or in an OrderedDict."""
        if depth > DEEPEST_BRACKETS.value:
            raise self.code.refused(f"Sequentials are nested more than {DEEPEST_BRACKETS} deep", call)
        model = Model(call)
        arguments = list(call.args)
        for keyword in call.keywords:
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                model.name = str(keyword.value.value)[:LONGEST_SHOWN]
            elif keyword.arg == "layers":
                arguments.append(keyword.value)
        model.calls = self._layers(arguments, depth)
        self.models.append(model)
        return model

    def _layers(self, nodes: list[ast.expr], depth: int) -> list[Call]:
        found: list[Call] = []
        for node in nodes:
            if isinstance(node, ast.List | ast.Tuple):
                found += self._layers(node.elts, depth + 1) if depth <= DEEPEST_BRACKETS.value else []
            elif isinstance(node, ast.Starred):
                found += self._layers([node.value], depth)
            elif name := name_of(node):
                found += self._meant(name, node)
            elif isinstance(node, ast.Dict) or (isinstance(node, ast.Call) and kind_of(node) == "OrderedDict"):
                found += self._pairs(node, depth)
            elif isinstance(node, ast.Call) and kind_of(node) == SEQUENTIAL:
                inner = self.sequential(node, depth + 1)
                inner.used = True
                found += inner.calls
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                found.append(self.call(node))
            else:
                raise self.code.refused("a layer is expected here", node, WRITE)
        return found

    def _meant(self, name: str, node: ast.expr) -> list[Call]:
        """The layers that a name stands for."""
        meaning = None if name in self.again else self.named.get(name)
        if isinstance(meaning, Call):
            return [meaning]
        if isinstance(meaning, Model):
            meaning.used = True
            self.code.count(node, len(meaning.calls))
            return list(meaning.calls)
        raise self.code.refused(f"'{name}' is not a layer of this text", node, WRITE)

    def _pairs(self, node: ast.Dict | ast.Call, depth: int) -> list[Call]:
        """Layers with names: OrderedDict([("conv1", ...), ...]), or a dictionary."""
        inner = node.args[0] if isinstance(node, ast.Call) and node.args else node
        if isinstance(inner, ast.Dict):
            pairs = [(key, value) for key, value in zip(inner.keys, inner.values, strict=True) if key is not None]
        else:
            listed = inner.elts if isinstance(inner, ast.List | ast.Tuple) else []
            pairs = [
                (part.elts[0], part.elts[1]) for part in listed if isinstance(part, ast.Tuple) and len(part.elts) == 2
            ]
            if len(pairs) < len(listed) or not listed:
                raise self.code.refused("pairs of a name and a layer are expected here", inner)
        found: list[Call] = []
        for key, value in pairs:
            calls = self._layers([value], depth + 1)
            self._name_last(calls, key)
            found += calls
        return found

    def _name_last(self, calls: list[Call], key: ast.expr) -> None:
        """Give the layer that was read last the name in a text."""
        if calls and isinstance(key, ast.Constant) and isinstance(key.value, str):
            calls[-1] = calls[-1]._replace(name=layer_name(key.value))

    def call(self, node: ast.Call) -> Call:
        """A layer with its arguments."""
        named: dict[str, Argument] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.code.refused("arguments in a dictionary (**) are not read", keyword.value, "write them out")
            named[keyword.arg] = self.argument(keyword.value, 0)
        positional = tuple(self.argument(value, 0) for value in node.args)
        name = named.get("name")
        own = layer_name(name.value) if name and isinstance(name.value, str) else ""
        return Call(kind_of(node), self.code.span(node.func), positional, named, own)

    # Values ---------------------------------------------------------------------------------

    def argument(self, node: ast.expr, depth: int) -> Argument:
        """A number, a word, a tuple, or an expression of numbers and names; any other code is left as its text."""
        span = self.code.span(node)
        self.code.count(node)
        if isinstance(node, ast.Constant):
            if type(node.value) is int and abs(node.value) > LARGEST:
                raise self.code.refused("a number has at most 15 digits", node)
            return Argument(node.value, span)
        if isinstance(node, ast.Tuple | ast.List) and depth < DEEPEST_BRACKETS.value:
            return Argument(tuple(self.argument(part, depth + 1) for part in node.elts), span)
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant) and isinstance(node.op, ast.USub):
            value = node.operand.value
            if isinstance(value, int | float) and abs(value) <= LARGEST:
                return Argument(-value, span)
        if name := name_of(node):
            return self._value_of(name, node, depth)
        if isinstance(node, SIMPLE):
            return self._arithmetic(node, span)
        return Argument(self.code.text(node)[:LONGEST_SHOWN], span)

    def _value_of(self, name: str, node: ast.expr, depth: int) -> Argument:
        """The value of a name; a whole number becomes a parameter of the spec."""
        value = self.named.get(name)
        if isinstance(value, Argument):
            return value
        if value is None or name in self.again:
            found = "has several values" if name in self.again else "has no value"
            hint = f"write the number, or one line {name} = 10 before it"
            raise self.code.refused(f"'{name}' {found} in this text", node, hint)
        if not isinstance(value, ast.expr) or depth > DEEPEST_BRACKETS.value:
            raise self.code.refused(f"'{name}' is a layer, and a value is expected here", node)
        found_value = self.argument(value, depth + 1)
        if type(found_value.value) is int and name.isidentifier() and name not in KEYWORDS:
            self.spec.parameters.setdefault(name, found_value)
            return Argument(Expression(name), self.code.span(node))
        return Argument(found_value.value, self.code.span(node))

    def _arithmetic(self, node: ast.expr, span: Span) -> Argument:
        """An expression of the spec language, which means what it means in Python."""
        text = self.code.text(node)
        try:
            expression = Expression(ATTRIBUTE.sub(r"self__\1", text))
        except ExpressionError as error:
            if not any(isinstance(part, ast.Constant | ast.Name) for part in ast.iter_child_nodes(node)):
                raise SpecError([expression_problem(error, span)]) from None
            return Argument(text[:LONGEST_SHOWN], span)
        values = {name: self._value_of(name.replace("self__", "self."), node, 0).value for name in expression.names}
        if all(isinstance(value, Expression) and value.text == name for name, value in values.items()):
            return Argument(expression, span)
        return self._put_in(expression, values, node)

    def _put_in(self, expression: Expression, values: Mapping[str, object], node: ast.expr) -> Argument:
        """An expression with the values of names that are no parameters of the spec, such as those of a class."""
        if not all(isinstance(value, int | Expression) for value in values.values()):
            raise self.code.refused("this value is not a number", node)
        texts = {name: f"({value.text if isinstance(value, Expression) else value})" for name, value in values.items()}
        try:
            found = Expression(WORD.sub(lambda word: texts.get(word[0], word[0]), expression.text))
            return Argument(found if found.names else found.evaluate({}), self.code.span(node))
        except ExpressionError as error:
            raise self.code.refused(str(error), node, error.hint) from None


def _is_layer(node: ast.expr) -> bool:
    """Whether code makes a layer and does not call it: Dense(10), but not Dense(10)(x)."""
    return isinstance(node, ast.Call) and not isinstance(node.func, ast.Call)


def name_of(node: ast.AST) -> str:
    """The name that a node is: x, or self.x; nothing for other code."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return f"self.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def layer_name(text: str) -> str:
    """A name of a layer as a spec has it."""
    return re.sub(r"[^\w.+-]", "_", text)[:100]
