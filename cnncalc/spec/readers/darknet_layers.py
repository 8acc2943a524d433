"""A section of Darknet's configuration -> the layers that it is: what all kinds of section have in common.

A section that is several layers here (a convolution, its batch norm, its activation) is a group with the section's
name.
"""

from __future__ import annotations

from typing import Any

from cnncalc.errors import closest, one_of
from cnncalc.layers import CATALOGUE
from cnncalc.limits import MOST_SOURCES
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Argument, GroupItem, InputSize, Item, LayerItem, MergeItem, NameReference
from cnncalc.spec.readers.darknet_keys import COMMENT, Section, words

CONVOLUTIONAL = ("convolutional", "conv")
ACTIVATIONS = {
    "logistic": "sigmoid", "loggy": "loggy", "relu": "relu", "relu6": "relu6", "elu": "elu", "selu": "selu",
    "gelu": "gelu", "relie": "leaky_relu", "ramp": "ramp", "leaky": "leaky_relu", "revleaky": "leaky_relu",
    "tanh": "tanh", "hardtan": "hard_tanh", "swish": "silu", "mish": "mish", "normalize_channels_softmax": "softmax",
    "normalize_channels_softmax_maxval": "softmax",
}  # fmt: skip
UNSUPPORTED = words("plse lhtan stair hard_mish normalize_channels")
"""Activations of Darknet that the language of specs does not have."""
SLOPES = {"leaky": "0.1", "revleaky": "0.1", "relie": "0.01"}
MAP, SINGLE, VECTOR = "map", "single", "vector"
"""What comes out of a section: a map, a map of one pixel, a vector."""


class Layers:
    """The sections read so far: their names by their numbers, what each makes, where its weights are.

    `size` is the input of the network, if the text gives it.
    """

    def __init__(self, size: InputSize | None) -> None:
        self.size = size
        self.names: list[str] = []
        self.made: list[str] = []
        self.weights: dict[int, str] = {}
        self.sources = 0

    def enter(self, section: Section, name: str) -> str:
        """Number a section, whose layers are called by `name` and that number; its whole name."""
        section.index = len(self.names)
        self.names.append(f"{name}{section.index}")
        self.made.append(self.before(section))
        return self.names[-1]

    def before(self, section: Section) -> str:
        """What the section above makes."""
        return self.made[section.index - 1] if section.index else MAP

    def number(self, section: Section, key: str, value: int) -> int:
        """The number of a section above; a negative one counts back. Raises SpecError."""
        number = value if value >= 0 else section.index + value
        if not 0 <= number < section.index:
            message = f"'{key}' names layer {number}, but this is layer {section.index}"
            raise section.refused(message, "only layers above it can be read; [net] is not counted", key)
        return number

    def above(self, section: Section) -> NameReference:
        """A reference to the section above."""
        return NameReference(self.names[section.index - 1] if section.index else "input", section.span)

    def read_by(self, section: Section, key: str) -> list[tuple[int, NameReference]]:
        """The sections that a key names: the number of each, and a reference to it. Raises SpecError."""
        numbers = [self.number(section, key, value) for value in section.numbers(key)]
        self.sources += len(numbers)
        if self.sources > MOST_SOURCES.value:
            raise section.refused(f"up to here, more than {MOST_SOURCES} layers are read", MOST_SOURCES.hint, key)
        return [(number, NameReference(self.names[number], section[key].span)) for number in numbers]


# Items ------------------------------------------------------------------------------------------


def made_layer(section: Section, kind: str, name: str = "", **fields: Any) -> LayerItem:
    """A layer with these fields; those that are None are left to their defaults."""
    given = {
        key: value if isinstance(value, Argument) else Argument.of(value, section.span)
        for key, value in fields.items()
        if value is not None
    }
    return LayerItem(span=section.span, layer=CATALOGUE[kind], arguments=given, name=name)


def made_merge(section: Section, kind: str, *sources: NameReference, name: str = "") -> MergeItem:
    """A merging layer; its inputs are named, or the branches that are put in later."""
    return MergeItem(span=section.span, layer=CATALOGUE[kind], sources=sources, name=name)


def joined(section: Section, title: str, before: list[Item], main: Item, behind: list[Item]) -> Item:
    """One layer alone, or a group that tables call by the title and the names of the layers behind the main one."""
    if not before and not behind:
        return main
    title = " ".join((title, *(item.name for item in behind)))
    return GroupItem(span=section.span, items=(*before, main, *behind), title=title)


def on_a_map(section: Section, layers: Layers) -> list[Item]:
    """What makes a map of one pixel of a vector, where one comes in: Darknet's vectors are such maps."""
    before = layers.before(section)
    layers.made[section.index] = MAP
    if before != VECTOR:
        return []
    channels = Argument(Expression("in.channels"), section.span)
    return [made_layer(section, "reshape", "reshape", channels=channels, size=(1, 1))]


def activation_of(section: Section, default: str) -> str:
    """The activation by its name in Darknet; raises SpecError for one that is unknown."""
    word = section.word("activation", default)
    known = COMMENT.split(word)[0]
    if known != word:
        section.notes.append(
            f"Darknet does not know the activation '{word[:40]}' and takes relu: a comment needs a line of its own"
        )
        return "relu"
    if word in UNSUPPORTED:
        raise section.refused(f"the activation {word} is not supported", key="activation")
    if word not in ACTIVATIONS and word != "linear":
        hint = closest(word, ACTIVATIONS) or one_of([*ACTIVATIONS, "linear"])
        raise section.refused(f"unknown activation '{word[:40]}'", hint, "activation")
    return word


def activation_layers(section: Section, default: str) -> list[Item]:
    """The layer of an activation; none for linear."""
    word = activation_of(section, default)
    return [] if word == "linear" else [made_layer(section, ACTIVATIONS[word], word, slope=SLOPES.get(word))]


def with_weights(section: Section, layers: Layers, title: str, main: LayerItem, behind: list[Item]) -> Item:
    """A layer with weights, its batch norm and its activation; the biases stand behind the batch norm.

    `behind` is what follows the activation.
    """
    before = on_a_map(section, layers) if main.layer is not CATALOGUE["fc"] else []
    owner = _owner(section, layers)
    if owner:
        main.share = NameReference(owner, section["share_index"].span)
    active: list[Item] = []
    if section.whole("batch_normalize", 0, least=0) or section.whole("cbn", 0, least=0):
        main.arguments["bias"] = Argument.of(False, section.span)
        norm = made_layer(section, "batchnorm", "bn")
        norm.share = main.share and NameReference(f"{owner.rpartition('/')[0]}/bn", main.share.span)
        active = [norm, *activation_layers(section, "logistic")]
    elif (word := activation_of(section, "logistic")) != "linear":
        main.arguments["activation"] = Argument.of(ACTIVATIONS[word], section.span)
        title += f" {word}"
    made = joined(section, title, before, main, [*active, *behind])
    name = layers.names[section.index]
    layers.weights[section.index] = name if made is main else f"{name}/{main.name}"
    return made


def _owner(section: Section, layers: Layers) -> str:
    """The layer whose weights a convolution uses too, by `share_index`; nothing without one. Raises SpecError."""
    if section.kind not in CONVOLUTIONAL or "share_index" not in section:
        return ""
    value = section.whole("share_index", -1, least=-(10**6))
    found = layers.weights.get(layers.number(section, "share_index", value))
    if found is None:
        raise section.refused("share_index must name a convolution", key="share_index")
    return found


def outputs(section: Section, key: str) -> int:
    """How many maps or values a section makes; Darknet takes 1 where the text does not say it."""
    if key not in section:
        section.notes.append(f"{key} is not given, and Darknet takes 1")
    return section.whole(key, 1)


def strides(section: Section) -> int | tuple[int, int]:
    """The stride; (stride_y, stride_x) where these differ."""
    stride = section.whole("stride", 1)
    across, down = section.whole("stride_x", stride), section.whole("stride_y", stride)
    return across if across == down else (down, across)


def blurred(section: Section) -> list[Item]:
    """The blur that takes the stride's part with `antialiasing`: 3x3 for 1, 2x2 without padding for 2."""
    kind = section.whole("antialiasing", 0, least=0)
    if not kind:
        return []
    size, padding = (2, 0) if kind == 2 else (3, 1)
    return [made_layer(section, "blurpool", "blur", kernel=size, stride=strides(section), padding=padding)]


def over_stride(stride: int | tuple[int, int]) -> str:
    """The stride as slide notation has it; nothing for 1."""
    return "" if stride == 1 else f"/{stride}" if isinstance(stride, int) else "/" + "x".join(map(str, stride))
