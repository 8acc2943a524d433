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
        check,
        compare,
        conventions,
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

# Where the public names live; each is loaded when it is first asked for, so that the command
# line can start before the library has.
_HOMES = {
    "cnncalc.analysis": ("Analysis", "Convention", "LayerResult"),
    "cnncalc.apply.applied": ("Applied",),
    "cnncalc.compare.comparison": ("Counted",),
    "cnncalc.formula.formulas": ("Formulas",),
    "cnncalc.sweep.sweep": ("Sweep",),
    "cnncalc.api": (
        "analyze",
        "apply",
        "check",
        "compare",
        "conventions",
        "expand",
        "explain",
        "fit",
        "formula",
        "formulas",
        "load",
        "networks",
        "quiz",
        "solve",
        "sweep",
    ),
    "cnncalc.check.claim": ("Claim", "Verdict"),
    "cnncalc.check.grading": ("Checked",),
    "cnncalc.errors": ("Problem", "SpecError"),
    "cnncalc.graph": ("Graph",),
    "cnncalc.solve.answer": ("Answer",),
    "cnncalc.fit.fit": ("Fit",),
    "cnncalc.layers": ("CATALOGUE", "Layer", "Shape"),
    "cnncalc.quiz.sheet": ("Question", "Sheet"),
    "cnncalc.spec.model": ("Spec",),
}


class _Package(ModuleType):
    """The package, in which `solve` is the function although `solve/` is a folder, too."""

    def __getattr__(self, name: str) -> Any:
        """A public name, loaded from its module."""
        for home, names in _HOMES.items():
            if name in names:
                value = getattr(import_module(home), name)
                super().__setattr__(name, value)
                return value
        raise AttributeError(f"module 'cnncalc' has no attribute {name!r}")

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
    "check",
    "compare",
    "conventions",
    "expand",
    "explain",
    "fit",
    "formula",
    "formulas",
    "load",
    "networks",
    "quiz",
    "solve",
    "sweep",
]

sys.modules[__name__].__class__ = _Package
