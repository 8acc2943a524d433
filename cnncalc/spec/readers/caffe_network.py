"""The layers of a network of Caffe, in the order of the file -> the items, the inputs and the notes of a spec."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from cnncalc.errors import Problem, Span, SpecError, closest
from cnncalc.limits import LONGEST_NAME
from cnncalc.spec.input_size import joined
from cnncalc.spec.model import INPUT, BrokenItem, InputSize, Item, MergeItem, NameReference, Spec
from cnncalc.spec.readers.caffe_fields import AS_SPEC, Place
from cnncalc.spec.readers.caffe_inputs import SOURCES, Given, declared_inputs, layer_inputs
from cnncalc.spec.readers.caffe_layers import LEFT_OUT, TYPES, axes_behind, weight_blobs
from cnncalc.spec.readers.caffe_messages import State, arguments_of, check_fields, kind_of, weight_names
from cnncalc.spec.readers.calls import Arguments, Call
from cnncalc.spec.readers.prototext import Message, refused

NOT_A_NAME = re.compile(r"[^A-Za-z0-9_.+/-]")
MOST_NAMED = 5
"""Layers that a note names."""


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
class Network:
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
    inputs: dict[str, Blob] = field(default_factory=dict)
    """What the network is given, by blob."""
    read_inputs: set[str] = field(default_factory=set)
    """The blobs of those that layers read."""
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
            kind, at = kind_of(layer, old)
            span = named.span if named else at
            check_fields(layer, kind)
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

    def _made(
        self,
        layer: Message,
        call: Call,
        at: Span,
        tops: list[tuple[str, Span]],
        bottoms: list[tuple[str, Span]],
    ) -> list[Item]:
        """The items that a layer stands for, joined to what they read; its tops are entered. `at` is its type."""
        kind, name = call.kind, call.name
        _check_kind(kind, at)
        read = [self._bottom(text, where) for text, where in bottoms]
        _check_blobs(call, len(read), len(tops))
        references = tuple(NameReference(blob.name, place) for blob, (_, place) in zip(read, bottoms, strict=True))
        place = Place(references, tuple(blob.axes for blob in read), len(tops), self.batch)
        made = TYPES[kind].make(Arguments(call, arguments_of(layer, kind)), place)
        parallel = len(made) == len(tops) > 1
        if parallel:  # the parts of a Slice are called by their tops
            self.names.discard(name)
            for item, (top, _) in zip(made, tops, strict=True):
                item.name, item.sources = self._unique(top), references
        elif not made[0].sources:
            made[0].sources = references if isinstance(made[0], MergeItem) else references[:1]
        self._share(layer, made[0])
        in_place = {text for text, _ in bottoms}
        for top, where in tops:
            if top in self.blobs and top not in in_place:
                hint = "a layer works in place if its bottom is its top"
                raise refused(f"two layers make the blob '{top}'", where, hint)
        axes = axes_behind(made[-1], read[0].axes)
        for number, (top, _) in enumerate(tops):
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
            self.read_inputs.add(text)
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
        names = list(weight_names(layer))
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
        self.blobs[given.blob] = self.inputs[given.blob] = Blob(name, given.axes, given.unreadable, given)
        if given.images and given.images > 1:
            self.batch = given.images

    def _input(self) -> InputSize | None:
        """The inputs that layers read, as one; those that none reads are left out."""
        read = [
            (blob.name, blob.given) for text, blob in self.inputs.items() if text in self.read_inputs and blob.given
        ]
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
            notes.append(
                f"names of layers that stand twice, or that a spec cannot have, are changed: {_listed(self.renamed)}"
            )


def _check_kind(kind: str, at: Span) -> None:
    """Refuse a type that is not known, by raising SpecError."""
    if kind not in TYPES:
        larger = any(known.lower() in kind.lower() and len(known) < len(kind) for known in TYPES)  # ROIPooling
        hint = (not larger and closest(kind, (*TYPES, *SOURCES))) or AS_SPEC
        raise refused(f"cnncalc has no layer for {kind} of Caffe", at, hint)


def _check_blobs(call: Call, bottoms: int, tops: int) -> None:
    """Refuse a layer that reads too few blobs or too many, or makes none, by raising SpecError."""
    least, most = TYPES[call.kind].bottoms
    if not least <= bottoms <= most:
        wanted = f"{least}" if least == most else f"{least} or more" if most > least + 1 else f"{least} or {most}"
        raise call.refused(f"{call.kind} takes {wanted} bottom{'' if wanted == '1' else 's'}, not {bottoms}")
    if not tops:
        raise call.refused(f"{call.kind} has no top: nothing can read what it makes")


def _listed(texts: list[str]) -> str:
    more = len(texts) - MOST_NAMED
    return ", ".join(texts[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
