"""Keras's `keras.initializers`: where the first values of weights come from."""

from clearprop.core.described import snake_case as _small
from clearprop.keras.absent import finder
from clearprop.nn.initializers import *  # noqa: F403 - all that it lists
from clearprop.nn.initializers import Initializer
from clearprop.nn.initializers import __all__ as _listed
from clearprop.nn.initializers import get_initializer as get
from clearprop.nn.registry import INITIALIZERS as _KNOWN
from clearprop.nn.registry import serialize

_classes = [name for name in _listed if name in _KNOWN]
_functions = {_small(name): _KNOWN[name] for name in _classes}  # Keras's second names: he_normal

_functions |= {
    "IdentityInitializer": _KNOWN["Identity"],
    "OrthogonalInitializer": _KNOWN["Orthogonal"],
}

__all__ = ["get", "serialize", "deserialize", "Initializer", *_classes, *_functions]

globals().update(_functions)
deserialize = get

__getattr__ = finder("initializers", __all__)
