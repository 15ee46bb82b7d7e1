"""Keras's `keras.utils`: labels, seeds, and data from arrays and folders."""

import random

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
from clearprop.errors import attribute_finder
from clearprop.keras.saving import register_keras_serializable

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
]

Sequence = PyDataset  # its older name

__getattr__ = attribute_finder("utils", __all__)


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
