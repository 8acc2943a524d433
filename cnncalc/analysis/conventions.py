"""Names -> counting conventions and data types: how counts become the numbers of a table.

A convention is data: a weight for every class of operation and a few switches. No layer and
no loop knows of any.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from cnncalc.layers.operations import OPERATION_CLASSES, Operations
from cnncalc.symbolic import Size, normalise

DTYPES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}
OPTIMIZERS = {"sgd": 0, "momentum": 1, "adam": 2}
"""Numbers that an optimizer keeps for every parameter."""

FLOPS = MappingProxyType(
    {
        "2mac": MappingProxyType({"macs": 2}),
        "mac": MappingProxyType({"macs": 1}),
        "all": MappingProxyType({name: 2 if name == "macs" else 1 for name in OPERATION_CLASSES}),
    }
)
"""Ways to count a FLOP: two a multiply-add, one a multiply-add, or every operation there is."""

FLOPS_TEXT = {
    "2mac": "FLOPs = 2 x MACs",
    "mac": "FLOPs = MACs",
    "all": "FLOPs = 2 x MACs + every other operation",
}


@dataclass(frozen=True, slots=True)
class Convention:
    """What is counted, and in which unit.

    `flops` names an entry of FLOPS; `dtype` one of DTYPES, for every value stored;
    `optimizer` one of OPTIMIZERS, for the memory of training.
    """

    bias: bool = True
    flops: str = "2mac"
    dtype: str = "float32"
    optimizer: str = "sgd"

    @property
    def bytes_per_value(self) -> int:
        """Bytes of one value."""
        return DTYPES[self.dtype]

    def flop_count(self, operations: Operations) -> Size:
        """FLOPs of some operations: the classes weighed and added up."""
        weights = FLOPS[self.flops]
        counted = (name for name in weights if self.bias or name != "bias_adds")
        return normalise(sum(weights[name] * getattr(operations, name) for name in counted))

    def text(self) -> str:
        """The convention in words, for the last line of a table."""
        bias = "params with biases" if self.bias else "params without biases"
        unit = f"{self.dtype}, {self.bytes_per_value} bytes a value"
        return f"{bias}; a MAC is one multiply-add, {FLOPS_TEXT[self.flops]}; {unit}"
