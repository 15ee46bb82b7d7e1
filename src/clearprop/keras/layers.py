"""Keras's `keras.layers`."""

from typing import Any

from clearprop.data.text import TextVectorization
from clearprop.keras.absent import finder
from clearprop.nn.layers import *  # noqa: F403 - all that it lists
from clearprop.nn.layers import __all__ as _listed
from clearprop.nn.registry import LAYERS as _LAYERS
from clearprop.nn.registry import deserialize as _made
from clearprop.nn.registry import serialize

__all__ = [*_listed, "TextVectorization", "deserialize", "serialize"]


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Make a layer again from what `serialize` gave."""
    return _made(config, _LAYERS, "layer")


__getattr__ = finder("layers", __all__)
