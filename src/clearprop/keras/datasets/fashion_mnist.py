"""Keras's `keras.datasets.fashion_mnist`."""

from clearprop.data.datasets.idx_sets import Images
from clearprop.data.datasets.idx_sets import fashion_mnist as _fashion_mnist

__all__ = ["load_data"]


def load_data() -> Images:
    """
    Load Fashion-MNIST; see `clearprop.datasets.fashion_mnist` for where from.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : arrays of uint8
        Of shapes (60000, 28, 28) and (60000,), (10000, 28, 28) and (10000,).
    """
    return _fashion_mnist()
