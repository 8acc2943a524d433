"""Files of answers or tables -> an Outcome each: no file, however broken, stops the others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from types import MappingProxyType
from typing import Any, ClassVar

from cnncalc.check.claim import Status, Table, Verdict
from cnncalc.check.context import Overrides
from cnncalc.check.exact_values import summands
from cnncalc.check.readers import read_table
from cnncalc.check.verdicts import verdicts
from cnncalc.errors import Problem, SpecError
from cnncalc.result import Result

GIVEN = "input"
"""The quantity that a sheet to fill in has already."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one file: the verdicts on its claims, or why it could not be read.

    `asked` are the questions of the key with their titles, if there is one: other answers do not count.
    """

    path: str
    table: Table | None = None
    verdicts: tuple[Verdict, ...] = ()
    error: SpecError | None = None
    asked: Mapping[Hashable, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the file was read, no column of answers left out, and every claim in it passed."""
        return self.error is None and not self.unread and all(verdict.passed for verdict in self.verdicts)

    def count(self, *statuses: str) -> int:
        """How many verdicts have one of these statuses."""
        return sum(verdict.status in statuses for verdict in self.verdicts)

    @property
    def wrong(self) -> list[Verdict]:
        """The verdicts that did not pass."""
        return [verdict for verdict in self.verdicts if not verdict.passed]

    def _question(self, verdict: Verdict) -> Hashable:
        """Equal for claims that answer the same question: a sum of layers in any order, with or without zeros."""
        claim = verdict.claim
        if claim.exercise is not None:
            return claim.exercise.question
        layers = frozenset(part.strip() for part in claim.layer.split("+"))
        if verdict.exact is not None and self.table:
            network = claim.network or self.table.networks[0]
            layers = summands(claim, network.analysis(claim.convention, claim.batch))
        return (claim.network, layers, claim.quantity)

    @property
    def questions(self) -> dict[Hashable, list[Verdict]]:
        """The verdicts on every question that is answered: all numbers for a quantity of a layer are one answer.

        An input that is right is none: the question gives it, or it is the output of the layer before; nor is a right
        argument of a module.
        """
        found: dict[Hashable, list[Verdict]] = {}
        question: Hashable = None
        for verdict in self.verdicts:
            if not (verdict.passed and (verdict.claim.given or verdict.claim.quantity == GIVEN)):
                if question is None or not verdict.claim.beside:  # in brackets: the same answer once more
                    question = self._question(verdict)
                found.setdefault(question, []).append(verdict)
        return {key: verdicts for key, verdicts in found.items() if key in self.asked or not self.asked}

    @property
    def missing(self) -> list[str]:
        """The questions of the key that are not answered, by their titles."""
        answered = self.questions
        return [title for question, title in self.asked.items() if question not in answered]

    @property
    def answers(self) -> list[Status]:
        """Whether each answer is a match, consistent or a mismatch."""
        return [worth(verdicts) for verdicts in self.questions.values()]

    def score(self, out_of: int | None = None, follow_through: float = 1) -> float:
        """The right answers in percent: of all that are given, or of `out_of` questions if that is more.

        An answer that is right from other wrong answers counts `follow_through` of one, from 0 to 1. Which questions
        were asked is known from a key alone: with more answers than questions all count, the wrong ones too.
        """
        answers = self.answers
        right = answers.count("match") + follow_through * answers.count("consistent")
        return 100 * right / max(out_of or len(self.asked), len(answers), 1)

    @property
    def notes(self) -> list[Problem]:
        """What in the file is ignored."""
        return self.table.notes if self.table else []

    @property
    def unread(self) -> list[Problem]:
        """The columns that look like answers and are not read."""
        return self.table.unread if self.table else []


def worth(answer: Iterable[Verdict]) -> Status:
    """What an answer counts as: the worst of its numbers."""
    found = {"match" if each.passed else each.status for each in answer}
    return "match" if found == {"match"} else "consistent" if found <= {"match", "consistent"} else "mismatch"


@dataclass(frozen=True, slots=True)
class Checked(Result, Sequence[Verdict]):
    """What became of some files: an outcome each; as a sequence, the verdicts of all of them.

    The scores are shares of `out_of` questions, if that is set; `follow_through` is what a consistent answer counts.
    """

    outcomes: tuple[Outcome, ...]
    out_of: int | None = None
    follow_through: float = 1
    view: ClassVar[str] = "check"

    @property
    def passed(self) -> bool:
        """Whether every file passed."""
        return all(outcome.passed for outcome in self.outcomes)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts on the claims of all files."""
        return tuple(self)

    @property
    def scores(self) -> tuple[float, ...]:
        """The score of every file in percent."""
        return tuple(outcome.score(self.out_of, self.follow_through) for outcome in self.outcomes)

    def __iter__(self) -> Iterator[Verdict]:
        return (verdict for outcome in self.outcomes for verdict in outcome.verdicts)

    def __len__(self) -> int:
        return sum(len(outcome.verdicts) for outcome in self.outcomes)

    def __getitem__(self, index: Any) -> Any:
        return self.verdicts[index]


def checked(table: str | PathLike[str], overrides: Overrides | None = None, *, diagnosed: bool = True) -> Outcome:
    """The outcome of a file that can be read; raises SpecError with every problem of any other.

    Without `diagnosed` no mistake is looked for: that takes most of the time.
    """
    found = read_table(table, overrides)
    return Outcome(str(table), found, tuple(verdicts(found, diagnosed=diagnosed)))


def check_file(path: str, overrides: Overrides | None = None, *, diagnosed: bool = True) -> Outcome:
    """The outcome of one file, whatever is wrong with it."""
    try:
        return checked(path, overrides, diagnosed=diagnosed)
    except SpecError as error:
        return Outcome(path, error=error)
    except RecursionError:
        return Outcome(path, error=SpecError([Problem(f"'{path}' is nested too deeply")]))
    except MemoryError:
        return Outcome(path, error=SpecError([Problem(f"'{path}' needs more memory than there is")]))
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        # A bug, met in one student's file: the other 999 must still be graded.
        what = f"{type(error).__name__}: {error}"
        return Outcome(
            path, error=SpecError([Problem(f"'{path}' cannot be checked because of a bug in cnncalc ({what})")])
        )


def check_files(
    paths: Iterable[str],
    overrides: Overrides | None = None,
    *,
    asked: Mapping[Hashable, str] = MappingProxyType({}),
    diagnosed: bool = True,
) -> Iterator[Outcome]:
    """The outcome of every file, as soon as it is known; `asked` are the questions of the key, if there is one."""
    for path in paths:
        yield replace(check_file(path, overrides, diagnosed=diagnosed), asked=asked)
