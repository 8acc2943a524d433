"""What every layer of a convolutional network makes and costs, from a few lines of text.

>>> import cnncalc
>>> vgg = cnncalc.analyze("vgg16", "224")
>>> vgg.layer("conv1_1").params
1792
>>> str(vgg.layer("conv1_1").output)
'224x224x64'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis, Convention, LayerResult
    from cnncalc.analysis.applied import Applied
    from cnncalc.analysis.conventions.comparison import Counted
    from cnncalc.analysis.formulas import Formulas
    from cnncalc.analysis.grids.sweep import Sweep
    from cnncalc.api.forms import explain, formula, sweep
    from cnncalc.api.networks import analyze, compare, expand, load, networks
    from cnncalc.api.questions import apply, check, fit, quiz, solve
    from cnncalc.claims.claim import Claim, Verdict
    from cnncalc.errors import Problem, SpecError
    from cnncalc.graph import Graph
    from cnncalc.inverse.answer import Answer
    from cnncalc.inverse.fitting.fit import Fit
    from cnncalc.layers import CATALOGUE, Layer, Shape
    from cnncalc.questions.sheet import Question
    from cnncalc.spec.model import Spec

__version__ = "0.1.0"

# Where the public names live; each is loaded when it is first asked for, so that the command
# line can start before the library has.
_HOMES = {
    "cnncalc.analysis": ("Analysis", "Convention", "LayerResult"),
    "cnncalc.analysis.applied": ("Applied",),
    "cnncalc.analysis.conventions.comparison": ("Counted",),
    "cnncalc.analysis.formulas": ("Formulas",),
    "cnncalc.analysis.grids.sweep": ("Sweep",),
    "cnncalc.api.forms": ("explain", "formula", "sweep"),
    "cnncalc.api.networks": ("analyze", "compare", "expand", "load", "networks"),
    "cnncalc.api.questions": ("apply", "check", "fit", "quiz", "solve"),
    "cnncalc.claims.claim": ("Claim", "Verdict"),
    "cnncalc.errors": ("Problem", "SpecError"),
    "cnncalc.graph": ("Graph",),
    "cnncalc.inverse.answer": ("Answer",),
    "cnncalc.inverse.fitting.fit": ("Fit",),
    "cnncalc.layers": ("CATALOGUE", "Layer", "Shape"),
    "cnncalc.questions.sheet": ("Question",),
    "cnncalc.spec.model": ("Spec",),
}


def __getattr__(name: str) -> Any:
    """A public name, loaded from its module."""
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(home), name)
            return value
    raise AttributeError(f"module 'cnncalc' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted(__all__)


__all__ = [
    "CATALOGUE",
    "Analysis",
    "Answer",
    "Applied",
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
    "Spec",
    "SpecError",
    "Sweep",
    "Verdict",
    "__version__",
    "analyze",
    "apply",
    "check",
    "compare",
    "expand",
    "explain",
    "fit",
    "formula",
    "load",
    "networks",
    "quiz",
    "solve",
    "sweep",
]
