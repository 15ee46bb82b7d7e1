"""Weights may take their first values from elsewhere, and are refused before they are made."""

import numpy as np
import pytest

from clearprop.errors import FormatError
from clearprop.nn import Chain, Dense, Input
from clearprop.nn.first_values import taken_from


def test_every_weight_asks_the_source_with_its_path_shape_and_kind():
    asked = []

    def source(path, shape, dtype):
        asked.append((path, shape, dtype.name))
        return np.full(shape, len(asked), dtype)

    with taken_from(source):
        chain = Chain([Input((3,)), Dense(2, name="a"), Dense(1, dtype="float64", name="b")])
    assert asked == [
        ("a/kernel", (3, 2), "float32"),
        ("a/bias", (2,), "float32"),
        ("b/kernel", (2, 1), "float64"),
        ("b/bias", (1,), "float64"),
    ]
    assert [w.ravel()[0] for w in chain.get_weights()] == [1, 2, 3, 4]


def test_nothing_is_drawn_and_nothing_made_where_the_source_refuses():
    def refuse(path, shape, dtype):
        raise FormatError(f"no {path}")

    def initializer(shape, dtype):
        raise AssertionError("the initializer was asked")

    layer = Dense(2, kernel_initializer=initializer)
    with taken_from(refuse), pytest.raises(FormatError, match="no dense/kernel"):
        layer.build((None, 3))
    assert layer.weights == []


def test_afterwards_initializers_are_asked_again():
    with taken_from(lambda path, shape, dtype: np.ones(shape, dtype)):
        pass
    layer = Dense(2, kernel_initializer="zeros")
    layer.build((None, 3))
    assert not layer.kernel.numpy().any()
