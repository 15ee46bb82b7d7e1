"""Keras's `keras.saving`: classes of one's own made known, models saved and loaded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from clearprop.keras.absent import finder
from clearprop.keras.models import load_model, make_known, save_model
from clearprop.nn import LAYERS, deserialize, register, serialize

__all__ = [
    "load_model",
    "save_model",
    "register_keras_serializable",
    "get_registered_object",
    "get_registered_name",
    "get_custom_objects",
    "custom_object_scope",
    "CustomObjectScope",
    "deserialize_keras_object",
    "serialize_keras_object",
    "load_weights",
    "save_weights",
]

__getattr__ = finder("saving", __all__)


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


def get_registered_name(obj: type) -> str:
    """Tell by which name a class is known: its own."""
    return obj.__name__


def get_custom_objects() -> MutableMapping[str, type]:
    """Give the classes that are known, by name; one that is put in is known from then on."""
    return LAYERS


@contextlib.contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any]) -> Iterator[None]:
    """
    Have classes known for a while.

    Parameters
    ----------
    custom_objects : mapping of str to class
    """
    before = dict(LAYERS)
    make_known(custom_objects)
    try:
        yield
    finally:
        LAYERS.clear()
        LAYERS.update(before)


CustomObjectScope = custom_object_scope


def save_weights(model: Any, filepath: Any, overwrite: bool = True) -> Any:
    """Save a model's weights; see `Model.save_weights`."""
    return model.save_weights(filepath, overwrite=overwrite)


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False) -> None:
    """Load a model's weights; see `Model.load_weights`."""
    model.load_weights(filepath, skip_mismatch=skip_mismatch)
