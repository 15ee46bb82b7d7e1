"""Layers, initializers and the containers that hold them."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.nn import activations, initializers, layers
from clearprop.nn.activations import ACTIVATIONS, get_activation
from clearprop.nn.chance import Drawing
from clearprop.nn.containers import Chain
from clearprop.nn.graph import Graph
from clearprop.nn.initializers import Initializer, get_initializer
from clearprop.nn.layer import Layer
from clearprop.nn.placeholders import Input, Placeholder
from clearprop.nn.precision import floatx, set_floatx
from clearprop.nn.registry import INITIALIZERS, LAYERS, deserialize, register, serialize
from clearprop.nn.variable import Variable

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.nn.layers import *

__all__ = [
    "Input",
    "Chain",
    "Graph",
    "Placeholder",
    "Layer",
    "Drawing",
    "Variable",
    "Initializer",
    "ACTIVATIONS",
    "INITIALIZERS",
    "LAYERS",
    "activations",
    "deserialize",
    "floatx",
    "get_activation",
    "get_initializer",
    "initializers",
    "layers",
    "register",
    "serialize",
    "set_floatx",
    *layers.__all__,
]

__getattr__, __dir__ = names_of("clearprop.nn", [layers.__name__], layers.__all__)
