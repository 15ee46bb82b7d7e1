"""Keras as the oracle: loaded once, and left as it was found."""

import pytest


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
