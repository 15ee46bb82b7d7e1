"""All layers by their names: what users know as `cp.layers`."""

from clearprop.nn.containers import Input
from clearprop.nn.core_layers import *
from clearprop.nn.core_layers import __all__ as _core
from clearprop.nn.layer import Layer

__all__ = ["Input", "Layer", *_core]
