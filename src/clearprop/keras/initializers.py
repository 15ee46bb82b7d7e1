"""Keras's `keras.initializers`: where the first values of weights come from."""

from clearprop.errors import attribute_finder
from clearprop.nn.initializers import *  # noqa: F403 - all that it lists
from clearprop.nn.initializers import __all__ as _names
from clearprop.nn.initializers import get_initializer as get

__all__ = ["get", *_names]

__getattr__ = attribute_finder("initializers", __all__)
