"""Keras's `keras.models`."""

from __future__ import annotations

from typing import Any

from clearprop import io
from clearprop.errors import OptionError
from clearprop.train import Model, Sequential

__all__ = ["Model", "Sequential", "load_model", "save_model"]


def load_model(
    filepath: Any, custom_objects: Any = None, compile: bool = True, safe_mode: bool = True
) -> Model:
    """
    Load a model that `save_model` or `Model.save` wrote: Keras's name for `clearprop.load`.

    Parameters
    ----------
    filepath : path
        The file.
    custom_objects : None
        Layers of your own are made known with `clearprop.nn.register` instead.
    compile : bool
        Whether the model is to be ready to train, if it was when it was saved.
    safe_mode : bool
        Accepted because Keras has it; loading never runs anything that is in a file.

    Raises
    ------
    OptionError
        If `custom_objects` are given.
    DataError, FormatError, MemoryLimitError
        If the file cannot be read.
    """
    if custom_objects:
        raise OptionError(
            f"load_model: custom_objects must be None; got {sorted(custom_objects)}. Write"
            " @clearprop.nn.register above the class instead."
        )
    return io.load(filepath, compile=compile)


def save_model(model: Model, filepath: Any, overwrite: bool = True) -> Any:
    """Save a model: Keras's name for `Model.save`."""
    return model.save(filepath, overwrite=overwrite)
