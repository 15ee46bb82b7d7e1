"""Keras's `keras.datasets.cifar10`."""

from clearprop.data.datasets.pictures import Images
from clearprop.data.datasets.pictures import cifar10 as _cifar10

__all__ = ["load_data"]


def load_data() -> Images:
    """
    Load CIFAR-10; see `clearprop.datasets.cifar10` for where from.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : arrays of uint8
        Of shapes (50000, 32, 32, 3) and (50000, 1), (10000, 32, 32, 3) and (10000, 1).
    """
    return _cifar10()
