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
says so.

caffe_network.py joins the layers, caffe_messages.py reads the message of one, caffe_layers.py says what every type is,
and caffe_inputs.py how large an input is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from cnncalc.errors import ProblemList, Source, Span, SpecError, closest
from cnncalc.spec.model import Spec, Variant
from cnncalc.spec.readers.caffe_messages import State
from cnncalc.spec.readers.caffe_network import MOST_NAMED, Network
from cnncalc.spec.readers.prototext import Message, parse, refused

LAYER = re.compile(r"^[ \t]*layers?[ \t]*(?::[ \t]*)?[{<]", re.MULTILINE)
SOLVER = re.compile(r"^[ \t]*base_lr[ \t]*:", re.MULTILINE)
FIELD = re.compile(r"(?:\s++|#[^\n]*+\n)*+[a-z_]\w*+[ \t]*+[:{<]")
NET_FIELDS = ("name", "input", "input_shape", "input_dim", "layer", "layers", "state", "force_backward", "debug_info")


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
        Network(spec, net, state).read(layers, old)
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
