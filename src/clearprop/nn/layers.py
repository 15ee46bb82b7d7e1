"""All layers by their names: what users know as `cp.layers`."""

from clearprop.errors import attribute_finder
from clearprop.nn.activation_layers import LeakyReLU, ReLU, Softmax
from clearprop.nn.containers import Input
from clearprop.nn.core_layers import Activation, Dense, Flatten
from clearprop.nn.layer import Layer
from clearprop.nn.regularization import Dropout

__all__ = [
    "Input",
    "Dense",
    "Activation",
    "Flatten",
    "Dropout",
    "ReLU",
    "LeakyReLU",
    "Softmax",
    "Layer",
]

__getattr__ = attribute_finder("layers", __all__)
