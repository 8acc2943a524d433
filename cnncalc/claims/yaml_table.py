"""YAML written by hand -> Table: networks, conventions and claims, every problem of the file at once."""

from __future__ import annotations

from dataclasses import replace

from cnncalc.claims.claim import Claim
from cnncalc.claims.commas import restore, with_stand_ins
from cnncalc.claims.context import CHOICES, CONTEXT_KEYS, Context
from cnncalc.claims.network import Network
from cnncalc.claims.network_reader import NetworkReader
from cnncalc.claims.printed import Printed
from cnncalc.claims.quantities import layer_named, quantity_named
from cnncalc.claims.tables import Table
from cnncalc.errors import Problem, Source, Span, SpecError, closest, one_of
from cnncalc.spec.yaml_reader import Node, read_yaml

NETWORK_KEYS = ("network", "spec", "input", "set", "against")
TABLE_KEYS = ("name", "source", *NETWORK_KEYS, *CONTEXT_KEYS, "claims", "networks")
ENTRY_KEYS = ("name", "source", *NETWORK_KEYS, *CONTEXT_KEYS, "claims")
CLAIM_KEYS = ("is", "erratum", "correct", "source", *CONTEXT_KEYS)
MOST_CLAIMS = 10_000


def read_yaml_table(source: Source, folder: str = "", given: Network | None = None) -> Table:
    """The table of a YAML text; raises SpecError with every problem of it."""
    root = read_yaml(with_stand_ins(source))
    if root.kind != "map":
        what = "the file is empty" if root.value is None else f"a table is a mapping, not {root.what}"
        raise SpecError([Problem(what, root.span, "begin with 'network: vgg16' and 'claims:'")])
    restore(root)
    reader = _TableReader(source, folder, given)
    table = reader.read(root)
    if reader.problems:
        raise SpecError(reader.problems)
    return table


class _TableReader(NetworkReader):
    """Reads the keys of a file, of a network in it, of a layer and of a claim: each may narrow the context."""

    def read(self, root: Node) -> Table:
        """The table of the whole file."""
        keys = {key.text: key for key, _ in root.pairs}
        if "layers" in keys and not keys.keys() & {"claims", "networks"}:
            hint = "cnncalc show prints its numbers; a table names a network and has 'claims:'"
            raise SpecError([Problem("this is the spec of a network, not a table of claims", root.span, hint)])
        found = self._known(root, TABLE_KEYS)
        self.table.name = found["name"].text if "name" in found else self.source.name
        self.table.source = found["source"].text if "source" in found else ""
        context = self._context(Context(), found)
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
                self._claims(found["claims"], replace(context, network=network, against=against))
        return self.table

    def _known(self, node: Node, keys: tuple[str, ...]) -> dict[str, Node]:
        """The values by key; a key that is none of `keys` is a problem."""
        for key, _ in node.pairs:
            if key.text not in keys:
                self.problem(f"unknown key '{key.text}'", key.span, closest(key.text, keys) or one_of(keys))
        return {key.text: value for key, value in node.pairs}

    def _context(self, context: Context, found: dict[str, Node]) -> Context:
        """The context with the conventions and the source that stand here."""
        for key in ("source", *CONTEXT_KEYS):
            if key not in found:
                continue
            node = found[key]
            try:
                context = context.with_(key, node.text if node.kind == "scalar" else None)
            except SpecError as error:
                self.refused(error, node.span)
        return context

    # Networks ------------------------------------------------------------------------------------

    def _networks(self, node: Node, context: Context) -> None:
        """`networks:` as a mapping by network, or as a list where one network comes more than once."""
        if node.kind == "scalar" or not (node.items or node.pairs):
            self.problem(f"'networks' is a mapping, 'vgg16: ...' a line, not {node.what}", node.span)
        for name, entry in [*((None, item) for item in node.items), *node.pairs]:
            if entry.kind != "map":
                self.problem(f"the claims about a network are a mapping, not {entry.what}", entry.span)
                continue
            found = {key.text: value for key, value in entry.pairs if _is_key(key, value)}
            totals = [(key, value) for key, value in entry.pairs if not _is_key(key, value)]
            if name is not None:
                found["network"] = name
            inner = self._context(context, found)
            network = self.network(found, entry)
            inner = replace(inner, network=network, against=self.against(found, inner))
            self._quantities("", totals, inner)
            if "claims" in found:
                self._claims(found["claims"], inner)
            elif not totals:
                self.problem("nothing is claimed about this network", entry.span)

    # Claims --------------------------------------------------------------------------------------

    def _claims(self, node: Node, context: Context) -> None:
        """Layers, each with its output or with its quantities."""
        if node.kind != "map" or not node.pairs:
            self.problem(f"claims are a mapping, 'conv1: 55x55x96' a line, not {node.what}", node.span)
            return
        for key, value in node.pairs:
            layer = layer_named(key.text)
            if value.kind == "map":
                self._quantities(layer, value.pairs, context)
            elif not layer:
                hint = "as in total: {params: 138M}"
                self.problem("a total needs its quantity", value.span, hint)
            else:
                self._values(layer, "output", value, context)

    def _quantities(self, layer: str, pairs: list[tuple[Node, Node]], context: Context) -> None:
        for key, value in pairs:
            try:
                quantity = quantity_named(key.text)
            except SpecError as error:
                self.refused(error, key.span)
                continue
            self._values(layer, quantity, value, context)

    def _values(self, layer: str, quantity: str, node: Node, context: Context) -> None:
        """One value of a quantity, or a list of them, each perhaps in a convention of its own."""
        for value in node.items if node.kind == "list" else [node]:
            if len(self.table.claims) >= MOST_CLAIMS:
                self.problem(f"more than {MOST_CLAIMS:,} claims", value.span, "split the table")
                raise SpecError(self.problems)
            claim = self._claim(layer, quantity, value, context)
            if claim is not None:
                self.table.claims.append(claim)

    def _claim(self, layer: str, quantity: str, node: Node, context: Context) -> Claim | None:
        found: dict[str, Node] = {"is": node}
        if node.kind == "map":
            found = self._known(node, CLAIM_KEYS)
            context = self._context(context, found)
            if "is" not in found:
                hint = "as in {is: 24M, erratum: the rows sum to 15.2M}"
                self.problem("a claim needs its number, under 'is'", node.span, hint)
                return None
            if "correct" in found and "erratum" not in found:
                self.problem("'correct' stands beside an 'erratum'", found["correct"].span)
        erratum = found["erratum"].text.strip() if "erratum" in found else ""
        if "erratum" in found and not erratum:
            self.problem("an erratum needs its reason", found["erratum"].span, "why is the number known to be wrong?")
        printed = self._printed(found["is"], quantity, context)
        correct = self._printed(found["correct"], quantity, context) if "correct" in found else None
        if printed is None:
            return None
        span = found["is"].span
        return context.claim(layer, quantity, printed, erratum=erratum, correct=correct, span=span)

    def _printed(self, node: Node, quantity: str, context: Context) -> Printed | None:
        if node.kind == "map" or node.kind == "list":
            self.problem(f"a number is expected here, not {node.what}", node.span)
            return None
        try:
            return context.printed(node.text, quantity, _inside(node))
        except SpecError as error:
            self.refused(error, node.span)
            return None


def _is_key(key: Node, value: Node) -> bool:
    """Whether an entry about a network says how it is counted; `flops: 3.8G` claims a number, `flops: mac` does not."""
    if key.text == "flops":
        return value.kind == "scalar" and value.text in CHOICES["flops"]
    return key.text in ENTRY_KEYS


def _inside(node: Node) -> Span:
    """Where the text of a node is, without its quotes."""
    return node.span.part(1, node.span.length - 2) if node.quoted else node.span
