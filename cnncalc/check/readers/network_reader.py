"""What a table says of its network -> Network, found and expanded; what is wrong with it, with its place."""

from __future__ import annotations

from cnncalc.check.context import Context
from cnncalc.check.network import Network
from cnncalc.check.overrides import NETWORK_KEYS, Given
from cnncalc.check.tables import Table
from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.spec.model import Spec
from cnncalc.spec.readers.yaml import spec_of
from cnncalc.spec.readers.yaml_nodes import Node

MOST_PROBLEMS = 100


class NetworkReader:
    """Reads `network`, `spec`, `input`, `set` and `against`, and gathers the problems of a file.

    `given` is what stands in for what the file says, from outside.
    """

    def __init__(self, source: Source, folder: str, given: Given | None) -> None:
        self.source = source
        self.folder = folder
        self.given = given or Given()
        self.problems: list[Problem] = []
        self.table = Table(source.name)

    def problem(self, message: str, span: Span | None, hint: str = "") -> None:
        """Take note of a problem; a file with very many is read no further."""
        self.problems.append(Problem(message, span, hint))
        if len(self.problems) >= MOST_PROBLEMS:
            raise SpecError(self.problems)

    def refused(self, error: SpecError, span: Span) -> None:
        """Take note of problems found elsewhere, with a place of this file where they have none of a file."""
        for problem in error.problems:
            inside = problem.span is not None and problem.span.source in (span.source, self.source)
            self.problem(problem.message, problem.span if inside else span, problem.hint)

    def network(self, found: dict[str, Node], node: Node) -> Network | None:
        """The network that the keys of a mapping name; None, and a problem, if there is none."""
        try:
            network = self._named(found)
        except SpecError as error:
            self.refused(error, node.span)
            return None
        if network is None:
            hint = "add 'network: vgg16' (a name, a path or slide notation), or a spec of your own under 'spec:'"
            self.problem("the table does not say which network it is about", node.span, hint)
            return None
        try:
            network.graph()
        except SpecError as error:
            self.refused(error, (found.get("network") or found.get("spec") or node).span)
            return None
        if network not in self.table.networks:
            self.table.networks.append(network)
        return network

    def _named(self, found: dict[str, Node]) -> Network | None:
        """The network, not yet looked for; None if the file names none."""
        found = self.obeyed(found)
        given = self.given.network
        size = given.input or (_written(found["input"]).strip("[]").replace(", ", "x") if "input" in found else "")
        settings = given.settings or self._settings(found)
        if "spec" in found and "network" in found:
            self.problem("'network' and 'spec' exclude each other", found["network"].span)
        if given.name:
            return Network(given.name, size, settings)
        if "spec" in found:
            spec = spec_of(found["spec"], Spec(self.source))
            spec.key = spec.name = spec.name or "spec"
            return Network(spec.name, size, settings, self.folder, _text(found["spec"]), spec)
        if "network" in found and found["network"].kind != "scalar":
            node = found["network"]
            raise SpecError([Problem(f"a network is a name, not {node.what}", node.span, "as in network: vgg16")])
        return Network(found["network"].text, size, settings, self.folder) if "network" in found else None

    def obeyed(self, found: dict[str, Node]) -> dict[str, Node]:
        """The keys that the file has a say in; a note on each of the others that would change something."""
        for key in self.given.keys & found.keys() & set(NETWORK_KEYS):
            node = found[key]
            text = "\n".join(self._settings(found)) if key == "set" and node.kind == "map" else _written(node)
            if not self.given.silently(key, text):
                self.note(self.given.refusal(key), node.span)
        return {key: node for key, node in found.items() if key not in self.given.keys}

    def note(self, message: str, span: Span) -> None:
        """Take note of what is passed over."""
        if len(self.table.notes) < MOST_PROBLEMS:
            self.table.notes.append(Problem(message, span))

    def _settings(self, found: dict[str, Node]) -> tuple[str, ...]:
        node = found.get("set")
        if node is None:
            return ()
        if node.kind != "map":
            self.problem(f"'set' is a mapping, as in set: {{width: 16}}, not {node.what}", node.span)
        return tuple(f"{key.text}={_written(value)}" for key, value in node.pairs)

    def against(self, found: dict[str, Node], context: Context) -> Network | None:
        """The network that all numbers here are compared with."""
        if "against" not in found or "against" in self.given.keys:
            return context.against
        node = found["against"]
        other = Network(node.text, folder=self.folder)
        try:
            other.graph()
        except SpecError as error:
            self.refused(error, node.span)
        return other


def _written(node: Node) -> str:
    """The value of a setting as the command line would have it."""
    return f"[{', '.join(map(_written, node.items))}]" if node.kind == "list" else node.text


def _text(node: Node) -> str:
    """All that a tree says, so that equal trees are known for equal."""
    if node.kind == "scalar":
        return f"{node.text!r}{'' if node.quoted else '.'}"
    parts = [*map(_text, node.items), *(f"{_text(key)}:{_text(value)}" for key, value in node.pairs)]
    return f"{node.kind}({','.join(parts)})"
