"""Keras's `keras.utils`: labels and seeds."""

import random

import numpy as np

from clearprop.core.random import set_seed
from clearprop.data.labels import to_categorical

__all__ = ["to_categorical", "set_random_seed"]


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
