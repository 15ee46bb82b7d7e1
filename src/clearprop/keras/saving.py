"""Keras's `keras.saving`: classes of one's own made known, models saved and loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clearprop.errors import attribute_finder
from clearprop.keras.models import load_model, save_model
from clearprop.nn import LAYERS, deserialize, register, serialize

__all__ = [
    "load_model",
    "save_model",
    "register_keras_serializable",
    "get_registered_object",
    "deserialize_keras_object",
    "serialize_keras_object",
]

__getattr__ = attribute_finder("saving", __all__)


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[Any], Any]:
    """
    Make a layer class of your own known, so that models that hold it can be loaded.

    Parameters
    ----------
    package, name : str
        Accepted because Keras has them; here a class is known by its own name.

    Examples
    --------
    >>> from clearprop import keras
    >>> @register_keras_serializable()
    ... class TwiceAsMuch(keras.layers.Layer):
    ...     def call(self, x):
    ...         return x * 2
    >>> get_registered_object("Custom>TwiceAsMuch") is TwiceAsMuch
    True
    """

    def known(cls: Any) -> Any:
        return register(cls) if isinstance(cls, type) else cls

    return known


def get_registered_object(name: str) -> Any:
    """Find a class that was made known, by its name; None if there is none."""
    return LAYERS.get(name.rpartition(">")[2])


def serialize_keras_object(obj: Any) -> Any:
    """Write a layer, an initializer or their like down as plain data."""
    return serialize(obj)


def deserialize_keras_object(config: Any) -> Any:
    """Make a layer again from what `serialize_keras_object` gave."""
    return deserialize(config, LAYERS, "layer")
