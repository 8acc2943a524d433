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
    from cnncalc.analysis.formulas import Formulas
    from cnncalc.analysis.sweep import Sweep
    from cnncalc.api import analyze, expand, explain, fit, formula, load, networks, solve, sweep
    from cnncalc.errors import Problem, SpecError
    from cnncalc.graph import Graph
    from cnncalc.inverse.answer import Answer
    from cnncalc.inverse.fit import Fit
    from cnncalc.layers import CATALOGUE, Layer, Shape
    from cnncalc.spec.model import Spec

__version__ = "0.1.0"

# Where the public names live; each is loaded when it is first asked for, so that the command
# line can start before the library has.
_HOMES = {
    "cnncalc.analysis": ("Analysis", "Convention", "LayerResult"),
    "cnncalc.analysis.formulas": ("Formulas",),
    "cnncalc.analysis.sweep": ("Sweep",),
    "cnncalc.api": ("analyze", "expand", "explain", "fit", "formula", "load", "networks", "solve", "sweep"),
    "cnncalc.errors": ("Problem", "SpecError"),
    "cnncalc.graph": ("Graph",),
    "cnncalc.inverse.answer": ("Answer",),
    "cnncalc.inverse.fit": ("Fit",),
    "cnncalc.layers": ("CATALOGUE", "Layer", "Shape"),
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
    "Convention",
    "Fit",
    "Formulas",
    "Graph",
    "Layer",
    "LayerResult",
    "Problem",
    "Shape",
    "Spec",
    "SpecError",
    "Sweep",
    "__version__",
    "analyze",
    "expand",
    "explain",
    "fit",
    "formula",
    "load",
    "networks",
    "solve",
    "sweep",
]
