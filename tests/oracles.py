"""Keras as an oracle for tests: loaded once, and left as it was found."""

import numpy as np
import pytest

TOLERANCE = {"float32": 1e-5, "float64": 1e-10}


@pytest.fixture(scope="session")
def keras():
    import keras

    return keras


@pytest.fixture
def keras_floatx(keras):
    """Choose Keras's kind of number for one test."""
    before = keras.config.floatx()
    yield keras.config.set_floatx
    keras.config.set_floatx(before)


def agree(ours, theirs, dtype):
    """Whether two arrays are the same to the rounding of a kind of number, relative to the whole."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.shape != theirs.shape or str(ours.dtype) != dtype:
        return False
    size = max(1.0, float(np.max(np.abs(theirs), initial=0.0)))
    return bool(np.max(np.abs(ours - theirs), initial=0.0) <= TOLERANCE[dtype] * size)
