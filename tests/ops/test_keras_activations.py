"""Activations that bear Keras's names give Keras's numbers, with its defaults and without."""

import numpy as np
import pytest

import clearprop as cp
from tests.oracles import agree

X = np.linspace(-8, 8, 321)  # every corner among them

CASES = [
    ("relu", {}),
    ("relu6", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.01}),
    ("elu", {}),
    ("elu", {"alpha": 0.3}),
    ("selu", {}),
    ("celu", {}),
    ("celu", {"alpha": 0.3}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("silu", {}),
    ("mish", {}),
    ("softplus", {}),
    ("softsign", {}),
    ("squareplus", {}),
    ("squareplus", {"b": 2.0}),
    ("sigmoid", {}),
    ("log_sigmoid", {}),
    ("tanh", {}),
    ("tanh_shrink", {}),
    ("hard_sigmoid", {}),
    ("hard_silu", {}),
    ("hard_tanh", {}),
    ("hard_shrink", {}),
    ("hard_shrink", {"threshold": 1.0}),
    ("soft_shrink", {}),
    ("soft_shrink", {"threshold": 1.0}),
    ("sparse_plus", {}),
    ("sparse_sigmoid", {}),
    ("threshold", {"threshold": 1.0, "default_value": -2.0}),
]


def same_as_keras(f, keras, name, params):
    theirs = getattr(keras.activations, name)(X.astype("float32"), **params)
    return agree(f(X.astype("float32"), **params), theirs, "float32")


@pytest.mark.parametrize(("name", "params"), CASES)
def test_keras_numbers(keras, name, params):
    assert same_as_keras(getattr(cp, name), keras, name, params)


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda x: cp.leaky_relu(x, negative_slope=0.3), "leaky_relu"),
        (lambda x: cp.gelu(x, approximate=True), "gelu"),
        (lambda x: cp.clip(0.2 * x + 0.5, min=0, max=1), "hard_sigmoid"),  # an older Keras's
    ],
)
def test_another_default_is_noticed(keras, f, name):
    assert not same_as_keras(f, keras, name, {})
