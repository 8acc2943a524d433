"""A network of Caffe, deploy.prototxt or train_val.prototxt -> Spec: its layers in the order of the file.

    name: "LeNet"
    layer { name: "data"  type: "Input"  top: "data"  input_param { shape { dim: 1 dim: 1 dim: 28 dim: 28 } } }
    layer {
      name: "conv1"  type: "Convolution"  bottom: "data"  top: "conv1"
      convolution_param { num_output: 20 kernel_size: 5 }
    }

Layers of Caffe are joined by the names of their blobs, here by the names of layers: a blob is what the last layer makes
of it, so that a layer that works in place is a layer like any other. The network is that of the phase TEST; that of
the phase TRAIN, and of every stage that the file names, is a variant. What only training needs is left out, and a note
says so. caffe_layers.py says what every type is, caffe_inputs.py how large an input is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from cnncalc.errors import Problem, ProblemList, Source, Span, SpecError, closest, one_of
from cnncalc.limits import LONGEST_NAME
from cnncalc.spec.input_size import joined
from cnncalc.spec.model import INPUT, Argument, BrokenItem, InputSize, Item, MergeItem, NameReference, Spec, Variant
from cnncalc.spec.readers.caffe_inputs import SOURCES, Given, declared_inputs, layer_inputs
from cnncalc.spec.readers.caffe_layers import LEFT_OUT, NO_WORKING, TYPES, Place, axes_behind, weight_blobs
from cnncalc.spec.readers.calls import Arguments, Call
from cnncalc.spec.readers.prototext import Message, Value, Word, parse, refused

LAYER = re.compile(r"^[ \t]*layers?[ \t]*(?::[ \t]*)?[{<]", re.MULTILINE)
SOLVER = re.compile(r"^[ \t]*base_lr[ \t]*:", re.MULTILINE)
FIELD = re.compile(r"(?:\s++|#[^\n]*+\n)*+[a-z_]\w*+[ \t]*+[:{<]")
NOT_A_NAME = re.compile(r"[^A-Za-z0-9_.+/-]")
NET_FIELDS = ("name", "input", "input_shape", "input_dim", "layer", "layers", "state", "force_backward", "debug_info")
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
WORDS = {"true": True, "false": False}
MOST_NAMED = 5
"""Layers that a note names."""


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
        phases = [str(value.value) for value in rule.all("phase")]
        wanted, unwanted = ({text for text, _ in rule.texts(name)} for name in ("stage", "not_stage"))
        least, most = rule.number("min_level"), rule.number("max_level")
        return (
            (not phases or phases[-1] in (self.phase, str(("TRAIN", "TEST").index(self.phase))))
            and wanted <= self.stages
            and not unwanted & self.stages
            and (least is None or self.level >= least)
            and (most is None or self.level <= most)
        )


def recognises(text: str) -> bool:
    """Whether a text begins with a field and has a line that begins a layer, or is a solver of Caffe."""
    return FIELD.match(text) is not None and (LAYER.search(text) or SOLVER.search(text)) is not None


def read(source: Source) -> Spec:
    """The spec that a text stands for; what is wrong with it is in `problems`."""
    try:
        net = parse(source)
        net = next(net.messages("net_param"), net)  # a solver may hold its network
        layers, old = _layers(net, source)
        for name, values in net.fields.items():
            if name not in NET_FIELDS:
                raise refused(f"a network has no field '{name}'", values[0][0], closest(name, NET_FIELDS))
        stages = dict.fromkeys(text for layer in layers for text in _stages(layer))
        level, own = _own_state(net)
    except SpecError as error:
        return Spec(source, problems=ProblemList(error.problems))
    found = _spec(net, layers, old, State("TEST", level, own), source)
    others = {stage: State("TEST", level, own | {stage}) for stage in stages if stage not in own}
    if any("include" in layer.fields or "exclude" in layer.fields for layer in layers):
        others["train"] = State("TRAIN", level, own | ({"train"} & stages.keys()))
    for name, state in others.items():
        found.variants[name] = Variant(name, found.name, "", {}, spec=partial(_spec, net, layers, old, state, source))
    if others:
        names = " and ".join(f"{source.name}:{name}" for name in list(others)[:MOST_NAMED])
        found.notes.insert(0, f"this is the network of the phase TEST; see also {names}")
    return found


def _spec(net: Message, layers: list[Message], old: bool, state: State, source: Source) -> Spec:
    spec = Spec(source, name="".join(text for text, _ in _safe_texts(net, "name")))
    try:
        _Network(spec, net, state).read(layers, old)
    except SpecError as error:
        spec.problems = ProblemList(error.problems)
    return spec


def _safe_texts(net: Message, name: str) -> list[tuple[str, Span]]:
    return [(value.value, value.span) for value in net.all(name)[-1:] if isinstance(value.value, str)]


def _layers(net: Message, source: Source) -> tuple[list[Message], bool]:
    """The layers of a net, and whether they are in the old syntax; raises SpecError."""
    new, old = (list(net.messages(name)) for name in ("layer", "layers"))
    if new and old:
        raise refused("the file mixes layer { } with the old layers { }", old[0].span, "write all of them in one way")
    if not new and not old:
        nets = [f"'{text}'" for name in ("net", "train_net", "test_net") for text, _ in net.texts(name)]
        if nets or "base_lr" in net.fields:
            hint = f"the network is in {nets[0]}" if nets else ""
            raise refused("this is a solver of Caffe, not a network", source.span(), hint)
        raise refused("the network has no layers", source.span())
    if old and "layer" in old[0].fields:
        hint = "Caffe's upgrade_net_proto_text writes it in today's syntax"
        raise refused("this is Caffe's first syntax, which is not supported", old[0].span, hint)
    return new or old, bool(old)


def _stages(layer: Message) -> Iterator[str]:
    for name in ("include", "exclude"):
        for rule in layer.messages(name):
            for stage in ("stage", "not_stage"):
                yield from (text for text, _ in rule.texts(stage))


def _own_state(net: Message) -> tuple[int, frozenset[str]]:
    """The level and the stages that the file sets for itself."""
    states = list(net.messages("state"))
    if not states:
        return 0, frozenset()
    return states[-1].number("level") or 0, frozenset(text for text, _ in states[-1].texts("stage"))


@dataclass(slots=True)
class Blob:
    """What a blob holds: the layer that makes it, its axes, or why no layer can read it; `given` is an input.

    `reason` is why the layer is left out that makes it.
    """

    name: str
    axes: int | None = 2
    unreadable: str = ""
    given: Given | None = None
    reason: str = ""


@dataclass(slots=True)
class _Network:
    """Reads the layers of one state from first to last, and keeps what every blob holds."""

    spec: Spec
    net: Message
    state: State
    blobs: dict[str, Blob] = field(default_factory=dict)
    names: set[str] = field(default_factory=lambda: {INPUT})
    times: dict[str, int] = field(default_factory=dict)
    """How often a name has been wanted that is taken."""
    shared: dict[str, tuple[str, int]] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    read_inputs: dict[str, Blob] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    """Layers that are left out, by the reason."""
    elsewhere: set[str] = field(default_factory=set)
    """Blobs that layers make that are not in this state."""
    renamed: list[str] = field(default_factory=list)
    batch: int = 1

    def read(self, layers: list[Message], old: bool) -> None:
        """Fill the spec with the items of the layers that are in the network. Raises SpecError."""
        for given in declared_inputs(self.net):
            self._enter(given)
        for layer in layers:
            try:
                if self.state.allows(layer):
                    self._layer(layer, old)
                else:
                    self.elsewhere.update(text for text, _ in layer.texts("top"))
            except SpecError as error:
                for problem in error.problems:
                    self.spec.problems.append(problem)
        if not self.items and not self.spec.problems:
            raise refused(f"no layer is left in the phase {self.state.phase}", self.spec.source.span())
        self.spec.items = tuple(self.items)
        self.spec.input = self._input()
        self._note()

    # Layers ---------------------------------------------------------------------------------

    def _layer(self, layer: Message, old: bool) -> None:
        """Enter one layer and its tops; one that cannot be read is broken, and so is whatever reads it."""
        named = layer.last("name")
        span = named.span if named else layer.span
        written = str(named.value) if named and isinstance(named.value, str) else ""
        tops, bottoms = list(layer.texts("top")), list(layer.texts("bottom"))
        kind = "layer"
        try:
            kind, at = _kind(layer, old)
            span = named.span if named else at
            self._check_fields(layer, kind)
            if kind in SOURCES or (kind == "Python" and not bottoms):
                for given in layer_inputs(kind, layer, span, [top for top, _ in tops]):
                    self._enter(given)
                return
            if reason := self._left_out(kind, bottoms):
                self.left_out.setdefault(reason, []).append(f"{written} ({kind})" if written != kind else kind)
                for top, _ in tops:
                    self.blobs[top] = Blob("", None, f"'{top}' comes from {kind}, which is left out", reason=reason)
                return
            name = self._unique(written or kind.lower())
            made = self._made(layer, Call(kind, span, name=name), at, tops, bottoms)
        except SpecError as error:
            for problem in error.problems:
                label = f"{written}: " if 0 < len(written) <= LONGEST_NAME.value else ""
                self.spec.problems.append(
                    problem._replace(message=f"{label}{problem.message}", span=problem.span or span)
                )
            name = self._unique(written[: LONGEST_NAME.value] or kind.lower())
            made = [BrokenItem(span=span, name=name)]
            for top, _ in tops:
                self.blobs[top] = Blob(name, None)
        self.items.extend(made)

    def _check_fields(self, layer: Message, kind: str) -> None:
        for field_name, values in layer.fields.items():
            if field_name not in FIELDS and not field_name.endswith("_param"):
                known = (*FIELDS, TYPES[kind].message) if kind in TYPES else FIELDS
                raise refused(f"a layer has no field '{field_name}'", values[0][0], closest(field_name, known))

    def _made(
        self,
        layer: Message,
        call: Call,
        at: Span,
        tops: list[tuple[str, Span]],
        bottoms: list[tuple[str, Span]],
    ) -> list[Item]:
        """The items that a layer stands for, joined to what they read; its tops are entered. `at` is its type."""
        kind, span, name = call.kind, call.span, call.name
        if kind not in TYPES:
            larger = any(known.lower() in kind.lower() and len(known) < len(kind) for known in TYPES)  # ROIPooling
            hint = (not larger and closest(kind, (*TYPES, *SOURCES))) or NO_WORKING
            raise refused(f"cnncalc has no layer for {kind} of Caffe", at, hint)
        least, most = TYPES[kind].bottoms
        read = [self._bottom(text, at) for text, at in bottoms]
        if not least <= len(read) <= most:
            wanted = f"{least}" if least == most else f"{least} or more" if most > least + 1 else f"{least} or {most}"
            raise refused(f"{kind} takes {wanted} bottom{'' if wanted == '1' else 's'}, not {len(read)}", span)
        if not tops:
            raise refused(f"{kind} has no top: nothing can read what it makes", span)
        references = tuple(NameReference(blob.name, place) for blob, (_, place) in zip(read, bottoms, strict=True))
        place = Place(references, tuple(blob.axes for blob in read), len(tops), self.batch)
        made = TYPES[kind].make(Arguments(call, _arguments(layer, kind)), place)
        parallel = len(made) == len(tops) > 1
        if parallel:  # the parts of a Slice are called by their tops
            self.names.discard(name)
            for item, (top, _) in zip(made, tops, strict=True):
                item.name, item.sources = self._unique(top), references
        elif not made[0].sources:
            made[0].sources = references if isinstance(made[0], MergeItem) else references[:1]
        self._share(layer, made[0])
        axes = axes_behind(made[-1], read[0].axes)
        for number, (top, where) in enumerate(tops):
            if top in self.blobs and top not in (text for text, _ in bottoms):
                raise refused(
                    f"two layers make the blob '{top}'", where, "a layer works in place if its bottom is its top"
                )
            self.blobs[top] = Blob(made[number].name if parallel else made[-1].name, axes)
            if number and not parallel and kind != "Split":
                self.blobs[top] = Blob("", None, f"'{top}' is the second top of {name}, which is not computed here")
        return made

    def _bottom(self, text: str, at: Span) -> Blob:
        """The blob that a layer reads; raises SpecError if no layer above makes it, or it cannot be read."""
        blob = self._known(text, at)
        if blob.unreadable:
            hint = "give its shape: write an Input layer instead of the layer of data" if blob.given else ""
            raise refused(blob.unreadable, at, hint)
        if blob.given is not None:
            self.read_inputs[text] = blob
        return blob

    def _known(self, text: str, at: Span) -> Blob:
        """The blob of a name; raises SpecError if no layer above makes it."""
        if text not in self.blobs:
            hint = closest(text, self.blobs) or "a layer reads blobs of the layers above it"
            if text in self.elsewhere:
                hint = f"a layer of another phase or stage makes it: name that, as in {self.spec.source.name}:train"
            raise refused(f"no layer above makes the blob '{text}'", at, hint)
        return self.blobs[text]

    def _left_out(self, kind: str, bottoms: list[tuple[str, Span]]) -> str:
        """Why a layer is left out, if it is: for its type, or because all that it joins is left out."""
        found = next((reason for reason, types in LEFT_OUT.items() if types.fullmatch(kind)), "")
        read = [self._known(text, at) for text, at in bottoms] if found or kind == "Concat" else []
        reasons = {blob.reason for blob in read}
        return found or (reasons.pop() if len(reasons) == 1 else "")

    def _unique(self, written: str) -> str:
        """A name for a layer that this language can have and no other layer has."""
        if len(written) > LONGEST_NAME.value:
            raise refused(f"a name has at most {LONGEST_NAME} characters", None, LONGEST_NAME.hint)
        cleaned = "/".join(part for part in NOT_A_NAME.sub("_", written).split("/") if part)
        cleaned = cleaned if cleaned[:1].isalnum() or cleaned[:1] == "_" else f"_{cleaned}"
        name = cleaned
        while name in self.names:
            self.times[cleaned] = self.times.get(cleaned, 1) + 1
            name = f"{cleaned}_{self.times[cleaned]}"
        self.names.add(name)
        if name != written:
            self.renamed.append(f"'{written}' is called {name}")
        return name

    def _share(self, layer: Message, item: Item) -> None:
        """Let a layer use the weights of an earlier one whose parameters have the same names."""
        names = list(_weight_names(layer))
        found = [self.shared.get(name) for name, _ in names]
        blobs = weight_blobs(item)
        for number, (name, _) in enumerate(names):
            if name:
                self.shared.setdefault(name, (item.name, number))
        owners = {owner[0] for owner in found if owner}
        if not owners:
            return
        at = next(span for (_, span), owner in zip(names, found, strict=True) if owner)
        alike = all(owner is not None and owner[1] == number for number, owner in enumerate(found))
        if len(owners) > 1 or not alike or (blobs and len(names) < blobs):
            message = "it shares a part of its weights alone, or those of several layers, which is not supported"
            raise refused(message, at, "give its weights and its biases the names of one other layer")
        item.share = NameReference(owners.pop(), at)

    # Inputs and notes -----------------------------------------------------------------------

    def _enter(self, given: Given) -> None:
        if given.blob in self.blobs:
            raise refused(f"two layers make the blob '{given.blob}'", given.span)
        name = self._unique(given.blob) if given.blob != INPUT else INPUT
        self.blobs[given.blob] = Blob(name, given.axes, given.unreadable, given)
        if given.images and given.images > 1:
            self.batch = given.images

    def _input(self) -> InputSize | None:
        """The inputs that layers read, as one; those that none reads are left out."""
        read = [(blob.name, blob.given) for blob in self.read_inputs.values() if blob.given]
        if len(read) == 1:
            (name, given) = read[0]
            known = given.size or given.partial
            for item in self.items if known is None else ():  # the command line gives it, without a name
                item.sources = tuple(each._replace(name=INPUT) if each.name == name else each for each in item.sources)
            self.spec.partial_input = given.partial and replace(given.partial, name=name)
            self.spec.notes.extend(given.notes)
            return given.size and replace(given.size, name=name)
        for name, given in read:
            if given.size is None:
                hint = "write its shape: an Input layer with input_param { shape { dim: 1 dim: 3 dim: 224 dim: 224 } }"
                self.spec.problems.append(
                    Problem(f"the size of the input '{name}' is not in the file", given.span, hint)
                )
            self.spec.notes.extend(given.notes)
        sizes = [replace(given.size, name=name) for name, given in read if given.size]
        return joined(sizes) if sizes and len(sizes) == len(read) else None

    def _note(self) -> None:
        """Say what is not as it stands in the file."""
        notes = self.spec.notes
        for reason, names in self.left_out.items():
            notes.append(f"{_listed(names)}: {reason}, and left out")
        if self.batch > 1:
            notes.append(f"the file's batch of {self.batch} is left out: counts are for one image")
        if self.renamed:
            notes.append(f"names of layers are changed where one has it already: {_listed(self.renamed)}")


def _listed(texts: list[str]) -> str:
    more = len(texts) - MOST_NAMED
    return ", ".join(texts[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _kind(layer: Message, old: bool) -> tuple[str, Span]:
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


def _arguments(layer: Message, kind: str) -> dict[str, Argument]:
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


def _weight_names(layer: Message) -> Iterator[tuple[str, Span]]:
    """The names that a layer gives its parameters: `param { name: "w" }`, or `param: "w"` in the old syntax."""
    for value in layer.all("param"):
        if isinstance(value.value, Message):
            named = value.value.last("name")
            yield (str(named.value), named.span) if named else ("", value.span)
        else:
            yield str(value.value), value.span
