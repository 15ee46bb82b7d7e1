"""Keras's `keras.utils`: labels, seeds, and data from arrays and folders."""

import random
from typing import Any

import numpy as np

from clearprop.core.random import set_seed
from clearprop.data.labels import to_categorical
from clearprop.data.norms import normalize
from clearprop.data.parting import split_dataset
from clearprop.data.passes import PyDataset
from clearprop.data.pictures import image_dataset_from_directory
from clearprop.data.sequences import pad_sequences
from clearprop.data.text_files import text_dataset_from_directory
from clearprop.data.windows import timeseries_dataset_from_array
from clearprop.keras.absent import finder
from clearprop.keras.backend import clear_session, is_keras_tensor, standardize_dtype
from clearprop.keras.saving import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)

__all__ = [
    "to_categorical",
    "set_random_seed",
    "normalize",
    "pad_sequences",
    "split_dataset",
    "timeseries_dataset_from_array",
    "image_dataset_from_directory",
    "text_dataset_from_directory",
    "PyDataset",
    "Sequence",
    "register_keras_serializable",
    "CustomObjectScope",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "is_keras_tensor",
    "pack_x_y_sample_weight",
    "serialize_keras_object",
    "standardize_dtype",
    "unpack_x_y_sample_weight",
]

Sequence = PyDataset  # its older name

__getattr__ = finder("utils", __all__)


def set_random_seed(seed: int) -> None:
    """
    Fix every seed: of weights, of the order of examples, of dropout; and Python's and NumPy's own.

    Parameters
    ----------
    seed : int
        At least 0.

    Raises
    ------
    OptionError
        If it is no such number.

    Examples
    --------
    >>> set_random_seed(7)
    >>> a = random.random()
    >>> set_random_seed(7)
    >>> random.random() == a
    True
    """
    set_seed(seed)
    random.seed(int(seed))
    np.random.seed(int(seed) % 2**32)  # noqa: NPY002 - what Keras seeds, for scripts that draw by it


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Give inputs, targets and weights as a batch, without those at the end that are None."""
    if y is None:
        return x if not isinstance(x, list | tuple) else (x,)
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Give a batch as inputs, targets and weights, None for those that it lacks."""
    if isinstance(data, list):
        data = tuple(data)
    given = data if isinstance(data, tuple) else (data,)
    x, y, weight = (*given, None, None)[:3]
    return x, y, weight
