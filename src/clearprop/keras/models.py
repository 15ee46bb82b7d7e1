"""Keras's `keras.models`, and the place where models learn to save themselves."""

from importlib import import_module
from typing import Any

from clearprop.errors import OptionError
from clearprop.train import Model, Sequential, saving

__all__ = ["Model", "Sequential", "clone_model", "load_model", "save_model"]


def load_model(filepath: Any, custom_objects: Any = None, *, compile: bool = True) -> Model:
    """
    Load a model with its weights and its training set-up; see `clearprop.load`.

    Parameters
    ----------
    filepath : path
        A file that `Model.save` wrote.
    custom_objects : None
        Layers of one's own are made known by `clearprop.nn.register` instead.
    compile : bool
        Whether to set up its training as it was.

    Returns
    -------
    Model

    Raises
    ------
    OptionError
        If there are `custom_objects`.
    """
    from clearprop.io import load

    if custom_objects:
        raise OptionError(
            f"custom_objects must be None; got {list(custom_objects)}. Put @clearprop.nn.register"
            " before the class instead."
        )

    return load(filepath, compile=compile)


def clone_model(model: Model) -> Model:
    """
    Make a model of the same form, with weights of its own, newly drawn.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    >>> clone_model(model).count_params()
    3
    """
    made: Model = type(model).from_config(model.get_config())
    return made


def save_model(model: Model, filepath: Any, overwrite: bool | None = None) -> Any:
    """Save a model with its weights and its training set-up; see `Model.save`."""
    return model.save(filepath, overwrite=overwrite)


# Files are for those who save: the import waits for them.
saving.install(lambda: import_module("clearprop.io"))
