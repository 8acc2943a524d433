"""The functions and methods of PyTorch and Keras that a value may go through -> the layers that do the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, Expected
from cnncalc.spec.readers.calls import Call
from cnncalc.spec.readers.keras_layers import KERAS
from cnncalc.spec.readers.python_text import PythonText, kind_of
from cnncalc.spec.readers.torch_modules import TORCH
from cnncalc.spec.readers.wiring import Tensor, Wiring

TORCH_FUNCTIONS = {
    "relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "celu": "CELU",
    "gelu": "GELU", "silu": "SiLU", "mish": "Mish", "sigmoid": "Sigmoid", "tanh": "Tanh", "hardswish": "Hardswish",
    "hardsigmoid": "Hardsigmoid", "softplus": "Softplus", "softmax": "Softmax", "log_softmax": "LogSoftmax",
    "hardtanh": "Hardtanh", "dropout": "Dropout", "dropout1d": "Dropout1d", "dropout2d": "Dropout2d",
    "dropout3d": "Dropout3d", "alpha_dropout": "AlphaDropout", "flatten": "Flatten", "interpolate": "Upsample",
    "pixel_shuffle": "PixelShuffle", "local_response_norm": "LocalResponseNorm", "pad": "ZeroPad2d",
    **{f"{kind}_pool{axes}d": f"{module}Pool{axes}d" for axes in (1, 2, 3)
       for kind, module in (("max", "Max"), ("avg", "Avg"), ("adaptive_avg", "AdaptiveAvg"),
                            ("adaptive_max", "AdaptiveMax"))},
}  # fmt: skip
"""Functions with the arguments of a module behind the tensor."""
TORCH_MERGES = {"cat": "concat", "concat": "concat", "concatenate": "concat", "add": "add", "mul": "multiply",
                "multiply": "multiply"}  # fmt: skip
KERAS_FUNCTIONS = dict.fromkeys(
    ("relu", "relu6", "elu", "selu", "gelu", "sigmoid", "tanh", "softmax", "softplus", "silu", "swish", "leaky_relu",
     "hard_sigmoid", "mish"), "Activation",
)  # fmt: skip
"""Functions of tf.nn and keras.activations."""
KERAS_MERGES = {
    "Add": "add", "add": "add", "Concatenate": "concat", "concatenate": "concat", "concat": "concat",
    "Multiply": "multiply", "multiply": "multiply",
}  # fmt: skip
WHOLE_MAP = {"avg_pool2d": "globalavgpool", "max_pool2d": "globalmaxpool"}
WHOLE = re.compile(r"(?:\.size\(\)|\.shape)\[-?2:\]\Z")
"""x.size()[2:], the size of the whole map."""
SAME = ("contiguous", "clone", "detach", "to", "float", "double", "half", "cuda", "cpu", "requires_grad", "Variable",
        "checkpoint", "expand_as", "identity")  # fmt: skip
"""What hands on a tensor as it is."""
SILENT = ("print", "len", "isinstance", "summary", "type")
"""What makes no tensor of a tensor."""


class Functions:
    """Reads the calls of known functions where names have some values: `argument` reads one that is no tensor.

    `is_size` says whether code is a size of a tensor, such as x.size(0).
    """

    def __init__(
        self, wiring: Wiring, argument: Callable[[ast.expr], Argument], is_size: Callable[[ast.expr], bool]
    ) -> None:
        self.wiring, self.argument, self.is_size = wiring, argument, is_size
        self.code: PythonText = wiring.code
        self.framework = wiring.framework

    def known(self, node: ast.Call, inputs: list[Tensor]) -> Tensor | None:
        """F.relu(x), torch.cat([a, b], 1), tf.nn.relu(x), layers.add([a, b])."""
        name = kind_of(node)
        torch = self.framework is TORCH
        if name in SILENT:
            return None
        if name in (TORCH_MERGES if torch else KERAS_MERGES):
            self._check_axis(name, node)
            return self.wiring.merge((TORCH_MERGES if torch else KERAS_MERGES)[name], inputs, node)
        if name in SAME and len(inputs) == 1:
            return inputs[0]
        if name in WHOLE_MAP and len(node.args) > 1 and WHOLE.search(self.code.text(node.args[1])):
            return self.wiring.plain(WHOLE_MAP[name], inputs[0], node)
        kind = (TORCH_FUNCTIONS if torch else KERAS_FUNCTIONS).get(name)
        if kind is None or len(inputs) > 1:
            raise self.wiring.not_read(node)
        rest = [self.argument(argument) for argument in node.args[1:]]
        named = {
            keyword.arg: self.argument(keyword.value)
            for keyword in node.keywords
            if keyword.arg not in (None, "training", "input", "inplace")
        }
        if not torch:
            rest, named = [Argument(name, self.code.span(node.func))], {}
        return self._function_call(kind, name, rest, named, inputs[0], node)

    def _function_call(
        self, kind: str, name: str, rest: list[Argument], named: dict[str, Argument], tensor: Tensor, node: ast.Call
    ) -> Tensor:
        """A function that does what a module does; where its arguments have another order, it is refused."""
        if name == "flatten" and not rest and "start_dim" not in named:
            raise self.code.refused("flatten takes the batch, too", node, "write torch.flatten(x, 1)")
        if name == "pad":
            sides = rest[0].value if rest else None
            kind = f"ZeroPad{len(sides) // 2}d" if isinstance(sides, tuple) else kind
        if name.startswith("max_pool") and len(rest) > 4:
            raise self.code.refused(
                f"{name} is given more than 4 numbers by position", node, "name them: ceil_mode=True"
            )
        call = Call(kind, self.code.span(node.func), tuple(rest), named, name)
        return self.wiring.enter(call, tensor, "", node)

    def method(self, node: ast.Call, tensor: Tensor, inputs: list[Tensor]) -> Tensor:
        """x.view(-1, 400), x.flatten(1), x.relu(), x.mean([2, 3]), x.add(y)."""
        name = kind_of(node).rstrip("_")
        if self.framework is KERAS:
            raise self.wiring.not_read(node)
        if name in SAME:
            return tensor
        if name in TORCH_MERGES and len(inputs) == 1:
            return self.wiring.merge(TORCH_MERGES[name], [tensor, *inputs], node)
        if name in ("view", "reshape"):
            return self._view(node, tensor)
        if name == "mean":
            return self._mean(node, tensor)
        if inputs or name not in TORCH_FUNCTIONS:
            raise self.wiring.not_read(node)
        rest = [self.argument(argument) for argument in node.args]
        named = {each.arg: self.argument(each.value) for each in node.keywords if each.arg}
        return self._function_call(TORCH_FUNCTIONS[name], name, rest, named, tensor, node)

    def _view(self, node: ast.Call, tensor: Tensor) -> Tensor:
        """A vector of every image, x.view(-1, 400) and x.view(x.size(0), -1); or a map, x.view(-1, 16, 5, 5)."""
        parts = node.args[0].elts if len(node.args) == 1 and isinstance(node.args[0], ast.Tuple) else node.args
        if len(parts) < 2:
            raise self.wiring.not_read(node)
        batch = self.is_size(parts[0])
        first = None if batch else self.argument(parts[0]).value
        counted = isinstance(parts[1], ast.Call) and kind_of(parts[1]) == "num_flat_features"
        rest = [] if counted else [self._size(part) for part in parts[1:]]
        if not batch and first != -1:
            hint = "the batch comes first: x.view(-1, 400), or x.view(x.size(0), -1)"
            raise self.code.refused(f"{kind_of(node)} of this form is not read", node, hint)
        if len(parts) == 2:
            open_ = counted or rest[0].value == -1 or self.is_size(parts[1])
            number = None if open_ else rest[0]
            hint = "the layers before make another number of values"
            return self.wiring.plain("flatten", tensor, node, Expected(kind_of(node), number, values=True, hint=hint))
        channels, *sizes = rest
        return self.wiring.plain("reshape", tensor, node, channels=channels, size=Argument(tuple(sizes), channels.span))

    def _size(self, node: ast.expr) -> Argument:
        """A size of a view: a number, -1, or one of x.size(), which can only be that of the channels."""
        if self.is_size(node):
            return Argument(Expression("in.channels"), self.code.span(node))
        return self.argument(node)

    def _mean(self, node: ast.Call, tensor: Tensor) -> Tensor:
        """The mean of a map: x.mean([2, 3]), with keepdim=True as a map of one pixel."""
        named = {each.arg: each.value for each in node.keywords}
        axes = node.args[0] if node.args else named.get("dim")
        found = self.argument(axes).value if axes is not None else None
        numbers = tuple(part.value for part in found) if isinstance(found, tuple) else ()
        if numbers not in ((2, 3), (-2, -1), (3, 2), (-1, -2)):
            raise self.wiring.not_read(node)
        pooled = self.wiring.plain("globalavgpool", tensor, node)
        keeps = named.get("keepdim")
        return pooled if isinstance(keeps, ast.Constant) and keeps.value else self.wiring.plain("flatten", pooled, node)

    def _check_axis(self, name: str, node: ast.Call) -> None:
        """Refuse a concatenation along another axis than that of the channels."""
        if name not in ("cat", "concat", "concatenate", "hstack"):
            return
        right = (1,) if self.framework is TORCH else (-1, 3)
        given = [each.value for each in node.keywords if each.arg in ("dim", "axis")] or node.args[1:2]
        axis = self.argument(given[0]).value if given else (0 if self.framework is TORCH else -1)
        if axis not in right:
            raise self.code.refused(f"{name} along axis {axis} does not join channels", node, f"axis {right[0]} does")
