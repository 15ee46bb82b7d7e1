"""Keras's `keras.initializers`: where the first values of weights come from."""

from clearprop.errors import attribute_finder
from clearprop.nn.initializers import *  # noqa: F403 - all that it lists
from clearprop.nn.initializers import __all__ as _names
from clearprop.nn.initializers import get_initializer as get
from clearprop.nn.naming import snake_case as _small
from clearprop.nn.registry import INITIALIZERS as _KNOWN
from clearprop.nn.registry import serialize

_SMALL = {_small(name): _KNOWN[name] for name in _names if name in _KNOWN}

__all__ = ["get", "serialize", "deserialize", *_names, *_SMALL]

globals().update(_SMALL)  # Keras knows each by the name of a function too: glorot_uniform
deserialize = get

__getattr__ = attribute_finder("initializers", __all__)
