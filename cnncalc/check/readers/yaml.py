"""YAML written by hand -> claims: networks, how they are counted, layers and their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from cnncalc.check.claim import Claim
from cnncalc.check.context import CHOICES, CONTEXT_KEYS, EXCUSES, EXERCISES, NETWORK_KEYS, Context
from cnncalc.check.naming import Heading, heading, kind_of, layer_named
from cnncalc.check.network import Network
from cnncalc.check.numbers.beside import stated
from cnncalc.check.numbers.printed import Printed
from cnncalc.check.readers.reading import Reading
from cnncalc.check.readers.yaml_by_hand import matrix_text, read_exercises, with_bare_answers
from cnncalc.check.readers.yaml_commas import hint_on, restore, shape_of, with_stand_ins
from cnncalc.check.settings import OF_A_WINDOW
from cnncalc.errors import Problem, Source, SpecError, closest, one_of
from cnncalc.spec.model import Spec
from cnncalc.spec.readers.yaml import spec_of
from cnncalc.spec.readers.yaml_nodes import Node, read_yaml
from cnncalc.tables.cells import UNANSWERED

ENTRY_KEYS = ("name", "source", *NETWORK_KEYS, *CONTEXT_KEYS, "claims")
TABLE_KEYS = (*ENTRY_KEYS, "networks", EXERCISES)
CLAIM_KEYS = ("is", "erratum", "correct", "source", "against", *CONTEXT_KEYS)
ANSWER = ("is", "output", "answer", "value", "values")
"""Under which key the answer to an exercise may stand."""
OTHER_KEYS = ("network", "spec", "input", "set")
"""What `against` may say of the other network; what it leaves out is as in the table."""
NETWORK_HINT = "add 'network: vgg16' (a name, a path or slide notation), or a spec of your own under 'spec:'"
Nodes: TypeAlias = "dict[str, Node]"


def recognises(source: Source) -> bool:
    """Any text: what no other reader takes is YAML, or has a mistake in it that the parser names."""
    return True


def read(reading: Reading) -> None:
    """Read the keys of a file and of the networks in it."""
    root = read_yaml(with_stand_ins(reading.source))
    if root.kind != "map":
        what = "the file is empty" if root.value is None else f"a table is a mapping, not {root.what}"
        raise SpecError([Problem(what, root.span, "begin with 'network: vgg16' and 'claims:'")])
    restore(root)
    root = with_bare_answers(reading, root)
    keys = {key.text for key, _ in root.pairs}
    if "layers" in keys and not keys & {"claims", "networks"}:
        hint = "cnncalc show prints its numbers; a table names a network and has 'claims:'"
        raise SpecError([Problem("this is the spec of a network, not a table of claims", root.span, hint)])
    found = _known(reading, root, TABLE_KEYS, ("claims", "networks"))
    if EXERCISES in found:
        read_exercises(reading, found[EXERCISES])
    reading.table.name = found["name"].text if "name" in found else reading.source.name
    reading.table.source = found["source"].text if "source" in found else ""
    context = _narrowed(reading, reading.overrides.context, found)
    if "networks" in found:
        for key in ("network", "spec", "claims"):
            if key in found:
                reading.problem(f"'{key}' and 'networks' cannot be used together", found[key].span)
        _networks(reading, context, found["networks"])
        return
    named = reading.overrides.network.name or {"network", "spec"} & found.keys()
    network = _network(reading, found, root) if named or not (reading.exercises or EXERCISES in found) else None
    if "claims" not in found and EXERCISES not in found:
        reading.problem("the table contains no claims", root.span, "add 'claims:' with one layer per line")
    elif "claims" in found:
        context = replace(context, network=network)
        _claims(reading, replace(context, against=_against(reading, found, context)), found["claims"])


# Networks ----------------------------------------------------------------------------------------


def _networks(reading: Reading, context: Context, node: Node) -> None:
    """`networks:` as a mapping by network, or as a list where one network comes more than once."""
    if node.kind == "scalar" or not (node.items or node.pairs):
        reading.problem(f"'networks' must be a mapping, one 'vgg16: ...' per line, not {node.what}", node.span)
    for name, entry in [*((None, item) for item in node.items), *node.pairs]:
        if _unanswered(reading, entry):
            continue
        if entry.kind != "map":
            reading.problem(f"the claims about a network must be a mapping, not {entry.what}", entry.span)
            continue
        found = {key.text: value for key, value in entry.pairs if _is_key(key, value)}
        totals = [(key, value) for key, value in entry.pairs if not _is_key(key, value)]
        if name is not None:
            found["network"] = name
        inner = _narrowed(reading, context, found)
        network = _network(reading, found, entry)
        inner = replace(inner, network=network)
        inner = replace(inner, against=_against(reading, found, inner))
        _quantities(reading, inner, "", totals)
        if "claims" in found:
            _claims(reading, inner, found["claims"])
        elif not totals:
            reading.problem("there are no claims about this network", entry.span)


def _is_key(key: Node, value: Node) -> bool:
    """Whether an entry about a network says how to count; `flops: 3.8G` claims a number, `flops: mac` does not."""
    if key.text in ("flops", "bias"):
        return value.kind == "scalar" and value.text.lower() in CHOICES[key.text]
    return key.text in ENTRY_KEYS


def _network(reading: Reading, found: Nodes, node: Node) -> Network | None:
    """The network that the keys of a mapping name; None, and a problem, if there is none."""
    place = found.get("network") or found.get("spec") or node
    found = {key: value for key, value in found.items() if _effective(reading, found, key)}
    size = _written(found["input"]).strip("[]").replace(", ", "x") if "input" in found else ""
    settings = _settings(reading, found)
    if "spec" in found and "network" in found:
        reading.problem("'network' and 'spec' cannot be used together", found["network"].span)
    name = found.get("spec", found.get("network"))
    if name is not None and name.kind != "scalar" and "spec" not in found:
        reading.problem(f"a network must be a name, not {name.what}", name.span, "as in network: vgg16")
        return None
    try:
        inline = _inline(reading, found["spec"]) if "spec" in found else None
    except SpecError as error:
        reading.refused(error, node.span)
        return None
    network = reading.named(name.text if name else "", size, settings, inline)
    return reading.network(network, place.span, NETWORK_HINT)


def _inline(reading: Reading, node: Node) -> tuple[str, Spec]:
    """A spec that stands in the table: all that it says, and what it means."""
    spec = spec_of(node, Spec(reading.source))
    spec.key = spec.name = spec.name or "spec"
    return _text(node), spec


def _effective(reading: Reading, found: Nodes, key: str) -> bool:
    """Whether the file decides what a key about its network says."""
    node = found[key]
    text = "\n".join(_settings(reading, found)) if key == "set" and node.kind == "map" else _written(node)
    return key not in NETWORK_KEYS or reading.effective(key, text, node.span)


def _settings(reading: Reading, found: Nodes) -> tuple[str, ...]:
    node = found.get("set")
    if node is None:
        return ()
    if node.kind != "map":
        reading.problem(f"'set' must be a mapping, as in set: {{width: 16}}, not {node.what}", node.span)
    return tuple(f"{key.text}={_written(value)}" for key, value in node.pairs)


def _against(reading: Reading, found: Nodes, context: Context) -> Network | None:
    """The network that all numbers here are compared with."""
    if "against" not in found or "against" in reading.overrides.keys:
        return context.against
    node = found["against"]
    if node.kind != "map":
        return reading.other(Network(node.text, folder=reading.folder), node.span)
    keys = _known(reading, node, OTHER_KEYS, OTHER_KEYS)
    size = _written(keys["input"]).strip("[]").replace(", ", "x") if "input" in keys else ""
    try:
        inline = _inline(reading, keys["spec"]) if "spec" in keys else None
    except SpecError as error:
        reading.refused(error, node.span)
        return None
    if inline or "network" in keys:
        own = Network(inline[1].name if inline else keys["network"].text, "", (), reading.folder, *(inline or ()))
    elif context.network is not None:
        own = context.network
    else:
        return None  # a problem by itself
    return reading.other(
        replace(own, input=size or own.input, settings=_settings(reading, keys) or own.settings), node.span
    )


def _written(node: Node) -> str:
    """The value of a setting as the command line would have it."""
    return f"[{', '.join(map(_written, node.items))}]" if node.kind == "list" else node.text


def _text(node: Node) -> str:
    """All that a tree says: equal for equal trees."""
    if node.kind == "scalar":
        return f"{node.text!r}{'' if node.quoted else '.'}"
    parts = [*map(_text, node.items), *(f"{_text(key)}:{_text(value)}" for key, value in node.pairs)]
    return f"{node.kind}({','.join(parts)})"


# Claims ------------------------------------------------------------------------------------------


def _known(reading: Reading, node: Node, keys: tuple[str, ...], needed: tuple[str, ...]) -> Nodes:
    """The values by key; a key that is not among `keys` is a problem.

    In an answer that has one of those `needed`, it is a student's own, and ignored.
    """
    found = {key.text: value for key, value in node.pairs}
    ignored = reading.grading and not found.keys().isdisjoint(needed)
    for key, _ in node.pairs:
        if key.text in keys:
            continue
        hint = closest(key.text, keys) or ("" if ignored else one_of(keys))
        if ignored:
            reading.note(f"the unknown key '{key.text}' is ignored" + (f" ({hint})" if hint else ""), key.span)
        else:
            reading.problem(f"unknown key '{key.text}'", key.span, hint)
    return found


def _narrowed(reading: Reading, context: Context, found: Nodes, notes: list[str] | None = None) -> Context:
    """The context with the conventions and the source that stand here, so far as the file decides them."""
    for key in (key for key in ("source", *CONTEXT_KEYS) if key in found):
        node = found[key]
        text = node.text if node.kind == "scalar" else None
        context = reading.narrowed(context, key, text, node.span, notes)
    return context


def _claims(reading: Reading, context: Context, node: Node) -> None:
    """Layers, each with its output or with its quantities."""
    if node.kind != "map" or not node.pairs:
        reading.problem(f"claims must be a mapping, one 'conv1: 55x55x96' per line, not {node.what}", node.span)
        return
    for key, value in node.pairs:
        layer = layer_named(key.text)
        if _unanswered(reading, value):
            continue
        exercise = reading.exercises.find(key.text)
        if exercise is not None:
            value = next((part for word, part in value.pairs if word.text in ANSWER), value)
            reading.answered(exercise, matrix_text(value), value.span, context.source)
        elif context.network is None and reading.exercises:
            reading.add(_unread(context, layer, "", value, reading.exercises.unknown(key.text)))
        elif value.kind == "map":
            _quantities(reading, context, layer, value.pairs)
        elif not layer:
            problem = Problem("a total needs its quantity", value.span, "as in total: {params: 138M}")
            reading.add(_unread(context, layer, "", value, problem))
        else:
            _values(reading, context, layer, Heading("output"), value)


def _quantities(reading: Reading, context: Context, layer: str, pairs: list[tuple[Node, Node]]) -> None:
    """The numbers of a layer, each behind its quantity."""
    for key, value in pairs:
        if _unanswered(reading, value):
            continue
        try:
            of = heading(key.text, tuple(other.text for other, _ in pairs))
        except SpecError as error:
            problem = error.problems[0]._replace(span=key.span)
            reading.add(_unread(context, layer, key.text, value, problem))
        else:
            _values(reading, context, layer, of, value)


def _values(reading: Reading, context: Context, layer: str, of: Heading, node: Node) -> None:
    """One value of a quantity, or a list of them, each perhaps in a convention of its own."""
    shape = shape_of(node, least=2 if of.quantity in OF_A_WINDOW else 3) if _has_sizes(of.quantity) else None
    for each in [shape] if shape else node.items if node.kind == "list" else [node]:
        if _unanswered(reading, each):
            continue
        for value, one, beside in _stated(each, of):
            before = len(reading.problems)
            claim = _claim(reading, context, layer, one, value, hint_on(node))
            if reading.grading and len(reading.problems) > before:  # one wrong answer, and not the end of the file
                claim = _unread(context, layer, one.quantity, value, reading.problems.pop())
                del reading.problems[before:]
            if claim is not None:
                reading.add(replace(claim, beside=beside))


def _stated(node: Node, of: Heading) -> Iterator[tuple[Node, Heading, bool]]:
    """A value with its quantity; two of `156 (0.2 %)`."""
    found = stated(node.text, of) if node.kind == "scalar" else []
    if len(found) < 2:
        yield node, of, False
        return
    for each in found:
        yield Node("scalar", each.text, each.place(node.span), each.text), each.of, each.beside


def _has_sizes(quantity: str) -> bool:
    """Whether a list may be one value: the sizes of a shape, those of a kernel."""
    return kind_of(quantity) == "shape" or quantity in OF_A_WINDOW


def _claim(reading: Reading, context: Context, layer: str, of: Heading, node: Node, hint: str) -> Claim | None:
    """A number, or a mapping with more about it; None, and a problem, for a mapping without a number."""
    found: Nodes = {"is": node}
    notes: list[str] = []
    if node.kind == "map":
        found = _known(reading, node, CLAIM_KEYS, ("is",))
        context = _narrowed(reading, context, found, notes)
        if "against" in found and reading.effective("against", _text(found["against"]), found["against"].span, notes):
            context = replace(context, against=_against(reading, found, context))
        if "is" not in found:
            wanted = "as in {is: 24M, erratum: the rows sum to 15.2M}"
            reading.problem("a claim needs its number, under 'is'", node.span, wanted)
            return None
        if reading.grading:
            notes += [reading.overrides.ignored(key) for key in EXCUSES if key in found]
            found = {key: value for key, value in found.items() if key not in EXCUSES}
        if "correct" in found and "erratum" not in found:
            reading.problem("'correct' needs an 'erratum' beside it", found["correct"].span)
    erratum = found["erratum"].text.strip() if "erratum" in found else ""
    if "erratum" in found and not erratum:
        reading.problem("an erratum needs its reason", found["erratum"].span, "why is the number known to be wrong?")
    try:
        printed = _printed(found["is"], of, context)
        correct = _printed(found["correct"], of, context) if "correct" in found else None
    except SpecError as error:
        return _unread(context, layer, of.quantity, found["is"], error.problems[0], notes)
    more = {"erratum": erratum, "correct": correct, "notes": tuple(notes), "hint": hint}
    return context.claim(layer, of.quantity, printed, found["is"].span, **more)


def _unread(
    context: Context, layer: str, quantity: str, node: Node, problem: Problem, notes: Sequence[str] = ()
) -> Claim:
    text = node.text if node.kind == "scalar" else node.what
    return context.unread(layer, quantity, text, node.span, problem, notes)


def _printed(node: Node, of: Heading, context: Context) -> Printed:
    if node.kind != "scalar":
        raise SpecError([Problem(f"a number is expected here, not {node.what}", node.span)])
    inside = node.span.part(1, node.span.length - 2) if node.quoted else node.span
    return context.printed(node.text, of, inside)


def _unanswered(reading: Reading, node: Node) -> bool:
    """Whether an answer is left empty: like an empty cell, it does not count as an answer."""
    if not reading.grading:
        return False
    if node.kind == "scalar":
        return node.value is None or node.text.strip().lower() in UNANSWERED
    if any(key.text == "is" and _unanswered(reading, value) for key, value in node.pairs):
        return True
    parts = [*node.items, *(part for pair in node.pairs for part in pair)]
    # to YAML a question mark by itself is a mapping of nothing to nothing
    return all(_unanswered(reading, part) for part in parts)
