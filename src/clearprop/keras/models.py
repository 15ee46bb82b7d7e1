"""Keras's `keras.models`, and the place where models learn to save themselves."""

import json
from importlib import import_module
from typing import Any

from clearprop.errors import OptionError, attribute_finder
from clearprop.nn import LAYERS, Layer, deserialize, register
from clearprop.train import Model, Sequential, saving

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]

__getattr__ = attribute_finder("models", __all__)


def load_model(filepath: Any, custom_objects: Any = None, *, compile: bool = True) -> Model:
    """
    Load a model with its weights and its training set-up; see `clearprop.load`.

    Parameters
    ----------
    filepath : path
        A file that `Model.save` wrote.
    custom_objects : dict of str to class, optional
        Layers of one's own, by name, as if each had been made known by `clearprop.nn.register`.
    compile : bool
        Whether to set up its training as it was.

    Returns
    -------
    Model

    Raises
    ------
    OptionError
        If an entry of `custom_objects` is no class of layers.
    """
    from clearprop.io import load

    make_known(custom_objects)
    return load(filepath, compile=compile)


def model_from_json(json_string: str, custom_objects: Any = None) -> Model:
    """
    Make a model, with new weights, of what `Model.to_json` wrote.

    Parameters
    ----------
    json_string : str
    custom_objects : dict of str to class, optional
        Layers of one's own, by name.
    """
    make_known(custom_objects)
    made: Model = deserialize(json.loads(json_string), LAYERS, "model")
    return made


def make_known(custom_objects: Any) -> None:
    """Make classes known under their names; functions are in no file, and need not be."""
    for name, each in (custom_objects or {}).items():
        if isinstance(each, type) and issubclass(each, Layer):
            if LAYERS.get(name) is not each:
                register(each)
        elif not callable(each):
            raise OptionError(f"custom_objects[{name!r}] must be a class of layers; got {each!r}.")


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
