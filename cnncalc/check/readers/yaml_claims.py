"""The claims of a YAML table, layers and their numbers -> Claims; one that cannot be read stops none of the others."""

from __future__ import annotations

from cnncalc.check.claim import Claim
from cnncalc.check.context import CONTEXT_KEYS, Context
from cnncalc.check.naming import Heading, heading, layer_named
from cnncalc.check.numbers.commas import hint_on, shape_of
from cnncalc.check.numbers.printed import Printed
from cnncalc.check.numbers.spelling import UNANSWERED
from cnncalc.check.overrides import EXCUSES
from cnncalc.check.readers.network_reader import NetworkReader
from cnncalc.errors import Problem, Span, SpecError, closest, one_of
from cnncalc.spec.readers.yaml_nodes import Node

CLAIM_KEYS = ("is", "erratum", "correct", "source", *CONTEXT_KEYS)
MOST_CLAIMS = 10_000
UNREAD = 60
"""Characters that are kept of what cannot be read."""


class ClaimReader(NetworkReader):
    """Reads what stands under `claims`, and the keys that narrow the context of one number."""

    def known(self, node: Node, keys: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, Node]:
        """The values by key; a key that is none of `keys` is a problem.

        In an answer that has one of those `needed`, it is a student's own, and passed over.
        """
        found = {key.text: value for key, value in node.pairs}
        passed_over = self.given.grading and not found.keys().isdisjoint(needed)
        for key, _ in node.pairs:
            if key.text in keys:
                continue
            hint = closest(key.text, keys) or ("" if passed_over else one_of(keys))
            if passed_over:
                self.note(f"the key '{key.text}' is passed over" + (f" ({hint})" if hint else ""), key.span)
            else:
                self.problem(f"unknown key '{key.text}'", key.span, hint)
        return found

    def narrowed(self, context: Context, found: dict[str, Node], notes: list[str] | None = None) -> Context:
        """The context with the conventions and the source that stand here, so far as the file has a say in them.

        What it has none in is told in `notes`, or without them in the notes of the table.
        """
        for key in (key for key in ("source", *CONTEXT_KEYS) if key in found):
            node = found[key]
            text = node.text if node.kind == "scalar" else None
            try:
                if key not in self.given.keys:
                    context = context.with_(key, text)
                elif not self.given.silently(key, text) and notes is None:
                    self.note(self.given.refusal(key), node.span)
                elif not self.given.silently(key, text) and notes is not None:
                    notes.append(self.given.refusal(key))
            except SpecError as error:
                self.refused(error, node.span)
        return context

    def claims(self, node: Node, context: Context) -> None:
        """Layers, each with its output or with its quantities."""
        if node.kind != "map" or not node.pairs:
            self.problem(f"claims are a mapping, 'conv1: 55x55x96' a line, not {node.what}", node.span)
            return
        for key, value in node.pairs:
            layer = layer_named(key.text)
            if self.unanswered(value):
                continue
            if value.kind == "map":
                self.quantities(layer, value.pairs, context)
            elif not layer:
                problem = Problem("a total needs its quantity", value.span, "as in total: {params: 138M}")
                self._add(_unread(layer, "", value, context, problem))
            else:
                self._values(layer, Heading("output"), value, context)

    def quantities(self, layer: str, pairs: list[tuple[Node, Node]], context: Context) -> None:
        """The numbers of a layer, each behind its quantity."""
        for key, value in pairs:
            if self.unanswered(value):
                continue
            try:
                of = heading(key.text)
            except SpecError as error:
                problem = error.problems[0]._replace(span=key.span)
                self._add(_unread(layer, key.text, value, context, problem))
            else:
                self._values(layer, of, value, context)

    def _values(self, layer: str, of: Heading, node: Node, context: Context) -> None:
        """One value of a quantity, or a list of them, each perhaps in a convention of its own."""
        shape = shape_of(node) if of.quantity == "output" else None
        hint = hint_on(node)
        for value in [shape] if shape else node.items if node.kind == "list" else [node]:
            if self.unanswered(value):
                continue
            before = len(self.problems)
            claim = self._claim(layer, of, value, context, hint)
            if self.given.grading and len(self.problems) > before:  # one wrong answer, and not the end of the file
                claim = _unread(layer, of.quantity, value, context, self.problems.pop())
                del self.problems[before:]
            if claim is not None:
                self._add(claim)

    def unanswered(self, node: Node) -> bool:
        """Whether a question of a sheet is left open: it is then no answer, as an empty cell is none."""
        if not self.given.grading:
            return False
        if node.kind == "scalar":
            return node.value is None or node.text.strip().lower() in UNANSWERED
        if any(key.text == "is" and self.unanswered(value) for key, value in node.pairs):
            return True
        parts = [*node.items, *(part for pair in node.pairs for part in pair)]
        return all(map(self.unanswered, parts))  # to YAML a question mark by itself is a mapping of nothing to nothing

    def _add(self, claim: Claim) -> None:
        if len(self.table.claims) >= MOST_CLAIMS:
            self.problem(f"more than {MOST_CLAIMS:,} claims", claim.span, "split the table")
            raise SpecError(self.problems)
        self.table.claims.append(claim)

    def _claim(self, layer: str, of: Heading, node: Node, context: Context, hint: str) -> Claim | None:
        found: dict[str, Node] = {"is": node}
        notes: list[str] = []
        if node.kind == "map":
            found = self.known(node, CLAIM_KEYS, ("is",))
            context = self.narrowed(context, found, notes)
            if "is" not in found:
                wanted = "as in {is: 24M, erratum: the rows sum to 15.2M}"
                self.problem("a claim needs its number, under 'is'", node.span, wanted)
                return None
            if self.given.grading:
                notes += [self.given.refusal(key) for key in EXCUSES if key in found]
                found = {key: value for key, value in found.items() if key not in EXCUSES}
            if "correct" in found and "erratum" not in found:
                self.problem("'correct' stands beside an 'erratum'", found["correct"].span)
        erratum = found["erratum"].text.strip() if "erratum" in found else ""
        if "erratum" in found and not erratum:
            self.problem("an erratum needs its reason", found["erratum"].span, "why is the number known to be wrong?")
        try:
            printed = _printed(found["is"], of, context)
            correct = _printed(found["correct"], of, context) if "correct" in found else None
        except SpecError as error:
            return _unread(layer, of.quantity, found["is"], context, error.problems[0], notes)
        return context.claim(
            layer,
            of.quantity,
            printed,
            erratum=erratum,
            correct=correct,
            span=found["is"].span,
            notes=notes,
            hint=hint,
        )


def _unread(
    layer: str, quantity: str, node: Node, context: Context, problem: Problem, notes: list[str] | None = None
) -> Claim:
    """A claim that cannot be read: one wrong answer, and not the end of the file."""
    text = node.text if node.kind == "scalar" else node.what
    printed = Printed(" ".join(text.split())[:UNREAD], None)
    return context.claim(layer, quantity, printed, span=problem.span or node.span, problem=problem, notes=notes or ())


def _printed(node: Node, of: Heading, context: Context) -> Printed:
    if node.kind != "scalar":
        raise SpecError([Problem(f"a number is expected here, not {node.what}", node.span)])
    try:
        return context.printed(node.text, of, _inside(node))
    except SpecError as error:
        raise SpecError([each if each.span else each._replace(span=node.span) for each in error.problems]) from None


def _inside(node: Node) -> Span:
    """Where the text of a node is, without its quotes."""
    return node.span.part(1, node.span.length - 2) if node.quoted else node.span
