"""Keras's `keras.losses`."""

from clearprop.errors import attribute_finder
from clearprop.losses import *  # noqa: F403 - all that it lists
from clearprop.losses import __all__ as __all__

__getattr__ = attribute_finder("losses", __all__)
