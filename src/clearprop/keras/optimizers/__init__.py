"""Keras's `keras.optimizers`."""

from clearprop.errors import attribute_finder
from clearprop.optim import *
from clearprop.optim import __all__ as _names

__all__ = [name for name in _names if name != "register"]  # Keras's own is elsewhere

__getattr__ = attribute_finder("optimizers", __all__)
