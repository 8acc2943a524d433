"""Spec -> Graph: blocks expanded, names resolved, shapes propagated."""

from cnncalc.graph.expand import MOST_LAYERS, build
from cnncalc.graph.model import INPUT, Graph, Node, Repeat

__all__ = ["INPUT", "MOST_LAYERS", "Graph", "Node", "Repeat", "build"]
