"""Keras's `keras.losses`."""

from clearprop.losses import *  # noqa: F403 - all that it lists
from clearprop.losses import __all__ as __all__
