"""Counting conventions: what counts as a MAC, a parameter and a stored value, for cnncalc, a tool or a paper."""

from cnncalc.analysis.conventions.convention import DTYPES, FLOPS, OPTIMIZERS, Convention, Rule

__all__ = ["DTYPES", "FLOPS", "OPTIMIZERS", "Convention", "Rule"]
