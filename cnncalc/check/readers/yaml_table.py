"""YAML written by hand -> Table: networks, conventions and claims, every problem of the file at once."""

from __future__ import annotations

from dataclasses import replace

from cnncalc.check.context import CHOICES, CONTEXT_KEYS, Context
from cnncalc.check.numbers.commas import restore, with_stand_ins
from cnncalc.check.overrides import NETWORK_KEYS, Given
from cnncalc.check.readers.yaml_claims import ClaimReader
from cnncalc.check.tables import Table
from cnncalc.errors import Problem, Source, SpecError
from cnncalc.spec.readers.yaml_nodes import Node, read_yaml

TABLE_KEYS = ("name", "source", *NETWORK_KEYS, *CONTEXT_KEYS, "claims", "networks")
ENTRY_KEYS = ("name", "source", *NETWORK_KEYS, *CONTEXT_KEYS, "claims")


def read_yaml_table(source: Source, folder: str = "", given: Given | None = None) -> Table:
    """The table of a YAML text; raises SpecError with every problem of it."""
    root = read_yaml(with_stand_ins(source))
    if root.kind != "map":
        what = "the file is empty" if root.value is None else f"a table is a mapping, not {root.what}"
        raise SpecError([Problem(what, root.span, "begin with 'network: vgg16' and 'claims:'")])
    restore(root)
    reader = _TableReader(source, folder, given)
    table = reader.read(root)
    if reader.problems:
        raise SpecError([*reader.problems, *(claim.problem for claim in table.claims if claim.problem)])
    return table


class _TableReader(ClaimReader):
    """Reads the keys of a file and of the networks in it: each may narrow the context."""

    def read(self, root: Node) -> Table:
        """The table of the whole file."""
        keys = {key.text: key for key, _ in root.pairs}
        if "layers" in keys and not keys.keys() & {"claims", "networks"}:
            hint = "cnncalc show prints its numbers; a table names a network and has 'claims:'"
            raise SpecError([Problem("this is the spec of a network, not a table of claims", root.span, hint)])
        found = self.known(root, TABLE_KEYS, ("claims", "networks"))
        self.table.name = found["name"].text if "name" in found else self.source.name
        self.table.source = found["source"].text if "source" in found else ""
        context = self.narrowed(self.given.context, found)
        if "networks" in found:
            for key in ("network", "spec", "claims"):
                if key in found:
                    self.problem(f"'{key}' and 'networks' exclude each other", found[key].span)
            self._networks(found["networks"], context)
        else:
            network = self.network(found, root)
            if "claims" not in found:
                self.problem("the table claims nothing", root.span, "add 'claims:' with one layer a line")
            else:
                against = self.against(found, context)
                self.claims(found["claims"], replace(context, network=network, against=against))
        if not self.table.claims and not self.problems:
            self.problem("the table claims nothing", root.span, "a line is a layer and its numbers")
        return self.table

    # Networks ------------------------------------------------------------------------------------

    def _networks(self, node: Node, context: Context) -> None:
        """`networks:` as a mapping by network, or as a list where one network comes more than once."""
        if node.kind == "scalar" or not (node.items or node.pairs):
            self.problem(f"'networks' is a mapping, 'vgg16: ...' a line, not {node.what}", node.span)
        for name, entry in [*((None, item) for item in node.items), *node.pairs]:
            if self.unanswered(entry):
                continue
            if entry.kind != "map":
                self.problem(f"the claims about a network are a mapping, not {entry.what}", entry.span)
                continue
            found = {key.text: value for key, value in entry.pairs if _is_key(key, value)}
            totals = [(key, value) for key, value in entry.pairs if not _is_key(key, value)]
            if name is not None:
                found["network"] = name
            inner = self.narrowed(context, found)
            network = self.network(found, entry)
            inner = replace(inner, network=network, against=self.against(found, inner))
            self.quantities("", totals, inner)
            if "claims" in found:
                self.claims(found["claims"], inner)
            elif not totals:
                self.problem("nothing is claimed about this network", entry.span)


def _is_key(key: Node, value: Node) -> bool:
    """Whether an entry about a network says how it is counted; `flops: 3.8G` claims a number, `flops: mac` does not."""
    if key.text in ("flops", "bias"):
        return value.kind == "scalar" and value.text.lower() in CHOICES[key.text]
    return key.text in ENTRY_KEYS
