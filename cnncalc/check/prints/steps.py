"""A graph -> its steps: every layer, and every activation that belongs to a layer, which programs list by itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnncalc.analysis import Convention
from cnncalc.analysis.counting import Part, Rule, parts, terms
from cnncalc.graph import Graph
from cnncalc.layers import CATALOGUE, Layer, Shape
from cnncalc.symbolic import Size, add_up

MAX_POOLS = ("maxpool", "globalmaxpool", "adaptivemaxpool")
CONVOLUTIONS = "convolutions"
DENSE = "fully connected layers"
TRANSPOSED = "transposed convolutions"
INPUT_KIND = "input"
"""The kind of a row for the input: not a layer, although a spec may give an identity layer this name."""
KEEPING = ("activations", "dropouts", "identities", "norms")
"""Families of layers that keep the volume."""


@dataclass(slots=True, eq=False)
class Step:
    """A layer (`name` is its own), or the activation of one (without a name).

    `sources` are the numbers of other steps, below 0 inputs of the network.
    """

    number: int
    name: str
    part: Part
    sources: tuple[int, ...]
    shared: bool = False
    readers: list[int] = field(default_factory=list)

    @property
    def layer(self) -> Layer:
        """The layer, or the activation."""
        return self.part.layer

    @property
    def output(self) -> Shape:
        """The volume that goes out."""
        return self.part.output

    @property
    def params(self) -> Size:
        """Weights and biases, without running statistics."""
        layer, shape = self.layer, self.part.shape
        return 0 if self.shared else layer.weights(shape) + layer.biases(shape)

    @property
    def buffers(self) -> Size:
        """Running statistics."""
        return 0 if self.shared else self.layer.buffers(self.part.shape)


def steps_of(graph: Graph) -> list[Step]:
    """The steps of a graph in its order."""
    steps: list[Step] = []
    last = {~number: ~number for number in range(len(graph.inputs))}
    for index, node in enumerate(graph.nodes):
        sources = tuple(last[source] for source in node.sources)
        for number, part in enumerate(parts(node.layer, node.input)):
            steps.append(Step(len(steps), "" if number else node.name, part, sources, bool(node.shared)))
            sources = (len(steps) - 1,)
        last[index] = len(steps) - 1
    for step in steps:
        for source in step.sources:
            if source >= 0:
                steps[source].readers.append(step.number)
    return steps


def family(kind: str) -> str:
    """What a layer type is counted among when rows and layers are matched; nothing for an unknown type."""
    if kind not in CATALOGUE or kind == INPUT_KIND:
        return kind
    title = CATALOGUE[kind].title
    if title == "pools":
        return "max pools" if kind in MAX_POOLS else "average pools"
    return kind if title in ("norms", "merges", "reshapes", "radial basis functions") or kind == "prelu" else title


def keeps_volume(kind: str) -> bool:
    """Whether layers of a type hand on the volume that they get."""
    return kind in CATALOGUE and CATALOGUE[kind].title in KEEPING


def count(rules: tuple[Rule, ...], part: Part, usual: Size) -> Size:
    """What the rules of a convention count of a step."""
    return add_up(terms(rules, part).values()) if rules else usual


def params_in(convention: Convention, step: Step) -> Size:
    """The parameters of a step, as a convention counts them."""
    return 0 if step.shared else count(convention.param_rules, step.part, step.params)


def macs_in(convention: Convention, step: Step) -> Size:
    """The MACs of a step for one image, as a convention counts them."""
    return count(convention.mac_rules, step.part, step.part.operations.macs)


def lone(kind: str, shape: Shape) -> Part | None:
    """A step of a layer type that the network lacks, with nothing set, on a volume; None if its fields are needed."""
    cls = CATALOGUE.get(kind)
    if cls is not None and kind == "adaptiveavgpool" and shape.rank:  # to the size that the volume has already
        return next(iter(parts(cls(size=list(shape.size)), shape)))
    if cls is None or any(field.required for field in cls.fields.values()):
        return None
    layer = cls()
    if any(condition.severity == "invalid" and not condition.holds() for condition in layer.conditions(shape)):
        return None
    return next(iter(parts(layer, shape)))
