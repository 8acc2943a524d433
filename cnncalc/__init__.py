"""What every layer of a convolutional network makes and costs, from a few lines of text.

>>> import cnncalc
>>> vgg = cnncalc.analyze("vgg16", "224")
>>> vgg.layer("conv1_1").params
1792
>>> str(vgg.layer("conv1_1").output)
'224x224x64'
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis, Convention, LayerResult
    from cnncalc.api import (
        analyze,
        apply,
        catalogue,
        check,
        compare,
        conventions,
        convert,
        diff,
        expand,
        explain,
        fit,
        formula,
        formulas,
        load,
        networks,
        quiz,
        solve,
        sweep,
    )
    from cnncalc.apply.applied import Applied
    from cnncalc.check.claim import Claim, Verdict
    from cnncalc.check.grading import Checked
    from cnncalc.compare.comparison import Counted
    from cnncalc.diff.difference import Diff
    from cnncalc.errors import Problem, SpecError
    from cnncalc.fit.fit import Fit
    from cnncalc.formula.formulas import Formulas
    from cnncalc.graph import Graph
    from cnncalc.layers import CATALOGUE, Layer, Shape
    from cnncalc.quiz.sheet import Question, Sheet
    from cnncalc.solve.answer import Answer
    from cnncalc.spec.model import Spec
    from cnncalc.sweep.sweep import Sweep

__version__ = "0.1.0"

# Where the public names live that are not functions of the facade. Each is loaded when it is first asked for, so that
# the command line can start before the library has.
_HOMES = {
    "CATALOGUE": "cnncalc.layers",
    "Analysis": "cnncalc.analysis",
    "Answer": "cnncalc.solve.answer",
    "Applied": "cnncalc.apply.applied",
    "Checked": "cnncalc.check.grading",
    "Claim": "cnncalc.check.claim",
    "Convention": "cnncalc.analysis",
    "Counted": "cnncalc.compare.comparison",
    "Diff": "cnncalc.diff.difference",
    "Fit": "cnncalc.fit.fit",
    "Formulas": "cnncalc.formula.formulas",
    "Graph": "cnncalc.graph",
    "Layer": "cnncalc.layers",
    "LayerResult": "cnncalc.analysis",
    "Problem": "cnncalc.errors",
    "Question": "cnncalc.quiz.sheet",
    "Shape": "cnncalc.layers",
    "Sheet": "cnncalc.quiz.sheet",
    "Spec": "cnncalc.spec.model",
    "SpecError": "cnncalc.errors",
    "Sweep": "cnncalc.sweep.sweep",
    "Verdict": "cnncalc.check.claim",
}


class _Package(ModuleType):
    """The package, in which `solve` is the function although `solve/` is a folder, too."""

    def __getattr__(self, name: str) -> Any:
        """A public name, loaded from its module."""
        if name not in __all__:
            raise AttributeError(f"module 'cnncalc' has no attribute {name!r}")
        value = getattr(import_module(_HOMES.get(name, "cnncalc.api")), name)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        """Leave out the folder that Python would put in the place of the function of its name."""
        if name not in __all__ or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted(__all__)


__all__ = [
    "CATALOGUE",
    "Analysis",
    "Answer",
    "Applied",
    "Checked",
    "Claim",
    "Convention",
    "Counted",
    "Diff",
    "Fit",
    "Formulas",
    "Graph",
    "Layer",
    "LayerResult",
    "Problem",
    "Question",
    "Shape",
    "Sheet",
    "Spec",
    "SpecError",
    "Sweep",
    "Verdict",
    "__version__",
    "analyze",
    "apply",
    "catalogue",
    "check",
    "compare",
    "conventions",
    "convert",
    "diff",
    "expand",
    "explain",
    "fit",
    "formula",
    "formulas",
    "load",
    "mark",
    "networks",
    "published_tables",
    "quiz",
    "solve",
    "sweep",
]

sys.modules[__name__].__class__ = _Package
