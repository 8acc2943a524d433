"""Layers that are called on one another, in straight lines of Python -> the items of a spec.

`x = Conv2D(8, 3)(x)` of Keras, and the forward of a class of PyTorch, or the call of one of Keras: a value goes from
line to line, through layers, known functions (`F.relu`, `torch.cat`), sums, and functions and classes of the text
itself. A loop, a condition and any other code that a value goes into is refused, with its place.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from cnncalc.limits import DEEPEST_BLOCKS
from cnncalc.spec.model import Argument
from cnncalc.spec.readers.calls import Call, partial_input
from cnncalc.spec.readers.keras_layers import INPUTS, KERAS, input_of
from cnncalc.spec.readers.python_classes import FORWARD, framework_of, has_input, method_of
from cnncalc.spec.readers.python_functions import KERAS_MERGES, Functions
from cnncalc.spec.readers.python_names import SEQUENTIAL, Meaning, Model, Names, name_of
from cnncalc.spec.readers.python_text import kind_of
from cnncalc.spec.readers.torch_modules import TORCH
from cnncalc.spec.readers.wiring import STRAIGHT, Sizes, Tensor, Wiring

MODELS = ("Model", "Functional")
BLOCKS = (ast.For, ast.While, ast.If, ast.Try, ast.AsyncFor, ast.Match)

Value: TypeAlias = "Tensor | Sizes | list[Tensor] | None"


@dataclass(eq=False)
class Frame:
    """A function while it is read: its names, its tensors, and the class and the path that it is in."""

    names: Names
    tensors: dict[str, Value] = field(default_factory=dict)
    owner: ast.ClassDef | None = None
    path: str = ""
    depth: int = 0


class Flow:
    """Reads the one network of a text whose layers are called on one another."""

    def __init__(
        self, names: Names, classes: Mapping[str, ast.ClassDef], functions: Mapping[str, ast.FunctionDef]
    ) -> None:
        self.names, self.classes, self.functions = names, classes, functions
        self.code, self.spec = names.code, names.spec
        self.wiring = Wiring(self.code, self.spec, KERAS)
        self.objects: dict[int, tuple[Call, Frame]] = {}
        """Every call that makes an object of a class of the text, and the object."""
        self.models: list[tuple[ast.Call, Value]] = []
        """Every Model(inputs, outputs), and its outputs."""
        self.made: list[Frame] = []
        """The objects of classes."""

    def networks(self) -> list[ast.AST]:
        """The classes that no other class uses, and the functions, or the whole text, with an Input."""
        used = {
            kind_of(node) for each in self.classes.values() for node in ast.walk(each) if isinstance(node, ast.Call)
        }
        tops: list[ast.AST] = [node for name, node in self.classes.items() if name not in used]
        parts: list[ast.Module | ast.FunctionDef] = [self.code.tree, *self.functions.values()]
        bodies = [node for node in parts if has_input(node)]
        return [*tops, *bodies]

    def read(self) -> None:
        """Read the network into the spec; raises SpecError."""
        (network,) = self.networks()
        if isinstance(network, ast.ClassDef):
            self.spec.name = network.name
            found = self._of_class(network)
        else:
            assert isinstance(network, ast.Module | ast.FunctionDef)
            frame = Frame(self.names)
            if isinstance(network, ast.FunctionDef):
                frame = Frame(Names(self.code, self.spec, self.names.named, self.classes))
                self._bind(network, self._made(network), frame, self.names.named)
            found = self._run(network.body, frame)
            found = self._output_of_model() if found is None else found
        self._finish(found, network)

    def _finish(self, found: Value, network: ast.AST) -> None:
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        if not isinstance(found, Tensor) or not self.wiring.items:
            raise self.code.refused("which of its values the network returns is not read", network, STRAIGHT)
        self.wiring.finish(found, network)
        self._note_idle()
        if self.spec.input is None:
            self.spec.partial_input = partial_input(self.wiring.items)

    def _of_class(self, top: ast.ClassDef) -> Value:
        """The output of a class on the input; its arguments are those of the one line that makes an object of it."""
        self.wiring.framework = framework_of(top) or TORCH
        method = next(found for name in FORWARD if (found := method_of(top, name)))
        needed = len(method.args.args) - len(method.args.defaults) - 1
        if needed > 1 and method.args.args[2].arg not in ("training", "mask"):
            hint = "write it as a spec, with 'inputs:'"
            raise self.code.refused(
                f"{method.name} takes {needed} values, whose sizes are not in the text", method, hint
            )
        frame = self._object(top, self._made(top), self.names.named, "", 0)
        return self._forward(frame, [Tensor("input")], top)

    def _note_idle(self) -> None:
        """Say which layers with weights are made and never called: the framework counts their parameters."""
        for frame in self.made:
            for name, meaning in frame.names.named.items():
                calls = meaning.calls if isinstance(meaning, Model) else [meaning] if isinstance(meaning, Call) else []
                if name.startswith("self.") and self.wiring.idle(calls):
                    where = f"{frame.path}{name.removeprefix('self.')}"
                    self.spec.notes.append(f"{where} is made, but never called: it is not counted")

    def _functions(self, frame: Frame) -> Functions:
        """The known functions, with the values of a frame."""
        return Functions(
            self.wiring,
            lambda node: frame.names.argument(node, 0),
            lambda node: isinstance(self._value(node, frame), Sizes),
        )

    def _made(self, top: ast.ClassDef | ast.FunctionDef) -> ast.Call | None:
        """The one call in the text that makes an object of a class, or that calls a function; None without one."""
        found = [node for node in ast.walk(self.code.tree) if isinstance(node, ast.Call) and kind_of(node) == top.name]
        if len({self.code.text(node) for node in found}) > 1:
            raise self.code.refused(f"the text makes different networks of {top.name}", found[1], "keep one of them")
        return found[0] if found else None

    # Functions and objects ----------------------------------------------------------------------

    def _object(
        self, kind: ast.ClassDef, made: ast.Call | Call | None, outside: Mapping[str, Meaning], path: str, depth: int
    ) -> Frame:
        """An object of a class: what its attributes stand for once its __init__ is read."""
        names = Names(self.code, self.spec, {} if depth else outside, self.classes)
        names.named |= self.names.named
        frame = Frame(names, owner=kind, path=path, depth=depth)
        for statement in kind.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
                names.named |= {f"self.{name_of(target)}": statement.value for target in statement.targets}
        init = method_of(kind, "__init__")
        if init is not None:
            self._bind(init, made, frame, outside)
            names.run(init.body)
        self.made.append(frame)
        return frame

    def _bind(
        self, function: ast.FunctionDef, made: ast.Call | Call | None, frame: Frame, outside: Mapping[str, Meaning]
    ) -> None:
        """Give the parameters of a function, or of __init__, their values: those of the call, else the defaults."""
        self._bind_defaults(function, frame)
        parameters = [argument.arg for argument in function.args.args][function.name == "__init__" :]
        if isinstance(made, Call):
            frame.names.named |= dict(zip(parameters, made.positional, strict=False)) | dict(made.named)
        elif made is not None:
            given = dict(zip(parameters, made.args, strict=False))
            given |= {keyword.arg: keyword.value for keyword in made.keywords if keyword.arg}
            for name, value in given.items():
                meaning = outside.get(value.id) if isinstance(value, ast.Name) else value
                if meaning is not None:
                    frame.names.named[name] = meaning

    def _bind_defaults(self, function: ast.FunctionDef, frame: Frame) -> None:
        arguments = [*function.args.args, *function.args.kwonlyargs]
        defaults: list[ast.expr | None] = [*function.args.defaults, *function.args.kw_defaults]
        for argument, default in zip(arguments[::-1], defaults[::-1], strict=False):
            if default is not None:
                frame.names.named[argument.arg] = default

    def _forward(self, frame: Frame, given: list[Value], node: ast.AST) -> Value:
        assert frame.owner is not None
        method = next(found for name in FORWARD if (found := method_of(frame.owner, name)))
        return self._function(method, given, frame, node, {}, bound=1)

    def _function(
        self,
        function: ast.FunctionDef,
        given: list[Value],
        around: Frame,
        node: ast.AST,
        named: Mapping[str, Value],
        bound: int = 0,
    ) -> Value:
        """What a function of the text returns for some values."""
        if around.depth > DEEPEST_BLOCKS.value:
            raise self.code.refused(f"functions call one another more than {DEEPEST_BLOCKS} deep", node)
        self.code.count(node, 10 + len(around.names.named))
        names = Names(self.code, self.spec, around.names.named, self.classes)
        names.again = set(around.names.again)
        frame = Frame(names, {}, around.owner, around.path, around.depth + 1)
        parameters = [argument.arg for argument in function.args.args][bound:]
        frame.tensors |= {name: value for name, value in around.tensors.items() if name.startswith("self.")}
        for name, value in (*zip(parameters, given, strict=False), *named.items()):
            names.named.pop(name, None)
            if value is not None:
                frame.tensors[name] = value
        if isinstance(node, ast.Call):
            self._bind_values(function, node, parameters, frame, around)
        else:
            self._bind_defaults(function, frame)
        return self._run(function.body, frame)

    def _bind_values(
        self, function: ast.FunctionDef, call: ast.Call, parameters: list[str], frame: Frame, around: Frame
    ) -> None:
        """Give the parameters of a function that are no tensors the values of a call."""
        self._bind_defaults(function, frame)
        given = dict(zip(parameters, call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        for name, value in given.items():
            if name not in frame.tensors:
                found = around.names.argument(value, 0)
                numbers = {each: of.value for each, of in self.spec.parameters.items()}
                frame.names.named[name] = Argument(found.evaluate(numbers), found.span)

    # Statements -----------------------------------------------------------------------------------

    def _run(self, statements: list[ast.stmt], frame: Frame) -> Value:
        """Read statements up to a return, and what that returns."""
        for statement in statements:
            self.code.count(statement)
            if isinstance(statement, ast.Return):
                return None if statement.value is None else self._value(statement.value, frame)
            if isinstance(statement, ast.If) and (holds := frame.names.holds(statement.test)) is not None:
                found = self._run(statement.body if holds else statement.orelse, frame)
                if found is not None:
                    return found
                continue
            self._statement(statement, frame)
        return None

    def _statement(self, statement: ast.stmt, frame: Frame) -> None:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            value = self._value(statement.value, frame)
            if value is None:
                frame.names.run([statement])
            for target in targets:
                self._assign(target, value, frame)
        elif isinstance(statement, ast.AugAssign) and isinstance(self._value(statement.target, frame), Tensor):
            joined = ast.copy_location(ast.BinOp(statement.target, statement.op, statement.value), statement)
            self._assign(statement.target, self._value(joined, frame), frame)
        elif isinstance(statement, ast.Expr):
            if not isinstance(self._value(statement.value, frame), Tensor):
                frame.names.run([statement])
        elif isinstance(statement, ast.With):
            self._run(statement.body, frame)
        elif isinstance(statement, BLOCKS) and self._mentions(statement, frame):
            what = "a condition" if isinstance(statement, ast.If | ast.Match) else "a loop or a block"
            raise self.code.refused(f"{what} in the way of the values is not read", statement, STRAIGHT)
        else:
            frame.names.run([statement])

    def _assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        if isinstance(target, ast.Tuple) and value is not None and not isinstance(value, list):
            value = [value] * len(target.elts) if isinstance(value, Sizes) else value  # type: ignore[list-item]
        if isinstance(target, ast.Tuple | ast.List):
            parts: list[Value] = [*value] if isinstance(value, list) else [None] * len(target.elts)
            if isinstance(value, Tensor) or len(parts) != len(target.elts):
                raise self.code.refused("a value is taken apart in a way that is not read", target, STRAIGHT)
            for part, each in zip(target.elts, parts, strict=True):
                self._assign(part, each, frame)
        elif name := name_of(target):
            frame.tensors.pop(name, None)
            if value is not None:
                frame.tensors[name] = value

    def _mentions(self, node: ast.AST, frame: Frame) -> bool:
        """Whether code uses a tensor."""
        return any(isinstance(frame.tensors.get(name_of(each)), Tensor | list) for each in ast.walk(node))

    # Values ---------------------------------------------------------------------------------------

    def _value(self, node: ast.expr, frame: Frame) -> Value:
        """The tensor that an expression is; None for one in which there is none. Raises SpecError."""
        if name := name_of(node):
            return frame.tensors.get(name)
        if isinstance(node, ast.List | ast.Tuple):
            parts = [self._value(part, frame) for part in node.elts]
            return [part for part in parts if isinstance(part, Tensor)] or None
        if isinstance(node, ast.Call):
            return self._called(node, frame)
        if isinstance(node, ast.BinOp):
            return self._operation(node, frame)
        if isinstance(node, ast.IfExp) and (holds := frame.names.holds(node.test)) is not None:
            return self._value(node.body if holds else node.orelse, frame)
        if isinstance(node, ast.Attribute | ast.Subscript):
            return self._part(node, self._value(node.value, frame))
        if self._mentions(node, frame):
            raise self.wiring.not_read(node)
        return None

    def _part(self, node: ast.Attribute | ast.Subscript, whole: Value) -> Value:
        """x.shape, x.shape[0], x.data; any other part of a tensor is refused."""
        if isinstance(node, ast.Attribute) and node.attr == "data":
            return whole
        shape = isinstance(node, ast.Attribute) and node.attr == "shape"
        if isinstance(whole, Tensor | list) and not shape:
            raise self.wiring.not_read(node)
        return None if whole is None else Sizes()

    def _operation(self, node: ast.BinOp, frame: Frame) -> Value:
        left, right = self._value(node.left, frame), self._value(node.right, frame)
        kinds = {ast.Add: "add", ast.Mult: "multiply"}
        if isinstance(left, Tensor) and isinstance(right, Tensor) and type(node.op) in kinds:
            return self.wiring.merge(kinds[type(node.op)], [left, right], node)
        if isinstance(left, Tensor | list) or isinstance(right, Tensor | list):
            raise self.wiring.not_read(node)
        return left or right

    def _called(self, node: ast.Call, frame: Frame) -> Value:
        """What a call returns: that of a layer, of a method, of a function of the text or a known one."""
        function = node.func
        base = self._value(function.value, frame) if isinstance(function, ast.Attribute) else None
        given = [self._value(argument, frame) for argument in node.args]
        named = {keyword.arg or "": self._value(keyword.value, frame) for keyword in node.keywords}
        tensors = [
            each for value in (*given, *named.values()) for each in (value if isinstance(value, list) else [value])
        ]
        inputs = [each for each in tensors if isinstance(each, Tensor)]
        if isinstance(base, Sizes) or (base is not None and kind_of(node) in ("size", "dim", "numel")):
            return Sizes()
        if isinstance(base, Tensor):
            return self._functions(frame).method(node, base, inputs)
        if kind_of(node) in INPUTS and not inputs:
            return self._input(node, frame)
        if not inputs:
            return None
        if kind_of(node) in MODELS:
            self.models.append((node, named.get("outputs") or (given[-1] if given else None)))
            return None
        if isinstance(function, ast.Call):
            return self._layer(function, inputs, frame)
        meaning = frame.names.named.get(name_of(function))
        if name_of(function) in frame.names.again and isinstance(meaning, Call | Model):
            raise self.code.refused(f"what {name_of(function)} is depends on a condition, or a loop", node, STRAIGHT)
        if isinstance(meaning, Call | Model):
            return self._apply(meaning, inputs, name_of(function).removeprefix("self."), frame, node)
        if isinstance(function, ast.Name) and function.id in self.functions:
            return self._function(self.functions[function.id], given, frame, node, named)
        own = method_of(frame.owner, name_of(function).removeprefix("self.")) if frame.owner else None
        if own is not None and name_of(function).startswith("self."):
            return self._function(own, given, frame, node, named, bound=1)
        return self._functions(frame).known(node, inputs)

    def _layer(self, made: ast.Call, inputs: list[Tensor], frame: Frame) -> Value:
        """A layer that is called where it is made: Conv2D(8, 3)(x)."""
        kind = kind_of(made)
        if kind == SEQUENTIAL:
            return self._apply(frame.names.sequential(made), inputs, "", frame, made)
        if kind in KERAS_MERGES:
            return self.wiring.merge(KERAS_MERGES[kind], inputs, made)
        return self._apply(frame.names.call(made), inputs, "", frame, made)

    def _input(self, node: ast.Call, frame: Frame) -> Value:
        """An input of the network; a second one has a name of its own."""
        call = frame.names.call(node)
        size, first = input_of(call), self.spec.input
        if size is None:
            raise self.code.refused("the input has no sizes", node, "Input(shape=(28, 28, 1))")
        if first is None:
            self.spec.input = size
            return Tensor("input", not size.sizes)
        name = self.wiring.unique(call.name or f"input_{len(first.all)}")
        self.spec.input = replace(first, others=(*first.others, replace(size, name=name)))
        return Tensor(name, not size.sizes)

    def _output_of_model(self) -> Value:
        """What the one Model(inputs, outputs) of a text names; without one, what its last layer makes."""
        if len(self.models) > 1:
            message = f"the text makes {len(self.models)} networks of its layers"
            raise self.code.refused(message, self.models[1][0], "keep one of them")
        return self.models[0][1] if self.models else Tensor(self.wiring.last)

    # Layers ---------------------------------------------------------------------------------------

    def _apply(self, module: Call | Model, inputs: list[Tensor], path: str, frame: Frame, node: ast.AST) -> Value:
        """What a layer, a Sequential, or an object of a class of the text makes of a tensor."""
        path = f"{frame.path}{path}"
        if isinstance(module, Model):
            module.used = True
            found: Value = inputs[0]
            for number, call in enumerate(module.calls):
                name = call.name or str(number)
                found = self._apply(call, [found], f"{path}.{name}" if path else name, _at_root(frame), node)  # type: ignore[list-item]
            return found
        if module.kind in self.classes:
            if id(module) not in self.objects:
                made = self._object(self.classes[module.kind], module, {}, f"{path}." if path else "", frame.depth + 1)
                self.objects[id(module)] = (module, made)
            return self._forward(self.objects[id(module)][1], [*inputs], node)
        if module.kind in INPUTS:
            return inputs[0]
        if len(inputs) > 1:
            raise self.code.refused(f"{module.kind} is called on several values", node, STRAIGHT)
        return self.wiring.enter(module, inputs[0], path, node)


def _at_root(frame: Frame) -> Frame:
    return Frame(frame.names, frame.tensors, frame.owner, "", frame.depth)
