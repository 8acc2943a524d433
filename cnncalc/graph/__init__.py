"""Spec -> Graph: blocks expanded, names resolved, shapes propagated."""

from cnncalc.graph.expand import build
from cnncalc.graph.model import INPUT, Graph, Input, Node, Repeat

__all__ = ["INPUT", "Graph", "Input", "Node", "Repeat", "build"]
