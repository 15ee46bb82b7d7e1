"""Keras's `keras.layers`."""

from clearprop.errors import attribute_finder
from clearprop.nn.layers import *  # noqa: F403 - all that it lists
from clearprop.nn.layers import __all__ as __all__

__getattr__ = attribute_finder("layers", __all__)
