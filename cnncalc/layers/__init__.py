"""A layer's name -> its class: the catalogue, one class per layer type, one file per family."""

from cnncalc.layers import (
    activation,
    arithmetic,
    convolution,
    dense,
    merging,
    normalization,
    pooling,
    rearranging,
    resampling,
    transposed,
)
from cnncalc.layers.base import CATALOGUE, Layer
from cnncalc.layers.condition import Condition
from cnncalc.layers.convolution import Conv, DepthwiseConv
from cnncalc.layers.dense import FullyConnected
from cnncalc.layers.fields import Refused
from cnncalc.layers.operations import Operations
from cnncalc.layers.pooling import AvgPool, MaxPool
from cnncalc.layers.receptive_field import ReceptiveField, Sides
from cnncalc.layers.shape import Shape
from cnncalc.layers.transposed import TransposedConv

FAMILIES = (
    convolution,
    transposed,
    pooling,
    dense,
    activation,
    arithmetic,
    normalization,
    merging,
    rearranging,
    resampling,
)

__all__ = [
    "CATALOGUE",
    "FAMILIES",
    "AvgPool",
    "Condition",
    "Conv",
    "DepthwiseConv",
    "FullyConnected",
    "Layer",
    "MaxPool",
    "Operations",
    "ReceptiveField",
    "Refused",
    "Shape",
    "Sides",
    "TransposedConv",
]
