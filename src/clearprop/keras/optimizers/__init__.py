"""Keras's `keras.optimizers`."""

from clearprop.keras.absent import finder
from clearprop.optim import *
from clearprop.optim import __all__ as _names

__all__ = [name for name in _names if name != "register"]  # Keras's own is elsewhere

__getattr__ = finder("optimizers", __all__)
