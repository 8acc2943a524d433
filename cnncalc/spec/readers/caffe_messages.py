"""The message of one layer of Caffe -> whether it is in the network, its type, the fields of that type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.errors import Span, closest, one_of
from cnncalc.spec.model import Argument
from cnncalc.spec.readers.caffe_layers import TYPES
from cnncalc.spec.readers.prototext import Message, Value, Word, refused

FIELDS = (
    *("name", "type", "bottom", "top", "param", "include", "exclude", "phase", "loss_weight", "propagate_down"),
    *("blobs", "blobs_lr", "weight_decay", "blob_share_mode", "transform_param", "loss_param"),
)
"""The fields of a layer beside the messages of the types, whose names end with _param."""
OLD_TYPES = {
    "ABSVAL": "AbsVal", "ACCURACY": "Accuracy", "ARGMAX": "ArgMax", "BNLL": "BNLL", "CONCAT": "Concat",
    "CONTRASTIVE_LOSS": "ContrastiveLoss", "CONVOLUTION": "Convolution", "DATA": "Data",
    "DECONVOLUTION": "Deconvolution", "DROPOUT": "Dropout", "DUMMY_DATA": "DummyData",
    "EUCLIDEAN_LOSS": "EuclideanLoss", "ELTWISE": "Eltwise", "EXP": "Exp", "FLATTEN": "Flatten",
    "HDF5_DATA": "HDF5Data", "HDF5_OUTPUT": "HDF5Output", "HINGE_LOSS": "HingeLoss", "IM2COL": "Im2col",
    "IMAGE_DATA": "ImageData", "INFOGAIN_LOSS": "InfogainLoss", "INNER_PRODUCT": "InnerProduct", "LRN": "LRN",
    "MEMORY_DATA": "MemoryData", "MULTINOMIAL_LOGISTIC_LOSS": "MultinomialLogisticLoss", "MVN": "MVN",
    "POOLING": "Pooling", "POWER": "Power", "RELU": "ReLU", "SIGMOID": "Sigmoid",
    "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss", "SILENCE": "Silence", "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss", "SPLIT": "Split", "SLICE": "Slice", "TANH": "TanH",
    "WINDOW_DATA": "WindowData", "THRESHOLD": "Threshold",
}  # fmt: skip
"""The types of the old syntax, `layers { type: CONVOLUTION }`."""
PHASES = ("TRAIN", "TEST")
RULE = ("phase", "min_level", "max_level", "stage", "not_stage")
PARAMETER = ("name", "share_mode", "lr_mult", "decay_mult")
WORDS = {"true": True, "false": False}


class State(NamedTuple):
    """What the rules of layers are held against: a phase, a level and stages."""

    phase: str = "TEST"
    level: int = 0
    stages: frozenset[str] = frozenset()

    def allows(self, layer: Message) -> bool:
        """Whether a layer is in the network. Raises SpecError for rules that are none."""
        include, exclude = (list(layer.messages(name)) for name in ("include", "exclude"))
        if include and exclude:
            raise refused("a layer has rules under include or under exclude, not both", exclude[0].span)
        return any(map(self._meets, include)) if include else not any(map(self._meets, exclude))

    def _meets(self, rule: Message) -> bool:
        _only(rule, "a rule", RULE)
        phases = [str(value.value) for value in rule.all("phase")]
        if unknown := [value.span for value in rule.all("phase") if str(value.value) not in (*PHASES, "0", "1")]:
            raise refused("a phase is TRAIN or TEST", unknown[0])
        wanted, unwanted = ({text for text, _ in rule.texts(name)} for name in ("stage", "not_stage"))
        least, most = rule.number("min_level"), rule.number("max_level")
        return (
            (not phases or phases[-1] in (self.phase, str(PHASES.index(self.phase))))
            and wanted <= self.stages
            and not unwanted & self.stages
            and (least is None or self.level >= least)
            and (most is None or self.level <= most)
        )


def check_fields(layer: Message, kind: str) -> None:
    """Refuse a field that no layer of a type has, and one that stands twice, by raising SpecError."""
    for name, values in layer.fields.items():
        message = name.endswith("_param")
        if name not in FIELDS and not message:
            known = (*FIELDS, TYPES[kind].message) if kind in TYPES else FIELDS
            raise refused(f"a layer has no field '{name}'", values[0][0], closest(name, known))
        if len(values) > 1 and (message or name in ("name", "type")):
            raise refused(f"{name} is given twice", values[1][0])


def _only(message: Message, what: str, names: tuple[str, ...]) -> None:
    """Refuse a message with other fields than these, by raising SpecError."""
    for name, values in message.fields.items():
        if name not in names:
            raise refused(f"{what} has no field '{name}'", values[0][0], closest(name, names) or one_of(names))


def kind_of(layer: Message, old: bool) -> tuple[str, Span]:
    """The type of a layer, and where it stands. Raises SpecError."""
    found = layer.last("type")
    named = layer.last("name")
    if found is None:
        raise refused("a layer has no type", named.span if named else layer.span)
    if old and isinstance(found.value, Word):
        return OLD_TYPES.get(found.value, str(found.value)), found.span
    if not isinstance(found.value, str) or (isinstance(found.value, Word) and not old):
        raise refused(f"type must be a text, not {found.value}", found.span, 'write type: "Convolution"')
    return str(found.value), found.span


def arguments_of(layer: Message, kind: str) -> dict[str, Argument]:
    """The fields of the message of a type. Raises SpecError for one that is given twice though it may not be."""
    made: dict[str, Argument] = {}
    for message in layer.messages(TYPES[kind].message) if TYPES[kind].message else ():
        for name, values in message.fields.items():
            found = [value for _, value in values]
            known = TYPES[kind].names
            if name not in known:
                raise refused(f"{kind} has no '{name}'", values[0][0], closest(name, known) or one_of(known))
            if len(found) > 1 and not TYPES[kind].repeats(name):
                raise refused(f"{name} is given twice", values[1][0])
            parts = tuple(Argument(_plain(value), value.span) for value in found)
            made[name] = parts[0] if len(parts) == 1 else Argument(parts, parts[0].span)
    return made


def _plain(value: Value) -> object:
    if isinstance(value.value, Word):
        return WORDS.get(value.value, str(value.value))
    return value.value


def weight_names(layer: Message) -> Iterator[tuple[str, Span]]:
    """The names that a layer gives its parameters: `param { name: "w" }`, or `param: "w"` in the old syntax."""
    for value in layer.all("param"):
        if isinstance(value.value, Message):
            _only(value.value, "a parameter", PARAMETER)
            named = value.value.last("name")
            yield (str(named.value), named.span) if named else ("", value.span)
        else:
            yield str(value.value), value.span
