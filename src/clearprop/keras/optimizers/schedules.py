"""Keras's `keras.optimizers.schedules`."""

from clearprop.errors import attribute_finder
from clearprop.optim.schedules import *  # noqa: F403 - all that it lists
from clearprop.optim.schedules import __all__ as __all__

__getattr__ = attribute_finder("optimizers.schedules", __all__)
