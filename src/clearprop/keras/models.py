"""Keras's `keras.models`, and the place where models learn to save themselves."""

from typing import Any

from clearprop.train import Model, Sequential, saving

__all__ = ["Model", "Sequential", "load_model"]


def load_model(filepath: Any, *, compile: bool = True) -> Model:
    """
    Load a model with its weights and its training set-up; see `clearprop.load`.

    Parameters
    ----------
    filepath : path
        A file that `Model.save` wrote.
    compile : bool
        Whether to set up its training as it was.

    Returns
    -------
    Model
    """
    from clearprop.io import load

    return load(filepath, compile=compile)


def _save(model: Model, path: Any, **options: Any) -> Any:
    from clearprop.io import save  # files are for those who save: the import waits for them

    return save(model, path, **options)


saving.install(_save)
