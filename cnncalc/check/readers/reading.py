"""What a reader finds in a file -> Table: its networks, its claims, and every problem and note with its place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cnncalc.check.claim import Claim, Table
from cnncalc.check.context import Context, Overrides
from cnncalc.check.exercises import Exercise, Exercises, claim_of
from cnncalc.check.network import Network
from cnncalc.errors import Problem, Source, Span, SpecError
from cnncalc.limits import MOST_CLAIMS, MOST_PROBLEMS, MOST_TABLE_LAYERS
from cnncalc.spec.model import Spec
from cnncalc.spec.readers import documents


@dataclass(eq=False)
class Reading:
    """A file that is being read; `overrides` are what the command line sets instead of it.

    With `decimal_commas`, 61,7K is 61.7K in it.
    """

    source: Source
    folder: str
    overrides: Overrides
    decimal_commas: bool = False
    layers: int = 0
    """Those of all networks so far."""
    problems: list[Problem] = field(default_factory=list)
    table: Table = field(init=False)
    exercises: Exercises = field(init=False)
    """Those of the command line, or of the file."""

    def __post_init__(self) -> None:
        self.exercises = self.overrides.exercises
        self.table = Table(self.source.name, graded=self.overrides.grading)

    @property
    def grading(self) -> bool:
        """Whether the file is a sheet of answers: what is wrong with one answer is an error of that answer alone."""
        return self.overrides.grading

    def problem(self, message: str, span: Span | None, hint: str = "") -> None:
        """Take note of a problem; a file with very many is read no further."""
        self.problems.append(Problem(message, span, hint))
        if len(self.problems) >= MOST_PROBLEMS.value:
            raise SpecError(self.problems)

    def refused(self, error: SpecError, span: Span) -> None:
        """Take note of problems found elsewhere, with a place in this file unless they have one."""
        for problem in error.problems:
            inside = problem.span is not None and problem.span.source in (span.source, self.source)
            self.problem(problem.message, problem.span if inside else span, problem.hint)

    def note(self, message: str, span: Span | None = None) -> None:
        """Take note of what is ignored."""
        if len(self.table.notes) < MOST_PROBLEMS.value:
            self.table.notes.append(Problem(message, span))

    def effective(self, key: str, text: str | None, span: Span, notes: list[str] | None = None) -> bool:
        """Whether the file decides what this key says; if not, a note says so, unless the key agrees anyway.

        The note goes to `notes`, or without them to those of the table.
        """
        if key not in self.overrides.keys:
            return True
        if not self.overrides.agrees_with(key, text):
            if notes is None:
                self.note(self.overrides.ignored(key), span)
            else:
                notes.append(self.overrides.ignored(key))
        return False

    def narrowed(
        self, context: Context, key: str, text: str | None, span: Span, notes: list[str] | None = None
    ) -> Context:
        """The context with one more key of it, if that is effective."""
        try:
            return context.with_(key, text) if self.effective(key, text, span, notes) else context
        except SpecError as error:
            self.refused(error, span)
            return context

    def named(
        self, name: str, size: str, settings: tuple[str, ...], inline: tuple[str, Spec] | None = None
    ) -> Network | None:
        """The network that the command line, or else the file, names or has `inline`; None if neither does."""
        given = self.overrides.network
        size, settings = given.input or size, given.settings or settings
        if given.name:
            return replace(given, input=size, settings=settings)
        if inline is not None:
            return Network(inline[1].name, size, settings, self.folder, *inline)
        return Network(name, size, settings, self.folder) if name else None

    def beside(self, size: str, settings: tuple[str, ...], *, needed: bool) -> Network | None:
        """The network that stands in the text beside its numbers, as code or as it is printed; None without one.

        `size` is the input that the numbers show. Code that is not read is a SpecError if it is `needed`, else a note.
        """
        spec = None if self.grading or self.overrides.network.name else documents.beside(self.source)
        if spec is None:
            return None
        if spec.problems and needed:
            raise SpecError(spec.problems)
        if spec.problems:
            self.note(f"the network in the text is not read: {spec.problems[0].message}", spec.problems[0].span)
            return None
        spec.key = spec.name = spec.name or "the network of the text"
        self.note(f"{spec.name} is read from the text itself", spec.items[0].span if spec.items else None)
        for note in spec.notes:
            self.note(note)
        return self.named("", "" if spec.input else size, settings, (self.source.text, spec))

    def network(self, network: Network | None, span: Span, hint: str) -> Network | None:
        """The network, entered in the table; None, and a problem, if there is none or it cannot be built."""
        if network is None:
            self.problem("the table does not say which network it is about", span, hint)
            return None
        try:
            layers = len(network.graph().nodes)
        except SpecError as error:
            self.refused(error, span)
            return None
        if network not in self.table.networks:
            self.table.networks.append(network)
            self.layers += layers
        if self.layers > MOST_TABLE_LAYERS.value:
            message = f"the networks of this table have more than {MOST_TABLE_LAYERS} layers together"
            self.problem(message, span, f"split the table; {MOST_TABLE_LAYERS.hint}")
            raise SpecError(self.problems)
        return network

    def other(self, network: Network, span: Span) -> Network | None:
        """The network that numbers are compared with; None, and a problem, if it cannot be built."""
        try:
            network.graph()
        except SpecError as error:
            self.refused(error, span)
            return None
        return network

    def answered(self, exercise: Exercise, text: str, span: Span, source: str = "") -> None:
        """Enter the answer to an exercise."""
        self.add(claim_of(exercise, text, span, source))

    def add(self, claim: Claim) -> None:
        """Enter a claim."""
        if len(self.table.claims) >= MOST_CLAIMS.value:
            self.problem(f"more than {MOST_CLAIMS} claims", claim.span, f"split the table; {MOST_CLAIMS.hint}")
            raise SpecError(self.problems)
        self.table.claims.append(claim)

    def finished(self) -> Table:
        """The table; raises SpecError if there are problems, with those of single claims among them."""
        self.table.exercises = self.exercises
        sets_questions = self.exercises and self.exercises is not self.overrides.exercises
        if not self.table.claims and not self.problems and not sets_questions:
            self.problem(
                "the table contains no claims", self.source.span(), "write a layer and its numbers on each line"
            )
        if self.problems:
            raise SpecError([*self.problems, *(claim.problem for claim in self.table.claims if claim.problem)])
        return self.table
