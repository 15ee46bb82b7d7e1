"""The carried digits in the form that Keras's loader of MNIST gives, for scripts at small size."""

from __future__ import annotations

import numpy as np

import clearprop as cp

TRAIN, TEST = 600, 200


def load():
    """Give 28 by 28 images of bytes and labels, for training and for testing."""
    (x, t), (x_test, t_test) = cp.datasets.digits()
    return (_large(x[:TRAIN]), t[:TRAIN]), (_large(x_test[:TEST]), t_test[:TEST])


def _large(images):
    """Make each pixel of 8 by 8 three by three, within a border of two."""
    grown = np.kron(images.reshape(-1, 8, 8), np.ones((1, 3, 3)))
    return (np.pad(grown, ((0, 0), (2, 2), (2, 2))) * 255 / 16).astype(np.uint8)
