"""A script or a cell of a notebook that builds a Sequential, in Keras or PyTorch -> Spec; it is parsed, and never run.

What counts is the one Sequential in it: `model = nn.Sequential(...)`, `Sequential([...])`, `model.add(...)`. Its
arguments are numbers, words, tuples, sums and products of them, and names with one value in the text, which become
parameters. What is built in loops, by functions, or in classes is refused.
"""

from __future__ import annotations

import ast
import re
import warnings
from contextlib import suppress
from dataclasses import dataclass, field

from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import DEEPEST_BRACKETS, LONGEST_CODE, MOST_STEPS
from cnncalc.spec.expressions import KEYWORDS, Expression
from cnncalc.spec.model import Argument, InputSize, Spec, expression_problem
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.readers.calls import SYMBOLS, Call, items_of, partial_input
from cnncalc.spec.readers.keras_layers import KERAS, placed
from cnncalc.spec.readers.torch_modules import TORCH

BUILDS = re.compile(
    r"\bSequential[ \t]*\(|\b(?:nn|layers)\.[A-Z]\w*\(|^[ \t]*(?:from|import)[ \t]+(?:torch|keras|tensorflow)\b",
    re.MULTILINE,
)
SHELL = re.compile(r"[ \t]*[%!]")
"""A line of a notebook that is not Python."""
PROMPT = re.compile(r"(?:>>>|\.\.\.) ?")
SEQUENTIAL = "Sequential"
INPUTS = ("Input", "InputLayer")
ADDS = ("add", "append", "add_module")
CHANGES = ("pop", "insert", "extend", "clear", "remove", "__setitem__")
LARGEST = 10**15
LONGEST_LINE = 10_000
"""Characters of a line in which columns are counted exactly, where not all of them are ASCII."""
LONGEST_SHOWN = 60
SIMPLE = (ast.BinOp, ast.UnaryOp)
WRITE = "write the layers as one Sequential, one after the other"


def recognises(text: str) -> bool:
    """Whether a text builds networks in Python."""
    return BUILDS.search(text) is not None


def read(source: Source) -> Spec:
    """The spec that a Python text stands for; what is wrong with it is in `problems`."""
    spec = Spec(source)
    try:
        _Reader(source, spec).read()
    except SpecError as error:
        spec.problems.extend(error.problems)
    return spec


@dataclass
class _Model:
    """A Sequential, or a list of layers for one: its layers in their order, and what it is called."""

    node: ast.AST
    calls: list[Call] = field(default_factory=list)
    name: str = ""
    listed: bool = False
    """Whether it is only a list of layers."""
    used: bool = False
    """Whether it is part of another."""


class _Reader:
    """Reads the statements of a text, or of a function in it, in their order."""

    def __init__(self, source: Source, spec: Spec) -> None:
        self.source = source
        self.spec = spec
        self.indent = 0
        self.models: list[_Model] = []
        self.named: dict[str, _Model | Call | ast.expr] = {}
        """What names stand for: models, layers, and values, those with several values left out."""
        self.again: set[str] = set()
        self.steps = 0

    def read(self) -> None:
        """Read the network into the spec; raises SpecError."""
        tree = self._parsed()
        self._statements(tree.body)
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        for function in functions:
            outside = dict(self.named)
            self._statements(function.body)
            self.named = outside
        found = [model for model in self.models if not model.used and not model.listed]
        if len(found) != 1:
            raise self._not_one(tree, found)
        self._network(found[0])

    def _network(self, model: _Model) -> None:
        spec = self.spec
        spec.name = model.name
        kinds = [call.kind for call in model.calls if call.kind not in INPUTS]
        known = [sum(kind in framework.modules for kind in kinds) for framework in (TORCH, KERAS)]
        torch = known[0] > known[1] or (known[0] == known[1] and "torch" in self.source.text)
        if not kinds:
            raise self._refused("the Sequential has no layers", model.node)
        if torch:
            spec.items = items_of(model.calls, TORCH, spec)
            spec.partial_input = partial_input(spec.items)
            return
        spec.input = next((size for call in model.calls[:2] if (size := self._input(call))), None)
        calls = (call for call in model.calls if call.kind not in INPUTS)
        spec.items = items_of(placed(calls, len(spec.input.sizes) if spec.input else None), KERAS, spec)

    def _not_one(self, tree: ast.Module, found: list[_Model]) -> SpecError:
        """The error for a text with several networks, or with none."""
        if found:
            message = f"the text builds {len(found)} networks"
            return self._refused(message, found[1].node, "keep one of them")
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                message = f"the layers of class {node.name} are joined by code, which is not run"
                return self._refused(message, node, f"paste what print(model) shows, or {WRITE}")
        functional = next((node for node in ast.walk(tree) if _is_functional(node)), None)
        if functional is not None:
            hint = f"{WRITE}, or paste what model.summary() shows and name the network with --network"
            return self._refused("layers that are called on others are not read", functional, hint)
        return self._refused("the text builds no Sequential", next(iter(tree.body), tree), WRITE)

    # Statements -----------------------------------------------------------------------------

    def _statements(self, statements: list[ast.stmt]) -> None:
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
            elif isinstance(statement, ast.For | ast.While | ast.If | ast.With | ast.Try):
                self._compound(statement)

    def _assigned(self, targets: list[ast.expr], value: ast.expr) -> None:
        meaning: _Model | Call | ast.expr = value
        if isinstance(value, ast.Call) and _kind(value) == SEQUENTIAL:
            meaning = self._sequential(value, 0)
        elif isinstance(value, ast.List) and value.elts and all(isinstance(part, ast.Call) for part in value.elts):
            meaning = _Model(value, self._layers(value.elts, 0), listed=True)
            self.models.append(meaning)
        elif isinstance(value, ast.Call) and _kind(value) in (*TORCH.modules, *KERAS.modules):
            meaning = self._call(value)
        for target in targets:
            self._changed(target)
            if isinstance(target, ast.Name):
                if target.id in self.named and isinstance(meaning, ast.expr):
                    self.again.add(target.id)
                self.named[target.id] = meaning
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
                for part, each in zip(target.elts, value.elts, strict=True):
                    self._assigned([part], each)

    def _changed(self, target: ast.expr) -> None:
        """Refuse what changes a network that has been built: model[0] = ..., model.fc = ..."""
        inner = target
        while isinstance(inner, ast.Subscript | ast.Attribute):
            inner = inner.value
        if inner is not target and isinstance(inner, ast.Name) and isinstance(self.named.get(inner.id), _Model):
            raise self._refused(f"this changes {inner.id} after it is built", target, WRITE)

    def _augmented(self, statement: ast.AugAssign) -> None:
        target = statement.target
        model = self.named.get(target.id) if isinstance(target, ast.Name) else None
        if isinstance(model, _Model):
            if not isinstance(statement.value, ast.List) or not isinstance(statement.op, ast.Add):
                raise self._refused("this changes the layers in a way that is not read", statement, WRITE)
            model.calls += self._layers(statement.value.elts, 0)
        elif isinstance(target, ast.Name):
            self.again.add(target.id)

    def _expression(self, value: ast.expr) -> None:
        """A statement that is an expression: a Sequential, or a method of one."""
        if not isinstance(value, ast.Call):
            return
        if _kind(value) == SEQUENTIAL:
            self._sequential(value, 0)
            return
        method = value.func
        owner = method.value if isinstance(method, ast.Attribute) else None
        model = self.named.get(owner.id) if isinstance(owner, ast.Name) else None
        if not isinstance(method, ast.Attribute) or not isinstance(model, _Model):
            return
        if method.attr in CHANGES:
            raise self._refused(f"{method.attr} changes the layers in a way that is not read", value, WRITE)
        if method.attr in ADDS and value.args:
            model.calls += self._layers(value.args[-1:], 0)
            if method.attr == "add_module" and len(value.args) > 1:
                self._name_last(model.calls, value.args[0])

    def _compound(self, statement: ast.stmt) -> None:
        """A loop, a condition or the like: it may do anything, but build the network."""
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call):
                continue
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            adds = isinstance(node.func, ast.Attribute) and node.func.attr in (*ADDS, *CHANGES)
            model = self.named.get(owner.id) if isinstance(owner, ast.Name) else None
            if adds and isinstance(model, _Model):
                what = "a loop" if isinstance(statement, ast.For | ast.While) else "a condition or a block"
                raise self._refused(f"layers that are added in {what} are not read", node, WRITE)

    # Layers ---------------------------------------------------------------------------------

    def _sequential(self, call: ast.Call, depth: int) -> _Model:
        """The layers of a Sequential: in a list, one by one, or in an OrderedDict."""
        if depth > DEEPEST_BRACKETS.value:
            raise self._refused(f"Sequentials are nested more than {DEEPEST_BRACKETS} deep", call)
        model = _Model(call)
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
            elif isinstance(node, ast.Name):
                found += self._meant(node)
            elif isinstance(node, ast.Dict) or (isinstance(node, ast.Call) and _kind(node) == "OrderedDict"):
                found += self._pairs(node, depth)
            elif isinstance(node, ast.Call) and _kind(node) == SEQUENTIAL:
                inner = self._sequential(node, depth + 1)
                inner.used = True
                found += inner.calls
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                found.append(self._call(node))
            else:
                raise self._refused("a layer is expected here", node, WRITE)
        return found

    def _meant(self, node: ast.Name) -> list[Call]:
        """The layers that a name stands for."""
        meaning = self.named.get(node.id)
        if isinstance(meaning, Call):
            return [meaning]
        if isinstance(meaning, _Model):
            meaning.used = True
            self._count(node, len(meaning.calls))
            return list(meaning.calls)
        raise self._refused(f"'{node.id}' is not a layer of this text", node, WRITE)

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
                raise self._refused("pairs of a name and a layer are expected here", inner)
        found: list[Call] = []
        for key, value in pairs:
            calls = self._layers([value], depth + 1)
            self._name_last(calls, key)
            found += calls
        return found

    def _name_last(self, calls: list[Call], key: ast.expr) -> None:
        """Give the layer that was read last the name in a text."""
        if calls and isinstance(key, ast.Constant) and isinstance(key.value, str):
            calls[-1] = calls[-1]._replace(name=_layer_name(key.value))

    def _call(self, node: ast.Call) -> Call:
        """A layer with its arguments."""
        named: dict[str, Argument] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self._refused("arguments in a dictionary (**) are not read", keyword.value, "write them out")
            named[keyword.arg] = self._argument(keyword.value, 0)
        positional = tuple(self._argument(value, 0) for value in node.args)
        name = named.get("name")
        own = _layer_name(name.value) if name and isinstance(name.value, str) else ""
        return Call(_kind(node), self._span(node.func), positional, named, own)

    # Values ---------------------------------------------------------------------------------

    def _argument(self, node: ast.expr, depth: int) -> Argument:
        """A number, a word, a tuple, or an expression of numbers and names; any other code is left as its text."""
        span = self._span(node)
        self._count(node)
        if isinstance(node, ast.Constant):
            if type(node.value) is int and abs(node.value) > LARGEST:
                raise self._refused("a number has at most 15 digits", node)
            return Argument(node.value, span)
        if isinstance(node, ast.Tuple | ast.List) and depth < DEEPEST_BRACKETS.value:
            return Argument(tuple(self._argument(part, depth + 1) for part in node.elts), span)
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant) and isinstance(node.op, ast.USub):
            value = node.operand.value
            if isinstance(value, int | float) and abs(value) <= LARGEST:
                return Argument(-value, span)
        if isinstance(node, ast.Name):
            return self._value_of(node, depth)
        if isinstance(node, SIMPLE):
            return self._arithmetic(node, span)
        return Argument(self._text(node)[:LONGEST_SHOWN], span)

    def _value_of(self, node: ast.Name, depth: int) -> Argument:
        """The value of a name; a whole number becomes a parameter of the spec."""
        value = self.named.get(node.id)
        if value is None or node.id in self.again:
            found = "has several values" if node.id in self.again else "has no value"
            hint = f"write the number, or one line {node.id} = 10 before it"
            raise self._refused(f"'{node.id}' {found} in this text", node, hint)
        if not isinstance(value, ast.expr) or depth > DEEPEST_BRACKETS.value:
            raise self._refused(f"'{node.id}' is a layer, and a value is expected here", node)
        found_value = self._argument(value, depth + 1)
        if type(found_value.value) is int and node.id not in KEYWORDS:
            self.spec.parameters.setdefault(node.id, found_value)
            return Argument(Expression(node.id), self._span(node))
        return Argument(found_value.value, self._span(node))

    def _arithmetic(self, node: ast.expr, span: Span) -> Argument:
        """An expression of the spec language, which means what it means in Python."""
        text = self._text(node)
        try:
            expression = Expression(text)
        except ExpressionError as error:
            if not any(isinstance(part, ast.Constant | ast.Name) for part in ast.iter_child_nodes(node)):
                raise SpecError([expression_problem(error, span)]) from None
            return Argument(text[:LONGEST_SHOWN], span)
        for name in expression.names:
            self._value_of(ast.copy_location(ast.Name(name), node), 0)
        return Argument(expression, span)

    def _input(self, call: Call) -> InputSize | None:
        """The input that a layer of Keras gives: Input(shape=...), or input_shape of the first layer."""
        named = call.named
        shape = named.get("shape") or named.get("input_shape") or (call.positional or (None,))[0]
        if call.kind not in INPUTS:
            shape = named.get("input_shape") or named.get("input_dim")
        batched = named.get("batch_shape") or named.get("batch_input_shape")
        if batched is not None and isinstance(batched.value, tuple):
            shape = Argument(batched.value[1:], batched.span)
        if shape is None:
            return None
        parts = shape.value if isinstance(shape.value, tuple) else (shape,)
        names = SYMBOLS.get(len(parts) - 1, ())
        sizes: list[int | str] = []
        for place, part in enumerate(parts):
            value = part.value.text if isinstance(part.value, Expression) else part.value
            value = names[place] if value is None and place < len(names) else value
            if not (type(value) is int and value > 0) and not (isinstance(value, str) and value.isidentifier()):
                raise call.refused(f"the input has {len(parts)} sizes, each a number or None", "(28, 28, 1)", shape)
            sizes.append(value)
        if not sizes or len(sizes) > len(SYMBOLS) + 1:
            raise call.refused("the input has 1 to 4 sizes: height, width, channels", "(28, 28, 1)", shape)
        return InputSize(tuple(sizes[:-1]), sizes[-1], None, shape.span)

    def _count(self, node: ast.AST, steps: int = 1) -> None:
        """Count what names stand for, so that names of names come to an end; raises SpecError past the limit."""
        self.steps += steps
        if self.steps > MOST_STEPS.value:
            raise self._refused(
                f"the names in this text stand for more than {MOST_STEPS} values", node, MOST_STEPS.hint
            )

    # The text -------------------------------------------------------------------------------

    def _parsed(self) -> ast.Module:
        """The tree of the text; what is no Python in a notebook is left out."""
        if len(self.source.text) > LONGEST_CODE.value:
            message = f"the text has more than {LONGEST_CODE} characters"
            raise SpecError([Problem(message, None, f"keep what builds the network; {LONGEST_CODE.hint}")])
        lines = ["" if SHELL.match(line) else _without_prompt(line) for line in self.source.lines]
        written = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
        self.indent = min((len(line) - len(line.lstrip(" ")) for line in written), default=0)
        text = "\n".join(line[self.indent :] if line[: self.indent].isspace() else line for line in lines)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the text: "\d" is no escape
            try:
                return ast.parse(text)
            except SyntaxError as error:
                place = self.source.span((error.lineno or 1) - 1, (error.offset or 1) - 1 + self.indent)
                hint = "paste whole statements, from model = Sequential to its last line"
                raise SpecError([Problem(f"not valid Python: {error.msg}", place, hint)]) from None
            except (RecursionError, MemoryError):
                raise SpecError([Problem("the Python text is nested too deeply", self.source.span())]) from None
            except ValueError as error:
                raise SpecError([Problem(f"not valid Python: {error}", self.source.span())]) from None

    def _text(self, node: ast.AST) -> str:
        """The text of a node, in one line."""
        span = self._span(node)
        first, last = span.line, min(getattr(node, "end_lineno", 1) - 1, len(self.source.lines) - 1)
        if last == first:
            return self.source.lines[first][span.column : span.column + span.length]
        with suppress(RecursionError):
            return " ".join(ast.unparse(node).split())
        return "..."

    def _span(self, node: ast.AST) -> Span:
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
        offset += len(text) - len(_without_prompt(text)) + self.indent
        if text.isascii() or len(text) > LONGEST_LINE:
            return min(offset, len(text))
        return len(text.encode()[:offset].decode(errors="ignore"))

    def _refused(self, message: str, node: ast.AST, hint: str = "") -> SpecError:
        return SpecError([Problem(message, self._span(node), hint)])


def _without_prompt(line: str) -> str:
    """A line of Python without the `>>>` of an interactive session."""
    return PROMPT.sub("", line, count=1) if PROMPT.match(line) else line


def _kind(call: ast.Call) -> str:
    """The type that a call makes: Conv2D of keras.layers.Conv2D(...)."""
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _layer_name(text: str) -> str:
    """A name of a layer as a spec has it."""
    return re.sub(r"[^\w.+-]", "_", text)[:100]


def _is_functional(node: ast.AST) -> bool:
    """Whether a node is a layer that is called on the output of another: Dense(10)(x)."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Call)
