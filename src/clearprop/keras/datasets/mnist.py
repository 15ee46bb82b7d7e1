"""Keras's `keras.datasets.mnist`."""

from clearprop.data.datasets.idx_sets import Images
from clearprop.data.datasets.idx_sets import mnist as _mnist

__all__ = ["load_data"]


def load_data(path: str = "mnist.npz") -> Images:
    """
    Load MNIST; see `clearprop.datasets.mnist` for where from.

    Parameters
    ----------
    path : str
        Accepted because Keras has it; the four idx files are used instead.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : arrays of uint8
        Of shapes (60000, 28, 28) and (60000,), (10000, 28, 28) and (10000,).
    """
    return _mnist()
