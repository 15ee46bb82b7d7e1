"""Keras's `keras.optimizers`."""

from clearprop.optim import *  # noqa: F403 - all that it lists
from clearprop.optim import __all__ as __all__
