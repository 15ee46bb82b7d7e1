"""Layers, initializers and the containers that hold them."""

from clearprop.nn.activations import ACTIVATIONS, get_activation
from clearprop.nn.containers import Chain, Input
from clearprop.nn.core_layers import *
from clearprop.nn.initializers import *
from clearprop.nn.layer import Layer
from clearprop.nn.precision import floatx, set_floatx
from clearprop.nn.registry import INITIALIZERS, LAYERS, deserialize, register, serialize
from clearprop.nn.variable import Variable
