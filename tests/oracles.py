"""Keras as an oracle for tests: loaded once, and left as it was found."""

import numpy as np
import pytest

TOLERANCE = {"float32": 1e-5, "float64": 1e-10}


@pytest.fixture(scope="session")
def keras():
    import keras

    return keras


@pytest.fixture
def keras_floatx(keras, monkeypatch):
    """
    Choose Keras's kind of number for one test.

    On JAX, Keras makes float32 of float64 in tanh, mean and others, because JAX most often has no
    float64. Here it has, and a table of Keras's says so for the length of the test.
    """
    from keras.src.backend.common import dtypes

    before = keras.config.floatx()
    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")

    def choose(dtype):
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)  # which Keras keeps from the first layer it made on

    yield choose
    choose(before)


def agree(ours, theirs, dtype):
    """Whether two arrays are the same to the rounding of `dtype`, relative to the largest."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.shape != theirs.shape or str(ours.dtype) != dtype:
        return False
    size = max(1.0, float(np.max(np.abs(theirs), initial=0.0)))
    return bool(np.max(np.abs(ours - theirs), initial=0.0) <= TOLERANCE[dtype] * size)
