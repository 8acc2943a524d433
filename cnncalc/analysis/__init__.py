"""Graph -> Analysis: counts, memory and receptive fields, in a named convention."""

from cnncalc.analysis.convention import DTYPES, FLOPS, OPTIMIZERS, Convention
from cnncalc.analysis.engine import analyze_graph
from cnncalc.analysis.memory import training_memory
from cnncalc.analysis.quantities import COUNTS
from cnncalc.analysis.results import Analysis, InputResult, LayerResult

__all__ = [
    "COUNTS",
    "DTYPES",
    "FLOPS",
    "OPTIMIZERS",
    "Analysis",
    "Convention",
    "InputResult",
    "LayerResult",
    "analyze_graph",
    "training_memory",
]
