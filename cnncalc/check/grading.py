"""Files of answers or tables -> an Outcome each: no file, however broken, stops the others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from cnncalc.check.claim import Verdict
from cnncalc.check.exact_values import summands
from cnncalc.check.overrides import Given
from cnncalc.check.tables import Table, read_table
from cnncalc.check.verdicts import verdicts
from cnncalc.errors import Problem, SpecError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: the verdicts on its claims, or why it could not be read."""

    path: str
    table: Table | None = None
    verdicts: tuple[Verdict, ...] = ()
    error: SpecError | None = None

    @property
    def passed(self) -> bool:
        """Whether the file was read and all in it is as it should be."""
        return self.error is None and all(verdict.passed for verdict in self.verdicts)

    def count(self, *statuses: str) -> int:
        """How many verdicts there are of the given statuses."""
        return sum(verdict.status in statuses for verdict in self.verdicts)

    @property
    def wrong(self) -> list[Verdict]:
        """The verdicts that are not as they should be."""
        return [verdict for verdict in self.verdicts if not verdict.passed]

    def _question(self, verdict: Verdict) -> Hashable:
        """Equal for claims that answer the same question: a sum of layers in any order, with or without zeros."""
        claim = verdict.claim
        layers = frozenset(part.strip() for part in claim.layer.split("+"))
        if verdict.exact is not None and self.table:
            network = claim.network or self.table.network
            layers = summands(claim, network.analysis(claim.convention, claim.batch))
        return (claim.network, layers, claim.quantity)

    @property
    def answers(self) -> list[bool]:
        """Whether each question answered is answered right: all numbers for one quantity of a layer are one answer."""
        found: dict[Hashable, bool] = {}
        for verdict in self.verdicts:
            question = self._question(verdict)
            found[question] = found.get(question, True) and verdict.passed
        return list(found.values())

    def score(self, out_of: int | None = None) -> float:
        """The right answers in percent: of all that are given, or of `out_of` questions where that is more.

        Which questions were asked is not known: of more answers than questions each counts, the wrong ones too.
        """
        answers = self.answers
        return 100 * sum(answers) / max(out_of or 0, len(answers), 1)

    @property
    def notes(self) -> list[Problem]:
        """What in the file is not obeyed or was passed over."""
        return self.table.notes if self.table else []


def check_file(path: str, given: Given | None = None, *, diagnosed: bool = True) -> Outcome:
    """The outcome of one file; raises nothing but what ends the whole run.

    Without `diagnosed` no mistake is looked for, which is what takes time.
    """
    try:
        table = read_table(path, given)
        return Outcome(path, table, tuple(verdicts(table, diagnosed=diagnosed)))
    except SpecError as error:
        return Outcome(path, error=error)
    except RecursionError:
        return Outcome(path, error=SpecError([Problem(f"'{path}' is nested too deep")]))
    except MemoryError:
        return Outcome(path, error=SpecError([Problem(f"'{path}' takes more memory than there is")]))
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        # A fault of the program, met in one student's file: the other 999 are still to be graded.
        what = f"{type(error).__name__}: {error}"
        return Outcome(path, error=SpecError([Problem(f"'{path}' cannot be checked, by a fault of cnncalc ({what})")]))


def check_files(paths: Iterable[str], given: Given | None = None, *, diagnosed: bool = True) -> Iterator[Outcome]:
    """The outcome of every file, as soon as it is known."""
    for path in paths:
        yield check_file(path, given, diagnosed=diagnosed)
