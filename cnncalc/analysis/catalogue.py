"""Several networks' analyses -> Catalogue: what `cnncalc list` lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cnncalc.analysis.results import Analysis
from cnncalc.result import Result


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue(Result):
    """The analyses of some networks, each for its own input."""

    view: ClassVar[str] = "list"

    analyses: tuple[Analysis, ...]
