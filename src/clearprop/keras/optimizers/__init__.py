"""Keras's `keras.optimizers`."""

from clearprop.errors import attribute_finder
from clearprop.keras.optimizers import schedules as schedules
from clearprop.optim import *
from clearprop.optim import __all__ as __all__

__getattr__ = attribute_finder("optimizers", __all__)
