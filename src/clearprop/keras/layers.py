"""Keras's `keras.layers`."""

from clearprop.nn.layers import *  # noqa: F403 - all that it lists
from clearprop.nn.layers import __all__ as __all__
