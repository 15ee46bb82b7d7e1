"""Keras's `keras.optimizers`."""

from clearprop.errors import attribute_finder
from clearprop.optim import *  # noqa: F403 - all that it lists
from clearprop.optim import __all__ as __all__

__getattr__ = attribute_finder("optimizers", __all__)
