"""Models in one safetensors file: weights, architecture, training set-up and its state."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from clearprop.core.caller import warn
from clearprop.errors import FormatError, OptionError, StateError
from clearprop.io.foreign import ensure_ours
from clearprop.io.tensor_files import open_tensors, write_tensors
from clearprop.lang import detail, told
from clearprop.nn import LAYERS, Chain, Drawing, Graph, Layer, serialize
from clearprop.nn.written import written
from clearprop.train import Model

__all__ = [
    "FORMAT",
    "KEY",
    "STATES",
    "drawings",
    "is_model",
    "save",
    "states_by_path",
    "weights_by_path",
]

FORMAT = 1  # what this version writes, and the newest that it reads
KEY = "clearprop"  # of the text that describes the model, among those in the file
STATES = "optimizer/"  # before the names of what the optimizer remembers; no weight has two "/"


def save(
    model: Model,
    path: str | os.PathLike[str],
    *,
    overwrite: bool | None = None,
    include_optimizer: bool = True,
    preprocessor: Any = None,
    class_names: Sequence[str] | None = None,
) -> Path:
    """
    Save a model in one file, wholly or not at all.

    Weights come back to the last bit, and so does what the optimizer remembers: training that goes
    on from the file takes the same steps as training that was never interrupted.

    Parameters
    ----------
    model : Model
        What to save; its weights must exist.
    path : path
        Where to; ends in ``.safetensors``, or has no ending. The folder must exist.
    overwrite : bool, optional
        Whether a file that is there may be replaced; by default only if it is a saved model.
    include_optimizer : bool
        Whether to save how the model is trained, and what the optimizer remembers.
    preprocessor : Preprocessor, optional
        How tables are read for this model; by default what the model has as `preprocessor`.
    class_names : sequence of str, optional
        What the outputs stand for; by default what the model has as `class_names`.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    StateError
        If the model has no weights yet.
    OptionError
        If it holds a function that no file can hold, two models in it share a layer, a file is
        there and must not be replaced, or the name is one for another kind of file.
    DataError
        If the file cannot be written.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, kernel_initializer="ones")])
    >>> path = save(model, "net.safetensors")
    >>> cp.load("net.safetensors").predict([[1.0, 2.0]])
    array([[3.]], dtype=float32)
    """
    path = Path(path)
    if not model.built:
        raise StateError(told("files.no_weights", model=repr(model.name)))
    ensure_ours(path)
    if overwrite is not None and not overwrite and path.exists():
        raise OptionError(told("files.there_already", path=repr(str(path))))
    if overwrite is None and path.is_file() and not is_model(path):
        raise OptionError(told("files.there_no_model", path=repr(str(path))))
    if preprocessor is not None:
        model.preprocessor = preprocessor
    if class_names is not None:
        model.class_names = tuple(map(str, class_names))
    twice = _in_two(model, {})
    if twice is not None:
        raise OptionError(told("files.in_two", name=repr(twice.name), model=repr(model.name)))
    training = _training(model) if include_optimizer else None
    description = {
        "format": FORMAT,
        "version": sys.modules["clearprop"].__version__,
        "model": serialize(model),
        "built_for": shapes_written(model.built_for),
        "compile": training,
        "step": model.setup_for("save").memory.step if training else 0,
        "draws": {layer.path: layer.step for layer in drawings(model)},
        "preprocessing": None if model.preprocessor is None else model.preprocessor.to_json_dict(),
        "classes": None if model.class_names is None else list(model.class_names),
    }
    text = json.dumps(description, ensure_ascii=False, allow_nan=False, default=_plain)
    tensors = weights_by_path(model) | (states_by_path(model) if training else {})
    write_tensors(path, tensors, {KEY: text})
    _tell_of_unknown(model, description["model"])
    return path


def _in_two(model: Any, holders: dict[int, Any]) -> Any:
    """Find a layer that two models inside `model` hold: each would write down one of its own."""
    for layer in model.sublayers():
        if holders.setdefault(id(layer), model) is not model:
            return layer
        found = _in_two(layer, holders) if isinstance(layer, Graph | Chain) else None
        if found is not None:
            return found
    return None


def shapes_written(shapes: Any) -> Any:
    """Write down what a model was built for: one shape as a list, several in their own form."""
    if isinstance(shapes, tuple) or shapes is None:
        return list(shapes or ())
    return {"several": written(shapes)}


def is_model(path: Path) -> bool:
    """Tell whether a file holds a model, or nothing at all."""
    try:
        with open_tensors(path) as file:
            return KEY in file.metadata
    except FormatError:
        return not path.stat().st_size


def drawings(layer: Any) -> list[Drawing]:
    """List the layers that draw at random, those inside others included."""
    own = [layer] if isinstance(layer, Drawing) else []
    return own + [found for inner in layer.sublayers() for found in drawings(inner)]


def weights_by_path(model: Layer) -> dict[str, np.ndarray]:
    """Give the weights, by names that must all differ."""
    tensors: dict[str, np.ndarray] = {}
    owners: dict[str, Any] = {}
    for weight in model.weights:
        if owners.setdefault(weight.path, weight) is not weight:
            raise OptionError(told("files.same_names", name=repr(weight.path)))
        tensors[weight.path] = weight.numpy()
    return tensors


def states_by_path(model: Model) -> dict[str, np.ndarray]:
    """Give what the optimizer remembers, by names."""
    held = model.setup_for("save").memory.states
    return {
        f"{STATES}{weight.path}/{key}": np.asarray(value)
        for weight in model.trainable_weights
        for key, value in held.get(weight.path, {}).items()
    }


def _tell_of_unknown(model: Model, described: Any) -> None:
    """Warn of classes that whoever loads the file could not find by their names."""
    unknown = {type(each).__name__ for each in _everything(model)} - LAYERS.keys()
    names = unknown & set(_class_names(described))  # the others are made by those that hold them
    if names:
        warn(told("files.not_registered", names=", ".join(sorted(names))))


def _everything(layer: Any) -> list[Any]:
    """List a layer and all inside it."""
    return [layer, *(found for inner in layer.sublayers() for found in _everything(inner))]


def _class_names(described: Any) -> Iterator[str]:
    """Give the names of classes in a description."""
    if isinstance(described, dict):
        if "class_name" in described:
            yield described["class_name"]
        for each in described.values():
            yield from _class_names(each)
    elif isinstance(described, list | tuple):
        for each in described:
            yield from _class_names(each)


def _training(model: Model) -> dict[str, Any] | None:
    try:
        return model.get_compile_config()
    except OptionError as error:  # a function: no reason to lose what was learnt
        warn(told("files.without_training", error=detail(error)))
        return None


def _plain(value: Any) -> Any:
    """Give a number of NumPy's as one of Python's."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise OptionError(told("files.unwritable", value=repr(value)))
