"""`*.cnn.yaml` tables of claims -> tests: one item for every claim, collected by pytest where cnncalc is installed.

A wrong claim fails with what explains it; an erratum is a strict xfail: it fails on the day when it
is right. Without such a file this costs no more than a look at the names.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cnncalc.check.claim import Claim, Table, Verdict

ENDING = ".cnn.yaml"


class ClaimFailedError(Exception):
    """A claim that is wrong, or an erratum that is right: the text of the failure."""


class ErratumStandsError(Exception):
    """An erratum that is still wrong, which is right."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> TableFile | None:
    """The collector of a table; nothing for a file of any other name."""
    if not file_path.name.endswith(ENDING):
        return None
    collector: TableFile = TableFile.from_parent(parent, path=file_path)
    return collector


class TableFile(pytest.File):
    """A table of claims."""

    table: Table

    def collect(self) -> Iterator[ClaimItem]:
        """An item for every claim; claims of one name are numbered."""
        from cnncalc.check.readers import read_table
        from cnncalc.errors import SpecError, printable

        try:
            self.table = table = read_table(self.path)
        except SpecError as error:
            raise self.CollectError(self.shortened(str(error))) from None
        names: Counter[str] = Counter()
        for number, claim in enumerate(table.claims):
            title = printable(claim.full_title)
            names[title] += 1
            name = f"{title} #{names[title]}" if names[title] > 1 else title
            yield ClaimItem.from_parent(self, name=name, claim=claim, number=number)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """The verdicts on all claims together: a wrong one may be right from another."""
        from cnncalc.check.verdicts import verdicts

        return verdicts(self.table)

    def shortened(self, text: str) -> str:
        """The text with this file's path as seen from where pytest was started."""
        try:
            short = os.path.relpath(self.path, self.config.invocation_params.dir)
        except ValueError:  # another drive
            return text
        return text.replace(str(self.path), short)


class ClaimItem(pytest.Item):
    """A claim as a test."""

    parent: TableFile

    def __init__(self, *, claim: Claim, number: int, **keys: Any) -> None:
        super().__init__(**keys)
        self.claim = claim
        self.number = number
        if claim.erratum:
            from cnncalc.errors import printable

            reason = printable(claim.erratum)
            self.add_marker(pytest.mark.xfail(reason=reason, raises=ErratumStandsError, strict=True))

    def runtest(self) -> None:
        """Judge the claim: by itself, and beside the others if it is wrong."""
        from dataclasses import replace

        from cnncalc.check.verdicts import verdicts

        table = self.parent.table
        (verdict,) = verdicts(replace(table, claims=[self.claim]), diagnosed=False)
        if verdict.status == "mismatch":
            verdict = self.parent.verdicts[self.number]
        if verdict.status == "erratum":
            raise ErratumStandsError(failure(verdict))
        if not verdict.passed:
            raise ClaimFailedError(failure(verdict))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **keys: Any) -> Any:
        """What is wrong with the claim, without a traceback."""
        if isinstance(excinfo.value, ClaimFailedError | ErratumStandsError):
            return self.parent.shortened(str(excinfo.value))
        return super().repr_failure(excinfo, *args, **keys)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """The file, the line of the claim, and its name."""
        return self.path, self.claim.span.line if self.claim.span else None, self.name


def failure(verdict: Verdict) -> str:
    """The exact number and the printed one, the line of the table, and what explains the difference."""
    from cnncalc.errors import printable
    from cnncalc.report.views.check import finding

    claim = verdict.claim
    lines = [("[XPASS(strict)] " if verdict.status == "unexpected match" else "") + finding(verdict)]
    if claim.span:
        lines += [str(claim.span), *claim.span.excerpt()]
    if verdict.status in ("mismatch", "consistent", "erratum") and verdict.message:
        lines.append(f"  {verdict.message}")
    lines += [f"  perhaps {diagnosis}" for diagnosis in verdict.diagnoses]
    if claim.source:
        lines.append(f"  source: {claim.source}")
    return "\n".join(map(printable, "\n".join(lines).split("\n")))
