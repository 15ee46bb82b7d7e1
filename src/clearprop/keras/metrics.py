"""Keras's `keras.metrics`."""

from clearprop.metrics import *  # noqa: F403 - all that it lists
from clearprop.metrics import __all__ as __all__
