"""Names -> counting conventions and data types: how counts become the numbers of a table.

A convention is data: a weight for every class of operation and a few switches, and, where a tool
counts kinds of layers each in its own way, rules that weigh measures of a layer. No layer and no
loop knows of any.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cnncalc.analysis.counting import Rule, counted
from cnncalc.layers import Layer, Shape
from cnncalc.layers.operations import OPERATION_CLASSES, Operations
from cnncalc.symbolic import Size, normalise

DTYPES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}
OPTIMIZERS = {"sgd": 0, "momentum": 1, "adam": 2}
"""Numbers that an optimizer keeps for every parameter."""

FLOPS = MappingProxyType(
    {
        "2mac": MappingProxyType({"macs": 2}),
        "2mac-1": MappingProxyType({"macs": 2, "sums": -1}),
        "mac": MappingProxyType({"macs": 1}),
        "all": MappingProxyType({name: 2 if name == "macs" else 1 for name in OPERATION_CLASSES}),
    }
)
"""Ways to count a FLOP: two a multiply-add, the first of a sum one, one a multiply-add, or every operation there is."""

FLOPS_TEXT = {
    "2mac": "FLOPs = 2 x MACs",
    "2mac-1": "FLOPs = 2 x MACs - 1 for each sum, biases left out",
    "mac": "FLOPs = MACs",
    "all": "FLOPs = 2 x MACs + every other operation",
}


class Convention(NamedTuple):
    """What is counted, and in which unit.

    `flops` names an entry of FLOPS; `dtype` one of DTYPES, for every value stored; `optimizer` one
    of OPTIMIZERS, for the memory of training; `thousand` is what K stands for where parameters are printed in K.

    `mac_rules`, `param_rules` and `activation_rules` replace the plain counts: for every layer the
    first rule that applies, and 0 where none does. Without rules a MAC is a multiply-add, parameters
    are weights and biases, and activations are the outputs of layers that do not work in place.

    The sum of the activations has the input in it if that is `input_held`; some programs count it apart.
    With `statistics`, the running statistics of norms are parameters that are not trained; a tool for which they are no
    parameters at all has none of these.

    `headline` names the quantity that the tool is asked for: macs, flops or params.
    """

    bias: bool = True
    flops: str = "2mac"
    dtype: str = "float32"
    optimizer: str = "sgd"
    thousand: int = 1000
    mac_rules: tuple[Rule, ...] = ()
    param_rules: tuple[Rule, ...] = ()
    activation_rules: tuple[Rule, ...] = ()
    input_held: bool = True
    statistics: bool = True
    headline: str = "macs"
    name: str = "cnncalc"
    version: str = ""
    source: str = ""
    faults: tuple[str, ...] = ()
    captured: bool = False

    @property
    def bytes_per_value(self) -> int:
        """Bytes of one value."""
        return DTYPES[self.dtype]

    @property
    def flops_of_a_mac(self) -> int:
        """How many FLOPs one MAC is."""
        return FLOPS[self.flops]["macs"]

    @property
    def title(self) -> str:
        """The name and the version: `fvcore 0.1.5`."""
        return f"{self.name} {self.version}".strip()

    def overridden(self, given: Mapping[str, Any]) -> Convention:
        """The same but for the switches given; to count every operation leaves no MAC to a rule."""
        changed = self._replace(**given)
        return changed._replace(mac_rules=()) if len(FLOPS[changed.flops]) > 1 else changed

    def mac_count(self, layer: Layer, shape: Shape, operations: Operations) -> Size:
        """MACs of a layer for one image, as the convention counts them."""
        return self._counted(self.mac_rules, layer, shape, operations.macs)

    def param_count(self, layer: Layer, shape: Shape, usual: Size) -> Size:
        """Parameters of a layer, as the convention counts them."""
        return self._counted(self.param_rules, layer, shape, usual)

    def activation_count(self, layer: Layer, shape: Shape, usual: Size) -> Size:
        """Values that the layer holds for one image, as the convention counts them."""
        return self._counted(self.activation_rules, layer, shape, usual)

    @staticmethod
    def _counted(rules: tuple[Rule, ...], layer: Layer, shape: Shape, usual: Size) -> Size:
        return counted(rules, layer, shape) if rules else usual

    def flop_count(self, operations: Operations) -> Size:
        """FLOPs of some operations: the classes weighed and added up."""
        weights = FLOPS[self.flops]
        return normalise(sum(weights[name] * getattr(operations, name) for name in weights))

    def text(self) -> str:
        """The convention in words, for the last line of a table."""
        bias = "params with biases" if self.bias else "params without biases"
        unit = f"{self.dtype}, {self.bytes_per_value} bytes a value"
        mac = f"MACs as {self.name} counts them" if self.mac_rules else "a MAC is one multiply-add"
        thousand = "" if self.thousand == 1000 else f"; K = {self.thousand} parameters"
        named = f"convention {self.title}: " if self.version else ""
        return f"{named}{bias}; {mac}, {FLOPS_TEXT[self.flops]}; {unit}{thousand}"

    def as_keys(self) -> dict[str, Any]:
        """Every field by name: `Convention(**keys)` is the same convention."""
        return self._asdict()
