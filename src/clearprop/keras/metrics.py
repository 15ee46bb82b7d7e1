"""Keras's `keras.metrics`."""

from clearprop.errors import attribute_finder
from clearprop.metrics import *  # noqa: F403 - all that it lists
from clearprop.metrics import __all__ as __all__

__getattr__ = attribute_finder("metrics", __all__)
